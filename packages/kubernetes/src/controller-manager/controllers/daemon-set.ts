/** daemonset-controller: one Pod on each node that will have it. As pkg/controller/daemon. */
import { daemonSet, type Node, node, type Pod, pod } from "../../api/index.ts"
import { editable } from "../../client/client.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { matchesTerm, type NodeTerm } from "../../scheduler/node-terms.ts"
import { tolerates } from "../../scheduler/taints.ts"
import { defineController } from "../define-controller.ts"
import { isActive, isReady } from "../pod-readiness.ts"
import { claimPods, podFromTemplate } from "../replicas.ts"
import { templateHash } from "../template-hash.ts"

const HASH = "controller-revision-hash"

/** Tolerations that every daemon gets. As pkg/controller/daemon/util/daemonset_util.go AddOrUpdateDaemonPodTolerations. */
const TOLERATIONS = [
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/pid-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" },
] as const

const targetNode = (one: Pod): string | undefined =>
  one.spec.nodeName ??
  (one.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.[0]?.matchFields?.[0]?.values?.[0] as
    | string
    | undefined)

export const daemonSetController = defineController({
  name: "daemonset-controller",
  for: daemonSet,
  owns: [pod as never],
  triggers: [
    {
      kind: node as never,
      keys: (change, { informers }) => {
        // A heartbeat changes nothing that a daemon set asks about.
        const [before, after] = [change.old as unknown as Node | undefined, change.object as unknown as Node]
        if (
          change.type === "modified" &&
          before &&
          JSON.stringify(before.spec) === JSON.stringify(after.spec) &&
          JSON.stringify(before.metadata.labels) === JSON.stringify(after.metadata.labels)
        )
          return []
        return informers
          .for(daemonSet)
          .list()
          .map(({ metadata }) => ({ namespace: metadata.namespace as string, name: metadata.name }))
      },
    },
  ],
  reconcile(object, context) {
    if (!object || object.metadata.deletionTimestamp) return
    const { client, events, informers } = context
    const own = claimPods(object as never, (labels) => selectorMatches(object.spec.selector as never, labels as never), context)
    const hash = templateHash(object.spec.template)
    const byNode = new Map<string, Pod[]>()
    for (const one of own) {
      const name = targetNode(one) ?? ""
      byNode.set(name, [...(byNode.get(name) ?? []), one])
    }
    let [desired, current, ready, updated, misscheduled] = [0, 0, 0, 0, 0]
    const template = editable(object.spec.template) as unknown as {
      metadata?: { labels?: Record<string, string> }
      spec: Record<string, unknown> & {
        tolerations?: unknown[]
        nodeSelector?: Record<string, string>
        hostNetwork?: boolean
        affinity?: { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: readonly NodeTerm[] } } }
      }
    }
    template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [HASH]: hash } }
    template.spec.tolerations = [
      ...(template.spec.tolerations ?? []),
      ...TOLERATIONS,
      ...(template.spec.hostNetwork ? [{ key: "node.kubernetes.io/network-unavailable", operator: "Exists", effect: "NoSchedule" }] : []),
    ]
    const nodes = informers.for(node).list()
    let replacing = nodes.some((one) => (byNode.get(one.metadata.name) ?? []).some((existing) => isActive(existing) && !isReady(existing)))
    for (const one of nodes) {
      const { name } = one.metadata
      const selected = Object.entries(template.spec.nodeSelector ?? {}).every(
        ([key, value]) => ((one.metadata.labels ?? {}) as Record<string, string>)[key] === value,
      )
      const required = template.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
      const chosen = selected && (!required || required.nodeSelectorTerms.some((term) => matchesTerm(term, one)))
      const fits =
        chosen &&
        (one.spec.taints ?? []).every(
          (taint) => taint.effect === "PreferNoSchedule" || tolerates(template.spec.tolerations as never, taint),
        )
      const pods = byNode.get(name) ?? []
      const active = pods.filter(isActive)
      if (!fits) {
        if (active.length > 0) misscheduled++
        // As NodeShouldRunDaemonPod: a node that is not chosen keeps none; one that only refuses new Pods keeps what it has.
        const mayStay =
          chosen &&
          (one.spec.taints ?? []).every((taint) => taint.effect !== "NoExecute" || tolerates(template.spec.tolerations as never, taint))
        if (!mayStay) for (const surplus of active) client.delete(pod, surplus.metadata as never)
        continue
      }
      desired++
      for (const failed of pods.filter((existing) => existing.status.phase === "Failed" && !existing.metadata.deletionTimestamp)) {
        events.event(
          object as never,
          "Warning",
          "FailedDaemonPod",
          `Found failed daemon pod ${failed.metadata.namespace}/${failed.metadata.name} on node ${name}, will try to kill it`,
        )
        client.delete(pod, failed.metadata as never)
      }
      if (active.length === 0) {
        if (pods.some((existing) => existing.metadata.deletionTimestamp)) continue
        const made = editable(podFromTemplate(template as never, object as never)) as unknown as { spec: { affinity?: unknown } }
        made.spec.affinity = {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] }],
            },
          },
        }
        const created = client.create(pod, made as never)
        events.event(object as never, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`)
        continue
      }
      current++
      const [first, ...surplus] = active
      for (const extra of surplus) client.delete(pod, extra.metadata as never)
      if (isReady(first)) ready++
      if ((first.metadata.labels as Record<string, string> | undefined)?.[HASH] === hash) updated++
      else if (object.spec.updateStrategy?.type !== "OnDelete" && !replacing) {
        replacing = true
        client.delete(pod, first.metadata as never)
        events.event(object as never, "Normal", "SuccessfulDelete", `Deleted pod: ${first.metadata.name}`)
      }
    }
    for (const [name, pods] of byNode)
      if (name !== "" && !nodes.some((one) => one.metadata.name === name))
        for (const lost of pods.filter(isActive)) client.delete(pod, lost.metadata as never)
    const next = editable(object)
    next.status = {
      currentNumberScheduled: current,
      desiredNumberScheduled: desired,
      numberMisscheduled: misscheduled,
      numberReady: ready,
      ...(updated > 0 && { updatedNumberScheduled: updated }),
      ...(ready > 0 && { numberAvailable: ready }),
      ...(desired > ready && { numberUnavailable: desired - ready }),
      observedGeneration: object.metadata.generation,
    }
    client.updateStatus(daemonSet, next)
  },
})
