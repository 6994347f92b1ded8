/** kubectl completion */
import { bashScript } from "../completion/bash-script.ts"
import { fishScript, powershellScript, zshScript } from "../completion/other-scripts.ts"
import { defineSubcommand } from "../define-subcommand.ts"
import { UsageError } from "../errors.ts"

const SCRIPTS: Readonly<Record<string, string>> = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript }
const SHELLS = Object.keys(SCRIPTS)

export const completion = defineSubcommand({
  path: ["completion"],
  group: "Settings Commands",
  summary: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
  description: "The shell must read the code: source <(kubectl completion bash)",
  usage: "SHELL",
  examples: [["In this shell", "source <(kubectl completion bash)"]],
  flags: {},
  offline: true,
  *run(input, { process }) {
    if (input.words.length === 0) throw new UsageError("completion", "Shell not specified.")
    if (input.words.length > 1) throw new UsageError("completion", "Too many arguments. Expected only the shell type.")
    const [shell] = input.words
    if (!SHELLS.includes(shell)) throw new UsageError("completion", `Unsupported shell type ${JSON.stringify(shell)}.`)
    yield* process.print(SCRIPTS[shell])
    return 0
  },
})
