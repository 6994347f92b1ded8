/** kubectl completion */
import { defineSubcommand } from "../define-subcommand.ts"
import { UsageError } from "../errors.ts"

/** A script that has the shell ask kubectl itself. */
const bash = `# bash completion for kubectl
__start_kubectl()
{
    local IFS=$'\\n'
    COMPREPLY=( $(kubectl __complete "\${COMP_WORDS[@]:1:$COMP_CWORD}" 2>/dev/null | sed '$d' | cut -f 1) )
}

complete -o default -F __start_kubectl kubectl
`

const zsh = `#compdef kubectl
compdef _kubectl kubectl

# zsh completion for kubectl
_kubectl()
{
    local -a found
    found=(\${(f)"$(kubectl __complete \${words[2,CURRENT]} 2>/dev/null | sed '$d')"})
    compadd -a found
}

if [ "$funcstack[1]" = "_kubectl" ]; then
    _kubectl
fi
`

const fish = `# fish completion for kubectl
function __kubectl_complete
    kubectl __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null | sed '$d'
end

complete -c kubectl -e
complete -c kubectl -f -a '(__kubectl_complete)'
`

const powershell = `# powershell completion for kubectl
Register-ArgumentCompleter -CommandName 'kubectl' -ScriptBlock {
    param($WordToComplete, $CommandAst, $CursorPosition)
    $words = $CommandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" }
    kubectl __complete @words 2>$null | Select-Object -SkipLast 1
}
`

const SCRIPTS: Readonly<Record<string, string>> = { bash, zsh, fish, powershell }
const SHELLS = Object.keys(SCRIPTS)

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
    yield* process.print(SCRIPTS[shell])
    return 0
  },
})
