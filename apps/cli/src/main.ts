/** The `drydock` command. */
import { clusterCommand } from "./cluster.ts"
import { type Command, runCommand, UsageError } from "./command.ts"
import { gradeCommand } from "./grade.ts"
import { isWorker, workForParent } from "./jobs.ts"
import { lessonCommand } from "./lesson.ts"
import { playCommand } from "./play.ts"

const commands: readonly Command[] = [clusterCommand, gradeCommand, lessonCommand, playCommand]

const usage = () =>
  [
    "drydock: simulated Kubernetes clusters for learning",
    "",
    "Commands:",
    ...[...commands.map(({ name, summary }) => [name, summary] as const), ...apart].map(
      ([name, summary]) => `  ${name.padEnd(10)} ${summary.replaceAll("\n", `\n${" ".repeat(13)}`)}`,
    ),
    "",
    "drydock COMMAND --help tells more.",
    "",
  ].join("\n")

/** Other programs of the same name's commands, for --help. */
const apart = [["bench", "Measures speed and memory; ratios against a peer are taken in the same run."]] as const

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

if (isWorker) workForParent()
else process.exitCode = await main(process.argv.slice(2))
