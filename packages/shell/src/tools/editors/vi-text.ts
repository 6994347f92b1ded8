/** vi's text: lines, places in them, and the motions over both. */

export interface Place {
  row: number
  column: number
}

/** Where a motion leads, and what of the text between an operator takes. */
export interface Motion {
  to: Place
  linewise?: boolean
  /** The last character belongs to it. */
  inclusive?: boolean
  /** For text objects: where the range begins. */
  from?: Place
}

export const charactersOf = (line: string | undefined): string[] => [...(line ?? "")]
export const lengthOf = (line: string | undefined): number => charactersOf(line).length

const kindOf = (character: string | undefined, big: boolean): "blank" | "word" | "other" =>
  character === undefined || /\s/.test(character) ? "blank" : big || /[\p{L}\p{N}_]/u.test(character) ? "word" : "other"

export const firstNonBlank = (line: string | undefined): number => {
  const characters = charactersOf(line)
  const at = characters.findIndex((character) => !/\s/.test(character))
  return at < 0 ? Math.max(0, characters.length - 1) : at
}

export const before = (a: Place, b: Place): boolean => a.row < b.row || (a.row === b.row && a.column < b.column)

export const wordForward = (lines: readonly string[], from: Place, big: boolean): Place => {
  let { row, column } = from
  let characters = charactersOf(lines[row])
  const start = kindOf(characters[column], big)
  while (column < characters.length && start !== "blank" && kindOf(characters[column], big) === start) column++
  for (;;) {
    while (column < characters.length && kindOf(characters[column], big) === "blank") column++
    if (column < characters.length) return { row, column }
    if (row >= lines.length - 1) return { row, column: characters.length }
    row++
    column = 0
    characters = charactersOf(lines[row])
    // An empty line is a word.
    if (characters.length === 0) return { row, column }
  }
}

export const wordBackward = (lines: readonly string[], from: Place, big: boolean): Place => {
  let { row, column } = from
  let characters = charactersOf(lines[row])
  for (;;) {
    column--
    while (column >= 0 && kindOf(characters[column], big) === "blank") column--
    if (column >= 0) break
    if (row === 0) return { row: 0, column: 0 }
    row--
    characters = charactersOf(lines[row])
    if (characters.length === 0) return { row, column: 0 }
    column = characters.length
  }
  const kind = kindOf(characters[column], big)
  while (column > 0 && kindOf(characters[column - 1], big) === kind) column--
  return { row, column }
}

export const wordEnd = (lines: readonly string[], from: Place, big: boolean): Place => {
  let { row, column } = from
  let characters = charactersOf(lines[row])
  for (;;) {
    column++
    while (column < characters.length && kindOf(characters[column], big) === "blank") column++
    if (column < characters.length) break
    if (row >= lines.length - 1) return { row, column: Math.max(0, characters.length - 1) }
    row++
    characters = charactersOf(lines[row])
    column = -1
  }
  const kind = kindOf(characters[column], big)
  while (column + 1 < characters.length && kindOf(characters[column + 1], big) === kind) column++
  return { row, column }
}

export const paragraph = (lines: readonly string[], from: Place, forward: boolean): Place => {
  let { row } = from
  const step = forward ? 1 : -1
  while (row + step >= 0 && row + step < lines.length && lines[row] === "") row += step
  while (row + step >= 0 && row + step < lines.length && lines[row] !== "") row += step
  return { row, column: forward && lines[row] !== "" ? Math.max(0, lengthOf(lines[row]) - 1) : 0 }
}

