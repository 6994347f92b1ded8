/** ttl-controller: how long kubelets may keep what they read of Secrets and ConfigMaps. As pkg/controller/ttl/ttl_controller.go. */
import { node } from "../../api/index.ts"
import { editable } from "../../client/client.ts"
import { defineController } from "../define-controller.ts"

const TTL = "node.alpha.kubernetes.io/ttl"
/** Seconds for clusters of up to so many nodes. */
const BOUNDARIES: readonly (readonly [number, number])[] = [
  [100, 0],
  [500, 15],
  [1_000, 30],
  [2_000, 60],
]
const LARGEST = 300

export const ttlController = defineController({
  name: "ttl-controller",
  for: node,
  when: ({ type, object }) => type === "added" || !(TTL in ((object.metadata.annotations ?? {}) as object)),
  reconcile(object, { client, informers }) {
    if (!object) return
    const count = informers.for(node).list().length
    const seconds = String(BOUNDARIES.find(([most]) => count <= most)?.[1] ?? LARGEST)
    if (((object.metadata.annotations ?? {}) as Record<string, string>)[TTL] === seconds) return
    const next = editable(object)
    next.metadata.annotations = { ...next.metadata.annotations, [TTL]: seconds } as never
    client.update(node, next)
  },
})
