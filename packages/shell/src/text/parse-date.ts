/** Dates as `date -d` and `touch -d` take them (gnulib's parse-datetime): absolute, relative, or both. */
import { momentOf, type TimeZone, timeZone, UTC } from "./time-zone.ts"

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
const UNITS: Readonly<Record<string, number>> = {
  sec: 1_000,
  second: 1_000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  fortnight: 1_209_600_000,
}

/** Words for numbers; there is no "second", which is a unit. */
const ORDINALS: readonly string[] = "last this next third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(" ")
const ORDINAL = `${ORDINALS.join("|")}|first`
const RELATIVE = new RegExp(
  `^([-+]?\\s*\\d+|${ORDINAL}|an?)\\s*(sec|second|min|minute|hour|day|week|fortnight|month|year)s?(\\s+ago)?(?=\\s|$|[-+])`,
)
const WEEKDAY = new RegExp(`^(?:(${ORDINAL})\\s+)?(sun|mon|tue|wed|thu|fri|sat)[a-z]*\\.?(?=[\\s,]|$)`)

/** "third", "next" (1), "last" (-1), "-2". */
const ordinalOf = (word: string): number => {
  if (word === "first" || word === "a" || word === "an") return 1
  const at = ORDINALS.indexOf(word)
  return at < 0 ? Number(word) : at < 3 ? at - 1 : at
}

/** Minutes east of Greenwich. */
const ZONES: Readonly<Record<string, number>> = {
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  cet: 60,
  cest: 120,
  bst: 60,
  jst: 540,
}

interface Parts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  ms: number
  /** Minutes east of Greenwich; undefined where the date does not say. */
  zone: number | undefined
}

