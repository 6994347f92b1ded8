/** sort's keys: which part of a line counts, and how parts are compared (sort.c). */
import type { Process } from "@drydock/machine"
import { quote } from "./reading.ts"

/** How something is compared: letters of b d f g h i M n R V r. */
export interface Key {
  readonly from: number
  readonly fromChar: number
  /** 0: to the end of the line. */
  readonly to: number
  readonly toChar: number
  readonly how: string
  /** Whether blanks are skipped before its first and before its last character is counted. */
  readonly skipsStart: boolean
  readonly skipsEnd: boolean
}

export const KINDS = "bdfghiMnRrV"

/** "1.2b,3n" as a key; a text where it is wrong. Kinds that it lacks are those of all. */
export const parseKey = (process: Process, text: string, own: string): Key | string => {
  const invalid = (message: string) => `${message}: invalid field specification ${quote(process, text)}`
  const count = (rest: string, message: string): { value: number; rest: string } | string => {
    const match = /^\d+/.exec(rest)
    return match
      ? { value: Number(match[0]), rest: rest.slice(match[0].length) }
      : `${message}: invalid count at start of ${quote(process, rest)}`
  }
  const first = count(text, "invalid number at field start")
  if (typeof first === "string") return first
  if (first.value === 0) return invalid("field number is zero")
  let rest = first.rest
  let fromChar = 1
  if (rest.startsWith(".")) {
    const character = count(rest.slice(1), "invalid number after '.'")
    if (typeof character === "string") return character
    if (character.value === 0) return invalid("character offset is zero")
    fromChar = character.value
    rest = character.rest
  }
  const letters = () => {
    const found = new RegExp(`^[${KINDS}]*`).exec(rest)?.[0] ?? ""
    rest = rest.slice(found.length)
    return found
  }
  const startHow = letters()
  let [to, toChar, endHow] = [0, 0, ""]
  if (rest.startsWith(",")) {
    const last = count(rest.slice(1), "invalid number after ','")
    if (typeof last === "string") return last
    if (last.value === 0) return invalid("field number is zero")
    to = last.value
    rest = last.rest
    if (rest.startsWith(".")) {
      const character = count(rest.slice(1), "invalid number after '.'")
      if (typeof character === "string") return character
      toChar = character.value
      rest = character.rest
    }
    endHow = letters()
  }
  if (rest !== "") return invalid("stray character in field spec")
  const given = startHow + endHow
  const how = given === "" ? own : given
  const inherits = given === "" && own.includes("b")
  return {
    from: first.value,
    fromChar,
    to,
    toChar,
    how,
    skipsStart: startHow.includes("b") || inherits,
    skipsEnd: endHow.includes("b") || inherits,
  }
}

/** The letters of kinds that exclude each other, where there are such. */
export const incompatible = (how: string): string | undefined => {
  const groups = ["n", "g", "h", "M"].filter((letter) => how.includes(letter)).length + Number(/[VRdi]/.test(how))
  return groups > 1 ? [..."dfghiMnRV"].filter((letter) => how.includes(letter)).join("") : undefined
}

export const isBlank = (character: string): boolean => character === " " || character === "\t"

/** Where each field begins and ends; blanks before one belong to it unless -t says what parts fields. */
const fieldsOf = (line: string, separator: string | undefined): [number, number][] => {
  const fields: [number, number][] = []
  if (separator !== undefined) {
    let from = 0
    for (;;) {
      const next = line.indexOf(separator, from)
      fields.push([from, next < 0 ? line.length : next])
      if (next < 0) return fields
      from = next + separator.length
    }
  }
  for (let at = 0; at < line.length; ) {
    const from = at
    while (at < line.length && isBlank(line[at])) at++
    while (at < line.length && !isBlank(line[at])) at++
    fields.push([from, at])
  }
  return fields
}

