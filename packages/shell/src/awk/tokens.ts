/** awk's words: numbers, strings, regular expressions, names and symbols. */
import { AwkSyntaxError } from "./syntax.ts"

export interface Token {
  kind: "number" | "string" | "regex" | "name" | "call" | "symbol" | "newline" | "end"
  text: string
  line: number
}

export const KEYWORDS = new Set([
  "BEGIN",
  "END",
  "function",
  "func",
  "if",
  "else",
  "while",
  "for",
  "do",
  "in",
  "print",
  "printf",
  "next",
  "nextfile",
  "exit",
  "return",
  "break",
  "continue",
  "delete",
  "getline",
])

/** Functions of the language, with how many arguments they take: a blank may stand before their parenthesis. */
export const BUILTINS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["length", [0, 1]],
  ["substr", [2, 3]],
  ["index", [2, 2]],
  ["split", [2, 3]],
  ["sub", [2, 3]],
  ["gsub", [2, 3]],
  ["match", [2, 2]],
  ["sprintf", [1, 255]],
  ["tolower", [1, 1]],
  ["toupper", [1, 1]],
  ["int", [1, 1]],
  ["sqrt", [1, 1]],
  ["exp", [1, 1]],
  ["log", [1, 1]],
  ["sin", [1, 1]],
  ["cos", [1, 1]],
  ["atan2", [2, 2]],
  ["rand", [0, 0]],
  ["srand", [0, 1]],
  ["close", [1, 1]],
  ["system", [1, 1]],
  ["fflush", [0, 1]],
  ["systime", [0, 0]],
  ["strftime", [0, 3]],
  ["mktime", [1, 2]],
])

const SYMBOLS = ("&& || ++ -- += -= *= /= %= ^= == <= >= != !~ >> " + "{ } ( ) [ ] ; , + - * / % ^ ! > < | ? : ~ $ =").split(" ")

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
}

/** The escapes of strings, of -v and of operands; what is none keeps its backslash, for patterns. */
export const unescapeString = (text: string): string =>
  text.replace(/\\(\n|[0-7]{1,3}|x[0-9a-fA-F]{1,2}|[\s\S])/g, (all, one: string) =>
    one === "\n"
      ? ""
      : /^[0-7]/.test(one)
        ? String.fromCharCode(Number.parseInt(one, 8) & 0xff)
        : /^x./.test(one)
          ? String.fromCharCode(Number.parseInt(one.slice(1), 16))
          : (ESCAPES[one] ?? all),
  )

export const tokenize = (source: string): Token[] => {
  const tokens: Token[] = []
  let at = 0
  let line = 1
  const put = (kind: Token["kind"], text: string) => tokens.push({ kind, text, line })
  const regexMayFollow = () => {
    const last = tokens[tokens.length - 1]
    return (
      !last ||
      !(
        ["number", "string", "regex"].includes(last.kind) ||
        (last.kind === "name" && !KEYWORDS.has(last.text)) ||
        (last.kind === "symbol" && [")", "]", "$", "++", "--"].includes(last.text))
      )
    )
  }
  while (at < source.length) {
    const first = source[at]
    if (first === "\n") {
      put("newline", "\n")
      line++
      at++
      continue
    }
    if (first === " " || first === "\t" || first === "\r") {
      at++
      continue
    }
    if (first === "\\" && /^\\\r?\n/.test(source.slice(at, at + 3))) {
      at = source.indexOf("\n", at) + 1
      line++
      continue
    }
    if (first === "#") {
      while (at < source.length && source[at] !== "\n") at++
      continue
    }
    const rest = source.slice(at, at + 400)
    const number = /^(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(rest)
    if (number) {
      put("number", number[0])
      at += number[0].length
      continue
    }
    const name = /^[A-Za-z_]\w*/.exec(rest)
    if (name) {
      const behind = source.slice(at + name[0].length)
      put(!KEYWORDS.has(name[0]) && (BUILTINS.has(name[0]) ? /^[ \t]*\(/ : /^\(/).test(behind) ? "call" : "name", name[0])
      at += name[0].length
      continue
    }
    if (first === '"') {
      let end = at + 1
      for (; end < source.length && source[end] !== '"'; end++) {
        if (source[end] === "\\") end++
        else if (source[end] === "\n") break
      }
      if (source[end] !== '"') throw new AwkSyntaxError(`line ${line}: runaway string constant "${source.slice(at + 1, at + 11)} ...`)
      put("string", unescapeString(source.slice(at + 1, end)))
      at = end + 1
      continue
    }
    if (first === "/" && regexMayFollow()) {
      let text = ""
      let end = at + 1
      let inBracket = false
      for (; end < source.length && source[end] !== "\n" && (source[end] !== "/" || inBracket); end++) {
        if (source[end] === "\\") {
          text += source[end + 1] === "/" ? "/" : `\\${source[end + 1]}`
          end++
        } else {
          if (source[end] === "[" && !inBracket) {
            inBracket = true
            // The first character of brackets may be the closing one.
            for (const one of ["^", "]"])
              if (source[end + 1] === one) {
                text += source[end]
                end++
              }
          } else if (source[end] === "]") inBracket = false
          text += source[end]
        }
      }
      if (source[end] !== "/") throw new AwkSyntaxError(`line ${line}: runaway regular expression /${text.slice(0, 10)} ...`)
      put("regex", text)
      at = end + 1
      continue
    }
    const symbol = SYMBOLS.find((one) => rest.startsWith(one))
    if (!symbol) throw new AwkSyntaxError(`line ${line}: unexpected character '${first}'`)
    put("symbol", symbol)
    at += symbol.length
  }
  put("end", "")
  return tokens
}
