/** Whether a text is a schedule. As github.com/robfig/cron/v3 parser.go, with its words. */

const BOUNDS: readonly { least: number; most: number; names?: readonly string[] }[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] },
  { least: 0, most: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
]

const DESCRIPTORS = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]

const numberProblem = (text: string, names: readonly string[] | undefined): string | number => {
  const named = names?.indexOf(text.toLowerCase()) ?? -1
  if (names && named >= 0) return named + (names.length === 12 ? 1 : 0)
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
  const value = Number(text)
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value
}

const rangeProblem = (text: string, { least, most, names }: (typeof BOUNDS)[number]): string | undefined => {
  const [range, step, ...tooMany] = text.split("/")
  if (tooMany.length > 0) return `too many slashes: ${text}`
  const [low, high, ...more] = range.split("-")
  let start = least
  let end = most
  if (low === "*" || low === "?") {
    if (high !== undefined) return `too many hyphens: ${text}`
  } else {
    if (more.length > 0) return `too many hyphens: ${text}`
    const first = numberProblem(low, names)
    if (typeof first === "string") return first
    start = end = first
    if (high !== undefined) {
      const last = numberProblem(high, names)
      if (typeof last === "string") return last
      end = last
    }
  }
  if (step !== undefined) {
    const every = numberProblem(step, undefined)
    if (typeof every === "string") return every
    if (high === undefined && low !== "*" && low !== "?") end = most
    if (every === 0) return `step of range should be a positive number: ${text}`
  }
  if (start < least) return `beginning of range (${start}) below minimum (${least}): ${text}`
  if (end > most) return `end of range (${end}) above maximum (${most}): ${text}`
  return start > end ? `beginning of range (${start}) beyond end of range (${end}): ${text}` : undefined
}

/** Undefined for a good one. */
export const scheduleProblem = (schedule: string): string | undefined => {
  const text = schedule.replace(/^(CRON_TZ|TZ)=\S+\s+/, "").trim()
  if (text.startsWith("@")) {
    if (DESCRIPTORS.includes(text) || /^@every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined
    return `unrecognized descriptor: ${text}`
  }
  const fields = text.split(/\s+/).filter(Boolean)
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`
  for (const [index, field] of fields.entries())
    for (const part of field.split(",")) {
      const problem = rangeProblem(part, BOUNDS[index])
      if (problem) return problem
    }
  return undefined
}
