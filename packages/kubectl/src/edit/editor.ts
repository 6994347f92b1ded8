/** The editor that the user wants, as a child on a temporary file. As kubectl/pkg/cmd/util/editor. */
import { type Steps, SystemError } from "@drydock/machine"
import type { Context } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"

const SHELL = "/bin/bash"

export interface Edited {
  readonly text: string
  /** Where the file is; the caller removes it. */
  readonly path: string
}

/** Opens `text` in KUBE_EDITOR, EDITOR or vi. Throws when the editor fails. */
export function* launchEditor({ process }: Context, text: string, prefix: string, extension: string): Steps<Edited> {
  const editor = process.env.get("KUBE_EDITOR") || process.env.get("EDITOR") || "vi"
  const path = `/tmp/${prefix}${Math.floor(process.random() * 4_000_000_000)}${extension}`
  process.files.write(path, text, { mode: 0o600 })
  // Words with quotes or variables need a shell.
  const plain = /["'\\$]/.test(editor) ? undefined : editor.split(/\s+/).filter(Boolean)
  const program = plain?.[0].includes("/")
    ? plain[0]
    : (process.env.get("PATH") ?? "/usr/bin:/bin")
        .split(":")
        .map((directory) => `${directory}/${plain?.[0]}`)
        .find((one) => process.files.exists(one))
  if (plain && !program) throw new KubectlError(`unable to launch the editor ${JSON.stringify(editor)}`)
  let child: { pid: number }
  try {
    child = plain
      ? process.spawnFile(program ?? "", { argv: [...plain, path] })
      : process.spawnFile(SHELL, { argv: [SHELL, "-c", `${editor} ${JSON.stringify(path)}`] })
  } catch (error) {
    if (error instanceof SystemError) throw new KubectlError(`unable to launch the editor ${JSON.stringify(editor)}`)
    throw error
  }
  const ended = yield* process.waitFor({ pid: child.pid })
  const status = ended?.status
  if (status?.kind !== "exited" || status.code !== 0) {
    if (status?.kind === "exited" && status.code === 127) throw new KubectlError(`unable to launch the editor ${JSON.stringify(editor)}`)
    throw new KubectlError(`there was a problem with the editor ${JSON.stringify(editor)}`)
  }
  return { text: process.files.readText(path), path }
}

/** Without comment lines and blank ends. */
export const stripComments = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n")
    .trim()
