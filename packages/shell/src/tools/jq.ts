/** jq: JSON in, a program over it, JSON out. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { JqError } from "../jq/error.ts"
import { UndefinedError } from "../jq/evaluate.ts"
import { type Json, JsonReader, JsonSyntaxError, parseJson, type PrintOptions, printJson } from "../jq/json.ts"
import { JqSyntaxError } from "../jq/parse.ts"
import { CompileError, compileJq, type Program } from "../jq/program.ts"
import { MatchLimitError } from "../text/perl-regex.ts"

const USAGE = `Usage:\tjq [OPTIONS] FILTER [FILES...]
\tjq [OPTIONS] -n FILTER

jq runs FILTER over each JSON value of its input and prints what comes of it as JSON.

Options:
  -n, --null-input          one null instead of input
  -R, --raw-input           each line is a string
  -s, --slurp               all input as one array
  -c, --compact-output      one line a value
  -r, --raw-output          strings as they are
  -j, --join-output         as -r, without newlines
  -a, --ascii-output        only ASCII
  -S, --sort-keys           keys in order
  -C, --color-output        with colours
  -M, --monochrome-output   without
      --tab                 indent by tabs
      --indent n            indent by n blanks
  -e, --exit-status         exit code by the last value
  -f, --from-file file      the filter is in a file
      --arg name value      $name is a string
      --argjson name value  $name is JSON
      --slurpfile name file $name is an array of the file's values
      --rawfile name file   $name is the file's text
      --args                words are positional strings
      --jsonargs            words are positional JSON
  -h, --help                this
  -V, --version             the version
`

export interface JqOptions {
  filter: string
  files: string[]
  nullInput: boolean
  rawInput: boolean
  slurp: boolean
  /** Strings are printed bare; "join" prints no newlines either. */
  raw: boolean
  join: boolean
  exitStatus: boolean
  print: PrintOptions
  variables: Map<string, Json>
}

export class UsageError extends Error {}

const LONG: Readonly<Record<string, string>> = {
  "null-input": "n",
  "raw-input": "R",
  slurp: "s",
  "compact-output": "c",
  "raw-output": "r",
  "raw-output0": "r",
  "join-output": "j",
  "ascii-output": "a",
  "sort-keys": "S",
  "color-output": "C",
  "monochrome-output": "M",
  "exit-status": "e",
  "from-file": "f",
  help: "h",
  version: "V",
  unbuffered: "",
  seq: "",
  stream: "",
}

/** Text values of a named argument read from a file. */
const fileText = (process: Process, path: string, name: string): string => {
  try {
    return process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new UsageError(`Bad JSON in --${name}: Could not open ${path}: ${error.message}`)
  }
}

const valuesIn = (text: string): Json[] => {
  const reader = new JsonReader(text)
  const values: Json[] = []
  for (let next = reader.next(); next; next = reader.next()) values.push(next.value)
  return values
}

