/** python3, as far as lab scripts lean on it: `-m json.tool`, `--version`, and a plain message for everything else. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, readFile } from "./reading.ts"

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Where Python's reader stops: line and column from 1, character from 0. */
const placeOf = (text: string, at: number): string => {
  const before = text.slice(0, at).split("\n")
  return `line ${before.length} column ${before[before.length - 1].length + 1} (char ${at})`
}

/** The complaint of json.decoder about a text that is no JSON. */
const complaintAbout = (text: string): string => {
  let at = 0
  const blank = () => {
    while (/\s/.test(text[at] ?? "")) at++
  }
  const value = (): string | undefined => {
    blank()
    const literal = /^(?:"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)/.exec(text.slice(at))
    if (literal) {
      at += literal[0].length
      return undefined
    }
    if (text[at] === "{" || text[at] === "[") {
      const object = text[at] === "{"
      const close = object ? "}" : "]"
      at++
      blank()
      if (text[at] === close) {
        at++
        return undefined
      }
      for (;;) {
        blank()
        if (object) {
          const name = /^"(?:[^"\\\n]|\\.)*"/.exec(text.slice(at))
          if (!name) return "Expecting property name enclosed in double quotes"
          at += name[0].length
          blank()
          if (text[at] !== ":") return "Expecting ':' delimiter"
          at++
        }
        const problem = value()
        if (problem) return problem
        blank()
        if (text[at] === close) {
          at++
          return undefined
        }
        if (text[at] !== ",") return "Expecting ',' delimiter"
        at++
      }
    }
    return "Expecting value"
  }
  const problem = value()
  if (problem) return `${problem}: ${placeOf(text, at)}`
  blank()
  return `Extra data: ${placeOf(text, at)}`
}

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  const object = value as { readonly [key: string]: Json }
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sorted(object[key])]),
  )
}

const ascii = (text: string): string =>
  text.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

function* jsonTool(process: Process, args: readonly string[]): Steps<number> {
  const { flags, words } = parseOptions(args, {
    letters: "",
    long: {
      "sort-keys": "sort",
      "indent=": "indent",
      "no-indent": "none",
      compact: "compact",
      tab: "tab",
      "no-ensure-ascii": "plain",
      "json-lines": "lines",
    },
  })
  let text: string
  try {
    text = new TextDecoder().decode(yield* readFile(process, words[0] ?? "-"))
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.error(`python3: can't open file '${words[0]}': [Errno 2] ${error.message}\n`)
    return 1
  }
  if (process.charge(text.length >> 8)) yield* process.yield()
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    yield* process.error(`${complaintAbout(text)}\n`)
    return 1
  }
  if (flags.has("sort")) value = sorted(value)
  const indent = flags.has("compact") || flags.has("none") ? undefined : flags.has("tab") ? "\t" : Number(flags.get("indent") ?? 4)
  let shown = JSON.stringify(value, undefined, indent)
  if (flags.has("none"))
    shown = shown.replace(/("(?:[^"\\]|\\.)*")|([,:])/g, (_, quoted: string | undefined, mark: string) => quoted ?? `${mark} `)
  yield* process.print(`${flags.has("plain") ? shown : ascii(shown)}\n`)
  const [, target] = words
  if (target !== undefined) process.files.write(target, `${shown}\n`)
  return 0
}

export const python = defineTool({
  name: "python3",
  aliases: ["python"],
  plain: true,
  summary: "the part of Python that lab scripts use: python3 -m json.tool",
  *run(process, args) {
    if (args[0] === "--version" || args[0] === "-V") {
      yield* process.print("Python 3.12.3\n")
      return 0
    }
    if (args[0] === "-m" && args[1] === "json.tool") return yield* jsonTool(process, args.slice(2))
    yield* process.error(
      args[0] === "-m"
        ? `/usr/bin/python3: No module named ${args[1] ?? ""} in this simulation (json.tool is there)\n`
        : "python3: this simulation has no Python interpreter; `python3 -m json.tool` and jq are there\n",
    )
    return 1
  },
})
