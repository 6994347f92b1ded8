/** Arithmetic expressions read into trees; what is wrong with one is worded as expr.c words it, with the token that it stumbled over. */
import { ScriptError } from "../expansion-error.ts"

export class ArithmeticError extends ScriptError {}

export interface Place {
  readonly kind: "place"
  readonly name: string
  /** Text between the brackets. */
  readonly index: string | undefined
}

export type Node =
  | { readonly kind: "number"; readonly value: bigint }
  | Place
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Node }
  | { readonly kind: "step"; readonly by: bigint; readonly prefix: boolean; readonly place: Place }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Node; readonly right: Node; readonly after: string }
  | { readonly kind: "assign"; readonly operator: string; readonly place: Place; readonly value: Node; readonly after: string }
  | { readonly kind: "choice"; readonly test: Node; readonly yes: Node; readonly no: Node }

export const wrap = (value: bigint): bigint => BigInt.asIntN(64, value)

interface Token {
  readonly text: string
  readonly at: number
  readonly node?: Node
}

const OPERATORS = [
  "<<=",
  ">>=",
  "**",
  "++",
  "--",
  "<<",
  ">>",
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "&=",
  "|=",
  "^=",
  ..."+-*/%<>&|^!~()?:,=",
]

const ASSIGNMENTS = new Set(["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^="])

