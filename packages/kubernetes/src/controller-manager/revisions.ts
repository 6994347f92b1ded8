/** ControllerRevisions: the past templates of a StatefulSet or DaemonSet. As pkg/controller/history/controller_history.go. */
import { type ControllerRevision, controllerRevision } from "../api/index.ts"
import { deepEqual } from "../apimachinery/frozen.ts"
import { selectorMatches } from "../apimachinery/selectors.ts"
import { StatusError } from "../apimachinery/status.ts"
import { editable } from "../client/client.ts"
import type { ReconcileContext } from "./define-controller.ts"
import { BY_OWNER, controllerReference } from "./owners.ts"
import { safeEncode } from "./template-hash.ts"

export const REVISION_LABEL = "controller-revision-hash"

interface Owner {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; uid: string; labels?: unknown; annotations?: unknown }
  spec: { selector?: unknown; template?: unknown; revisionHistoryLimit?: number }
}

const sorted = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

/** What a revision holds: a patch that replaces the template. Keys sorted, as Go writes maps. */
export const templatePatch = (template: unknown): { spec: { template: Record<string, unknown> } } =>
  sorted({ spec: { template: { ...(template as object), $patch: "replace" } } }) as { spec: { template: Record<string, unknown> } }

/** The template that a revision stands for. */
export const templateOf = (revision: ControllerRevision): Record<string, unknown> => {
  const { $patch: _, ...template } = editable((revision.data as unknown as ReturnType<typeof templatePatch>).spec.template)
  return template
}

/** FNV-1 (not 1a), 32 bits, over the patch as Go's encoder writes it. */
const dataHash = (data: unknown, probe: number): string => {
  const text = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${text}${probe}`)) hash = (Math.imul(hash, 0x01000193) ^ byte) >>> 0
  return safeEncode(String(hash))
}

const byRevision = (a: ControllerRevision, b: ControllerRevision): number =>
  Number(a.revision) - Number(b.revision) || (a.metadata.name < b.metadata.name ? -1 : 1)

export const revisionsOf = (owner: Owner, { informers }: ReconcileContext): ControllerRevision[] =>
  [...informers.for(controllerRevision).byIndex(BY_OWNER, owner.metadata.uid)].sort(byRevision)

/**
 * The revision of the owner's present template, made or raised when it is not the newest, and all of them, oldest first.
 * `name` overrides how its hash is made (DaemonSets hash the template as Deployments do).
 */
export const presentRevision = (
  owner: Owner,
  context: ReconcileContext,
  options: { collisions: number; hash?: string; known?: readonly ControllerRevision[] },
): { update: ControllerRevision; all: ControllerRevision[]; collisions: number } => {
  const { client } = context
  const all = options.known ? [...options.known] : revisionsOf(owner, context)
  const data = templatePatch(owner.spec.template)
  const next = Number(all.at(-1)?.revision ?? 0) + 1
  const equal = all.filter((revision) => deepEqual(revision.data, data))
  const last = equal.at(-1)
  if (last && last === all.at(-1)) return { update: last, all, collisions: options.collisions }
  if (last) {
    const raised = client.update(controllerRevision, { ...editable(last), revision: next } as ControllerRevision)
    return { update: raised, all: [...all.filter((one) => one !== last), raised], collisions: options.collisions }
  }
  let { collisions } = options
  for (;;) {
    const hash = options.hash ?? dataHash(data, collisions)
    const labels = ((owner.spec.template as { metadata?: { labels?: Record<string, string> } }).metadata?.labels ?? {}) as Record<
      string,
      string
    >
    const name = `${owner.metadata.name.slice(0, 223)}-${hash}`
    try {
      const made = client.create(controllerRevision, {
        apiVersion: "apps/v1",
        kind: "ControllerRevision",
        metadata: {
          name,
          namespace: owner.metadata.namespace,
          labels: { ...labels, [owner.kind === "DaemonSet" ? REVISION_LABEL : "controller.kubernetes.io/hash"]: hash },
          ...(owner.metadata.annotations !== undefined && { annotations: owner.metadata.annotations }),
          ownerReferences: [controllerReference(owner, owner)],
        },
        data: data as never,
        revision: next,
      } as never)
      return { update: made, all: [...all, made], collisions }
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== "AlreadyExists") throw error
      const existing = client.get(controllerRevision, { namespace: owner.metadata.namespace as string, name })
      if (deepEqual(existing.data, data)) return { update: existing, all: [...all, existing].sort(byRevision), collisions }
      if (options.hash !== undefined) throw error
      collisions++
    }
  }
}

/** Deletes the oldest revisions that nothing uses, beyond the limit. */
export const truncateRevisions = (
  owner: Owner,
  all: readonly ControllerRevision[],
  live: ReadonlySet<string>,
  { client }: ReconcileContext,
): void => {
  const spare = all.filter(({ metadata }) => !live.has(metadata.name))
  const surplus = spare.length - (owner.spec.revisionHistoryLimit ?? 10)
  for (const revision of spare.slice(0, Math.max(0, surplus))) client.delete(controllerRevision, revision.metadata as never)
}

export const fitsOwner = (owner: Owner) => (labels: unknown) => selectorMatches(owner.spec.selector as never, labels as never)
