/** EndpointSlice: some of a Service's addresses. */
import type { IEndpointSlice } from "kubernetes-models/discovery.k8s.io/v1/EndpointSlice"
import type { Stored } from "../../apimachinery/object.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { immutable } from "../core/validation-texts.ts"
import { endpointSliceErrors } from "./endpoint-validation.ts"

export type EndpointSlice = Stored<IEndpointSlice>

export const endpointSlice = defineKind<IEndpointSlice>({
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  namespaced: true,
  schema: () => schemaOf("IoK8sApiDiscoveryV1EndpointSlice"),
  defaults(object) {
    for (const port of object.ports ?? []) {
      port.name ??= ""
      port.protocol ||= "TCP"
    }
  },
  validate: (object) => endpointSliceErrors(object),
  validateUpdate: (object, old) => (object.addressType === old.addressType ? [] : [immutable("addressType", object.addressType)]),
  prepareForCreate(object) {
    ;(object.metadata ??= {}).generation = 1
  },
  prepareForUpdate(object, old) {
    const { metadata, ...rest } = object
    const { metadata: before, ...others } = old
    if (metadata && (!deepEqual(rest, others) || !deepEqual(metadata.labels, before.labels)))
      metadata.generation = (before.generation ?? 0) + 1
  },
  columns: [
    name,
    { name: "AddressType", cell: (object) => object.addressType },
    { name: "Ports", cell: (object) => (object.ports ?? []).map(({ port }) => port ?? "*").join(",") || "<unset>" },
    {
      name: "Endpoints",
      cell: (object) => {
        const all = (object.endpoints ?? []).flatMap(({ addresses }) => addresses)
        return all.length === 0 ? "<unset>" : all.length > 3 ? `${all.slice(0, 3).join(",")} + ${all.length - 3} more...` : all.join(",")
      },
    },
    age,
  ],
})
