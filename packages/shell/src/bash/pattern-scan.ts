/**
 * Where matches of a pattern end, for ${x#…}, ${x%…} and ${x/…/…} over texts of any length: all ends are found in one pass over the text
 * (a set of places in the pattern is carried along), and the pass gives way to others as it goes.
 */
import type { Steps } from "@drydock/machine"
import { bracketAt } from "./pattern.ts"
import type { Shell } from "./shell.ts"

/** "star", or what one character must be. */
type Token = "star" | ((character: string) => boolean)

/** Characters of the text between two payments. */
const STRIDE = 2_048

const any = (): boolean => true

/** The pattern as a list; undefined where it has extended globs, which are no such list. */
const tokensOf = (pattern: string, ignoreCase: boolean): readonly Token[] | undefined => {
  const tokens: Token[] = []
  const one = (wanted: string): Token =>
    ignoreCase ? (character) => character.toLowerCase() === wanted.toLowerCase() : (character) => character === wanted
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at]
    if ("?*+@!".includes(character) && pattern[at + 1] === "(") return undefined
    if (character === "*") {
      if (tokens.at(-1) !== "star") tokens.push("star")
      at++
    } else if (character === "?") {
      tokens.push(any)
      at++
    } else if (character === "[" && bracketAt(pattern, at, "a")) {
      const begin = at
      const has = (wanted: string) => bracketAt(pattern, begin, wanted)?.has === true
      tokens.push(ignoreCase ? (wanted) => has(wanted.toLowerCase()) || has(wanted.toUpperCase()) : has)
      at = bracketAt(pattern, at, "a")?.end ?? at + 1
    } else {
      if (character === "\\" && at + 1 < pattern.length) at++
      const width = (pattern.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
      tokens.push(one(pattern.slice(at, at + width)))
      at += width
    }
  }
  return tokens
}

const known = new Map<string, readonly Token[] | undefined>()
const MAX_KNOWN = 128

const compiled = (pattern: string, ignoreCase: boolean): readonly Token[] | undefined => {
  const key = `${ignoreCase ? "i" : "c"}${pattern}`
  if (known.has(key)) return known.get(key)
  const tokens = tokensOf(pattern, ignoreCase)
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(key, tokens)
  return tokens
}

/** Whether `endOf` can tell where matches of the pattern end. */
export const isScannable = (pattern: string, ignoreCase = false): boolean => compiled(pattern, ignoreCase) !== undefined

export interface Scan {
  readonly pattern: string
  readonly ignoreCase?: boolean
  /** From the end of the text to its beginning: matches that end where the text does. */
  readonly backward?: boolean
  /** The first end that there is, and not the last. */
  readonly shortest?: boolean
}

/**
 * Where the match ends that begins at `from` (that ends there, when it goes backward): an index into the text; undefined when there is none.
 * Costs a unit for each stretch of text and pattern looked at.
 */
export function* endOf(
  shell: Shell,
  text: string,
  from: number,
  { pattern, ignoreCase, backward, shortest }: Scan,
): Steps<number | undefined> {
  const forward = compiled(pattern, ignoreCase === true) ?? []
  const tokens = backward ? [...forward].reverse() : forward
  const last = tokens.length
  let here = new Uint8Array(last + 1)
  let there = new Uint8Array(last + 1)
  const close = (set: Uint8Array) => {
    for (let at = 0; at < last; at++) if (set[at] === 1 && tokens[at] === "star") set[at + 1] = 1
  }
  here[0] = 1
  close(here)
  let found = here[last] === 1 ? from : undefined
  const unit = Math.max(1, last >> 3)
  let paid = 0
  for (let at = from; found === undefined || !shortest; ) {
    if (backward ? at <= 0 : at >= text.length) break
    if (++paid >= STRIDE) {
      if (shell.process.charge((paid >> 5) * unit)) yield* shell.process.yield()
      paid = 0
    }
    const before = backward ? at - ((text.charCodeAt(at - 1) & 0xfc00) === 0xdc00 && at > 1 ? 2 : 1) : at
    const after = backward ? at : at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
    const character = text.slice(before, after)
    there.fill(0)
    let alive = false
    for (let place = 0; place < last; place++) {
      if (here[place] === 0) continue
      const token = tokens[place]
      if (token === "star") {
        there[place] = 1
        alive = true
      } else if (token(character)) {
        there[place + 1] = 1
        alive = true
      }
    }
    if (!alive) break
    close(there)
    ;[here, there] = [there, here]
    at = backward ? before : after
    if (here[last] === 1) found = at
    // A star at the end takes all that is left.
    if (found !== undefined && !shortest && last > 0 && tokens[last - 1] === "star" && here[last] === 1) {
      found = backward ? 0 : text.length
      break
    }
  }
  if (shell.process.charge(1 + (paid >> 5) * unit)) yield* shell.process.yield()
  return found
}
