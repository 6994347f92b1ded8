/** diff with formats of its user's: --line-format, --changed-group-format, -D and their like (ifdef.c). */
import type { Change } from "../../text/line-diff.ts"
import type { Side } from "./sides.ts"

export interface GroupFormats {
  readonly oldLine: string
  readonly newLine: string
  readonly sameLine: string
  readonly oldGroup: string
  readonly newGroup: string
  readonly changedGroup: string
  readonly sameGroup: string
}

/** A run of lines on both sides. */
type Group = Change

/** By the options that were given; undefined where none was. */
export const groupFormats = (flags: ReadonlyMap<string, string | true>): GroupFormats | undefined => {
  const name = flags.get("D")
  const given = (option: string) => {
    const value = flags.get(option)
    return typeof value === "string" ? value : undefined
  }
  const lines = ["old-line", "new-line", "unchanged-line"].map((option) => given(option) ?? given("line"))
  const groups = ["old-group", "new-group", "changed-group", "unchanged-group"].map(given)
  if (name === undefined && [...lines, ...groups].every((one) => one === undefined)) return undefined
  const [oldLine, newLine, sameLine] = lines.map((one) => one ?? "%l\n")
  const defined = typeof name === "string"
  const oldGroup = groups[0] ?? groups[2] ?? (defined ? `#ifndef ${name}\n%<#endif /* ! ${name} */\n` : "%<")
  const newGroup = groups[1] ?? groups[2] ?? (defined ? `#ifdef ${name}\n%>#endif /* ${name} */\n` : "%>")
  const both = defined ? `#ifndef ${name}\n%<#else /* ${name} */\n%>#endif /* ${name} */\n` : undefined
  return {
    oldLine,
    newLine,
    sameLine,
    oldGroup,
    newGroup,
    changedGroup: groups[2] ?? both ?? oldGroup + newGroup,
    sameGroup: groups[3] ?? "%=",
  }
}

const character = (text: string): string => (/^\\/.test(text) ? String.fromCharCode(Number.parseInt(text.slice(1), 8)) : text)

const number = (marks: string, kind: string, value: number): string => {
  const text = kind === "d" ? String(value) : kind === "o" ? value.toString(8) : value.toString(16)
  const shown = kind === "X" ? text.toUpperCase() : text
  const width = Number(/\d+$/.exec(marks)?.[0] ?? 0)
  return marks.startsWith("-") ? shown.padEnd(width) : shown.padStart(width, marks.startsWith("0") ? "0" : " ")
}

function* lines(side: Side, from: number, to: number, format: string): Generator<string> {
  for (let at = from; at < to; at++) {
    const text = side.lines[at]
    const end = at < side.lines.length - 1 || side.ended ? "\n" : ""
    yield format.replace(
      /%(?:(%)|(l)|(L)|c'(\\[0-7]{1,3}|.)'|(-?[\d]*)([doxX])n)/g,
      (_, percent?: string, own?: string, whole?: string, code?: string, marks?: string, kind?: string) =>
        percent ?? (own ? text : whole ? text + end : code !== undefined ? character(code) : number(marks ?? "", kind ?? "d", at + 1)),
    )
  }
}

/** Numbers of a group's lines: %dF and its like. */
const groupNumber = (letter: string, { aFrom, aTo, bFrom, bTo }: Group): number => {
  const [from, to] = /[A-Z]/.test(letter) ? [bFrom, bTo] : [aFrom, aTo]
  return { e: from, f: from + 1, l: to, m: to + 1, n: to - from }[letter.toLowerCase()] ?? 0
}

const GROUP =
  /%(?:(%)|([<>=])|c'(\\[0-7]{1,3}|.)'|(-?\d*)([doxX])([eflmnEFLMN])|\(([eflmnEFLMN]|\d+)=([eflmnEFLMN]|\d+)\?([^:]*):([^)]*)\))/g

function* group(a: Side, b: Side, own: Group, format: string, formats: GroupFormats): Generator<string> {
  let from = 0
  for (const match of format.matchAll(GROUP)) {
    yield format.slice(from, match.index)
    from = match.index + match[0].length
    const [, percent, which, code, marks, kind, letter, left, right, then, otherwise] = match
    if (percent) yield "%"
    else if (which === "<") yield* lines(a, own.aFrom, own.aTo, formats.oldLine)
    else if (which === ">") yield* lines(b, own.bFrom, own.bTo, formats.newLine)
    else if (which === "=") yield* lines(a, own.aFrom, own.aTo, formats.sameLine)
    else if (code !== undefined) yield character(code)
    else if (letter !== undefined) yield number(marks, kind, groupNumber(letter, own))
    else {
      const value = (text: string) => (/\d/.test(text) ? Number(text) : groupNumber(text, own))
      yield* group(a, b, own, value(left) === value(right) ? then : otherwise, formats)
    }
  }
  yield format.slice(from)
}

export function* inGroups(a: Side, b: Side, changes: readonly Change[], formats: GroupFormats): Generator<string> {
  let [at, other] = [0, 0]
  for (const change of [...changes, { aFrom: a.lines.length, aTo: a.lines.length, bFrom: b.lines.length, bTo: b.lines.length }]) {
    if (change.aFrom > at) yield* group(a, b, { aFrom: at, aTo: change.aFrom, bFrom: other, bTo: change.bFrom }, formats.sameGroup, formats)
    if (change.aTo > change.aFrom || change.bTo > change.bFrom) {
      const kind = change.aTo === change.aFrom ? formats.newGroup : change.bTo === change.bFrom ? formats.oldGroup : formats.changedGroup
      yield* group(a, b, change, kind, formats)
    }
    at = change.aTo
    other = change.bTo
  }
}
