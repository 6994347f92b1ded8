/** jq's dates: seconds since the epoch, "broken down time" arrays, and strftime's formats. */
import { formatDate } from "../../text/date.ts"
import { JqError } from "../error.ts"
import type { Native } from "../native.ts"
import type { Json } from "../json.ts"

const brokenDown = (seconds: number): Json[] => {
  const at = new Date(seconds * 1_000)
  const year = at.getUTCFullYear()
  return [
    year,
    at.getUTCMonth(),
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds() + (seconds % 1),
    at.getUTCDay(),
    Math.floor((Date.UTC(year, at.getUTCMonth(), at.getUTCDate()) - Date.UTC(year, 0, 1)) / 86_400_000),
  ]
}

const secondsOf = (value: Json, name: string): number => {
  if (typeof value === "number") return value
  if (!Array.isArray(value) || value.length < 6 || value.some((part) => typeof part !== "number"))
    throw new JqError(`${name} requires array of 6 numbers`)
  const [year, month, day, hour, minute, second] = value as number[]
  return Math.floor(Date.UTC(year, month, day, hour, minute, Math.floor(second)) / 1_000)
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

/** strptime for the formats that data has; undefined where the text does not fit. */
const parseAs = (text: string, format: string): number | undefined => {
  const parts = { Y: 1900, m: 1, d: 1, H: 0, M: 0, S: 0, z: 0 }
  let at = 0
  const full = format.replaceAll("%T", "%H:%M:%S").replaceAll("%F", "%Y-%m-%d").replaceAll("%R", "%H:%M").replaceAll("%D", "%m/%d/%y")
  for (let index = 0; index < full.length; index++) {
    const letter = full[index]
    if (letter !== "%") {
      if (/\s/.test(letter)) {
        while (/\s/.test(text[at] ?? "")) at++
        continue
      }
      if (text[at++] !== letter) return undefined
      continue
    }
    const field = full[++index]
    const rest = text.slice(at)
    const digits = /^\s*(\d+)/.exec(field === "Y" ? rest.slice(0, 4) : "mdHMSejy".includes(field) ? rest.slice(0, 2) : rest)
    if (field === "s" && digits) return Number(digits[1])
    if ("YmdHMSe".includes(field) && digits) {
      parts[(field === "e" ? "d" : field) as keyof typeof parts] = Number(digits[1])
      at += digits[0].length
    } else if (field === "b" || field === "B" || field === "h") {
      const month = MONTHS.findIndex((name) => rest.toLowerCase().startsWith(name))
      if (month < 0) return undefined
      parts.m = month + 1
      at += /^[A-Za-z]+/.exec(rest)?.[0].length ?? 3
    } else if (field === "a" || field === "A") at += /^[A-Za-z]+/.exec(rest)?.[0].length ?? 0
    else if (field === "Z" || field === "z") {
      const zone = /^(Z|UTC|GMT|[A-Z]{3,4}|([-+])(\d\d):?(\d\d))/.exec(rest)
      if (!zone) return undefined
      if (zone[2]) parts.z = (zone[2] === "-" ? -1 : 1) * (Number(zone[3]) * 60 + Number(zone[4]))
      at += zone[0].length
    } else return undefined
  }
  if (at < text.length) return undefined
  return Date.UTC(parts.Y, parts.m - 1, parts.d, parts.H, parts.M, parts.S) / 1_000
}

const parsed = (value: Json, format: Json): number => {
  if (typeof value !== "string" || typeof format !== "string") throw new JqError("strptime/1 requires string inputs and arguments")
  const seconds = parseAs(value, format)
  if (seconds === undefined || Number.isNaN(seconds)) throw new JqError(`date "${value}" does not match format "${format}"`)
  return seconds
}

/** Seconds or a broken down time as the latter's own seconds. Throws JqError. */
const given = (input: Json, name: string): number => {
  if (typeof input !== "number" && !Array.isArray(input)) throw new JqError(`${name} requires parsed datetime inputs`)
  return secondsOf(input, name)
}

const formatted = (input: Json, format: Json, name: string): string => {
  const seconds = given(input, name)
  if (typeof format !== "string") throw new JqError(`${name} requires a string format`)
  return formatDate(format, seconds * 1_000)
}

export const dates: Readonly<Record<string, Native>> = {
  "mktime/0": (input) => {
    if (!Array.isArray(input)) throw new JqError("mktime requires array inputs")
    return secondsOf(input, "mktime")
  },
  "gmtime/0": (input) => (typeof input === "number" ? brokenDown(input) : wanted("gmtime() requires a number")),
  "localtime/0": (input) => (typeof input === "number" ? brokenDown(input) : wanted("localtime() requires a number")),
  "strftime/1": (input, [format]) => formatted(input, format, "strftime/1"),
  "strflocaltime/1": (input, [format]) => formatted(input, format, "strflocaltime/1"),
  "strptime/1": (input, [format]) => brokenDown(parsed(input, format)),
}

const wanted = (message: string): never => {
  throw new JqError(message)
}
