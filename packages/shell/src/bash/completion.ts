/** Tab completion: which word is completed, and with what. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import type { Shell } from "./shell.ts"

/**
 * What can follow `words` (a simple command from its name on, without quotes) in place of `current`, the word being typed.
 * Whole words; those that do not begin with `current` are left out by the caller.
 */
export type Completer = (words: readonly string[], current: string, process: Process) => Steps<readonly string[]>

export interface Completion {
  /** Characters of the line, up to point, that a candidate replaces. */
  readonly from: number
  /** What can stand there, quoted for the shell where that is needed; sorted. */
  readonly candidates: readonly { readonly text: string; readonly shown: string; readonly suffix: string }[]
}

interface Lexed {
  /** The words of the last simple command before point, the one being typed last. */
  readonly words: readonly string[]
  /** Where the word being typed begins. */
  readonly from: number
  readonly quote: "" | "'" | '"'
  /** After < or >. */
  readonly redirect: boolean
}

const STARTERS = new Set(["then", "do", "else", "elif", "if", "while", "until", "!", "{", "time"])
const PREFIXES = new Set(["sudo", "command", "exec", "nohup", "time", "watch", "xargs", "env"])

/** The command at the end of `text`, word by word. */
export const lexCommand = (text: string): Lexed => {
  let words: string[] = []
  let word = ""
  let started = false
  let from = 0
  let quote: Lexed["quote"] = ""
  let redirect = false
  const end = (at: number) => {
    if (started && !redirect) words.push(word)
    if (started) redirect = false
    if (words.length === 1 && STARTERS.has(words[0])) words = []
    word = ""
    started = false
    from = at + 1
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (quote === "'") {
      if (character === "'") quote = ""
      else word += character
    } else if (character === "\\") {
      started = true
      word += text[++at] ?? ""
    } else if (quote === '"') {
      if (character === '"') quote = ""
      else if (character === "$" && text[at + 1] === "(") {
        quote = ""
        words = []
        word = ""
        started = false
        from = at + 2
        at++
      } else word += character
    } else if (character === "'" || character === '"') {
      quote = character
      started = true
    } else if (/[\s]/.test(character)) {
      end(at)
      if (character === "\n") words = []
    } else if (/[;|&(`]/.test(character)) {
      // 2>&1 is no new command.
      if (character === "&" && text[at - 1] === ">") continue
      end(at)
      words = []
      redirect = false
    } else if (character === "<" || character === ">") {
      if (/^\d+$/.test(word)) started = false
      end(at)
      redirect = true
    } else {
      started = true
      word += character
    }
  }
  return { words: [...words, word], from, quote, redirect }
}

const quoteFor = (text: string, quote: Lexed["quote"]): string =>
  quote === "'" ? `'${text}` : quote === '"' ? `"${text.replace(/[\\$`"]/g, "\\$&")}` : text.replace(/[\s\\'"$`&|;<>()*?[\]{}!#]/g, "\\$&")

interface Found {
  text: string
  shown: string
  suffix: string
}

const fileNames = (shell: Shell, typed: string, want: "any" | "executable" | "directory"): Found[] => {
  const slash = typed.lastIndexOf("/") + 1
  const [directory, prefix] = [typed.slice(0, slash), typed.slice(slash)]
  const { files } = shell.process
  const real = directory.startsWith("~/") ? `${shell.variables.get("HOME") ?? ""}/${directory.slice(2)}` : directory || "."
  const found: Found[] = []
  try {
    for (const { name } of files.list(real)) {
      if (!name.startsWith(prefix) || (name.startsWith(".") && !prefix.startsWith("."))) continue
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

const KEYWORDS = [
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
]

const commandNames = (shell: Shell, prefix: string): Found[] => {
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

const variableNames = (shell: Shell, word: string): { found: Found[]; head: string } | undefined => {
  const match = /^([\s\S]*)(\$\{?)(\w*)$/.exec(word)
  if (!match) return undefined
  const [, head, dollar, prefix] = match
  const found = shell.variables
    .names()
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ text: `${dollar}${name}${dollar === "${" ? "}" : ""}`, shown: name, suffix: " " }))
  return { found, head }
}

const users = (shell: Shell, prefix: string): Found[] => {
  const { files } = shell.process
  if (!files.access("/etc/passwd", { read: true })) return []
  return files
    .readText("/etc/passwd")
    .split("\n")
    .map((line) => line.split(":")[0])
    .filter((name) => name !== "" && name.startsWith(prefix))
    .map((name) => ({ text: `~${name}`, shown: `~${name}`, suffix: "/" }))
}

const DIRECTORY_COMMANDS = new Set(["cd", "pushd", "rmdir"])

/** Words of a command with its alias and what runs it (sudo, watch) taken away. */
const withoutPrefix = (shell: Shell, words: readonly string[]): string[] => {
  let rest = [...words]
  const seen = new Set<string>()
  while (rest.length > 1) {
    const [name] = rest
    const alias = shell.aliases.get(name)
    if (alias !== undefined && !seen.has(name)) {
      seen.add(name)
      rest = [...alias.trim().split(/\s+/), ...rest.slice(1)]
    } else if (/^\w+=/.test(name)) rest = rest.slice(1)
    else if (PREFIXES.has(name) && rest.length > 2 && !rest[1].startsWith("-")) rest = rest.slice(1)
    else break
  }
  return rest
}

/** Everything that can complete the line at its end `text`. */
export function* complete(shell: Shell, text: string, completers: ReadonlyMap<string, Completer>): Steps<Completion> {
  const { words, from, quote, redirect } = lexCommand(text)
  const word = words[words.length - 1]
  const raw = text.slice(from)
  const done = (start: number, found: readonly Found[], verbatim = false): Completion => {
    const unique = new Map(found.map((one) => [one.text, one]))
    const candidates = [...unique.values()]
      .sort((a, b) => (a.text < b.text ? -1 : 1))
      .map((one) => {
        const closing = one.suffix === " " ? quote : ""
        return { ...one, text: verbatim ? one.text : quoteFor(one.text, quote), suffix: closing + one.suffix }
      })
    return { from: start, candidates }
  }
  if (quote !== "'") {
    const variables = variableNames(shell, raw)
    if (variables) return done(from + variables.head.length, variables.found, true)
  }
  if (redirect) return done(from, fileNames(shell, word, "any"))
  const command = withoutPrefix(shell, words)
  const position = command.length - 1
  if (/^~[\w-]*$/.test(word) && quote === "") return done(from, users(shell, word.slice(1)), true)
  const prefixed = words.length > 1 && command.length === 1
  if (position === 0 || prefixed || (words.length === 2 && PREFIXES.has(words[0])))
    return done(from, word.includes("/") ? fileNames(shell, word, "executable") : commandNames(shell, word))
  const name = command[0].split("/").at(-1) ?? ""
  const completer = completers.get(name)
  if (completer) {
    const offered = (yield* completer(command.slice(0, position), word, shell.process)).filter((one) => one.startsWith(word))
    if (offered.length > 0)
      return done(
        from,
        offered.map((one) => ({ text: one, shown: one, suffix: /[=/:]$/.test(one) ? "" : " " })),
      )
  }
  // "=" and ":" part words too (COMP_WORDBREAKS): --from-file=na<TAB>, PATH=/us<TAB>.
  const cut = quote === "" ? Math.max(raw.lastIndexOf("="), raw.lastIndexOf(":")) + 1 : 0
  const tail = cut > 0 ? lexCommand(raw.slice(cut)).words.join(" ") : word
  return done(from + cut, fileNames(shell, tail, DIRECTORY_COMMANDS.has(name) ? "directory" : "any"))
}

/** The longest text that all candidates begin with. */
export const commonPrefix = (texts: readonly string[]): string => {
  let prefix = texts[0] ?? ""
  for (const text of texts) while (!text.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}

/** Names in columns, filled downwards, as readline lists them. */
export const inColumns = (names: readonly string[], columns: number): string => {
  const width = Math.max(...names.map((name) => [...name].length)) + 2
  const across = Math.max(1, Math.floor(columns / width))
  const rows = Math.ceil(names.length / across)
  let output = ""
  for (let row = 0; row < rows; row++) {
    const line: string[] = []
    for (let at = row; at < names.length; at += rows) line.push(names[at])
    output += `${line.map((name, at) => (at < line.length - 1 ? name.padEnd(width) : name)).join("")}\n`
  }
  return output
}
