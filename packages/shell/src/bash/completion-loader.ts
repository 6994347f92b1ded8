/** How completions come to a shell that nobody told of them: as bash-completion's loader, which looks for a file of the command's name. */
import type { Steps } from "@drydock/machine"
import type { CompletionSpec } from "./programmable-completion.ts"
import type { Shell } from "./shell.ts"
import { readFile } from "./start-files.ts"

const DIRECTORY = "/usr/share/bash-completion/completions"

/** Reads what is known of completing `command`, once in a shell. It neither says anything nor changes $?. */
function* load(shell: Shell, command: string): Steps<void> {
  const file = `${DIRECTORY}/${command}`
  if (shell.loadedCompletions?.has(file) || !shell.process.files.exists(file)) return
  shell.loadedCompletions = new Set([...(shell.loadedCompletions ?? []), file])
  const { status, pipeStatus, source, firstLine, line } = shell
  try {
    yield* readFile(shell, file)
  } finally {
    shell.setSource(source, firstLine)
    Object.assign(shell, { status, pipeStatus, line })
  }
}

/**
 * How the words after `name` are completed; undefined when nobody said so. `command`: what `name` stands for, when it is an alias. A function
 * that is not there yet is looked for in the file of that command: there `complete -F __start_kubectl k` finds it.
 */
export function* specFor(shell: Shell, name: string, command: string): Steps<CompletionSpec | undefined> {
  if (!shell.completions.has(name)) yield* load(shell, command)
  const spec = shell.completions.get(name)
  if (spec?.function !== undefined && !shell.functions.has(spec.function)) {
    const before = shell.completions.get(command)
    yield* load(shell, command)
    if (before) shell.completions.set(command, before)
  }
  return spec
}
