/** xargs: command lines out of standard input. */
import { type Process, SIGNALS, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { traced } from "../bash/quoting.ts"
import { findExecutable } from "./executables.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

class QuoteError extends Error {
  readonly before: Item[]
  constructor(message: string, before: Item[]) {
    super(message)
    this.before = before
  }
}

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
          items,
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

/** Asks on the terminal whether a command line is to run (-p). */
function* agreed(process: Process, line: readonly string[]): Steps<boolean> {
  yield* process.error(`${line.map(traced).join(" ")}?...`)
  const fd = yield* process.open("/dev/tty", "r")
  try {
    return /^[yY]/.test(new TextDecoder().decode(yield* process.read(fd)))
  } finally {
    process.close(fd)
  }
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
      letters: "0rtpxo",
      valued: "nILPdaEs",
      optional: "ile",
      stopAtWord: true,
      long: {
        null: "0",
        "no-run-if-empty": "r",
        "max-args=": "n",
        "max-lines=?": "l",
        "max-procs=": "P",
        "delimiter=": "d",
        "replace=?": "i",
        "eof=?": "e",
        "process-slot-var=": "slot",
        "open-tty": "o",
        "show-limits": "limits",
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
    const replace = flags.has("i") ? (flags.get("i") === true ? "{}" : flags.get("i")) : flags.get("I")
    for (const letter of ["n", "s", "L", "P"]) {
      const given = flags.get(letter)
      if (typeof given === "string" && !/^\d+$/.test(given))
        return yield* usageError(process, "xargs", `invalid number "${given}" for -${letter} option`)
      if (typeof given === "string" && letter !== "P" && Number(given) < 1)
        return yield* usageError(process, "xargs", `value ${given} for -${letter} option should be >= 1`)
    }
    const end = flags.get("E") ?? flags.get("e")
    const plain = (list: readonly string[]): Item[] => list.map((one) => ({ text: one, first: true }))
    let items: Item[]
    // What comes before an unmatched quote runs only as far as whole command lines go.
    let problemAtEnd: string | undefined
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
      problemAtEnd = error.message
      items = error.before
    }
    const stop = typeof end === "string" && end !== "" ? items.findIndex(({ text: item }) => item === end) : -1
    if (stop >= 0) items = items.slice(0, stop)
    const command = given.length > 0 ? given : ["echo"]
    if (items.length === 0 && (flags.has("r") || replace !== undefined)) return 0
    const lines: string[][] = []
    const tooLong = function* (): Steps<number> {
      yield* process.error("xargs: argument list too long\n")
      return 1
    }
    if (typeof replace === "string") for (const { text: item } of items) lines.push(command.map((word) => word.split(replace).join(item)))
    else {
      const size = flags.has("n") ? Number(flags.get("n")) : Number.POSITIVE_INFINITY
      const givenLines = flags.get("L") ?? flags.get("l")
      const most = givenLines === undefined ? Number.POSITIVE_INFINITY : givenLines === true ? 1 : Number(givenLines)
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
        if (current.length > 0 && (current.length >= size || (first && inputLines >= most) || length + item.length + 1 > room)) {
          if (flags.has("x") && current.length < size && length + item.length + 1 > room) return yield* tooLong()
          flush()
        }
        if (length + item.length + 1 > room) return yield* tooLong()
        if (first) inputLines++
        length += item.length + 1
        current.push(item)
      }
      if (problemAtEnd === undefined && (current.length > 0 || lines.length === 0)) flush()
    }
    const parallel = Math.max(1, Number(flags.get("P") ?? 1) || lines.length)
    let running = 0
    let status = 0
    /** Who runs in which slot. */
    const slots: (number | undefined)[] = []
    const reap = function* (): Steps<boolean> {
      const ended = yield* process.waitFor({ pid: "any" })
      running--
      if (!ended) return true
      slots[slots.indexOf(ended.pid)] = undefined
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
    const slotName = flags.get("slot")
    for (const line of lines) {
      if (flags.has("p") && !(yield* agreed(process, line))) continue
      if (flags.has("t")) yield* process.error(`${line.map(traced).join(" ")}\n`)
      const path = findExecutable(process, line[0])
      if (path === undefined) {
        yield* process.error(`xargs: ${line[0]}: No such file or directory\n`)
        status = 127
        break
      }
      try {
        const free = slots.indexOf(undefined)
        const slot = free < 0 ? slots.length : free
        const env = typeof slotName === "string" ? new Map([...process.env, [slotName, String(slot)]]) : process.env
        slots[slot] = process.spawnFile(path, { argv: line, env: new Map(env) }).pid
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
    if (problemAtEnd === undefined) return status
    yield* process.error(`xargs: ${problemAtEnd}\n`)
    return 1
  },
})
