/** xargs: command lines out of standard input. */
import { SIGNALS, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { traced } from "../bash/quoting.ts"
import { findExecutable } from "./executables.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

class QuoteError extends Error {}

interface Item {
  readonly text: string
  /** The first of an input line (for -L). */
  readonly first: boolean
}

/** Words parted by blanks, with quotes and backslashes; a line that ends in a blank goes on. */
const words = (text: string): Item[] => {
  const items: Item[] = []
  let word: string | undefined
  let fresh = true
  const end = () => {
    if (word === undefined) return
    items.push({ text: word, first: fresh })
    fresh = false
    word = undefined
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === "'" || character === '"') {
      const close = text.indexOf(character, at + 1)
      const newline = text.indexOf("\n", at + 1)
      if (close < 0 || (newline >= 0 && newline < close))
        throw new QuoteError(
          `unmatched ${character === "'" ? "single" : "double"} quote; by default quotes are special to xargs unless you use the -0 option`,
        )
      word = (word ?? "") + text.slice(at + 1, close)
      at = close
    } else if (character === "\\") word = (word ?? "") + (text[++at] ?? "")
    else if (character === "\n") {
      const continues = text[at - 1] === " " || text[at - 1] === "\t"
      end()
      if (!continues) fresh = true
    } else if (character === " " || character === "\t") end()
    else word = (word ?? "") + character
  }
  end()
  return items
}

const DELIMITERS: Readonly<Record<string, string>> = { "\\n": "\n", "\\t": "\t", "\\0": "\0", "\\\\": "\\" }

export const xargs = defineTool({
  name: "xargs",
  busybox: true,
  version: "(GNU findutils) 4.9.0",
  summary: "build and execute command lines from standard input",
  *run(process, args) {
    const {
      flags,
      words: given,
      problem,
    } = parseOptions(args, {
      letters: "0rtpxoi",
      valued: "nILPdaEs",
      stopAtWord: true,
      long: {
        null: "0",
        "no-run-if-empty": "r",
        "max-args=": "n",
        "max-lines=?": "L",
        "max-procs=": "P",
        "delimiter=": "d",
        "replace=?": "I",
        "arg-file=": "a",
        verbose: "t",
        interactive: "p",
        "max-chars=": "s",
        exit: "x",
      },
    })
    if (problem) return yield* usageError(process, "xargs", problem)
    const text = new TextDecoder().decode(yield* readFile(process, String(flags.get("a") ?? "-")))
    if (process.charge(text.length >> 8)) yield* process.yield()
    const replace = flags.has("i") ? "{}" : flags.get("I") === true ? "{}" : flags.get("I")
    const plain = (list: readonly string[]): Item[] => list.map((one) => ({ text: one, first: true }))
    let items: Item[]
    try {
      if (flags.has("0") || flags.has("d")) {
        const given0 = String(flags.get("d") ?? "")
        const delimiter = flags.has("0") ? "\0" : (DELIMITERS[given0] ?? given0)
        const parts = text.split(delimiter)
        if (parts.at(-1) === "") parts.pop()
        items = plain(parts)
      } else if (replace !== undefined)
        items = plain(
          text
            .split("\n")
            .map((line) => line.trimStart())
            .filter((line) => line !== "")
            .map((line) => line.replace(/\\(.)|"([^"]*)"|'([^']*)'/g, (_, escaped, double, single) => escaped ?? double ?? single ?? "")),
        )
      else items = words(text)
    } catch (error) {
      if (!(error instanceof QuoteError)) throw error
      yield* process.error(`xargs: ${error.message}\n`)
      return 1
    }
    const command = given.length > 0 ? given : ["echo"]
    if (items.length === 0 && (flags.has("r") || replace !== undefined)) return 0
    const lines: string[][] = []
    if (typeof replace === "string") for (const { text: item } of items) lines.push(command.map((word) => word.split(replace).join(item)))
    else {
      const size = flags.has("n") ? Number(flags.get("n")) : Number.POSITIVE_INFINITY
      const most = flags.has("L") ? Number(flags.get("L") === true ? 1 : flags.get("L")) : Number.POSITIVE_INFINITY
      const room = flags.has("s") ? Number(flags.get("s")) : 131_072
      let current: string[] = []
      let [inputLines, length] = [0, command.join(" ").length + 1]
      const flush = () => {
        lines.push([...command, ...current])
        current = []
        inputLines = 0
        length = command.join(" ").length + 1
      }
      for (const { text: item, first } of items) {
        if (current.length > 0 && (current.length >= size || (first && inputLines >= most) || length + item.length + 1 > room)) flush()
        if (first) inputLines++
        length += item.length + 1
        current.push(item)
      }
      if (current.length > 0 || lines.length === 0) flush()
    }
    const parallel = Math.max(1, Number(flags.get("P") ?? 1) || lines.length)
    let running = 0
    let status = 0
    const reap = function* (): Steps<boolean> {
      const ended = yield* process.waitFor({ pid: "any" })
      running--
      if (!ended) return true
      if (ended.status.kind === "signaled") {
        yield* process.error(`xargs: ${command[0]}: terminated by signal ${SIGNALS[ended.status.signal].number}\n`)
        status = 125
        return false
      }
      if (ended.status.kind !== "exited" || ended.status.code === 0) return true
      if (ended.status.code === 255) {
        yield* process.error(`xargs: ${command[0]}: exited with status 255; aborting\n`)
        status = 124
        return false
      }
      status = 123
      return true
    }
    for (const line of lines) {
      if (flags.has("t")) yield* process.error(`${line.map(traced).join(" ")}\n`)
      const path = findExecutable(process, line[0])
      if (path === undefined) {
        yield* process.error(`xargs: ${line[0]}: No such file or directory\n`)
        status = 127
        break
      }
      try {
        process.spawnFile(path, { argv: line })
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`xargs: ${line[0]}: ${error.message}\n`)
        status = 126
        break
      }
      running++
      if (running >= parallel && !(yield* reap())) return status
    }
    while (running > 0) if (!(yield* reap())) return status
    return status
  },
})
