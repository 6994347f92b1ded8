/** Two people's changes of one text, joined line by line; where both changed the same lines, both versions stay, marked. */

export interface Merged {
  readonly text: string
  /** Places where both changed the same lines in different ways; each is marked in the text as git marks it. */
  readonly conflicts: number
}

/** Lines compared with lines: beyond this the texts are taken as wholes. */
const MOST = 4_000_000

/** For each line of `base`, the line of `other` that it became (-1: none), by a longest common subsequence. */
const matching = (base: readonly string[], other: readonly string[]): number[] => {
  const match = base.map(() => -1)
  let start = 0
  while (start < base.length && start < other.length && base[start] === other[start]) match[start] = start++
  let [baseEnd, otherEnd] = [base.length, other.length]
  while (baseEnd > start && otherEnd > start && base[baseEnd - 1] === other[otherEnd - 1]) match[--baseEnd] = --otherEnd
  const [rows, columns] = [baseEnd - start, otherEnd - start]
  if (rows * columns > MOST) return match
  const width = columns + 1
  const lengths = new Uint32Array((rows + 1) * width)
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      lengths[row * width + column] =
        base[start + row] === other[start + column]
          ? lengths[(row + 1) * width + column + 1] + 1
          : Math.max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (base[start + row] === other[start + column]) match[start + row++] = start + column++
    else if (lengths[(row + 1) * width + column] >= lengths[row * width + column + 1]) row++
    else column++
  }
  return match
}

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((line, index) => line === other[index])

/** @param base what both began with */
export const mergeTexts = (base: string, mine: string, theirs: string): Merged => {
  if (mine === theirs || theirs === base) return { text: mine, conflicts: 0 }
  if (mine === base) return { text: theirs, conflicts: 0 }
  const [origin, left, right] = [base, mine, theirs].map((text) => text.split("\n"))
  const [toLeft, toRight] = [matching(origin, left), matching(origin, right)]
  const out: string[] = []
  let conflicts = 0
  let [at, atLeft, atRight] = [0, 0, 0]
  const change = (end: number, endLeft: number, endRight: number) => {
    const [was, ours, others] = [origin.slice(at, end), left.slice(atLeft, endLeft), right.slice(atRight, endRight)]
    if (same(ours, others) || same(others, was)) out.push(...ours)
    else if (same(ours, was)) out.push(...others)
    else {
      conflicts++
      out.push("<<<<<<< mine", ...ours, "=======", ...others, ">>>>>>> theirs")
    }
  }
  for (let line = 0; line < origin.length; line++) {
    if (toLeft[line] < 0 || toRight[line] < 0) continue
    change(line, toLeft[line], toRight[line])
    out.push(origin[line])
    at = line + 1
    atLeft = toLeft[line] + 1
    atRight = toRight[line] + 1
  }
  change(origin.length, left.length, right.length)
  return { text: out.join("\n"), conflicts }
}
