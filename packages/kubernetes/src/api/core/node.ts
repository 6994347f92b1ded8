/** Node: a machine that runs Pods. */
import type { INode } from "kubernetes-models/v1/Node"
import { interned } from "../../apimachinery/interned.ts"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Node = Stored<INode>

/** As printNode: Ready or what is wrong, and whether it may be scheduled to. */
const nodeStatus = (object: Node): string => {
  const ready = object.status.conditions?.find(({ type }) => type === "Ready")
  const status = !ready ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady"
  return object.spec.unschedulable ? `${status},SchedulingDisabled` : status
}

const ROLE_PREFIX = "node-role.kubernetes.io/"

export const nodeRoles = (object: Node): string => {
  const labels = (object.metadata.labels ?? {}) as Record<string, string>
  const roles = Object.keys(labels)
    .filter((key) => key.startsWith(ROLE_PREFIX))
    .map((key) => key.slice(ROLE_PREFIX.length))
  if (labels["kubernetes.io/role"]) roles.push(labels["kubernetes.io/role"])
  return roles.filter(Boolean).sort().join(",") || "<none>"
}

const address = (object: Node, type: string): string => object.status.addresses?.find((one) => one.type === type)?.address ?? "<none>"

export const node = defineKind<INode>({
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  shortNames: ["no"],
  namespaced: false,
  subresources: ["proxy", "status"],
  schema: () => schemaOf("IoK8sApiCoreV1Node"),
  generation: false,
  prepareForCreate(object) {
    object.spec ??= {}
    object.status ??= {}
  },
  prepareForStatusUpdate(object) {
    // Nodes that run the same Pods have the same images, in many worlds.
    const { images } = object.status ?? {}
    if (images) Object.assign(object.status as object, { images: interned(images) })
  },
  validateUpdate: (object, old) =>
    old.spec.podCIDR && object.spec?.podCIDR !== old.spec.podCIDR
      ? [{ type: "Forbidden", field: "spec.podCIDRs", detail: 'node updates may not change podCIDR except from "" to valid' }]
      : [],
  selectableFields: (object) => ({ "spec.unschedulable": String(object.spec.unschedulable ?? false) }),
  columns: [
    name,
    { name: "Status", cell: nodeStatus },
    { name: "Roles", cell: nodeRoles },
    age,
    { name: "Version", cell: (object) => object.status.nodeInfo?.kubeletVersion ?? "" },
    { name: "Internal-IP", priority: 1, cell: (object) => address(object, "InternalIP") },
    { name: "External-IP", priority: 1, cell: (object) => address(object, "ExternalIP") },
    { name: "OS-Image", priority: 1, cell: (object) => object.status.nodeInfo?.osImage || "<unknown>" },
    { name: "Kernel-Version", priority: 1, cell: (object) => object.status.nodeInfo?.kernelVersion || "<unknown>" },
    { name: "Container-Runtime", priority: 1, cell: (object) => object.status.nodeInfo?.containerRuntimeVersion || "<unknown>" },
  ],
})
