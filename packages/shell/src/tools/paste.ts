/** paste: lines of files side by side. */
import { type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { printEach } from "./pacing.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\", 0: "" }

export const paste = defineTool({
  name: "paste",
  busybox: true,
  summary: "merge lines of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "sz",
      valued: "d",
      long: { "delimiters=": "d", serial: "s", "zero-terminated": "z" },
    })
    if (problem) return yield* usageError(process, "paste", problem)
    const list = String(flags.get("d") ?? "\t")
    if (/(^|[^\\])(\\\\)*\\$/.test(list)) {
      yield* process.error(`paste: delimiter list ends with an unescaped backslash: ${list}\n`)
      return 1
    }
    const delimiters = [...list.matchAll(/\\(.)|([\s\S])/g)].map(([, escaped, plain]) => plain ?? ESCAPES[escaped] ?? escaped)
    const end = flags.has("z") ? "\0" : "\n"
    const glue = (at: number) => delimiters[at % delimiters.length] ?? ""
    // Several "-" share standard input, a line each in turn.
    const names = words.length > 0 ? words : ["-"]
    const dashes = names.filter((name) => name === "-").length
    let own: string[] | undefined
    let taken = 0
    const columns: string[][] = []
    const read = function* (name: string): Steps<string[]> {
      const text = new TextDecoder().decode(yield* readFile(process, name))
      if (process.charge(text.length >> 6)) yield* process.yield()
      return text === "" ? [] : (text.endsWith(end) ? text.slice(0, -1) : text).split(end)
    }
    for (const name of names) {
      try {
        if (name !== "-") columns.push(yield* read(name))
        else {
          own ??= yield* read("-")
          const first = taken++
          columns.push(flags.has("s") ? (first === 0 ? own : []) : own.filter((_, at) => at % dashes === first))
        }
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`paste: ${name}: ${error.message}\n`)
        return 1
      }
    }
    const join = (cells: readonly string[]) => cells.map((cell, at) => (at > 0 ? glue(at - 1) : "") + cell).join("")
    if (flags.has("s"))
      for (const lines of columns) {
        yield* printEach(process, lines, (line, at) => (at > 0 ? glue(at - 1) : "") + line)
        yield* process.print(end)
      }
    else {
      const rows = Math.max(0, ...columns.map((lines) => lines.length))
      yield* printEach(process, Array(rows).keys(), (at) => `${join(columns.map((lines) => lines[at] ?? ""))}${end}`, 1 + columns.length)
    }
    return 0
  },
})
