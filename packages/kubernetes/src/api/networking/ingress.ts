/** Ingress: HTTP from outside to Services. */
import type { IIngress } from "kubernetes-models/networking.k8s.io/v1/Ingress"
import type { Stored } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { age, name } from "../columns.ts"
import { portErrors, subdomainErrors } from "../core/validation-texts.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Ingress = Stored<IIngress>

interface Backend {
  service?: { name?: string; port?: { name?: string; number?: number } }
  resource?: object
}

const backendErrors = (backend: Backend | undefined, at: string): FieldError[] => {
  if (backend?.resource)
    return backend.service ? [{ type: "Invalid", field: at, value: "", detail: "cannot set both resource and service backends" }] : []
  if (!backend?.service) return [{ type: "Required", field: at, detail: "resource or service backend is required" }]
  const { name: service, port } = backend.service
  const errors: FieldError[] = []
  if (!service) errors.push({ type: "Required", field: `${at}.service.name` })
  if (port?.name && port.number) errors.push({ type: "Invalid", field: at, value: "", detail: "cannot set both port name & port number" })
  else if (port?.name || port?.number)
    errors.push(...portErrors(`${at}.service.port.${port.name ? "name" : "number"}`, port.name || port.number))
  else errors.push({ type: "Required", field: at, detail: "port name or number is required" })
  return errors
}

export const ingress = defineKind<IIngress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "Ingress",
  plural: "ingresses",
  shortNames: ["ing"],
  namespaced: true,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiNetworkingV1Ingress"),
  prepareForCreate(object) {
    object.status = { loadBalancer: {} }
  },
  validate(object) {
    const errors: FieldError[] = []
    const { rules = [], defaultBackend } = object.spec ?? {}
    if (rules.length === 0 && !defaultBackend)
      errors.push({
        type: "Invalid",
        field: "spec",
        value: object.spec ?? {},
        detail: "either `defaultBackend` or `rules` must be specified",
      })
    if (defaultBackend) errors.push(...backendErrors(defaultBackend, "spec.defaultBackend"))
    for (const [index, rule] of rules.entries()) {
      if (rule.host && !rule.host.startsWith("*.")) errors.push(...subdomainErrors(`spec.rules[${index}].host`, rule.host))
      if (rule.http && !rule.http.paths?.length) errors.push({ type: "Required", field: `spec.rules[${index}].http.paths` })
      for (const [at, path] of (rule.http?.paths ?? []).entries()) {
        const field = `spec.rules[${index}].http.paths[${at}]`
        if (!path.pathType) {
          errors.push({ type: "Required", field: `${field}.pathType`, detail: "pathType must be specified" })
          continue
        }
        if (path.pathType === "Exact" || path.pathType === "Prefix") {
          if (!path.path?.startsWith("/"))
            errors.push({ type: "Invalid", field: `${field}.path`, value: path.path ?? "", detail: "must be an absolute path" })
          for (const part of ["//", "/./", "/../", "%2f", "%2F"])
            if (path.path?.includes(part))
              errors.push({ type: "Invalid", field: `${field}.path`, value: path.path, detail: `must not contain '${part}'` })
        } else if (path.pathType !== "ImplementationSpecific")
          errors.push({
            type: "NotSupported",
            field: `${field}.pathType`,
            value: path.pathType,
            detail: 'supported values: "Exact", "ImplementationSpecific", "Prefix"',
          })
        errors.push(...backendErrors(path.backend, `${field}.backend`))
      }
    }
    return errors
  },
  columns: [
    name,
    { name: "Class", cell: (object) => object.spec.ingressClassName ?? "<none>" },
    { name: "Hosts", cell: (object) => (object.spec.rules ?? []).map(({ host }) => host || "*").join(",") || "*" },
    { name: "Address", cell: (object) => (object.status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname).join(",") },
    { name: "Ports", cell: (object) => ((object.spec.tls ?? []).length > 0 ? "80, 443" : "80") },
    age,
  ],
})
