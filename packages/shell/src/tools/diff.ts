/** diff and cmp. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { type Change, findingChanges } from "../text/line-diff.ts"
import { drive } from "./pacing.ts"
import { parseOptions, usageError } from "./reading.ts"

interface Side {
  name: string
  lines: string[]
  /** Whether the last line ends in a newline. */
  ended: boolean
  modifiedAt: number
}

function* readSide(process: Process, name: string): Steps<Side> {
  let data: Uint8Array
  let modifiedAt = process.now()
  if (name === "-") data = yield* process.readAll(0)
  else {
    const fd = yield* process.open(name, "r")
    data = yield* process.readAll(fd)
    process.close(fd)
    modifiedAt = process.files.stat(name).modifiedAt || process.now()
  }
  const text = new TextDecoder().decode(data)
  const lines = text.split("\n")
  const ended = lines[lines.length - 1] === ""
  if (ended) lines.pop()
  return { name, lines, ended: ended || text === "", modifiedAt }
}

const NO_NEWLINE = "\\ No newline at end of file\n"

const lineAt = (side: Side, at: number, mark: string): string =>
  `${mark}${side.lines[at]}\n${at === side.lines.length - 1 && !side.ended ? NO_NEWLINE : ""}`

const span = (from: number, to: number): string => (to - from <= 1 ? String(to) : `${from + 1},${to}`)

/** diff's default form: 2,3c4,5. */
const normal = (a: Side, b: Side, changes: readonly Change[]): string =>
  changes
    .map(({ aFrom, aTo, bFrom, bTo }) => {
      const letter = aFrom === aTo ? "a" : bFrom === bTo ? "d" : "c"
      const left = Array.from({ length: aTo - aFrom }, (_, at) => lineAt(a, aFrom + at, "< ")).join("")
      const right = Array.from({ length: bTo - bFrom }, (_, at) => lineAt(b, bFrom + at, "> ")).join("")
      return `${span(aFrom, aTo)}${letter}${span(bFrom, bTo)}\n${left}${letter === "c" ? "---\n" : ""}${right}`
    })
    .join("")

const stamp = (side: Side): string => `${side.name}\t${formatDate("%Y-%m-%d %H:%M:%S.%N %z", side.modifiedAt)}`

const range = (from: number, count: number): string => (count === 1 ? String(from + 1) : `${count === 0 ? from : from + 1},${count}`)

/** Changes that are less than twice the context apart make one hunk. */
const hunks = (changes: readonly Change[], context: number): Change[][] => {
  const groups: Change[][] = []
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1)
    if (last && change.aFrom - last.aTo <= context * 2) groups.at(-1)?.push(change)
    else groups.push([change])
  }
  return groups
}

const unified = (a: Side, b: Side, changes: readonly Change[], context: number, labels: readonly string[]): string => {
  let text = `--- ${labels[0] ?? stamp(a)}\n+++ ${labels[1] ?? stamp(b)}\n`
  for (const group of hunks(changes, context)) {
    const [first, last] = [group[0], group[group.length - 1]]
    const aFrom = Math.max(0, first.aFrom - context)
    const bFrom = Math.max(0, first.bFrom - context)
    const aTo = Math.min(a.lines.length, last.aTo + context)
    const bTo = Math.min(b.lines.length, last.bTo + context)
    text += `@@ -${range(aFrom, aTo - aFrom)} +${range(bFrom, bTo - bFrom)} @@\n`
    let at = aFrom
    for (const change of group) {
      for (; at < change.aFrom; at++) text += lineAt(a, at, " ")
      for (; at < change.aTo; at++) text += lineAt(a, at, "-")
      for (let other = change.bFrom; other < change.bTo; other++) text += lineAt(b, other, "+")
    }
    for (; at < aTo; at++) text += lineAt(a, at, " ")
  }
  return text
}

