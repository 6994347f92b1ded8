/** sort: lines in order, by keys and kinds as GNU's has them (sort.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { oneOf, sizeOf } from "./option-values.ts"
import { mapEach, printEach } from "./pacing.ts"
import { allLines, parseOptions, quote, readFile, usageError } from "./reading.ts"
import { marked, warnOf } from "./sort-debug.ts"
import { compareAs, incompatible, type Key, KINDS, parseKey, plainOrder, spanOf } from "./sort-keys.ts"

type Flags = ReadonlyMap<string, string | true>

const SORTS: Readonly<Record<string, string>> = {
  "general-numeric": "g",
  "human-numeric": "h",
  month: "M",
  numeric: "n",
  random: "R",
  version: "V",
}

const LONG: Readonly<Record<string, string>> = {
  reverse: "r",
  unique: "u",
  "numeric-sort": "n",
  "general-numeric-sort": "g",
  "month-sort": "M",
  "key=": "k",
  "field-separator=": "t",
  "human-numeric-sort": "h",
  "version-sort": "V",
  "ignore-case": "f",
  "ignore-leading-blanks": "b",
  "ignore-nonprinting": "i",
  "dictionary-order": "d",
  "random-sort": "R",
  "random-source=": "source",
  "sort=": "sort",
  stable: "s",
  "check=?": "check",
  merge: "m",
  "output=": "o",
  "zero-terminated": "z",
  "buffer-size=": "S",
  "temporary-directory=": "T",
  "batch-size=": "batch",
  "compress-program=": "compress",
  "files0-from=": "files",
  "parallel=": "parallel",
  debug: "debug",
}

/** Sorted without holding up the host: runs of a few thousand lines, then merged, giving way in between. Stable. */
function* inOrder(process: Process, lines: readonly string[], order?: (a: string, b: string) => number): Steps<string[]> {
  const RUN = 2_048
  const compare = order ?? plainOrder
  let runs: string[][] = []
  for (let at = 0; at < lines.length; at += RUN) {
    const run = lines.slice(at, at + RUN)
    runs.push(order ? run.sort(order) : run.sort())
    if (process.charge(RUN >> 1)) yield* process.yield()
  }
  while (runs.length > 1) {
    const merged: string[][] = []
    for (let at = 0; at < runs.length; at += 2) {
      const [left, right = []] = [runs[at], runs[at + 1]]
      const out: string[] = []
      let [i, j] = [0, 0]
      while (i < left.length && j < right.length) {
        out.push(compare(left[i], right[j]) <= 0 ? left[i++] : right[j++])
        if ((out.length & 1_023) === 0 && process.charge(256)) yield* process.yield()
      }
      while (i < left.length) out.push(left[i++])
      while (j < right.length) out.push(right[j++])
      merged.push(out)
    }
    runs = merged
  }
  return runs[0] ?? []
}

interface Order {
  readonly keys: readonly Key[]
  /** Kinds that are asked for of all keys. */
  readonly own: string
  readonly separator: string | undefined
  /** "quiet" or told of, where the order is only looked at. */
  readonly check: "quiet" | "told" | undefined
}

/** A text where an option is wrong; `usage` where help is pointed at. */
const parseOrder = (
  process: Process,
  flags: Flags,
  all: ReadonlyMap<string, readonly string[]>,
): Order | { problem: string; usage?: true } => {
  const how = flags.has("sort") ? oneOf(process, "--sort", String(flags.get("sort")), Object.keys(SORTS)) : { word: "" }
  if ("problem" in how) return { problem: how.problem, usage: true }
  const check =
    typeof flags.get("check") === "string"
      ? oneOf(process, "--check", String(flags.get("check")), ["quiet", "silent", "diagnose-first"])
      : { word: flags.has("check") ? "diagnose-first" : "" }
  if ("problem" in check) return { problem: check.problem, usage: true }
  const own = [...KINDS].filter((letter) => flags.has(letter) || SORTS[how.word] === letter).join("")
  const given = flags.get("t")
  const separator = given === undefined ? undefined : given === "\\0" ? "\0" : String(given)
  if (separator === "") return { problem: "empty tab" }
  if (separator !== undefined && [...separator].length !== 1) return { problem: `multi-character tab ${quote(process, separator)}` }
  const keys: Key[] = []
  for (const text of all.get("k") ?? []) {
    const key = parseKey(process, text, own)
    if (typeof key === "string") return { problem: key }
    keys.push(key)
  }
  const size = flags.get("S")
  if (typeof size === "string" && sizeOf(size.replace(/%$/, "")) === undefined) return { problem: `invalid -S argument '${size}'` }
  for (const kinds of [own, ...keys.map((key) => key.how)]) {
    const letters = incompatible(kinds)
    if (letters !== undefined) return { problem: `options '-${letters}' are incompatible` }
  }
  const quiet = flags.has("C") || check.word === "quiet" || check.word === "silent"
  const told = flags.has("c") || check.word === "diagnose-first"
  if (quiet && told) return { problem: "options '-cC' are incompatible" }
  return { keys, own, separator, check: quiet ? "quiet" : told ? "told" : undefined }
}

