/** tac and rev: records from the last to the first, characters of lines likewise. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { compileRegex, RegexError, type Regex } from "../text/regex.ts"
import { emacsToBasic } from "../text/regex-types.ts"
import { printEach } from "./pacing.ts"
import { eachFile, parseOptions, usageError } from "./reading.ts"

/** Where a separator begins and ends, from the last to the first; undefined for a place where one may give way to others. */
type Separators = Iterable<readonly [number, number] | undefined>

function* plainSeparators(text: string, separator: string): Generator<readonly [number, number]> {
  for (let at = text.lastIndexOf(separator); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(separator, at - 1)) {
    yield [at, at + separator.length]
    at -= separator.length - 1
    if (at <= 0) return
  }
}

/** As re_search goes back: at every place the longest match that ends before the one found last begins. */
function* matchedSeparators(text: string, regex: Regex): Generator<readonly [number, number] | undefined> {
  let end = text.length
  for (let at = end - 1; at >= 0; at--) {
    const match = regex.find(text.slice(at, end))
    if (match && match.end > 0) {
      yield [at, at + match.end]
      end = at
    } else if ((at & 63) === 0) yield undefined
  }
}

function* printBackwards(process: Process, text: string, separators: Separators, before: boolean): Steps<void> {
  const records = function* (): Generator<string> {
    let end = text.length
    let first = true
    for (const separator of separators) {
      if (!separator) {
        yield ""
        continue
      }
      const cut = before ? separator[0] : separator[1]
      if (before || !first || cut !== end) yield text.slice(cut, end)
      end = cut
      first = false
    }
    yield text.slice(0, end)
  }
  yield* printEach(process, records(), (record) => record, 2)
}

export const tac = defineTool({
  name: "tac",
  busybox: true,
  summary: "concatenate and print files in reverse",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "br",
      valued: "s",
      long: { "separator=": "s", before: "b", regex: "r" },
    })
    if (problem) return yield* usageError(process, "tac", problem)
    const separator = String(flags.get("s") ?? "\n") || "\0"
    let regex: Regex | undefined
    try {
      if (flags.has("r")) regex = compileRegex(`^\\(${emacsToBasic(separator)}\\)`, { extended: false })
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      yield* process.error(`tac: ${error.message}\n`)
      return 1
    }
    const ok = yield* eachFile(
      process,
      "tac",
      words,
      function* (fd) {
        const text = new TextDecoder().decode(yield* process.readAll(fd))
        if (process.charge(text.length >> 8)) yield* process.yield()
        yield* printBackwards(process, text, regex ? matchedSeparators(text, regex) : plainSeparators(text, separator), flags.has("b"))
      },
      (name, message) =>
        message === "Is a directory" ? `${name}: read error: ${message}` : `failed to open '${name}' for reading: ${message}`,
    )
    return ok ? 0 : 1
  },
})

export const rev = defineTool({
  name: "rev",
  busybox: true,
  summary: "reverse lines characterwise",
  *run(process, args) {
    const { words, problem } = parseOptions(args, { letters: "0", long: { zero: "0" } })
    if (problem) return yield* usageError(process, "rev", problem)
    const ok = yield* eachFile(
      process,
      "rev",
      words,
      function* (fd) {
        const lines = new TextDecoder().decode(yield* process.readAll(fd)).split("\n")
        yield* printEach(process, lines, (line, at) => [...line].reverse().join("") + (at < lines.length - 1 ? "\n" : ""))
      },
      (name, message) => `cannot open ${name}: ${message}`,
    )
    return ok ? 0 : 1
  },
})
