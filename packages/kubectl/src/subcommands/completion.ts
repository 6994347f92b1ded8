/** kubectl completion */
import { defineSubcommand } from "../define-subcommand.ts"
import { UsageError } from "../errors.ts"

const SHELLS = ["bash", "zsh", "fish", "powershell"]

/** A script that has the shell ask kubectl itself. */
const bash = `# bash completion for kubectl
__start_kubectl()
{
    COMPREPLY=( $(kubectl __complete "\${COMP_WORDS[@]:1:$COMP_CWORD}" 2>/dev/null | sed '$d') )
}

complete -o default -F __start_kubectl kubectl
`

export const completion = defineSubcommand({
  path: ["completion"],
  group: "Settings Commands",
  summary: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
  description: "The shell must read the code: source <(kubectl completion bash)",
  usage: "SHELL",
  examples: [["In this shell", "source <(kubectl completion bash)"]],
  complete: SHELLS,
  flags: {},
  offline: true,
  *run(input, { process }) {
    if (input.words.length === 0) throw new UsageError("completion", "Shell not specified.")
    if (input.words.length > 1) throw new UsageError("completion", "Too many arguments. Expected only the shell type.")
    const [shell] = input.words
    if (!SHELLS.includes(shell)) throw new UsageError("completion", `Unsupported shell type ${JSON.stringify(shell)}.`)
    yield* process.print(shell === "bash" ? bash : `#compdef kubectl\ncompdef _kubectl kubectl\n`)
    return 0
  },
})