/** Context form (-c): both sides of a hunk, one after the other. */
const contextual = (a: Side, b: Side, changes: readonly Change[], context: number, labels: readonly string[]): string => {
  let text = `*** ${labels[0] ?? stamp(a)}\n--- ${labels[1] ?? stamp(b)}\n`
  for (const group of hunks(changes, context)) {
    const [first, last] = [group[0], group[group.length - 1]]
    const spans = (side: Side, from: number, to: number) => {
      const [start, end] = [Math.max(0, from - context), Math.min(side.lines.length, to + context)]
      return { start, end, label: end - start <= 1 ? String(end) : `${start + 1},${end}` }
    }
    const left = spans(a, first.aFrom, last.aTo)
    const right = spans(b, first.bFrom, last.bTo)
    text += `***************\n*** ${left.label} ****\n`
    if (group.some(({ aFrom, aTo }) => aTo > aFrom))
      for (let at = left.start; at < left.end; at++) {
        const change = group.find(({ aFrom, aTo }) => at >= aFrom && at < aTo)
        text += lineAt(a, at, change ? (change.bTo > change.bFrom ? "! " : "- ") : "  ")
      }
    text += `--- ${right.label} ----\n`
    if (group.some(({ bFrom, bTo }) => bTo > bFrom))
      for (let at = right.start; at < right.end; at++) {
        const change = group.find(({ bFrom, bTo }) => at >= bFrom && at < bTo)
        text += lineAt(b, at, change ? (change.aTo > change.aFrom ? "! " : "+ ") : "  ")
      }
  }
  return text
}

/** Two columns (-y): side.c lays them out with tab stops of eight. */
const sideBySide = (a: Side, b: Side, changes: readonly Change[], width: number, suppress: boolean): string => {
  const TAB = 8
  const unaligned = (width >> 1) + (TAB >> 1)
  const offset = unaligned - (unaligned % TAB)
  const half = Math.max(0, Math.min(offset - 3, width - offset))
  const column2 = half > 0 ? offset : width
  const tabTo = (from: number, to: number): string => {
    let text = ""
    let at = from
    while (at < to) {
      const stop = at - (at % TAB) + TAB
      if (stop > to) {
        text += " "
        at++
      } else {
        text += "\t"
        at = stop
      }
    }
    return text
  }
  const row = (left: string | undefined, mark: string, right: string | undefined): string => {
    const cell = (left ?? "").slice(0, half)
    let text = cell
    let at = cell.length
    if (mark !== " ") {
      const place = (half + column2 - 1) >> 1
      text += `${tabTo(at, place)}${mark}`
      at = place + 1
    }
    if (right !== undefined && right !== "") text += tabTo(at, column2) + right.slice(0, half)
    return `${text}\n`
  }
  let text = ""
  let [at, other] = [0, 0]
  const same = (until: number) => {
    for (; at < until; at++, other++) if (!suppress) text += row(a.lines[at], " ", b.lines[other])
  }
  for (const change of changes) {
    same(change.aFrom)
    while (at < change.aTo || other < change.bTo) {
      const [left, right] = [at < change.aTo, other < change.bTo]
      text += row(left ? a.lines[at] : undefined, left && right ? "|" : left ? "<" : ">", right ? b.lines[other] : undefined)
      if (left) at++
      if (right) other++
    }
  }
  same(a.lines.length)
  return text
}

const normalised = (side: Side, flags: ReadonlyMap<string, string | true>): string[] =>
  side.lines.map((line) => {
    let text = line
    if (flags.has("w")) text = text.replace(/\s+/g, "")
    else if (flags.has("b")) text = text.replace(/\s+/g, " ").trimEnd()
    return flags.has("i") ? text.toLowerCase() : text
  })

