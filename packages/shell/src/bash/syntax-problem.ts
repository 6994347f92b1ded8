/** Syntax errors worded as bash words them (parse.y: yyerror, report_syntax_error, cond_term), from what the parser found. */

export interface SyntaxProblem {
  readonly message: string
  /** Lines before the one that it is in. */
  readonly line: number
  /** That line, which bash prints as well; undefined where it does not. */
  readonly text: string | undefined
  /** A second line instead of the text's. */
  readonly second?: string
  /** More text could make it right. */
  readonly incomplete: boolean
  /** $? of a shell that met it; undefined: what it was. */
  readonly status: number | undefined
}

const OPENERS: Readonly<Record<string, string>> = { single: "'", double: '"', backtick: "`" }

/** Words that end or part a compound command: where one of these stands it was not expected. */
const CLOSERS = /(?:^|[\s;&|()])(done|fi|esac|then|else|elif|do|\})$/

const linesBefore = (source: string, pos: number): number => source.slice(0, pos).split("\n").length - 1

const unended = (source: string): SyntaxProblem => ({
  message: "syntax error: unexpected end of file",
  line: source.trimEnd().split("\n").length,
  text: undefined,
  incomplete: true,
  status: 2,
})

const unmatched = (source: string, pos: number, close: string, atEnd: boolean, status = 2): SyntaxProblem => ({
  message: `unexpected EOF while looking for matching \`${close}'`,
  line: atEnd ? source.trimEnd().split("\n").length : linesBefore(source, pos),
  text: undefined,
  incomplete: true,
  status,
})

const nearToken = (source: string, pos: number, token: string): SyntaxProblem => {
  const line = linesBefore(source, pos)
  return {
    message: `syntax error near unexpected token \`${token}'`,
    line,
    text: source.split("\n")[line] ?? "",
    incomplete: false,
    status: 2,
  }
}

/** The token that begins at `pos`; "newline" at the end of a line, undefined at the end of the text. */
const tokenAt = (source: string, pos: number): string | undefined => {
  const rest = source.slice(pos).replace(/^[ \t]+/, "")
  if (rest.trim() === "") return undefined
  if (rest.startsWith("\n")) return "newline"
  return /^(;;&?|;&|&&|\|\||\|&|[;&|()<>]|[^\s;&|()<>]+)/.exec(rest)?.[1]
}

const UNARY = /^-[abcdefghkLnNoOGprRsStuvwxz]$/
const BINARY = /^(==|=|!=|=~|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/

/** What cond_term says of the words of a `[[` that begins at `from`; undefined where it would say nothing. */
const conditionMessage = (source: string, from: number): { message: string; ended: boolean } | undefined => {
  const words = source.slice(from + 2).match(/"(?:\\.|[^"\\])*"|'[^']*'|&&|\|\||\n|[()<>;]|(?:\\.|[^\s"'()<>;&|])+/g) ?? []
  let at = 0
  let deep = 0
  const shown = (word: string | undefined) => (word === undefined || word === "\n" ? "newline" : word)
  const ends = (word: string | undefined) => word === undefined || word === "]]" || word === "&&" || word === "||" || word === ")"
  for (;;) {
    while (words[at] === "!" || words[at] === "(") if (words[at++] === "(") deep++
    const word = words[at]
    if (ends(word) && word !== undefined) return undefined
    if (UNARY.test(word) && !BINARY.test(words[at + 1] ?? "") && !ends(words[at + 1])) {
      at += 2
      if (words[at] !== undefined && !ends(words[at])) return { message: "conditional binary operator expected", ended: false }
    } else {
      const operator = words[at + 1]
      if (ends(operator) && operator !== undefined) at += 1
      else if (operator === undefined || operator === "\n" || operator === ";")
        return { message: `unexpected token \`${shown(operator)}', conditional binary operator expected`, ended: operator === undefined }
      else if (!BINARY.test(operator)) return { message: "conditional binary operator expected", ended: false }
      else {
        const operand = words[at + 2]
        if (operand === undefined || operand === "\n" || ends(operand))
          return { message: `unexpected argument \`${shown(operand)}' to conditional binary operator`, ended: operand === undefined }
        at += 3
      }
    }
    while (words[at] === ")" && deep > 0) {
      at++
      deep--
    }
    if (words[at] === "&&" || words[at] === "||") at++
    else if (words[at] === "]]" && deep > 0) return { message: "unexpected token `]]', expected `)'", ended: false }
    else return { message: "syntax error in conditional expression", ended: false }
  }
}

