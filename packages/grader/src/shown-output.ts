/** Output as a lesson shows it against output as it was printed: columns may be narrower, ages differ, … stands for anything. */

/** "5s", "2m13s", "3d4h": how long something took or how old it is. */
const DURATION = /^\(?(\d+(\.\d+)?(ms|[smhdy]))+\)?$/

const wordsOf = (line: string): string[] =>
  line
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "")

/** … within a word stands for any characters of it. */
const fits = (shown: string, printed: string): boolean => {
  if (shown === printed || (DURATION.test(shown) && DURATION.test(printed))) return true
  if (!shown.includes("…")) return false
  const pieces = shown.split("…")
  let at = 0
  for (const [index, piece] of pieces.entries()) {
    const found = index === 0 ? (printed.startsWith(piece) ? 0 : -1) : printed.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return pieces.at(-1) === "" || printed.endsWith(pieces.at(-1) ?? "")
}

/** A word … alone stands for any number of words; so does a line … for lines. */
const matches = <T>(shown: readonly T[], printed: readonly T[], any: (one: T) => boolean, same: (one: T, other: T) => boolean): boolean => {
  // Row by row of the table "the first i shown fit the first j printed".
  let row = Array.from({ length: printed.length + 1 }, (_, index) => index === 0)
  for (const one of shown) {
    const next: boolean[] = [any(one) && row[0]]
    for (let index = 1; index <= printed.length; index++)
      next[index] = any(one) ? next[index - 1] || row[index] : row[index - 1] && same(one, printed[index - 1])
    row = next
  }
  return row[printed.length]
}

const sameLine = (shown: string, printed: string): boolean => matches(wordsOf(shown), wordsOf(printed), (word) => word === "…", fits)

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "")

/** What is different, in a sentence; undefined when it is as shown. */
export const compareOutput = (shown: string, printed: string): string | undefined => {
  const [wanted, got] = [linesOf(shown), linesOf(printed)]
  if (matches(wanted, got, (line) => line.trim() === "…", sameLine)) return undefined
  const missing = wanted.find((line) => line.trim() !== "…" && !got.some((one) => sameLine(line, one)))
  if (missing !== undefined)
    return `nothing printed is like "${missing.trim()}"; printed was: ${got.slice(0, 12).join(" ⏎ ").slice(0, 600) || "nothing"}`
  return `the lines shown were printed among others or in another order: ${got.slice(0, 12).join(" ⏎ ").slice(0, 600)}`
}
