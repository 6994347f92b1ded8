/** vi's command line: ranges and :commands. */
import { compileRegex, type Regex } from "../../text/regex.ts"

export interface Range {
  from: number
  to: number
  given: boolean
  /** It was line 0: before the first. */
  zero?: boolean
}

export class ExError extends Error {}

/** Commands whose bars are their own. */
const WHOLE =
  /^[\d.,$%'<>;+\-\s]*(?:g(?:lobal)?!?|v(?:global)?|norm(?:al)?!?|!|r(?:ead)?\s*!|w(?:rite)?\s*!|map|nmap|imap|[nivx]?noremap|au(?:tocmd)?|com(?:mand)?!?|let|exe(?:cute)?)(?![a-z])/

/** The commands of a line that bars divide; "\\|" and those in a pattern's alternatives are text. */
export const barred = (text: string): string[] => {
  if (WHOLE.test(text) && !/^[^/]*\blet\b[^"']*\|/.test(text)) return [text]
  const parts = [""]
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\" && at + 1 < text.length) parts[parts.length - 1] += text[at] + text[++at]
    else if (text[at] === "|" && !WHOLE.test(parts[parts.length - 1].trimStart())) parts.push("")
    else parts[parts.length - 1] += text[at]
  }
  return parts
}

/** Reads "1,5", "%", ".,$", "'<,'>", "/x/" before a command; rows are counted from 0. */
export const parseRange = (
  text: string,
  context: {
    row: number
    last: number
    mark: (name: string) => number | undefined
    search: (source: string, row: number) => number | undefined
  },
): { range: Range; rest: string } => {
  let rest = text.trimStart()
  if (rest.startsWith("%")) return { range: { from: 0, to: context.last, given: true }, rest: rest.slice(1).trimStart() }
  let from = context.row
  const address = (): number | undefined => {
    const match = /^(\d+|\.|\$|'(.)|\/((?:\\.|[^/])*)\/?)?((?:[-+]\d*)*)/.exec(rest)
    if (!match || match[0] === "") return undefined
    let row: number | undefined
    const [, base, mark, source] = match
    if (base === undefined || base === ".") row = from
    else if (base === "$") row = context.last
    else if (mark !== undefined) {
      row = context.mark(mark)
      if (row === undefined) throw new ExError("E20: Mark not set")
    } else if (source !== undefined) {
      row = context.search(source, from)
      if (row === undefined) throw new ExError(`E486: Pattern not found: ${source}`)
    } else row = Number(base) - 1
    for (const [step] of match[4].matchAll(/[-+]\d*/g)) row += step.length === 1 ? Number(`${step}1`) : Number(step)
    rest = rest.slice(match[0].length).trimStart()
    return row
  }
  const first = address()
  let begin = first ?? context.row
  let to = begin
  let given = first !== undefined
  while (rest.startsWith(",") || rest.startsWith(";")) {
    // Behind ";" the first line is the one to count and search from.
    if (rest.startsWith(";")) from = to
    rest = rest.slice(1).trimStart()
    begin = to
    to = address() ?? from
    given = true
  }
  if (begin > to) [begin, to] = [to, begin]
  if (given && to > context.last) throw new ExError("E16: Invalid range")
  return { range: { from: Math.max(0, begin), to: Math.max(0, to), given, ...(to < 0 && { zero: true }) }, rest }
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
  const repeats = magic ? plain : plain.replace(/\\\{([\d,]*)\}/g, "\\{$1\\}")
  if (!/\\z[se]/.test(repeats)) return compileRegex(repeats, { extended: magic, ignoreCase: fold })
  const [begin, rest] = repeats.includes("\\zs") ? repeats.split("\\zs", 2) : ["", repeats]
  const [body, end = ""] = rest.split("\\ze", 2)
  const [open, close] = magic ? ["(", ")"] : ["\\(", "\\)"]
  return within(compileRegex([begin, body, end].map((part) => open + part + close).join(""), { extended: magic, ignoreCase: fold }))
}

/** What \zs and \ze leave of a match: the middle one of three groups that make it up. */
const within = (whole: Regex): Regex => {
  const find = (text: string, from = 0) => {
    for (let at = from; at <= text.length; ) {
      const match = whole.find(text, at)
      if (!match) return undefined
      const index = match.index + (match.groups[1]?.length ?? 0)
      const middle = match.groups[2] ?? ""
      if (index >= from) return { index, end: index + middle.length, groups: [middle, ...match.groups.slice(3)] }
      at = match.index + 1
    }
    return undefined
  }
  return { find, exec: (text) => find(text)?.groups, test: (text) => find(text) !== undefined }
}

export interface Substitution {
  regex: Regex
  by: string
  global: boolean
  /** Counts matches only (n). */
  count: boolean
  /** Asks for each (c). */
  confirm: boolean
  /** No match is no error (e). */
  quiet: boolean
}

/** "s/a/b/g" from behind the s. */
export const parseSubstitution = (
  text: string,
  last: string | undefined,
  ignoreCase: boolean,
): Substitution & { source: string; body: string; flags: string } => {
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
  let marks = 0
  let cut = text.length
  for (let at = 0; at < text.length && marks < 3; at++) {
    if (text[at] === "\\") at++
    else if (text[at] === mark && ++marks === 3) cut = at + 1
  }
  const body = marks === 3 ? text.slice(0, cut) : text + mark.repeat(3 - Math.max(1, marks))
  const source = given === "" ? last : given
  if (source === undefined) throw new ExError("E35: No previous regular expression")
  return {
    regex: viRegex(source, ignoreCase || flags.includes("i")),
    by,
    global: flags.includes("g"),
    count: flags.includes("n"),
    confirm: flags.includes("c"),
    quiet: flags.includes("e"),
    source,
    body,
    flags,
  }
}

/** What a match is replaced by: & and \1 are parts of it, \u, \U, \l and \L change case up to \E. */
export const replacement = (by: string, groups: readonly (string | undefined)[]): string => {
  let text = ""
  let [next, rest] = ["", ""]
  const add = (part: string) => {
    if (part === "") return
    const changed = rest === "U" ? part.toUpperCase() : rest === "L" ? part.toLowerCase() : part
    const [first = ""] = changed
    text += (next === "u" ? first.toUpperCase() : next === "l" ? first.toLowerCase() : first) + changed.slice(first.length)
    next = ""
  }
  for (const [all, escaped] of by.matchAll(/\\([\s\S])|[\s\S]/g)) {
    if (all === "&") add(groups[0] ?? "")
    else if (escaped === undefined) add(all)
    else if (/\d/.test(escaped)) add(groups[Number(escaped)] ?? "")
    else if (escaped === "u" || escaped === "l") next = escaped
    else if (escaped === "U" || escaped === "L") rest = escaped
    else if (escaped === "e" || escaped === "E") rest = ""
    else add(escaped === "n" || escaped === "r" ? "\n" : escaped === "t" ? "\t" : escaped)
  }
  return text
}

/** One line with matches replaced; how many there were. */
export const substituteLine = (line: string, { regex, by, global }: Substitution): { text: string; count: number } => {
  let [text, at, count] = ["", 0, 0]
  for (let match = regex.find(line, at); match; match = at <= line.length ? regex.find(line, at) : undefined) {
    count++
    const { groups } = match
    text += line.slice(at, match.index) + replacement(by, groups)
    if (match.end === match.index) text += line[match.end] ?? ""
    at = match.end > match.index ? match.end : match.end + 1
    if (!global) break
  }
  return { text: text + line.slice(at), count }
}
