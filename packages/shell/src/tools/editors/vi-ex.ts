/** vi's command line: ranges and :commands. */
import { compileRegex, type Regex } from "../../text/regex.ts"

export interface Range {
  from: number
  to: number
  given: boolean
}

export class ExError extends Error {}

/** Reads "1,5", "%", ".,$", "'<,'>", "/x/" before a command; rows are counted from 0. */
export const parseRange = (
  text: string,
  context: { row: number; last: number; mark: (name: string) => number | undefined; search: (source: string) => number | undefined },
): { range: Range; rest: string } => {
  let rest = text.trimStart()
  if (rest.startsWith("%")) return { range: { from: 0, to: context.last, given: true }, rest: rest.slice(1).trimStart() }
  const address = (): number | undefined => {
    const match = /^(\d+|\.|\$|'(.)|\/((?:\\.|[^/])*)\/?)?((?:[-+]\d*)*)/.exec(rest)
    if (!match || match[0] === "") return undefined
    let row: number | undefined
    const [, base, mark, source] = match
    if (base === undefined || base === ".") row = context.row
    else if (base === "$") row = context.last
    else if (mark !== undefined) {
      row = context.mark(mark)
      if (row === undefined) throw new ExError("E20: Mark not set")
    } else if (source !== undefined) {
      row = context.search(source)
      if (row === undefined) throw new ExError(`E486: Pattern not found: ${source}`)
    } else row = Number(base) - 1
    for (const [step] of match[4].matchAll(/[-+]\d*/g)) row += step.length === 1 ? Number(`${step}1`) : Number(step)
    rest = rest.slice(match[0].length).trimStart()
    return row
  }
  const first = address()
  let from = first ?? context.row
  let to = from
  let given = first !== undefined
  while (rest.startsWith(",") || rest.startsWith(";")) {
    rest = rest.slice(1).trimStart()
    from = to
    to = address() ?? context.row
    given = true
  }
  if (from > to) [from, to] = [to, from]
  if (given && to > context.last) throw new ExError("E16: Invalid range")
  return { range: { from: Math.max(0, from), to: Math.max(0, to), given }, rest }
}

/** vim's patterns as BRE: \v and the few escapes that differ are put right. */
export const viRegex = (source: string, ignoreCase: boolean): Regex => {
  const magic = source.startsWith("\\v")
  const fold = /\\c/.test(source) || ignoreCase
  const plain = source
    .replace(/^\\v/, "")
    .replace(/\\[cC]/g, "")
    .replace(/\\s/g, "[ \\t]")
    .replace(/\\d/g, "[0-9]")
    .replace(/\\=/g, "\\?")
  return compileRegex(plain, { extended: magic, ignoreCase: fold })
}

export interface Substitution {
  regex: Regex
  by: string
  global: boolean
  /** Counts matches only (n). */
  count: boolean
}

/** "s/a/b/g" from behind the s. */
export const parseSubstitution = (text: string, last: string | undefined, ignoreCase: boolean): Substitution & { source: string } => {
  const mark = text[0] ?? "/"
  const parts: string[] = [""]
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "\\" && at + 1 < text.length) {
      parts[parts.length - 1] +=
        text[at + 1] === mark && mark !== "/" ? mark : text[at + 1] === "/" && mark === "/" ? "/" : text[at] + text[at + 1]
      at++
    } else if (text[at] === mark && parts.length < 3) parts.push("")
    else parts[parts.length - 1] += text[at]
  }
  const [given, by = "", flags = ""] = parts
  const source = given === "" ? last : given
  if (source === undefined) throw new ExError("E35: No previous regular expression")
  return { regex: viRegex(source, ignoreCase || flags.includes("i")), by, global: flags.includes("g"), count: flags.includes("n"), source }
}

/** One line with matches replaced; how many there were. */
export const substituteLine = (line: string, { regex, by, global }: Substitution): { text: string; count: number } => {
  let [text, at, count] = ["", 0, 0]
  for (let match = regex.find(line, at); match; match = at <= line.length ? regex.find(line, at) : undefined) {
    count++
    const { groups } = match
    text +=
      line.slice(at, match.index) +
      by.replace(/\\(\d|.)|&/g, (all, escaped: string | undefined) =>
        all === "&"
          ? (groups[0] ?? "")
          : /\d/.test(escaped ?? "")
            ? (groups[Number(escaped)] ?? "")
            : escaped === "n" || escaped === "r"
              ? "\n"
              : escaped === "t"
                ? "\t"
                : (escaped ?? ""),
      )
    if (match.end === match.index) text += line[match.end] ?? ""
    at = match.end > match.index ? match.end : match.end + 1
    if (!global) break
  }
  return { text: text + line.slice(at), count }
}