const coloured = (text: string): string =>
  text
    .split("\n")
    .map((line) =>
      /^(\+(?!\+\+ )|> )/.test(line)
        ? `\x1b[32m${line}\x1b[0m`
        : /^(-(?!-- )|< )/.test(line)
          ? `\x1b[31m${line}\x1b[0m`
          : /^@@/.test(line)
            ? `\x1b[36m${line}\x1b[0m`
            : line,
    )
    .join("\n")

export const diff = defineTool({
  name: "diff",
  busybox: true,
  version: "(GNU diffutils) 3.10",
  summary: "compare files line by line",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "uqrNiwbBycsadtp",
      valued: "UWLxC",
      long: {
        unified: "u",
        "unified=": "U",
        context: "c",
        "context=": "C",
        "exclude=": "x",
        "show-c-function": "p",
        brief: "q",
        recursive: "r",
        "new-file": "N",
        "ignore-case": "i",
        "ignore-all-space": "w",
        "ignore-space-change": "b",
        "ignore-blank-lines": "B",
        "side-by-side": "y",
        "width=": "W",
        "suppress-common-lines": "suppress",
        "report-identical-files": "s",
        "label=": "L",
        "color=": "color",
        color: "color",
      },
    })
    if (problem) return yield* usageError(process, "diff", problem, 2)
    if (words.length < 2)
      return yield* usageError(process, "diff", words.length === 0 ? "missing operand" : `missing operand after '${words[0]}'`, 2)
    if (words.length > 2) return yield* usageError(process, "diff", `extra operand '${words[2]}'`, 2)
    const context = flags.has("U") ? Number(flags.get("U")) : 3
    const colour = flags.get("color") === "always" || (flags.has("color") && process.fds.get(1)?.kind === "tty")
    const compareFiles = function* (left: string, right: string, heading: string): Steps<number> {
      const empty = (name: string): Side => ({ name, lines: [], ended: true, modifiedAt: 0 })
      const exists = (name: string) => name === "-" || process.files.exists(name)
      const a = flags.has("N") && !exists(left) ? empty(left) : yield* readSide(process, left)
      const b = flags.has("N") && !exists(right) ? empty(right) : yield* readSide(process, right)
      if (process.charge(a.lines.length + b.lines.length)) yield* process.yield()
      let changes = yield* drive(process, findingChanges(normalised(a, flags), normalised(b, flags)), 200)
      if (changes.length === 0 && a.ended !== b.ended && a.lines.length > 0) {
        const last = { aFrom: a.lines.length - 1, aTo: a.lines.length, bFrom: b.lines.length - 1, bTo: b.lines.length }
        changes = [last]
      }
      if (flags.has("B"))
        changes = changes.filter(({ aFrom, aTo, bFrom, bTo }) =>
          [...a.lines.slice(aFrom, aTo), ...b.lines.slice(bFrom, bTo)].some((line) => line.trim() !== ""),
        )
      if (changes.length === 0) {
        if (flags.has("s")) yield* process.print(`Files ${left} and ${right} are identical\n`)
        if (flags.has("y") && !flags.has("suppress")) yield* process.print(sideBySide(a, b, [], Number(flags.get("W") ?? 130), false))
        return 0
      }
      if (flags.has("q")) yield* process.print(`Files ${left} and ${right} differ\n`)
      else {
        const text = flags.has("y")
          ? sideBySide(a, b, changes, Number(flags.get("W") ?? 130), flags.has("suppress"))
          : flags.has("u") || flags.has("U")
            ? unified(a, b, changes, context, all.get("L") ?? [])
            : flags.has("c") || flags.has("C")
              ? contextual(a, b, changes, Number(flags.get("C") ?? 3), all.get("L") ?? [])
              : normal(a, b, changes)
        yield* process.print(heading + (colour ? coloured(text) : text))
      }
      return 1
    }
    const isDirectory = (path: string) => path !== "-" && process.files.exists(path) && process.files.stat(path).type === "directory"
    const given = args.filter((word) => word.startsWith("-") && word !== "-").join(" ")
    const compareTrees = function* (left: string, right: string): Steps<number> {
      let status = 0
      const [here, there] = [left, right].map((path) => new Set(process.files.list(path).map(({ name }) => name)))
      for (const name of [...new Set([...here, ...there])].sort()) {
        if (process.charge(2)) yield* process.yield()
        const [a, b] = [`${left}/${name}`, `${right}/${name}`]
        if (!here.has(name) && !flags.has("N")) yield* process.print(`Only in ${right}: ${name}\n`)
        else if (!there.has(name) && !flags.has("N")) yield* process.print(`Only in ${left}: ${name}\n`)
        else if (isDirectory(a) && isDirectory(b)) {
          if (flags.has("r")) status = Math.max(status, yield* compareTrees(a, b))
          else yield* process.print(`Common subdirectories: ${a} and ${b}\n`)
          continue
        } else {
          status = Math.max(status, yield* compareFiles(a, b, flags.has("q") ? "" : `diff ${given ? `${given} ` : ""}${a} ${b}\n`))
          continue
        }
        status = 1
      }
      return status
    }
    const [left, right] = words
    try {
      if (isDirectory(left) && isDirectory(right)) return yield* compareTrees(left, right)
      const base = (path: string) => path.split("/").at(-1) ?? path
      if (isDirectory(left)) return yield* compareFiles(`${left.replace(/\/$/, "")}/${base(right)}`, right, "")
      if (isDirectory(right)) return yield* compareFiles(left, `${right.replace(/\/$/, "")}/${base(left)}`, "")
      return yield* compareFiles(left, right, "")
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      const missing = words.filter((word) => word !== "-" && !process.files.exists(word))
      for (const name of missing.length > 0 ? missing : [left]) yield* process.error(`diff: ${name}: ${error.message}\n`)
      return 2
    }
  },
})

