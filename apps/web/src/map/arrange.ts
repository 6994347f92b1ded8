/** Objects of the map put in their places: control plane, nodes, pods by workload, services. Pure. */
import type { MapItem } from "@drydock/protocol"

export const COMPONENTS = [
  { id: "kube-apiserver", label: "API server", does: "the one door to the cluster's state" },
  { id: "etcd", label: "etcd", does: "keeps every object" },
  { id: "kube-scheduler", label: "Scheduler", does: "chooses a node for each new Pod" },
  { id: "kube-controller-manager", label: "Controllers", does: "make what is into what was asked for" },
] as const
export type ComponentId = (typeof COMPONENTS)[number]["id"]

const SYSTEM = new Set(["kube-system", "kube-public", "kube-node-lease"])

export const isSystem = (item: MapItem): boolean => item.namespace !== undefined && SYSTEM.has(item.namespace)

/** Pods of one owner on one node. */
export interface Group {
  /** The owner's id, or the pod's own for a bare one. */
  readonly id: string
  /** The topmost owner, e.g. the Deployment over the ReplicaSet. */
  readonly owner: MapItem | undefined
  readonly pods: readonly MapItem[]
}

export interface NodeBox {
  readonly node: MapItem
  readonly groups: readonly Group[]
}

export interface Arrangement {
  readonly components: readonly {
    readonly id: ComponentId
    readonly label: string
    readonly does: string
    readonly pod: MapItem | undefined
  }[]
  /** Components run as pods here, so a missing one is down. */
  readonly selfHosted: boolean
  readonly nodes: readonly NodeBox[]
  /** Pods that no node was chosen for. */
  readonly waiting: readonly Group[]
  /** Workloads without any pod. */
  readonly empty: readonly MapItem[]
  readonly services: readonly MapItem[]
  /** Pods of the system that are left out. */
  readonly hidden: number
}

const WORKLOADS = new Set(["Deployment", "ReplicaSet", "ReplicationController", "DaemonSet", "StatefulSet", "Job", "CronJob"])

const topOwner = (item: MapItem, items: ReadonlyMap<string, MapItem>): MapItem | undefined => {
  let owner = item.owner === undefined ? undefined : items.get(item.owner)
  // An owner of an owner; five is more than any chain has, and ends a circle.
  for (let hop = 0; hop < 5 && owner?.owner !== undefined; hop++) owner = items.get(owner.owner) ?? owner
  return owner
}

const byName = (a: MapItem, b: MapItem) =>
  (a.namespace ?? "").localeCompare(b.namespace ?? "") || a.name.localeCompare(b.name, "en", { numeric: true })

const componentOf = (item: MapItem): ComponentId | undefined =>
  item.kind === "Pod" && item.namespace === "kube-system"
    ? COMPONENTS.find(({ id }) => item.owner === undefined && item.name.startsWith(`${id}-`))?.id
    : undefined

const grouped = (pods: readonly MapItem[], items: ReadonlyMap<string, MapItem>): Group[] => {
  const groups = new Map<string, { id: string; owner: MapItem | undefined; pods: MapItem[] }>()
  for (const pod of pods.toSorted(byName)) {
    const owner = topOwner(pod, items)
    const id = owner?.id ?? pod.id
    const group = groups.get(id) ?? { id, owner, pods: [] }
    group.pods.push(pod)
    groups.set(id, group)
  }
  return [...groups.values()]
}

/** @param system draw the pods and services of kube-system too */
export const arrange = (items: ReadonlyMap<string, MapItem>, system: boolean): Arrangement => {
  const all = [...items.values()]
  const components = new Map(all.flatMap((item) => (componentOf(item) ? [[componentOf(item), item] as const] : [])))
  const pods = all.filter((item) => item.kind === "Pod" && !componentOf(item))
  const drawn = pods.filter((pod) => system || !isSystem(pod))
  const owners = new Set(pods.flatMap((pod) => topOwner(pod, items)?.id ?? []))
  return {
    components: COMPONENTS.map((component) => ({ ...component, pod: components.get(component.id) })),
    selfHosted: components.size > 0,
    nodes: all
      .filter((item) => item.kind === "Node")
      .toSorted(
        (a, b) =>
          Number(b.line.Roles?.includes("control-plane") ?? false) - Number(a.line.Roles?.includes("control-plane") ?? false) ||
          byName(a, b),
      )
      .map((node) => ({
        node,
        groups: grouped(
          drawn.filter((pod) => pod.node === node.name),
          items,
        ),
      })),
    waiting: grouped(
      drawn.filter((pod) => pod.node === undefined),
      items,
    ),
    empty: all
      .filter((item) => WORKLOADS.has(item.kind) && item.owner === undefined && !owners.has(item.id) && (system || !isSystem(item)))
      .toSorted(byName),
    services: all.filter((item) => (item.kind === "Service" || item.kind === "Ingress") && (system || !isSystem(item))).toSorted(byName),
    hidden: pods.length - drawn.length,
  }
}

/** What a reader of the text twin hears about a change. */
export const changesBetween = (before: ReadonlyMap<string, MapItem>, after: ReadonlyMap<string, MapItem>): string[] => {
  const said: string[] = []
  for (const [id, item] of after) {
    const known = before.get(id)
    if (!known) said.push(`${item.kind} ${item.name} is new${item.status ? `: ${item.status}` : ""}`)
    else if (known.node !== item.node && item.node !== undefined)
      said.push(`${item.kind} ${item.name} goes to ${item.node}: ${item.status}`)
    else if (known.status !== item.status || known.level !== item.level) said.push(`${item.kind} ${item.name} is ${item.status}`)
  }
  for (const [id, item] of before) if (!after.has(id)) said.push(`${item.kind} ${item.name} is gone`)
  return said
}
