/** Tokens of a jq program; texts come with what is interpolated in them, parsed. */
import { type Ast, JqSyntaxError } from "./syntax.ts"

/** Parses a piece of the program, so deep in texts within texts. */
type Parse = (source: string, depth: number) => Ast

export interface Token {
  kind: "punctuation" | "name" | "field" | "variable" | "number" | "string" | "format" | "keyword" | "end"
  text: string
  parts?: (string | Ast)[]
  at: number
}

const KEYWORDS = new Set(
  "def if then elif else end as reduce foreach try catch label import include and or not __loc__"
    .split(" ")
    .filter((word) => word !== "not"),
)
const PUNCTUATION = [
  "?//=",
  "?//",
  "|=",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "//=",
  "==",
  "!=",
  "<=",
  ">=",
  "//",
  "..",
  "|",
  ",",
  "=",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ".",
  ":",
  ";",
  "?",
  "$",
].sort((a, b) => b.length - a.length)

/** Throws JqSyntaxError. `parse` takes what is interpolated. */
export const tokenize = (source: string, depth: number, parse: Parse): Token[] => {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const rest = source.slice(at)
    const blank = /^(?:\s+|#[^\n]*)/.exec(rest)
    if (blank) {
      at += blank[0].length
      continue
    }
    const push = (kind: Token["kind"], text: string, length: number) => {
      tokens.push({ kind, text, at })
      at += length
    }
    const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest)
    const field = /^\.([A-Za-z_]\w*)/.exec(rest)
    const variable = /^\$(?:__loc__|[A-Za-z_](?:\w|::\w)*)/.exec(rest)
    const name = /^[A-Za-z_](?:\w|::\w)*/.exec(rest)
    const format = /^@\w+/.exec(rest)
    if (rest[0] === '"') {
      const text = readString(source, at + 1, depth, parse)
      tokens.push({ kind: "string", text: "", parts: text.parts, at })
      at = text.end
    } else if (number) push("number", number[0], number[0].length)
    else if (field) push("field", field[1], field[0].length)
    else if (variable) push("variable", variable[0].slice(1), variable[0].length)
    else if (name) push(KEYWORDS.has(name[0]) ? "keyword" : "name", name[0], name[0].length)
    else if (format) push("format", format[0], format[0].length)
    else {
      const punctuation = PUNCTUATION.find((one) => rest.startsWith(one))
      if (!punctuation) throw new JqSyntaxError("syntax error, unexpected INVALID_CHARACTER", at)
      push("punctuation", punctuation, punctuation.length)
    }
  }
  tokens.push({ kind: "end", text: "end of file", at: source.length })
  return tokens
}

/** A string's pieces from behind its opening quote, interpolations parsed. */
const readString = (source: string, from: number, depth: number, parse: Parse): { parts: (string | Ast)[]; end: number } => {
  const parts: (string | Ast)[] = []
  let text = ""
  let at = from
  for (;;) {
    const character = source[at]
    if (character === undefined)
      throw new JqSyntaxError(
        "syntax error, unexpected end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END",
        text === "" ? from - 1 : from,
      )
    if (character === '"') {
      parts.push(text)
      return { parts, end: at + 1 }
    }
    if (character !== "\\") {
      text += character
      at++
      continue
    }
    const letter = source[at + 1]
    if (letter === "(") {
      let open = 1
      let end = at + 2
      while (end < source.length && open > 0) {
        if (source[end] === '"') {
          end = readString(source, end + 1, depth + 1, parse).end
          continue
        }
        if (source[end] === "(") open++
        if (source[end] === ")") open--
        end++
      }
      if (open > 0) throw new JqSyntaxError("syntax error, unexpected end of file")
      parts.push(text, parse(source.slice(at + 2, end - 1), depth + 1))
      text = ""
      at = end
    } else if (letter === "u") {
      text += String.fromCharCode(Number.parseInt(source.slice(at + 2, at + 6), 16) || 0xfffd)
      at += 6
    } else {
      const escaped = ({ n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/", "\\": "\\", '"': '"' } as Record<string, string>)[
        letter ?? ""
      ]
      if (escaped === undefined) throw new JqSyntaxError("invalid escape in string")
      text += escaped
      at += 2
    }
  }
}
