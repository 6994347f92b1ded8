/** The functions every template has. As text/template/funcs.go. */
import { ComparisonError, GoFloat, GoObject, goEqual, goKind, goLess, goType, goValue, isMap } from "./go-values.ts"
import { sprint, sprintf, sprintln } from "./printf.ts"

/** What Go's reflection lets pass for a parameter. */
export type Take = "any" | "string" | "int" | "float" | "bool" | "map" | "list"

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
        : value instanceof GoFloat
          ? Number(value) !== 0
          : value !== undefined && value !== null && value !== false && value !== 0 && value !== ""

const index = (item: unknown, ...keys: unknown[]): unknown => {
  let at = item
  for (const key of keys) {
    if (at === undefined || at === null) throw new Error("index of untyped nil")
    if (Array.isArray(at)) {
      if (goKind(key) === "invalid" || goKind(key) === "nil") throw new Error("cannot index slice/array with nil")
      if (goKind(key) !== "int") throw new Error(`cannot index slice/array with type ${goType(key).replace("int64", "int")}`)
      if ((key as number) < 0 || (key as number) >= at.length) throw new Error(`index out of range: ${key as number}`)
      at = at[key as number]
    } else if (typeof at === "string") {
      if (goKind(key) !== "int") throw new Error(`cannot index slice/array with type ${goType(key)}`)
      const bytes = new TextEncoder().encode(at)
      if ((key as number) < 0 || (key as number) >= bytes.length) throw new Error(`index out of range: ${key as number}`)
      at = bytes[key as number]
    } else if (isMap(at)) {
      if (typeof key !== "string") throw new Error(`value has type ${goType(key).replace("int64", "int")}; should be string`)
      at = Object.hasOwn(at, key) ? at[key] : undefined
    } else throw new Error(`can't index item of type ${goType(at)}`)
  }
  return at
}

const slice = (item: unknown, ...indexes: unknown[]): unknown => {
  if (item === undefined || item === null) throw new Error("slice of untyped nil")
  if (!Array.isArray(item) && typeof item !== "string") throw new Error(`can't slice item of type ${goType(item)}`)
  if (indexes.length > (typeof item === "string" ? 2 : 3))
    throw new Error(typeof item === "string" ? "cannot 3-index slice a string" : `too many slice indexes: ${indexes.length}`)
  for (const one of indexes) {
    if (goKind(one) !== "int") throw new Error(`cannot index slice/array with type ${goType(one)}`)
    if ((one as number) < 0 || (one as number) > item.length) throw new Error(`index out of range: ${one as number}`)
  }
  const [from = 0, to = item.length] = indexes as number[]
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`)
  return item.slice(from, to)
}

const length = (item: unknown): number => {
  if (item === undefined) throw new Error("reflect: call of reflect.Value.Type on zero Value")
  if (item === null) throw new Error("len of nil pointer")
  if (Array.isArray(item)) return item.length
  if (typeof item === "string") return new TextEncoder().encode(item).length
  if (isMap(item)) return Object.keys(item).length
  if (item instanceof GoObject && item.entries) return Object.keys(item.entries).length
  throw new Error(`len of type ${goType(item)}`)
}

const text = (args: readonly unknown[]): string => (args.length === 1 && typeof args[0] === "string" ? args[0] : sprint(...args))

const html = (value: string): string =>
  value.replace(
    /[\0&<>"']/g,
    (character) => ({ "\0": "\ufffd", "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" })[character] as string,
  )

const js = (value: string): string =>
  value.replace(/[\\'"<>&=\x00-\x1f]/g, (character) => {
    const plain: Readonly<Record<string, string>> = { "\\": "\\\\", "'": "\\'", '"': '\\"' }
    return plain[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`
  })

const query = (value: string): string =>
  encodeURIComponent(value)
    .replace(/%20/g, "+")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

export const BUILTINS: Functions = {
  not: (value) => !truth(value),
  len: length,
  index,
  slice,
  call: () => {
    throw new Error("call of nil")
  },
  print: (...args) => sprint(...args),
  println: (...args) => sprintln(...args),
  printf: typed("string, any...", (format: string, ...args: unknown[]) => sprintf(format, ...args)),
  html: (...args) => html(text(args)),
  js: (...args) => js(text(args)),
  urlquery: (...args) => query(text(args)),
  eq: (first, ...others) => {
    if (others.length === 0) throw new ComparisonError("missing argument for comparison")
    return others.some((other) => goEqual(first, other))
  },
  ne: (a, b) => !goEqual(a, b),
  lt: (a, b) => goLess(a, b),
  le: (a, b) => goLess(a, b) || goEqual(a, b),
  gt: (a, b) => !(goLess(a, b) || goEqual(a, b)),
  ge: (a, b) => !goLess(a, b),
}

/** Functions that say of what type their arguments are. */
export const TELL_INTS_APART = new Set(["printf", "len", "eq", "ne", "lt", "le", "gt", "ge"])

/** Least and most arguments where Go checks them. */
export const ARITY: Readonly<Record<string, readonly [number, number]>> = {
  and: [1, Number.POSITIVE_INFINITY],
  or: [1, Number.POSITIVE_INFINITY],
  not: [1, 1],
  len: [1, 1],
  index: [1, Number.POSITIVE_INFINITY],
  slice: [1, Number.POSITIVE_INFINITY],
  eq: [1, Number.POSITIVE_INFINITY],
  ne: [2, 2],
  lt: [2, 2],
  le: [2, 2],
  gt: [2, 2],
  ge: [2, 2],
}

export { goValue }
