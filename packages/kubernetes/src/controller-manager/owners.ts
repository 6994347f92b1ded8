/** Who controls whom. As k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go. */
import type { OwnerReference } from "../apimachinery/object.ts"

type Owned = { metadata: { ownerReferences?: unknown } }

export const controllerOf = (object: Owned): OwnerReference | undefined =>
  (object.metadata.ownerReferences as OwnerReference[] | undefined)?.find(({ controller }) => controller)

export const controllerReference = (
  kind: { apiVersion: string; kind: string },
  owner: { metadata: { name: string; uid: string } },
): OwnerReference => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})

export const isControlledBy = (object: Owned, owner: { metadata: { uid: string } }): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid

/** The index of a kind by its controller's uid. */
export const BY_OWNER = "owner"
export const ownerIndex = (object: Owned): readonly string[] => {
  const owner = controllerOf(object)
  return owner ? [owner.uid] : []
}
