/** KYAML: YAML with braces, quotes and commas. As sigs.k8s.io/yaml/kyaml. */
import { goNumber, sortedKeys } from "@drydock/gotemplate"

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_./-]*$/
const RESERVED = /^(?:y|yes|t|true|on|n|no|f|false|off|null|nan|inf|~)$/i

/** One line's characters; a tab stays one. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1).replaceAll("\\t", "\t")

const quoted = (text: string, indent: string): string => {
  if (!text.includes("\n")) return `"${escaped(text)}"`
  const lines = text.split("\n")
  const open = lines.at(-1) !== ""
  if (!open) lines.pop()
  const body = lines.map((line, at) => {
    const end = at < lines.length - 1 || !open ? "\\n\\" : "\\"
    return `${indent}   ${/^[ \t]/.test(line) ? `\\${escaped(line)}` : escaped(line)}${end}\n`
  })
  return `"\\\n${body.join("")}${indent}  "`
}

const emit = (value: unknown, indent: string, asPut: boolean): string => {
  if (value === null || value === undefined) return "null"
  if (typeof value === "string") return quoted(value, indent)
  if (typeof value === "number") return goNumber(value)
  if (typeof value !== "object") return String(value)
  const below = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]"
    if (value.every((item) => typeof item === "object" && item !== null && !Array.isArray(item) && Object.keys(item).length > 0))
      return `[${value.map((item) => emit(item, indent, asPut)).join(", ")}]`
    return `[\n${value.map((item) => `${below}${emit(item, below, asPut)},\n`).join("")}${indent}]`
  }
  const map = value as Record<string, unknown>
  const keys = (asPut ? Object.keys(map) : sortedKeys(map)).filter((key) => map[key] !== undefined)
  if (keys.length === 0) return "{}"
  return `{\n${keys.map((key) => `${below}${PLAIN_KEY.test(key) && !RESERVED.test(key) ? key : JSON.stringify(key)}: ${emit(map[key], below, asPut)},\n`).join("")}${indent}}`
}

/** `asPut`: keys come in the order in which they were put. */
export const toKyaml = (value: unknown, asPut = false): string => `---\n${emit(value, "", asPut)}\n`
