/** What sprig's functions share: text and numbers of any value. */
import { type GoFloat, GoObject, goKind, goType, goValue, isMap } from "../go-values.ts"

/** fmt's %v; text as it is. */
export const strval = (value: unknown): string => (value === null || value === undefined ? "<nil>" : goValue(value))

/** As cast.ToInt64: what is no number is 0. */
export const toInt = (value: unknown): number => {
  switch (goKind(value)) {
    case "int":
    case "float":
      return Math.trunc(Number(value as number | GoFloat)) || 0
    case "bool":
      return value ? 1 : 0
    case "string": {
      const text = (value as string).replace(/^([-+]?)0+(?=\d)/, "$1")
      return /^[-+]?\d+$/.test(text) ? Number(text) : /^[-+]?\d+\.0*$/.test(text) ? Math.trunc(Number(text)) : 0
    }
    default:
      return 0
  }
}

export const toFloat = (value: unknown): number => {
  switch (goKind(value)) {
    case "int":
    case "float":
      return Number(value as number | GoFloat)
    case "bool":
      return value ? 1 : 0
    case "string":
      return Number(value as string) || 0
    default:
      return 0
  }
}

/** reflect.DeepEqual. */
export const deepEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (goKind(a) !== goKind(b)) return false
  if (goKind(a) === "float") return Number(a) === Number(b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => deepEqual(item, b[at]))
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a)
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]))
  }
  return (a ?? null) === (b ?? null)
}

export const deepCopy = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(deepCopy)
    : isMap(value)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deepCopy(item)]))
      : value

/** reflect.Kind's name. */
export const kindOf = (value: unknown): string => {
  const kind = goKind(value)
  if (kind === "float") return "float64"
  return kind === "nil" ? "invalid" : value instanceof GoObject && value.type.startsWith("*") ? "ptr" : kind
}

export const typeOf = (value: unknown): string => goType(value).replace("int64", "int")

/** The list that a function needs; `what` it would have done goes into the error. */
export const asList = (value: unknown, what: string): unknown[] => {
  if (value === null || value === undefined) throw new Error("runtime error: invalid memory address or nil pointer dereference")
  if (!Array.isArray(value)) throw new Error(`Cannot ${what} type ${kindOf(value)}`)
  return value
}

/** As sprig's strslice: a list's texts without its nils. */
export const texts = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((item) => item !== null && item !== undefined).map(strval)
    : value === null || value === undefined
      ? []
      : [strval(value)]
