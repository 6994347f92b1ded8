/** ephemeral-volume-controller: the claims of Pods' generic ephemeral volumes. As pkg/controller/volume/ephemeral/controller.go. */
import { persistentVolumeClaim, pod } from "../../api/index.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { defineController, trigger } from "../define-controller.ts"

export const ephemeralVolumeController = defineController({
  name: "ephemeral-volume-controller",
  component: "ephemeral_volume",
  for: pod,
  when: ({ type, object }) => type !== "deleted" && (object.spec.volumes?.some(({ ephemeral }) => ephemeral !== undefined) ?? false),
  triggers: [
    trigger(persistentVolumeClaim, ({ type, object: { metadata } }) =>
      type === "deleted"
        ? (metadata.ownerReferences ?? [])
            .filter(({ kind, controller }) => kind === "Pod" && controller)
            .map(({ name }) => ({ namespace: metadata.namespace as string, name }))
        : [],
    ),
  ],
  reconcile(object, { client, informers, events }, { namespace }) {
    if (!object || object.metadata.deletionTimestamp) return
    const { name: podName, uid } = object.metadata
    for (const { name: volume, ephemeral } of object.spec.volumes ?? []) {
      const template = ephemeral?.volumeClaimTemplate
      if (!template) continue
      const name = `${podName}-${volume}`
      const existing = informers.for(persistentVolumeClaim).get(namespace, name)
      if (existing) {
        if (existing.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid)) continue
        throw new Error(
          `PVC ${JSON.stringify(`${namespace}/${name}`)} was not created for pod ${JSON.stringify(`${namespace}/${podName}`)}`,
        )
      }
      try {
        client.create(persistentVolumeClaim, {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: {
            name,
            namespace,
            ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
            ...(template.metadata?.labels && { labels: template.metadata.labels }),
            ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: podName, uid, controller: true, blockOwnerDeletion: true }],
          },
          spec: template.spec,
        } as never)
      } catch (error) {
        if (error instanceof StatusError)
          events.event(object as never, "Warning", "EphemeralVolumeCreationFailed", `PVC ${namespace}/${name}: ${error.message}`)
        throw error
      }
    }
  },
})
