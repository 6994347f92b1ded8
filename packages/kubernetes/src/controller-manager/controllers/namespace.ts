/** namespace-controller: empties a namespace that is being deleted, then lets it go. As pkg/controller/namespace/deletion. */
import { customResourceDefinition, kinds, namespace } from "../../api/index.ts"
import { editable } from "../../client/client.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { customKinds } from "../custom-kinds.ts"
import { defineController } from "../define-controller.ts"

export const namespaceController = defineController({
  name: "namespace-controller",
  for: namespace,
  when: (change) => change.type !== "deleted",
  reconcile(object, { client }) {
    if (!object?.metadata.deletionTimestamp) return
    const { name } = object.metadata
    if (object.status.phase !== "Terminating") {
      const next = editable(object)
      next.status = { ...next.status, phase: "Terminating" }
      client.updateStatus(namespace, next)
    }
    let remaining = 0
    const held = [...kinds, ...customKinds(client.list(customResourceDefinition))].filter(
      (kind) => kind.namespaced && !kind.virtual && !kind.storedAs,
    )
    for (const kind of held) {
      for (const one of client.list(kind, { namespace: name })) {
        remaining++
        if (one.metadata.deletionTimestamp) continue
        try {
          client.delete(kind, one.metadata, { propagation: "Background" })
        } catch (error) {
          if (!(error instanceof StatusError && error.code === 404)) throw error
        }
      }
    }
    if (remaining > 0 && held.some((kind) => client.list(kind, { namespace: name }).length > 0)) return { requeueAfter: 1_000 }
    client.raw("PUT", `/api/v1/namespaces/${name}/finalize`, { ...editable(object), spec: { finalizers: [] } })
  },
})
