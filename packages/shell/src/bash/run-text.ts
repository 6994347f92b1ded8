/** Shell text run line by line: as far as aliases go, as errors give up what is left of a line, and as set -v and the history have lines. */
import type { Statement } from "unbash"
import type { Steps } from "@drydock/machine"
import * as speech from "./dialects/speech.ts"
import { ScriptError } from "./expansion-error.ts"
import { addHistory } from "./history.ts"
import { lastCommand } from "./last-command.ts"
import type { Shell } from "./shell.ts"
import { parseScript } from "./syntax.ts"
import type { SyntaxProblem } from "./syntax-problem.ts"

/** Where the text comes from, which its syntax errors tell. */
export type TextKind = "eval" | "bash -c" | "ash -c" | ""

const endOfLine = (source: string, pos: number): number => {
  const newline = source.indexOf("\n", pos)
  return newline < 0 ? source.length : newline
}

const linesBefore = (source: string, pos: number): number => source.slice(0, pos).split("\n").length - 1

/** Runs a statement; whether an error that a script survives gave up the rest of its line. */
function* survives(shell: Shell, statement: Statement): Steps<boolean> {
  try {
    yield* shell.statement(statement)
    return true
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    error.prefix ??= shell.prefix
    // In a subshell, and to a dialect, it is the end.
    if (error.ends || shell.subshell > 0 || shell.dialect) throw error
    yield* shell.report(error)
    return false
  }
}

/** Runs commands until there are new aliases; the number of lines that were run then, undefined at the end. `more`: something follows them. */
function* runLines(shell: Shell, commands: readonly Statement[], source: string, more: boolean): Steps<number | undefined> {
  const version = shell.aliasVersion
  const remembers = !shell.interactive && shell.level === 0 && shell.sourced === 0
  // Ends of lines: that was put into the history last, that set -v showed, and that an error gave up.
  let remembered = 0
  let echoed = 0
  let skipped = -1
  for (const [at, statement] of commands.entries()) {
    if (statement.pos < skipped) continue
    const until = endOfLine(source, statement.end)
    // A script's lines are remembered where it asked for that (set -o history).
    if (remembers && statement.pos >= remembered) {
      remembered = until
      if (shell.options.history) addHistory(shell, source.slice(statement.pos, until))
    }
    if (until >= echoed) {
      if (shell.options.verbose) yield* shell.process.error(`${source.slice(echoed, until)}\n`)
      echoed = until + 1
    }
    if (!(yield* survives(shell, statement))) skipped = until
    const next = commands[at + 1]
    if (version === shell.aliasVersion || !shell.options.expand_aliases || !(next || more)) continue
    const lines = linesBefore(source, next?.pos ?? until + 1)
    if (lines > linesBefore(source, statement.end)) return lines
  }
  return undefined
}

/** What a syntax error prints, and the status that it leaves; `line`: of the text that is run around it. */
function* tellProblem(shell: Shell, problem: SyntaxProblem, first: number, kind: TextKind, line: number): Steps<void> {
  const { dialect } = shell
  shell.line = dialect && kind === "eval" ? line : first + problem.line
  const where = shell.sourced > 0 ? shell.file : shell.errorName
  const prefix = dialect
    ? dialect.prefix(speech.placeOf(shell), kind === "eval" ? "eval" : undefined)
    : shell.interactive || shell.plainErrors
      ? shell.prefix
      : `${where}: ${kind === "eval" ? "eval: " : shell.from === "c" && shell.sourced === 0 ? "-c: " : ""}line ${shell.line}: `
  yield* shell.process.error(`${prefix}${problem.message}\n`)
  const second = problem.second ?? (problem.text === undefined ? undefined : `\`${problem.text}'`)
  if (second !== undefined && !shell.interactive && !dialect) yield* shell.process.error(`${prefix}${second}\n`)
  if (problem.status !== undefined || dialect) shell.status = problem.status ?? 2
}

/** Runs text to its end; its status. Lines count from `firstLine`. */
export function* runText(shell: Shell, text: string, firstLine: number, kind: TextKind): Steps<number> {
  const { source: outerSource, firstLine: outerFirst, line: outerLine } = shell
  let rest = text
  let first = firstLine
  try {
    for (;;) {
      const { source, commands, error } = parseScript(rest, shell.options.expand_aliases ? shell.aliases : undefined, shell.dialect)
      shell.setSource(source, first)
      if (kind.endsWith("-c") && !error) shell.lastNode = lastCommand(commands, source, kind === "ash -c")
      const lines = yield* runLines(shell, commands, source, error !== undefined)
      if (lines !== undefined) {
        // What comes after new aliases is read again.
        rest = rest.split("\n").slice(lines).join("\n")
        first += lines
        continue
      }
      if (error) yield* tellProblem(shell, error, first, kind, outerLine)
      return shell.status
    }
  } finally {
    shell.setSource(outerSource, outerFirst)
    shell.line = outerLine
  }
}
