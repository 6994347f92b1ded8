/** vi's sentences: where ( and ) lead, and what "is" and "as" are. As search.c's findsent. */
import { charactersOf, type Motion, type Place } from "./vi-text.ts"

/** Lines that a search for a sentence goes through. */
const REACH = 500

/** Columns of `line` where a sentence begins, besides its first text. */
const startsIn = (line: string): number[] =>
  [...line.matchAll(/[.!?][)\]"']*\s+(?=\S)/g)].map(({ index, 0: text }) => charactersOf(line.slice(0, index + text.length)).length)

/** Beginnings of sentences from `first` to `last`, in order; a line without text is one of its own. */
const beginnings = (lines: readonly string[], first: number, last: number): Place[] => {
  const places: Place[] = []
  for (let row = Math.max(0, first); row <= Math.min(last, lines.length - 1); row++) {
    const line = lines[row]
    if (line === "") {
      if (row === 0 || lines[row - 1] !== "") places.push({ row, column: 0 })
      continue
    }
    const before = lines[row - 1]
    const text = Math.max(0, line.search(/\S/))
    if (before === undefined || before === "" || /[.!?][)\]"']*\s*$/.test(before)) places.push({ row, column: text })
    places.push(
      ...startsIn(line)
        .filter((column) => column > text)
        .map((column) => ({ row, column })),
    )
  }
  return places
}

const after = (a: Place, b: Place): boolean => a.row > b.row || (a.row === b.row && a.column > b.column)

/** The beginning of the next or the last sentence; the ends of the text when there is none. */
export const sentence = (lines: readonly string[], from: Place, forward: boolean): Place => {
  const places = beginnings(lines, from.row - (forward ? 1 : REACH), from.row + (forward ? REACH : 0))
  if (!forward) return places.findLast((place) => after(from, place)) ?? { row: 0, column: 0 }
  const row = lines.length - 1
  return places.find((place) => after(place, from)) ?? { row, column: Math.max(0, charactersOf(lines[row]).length - 1) }
}

/** "is", and with the blanks behind it "as"; `count` of them, where for "is" the blanks between are some too. */
export const sentenceAt = (lines: readonly string[], at: Place, around: boolean, count = 1): Motion => {
  const places = beginnings(lines, at.row - REACH, at.row + REACH)
  const from = places.findLast((place) => !after(place, at)) ?? { row: at.row, column: 0 }
  const isBlank = (column: number, row: number) => /\s/.test(charactersOf(lines[row])[column] ?? "")
  let begin = from
  let end: Place = { row: at.row, column: 0 }
  let here = from
  let onBlank = false
  for (let left = Math.min(count, 100); left > 0; left--) {
    const next = places.find((place) => after(place, here))
    // A sentence ends before the next, or with its last line.
    const row = next && next.row === here.row ? next.row : next && next.column > 0 ? next.row : (next?.row ?? lines.length) - 1
    const { length } = charactersOf(lines[row])
    let stop = next && next.row === row ? next.column : length
    const whole = stop
    if (!around && !onBlank) while (stop > 1 && isBlank(stop - 1, row)) stop--
    end = { row, column: Math.max(0, stop - 1) }
    const blanks = stop < whole
    if (around || onBlank || !blanks) {
      if (!next) break
      here = next
    }
    onBlank = !around && blanks && !onBlank
  }
  // Where no blanks follow the last, those before the first go.
  const taken = isBlank(end.column, end.row)
  if (around && !taken)
    while (begin.column > 0 && isBlank(begin.column - 1, begin.row)) begin = { row: begin.row, column: begin.column - 1 }
  return { from: begin, to: end, inclusive: true }
}
