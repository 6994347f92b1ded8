/** csplit: a file cut where lines match or by their numbers (csplit.c). */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatPrintf } from "../text/printf.ts"
import { compileRegex, type Regex, RegexError } from "../text/regex.ts"
import { allLines, parseOptions, quote, usageError, withNewlines } from "./reading.ts"

/** One operand with the number of times that it is repeated. */
interface Control {
  readonly text: string
  /** The line up to which to cut, or what is looked for. */
  readonly line: number | undefined
  readonly regex: Regex | undefined
  readonly offset: number
  readonly skips: boolean
  repeat: number
}

class CutError extends Error {}

const parseControls = (process: Process, words: readonly string[]): Control[] => {
  const controls: Control[] = []
  for (const text of words) {
    const shown = quote(process, text)
    const repeat = /^\{(\d+|\*)\}$/.exec(text)
    const last = controls.at(-1)
    if (repeat && last) {
      last.repeat = repeat[1] === "*" ? Number.POSITIVE_INFINITY : Number(repeat[1])
      continue
    }
    const pattern = /^([/%])((?:\\.|(?!\1)[^\\])*)(\1?)(.*)$/.exec(text)
    if (pattern) {
      const [, delimiter, source, closed, offset] = pattern
      if (closed === "") throw new CutError(`${text}: closing delimiter '${delimiter}' missing`)
      if (!/^([-+]?\d+)?$/.test(offset)) throw new CutError(`${text}: integer expected after delimiter`)
      try {
        const regex = compileRegex(source.replaceAll(`\\${delimiter}`, delimiter), { extended: false })
        controls.push({ text, line: undefined, regex, offset: Number(offset || 0), skips: delimiter === "%", repeat: 0 })
      } catch (error) {
        if (!(error instanceof RegexError)) throw error
        throw new CutError(`${shown}: invalid regular expression: ${error.message}`)
      }
      continue
    }
    if (!/^\d+$/.test(text)) throw new CutError(`${shown}: invalid pattern`)
    const line = Number(text)
    if (line === 0) throw new CutError(`${text}: line number must be greater than zero`)
    const before = controls.findLast((one) => one.line !== undefined)?.line
    if (before !== undefined && line < before)
      throw new CutError(`line number ${quote(process, text)} is smaller than preceding line number, ${before}`)
    controls.push({ text, line, regex: undefined, offset: 0, skips: false, repeat: 0 })
  }
  return controls
}

/** Goes through the lines and hands on sections. */
class Cutter {
  readonly #process: Process
  readonly #lines: readonly string[]
  readonly #suppresses: boolean
  /** The first line that is not yet in a section, and the last that was looked at, from 0. */
  #from = 0
  #seen = -1

  constructor(process: Process, lines: readonly string[], suppresses: boolean) {
    this.#process = process
    this.#lines = lines
    this.#suppresses = suppresses
  }

  rest(): readonly string[] {
    const section = this.#lines.slice(this.#from)
    this.#from = this.#lines.length
    return section
  }

  /** The next section of `control`, with what went wrong at its end; nothing for a part that is skipped; "done" at the end of a pattern repeated for ever. */
  *next(control: Control, repetition: number): Steps<{ section?: readonly string[]; problem?: string; done?: true }> {
    const shown = quote(this.#process, control.text)
    const again = repetition > 0 ? ` on repetition ${repetition}` : ""
    const outOfRange = `${shown}: line number out of range${again}`
    if (control.line !== undefined) {
      if (this.#suppresses && this.#from >= this.#lines.length) return { section: [], problem: outOfRange }
      const to = Math.max(this.#from, control.line * (repetition + 1) - 1)
      const section = this.#lines.slice(this.#from, to)
      const short = to > this.#lines.length
      this.#from = Math.min(to, this.#lines.length)
      if (this.#suppresses && !short) this.#from++
      return short || (!this.#suppresses && this.#from >= this.#lines.length) ? { section, problem: outOfRange } : { section }
    }
    let found = Math.max(this.#seen + 1, this.#from)
    while (found < this.#lines.length && !control.regex?.test(this.#lines[found])) {
      found++
      if (this.#process.charge(1)) yield* this.#process.yield()
    }
    this.#seen = found
    if (found >= this.#lines.length) {
      const section = control.skips ? undefined : this.rest()
      const own = section === undefined ? {} : { section }
      return control.repeat === Number.POSITIVE_INFINITY ? { ...own, done: true } : { ...own, problem: `${shown}: match not found${again}` }
    }
    const to = found + control.offset
    if (to < this.#from || to > this.#lines.length) return { section: [], problem: `${shown}: line number out of range` }
    const section = this.#lines.slice(this.#from, to)
    this.#from = to
    if (control.offset > 0) this.#seen = to
    if (this.#suppresses) this.#from++
    return control.skips ? {} : { section }
  }
}

export const csplit = defineTool({
  name: "csplit",
  summary: "split a file into sections determined by context lines",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "skqz",
      valued: "fnb",
      long: {
        "prefix=": "f",
        "suffix-format=": "b",
        "digits=": "n",
        quiet: "s",
        silent: "s",
        "elide-empty-files": "z",
        "keep-files": "k",
        "suppress-matched": "suppress",
      },
    })
    if (problem) return yield* usageError(process, "csplit", problem)
    const [file, ...patterns] = words
    if (file === undefined || patterns.length === 0)
      return yield* usageError(process, "csplit", file === undefined ? "missing operand" : `missing operand after ${quote(process, file)}`)
    let controls: Control[]
    try {
      controls = parseControls(process, patterns)
    } catch (error) {
      if (!(error instanceof CutError)) throw error
      yield* process.error(`csplit: ${error.message}\n`)
      return 1
    }
    const { lines, ok } = yield* allLines(process, "csplit", [file])
    if (!ok) return 1
    const made: string[] = []
    const digits = Number(flags.get("n") ?? 2)
    const format = flags.get("b")
    const put = function* (section: readonly string[]): Steps<void> {
      if (section.length === 0 && flags.has("z")) return
      const at = String(made.length)
      const name = `${String(flags.get("f") ?? "xx")}${typeof format === "string" ? formatPrintf(format, [at]).text : at.padStart(digits, "0")}`
      const text = withNewlines(section)
      process.files.write(name, text)
      made.push(name)
      if (!flags.has("s") && !flags.has("q")) yield* process.print(`${new TextEncoder().encode(text).length}\n`)
    }
    const cutter = new Cutter(process, lines, flags.has("suppress"))
    for (const control of controls)
      for (let repetition = 0; repetition <= control.repeat; repetition++) {
        const { section, problem: wrong, done } = yield* cutter.next(control, repetition)
        if (section !== undefined) yield* put(section)
        if (wrong !== undefined) {
          yield* process.error(`csplit: ${wrong}\n`)
          if (!flags.has("k")) for (const name of made) process.files.remove(name)
          return 1
        }
        if (done) return 0
      }
    yield* put(cutter.rest())
    return 0
  },
})
