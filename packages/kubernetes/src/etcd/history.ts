/** The changes since the last compaction. Earlier versions are kept as the way back from later ones: heartbeats alone are hundreds of them. */
import type { KeyValue, WatchEvent } from "./contract.ts"
import { flat } from "../apimachinery/flat.ts"
import { decimal } from "../apimachinery/interned.ts"
import { undone, undoText } from "../apimachinery/undo.ts"

/** The way from what a key became to what it was, as text. */
type Undo = string | Rare

/** Of a deletion, of a change of more than the value, or of a version that said what no later one tells. */
interface Rare {
  readonly text: string
  /** The text is the whole version before, as JSON. */
  readonly whole: boolean
  /** What components had noted on the first version and on the last. */
  readonly notes: Notes | undefined
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

/** Changes are columns, oldest first: heartbeats make hundreds of them, and an object for each would be twice the memory. */
export class History {
  #keys: string[] = []
  #revisions: number[] = []
  /** Revision of the version before; 0: there was none. */
  #before: number[] = []
  #undo: Undo[] = []

  /** `value`: undefined when the key was deleted. */
  add(key: string, revision: number, value: KeyValue | undefined, previous: KeyValue | undefined): void {
    const whole = previous !== undefined && (value === undefined || value.lease !== previous.lease)
    const notes = previous && (value === undefined || previous.version === 1) ? notesOn(previous) : undefined
    const text = !previous ? "" : whole ? flat(JSON.stringify(previous)) : undoText(value?.value, previous.value)
    this.#keys.push(key)
    this.#revisions.push(revision)
    this.#before.push(previous?.modRevision ?? 0)
    this.#undo.push(whole || notes ? { text, whole, notes } : text)
  }

  /** Forgets what happened up to `revision`. */
  compact(revision: number): void {
    let keep = 0
    while (keep < this.#revisions.length && this.#revisions[keep] <= revision) keep++
    this.#keys = this.#keys.slice(keep)
    this.#revisions = this.#revisions.slice(keep)
    this.#before = this.#before.slice(keep)
    this.#undo = this.#undo.slice(keep)
  }

  clear(): void {
    this.compact(Number.POSITIVE_INFINITY)
  }

  /** Walks back from the newest to the first after `revision`: what `wanted` keys became and what they were before. */
  #back(
    revision: number,
    current: Current,
    wanted: (key: string) => boolean,
    visit: (revision: number, key: string, value: KeyValue | undefined, previous: KeyValue | undefined) => void,
  ): Map<string, KeyValue | undefined> {
    const then = new Map<string, KeyValue | undefined>()
    for (let index = this.#keys.length - 1; index >= 0 && this.#revisions[index] > revision; index--) {
      const key = this.#keys[index]
      if (!wanted(key)) continue
      const value = then.has(key) ? then.get(key) : current(key)
      const previous = earlier(this.#before[index], this.#undo[index], value)
      visit(this.#revisions[index], key, value, previous)
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
    this.#back(revision - 1, current, wanted, (at, key, value, previous) => {
      events.push({
        type: value ? "put" : "delete",
        key,
        value: value?.value,
        previous,
        revision: at,
        createRevision: (value ?? (previous as KeyValue)).createRevision,
      })
    })
    return events.reverse()
  }
}

/** @param before revision of the version before */
const earlier = (before: number, undo: Undo, value: KeyValue | undefined): KeyValue | undefined => {
  if (before === 0) return undefined
  const { text, whole, notes } = typeof undo === "string" ? { text: undo, whole: false, notes: undefined } : undo
  if (whole) {
    const found: KeyValue = undone(undefined, `[${text}]`)
    return { ...found, value: withNotes(found.value, notes) }
  }
  const later = value as KeyValue
  return {
    ...later,
    value: withNotes(withRevision(undone(later.value, text), before), notes),
    modRevision: before,
    version: later.version - 1,
  }
}
