/** ResourceClaimTemplate: a claim for each Pod. */
import type { IResourceClaimTemplate } from "kubernetes-models/resource.k8s.io/v1/ResourceClaimTemplate"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { claimErrors, type ClaimSpec, claimUpdateErrors, fillRequests } from "./device-validation.ts"

export type ResourceClaimTemplate = Stored<IResourceClaimTemplate>

export const resourceClaimTemplate = defineKind<IResourceClaimTemplate>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceClaimTemplate",
  plural: "resourceclaimtemplates",
  namespaced: true,
  schema: () => schemaOf("IoK8sApiResourceV1ResourceClaimTemplate"),
  defaults: (object) => fillRequests(object.spec?.spec as ClaimSpec | undefined),
  validate: (object) => claimErrors(object.spec?.spec as ClaimSpec | undefined, "spec.spec"),
  validateUpdate: (object, old) => claimUpdateErrors(object.spec, old.spec),
  columns: [name, age],
})
