/** The command of a `-c` text after which nothing is left to do: a program takes the shell's place instead of becoming its child. */
import type { Command, Statement } from "unbash"

/**
 * The simple command that ends `source`, when the shell may become it; undefined when something is left to do after it.
 * As should_suppress_fork in bash's builtins/evalstring.c, and evalstring's EV_EXIT in dash and busybox ash (`posix`): the
 * latter two read on when a newline follows, and mind no redirections.
 */
export const lastCommand = (commands: readonly Statement[], source: string, posix: boolean): Command | undefined => {
  const statement = commands.at(-1)
  if (!statement || statement.background) return undefined
  if (posix && source.slice(statement.end).includes("\n")) return undefined
  const { command } = statement
  const node = command.type === "AndOr" ? command.commands.at(-1) : command
  return node?.type === "Command" && (posix || node.redirects.length === 0) ? node : undefined
}
