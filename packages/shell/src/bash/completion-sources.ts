/** Where names for completion come from: files, commands, users. */
import { Accounts, SystemError } from "@drydock/machine"
import type { Shell } from "./shell.ts"

export interface Found {
  text: string
  shown: string
  suffix: string
}

/** Whether a name goes on from what was typed, as completion-ignore-case has it. */
const begins = (shell: Shell, name: string, prefix: string): boolean =>
  name.startsWith(prefix) || (shell.readline?.on("completion-ignore-case") === true && name.toLowerCase().startsWith(prefix.toLowerCase()))

export const fileNames = (shell: Shell, typed: string, want: "any" | "executable" | "directory"): Found[] => {
  const slash = typed.lastIndexOf("/") + 1
  const [directory, prefix] = [typed.slice(0, slash), typed.slice(slash)]
  const { files } = shell.process
  const real = directory.startsWith("~/") ? `${shell.variables.get("HOME") ?? ""}/${directory.slice(2)}` : directory || "."
  const found: Found[] = []
  try {
    for (const { name } of files.list(real)) {
      if (!begins(shell, name, prefix) || (name.startsWith(".") && !prefix.startsWith("."))) continue
      const path = `${real}/${name}`
      const isDirectory = files.exists(path) && files.stat(path).type === "directory"
      if (want === "directory" && !isDirectory) continue
      if (want === "executable" && !isDirectory && !files.access(path, { execute: true })) continue
      found.push({ text: directory + name, shown: isDirectory ? `${name}/` : name, suffix: isDirectory ? "/" : " " })
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
  return found
}

export const KEYWORDS = [
  "if",
  "then",
  "else",
  "elif",
  "fi",
  "case",
  "esac",
  "for",
  "select",
  "while",
  "until",
  "do",
  "done",
  "in",
  "function",
  "time",
  "{",
  "}",
  "!",
  "[[",
  "]]",
  "coproc",
]

export const commandNames = (shell: Shell, prefix: string): Found[] => {
  const names = new Set([...KEYWORDS, ...shell.builtins.keys(), ...shell.functions.keys(), ...shell.aliases.keys()])
  const { files } = shell.process
  for (const directory of (shell.variables.get("PATH") ?? "").split(":")) {
    if (!files.exists(directory)) continue
    try {
      for (const { name } of files.list(directory)) if (name.startsWith(prefix)) names.add(name)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }
  return [...names].filter((name) => name.startsWith(prefix)).map((name) => ({ text: name, shown: name, suffix: " " }))
}

export const userNames = (shell: Shell): string[] => new Accounts(shell.process.files).users().map(({ name }) => name)
