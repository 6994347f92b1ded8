/** JSON values as YAML, in the layout of sigs.k8s.io/yaml: sorted keys, lists not indented. For large answers, which a general writer takes seconds for. */
import { stringify } from "yaml"
import { isObject } from "./frozen.ts"

const STYLE = { lineWidth: 0, indentSeq: false } as const

/** Texts that need no quotes and mean nothing else. */
const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./-]*$/
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n|\.inf|\.nan|~)$/i

/** A text after "key: ", its further lines indented. */
const textOf = (value: string, indent: string): string => {
  if (PLAIN.test(value) && !WORDS.test(value)) return value
  // Blocks that begin or end with empty lines need marks of their own: quotes say the same.
  if (value.includes("\n") && /^\s|\n\s*\n$|[^\S\n]\n|[^\S\n]$/.test(value)) return JSON.stringify(value)
  return stringify({ k: value }, STYLE)
    .slice("k:".length)
    .trimEnd()
    .split("\n")
    .map((line, index) => (index === 0 || line === "" ? line : indent + line))
    .join("\n")
    .trimStart()
}

const keyOf = (key: string): string => {
  if (PLAIN.test(key) && !WORDS.test(key)) return key
  const text = stringify({ [key]: 0 }, STYLE).trimEnd()
  return text.startsWith("?") ? JSON.stringify(key) : text.slice(0, -": 0".length)
}

const scalar = (value: unknown): string => (value === null || value === undefined ? "null" : stringify(value).trimEnd())

/** `lines` gets what follows; the first line continues the one that `head` began. */
const write = (value: unknown, indent: string, head: string, lines: string[]): void => {
  if (Array.isArray(value)) {
    if (value.length === 0) return void lines.push(`${head}[]`)
    for (const [index, item] of value.entries()) {
      const before = `${index === 0 ? head : indent}- `
      if (typeof item === "string") lines.push(before + textOf(item, indent))
      else write(item, `${indent}  `, before, lines)
    }
    return
  }
  if (isObject(value)) {
    const keys = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort((a, b) => (a < b ? -1 : 1))
    if (keys.length === 0) return void lines.push(`${head}{}`)
    for (const [index, key] of keys.entries()) {
      const before = `${index === 0 ? head : indent}${keyOf(key)}:`
      const member = value[key]
      const isNested = (Array.isArray(member) && member.length > 0) || (isObject(member) && Object.keys(member).length > 0)
      if (!isNested) write(member, indent, `${before} `, lines)
      else {
        lines.push(before)
        const below = Array.isArray(member) ? indent : `${indent}  `
        write(member, below, below, lines)
      }
    }
    return
  }
  lines.push(head + (typeof value === "string" ? textOf(value, indent) : scalar(value)))
}

/** The text ends in a newline. */
export const yamlText = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return stringify(value, STYLE)
  const lines: string[] = []
  write(value, "", "", lines)
  return `${lines.join("\n")}\n`
}
