/** resourcequota-controller: what a namespace uses of its quotas. As pkg/controller/resourcequota. */
import { kinds, resourceQuota } from "../../api/index.ts"
import { matchesScopes, resourceOf, usageOf } from "../../api/quota.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import type { Change } from "../../client/contract.ts"
import { formatQuantity, isBinary } from "../../apimachinery/quantity.ts"
import { editable } from "../../client/client.ts"
import { defineController, type ReconcileContext, trigger } from "../define-controller.ts"
import type { Kind } from "../../api/define-kind.ts"
import { persistentVolumeClaim, pod, service } from "../../api/index.ts"

const kindFor = ({ plural, group }: { plural: string; group: string }): Kind | undefined =>
  kinds.find((kind) => kind.plural === plural && kind.group === group)

const quotasOf = (change: Change<never>, { informers }: ReconcileContext) =>
  informers
    .for(resourceQuota)
    .list({ namespace: (change.object as { metadata: { namespace?: string } }).metadata.namespace as string })
    .map(({ metadata }) => ({ namespace: metadata.namespace as string, name: metadata.name }))

/** Only what frees something: the API server counts what is added as it admits it. */
const freed = (change: Change<never>, context: ReconcileContext) => {
  const [before, after] = [change.old, change.object] as unknown as { status?: { phase?: string } }[]
  if (change.type === "modified" && before?.status?.phase === after.status?.phase) return []
  return quotasOf(change, context)
}

export const resourceQuotaController = defineController({
  name: "resourcequota-controller",
  for: resourceQuota,
  triggers: [trigger(pod, freed as never), trigger(service, quotasOf as never), trigger(persistentVolumeClaim, quotasOf as never)],
  reconcile(object, context, { namespace }) {
    if (!object || object.metadata.deletionTimestamp) return
    const hard = (object.spec.hard ?? {}) as Record<string, string>
    const used: Record<string, string> = {}
    const totals = new Map<string, bigint>()
    const resources = new Map(Object.keys(hard).map((name) => [JSON.stringify(resourceOf(name)), resourceOf(name)]))
    for (const resource of resources.values()) {
      const kind = kindFor(resource)
      if (!kind) continue
      for (const one of context.client.list(kind, { namespace: namespace as string })) {
        if (!matchesScopes(one as never, object.spec as never)) continue
        for (const [name, amount] of usageOf(one as never, resource)) totals.set(name, (totals.get(name) ?? 0n) + amount)
      }
    }
    for (const [name, limit] of Object.entries(hard))
      used[name] = formatQuantity(totals.get(name) ?? 0n, isBinary(limit) || /memory|storage/.test(name) ? "binary" : "decimal")
    const next = editable(object)
    next.status = { hard, used } as never
    if (!deepEqual(next.status, object.status)) context.client.updateStatus(resourceQuota, next)
    // Kinds that are not watched here are counted anew by the resync.
    return { requeueAfter: 300_000, background: true }
  },
})
