/** NamespaceLifecycle: nothing is made in a namespace that is not there or is going. */
import { forbidden, notFound } from "../../apimachinery/status.ts"
import type { AdmissionPlugin } from "../context.ts"

const IMMORTAL = new Set(["default", "kube-system", "kube-public"])

export const namespaceLifecycle: AdmissionPlugin = {
  name: "NamespaceLifecycle",
  operations: ["create", "delete"],
  admit({ operation, kind, namespace, object, old }, server) {
    if (kind.kind === "Namespace" && operation === "delete" && IMMORTAL.has(old?.metadata.name ?? ""))
      throw forbidden(kind, old?.metadata.name ?? "", "this namespace may not be deleted")
    if (operation !== "create" || !kind.namespaced || !namespace) return
    const namespaces = server.kind("", "v1", "namespaces")
    const found = namespaces && server.registry.find(namespaces, undefined, namespace)
    if (!namespaces || (!found && IMMORTAL.has(namespace))) return
    if (!found) throw notFound({ group: "", plural: "namespaces" }, namespace)
    if (found.metadata.deletionTimestamp)
      throw forbidden(
        kind,
        object.metadata.name ?? "",
        `unable to create new content in namespace ${namespace} because it is being terminated`,
      )
  },
}
