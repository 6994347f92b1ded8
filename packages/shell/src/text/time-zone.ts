/** Time zones: POSIX's TZ strings, and the names of the zone database that stand for them (as its rules have been since 2007). */

export interface LocalTime {
  /** Minutes ahead of UTC. */
  readonly minutes: number
  /** Abbreviation ("CET"). */
  readonly name: string
}

/** The local time at a moment, ms since the epoch. */
export type TimeZone = (at: number) => LocalTime

export const UTC: TimeZone = () => ({ minutes: 0, name: "UTC" })

const EUROPE = ",M3.5.0,M10.5.0/3"
const AMERICA = ",M3.2.0,M11.1.0"
const NAMED: Readonly<Record<string, string>> = {
  UTC: "UTC0",
  "Etc/UTC": "UTC0",
  GMT: "GMT0",
  "Etc/GMT": "GMT0",
  Zulu: "UTC0",
  "Europe/London": "GMT0BST,M3.5.0/1,M10.5.0",
  "Europe/Dublin": "GMT0IST,M3.5.0/1,M10.5.0",
  "Europe/Lisbon": "WET0WEST,M3.5.0/1,M10.5.0",
  "Europe/Moscow": "MSK-3",
  "Europe/Istanbul": "<+03>-3",
  EST5EDT: `EST5EDT${AMERICA}`,
  CST6CDT: `CST6CDT${AMERICA}`,
  MST7MDT: `MST7MDT${AMERICA}`,
  PST8PDT: `PST8PDT${AMERICA}`,
  EST: "EST5",
  MST: "MST7",
  HST: "HST10",
  CET: `CET-1CEST${EUROPE}`,
  MET: `MET-1MEST${EUROPE}`,
  EET: "EET-2EEST,M3.5.0/3,M10.5.0/4",
  WET: "WET0WEST,M3.5.0/1,M10.5.0",
  Japan: "JST-9",
  Singapore: "<+08>-8",
  "America/Phoenix": "MST7",
  "America/Anchorage": `AKST9AKDT${AMERICA}`,
  "America/Halifax": `AST4ADT${AMERICA}`,
  "America/Sao_Paulo": "<-03>3",
  "America/Argentina/Buenos_Aires": "<-03>3",
  "America/Bogota": "<-05>5",
  "America/Mexico_City": "CST6",
  "Pacific/Honolulu": "HST10",
  "Pacific/Auckland": "NZST-12NZDT,M9.5.0,M4.1.0/3",
  "Australia/Sydney": "AEST-10AEDT,M10.1.0,M4.1.0/3",
  "Australia/Melbourne": "AEST-10AEDT,M10.1.0,M4.1.0/3",
  "Australia/Brisbane": "AEST-10",
  "Australia/Perth": "AWST-8",
  "Asia/Tokyo": "JST-9",
  "Asia/Seoul": "KST-9",
  "Asia/Shanghai": "CST-8",
  "Asia/Hong_Kong": "HKT-8",
  "Asia/Taipei": "CST-8",
  "Asia/Manila": "PST-8",
  "Asia/Singapore": "<+08>-8",
  "Asia/Jakarta": "WIB-7",
  "Asia/Bangkok": "<+07>-7",
  "Asia/Ho_Chi_Minh": "<+07>-7",
  "Asia/Kolkata": "IST-5:30",
  "Asia/Calcutta": "IST-5:30",
  "Asia/Kathmandu": "<+0545>-5:45",
  "Asia/Karachi": "PKT-5",
  "Asia/Dubai": "<+04>-4",
  "Asia/Tehran": "<+0330>-3:30",
  "Asia/Jerusalem": "IST-2IDT,M3.4.4/26,M10.5.0",
  "Africa/Cairo": "EET-2EEST,M4.5.5/0,M10.5.4/24",
  "Africa/Johannesburg": "SAST-2",
  "Africa/Lagos": "WAT-1",
  "Africa/Nairobi": "EAT-3",
}

