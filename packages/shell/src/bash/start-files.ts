/** Files that a shell reads when it begins and when it is left. */
import type { Steps } from "@drydock/machine"
import { ReturnFrom } from "./control-flow.ts"
import type { Shell } from "./shell.ts"

/** Runs a start-up file when it can be read. */
export function* readFile(shell: Shell, path: string): Steps<void> {
  if (!shell.process.files.access(path, { read: true })) return
  shell.sourced++
  try {
    yield* shell.runText(shell.process.files.readText(path))
  } catch (error) {
    if (!(error instanceof ReturnFrom)) throw error
  } finally {
    shell.sourced--
  }
}

export function* loginFiles(shell: Shell): Steps<void> {
  const home = shell.variables.get("HOME") ?? "/root"
  yield* readFile(shell, "/etc/profile")
  const own = [".bash_profile", ".bash_login", ".profile"].map((name) => `${home}/${name}`).find((path) => shell.process.files.exists(path))
  if (own) yield* readFile(shell, own)
}