/** Where a key's part begins and ends. */
export const spanOf = (line: string, key: Key, separator: string | undefined): readonly [number, number] => {
  const fields = fieldsOf(line, separator)
  const skipped = (at: number, end: number) => {
    let place = at
    while (place < end && isBlank(line[place])) place++
    return place
  }
  const first = fields[key.from - 1]
  const from = first ? Math.min(line.length, (key.skipsStart ? skipped(first[0], line.length) : first[0]) + key.fromChar - 1) : line.length
  if (key.to === 0) return [from, line.length]
  const last = fields[key.to - 1]
  if (!last) return [from, Math.max(from, line.length)]
  if (key.toChar === 0) return [from, Math.max(from, last[1])]
  const to = (key.skipsEnd ? skipped(last[0], last[1]) : last[0]) + key.toChar
  return [from, Math.max(from, Math.min(to, line.length))]
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
/** -1 for none. */
export const monthOf = (text: string): number => MONTHS.indexOf(text.trimStart().slice(0, 3).toUpperCase())

const UNITS = " KMGTPEZY"

const numeric = (text: string): number => Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] || 0) || 0

/** What -g reads at the beginning of a text. */
export const GENERAL = /^[ \t]*([-+]?(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan))/i

/** What is no number comes before what is not one (NaN), that before all numbers. */
const general = (text: string): readonly [number, number] => {
  const match = GENERAL.exec(text)
  if (!match) return [0, 0]
  const value = Number(
    match[1]
      .toLowerCase()
      .replace(/inf(inity)?/, "Infinity")
      .replace("nan", "NaN"),
  )
  return Number.isNaN(value) ? [1, 0] : [2, value]
}

/** -h: the unit outweighs the number. */
const human = (text: string): [number, number] => {
  const match = /^\s*(-?\d*\.?\d*)([kKMGTPEZY]?)/.exec(text)
  const value = Number(match?.[1] || 0) || 0
  const unit = value === 0 ? 0 : Math.max(0, UNITS.indexOf((match?.[2] || " ").toUpperCase()))
  return [value < 0 ? -unit : unit, value]
}

/** What of a name is compared first: all but its extensions (filevercmp's file_prefixlen). */
const withoutExtensions = (name: string): string => name.replace(/(?:\.[A-Za-z~][A-Za-z0-9~]*)*$/, "") || name

/** As filevercmp: names without their extensions, then whole. */
export const compareVersions = (a: string, b: string): number =>
  compareRuns(withoutExtensions(a), withoutExtensions(b)) || compareRuns(a, b)

/** Letters before other characters, "~" before everything, digits by value. */
const compareRuns = (a: string, b: string): number => {
  const weight = (character: string | undefined): number =>
    character === undefined || /\d/.test(character)
      ? 0
      : /[A-Za-z]/.test(character)
        ? character.charCodeAt(0)
        : character === "~"
          ? -1
          : character.charCodeAt(0) + 256
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    while ((i < a.length && !/\d/.test(a[i])) || (j < b.length && !/\d/.test(b[j]))) {
      const order = weight(a[i]) - weight(b[j])
      if (order !== 0) return order
      i++
      j++
    }
    while (a[i] === "0") i++
    while (b[j] === "0") j++
    let first = 0
    while (i < a.length && j < b.length && /\d/.test(a[i]) && /\d/.test(b[j])) {
      first ||= a.charCodeAt(i) - b.charCodeAt(j)
      i++
      j++
    }
    if (i < a.length && /\d/.test(a[i])) return 1
    if (j < b.length && /\d/.test(b[j])) return -1
    if (first !== 0) return first
  }
  return 0
}

export const plainOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const compareAs = (a: string, b: string, how: string): number => {
  if (how.includes("n")) return numeric(a) - numeric(b)
  if (how.includes("h")) {
    const [left, right] = [human(a), human(b)]
    return left[0] - right[0] || left[1] - right[1]
  }
  if (how.includes("g")) {
    const [left, right] = [general(a), general(b)]
    return left[0] - right[0] || (left[1] === right[1] ? 0 : left[1] < right[1] ? -1 : 1)
  }
  if (how.includes("M")) {
    return monthOf(a) - monthOf(b)
  }
  let [x, y] = [a, b]
  if (how.includes("d")) [x, y] = [x.replace(/[^A-Za-z0-9 \t]/g, ""), y.replace(/[^A-Za-z0-9 \t]/g, "")]
  if (how.includes("f")) [x, y] = [x.toUpperCase(), y.toUpperCase()]
  if (how.includes("V")) return compareVersions(x, y)
  return plainOrder(x, y)
}
