/** The `drydock bench` command, a program of its own. */
import { benchCommand } from "./bench/index.ts"
import { runCommand, UsageError } from "./command.ts"

try {
  process.exitCode = await runCommand(benchCommand, process.argv.slice(3))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`drydock: ${error.message}\n`)
  process.exitCode = 2
}
