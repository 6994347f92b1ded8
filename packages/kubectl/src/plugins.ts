/** Executables named kubectl-<name>: the subcommands that users add. As kubectl/pkg/cmd/plugin. */
import type { Process } from "@drydock/machine"

const directories = (process: Process): string[] => [...new Set((process.env.get("PATH") ?? "").split(":"))].filter(Boolean)

/** The executable that the words name, longest match first, and what remains for it. */
export const pluginFor = (process: Process, words: readonly string[]): { path: string; args: string[] } | undefined => {
  const named: string[] = []
  for (const word of words) {
    if (word.startsWith("-")) break
    named.push(word.replaceAll("-", "_"))
  }
  for (let length = Math.min(named.length, 8); length > 0; length--) {
    const file = `kubectl-${named.slice(0, length).join("-")}`
    for (const directory of directories(process)) {
      const path = `${directory}/${file}`
      if (process.files.exists(path) && process.files.access(path, { execute: true })) return { path, args: words.slice(length) }
    }
  }
  return undefined
}

export interface PluginFile {
  readonly path: string
  readonly executable: boolean
}

/** All plugins in PATH's order, and the directories that could not be read. */
export const pluginFiles = (process: Process): PluginFile[] =>
  directories(process).flatMap((directory) => {
    try {
      return process.files
        .list(directory)
        .filter(({ name, type }) => name.startsWith("kubectl-") && type !== "directory")
        .map(({ name }) => ({
          path: `${directory}/${name}`,
          executable: process.files.access(`${directory}/${name}`, { execute: true }),
        }))
    } catch {
      return []
    }
  })

/** The words that plugins add: "hello", "with-under". */
export const pluginNames = (process: Process): string[] => [
  ...new Set(
    pluginFiles(process)
      .filter(({ executable }) => executable)
      .map(({ path }) => path.slice(path.lastIndexOf("/kubectl-") + 9)),
  ),
]
