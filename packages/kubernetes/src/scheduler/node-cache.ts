/** The nodes with their Pods, kept up to date as both change. As pkg/scheduler/backend/cache/cache.go and framework.NodeInfo. */
import type { Node, Pod } from "../api/index.ts"
import { keyOf } from "../apimachinery/object.ts"
import { milliValue, quantityValue } from "../apimachinery/quantity.ts"
import { controllerUid } from "./controller-uid.ts"
import type { NodeInfo } from "./define-plugin.ts"
import { type Amounts, nonZeroOf, requestsOf } from "./pod-requests.ts"

const isAffine = ({ spec }: Pod): boolean => spec.affinity?.podAffinity !== undefined || spec.affinity?.podAntiAffinity !== undefined

const allocatableOf = (node: Node): NodeInfo["allocatable"] => {
  const amounts = (node.status.allocatable ?? {}) as Record<string, string>
  return {
    cpu: milliValue(amounts.cpu),
    memory: quantityValue(amounts.memory),
    pods: quantityValue(amounts.pods ?? "110"),
    other: (name) => quantityValue(amounts[name]),
  }
}

class CachedNode implements NodeInfo {
  node: Node
  allocatable: NodeInfo["allocatable"]
  readonly pods: Pod[] = []
  readonly affine: Pod[] = []
  readonly requested = { cpu: 0, memory: 0, others: new Map<string, number>() }
  readonly nonZero = { cpu: 0, memory: 0 }
  readonly #siblings = new Map<string, number>()

  constructor(node: Node) {
    this.node = node
    this.allocatable = allocatableOf(node)
  }

  update(node: Node): void {
    if (node.status.allocatable !== this.node.status.allocatable) this.allocatable = allocatableOf(node)
    this.node = node
  }

  siblings(uid: string): number {
    return this.#siblings.get(uid) ?? 0
  }

  #count(pod: Pod, by: 1 | -1): void {
    const { requested, nonZero } = this
    const own = requestsOf(pod)
    requested.cpu += by * own.cpu
    requested.memory += by * own.memory
    for (const [name, amount] of own.others) requested.others.set(name, (requested.others.get(name) ?? 0) + by * amount)
    const least = nonZeroOf(pod)
    nonZero.cpu += by * least.cpu
    nonZero.memory += by * least.memory
    const uid = pod.metadata.deletionTimestamp ? undefined : controllerUid(pod)
    if (uid === undefined) return
    const left = this.siblings(uid) + by
    if (left > 0) this.#siblings.set(uid, left)
    else this.#siblings.delete(uid)
  }

  add(pod: Pod): void {
    this.pods.push(pod)
    if (isAffine(pod)) this.affine.push(pod)
    this.#count(pod, 1)
  }

  remove(pod: Pod): void {
    const at = this.pods.indexOf(pod)
    if (at < 0) return
    this.pods.splice(at, 1)
    if (isAffine(pod)) this.affine.splice(this.affine.indexOf(pod), 1)
    this.#count(pod, -1)
  }

  replace(old: Pod, pod: Pod): void {
    const at = this.pods.indexOf(old)
    this.pods[at] = pod
    if (isAffine(old)) this.affine.splice(this.affine.indexOf(old), 1)
    if (isAffine(pod)) this.affine.push(pod)
    this.#count(old, -1)
    this.#count(pod, 1)
  }
}

/** A node as it would be with these Pods on it. */
export const withPods = (info: NodeInfo, pods: readonly Pod[]): NodeInfo => {
  const other = new CachedNode(info.node)
  for (const pod of pods) other.add(pod)
  return other
}

const over = ({ status }: Pod): boolean => status.phase === "Succeeded" || status.phase === "Failed"

export class NodeCache {
  readonly #nodes = new Map<string, CachedNode>()
  #list: readonly NodeInfo[] | undefined
  /** Where each Pod is counted, bound or assumed to be bound soon. */
  readonly #pods = new Map<string, { pod: Pod; node: string }>()
  /** Pods of nodes that have not been seen yet. */
  readonly #homeless = new Map<string, Set<Pod>>()

  get nodes(): readonly NodeInfo[] {
    this.#list ??= [...this.#nodes.values()]
    return this.#list
  }

  holds(key: string): boolean {
    return this.#pods.has(key)
  }

  setNode(node: Node): void {
    const { name } = node.metadata
    const known = this.#nodes.get(name)
    if (known) return known.update(node)
    const added = new CachedNode(node)
    for (const pod of this.#homeless.get(name) ?? []) added.add(pod)
    this.#homeless.delete(name)
    this.#nodes.set(name, added)
    this.#list = undefined
  }

  removeNode(name: string): void {
    const gone = this.#nodes.get(name)
    if (!gone) return
    if (gone.pods.length > 0) this.#homeless.set(name, new Set(gone.pods))
    this.#nodes.delete(name)
    this.#list = undefined
  }

  /** Counts a Pod on the node that it was bound to, or will be in a moment; one that has ended takes no room. */
  setPod(pod: Pod, node = pod.spec.nodeName): void {
    const key = keyOf(pod)
    const known = this.#pods.get(key)
    if (known && node !== undefined && known.node === node && !over(pod)) {
      if (known.pod === pod) return
      const home = this.#nodes.get(node)
      if (home) home.replace(known.pod, pod)
      else this.#homeless.get(node)?.delete(known.pod)
      if (!home) this.#shelter(node).add(pod)
      known.pod = pod
      return
    }
    if (known) this.removePod(key)
    if (node === undefined || over(pod)) return
    this.#pods.set(key, { pod, node })
    const home = this.#nodes.get(node)
    if (home) home.add(pod)
    else this.#shelter(node).add(pod)
  }

  #shelter(node: string): Set<Pod> {
    let pods = this.#homeless.get(node)
    if (!pods) this.#homeless.set(node, (pods = new Set()))
    return pods
  }

  removePod(key: string): void {
    const known = this.#pods.get(key)
    if (!known) return
    this.#pods.delete(key)
    this.#nodes.get(known.node)?.remove(known.pod)
    this.#homeless.get(known.node)?.delete(known.pod)
  }
}

export type { Amounts }
