/** Completion as `complete` asks for it: word lists, actions, and functions that fill COMPREPLY. */
import { SIGNALS, type Steps } from "@drydock/machine"
import { commandNames, type Found, fileNames, KEYWORDS, userNames } from "./completion-sources.ts"
import { callFunction } from "./simple-command.ts"
import { fields } from "./expand.ts"
import { SET_NAMES, shoptNames } from "./options.ts"
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

/** Arrays that the shell itself makes. */
const SHELL_ARRAYS = ["BASH_ARGC", "BASH_ARGV", "BASH_LINENO", "BASH_SOURCE", "BASH_VERSINFO", "DIRSTACK", "GROUPS", "PIPESTATUS"]

const groupNames = (shell: Shell): string[] =>
  shell.process.files.exists("/etc/group")
    ? shell.process.files
        .readText("/etc/group")
        .split("\n")
        .flatMap((line) => line.split(":", 1).filter(Boolean))
    : []

/** What `-A` takes. */
export const ACTIONS: ReadonlySet<string> = new Set(
  "alias arrayvar binding builtin command directory disabled enabled export file function group helptopic hostname job keyword running service setopt shopt signal stopped user variable".split(
    " ",
  ),
)

/** What `-o` takes. */
export const COMPLETION_OPTIONS = ["bashdefault", "default", "dirnames", "filenames", "noquote", "nosort", "nospace", "plusdirs"] as const

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
    case "arrayvar":
      return [...shell.variables.names().filter((name) => shell.variables.own(name)?.array), ...SHELL_ARRAYS].sort()
    case "signal":
      return Object.keys(SIGNALS)
    case "setopt":
      return SET_NAMES
    case "shopt":
      return shoptNames()
    case "job":
      return shell.jobs.list.map(({ command: text }) => text.split(" ")[0])
    case "running":
    case "stopped":
      return shell.jobs.list.filter(({ state }) => state.toLowerCase() === action).map(({ command: text }) => text.split(" ")[0])
    case "enabled":
      return [...shell.builtins.keys()].filter((name) => !shell.disabled.has(name)).sort()
    case "disabled":
      return [...shell.disabled].sort()
    case "helptopic":
      return [...shell.builtins.keys(), ...KEYWORDS].sort()
    case "hostname":
      return [shell.process.hostname]
    case "group":
      return groupNames(shell)
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

/** COMP_WORDBREAKS of a shell that nobody set it for. */
export const WORD_BREAKS = " \t\n\"'><=;|&(:"

/** Characters that part words and are words themselves; quotes, which part them too, never do inside of a word. */
export const partingOf = (shell: Shell): string => (shell.variables.get("COMP_WORDBREAKS") ?? WORD_BREAKS).replace(/[\s'"]/g, "")

/**
 * A command's text in words, as bash parts it for completion functions: at white space and at the characters of `parting`, quotes left as they
 * stand. The last is the word being typed; an empty one after white space.
 */
const completionWords = (line: string, parting: string): string[] => {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    if (/\s/.test(line[at])) {
      at++
      if (at === line.length) words.push("")
      continue
    }
    const start = at
    if (parting.includes(line[at])) while (at < line.length && parting.includes(line[at])) at++
    else
      while (at < line.length && !/\s/.test(line[at]) && !parting.includes(line[at])) {
        const quote = line[at]
        if (quote === "\\") at++
        else if (quote === "'" || quote === '"') {
          at++
          while (at < line.length && line[at] !== quote) at += quote === '"' && line[at] === "\\" ? 2 : 1
        }
        at++
      }
    at = Math.min(at, line.length)
    words.push(line.slice(start, at))
  }
  return words.length === 0 ? [""] : words
}

/** Runs a completion function for `line`, which ends where the cursor is; what it put in COMPREPLY. */
function* byFunction(shell: Shell, name: string, line: string, current: string): Steps<string[]> {
  const called = shell.functions.get(name)
  if (!called) {
    yield* shell.process.error(`${shell.errorName}: completion: function \`${name}' not found\n`)
    return []
  }
  const { variables } = shell
  const words = completionWords(line, partingOf(shell))
  variables.setArray(
    "COMP_WORDS",
    words.map((word, at) => [String(at), word] as const),
    false,
  )
  variables.set("COMP_CWORD", String(words.length - 1))
  variables.set("COMP_LINE", line)
  variables.set("COMP_POINT", String([...line].length))
  variables.set("COMP_TYPE", "9")
  variables.set("COMP_KEY", "9")
  variables.setArray("COMPREPLY", [], false)
  const { status, pipeStatus } = shell
  try {
    yield* callFunction(shell, called, [name, words[0], current, words[words.length - 2] ?? ""])
  } finally {
    Object.assign(shell, { status, pipeStatus })
    for (const variable of OF_A_COMPLETION) variables.unset(variable)
  }
  const reply = variables.find("COMPREPLY")
  return reply?.array ? arrayValues(reply) : reply?.value === undefined ? [] : [reply.value]
}

/** What bash takes away again when the function has ended; COMPREPLY stays. */
const OF_A_COMPLETION = ["COMP_WORDS", "COMP_CWORD", "COMP_LINE", "COMP_POINT", "COMP_TYPE", "COMP_KEY"]

/** Every candidate of `spec` for `current`, the end of `line`. */
export function* candidatesFor(shell: Shell, spec: CompletionSpec, line: string, current: string): Steps<string[]> {
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
  if (spec.function !== undefined) matching.push(...(yield* byFunction(shell, spec.function, line, current)))
  return matching.map((one) => `${spec.prefix ?? ""}${one}${spec.suffix ?? ""}`)
}

export interface Programmed {
  readonly texts: readonly string[]
  /** "nospace", "default" …: those of the specification, as `compopt` left them. */
  readonly options: ReadonlySet<string>
}

/** What Tab finds by `spec` at the end of `line`, where `current` is being typed. */
export function* programmed(shell: Shell, spec: CompletionSpec, line: string, current: string): Steps<Programmed> {
  const options = new Set(spec.options)
  const before = shell.completing
  shell.completing = { options }
  try {
    const texts = yield* candidatesFor(shell, spec, line, current)
    if (options.has("plusdirs") || (texts.length === 0 && options.has("dirnames")))
      texts.push(...fileNames(shell, current, "directory").map(({ text }) => text))
    return { texts, options }
  } finally {
    shell.completing = before
  }
}
