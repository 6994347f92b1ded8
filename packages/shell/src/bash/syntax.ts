/** Shell text parsed: aliases put in, and errors worded as bash words them. */
import { type Command, parse, type ParsedScript, type Statement } from "unbash"
import { problemOf, type SyntaxProblem } from "./syntax-problem.ts"
import { type Dialect, foreignTo, syntaxMessage } from "./dialects/dialect.ts"

export interface Parsed {
  /** The text that positions refer to: aliases are in it. */
  readonly source: string
  /** Commands before the first error. */
  readonly commands: readonly Statement[]
  readonly error: SyntaxProblem | undefined
}

/** `name( word`: to the parser a command of that name, to bash a function whose parenthesis is not closed. */
const openFunctions = (text: string, commands: readonly Statement[]): { message: string; pos: number }[] => {
  for (const { command } of commands) {
    if (command.type !== "Command" || !command.name) continue
    const open = /^[ \t]*\(/.exec(text.slice(command.name.end))
    if (!open) continue
    const end = command.name.end + open[0].length
    const next = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0)
    return [{ message: `unexpected token '${/^[^\s;&|()<>]+/.exec(text.slice(next))?.[0] ?? "newline"}'`, pos: next }]
  }
  return []
}

export const parseScript = (source: string, aliases: ReadonlyMap<string, string> | undefined, dialect?: Dialect): Parsed => {
  let text = source
  let script = parse(text)
  if (aliases && aliases.size > 0) {
    const replaced = withAliases(text, script, aliases)
    if (replaced !== text) {
      text = replaced
      script = parse(text)
    }
  }
  const [first] = script.errors ?? openFunctions(text, script.commands)
  const foreign = dialect && !first ? foreignTo(dialect, script, text) : undefined
  if (!first && !foreign) return { source: text, commands: script.commands, error: undefined }
  // An unterminated word begins before what the parser could not find.
  const found = foreign ?? problemOf(text, first as { message: string; pos: number })
  const problem = dialect && !foreign ? { ...found, message: syntaxMessage(dialect, text, found.message) } : found
  const lineStart = foreign
    ? text.split("\n").slice(0, foreign.line).join("\n").length + (foreign.line > 0 ? 1 : 0)
    : text.lastIndexOf("\n", (first?.pos ?? 0) - 1) + 1
  return { source: text, commands: script.commands.filter(({ pos, end }) => end > pos && end <= lineStart), error: problem }
}

/** A command name's alias, and those that its first words are in turn. */
const aliasOf = (name: string, aliases: ReadonlyMap<string, string>): string | undefined => {
  const seen = new Set<string>()
  let text = name
  for (let first = name; aliases.has(first) && !seen.has(first); first = /^[^\s;&|()<>]*/.exec(text)?.[0] ?? "") {
    seen.add(first)
    text = (aliases.get(first) ?? "") + text.slice(first.length)
  }
  return seen.size > 0 ? text : undefined
}

interface Replacement {
  pos: number
  end: number
  text: string
}

const withAliases = (source: string, script: ParsedScript, aliases: ReadonlyMap<string, string>): string => {
  const found: Replacement[] = []
  const command = ({ name, args }: Command) => {
    if (!name || name.parts || name.text !== name.value) return
    let text = aliasOf(name.text, aliases)
    if (text === undefined) return
    found.push({ pos: name.pos, end: name.end, text })
    let last = name.text
    // An alias that ends in a blank makes the next word one too.
    for (const argument of args) {
      if (!/\s$/.test(text) || !/\s$/.test(aliases.get(last) ?? "")) break
      if (argument.type !== "Word" || argument.parts || argument.text !== argument.value) break
      const next = aliasOf(argument.text, aliases)
      if (next === undefined) break
      found.push({ pos: argument.pos, end: argument.end, text: next })
      text = next
      last = argument.text
    }
  }
  const pending: unknown[] = [...script.commands]
  while (pending.length > 0) {
    const node = pending.pop()
    if (typeof node !== "object" || node === null) continue
    if (Array.isArray(node)) {
      pending.push(...(node as unknown[]))
      continue
    }
    const typed = node as { type?: string } & Record<string, unknown>
    if (typed.type === "Command") command(node as Command)
    else if (typed.type !== "Word" && typed.type !== "Assignment")
      for (const key of ["command", "commands", "clause", "then", "elif", "else", "body", "items"]) pending.push(typed[key])
  }
  let text = source
  for (const { pos, end, text: by } of found.sort((a, b) => b.pos - a.pos)) text = text.slice(0, pos) + by + text.slice(end)
  return text
}
