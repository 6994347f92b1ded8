/** yq: jq over YAML, as Debian's package yq wraps it; -y and -i write YAML again. */
import { type Document, parseAllDocuments, stringify } from "yaml"
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { fromPlain, type Json, JsonSyntaxError, printJson } from "../jq/json.ts"
import { parseArguments, readInputs, runProgram, UsageError } from "./jq.ts"

class YamlError extends Error {}

const toPlain = (value: Json): unknown =>
  Array.isArray(value) ? value.map(toPlain) : value instanceof Map ? new Map([...value].map(([key, item]) => [key, toPlain(item)])) : value

const toYaml = (value: Json): string => stringify(toPlain(value), { lineWidth: 0, indentSeq: false })

/** Documents of a text. Throws YamlError. */
const documents = (text: string): Json[] =>
  (parseAllDocuments(text, { uniqueKeys: false }) as readonly Document[]).map((document) => {
    const [problem] = document.errors
    if (problem) throw new YamlError(problem.message)
    return fromPlain(document.toJS({ mapAsMap: true, maxAliasCount: 100 }))
  })

function* evaluate(
  process: Process,
  args: readonly string[],
  yaml: boolean,
  text: string | undefined,
): Steps<{ status: number; output: string }> {
  const options = yield* parseArguments(process, "yq", args)
  if (!options) return { status: 0, output: "" }
  const { texts, ok } =
    text === undefined
      ? options.nullInput
        ? { texts: [], ok: true }
        : yield* readInputs(process, "yq", options.files)
      : { texts: [text], ok: true }
  const values = texts.flatMap(documents)
  const queue = options.slurp ? [values] : [...values]
  let output = ""
  let first = true
  const status = yield* runProgram(process, "yq", options, { next: () => queue.shift() }, (value) => {
    if (options.raw && typeof value === "string" && !yaml) output += value + (options.join ? "" : "\n")
    else if (yaml) output += `${first ? "" : "---\n"}${toYaml(value)}`
    else output += `${printJson(value, options.print)}\n`
    first = false
    return ""
  })
  return { status: status === 0 && !ok ? 2 : status, output }
}

export const yq = defineTool({
  name: "yq",
  plain: true,
  summary: "command-line YAML processor, a wrapper of jq",
  *run(process, args) {
    let yaml = false
    let inPlace = false
    const rest: string[] = []
    for (let at = 0; at < args.length; at++) {
      const word = args[at]
      if (word === "-y" || word === "--yaml-output" || word === "-Y" || word === "--yaml-roundtrip" || word === "-P") yaml = true
      else if (word === "-i" || word === "--in-place") yaml = inPlace = true
      else if (word === "-o" || word === "--output-format") yaml = args[++at] !== "json"
      else if (word === "-w" || word === "--width" || word === "--indentless-lists") continue
      else if ((word === "e" || word === "eval") && rest.length === 0 && args.length > 1) continue
      else rest.push(word)
    }
    try {
      if (!inPlace) {
        const { status, output } = yield* evaluate(process, rest, yaml, undefined)
        yield* process.print(output)
        return status
      }
      const file = rest.at(-1) ?? ""
      const { status, output } = yield* evaluate(process, rest.slice(0, -1), true, process.files.readText(file))
      if (status === 0) process.files.write(file, output)
      return status
    } catch (error) {
      if (error instanceof UsageError || error instanceof JsonSyntaxError) {
        yield* process.error(`${error.message}\n`)
        return 2
      }
      if (error instanceof YamlError || (error instanceof SystemError && error.code !== "EPIPE") || error instanceof ReferenceError) {
        yield* process.error(`yq: Error running jq: ${error.message}\n`)
        return 1
      }
      throw error
    }
  },
})
