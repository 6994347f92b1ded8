/** PersistentVolumeClaimResize: a claim grows only where its class lets it. As plugin/pkg/admission/storage/persistentvolume/resize. */
import { isObject } from "../../apimachinery/frozen.ts"
import { parseQuantity } from "../../apimachinery/quantity.ts"
import { forbidden } from "../../apimachinery/status.ts"
import type { AdmissionPlugin } from "../context.ts"

const sizeOf = (object: unknown): bigint | undefined => {
  const spec = isObject(object) && isObject(object.spec) ? object.spec : {}
  const requests = isObject(spec.resources) && isObject(spec.resources.requests) ? spec.resources.requests : {}
  return typeof requests.storage === "string" ? parseQuantity(requests.storage) : undefined
}

export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: "PersistentVolumeClaimResize",
  concerns: ({ kind }) => kind === "PersistentVolumeClaim",
  validating: true,
  admit({ operation, kind, object, old, subresource }, server) {
    if (operation !== "update" || kind.kind !== "PersistentVolumeClaim" || kind.group !== "" || subresource || !old) return
    const [wanted, before] = [sizeOf(object), sizeOf(old)]
    if (wanted === undefined || before === undefined || wanted <= before) return
    const refuse = (why: string) => forbidden(kind, object.metadata.name ?? "", why)
    if ((old.status as { phase?: string } | undefined)?.phase !== "Bound")
      throw refuse("Only bound persistent volume claims can be expanded")
    const name = (object.spec as { storageClassName?: string }).storageClassName ?? ""
    const classes = server.kind("storage.k8s.io", "v1", "storageclasses")
    const found = classes && name !== "" ? server.registry.find(classes, undefined, name) : undefined
    if ((found as { allowVolumeExpansion?: boolean } | undefined)?.allowVolumeExpansion !== true)
      throw refuse("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize")
  },
}
