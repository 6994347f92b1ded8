/** Helm's functions beside sprig's. As helm/pkg/engine/funcs.go. */
import { type Functions, floatsIn, goJson, goYaml, isMap, readYaml, sprig, typed, YamlError } from "@drydock/gotemplate"
import { toToml } from "./toml.ts"

const WARN = "HELM_ERR_START"
const END = "HELM_ERR_END"

/** The message that required or fail put into an error. */
export const warningIn = (text: string): string | undefined => {
  const from = text.indexOf(WARN)
  const to = text.lastIndexOf(END)
  return from < 0 || to < from ? undefined : text.slice(from + WARN.length, to)
}

const yaml = (value: unknown): string => goYaml(value).replace(/\n$/, "")

/** go-yaml v3 with lists indented. */
const pretty = (value: unknown): string => {
  const lines = yaml(value).split("\n")
  // A list below a key moves two to the right, and what is inside of it with it.
  const result: string[] = []
  const levels: { at: number; by: number }[] = []
  let previous: string | undefined
  for (const line of lines) {
    const indent = line.length - line.trimStart().length
    while (
      levels.length > 0 &&
      (indent < levels[levels.length - 1].at || (indent === levels[levels.length - 1].at && !line.startsWith("- ", indent)))
    )
      levels.pop()
    if (
      line.startsWith("- ", indent) &&
      previous?.endsWith(":") &&
      previous.replace(/^[ -]*/, "") !== "" &&
      previous.search(/[^ -]/) === indent
    )
      levels.push({ at: indent, by: 2 })
    result.push(" ".repeat(2 * levels.length) + line)
    previous = line
  }
  return result.join("\n")
}

const parsed = (text: string): unknown => {
  const [first] = readYaml(text, { lastWins: true })
  return floatsIn(first ?? null)
}

const fromYaml = (text: string): unknown => {
  try {
    const value = parsed(text) ?? {}
    if (isMap(value)) return value
    const kind = Array.isArray(value) ? "array" : typeof value === "string" ? "string" : typeof value === "boolean" ? "bool" : "number"
    return {
      Error: `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return { Error: `error converting YAML to JSON: ${error.message}` }
  }
}

const fromYamlArray = (text: string): unknown => {
  try {
    const value = parsed(text) ?? []
    if (Array.isArray(value)) return value
    const kind = isMap(value) ? "object" : typeof value === "string" ? "string" : typeof value === "boolean" ? "bool" : "number"
    return [`error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type []interface {}`]
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    return [`error converting YAML to JSON: ${error.message}`]
  }
}

const json = (text: string, fits: (value: unknown) => boolean, otherwise: (message: string) => unknown, type: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    if (fits(value)) return floatsIn(value)
    const kind = Array.isArray(value)
      ? "array"
      : isMap(value)
        ? "object"
        : value === null
          ? "null"
          : typeof value === "boolean"
            ? "bool"
            : typeof value
    return otherwise(`json: cannot unmarshal ${kind} into Go value of type ${type}`)
  } catch {
    const bad = text.trim()[0]
    return otherwise(bad === undefined ? "unexpected end of JSON input" : `invalid character '${bad}' looking for beginning of value`)
  }
}

export interface FunctionOptions {
  /** ms since the epoch. */
  now: () => number
  /** In [0, 1). */
  random: () => number
  /** Linting: what is required may be missing; told what was. */
  lint?: (level: "WARN" | "INFO", text: string, message: string) => void
  /** Objects of the cluster; without one there are none. */
  lookup?: (apiVersion: string, kind: string, namespace: string, name: string) => unknown
}

export const helmFunctions = ({ now, random, lint, lookup }: FunctionOptions): Functions => ({
  ...sprig({ now, random }),
  toYaml: typed("any", yaml),
  mustToYaml: typed("any", yaml),
  toYamlPretty: typed("any", pretty),
  fromYaml: typed("string", fromYaml),
  fromYamlArray: typed("string", fromYamlArray),
  toJson: typed("any", (value: unknown) => goJson(value)),
  mustToJson: typed("any", (value: unknown) => goJson(value)),
  fromJson: typed("string", (text: string) => json(text, isMap, (message) => ({ Error: message }), "map[string]interface {}")),
  fromJsonArray: typed("string", (text: string) => json(text, Array.isArray, (message) => [message], "[]interface {}")),
  toToml: typed("any", toToml),
  getHostByName: typed("string", () => ""),
  lookup: typed("string, string, string, string", (apiVersion: string, kind: string, namespace: string, name: string) =>
    lint || !lookup ? {} : lookup(apiVersion, kind, namespace, name),
  ),
  required: typed("string, any", (message: string, value: unknown) => {
    if (value !== null && value !== undefined && value !== "") return value
    if (lint) {
      lint("WARN", value === "" ? "missing required values" : "missing required value", message)
      return ""
    }
    throw new Error(`${WARN}${message}${END}`)
  }),
  fail: typed("string", (message: string) => {
    if (lint) {
      lint("INFO", "funcMap fail", message)
      return ""
    }
    throw new Error(`${WARN}${message}${END}`)
  }),
})
