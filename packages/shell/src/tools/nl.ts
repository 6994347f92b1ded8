/** nl: numbers lines. */
import { defineTool } from "../define-tool.ts"
import { compileRegex } from "../text/regex.ts"
import { allLines, parseOptions, usageError } from "./reading.ts"

export const nl = defineTool({
  name: "nl",
  busybox: true,
  summary: "number lines of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "p",
      valued: "bfhvisnwld",
      long: {
        "body-numbering=": "b",
        "number-format=": "n",
        "number-separator=": "s",
        "number-width=": "w",
        "starting-line-number=": "v",
        "line-increment=": "i",
      },
    })
    if (problem) return yield* usageError(process, "nl", problem)
    const { lines, ok } = yield* allLines(process, "nl", words)
    const style = String(flags.get("b") ?? "t")
    const width = Number(flags.get("w") ?? 6)
    const separator = String(flags.get("s") ?? "\t")
    const format = String(flags.get("n") ?? "rn")
    const step = Number(flags.get("i") ?? 1)
    const regex = style.startsWith("p") ? compileRegex(style.slice(1), { extended: false }) : undefined
    let number = Number(flags.get("v") ?? 1)
    let text = ""
    for (const line of lines) {
      if (process.charge(1)) yield* process.yield()
      const counts = style === "a" || (style === "t" && line !== "") || regex?.test(line) === true
      if (!counts) {
        text += `${" ".repeat(width + separator.length)}${line}\n`
        continue
      }
      const digits = String(number)
      const shown = format === "ln" ? digits.padEnd(width) : digits.padStart(width, format === "rz" ? "0" : " ")
      text += `${shown}${separator}${line}\n`
      number += step
    }
    yield* process.print(text)
    return ok ? 0 : 1
  },
})
