/** Patterns of lessons: RE2, so that no pattern can stall a world. */
import { RE2JS } from "re2js"

export interface Pattern {
  /** Whether it is found anywhere in the text. */
  found(text: string): boolean
}

/** Characters of a text that a pattern looks at. */
const LOOKED_AT = 8_192
const LONGEST_PATTERN = 1_000

const compiled = new Map<string, Pattern>()

/** Throws an Error that says what is wrong with the pattern. */
export const pattern = (source: string): Pattern => {
  const known = compiled.get(source)
  if (known) return known
  if (source.length > LONGEST_PATTERN) throw new Error(`a pattern may have ${LONGEST_PATTERN} characters`)
  const program = RE2JS.compile(source)
  const made = { found: (text: string) => program.matcher(text.slice(0, LOOKED_AT)).find() }
  if (compiled.size > 500) compiled.clear()
  compiled.set(source, made)
  return made
}
