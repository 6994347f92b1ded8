/** DefaultStorageClass: a claim that names no class gets the default one. As plugin/pkg/admission/storage/storageclass/setdefault. */
import type { StorageClass } from "../../api/index.ts"
import type { AdmissionPlugin } from "../context.ts"

const MARKS = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]

export const defaultStorageClass: AdmissionPlugin = {
  name: "DefaultStorageClass",
  concerns: ({ kind }) => kind === "PersistentVolumeClaim",
  admit({ operation, kind, object, subresource }, server) {
    if (operation !== "create" || kind.kind !== "PersistentVolumeClaim" || kind.group !== "" || subresource) return
    const spec = object.spec as { storageClassName?: string } | undefined
    const annotations = (object.metadata.annotations ?? {}) as Record<string, string>
    if (!spec || spec.storageClassName !== undefined || annotations["volume.beta.kubernetes.io/storage-class"] !== undefined) return
    const classes = server.kind("storage.k8s.io", "v1", "storageclasses")
    if (!classes) return
    const defaults = server.etcd
      .range<StorageClass>(server.registry.prefix(classes, undefined))
      .items.map(({ value }) => value)
      .filter(({ metadata }) => MARKS.some((mark) => (metadata.annotations as Record<string, string> | undefined)?.[mark] === "true"))
      // Of several, the newest; then by name.
      .sort((a, b) =>
        a.metadata.creationTimestamp === b.metadata.creationTimestamp
          ? a.metadata.name < b.metadata.name
            ? -1
            : 1
          : a.metadata.creationTimestamp > b.metadata.creationTimestamp
            ? -1
            : 1,
      )
    if (defaults.length > 0) spec.storageClassName = defaults[0].metadata.name
  },
}