/** Left-associative operators, weakest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
]

const MAX_NESTING = 200

const digitOf = (character: string, base: number): number => {
  const code = character.charCodeAt(0)
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 122) return code - 87
  if (code >= 65 && code <= 90) return code - (base <= 36 ? 55 : 29)
  return character === "@" ? 62 : 63
}

class Parser {
  readonly #text: string
  #next = 0
  /** Where the last token began: errors name what stands from there on. */
  #last = 0
  #token: Token | undefined
  #before: Token | undefined
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  parse(): Node {
    this.#read()
    const node = this.#comma()
    if (this.#token) this.fail("syntax error in expression")
    return node
  }

  fail(message: string): never {
    throw new ArithmeticError(`${this.#text.trimStart()}: ${message} (error token is "${this.#text.slice(this.#last)}")`)
  }

  #read(): void {
    const text = this.#text
    this.#before = this.#token
    while (/\s/.test(text[this.#next] ?? "")) this.#next++
    const at = this.#next
    if (at >= text.length) {
      this.#token = undefined
      return
    }
    this.#last = at
    const name = /[A-Za-z_]\w*/y
    name.lastIndex = at
    const named = name.exec(text)
    if (named) {
      this.#next = at + named[0].length
      this.#token = { text: named[0], at, node: { kind: "place", name: named[0], index: this.#subscript() } }
      return
    }
    const digits = /\d[\w@#]*/y
    digits.lastIndex = at
    const number = digits.exec(text)
    if (number) {
      this.#token = { text: number[0], at, node: { kind: "number", value: this.#number(number[0]) } }
      this.#next = at + number[0].length
      return
    }
    let operator = OPERATORS.find((one) => text.startsWith(one, at))
    // Two signs are one operator only after a name or before one.
    if ((operator === "++" || operator === "--") && this.#token?.node?.kind !== "place" && !/^\s*[A-Za-z_]/.test(text.slice(at + 2)))
      operator = operator[0]
    if (operator === undefined) {
      const operand = this.#token !== undefined && (this.#token.node !== undefined || this.#token.text === ")")
      this.fail(operand ? "syntax error: invalid arithmetic operator" : "syntax error: operand expected")
    }
    this.#next = at + operator.length
    this.#token = { text: operator, at }
  }

  /** `[…]` after a name, brackets within it and quotes heeded. */
  #subscript(): string | undefined {
    if (this.#text[this.#next] !== "[") return undefined
    let depth = 0
    for (let at = this.#next; at < this.#text.length; at++) {
      const character = this.#text[at]
      if (character === "\\") at++
      else if (character === "[") depth++
      else if (character === "]" && --depth === 0) {
        const index = this.#text.slice(this.#next + 1, at)
        this.#next = at + 1
        return index
      }
    }
    return this.fail("bad array subscript")
  }

  #number(text: string): bigint {
    let base = 10
    let digits = text
    const sharp = text.indexOf("#")
    if (/^0[xX]/.test(text)) {
      base = 16
      digits = text.slice(2)
    } else if (sharp > 0) {
      if (text.indexOf("#", sharp + 1) > 0) this.fail("invalid number")
      base = Number(text.slice(0, sharp))
      if (base < 2 || base > 64) this.fail("invalid arithmetic base")
      digits = text.slice(sharp + 1)
      if (digits === "") this.fail("invalid integer constant")
    } else if (text.length > 1 && text.startsWith("0")) base = 8
    if (base === 10 && /^\d+$/.test(digits)) return wrap(BigInt(digits))
    let value = 0n
    for (const character of digits) {
      const digit = digitOf(character, base)
      if (digit >= base) this.fail("value too great for base")
      value = wrap(value * BigInt(base) + BigInt(digit))
    }
    return value
  }

  #is(...operators: readonly string[]): boolean {
    return this.#token !== undefined && this.#token.node === undefined && operators.includes(this.#token.text)
  }

  #take(): string {
    const text = this.#token?.text ?? ""
    this.#read()
    return text
  }

  #rest(): string {
    return this.#text.slice(this.#last)
  }

  #comma(): Node {
    let left = this.#assignment()
    while (this.#is(",")) {
      this.#take()
      left = { kind: "binary", operator: ",", left, right: this.#assignment(), after: "" }
    }
    return left
  }

  #assignment(): Node {
    const left = this.#choice()
    if (!this.#token || this.#token.node || !ASSIGNMENTS.has(this.#token.text)) return left
    if (left.kind !== "place" || this.#before?.node !== left) this.fail("attempted assignment to non-variable")
    const operator = this.#take()
    if (!this.#token) this.fail("syntax error: operand expected")
    return { kind: "assign", operator, place: left, value: this.#assignment(), after: this.#rest() }
  }

  #choice(): Node {
    const test = this.#binary(0)
    if (!this.#is("?")) return test
    this.#take()
    if (!this.#token || this.#is(":")) this.fail("expression expected")
    const yes = this.#comma()
    if (!this.#is(":")) this.fail("`:' expected for conditional expression")
    this.#take()
    if (!this.#token) this.fail("expression expected")
    return { kind: "choice", test, yes, no: this.#choice() }
  }

  #binary(level: number): Node {
    if (level === LEVELS.length) return this.#power()
    let left = this.#binary(level + 1)
    while (this.#is(...LEVELS[level])) {
      const operator = this.#take()
      left = { kind: "binary", operator, left, right: this.#binary(level + 1), after: this.#rest() }
    }
    return left
  }

  #power(): Node {
    const left = this.#unary()
    if (!this.#is("**")) return left
    this.#take()
    return { kind: "binary", operator: "**", left, right: this.#power(), after: this.#rest() }
  }

  #unary(): Node {
    if (++this.#depth > MAX_NESTING) this.fail("expression recursion level exceeded")
    try {
      if (this.#is("!", "~", "-", "+")) return { kind: "unary", operator: this.#take(), operand: this.#unary() }
      if (this.#is("++", "--")) {
        const operator = this.#take()
        const node = this.#token?.node
        if (node?.kind === "place") {
          this.#read()
          return { kind: "step", by: operator === "++" ? 1n : -1n, prefix: true, place: node }
        }
        // Before anything but a name these are two signs.
        return { kind: "unary", operator: "+", operand: this.#unary() }
      }
      return this.#primary()
    } finally {
      this.#depth--
    }
  }

  #primary(): Node {
    if (this.#is("(")) {
      this.#take()
      const node = this.#comma()
      if (!this.#is(")")) this.fail("missing `)'")
      this.#take()
      return node.kind === "place" ? { kind: "unary", operator: "+", operand: node } : node
    }
    const node = this.#token?.node
    if (!node) this.fail("syntax error: operand expected")
    this.#read()
    if (node.kind === "place" && this.#is("++", "--"))
      return { kind: "step", by: this.#take() === "++" ? 1n : -1n, prefix: false, place: node }
    return node
  }
}

/** Texts that were read lately; loops read the same ones over and over. */
const known = new Map<string, Node>()
const MAX_KNOWN = 512

/** @throws ArithmeticError */
export const parseArithmetic = (text: string): Node => {
  const found = known.get(text)
  if (found) return found
  const node = new Parser(text).parse()
  if (known.size >= MAX_KNOWN) known.clear()
  if (text.length < 200) known.set(text, node)
  return node
}
