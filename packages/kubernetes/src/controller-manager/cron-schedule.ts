/** When a cron expression is due. As github.com/robfig/cron/v3 ParseStandard: five fields, names, steps, @descriptors, time zones. */

export interface Schedule {
  /** The first due time after `after` (ms since the epoch); undefined within five years: never. */
  next(after: number): number | undefined
}

interface Bounds {
  min: number
  max: number
  names?: readonly string[]
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
const MINUTE: Bounds = { min: 0, max: 59 }
const HOUR: Bounds = { min: 0, max: 23 }
const DAY: Bounds = { min: 1, max: 31 }
const MONTH: Bounds = { min: 1, max: 12, names: MONTHS }
const WEEKDAY: Bounds = { min: 0, max: 6, names: DAYS }

const DESCRIPTORS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
}
const DAYS_AHEAD = 366 * 5
const DAY_MS = 86_400_000

export class ScheduleError extends Error {}

interface Field {
  values: ReadonlySet<number>
  /** "*" or "?": the other day field alone decides. */
  star: boolean
}

const numberOf = (text: string, { min, names }: Bounds): number => {
  const named = names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0) return named + min
  if (!/^\d+$/.test(text))
    throw new ScheduleError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

const parseField = (text: string, bounds: Bounds): Field => {
  const values = new Set<number>()
  let star = false
  for (const expression of text.split(",").filter((part) => part !== "")) {
    const [range, step, ...more] = expression.split("/")
    const [low, high, ...rest] = range.split("-")
    if (more.length > 0) throw new ScheduleError(`too many slashes: ${expression}`)
    let start: number
    let end: number
    let whole = false
    if (low === "*" || low === "?") {
      start = bounds.min
      end = bounds.max
      whole = true
    } else {
      if (rest.length > 0) throw new ScheduleError(`too many hyphens: ${expression}`)
      start = numberOf(low, bounds)
      end = high === undefined ? start : numberOf(high, bounds)
    }
    let by = 1
    if (step !== undefined) {
      by = numberOf(step, { min: 0, max: 0 })
      // "N/step" means from N on.
      if (!whole && high === undefined) end = bounds.max
      if (by > 1) whole = false
    }
    if (start < bounds.min) throw new ScheduleError(`beginning of range (${start}) below minimum (${bounds.min}): ${expression}`)
    if (end > bounds.max) throw new ScheduleError(`end of range (${end}) above maximum (${bounds.max}): ${expression}`)
    if (start > end) throw new ScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${expression}`)
    if (by === 0) throw new ScheduleError(`step of range should be a positive number: ${expression}`)
    for (let value = start; value <= end; value += by) values.add(value)
    star ||= whole
  }
  return { values, star }
}

/** Go's durations in "@every 1h30m", ms. */
const parseEvery = (text: string): number => {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
  let total = 0
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([all]) => all).join("") !== text)
    throw new ScheduleError(`failed to parse duration @every ${text}: time: invalid duration ${JSON.stringify(text)}`)
  for (const [, amount, unit] of parts) total += Number(amount) * units[unit]
  return Math.max(1_000, Math.floor(total / 1_000) * 1_000)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far a zone's clock is ahead of UTC at `at`, ms. Throws RangeError for a zone that does not exist. */
const offsetAt = (zone: string | undefined, at: number): number => {
  if (zone === undefined || zone === "UTC" || zone === "Etc/UTC") return 0
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    })
    formats.set(zone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(at / 1_000) * 1_000
}

export const isTimeZone = (zone: string): boolean => {
  try {
    offsetAt(zone, 0)
    return zone !== "Local"
  } catch {
    return false
  }
}

/** Throws ScheduleError with the library's text. */
export const parseSchedule = (expression: string, timeZone?: string): Schedule => {
  let text = expression.trim()
  let zone = timeZone
  const prefix = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(text)
  if (prefix) {
    zone = prefix[1]
    text = prefix[2]
    if (!isTimeZone(zone)) throw new ScheduleError(`provided bad location ${zone}: unknown time zone ${zone}`)
  }
  if (text === "") throw new ScheduleError("empty spec string")
  if (text.startsWith("@every ")) {
    const every = parseEvery(text.slice(7).trim())
    return { next: (after) => Math.floor(after / 1_000) * 1_000 + every }
  }
  if (text.startsWith("@")) {
    if (!Object.hasOwn(DESCRIPTORS, text)) throw new ScheduleError(`unrecognized descriptor: ${text}`)
    text = DESCRIPTORS[text]
  }
  const words = text.split(/\s+/)
  if (words.length !== 5) throw new ScheduleError(`expected exactly 5 fields, found ${words.length}: [${words.join(" ")}]`)
  const minute = parseField(words[0], MINUTE)
  const hour = parseField(words[1], HOUR)
  const day = parseField(words[2], DAY)
  const month = parseField(words[3], MONTH)
  const weekday = parseField(words[4], WEEKDAY)
  const minutes = [...minute.values].sort((a, b) => a - b)
  const hours = [...hour.values].sort((a, b) => a - b)
  const dayFits = (date: Date): boolean => {
    const [a, b] = [day.values.has(date.getUTCDate()), weekday.values.has(date.getUTCDay())]
    return day.star || weekday.star ? a && b : a || b
  }
  return {
    next(after) {
      // Wall clock as if it were UTC; a wall time that the zone skips is not taken.
      const from = after + offsetAt(zone, after)
      let midnight = Math.floor(from / DAY_MS) * DAY_MS
      for (let days = 0; days < DAYS_AHEAD; days++, midnight += DAY_MS) {
        const date = new Date(midnight)
        if (!month.values.has(date.getUTCMonth() + 1) || !dayFits(date)) continue
        for (const h of hours)
          for (const m of minutes) {
            const wall = midnight + h * 3_600_000 + m * 60_000
            if (wall + 3_600_000 * 3 <= from) continue
            const at = wall - offsetAt(zone, wall - offsetAt(zone, wall))
            if (at > after && at + offsetAt(zone, at) === wall) return at
          }
      }
      return undefined
    },
  }
}
