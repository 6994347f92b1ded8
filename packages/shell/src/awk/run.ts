/** awk's interpreter. */
import type { Process, Steps } from "@drydock/machine"
import { callBuiltin, type Random } from "./functions.ts"
import { RecordReader } from "./records.ts"
import { type AwkHost, Streams } from "./streams.ts"
import { byteLength } from "./bytes.ts"
import { loopOrder } from "./order.ts"
import { AwkError, type AwkFunction, type Expression, type Program, type Rule, type Statement } from "./syntax.ts"
import { unescapeString } from "./tokens.ts"
import {
  formatted,
  looksNumeric,
  numberText,
  regexOf,
  splitText,
  substituting,
  TooFewError,
  toNumber,
  truth,
  UNSET,
  type Value,
} from "./values.ts"

class Jump extends Error {
  readonly kind: "next" | "nextfile" | "break" | "continue" | "exit" | "return"
  readonly value: Value
  constructor(kind: Jump["kind"], value: Value = "") {
    super(kind)
    this.kind = kind
    this.value = value
  }
}

interface Frame {
  readonly parameters: readonly string[]
  readonly values: Map<string, Value>
  readonly arrays: Map<string, Map<string, Value>>
}

/** The longest text a program may make, and the most elements its arrays may hold together. */
const MAX_TEXT = 1 << 23
const MAX_ELEMENTS = 2_000_000

const ASSIGNMENT = /^([A-Za-z_]\w*)=([\s\S]*)$/

export class Awk {
  readonly #process: Process
  readonly #program: Program
  readonly #host: AwkHost
  readonly #streams: Streams
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
  readonly #frames: Frame[] = []
  readonly #ranges = new Set<Rule>()
  readonly #random: Random
  #elements = 0
  #record = ""
  #fields: string[] | undefined
  #stale = false
  #main: RecordReader | undefined
  /** The next operand, by its index in ARGV. */
  #operand = 1
  #anyFile = false

  constructor(process: Process, program: Program, host: AwkHost) {
    this.#process = process
    this.#program = program
    this.#host = host
    this.#streams = new Streams(process, host)
    const seed = Math.floor(process.random() * 1_000_000)
    this.#random = { seed, state: seed }
    const environment = this.#array("ENVIRON")
    for (const [name, value] of process.env) environment.set(name, { text: value })
  }

  assign(name: string, text: string): void {
    this.#set(name, { text: unescapeString(text) })
  }

  readonly #text = (value: Value): string => {
    if (typeof value === "string") return value
    if (typeof value !== "number") return value.text
    return numberText(value, this.#globals.get("CONVFMT") as string)
  }

  /** A value as print shows it. */
  #shown(value: Value): string {
    return typeof value === "number" ? numberText(value, this.#text(this.#globals.get("OFMT") as Value)) : this.#text(value)
  }

  #compare(a: Value, b: Value): number {
    const numeric = (value: Value) =>
      typeof value === "number" || value === UNSET || (typeof value === "object" && looksNumeric(value.text))
    if (numeric(a) && numeric(b)) return toNumber(a) - toNumber(b)
    const [x, y] = [this.#text(a), this.#text(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }

  #variable(name: string): string {
    return this.#text(this.#globals.get(name) ?? UNSET)
  }

