/** bc: arithmetic of any precision, with variables, functions of its library and control flow left out. */
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"

class BcError extends Error {}

/** A decimal number: `digits` / 10^scale. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

const MAX_SCALE = 2_000
const MAX_DIGITS = 20_000

const pow10 = (power: number): bigint => 10n ** BigInt(power)
const withScale = (value: Decimal, scale: number): Decimal =>
  scale >= value.scale
    ? { digits: value.digits * pow10(scale - value.scale), scale }
    : { digits: value.digits / pow10(value.scale - scale), scale }

const ZERO: Decimal = { digits: 0n, scale: 0 }
const ONE: Decimal = { digits: 1n, scale: 0 }

const show = (value: Decimal, base: number): string => {
  const negative = value.digits < 0n
  const digits = negative ? -value.digits : value.digits
  if (base !== 10) return `${negative ? "-" : ""}${(digits / pow10(value.scale)).toString(base).toUpperCase()}`
  if (value.scale === 0) return `${negative ? "-" : ""}${digits}`
  const text = digits.toString().padStart(value.scale + 1, "0")
  const whole = text.slice(0, -value.scale)
  return digits === 0n ? "0" : `${negative ? "-" : ""}${whole === "0" ? "" : whole}.${text.slice(-value.scale)}`
}

const order = (a: Decimal, b: Decimal): number => {
  const scale = Math.max(a.scale, b.scale)
  const [x, y] = [withScale(a, scale).digits, withScale(b, scale).digits]
  return x < y ? -1 : x > y ? 1 : 0
}

const root = (value: bigint): bigint => {
  if (value < 2n) return value
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / 2))
  for (;;) {
    const next = (guess + value / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

class Calculator {
  readonly #variables = new Map<string, Decimal>()
  scale: number
  output = 10
  input = 10
  last: Decimal = ZERO
  #tokens: string[] = []
  #at = 0

  constructor(scale: number) {
    this.scale = scale
  }

  /** What a line prints. */
  line(text: string): string {
    let printed = ""
    for (const statement of text.split(/[;\n]/)) {
      const string = /^\s*"([^"]*)"\s*$/.exec(statement)
      if (string) {
        printed += string[1]
        continue
      }
      if (statement.trim() === "") continue
      if (/^\s*(quit|halt)\s*$/.test(statement)) throw new Quit()
      this.#tokens = statement.match(/\d*\.?\d+|\d+\.|[a-z_][a-z_0-9]*|[-+*/%^]=|\+\+|--|[<>=!]=|&&|\|\||[^\s]/gi) ?? []
      this.#at = 0
      const assigns = /^[a-z_]\w*$/i.test(this.#tokens[0] ?? "") && /^[-+*/%^]?=$/.test(this.#tokens[1] ?? "")
      const value = this.#assignment()
      if (this.#at < this.#tokens.length) throw new BcError("syntax error")
      this.last = value
      if (!assigns) printed += `${show(value, this.output)}\n`
    }
    return printed
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  #assignment(): Decimal {
    const [name, operator] = [this.#tokens[this.#at], this.#tokens[this.#at + 1]]
    if (/^[a-z_]\w*$/i.test(name ?? "") && /^[-+*/%^]?=$/.test(operator ?? "")) {
      this.#at += 2
      const right = this.#assignment()
      const value = operator === "=" ? right : this.#compute(operator[0], this.#read(name), right)
      this.#write(name, value)
      return value
    }
    return this.#binary(0)
  }

  #read(name: string): Decimal {
    if (name === "scale") return { digits: BigInt(this.scale), scale: 0 }
    if (name === "obase") return { digits: BigInt(this.output), scale: 0 }
    if (name === "ibase") return { digits: BigInt(this.input), scale: 0 }
    if (name === "last") return this.last
    return this.#variables.get(name) ?? ZERO
  }

  #write(name: string, value: Decimal): void {
    const whole = Number(withScale(value, 0).digits)
    if (name === "scale") this.scale = Math.max(0, Math.min(MAX_SCALE, whole))
    else if (name === "obase") this.output = Math.max(2, Math.min(36, whole))
    else if (name === "ibase") this.input = Math.max(2, Math.min(16, whole))
    else this.#variables.set(name, value)
  }

  #binary(least: number): Decimal {
    let left = this.#unary()
    for (;;) {
      const operator = this.#peek() ?? ""
      const strength =
        { "||": 1, "&&": 2, "<": 3, "<=": 3, "==": 3, "!=": 3, ">=": 3, ">": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "^": 6 }[
          operator
        ] ?? 0
      if (strength === 0 || strength <= least) {
        if (strength === 0 || !(operator === "^" && strength === least)) return left
      }
      this.#at++
      // Powers group to the right.
      left = this.#compute(operator, left, this.#binary(operator === "^" ? strength - 1 : strength))
    }
  }

  #compute(operator: string, a: Decimal, b: Decimal): Decimal {
    const scale = Math.max(a.scale, b.scale)
    const [x, y] = [withScale(a, scale).digits, withScale(b, scale).digits]
    const truth = (value: boolean): Decimal => (value ? ONE : ZERO)
    switch (operator) {
      case "+":
        return { digits: x + y, scale }
      case "-":
        return { digits: x - y, scale }
      case "*":
        return withScale(
          { digits: a.digits * b.digits, scale: a.scale + b.scale },
          Math.min(a.scale + b.scale, Math.max(this.scale, a.scale, b.scale)),
        )
      case "/":
        if (b.digits === 0n) throw new BcError("Divide by zero")
        return { digits: (x * pow10(this.scale)) / y, scale: this.scale }
      case "%": {
        if (b.digits === 0n) throw new BcError("Modulo by zero")
        const quotient: Decimal = { digits: (x * pow10(this.scale)) / y, scale: this.scale }
        const places = Math.max(this.scale + b.scale, a.scale)
        const product: Decimal = { digits: quotient.digits * b.digits, scale: quotient.scale + b.scale }
        return { digits: withScale(a, places).digits - withScale(product, places).digits, scale: places }
      }
      case "^": {
        const power = Number(withScale(b, 0).digits)
        if (Math.abs(power) * a.digits.toString().length > MAX_DIGITS) throw new BcError("exponent too large")
        const raised = { digits: a.digits ** BigInt(Math.abs(power)), scale: a.scale * Math.abs(power) }
        if (power < 0) return this.#compute("/", ONE, raised)
        return withScale(raised, Math.min(raised.scale, Math.max(this.scale, a.scale)))
      }
      case "<":
        return truth(order(a, b) < 0)
      case "<=":
        return truth(order(a, b) <= 0)
      case ">":
        return truth(order(a, b) > 0)
      case ">=":
        return truth(order(a, b) >= 0)
      case "==":
        return truth(order(a, b) === 0)
      case "!=":
        return truth(order(a, b) !== 0)
      case "&&":
        return truth(a.digits !== 0n && b.digits !== 0n)
      default:
        return truth(a.digits !== 0n || b.digits !== 0n)
    }
  }

  #unary(): Decimal {
    const token = this.#peek()
    if (token === "-") {
      this.#at++
      const value = this.#binary(5)
      return { digits: -value.digits, scale: value.scale }
    }
    if (token === "!") {
      this.#at++
      return this.#unary().digits === 0n ? ONE : ZERO
    }
    return this.#primary()
  }

  #primary(): Decimal {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw new BcError("syntax error")
    if (token === "(") {
      const value = this.#assignment()
      if (this.#tokens[this.#at++] !== ")") throw new BcError("syntax error")
      return value
    }
    if (/^[\d.]/.test(token) || (/^[A-F]+$/.test(token) && this.input > 10)) {
      if (this.input !== 10) return { digits: BigInt(Number.parseInt(token, this.input)), scale: 0 }
      const [whole, fraction = ""] = token.split(".")
      return { digits: BigInt(`${whole}${fraction}` || "0"), scale: fraction.length }
    }
    if (!/^[a-z_]\w*$/i.test(token)) throw new BcError("syntax error")
    if (this.#peek() !== "(") return this.#read(token)
    this.#at++
    const argument = this.#assignment()
    if (this.#tokens[this.#at++] !== ")") throw new BcError("syntax error")
    return this.#function(token, argument)
  }

  #function(name: string, value: Decimal): Decimal {
    const places = Math.max(this.scale, value.scale)
    const real = Number(value.digits) / 10 ** value.scale
    const rounded = (result: number): Decimal => {
      if (!Number.isFinite(result)) throw new BcError("function result out of range")
      const [whole, fraction = ""] = Math.abs(result)
        .toFixed(Math.min(20, this.scale + 2))
        .split(".")
      const digits = BigInt(whole + fraction)
      return withScale({ digits: result < 0 ? -digits : digits, scale: fraction.length }, this.scale)
    }
    switch (name) {
      case "sqrt":
        if (value.digits < 0n) throw new BcError("Square root of a negative number")
        return { digits: root(withScale(value, places * 2).digits), scale: places }
      case "length":
        return { digits: BigInt((value.digits < 0n ? -value.digits : value.digits).toString().length), scale: 0 }
      case "scale":
        return { digits: BigInt(value.scale), scale: 0 }
      case "s":
        return rounded(Math.sin(real))
      case "c":
        return rounded(Math.cos(real))
      case "a":
        return rounded(Math.atan(real))
      case "l":
        return rounded(Math.log(real))
      case "e":
        return rounded(Math.exp(real))
      default:
        throw new BcError(`Function ${name} not defined.`)
    }
  }
}

class Quit extends Error {}

export const bc = defineTool({
  name: "bc",
  busybox: true,
  version: "1.07.1",
  summary: "an arbitrary precision calculator",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "lqisw", long: { mathlib: "l", quiet: "q" } })
    const calculator = new Calculator(flags.has("l") ? 20 : 0)
    const tell = function* (line: string) {
      try {
        yield* process.print(calculator.line(line.replace(/\/\*.*?\*\//g, "").replace(/#.*/, "")))
      } catch (error) {
        if (error instanceof Quit) return false
        if (!(error instanceof BcError || error instanceof RangeError)) throw error
        const where =
          error.message === "syntax error" ? "(standard_in) 1: syntax error" : `Runtime error (func=(main), adr=3): ${error.message}`
        yield* process.error(`${where}\n`)
      }
      return true
    }
    for (const file of words) for (const line of process.files.readText(file).split("\n")) if (!(yield* tell(line))) return 0
    for (let line = yield* process.readLine(0); line !== undefined; line = yield* process.readLine(0)) {
      if (process.charge(2)) yield* process.yield()
      if (!(yield* tell(line))) return 0
    }
    return 0
  },
})
