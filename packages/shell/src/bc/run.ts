/** bc's interpreter. As GNU execute.c, whose "adr" its errors tell roughly. */
import type { Process, Steps } from "@drydock/machine"
import {
  add,
  type Decimal,
  divide,
  fromInteger,
  fromText,
  multiply,
  negate,
  ONE,
  order,
  remainder,
  show,
  squareRoot,
  withScale,
  ZERO,
} from "./decimal.ts"
import { arctangent, bessel, cosine, exponential, logarithm, sine } from "./library.ts"
import { BcError, type BcExpression, type BcFunction, type BcStatement, parseBc } from "./parse.ts"

const MAX_SCALE = 2_000
const MAX_DIGITS = 20_000
const MAX_INDEX = 2_048
const MAX_DEPTH = 300

class RuntimeError extends Error {
  readonly address: number
  constructor(message: string, address = 3) {
    super(message)
    this.address = address
  }
}

class Leave extends Error {
  readonly kind: "break" | "continue" | "return" | "halt"
  readonly value: Decimal
  constructor(kind: Leave["kind"], value = ZERO) {
    super(kind)
    this.kind = kind
    this.value = value
  }
}

interface Frame {
  readonly values: Map<string, Decimal>
  readonly arrays: Map<string, Map<number, Decimal>>
}

export class Calculator {
  readonly #process: Process
  readonly #library: boolean
  readonly #width: number
  readonly #functions = new Map<string, BcFunction>()
  readonly #frames: Frame[] = [{ values: new Map(), arrays: new Map() }]
  #calling = "(main)"
  #scale: number
  #output = 10
  #input = 10
  #last: Decimal = ZERO
  #out = ""
  #column = 0

  /** Numbers are broken into lines of `width` characters. */
  constructor(process: Process, library: boolean, width: number) {
    this.#process = process
    this.#library = library
    this.#width = width
    this.#scale = library ? 20 : 0
  }

  /** Runs a text; true when it says quit or halt. */
  *source(text: string, name: string, line = 1): Steps<boolean> {
    let lines: (BcStatement[] | BcError)[]
    try {
      lines = parseBc(text, name, line)
    } catch (error) {
      if (!(error instanceof BcError)) throw error
      yield* this.#process.error(`${error.message}\n`)
      return false
    }
    try {
      for (const list of lines) {
        if (list instanceof BcError) yield* this.#process.error(`${list.message}\n`)
        else if (yield* this.#line(list)) return true
        yield* this.#flush()
      }
      return false
    } finally {
      yield* this.#flush()
    }
  }

  /** quit ends bc as soon as its line is read: nothing else there is done. */
  *#line(list: readonly BcStatement[]): Steps<boolean> {
    if (list.some(({ kind }) => kind === "quit")) return true
    try {
      for (const statement of list) yield* this.#execute(statement)
    } catch (error) {
      this.#frames.length = 1
      if (error instanceof Leave) return error.kind === "halt"
      // Numbers beyond what a BigInt holds are a RangeError.
      const problem = error instanceof RangeError ? new RuntimeError("Out of memory") : error
      if (!(problem instanceof RuntimeError)) throw error
      yield* this.#flush()
      yield* this.#process.error(`Runtime error (func=${this.#calling}, adr=${problem.address}): ${problem.message}\n`)
      this.#calling = "(main)"
    }
    return false
  }

