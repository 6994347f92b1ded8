/** Functions over regular expressions: what matches, with its captures (f_match of builtin.c). */
import { PerlRegex, PerlSyntaxError } from "../../text/perl-regex.ts"
import { JqError } from "../error.ts"
import type { Json, JsonObject } from "../json.ts"
import { typeOf } from "../json.ts"
import type { Job } from "../machine.ts"
import type { Native } from "../native.ts"
import { clipped } from "../operators.ts"
import { raise } from "./arguments.ts"

/** How jq's engine (Oniguruma) words what ours (as PCRE) does. */
const WORDS: Readonly<Record<string, string>> = {
  "missing closing parenthesis": "end pattern with unmatched parenthesis",
  "unmatched closing parenthesis": "unmatched close parenthesis",
  "missing terminating ] for character class": "premature end of char-class",
  "quantifier does not follow a repeatable item": "target of repeat operator is not specified",
  "\\ at end of pattern": "end pattern at escape",
  "range out of order in character class": "empty range in char class",
}

interface Flags {
  readonly global: boolean
  readonly nonEmpty: boolean
  readonly compiled: { ignoreCase: boolean; extended: boolean; dotAll: boolean }
}

const flagsOf = (flags: Json): Flags => {
  if (flags !== null && typeof flags !== "string") throw new JqError(`${typeOf(flags)} (${clipped(flags)}) is not a string`)
  const has = (letter: string) => flags?.includes(letter) === true
  for (const letter of flags ?? "") if (!"gimnpslx".includes(letter)) throw new JqError(`${flags} is not a valid modifier string`)
  return {
    global: has("g"),
    nonEmpty: has("n"),
    compiled: { ignoreCase: has("i"), extended: has("x"), dotAll: has("s") || has("p") },
  }
}

const compiled = (pattern: Json, flags: Flags): PerlRegex => {
  if (typeof pattern !== "string") throw new JqError(`${typeOf(pattern)} (${clipped(pattern)}) cannot be matched, as it is not a string`)
  try {
    return new PerlRegex(pattern, flags.compiled)
  } catch (error) {
    if (!(error instanceof PerlSyntaxError)) throw error
    throw new JqError(`Regex failure: ${WORDS[error.message] ?? error.message}`)
  }
}

/** Code points before each place in `subject`, asked for in rising order. */
const counter = (subject: string): ((at: number) => number) => {
  let [known, count] = [0, 0]
  return (at) => {
    if (at < known) {
      known = 0
      count = 0
    }
    for (; known < at; known++) if ((subject.charCodeAt(known) & 0xfc00) !== 0xdc00) count++
    return count
  }
}

const found = (offset: number, text: string | undefined): JsonObject =>
  new Map<string, Json>([
    ["offset", text === undefined ? -1 : offset],
    ["length", [...(text ?? "")].length],
    ["string", text ?? null],
  ])

/** Matches as `match` gives them, or (`test`) whether there is one; yields where one may stop. */
function* matches(subject: string, pattern: Json, flags: Json, test: boolean): Job {
  const modes = flagsOf(flags)
  const regex = compiled(pattern, modes)
  const names = new Map([...regex.names].map(([name, at]) => [at, name]))
  const place = counter(subject)
  const all: Json[] = []
  for (let at = 0; at <= subject.length; ) {
    yield
    const match = regex.find(subject, at)
    if (!match) break
    if (test) return true
    const [whole = "", ...groups] = match.groups
    if (!(modes.nonEmpty && whole === "")) {
      const one = found(place(match.index), whole)
      const captures = groups.map((group, number) => {
        const start = group === undefined ? 0 : place(match.starts[number + 1])
        return found(start, group).set("name", names.get(number + 1) ?? null)
      })
      all.push(one.set("captures", captures))
    }
    if (!modes.global) break
    at = match.end > match.index ? match.end : match.end + ((subject.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1)
  }
  return test ? false : all
}

export const regexes: Readonly<Record<string, Native>> = {
  "_match_impl/3": (input, [pattern, flags, test]) => {
    if (typeof input !== "string") return raise(`${typeOf(input)} (${clipped(input)}) cannot be matched, as it is not a string`)
    return matches(input, pattern, flags, test === true)
  },
}
