/** The editor that the user wants, as a child on a temporary file. As kubectl/pkg/cmd/util/editor. */
import { goJson } from "@drydock/gotemplate"
import { type Steps, SystemError } from "@drydock/machine"
import type { Context } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { parseDocuments } from "../yaml-documents.ts"

const SHELL = "/bin/bash"

export interface Edited {
  readonly text: string
  /** Where the file is; the caller removes it. */
  readonly path: string
}

/** The editor's words: where there are quotes among several, a shell makes sense of them. As NewDefaultEditor. */
const wordsOf = ({ process }: Context): { words: readonly string[]; shell: boolean } => {
  const editor = process.env.get("KUBE_EDITOR") || process.env.get("EDITOR") || "vi"
  if (!editor.includes(" ")) return { words: [editor], shell: false }
  if (!/["'\\]/.test(editor)) return { words: editor.split(" "), shell: false }
  return { words: [process.env.get("SHELL") || SHELL, "-c", editor], shell: true }
}

/** Opens `text` in KUBE_EDITOR, EDITOR or vi. Throws when the editor fails. */
export function* launchEditor(context: Context, text: string, prefix: string, extension: string): Steps<Edited> {
  const { process } = context
  const path = `/tmp/${prefix}${Math.floor(process.random() * 4_000_000_000)}${extension}`
  process.files.write(path, text, { mode: 0o600 })
  const { words, shell } = wordsOf(context)
  const told = JSON.stringify(words.join(" "))
  const program = words[0].includes("/")
    ? words[0]
    : (process.env.get("PATH") ?? "/usr/bin:/bin")
        .split(":")
        .map((directory) => `${directory}/${words[0]}`)
        .find((one) => process.files.exists(one))
  if (program === undefined) throw new KubectlError(`unable to launch the editor ${told}`)
  const problem = new KubectlError(`there was a problem with the editor ${told}`)
  let child: { pid: number }
  try {
    child = process.spawnFile(program, { argv: shell ? [words[0], words[1], `${words[2]} ${JSON.stringify(path)}`] : [...words, path] })
  } catch (error) {
    throw error instanceof SystemError ? problem : error
  }
  const status = (yield* process.waitFor({ pid: child.pid }))?.status
  if (status?.kind !== "exited" || status.code !== 0) throw problem
  try {
    return { text: process.files.readText(path), path }
  } catch (error) {
    if (error instanceof SystemError) throw new KubectlError(`open ${path}: ${error.message.toLowerCase()}`)
    throw error
  }
}

/** Without its lines of comment. As cmdutil.ManualStrip. */
export const withoutComments = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !/^\s*#(?!!)/.test(line))
    .join("\n")

/** What a text says, by which two are compared: as JSON, or where it is no YAML without its comments. As cmdutil.StripComments. */
export const contentOf = (text: string): string => {
  try {
    return goJson(parseDocuments(text, "edited-file")[0])
  } catch (error) {
    if (error instanceof KubectlError) return withoutComments(text)
    throw error
  }
}
