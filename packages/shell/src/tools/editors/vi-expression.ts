/** Expressions of vim's script language, as far as command lines use them (:help expression): numbers, strings, lists, operators, functions. */
import { ExError } from "./vi-ex.ts"

export type Value = number | string | readonly Value[]

/** What an expression reads of the editor. */
export interface ExpressionWorld {
  /** undefined: there is no such variable ("x", "g:x", "@a", "&ts"). */
  readonly variable: (name: string) => Value | undefined
  /** undefined: there is no such function. */
  readonly call: (name: string, given: readonly Value[]) => Value | undefined
}

const MAX_DEPTH = 100
const MAX_LENGTH = 100_000

const TOKEN =
  /\s*(?:(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+(?:\.\d+)?)|("(?:\\.|[^"\\])*"|'(?:''|[^'])*')|([@][\w"*+./:%#-]|&(?:[lg]:)?[a-z]+|\$\w+|(?:[gbwtslav]:)?[A-Za-z_]\w*)|(==[#?]?|!=[#?]?|=~[#?]?|!~[#?]?|>=|<=|&&|\|\||\.\.|[-+*/%.!<>?:()[\],]))/y

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", e: "\x1b", b: "\x08", "\\": "\\", '"': '"' }
const KEYS: Readonly<Record<string, string>> = { esc: "\x1b", cr: "\r", tab: "\t", bs: "\x7f", space: " ", lt: "<", bar: "|" }

const unquoted = (text: string): string =>
  text.startsWith("'")
    ? text.slice(1, -1).replaceAll("''", "'")
    : text.slice(1, -1).replace(/\\(?:<([\w-]+)>|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([\s\S]))/g, (all, key, hex, wide, one) => {
        if (key !== undefined)
          return /^c-.$/i.test(key) ? String.fromCharCode(key.toUpperCase().charCodeAt(2) & 31) : (KEYS[key.toLowerCase()] ?? all)
        if (hex !== undefined || wide !== undefined) return String.fromCodePoint(Number.parseInt(hex ?? wide, 16))
        return ESCAPES[one] ?? one
      })

/** A value as a number, as vim takes it: what a string begins with. */
export const numberIn = (value: Value): number => {
  if (typeof value === "number") return value
  if (typeof value !== "string") throw new ExError("E745: Using a List as a Number")
  const match = /^\s*(-?)(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)/.exec(value)
  if (!match) return 0
  const digits = match[2]
  const number = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return match[1] === "-" ? -number : number
}

export const textIn = (value: Value): string => {
  if (typeof value === "string") return value
  if (typeof value === "number") return String(value)
  throw new ExError("E730: Using a List as a String")
}

/** As :echo shows it. */
export const echoed = (value: Value, inside = false): string =>
  typeof value === "number"
    ? String(value)
    : typeof value === "string"
      ? inside
        ? `'${value.replaceAll("'", "''")}'`
        : value
      : `[${value.map((one) => echoed(one, true)).join(", ")}]`

class Reader {
  readonly #source: string
  readonly #world: ExpressionWorld
  #at = 0
  #depth = 0

  constructor(source: string, world: ExpressionWorld) {
    this.#source = source
    this.#world = world
  }

  get rest(): string {
    return this.#source.slice(this.#at)
  }

  #peek(): { number?: string; string?: string; name?: string; sign?: string; end: number } | undefined {
    TOKEN.lastIndex = this.#at
    const match = TOKEN.exec(this.#source)
    if (!match) return undefined
    const [, number, string, name, sign] = match
    return { number, string, name, sign, end: TOKEN.lastIndex }
  }

