/** ServiceAccount: who a Pod is to the API server. */
import type { IServiceAccount } from "kubernetes-models/v1/ServiceAccount"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type ServiceAccount = Stored<IServiceAccount>

export const serviceAccount = defineKind<IServiceAccount>({
  group: "",
  version: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  shortNames: ["sa"],
  namespaced: true,
  subresources: ["token"],
  schema: () => schemaOf("IoK8sApiCoreV1ServiceAccount"),
  columns: [name, age],
})