  #setRecord(text: string): void {
    this.#record = text
    this.#fields = undefined
    this.#stale = false
  }

  #allFields(): string[] {
    if (!this.#fields) {
      this.#fields = splitText(this.#record, this.#variable("FS"), this.#variable("RS") === "")
      this.#globals.set("NF", this.#fields.length)
    }
    return this.#fields
  }

  readonly #wholeRecord = (): Value => {
    if (this.#stale) {
      this.#record = this.#allFields().join(this.#variable("OFS"))
      this.#stale = false
    }
    return { text: this.#record }
  }

  #index(value: Value): number {
    const index = Math.trunc(toNumber(value))
    if (index < 0) throw new AwkError(`run time error: negative field index $${index}`)
    if (index > 1_000_000) throw new AwkError(`run time error: field index $${index} exceeds limit`)
    return index
  }

  #field(index: number): Value {
    if (index === 0) return this.#wholeRecord()
    const text = this.#allFields()[index - 1]
    return text === undefined ? UNSET : { text }
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
    return this.#frames[this.#frames.length - 1]?.values.get(name) ?? this.#globals.get(name) ?? UNSET
  }

  #set(name: string, value: Value): void {
    const frame = this.#frames[this.#frames.length - 1]
    if (frame?.values.has(name)) frame.values.set(name, value)
    else this.#globals.set(name, name === "CONVFMT" ? this.#text(value) : value)
    if (name === "NF") {
      const fields = this.#allFields()
      const wanted = this.#index(value)
      while (fields.length < wanted) fields.push("")
      fields.length = wanted
      this.#globals.set("NF", wanted)
      this.#stale = true
    }
  }

  #array(name: string): Map<string, Value> {
    const frame = this.#frames[this.#frames.length - 1]
    const holder = frame?.parameters.includes(name) ? frame.arrays : this.#arrays
    let array = holder.get(name)
    if (!array) holder.set(name, (array = new Map()))
    return array
  }

  #isArray(name: string): boolean {
    const frame = this.#frames[this.#frames.length - 1]
    return frame?.parameters.includes(name) ? frame.arrays.has(name) : this.#arrays.has(name)
  }

  #put(array: Map<string, Value>, key: string, value: Value): void {
    if (!array.has(key) && ++this.#elements > MAX_ELEMENTS) throw new AwkError("program limit exceeded: out of memory")
    array.set(key, value)
  }

  *#key(keys: readonly Expression[]): Steps<string> {
    if (keys.length === 1) return this.#text(yield* this.#evaluate(keys[0]))
    const parts: string[] = []
    for (const key of keys) parts.push(this.#text(yield* this.#evaluate(key)))
    return parts.join(this.#variable("SUBSEP"))
  }

  *#assign(target: Expression, value: Value): Steps<Value> {
    if (target.kind === "variable") this.#set(target.name, value)
    else if (target.kind === "field") this.#setField(this.#index(yield* this.#evaluate(target.index)), value)
    else if (target.kind === "element") this.#put(this.#array(target.name), yield* this.#key(target.keys), value)
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
        return a / b
      case "%":
        return a % b
      default:
        return a ** b
    }
  }

  *#matches(value: Value, pattern: Expression): Steps<boolean> {
    const source = pattern.kind === "regex" ? pattern.source : this.#text(yield* this.#evaluate(pattern))
    const text = this.#text(value)
    if (text.length > 4_096 && this.#process.charge(text.length >> 9)) yield* this.#process.yield()
    return regexOf(source).test(text)
  }

  *#evaluate(expression: Expression): Steps<Value> {
    if (this.#process.charge(1)) yield* this.#process.yield()
    switch (expression.kind) {
      case "number":
      case "string":
        return expression.value
      case "regex":
        return (yield* this.#matches(this.#wholeRecord(), expression)) ? 1 : 0
      case "variable":
        return this.#get(expression.name)
      case "field":
        return this.#field(
          expression.index.kind === "number" ? expression.index.value : this.#index(yield* this.#evaluate(expression.index)),
        )
      case "element": {
        const array = this.#array(expression.name)
        const key = yield* this.#key(expression.keys)
        const value = array.get(key)
        if (value !== undefined) return value
        this.#put(array, key, UNSET)
        return UNSET
      }
      case "in":
        return this.#array(expression.name).has(yield* this.#key(expression.keys)) ? 1 : 0
      case "list":
        return yield* this.#key(expression.items)
      case "unary": {
        const value = yield* this.#evaluate(expression.operand)
        return expression.operator === "!" ? (truth(value) ? 0 : 1) : expression.operator === "-" ? -toNumber(value) : toNumber(value)
      }
      case "ternary":
        return yield* this.#evaluate(truth(yield* this.#evaluate(expression.test)) ? expression.yes : expression.no)
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
      case "binary":
        return yield* this.#binary(expression)
      case "getline":
        return yield* this.#getline(expression)
      case "call":
        return yield* this.#call(expression.name, expression.args)
    }
  }

  *#binary({ operator, left: first, right: second }: Extract<Expression, { kind: "binary" }>): Steps<Value> {
    const left = yield* this.#evaluate(first)
    if (operator === "&&") return truth(left) && truth(yield* this.#evaluate(second)) ? 1 : 0
    if (operator === "||") return truth(left) || truth(yield* this.#evaluate(second)) ? 1 : 0
    if (operator === "~" || operator === "!~") return (yield* this.#matches(left, second)) === (operator === "~") ? 1 : 0
    const right = yield* this.#evaluate(second)
    switch (operator) {
      case " ": {
        const text = this.#text(left) + this.#text(right)
        if (text.length > MAX_TEXT) throw new AwkError("program limit exceeded: out of memory")
        if (text.length > 65_536 && this.#process.charge(text.length >> 13)) yield* this.#process.yield()
        return text
      }
      case "<":
        return this.#compare(left, right) < 0 ? 1 : 0
      case "<=":
        return this.#compare(left, right) <= 0 ? 1 : 0
      case "==":
        return this.#compare(left, right) === 0 ? 1 : 0
      case "!=":
        return this.#compare(left, right) !== 0 ? 1 : 0
      case ">":
        return this.#compare(left, right) > 0 ? 1 : 0
      case ">=":
        return this.#compare(left, right) >= 0 ? 1 : 0
      default:
        return this.#arithmetic(operator, toNumber(left), toNumber(right))
    }
  }

  *#own(name: string, { parameters, arrays, body }: AwkFunction, args: readonly Expression[]): Steps<Value> {
    if (this.#frames.length > 200) throw new AwkError("function call nesting too deep")
    if (args.length > parameters.length) throw new AwkError(`line 1: too many arguments in call to ${name}`)
    const frame: Frame = { parameters, values: new Map(), arrays: new Map() }
    for (const [at, parameter] of parameters.entries()) {
      const arg = args[at]
      if (arg?.kind === "variable" && (arrays.has(parameter) || this.#isArray(arg.name))) frame.arrays.set(parameter, this.#array(arg.name))
      else if (!arrays.has(parameter)) frame.values.set(parameter, arg ? yield* this.#evaluate(arg) : UNSET)
    }
    this.#frames.push(frame)
    try {
      yield* this.#execute(body)
      return UNSET
    } catch (error) {
      if (error instanceof Jump && error.kind === "return") return error.value
      throw error
    } finally {
      this.#frames.pop()
    }
  }

  /** The source of a pattern that is an argument. */
  *#pattern(arg: Expression): Steps<string> {
    return arg.kind === "regex" ? arg.source : this.#text(yield* this.#evaluate(arg))
  }

  *#call(name: string, args: readonly Expression[]): Steps<Value> {
    const own = this.#program.functions.get(name)
    if (own) return yield* this.#own(name, own, args)
    const [first, second] = args
    switch (name) {
      case "split": {
        if (second?.kind !== "variable") throw new AwkError("type error in arg(2) in call to split")
        const text = this.#text(yield* this.#evaluate(first))
        const separator =
          args[2]?.kind === "regex" ? regexOf(args[2].source) : args[2] ? yield* this.#pattern(args[2]) : this.#variable("FS")
        const parts = splitText(text, separator)
        const array = this.#array(second.name)
        this.#elements -= array.size
        array.clear()
        for (const [at, part] of parts.entries()) this.#put(array, String(at + 1), { text: part })
        return parts.length
      }
      case "sub":
      case "gsub": {
        const regex = regexOf(yield* this.#pattern(first))
        const replacement = this.#text(yield* this.#evaluate(second))
        const target: Expression = args[2] ?? { kind: "field", index: { kind: "number", value: 0 } }
        const before = this.#text(yield* this.#evaluate(target))
        const work = substituting(regex, replacement, before, name === "gsub")
        let step = work.next()
        for (; !step.done; step = work.next()) if (this.#process.charge(256)) yield* this.#process.yield()
        const { text, changed } = step.value
        if (text.length > MAX_TEXT) throw new AwkError("program limit exceeded: out of memory")
        if (this.#process.charge((changed & 127) + (before.length >> 8))) yield* this.#process.yield()
        if (changed > 0) yield* this.#assign(target, text)
        return changed
      }
      case "match": {
        const text = this.#text(yield* this.#evaluate(first))
        const found = regexOf(yield* this.#pattern(second)).find(text)
        const start = found ? byteLength(text.slice(0, found.index)) + 1 : 0
        this.#globals.set("RSTART", start)
        this.#globals.set("RLENGTH", found ? byteLength(text.slice(found.index, found.end)) : -1)
        return start
      }
      case "length":
        if (first?.kind === "variable" && this.#isArray(first.name)) return this.#array(first.name).size
        break
      case "fflush":
        yield* this.#streams.flush()
        return 0
      case "close":
        return yield* this.#streams.close(this.#text(yield* this.#evaluate(first)))
      case "system":
        return yield* this.#streams.system(this.#text(yield* this.#evaluate(first)))
    }
    const values: Value[] = []
    for (const arg of args) values.push(yield* this.#evaluate(arg))
    const context = { process: this.#process, random: this.#random, record: this.#wholeRecord, text: this.#text }
    try {
      return callBuiltin(name, values, context) ?? UNSET
    } catch (error) {
      if (!(error instanceof TooFewError)) throw error
      throw new AwkError(this.#tooFew("sprintf", error.format))
    }
  }

  /** What comes before the first directive without an argument is printed still. */
  *#printf(statement: Extract<Statement, { kind: "print" }>, format: string, values: readonly Value[]): Steps<string> {
    try {
      return formatted(format, values, this.#text)
    } catch (error) {
      if (!(error instanceof TooFewError)) throw error
      if (!statement.to) yield* this.#streams.print(error.before)
      yield* this.#streams.flush()
      throw new AwkError(this.#tooFew("printf", format))
    }
  }

  #tooFew(name: string, format: string): string {
    const [file, fnr, nr] = ["FILENAME", "FNR", "NR"].map((one) => this.#variable(one))
    return `run time error: not enough arguments passed to ${name}("${format}")\n\tFILENAME="${file}" FNR=${fnr || 0} NR=${nr || 0}`
  }

  *#print(statement: Extract<Statement, { kind: "print" }>): Steps<void> {
    const values: Value[] = []
    for (const arg of statement.args) values.push(yield* this.#evaluate(arg))
    const text = statement.format
      ? yield* this.#printf(statement, this.#text(values[0]), values.slice(1))
      : (values.length === 0 ? this.#text(this.#wholeRecord()) : values.map((value) => this.#shown(value)).join(this.#variable("OFS"))) +
        this.#variable("ORS")
    if (!statement.to) yield* this.#streams.print(text)
    else yield* this.#streams.write(statement.to.operator, this.#text(yield* this.#evaluate(statement.to.target)), text)
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
        if (truth(yield* this.#evaluate(statement.test))) yield* this.#execute(statement.yes)
        else if (statement.no) yield* this.#execute(statement.no)
        return
      case "while":
        for (let first = statement.first; first || truth(yield* this.#evaluate(statement.test)); first = false)
          if (yield* this.#loop(statement.body)) return
        return
      case "for":
        if (statement.start) yield* this.#execute(statement.start)
        while (!statement.test || truth(yield* this.#evaluate(statement.test))) {
          if (yield* this.#loop(statement.body)) return
          if (statement.step) yield* this.#execute(statement.step)
        }
        return
      case "each":
        for (const key of loopOrder([...this.#array(statement.array).keys()])) {
          this.#set(statement.name, { text: key })
          if (yield* this.#loop(statement.body)) return
        }
        return
      case "delete": {
        const array = this.#array(statement.name)
        if (!statement.keys) {
          this.#elements -= array.size
          array.clear()
        } else if (array.delete(yield* this.#key(statement.keys))) this.#elements--
        return
      }
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
    if (!Array.isArray(pattern)) return truth(yield* this.#evaluate(pattern as Expression))
    if (!this.#ranges.has(rule) && !truth(yield* this.#evaluate(pattern[0]))) return false
    if (truth(yield* this.#evaluate(pattern[1]))) this.#ranges.delete(rule)
    else this.#ranges.add(rule)
    return true
  }

  *#rules(which: "BEGIN" | "END"): Steps<void> {
    for (const rule of this.#program.rules) if (rule.pattern === which && rule.action) yield* this.#execute(rule.action)
  }

  /** Runs the program over its operands; the exit code. */
  *run(operands: readonly string[]): Steps<number> {
    let code = 0
    const argv = this.#array("ARGV")
    for (const [at, word] of ["awk", ...operands].entries()) argv.set(String(at), { text: word })
    this.#globals.set("ARGC", operands.length + 1)
    const guarded = function* (work: () => Steps<void>): Steps<boolean> {
      try {
        yield* work()
        return true
      } catch (error) {
        if (!(error instanceof Jump && error.kind === "exit")) throw error
        code = error.value === "" ? code : toNumber(error.value) & 0xff
        return false
      }
    }
    const readsInput = this.#program.rules.some(({ pattern }) => pattern !== "BEGIN")
    const going = yield* guarded(() => this.#rules("BEGIN"))
    // What exits in BEGIN reads nothing, and still comes to its END.
    if (going && readsInput) yield* guarded(() => this.#records())
    yield* guarded(() => this.#rules("END"))
    yield* this.#streams.closeAll()
    return code || (this.#host.failed() ? 2 : 0)
  }

  /** The next operand that is a file; assignments between them happen as they come. */
  #nextFile(): string | undefined {
    const argv = this.#array("ARGV")
    while (this.#operand < toNumber(this.#globals.get("ARGC") ?? 0)) {
      const word = this.#text(argv.get(String(this.#operand++)) ?? "")
      const assignment = ASSIGNMENT.exec(word)
      if (assignment) this.assign(assignment[1], assignment[2])
      else if (word !== "") {
        this.#anyFile = true
        return word
      }
    }
    if (this.#anyFile) return undefined
    this.#anyFile = true
    return "-"
  }

  /** The next record of the main input; undefined after the last file. */
  *#nextRecord(): Steps<string | undefined> {
    for (;;) {
      if (!this.#main) {
        const file = this.#nextFile()
        if (file === undefined) return undefined
        const fd = yield* this.#host.open(file)
        if (fd === undefined) continue
        this.#main = new RecordReader(this.#process, fd)
        this.#globals.set("FILENAME", file === "-" ? "" : file)
        this.#globals.set("FNR", 0)
      }
      const reader: RecordReader = this.#main
      const record = yield* reader.next(this.#variable("RS"))
      if (record !== undefined) {
        for (const name of ["NR", "FNR"]) this.#globals.set(name, toNumber(this.#globals.get(name) as Value) + 1)
        return record
      }
      this.#closeMain()
    }
  }

  #closeMain(): void {
    if (this.#main && this.#main.fd > 2) this.#process.close(this.#main.fd)
    this.#main = undefined
  }

  *#records(): Steps<void> {
    for (;;) {
      // What was printed is seen before the program waits for more.
      if (this.#streams.pending && !this.#process.fds.get(this.#main?.fd ?? 0)?.hasInput?.()) yield* this.#streams.flush()
      const record = yield* this.#nextRecord()
      if (record === undefined) return
      this.#setRecord(record)
      try {
        for (const rule of this.#program.rules) {
          if (rule.pattern === "BEGIN" || rule.pattern === "END" || !(yield* this.#wanted(rule))) continue
          if (rule.action) yield* this.#execute(rule.action)
          else yield* this.#streams.print(this.#text(this.#wholeRecord()) + this.#variable("ORS"))
        }
      } catch (error) {
        if (!(error instanceof Jump) || (error.kind !== "next" && error.kind !== "nextfile")) throw error
        if (error.kind === "nextfile") this.#closeMain()
      }
    }
  }

  /** getline in all its forms: 1 for a record, 0 at the end, -1 for what cannot be read. */
  *#getline({ target, file, command }: Extract<Expression, { kind: "getline" }>): Steps<number> {
    let record: string | undefined
    const source = command ?? file
    if (!source) record = yield* this.#nextRecord()
    else {
      const name = this.#text(yield* this.#evaluate(source))
      const found = yield* this.#streams.read(name, command !== undefined, this.#variable("RS"))
      if (found === false) return -1
      if (command && found !== undefined) this.#globals.set("NR", toNumber(this.#globals.get("NR") as Value) + 1)
      record = found
    }
    if (record === undefined) return 0
    if (target) yield* this.#assign(target, { text: record })
    else this.#setRecord(record)
    return 1
  }
}
