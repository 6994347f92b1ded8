/** bc: arithmetic of any precision; its language is in ../bc. */
import { SystemError } from "@drydock/machine"
import { Calculator } from "../bc/run.ts"
import { BcError, parseBc } from "../bc/parse.ts"
import { defineTool } from "../define-tool.ts"
import { parseOptions, readFile } from "./reading.ts"

export const bc = defineTool({
  name: "bc",
  busybox: true,
  plain: true,
  summary: "an arbitrary precision calculator",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "lqiswhv",
      long: { mathlib: "l", quiet: "q", interactive: "i", standard: "s", warn: "w", help: "h", version: "v" },
    })
    if (flags.has("h")) {
      yield* process.print("usage: bc [options] [file ...]\n")
      return 0
    }
    if (flags.has("v")) {
      yield* process.print("bc 1.07.1\n")
      return 0
    }
    const length = Number(process.env.get("BC_LINE_LENGTH") ?? 70)
    const calculator = new Calculator(process, flags.has("l"), length === 0 ? Infinity : length < 3 ? 70 : length)
    for (const file of words) {
      let text: string
      try {
        text = new TextDecoder().decode(yield* readFile(process, file))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`File ${file} is unavailable.\n`)
        return 1
      }
      if (yield* calculator.source(text, file)) return 0
    }
    // Statements run as soon as they are whole: a terminal is answered line by line.
    let pending = ""
    let line = 0
    let first = 1
    for (let text = yield* process.readLine(0); text !== undefined; text = yield* process.readLine(0)) {
      line++
      if (process.charge(2)) yield* process.yield()
      if (pending === "") first = line
      pending += `${text}\n`
      if (text.endsWith("\\")) continue
      let open = false
      try {
        parseBc(pending, "(standard_in)", first)
      } catch (error) {
        if (!(error instanceof BcError)) throw error
        open = error.unfinished
      }
      if (open && pending.length < 100_000) continue
      const whole = pending
      pending = ""
      if (yield* calculator.source(whole, "(standard_in)", first)) return 0
    }
    if (pending !== "") yield* calculator.source(pending, "(standard_in)", first)
    return 0
  },
})
