/** sort --debug: what of every line counts, and what may surprise in the options. */
import type { Process, Steps } from "@drydock/machine"
import { quote } from "./reading.ts"
import { GENERAL, type Key, monthOf, spanOf } from "./sort-keys.ts"

const isNumeric = (how: string): boolean => /[ngh]/.test(how)

/** To standard error, before anything is sorted. `own`: kinds of all, `ignored`: those that no key takes up. */
export function* warnOf(
  process: Process,
  keys: readonly Key[],
  own: string,
  separator: string | undefined,
  lastResort: boolean,
): Steps<void> {
  const { env } = process
  const locale = env.get("LC_ALL") || env.get("LC_COLLATE") || env.get("LANG") || "C"
  const simple = locale === "C" || locale === "POSIX"
  const tell = (text: string) => process.error(`sort: ${text}\n`)
  yield* tell(
    simple
      ? "text ordering performed using simple byte comparison"
      : `text ordering performed using ${quote(process, locale)} sorting rules`,
  )
  const whole: Key = { from: 0, fromChar: 1, to: 0, toChar: 0, how: own, skipsStart: false, skipsEnd: false }
  const compared = keys.length > 0 ? keys : own.replace("r", "") !== "" ? [whole] : []
  for (const [at, key] of compared.entries()) {
    if (key === whole) continue
    const nothing = key.to > 0 && key.to < key.from
    if (nothing) yield* tell(`key ${at + 1} has zero width and will be ignored`)
    const skips = isNumeric(key.how) || key.how.includes("M")
    const offset = key.to === key.from && key.toChar > 0
    const aligned = simple && key.how.replace(/[br]/g, "") === "" && key.fromChar === 1 && key.toChar === 0
    if (
      !nothing &&
      separator === undefined &&
      !offset &&
      ((!key.skipsStart && !(skips || aligned)) || (!key.skipsStart && key.fromChar > 1) || (!key.skipsEnd && key.toChar > 0))
    )
      yield* tell(`leading blanks are significant in key ${at + 1}; consider also specifying 'b'`)
    if (isNumeric(key.how) && (key.to === 0 || key.from < key.to)) yield* tell(`key ${at + 1} is numeric and spans multiple fields`)
  }
  if (compared.some((key) => isNumeric(key.how))) yield* tell("note numbers use ‘.’ as a decimal point in this locale")
  const unused = [...own].filter((letter) => letter !== "r" && keys.length > 0 && keys.every((key) => !key.how.includes(letter)))
  if (unused.length > 0)
    yield* tell(`option${unused.length > 1 ? "s" : ""} '-${unused.join("")}' ${unused.length > 1 ? "are" : "is"} ignored`)
  if (own.includes("r") && keys.length > 0 && keys.every((key) => !key.how.includes("r")) && lastResort)
    yield* tell("option '-r' only applies to last-resort comparison")
}

/** A number, a month or all of a key's text, less what is not looked at. */
const tightened = (text: string, how: string): readonly [number, number] => {
  if (!isNumeric(how) && !how.includes("M")) return [0, text.length]
  const blanks = /^[ \t]*/.exec(text)?.[0].length ?? 0
  const rest = text.slice(blanks)
  const length = how.includes("M")
    ? monthOf(rest) < 0
      ? 0
      : 3
    : how.includes("g")
      ? (GENERAL.exec(rest)?.[0].length ?? 0)
      : (/^-?(?:\d[\d,]*\.?\d*|\.\d+)/.exec(rest)?.[0].length ?? 0)
  const unit = how.includes("h") && length > 0 && /[kKMGTPEZY]/.test(rest[length] ?? "") ? 1 : 0
  return [blanks, blanks + length + unit]
}

const mark = (offset: number, width: number): string => `${" ".repeat(offset)}${width === 0 ? "^ no match for key" : "_".repeat(width)}\n`

/** A line with what counts of it underlined. */
export const marked = (line: string, keys: readonly Key[], own: string, separator: string | undefined, lastResort: boolean): string => {
  let text = `${line.replaceAll("\t", ">")}\n`
  for (const key of keys) {
    const [from, to] = spanOf(line, key, separator)
    const [start, end] = tightened(line.slice(from, to), key.how)
    text += mark(from + start, end - start)
  }
  if (keys.length === 0 && own.replace("r", "") !== "") {
    const [start, end] = tightened(line, own)
    text += mark(start, end - start)
  }
  return keys.length === 0 && own.replace("r", "") === "" ? text + mark(0, line.length) : lastResort ? text + mark(0, line.length) : text
}
