/** tar's command line: old and new styles, and the options that count from where they stand. */
import type { Process } from "@drydock/machine"
import { RegexError } from "../../text/regex.ts"
import { Transform } from "./transform.ts"

export class TarError extends Error {
  readonly code: number
  constructor(message: string, code = 2) {
    super(message)
    this.code = code
  }
}

const HELP = "Try 'tar --help' or 'tar --usage' for more information."

export type Mode = "c" | "x" | "t" | "r" | "u" | "d" | "A" | "delete"

/** A name of the command line, taken from the directory that was gone to before it. */
export interface Name {
  readonly name: string
  readonly directory: string
}

export interface TarOptions {
  mode: Mode
  file: string
  /** Where members go. */
  directory: string
  names: Name[]
  zipped: boolean
  verbose: number
  excludes: string[]
  transforms: Transform[]
  strip: number
  toOutput: boolean
  keep: boolean
  skipOld: boolean
  wildcards: boolean
  absolute: boolean
  numeric: boolean
  removeFiles: boolean
  follow: boolean
  noRecursion: boolean
  sorted: boolean
  top: string | undefined | true
  permissions: number | undefined
  owner: string | undefined
  group: string | undefined
}

/** Letters with a value. */
const VALUED = "fCTXbIgHL"

/** Long names → letter, or a name of its own; "=" takes a value. */
const LONG: Readonly<Record<string, string>> = {
  create: "c",
  extract: "x",
  get: "x",
  list: "t",
  append: "r",
  update: "u",
  diff: "d",
  compare: "d",
  concatenate: "A",
  catenate: "A",
  delete: "delete",
  gzip: "z",
  gunzip: "z",
  ungzip: "z",
  bzip2: "j",
  xz: "J",
  zstd: "zstd",
  verbose: "v",
  "file=": "f",
  "directory=": "C",
  "files-from=": "T",
  "exclude-from=": "X",
  "exclude=": "exclude",
  "exclude-vcs": "exclude-vcs",
  "strip-components=": "strip",
  "to-stdout": "O",
  "keep-old-files": "k",
  "skip-old-files": "skip-old-files",
  "preserve-permissions": "p",
  "same-permissions": "p",
  "same-owner": "ignored",
  "no-same-owner": "ignored",
  "no-same-permissions": "ignored",
  "numeric-owner": "numeric",
  "transform=": "transform",
  "xform=": "transform",
  wildcards: "wildcards",
  "no-wildcards": "ignored",
  "owner=": "owner",
  "group=": "group",
  "mode=": "mode",
  "mtime=": "ignored=",
  "sort=": "sort",
  "format=": "ignored=",
  "warning=": "ignored=",
  "checkpoint=": "ignored=",
  "auto-compress": "a",
  "use-compress-program=": "I",
  overwrite: "ignored",
  touch: "m",
  "absolute-names": "P",
  "remove-files": "remove-files",
  dereference: "h",
  "no-recursion": "no-recursion",
  "one-top-level": "one-top-level",
  null: "ignored",
  totals: "ignored",
}

const FLAGS = "cxtrudAzjJvpkmOhPSaWBloUwGsRi"
const VCS = [".git", ".gitignore", ".gitattributes", ".gitmodules", ".svn", "CVS", ".hg", ".hgignore", ".bzr"]

/** Options without a dash first ("tar czf"): letters that take a value take the next words in their order. Throws TarError. */
const modern = (args: readonly string[]): string[] => {
  const [first = "", ...rest] = args
  if (first.startsWith("-") || first === "") return [...args]
  const result: string[] = []
  for (const letter of first) {
    if (!VALUED.includes(letter)) {
      result.push(`-${letter}`)
      continue
    }
    const value = rest.shift()
    if (value === undefined) throw new TarError(`Old option '${letter}' requires an argument.\n${HELP}`)
    result.push(`-${letter}`, value)
  }
  return [...result, ...rest]
}

const MODES: Readonly<Record<string, Mode>> = { c: "c", x: "x", t: "t", r: "r", u: "u", d: "d", A: "A", delete: "delete" }

/** Reads the words one by one: -C, --exclude and names mean what they mean where they stand. */
class CommandLine {
  readonly modes = new Set<Mode>()
  readonly options: TarOptions
  #directory = ""
  #auto = false
  readonly #process: Process

  constructor(process: Process) {
    this.#process = process
    this.options = {
      mode: "c",
      file: "-",
      directory: "",
      names: [],
      zipped: false,
      verbose: 0,
      excludes: [],
      transforms: [],
      strip: 0,
      toOutput: false,
      keep: false,
      skipOld: false,
      wildcards: false,
      absolute: false,
      numeric: false,
      removeFiles: false,
      follow: false,
      noRecursion: false,
      sorted: false,
      top: undefined,
      permissions: undefined,
      owner: undefined,
      group: undefined,
    }
  }

