/** sort: lines in order, by keys and kinds as GNU's has them (sort.c). */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { mapEach, printEach } from "./pacing.ts"
import { allLines, parseOptions, quote, usageError } from "./reading.ts"

/** How a key is compared: letters of -b d f g h i M n R V r. */
interface Key {
  readonly from: number
  readonly fromChar: number
  /** 0: to the end of the line. */
  readonly to: number
  readonly toChar: number
  readonly how: string
}

const KINDS = "bdfghiMnRrV"

const parseKey = (text: string, own: string): Key | undefined => {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text)
  if (!match || Number(match[1]) === 0 || [...`${match[3]}${match[6] ?? ""}`].some((letter) => !KINDS.includes(letter))) return undefined
  const how = `${match[3]}${match[6] ?? ""}`
  return {
    from: Number(match[1]),
    fromChar: Number(match[2] ?? 1),
    to: Number(match[4] ?? 0),
    toChar: Number(match[5] ?? 0),
    how: how === "" ? own : how,
  }
}

const BLANK = (character: string): boolean => character === " " || character === "\t"

/** Where each field begins and ends; blanks before one belong to it unless -t says what parts fields. */
const fieldsOf = (line: string, separator: string | undefined): [number, number][] => {
  const fields: [number, number][] = []
  if (separator !== undefined) {
    let from = 0
    for (;;) {
      const next = line.indexOf(separator, from)
      fields.push([from, next < 0 ? line.length : next])
      if (next < 0) return fields
      from = next + separator.length
    }
  }
  for (let at = 0; at < line.length; ) {
    const from = at
    while (at < line.length && BLANK(line[at])) at++
    while (at < line.length && !BLANK(line[at])) at++
    fields.push([from, at])
  }
  return fields
}

const cut = (line: string, key: Key, separator: string | undefined): string => {
  const fields = fieldsOf(line, separator)
  const first = fields[key.from - 1]
  if (!first) return ""
  let from = first[0]
  if (key.how.includes("b")) while (from < first[1] && BLANK(line[from])) from++
  from += key.fromChar - 1
  if (key.to === 0) return line.slice(from)
  const last = fields[key.to - 1]
  if (!last) return line.slice(from)
  if (key.toChar === 0) return line.slice(from, last[1])
  let to = last[0]
  if (key.how.includes("b")) while (to < last[1] && BLANK(line[to])) to++
  return line.slice(from, to + key.toChar)
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
const UNITS = " KMGTPEZY"

const numeric = (text: string): number => Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] || 0) || 0

const general = (text: string): number => {
  const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?inf(?:inity)?|nan)/i.exec(text)
  return match ? Number(match[1].toLowerCase().replace(/inf(inity)?/, "Infinity")) : Number.NEGATIVE_INFINITY
}

/** -h: the unit outweighs the number. */
const human = (text: string): [number, number] => {
  const match = /^\s*(-?\d*\.?\d*)([kKMGTPEZY]?)/.exec(text)
  const value = Number(match?.[1] || 0) || 0
  const unit = value === 0 ? 0 : Math.max(0, UNITS.indexOf((match?.[2] || " ").toUpperCase()))
  return [value < 0 ? -unit : unit, value]
}

/** What of a name is compared first: all but its extensions (filevercmp's file_prefixlen). */
const withoutExtensions = (name: string): string => name.replace(/(?:\.[A-Za-z~][A-Za-z0-9~]*)*$/, "") || name

/** As filevercmp: names without their extensions, then whole. */
export const compareVersions = (a: string, b: string): number =>
  compareRuns(withoutExtensions(a), withoutExtensions(b)) || compareRuns(a, b)

/** Letters before other characters, "~" before everything, digits by value. */
const compareRuns = (a: string, b: string): number => {
  const weight = (character: string | undefined): number =>
    character === undefined || /\d/.test(character)
      ? 0
      : /[A-Za-z]/.test(character)
        ? character.charCodeAt(0)
        : character === "~"
          ? -1
          : character.charCodeAt(0) + 256
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    while ((i < a.length && !/\d/.test(a[i])) || (j < b.length && !/\d/.test(b[j]))) {
      const order = weight(a[i]) - weight(b[j])
      if (order !== 0) return order
      i++
      j++
    }
    while (a[i] === "0") i++
    while (b[j] === "0") j++
    let first = 0
    while (i < a.length && j < b.length && /\d/.test(a[i]) && /\d/.test(b[j])) {
      first ||= a.charCodeAt(i) - b.charCodeAt(j)
      i++
      j++
    }
    if (i < a.length && /\d/.test(a[i])) return 1
    if (j < b.length && /\d/.test(b[j])) return -1
    if (first !== 0) return first
  }
  return 0
}

const plainOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const compareAs = (a: string, b: string, how: string): number => {
  if (how.includes("n")) return numeric(a) - numeric(b)
  if (how.includes("h")) {
    const [left, right] = [human(a), human(b)]
    return left[0] - right[0] || left[1] - right[1]
  }
  if (how.includes("g")) {
    const [left, right] = [general(a), general(b)]
    return left === right ? 0 : left < right ? -1 : 1
  }
  if (how.includes("M")) {
    const month = (text: string) => MONTHS.indexOf(text.trimStart().slice(0, 3).toUpperCase())
    return month(a) - month(b)
  }
  let [x, y] = [a, b]
  if (how.includes("d")) [x, y] = [x.replace(/[^A-Za-z0-9 \t]/g, ""), y.replace(/[^A-Za-z0-9 \t]/g, "")]
  if (how.includes("f")) [x, y] = [x.toUpperCase(), y.toUpperCase()]
  if (how.includes("V")) return compareVersions(x, y)
  return plainOrder(x, y)
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

export const sort = defineTool({
  name: "sort",
  busybox: true,
  summary: "sort lines of text files",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "nrufhVbdisMcCgRmz",
      valued: "ktoST",
      long: {
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
        "dictionary-order": "d",
        "random-sort": "R",
        stable: "s",
        check: "c",
        merge: "m",
        "output=": "o",
        "zero-terminated": "z",
        "buffer-size=": "S",
        "parallel=": "parallel",
      },
    })
    if (problem) return yield* usageError(process, "sort", problem, 2)
    const end = flags.has("z") ? "\0" : "\n"
    const given = flags.get("t")
    const separator = given === undefined ? undefined : given === "\\0" ? "\0" : String(given)
    if (separator !== undefined && [...separator].length !== 1) {
      yield* process.error(separator === "" ? "sort: empty tab\n" : `sort: multi-character tab ${quote(process, separator)}\n`)
      return 2
    }
    const own = [...KINDS].filter((letter) => flags.has(letter)).join("")
    const keys: Key[] = []
    for (const text of all.get("k") ?? []) {
      const key = parseKey(text, own)
      if (!key) {
        const zero = /^0+(\D|$)/.test(text)
        yield* process.error(
          zero
            ? `sort: field number is zero: invalid field specification ${quote(process, text)}\n`
            : `sort: invalid number at field start: invalid count at start of ${quote(process, text)}\n`,
        )
        return 2
      }
      keys.push(key)
    }
    const { lines, ok } = yield* allLines(process, "sort", words, { end, problem: (name, message) => `cannot read: ${name}: ${message}` })
    if (!ok) return 2
    const keyed = keys.length > 0
    const trimmed = (line: string) => (own.includes("b") ? line.trimStart() : line)
    const byKeys = (a: string, b: string): number => {
      for (const key of keys) {
        const result = compareAs(cut(a, key, separator), cut(b, key, separator), key.how)
        if (result !== 0) return key.how.includes("r") ? -result : result
      }
      if (keyed) return 0
      const result = compareAs(trimmed(a), trimmed(b), own)
      return own.includes("r") ? -result : result
    }
    const order = (a: string, b: string): number => {
      const result = byKeys(a, b)
      if (result !== 0 || flags.has("s") || flags.has("u")) return result
      return flags.has("r") ? plainOrder(b, a) : plainOrder(a, b)
    }
    if (flags.has("c") || flags.has("C")) {
      const at = lines.findIndex((line, index) => {
        if (index === 0) return false
        const result = order(lines[index - 1], line)
        return result > 0 || (flags.has("u") && result === 0)
      })
      if (at < 0) return 0
      if (flags.has("c")) yield* process.error(`sort: ${words[0] ?? "-"}:${at + 1}: disorder: ${lines[at]}\n`)
      return 1
    }
    let sorted: string[]
    if (flags.has("R")) {
      const place = new Map<string, number>()
      for (const line of lines) if (!place.has(line)) place.set(line, process.random())
      sorted = yield* inOrder(process, lines, (a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0))
    } else if (!keyed && own.replace("r", "") === "") {
      sorted = yield* inOrder(process, lines)
      if (flags.has("r")) sorted.reverse()
    } else sorted = yield* inOrder(process, lines, order)
    const target = flags.get("o")
    const once = flags.has("u")
    const shown = (line: string, at: number) => (once && at > 0 && byKeys(sorted[at - 1], line) === 0 ? "" : line + end)
    if (typeof target === "string") process.files.write(target, (yield* mapEach(process, sorted, shown)).join(""))
    else yield* printEach(process, sorted, shown)
    return 0
  },
})
