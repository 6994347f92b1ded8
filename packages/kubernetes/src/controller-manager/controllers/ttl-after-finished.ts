/** ttl-after-finished-controller: deletes Jobs some time after they ended. As pkg/controller/ttlafterfinished. */
import { job } from "../../api/index.ts"
import { defineController } from "../define-controller.ts"

export const ttlAfterFinishedController = defineController({
  name: "ttl-after-finished-controller",
  for: job,
  when: ({ object }) => object.spec.ttlSecondsAfterFinished !== undefined,
  reconcile(object, { client, now }) {
    const ttl = object?.spec.ttlSecondsAfterFinished
    if (!object || ttl === undefined || object.metadata.deletionTimestamp) return
    const finished = object.status.conditions?.find(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True")
    if (!finished?.lastTransitionTime) return
    const remaining = Date.parse(finished.lastTransitionTime) + ttl * 1_000 - now()
    if (remaining > 0) return { requeueAfter: remaining }
    client.delete(job, object.metadata as never, { propagation: "Foreground", uid: object.metadata.uid })
  },
})
