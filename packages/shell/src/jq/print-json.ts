/** JSON values as text, in pieces where they are large: jq's layouts and colours (jv_print.c). */
import { compareText, type Json, type JsonObject } from "./json.ts"

/** What is deeper is not printed. */
const MAX_PRINT_DEPTH = 256

export interface PrintOptions {
  /** Text of one level; undefined prints on one line. */
  indent?: string
  sortKeys?: boolean
  ascii?: boolean
  colour?: boolean
  /** No more than about so many characters. */
  limit?: number
}

const quoted = (text: string, ascii: boolean): string => {
  const json = JSON.stringify(text).replaceAll("\x7f", "\\u007f")
  return ascii ? json.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`) : json
}

export const numberText = (value: number): string => {
  if (Number.isNaN(value)) return "null"
  if (value === Number.POSITIVE_INFINITY) return "1.7976931348623157e+308"
  if (value === Number.NEGATIVE_INFINITY) return "-1.7976931348623157e+308"
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return Object.is(value, -0) ? "-0" : String(value)
  return decimalText(value)
}

/** Shortest digits; a power of ten where they stand further than 15 places from the point, or more than 4 behind it (jv_dtoa.c, freedtoa). */
const decimalText = (value: number): string => {
  const [mantissa, power] = value.toExponential().split("e")
  const digits = mantissa.replace(/[-.]/g, "")
  const sign = value < 0 ? "-" : ""
  const point = Number(power) + 1
  if (point <= -5 + 1 || point > digits.length + 15) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : ""
    const exponent = point - 1
    return `${sign}${digits[0]}${rest}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`
  }
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`
  if (point >= digits.length) return `${sign}${digits}${"0".repeat(point - digits.length)}`
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

const COLOURS = { null: "1;30", boolean: "0;39", number: "0;39", string: "0;32", array: "1;39", object: "1;39", key: "34;1" } as const
const OFF = "\x1b[0m"
const on = (kind: keyof typeof COLOURS): string => `\x1b[${COLOURS[kind]}m`

type Frame = { readonly items: readonly Json[]; at: number } | { readonly object: JsonObject; readonly keys: Iterator<string>; at: number }

/** Prints a value a few items at a time. */
export class Printer {
  text = ""
  readonly #options: PrintOptions
  readonly #stack: Frame[] = []
  #pending: { value: Json } | undefined

  constructor(value: Json, options: PrintOptions = {}) {
    this.#options = options
    this.#pending = { value }
  }

  /** Prints at most about `items` more; false where there is more. */
  step(items: number): boolean {
    const { limit } = this.#options
    for (let left = items; left > 0; left--) {
      if (limit !== undefined && this.text.length > limit) return true
      if (this.#pending) {
        const { value } = this.#pending
        this.#pending = undefined
        this.#open(value)
      } else if (this.#stack.length > 0) this.#continue(this.#stack[this.#stack.length - 1])
      else return true
    }
    return false
  }

  #scalar(value: null | boolean | number | string): void {
    const { colour, ascii, limit } = this.#options
    const cut = typeof value === "string" && limit !== undefined ? value.slice(0, limit) : value
    const text = typeof cut === "string" ? quoted(cut, ascii === true) : typeof cut === "number" ? numberText(cut) : String(cut)
    if (!colour) this.text += text
    else this.text += on(value === null ? "null" : (typeof value as "boolean" | "number" | "string")) + text + OFF
  }

  #open(value: Json): void {
    const { colour, sortKeys } = this.#options
    if (typeof value !== "object" || value === null) return this.#scalar(value)
    const list = Array.isArray(value)
    const size = list ? value.length : value.size
    if (size > 0 && this.#stack.length > MAX_PRINT_DEPTH) {
      this.text += "<skipped: too deep>"
      return
    }
    if (colour) this.text += on(list ? "array" : "object")
    if (size === 0) {
      this.text += list ? "[]" : "{}"
      if (colour) this.text += OFF
      return
    }
    this.text += list ? "[" : "{"
    this.#stack.push(
      list
        ? { items: value, at: 0 }
        : { object: value, keys: (sortKeys ? [...value.keys()].sort(compareText) : value.keys())[Symbol.iterator](), at: 0 },
    )
  }

  #line(): void {
    const { indent } = this.#options
    if (indent !== undefined) this.text += `\n${indent.repeat(this.#stack.length)}`
  }

  #continue(frame: Frame): void {
    const { colour, indent, ascii } = this.#options
    if ("items" in frame) {
      if (frame.at === frame.items.length) return this.#close("array", "]")
      if (frame.at > 0) this.text += colour ? `${on("array")},` : ","
      this.#line()
      this.#pending = { value: frame.items[frame.at++] }
      return
    }
    const { done, value: key } = frame.keys.next()
    if (done) return this.#close("object", "}")
    if (frame.at++ > 0) this.text += colour ? `${on("object")},` : ","
    this.#line()
    const name = quoted(key, ascii === true)
    const blank = indent === undefined ? "" : " "
    this.text += colour ? `${OFF}${on("key")}${name}${OFF}${on("object")}:${blank}${OFF}` : `${name}:${blank}`
    this.#pending = { value: frame.object.get(key) ?? null }
  }

  #close(kind: "array" | "object", bracket: string): void {
    const { colour } = this.#options
    this.#stack.pop()
    if (colour) this.text += on(kind)
    this.#line()
    this.text += colour ? on(kind) + bracket + OFF : bracket
  }
}

/** As one text, at once. */
export const printJson = (value: Json, options: PrintOptions = {}): string => {
  const printer = new Printer(value, options)
  while (!printer.step(10_000));
  return printer.text
}

/** As one text; yields where one may stop. */
export function* printed(value: Json, options: PrintOptions = {}): Generator<void, string, void> {
  const printer = new Printer(value, options)
  while (!printer.step(1_000)) yield
  return printer.text
}
