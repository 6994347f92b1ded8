/** python3 -m json.tool. */
import { NO_KEYWORDS, PyException, type Task, type Value } from "../objects/values.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { SystemError } from "@drydock/machine"
import { dumpJson, loadJson } from "./json.ts"

const USAGE = `usage: python3 -m json.tool [-h] [--sort-keys] [--no-ensure-ascii] [--json-lines]
                            [--indent INDENT | --tab | --no-indent | --compact]
                            [infile] [outfile]
`

/** Throws a text: what is wrong with them. */
const parse = (args: readonly string[]) => {
  const options = { sort: false, ascii: true, lines: false, indent: 4 as number | string | null, compact: false, help: false }
  const words: string[] = []
  for (let at = 0; at < args.length; at++) {
    const [name, attached] = args[at].split(/=(.*)/s)
    if (name === "--sort-keys") options.sort = true
    else if (name === "--no-ensure-ascii") options.ascii = false
    else if (name === "--json-lines") options.lines = true
    else if (name === "--tab") options.indent = "\t"
    else if (name === "--no-indent") options.indent = null
    else if (name === "--compact") {
      options.indent = null
      options.compact = true
    } else if (name === "--indent") {
      const value = attached ?? args[++at]
      if (value === undefined) throw "argument --indent: expected one argument"
      if (!/^-?\d+$/.test(value)) throw `argument --indent: invalid int value: '${value}'`
      options.indent = Number(value)
    } else if (name === "-h" || name === "--help") options.help = true
    else if (name.startsWith("-") && name !== "-") throw `unrecognized arguments: ${args[at]}`
    else words.push(args[at])
  }
  return { options, words }
}

export function* jsonTool(python: Interpreter, args: readonly string[]): Task<number> {
  const { process } = python
  let given: ReturnType<typeof parse>
  try {
    given = parse(args)
  } catch (problem) {
    if (typeof problem !== "string") throw problem
    yield* process.error(`${USAGE}python3 -m json.tool: error: ${problem}\n`)
    return 2
  }
  const { options, words } = given
  if (options.help) {
    yield* process.print(USAGE)
    return 0
  }
  let text: string
  try {
    text = new TextDecoder().decode(
      words[0] === undefined || words[0] === "-" ? yield* process.readAll(0) : process.files.readBytes(words[0]),
    )
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.error(`${USAGE}tool.py: error: argument infile: can't open '${words[0]}': [Errno 2] ${error.message}: '${words[0]}'\n`)
    return 2
  }
  const keywords = new Map<string, Value>([
    ["indent", options.indent],
    ["sort_keys", options.sort],
    ["ensure_ascii", options.ascii],
  ])
  if (options.compact) keywords.set("separators", python.tuple([",", ":"]))
  const documents = options.lines ? text.split("\n").filter((line) => line.trim() !== "") : [text]
  let result = ""
  try {
    for (const document of documents) result += `${yield* dumpJson(python, yield* loadJson(python, document, NO_KEYWORDS), keywords)}\n`
  } catch (error) {
    if (!(error instanceof PyException) || !error.cls.mro.some(({ name }) => name === "ValueError")) throw error
    if (result !== "") yield* process.print(result)
    yield* process.error(`${yield* python.str(error)}\n`)
    return 1
  }
  if (words[1] !== undefined) process.files.write(words[1], result)
  else yield* process.print(result)
  return 0
}
