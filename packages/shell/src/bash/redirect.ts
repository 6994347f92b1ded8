/** Redirections: opening, duplicating and closing descriptors. */
import { parse, type Redirection, type WordPart } from "unbash"
import { type OpenFlags, type Steps, SystemError } from "@drydock/machine"
import { textOf } from "./assignments.ts"
import { say } from "./dialects/speech.ts"
import { fields, text } from "./expand.ts"
import { isNetworkPath, openNetwork } from "./network-redirect.ts"
import type { Shell } from "./shell.ts"

function* openAt(shell: Shell, fd: number, path: string, flags: OpenFlags): Steps<boolean> {
  try {
    if (flags === "w" && shell.options.noclobber && shell.process.files.exists(path) && shell.process.files.stat(path).type === "file") {
      yield* shell.complain(`${path}: cannot overwrite existing file`)
      return false
    }
    if (!shell.dialect && isNetworkPath(path)) {
      const file = yield* openNetwork(shell, path)
      file.retain()
      shell.process.fds.get(fd)?.release()
      shell.process.fds.set(fd, file)
      return true
    }
    const opened = yield* shell.process.open(path, flags)
    if (opened !== fd) {
      shell.process.dup(opened, fd)
      shell.process.close(opened)
    }
    return true
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (shell.dialect) yield* say(shell, shell.dialect, shell.dialect.redirection(path, flags, error.message))
    else yield* shell.complain(`${path}: ${error.message}`)
    return false
  }
}

/** Text as a readable descriptor: a pipe holds little, so it is fed by a child. */
function* feed(shell: Shell, fd: number, content: string): Steps<void> {
  const { read, write } = shell.process.pipe()
  read.retain()
  shell.process.spawn(
    function* (child) {
      yield* child.write(1, content)
      return 0
    },
    { argv: shell.process.argv, fds: new Map([[1, write]]), env: new Map() },
  )
  shell.process.fds.get(fd)?.release()
  shell.process.fds.set(fd, read)
  yield* shell.tick()
}

/** In a here-document a backslash escapes what would be expanded, and nothing else. */
const unescaped = (body: string): string => body.replace(/\\([$`\\]|\n)/g, (_, escaped: string) => (escaped === "\n" ? "" : escaped))

/** A part of a here-document's body. What ${…} holds is read as in double quotes: apostrophes and most backslashes are text there. */
const bodyPart = (part: WordPart): readonly WordPart[] => {
  if (part.type === "Literal") return [{ ...part, type: "SingleQuoted", value: unescaped(part.text) }]
  if (part.type !== "ParameterExpansion" || !/['\\]/.test(part.text)) return [part]
  const command = parse(`: "${part.text}"`).commands[0]?.command
  const word = command?.type === "Command" ? command.args[0] : undefined
  return (word?.type === "Word" && word.parts) || [part]
}

/** Applies redirections in order; true when one failed (and was complained about). */
export function* applyRedirects(shell: Shell, redirects: readonly Redirection[]): Steps<boolean> {
  for (const redirect of redirects) {
    const { descriptor } = redirect
    const named = descriptor?.type === "FileDescriptorVariable" ? descriptor.name : undefined
    let given = descriptor?.type === "FileDescriptor" ? descriptor.value : undefined
    if (named !== undefined) {
      // {name}>&- closes what the name holds; any other redirection gives it a new descriptor from 10 on.
      const closes = redirect.type === "Redirect" && redirect.target?.text === "-"
      if (closes) given = Number(yield* textOf(shell, `"\${${named}}"`))
      else {
        given = 10
        while (shell.process.fds.has(given)) given++
        shell.variables.set(named, String(given))
      }
      for (const kept of shell.keptDescriptors) kept.add(given)
    }
    if (redirect.type === "HereDoc") {
      const { body: held } = redirect
      const body = held.parts
        ? yield* text(shell, { parts: held.parts.flatMap(bodyPart), value: held.text })
        : redirect.delimiter?.quoted
          ? held.text
          : // Nothing to expand, and still a backslash escapes what expansion would see.
            unescaped(held.text)
      // One that nobody ends goes to the end of the text.
      const open = held.text !== "" && !held.text.endsWith("\n")
      if (open)
        yield* shell.complainAt(
          shell.line + held.text.split("\n").length,
          `warning: here-document at line ${shell.line} delimited by end-of-file (wanted \`${redirect.delimiter?.value ?? ""}')`,
        )
      yield* feed(shell, given ?? 0, (redirect.operator === "<<-" ? body.replace(/^\t+/gm, "") : body) + (open ? "\n" : ""))
      continue
    }
    if (redirect.type === "HereString") {
      yield* feed(shell, given ?? 0, `${redirect.target ? yield* text(shell, redirect.target) : ""}\n`)
      continue
    }
    const names = redirect.target ? yield* fields(shell, redirect.target) : []
    if (names.length !== 1) {
      yield* shell.complain(`${redirect.target?.text ?? ""}: ambiguous redirect`)
      return true
    }
    const [target] = names
    const { operator } = redirect
    const { process } = shell
    if (operator === "&>" || operator === "&>>") {
      if (!(yield* openAt(shell, 1, target, operator === "&>" ? "w" : "a"))) return true
      process.dup(1, 2)
      continue
    }
    if (operator === "<&" || operator === ">&") {
      const fd = given ?? (operator === "<&" ? 0 : 1)
      if (target === "-") {
        if (process.fds.has(fd)) process.close(fd)
      } else if (/^\d+-?$/.test(target)) {
        const from = Number(target.replace("-", ""))
        if (!process.fds.has(from)) {
          yield* shell.complain(`${redirect.target?.text.replace(/-$/, "")}: Bad file descriptor`)
          return true
        }
        process.dup(from, fd)
        if (target.endsWith("-") && from !== fd) process.close(from)
      } else {
        // ">& file" is "&> file"; with a descriptor, or for input, only a number will do.
        if (given !== undefined || operator === "<&") {
          yield* shell.complain(`${redirect.target?.text}: ambiguous redirect`)
          return true
        }
        if (!(yield* openAt(shell, 1, target, "w"))) return true
        process.dup(1, 2)
      }
      continue
    }
    const fd = given ?? (operator.startsWith("<") ? 0 : 1)
    const flags: OpenFlags =
      operator === "<" ? "r" : operator === ">>" ? "a" : operator === "<>" ? (process.files.exists(target) ? "r+" : "w+") : "w"
    if (operator === ">|") {
      const { noclobber } = shell.options
      shell.options.noclobber = false
      const ok = yield* openAt(shell, fd, target, flags)
      shell.options.noclobber = noclobber
      if (!ok) return true
    } else if (!(yield* openAt(shell, fd, target, flags))) return true
  }
  return false
}
