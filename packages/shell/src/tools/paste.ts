/** paste: lines of files side by side. */
import { type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\", 0: "" }

export const paste = defineTool({
  name: "paste",
  busybox: true,
  summary: "merge lines of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "sz", valued: "d", long: { "delimiters=": "d", serial: "s" } })
    if (problem) return yield* usageError(process, "paste", problem)
    const delimiters = [...String(flags.get("d") ?? "\t").matchAll(/\\(.)|([\s\S])/g)].map(
      ([, escaped, plain]) => plain ?? ESCAPES[escaped] ?? escaped,
    )
    const glue = (at: number) => delimiters[at % delimiters.length] ?? ""
    // Several "-" share standard input, a line each in turn.
    const names = words.length > 0 ? words : ["-"]
    const dashes = names.filter((name) => name === "-").length
    let own: string[] | undefined
    let taken = 0
    const columns: string[][] = []
    const read = function* (name: string): Steps<string[]> {
      const data = yield* readFile(process, name)
      const text = new TextDecoder().decode(data)
      return text === "" ? [] : text.replace(/\n$/, "").split("\n")
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
    if (flags.has("s")) yield* process.print(columns.map((lines) => `${join(lines)}\n`).join(""))
    else {
      const rows = Math.max(0, ...columns.map((lines) => lines.length))
      if (process.charge(rows)) yield* process.yield()
      yield* process.print(Array.from({ length: rows }, (_, at) => `${join(columns.map((lines) => lines[at] ?? ""))}\n`).join(""))
    }
    return 0
  },
})