  read(given: readonly string[]): void {
    const args = modern(given)
    let ended = false
    for (let at = 0; at < args.length; at++) {
      const word = args[at]
      if (ended || !word.startsWith("-") || word === "-") this.#name(word)
      else if (word === "--") ended = true
      else if (word.startsWith("--")) at += this.#long(word.slice(2), args[at + 1])
      else
        for (let letter = 1; letter < word.length; letter++) {
          if (VALUED.includes(word[letter])) {
            const value = word.slice(letter + 1) || args[++at]
            if (value === undefined) throw new TarError(`option requires an argument -- '${word[letter]}'\n${HELP}`, 64)
            this.#set(word[letter], value)
            break
          }
          if (!FLAGS.includes(word[letter])) throw new TarError(`invalid option -- '${word[letter]}'\n${HELP}`, 64)
          this.#set(word[letter], "")
        }
    }
    this.options.directory = this.#directory
    if (this.#auto) this.options.zipped ||= /\.(t?gz|taz)$/.test(this.options.file)
  }

  /** How many words it took besides its own. */
  #long(word: string, next: string | undefined): number {
    const [name, ...rest] = word.split("=")
    const value = rest.length > 0 ? rest.join("=") : undefined
    const keys = Object.keys(LONG)
    const found = keys.find((one) => one.replace("=", "") === name) ?? keys.find((one) => one.startsWith(name))
    if (found === undefined) throw new TarError(`unrecognized option '--${word}'\n${HELP}`, 64)
    const meaning = LONG[found]
    if (found === "one-top-level") {
      this.options.top = value ?? true
      return 0
    }
    if (!found.endsWith("=")) {
      this.#set(meaning, "")
      return 0
    }
    if (value === undefined && next === undefined) throw new TarError(`option '--${found.slice(0, -1)}' requires an argument\n${HELP}`, 64)
    this.#set(meaning, value ?? next ?? "")
    return value === undefined ? 1 : 0
  }

  #name(name: string): void {
    this.options.names.push({ name, directory: this.#directory })
  }

  #lines(path: string): string[] {
    return this.#process.files
      .readText(path)
      .split(/[\n\0]/)
      .filter((line) => line !== "")
  }

  #set(name: string, value: string): void {
    const { options } = this
    const mode = Object.hasOwn(MODES, name) ? MODES[name] : undefined
    if (mode) this.modes.add(mode)
    else if (name === "f") options.file = value
    else if (name === "C")
      this.#directory = value.startsWith("/") || this.#directory === "" ? value : `${this.#directory.replace(/\/$/, "")}/${value}`
    else if (name === "T") for (const line of this.#lines(value)) this.#name(line)
    else if (name === "X") options.excludes.push(...this.#lines(value))
    else if (name === "exclude") options.excludes.push(value)
    else if (name === "exclude-vcs") options.excludes.push(...VCS)
    else if (name === "z") options.zipped = true
    else if (name === "I") options.zipped = /^(gzip|pigz)\b/.test(value) || this.#missing(value.split(" ")[0])
    else if (name === "j" || name === "J" || name === "zstd") this.#missing(name === "j" ? "bzip2" : name === "J" ? "xz" : "zstd")
    else if (name === "a") this.#auto = true
    else if (name === "v") options.verbose++
    else if (name === "strip") options.strip = Number(value)
    else if (name === "transform") this.#transform(value)
    else if (name === "O") options.toOutput = true
    else if (name === "k") options.keep = true
    else if (name === "skip-old-files") options.skipOld = true
    else if (name === "wildcards") options.wildcards = true
    else if (name === "P") options.absolute = true
    else if (name === "numeric") options.numeric = true
    else if (name === "remove-files") options.removeFiles = true
    else if (name === "h") options.follow = true
    else if (name === "no-recursion") options.noRecursion = true
    else if (name === "sort") options.sorted = value === "name"
    else if (name === "mode") options.permissions = Number.parseInt(value, 8)
    else if (name === "owner") options.owner = value
    else if (name === "group") options.group = value
  }

  #transform(script: string): void {
    try {
      this.options.transforms.push(new Transform(script))
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      throw new TarError(`Invalid transform expression\n${HELP}`)
    }
  }

  /** A compressor that these machines do not have. */
  #missing(name: string): never {
    throw new TarError(
      `${name}: Cannot exec: No such file or directory\ntar: Error is not recoverable: exiting now\ntar: Child returned status 2\ntar: Error is not recoverable: exiting now`,
    )
  }
}

/** Throws TarError; SystemError where a list of names cannot be read. */
export const readCommandLine = (process: Process, args: readonly string[]): TarOptions => {
  const line = new CommandLine(process)
  line.read(args)
  if (line.modes.size === 0) throw new TarError(`You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n${HELP}`)
  if (line.modes.size > 1) throw new TarError(`You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option\n${HELP}`)
  line.options.mode = [...line.modes][0]
  return line.options
}
