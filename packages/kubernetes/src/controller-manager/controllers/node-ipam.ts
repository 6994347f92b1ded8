/** node-ipam-controller: a range of Pod addresses for every node. As pkg/controller/nodeipam/ipam/range_allocator.go. */
import { type Node, node } from "../../api/index.ts"
import { editable } from "../../client/client.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"

/** --node-cidr-mask-size */
const MASK = 24

const nextFree = (range: string, { informers }: ReconcileContext): string | undefined => {
  const [base, bits] = range.split("/")
  const [a, b, c] = base.split(".").map(Number)
  const taken = new Set(
    informers
      .for(node)
      .list()
      .map(({ spec }) => spec.podCIDR),
  )
  const count = 2 ** Math.max(0, MASK - Number(bits))
  for (let i = 0; i < count; i++) {
    const block = (a << 16) + (b << 8) + c + i
    const cidr = `${(block >> 16) & 255}.${(block >> 8) & 255}.${block & 255}.0/${MASK}`
    if (!taken.has(cidr)) return cidr
  }
  return undefined
}

export const nodeIpamController = defineController({
  name: "node-ipam-controller",
  component: "cidrAllocator",
  for: node,
  when: ({ object }) => object.spec.podCIDR === undefined,
  reconcile(object, context, { name }) {
    const range = context.memory.get("podCidr") as string | undefined
    if (!object || object.spec.podCIDR || !range) return
    // The informer may be a moment behind another node's range: ask for what is stored.
    const stored: Node | undefined = context.client.find(node, { name })
    if (!stored || stored.spec.podCIDR) return
    const free = nextFree(range, context)
    if (!free) {
      context.events.event(object as never, "Normal", "CIDRNotAvailable", `Node ${name} status is now: CIDRNotAvailable`)
      return
    }
    const next = editable(stored)
    next.spec.podCIDR = free
    next.spec.podCIDRs = [free]
    context.client.update(node, next)
  },
})
