/** Tab completion: which word is completed, and with what. */
import type { Steps } from "@drydock/machine"
import { specFor } from "./completion-loader.ts"
import { commandNames, type Found, fileNames, userNames } from "./completion-sources.ts"
import { partingOf, programmed } from "./programmable-completion.ts"
import type { Shell } from "./shell.ts"

export interface Completion {
  /** Characters of the line, up to point, that a candidate replaces. */
  readonly from: number
  /** What can stand there, quoted for the shell where that is needed; sorted. */
  readonly candidates: readonly { readonly text: string; readonly shown: string; readonly suffix: string }[]
}

interface Lexed {
  /** The words of the last simple command before point, the one being typed last. */
  readonly words: readonly string[]
  /** Where that command begins. */
  readonly begin: number
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
  let begin = 0
  let from = 0
  let quote: Lexed["quote"] = ""
  let redirect = false
  const anew = (at: number) => {
    words = []
    begin = at
  }
  const end = (at: number) => {
    if (started && !redirect) words.push(word)
    if (started) redirect = false
    if (words.length === 1 && STARTERS.has(words[0])) anew(at + 1)
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
        anew(at + 2)
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
      if (character === "\n") anew(at + 1)
    } else if (/[;|&(`]/.test(character)) {
      // 2>&1 is no new command.
      if (character === "&" && text[at - 1] === ">") continue
      end(at)
      anew(at + 1)
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
  return { words: [...words, word], begin, from, quote, redirect }
}

const quoteFor = (text: string, quote: Lexed["quote"]): string =>
  quote === "'" ? `'${text}` : quote === '"' ? `"${text.replace(/[\\$`"]/g, "\\$&")}` : text.replace(/[\s\\'"$`&|;<>()*?[\]{}!#]/g, "\\$&")

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

const DIRECTORY_COMMANDS = new Set(["cd", "pushd", "rmdir"])

/** A command's text with its alias spelt out, and without what runs it (sudo, watch) or is assigned before it. */
const withoutPrefix = (shell: Shell, text: string): string => {
  let rest = text.trimStart()
  const seen = new Set<string>()
  for (;;) {
    const [, name = "", after = ""] = /^([^\s'"\\]+)(\s+[\s\S]*)$/.exec(rest) ?? []
    const alias = shell.aliases.get(name)
    if (alias !== undefined && !seen.has(name)) {
      seen.add(name)
      rest = alias.trim() + after
    } else if (name !== "" && (/^\w+=/.test(name) || (PREFIXES.has(name) && /^\s+[^\s-]\S*\s/.test(after)))) rest = after.trimStart()
    else return rest
  }
}

/** Everything that can complete the line at its end `text`. */
export function* complete(shell: Shell, text: string): Steps<Completion> {
  const { words, begin, from, quote, redirect } = lexCommand(text)
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
  const line = withoutPrefix(shell, text.slice(begin))
  const command = lexCommand(line).words
  if (/^~[\w-]*$/.test(word) && quote === "")
    return done(
      from,
      userNames(shell)
        .filter((user) => user.startsWith(word.slice(1)))
        .map((user) => ({ text: `~${user}`, shown: `~${user}`, suffix: "/" })),
      true,
    )
  const prefixed = words.length > 1 && command.length === 1
  if (command.length === 1 || prefixed || (words.length === 2 && PREFIXES.has(words[0])))
    return done(from, word.includes("/") ? fileNames(shell, word, "executable") : commandNames(shell, word))
  // "=" and ":" part words too: --from-file=na<TAB>, PATH=/us<TAB>.
  const cut = quote === "" ? Math.max(...[...partingOf(shell)].map((character) => raw.lastIndexOf(character)), -1) + 1 : 0
  const tail = cut > 0 ? lexCommand(raw.slice(cut)).words.join(" ") : word
  const name = command[0].slice(command[0].lastIndexOf("/") + 1)
  // What is said of the word that was typed goes before what is said of the command that it stands for.
  const direct = shell.completions.has(words[0])
  const spec = yield* specFor(shell, direct ? words[0] : name, name)
  if (spec) {
    const { texts, options } = yield* programmed(shell, spec, direct ? text.slice(begin).trimStart() : line, tail)
    const suffix = options.has("nospace") ? "" : " "
    if (texts.length > 0 && !options.has("filenames"))
      return done(
        from + cut,
        texts.map((one) => ({ text: one, shown: one, suffix })),
        true,
      )
    if (texts.length > 0)
      return done(
        from + cut,
        texts.map((one) => fileNames(shell, one, "any").find((file) => file.text === one) ?? { text: one, shown: one, suffix }),
      )
    if (!options.has("default") && !options.has("bashdefault")) return { from, candidates: [] }
  }
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
