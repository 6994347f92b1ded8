/** Says what was done to an object, or prints it in the format that was asked for. As printers.NamePrinter with an operation. */
import type { Process, Steps } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { type DryRun, dryRun } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { type ObjectPrinter, objectName, objectPrinter, printObject } from "./objects.ts"

const SUFFIX: Readonly<Record<DryRun, string>> = { none: "", client: " (dry run)", server: " (server dry run)" }

/** One for all objects of a command. */
export class Reporter {
  readonly #process: Process
  readonly #printer: ObjectPrinter | undefined
  readonly #suffix: string

  /** `dry`: whether a dry run is told as one; upstream forgets it in some commands. */
  constructor(process: Process, input: Input, { dry = true } = {}) {
    this.#process = process
    this.#printer = objectPrinter(process, input)
    this.#suffix = dry ? SUFFIX[dryRun(input)] : ""
  }

  get format(): string | undefined {
    return this.#printer?.format
  }

  *say(object: KubeObject, done: string): Steps<void> {
    if (this.#printer) yield* printObject(this.#process, this.#printer, object)
    else yield* this.#process.print(`${objectName(object)} ${done}${this.#suffix}\n`)
  }
}
