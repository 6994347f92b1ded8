/** A run of jq: a program over its inputs, what it gives printed as it comes. */
import type { Process, Steps } from "@drydock/machine"
import { MatchLimitError } from "../text/perl-regex.ts"
import { JqError } from "./error.ts"
import { Inputs } from "./inputs.ts"
import type { Json } from "./json.ts"
import type { JqOptions } from "./options.ts"
import { Printer, printJson } from "./print-json.ts"
import { compileJq, type Program } from "./program.ts"
import { JsonSyntaxError } from "./read-json.ts"

/** Steps of a program at a time, and the fuel that they are. */
export const STEPS = 4_000
export const STEPS_COST = 800

export class Run {
  readonly #process: Process
  readonly #options: JqOptions
  readonly #inputs: Inputs
  readonly #program: Program
  #output = ""
  #said = ""
  #last: Json | undefined
  #failed = false

  /** Throws JqSyntaxError, CompileError. */
  constructor(process: Process, options: JqOptions) {
    this.#process = process
    this.#options = options
    this.#inputs = new Inputs(process, options)
    this.#program = compileJq(options.filter, {
      variables: options.variables,
      environment: process.env,
      now: () => process.now(),
      lines: () => this.#inputs.lines,
      fileName: () => this.#inputs.fileName,
      tell: (text) => {
        this.#said += text
      },
    })
  }

  *#flush(): Steps<void> {
    const [said, output] = [this.#said, this.#output]
    this.#said = this.#output = ""
    if (output !== "") yield* this.#process.print(output)
    if (said !== "") yield* this.#process.error(said)
  }

  *#print(value: Json): Steps<void> {
    const { raw, join, print, seq, zero } = this.#options
    const end = join ? "" : zero ? "\0" : "\n"
    if (seq) this.#output += "\x1e"
    if (raw && typeof value === "string") this.#output += value + end
    else {
      const printer = new Printer(value, print)
      while (!printer.step(500)) {
        this.#output += printer.text
        printer.text = ""
        yield* this.#flush()
        if (this.#process.charge(250)) yield* this.#process.yield()
      }
      this.#output += printer.text + end
    }
    if (this.#output.length > 16_384 || this.#said !== "") yield* this.#flush()
  }

  /** Runs over one input; an exit code where the program wants to end. */
  *#one(input: Json): Steps<number | undefined> {
    this.#program.start(input)
    try {
      for (;;) {
        const event = this.#program.step(STEPS)
        if (event.kind === "end") break
        if (event.kind === "output") {
          this.#last = event.value
          yield* this.#print(event.value)
        } else if (event.kind === "input") this.#program.provide(yield* this.#inputs.next())
        if (this.#process.charge(event.kind === "paused" ? STEPS_COST : 1)) yield* this.#process.yield()
      }
    } catch (error) {
      yield* this.#flush()
      if (error instanceof JqError) return yield* this.#raised(error)
      if (!(error instanceof MatchLimitError)) throw error
      yield* this.#process.error(`jq: error: ${error.message}\n`)
      this.#failed = true
    }
    yield* this.#flush()
    return undefined
  }

  *#raised(error: JqError): Steps<number | undefined> {
    const { value, exit } = error
    if (exit) {
      if (exit.tell) yield* this.#process.error(typeof value === "string" ? value : `${printJson(value)}\n`)
      return exit.code & 255
    }
    this.#failed = true
    const text = typeof value === "string" ? `: ${value}` : ` (not a string): ${printJson(value)}`
    yield* this.#process.error(`jq: error (at ${this.#where()})${text}\n`)
    return undefined
  }

  #where(): string {
    return this.#inputs.opened ? `${this.#inputs.fileName ?? "<stdin>"}:${this.#inputs.lines}` : "<unknown>"
  }

  *run(): Steps<number> {
    try {
      if (this.#options.nullInput) {
        const code = yield* this.#one(null)
        if (code !== undefined) return code
      } else
        for (let next = yield* this.#inputs.next(); next !== undefined; next = yield* this.#inputs.next()) {
          const code = yield* this.#one(next)
          if (code !== undefined) return code
        }
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error
      yield* this.#flush()
      yield* this.#process.error(`jq: parse error: ${error.message}\n`)
      return 2
    }
    if (this.#failed) return 5
    if (!this.#inputs.ok) return 2
    if (!this.#options.exitStatus) return 0
    return this.#last === undefined ? 4 : this.#last === null || this.#last === false ? 1 : 0
  }
}
