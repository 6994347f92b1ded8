/** POSIX regular expressions on RE2's engine: linear time, whatever the pattern. */
import { RE2JS, RE2JSSyntaxException } from "re2js"
import { bracketAt, RegexError } from "./bracket.ts"
import { PerlRegex, PerlSyntaxError } from "./perl-regex.ts"

export { RegexError } from "./bracket.ts"

export interface RegexOptions {
  /** Extended (ERE) rather than basic (BRE) syntax. */
  extended: boolean
  ignoreCase?: boolean
  multiline?: boolean
}

export interface Match {
  index: number
  end: number
  groups: (string | undefined)[]
}

/** A compiled pattern; `exec` gives the groups of the first match at or after `from`. */
export interface Regex {
  find(text: string, from?: number): Match | undefined
  exec(text: string): (string | undefined)[] | undefined
  test(text: string): boolean
}

/** The longest text that every match of an RE2 pattern must hold, as far as that is plain to see; "" when nothing is. */
export const requiredText = (source: string): string => {
  let longest = ""
  let run = ""
  const end = () => {
    if (run.length > longest.length) longest = run
    run = ""
  }
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    if (character === "|") return ""
    if (character === "(" || character === "[") {
      end()
      const close = character === "(" ? ")" : "]"
      let depth = 0
      for (; at < source.length; at++) {
        if (source[at] === "\\") at++
        else if (close === "]") {
          // A bracket expression: its first character may be the closing one.
          at += source[at + 1] === "^" ? 2 : 1
          if (source[at] === "]") at++
          while (at < source.length && source[at] !== "]") {
            if (source[at] === "\\") at++
            else if (source.startsWith("[:", at)) at = Math.max(at, source.indexOf(":]", at) + 1)
            at++
          }
          break
        } else if (source[at] === "(") depth++
        else if (source[at] === ")" && --depth === 0) break
      }
      continue
    }
    if (character === "*" || character === "?" || character === "{") {
      run = run.slice(0, -1)
      end()
      if (character === "{") at = Math.max(at, source.indexOf("}", at))
    } else if (character === "+" || character === "." || character === "^" || character === "$") end()
    else if (character === "\\") {
      const next = source[++at] ?? ""
      if (/[A-Za-z0-9]/.test(next)) end()
      else run += next
    } else run += character
  }
  end()
  return longest
}

class LinearRegex implements Regex {
  readonly #compiled: RE2JS
  readonly #groups: number
  /** Texts without it are no matches: looked for first, since that is quick. */
  readonly #required: string

  constructor(source: string, flags: number) {
    this.#compiled = RE2JS.compile(source, flags)
    this.#groups = this.#compiled.groupCount()
    this.#required = flags & RE2JS.CASE_INSENSITIVE ? "" : requiredText(source)
  }

