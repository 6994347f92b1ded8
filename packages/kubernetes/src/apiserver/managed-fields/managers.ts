/**
 * Who manages which fields of an object. As k8s.io/apimachinery/pkg/util/managedfields. What a write changed is worked out only when
 * somebody asks: until then an object carries who wrote it and what it was before.
 */
import { sharedText } from "@drydock/sim"
import type { Schema } from "../../api/define-kind.ts"
import { isObject } from "../../apimachinery/frozen.ts"
import { undone, undoText } from "../../apimachinery/undo.ts"
import { type AnyStored, formatTime } from "../../apimachinery/object.ts"
import { type FieldSet, difference, intersection, isBeyond, isEmpty, sortedOnce, union, without } from "./field-set.ts"
import { compare } from "./compare.ts"

export interface ManagedFieldsEntry {
  manager: string
  operation: "Apply" | "Update"
  apiVersion: string
  time?: string
  fieldsType?: "FieldsV1"
  fieldsV1?: FieldSet
  subresource?: string
}

interface By {
  manager: string
  subresource: string
  /** ms since the epoch. */
  at: number
  /** The version that was written, where another one is stored. */
  as?: Typed | undefined
}

/** One write, as noted. */
interface Written extends By {
  /** What it was before: the way back from what it became; undefined for a creation, and where `before` is at hand. */
  undo: string | undefined
  before: AnyStored | undefined
  /** Who wrote what it was before. */
  below: Held | undefined
  /** The way from what it became to what was asked for, where admission added to it. */
  asked: string | undefined
  /** How many writes are noted below this one. */
  depth: number
}

type Note = Written | { entries: readonly ManagedFieldsEntry[] }

const NOTE = Symbol("managed fields")

interface Held {
  note: Note
}

/** Objects are frozen; their notes are not, unless objects share them. */
type Noted = { [NOTE]?: Held }

/** Notes of one time that objects share: of creations by manager and subresource, of entries by what they say. */
const shared = { at: 0, held: new Map<string, Held>() }
/** What was worked out for an object whose note is shared. */
const workedOut = new WeakMap<AnyStored, readonly ManagedFieldsEntry[]>()

const sharedAt = (at: number): Map<string, Held> => {
  if (shared.at !== at) {
    shared.at = at
    shared.held.clear()
  }
  return shared.held
}

const creationNote = ({ manager, subresource, at }: By): Held => {
  const known = sharedAt(at)
  const key = subresource === "" ? manager : `${manager}\n${subresource}`
  let held = known.get(key)
  if (!held) {
    const nothing = { as: undefined, asked: undefined, undo: undefined, before: undefined, below: undefined }
    known.set(key, (held = Object.freeze({ note: { manager: sharedText(manager), subresource, at, ...nothing, depth: 1 } })))
  }
  return held
}

/** Writes that wait to be worked out, at most. */
const MAX_DEPTH = 4

/** Fields that nobody manages. As stripmeta.go, and what resource strategies reset. */
const STRIPPED: FieldSet = {
  "f:apiVersion": {},
  "f:kind": {},
  "f:metadata": {
    "f:name": {},
    "f:namespace": {},
    "f:creationTimestamp": {},
    "f:selfLink": {},
    "f:uid": {},
    "f:clusterName": {},
    "f:generation": {},
    "f:managedFields": {},
    "f:resourceVersion": {},
  },
}

/** "metadata" itself is no member, whatever is below. */
const strip = (set: FieldSet): FieldSet => {
  const rest = without(set, STRIPPED)
  const metadata = rest["f:metadata"]
  if (!metadata) return rest
  const { ".": _, ...below } = metadata
  const { "f:metadata": __, ...others } = rest
  return isEmpty(below) ? others : { ...others, "f:metadata": below }
}

/** Set by the registries of these kinds, whoever asks. */
const NAMESPACE: FieldSet = { "f:status": {}, "f:spec": { "f:finalizers": {} } }
const SERVICE: FieldSet = { "f:status": {}, "f:spec": { "f:ipFamilies": {}, "f:ipFamilyPolicy": {} } }

export interface Typed {
  plural: string
  apiVersion: string
  schema: () => Schema
  subresources: readonly string[]
  storedAs?: { from: (stored: never) => object } | undefined
  custom?: boolean | undefined
}

const REQUEST: FieldSet = { "f:spec": {}, "f:status": {} }
const APPROVAL: FieldSet = { "f:spec": {}, "f:status": { "f:certificate": {} } }
const STATUS: FieldSet = { "f:spec": {} }
/** Set by the registry, as it notices. */
const VOLUME_STATUS: FieldSet = { "f:spec": {}, "f:status": { "f:lastPhaseTransitionTime": {} } }

const reset = (kind: Typed, subresource: string): FieldSet => {
  if (subresource === "status") return kind.plural === "persistentvolumes" ? VOLUME_STATUS : STATUS
  if (kind.plural === "certificatesigningrequests") return subresource === "approval" ? APPROVAL : REQUEST
  if (kind.plural === "namespaces") return NAMESPACE
  if (kind.plural === "services") return SERVICE
  return kind.subresources.includes("status") ? { "f:status": {} } : {}
}

