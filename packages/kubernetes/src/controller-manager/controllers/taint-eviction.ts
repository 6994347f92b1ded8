/** taint-eviction-controller: deletes Pods that do not tolerate a NoExecute taint, when their time is up. As pkg/controller/tainteviction. */
import { type Node, node, pod } from "../../api/index.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { editable } from "../../client/client.ts"
import { tolerationFor } from "../../scheduler/taints.ts"
import { defineController } from "../define-controller.ts"

export const taintEvictionController = defineController({
  name: "taint-eviction-controller",
  for: pod,
  triggers: [
    {
      kind: node as never,
      keys: (change, { informers }) => {
        const object = change.object as unknown as Node
        const old = change.old as unknown as Node | undefined
        if (JSON.stringify(old?.spec.taints) === JSON.stringify(object.spec.taints)) return []
        return informers
          .for(pod)
          .byIndex("node", object.metadata.name)
          .map(({ metadata }) => ({ namespace: metadata.namespace as string, name: metadata.name }))
      },
    },
  ],
  reconcile(object, { client, informers, events, now, memory }, { namespace, name }) {
    /** Since when it is known that the Pod has to go, ms: its time runs from then, whoever made the taint. */
    const key = `since ${namespace}/${name}`
    if (!object?.spec.nodeName || object.metadata.deletionTimestamp) return void memory.delete(key)
    const host = informers.for(node).get(undefined, object.spec.nodeName)
    const taints = (host?.spec.taints ?? []).filter(({ effect }) => effect === "NoExecute")
    if (taints.length === 0) return void memory.delete(key)
    let wait = Number.POSITIVE_INFINITY
    for (const taint of taints) {
      const toleration = tolerationFor(object.spec.tolerations as never, taint)
      if (!toleration) wait = 0
      else if (toleration.tolerationSeconds !== undefined) wait = Math.min(wait, toleration.tolerationSeconds * 1_000)
    }
    if (wait === Number.POSITIVE_INFINITY) return void memory.delete(key)
    const since = (memory.get(key) as number | undefined) ?? now()
    memory.set(key, since)
    if (since + wait > now()) return { requeueAfter: since + wait - now() }
    memory.delete(key)
    // Its reference has neither uid nor revision.
    const reference = { apiVersion: "v1", kind: "Pod", metadata: { namespace, name } }
    events.event(reference as never, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${namespace}/${name}`)
    const next = editable(object)
    const condition = {
      type: "DisruptionTarget",
      status: "True",
      lastProbeTime: null,
      lastTransitionTime: formatTime(now()),
      reason: "DeletionByTaintManager",
      message: "Taint manager: deleting due to NoExecute taint",
    }
    next.status.conditions = [...(next.status.conditions ?? []).filter(({ type }) => type !== condition.type), condition] as never
    client.updateStatus(pod, next)
    client.delete(pod, object.metadata as never, { uid: object.metadata.uid })
  },
})
