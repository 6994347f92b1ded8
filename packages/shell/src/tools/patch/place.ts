/** Where a hunk fits: at its line, near it, with less of its context (patch's locate_hunk). */
import type { Hunk } from "./parse.ts"

export const reversed = (hunk: Hunk): Hunk => ({
  ...hunk,
  from: hunk.freshFrom,
  freshFrom: hunk.from,
  old: hunk.fresh,
  fresh: hunk.old,
  oldUnended: hunk.freshUnended,
  freshUnended: hunk.oldUnended,
})

/** Lines at one end of a hunk that are the same on both sides. */
export const contextAt = ({ old, fresh }: Hunk, end: "start" | "end"): number => {
  const most = Math.min(old.length, fresh.length)
  let count = 0
  while (count < most && (end === "start" ? old[count] === fresh[count] : old[old.length - 1 - count] === fresh[fresh.length - 1 - count]))
    count++
  return count
}

export interface Found {
  /** From 0. */
  readonly at: number
  readonly fuzz: number
  /** Lines of context that are left out at both ends. */
  readonly lead: number
  readonly trail: number
}

/** The place nearest to `near`; context is left out at both ends up to `most` lines. A blank matches blanks where `loose`. */
export const placeOf = (lines: readonly string[], hunk: Hunk, near: number, most: number, loose: boolean): Found | undefined => {
  const [start, end] = [contextAt(hunk, "start"), contextAt(hunk, "end")]
  const context = Math.max(start, end)
  const plain = (line: string) => (loose ? line.replace(/[ \t]+/g, " ").trimEnd() : line)
  for (let fuzz = 0; fuzz <= Math.min(most, context); fuzz++) {
    const lead = Math.max(0, Math.min(start, fuzz + start - context))
    const trail = Math.max(0, Math.min(end, fuzz + end - context))
    const wanted = hunk.old.slice(lead, hunk.old.length - trail)
    const fits = (at: number) =>
      at >= 0 &&
      at + wanted.length <= lines.length &&
      wanted.every((line, index) => lines[at + index] === line || (loose && plain(lines[at + index]) === plain(line)))
    for (let distance = 0; distance <= lines.length; distance++) {
      if (distance > 0 && fits(near + lead + distance)) return { at: near + distance, fuzz, lead, trail }
      if (fits(near + lead - distance)) return { at: near - distance, fuzz, lead, trail }
    }
  }
  return undefined
}