/** Places that keep one of those. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  CET: "Amsterdam Berlin Brussels Budapest Copenhagen Madrid Oslo Paris Prague Rome Stockholm Vienna Warsaw Zurich Belgrade Zagreb"
    .split(" ")
    .map((city) => `Europe/${city}`),
  EET: "Athens Bucharest Helsinki Kyiv Riga Sofia Tallinn Vilnius".split(" ").map((city) => `Europe/${city}`),
  EST5EDT: ["America/New_York", "America/Toronto", "America/Detroit", "US/Eastern"],
  CST6CDT: ["America/Chicago", "America/Winnipeg", "US/Central"],
  MST7MDT: ["America/Denver", "America/Edmonton", "US/Mountain"],
  PST8PDT: ["America/Los_Angeles", "America/Vancouver", "US/Pacific"],
}

interface Change {
  readonly month: number
  readonly week: number
  readonly day: number
  /** Seconds after midnight, by the clock that it ends. */
  readonly time: number
}

const seconds = (text: string): number => {
  const negative = text.startsWith("-")
  const [hours, minutes = 0, rest = 0] = text.replace(/^[-+]/, "").split(":").map(Number)
  return (negative ? -1 : 1) * (hours * 3_600 + minutes * 60 + rest)
}

const changeOf = (text: string): Change | undefined => {
  const match = /^M(\d+)\.(\d)\.(\d)(?:\/([-+\d:]+))?$/.exec(text)
  return match ? { month: Number(match[1]), week: Number(match[2]), day: Number(match[3]), time: seconds(match[4] ?? "2") } : undefined
}

/** When a change comes in a year, ms of UTC, by a clock `minutes` ahead. */
const moment = (year: number, { month, week, day, time }: Change, minutes: number): number => {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay()
  let date = 1 + ((day - first + 7) % 7) + (week - 1) * 7
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  while (date > last) date -= 7
  return Date.UTC(year, month - 1, date) + time * 1_000 - minutes * 60_000
}

const RULE = /^(<[^>]+>|[A-Za-z]{3,})([-+]?[\d:]+)(?:(<[^>]+>|[A-Za-z]{3,})([-+]?[\d:]+)?(?:,([^,]+),([^,]+))?)?$/

const posix = (text: string): TimeZone | undefined => {
  const match = RULE.exec(text)
  if (!match) return undefined
  const plain = (name: string) => name.replace(/[<>]/g, "")
  const standard: LocalTime = { minutes: -seconds(match[2]) / 60, name: plain(match[1]) }
  if (match[3] === undefined) return () => standard
  const summer: LocalTime = { minutes: match[4] === undefined ? standard.minutes + 60 : -seconds(match[4]) / 60, name: plain(match[3]) }
  const [from, to] = [changeOf(match[5] ?? "M3.2.0"), changeOf(match[6] ?? "M11.1.0")]
  if (!from || !to) return () => standard
  return (at) => {
    const year = new Date(at + standard.minutes * 60_000).getUTCFullYear()
    const [begin, end] = [moment(year, from, standard.minutes), moment(year, to, summer.minutes)]
    const inside = begin < end ? at >= begin && at < end : at >= begin || at < end
    return inside ? summer : standard
  }
}

/** What TZ means; a name that nobody knows is UTC by that name. */
export const timeZone = (name: string | undefined): TimeZone => {
  const wanted = (name ?? "").replace(/^:/, "").replace(/^\/usr\/share\/zoneinfo\//, "")
  if (wanted === "") return UTC
  const group = Object.keys(SAME).find((one) => SAME[one].includes(wanted)) ?? wanted
  const found = posix(Object.hasOwn(NAMED, group) ? NAMED[group] : wanted)
  if (found) return found
  const label = /^[A-Za-z]{3,}/.exec(wanted)?.[0] ?? "UTC"
  return () => ({ minutes: 0, name: label })
}

/** The moment at which a zone's clocks show `local` (ms as if it were UTC). */
export const momentOf = (zone: TimeZone, local: number): number => {
  const guess = local - zone(local).minutes * 60_000
  return local - zone(guess).minutes * 60_000
}
