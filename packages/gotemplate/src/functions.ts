/** The functions every template has. As text/template/funcs.go. */
import { isPrint } from "./go-quote.ts"
import { GoComplex, GoInt, type GoKind, GoObject, goKind, goType, goValue, isMap } from "./go-values.ts"
import { sprint, sprintf, sprintln } from "./printf.ts"

/** What Go's reflection lets pass for a parameter. "any" is an interface{}; "value" a reflect.Value, which tells nothing (undefined) from nil (null). */
export type Take = "any" | "value" | "string" | "int" | "float" | "bool" | "map" | "list"

/** A function; throws an Error whose message follows "error calling <name>: ". */
export interface GoFunction {
  (...args: unknown[]): unknown
  /** Types of its parameters, where Go checks them before the call. */
  readonly takes?: readonly Take[]
  /** The last of them may come any number of times. */
  readonly variadic?: boolean
}

/** A function with Go's parameter types: "string, any..." */
export const typed = <Args extends readonly never[]>(signature: string, run: (...args: Args) => unknown): GoFunction =>
  Object.assign((...args: unknown[]) => run(...(args as unknown as Args)), {
    takes: signature === "" ? [] : (signature.replace("...", "").split(", ") as Take[]),
    variadic: signature.endsWith("..."),
  })
export type Functions = Readonly<Record<string, GoFunction>>

export const truth = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : isMap(value)
      ? Object.keys(value).length > 0
      : value instanceof GoObject
        ? value.entries === undefined || Object.keys(value.entries).length > 0
        : value instanceof Number
          ? Number(value) !== 0
          : value instanceof GoComplex
            ? value.real !== 0 || value.imaginary !== 0
            : value !== undefined && value !== null && value !== false && value !== 0 && value !== ""

/** An argument as an index of what holds LIMIT items. */
const indexOf = (value: unknown, limit: number): number => {
  const kind = goKind(value)
  if (kind === "invalid" || kind === "nil") throw new Error("cannot index slice/array with nil")
  if (kind !== "int") throw new Error(`cannot index slice/array with type ${goType(value)}`)
  const index = Number(value)
  if (index < 0 || index > limit) throw new Error(`index out of range: ${index}`)
  return index
}

const itemAt = (item: unknown, key: unknown): unknown => {
  if (Array.isArray(item) || typeof item === "string") {
    const items: ArrayLike<unknown> = typeof item === "string" ? new TextEncoder().encode(item) : item
    const at = indexOf(key, items.length)
    // The one behind the last passes Go's own check, and reflection catches it.
    if (at === items.length) throw new Error(`reflect: ${typeof item === "string" ? "string" : "slice"} index out of range`)
    return items[at]
  }
  if (!isMap(item)) throw new Error(`can't index item of type ${goType(item)}`)
  if (key === undefined || key === null) throw new Error("value is nil; should be of type string")
  if (typeof key !== "string") throw new Error(`value has type ${goType(key)}; should be string`)
  return Object.hasOwn(item, key) ? item[key] : null
}

const index = (item: unknown, ...keys: unknown[]): unknown => {
  if (item === undefined || item === null) throw new Error("index of untyped nil")
  let at: unknown = item
  for (const key of keys) {
    if (at === null) throw new Error("index of nil pointer")
    at = itemAt(at, key)
  }
  return at
}

/** What a list has room for: decoding doubles it as it grows. */
const capacity = (length: number): number => (length === 0 ? 0 : 2 ** Math.ceil(Math.log2(length)))

