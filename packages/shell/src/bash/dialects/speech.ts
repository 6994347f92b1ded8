/** How a shell that is not bash says what went wrong. */
import type { Steps } from "@drydock/machine"
import { ArithmeticError } from "../arithmetic/parse.ts"
import type { Shell } from "../shell.ts"
import type { Dialect, Place } from "./dialect.ts"

export const placeOf = (shell: Shell): Place => {
  const sourced = shell.sourced > 0 && shell.file !== ""
  return {
    interactive: shell.interactive || shell.plainErrors,
    name: sourced ? shell.file : shell.errorName,
    line: shell.line,
    from: shell.from === "c" ? "text" : shell.from === "s" ? "input" : "file",
  }
}

/** A line that is the dialect's own. */
export function* say(shell: Shell, dialect: Dialect, message: string): Steps<void> {
  const builtin = /^([\w.[]+): /.exec(message)?.[1]
  const own = builtin !== undefined && shell.builtins.has(builtin)
  const prefix = dialect.prefix(placeOf(shell), own ? builtin : undefined)
  yield* shell.process.error(`${prefix}${own ? message.slice(builtin.length + 2) : message}\n`)
}

/** What bash would say as `message`; what the builtin in progress ends with is kept in `shell.complaint`. */
export function* complain(shell: Shell, dialect: Dialect, message: string): Steps<void> {
  const wording = dialect.wordings.find(({ bash }) => bash.test(message))
  const said = wording ? message.replace(wording.bash, wording.says) : message
  shell.complaint = { status: wording?.status ?? 2, ends: wording?.ends ?? false }
  if (said === "") return
  if (wording?.to === "output") yield* shell.process.print(`${said}\n`)
  else if (wording?.to === "bare") yield* shell.process.error(`${said}\n`)
  else yield* say(shell, dialect, said)
}

/** An expansion that failed. */
export function* report(shell: Shell, dialect: Dialect, error: Error): Steps<void> {
  const { message } = error
  const text = message.split(": ")[0]
  if (error instanceof ArithmeticError) yield* say(shell, dialect, dialect.arithmetic(text, message))
  else if (message.endsWith("bad substitution")) yield* say(shell, dialect, dialect.badSubstitution)
  else yield* complain(shell, dialect, message)
  shell.complaint = undefined
  shell.status = 2
}
