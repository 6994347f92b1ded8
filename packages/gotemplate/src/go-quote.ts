/** Go's quoted texts, both ways. As strconv/quote.go. */

const SHORT: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
}

/** strconv.IsPrint: letters, marks, numbers, punctuation, symbols, and of all blanks the one of ASCII. */
export const isPrint = (character: string): boolean => character === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)

const escaped = (character: string, quote: string, ascii: boolean): string => {
  if (character === quote || character === "\\") return `\\${character}`
  const code = character.codePointAt(0) ?? 0
  if (code < 0x7f ? code >= 0x20 : !ascii && isPrint(character)) return character
  if (SHORT[character]) return SHORT[character]
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`
}

/** strconv.Quote, or with `ascii` strconv.QuoteToASCII; `quote` is "'" for a single character. */
export const goQuote = (text: string, { ascii = false, quote = '"' } = {}): string =>
  `${quote}${[...text].map((character) => escaped(character, quote, ascii)).join("")}${quote}`

/** fmt's %#U: U+0041 'A'. */
export const codePoint = (character: string): string => {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")
  return `U+${code}${isPrint(character) ? ` '${character}'` : ""}`
}

const PLAIN: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\" }

/** What stands between two quotes, without its escapes; undefined where the syntax is invalid. */
export const goUnquote = (text: string, quote: string): string | undefined => {
  let plain = ""
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === quote || character === "\n") return undefined
    if (character !== "\\") {
      plain += character
      continue
    }
    const sequence = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"]))/.exec(
      text.slice(at + 1, at + 10),
    )
    if (!sequence) return undefined
    const [whole, x, u, long, octal, one] = sequence
    at += whole.length
    if (one !== undefined) {
      if ((one === "'" || one === '"') && one !== quote) return undefined
      plain += PLAIN[one] ?? one
      continue
    }
    const code = octal === undefined ? Number.parseInt(x ?? u ?? long, 16) : Number.parseInt(octal, 8)
    if (code > 0x10ffff || (octal !== undefined && code > 0xff) || (code >= 0xd800 && code < 0xe000)) return undefined
    plain += String.fromCodePoint(code)
  }
  return plain
}