const sameManager = (a: ManagedFieldsEntry, b: Pick<ManagedFieldsEntry, "manager" | "operation" | "subresource" | "apiVersion">): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  (a.subresource ?? "") === (b.subresource ?? "") &&
  (a.operation === "Apply" || a.apiVersion === b.apiVersion)

const ordered = (entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] =>
  entries.sort((a, b) => {
    if (a.operation !== b.operation) return a.operation < b.operation ? -1 : 1
    if ((a.time ?? "") !== (b.time ?? "")) return (a.time ?? "") < (b.time ?? "") ? -1 : 1
    if (a.manager !== b.manager) return a.manager < b.manager ? -1 : 1
    return (a.subresource ?? "") < (b.subresource ?? "") ? -1 : (a.subresource ?? "") > (b.subresource ?? "") ? 1 : 0
  })

const fields = (entry: ManagedFieldsEntry): FieldSet => entry.fieldsV1 ?? {}

const entry = (of: Omit<ManagedFieldsEntry, "fieldsType" | "subresource"> & { subresource: string }): ManagedFieldsEntry => ({
  manager: of.manager,
  operation: of.operation,
  apiVersion: of.apiVersion,
  // The scale subresource keeps no time.
  ...(of.time !== undefined && of.subresource !== "scale" && { time: of.time }),
  fieldsType: "FieldsV1",
  fieldsV1: sortedOnce(of.fieldsV1 ?? {}),
  ...(of.subresource !== "" && { subresource: of.subresource }),
})

interface Changes {
  changed: FieldSet
  removed: FieldSet
}

/** What new objects have, by kind and by what was asked for: a template's objects are alike but for their names. */
const fresh = new Map<string, Changes>()
const MOST_FRESH = 500
const LARGEST_FRESH = 8 * 1024

/** Undefined for what is not worth remembering. */
const freshKey = (kind: Typed, after: unknown, subresource: string): string | undefined => {
  if (!isObject(after) || !isObject(after.metadata)) return undefined
  const { name: _, uid: __, creationTimestamp: ___, resourceVersion: ____, ...metadata } = after.metadata
  const text = JSON.stringify({ ...after, metadata })
  return text.length > LARGEST_FRESH ? undefined : `${kind.plural} ${kind.apiVersion} ${subresource} ${text}`
}

const changesAs = (kind: Typed, before: unknown, after: unknown, subresource: string): Changes => {
  // A custom kind's schema is its own cluster's.
  if (before !== undefined || kind.storedAs || kind.custom) return comparedAs(kind, before, after, subresource)
  const key = freshKey(kind, after, subresource)
  const known = key === undefined ? undefined : fresh.get(key)
  if (known) return known
  const made = comparedAs(kind, before, after, subresource)
  if (key === undefined) return made
  if (fresh.size >= MOST_FRESH) fresh.clear()
  fresh.set(key, made)
  return made
}

const comparedAs = (kind: Typed, before: unknown, after: unknown, subresource: string): Changes => {
  const shown = (object: unknown) => (object !== undefined && kind.storedAs ? kind.storedAs.from(object as never) : object)
  const { changed, removed } = compare(kind.schema(), shown(before), shown(after))
  return { changed: without(strip(changed), reset(kind, subresource)), removed }
}

/** The managers after an update: who wrote owns what changed, the others lose it. */
const afterUpdate = (
  kind: Typed,
  managers: readonly ManagedFieldsEntry[],
  before: unknown,
  after: unknown,
  by: By,
): ManagedFieldsEntry[] => {
  const as = by.as ?? kind
  const seen = changesAs(as, before, after, by.subresource)
  const { changed } = seen
  // Sets are in the words of the version that they were written in.
  const other = as === kind ? seen : changesAs(kind, before, after, by.subresource)
  const self = { manager: by.manager, operation: "Update", apiVersion: as.apiVersion, subresource: by.subresource } as const
  const result: ManagedFieldsEntry[] = []
  let own: FieldSet = changed
  let time: string | undefined = isEmpty(changed) ? undefined : formatTime(by.at)
  for (const one of managers) {
    const { changed: theirs, removed } = one.apiVersion === as.apiVersion ? seen : other
    const left = difference(difference(fields(one), theirs), removed)
    if (sameManager(one, self)) {
      own = union(left, changed)
      time ??= one.time
    } else if (!isEmpty(left)) result.push(left === fields(one) ? one : { ...one, fieldsV1: sortedOnce(left) })
  }
  if (!isEmpty(own)) result.push(entry({ ...self, fieldsV1: own, ...(time !== undefined && { time }) }))
  return ordered(result)
}