/** Command line of jq, also yq's. Undefined: help or version were asked for and printed. */
export function* parseArguments(process: Process, tool: string, args: readonly string[]): Steps<JqOptions | undefined> {
  const options: JqOptions = {
    filter: "",
    files: [],
    nullInput: false,
    rawInput: false,
    slurp: false,
    raw: false,
    join: false,
    exitStatus: false,
    print: { indent: "  ", colour: process.fds.get(1)?.kind === "tty" && process.env.get("NO_COLOR") === undefined },
    variables: new Map(),
  }
  const positional: Json[] = []
  const named: Map<string, Json> = new Map()
  let filter: string | undefined
  let fromFile = false
  let words: "files" | "strings" | "json" = "files"
  const take = (at: number, count: number, name: string): readonly string[] => {
    const taken = args.slice(at + 1, at + 1 + count)
    if (taken.length < count)
      throw new UsageError(`${tool}: --${name} takes ${count === 1 ? "one parameter" : `two parameters (e.g. --${name} varname value)`}`)
    return taken
  }
  const letter = (one: string): void => {
    switch (one) {
      case "n":
        options.nullInput = true
        break
      case "R":
        options.rawInput = true
        break
      case "s":
        options.slurp = true
        break
      case "c":
        options.print = { ...options.print, indent: undefined }
        break
      case "j":
        options.raw = options.join = true
        break
      case "r":
        options.raw = true
        break
      case "a":
        options.print = { ...options.print, ascii: true }
        break
      case "S":
        options.print = { ...options.print, sortKeys: true }
        break
      case "C":
      case "M":
        options.print = { ...options.print, colour: one === "C" }
        break
      case "e":
        options.exitStatus = true
        break
      case "f":
        fromFile = true
        break
      case "":
        break
      default:
        throw new UsageError(`${tool}: Unknown option: -${one}`)
    }
  }
  let ended = false
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (ended || !word.startsWith("-") || word === "-") {
      if (filter === undefined) filter = word
      else if (words === "files") options.files.push(word)
      else positional.push(words === "json" ? parseJson(word) : word)
      continue
    }
    if (word === "--") {
      ended = true
      continue
    }
    const name = word.startsWith("--") ? word.slice(2) : ""
    if (word === "-h" || name === "help") {
      yield* process.print(USAGE.replaceAll("jq", tool))
      return undefined
    }
    if (word === "-V" || name === "version") {
      yield* process.print(tool === "jq" ? "jq-1.7\n" : "yq 3.1.0\n")
      return undefined
    }
    if (name === "arg") {
      const [key, value] = take(at, 2, name)
      named.set(key, value)
      at += 2
    } else if (name === "argjson") {
      const [key, value] = take(at, 2, name)
      try {
        named.set(key, parseJson(value))
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error
        throw new UsageError(`${tool}: Invalid JSON text passed to --argjson`)
      }
      at += 2
    } else if (name === "slurpfile" || name === "rawfile") {
      const [key, file] = take(at, 2, name)
      const text = fileText(process, file, name)
      named.set(key, name === "rawfile" ? text : valuesIn(text))
      at += 2
    } else if (name === "indent") {
      const width = Number(take(at, 1, name)[0])
      if (!(width >= 0 && width <= 7))
        throw new UsageError(`${tool}: Cannot indent ${width < 0 ? "less than zero" : "more than 7 characters"}`)
      options.print = { ...options.print, indent: width === 0 ? undefined : " ".repeat(width) }
      at++
    } else if (name === "tab") options.print = { ...options.print, indent: "\t" }
    else if (name === "args") words = "strings"
    else if (name === "jsonargs") words = "json"
    else if (name !== "") {
      if (!Object.hasOwn(LONG, name)) throw new UsageError(`${tool}: Unknown option: ${word}`)
      letter(LONG[name])
    } else for (const one of word.slice(1)) letter(one)
  }
  if (fromFile && filter !== undefined) {
    const path = filter
    try {
      filter = process.files.readText(path)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      throw new UsageError(`${tool}: error: Could not open ${path}: ${error.message}`)
    }
  }
  if (filter === undefined) {
    if (process.fds.get(0)?.kind === "tty" || process.fds.get(1)?.kind === "tty") throw new UsageError(USAGE.trimEnd())
    filter = "."
  }
  options.filter = filter
  options.variables = new Map(named)
  options.variables.set("__prog_args", positional)
  options.variables.set(
    "ARGS",
    new Map<string, Json>([
      ["positional", positional],
      ["named", new Map(named)],
    ]),
  )
  return options
}

/** What the inputs hold, read as they are asked for. */
export interface Inputs {
  /** The next value; undefined at the end. Throws JsonSyntaxError. */
  next(): Json | undefined
  /** Lines read so far, where that is known. */
  lines?(): number
}

