/** What sets the Almquist shells (busybox' ash, Debian's dash) apart from bash: what they lack, and how they word what went wrong. */
import type { ParameterExpansionPart, ParsedScript } from "unbash"
import type { OpenFlags } from "@drydock/machine"
import type { SyntaxProblem } from "../syntax-problem.ts"

/** How a complaint of bash's is worded: `$1` are the groups of `bash`. */
export interface Wording {
  readonly bash: RegExp
  readonly says: string
  /** Of the builtin that complains; default 2, as sh_error leaves it. */
  readonly status?: number
  /** A script ends here: the builtin is a special one. */
  readonly ends?: boolean
  /** Without what messages begin with; or on standard output. */
  readonly to?: "bare" | "output"
}

/** Where a complaint arises. */
export interface Place {
  readonly interactive: boolean
  /** What messages begin with: "sh", or the script. */
  readonly name: string
  /** Line that runs, from 1. */
  readonly line: number
  /** Where commands come from: a script, the text of -c, standard input. */
  readonly from: "file" | "text" | "input"
}

export interface Dialect {
  readonly name: "ash" | "dash"
  /** Builtins of bash that it does not have. */
  readonly lacks: ReadonlySet<string>
  /** Parameters with names in capitals that the shell itself gives. */
  readonly parameters: ReadonlySet<string>
  /** Of an interactive one, where no file sets PS1. */
  readonly prompt: string
  /** Of an option on its command line that it does not have, or of a file that it cannot read. */
  invocation(name: string, problem: { option: string } | { file: string; reason: string } | "-c"): string
  /** What a line on standard error begins with; `builtin`: the one that complains. */
  prefix(place: Place, builtin?: string): string
  /** Builtins whose name their messages leave out. */
  readonly within?: ReadonlySet<string>
  /** In the order in which they are tried. */
  readonly wordings: readonly Wording[]
  /** Of a redirection that failed. */
  redirection(path: string, flags: OpenFlags, reason: string): string
  /** `token` undefined: the end of the text, where `expected` would have come. */
  syntax(token: string | undefined, expected?: string): string
  readonly unterminated: string
  /** Of $((…)); `problem` is bash's. */
  arithmetic(text: string, problem: string): string
  readonly badSubstitution: string
  /** Whether there is [[ … ]]. */
  readonly tests: boolean
  /** Node types of the parser that are no syntax here, with the token at which it gives up. */
  readonly foreign: Readonly<Record<string, string>>
  /** Whether ${…} is more than it has. */
  refuses(part: ParameterExpansionPart): boolean
}

/** Whether ${…} is more than POSIX and `operations` have. */
export const beyond = (part: ParameterExpansionPart, operations: readonly string[]): boolean =>
  part.index !== undefined || part.prefix === "!" || (part.operation !== undefined && !operations.includes(part.operation.type))

/** What would close or go on with a word that opens a command. */
const NEXT: ReadonlyMap<string, string> = new Map([
  ["if", "then"],
  ["elif", "then"],
  ["then", "fi"],
  ["else", "fi"],
  ["while", "do"],
  ["until", "do"],
  ["do", "done"],
  ["for", "do"],
  ["{", "}"],
  ["(", ")"],
  ["$(", ")"],
  ["in", ")"],
])
const CLOSES: ReadonlyMap<string, readonly string[]> = new Map([
  ["fi", ["then", "else"]],
  ["done", ["do"]],
  ["}", ["{"]],
  [")", ["(", "$("]],
  ["esac", ["in"]],
  ["then", ["if", "elif"]],
  ["elif", ["then"]],
  ["else", ["then"]],
  ["do", ["while", "until", "for"]],
])

/** What a text that ends too soon lacks: "then" after `if true`. */
export const expectedAt = (source: string): string | undefined => {
  const open: string[] = []
  const words = source.replace(/\\.|'[^']*'|"(?:\\.|[^"\\])*"|#[^\n]*/gs, "_").match(/\$\(\(?|[(){}]|[\w$.]+/g) ?? []
  for (const [at, word] of words.entries()) {
    if (CLOSES.get(word)?.includes(open.at(-1) ?? "")) open.pop()
    if (word === "in" ? words[at - 2] === "case" : NEXT.has(word)) open.push(word)
  }
  const last = open.at(-1)
  return last === undefined ? undefined : NEXT.get(last)
}

/** The first construct of a text that a dialect does not know; what precedes it on earlier lines runs. */
export const foreignTo = (dialect: Dialect, script: ParsedScript, source: string): SyntaxProblem | undefined => {
  const pending: { node: unknown; at: number }[] = script.commands.map((node) => ({ node, at: node.pos }))
  let first: { pos: number; token: string } | undefined
  while (pending.length > 0) {
    const { node, at } = pending.pop() as { node: unknown; at: number }
    if (typeof node !== "object" || node === null) continue
    if (Array.isArray(node)) {
      for (const one of node as unknown[]) pending.push({ node: one, at })
      continue
    }
    const { type, pos = at } = node as { type?: string; pos?: number }
    const { operators } = node as { operators?: readonly string[] }
    const token =
      operators?.includes("|&") === true
        ? "&"
        : type !== undefined && Object.hasOwn(dialect.foreign, type)
          ? dialect.foreign[type]
          : undefined
    if (token !== undefined && (first === undefined || pos < first.pos)) first = { pos, token }
    // The parser makes some of it when it is asked for.
    const { value, parts } = node as { value?: unknown; parts?: unknown }
    for (const one of [...Object.values(node), value, parts]) pending.push({ node: one, at: pos })
  }
  if (!first) return undefined
  return {
    message: dialect.syntax(first.token),
    line: source.slice(0, first.pos).split("\n").length - 1,
    text: undefined,
    incomplete: false,
    status: 2,
  }
}

/** A syntax error of bash's in the dialect's words. */
export const syntaxMessage = (dialect: Dialect, source: string, message: string): string => {
  if (/matching `["'`]/.test(message)) return dialect.unterminated
  const token = /unexpected token `(.*)'$/s.exec(message)?.[1]
  // A newline that bash sees at the end of the text is its end.
  if (token === "newline" && /[<>]\s*$/.test(source)) return dialect.syntax(undefined, expectedAt(source))
  // What opens something at the end of the text lacks what would follow.
  if (token !== undefined && NEXT.has(token) && source.trimEnd().endsWith(token)) return dialect.syntax(undefined, expectedAt(source))
  if (token !== undefined) return /^\d*[<>]/.test(token) ? dialect.syntax("redirection") : dialect.syntax(token)
  return dialect.syntax(undefined, expectedAt(source))
}