  find(text: string, from = 0): Match | undefined {
    if (this.#required !== "" && text.indexOf(this.#required, from) < 0) return undefined
    const matcher = this.#compiled.matcher(text)
    if (!matcher.find(from)) return undefined
    const groups: (string | undefined)[] = []
    for (let group = 0; group <= this.#groups; group++) groups.push(matcher.group(group) ?? undefined)
    return { index: matcher.start(), end: matcher.end(), groups }
  }

  exec(text: string): (string | undefined)[] | undefined {
    return this.find(text)?.groups
  }

  test(text: string): boolean {
    if (this.#required !== "" && !text.includes(this.#required)) return false
    return this.#compiled.matcher(text).find()
  }
}

/** GNU's escapes in either syntax, as RE2 writes them. */
const ESCAPES: Readonly<Record<string, string>> = {
  "<": "\\b",
  ">": "\\b",
  b: "\\b",
  B: "\\B",
  w: "[A-Za-z0-9_]",
  W: "[^A-Za-z0-9_]",
  s: "\\s",
  S: "\\S",
  n: "\\n",
  t: "\\t",
  "`": "\\A",
  "'": "\\z",
}

/** "2", "2,", "2,5" up to `close`, as what RE2 has between braces. */
const intervalAt = (rest: string, close: string): readonly [string, string] => {
  const end = rest.indexOf(close)
  if (end < 0) throw new RegexError("Unmatched \\{")
  const match = /^(\d*)(?:(,)(\d*))?$/.exec(rest.slice(0, end))
  if (!match || (match[1] === "" && match[2] === undefined) || (match[3] && Number(match[3]) < Number(match[1])))
    throw new RegexError("Invalid content of \\{\\}")
  if (Number(match[1]) > MOST_REPEATS || Number(match[3] ?? 0) > MOST_REPEATS) throw new RegexError("Regular expression too big")
  return [match[1] || "0", match[2] ? `,${match[3]}` : ""]
}

/** What the engine repeats at most; glibc goes to 32,767. */
const MOST_REPEATS = 1_000

/** Translates POSIX syntax to RE2's. */
export const translate = (source: string, extended: boolean): string => {
  let result = ""
  let depth = 0
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    if (character === "[") {
      const { text, end } = bracketAt(source, at)
      result += text
      at = end
      continue
    }
    if (character === "\\") {
      const next = source[++at]
      if (next === undefined) throw new RegexError("Trailing backslash")
      if (!extended && next === "{") {
        const [least, most] = intervalAt(source.slice(at + 1), "\\}")
        result += `{${least}${most}}`
        at = source.indexOf("\\}", at) + 1
        continue
      }
      if (!extended && "(){}|+?".includes(next)) {
        if (next === "(") depth++
        if (next === ")") depth--
        result += next
      } else if (/[1-9]/.test(next)) result += `\\${next}`
      else result += ESCAPES[next] ?? (/[A-Za-z0-9]/.test(next) ? next : `\\${next}`)
      continue
    }
    if (!extended && "(){}|+?".includes(character)) {
      result += `\\${character}`
      continue
    }
    if (!extended && character === "*" && (result === "" || result.endsWith("(") || result === "^")) {
      result += "\\*"
      continue
    }
    if (!extended && character === "^" && at > 0 && !source.slice(0, at).endsWith("\\(") && !source.slice(0, at).endsWith("\\|")) {
      result += "\\^"
      continue
    }
    if (
      !extended &&
      character === "$" &&
      at < source.length - 1 &&
      !source.slice(at + 1).startsWith("\\)") &&
      !source.slice(at + 1).startsWith("\\|")
    ) {
      result += "\\$"
      continue
    }
    if (extended && character === "{" && /^\{\d+(?:,\d*)?(?![\d,}])/.test(source.slice(at))) throw new RegexError("Unmatched \\{")
    if (extended && character === "{" && /^\{\d*,?\d*\}/.test(source.slice(at))) {
      const [least, most] = intervalAt(source.slice(at + 1), "}")
      result += `{${least}${most}}`
      at = source.indexOf("}", at)
      continue
    }
    if (extended && character === "{" && !/^\{\d*,?\d*\}/.test(source.slice(at))) {
      result += "\\{"
      continue
    }
    if (extended && character === "(") depth++
    if (extended && character === ")") {
      if (depth === 0) {
        result += "\\)"
        continue
      }
      depth--
    }
    result += character
  }
  if (depth > 0) throw new RegexError("Unmatched ( or \\(")
  return result
}

const cache = new Map<string, Regex>()

/** Whether a pattern refers back to a group, which takes the other engine. */
const hasReference = (source: string): boolean => /(?:^|[^\\])(?:\\\\)*\\[1-9]/.test(source)

const groupsIn = (translated: string): number => translated.replace(/\\./g, "").split("(").length - 1

/** Undefined is never given: throws RegexError for what is no pattern. */
export const compileRegex = (source: string, options: RegexOptions): Regex => {
  const key = `${options.extended ? "E" : "B"}${options.ignoreCase ? "i" : ""}${options.multiline ? "m" : ""}${source}`
  const known = cache.get(key)
  if (known) return known
  // POSIX takes the longest of alternatives, not the first.
  const flags = RE2JS.LONGEST_MATCH | (options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (options.multiline ? RE2JS.MULTILINE : 0)
  try {
    const translated = translate(source, options.extended)
    const references = hasReference(source)
    if (references && Math.max(...[...translated.matchAll(/\\([1-9])/g)].map(([, digit]) => Number(digit))) > groupsIn(translated))
      throw new RegexError("Invalid back reference")
    const compiled = references ? new PerlRegex(translated, options) : new LinearRegex(translated, flags)
    if (cache.size > 500) cache.clear()
    cache.set(key, compiled)
    return compiled
  } catch (error) {
    if (error instanceof RE2JSSyntaxException || error instanceof PerlSyntaxError) throw new RegexError("Invalid regular expression")
    throw error
  }
}