  #sign(...signs: readonly string[]): string | undefined {
    const token = this.#peek()
    if (token?.sign === undefined || !signs.includes(token.sign)) return undefined
    this.#at = token.end
    return token.sign
  }

  #need(sign: string): void {
    if (!this.#sign(sign)) throw new ExError(`E15: Invalid expression: "${this.#source}"`)
  }

  whole(): Value {
    if (++this.#depth > MAX_DEPTH) throw new ExError("E1169: Expression too recursive")
    const condition = this.#either()
    let value = condition
    if (this.#sign("?")) {
      const yes = this.whole()
      this.#need(":")
      const no = this.whole()
      value = numberIn(condition) !== 0 ? yes : no
    }
    this.#depth--
    return value
  }

  #either(): Value {
    let value = this.#both()
    while (this.#sign("||")) {
      const right = this.#both()
      value = numberIn(value) !== 0 || numberIn(right) !== 0 ? 1 : 0
    }
    return value
  }

  #both(): Value {
    let value = this.#compared()
    while (this.#sign("&&")) {
      const right = this.#compared()
      value = numberIn(value) !== 0 && numberIn(right) !== 0 ? 1 : 0
    }
    return value
  }

  #compared(): Value {
    const left = this.#added()
    const sign = this.#sign("==", "==#", "==?", "!=", "!=#", "!=?", "=~", "=~#", "=~?", "!~", "!~#", "!~?", ">=", "<=", ">", "<")
    if (!sign) return left
    const right = this.#added()
    const kind = sign.replace(/[#?]$/, "")
    if (kind === "=~" || kind === "!~") {
      const found = numberIn(this.#world.call("match", [left, right]) ?? -1) >= 0
      return found === (kind === "=~") ? 1 : 0
    }
    if (typeof left === "object" || typeof right === "object") return (echoed(left) === echoed(right)) === (kind === "==") ? 1 : 0
    const fold = (value: Value) => (sign.endsWith("?") ? textIn(value).toLowerCase() : textIn(value))
    const order =
      typeof left === "number" || typeof right === "number"
        ? numberIn(left) - numberIn(right)
        : fold(left) === fold(right)
          ? 0
          : fold(left) < fold(right)
            ? -1
            : 1
    const holds = { "==": order === 0, "!=": order !== 0, ">": order > 0, "<": order < 0, ">=": order >= 0, "<=": order <= 0 }[kind]
    return holds === true ? 1 : 0
  }

  #added(): Value {
    let value = this.#multiplied()
    for (;;) {
      const sign = this.#sign("+", "-", ".", "..")
      if (!sign) return value
      const right = this.#multiplied()
      if (sign === "+" && typeof value === "object" && typeof right === "object") value = [...value, ...right]
      else if (sign === "+") value = numberIn(value) + numberIn(right)
      else if (sign === "-") value = numberIn(value) - numberIn(right)
      else value = textIn(value) + textIn(right)
      if (typeof value !== "number" && value.length > MAX_LENGTH) throw new ExError("E342: Out of memory!")
    }
  }

  #multiplied(): Value {
    let value = this.#unary()
    for (;;) {
      const sign = this.#sign("*", "/", "%")
      if (!sign) return value
      const [left, right] = [numberIn(value), numberIn(this.#unary())]
      value = sign === "*" ? left * right : right === 0 ? 0 : sign === "/" ? Math.trunc(left / right) : left % right
    }
  }

  #unary(): Value {
    if (++this.#depth > MAX_DEPTH) throw new ExError("E1169: Expression too recursive")
    const sign = this.#sign("!", "-", "+")
    let value: Value
    if (sign === "!") value = numberIn(this.#unary()) === 0 ? 1 : 0
    else if (sign === "-") value = -numberIn(this.#unary())
    else value = sign === "+" ? numberIn(this.#unary()) : this.#indexed()
    this.#depth--
    return value
  }

  #indexed(): Value {
    let value = this.#primary()
    while (this.#source[this.#at] === "[") {
      this.#at++
      const from = this.#sign(":") ? 0 : numberIn(this.whole())
      const slice = this.#source[this.#at - 1] === ":" || this.#sign(":") !== undefined
      if (slice) {
        const to = this.#sign("]") ? -1 : numberIn(this.whole())
        if (this.#source[this.#at - 1] !== "]") this.#need("]")
        const whole = typeof value === "number" ? String(value) : value
        const end = to < 0 ? whole.length + to + 1 : to + 1
        value = whole.slice(from, Math.max(0, end))
        continue
      }
      this.#need("]")
      const whole = typeof value === "number" ? String(value) : value
      value = whole.at(typeof whole === "string" && from < 0 ? whole.length : from) ?? ""
    }
    return value
  }

  #list(end: string): Value[] {
    const values: Value[] = []
    while (!this.#sign(end)) {
      values.push(this.whole())
      if (!this.#sign(",")) {
        this.#need(end)
        break
      }
    }
    return values
  }

  #primary(): Value {
    const token = this.#peek()
    if (!token) throw new ExError(`E15: Invalid expression: "${this.#source}"`)
    this.#at = token.end
    if (token.number !== undefined)
      return /^0[0-7]+$/.test(token.number) ? Number.parseInt(token.number, 8) : Math.trunc(Number(token.number))
    if (token.string !== undefined) return unquoted(token.string)
    if (token.sign === "(") {
      const value = this.whole()
      this.#need(")")
      return value
    }
    if (token.sign === "[") return this.#list("]")
    const { name } = token
    if (name === undefined) throw new ExError(`E15: Invalid expression: "${this.#source}"`)
    if (this.#source[this.#at] === "(") {
      this.#at++
      const value = this.#world.call(name, this.#list(")"))
      if (value === undefined) throw new ExError(`E117: Unknown function: ${name}`)
      return value
    }
    const value = this.#world.variable(name)
    if (value === undefined) throw new ExError(`E121: Undefined variable: ${name}`)
    return value
  }
}

/** The value of `source`; throws ExError. */
export const evaluate = (source: string, world: ExpressionWorld): Value => {
  const reader = new Reader(source, world)
  const value = reader.whole()
  if (reader.rest.trim() !== "") throw new ExError(`E488: Trailing characters: ${reader.rest.trim()}`)
  return value
}

/** The values of expressions that blanks divide, as :echo and :execute take them. */
export const evaluateAll = (source: string, world: ExpressionWorld): Value[] => {
  const reader = new Reader(source, world)
  const values: Value[] = []
  while (reader.rest.trim() !== "" && values.length < 100) values.push(reader.whole())
  return values
}

/** printf() with the conversions that scripts use. */
const formatted = (format: string, given: readonly Value[]): string => {
  let next = 0
  return format.replace(/%([-0 +]*)(\d*)(?:\.(\d+))?([dsxXoc%])/g, (_, flags: string, width: string, places: string, kind: string) => {
    if (kind === "%") return "%"
    const value = given[next++] ?? ""
    const text =
      kind === "s"
        ? echoed(value).slice(0, places === undefined ? undefined : Number(places))
        : kind === "c"
          ? String.fromCodePoint(Math.max(0, numberIn(value)))
          : numberIn(value).toString(kind === "d" ? 10 : kind === "o" ? 8 : 16)
    const cased = kind === "X" ? text.toUpperCase() : text
    const wide = Math.min(Number(width), 1_000)
    return flags.includes("-") ? cased.padEnd(wide) : cased.padStart(wide, flags.includes("0") && kind !== "s" ? "0" : " ")
  })
}

/** Functions that need nothing of the editor; undefined for a name that is none of them. */
export const plainFunction = (name: string, given: readonly Value[]): Value | undefined => {
  const [first = "", second = 0, third] = given
  switch (name) {
    case "toupper":
      return textIn(first).toUpperCase()
    case "tolower":
      return textIn(first).toLowerCase()
    case "len":
      return typeof first === "number"
        ? String(first).length
        : typeof first === "string"
          ? new TextEncoder().encode(first).length
          : first.length
    case "strlen":
      return new TextEncoder().encode(textIn(first)).length
    case "strchars":
    case "strwidth":
      return [...textIn(first)].length
    case "repeat": {
      const times = Math.max(0, Math.min(numberIn(second), MAX_LENGTH))
      if (typeof first === "object") return Array.from({ length: Math.min(times, 1_000) }, () => first).flat()
      const text = textIn(first)
      if (text.length * times > MAX_LENGTH) throw new ExError("E342: Out of memory!")
      return text.repeat(times)
    }
    case "range": {
      const one = given.length === 1
      const [from, to, step] = [one ? 0 : numberIn(first), one ? numberIn(first) - 1 : numberIn(second), numberIn(third ?? 1)]
      const length = step === 0 ? 0 : Math.max(0, Math.min(10_000, Math.floor((to - from) / step) + 1))
      return Array.from({ length }, (_, at) => from + at * step)
    }
    case "printf":
      return formatted(textIn(first), given.slice(1))
    case "str2nr":
      return given.length > 1
        ? Number.parseInt(textIn(first).trim(), numberIn(second)) || 0
        : Number.parseInt(textIn(first).trim(), 10) || 0
    case "string":
      return echoed(first, true)
    case "abs":
      return Math.abs(numberIn(first))
    case "max":
    case "min":
      return typeof first === "object" && first.length > 0
        ? first.map(numberIn).reduce((a, b) => (name === "max" ? Math.max(a, b) : Math.min(a, b)))
        : 0
    case "join":
      return typeof first === "object" ? first.map((one) => echoed(one)).join(given.length > 1 ? textIn(second) : " ") : echoed(first)
    case "reverse":
      return typeof first === "object" ? [...first].reverse() : first
    case "trim":
      return textIn(first).trim()
    case "char2nr":
      return textIn(first).codePointAt(0) ?? 0
    case "nr2char":
      return String.fromCodePoint(Math.max(0, Math.min(0x10ffff, numberIn(first))))
    case "strpart":
      return textIn(first).slice(Math.max(0, numberIn(second)), third === undefined ? undefined : numberIn(second) + numberIn(third))
    case "stridx":
      return textIn(first).indexOf(textIn(second))
    case "empty":
      return first === 0 || first === "" || (typeof first === "object" && first.length === 0) ? 1 : 0
    case "type":
      return typeof first === "number" ? 0 : typeof first === "string" ? 1 : 3
    case "add":
      return typeof first === "object" ? [...first, second] : first
    case "has":
      return ["eval", "syntax", "multi_byte", "unix", "linux", "autocmd"].includes(textIn(first)) ? 1 : 0
    case "escape":
      return [...textIn(first)].map((one) => (textIn(second).includes(one) ? `\\${one}` : one)).join("")
  }
  return undefined
}
