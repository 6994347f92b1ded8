/** DefaultTolerationSeconds: five minutes on a node that is lost. As plugin/pkg/admission/defaulttolerationseconds. */
import type { AdmissionPlugin } from "../context.ts"

const SECONDS = 300

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  concerns: ({ kind }) => kind === "Pod",
  admit({ operation, kind, object, subresource }) {
    if (kind.kind !== "Pod" || operation === "delete" || subresource) return
    const spec = object.spec as { tolerations?: { key?: string; operator?: string; effect?: string; tolerationSeconds?: number }[] }
    for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"])
      if (!spec.tolerations?.some((one) => (one.key === key || !one.key) && (one.effect === "NoExecute" || !one.effect)))
        spec.tolerations = [...(spec.tolerations ?? []), { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: SECONDS }]
  },
}
