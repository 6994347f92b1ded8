/** What = makes of a line's indent: blocks in braces, brackets that go on, as the plainest part of vim's C indenting (cindent.c). */
import { charactersOf } from "./vi-text.ts"
import type { Options } from "./vi-state.ts"

/** Lines above that are looked at. */
const REACH = 1_000

/** The brackets that are open at the start of `row`, outermost first: each with its row and column. */
const openBefore = (lines: readonly string[], row: number): { bracket: string; row: number; column: number }[] => {
  const open: { bracket: string; row: number; column: number }[] = []
  for (let at = Math.max(0, row - REACH); at < row; at++) {
    let quote: string | undefined
    for (const [column, character] of charactersOf(lines[at]).entries())
      if (quote !== undefined) quote = character === quote ? undefined : quote
      else if (character === '"' || character === "'") quote = character
      else if ("({[".includes(character)) open.push({ bracket: character, row: at, column })
      else if (")}]".includes(character)) open.pop()
  }
  return open
}

const widthOfIndent = (line: string, tabs: number): number => {
  let width = 0
  for (const character of /^[ \t]*/.exec(line)?.[0] ?? "") width += character === "\t" ? tabs - (width % tabs) : 1
  return width
}

/** The line with the indent that it should have, those above it being right already. */
export const indented = (lines: readonly string[], row: number, options: Options): string => {
  const text = lines[row].trimStart()
  if (text === "") return ""
  const inner = openBefore(lines, row).at(-1)
  const unit = options.shiftwidth || options.tabstop
  let width = 0
  if (inner?.bracket === "(") width = inner.column + 1
  else {
    if (inner) width = widthOfIndent(lines[inner.row], options.tabstop) + (text.startsWith("}") ? 0 : unit)
    // At the top there is nothing that goes on.
    if (!inner) return text
    // A statement that the line above has not ended goes on one unit further in.
    let above = row - 1
    while (above > (inner?.row ?? -1) && lines[above].trim() === "") above--
    if (above > (inner?.row ?? -1) && !/^[{}]/.test(text) && !/[;{}:,]\s*$/.test(lines[above])) width += unit
  }
  const indent = options.expandtab
    ? " ".repeat(width)
    : "\t".repeat(Math.floor(width / options.tabstop)) + " ".repeat(width % options.tabstop)
  return indent + text
}