const conditionProblem = (source: string, pos: number): SyntaxProblem | undefined => {
  const from = source.lastIndexOf("[[", pos)
  const found = from < 0 ? undefined : conditionMessage(source, from)
  if (!found) return undefined
  return {
    message: found.message,
    line: linesBefore(source, from),
    text: undefined,
    incomplete: found.ended,
    status: found.ended ? 2 : undefined,
  }
}

/** The problem behind the parser's first error, `message` at `pos`. */
export const problemOf = (source: string, { message, pos }: { message: string; pos: number }): SyntaxProblem => {
  const quote = /unterminated (single|double|backtick)/.exec(message)
  if (quote) return unmatched(source, pos, OPENERS[quote[1]], false)
  if (/unterminated (?:extended glob)/.test(message) && source[pos] === "=") return unmatched(source, pos, ")", false, 1)
  if (/unterminated array subscript/.test(message)) return unmatched(source, pos, "]", false)
  if (/unterminated parameter/.test(message)) return unmatched(source, pos, "}", false)
  if (/unterminated arithmetic/.test(message)) return unmatched(source, pos, ")", false)
  if (/unterminated.*(\$\(|parenthes|substitution)/.test(message)) return unmatched(source, pos, ")", true)
  if (/here-document/i.test(message)) return unended(source)
  if (message.includes("three arithmetic expressions")) {
    const header = /\(\([\s\S]*?\)\)/.exec(source.slice(source.lastIndexOf("for", pos)))?.[0] ?? "(("
    return {
      message: "syntax error: arithmetic expression required",
      line: linesBefore(source, pos),
      text: undefined,
      incomplete: false,
      status: 2,
      second: `syntax error: \`${header}'`,
    }
  }
  if (/'\]\]'|test group/.test(message) || source.slice(0, pos).lastIndexOf("[[") > source.slice(0, pos).lastIndexOf("]]")) {
    const problem = conditionProblem(source, pos)
    if (problem) return problem
  }
  if (message === "expected redirect target") return nearToken(source, pos, tokenAt(source, pos) ?? "newline")
  // A word was still to come on this line.
  if (/(?:^|[\s;&|(])(?:for|select|function|coproc)\s*$/.test(source.slice(0, pos)) && tokenAt(source, pos) === undefined)
    return nearToken(source, Math.max(0, source.trimEnd().length - 1), "newline")
  if (/^expected command in/.test(message)) {
    const inside = source.slice(pos).search(/[({]/) + pos + 1
    const token = tokenAt(source, inside)
    return token === undefined || token === "newline" ? unended(source) : nearToken(source, inside, token)
  }
  if (/^expected '(?:then|do|in)'/.test(message)) {
    // The parser has gone past the token that it did not expect.
    const before = source.slice(0, pos)
    const closer = CLOSERS.exec(before)?.[1]
    const word = pos < source.trimEnd().length ? /[^\s;&|()<>]+$/.exec(before)?.[0] : undefined
    const token = closer ?? word
    if (token !== undefined) return nearToken(source, pos - token.length, token)
    const next = tokenAt(source, pos)
    return next === undefined ? unended(source) : nearToken(source, pos, next)
  }
  if (/^unterminated/.test(message) || tokenAt(source, pos) === undefined) return unended(source)
  const token = /unexpected (?:token )?'([^']+)'/.exec(message)?.[1]
  // `name (word`: after a name in a command the parenthesis begins a function's, and the word is what is wrong.
  const lineStart = source.lastIndexOf("\n", pos - 1) + 1
  const called = token === ")" ? /[\w.-]\s*\(\s*([^\s();&|]+)[^()]*$/.exec(source.slice(lineStart, pos)) : null
  if (called) return nearToken(source, lineStart + called.index, called[1])
  return nearToken(source, pos, token ?? tokenAt(source, pos) ?? "newline")
}
