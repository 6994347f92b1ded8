/** tar's --transform: sed's s over the names of members. */
import { replacementOf } from "../../sed/replacement.ts"
import { replaceMatches } from "../../text/replace.ts"
import { compileRegex, type Regex, RegexError } from "../../text/regex.ts"

export class Transform {
  readonly #regex: Regex
  readonly #replacement: string
  readonly #global: boolean
  readonly #nth: number

  /** `script`: s/REGEX/REPLACEMENT/FLAGS, any character for the slash. Throws RegexError. */
  constructor(script: string) {
    const delimiter = script[1]
    if (script[0] !== "s" || delimiter === undefined) throw new RegexError("Invalid transform expression")
    const parts: string[] = [""]
    for (let at = 2; at < script.length; at++) {
      if (script[at] === "\\" && at + 1 < script.length) {
        at++
        parts[parts.length - 1] += script[at] === delimiter ? delimiter : `\\${script[at]}`
      } else if (script[at] === delimiter) parts.push("")
      else parts[parts.length - 1] += script[at]
    }
    const [source, replacement, flags] = parts
    if (parts.length !== 3) throw new RegexError("Invalid transform expression")
    this.#regex = compileRegex(source, { extended: flags.includes("x"), ignoreCase: flags.includes("i") })
    this.#replacement = replacement
    this.#global = flags.includes("g")
    this.#nth = Number(/\d+/.exec(flags)?.[0] ?? 1)
  }

  apply(name: string): string {
    return replaceMatches(this.#regex, name, (match, count) =>
      count < this.#nth ? undefined : { text: replacementOf(this.#replacement, match), stop: !this.#global },
    ).text
  }
}
