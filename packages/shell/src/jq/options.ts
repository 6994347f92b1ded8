/** jq's command line (main.c). */
import { type Process, SystemError } from "@drydock/machine"
import type { Json } from "./json.ts"
import type { PrintOptions } from "./print-json.ts"
import { JsonSyntaxError, parseJson, valuesIn } from "./read-json.ts"

export interface JqOptions {
  filter: string
  files: string[]
  nullInput: boolean
  rawInput: boolean
  slurp: boolean
  /** Inputs as events of their parts. */
  stream: boolean
  /** Strings are printed bare. */
  raw: boolean
  /** No newline behind an output. */
  join: boolean
  /** NUL instead of a newline. */
  zero: boolean
  /** RS before an output (RFC 7464). */
  seq: boolean
  exitStatus: boolean
  print: PrintOptions
  variables: Map<string, Json>
}

/** A command line that jq does not take. */
export class UsageError extends Error {
  /** Whether jq points to its help behind the message. */
  readonly hint: boolean
  constructor(message: string, { hint = true } = {}) {
    super(message)
    this.hint = hint
  }
}

/** Long names of the flags. */
const LONG: Readonly<Record<string, string>> = {
  "null-input": "n",
  "raw-input": "R",
  slurp: "s",
  "compact-output": "c",
  "raw-output": "r",
  "join-output": "j",
  "ascii-output": "a",
  "sort-keys": "S",
  "color-output": "C",
  "monochrome-output": "M",
  "exit-status": "e",
  "from-file": "f",
  help: "h",
  version: "V",
}

/** A file's text. Throws UsageError. */
const fileText = (process: Process, path: string, problem: string): string => {
  try {
    return process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new UsageError(`jq: ${problem}Could not open ${path}: ${error.message}`, { hint: false })
  }
}

/** Reads a command line word by word. */
class CommandLine {
  readonly options: JqOptions
  asked: "help" | "version" | undefined
  filter: string | undefined
  fromFile = false
  readonly positional: Json[] = []
  readonly named = new Map<string, Json>()
  readonly #process: Process
  readonly #words: readonly string[]
  #at = 0
  #rest: "files" | "strings" | "json" = "files"

  constructor(process: Process, words: readonly string[]) {
    this.#process = process
    this.#words = words
    this.options = {
      filter: ".",
      files: [],
      nullInput: false,
      rawInput: false,
      slurp: false,
      stream: false,
      raw: false,
      join: false,
      zero: false,
      seq: false,
      exitStatus: false,
      print: { indent: "  ", colour: process.fds.get(1)?.kind === "tty" && process.env.get("NO_COLOR") === undefined },
      variables: new Map(),
    }
  }

  /** Throws UsageError. */
  read(): void {
    let ended = false
    while (this.#at < this.#words.length && !this.asked) {
      const word = this.#words[this.#at++]
      if (ended || !word.startsWith("-") || word === "-") this.#word(word)
      else if (word === "--") ended = true
      else if (word.startsWith("--")) this.#long(word)
      else for (const letter of word.slice(1)) this.#letter(letter, word)
    }
  }

  #word(word: string): void {
    if (this.filter === undefined) this.filter = word
    else if (this.#rest === "files") this.options.files.push(word)
    else if (this.#rest === "strings") this.positional.push(word)
    else this.positional.push(this.#json(word, "Invalid JSON text passed to --jsonargs"))
  }

  #json(text: string, problem: string): Json {
    try {
      return parseJson(text)
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error
      throw new UsageError(`jq: ${problem}`)
    }
  }

  #take(count: number, name: string): readonly string[] {
    const taken = this.#words.slice(this.#at, this.#at + count)
    this.#at += count
    if (taken.length === count) return taken
    if (count === 1) throw new UsageError(`jq: --${name} takes one parameter`)
    const second = name === "argjson" ? "text" : name === "arg" ? "value" : "filename"
    throw new UsageError(`jq: --${name} takes two parameters (e.g. --${name} varname ${second})`)
  }

  #print(change: PrintOptions): void {
    this.options.print = { ...this.options.print, ...change }
  }

  #letter(letter: string, word: string): void {
    const { options } = this
    if (letter === "n") options.nullInput = true
    else if (letter === "R") options.rawInput = true
    else if (letter === "s") options.slurp = true
    else if (letter === "c") this.#print({ indent: undefined })
    else if (letter === "j") options.raw = options.join = true
    else if (letter === "r") options.raw = true
    else if (letter === "a") this.#print({ ascii: true })
    else if (letter === "S") this.#print({ sortKeys: true })
    else if (letter === "C" || letter === "M") this.#print({ colour: letter === "C" })
    else if (letter === "e") options.exitStatus = true
    else if (letter === "f") this.fromFile = true
    else if (letter === "L") this.#at++
    else if (letter === "h" || letter === "V") this.asked = letter === "h" ? "help" : "version"
    else throw new UsageError(`jq: Unknown option: ${word}`)
  }

  #long(word: string): void {
    const name = word.slice(2)
    const { options } = this
    if (Object.hasOwn(LONG, name)) return this.#letter(LONG[name], word)
    switch (name) {
      case "arg": {
        const [key, value] = this.#take(2, name)
        this.#name(key, value)
        return
      }
      case "argjson": {
        const [key, value] = this.#take(2, name)
        this.#name(key, this.#json(value, "Invalid JSON text passed to --argjson"))
        return
      }
      case "slurpfile":
      case "rawfile": {
        const [key, path] = this.#take(2, name)
        const problem = `Bad JSON in --${name} ${key} ${path}: `
        const text = fileText(this.#process, path, problem)
        this.#name(key, name === "rawfile" ? text : this.#values(text, problem))
        return
      }
      case "indent": {
        const width = Number(this.#take(1, name)[0])
        if (width < 0) throw new UsageError("jq: Cannot indent less than zero")
        if (!(width <= 7)) throw new UsageError("jq: Cannot indent more than 7 characters")
        return this.#print({ indent: width === 0 ? undefined : " ".repeat(width) })
      }
      case "tab":
        return this.#print({ indent: "\t" })
      case "args":
      case "jsonargs":
        this.#rest = name === "args" ? "strings" : "json"
        return
      case "raw-output0":
        options.raw = options.zero = true
        return
      case "stream":
        options.stream = true
        return
      case "seq":
        options.seq = true
        return
      case "unbuffered":
      case "exit-status":
        return
      default:
        throw new UsageError(`jq: Unknown option: ${word}`)
    }
  }

  /** The first of a name counts. */
  #name(key: string, value: Json): void {
    if (!this.named.has(key)) this.named.set(key, value)
  }

  #values(text: string, problem: string): Json[] {
    try {
      return valuesIn(text)
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error
      throw new UsageError(`jq: ${problem}${error.message}`, { hint: false })
    }
  }
}

/** The options of a command line, or what is asked for instead. Throws UsageError. */
export const parseOptions = (process: Process, words: readonly string[]): JqOptions | "help" | "version" | "usage" => {
  const line = new CommandLine(process, words)
  line.read()
  if (line.asked) return line.asked
  const { options, named, positional } = line
  if (line.filter === undefined) {
    if (process.fds.get(0)?.kind === "tty" || process.fds.get(1)?.kind === "tty") return "usage"
  } else options.filter = line.fromFile ? fileText(process, line.filter, "error: ") : line.filter
  options.variables = new Map(named)
  options.variables.set(
    "ARGS",
    new Map<string, Json>([
      ["positional", positional],
      ["named", new Map(named)],
    ]),
  )
  return options
}