/** ms since the epoch; undefined for what is no date. `now` in ms. */
export const parseDate = (source: string, now: number, given: TimeZone = UTC): number | undefined => {
  // TZ="…" before a date is for that date alone.
  const own = /^\s*TZ="([^"]*)"\s*/.exec(source)
  if (own) return parseDate(source.slice(own[0].length), now, timeZone(own[1]))
  let text = source.trim().toLowerCase()
  const epoch = /^@(-?\d+(?:\.\d+)?)$/.exec(text)
  if (epoch) return Number(epoch[1]) * 1_000
  const today = new Date(now + given(now).minutes * 60_000)
  const parts: Parts = {
    year: today.getUTCFullYear(),
    month: today.getUTCMonth(),
    day: today.getUTCDate(),
    hour: today.getUTCHours(),
    minute: today.getUTCMinutes(),
    second: today.getUTCSeconds(),
    ms: today.getUTCMilliseconds(),
    zone: undefined,
  }
  let [months, ms] = [0, 0]
  let timed = false
  let dated = false
  const midnight = () => Object.assign(parts, { hour: 0, minute: 0, second: 0, ms: 0 })
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    const match = pattern.exec(text)
    if (!match) return undefined
    text = text.slice(match[0].length).replace(/^[\s,]+/, "")
    return match
  }
  for (let rounds = 0; text !== ""; rounds++) {
    if (rounds > 40) return undefined
    const iso = take(/^(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d))?/)
    if (iso) {
      Object.assign(parts, { year: Number(iso[1]), month: Number(iso[2]) - 1, day: Number(iso[3]) })
      dated = true
      continue
    }
    const slashed = take(/^(\d{4})\/(\d{1,2})\/(\d{1,2})(?=\s|$)/)
    if (slashed) {
      Object.assign(parts, { year: Number(slashed[1]), month: Number(slashed[2]) - 1, day: Number(slashed[3]) })
      dated = true
      continue
    }
    const american = take(/^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,4}))?(?=\s|$)/)
    if (american) {
      const year = american[3] === undefined ? parts.year : Number(american[3]) + (american[3].length === 2 ? 2000 : 0)
      Object.assign(parts, { year, month: Number(american[1]) - 1, day: Number(american[2]) })
      dated = true
      continue
    }
    const packed = take(/^(\d{4})(\d{2})(\d{2})(?=\s|$|t)/)
    if (packed) {
      Object.assign(parts, { year: Number(packed[1]), month: Number(packed[2]) - 1, day: Number(packed[3]) })
      dated = true
      continue
    }
    const clock = take(/^t?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([ap])?\.?(?:m\.?)?(?=\s|$|z|[-+])/)
    if (clock) {
      const hour = clock[5] ? (Number(clock[1]) % 12) + (clock[5] === "p" ? 12 : 0) : Number(clock[1])
      Object.assign(parts, {
        hour,
        minute: Number(clock[2]),
        second: Number(clock[3] ?? 0),
        ms: clock[4] ? Math.floor(Number(`0.${clock[4]}`) * 1_000) : 0,
      })
      timed = true
      const zone = take(/^([-+])(\d{2}):?(\d{2})?(?=\s|$)/)
      if (zone) parts.zone = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3] ?? 0))
      continue
    }
    const named = take(/^(est|edt|cst|cdt|mst|mdt|pst|pdt|cet|cest|bst|jst)(?=\s|$)/)
    if (named) {
      parts.zone = ZONES[named[1]]
      continue
    }
    const offset = timed ? take(/^([-+])(\d{2}):?(\d{2})(?=\s|$)/) : undefined
    if (offset) {
      parts.zone = (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]))
      continue
    }
    const meridian = take(/^(\d{1,2})\s*([ap])\.?m\.?(?=\s|$)/)
    if (meridian) {
      Object.assign(parts, { hour: (Number(meridian[1]) % 12) + (meridian[2] === "p" ? 12 : 0), minute: 0, second: 0, ms: 0 })
      timed = true
      continue
    }
    const digits = dated && !timed ? take(/^(\d{2})(\d{2})(?=\s|$)/) : undefined
    if (digits) {
      Object.assign(parts, { hour: Number(digits[1]), minute: Number(digits[2]), second: 0, ms: 0 })
      timed = true
      continue
    }
    if (take(/^(?:z|utc|gmt)(?=\s|$|[-+])/)) {
      parts.zone = 0
      continue
    }
    const dayMonth = take(/^(\d{1,2})[\s-]+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:[\s,-]+(\d{4})(?![\d:]))?/)
    if (dayMonth) {
      Object.assign(parts, { day: Number(dayMonth[1]), month: MONTHS.indexOf(dayMonth[2]), year: Number(dayMonth[3] ?? parts.year) })
      dated = true
      continue
    }
    const monthDay = take(/^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?![\d:])(?:,?\s+(\d{4})(?![\d:]))?/)
    if (monthDay) {
      Object.assign(parts, { day: Number(monthDay[2]), month: MONTHS.indexOf(monthDay[1]), year: Number(monthDay[3] ?? parts.year) })
      dated = true
      continue
    }
    const relative = take(RELATIVE)
    if (relative) {
      const count = ordinalOf(relative[1].replace(/\s/g, "")) * (relative[3] ? -1 : 1)
      if (relative[2] === "month") months += count
      else if (relative[2] === "year") months += count * 12
      else ms += count * UNITS[relative[2]]
      continue
    }
    const bare = take(/^(sec|second|min|minute|hour|day|week|fortnight|month|year)s?(\s+ago)?(?=\s|$)/)
    if (bare) {
      const sign = bare[2] ? -1 : 1
      if (bare[1] === "month") months += sign
      else if (bare[1] === "year") months += sign * 12
      else ms += sign * UNITS[bare[1]]
      continue
    }
    const word = take(/^(now|today|tomorrow|yesterday|midnight|noon)(?=\s|$)/)
    if (word) {
      if (word[1] === "tomorrow") ms += 86_400_000
      if (word[1] === "yesterday") ms -= 86_400_000
      if (word[1] === "midnight" || word[1] === "noon") {
        midnight()
        if (word[1] === "noon") parts.hour = 12
        timed = true
      }
      continue
    }
    const weekday = take(WEEKDAY)
    if (weekday) {
      const wanted = DAYS.indexOf(weekday[2])
      const away = (wanted - new Date(Date.UTC(parts.year, parts.month, parts.day)).getUTCDay() + 7) % 7
      const ordinal = ordinalOf(weekday[1] ?? "this")
      const ahead = away + 7 * (ordinal - (ordinal > 0 && away !== 0 ? 1 : 0))
      // After a full date the weekday says nothing new.
      if (!dated) {
        parts.day += ahead
        if (!timed) midnight()
      }
      continue
    }
    const year = dated && timed ? take(/^(\d{4})(?=\s|$)/) : undefined
    if (year) {
      parts.year = Number(year[1])
      continue
    }
    return undefined
  }
  if (dated && !timed) midnight()
  if (
    parts.month > 11 ||
    parts.day < 1 ||
    parts.day > 31 + 7 ||
    (dated && parts.day > new Date(Date.UTC(parts.year, parts.month + 1, 0)).getUTCDate()) ||
    parts.hour > 24 ||
    parts.minute > 59 ||
    parts.second > 60
  )
    return undefined
  const at = Date.UTC(parts.year, parts.month + months, parts.day, parts.hour, parts.minute - (parts.zone ?? 0), parts.second, parts.ms)
  if (Number.isNaN(at + ms)) return undefined
  return (parts.zone === undefined ? momentOf(given, at) : at) + ms
}
