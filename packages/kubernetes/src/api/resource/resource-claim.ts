/** ResourceClaim: devices that somebody asks for. */
import type { IResourceClaim } from "kubernetes-models/resource.k8s.io/v1/ResourceClaim"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { claimErrors, type ClaimSpec, claimUpdateErrors, fillRequests } from "./device-validation.ts"

export type ResourceClaim = Stored<IResourceClaim>

export const resourceClaim = defineKind<IResourceClaim>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceClaim",
  plural: "resourceclaims",
  namespaced: true,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiResourceV1ResourceClaim"),
  defaults: (object) => fillRequests(object.spec as ClaimSpec | undefined),
  validate: (object) => claimErrors(object.spec as ClaimSpec | undefined, "spec"),
  validateUpdate: (object, old) => claimUpdateErrors(object.spec, old.spec),
  columns: [
    name,
    {
      name: "State",
      cell: (object) => {
        const { status } = object
        const words = [
          ...(object.metadata.deletionTimestamp ? ["deleted"] : []),
          status?.allocation ? "allocated" : "pending",
          ...(status?.reservedFor?.length ? ["reserved"] : []),
        ]
        return words.join(",")
      },
    },
    age,
  ],
})
