/** Times as Go prints them. As package time's layouts; all times are UTC. */

const MONTHS = "January February March April May June July August September October November December".split(" ")
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ")
const two = (value: number): string => String(value).padStart(2, "0")

const PIECES =
  /January|Jan|Monday|Mon|MST|01|02|03|04|05|06|002|2006|-07:00:00|-07:00|-0700|-07|Z07:00:00|Z07:00|Z0700|Z07|[.,]0+(?!\d)|[.,]9+(?!\d)|15|PM|pm|_2|1|2|3|4|5/g

/** time.Format of a time in ms since the epoch (its fraction is kept). */
export const formatTime = (layout: string, at: number): string => {
  const date = new Date(Math.floor(at))
  const nanos = String(Math.round((at - Math.floor(at / 1_000) * 1_000) * 1e6)).padStart(9, "0")
  const hour = date.getUTCHours()
  return layout.replace(PIECES, (piece) => {
    switch (piece) {
      case "January":
        return MONTHS[date.getUTCMonth()]
      case "Jan":
        return MONTHS[date.getUTCMonth()].slice(0, 3)
      case "Monday":
        return DAYS[date.getUTCDay()]
      case "Mon":
        return DAYS[date.getUTCDay()].slice(0, 3)
      case "MST":
        return "UTC"
      case "01":
        return two(date.getUTCMonth() + 1)
      case "1":
        return String(date.getUTCMonth() + 1)
      case "02":
        return two(date.getUTCDate())
      case "_2":
        return String(date.getUTCDate()).padStart(2, " ")
      case "2":
        return String(date.getUTCDate())
      case "15":
        return two(hour)
      case "03":
        return two(hour % 12 || 12)
      case "3":
        return String(hour % 12 || 12)
      case "04":
        return two(date.getUTCMinutes())
      case "4":
        return String(date.getUTCMinutes())
      case "05":
        return two(date.getUTCSeconds())
      case "5":
        return String(date.getUTCSeconds())
      case "06":
        return two(date.getUTCFullYear() % 100)
      case "2006":
        return String(date.getUTCFullYear()).padStart(4, "0")
      case "002":
        return String(Math.floor((at - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, "0")
      case "PM":
        return hour < 12 ? "AM" : "PM"
      case "pm":
        return hour < 12 ? "am" : "pm"
      case "-07:00:00":
        return "+00:00:00"
      case "-07:00":
        return "+00:00"
      case "-0700":
        return "+0000"
      case "-07":
        return "+00"
      default:
        if (piece.startsWith("Z")) return "Z"
        if (piece[1] === "0") return piece[0] + nanos.slice(0, piece.length - 1)
        return (piece[0] + nanos.slice(0, piece.length - 1)).replace(/[.,]?0+$/, "")
    }
  })
}

export const ANSIC = "Mon Jan _2 15:04:05 2006"
export const RFC3339 = "2006-01-02T15:04:05Z07:00"
/** Time.String(). */
export const GO_TIME = "2006-01-02 15:04:05.999999999 -0700 MST"

const READ: Readonly<Record<string, RegExp>> = {
  "2006": /^\d{4}/,
  "01": /^\d\d/,
  "02": /^\d\d/,
  _2: /^[ \d]\d/,
  "15": /^\d\d/,
  "04": /^\d\d/,
  "05": /^\d\d(\.\d{1,9})?/,
  Jan: /^[A-Z][a-z]{2}/,
  January: /^[A-Z][a-z]{2,8}/,
  Mon: /^[A-Z][a-z]{2}/,
  Monday: /^[A-Z][a-z]{5,8}/,
  MST: /^[A-Z]{3}/,
  "Z07:00": /^(Z|[-+]\d\d:\d\d)/,
  "-07:00": /^[-+]\d\d:\d\d/,
  "-0700": /^[-+]\d{4}/,
}

/** time.Parse: ms since the epoch; undefined when it does not fit. */
export const parseTime = (layout: string, text: string): number | undefined => {
  const found: Record<string, string> = {}
  let [rest, from] = [text, 0]
  for (const piece of layout.matchAll(/2006|January|Jan|Monday|Mon|01|02|_2|15|04|05|Z07:00|-0700|-07:00|MST/g)) {
    const literal = layout.slice(from, piece.index)
    if (!rest.startsWith(literal)) return undefined
    rest = rest.slice(literal.length)
    const value = READ[piece[0]].exec(rest)?.[0]
    if (value === undefined) return undefined
    found[piece[0]] = value
    rest = rest.slice(value.length)
    from = piece.index + piece[0].length
  }
  if (rest !== layout.slice(from)) return undefined
  const month = found.Jan ?? found.January
  const index = month === undefined ? Number(found["01"] ?? 1) - 1 : MONTHS.findIndex((name) => name.startsWith(month.slice(0, 3)))
  const [, sign = "+", hours = "0", minutes = "0"] =
    /^([-+])(\d\d):?(\d\d)$/.exec(found["Z07:00"] ?? found["-07:00"] ?? found["-0700"] ?? "") ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1)
  const seconds = Number(found["05"] ?? 0)
  const day = Number(found["02"] ?? found._2 ?? 1)
  const whole = Date.UTC(Number(found["2006"] ?? 1), index, day, Number(found["15"] ?? 0), Number(found["04"] ?? 0))
  return whole + seconds * 1_000 - offset
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** time.ParseDuration: ms; undefined for what is none. */
export const parseGoDuration = (text: string): number | undefined => {
  if (text === "0") return 0
  const match = /^([-+]?)((?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+)$/.exec(text)
  if (!match) return undefined
  const sum = [...match[2].matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (all, [, amount, unit]) => all + Number(amount) * UNITS[unit],
    0,
  )
  return match[1] === "-" ? -sum : sum
}

/** Duration.String(): "1h0m5s". */
export const goDuration = (ms: number): string => {
  if (ms === 0) return "0s"
  if (ms < 0) return `-${goDuration(-ms)}`
  if (ms < 1_000) return ms < 1 ? `${Math.round(ms * 1_000)}µs` : `${Number(ms.toFixed(6))}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = Number(((ms % 60_000) / 1_000).toFixed(9))
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`
}
