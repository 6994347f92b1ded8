/** The `drydock` command. */
import { benchCommand } from "./bench/index.ts"
import { clusterCommand } from "./cluster.ts"
import { type Command, runCommand, UsageError } from "./command.ts"
import { playCommand } from "./play.ts"

const commands: readonly Command[] = [clusterCommand, playCommand, benchCommand]

const usage = () =>
  [
    "drydock: simulated Kubernetes clusters for learning",
    "",
    "Commands:",
    ...commands.map((command) => `  ${command.name.padEnd(10)} ${command.summary}`),
    "",
    "drydock COMMAND --help tells more.",
    "",
  ].join("\n")

const main = async ([name, ...args]: readonly string[]): Promise<number> => {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(usage())
    return name === undefined ? 2 : 0
  }
  const command = commands.find((candidate) => candidate.name === name)
  try {
    if (!command) throw new UsageError(`unknown command "${name}"; drydock --help lists them`)
    return await runCommand(command, args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`drydock: ${error.message}\n`)
    return 2
  }
}

process.exitCode = await main(process.argv.slice(2))
