/** Days and times of day: strftime and strptime in the C locale. */
import { valueError } from "../objects/raise.ts"
import { quoted } from "../objects/text.ts"

export interface Moment {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  /** Monday is 0. */
  readonly weekday: number
  /** From 1. */
  readonly yearday: number
  /** ms since the epoch. */
  readonly at: number
  /** Minutes east of Greenwich; undefined: none is known. */
  readonly offset?: number | undefined
}

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
const DAY = 86_400_000

/** Days from the epoch to a date (proleptic Gregorian). */
export const dayNumber = (year: number, month: number, day: number): number => {
  const shifted = year - (month <= 2 ? 1 : 0)
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

/** The date of a day counted from the epoch, as [year, month, day]. */
export const dateOf = (days: number): readonly [number, number, number] => {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const years = Math.floor((ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365)
  const ofYear = ofEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100))
  const index = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * index + 2) / 5) + 1
  const month = index < 10 ? index + 3 : index - 9
  return [years + era * 400 + (month <= 2 ? 1 : 0), month, day]
}

export const momentOf = (
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  microsecond = 0,
  offset?: number,
): Moment => {
  const days = dayNumber(year, month, day)
  return {
    year,
    month,
    day,
    hour,
    minute,
    second,
    microsecond,
    weekday: (((days + 3) % 7) + 7) % 7,
    yearday: days - dayNumber(year, 1, 1) + 1,
    at: days * DAY + hour * 3_600_000 + minute * 60_000 + second * 1_000 + microsecond / 1_000,
    offset,
  }
}

