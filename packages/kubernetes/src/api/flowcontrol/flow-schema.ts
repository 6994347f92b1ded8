/** FlowSchema: which requests share a priority level. */
import type { IFlowSchema } from "kubernetes-models/flowcontrol.apiserver.k8s.io/v1/FlowSchema"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { flowSchemaErrors, type FlowSchemaSpec } from "./flow-control-validation.ts"

export type FlowSchema = Stored<IFlowSchema>

export const flowSchema = defineKind<IFlowSchema>({
  group: "flowcontrol.apiserver.k8s.io",
  version: "v1",
  kind: "FlowSchema",
  plural: "flowschemas",
  namespaced: false,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiFlowcontrolV1FlowSchema"),
  defaults(object) {
    if (object.spec) object.spec.matchingPrecedence ||= 1000
  },
  validate: (object) => flowSchemaErrors(object.metadata?.name ?? "", (object.spec ?? {}) as FlowSchemaSpec),
  tableOrder: (a, b) =>
    (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1),
  columns: [
    name,
    { name: "PriorityLevel", cell: (object) => object.spec?.priorityLevelConfiguration.name ?? "" },
    { name: "MatchingPrecedence", cell: (object) => object.spec?.matchingPrecedence ?? 0 },
    { name: "DistinguisherMethod", cell: (object) => object.spec?.distinguisherMethod?.type ?? "<none>" },
    age,
    {
      name: "MissingPL",
      cell: (object) => (object.status?.conditions ?? []).find(({ type }) => type === "Dangling")?.status ?? "?",
    },
  ],
})
