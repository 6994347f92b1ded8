/** The way back from a value to the one before it, as text: what a history keeps of versions that nobody holds any more. */
import { flat } from "./flat.ts"
import { deepFreeze, isObject, type Json } from "./frozen.ts"

/** [value]: that value instead. An object: what to undo in members; under "" the members' names, where they differ, or how many a list has. */
type Undo = readonly [unknown] | { readonly [member: string]: Undo | readonly string[] | number }

/** Whether `of` has these members in this order. */
const hasNames = (of: object, names: readonly string[]): boolean => {
  let index = 0
  for (const name in of) if (names[index++] !== name) return false
  return index === names.length
}

/** The value itself, its metadata, and all that is below. */
const ROOT = 0
const METADATA = 1
const BELOW = 2

/** The undoing from `to` to `from`, as text of an Undo; undefined when both are equal. */
const difference = (from: unknown, to: unknown, level: number = BELOW): string | undefined => {
  if (from === to) return undefined
  if (Array.isArray(from) && Array.isArray(to)) {
    if (from.length !== to.length) return otherLength(from, to)
  } else if (!isObject(from) || !isObject(to)) return instead(to)
  const names = Object.keys(to as object)
  const ordered = hasNames(from as object, names)
  if (!ordered && ("" in (from as object) || "" in (to as object))) return instead(to)
  let undo = ordered ? "" : `"":${JSON.stringify(names)}`
  for (const name of names) {
    const was = (from as Json)[name]
    const is = (to as Json)[name]
    if (ordered && was === is) continue
    // The store knows which version is which.
    if (level === METADATA && name === "resourceVersion" && typeof was === "string" && typeof is === "string") continue
    const below = level === ROOT && name === "metadata" ? METADATA : BELOW
    const member = ordered || Object.hasOwn(from as object, name) ? difference(was, is, below) : instead(is)
    if (member === undefined) continue
    // A plain assignment of this name would set the prototype.
    if (name === "__proto__") return instead(to)
    undo += `${undo === "" ? "" : ","}${JSON.stringify(name)}:${member}`
  }
  return undo === "" ? undefined : `{${undo}}`
}

const instead = (value: unknown): string => `[${JSON.stringify(value) ?? "null"}]`

/** What is added to a list comes last, mostly. */
const otherLength = (from: readonly unknown[], to: readonly unknown[]): string => {
  let undo = `{"":${to.length}`
  const both = Math.min(from.length, to.length)
  for (let index = 0; index < both; index++) if (difference(from[index], to[index]) !== undefined) return instead(to)
  if (both === 0) return instead(to)
  for (let index = both; index < to.length; index++) undo += `,"${index}":${instead(to[index])}`
  return `${undo}}`
}

const applied = (from: unknown, undo: Undo): unknown => {
  if (Array.isArray(undo)) return undo[0]
  const members = undo as { readonly [member: string]: Undo | readonly string[] | number }
  if (Array.isArray(from) && typeof members[""] === "number") {
    const added = Array.from(
      { length: Math.max(0, members[""] - from.length) },
      (_, index) => (members[from.length + index] as [unknown])[0],
    )
    return [...from.slice(0, members[""]), ...added]
  }
  if (Array.isArray(from)) return from.map((item, index) => (members[index] ? applied(item, members[index] as Undo) : item))
  const names = (members[""] as readonly string[] | undefined) ?? Object.keys(from as object)
  const result = Object.fromEntries(
    names.map((name) => [
      name,
      Object.hasOwn(members, name) && name !== "" ? applied((from as Json)[name], members[name] as Undo) : (from as Json)[name],
    ]),
  )
  // What components note on an object without naming it stays with its earlier versions.
  for (const symbol of Object.getOwnPropertySymbols(from)) Object.defineProperty(result, symbol, { value: (from as never)[symbol] })
  return result
}

/**
 * Text from which `undone` makes `to` out of `from`; "" when they are equal. An API object's resourceVersion stays as it is: every version has
 * another, and the store knows them.
 */
export const undoText = (from: unknown, to: unknown): string => {
  // The API server and the store under it ask for the same, one after the other.
  if (from === last.from && to === last.to) return last.text
  const undo = difference(from, to, ROOT)
  last = { from, to, text: undo === undefined ? "" : flat(undo) }
  return last.text
}

let last: { from: unknown; to: unknown; text: string } = { from: undefined, to: undefined, text: "" }

export const undone = <T>(from: unknown, text: string): T => (text === "" ? from : deepFreeze(applied(from, JSON.parse(text) as Undo))) as T