export const cmp = defineTool({
  name: "cmp",
  busybox: true,
  version: "(GNU diffutils) 3.10",
  summary: "compare two files byte by byte",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "slb", valued: "n", long: { quiet: "s", silent: "s", verbose: "l" } })
    if (problem) return yield* usageError(process, "cmp", problem, 2)
    const [left, right = "-"] = words
    if (left === undefined) return yield* usageError(process, "cmp", "missing operand after 'cmp'", 2)
    const sides: Uint8Array[] = []
    for (const name of [left, right]) {
      try {
        if (name === "-") sides.push(yield* process.readAll(0))
        else {
          const fd = yield* process.open(name, "r")
          sides.push(yield* process.readAll(fd))
          process.close(fd)
        }
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (!flags.has("s")) yield* process.error(`cmp: ${name}: ${error.message}\n`)
        return 2
      }
    }
    const limit = flags.has("n") ? Number(flags.get("n")) : Number.POSITIVE_INFINITY
    const [a, b] = sides.map((side) => (side.length > limit ? side.subarray(0, limit) : side))
    let line = 1
    let status = 0
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      if (a[at] !== b[at]) {
        if (flags.has("s")) return 1
        if (!flags.has("l")) {
          yield* process.print(`${left} ${right} differ: byte ${at + 1}, line ${line}\n`)
          return 1
        }
        status = 1
        yield* process.print(
          `${String(at + 1).padStart(String(Math.max(a.length, b.length)).length)} ${a[at].toString(8).padStart(3)} ${b[at].toString(8).padStart(3)}\n`,
        )
      }
      if (a[at] === 10) line++
    }
    if (a.length === b.length) return status
    const shorter = a.length < b.length ? left : right
    const size = Math.min(a.length, b.length)
    if (!flags.has("s"))
      yield* process.error(
        `cmp: EOF on ${shorter}${size === 0 ? " which is empty" : ` after byte ${size}, ${size > 0 && (a.length < b.length ? a : b)[size - 1] === 10 ? `line ${line - 1}` : `in line ${line}`}`}\n`,
      )
    return 1
  },
})
