/** APIService: which server answers for a group version. */
import type { IAPIService } from "kubernetes-models/apiregistration.k8s.io/v1/APIService"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
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
  prepareForCreate(object) {
    object.status = {}
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
