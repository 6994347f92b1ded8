/** StorageObjectInUseProtection: volumes and claims stay while somebody uses them. As plugin/pkg/admission/storage/storageobjectinuseprotection. */
import type { AdmissionPlugin } from "../context.ts"

const FINALIZERS: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: "kubernetes.io/pvc-protection",
  PersistentVolume: "kubernetes.io/pv-protection",
}

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: "StorageObjectInUseProtection",
  concerns: ({ kind }) => Object.hasOwn(FINALIZERS, kind),
  admit({ operation, kind, object, subresource }) {
    if (operation !== "create" || subresource || kind.group !== "") return
    const finalizer = Object.hasOwn(FINALIZERS, kind.kind) ? FINALIZERS[kind.kind] : undefined
    if (!finalizer || object.metadata.finalizers?.includes(finalizer)) return
    object.metadata = { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), finalizer] }
  },
}
