/** grep's patterns: compiled, as words or whole lines, and the first of many that matches. */
import type { Process, Steps } from "@drydock/machine"
import { PerlRegex } from "../text/perl-regex.ts"
import { compileRegex, type Match, type Regex } from "../text/regex.ts"
import { mapEach } from "./pacing.ts"

export type Matcher = "basic" | "extended" | "fixed" | "perl"

export interface PatternOptions {
  readonly matcher: Matcher
  readonly ignoreCase: boolean
  readonly words: boolean
  readonly lines: boolean
}

const isWord = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character)

/** -w: a match must not touch other characters of words; a shorter one at the same place is tried before later ones (grep's dfasearch.c). */
class WordRegex implements Regex {
  readonly #inner: Regex
  readonly #whole: Regex

  constructor(inner: Regex, whole: Regex) {
    this.#inner = inner
    this.#whole = whole
  }

  find(text: string, from = 0): Match | undefined {
    for (let at = from; at <= text.length; ) {
      const match = this.#inner.find(text, at)
      if (!match) return undefined
      if (!isWord(text[match.index - 1]))
        for (let end = match.end; end >= match.index; end--)
          if (!isWord(text[end]) && (end === match.end || this.#whole.test(text.slice(match.index, end))))
            return { index: match.index, end, groups: [text.slice(match.index, end)] }
      at = match.index + 1
    }
    return undefined
  }

  exec(text: string): (string | undefined)[] | undefined {
    return this.find(text)?.groups
  }

  test(text: string): boolean {
    return this.find(text) !== undefined
  }
}

const compiled = (pattern: string, { matcher, ignoreCase, words, lines }: PatternOptions): Regex => {
  const source = matcher === "fixed" ? pattern.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&") : pattern
  const extended = matcher !== "basic"
  const compile = (text: string): Regex =>
    matcher === "perl" ? new PerlRegex(text, { ignoreCase }) : compileRegex(text, { extended, ignoreCase })
  const whole = extended ? `^(${source})$` : `^\\(${source}\\)$`
  if (lines) return compile(whole)
  return words && source !== "" ? new WordRegex(compile(source), compile(whole)) : compile(source)
}

/** Throws RegexError or PerlSyntaxError. */
export function* compilePatterns(process: Process, patterns: readonly string[], options: PatternOptions): Steps<Regex[]> {
  return yield* mapEach(process, patterns, (pattern) => compiled(pattern, options), 16)
}

/** Of all patterns' matches from `at` on the first, and of those that begin together the longest. */
export const firstMatch = (regexes: readonly Regex[], line: string, at: number): Match | undefined => {
  let first: Match | undefined
  for (const regex of regexes) {
    const match = regex.find(line, at)
    if (match && (!first || match.index < first.index || (match.index === first.index && match.end > first.end))) first = match
  }
  return first
}
