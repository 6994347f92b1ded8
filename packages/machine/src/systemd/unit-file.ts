/** Unit files: sections of keys, drop-ins over them. */
import { ByText } from "@drydock/sim"

export interface UnitFile {
  /** "Service.ExecStart" → values in order; an empty assignment clears what came before. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** All of its texts, to tell whether what is on disk has changed since. */
  readonly source: string
}

/** Every machine of every world has the same units. */
const known = new ByText<UnitFile>(256)

export const parseUnit = (texts: readonly string[]): UnitFile => known.of(texts.join("\0"), (source) => ({ values: parse(texts), source }))

const parse = (texts: readonly string[]): UnitFile["values"] => {
  const values = new Map<string, string[]>()
  for (const text of texts) {
    let section = ""
    for (const raw of text.replaceAll("\\\n", " ").split("\n")) {
      const line = raw.trim()
      if (line === "" || line.startsWith("#") || line.startsWith(";")) continue
      if (line.startsWith("[")) {
        section = line.slice(1, line.indexOf("]"))
        continue
      }
      const equals = line.indexOf("=")
      if (equals < 0) continue
      const key = `${section}.${line.slice(0, equals).trim()}`
      const value = line.slice(equals + 1).trim()
      if (value === "") values.set(key, [])
      else values.set(key, [...(values.get(key) ?? []), value])
    }
  }
  return values
}

export const unitValue = (unit: UnitFile, key: string): string | undefined => unit.values.get(key)?.at(-1)

const SPANS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  seconds: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
}

/** systemd.time(7): "10", "10s", "1min 30s", "infinity", as ms. */
export const parseTimeSpan = (text: string | undefined, fallback: number): number => {
  if (text === "infinity") return Number.POSITIVE_INFINITY
  const parts = [...(text ?? "").matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)\s*/gy)]
  if (parts.length === 0 || parts.reduce((length, [part]) => length + part.length, 0) !== text?.length) return fallback
  let total = 0
  for (const [, number, unit] of parts) {
    const factor = SPANS[unit || "s"]
    if (factor === undefined) return fallback
    total += Number(number) * factor
  }
  return total
}

/** Words of an Exec line: quotes and environment ($NAME whole words, ${NAME} within). */
export const execWords = (line: string, environment: ReadonlyMap<string, string>): string[] => {
  const words: string[] = []
  let word = ""
  let quote = ""
  let any = false
  const push = () => {
    if (any || word !== "") words.push(word)
    word = ""
    any = false
  }
  for (const character of line) {
    if (quote) {
      if (character === quote) quote = ""
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      any = true
    } else if (character === " " || character === "\t") push()
    else word += character
  }
  push()
  return words.flatMap((one) => {
    if (/^\$[A-Za-z_]\w*$/.test(one)) return (environment.get(one.slice(1)) ?? "").split(/\s+/).filter(Boolean)
    return [one.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => environment.get(name) ?? "")]
  })
}
