/** APIService: which server answers for a group version. */
import type { IAPIService } from "kubernetes-models/apiregistration.k8s.io/v1/APIService"
import type { Stored } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { localServices } from "./local-services.ts"
import { schemaOf } from "../schema/definitions.ts"

export type APIService = Stored<IAPIService>

export const apiService = defineKind<IAPIService>({
  group: "apiregistration.k8s.io",
  version: "v1",
  kind: "APIService",
  plural: "apiservices",
  namespaced: false,
  categories: ["api-extensions"],
  subresources: ["status"],
  schema: () => schemaOf("IoK8sKubeAggregatorPkgApisApiregistrationV1APIService"),
  generation: false,
  implied: localServices,
  prepareForCreate(object) {
    object.status = {}
  },
  validate(object) {
    const { group = "", version = "", groupPriorityMinimum = 0, versionPriority = 0 } = object.spec ?? {}
    const errors: FieldError[] = []
    if (object.metadata?.name !== `${version}.${group}`)
      errors.push({
        type: "Invalid",
        field: "metadata.name",
        value: object.metadata?.name,
        detail: 'must be `spec.version+"."+spec.group`',
      })
    if (group === "" && version !== "v1")
      errors.push({ type: "Required", field: "spec.group", detail: "only v1 may have an empty group and it better be legacy kube" })
    if (version === "") errors.push({ type: "Required", field: "spec.version" })
    if (groupPriorityMinimum <= 0 || groupPriorityMinimum > 20_000)
      errors.push({
        type: "Invalid",
        field: "spec.groupPriorityMinimum",
        value: groupPriorityMinimum,
        detail: "must be positive and less than 20000",
      })
    if (versionPriority <= 0 || versionPriority > 1_000)
      errors.push({ type: "Invalid", field: "spec.versionPriority", value: versionPriority, detail: "must be positive and less than 1000" })
    return errors
  },
  columns: [
    name,
    { name: "Service", cell: (object) => (object.spec.service ? `${object.spec.service.namespace}/${object.spec.service.name}` : "Local") },
    {
      name: "Available",
      cell: (object) => {
        const available = (object.status.conditions ?? []).find(({ type }) => type === "Available")
        return available
          ? available.status === "True" || !available.reason
            ? available.status
            : `${available.status} (${available.reason})`
          : "Unknown"
      },
    },
    age,
  ],
})
