/** One frozen value for equal trees, for all worlds of a process: every cluster has the same system Pods, roles and configuration. */
import { deepFreeze } from "./frozen.ts"

const MOST = 1_000
/** Of JSON, UTF-16 units: what is smaller is not worth a table's entry, what is larger is somebody's own. */
const SMALLEST = 120
const LARGEST = 16 * 1024

const known = new Map<string, unknown>()

// Forgetting all at once keeps it simple: worlds hold on to what they use.
const remember = (text: string, value: unknown): void => {
  if (known.size >= MOST) known.clear()
  known.set(text, value)
}

/** A value equal to `value`, key order included; frozen when it came from the table or went into it. */
export const interned = <T extends object>(value: T): T => {
  const text = JSON.stringify(value)
  if (text.length < SMALLEST || text.length > LARGEST) return value
  const found = known.get(text)
  if (found) return found as T
  remember(text, deepFreeze(value))
  return value
}

/** The same for a text that many objects bear, as a manager's name. */
export const internedText = (text: string): string => {
  const key = `text ${text}`
  const found = known.get(key)
  if (found !== undefined) return found as string
  remember(key, text)
  return text
}

/** The same for a map of texts, which nobody may change any more. */
export const internedMap = (map: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const text = `map ${JSON.stringify([...map])}`
  const found = known.get(text)
  if (found) return found as ReadonlyMap<string, string>
  if (text.length <= LARGEST) remember(text, map)
  return map
}
