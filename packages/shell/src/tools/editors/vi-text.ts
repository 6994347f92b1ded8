/** vi's text: lines, places in them, and the motions over both. */
import { columnsOf } from "../../bash/line-editor/width.ts"

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
  /** What it spans is kept in a numbered register, however small: %, searches, marks. */
  big?: boolean
  /** It goes to where nothing is changed before the cursor's own place: a search, a mark, a sentence. */
  jump?: boolean
  /** A selection: it is taken as it is. */
  visual?: boolean
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

/** The screen column at which a character stands, tabs reaching to multiples of `tabs`. */
export const displayColumn = (line: string | undefined, column: number, tabs: number): number => {
  let width = 0
  for (const character of charactersOf(line).slice(0, column)) width += character === "\t" ? tabs - (width % tabs) : columnsOf(character)
  return width
}

/** The character that covers a screen column, the last one where the line is shorter. */
export const columnAt = (line: string | undefined, wanted: number, tabs: number): number => {
  let width = 0
  const characters = charactersOf(line)
  for (const [column, character] of characters.entries()) {
    width += character === "\t" ? tabs - (width % tabs) : columnsOf(character)
    if (width > wanted) return column
  }
  return Math.max(0, characters.length - 1)
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

/** e; `stay`: at the end of a word it is there already, as cw has it. */
export const wordEnd = (lines: readonly string[], from: Place, big: boolean, stay = false): Place => {
  let { row, column } = from
  let characters = charactersOf(lines[row])
  const here = kindOf(characters[column], big)
  if (stay && here !== "blank" && kindOf(characters[column + 1], big) !== here) return from
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

/** ge: back to the end of the word before. */
export const wordEndBackward = (lines: readonly string[], from: Place, big: boolean): Place => {
  let { row, column } = from
  let characters = charactersOf(lines[row])
  const kind = kindOf(characters[column], big)
  while (column >= 0 && kind !== "blank" && kindOf(characters[column], big) === kind) column--
  for (;;) {
    while (column >= 0 && kindOf(characters[column], big) === "blank") column--
    if (column >= 0) return { row, column }
    if (row === 0) return { row: 0, column: 0 }
    row--
    characters = charactersOf(lines[row])
    column = characters.length - 1
    if (characters.length === 0) return { row, column: 0 }
  }
}

export const paragraph = (lines: readonly string[], from: Place, forward: boolean): Place => {
  let { row } = from
  const step = forward ? 1 : -1
  while (row + step >= 0 && row + step < lines.length && lines[row] === "") row += step
  while (row + step >= 0 && row + step < lines.length && lines[row] !== "") row += step
  return { row, column: forward && lines[row] !== "" ? Math.max(0, lengthOf(lines[row]) - 1) : 0 }
}

const PAIRS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{" }
const CLOSES: Readonly<Record<string, string>> = { ...PAIRS, "<": ">" }

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

/** The bracket around a place: [{ and ]}, [( and ]). */
export const bracketAround = (lines: readonly string[], from: Place, open: string, forward: boolean): Place | undefined => {
  const close = PAIRS[open]
  const at = { row: from.row, column: from.column + (forward ? 1 : -1) }
  return forward ? enclosing(lines, at, open, close, 1, 1) : enclosing(lines, at, close, open, -1, 1)
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
  again = false,
): number | undefined => {
  const characters = charactersOf(line)
  const step = kind === "f" || kind === "t" ? 1 : -1
  let at = column
  for (let left = count; left > 0; left--) {
    at += step
    // Again with t: the next one, not the one it stands before.
    if (again && left === count && (kind === "t" || kind === "T") && characters[at] === character && count === 1) at += step
    while (at >= 0 && at < characters.length && characters[at] !== character) at += step
    if (at < 0 || at >= characters.length) return undefined
  }
  return kind === "t" ? at - 1 : kind === "T" ? at + 1 : at
}

/** it, at: what stands between <name …> and </name>, in one line or several. */
const tagAround = (lines: readonly string[], at: Place, around: boolean, count: number): Motion | undefined => {
  let outer = count
  const first = Math.max(0, at.row - 200)
  const part = lines.slice(first, at.row + 200)
  const text = part.join("\n")
  const offset = part.slice(0, at.row - first).reduce((sum, line) => sum + line.length + 1, 0) + at.column
  const open: { name: string; from: number; inner: number }[] = []
  for (const { 0: tag, 1: slash, 2: name, index } of text.matchAll(/<(\/?)([A-Za-z][\w:-]*)[^<>]*>/g)) {
    if (tag.endsWith("/>")) continue
    if (slash === "") {
      open.push({ name, from: index, inner: index + tag.length })
      continue
    }
    const begin = open.findLastIndex((one) => one.name === name)
    if (begin < 0) continue
    const { from, inner } = open[begin]
    open.length = begin
    if (from > offset || index + tag.length <= offset || --outer > 0) continue
    const placeOf = (where: number): Place => {
      const before = text.slice(0, where).split("\n")
      return { row: first + before.length - 1, column: charactersOf(before.at(-1)).length }
    }
    if (around) return { from: placeOf(from), to: placeOf(index + tag.length - 1), inclusive: true }
    return inner === index
      ? { from: placeOf(inner), to: placeOf(inner) }
      : { from: placeOf(inner), to: placeOf(index - 1), inclusive: true }
  }
  return undefined
}

/** iw, aw, i", a(, ip, is, it …, `count` of them; undefined when there is none here. */
export const textObject = (lines: readonly string[], at: Place, around: boolean, name: string, count = 1): Motion | undefined => {
  const characters = charactersOf(lines[at.row])
  if (name === "t") return tagAround(lines, at, around, count)
  if (name === "w" || name === "W") {
    const big = name === "W"
    const kind = kindOf(characters[at.column], big)
    let [from, to] = [at.column, at.column - 1]
    while (from > 0 && kindOf(characters[from - 1], big) === kind) from--
    const run = () => {
      const next = kindOf(characters[to + 1], big)
      while (to + 1 < characters.length && kindOf(characters[to + 1], big) === next) to++
    }
    for (let left = Math.min(count, characters.length); left > 0; left--) {
      run()
      if (!around) continue
      // The blanks behind a word belong to it, or else those before it; from blanks on, the word behind them.
      const end = to
      if (kind === "blank" || kindOf(characters[to + 1], big) === "blank") run()
      if (to === end && kind !== "blank") while (from > 0 && kindOf(characters[from - 1], big) === "blank") from--
    }
    return { from: { row: at.row, column: from }, to: { row: at.row, column: to }, inclusive: true }
  }
  if (name === '"' || name === "'" || name === "`") {
    const places = characters.flatMap((character, column) => (character === name && characters[column - 1] !== "\\" ? [column] : []))
    for (let pair = 0; pair + 1 < places.length; pair += 2) {
      const [open, close] = [places[pair], places[pair + 1]]
      if (at.column > close) continue
      if (around) {
        let [from, to] = [open, close]
        while (/\s/.test(characters[to + 1] ?? "")) to++
        if (to === close) while (/\s/.test(characters[from - 1] ?? "")) from--
        return { from: { row: at.row, column: from }, to: { row: at.row, column: to }, inclusive: true }
      }
      // Twice: with the quotes, but not what is around them.
      if (count > 1) return { from: { row: at.row, column: open }, to: { row: at.row, column: close }, inclusive: true }
      return close === open + 1
        ? { from: { row: at.row, column: close }, to: { row: at.row, column: close } }
        : { from: { row: at.row, column: open + 1 }, to: { row: at.row, column: close - 1 }, inclusive: true }
    }
    return undefined
  }
  const bracket = { b: "(", "(": "(", ")": "(", B: "{", "{": "{", "}": "{", "[": "[", "]": "[", "<": "<", ">": "<" }[name]
  if (bracket) {
    const close = CLOSES[bracket]
    const here = characters[at.column]
    const isOpen = here === bracket
    let open = isOpen ? at : enclosing(lines, here === close ? { ...at, column: at.column - 1 } : at, close, bracket, -1, 1)
    for (let outer = 1; open && outer < Math.min(count, 50); outer++) open = bracketAround(lines, open, bracket, false)
    // What begins further on in the line is taken too.
    if (!open) {
      const ahead = characters.indexOf(bracket, at.column)
      if (ahead >= 0) open = { row: at.row, column: ahead }
    }
    if (!open) return undefined
    const end = enclosing(lines, open, bracket, close, 1, 0)
    if (!end) return undefined
    if (around) return { from: open, to: end, inclusive: true }
    if (end.row === open.row)
      return end.column === open.column + 1
        ? { from: end, to: end }
        : { from: { row: open.row, column: open.column + 1 }, to: { row: end.row, column: end.column - 1 }, inclusive: true }
    // Brackets at the ends of their lines hold whole lines.
    const opens = open.column + 1 >= lengthOf(lines[open.row])
    const alone = /^\s*$/.test(charactersOf(lines[end.row]).slice(0, end.column).join(""))
    if (opens && alone && end.row > open.row + 1)
      return { from: { row: open.row + 1, column: 0 }, to: { row: end.row - 1, column: 0 }, linewise: true }
    return { from: { row: open.row, column: open.column + 1 }, to: { row: end.row, column: end.column } }
  }
  if (name === "p") return paragraphAt(lines, at.row, around, count)
  return undefined
}

/** ip, ap: runs of lines with text, or of empty ones; each is one of ip's, and ap takes them in pairs. */
const paragraphAt = (lines: readonly string[], row: number, around: boolean, count: number): Motion | undefined => {
  const blank = (at: number) => (lines[at] ?? "").trim() === ""
  const end = (at: number) => {
    let to = at
    while (to + 1 < lines.length && blank(to + 1) === blank(at)) to++
    return to
  }
  let [from, to] = [row, end(row)]
  while (from > 0 && blank(from - 1) === blank(row)) from--
  for (let left = Math.min(count, 1_000); left > 0; left--) {
    // Every further one begins behind the last.
    if (left < Math.min(count, 1_000)) {
      if (to + 1 >= lines.length) return undefined
      to = end(to + 1)
    }
    if (!around) continue
    if (to + 1 < lines.length) to = end(to + 1)
    else if (left === 1 && !blank(row)) while (from > 0 && blank(from - 1)) from--
    else if (blank(row)) return undefined
  }
  return { from: { row: from, column: 0 }, to: { row: to, column: 0 }, linewise: true }
}
