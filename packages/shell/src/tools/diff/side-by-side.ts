/** diff -y: two columns, laid out with tab stops (side.c). */
import type { Change } from "../../text/line-diff.ts"
import { expandedTabs } from "./forms.ts"
import type { Side } from "./sides.ts"

export interface SideOptions {
  readonly width: number
  readonly tabSize: number
  readonly expandTabs: boolean
  readonly suppressCommon: boolean
  /** Lines that are the same stand at the left alone. */
  readonly leftColumn: boolean
}

/** Columns between the halves. */
const LEAST_GUTTER = 3

export function* sideBySide(a: Side, b: Side, changes: readonly Change[], options: SideOptions): Generator<string> {
  const { width, tabSize, expandTabs } = options
  const tab = expandTabs ? 1 : tabSize
  const gutter = tab + LEAST_GUTTER
  const unaligned = (width >> 1) + (gutter >> 1) + (width & gutter & 1)
  const offset = unaligned - (unaligned % tab)
  const half = Math.max(0, Math.min(offset - LEAST_GUTTER, width - offset))
  const column2 = half > 0 ? offset : width
  const blanksTo = (from: number, to: number): string => {
    if (expandTabs) return " ".repeat(Math.max(0, to - from))
    let text = ""
    for (let at = from; at < to; ) {
      const stop = at - (at % tabSize) + tabSize
      text += stop > to ? " " : "\t"
      at = stop > to ? at + 1 : stop
    }
    return text
  }
  const hasEnd = (side: Side, at: number): boolean => at < side.lines.length - 1 || side.ended
  const row = (left: number | undefined, mark: string, right: number | undefined): string => {
    const cell = expandedTabs(left === undefined ? "" : a.lines[left], tabSize).slice(0, half)
    let [text, at] = [cell, cell.length]
    let sign = mark
    if (mark === "|" && left !== undefined && right !== undefined && hasEnd(a, left) !== hasEnd(b, right))
      sign = hasEnd(a, left) ? "/" : "\\"
    if (sign !== " ") {
      const place = (half + column2 - 1) >> 1
      text += `${blanksTo(at, place)}${sign}`
      at = place + 1
    }
    const other = right === undefined ? "" : expandedTabs(b.lines[right], tabSize).slice(0, half)
    if (other !== "") text += blanksTo(at, column2) + other
    return `${text}\n`
  }
  let [at, other] = [0, 0]
  function* same(until: number): Generator<string> {
    for (; at < until; at++, other++) if (!options.suppressCommon) yield options.leftColumn ? row(at, "(", undefined) : row(at, " ", other)
  }
  for (const change of changes) {
    yield* same(change.aFrom)
    while (at < change.aTo || other < change.bTo) {
      const [left, right] = [at < change.aTo, other < change.bTo]
      yield row(left ? at++ : undefined, left && right ? "|" : left ? "<" : ">", right ? other++ : undefined)
    }
  }
  yield* same(a.lines.length)
}
