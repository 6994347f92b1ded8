/** The revisions that a workload has had. As kubectl/pkg/polymorphichelpers/history.go. */
import { deepCopy, type fromLabelSelector, formatSelector, strategicMerge } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "../../api.ts"
import { type Info, query } from "../../builder.ts"
import type { Context } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { schemaFor } from "../../patching/strategic.ts"

export interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string>; [field: string]: unknown }
  spec: unknown
}

export interface Revision {
  readonly number: number
  readonly cause: string
  readonly template: Template
  /** What the revision is kept in: a ReplicaSet or a ControllerRevision. */
  readonly object: KubeObject
}

/** What keeps revisions. */
const HISTORIC = new Set(["Deployment", "DaemonSet", "StatefulSet"])

export const CHANGE_CAUSE = "kubernetes.io/change-cause"
export const REVISION = "deployment.kubernetes.io/revision"

interface Owner {
  uid: string
  controller?: boolean
}

const controlledBy = (object: KubeObject, owner: KubeObject): boolean =>
  ((object.metadata.ownerReferences as Owner[] | undefined) ?? []).some(({ uid, controller }) => controller && uid === owner.metadata.uid)

/** "ReplicaSet.apps" */
export const groupKind = ({ kind, group }: Resource): string => (group ? `${kind}.${group}` : kind)

/** The groups whose types polymorphichelpers' visitor was made for; others are not even refused by it. */
const VISITED = new Set([
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "ReplicaSet.apps",
  "Job.batch",
  "CronJob.batch",
  "Pod",
  "ReplicationController",
])

/** What types are refused with that have no history, no status or nothing to go back to. */
export const unsupported = (what: "history" | "rollback", resource: Resource): KubectlError => {
  const kind = groupKind(resource)
  const [getting, missing] = what === "history" ? ["retrieving history for", "history viewer"] : ["retrieving rollbacker for", "rollbacker"]
  if (!VISITED.has(kind))
    return new KubectlError(`error ${getting} ${JSON.stringify(kind)}, no visitor method exists for {${resource.group} ${resource.kind}}`)
  return new KubectlError(`no ${missing} has been implemented for ${JSON.stringify(kind)}`)
}

/** Oldest first. Throws for types that keep none. */
export function* revisionsOf({ api }: Context, { object, namespace, resource }: Info): Steps<Revision[]> {
  if (!HISTORIC.has(resource.kind) || resource.group !== "apps") throw unsupported("history", resource)
  const selector = formatSelector((object.spec as { selector?: Parameters<typeof fromLabelSelector>[0] }).selector)
  const list = function* (plural: string): Steps<KubeObject[]> {
    const { items } = yield* api.get<{ items: KubeObject[] }>(
      `/apis/apps/v1/namespaces/${namespace}/${plural}${query({ labelSelector: selector })}`,
    )
    return items.filter((item) => controlledBy(item, object))
  }
  const cause = (one: KubeObject) => one.metadata.annotations?.[CHANGE_CAUSE] ?? ""
  if (resource.kind === "Deployment")
    return (yield* list("replicasets"))
      .map((set) => ({
        number: Number(set.metadata.annotations?.[REVISION] ?? 0),
        cause: cause(set),
        template: (set.spec as { template: Template }).template,
        object: set,
      }))
      .sort((a, b) => a.number - b.number)
  if (resource.kind === "DaemonSet" || resource.kind === "StatefulSet")
    return (yield* list("controllerrevisions"))
      .map((revision) => {
        const applied = strategicMerge(deepCopy(object), revision.data, schemaFor(object)) as KubeObject
        return {
          number: Number(revision.revision),
          cause: cause(revision),
          template: (applied.spec as { template: Template }).template,
          object: revision,
        }
      })
      .sort((a, b) => a.number - b.number)
  throw unsupported("history", resource)
}