const PAIRS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{" }

/** Steps that looking for a bracket may take. */
const SEARCH_LIMIT = 200_000

/** The bracket that fits the one at or after a place (%). */
export const matchingBracket = (lines: readonly string[], from: Place): Place | undefined => {
  const line = charactersOf(lines[from.row])
  const at = line.findIndex((character, column) => column >= from.column && Object.hasOwn(PAIRS, character))
  if (at < 0) return undefined
  const open = line[at]
  return enclosing(lines, { row: from.row, column: at }, open, PAIRS[open], "([{".includes(open) ? 1 : -1, 0)
}

/** Walks from a place until `close` evens out `open`. */
const enclosing = (
  lines: readonly string[],
  from: Place,
  open: string,
  close: string,
  step: 1 | -1,
  depthAtStart: number,
): Place | undefined => {
  let { row, column } = from
  let depth = depthAtStart
  let characters = charactersOf(lines[row])
  for (let steps = 0; steps < SEARCH_LIMIT; steps++) {
    const character = characters[column]
    if (character === open) depth++
    else if (character === close && --depth <= 0) return { row, column }
    column += step
    while (column < 0 || column >= characters.length) {
      row += step
      if (row < 0 || row >= lines.length) return undefined
      characters = charactersOf(lines[row])
      column = step > 0 ? 0 : characters.length - 1
      if (characters.length === 0) column = step > 0 ? 0 : -1
      if (characters.length > 0) break
    }
  }
  return undefined
}

/** f, F, t, T in one line. */
export const findCharacter = (
  line: string | undefined,
  column: number,
  character: string,
  kind: string,
  count: number,
): number | undefined => {
  const characters = charactersOf(line)
  const step = kind === "f" || kind === "t" ? 1 : -1
  let at = column
  for (let left = count; left > 0; left--) {
    at += step
    // Again with t: the next one, not the one it stands before.
    if (left === count && (kind === "t" || kind === "T") && characters[at] === character && count === 1) at += step
    while (at >= 0 && at < characters.length && characters[at] !== character) at += step
    if (at < 0 || at >= characters.length) return undefined
  }
  return kind === "t" ? at - 1 : kind === "T" ? at + 1 : at
}

/** iw, aw, i", a(, ip …; undefined when there is none here. */
export const textObject = (lines: readonly string[], at: Place, around: boolean, name: string): Motion | undefined => {
  const characters = charactersOf(lines[at.row])
  if (name === "w" || name === "W") {
    const big = name === "W"
    const kind = kindOf(characters[at.column], big)
    let [from, to] = [at.column, at.column]
    while (from > 0 && kindOf(characters[from - 1], big) === kind) from--
    while (to + 1 < characters.length && kindOf(characters[to + 1], big) === kind) to++
    if (around) {
      const end = to
      while (to + 1 < characters.length && kindOf(characters[to + 1], big) === "blank") to++
      if (to === end) while (from > 0 && kindOf(characters[from - 1], big) === "blank") from--
    }
    return { from: { row: at.row, column: from }, to: { row: at.row, column: to }, inclusive: true }
  }
  if (name === '"' || name === "'" || name === "`") {
    const places = characters.flatMap((character, column) => (character === name && characters[column - 1] !== "\\" ? [column] : []))
    for (let pair = 0; pair + 1 < places.length; pair += 2) {
      const [open, close] = [places[pair], places[pair + 1]]
      if (at.column > close) continue
      if (around) return { from: { row: at.row, column: open }, to: { row: at.row, column: close }, inclusive: true }
      return close === open + 1
        ? { from: { row: at.row, column: close }, to: { row: at.row, column: close } }
        : { from: { row: at.row, column: open + 1 }, to: { row: at.row, column: close - 1 }, inclusive: true }
    }
    return undefined
  }
  const bracket = { b: "(", "(": "(", ")": "(", B: "{", "{": "{", "}": "{", "[": "[", "]": "[" }[name]
  if (bracket) {
    const close = PAIRS[bracket]
    const here = characters[at.column]
    const open = here === bracket ? at : enclosing(lines, here === close ? { ...at, column: at.column - 1 } : at, close, bracket, -1, 1)
    if (!open) return undefined
    const end = enclosing(lines, open, bracket, close, 1, 0)
    if (!end) return undefined
    if (around) return { from: open, to: end, inclusive: true }
    return end.row === open.row && end.column === open.column + 1
      ? { from: end, to: end }
      : { from: { row: open.row, column: open.column + 1 }, to: { row: end.row, column: end.column } }
  }
  if (name === "p") {
    const blank = lines[at.row] === ""
    let [from, to] = [at.row, at.row]
    while (from > 0 && (lines[from - 1] === "") === blank) from--
    while (to + 1 < lines.length && (lines[to + 1] === "") === blank) to++
    if (around) while (to + 1 < lines.length && (lines[to + 1] === "") !== blank) to++
    return { from: { row: from, column: 0 }, to: { row: to, column: 0 }, linewise: true }
  }
  return undefined
}
