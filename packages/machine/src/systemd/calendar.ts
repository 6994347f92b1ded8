/** Calendar events of systemd.time(7): "daily", "Mon..Fri *-*-* 09:00:00", "*:0/5". */

interface Calendar {
  readonly weekdays: ReadonlySet<number> | undefined
  readonly years: Field
  readonly months: Field
  readonly days: Field
  readonly hours: Field
  readonly minutes: Field
  readonly seconds: Field
}

/** Undefined: any value. */
type Field = ((value: number) => boolean) | undefined

const NAMED: Readonly<Record<string, string>> = {
  minutely: "*-*-* *:*:00",
  hourly: "*-*-* *:00:00",
  daily: "*-*-* 00:00:00",
  weekly: "Mon *-*-* 00:00:00",
  monthly: "*-*-01 00:00:00",
  yearly: "*-01-01 00:00:00",
  annually: "*-01-01 00:00:00",
  quarterly: "*-01,04,07,10-01 00:00:00",
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

const field = (text: string): Field | "wrong" => {
  if (text === "*") return undefined
  const tests: ((value: number) => boolean)[] = []
  for (const part of text.split(",")) {
    const match = /^(\*|\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(part)
    if (!match) return "wrong"
    const from = match[1] === "*" ? 0 : Number(match[1])
    const step = match[3] === undefined ? undefined : Math.max(1, Number(match[3]))
    const to = match[2] !== undefined ? Number(match[2]) : step === undefined ? from : Number.POSITIVE_INFINITY
    tests.push((value) => value >= from && value <= to && (value - from) % (step ?? 1) === 0)
  }
  return (value) => tests.some((test) => test(value))
}

/** Undefined when it is no calendar event. */
export const parseCalendar = (given: string): Calendar | undefined => {
  const words = (NAMED[given.trim().toLowerCase()] ?? given)
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "UTC")
  let weekdays: Set<number> | undefined
  if (/^[A-Za-z]/.test(words[0] ?? "")) {
    weekdays = new Set()
    for (const part of (words.shift() ?? "").split(",")) {
      const [from, to = from] = part.split("..").map((name) => DAYS.indexOf(name.slice(0, 3).toLowerCase()))
      if (from < 0 || to < 0) return undefined
      for (let day = from; ; day = (day + 1) % 7) {
        weekdays.add(day)
        if (day === to) break
      }
    }
  }
  const date = words.find((word) => word.includes("-")) ?? "*-*-*"
  const time = words.find((word) => word.includes(":")) ?? "00:00:00"
  if (words.some((word) => word !== date && word !== time)) return undefined
  const dates = date.split("-")
  const times = time.split(":")
  const [years, months, days] = [...(dates.length === 2 ? ["*"] : []), ...dates].map(field)
  const [hours, minutes, seconds] = [...times, ...(times.length === 2 ? ["0"] : [])].map(field)
  const fields = { years, months, days, hours, minutes, seconds }
  if (Object.values(fields).includes("wrong")) return undefined
  return { weekdays, ...(fields as Omit<Calendar, "weekdays">) }
}

const DAY = 86_400_000

/** The first moment after `after` (ms since the epoch) that it names; undefined: none within four years. */
export const nextElapse = (calendar: Calendar, after: number): number | undefined => {
  const { weekdays, years, months, days, hours, minutes, seconds } = calendar
  const holds = (test: Field, value: number) => test === undefined || test(value)
  const first = Math.floor(after / DAY) * DAY
  for (let day = 0; day < 1_461; day++) {
    const midnight = first + day * DAY
    const date = new Date(midnight)
    if (weekdays && !weekdays.has(date.getUTCDay())) continue
    if (!holds(years, date.getUTCFullYear()) || !holds(months, date.getUTCMonth() + 1) || !holds(days, date.getUTCDate())) continue
    for (let hour = 0; hour < 24; hour++) {
      if (!holds(hours, hour) || midnight + (hour + 1) * 3_600_000 <= after) continue
      for (let minute = 0; minute < 60; minute++) {
        if (!holds(minutes, minute) || midnight + hour * 3_600_000 + (minute + 1) * 60_000 <= after) continue
        for (let second = 0; second < 60; second++) {
          const at = midnight + hour * 3_600_000 + minute * 60_000 + second * 1_000
          if (at > after && holds(seconds, second)) return at
        }
      }
    }
  }
  return undefined
}
