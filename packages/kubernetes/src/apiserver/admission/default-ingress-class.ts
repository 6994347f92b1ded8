/** DefaultIngressClass: an Ingress that names no class gets the default one. As plugin/pkg/admission/network/defaultingressclass. */
import type { IngressClass } from "../../api/index.ts"
import { forbidden } from "../../apimachinery/status.ts"
import type { AdmissionPlugin } from "../context.ts"

export const defaultIngressClass: AdmissionPlugin = {
  name: "DefaultIngressClass",
  concerns: ({ kind }) => kind === "Ingress",
  admit({ operation, kind, object, subresource }, server) {
    if (operation !== "create" || kind.kind !== "Ingress" || subresource) return
    const spec = object.spec as { ingressClassName?: string } | undefined
    const annotations = (object.metadata.annotations ?? {}) as Record<string, string>
    if (!spec || spec.ingressClassName !== undefined || annotations["kubernetes.io/ingress.class"] !== undefined) return
    const classes = server.kind("networking.k8s.io", "v1", "ingressclasses")
    if (!classes) return
    const defaults = server.etcd
      .range<IngressClass>(server.registry.prefix(classes, undefined))
      .items.map(({ value }) => value)
      .filter(
        ({ metadata }) =>
          (metadata.annotations as Record<string, string> | undefined)?.["ingressclass.kubernetes.io/is-default-class"] === "true",
      )
    if (defaults.length > 1)
      throw forbidden(kind, object.metadata.name ?? "", `${defaults.length} default IngressClasses were found, only 1 allowed`)
    if (defaults.length === 1) spec.ingressClassName = defaults[0].metadata.name
  },
}
