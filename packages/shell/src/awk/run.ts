/** awk's interpreter. */
import type { Process, Steps } from "@drydock/machine"
import { formatPrintf } from "../text/printf.ts"
import { formatDate } from "../text/date.ts"
import { compileRegex } from "../text/regex.ts"
import { RecordReader } from "./records.ts"
import type { Expression, Program, Rule, Statement } from "./parse.ts"

/** A number, a string, or a string that looks like a number because it came from input. */
type Value = number | string | { text: string }

class Jump extends Error {
  readonly kind: "next" | "break" | "continue" | "exit" | "return"
  readonly value: Value
  constructor(kind: Jump["kind"], value: Value = "") {
    super(kind)
    this.kind = kind
    this.value = value
  }
}

/** A variable that nothing was put into: 0 to a number, "" to a string. */
const UNSET: Value = { text: "" }

const NUMERIC = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)\s*$/

const toNumber = (value: Value): number => {
  if (typeof value === "number") return value
  const text = typeof value === "string" ? value : value.text
  return Number(/^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(text)?.[0] ?? 0)
}

export class Awk {
  readonly #process: Process
  readonly #program: Program
  readonly #globals = new Map<string, Value>([
    ["FS", " "],
    ["OFS", " "],
    ["ORS", "\n"],
    ["RS", "\n"],
    ["NR", 0],
    ["FNR", 0],
    ["NF", 0],
    ["SUBSEP", "\x1c"],
    ["CONVFMT", "%.6g"],
    ["OFMT", "%.6g"],
    ["RSTART", 0],
    ["RLENGTH", -1],
    ["FILENAME", ""],
  ])
  readonly #arrays = new Map<string, Map<string, Value>>()
  readonly #frames: { values: Map<string, Value>; arrays: Map<string, Map<string, Value>> }[] = []
  #record = ""
  #fields: string[] | undefined
  #stale = false
  #out = ""
  readonly #open = new Map<string, { fd: number } | { command: string; text: string }>()
  /** Files and commands that getline reads. */
  readonly #readers = new Map<string, RecordReader>()
  #files: string[] = []
  #main: RecordReader | undefined
  #host: AwkHost | undefined
  readonly #ranges = new Set<Rule>()

  constructor(process: Process, program: Program) {
    this.#process = process
    this.#program = program
    const environment = this.#array("ENVIRON")
    for (const [name, value] of process.env) environment.set(name, { text: value })
  }

  assign(name: string, text: string): void {
    this.#globals.set(name, { text: text.replace(/\\n/g, "\n").replace(/\\t/g, "\t").replace(/\\\\/g, "\\") })
  }

  #text(value: Value): string {
    if (typeof value === "string") return value
    if (typeof value !== "number") return value.text
    if (Number.isInteger(value)) return Math.abs(value) < 1e16 ? String(value) : BigInt(Math.round(value)).toString()
    return String(Number(value.toPrecision(6)))
  }

  #truth(value: Value): boolean {
    if (typeof value === "number") return value !== 0
    if (typeof value === "string") return value !== ""
    return NUMERIC.test(value.text) ? toNumber(value) !== 0 : value.text !== ""
  }

  #compare(a: Value, b: Value): number {
    const numeric = (value: Value) =>
      typeof value === "number" || value === UNSET || (typeof value === "object" && NUMERIC.test(value.text))
    if (numeric(a) && numeric(b)) return toNumber(a) - toNumber(b)
    const [x, y] = [this.#text(a), this.#text(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }

  #split(text: string, separator: string): string[] {
    if (separator === " ") return text.trim() === "" ? [] : text.trim().split(/[ \t\n]+/)
    if (text === "") return []
    if (separator === "") return [...text]
    if (separator.length === 1 && separator !== "\\") return text.split(separator)
    const regex = compileRegex(separator, { extended: true })
    const parts: string[] = []
    let from = 0
    for (let match = regex.find(text, from); match && match.end > match.index; match = regex.find(text, from)) {
      parts.push(text.slice(from, match.index))
      from = match.end
    }
    return [...parts, text.slice(from)]
  }

  #setRecord(text: string): void {
    this.#record = text
    this.#fields = undefined
    this.#stale = false
  }

  #allFields(): string[] {
    if (!this.#fields) {
      this.#fields = this.#split(this.#record, this.#text(this.#globals.get("FS") as Value))
      this.#globals.set("NF", this.#fields.length)
    }
    return this.#fields
  }

  #field(index: number): Value {
    if (index === 0) {
      if (this.#stale) {
        this.#record = this.#allFields().join(this.#text(this.#globals.get("OFS") as Value))
        this.#stale = false
      }
      return { text: this.#record }
    }
    const text = this.#allFields()[index - 1]
    return text === undefined ? "" : { text }
  }

  #setField(index: number, value: Value): void {
    if (index === 0) return this.#setRecord(this.#text(value))
    const fields = this.#allFields()
    while (fields.length < index) fields.push("")
    fields[index - 1] = this.#text(value)
    this.#globals.set("NF", fields.length)
    this.#stale = true
  }

  #get(name: string): Value {
    if (name === "NF") this.#allFields()
    const frame = this.#frames[this.#frames.length - 1]
    return frame?.values.get(name) ?? this.#globals.get(name) ?? UNSET
  }

  #set(name: string, value: Value): void {
    const frame = this.#frames[this.#frames.length - 1]
    if (frame?.values.has(name)) frame.values.set(name, value)
    else this.#globals.set(name, value)
    if (name === "NF") {
      const fields = this.#allFields()
      fields.length = Math.max(0, toNumber(value))
      for (let at = 0; at < fields.length; at++) fields[at] ??= ""
      this.#stale = true
    }
  }

  #array(name: string): Map<string, Value> {
    const local = this.#frames[this.#frames.length - 1]?.arrays.get(name)
    if (local) return local
    let array = this.#arrays.get(name)
    if (!array) this.#arrays.set(name, (array = new Map()))
    return array
  }

  *#key(keys: readonly Expression[]): Steps<string> {
    const parts: string[] = []
    for (const key of keys) parts.push(this.#text(yield* this.#evaluate(key)))
    return parts.join(this.#text(this.#globals.get("SUBSEP") as Value))
  }

  *#assign(target: Expression, value: Value): Steps<Value> {
    if (target.kind === "variable") this.#set(target.name, value)
    else if (target.kind === "field") this.#setField(toNumber(yield* this.#evaluate(target.index)), value)
    else if (target.kind === "element") this.#array(target.name).set(yield* this.#key(target.keys), value)
    return value
  }

  #arithmetic(operator: string, a: number, b: number): number {
    switch (operator) {
      case "+":
        return a + b
      case "-":
        return a - b
      case "*":
        return a * b
      case "/":
        if (b === 0) throw new AwkError("division by zero")
        return a / b
      case "%":
        if (b === 0) throw new AwkError("division by zero in %")
        return a % b
      default:
        return a ** b
    }
  }

  *#matches(value: Value, pattern: Expression): Steps<boolean> {
    const source = pattern.kind === "regex" ? pattern.source : this.#text(yield* this.#evaluate(pattern))
    return compileRegex(source, { extended: true }).test(this.#text(value))
  }

  *#evaluate(expression: Expression): Steps<Value> {
    if (this.#process.charge(1)) yield* this.#process.yield()
    switch (expression.kind) {
      case "number":
      case "string":
        return expression.value
      case "regex":
        return (yield* this.#matches(this.#field(0), expression)) ? 1 : 0
      case "variable":
        return this.#get(expression.name)
      case "field":
        return this.#field(toNumber(yield* this.#evaluate(expression.index)))
      case "element": {
        const array = this.#array(expression.name)
        const key = yield* this.#key(expression.keys)
        let value = array.get(key)
        if (value === undefined) array.set(key, (value = UNSET))
        return value
      }
      case "in":
        return this.#array(expression.name).has(yield* this.#key(expression.keys)) ? 1 : 0
      case "list":
        return (yield* this.#key(expression.items)) as Value
      case "unary": {
        const value = yield* this.#evaluate(expression.operand)
        return expression.operator === "!" ? (this.#truth(value) ? 0 : 1) : expression.operator === "-" ? -toNumber(value) : toNumber(value)
      }
      case "ternary":
        return yield* this.#evaluate(this.#truth(yield* this.#evaluate(expression.test)) ? expression.yes : expression.no)
      case "assign": {
        const value = yield* this.#evaluate(expression.value)
        if (expression.operator === "=") return yield* this.#assign(expression.target, value)
        const old = toNumber(yield* this.#evaluate(expression.target))
        return yield* this.#assign(expression.target, this.#arithmetic(expression.operator.slice(0, -1), old, toNumber(value)))
      }
      case "step": {
        const old = toNumber(yield* this.#evaluate(expression.target))
        const next = expression.operator === "++" ? old + 1 : old - 1
        yield* this.#assign(expression.target, next)
        return expression.prefix ? next : old
      }
      case "binary": {
        const { operator } = expression
        const left = yield* this.#evaluate(expression.left)
        if (operator === "&&") return this.#truth(left) && this.#truth(yield* this.#evaluate(expression.right)) ? 1 : 0
        if (operator === "||") return this.#truth(left) || this.#truth(yield* this.#evaluate(expression.right)) ? 1 : 0
        if (operator === "~" || operator === "!~") return (yield* this.#matches(left, expression.right)) === (operator === "~") ? 1 : 0
        const right = yield* this.#evaluate(expression.right)
        if (operator === " ") return this.#text(left) + this.#text(right)
        if (["<", "<=", "==", "!=", ">", ">="].includes(operator)) {
          const order = this.#compare(left, right)
          return (
            operator === "<"
              ? order < 0
              : operator === "<="
                ? order <= 0
                : operator === "=="
                  ? order === 0
                  : operator === "!="
                    ? order !== 0
                    : operator === ">"
                      ? order > 0
                      : order >= 0
          )
            ? 1
            : 0
        }
        return this.#arithmetic(operator, toNumber(left), toNumber(right))
      }
      case "getline":
        return yield* this.#getline(expression)
      case "call":
        return yield* this.#call(expression.name, expression.args)
    }
  }

  *#call(name: string, args: readonly Expression[]): Steps<Value> {
    const own = this.#program.functions.get(name)
    if (own) {
      if (this.#frames.length > 200) throw new AwkError("function call nesting too deep")
      const frame = { values: new Map<string, Value>(), arrays: new Map<string, Map<string, Value>>() }
      for (const [at, parameter] of own.parameters.entries()) {
        const arg = args[at]
        if (arg?.kind === "variable" && (this.#arrays.has(arg.name) || this.#frames.at(-1)?.arrays.has(arg.name)))
          frame.arrays.set(parameter, this.#array(arg.name))
        else {
          frame.values.set(parameter, arg ? yield* this.#evaluate(arg) : UNSET)
          if (!arg) frame.arrays.set(parameter, new Map())
        }
      }
      this.#frames.push(frame)
      try {
        yield* this.#execute(own.body)
        return ""
      } catch (error) {
        if (error instanceof Jump && error.kind === "return") return error.value
        throw error
      } finally {
        this.#frames.pop()
      }
    }
    const [first] = args
    if (name === "split" && args[1]?.kind === "variable") {
      const text = this.#text(yield* this.#evaluate(first))
      const separator = args[2]
        ? args[2].kind === "regex"
          ? args[2].source
          : this.#text(yield* this.#evaluate(args[2]))
        : this.#text(this.#globals.get("FS") as Value)
      const parts = this.#split(text, separator)
      const array = this.#array(args[1].name)
      array.clear()
      for (const [at, part] of parts.entries()) array.set(String(at + 1), { text: part })
      return parts.length
    }
    if (name === "sub" || name === "gsub") {
      const regex = compileRegex(first.kind === "regex" ? first.source : this.#text(yield* this.#evaluate(first)), { extended: true })
      const replacement = this.#text(yield* this.#evaluate(args[1]))
      const target: Expression = args[2] ?? { kind: "field", index: { kind: "number", value: 0 } }
      const text = this.#text(yield* this.#evaluate(target))
      let [result, from, count] = ["", 0, 0]
      for (let match = regex.find(text, from); match; match = from <= text.length ? regex.find(text, from) : undefined) {
        count++
        const { groups } = match
        result +=
          text.slice(from, match.index) +
          replacement.replace(/\\(.)|&/g, (all, escaped: string | undefined) =>
            all === "&" ? (groups[0] ?? "") : escaped === "&" ? "&" : `${escaped === "\\" ? "" : "\\"}${escaped}`,
          )
        if (match.end === match.index) {
          result += text[match.end] ?? ""
          from = match.end + 1
        } else from = match.end
        if (name === "sub") break
      }
      if (count > 0) yield* this.#assign(target, result + text.slice(from))
      return count
    }
    if (name === "length" && first?.kind === "variable" && this.#arrays.has(first.name)) return this.#array(first.name).size
    if (name === "match") {
      const text = this.#text(yield* this.#evaluate(first))
      const found = compileRegex(args[1].kind === "regex" ? args[1].source : this.#text(yield* this.#evaluate(args[1])), {
        extended: true,
      }).find(text)
      this.#globals.set("RSTART", found ? found.index + 1 : 0)
      this.#globals.set("RLENGTH", found ? found.end - found.index : -1)
      return found ? found.index + 1 : 0
    }
    const values: Value[] = []
    for (const arg of args) values.push(yield* this.#evaluate(arg))
    const text = (at: number) => this.#text(values[at] ?? "")
    const number = (at: number) => toNumber(values[at] ?? 0)
    switch (name) {
      case "length":
        return values.length === 0 ? [...this.#text(this.#field(0))].length : [...text(0)].length
      case "substr": {
        const characters = [...text(0)]
        const start = Math.round(number(1))
        const end = values[2] === undefined ? characters.length + 1 : start + Math.round(number(2))
        return characters.slice(Math.max(0, start - 1), Math.max(0, end - 1)).join("")
      }
      case "index":
        return text(0).indexOf(text(1)) + 1
      case "toupper":
        return text(0).toUpperCase()
      case "tolower":
        return text(0).toLowerCase()
      case "sprintf":
        return this.#formatted(values)
      case "int":
        return Math.trunc(number(0))
      case "sqrt":
        return Math.sqrt(number(0))
      case "exp":
        return Math.exp(number(0))
      case "log":
        return Math.log(number(0))
      case "sin":
        return Math.sin(number(0))
      case "cos":
        return Math.cos(number(0))
      case "atan2":
        return Math.atan2(number(0), number(1))
      case "rand":
        return this.#process.random()
      case "srand":
        return 0
      case "systime":
        return Math.floor(this.#process.now() / 1_000)
      case "fflush":
        yield* this.#flush()
        return 0
      case "close":
        return yield* this.#close(text(0))
      case "system":
        yield* this.#flush()
        return this.#host ? yield* this.#host.run(text(0), undefined) : -1
      case "strftime":
        return formatDate(
          values.length > 0 ? text(0) : "%a %b %e %H:%M:%S UTC %Y",
          values.length > 1 ? number(1) * 1_000 : this.#process.now(),
        )
      case "gensub":
        return this.#gensub(text(0), text(1), text(2), values.length > 3 ? text(3) : this.#text(this.#field(0)))
      case "and":
        return Number(BigInt(Math.trunc(number(0))) & BigInt(Math.trunc(number(1))))
      case "or":
        return Number(BigInt(Math.trunc(number(0))) | BigInt(Math.trunc(number(1))))
      case "xor":
        return Number(BigInt(Math.trunc(number(0))) ^ BigInt(Math.trunc(number(1))))
      case "strtonum":
        return /^0[xX]/.test(text(0)) ? Number.parseInt(text(0), 16) : toNumber(values[0] ?? 0)
      default:
        throw new AwkError(`calling undefined function ${name}`)
    }
  }

  *#flush(): Steps<void> {
    const text = this.#out
    this.#out = ""
    yield* this.#process.print(text)
  }

  /** printf's text: %c of a number is the character with that code, numbers keep all their digits. */
  #formatted([format = "", ...values]: readonly Value[]): string {
    const source = this.#text(format)
    const kinds = [...source.matchAll(/%[-+ #0']*(\*)?[\d]*(?:\.(\*|\d+)?)?([a-zA-Z%])/g)].flatMap(([, width, precision, kind]) =>
      kind === "%" ? [] : [...(width ? ["*"] : []), ...(precision === "*" ? ["*"] : []), kind],
    )
    return formatPrintf(
      source,
      values.slice(0, kinds.length).map((value, at) => {
        const kind = kinds[at]
        if (kind === "c")
          return typeof value === "number" ? String.fromCodePoint(Math.max(0, Math.trunc(value)) & 0x1fffff) : this.#text(value)
        if (kind === "s") return this.#text(value)
        const amount = toNumber(value)
        return "diouxX".includes(kind) ? String(BigInt(Number.isFinite(amount) ? Math.trunc(amount) : 0)) : String(amount)
      }),
    ).text
  }

  *#print(statement: Extract<Statement, { kind: "print" }>): Steps<void> {
    const values: Value[] = []
    for (const arg of statement.args) values.push(yield* this.#evaluate(arg))
    const text = statement.format
      ? this.#formatted(values)
      : (values.length === 0
          ? this.#text(this.#field(0))
          : values.map((value) => this.#text(value)).join(this.#text(this.#globals.get("OFS") as Value))) +
        this.#text(this.#globals.get("ORS") as Value)
    if (!statement.to) {
      this.#out += text
      if (this.#out.length > 4_096) yield* this.#flush()
      return
    }
    const target = this.#text(yield* this.#evaluate(statement.to.target))
    if (statement.to.operator === "|") {
      const pipe = this.#open.get(`|${target}`)
      this.#open.set(`|${target}`, { command: target, text: (pipe && "text" in pipe ? pipe.text : "") + text })
      return
    }
    let open = this.#open.get(target)
    if (!open) this.#open.set(target, (open = { fd: yield* this.#process.open(target, statement.to.operator === ">" ? "w" : "a") }))
    if ("fd" in open) yield* this.#process.write(open.fd, text)
  }

  *#execute(statement: Statement): Steps<void> {
    if (this.#process.charge(1)) yield* this.#process.yield()
    switch (statement.kind) {
      case "block":
        for (const one of statement.body) yield* this.#execute(one)
        return
      case "expression":
        yield* this.#evaluate(statement.value)
        return
      case "print":
        return yield* this.#print(statement)
      case "if":
        if (this.#truth(yield* this.#evaluate(statement.test))) yield* this.#execute(statement.yes)
        else if (statement.no) yield* this.#execute(statement.no)
        return
      case "while":
        for (let first = statement.first; first || this.#truth(yield* this.#evaluate(statement.test)); first = false)
          if (yield* this.#loop(statement.body)) return
        return
      case "for":
        if (statement.start) yield* this.#execute(statement.start)
        while (!statement.test || this.#truth(yield* this.#evaluate(statement.test))) {
          if (yield* this.#loop(statement.body)) return
          if (statement.step) yield* this.#execute(statement.step)
        }
        return
      case "each":
        for (const key of [...this.#array(statement.array).keys()]) {
          this.#set(statement.name, { text: key })
          if (yield* this.#loop(statement.body)) return
        }
        return
      case "delete":
        if (statement.keys) this.#array(statement.name).delete(yield* this.#key(statement.keys))
        else this.#array(statement.name).clear()
        return
      case "jump":
        throw new Jump(statement.name, statement.value ? yield* this.#evaluate(statement.value) : "")
    }
  }

  /** True when the loop was left. */
  *#loop(body: Statement): Steps<boolean> {
    try {
      yield* this.#execute(body)
    } catch (error) {
      if (error instanceof Jump && error.kind === "break") return true
      if (!(error instanceof Jump && error.kind === "continue")) throw error
    }
    return false
  }

  *#wanted(rule: Rule): Steps<boolean> {
    const { pattern } = rule
    if (pattern === undefined) return true
    if (!Array.isArray(pattern)) return this.#truth(yield* this.#evaluate(pattern as Expression))
    if (!this.#ranges.has(rule) && !this.#truth(yield* this.#evaluate(pattern[0]))) return false
    if (this.#truth(yield* this.#evaluate(pattern[1]))) this.#ranges.delete(rule)
    else this.#ranges.add(rule)
    return true
  }

  *#rules(which: "BEGIN" | "END"): Steps<void> {
    for (const rule of this.#program.rules) if (rule.pattern === which && rule.action) yield* this.#execute(rule.action)
  }

  get readsInput(): boolean {
    return this.#program.rules.some(({ pattern }) => pattern !== "BEGIN")
  }

  /** Runs the program over its files; the exit code. */
  *run(files: readonly string[], host: AwkHost): Steps<number> {
    let code = 0
    this.#files = files.length > 0 ? [...files] : ["-"]
    if (files.length > 0 && files.every((file) => ASSIGNMENT.test(file))) this.#files.push("-")
    this.#host = host
    const argv = this.#array("ARGV")
    for (const [at, word] of ["awk", ...files].entries()) argv.set(String(at), { text: word })
    this.#globals.set("ARGC", files.length + 1)
    const guarded = function* (work: () => Steps<void>): Steps<boolean> {
      try {
        yield* work()
        return true
      } catch (error) {
        if (!(error instanceof Jump && error.kind === "exit")) throw error
        code = error.value === "" ? code : toNumber(error.value)
        return false
      }
    }
    if (yield* guarded(() => this.#rules("BEGIN"))) if (this.readsInput) yield* guarded(() => this.#records())
    yield* guarded(() => this.#rules("END"))
    yield* this.#flush()
    for (const name of [...this.#open.keys(), ...this.#readers.keys()]) yield* this.#close(name.replace(/^\|/, ""))
    return code || (host.failed() ? 2 : 0)
  }

  /** The next record of the main input; undefined after the last file. */
  *#nextRecord(): Steps<string | undefined> {
    for (;;) {
      if (!this.#main) {
        const file = this.#files.shift()
        if (file === undefined) return undefined
        const assignment = ASSIGNMENT.exec(file)
        if (assignment) {
          this.assign(assignment[1], assignment[2])
          continue
        }
        const fd = yield* (this.#host as AwkHost).open(file)
        if (fd === undefined) continue
        this.#main = new RecordReader(this.#process, fd)
        this.#globals.set("FILENAME", file === "-" ? "" : file)
        this.#globals.set("FNR", 0)
      }
      const reader: RecordReader = this.#main
      const record = yield* reader.next(this.#text(this.#globals.get("RS") as Value))
      if (record !== undefined) {
        for (const name of ["NR", "FNR"]) this.#globals.set(name, toNumber(this.#globals.get(name) as Value) + 1)
        return record
      }
      if (reader.fd !== 0) this.#process.close(reader.fd)
      this.#main = undefined
    }
  }

  *#records(): Steps<void> {
    for (;;) {
      // What was printed is seen before the program waits for more.
      if (this.#out !== "" && !this.#process.fds.get(this.#main?.fd ?? 0)?.hasInput?.()) yield* this.#flush()
      const record = yield* this.#nextRecord()
      if (record === undefined) return
      this.#setRecord(record)
      try {
        for (const rule of this.#program.rules) {
          if (rule.pattern === "BEGIN" || rule.pattern === "END" || !(yield* this.#wanted(rule))) continue
          if (rule.action) yield* this.#execute(rule.action)
          else {
            this.#out += `${this.#text(this.#field(0))}${this.#text(this.#globals.get("ORS") as Value)}`
            if (this.#out.length > 4_096) yield* this.#flush()
          }
        }
      } catch (error) {
        if (!(error instanceof Jump && error.kind === "next")) throw error
      }
    }
  }

  /** getline in all its forms: 1 for a record, 0 at the end, -1 for what cannot be read. */
  *#getline({ target, file, command }: Extract<Expression, { kind: "getline" }>): Steps<number> {
    let record: string | undefined
    if (!file && !command) {
      record = yield* this.#nextRecord()
      if (record === undefined) return 0
    } else {
      yield* this.#flush()
      const name = this.#text(yield* this.#evaluate((command ?? file) as Expression))
      const host = this.#host as AwkHost
      let reader = this.#readers.get(name)
      if (!reader) {
        const fd = command ? yield* host.pipe(name) : yield* host.open(name, true)
        if (fd === undefined) return -1
        this.#readers.set(name, (reader = new RecordReader(this.#process, fd)))
      }
      record = yield* reader.next(this.#text(this.#globals.get("RS") as Value))
      if (record === undefined) return 0
      if (command) this.#globals.set("NR", toNumber(this.#globals.get("NR") as Value) + 1)
    }
    if (target) yield* this.#assign(target, { text: record })
    else this.#setRecord(record)
    return 1
  }

  *#close(name: string): Steps<number> {
    const reader = this.#readers.get(name)
    if (reader) {
      this.#readers.delete(name)
      if (reader.fd !== 0) this.#process.close(reader.fd)
      return 0
    }
    const file = this.#open.get(name)
    if (file && "fd" in file) {
      this.#open.delete(name)
      this.#process.close(file.fd)
      return 0
    }
    const pipe = this.#open.get(`|${name}`)
    if (!pipe || !("command" in pipe)) return -1
    this.#open.delete(`|${name}`)
    yield* this.#flush()
    return this.#host ? yield* this.#host.run(pipe.command, pipe.text) : -1
  }

  #gensub(pattern: string, replacement: string, how: string, text: string): string {
    const regex = compileRegex(pattern, { extended: true })
    const wanted = /^[gG]/.test(how) ? 0 : Math.max(1, Number(how) || 1)
    let [result, from, count] = ["", 0, 0]
    for (let match = regex.find(text, from); match; match = from <= text.length ? regex.find(text, from) : undefined) {
      count++
      const { groups } = match
      const by =
        wanted === 0 || wanted === count
          ? replacement.replace(/\\(.)|&/g, (all, escaped: string | undefined) =>
              all === "&" ? (groups[0] ?? "") : /\d/.test(escaped ?? "") ? (groups[Number(escaped)] ?? "") : (escaped ?? ""),
            )
          : (groups[0] ?? "")
      result += text.slice(from, match.index) + by
      if (match.end === match.index) result += text[match.end] ?? ""
      from = Math.max(match.end, match.index + 1)
      if (wanted === count) break
    }
    return result + text.slice(from)
  }
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=([\s\S]*)$/

/** What awk asks of its process. */
export interface AwkHost {
  /** Opens a file ("-" is standard input). Undefined when it cannot be read, which it tells unless `quiet`. */
  open(name: string, quiet?: boolean): Steps<number | undefined>
  /** Descriptor from which a command's output is read. */
  pipe(command: string): Steps<number | undefined>
  /** Runs a command with that input, or with its own; its exit code. */
  run(command: string, input: string | undefined): Steps<number>
  /** Whether a file could not be read. */
  failed(): boolean
}

export class AwkError extends Error {}
