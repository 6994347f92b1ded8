/** One frozen value for equal trees, for all worlds of a process: every cluster has the same system Pods, roles and configuration. */
import { deepFreeze } from "./frozen.ts"

const MOST = 4_000
/** Of JSON, UTF-16 units: what is smaller is not worth a table's entry, what is larger is somebody's own. */
const SMALLEST = 120
const LARGEST = 16 * 1024

const known = new Map<string, unknown>()
/** What was seen once: most of it has somebody's own name in it and never comes again. */
const once = new Set<string>()
const MOST_ONCE = 1_000

// Forgetting all at once keeps it simple: worlds hold on to what they use.
const remember = (text: string, value: unknown): void => {
  if (known.size >= MOST) known.clear()
  known.set(text, value)
}

/** Whether it is worth remembering: this is not the first time. */
const comesAgain = (text: string): boolean => {
  if (once.delete(text)) return true
  if (once.size >= MOST_ONCE) once.clear()
  once.add(text)
  return false
}

/**
 * A value equal to `value`, key order included; frozen when it came from the table or went into it.
 * @param smallest shorter JSON is left alone
 */
export const interned = <T extends object>(value: T, smallest = SMALLEST): T => {
  const text = JSON.stringify(value)
  if (text.length < smallest || text.length > LARGEST) return value
  const found = known.get(text)
  if (found) return found as T
  if (comesAgain(text)) remember(text, deepFreeze(value))
  return value
}

/** Parts this small are worth an entry: they are in every Pod of a template. */
const SMALLEST_PART = 24

/** The same, or else for its parts that far down: Pods of a template differ in a name somewhere. */
export const internedParts = <T extends object>(value: T, levels: number): T => {
  const text = JSON.stringify(value)
  if (text.length < SMALLEST_PART || text.length > LARGEST) return value
  const found = known.get(text)
  if (found) return found as T
  if (levels > 0) {
    const parts = value as Record<string, unknown>
    for (const name in parts) {
      const part = parts[name]
      if (typeof part === "object" && part !== null) parts[name] = internedParts(part, levels - 1)
    }
  }
  if (comesAgain(text)) remember(text, deepFreeze(value))
  return value
}

/** The same for a map of texts, which nobody may change any more. */
export const internedMap = (map: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const text = `map ${JSON.stringify([...map])}`
  const found = known.get(text)
  if (found) return found as ReadonlyMap<string, string>
  if (text.length <= LARGEST && comesAgain(text)) remember(text, map)
  return map
}

const decimals: string[] = []
const MOST_DECIMALS = 10_000

/** A count as text: the first revisions of every cluster are the same. */
export const decimal = (count: number): string => (count < MOST_DECIMALS ? (decimals[count] ??= String(count)) : String(count))
