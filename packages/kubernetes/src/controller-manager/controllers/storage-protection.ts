/** persistentvolumeclaim- and persistentvolume-protection-controller: what is in use stays. As pkg/controller/volume/pvcprotection and pvprotection. */
import { persistentVolume, persistentVolumeClaim, type Pod, pod } from "../../api/index.ts"
import type { KubernetesObject, Stored } from "../../apimachinery/object.ts"
import type { Kind } from "../../api/define-kind.ts"
import { editable } from "../../client/client.ts"
import { defineController, type ReconcileContext, trigger } from "../define-controller.ts"

const CLAIM_FINALIZER = "kubernetes.io/pvc-protection"
const VOLUME_FINALIZER = "kubernetes.io/pv-protection"

const setFinalizer = <T extends KubernetesObject>(
  kind: Kind<T>,
  object: Stored<T>,
  finalizer: string,
  wanted: boolean,
  { client }: ReconcileContext,
): void => {
  const present = object.metadata.finalizers ?? []
  if (present.includes(finalizer) === wanted) return
  const next = editable(object)
  next.metadata.finalizers = wanted ? [...present, finalizer] : present.filter((one) => one !== finalizer)
  client.update(kind, next)
}

const claimsUsedBy = (one: Pod): { namespace: string; name: string }[] =>
  (one.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: source }) =>
    source ? [{ namespace: one.metadata.namespace as string, name: source.claimName }] : [],
  )

const running = (one: Pod): boolean => one.spec.nodeName !== undefined && !["Succeeded", "Failed"].includes(one.status.phase ?? "")

export const claimProtectionController = defineController({
  name: "persistentvolumeclaim-protection-controller",
  for: persistentVolumeClaim,
  triggers: [trigger(pod, ({ type, object }) => (type === "deleted" || !running(object) ? claimsUsedBy(object) : []))],
  reconcile(object, context, { namespace, name }) {
    if (!object) return
    if (!object.metadata.deletionTimestamp) return setFinalizer(persistentVolumeClaim, object, CLAIM_FINALIZER, true, context)
    const used = context.informers
      .for(pod)
      .list({ namespace: namespace as string })
      .some((one) => running(one) && claimsUsedBy(one).some((claim) => claim.name === name))
    if (!used) setFinalizer(persistentVolumeClaim, object, CLAIM_FINALIZER, false, context)
  },
})

export const volumeProtectionController = defineController({
  name: "persistentvolume-protection-controller",
  for: persistentVolume,
  reconcile(object, context) {
    if (!object) return
    if (!object.metadata.deletionTimestamp) return setFinalizer(persistentVolume, object, VOLUME_FINALIZER, true, context)
    if (object.status.phase !== "Bound") setFinalizer(persistentVolume, object, VOLUME_FINALIZER, false, context)
  },
})
