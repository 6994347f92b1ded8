/** JSON values as Go sees them: kinds, type names, and how package fmt prints them. */
import { goQuote } from "./go-quote.ts"

/** A float64 that happens to be whole: to JSON it is an int, to Go's templates it is none (eq 80.0 80 is an error). */
export class GoFloat extends Number {}

/** A whole number written in a template: an int, where those of objects are int64. Only functions that tell them apart are given it. */
export class GoInt extends Number {}

/** A complex128: only numbers written in a template are such. */
export class GoComplex {
  readonly real: number
  readonly imaginary: number
  constructor(real: number, imaginary: number) {
    this.real = real
    this.imaginary = imaginary
  }
}

/** A number as Go's JSON decoder gives it for interface{}: float64. */
export const goFloat = (value: number): number | GoFloat => (Number.isInteger(value) ? new GoFloat(value) : value)

/** What a method of a GoObject is; throws an Error whose message follows "error calling <name>: ". */
export type Method = (...args: unknown[]) => unknown

/** A Go value with methods: fields and methods are reached by the same dot. */
export class GoObject {
  /** As reflect.Type names it: "*common.Capabilities". */
  readonly type: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly methods: Readonly<Record<string, Method>>
  /** What range goes over, when it is a map underneath. */
  readonly entries: Readonly<Record<string, unknown>> | undefined
  /** As fmt prints it. */
  readonly text: string

  constructor(options: {
    type: string
    fields?: Readonly<Record<string, unknown>>
    methods?: Readonly<Record<string, Method>>
    entries?: Readonly<Record<string, unknown>>
    text?: string
  }) {
    this.type = options.type
    this.fields = options.fields ?? {}
    this.methods = options.methods ?? {}
    this.entries = options.entries
    this.text = options.text ?? options.type
  }

  /** Whether a template may ask for this field or method. */
  has(name: string): boolean {
    return Object.hasOwn(this.methods, name) || Object.hasOwn(this.fields, name) || this.entries !== undefined
  }
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Number) &&
  !(value instanceof GoObject) &&
  !(value instanceof GoComplex)

export type GoKind = "invalid" | "nil" | "bool" | "int" | "float" | "string" | "slice" | "map" | "struct" | "complex"

/** undefined is a value that is not there; null one that is nil. */
export const goKind = (value: unknown): GoKind => {
  if (value === undefined) return "invalid"
  if (value === null) return "nil"
  if (typeof value === "boolean") return "bool"
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float"
  if (typeof value === "string") return "string"
  if (value instanceof GoFloat) return "float"
  if (value instanceof GoInt) return "int"
  if (value instanceof GoObject) return "struct"
  if (value instanceof GoComplex) return "complex"
  return Array.isArray(value) ? "slice" : "map"
}

const TYPES: Readonly<Record<GoKind, string>> = {
  invalid: "<nil>",
  nil: "<nil>",
  bool: "bool",
  int: "int64",
  float: "float64",
  string: "string",
  slice: "[]interface {}",
  map: "map[string]interface {}",
  struct: "struct",
  complex: "complex128",
}

/** reflect.Type's name of what decoding JSON makes. */
export const goType = (value: unknown): string =>
  value instanceof GoObject ? value.type : value instanceof GoInt ? "int" : TYPES[goKind(value)]

/** Go's shortest form of a float: two digits of exponent. */
export const goNumber = (value: number): string => String(value).replace(/e([-+])(\d)$/, "e$10$2")

/** A float64 as fmt's %v and strconv's 'g' write it: an exponent from 1e+06 on. */
export const goFloatText = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"
  const [digits, power] = value.toExponential().split("e")
  const exponent = Number(power)
  if (value !== 0 && (exponent < -4 || exponent >= 6))
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`
  return String(value)
}

/** Go's order of map keys: by bytes, which but for what is beyond U+FFFF is the platform's own. */
export const sortedKeys = (value: Readonly<Record<string, unknown>>): string[] => Object.keys(value).sort()

/** As fmt's %v inside of something. */
const inner = (value: unknown): string => (value === null || value === undefined ? "<nil>" : goValue(value))

/** As text/template prints a value: fmt's %v, "<no value>" for what is not there. */
export const goValue = (value: unknown): string => {
  if (value === undefined) return "<no value>"
  if (value === null) return "<nil>"
  if (Array.isArray(value)) return `[${value.map(inner).join(" ")}]`
  if (isMap(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${inner(value[key])}`)
      .join(" ")}]`
  if (value instanceof GoObject) return value.text
  if (value instanceof GoComplex) return `(${goFloatText(value.real)}${value.imaginary < 0 ? "" : "+"}${goFloatText(value.imaginary)}i)`
  if (goKind(value) === "float") return goFloatText(Number(value))
  return String(value)
}

/** As fmt's %#v. */
export const goSyntax = (value: unknown): string => {
  switch (goKind(value)) {
    case "invalid":
    case "nil":
      return "<nil>"
    case "string":
      return goQuote(value as string)
    case "slice":
      return `[]interface {}{${(value as unknown[]).map((item) => (item === null ? "interface {}(nil)" : goSyntax(item))).join(", ")}}`
    case "map": {
      const map = value as Record<string, unknown>
      return `map[string]interface {}{${sortedKeys(map)
        .map((key) => `${goQuote(key)}:${map[key] === null ? "interface {}(nil)" : goSyntax(map[key])}`)
        .join(", ")}}`
    }
    default:
      return goValue(value)
  }
}

const escapeHtml = (text: string): string =>
  text.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** encoding/json: sorted keys, and no character that HTML would read. `indent`: "" for one line. `ordered` keeps keys as they come. */
export const goJson = (value: unknown, indent = "", ordered = false, level = ""): string => {
  if (value === undefined || value === null) return "null"
  if (typeof value === "string") return escapeHtml(JSON.stringify(value))
  if (typeof value === "number" || value instanceof GoFloat) return goNumber(Number(value))
  if (typeof value !== "object") return String(value)
  const below = level + indent
  const [open, separator, close] = indent ? [`\n${below}`, `,\n${below}`, `\n${level}`] : ["", ",", ""]
  if (Array.isArray(value))
    return value.length === 0 ? "[]" : `[${open}${value.map((item) => goJson(item, indent, ordered, below)).join(separator)}${close}]`
  const map = value as Record<string, unknown>
  const keys = (ordered ? Object.keys(map) : sortedKeys(map)).filter((key) => map[key] !== undefined)
  return keys.length === 0
    ? "{}"
    : `{${open}${keys.map((key) => `${escapeHtml(JSON.stringify(key))}:${indent ? " " : ""}${goJson(map[key], indent, ordered, below)}`).join(separator)}${close}}`
}
