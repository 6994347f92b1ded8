/** col and colrm: lines without what overprints them, and without some of their columns (util-linux). */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { printEach } from "./pacing.ts"
import { allLines, parseOptions } from "./reading.ts"

/** What a printer would leave on a line: backspaces go back, what comes later is on top. */
const overprinted = (line: string): string => {
  const cells: string[] = []
  let at = 0
  for (const character of line) {
    if (character === "\b") at = Math.max(0, at - 1)
    else if (character === "\r") at = 0
    else if (character === "\t") at += 8 - (at % 8)
    else {
      while (cells.length < at) cells.push(" ")
      cells[at++] = character
    }
  }
  return cells.join("").trimEnd()
}

/** Blanks that reach a tab stop as tabs. */
const withTabs = (line: string): string =>
  (line.match(/.{1,8}/gs) ?? []).map((part) => (part.length === 8 ? part.replace(/ {2,}$/, "\t") : part)).join("")

function* wrong(process: Process, tool: string, text: string): Steps<number> {
  yield* process.error(`${tool}: ${text}\nTry '${tool} --help' for more information.\n`)
  return 1
}

export const col = defineTool({
  name: "col",
  version: "from util-linux 2.39.3",
  summary: "filter reverse line feeds from input",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "bfhpx",
      valued: "l",
      long: { "no-backspaces": "b", fine: "f", pass: "p", tabs: "h", spaces: "x", "lines=": "l" },
    })
    if (problem) return yield* wrong(process, "col", problem)
    if (words.length > 0) return yield* wrong(process, "col", `bad usage: cannot take files`)
    const { lines } = yield* allLines(process, "col", [])
    yield* printEach(process, lines, (line) => {
      const text = overprinted(line)
      return `${flags.has("x") ? text : withTabs(text)}\n`
    })
    return 0
  },
})

export const colrm = defineTool({
  name: "colrm",
  version: "from util-linux 2.39.3",
  summary: "remove columns from a file",
  *run(process, args) {
    const { words, problem } = parseOptions(args, { letters: "" })
    if (problem) return yield* wrong(process, "colrm", problem)
    const odd = words.find((word) => !/^\d+$/.test(word))
    if (odd !== undefined) {
      yield* process.error(`colrm: ${odd === words[0] ? "first" : "second"} argument: invalid argument: '${odd}'\n`)
      return 1
    }
    const [first, last] = [Number(words[0] ?? Number.POSITIVE_INFINITY), Number(words[1] ?? Number.POSITIVE_INFINITY)]
    const { lines } = yield* allLines(process, "colrm", [])
    yield* printEach(process, lines, (line) => {
      const characters = [...line]
      return `${characters.filter((_, at) => at + 1 < first || at + 1 > last).join("")}\n`
    })
    return 0
  },
})
