/** Shell patterns: * ? […] and extended globs, matched without native regular expressions and within a budget. */

/** Steps a match may take: a learner's pattern must not hold up the world. */
const BUDGET = 60_000

/** Steps left to one or several matches; when they are spent, nothing matches any more. */
export interface Budget {
  left: number
}

const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  digit: (c) => c >= 48 && c <= 57,
  alpha: (c) => (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  alnum: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  upper: (c) => c >= 65 && c <= 90,
  lower: (c) => c >= 97 && c <= 122,
  space: (c) => c === 32 || (c >= 9 && c <= 13),
  blank: (c) => c === 32 || c === 9,
  punct: (c) => (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126),
  xdigit: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
  print: (c) => c >= 32 && c < 127,
  cntrl: (c) => c < 32 || c === 127,
}

/** The bracket expression at `at` (which is "["): where it ends, and whether it has `character`. Undefined: no closing bracket. */
export const bracketAt = (pattern: string, at: number, character: string): { end: number; has: boolean } | undefined => {
  let index = at + 1
  const negated = pattern[index] === "!" || pattern[index] === "^"
  if (negated) index++
  let has = false
  for (let first = true; ; first = false) {
    if (index >= pattern.length) return undefined
    if (pattern[index] === "]" && !first) return { end: index + 1, has: has !== negated }
    if (pattern.startsWith("[:", index)) {
      const close = pattern.indexOf(":]", index)
      const test = close > 0 ? CLASSES[pattern.slice(index + 2, close)] : undefined
      if (test) {
        if (test(character.charCodeAt(0))) has = true
        index = close + 2
        continue
      }
    }
    if (pattern[index] === "\\" && index + 1 < pattern.length) index++
    const from = pattern[index]
    if (pattern[index + 1] === "-" && pattern[index + 2] !== "]" && index + 2 < pattern.length) {
      if (character >= from && character <= pattern[index + 2]) has = true
      index += 3
    } else {
      if (character === from) has = true
      index++
    }
  }
}

/** Alternatives of an extended glob "(a|b)" beginning at its parenthesis. */
const alternatives = (pattern: string, open: number): { list: string[]; end: number } | undefined => {
  let depth = 0
  let start = open + 1
  const list: string[] = []
  for (let index = open; index < pattern.length; index++) {
    if (pattern[index] === "\\") index++
    else if (pattern[index] === "(") depth++
    else if (pattern[index] === "|" && depth === 1) {
      list.push(pattern.slice(start, index))
      start = index + 1
    } else if (pattern[index] === ")" && --depth === 0) {
      list.push(pattern.slice(start, index))
      return { list, end: index + 1 }
    }
  }
  return undefined
}

const matchAt = (pattern: string, p: number, text: string, t: number, budget: Budget): boolean => {
  let star = -1
  let mark = 0
  for (;;) {
    if (--budget.left < 0) return false
    const character = pattern[p]
    if (character !== undefined && "?*+@!".includes(character) && pattern[p + 1] === "(") {
      const group = alternatives(pattern, p + 1)
      if (group) {
        // Every try cuts texts to pieces.
        budget.left -= text.length - t + group.list.length
        const rest = pattern.slice(group.end)
        const tail = (from: number) => matchAt(rest, 0, text, from, budget)
        const ends = (from: number): number[] => {
          const found: number[] = []
          for (let end = from; end <= text.length; end++)
            if (group.list.some((one) => matchAt(one, 0, text.slice(from, end), 0, budget))) found.push(end)
          return found
        }
        const repeat = (from: number, least: number): boolean =>
          (least <= 0 && tail(from)) ||
          ends(from).some((end) => (end > from || least > 0) && (end > from ? repeat(end, least - 1) : tail(end)))
        const matched =
          character === "@"
            ? ends(t).some(tail)
            : character === "?"
              ? tail(t) || ends(t).some(tail)
              : character === "*"
                ? repeat(t, 0)
                : character === "+"
                  ? repeat(t, 1)
                  : Array.from({ length: text.length - t + 1 }, (_, i) => t + i).some(
                      (end) => !group.list.some((one) => matchAt(one, 0, text.slice(t, end), 0, budget)) && tail(end),
                    )
        if (matched) return true
        if (star < 0) return false
        p = star + 1
        t = ++mark
        if (t > text.length) return false
        continue
      }
    }
    if (character === "*") {
      star = p++
      mark = t
      continue
    }
    if (t < text.length) {
      if (character === "?") {
        p++
        t++
        continue
      }
      if (character === "[") {
        const found = bracketAt(pattern, p, text[t])
        if (found?.has) {
          p = found.end
          t++
          continue
        }
        if (!found && text[t] === "[") {
          p++
          t++
          continue
        }
      } else if (character === "\\" && pattern[p + 1] === text[t]) {
        p += 2
        t++
        continue
      } else if (character === text[t] && character !== undefined && character !== "\\") {
        p++
        t++
        continue
      }
    } else if (p >= pattern.length) return true
    if (star < 0) return false
    p = star + 1
    t = ++mark
    if (t > text.length) return false
  }
}

export interface PatternOptions {
  readonly ignoreCase?: boolean
}

export const matchPattern = (pattern: string, text: string, options: PatternOptions = {}, budget: Budget = { left: BUDGET }): boolean =>
  options.ignoreCase ? matchAt(pattern.toLowerCase(), 0, text.toLowerCase(), 0, budget) : matchAt(pattern, 0, text, 0, budget)

/** A budget for one expansion or condition, and what it came to cost in units of fuel. */
export const newBudget = (): Budget => ({ left: BUDGET })
export const costOf = (budget: Budget): number => (BUDGET - budget.left) >> 3

/** The text that a pattern without special characters stands for; undefined when it has some. */
export const literalOf = (pattern: string): string | undefined =>
  /[*?[]|[+@!]\(/.test(pattern.replace(/\\[\s\S]/g, "")) ? undefined : unquotePattern(pattern)

/** How long every match is: patterns of characters, ? and […] alone. Undefined where lengths differ. */
export const fixedLength = (pattern: string): number | undefined => {
  let length = 0
  for (let at = 0; at < pattern.length; length++) {
    const character = pattern[at]
    if (character === "*" || ("?*+@!".includes(character) && pattern[at + 1] === "(")) return undefined
    if (character === "\\") at += 2
    else if (character === "[") at = bracketAt(pattern, at, "a")?.end ?? at + 1
    else at++
  }
  return length
}

/** Quotes what is special, so that it matches itself. */
export const quotePattern = (text: string): string => text.replace(/[\\*?[\]()|!+@]/g, "\\$&")

/** Whether unquoted pattern characters are in it. */
export const hasPattern = (pattern: string): boolean => {
  for (let index = 0; index < pattern.length; index++) {
    if (pattern[index] === "\\") index++
    else if ("*?[".includes(pattern[index]) || ("+@!".includes(pattern[index]) && pattern[index + 1] === "(")) return true
  }
  return false
}

export const unquotePattern = (pattern: string): string => pattern.replace(/\\([\s\S])/g, "$1")