const slice = (item: unknown, ...indexes: unknown[]): unknown => {
  if (item === undefined || item === null) throw new Error("slice of untyped nil")
  if (indexes.length > 3) throw new Error(`too many slice indexes: ${indexes.length}`)
  if (!Array.isArray(item) && typeof item !== "string") throw new Error(`can't slice item of type ${goType(item)}`)
  if (typeof item === "string" && indexes.length === 3) throw new Error("cannot 3-index slice a string")
  const bytes = typeof item === "string" ? new TextEncoder().encode(item) : undefined
  const length = bytes?.length ?? item.length
  const given = indexes.map((one) => indexOf(one, bytes ? length : capacity(length)))
  const [from = 0, to = length, end] = given
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`)
  if (end !== undefined && to > end) throw new Error(`invalid slice index: ${to} > ${end}`)
  if (bytes) return new TextDecoder().decode(bytes.slice(from, to))
  const items = item as unknown[]
  return Array.from({ length: to - from }, (_, at) => items[from + at] ?? null)
}

const length = (item: unknown): GoInt => {
  if (item === undefined) throw new Error("reflect: call of reflect.Value.Type on zero Value")
  if (item === null) throw new Error("len of nil pointer")
  if (Array.isArray(item)) return new GoInt(item.length)
  if (typeof item === "string") return new GoInt(new TextEncoder().encode(item).length)
  if (isMap(item)) return new GoInt(Object.keys(item).length)
  if (item instanceof GoObject && item.entries) return new GoInt(Object.keys(item.entries).length)
  throw new Error(`len of type ${goType(item)}`)
}

const isNil = (value: unknown): boolean => value === undefined || value === null
const BASIC = new Set<GoKind>(["bool", "int", "float", "string", "complex"])

const equal = (a: unknown, b: unknown): boolean => {
  const [left, right] = [goKind(a), goKind(b)]
  if (BASIC.has(left) || BASIC.has(right)) {
    if (left === right) return a instanceof GoComplex ? sameComplex(a, b as GoComplex) : a?.valueOf() === b?.valueOf()
    if (isNil(a) || isNil(b)) return false
    throw new Error(`incompatible types for comparison: ${goType(a)} and ${goType(b)}`)
  }
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b)
  if (left !== right) throw new Error(`non-comparable types ${sprintf("%s", a)}: ${goType(a)}, ${goType(b)}: ${goValue(b)}`)
  throw new Error(`non-comparable type ${sprintf("%s", b)}: ${goType(b)}`)
}

const sameComplex = (a: GoComplex, b: GoComplex): boolean => a.real === b.real && a.imaginary === b.imaginary

const less = (a: unknown, b: unknown): boolean => {
  const [left, right] = [goKind(a), goKind(b)]
  if (!BASIC.has(left) || !BASIC.has(right)) throw new Error("invalid type for comparison")
  if (left !== right) throw new Error(`incompatible types for comparison: ${goType(a)} and ${goType(b)}`)
  if (left === "bool" || left === "complex") throw new Error("invalid type for comparison")
  return (a as number) < (b as number)
}

/** Values as text for a language's own escapes: what is nothing has no value. */
const text = (args: readonly unknown[]): string =>
  args.length === 1 && typeof args[0] === "string" ? args[0] : sprint(...args.map((value) => (isNil(value) ? "<no value>" : value)))

const html = (value: string): string =>
  value.replace(
    /[\0&<>"']/g,
    (character) => ({ "\0": "\ufffd", "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" })[character] as string,
  )

const js = (value: string): string =>
  [...value]
    .map((character) => {
      if (/[\\'"]/.test(character)) return `\\${character}`
      return /[<>&=]/.test(character) || !(isPrint(character) || character === "\x7f")
        ? `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
        : character
    })
    .join("")

const query = (value: string): string =>
  encodeURIComponent(value)
    .replace(/%20/g, "+")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

export const BUILTINS: Functions = {
  // How and, or choose is the execution's affair: it evaluates no more arguments than it has to.
  and: typed("value, value...", (first: unknown) => first),
  or: typed("value, value...", (first: unknown) => first),
  not: typed("value", (value: unknown) => !truth(value)),
  len: typed("value", length),
  index: typed("value, value...", index),
  slice: typed("value, value...", slice),
  call: typed("value, value...", () => {
    throw new Error("call of nil")
  }),
  print: typed("any...", (...args: unknown[]) => sprint(...args)),
  println: typed("any...", (...args: unknown[]) => sprintln(...args)),
  printf: typed("string, any...", (format: string, ...args: unknown[]) => sprintf(format, ...args)),
  html: typed("any...", (...args: unknown[]) => html(text(args))),
  js: typed("any...", (...args: unknown[]) => js(text(args))),
  urlquery: typed("any...", (...args: unknown[]) => query(text(args))),
  eq: typed("value, value...", (first: unknown, ...others: unknown[]) => {
    if (others.length === 0) throw new Error("missing argument for comparison")
    return others.some((other) => equal(first, other))
  }),
  ne: typed("value, value", (a: unknown, b: unknown) => !equal(a, b)),
  lt: typed("value, value", less),
  le: typed("value, value", (a: unknown, b: unknown) => less(a, b) || equal(a, b)),
  gt: typed("value, value", (a: unknown, b: unknown) => !(less(a, b) || equal(a, b))),
  ge: typed("value, value", (a: unknown, b: unknown) => !less(a, b)),
}
