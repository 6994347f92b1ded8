/** Completion as `complete` asks for it: word lists, actions, and functions that fill COMPREPLY. */
import type { Steps } from "@drydock/machine"
import { commandNames, type Found, fileNames, KEYWORDS, userNames } from "./completion-sources.ts"
import { callFunction } from "./simple-command.ts"
import { fields } from "./expand.ts"
import { matchPattern } from "./pattern.ts"
import type { Shell } from "./shell.ts"
import { parseScript } from "./syntax.ts"
import { arrayValues } from "./variables.ts"

export interface CompletionSpec {
  /** "file", "directory", "command" … */
  readonly actions: readonly string[]
  readonly options: readonly string[]
  readonly words?: string
  readonly function?: string
  readonly prefix?: string
  readonly suffix?: string
  readonly glob?: string
  /** Candidates that fit it are left out; with "!" before it, those that do not. */
  readonly filter?: string
  readonly command?: string
}

const texts = (found: readonly Found[]): string[] => found.map(({ text }) => text)

const actionNames = (shell: Shell, action: string, current: string): readonly string[] => {
  switch (action) {
    case "file":
      return texts(fileNames(shell, current, "any"))
    case "directory":
      return texts(fileNames(shell, current, "directory"))
    case "command":
      return texts(commandNames(shell, current))
    case "alias":
      return [...shell.aliases.keys()].sort()
    case "builtin":
      return [...shell.builtins.keys()].sort()
    case "function":
      return [...shell.functions.keys()].sort()
    case "variable":
      return shell.variables.names()
    case "export":
      return shell.variables.names().filter((name) => shell.variables.own(name)?.exported)
    case "keyword":
      return KEYWORDS
    case "user":
      return userNames(shell)
    default:
      return []
  }
}

function* wordList(shell: Shell, list: string): Steps<string[]> {
  const command = parseScript(`: ${list}`, undefined).commands[0]?.command
  const found: string[] = []
  if (command?.type === "Command") for (const word of command.args) if (word.type === "Word") found.push(...(yield* fields(shell, word)))
  return found
}

/** Runs a completion function with COMP_WORDS and the like; what it put in COMPREPLY. */
function* byFunction(shell: Shell, name: string, words: readonly string[], current: string): Steps<string[]> {
  const called = shell.functions.get(name)
  if (!called) return []
  const { variables } = shell
  const all = [...words, current]
  const line = all.join(" ")
  variables.setArray(
    "COMP_WORDS",
    all.map((word, at) => [String(at), word] as const),
    false,
  )
  variables.set("COMP_CWORD", String(words.length))
  variables.set("COMP_LINE", line)
  variables.set("COMP_POINT", String(line.length))
  variables.set("COMP_TYPE", "9")
  variables.set("COMP_KEY", "9")
  variables.setArray("COMPREPLY", [], false)
  const { status, pipeStatus } = shell
  try {
    yield* callFunction(shell, called, [name, words[0] ?? "", current, words[words.length - 1] ?? ""])
  } finally {
    Object.assign(shell, { status, pipeStatus })
  }
  const reply = variables.find("COMPREPLY")
  return reply?.array ? arrayValues(reply) : []
}

/** Every candidate of `spec` for `current` after `words`. */
export function* candidatesFor(shell: Shell, spec: CompletionSpec, words: readonly string[], current: string): Steps<string[]> {
  const found: string[] = []
  for (const action of spec.actions) found.push(...actionNames(shell, action, current))
  if (spec.words !== undefined) found.push(...(yield* wordList(shell, spec.words)))
  if (spec.glob !== undefined) found.push(...texts(fileNames(shell, "", "any")).filter((name) => matchPattern(spec.glob ?? "", name)))
  let matching = found.filter((one) => one.startsWith(current))
  if (spec.filter !== undefined) {
    const keeps = spec.filter.startsWith("!")
    const filter = (keeps ? spec.filter.slice(1) : spec.filter).replaceAll("&", current)
    matching = matching.filter((one) => matchPattern(filter, one) === keeps)
  }
  if (spec.function !== undefined) matching.push(...(yield* byFunction(shell, spec.function, words, current)))
  return matching.map((one) => `${spec.prefix ?? ""}${one}${spec.suffix ?? ""}`)
}