/** Notes who wrote a new version of an object. */
export const noteWrite = (
  kind: Typed,
  object: AnyStored,
  by: By & { asked?: unknown },
  before: AnyStored | undefined,
  lean: boolean,
): void => {
  if (by.manager === "") {
    if (before) copyNote(before, object)
    return
  }
  if (!before && !by.as && by.asked === undefined) {
    Object.defineProperty(object, NOTE, { value: creationNote(by), enumerable: false })
    return
  }
  let previous = before
  let below = before && (before as Noted)[NOTE]
  // Heartbeats and statuses: what a component does again and again is one write.
  if (lean && before && below && "manager" in below.note) {
    const { note } = below
    const earlier = note.manager === by.manager && note.subresource === by.subresource ? beforeOf(before, note) : undefined
    if (earlier) {
      previous = earlier
      below = note.below
    }
  }
  let depth = below && "manager" in below.note ? below.note.depth + 1 : 1
  if (depth > MAX_DEPTH && previous) {
    workOut(kind, previous, below)
    depth = 1
  }
  // Of what is written every few seconds one earlier version is cheaper to keep than to come back to.
  const kept = previous && kind.plural === "leases"
  const undo = kept || !previous ? undefined : undoText(object, previous)
  const note: Written = {
    manager: sharedText(by.manager),
    subresource: by.subresource,
    at: by.at,
    as: by.as,
    asked: by.asked === undefined ? undefined : sharedText(undoText(object, by.asked)),
    undo,
    before: kept ? previous : undefined,
    below,
    depth,
  }
  if ((previous && !kept) || by.asked !== undefined) remember(note, kept ? undefined : previous, by.asked)
  setNote(object, note)
}

const beforeOf = (after: AnyStored, note: Written): AnyStored | undefined =>
  note.before ?? (note.undo === undefined ? undefined : (recent.get(note)?.before ?? undone(after, note.undo)))

const askedOf = (after: AnyStored, note: Written): unknown =>
  note.asked === undefined ? after : (recent.get(note)?.asked ?? undone(after, note.asked))

/** What the last few notes of all worlds are the way back to: who writes often writes again at once, and is answered at once. */
const recent = new Map<Written, { before: AnyStored | undefined; asked: unknown }>()
const MOST_RECENT = 64

const remember = (note: Written, before: AnyStored | undefined, asked: unknown): void => {
  recent.set(note, { before, asked })
  if (recent.size <= MOST_RECENT) return
  for (const oldest of recent.keys()) {
    recent.delete(oldest)
    return
  }
}

/** Beyond this a list is likely to be nobody else's, UTF-16 units. */
const LARGEST_SHARED = 2_000

/** @param at ms since the epoch */
export const noteEntries = (object: AnyStored, entries: readonly ManagedFieldsEntry[], at: number): void => {
  const isLong = isBeyond(entries.map(fields), LARGEST_SHARED)
  const text = isLong ? "" : JSON.stringify(entries)
  if (isLong || text.length > LARGEST_SHARED) return setNote(object, { entries })
  const known = sharedAt(at)
  let held = known.get(text)
  if (!held) known.set(text, (held = Object.freeze({ note: { entries } })))
  Object.defineProperty(object, NOTE, { value: held, enumerable: false })
}

const setNote = (object: AnyStored, note: Note): void => {
  Object.defineProperty(object, NOTE, { value: { note }, enumerable: false })
}

/** The last version of a deleted object is as managed as it was. */
export const copyNote = (from: AnyStored, to: object): void => {
  const held = (from as Noted)[NOTE]
  if (held) Object.defineProperty(to, NOTE, { value: held, enumerable: false })
}

/** metadata.managedFields of a stored object. */
export const managersOf = (kind: Typed, object: AnyStored): readonly ManagedFieldsEntry[] => workOut(kind, object, (object as Noted)[NOTE])

const workOut = (kind: Typed, object: AnyStored, held: Held | undefined): readonly ManagedFieldsEntry[] => {
  const known = workedOut.get(object)
  if (known) return known
  const chain: { held: Held; note: Written; before: AnyStored | undefined; after: AnyStored }[] = []
  let entries: readonly ManagedFieldsEntry[] = []
  for (let after: AnyStored | undefined = object, at = held; after && at; ) {
    const { note } = at
    if ("entries" in note) {
      entries = note.entries
      break
    }
    const before = beforeOf(after, note)
    chain.push({ held: at, note, before, after })
    after = before
    at = note.below
  }
  for (const { held: box, note, before, after } of chain.reverse()) {
    entries = afterUpdate(kind, entries, before, askedOf(after, note), note)
    if (Object.isFrozen(box)) workedOut.set(after, entries)
    else box.note = { entries }
  }
  return entries
}

/** What an update with given managed fields starts from. */
export const withGiven = (
  kind: Typed,
  given: readonly ManagedFieldsEntry[],
  before: AnyStored | undefined,
  after: AnyStored,
  by: By,
): readonly ManagedFieldsEntry[] =>
  afterUpdate(
    kind,
    given.filter((one) => isObject(one) && one.manager !== undefined),
    before,
    after,
    by,
  )

/** The object as clients see it. */
export const withManagedFields = (kind: Typed, object: AnyStored): AnyStored => {
  const managedFields = managersOf(kind, object)
  if (managedFields.length === 0) return object
  return { ...object, metadata: { ...object.metadata, managedFields } } as unknown as AnyStored
}

export {
  afterUpdate,
  entry as managerEntry,
  fields as fieldsOfEntry,
  intersection,
  ordered as orderedManagers,
  reset as resetFields,
  sameManager,
  strip as stripFields,
}
