/** strftime's formats. */
import { type TimeZone, UTC } from "./time-zone.ts"

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]

const two = (value: number, fill = "0"): string => String(value).padStart(2, fill)

/** "+01:30" in the forms of %z, %:z, %::z, and %:::z, which is as short as can be. */
const offsetText = (minutes: number, letter: string): string => {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const sign = minutes < 0 ? "-" : "+"
  if (letter === ":::z") return `${sign}${two(hours)}${rest > 0 ? `:${two(rest)}` : ""}`
  if (letter === "z") return `${sign}${two(hours)}${two(rest)}`
  return `${sign}${two(hours)}:${two(rest)}${letter === "::z" ? ":00" : ""}`
}

/** `at`: ms since the epoch. */
export const formatDate = (format: string, at: number, zone: TimeZone = UTC): string => {
  const local = zone(at)
  const date = new Date(Math.floor(at) + local.minutes * 60_000)
  const again = (other: string): string => formatDate(other, at, zone)
  const [year, month, day, hour, minute, second] = [
    date.getUTCFullYear(),
    date.getUTCMonth(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ]
  const dayOfYear = Math.floor((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1
  /** ISO 8601's week and the year that it belongs to: the week of its Thursday. */
  const isoWeek = (): { year: number; week: number } => {
    const thursday = new Date(Date.UTC(year, month, day + 4 - (date.getUTCDay() || 7)))
    const own = thursday.getUTCFullYear()
    return { year: own, week: Math.ceil(((thursday.getTime() - Date.UTC(own, 0, 1)) / 86_400_000 + 1) / 7) }
  }
  return format.replace(/%([-_0^#+]?)(\d*)([a-zA-Z%]|:{1,3}z)/g, (all, flag: string, width: string, letter: string) => {
    const value = ((): string | undefined => {
      switch (letter) {
        case "%":
          return "%"
        case "a":
          return DAYS[date.getUTCDay()].slice(0, 3)
        case "A":
          return DAYS[date.getUTCDay()]
        case "b":
        case "h":
          return MONTHS[month].slice(0, 3)
        case "B":
          return MONTHS[month]
        case "c":
          return again("%a %b %e %H:%M:%S %Y")
        case "C":
          return two(Math.floor(year / 100))
        case "d":
          return two(day)
        case "D":
          return again("%m/%d/%y")
        case "e":
          return two(day, " ")
        case "F":
          return again("%Y-%m-%d")
        case "g":
          return two(isoWeek().year % 100)
        case "G":
          return String(isoWeek().year)
        case "H":
          return two(hour)
        case "I":
          return two(hour % 12 || 12)
        case "j":
          return String(dayOfYear).padStart(3, "0")
        case "k":
          return two(hour, " ")
        case "l":
          return two(hour % 12 || 12, " ")
        case "m":
          return two(month + 1)
        case "M":
          return two(minute)
        case "n":
          return "\n"
        case "N":
          return String(date.getUTCMilliseconds()).padStart(3, "0") + "000000"
        case "p":
          return hour < 12 ? "AM" : "PM"
        case "P":
          return hour < 12 ? "am" : "pm"
        case "q":
          return String(Math.floor(month / 3) + 1)
        case "U":
          return two(Math.floor((dayOfYear + 6 - date.getUTCDay()) / 7))
        case "V":
          return two(isoWeek().week)
        case "W":
          return two(Math.floor((dayOfYear + 6 - ((date.getUTCDay() + 6) % 7)) / 7))
        case "r":
          return again("%I:%M:%S %p")
        case "R":
          return again("%H:%M")
        case "s":
          return String(Math.floor(at / 1_000))
        case "S":
          return two(second)
        case "t":
          return "\t"
        case "T":
        case "X":
          return again("%H:%M:%S")
        case "u":
          return String(date.getUTCDay() || 7)
        case "w":
          return String(date.getUTCDay())
        case "x":
          return again("%m/%d/%y")
        case "y":
          return two(year % 100)
        case "Y":
          return String(year)
        case "z":
        case ":z":
        case "::z":
        case ":::z":
          return offsetText(local.minutes, letter)
        case "Z":
          return local.name
        default:
          return undefined
      }
    })()
    if (value === undefined) return all
    if (flag === "-" && letter === "N") return value.replace(/0+$/, "") || "0"
    if (flag === "-") return value.replace(/^[0 ]+(?=.)/, "")
    if (flag === "_") return value.replace(/^0+(?=.)/, (zeros) => " ".repeat(zeros.length))
    // %3N is milliseconds.
    if (letter === "N" && width !== "") return value.slice(0, Number(width)).padEnd(Number(width), "0")
    if (flag === "#" && letter === "Z") return value.toLowerCase()
    return flag === "^" || flag === "#" ? value.toUpperCase() : width === "" ? value : value.padStart(Number(width), "0")
  })
}
