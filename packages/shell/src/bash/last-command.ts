/** The command of a `-c` text after which nothing is left to do: a program takes the shell's place instead of becoming its child. */
import type { Command, Statement } from "unbash"

/**
 * The simple command that ends `source`, when the shell may become it; undefined when something is left to do after it.
 * As should_suppress_fork in bash's builtins/evalstring.c, and as evalstring's EV_EXIT in busybox (`ash`), which reads on when a
 * newline follows, and minds no redirections.
 */
export const lastCommand = (commands: readonly Statement[], source: string, ash: boolean): Command | undefined => {
  const statement = commands.at(-1)
  if (!statement || statement.background) return undefined
  if (ash && source.slice(statement.end).includes("\n")) return undefined
  const { command } = statement
  const node = command.type === "AndOr" ? command.commands.at(-1) : command
  return node?.type === "Command" && (ash || node.redirects.length === 0) ? node : undefined
}