/** Files of the command line, or of the list that --files0-from names. */
function* namesOf(process: Process, flags: Flags, words: readonly string[]): Steps<readonly string[] | { problem: string; usage?: true }> {
  const list = flags.get("files")
  if (typeof list !== "string") return words
  if (words.length > 0)
    return { problem: `extra operand ${quote(process, words[0])}\nfile operands cannot be combined with --files0-from`, usage: true }
  try {
    const names = new TextDecoder().decode(yield* readFile(process, list)).split("\0")
    if (names.at(-1) === "") names.pop()
    return names.length > 0 ? names : { problem: `no input from ${quote(process, list)}` }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return { problem: `open failed: ${list}: ${error.message}` }
  }
}

export const sort = defineTool({
  name: "sort",
  busybox: true,
  summary: "sort lines of text files",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, { letters: "nrufhVbdisMcCgRmz", valued: "ktoST", long: LONG })
    if (problem) return yield* usageError(process, "sort", problem, 2)
    const fail = function* (wrong: { problem: string; usage?: true }): Steps<number> {
      if (wrong.usage) return yield* usageError(process, "sort", wrong.problem, 2)
      yield* process.error(`sort: ${wrong.problem}\n`)
      return 2
    }
    const parsed = parseOrder(process, flags, all)
    if ("problem" in parsed) return yield* fail(parsed)
    const { keys, own, separator, check } = parsed
    const names = yield* namesOf(process, flags, words)
    if ("problem" in names) return yield* fail(names)
    if (check !== undefined && names.length > 1)
      return yield* fail({
        problem: `extra operand ${quote(process, names[1])} not allowed with -${check === "quiet" ? "C" : "c"}`,
        usage: true,
      })
    const end = flags.has("z") ? "\0" : "\n"
    const lastResort = !flags.has("s") && !flags.has("u")
    if (flags.has("debug")) yield* warnOf(process, keys, own, separator, lastResort)
    const { lines, ok } = yield* allLines(process, "sort", names, {
      end,
      problem: (name, message) => `${message === "Is a directory" ? "read failed" : "cannot read"}: ${name}: ${message}`,
    })
    if (!ok) return 2
    const keyed = keys.length > 0
    const trimmed = (line: string) => (own.includes("b") ? line.trimStart() : line)
    const part = (line: string, key: Key) => line.slice(...spanOf(line, key, separator))
    const byKeys = (a: string, b: string): number => {
      for (const key of keys) {
        const result = compareAs(part(a, key), part(b, key), key.how)
        if (result !== 0) return key.how.includes("r") ? -result : result
      }
      if (keyed) return 0
      const result = compareAs(trimmed(a), trimmed(b), own)
      return own.includes("r") ? -result : result
    }
    const order = (a: string, b: string): number => {
      const result = byKeys(a, b)
      if (result !== 0 || !lastResort) return result
      return flags.has("r") ? plainOrder(b, a) : plainOrder(a, b)
    }
    if (check !== undefined) {
      for (let at = 1; at < lines.length; at++) {
        if (process.charge(1)) yield* process.yield()
        const result = order(lines[at - 1], lines[at])
        if (result < 0 || (result === 0 && !flags.has("u"))) continue
        if (check === "told") yield* process.error(`sort: ${names[0] ?? "-"}:${at + 1}: disorder: ${lines[at]}\n`)
        return 1
      }
      return 0
    }
    let sorted: string[]
    if (own.includes("R")) {
      const place = new Map<string, number>()
      for (const line of lines) if (!place.has(line)) place.set(line, process.random())
      sorted = yield* inOrder(process, lines, (a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0))
    } else if (!keyed && own.replace("r", "") === "") {
      sorted = yield* inOrder(process, lines)
      if (flags.has("r")) sorted.reverse()
    } else sorted = yield* inOrder(process, lines, order)
    const target = flags.get("o")
    const once = flags.has("u")
    const shown = (line: string, at: number) => {
      if (once && at > 0 && byKeys(sorted[at - 1], line) === 0) return ""
      return flags.has("debug") ? marked(line, keys, own, separator, lastResort) : line + end
    }
    if (typeof target !== "string") yield* printEach(process, sorted, shown)
    else {
      try {
        process.files.write(target, (yield* mapEach(process, sorted, shown)).join(""))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        return yield* fail({ problem: `open failed: ${target}: ${error.message}` })
      }
    }
    return 0
  },
})
