/** What diff prints: normal, unified, context, ed's and RCS's form. */
import { formatDate } from "../../text/date.ts"
import type { Change } from "../../text/line-diff.ts"
import type { Regex } from "../../text/regex.ts"
import type { Side } from "./sides.ts"

export interface FormOptions {
  readonly context: number
  readonly labels: readonly string[]
  readonly colour: boolean
  /** -T: a tab before every line's text. */
  readonly initialTab: boolean
  /** -t: tabs as blanks, `tabSize` apart. */
  readonly expandTabs: boolean
  readonly tabSize: number
  /** Lines that a hunk is headed with (-p, -F). */
  readonly headings: Regex | undefined
}

const NO_NEWLINE = "\\ No newline at end of file\n"
const COLOURS = { header: "1", added: "32", removed: "31", place: "36" } as const

export const paintedAs = (kind: keyof typeof COLOURS, text: string, colour: boolean): string =>
  colour ? `\x1b[${COLOURS[kind]}m${text}\x1b[0m` : text

export const expandedTabs = (text: string, size: number): string => {
  let shown = ""
  for (const character of text) shown += character === "\t" ? " ".repeat(size - (shown.length % size)) : character
  return shown
}

/** One line with its mark, which a blank or with -T a tab parts from it. */
const lineAt = (side: Side, at: number, mark: string, options: FormOptions, kind?: "added" | "removed"): string => {
  const text = options.expandTabs ? expandedTabs(side.lines[at], options.tabSize) : side.lines[at]
  const lead = options.initialTab ? `${mark.trimEnd()}\t` : mark
  const shown = `${lead}${text}`
  return `${kind ? paintedAs(kind, shown, options.colour) : shown}\n${at === side.lines.length - 1 && !side.ended ? NO_NEWLINE : ""}`
}

function* linesOf(side: Side, from: number, to: number, mark: string, options: FormOptions, kind?: "added" | "removed"): Generator<string> {
  for (let at = from; at < to; at++) yield lineAt(side, at, mark, options, kind)
}

const span = (from: number, to: number): string => (to - from <= 1 ? String(to) : `${from + 1},${to}`)
const letterOf = ({ aFrom, aTo, bFrom, bTo }: Change): "a" | "c" | "d" => (aFrom === aTo ? "a" : bFrom === bTo ? "d" : "c")

/** 2,3c4,5. */
export function* normal(a: Side, b: Side, changes: readonly Change[], options: FormOptions): Generator<string> {
  for (const change of changes) {
    const { aFrom, aTo, bFrom, bTo } = change
    const letter = letterOf(change)
    yield `${paintedAs("place", `${span(aFrom, aTo)}${letter}${span(bFrom, bTo)}`, options.colour)}\n`
    yield* linesOf(a, aFrom, aTo, "< ", options, "removed")
    if (letter === "c") yield "---\n"
    yield* linesOf(b, bFrom, bTo, "> ", options, "added")
  }
}

const headOf = (mark: string, side: Side, label: string | undefined, colour: boolean): string =>
  `${paintedAs("header", `${mark} ${label ?? `${side.name}\t${formatDate("%Y-%m-%d %H:%M:%S.%N %z", side.modifiedAt)}`}`, colour)}\n`

/** Changes that are less than twice the context apart make one hunk. */
const hunksOf = (changes: readonly Change[], context: number): Change[][] => {
  const groups: Change[][] = []
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1)
    if (last && change.aFrom - last.aTo <= context * 2) groups.at(-1)?.push(change)
    else groups.push([change])
  }
  return groups
}

/** Characters of a heading that are shown. */
const MOST_HEADING = 40

/** The last line before `from` that matches, with a blank before it. */
const headingBefore = (side: Side, from: number, { headings }: FormOptions): string => {
  if (!headings) return ""
  for (let at = from - 1; at >= 0; at--)
    if (headings.test(side.lines[at])) return ` ${side.lines[at].trimStart().slice(0, MOST_HEADING).trimEnd()}`
  return ""
}

const range = (from: number, count: number): string => (count === 1 ? String(from + 1) : `${count === 0 ? from : from + 1},${count}`)

