/** Bracket expressions of POSIX, as RE2 writes them. */

export class RegexError extends Error {}

const CLASSES = ["alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit"]

const escaped = (character: string): string => (/[\\\]^[-]/.test(character) ? `\\${character}` : character)

/** The bracket expression that begins at `from`, and where it ends. Throws RegexError in the words of glibc's regcomp. */
export const bracketAt = (source: string, from: number): { text: string; end: number } => {
  let at = from + 1
  let text = "["
  if (source[at] === "^") {
    text += "^"
    at++
  }
  const unmatched = () => new RegexError("Unmatched [, [^, [:, [., or [=")
  /** One character, a collating symbol or an equivalence class; undefined for a class of characters. */
  const item = (): string | undefined => {
    const kind = source[at] === "[" ? source[at + 1] : undefined
    if (kind !== ":" && kind !== "." && kind !== "=") {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
      at += character.length
      return character
    }
    const close = source.indexOf(`${kind}]`, at + 2)
    if (close < 0) throw unmatched()
    const name = source.slice(at + 2, close)
    at = close + 2
    if (kind === ":") {
      if (!CLASSES.includes(name)) throw new RegexError("Invalid character class name")
      text += `[:${name}:]`
      return undefined
    }
    if ([...name].length !== 1) throw new RegexError("Invalid collation character")
    return name
  }
  for (let first = true; ; first = false) {
    if (at >= source.length) throw unmatched()
    if (source[at] === "]" && !first) return { text: `${text}]`, end: at }
    const low = item()
    if (source[at] !== "-" || at + 1 >= source.length || source[at + 1] === "]") {
      if (low !== undefined) text += escaped(low)
      continue
    }
    at++
    const high = item()
    if (low === undefined || high === undefined || low > high) throw new RegexError("Invalid range end")
    text += `${escaped(low)}-${escaped(high)}`
  }
}
