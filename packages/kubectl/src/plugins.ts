/** Executables named kubectl-<name>: the subcommands that users add. As kubectl/pkg/cmd/plugin. */
import { type Process, SystemError } from "@drydock/machine"

const directories = (process: Process): string[] => [...new Set((process.env.get("PATH") ?? "").split(":"))].filter(Boolean)

/** The executable that the words name, longest match first, and what remains for it. `least`: so many words at least. */
export const pluginFor = (process: Process, words: readonly string[], least = 1): { path: string; args: string[] } | undefined => {
  const named: string[] = []
  for (const word of words) {
    if (word.startsWith("-")) break
    named.push(word.replaceAll("-", "_"))
  }
  for (let length = Math.min(named.length, 8); length >= least; length--) {
    const file = `kubectl-${named.slice(0, length).join("-")}`
    for (const directory of directories(process)) {
      const path = `${directory}/${file}`
      if (process.files.exists(path) && process.files.access(path, { execute: true })) return { path, args: words.slice(length) }
    }
  }
  return undefined
}

/** The directories of the PATH that cannot be read, each with why. */
export const unreadable = (process: Process): [directory: string, why: string][] =>
  directories(process).flatMap((directory): [string, string][] => {
    try {
      process.files.list(directory)
      return []
    } catch (error) {
      return error instanceof SystemError ? [[directory, error.message.toLowerCase()]] : []
    }
  })

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

/** The words that plugins add: "hello", "with_under". */
export const pluginNames = (process: Process): string[] => [
  ...new Set(
    pluginFiles(process)
      .filter(({ executable }) => executable)
      .map(({ path }) => path.slice(path.lastIndexOf("/kubectl-") + 9)),
  ),
]

/** The commands that plugins add to kubectl itself, as they are typed: "hello" of kubectl-hello and kubectl-hello-again, "with-under". */
export const pluginCommands = (process: Process): string[] => [
  ...new Set(pluginNames(process).map((name) => name.split("-")[0].replaceAll("_", "-"))),
]
