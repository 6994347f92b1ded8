/** Node: a machine that runs Pods. */
import type { INode } from "kubernetes-models/v1/Node"
import { interned } from "../../apimachinery/interned.ts"
import type { Stored } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { age, name } from "../columns.ts"
import { cidrErrors, duplicate, forbidden, taintErrors } from "./common-validation.ts"
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

/** As ValidateNodeUpdate: none twice. */
const addressErrors = (addresses: readonly { type?: string; address?: string }[]): FieldError[] => {
  const seen = new Set<string>()
  return addresses.flatMap((one, index) => {
    const key = `${one.type} ${one.address}`
    const isKnown = seen.has(key)
    seen.add(key)
    return isKnown ? [duplicate(`status.addresses[${index}]`, one)] : []
  })
}

/** The ranges of its Pods stay, once it has some. */
const podRangeErrors = (object: INode, old: Node): FieldError[] => {
  const why = 'node updates may not change podCIDR except from "" to valid'
  const [before, next] = [old.spec.podCIDRs ?? [], object.spec?.podCIDRs ?? []]
  if (before.length > 0 && before.length !== next.length) return [forbidden("spec.podCIDRs", why)]
  const moved = before.filter((range, index) => range !== next[index]).map(() => forbidden("spec.podCIDRs", why))
  return moved.length === 0 && old.spec.podCIDR && object.spec?.podCIDR !== old.spec.podCIDR ? [forbidden("spec.podCIDRs", why)] : moved
}

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
  // Upstream says that taints are metadata.
  validate: (object) => [
    ...taintErrors(object.spec?.taints ?? [], "metadata.taints"),
    ...(object.spec?.podCIDRs ?? []).flatMap((range, index) => cidrErrors(`spec.podCIDRs[${index}]`, range)),
  ],
  validateUpdate: (object, old) => [
    ...addressErrors(object.status?.addresses ?? []),
    ...podRangeErrors(object, old),
    ...(old.spec.providerID && object.spec?.providerID !== old.spec.providerID
      ? [forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid')]
      : []),
  ],
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