/** The moment of a time, ms since the epoch, in UTC. */
export const momentAt = (ms: number): Moment => {
  const days = Math.floor(ms / DAY)
  const rest = ms - days * DAY
  const seconds = Math.floor(rest / 1_000)
  const [year, month, day] = dateOf(days)
  return momentOf(
    year,
    month,
    day,
    Math.floor(seconds / 3_600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
    Math.round((rest - seconds * 1_000) * 1_000),
  )
}

const two = (value: number): string => String(value).padStart(2, "0")

const zone = (offset: number, colon: boolean): string => {
  const size = Math.abs(offset)
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${colon ? ":" : ""}${two(size % 60)}`
}

/** ISO year and week. */
export const isoWeek = (moment: Moment): readonly [number, number] => {
  const days = dayNumber(moment.year, moment.month, moment.day)
  const thursday = days - moment.weekday + 3
  const [year] = dateOf(thursday)
  return [year, Math.floor((thursday - dayNumber(year, 1, 1)) / 7) + 1]
}

const field = (letter: string, moment: Moment, zoneName: string): string | undefined => {
  const { year, month, day, hour, minute, second, weekday, yearday, microsecond, offset } = moment
  const [iso, week] = letter === "G" || letter === "V" ? isoWeek(moment) : [0, 0]
  const hour12 = hour % 12 === 0 ? 12 : hour % 12
  const simple: Readonly<Record<string, () => string>> = {
    Y: () => String(year),
    m: () => two(month),
    d: () => two(day),
    e: () => String(day).padStart(2, " "),
    H: () => two(hour),
    k: () => String(hour).padStart(2, " "),
    I: () => two(hour12),
    l: () => String(hour12).padStart(2, " "),
    M: () => two(minute),
    S: () => two(second),
    f: () => String(microsecond).padStart(6, "0"),
    y: () => two(year % 100),
    C: () => two(Math.floor(year / 100)),
    a: () => DAYS[weekday].slice(0, 3),
    A: () => DAYS[weekday],
    b: () => MONTHS[month - 1].slice(0, 3),
    h: () => MONTHS[month - 1].slice(0, 3),
    B: () => MONTHS[month - 1],
    p: () => (hour < 12 ? "AM" : "PM"),
    P: () => (hour < 12 ? "am" : "pm"),
    j: () => String(yearday).padStart(3, "0"),
    w: () => String((weekday + 1) % 7),
    u: () => String(weekday + 1),
    U: () => two(Math.floor((yearday + 6 - ((weekday + 1) % 7)) / 7)),
    W: () => two(Math.floor((yearday + 6 - weekday) / 7)),
    G: () => String(iso),
    V: () => two(week),
    s: () => String(Math.floor(moment.at / 1_000)),
    n: () => "\n",
    t: () => "\t",
    "%": () => "%",
    z: () => (offset === undefined ? "" : zone(offset, false)),
    Z: () => zoneName,
  }
  return Object.hasOwn(simple, letter) ? simple[letter]() : undefined
}

const LONG: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  R: "%H:%M",
  T: "%H:%M:%S",
  r: "%I:%M:%S %p",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
}

/** strftime. */
export const writeMoment = (format: string, moment: Moment, zoneName = "UTC"): string =>
  format.replace(/%([-_0^#]?)([a-zA-Z%])/g, (whole, flag: string, letter: string) => {
    if (Object.hasOwn(LONG, letter)) return writeMoment(LONG[letter], moment, zoneName)
    const text = field(letter, moment, zoneName)
    if (text === undefined) return whole
    return flag === "-" ? text.replace(/^[0 ]+(?=\d)/, "") : flag === "^" ? text.toUpperCase() : text
  })

const PARTS: Readonly<Record<string, string>> = {
  Y: "(\\d{4})",
  m: "(1[0-2]|0[1-9]|[1-9])",
  d: "(3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])",
  H: "(2[0-3]|[01]\\d|\\d)",
  I: "(1[0-2]|0[1-9]|[1-9])",
  M: "([0-5]\\d|\\d)",
  S: "(6[01]|[0-5]\\d|\\d)",
  f: "(\\d{1,6})",
  y: "(\\d{2})",
  j: "(\\d{1,3})",
  b: `(${MONTHS.map((name) => name.slice(0, 3)).join("|")})`,
  B: `(${MONTHS.join("|")})`,
  a: `(${DAYS.map((name) => name.slice(0, 3)).join("|")})`,
  A: `(${DAYS.join("|")})`,
  p: "(AM|PM)",
  z: "([-+]\\d{2}:?\\d{2}|Z)",
  Z: "(UTC|GMT)",
}

/** What one place of a format takes from a text: a fixed table of patterns, never the program's. */
const take = (letter: string, text: string): string | undefined => {
  if (!Object.hasOwn(PARTS, letter)) return undefined
  return new RegExp(`^${PARTS[letter]}`, "i").exec(text)?.[1]
}

/** strptime. Throws ValueError. */
export const readMoment = (text: string, given: string): Moment => {
  const format = given.replace(/%([cDFRTrxX])/g, (_, letter: string) => LONG[letter].replace("%e", "%d"))
  const found = new Map<string, string>()
  let at = 0
  const wrong = () => valueError(`time data ${quoted(text)} does not match format ${quoted(given)}`)
  for (let index = 0; index < format.length; index++) {
    if (/\s/.test(format[index])) {
      while (/\s/.test(text[at] ?? "")) at++
      continue
    }
    if (format[index] !== "%") {
      if (text[at]?.toLowerCase() !== format[index].toLowerCase()) throw wrong()
      at++
      continue
    }
    const letter = format[++index]
    if (letter === "%") {
      if (text[at] !== "%") throw wrong()
      at++
      continue
    }
    if (letter === undefined || !Object.hasOwn(PARTS, letter)) throw valueError(`'${letter ?? ""}' is a bad directive in format '${given}'`)
    const part = take(letter, text.slice(at))
    if (part === undefined) throw wrong()
    found.set(letter, part)
    at += part.length
  }
  if (at < text.length) throw valueError(`unconverted data remains: ${text.slice(at)}`)
  const number = (letter: string, fallback: number) => Number(found.get(letter) ?? fallback)
  const short = found.get("y")
  const year = short !== undefined ? Number(short) + (Number(short) < 69 ? 2_000 : 1_900) : number("Y", 1900)
  const name = found.get("b") ?? found.get("B")
  const month =
    name === undefined ? number("m", 1) : MONTHS.findIndex((one) => one.toLowerCase().startsWith(name.toLowerCase().slice(0, 3))) + 1
  let hour = number("H", 0)
  if (found.has("I")) hour = (number("I", 12) % 12) + (found.get("p")?.toUpperCase() === "PM" ? 12 : 0)
  const zoneText = found.get("z")
  const offset =
    zoneText === undefined
      ? undefined
      : zoneText.toUpperCase() === "Z"
        ? 0
        : (zoneText.startsWith("-") ? -1 : 1) * (Number(zoneText.slice(1, 3)) * 60 + Number(zoneText.slice(-2)))
  const day = number("d", 1)
  const made = momentOf(year, month, day, hour, number("M", 0), number("S", 0), Number((found.get("f") ?? "0").padEnd(6, "0")), offset)
  const [realYear, realMonth, realDay] = dateOf(dayNumber(year, month, day))
  if (realYear !== year || realMonth !== month || realDay !== day) throw valueError("day is out of range for month")
  return made
}
