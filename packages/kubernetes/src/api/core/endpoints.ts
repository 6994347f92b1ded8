/** Endpoints: a Service's addresses, as older clients read them. */
import type { IEndpoints } from "kubernetes-models/v1/Endpoints"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Endpoints = Stored<IEndpoints>

/** As formatEndpoints: three of them, and how many more. */
const endpointsCell = (object: Endpoints): string => {
  const all = (object.subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0 ? addresses.map(({ ip }) => ip) : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  )
  if (all.length === 0) return "<none>"
  return all.length > 3 ? `${all.slice(0, 3).join(",")} + ${all.length - 3} more...` : all.join(",")
}

export const endpoints = defineKind<IEndpoints>({
  group: "",
  version: "v1",
  kind: "Endpoints",
  plural: "endpoints",
  shortNames: ["ep"],
  namespaced: true,
  schema: () => schemaOf("IoK8sApiCoreV1Endpoints"),
  defaults(object) {
    for (const { ports = [] } of object.subsets ?? []) for (const port of ports) port.protocol ??= "TCP"
  },
  singular: "endpoints",
  deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  columns: [name, { name: "Endpoints", cell: endpointsCell }, age],
})
