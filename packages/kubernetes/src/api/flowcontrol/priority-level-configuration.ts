/** PriorityLevelConfiguration: how much of the API server a level may use. */
import type { IPriorityLevelConfiguration } from "kubernetes-models/flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { type LevelSpec, priorityLevelErrors } from "./flow-control-validation.ts"

export type PriorityLevelConfiguration = Stored<IPriorityLevelConfiguration>

export const priorityLevelConfiguration = defineKind<IPriorityLevelConfiguration>({
  group: "flowcontrol.apiserver.k8s.io",
  version: "v1",
  kind: "PriorityLevelConfiguration",
  plural: "prioritylevelconfigurations",
  namespaced: false,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiFlowcontrolV1PriorityLevelConfiguration"),
  validate: (object) => priorityLevelErrors(object.metadata?.name ?? "", (object.spec ?? {}) as LevelSpec),
  columns: [
    name,
    { name: "Type", cell: (object) => object.spec?.type ?? "" },
    { name: "NominalConcurrencyShares", cell: (object) => object.spec?.limited?.nominalConcurrencyShares ?? "<none>" },
    { name: "Queues", cell: (object) => object.spec?.limited?.limitResponse?.queuing?.queues ?? "<none>" },
    { name: "HandSize", cell: (object) => object.spec?.limited?.limitResponse?.queuing?.handSize ?? "<none>" },
    { name: "QueueLengthLimit", cell: (object) => object.spec?.limited?.limitResponse?.queuing?.queueLengthLimit ?? "<none>" },
    age,
  ],
})
