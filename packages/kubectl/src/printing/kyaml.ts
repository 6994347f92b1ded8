/** KYAML: YAML with braces, quotes and commas. As sigs.k8s.io/yaml/kyaml. */
import { goNumber, sortedKeys } from "@drydock/gotemplate"

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_./-]*$/
const RESERVED = /^(?:y|yes|true|on|n|no|false|off|null|~)$/i

const quoted = (text: string, indent: string): string => {
  if (!text.includes("\n")) return JSON.stringify(text)
  const lines = text.split("\n")
  return `"\\\n${lines.map((line, at) => `${indent}  ${line.startsWith(" ") ? "\\" : ""}${JSON.stringify(line).slice(1, -1)}${at < lines.length - 1 ? "\\n\\" : "\\"}\n`).join("")}${indent}"`
}

const emit = (value: unknown, indent: string): string => {
  if (value === null || value === undefined) return "null"
  if (typeof value === "string") return quoted(value, indent)
  if (typeof value === "number") return goNumber(value)
  if (typeof value !== "object") return String(value)
  const below = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]"
    if (value.every((item) => typeof item === "object" && item !== null && !Array.isArray(item) && Object.keys(item).length > 0))
      return `[${value.map((item) => emit(item, indent)).join(", ")}]`
    return `[\n${value.map((item) => `${below}${emit(item, below)},\n`).join("")}${indent}]`
  }
  const map = value as Record<string, unknown>
  const keys = sortedKeys(map).filter((key) => map[key] !== undefined)
  if (keys.length === 0) return "{}"
  return `{\n${keys.map((key) => `${below}${PLAIN_KEY.test(key) && !RESERVED.test(key) ? key : JSON.stringify(key)}: ${emit(map[key], below)},\n`).join("")}${indent}}`
}

export const toKyaml = (value: unknown): string => `---\n${emit(value, "")}\n`