  *#flush(): Steps<void> {
    const text = this.#out
    this.#out = ""
    if (text !== "") yield* this.#process.print(text)
  }

  /** Characters of a number, broken into lines. */
  #number(text: string): void {
    for (const character of text) {
      if (this.#column >= this.#width - 2) {
        this.#out += "\\\n"
        this.#column = 0
      }
      this.#out += character
      this.#column++
    }
  }

  #plain(text: string): void {
    this.#out += text
    this.#column = text.includes("\n") ? text.length - 1 - text.lastIndexOf("\n") : this.#column + text.length
  }

  *#execute(statement: BcStatement): Steps<void> {
    if (this.#process.charge(1)) yield* this.#process.yield()
    if (this.#out.length > 4_096) yield* this.#flush()
    switch (statement.kind) {
      case "block":
        for (const one of statement.body) yield* this.#execute(one)
        return
      case "expression": {
        const value = yield* this.#evaluate(statement.value)
        if (!statement.shown || (statement.value.kind === "call" && this.#functions.get(statement.value.name)?.empty)) return
        this.#last = value
        this.#number(show(value, this.#output))
        this.#plain("\n")
        return
      }
      case "string":
        this.#plain(statement.text)
        return
      case "print":
        for (const item of statement.items) {
          if (item.kind === "text")
            this.#plain(
              item.text.replace(
                /\\([abfnrtq\\e])/g,
                (_, one: string) => ({ a: "\x07", b: "\b", e: "\\", f: "\f", n: "\n", q: '"', r: "\r", t: "\t", "\\": "\\" })[one] ?? one,
              ),
            )
          else {
            this.#last = yield* this.#evaluate(item)
            this.#number(show(this.#last, this.#output))
          }
        }
        return
      case "if":
        if ((yield* this.#evaluate(statement.test)).digits !== 0n) yield* this.#execute(statement.yes)
        else if (statement.no) yield* this.#execute(statement.no)
        return
      case "while":
        while ((yield* this.#evaluate(statement.test)).digits !== 0n) if (yield* this.#body(statement.body)) return
        return
      case "for":
        if (statement.start) yield* this.#evaluate(statement.start)
        while (!statement.test || (yield* this.#evaluate(statement.test)).digits !== 0n) {
          if (yield* this.#body(statement.body)) return
          if (statement.step) yield* this.#evaluate(statement.step)
        }
        return
      case "return":
        throw new Leave("return", statement.value ? yield* this.#evaluate(statement.value) : ZERO)
      case "break":
      case "continue":
      case "halt":
        throw new Leave(statement.kind)
      case "quit":
        throw new Leave("halt")
      case "define":
        this.#functions.set(statement.name, statement.definition)
        return
      case "limits":
        this.#plain(`BC_BASE_MAX     = 2147483647\nBC_DIM_MAX      = 16777215\nBC_SCALE_MAX    = ${MAX_SCALE}\n`)
    }
  }

  /** True when the loop was left. */
  *#body(body: BcStatement): Steps<boolean> {
    try {
      yield* this.#execute(body)
    } catch (error) {
      if (error instanceof Leave && error.kind === "break") return true
      if (!(error instanceof Leave && error.kind === "continue")) throw error
    }
    return false
  }

  /** bc's scope is dynamic: the innermost frame that has the name. */
  #holder(name: string): Map<string, Decimal> {
    for (let at = this.#frames.length - 1; at > 0; at--) if (this.#frames[at].values.has(name)) return this.#frames[at].values
    return this.#frames[0].values
  }

  #array(name: string): Map<number, Decimal> {
    for (let at = this.#frames.length - 1; at > 0; at--) {
      const found = this.#frames[at].arrays.get(name)
      if (found) return found
    }
    let array = this.#frames[0].arrays.get(name)
    if (!array) this.#frames[0].arrays.set(name, (array = new Map()))
    return array
  }

  #read(name: string): Decimal {
    if (name === "scale") return fromInteger(this.#scale)
    if (name === "obase") return fromInteger(this.#output)
    if (name === "ibase") return fromInteger(this.#input)
    if (name === "last") return this.#last
    return this.#holder(name).get(name) ?? ZERO
  }

  #write(name: string, value: Decimal): void {
    const whole = Number(withScale(value, 0).digits)
    if (name === "scale") this.#scale = Math.max(0, Math.min(MAX_SCALE, whole))
    else if (name === "obase") this.#output = Math.max(2, Math.min(2_147_483_647, whole))
    else if (name === "ibase") this.#input = Math.max(2, Math.min(16, whole))
    else if (name === "last") this.#last = value
    else this.#holder(name).set(name, value)
  }

  *#index(expression: BcExpression): Steps<number> {
    const index = Number(withScale(yield* this.#evaluate(expression), 0).digits)
    if (index < 0 || index > MAX_INDEX * 64) throw new RuntimeError("Array subscript out of bounds.")
    return index
  }

  *#target(target: BcExpression): Steps<{ get: () => Decimal; set: (value: Decimal) => void }> {
    if (target.kind === "variable") return { get: () => this.#read(target.name), set: (value) => this.#write(target.name, value) }
    if (target.kind !== "element") throw new RuntimeError("assignment to a value")
    const index = yield* this.#index(target.index)
    const array = this.#array(target.name)
    return { get: () => array.get(index) ?? ZERO, set: (value) => array.set(index, value) }
  }

  *#evaluate(expression: BcExpression): Steps<Decimal> {
    if (this.#process.charge(1)) yield* this.#process.yield()
    switch (expression.kind) {
      case "number":
        return fromText(expression.text, this.#input)
      case "variable":
        return this.#read(expression.name)
      case "element":
        return this.#array(expression.name).get(yield* this.#index(expression.index)) ?? ZERO
      case "array":
        throw new RuntimeError("array used as a value")
      case "assign": {
        const target = yield* this.#target(expression.target)
        const right = yield* this.#evaluate(expression.value)
        const value = expression.operator === "=" ? right : yield* this.#compute(expression.operator[0], target.get(), right)
        target.set(value)
        return target.get()
      }
      case "step": {
        const target = yield* this.#target(expression.target)
        const before = target.get()
        target.set(add(before, fromInteger(expression.by)))
        return expression.prefix ? target.get() : before
      }
      case "unary": {
        const value = yield* this.#evaluate(expression.operand)
        return expression.operator === "-" ? negate(value) : value.digits === 0n ? ONE : ZERO
      }
      case "binary": {
        const left = yield* this.#evaluate(expression.left)
        return yield* this.#compute(expression.operator, left, yield* this.#evaluate(expression.right))
      }
      case "call":
        return yield* this.#call(expression.name, expression.args)
    }
  }

  *#compute(operator: string, a: Decimal, b: Decimal): Steps<Decimal> {
    const truth = (value: boolean): Decimal => (value ? ONE : ZERO)
    switch (operator) {
      case "+":
        return add(a, b)
      case "-":
        return add(a, negate(b))
      case "*":
        yield* this.#weigh(a, b)
        return multiply(a, b, this.#scale)
      case "/":
        if (b.digits === 0n) throw new RuntimeError("Divide by zero")
        yield* this.#weigh(a, b)
        return divide(a, b, this.#scale)
      case "%":
        if (b.digits === 0n) throw new RuntimeError("Modulo by zero")
        yield* this.#weigh(a, b)
        return remainder(a, b, this.#scale)
      case "^": {
        const power = Number(withScale(b, 0).digits)
        const length = a.digits.toString().length
        if (
          a.digits !== 0n && length > 1
            ? Math.abs(power) * length > MAX_DIGITS
            : Math.abs(power) > MAX_DIGITS * 4 && Math.abs(Number(a.digits)) > 1
        )
          throw new RuntimeError("exponent too large in raise")
        if (this.#process.charge((Math.abs(power) * length) >> 6)) yield* this.#process.yield()
        const raised = { digits: a.digits ** BigInt(Math.abs(power)), scale: a.scale * Math.abs(power) }
        if (power < 0) {
          if (raised.digits === 0n) throw new RuntimeError("Divide by zero")
          return divide(ONE, raised, this.#scale)
        }
        return withScale(raised, Math.min(raised.scale, Math.max(this.#scale, a.scale)))
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

  /** Long numbers take time, and end where a machine's memory would. */
  *#weigh(a: Decimal, b: Decimal): Steps<void> {
    if (a.digits < 1_000_000_000_000_000_000_000n && b.digits < 1_000_000_000_000_000_000_000n) return
    const length = (a.digits.toString(16).length + b.digits.toString(16).length) >> 4
    if (length > 16_384) throw new RuntimeError("Out of memory")
    if (this.#process.charge(1 + length)) yield* this.#process.yield()
  }

  *#breathing(work: Generator<undefined, Decimal>): Steps<Decimal> {
    for (let step = work.next(); ; step = work.next()) {
      if (step.done) return step.value
      if (this.#process.charge(4 + (this.#scale >> 3))) yield* this.#process.yield()
    }
  }

  *#call(name: string, args: readonly BcExpression[]): Steps<Decimal> {
    const own = this.#functions.get(name)
    if (own) return yield* this.#own(name, own, args)
    const values: Decimal[] = []
    for (const arg of args) values.push(yield* this.#evaluate(arg))
    const value = values[0] ?? ZERO
    switch (name) {
      case "sqrt":
        if (value.digits < 0n) throw new RuntimeError("Square root of a negative number", 4)
        return squareRoot(value, this.#scale)
      case "length": {
        const digits = (value.digits < 0n ? -value.digits : value.digits).toString()
        return fromInteger(Math.max(digits.length, value.scale))
      }
      case "scale":
        return fromInteger(value.scale)
      case "read":
        return fromText((yield* this.#process.readLine(0))?.trim() || "0", this.#input)
    }
    if (this.#library)
      switch (name) {
        case "s":
          return yield* this.#breathing(sine(value, this.#scale))
        case "c":
          return yield* this.#breathing(cosine(value, this.#scale))
        case "a":
          return yield* this.#breathing(arctangent(value, this.#scale))
        case "l":
          return yield* this.#breathing(logarithm(value, this.#scale))
        case "e":
          if (withScale(value, 0).digits > 20_000n) throw new RuntimeError("Out of memory")
          return yield* this.#breathing(exponential(value, this.#scale))
        case "j":
          return yield* this.#breathing(bessel(value, values[1] ?? ZERO, this.#scale))
      }
    throw new RuntimeError(`Function ${name} not defined.`, args.length > 0 && args[0].kind === "array" ? 8 : 3)
  }

  *#own(name: string, { parameters, autos, body }: BcFunction, args: readonly BcExpression[]): Steps<Decimal> {
    if (args.length !== parameters.length) throw new RuntimeError("Parameter number mismatch")
    if (this.#frames.length > MAX_DEPTH) throw new RuntimeError("Out of memory")
    const frame: Frame = { values: new Map(), arrays: new Map() }
    for (const [at, { name: parameter, array, reference }] of parameters.entries()) {
      const arg = args[at]
      if (array !== (arg.kind === "array")) throw new RuntimeError(`Parameter type mismatch, parameter ${parameter}.`)
      if (arg.kind === "array") frame.arrays.set(parameter, reference ? this.#array(arg.name) : new Map(this.#array(arg.name)))
      else frame.values.set(parameter, yield* this.#evaluate(arg))
    }
    for (const auto of autos) {
      if (auto.array) frame.arrays.set(auto.name, new Map())
      else frame.values.set(auto.name, ZERO)
    }
    const before = this.#calling
    this.#frames.push(frame)
    this.#calling = name
    try {
      for (const statement of body) yield* this.#execute(statement)
      return ZERO
    } catch (error) {
      if (error instanceof Leave && error.kind === "return") return error.value
      throw error
    } finally {
      if (this.#frames[this.#frames.length - 1] === frame) {
        this.#frames.pop()
        this.#calling = before
      }
    }
  }
}
