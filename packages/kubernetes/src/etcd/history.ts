/** The changes since the last compaction. Earlier versions are kept as the way back from later ones: heartbeats alone are hundreds of them. */
import type { KeyValue, WatchEvent } from "./contract.ts"
import { flat } from "../apimachinery/flat.ts"
import { decimal } from "../apimachinery/interned.ts"
import { undone, undoText } from "../apimachinery/undo.ts"

/** One change of one key. */
interface Change {
  readonly key: string
  readonly revision: number
  /** Revision of the version before; 0: there was none. */
  readonly before: number
  /** From what it became to what it was; of a deletion, and where more than the value changed, the whole as JSON. */
  readonly undo: string
  readonly whole: boolean
  /** What components had noted on the first version and on the last, which no later one tells. */
  readonly notes?: Notes
}

type Notes = readonly (readonly [symbol, unknown])[]

const notesOn = ({ value }: KeyValue): Notes | undefined => {
  const symbols = typeof value === "object" && value !== null ? Object.getOwnPropertySymbols(value) : []
  return symbols.length > 0 ? symbols.map((symbol) => [symbol, (value as Record<symbol, unknown>)[symbol]] as const) : undefined
}

/** The value with those notes: a copy of its outermost members, for the value may be frozen. */
const withNotes = <T>(value: T, notes: Notes | undefined): T => {
  if (!notes) return value
  const noted = { ...value }
  for (const [symbol, note] of notes) Object.defineProperty(noted, symbol, { value: note })
  return Object.freeze(noted)
}

/** An API object tells the revision that wrote it; what else is stored does not. */
const withRevision = <T>(value: T, revision: number): T => {
  const { metadata } = (value ?? {}) as { metadata?: { resourceVersion?: unknown } }
  if (typeof metadata?.resourceVersion !== "string") return value
  const revised = { ...value, metadata: Object.freeze({ ...metadata, resourceVersion: decimal(revision) }) }
  for (const [symbol, note] of notesOn({ value } as KeyValue) ?? []) Object.defineProperty(revised, symbol, { value: note })
  return Object.freeze(revised)
}

type Current = (key: string) => KeyValue | undefined

export class History {
  #changes: Change[] = []

  /** `value`: undefined when the key was deleted. */
  add(key: string, revision: number, value: KeyValue | undefined, previous: KeyValue | undefined): void {
    const whole = previous !== undefined && (value === undefined || value.lease !== previous.lease)
    const notes = previous && (value === undefined || previous.version === 1) ? notesOn(previous) : undefined
    this.#changes.push({
      key,
      revision,
      before: previous?.modRevision ?? 0,
      undo: !previous ? "" : whole ? flat(JSON.stringify(previous)) : undoText(value?.value, previous.value),
      whole,
      ...(notes && { notes }),
    })
  }

  /** Forgets what happened up to `revision`. */
  compact(revision: number): void {
    let keep = 0
    while (keep < this.#changes.length && this.#changes[keep].revision <= revision) keep++
    this.#changes = this.#changes.slice(keep)
  }

  clear(): void {
    this.#changes = []
  }

  /** Walks back from the newest to the first after `revision`: what `wanted` keys became and what they were before. */
  #back(
    revision: number,
    current: Current,
    wanted: (key: string) => boolean,
    visit: (change: Change, value: KeyValue | undefined, previous: KeyValue | undefined) => void,
  ): Map<string, KeyValue | undefined> {
    const then = new Map<string, KeyValue | undefined>()
    for (let index = this.#changes.length - 1; index >= 0 && this.#changes[index].revision > revision; index--) {
      const change = this.#changes[index]
      const { key } = change
      if (!wanted(key)) continue
      const value = then.has(key) ? then.get(key) : current(key)
      const previous = earlier(change, value)
      visit(change, value, previous)
      then.set(key, previous)
    }
    return then
  }

  /** For each key that changed after `revision`, what it was then. */
  since(revision: number, current: Current, wanted: (key: string) => boolean): ReadonlyMap<string, KeyValue | undefined> {
    return this.#back(revision, current, wanted, () => {})
  }

  /** What happened to `wanted` keys from `revision` on, oldest first. */
  events(revision: number, current: Current, wanted: (key: string) => boolean): WatchEvent[] {
    const events: WatchEvent[] = []
    this.#back(revision - 1, current, wanted, (change, value, previous) => {
      events.push({
        type: value ? "put" : "delete",
        key: change.key,
        value: value?.value,
        previous,
        revision: change.revision,
        createRevision: (value ?? (previous as KeyValue)).createRevision,
      })
    })
    return events.reverse()
  }
}

const earlier = (change: Change, value: KeyValue | undefined): KeyValue | undefined => {
  if (change.before === 0) return undefined
  if (change.whole) {
    const found: KeyValue = undone(undefined, `[${change.undo}]`)
    return { ...found, value: withNotes(found.value, change.notes) }
  }
  const later = value as KeyValue
  return {
    ...later,
    value: withNotes(withRevision(undone(later.value, change.undo), change.before), change.notes),
    modRevision: change.before,
    version: later.version - 1,
  }
}
