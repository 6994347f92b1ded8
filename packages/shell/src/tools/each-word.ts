/** What the tools share that do something to each file named. */
import { type Process, type Steps, SystemError } from "@drydock/machine"

/** Runs `work` for each word; what fails is told as "tool: <what>: why". Exit code 1 when any did. */
export function* eachWord(
  process: Process,
  tool: string,
  words: readonly string[],
  what: (word: string) => string,
  work: (word: string) => Steps<void> | void,
): Steps<number> {
  let status = 0
  for (const word of words) {
    if (process.charge(2)) yield* process.yield()
    try {
      const steps = work(word)
      if (steps) yield* steps
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`${tool}: ${what(word)}: ${error.message}\n`)
      status = 1
    }
  }
  return status
}

const LETTERS: Readonly<Record<string, string>> = { "\x07": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r" }

/** A control character as $'…' and C have it. */
export const escaped = (character: string): string => `\\${LETTERS[character] ?? character.charCodeAt(0).toString(8).padStart(3, "0")}`

/** A file's name in an error text: quoted as a shell would need it, and always. */
export const shellQuoted = (name: string): string =>
  /[\x00-\x1f\x7f]/.test(name)
    ? `'${name.replaceAll("'", "'\\''").replace(/[\x00-\x1f\x7f]+/g, (run) => `'$'${[...run].map(escaped).join("")}''`)}'`.replace(
        /''$/,
        "",
      )
    : name.includes("'") && !/["$`\\!]/.test(name)
      ? `"${name}"`
      : `'${name.replaceAll("'", "'\\''")}'`
