/** Priority: the number behind a priority class's name. As plugin/pkg/admission/priority. */
import { forbidden } from "../../apimachinery/status.ts"
import type { AdmissionPlugin } from "../context.ts"

export const priority: AdmissionPlugin = {
  name: "Priority",
  concerns: ({ kind }) => kind === "Pod",
  admit({ operation, kind, object }, server) {
    if (operation !== "create" || kind.kind !== "Pod") return
    const spec = object.spec as { priorityClassName?: string; priority?: number; preemptionPolicy?: string }
    const classes = server.kind("scheduling.k8s.io", "v1", "priorityclasses")
    const found = spec.priorityClassName && classes ? server.registry.find(classes, undefined, spec.priorityClassName) : undefined
    if (spec.priorityClassName && !found)
      throw forbidden(kind, object.metadata.name ?? "", `no PriorityClass with name ${spec.priorityClassName} was found`)
    spec.priority = (found?.value as number | undefined) ?? 0
    spec.preemptionPolicy ??= (found?.preemptionPolicy as string | undefined) ?? "PreemptLowerPriority"
  },
}
