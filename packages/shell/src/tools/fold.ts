/** fold, expand, unexpand, fmt: lines of another width. */
import { defineTool } from "../define-tool.ts"
import { printEach } from "./pacing.ts"
import { allLines, parseOptions, usageError, withNewlines } from "./reading.ts"

export const fold = defineTool({
  name: "fold",
  busybox: true,
  summary: "wrap each line to a width",
  *run(process, args) {
    const old = args.map((word) => word.replace(/^(-[bs]*)(\d+)$/, "$1w$2"))
    const { flags, words, problem } = parseOptions(old, { letters: "bs", valued: "w", long: { "width=": "w", spaces: "s", bytes: "b" } })
    if (problem) return yield* usageError(process, "fold", problem)
    const width = Number(flags.get("w") ?? 80)
    if (!(width > 0)) return yield* usageError(process, "fold", `invalid number of columns: '${String(flags.get("w"))}'`)
    const { lines, ok } = yield* allLines(process, "fold", words)
    const rows = function* (): Generator<string> {
      for (const line of lines) {
        const characters = [...line]
        let from = 0
        while (characters.length - from > width) {
          const blank = flags.has("s") ? characters.slice(from, from + width).lastIndexOf(" ") : -1
          const end = from + (blank >= 0 ? blank + 1 : width)
          yield characters.slice(from, end).join("")
          from = end
        }
        yield characters.slice(from).join("")
      }
    }
    yield* printEach(process, rows(), (row) => `${row}\n`)
    return ok ? 0 : 1
  },
})

export const expand = defineTool({
  name: "expand",
  busybox: true,
  summary: "convert tabs to spaces",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "i", valued: "t", long: { "tabs=": "t", initial: "i" } })
    if (problem) return yield* usageError(process, "expand", problem)
    const size = Math.max(1, Number(flags.get("t") ?? 8))
    const { lines, ok } = yield* allLines(process, "expand", words)
    const expanded = (line: string): string => {
      let column = 0
      let text = ""
      for (const character of line) {
        const blanks = character === "\t" ? size - (column % size) : 0
        text += character === "\t" ? " ".repeat(blanks) : character
        column += blanks || 1
      }
      return `${text}\n`
    }
    yield* printEach(process, lines, expanded)
    return ok ? 0 : 1
  },
})

export const unexpand = defineTool({
  name: "unexpand",
  busybox: true,
  summary: "convert spaces to tabs",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "a", valued: "t", long: { all: "a", "tabs=": "t", "first-only": "f" } })
    if (problem) return yield* usageError(process, "unexpand", problem)
    const size = Math.max(1, Number(flags.get("t") ?? 8))
    const { lines, ok } = yield* allLines(process, "unexpand", words)
    const shown = (line: string): string => {
      let [text, blanks, column] = ["", 0, 0]
      let converting = true
      for (const character of `${line}\0`) {
        if (converting && (character === " " || character === "\t")) {
          const width = character === "\t" ? size - (column % size) : 1
          column += width
          blanks += width
          // A tab takes the place of the blanks up to its stop, if they are more than one.
          if (column % size === 0 && (blanks > 1 || character === "\t")) {
            text += "\t"
            blanks = 0
          }
          continue
        }
        text += " ".repeat(blanks)
        blanks = 0
        if (!flags.has("a") && !flags.has("t")) converting = false
        if (character !== "\0") text += character
        column++
      }
      return `${text}\n`
    }
    yield* printEach(process, lines, shown)
    return ok ? 0 : 1
  },
})

export const fmt = defineTool({
  name: "fmt",
  summary: "simple text formatter",
  *run(process, args) {
    const old = args.map((word) => (/^-\d+$/.test(word) ? `-w${word.slice(1)}` : word))
    const { flags, words, problem } = parseOptions(old, { letters: "cstu", valued: "wgp", long: { "width=": "w" } })
    if (problem) return yield* usageError(process, "fmt", problem)
    const width = Number(flags.get("w") ?? 75)
    const { lines, ok } = yield* allLines(process, "fmt", words)
    const shown: string[] = []
    let current = ""
    const end = () => {
      if (current !== "") shown.push(current)
      current = ""
    }
    for (const line of lines) {
      if (line.trim() === "") {
        end()
        shown.push("")
        continue
      }
      for (const word of line.trim().split(/\s+/)) {
        if (current !== "" && current.length + 1 + word.length > width) end()
        current = current === "" ? word : `${current} ${word}`
      }
    }
    end()
    yield* process.print(withNewlines(shown))
    return ok ? 0 : 1
  },
})