export function* unified(a: Side, b: Side, changes: readonly Change[], options: FormOptions): Generator<string> {
  const { context, labels, colour } = options
  yield headOf("---", a, labels[0], colour) + headOf("+++", b, labels[1], colour)
  for (const hunk of hunksOf(changes, context)) {
    const [first, last] = [hunk[0], hunk[hunk.length - 1]]
    const [aFrom, bFrom] = [Math.max(0, first.aFrom - context), Math.max(0, first.bFrom - context)]
    const [aTo, bTo] = [Math.min(a.lines.length, last.aTo + context), Math.min(b.lines.length, last.bTo + context)]
    const place = `@@ -${range(aFrom, aTo - aFrom)} +${range(bFrom, bTo - bFrom)} @@`
    yield `${paintedAs("place", place, colour)}${headingBefore(a, aFrom, options)}\n`
    let at = aFrom
    for (const change of hunk) {
      yield* linesOf(a, at, change.aFrom, " ", options)
      yield* linesOf(a, change.aFrom, change.aTo, "-", options, "removed")
      yield* linesOf(b, change.bFrom, change.bTo, "+", options, "added")
      at = change.aTo
    }
    yield* linesOf(a, at, aTo, " ", options)
  }
}

/** Both sides of a hunk, one after the other. */
export function* contextual(a: Side, b: Side, changes: readonly Change[], options: FormOptions): Generator<string> {
  const { context, labels, colour } = options
  yield headOf("***", a, labels[0], colour) + headOf("---", b, labels[1], colour)
  for (const hunk of hunksOf(changes, context)) {
    const [first, last] = [hunk[0], hunk[hunk.length - 1]]
    const spans = (side: Side, from: number, to: number) => {
      const [start, end] = [Math.max(0, from - context), Math.min(side.lines.length, to + context)]
      return { start, end, label: end - start <= 1 ? String(end) : `${start + 1},${end}` }
    }
    const [left, right] = [spans(a, first.aFrom, last.aTo), spans(b, first.bFrom, last.bTo)]
    yield `***************${headingBefore(a, left.start, options)}\n${paintedAs("place", `*** ${left.label} ****`, colour)}\n`
    if (hunk.some(({ aFrom, aTo }) => aTo > aFrom)) {
      let at = left.start
      for (const { aFrom, aTo, bFrom, bTo } of hunk) {
        yield* linesOf(a, at, aFrom, "  ", options)
        yield* linesOf(a, aFrom, aTo, bTo > bFrom ? "! " : "- ", options, "removed")
        at = aTo
      }
      yield* linesOf(a, at, left.end, "  ", options)
    }
    yield `${paintedAs("place", `--- ${right.label} ----`, colour)}\n`
    if (hunk.some(({ bFrom, bTo }) => bTo > bFrom)) {
      let at = right.start
      for (const { aFrom, aTo, bFrom, bTo } of hunk) {
        yield* linesOf(b, at, bFrom, "  ", options)
        yield* linesOf(b, bFrom, bTo, aTo > aFrom ? "! " : "+ ", options, "added")
        at = bTo
      }
      yield* linesOf(b, at, right.end, "  ", options)
    }
  }
}

/** A script for ed (-e, from the end on) or what looks like one (-f). */
export function* edScript(_a: Side, b: Side, changes: readonly Change[], forward: boolean): Generator<string> {
  for (const change of forward ? changes : changes.toReversed()) {
    const { aFrom, aTo, bFrom, bTo } = change
    const letter = letterOf(change)
    yield forward ? `${letter}${span(aFrom, aTo).replace(",", " ")}\n` : `${span(aFrom, aTo)}${letter}\n`
    if (letter === "d") continue
    let inserting = true
    for (let at = bFrom; at < bTo; at++) {
      // A point alone would end the text: two are put in, and one taken out.
      if (!forward && b.lines[at] === ".") {
        yield "..\n.\ns/.//\n"
        inserting = at + 1 < bTo
        if (inserting) yield "a\n"
      } else yield `${b.lines[at]}\n`
    }
    if (inserting) yield ".\n"
  }
}

export function* rcsScript(_a: Side, b: Side, changes: readonly Change[]): Generator<string> {
  for (const { aFrom, aTo, bFrom, bTo } of changes) {
    if (aTo > aFrom) yield `d${aFrom + 1} ${aTo - aFrom}\n`
    if (bTo === bFrom) continue
    yield `a${aTo} ${bTo - bFrom}\n`
    for (let at = bFrom; at < bTo; at++) yield `${b.lines[at]}${at === b.lines.length - 1 && !b.ended ? "" : "\n"}`
  }
}