/** Runs a program over its inputs; jq's exit code. */
export function* runProgram(
  process: Process,
  tool: string,
  options: JqOptions,
  inputs: Inputs,
  print: (value: Json) => string,
): Steps<number> {
  let said = ""
  let program: Program
  let current = ""
  try {
    program = compileJq(options.filter, {
      variables: options.variables,
      environment: process.env,
      now: () => process.now(),
      next: () => inputs.next(),
      tell: (text) => {
        said += text
      },
    })
  } catch (error) {
    if (error instanceof JqSyntaxError || error instanceof CompileError) {
      const detail = error instanceof JqSyntaxError ? `${error.message} (Unix shell quoting issues?)` : error.message
      yield* process.error(`${tool}: error: ${detail} at <top-level>, line 1:\n${options.filter}\n${tool}: 1 compile error\n`)
      return 3
    }
    throw error
  }
  let status = 0
  let last: Json | undefined
  let output = ""
  const flush = function* (): Steps<void> {
    if (said !== "") yield* process.error(said)
    if (output !== "") yield* process.print(output)
    said = output = ""
  }
  const one = function* (input: Json): Steps<boolean> {
    try {
      for (const value of program.run(input)) {
        last = value
        output += print(value)
        if (output.length > 32_768) yield* flush()
      }
    } catch (error) {
      yield* flush()
      if (error instanceof JqError) {
        const { value } = error
        const kind = value instanceof Map ? value.get("__jq") : undefined
        if (value instanceof Map && (kind === "halt" || kind === "halt_error")) {
          if (kind === "halt_error") {
            const message = value.get("value") ?? null
            yield* process.error(typeof message === "string" ? message : `${printJson(message)}\n`)
          }
          status = Number(value.get("code"))
          return false
        }
        status = 5
        yield* process.error(
          `${tool}: error (at ${current === "" ? `${options.files.at(-1) ?? "<stdin>"}:${inputs.lines?.() ?? 0}` : current}): ${error.message}\n`,
        )
      } else if (error instanceof UndefinedError || error instanceof MatchLimitError) {
        yield* process.error(`${tool}: error: ${error.message}\n`)
        status = 5
      } else if (error instanceof RangeError) {
        yield* process.error(`${tool}: error: stack overflow\n`)
        status = 5
        return false
      } else throw error
    }
    yield* flush()
    if (process.charge(1 + program.machine.spent / 2_000)) yield* process.yield()
    return true
  }
  try {
    if (options.nullInput) current = "<unknown>"
    if (options.nullInput) yield* one(null)
    else for (let next = inputs.next(); next !== undefined; next = inputs.next()) if (!(yield* one(next))) return status
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    yield* flush()
    yield* process.error(`${tool}: parse error: ${error.message}\n`)
    return status === 5 ? 5 : 2
  }
  if (status !== 0) return status
  if (options.exitStatus) return last === undefined ? 4 : last === null || last === false ? 1 : 0
  return 0
}

/** Reads all input files; complains of those that cannot be read. */
export function* readInputs(process: Process, tool: string, files: readonly string[]): Steps<{ texts: string[]; ok: boolean }> {
  const texts: string[] = []
  let ok = true
  if (files.length === 0) texts.push(new TextDecoder().decode(yield* process.readAll(0)))
  for (const file of files) {
    try {
      texts.push(file === "-" ? new TextDecoder().decode(yield* process.readAll(0)) : process.files.readText(file))
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`${tool}: error: Could not open ${file}: ${error.message}\n`)
      ok = false
    }
  }
  if (process.charge(texts.reduce((sum, text) => sum + (text.length >> 8), 0))) yield* process.yield()
  return { texts, ok }
}

/** Inputs as -n, -R, -s have them. */
const inputsOf = (text: string, options: JqOptions): Inputs => {
  if (options.rawInput) {
    const lines = options.slurp ? [text] : text.replace(/\n$/, "").split("\n")
    let at = 0
    if (!options.slurp && text === "") return { next: () => undefined }
    return { next: () => (at < lines.length ? lines[at++] : undefined) }
  }
  const reader = new JsonReader(text)
  if (!options.slurp) return { next: () => reader.next()?.value, lines: () => reader.lines }
  let done = false
  return {
    next: () => {
      if (done) return undefined
      done = true
      return valuesIn(text)
    },
  }
}

export const jq = defineTool({
  name: "jq",
  summary: "command-line JSON processor",
  usage: USAGE,
  *run(process, args) {
    let options: JqOptions | undefined
    try {
      options = yield* parseArguments(process, "jq", args)
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof JsonSyntaxError)) throw error
      yield* process.error(
        `${error.message}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq\n`,
      )
      return 2
    }
    if (!options) return 0
    const given = options
    const { texts, ok } =
      given.nullInput && given.files.length === 0 && process.fds.get(0)?.kind === "tty"
        ? { texts: [], ok: true }
        : yield* readInputs(process, "jq", given.files)
    const print = (value: Json) =>
      given.raw && typeof value === "string" ? value + (given.join ? "" : "\n") : printJson(value, given.print) + (given.join ? "" : "\n")
    const status = yield* runProgram(process, "jq", given, inputsOf(texts.join(""), given), print)
    return status === 0 && !ok ? 2 : status
  },
})
