/** RuntimeClass: a Pod gets what its class costs, and where it can run. As plugin/pkg/admission/runtimeclass. */
import { deepEqual } from "../../apimachinery/frozen.ts"
import { forbidden, type StatusError } from "../../apimachinery/status.ts"
import type { Pod, RuntimeClass } from "../../api/index.ts"
import type { AdmissionPlugin } from "../context.ts"

type PodSpec = { -readonly [Field in keyof Pod["spec"]]: Pod["spec"][Field] }

export const runtimeClassAdmission: AdmissionPlugin = {
  name: "RuntimeClass",
  concerns: ({ kind }) => kind === "Pod",
  admit({ operation, kind, object }, server) {
    if (operation !== "create" || kind.kind !== "Pod") return
    const spec = object.spec as PodSpec
    const { runtimeClassName: name } = spec
    const classes = server.kind("node.k8s.io", "v1", "runtimeclasses")
    const refuse = (why: string): StatusError => forbidden(kind, object.metadata.name ?? object.metadata.generateName ?? "", why)
    const found = name && classes ? (server.registry.find(classes, undefined, name) as RuntimeClass | undefined) : undefined
    if (name && !found) throw refuse(`pod rejected: RuntimeClass ${JSON.stringify(name)} not found`)
    const cost = found?.overhead?.podFixed
    if (cost) {
      if (spec.overhead && !deepEqual(spec.overhead, cost))
        throw refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
      spec.overhead = cost as never
    } else if (spec.overhead && Object.keys(spec.overhead).length > 0)
      throw refuse("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
    const { nodeSelector, tolerations } = found?.scheduling ?? {}
    const own = (spec.nodeSelector ?? {}) as Record<string, string>
    for (const [key, value] of Object.entries((nodeSelector ?? {}) as Record<string, string>))
      if (own[key] !== undefined && own[key] !== value)
        throw refuse(`conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`)
    if (nodeSelector) spec.nodeSelector = { ...own, ...(nodeSelector as object) } as never
    const added = (tolerations ?? []).filter((one) => !(spec.tolerations ?? []).some((known) => deepEqual(known, one)))
    if (added.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...added] as never
  },
}
