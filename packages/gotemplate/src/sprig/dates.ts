/** sprig's times. As Masterminds/sprig/date.go; the clock is given. */
import { type Functions, typed } from "../functions.ts"
import { formatTime, GO_TIME, goDuration, parseGoDuration, parseTime } from "../go-time.ts"
import { GoObject, goKind } from "../go-values.ts"

const MONTHS = "January February March April May June July August September October November December".split(" ")
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ")

/** A time.Time at `at` ms since the epoch. */
export const goTime = (at: number): GoObject => {
  const date = new Date(Math.floor(at))
  return new GoObject({
    type: "time.Time",
    text: formatTime(GO_TIME, at),
    fields: { $ms: at },
    methods: {
      Format: (layout) => formatTime(String(layout), at),
      String: () => formatTime(GO_TIME, at),
      Unix: () => Math.floor(at / 1_000),
      UnixNano: () => Math.floor(at * 1e6),
      UnixMilli: () => Math.floor(at),
      Year: () => date.getUTCFullYear(),
      Month: () => MONTHS[date.getUTCMonth()],
      Day: () => date.getUTCDate(),
      Hour: () => date.getUTCHours(),
      Minute: () => date.getUTCMinutes(),
      Second: () => date.getUTCSeconds(),
      Weekday: () => DAYS[date.getUTCDay()],
      UTC: () => goTime(at),
      Local: () => goTime(at),
    },
  })
}

export const dates = (now: () => number): Functions => {
  const instant = (value: unknown): number => {
    if (value instanceof GoObject && typeof value.fields.$ms === "number") return value.fields.$ms
    return goKind(value) === "int" ? (value as number) * 1_000 : now()
  }
  const format = (layout: string, value: unknown) => formatTime(layout, instant(value))
  const modify = (by: string, value: unknown) => goTime(instant(value) + (parseGoDuration(by) ?? 0))
  const toDate = (layout: string, text: string) => {
    const at = parseTime(layout, text)
    if (at === undefined)
      throw new Error(
        `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(text)} as ${JSON.stringify(layout)}`,
      )
    return goTime(at)
  }
  const rounded = (value: unknown): string => {
    const ms = Math.abs(
      typeof value === "string" ? (parseGoDuration(value) ?? 0) : value instanceof GoObject ? now() - instant(value) : Number(value) / 1e6,
    )
    const units: readonly [number, string][] = [
      [31_536_000_000, "y"],
      [2_592_000_000, "mo"],
      [86_400_000, "d"],
      [3_600_000, "h"],
      [60_000, "m"],
      [1_000, "s"],
    ]
    for (const [size, name] of units) if (ms > size) return `${Math.floor(ms / size)}${name}`
    return "0s"
  }
  return {
    now: typed("", () => goTime(now())),
    ago: typed("any", (value: unknown) => goDuration(Math.round((now() - instant(value)) / 1_000) * 1_000)),
    date: typed("string, any", format),
    dateInZone: typed("string, any, string", format),
    date_in_zone: typed("string, any, string", format),
    htmlDate: typed("any", (value: unknown) => format("2006-01-02", value)),
    htmlDateInZone: typed("any, string", (value: unknown) => format("2006-01-02", value)),
    dateModify: typed("string, any", modify),
    date_modify: typed("string, any", modify),
    mustDateModify: typed("string, any", modify),
    must_date_modify: typed("string, any", modify),
    duration: typed("any", (value: unknown) => goDuration((Number(value) || 0) * 1_000)),
    durationRound: typed("any", rounded),
    toDate: typed("string, string", toDate),
    mustToDate: typed("string, string", toDate),
    unixEpoch: typed("any", (value: unknown) => String(Math.floor(instant(value) / 1_000))),
  }
}
