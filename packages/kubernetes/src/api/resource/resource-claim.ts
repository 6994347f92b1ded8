/** ResourceClaim: devices that somebody asks for. */
import type { IResourceClaim } from "kubernetes-models/resource.k8s.io/v1/ResourceClaim"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type ResourceClaim = Stored<IResourceClaim>

export const resourceClaim = defineKind<IResourceClaim>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceClaim",
  plural: "resourceclaims",
  namespaced: true,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiResourceV1ResourceClaim"),
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
