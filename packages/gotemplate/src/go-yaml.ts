/** YAML as Kubernetes' tools print it: sorted keys, lists not indented. As sigs.k8s.io/yaml over go-yaml v2's encoder and emitter. */
import { GoFloat, goFloatText, goNumber, sortedKeys } from "./go-values.ts"

/** Texts that go-yaml v2 would read as something else than text. */
const WORDS = new Set(
  "y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ~ null Null NULL << .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF".split(
    " ",
  ),
)
const NUMBER = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$|^[-+]?0[xX][0-9a-fA-F]+$|^[-+]?0[bB][01]+$|^[-+]?0[oO]?[0-7]+$/
const TIME = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d*)?(Z|[-+]\d{2}:\d{2})?)?$/
const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const WIDTH = 80

const isText = (text: string): boolean =>
  text !== "" &&
  !WORDS.has(text) &&
  !(/^[-+.\d]/.test(text) && (NUMBER.test(text.replaceAll("_", "")) || TIME.test(text))) &&
  !BASE60.test(text)

interface Analysis {
  plain: boolean
  single: boolean
  block: boolean
}

/** What begins a token of another kind: at the start of a text, or within it. */
const INDICATORS = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t\n\r]|$))|:(?:[ \t\n\r]|$)|[ \t\n\r]#/
const SPECIAL = /[^\x20-\x7e\n\x85\xa0-\ufffd]|\ufeff/

/** Which styles may hold a text. As yaml_emitter_analyze_scalar. */
const analyse = (text: string): Analysis => {
  const special = SPECIAL.test(text)
  const spaceBreak = text.includes(" \n")
  const breakSpace = text.includes("\n ")
  const edges = /^[ \n]|[ \n]$/.test(text)
  return {
    plain: text !== "" && !special && !text.includes("\n") && !edges && !INDICATORS.test(text),
    single: !special && !spaceBreak && !breakSpace,
    block: !special && !spaceBreak && !text.endsWith(" "),
  }
}

const doubleEscapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\ufeff": "\\ufeff",
  "\u2028": "\\L",
  "\u2029": "\\P",
}

const ESCAPED = /["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]/g

const escaped = (character: string): string => {
  if (doubleEscapes[character]) return doubleEscapes[character]
  const code = character.charCodeAt(0)
  return code < 0x20 || (code >= 0x7f && code < 0xa0) ? `\\x${code.toString(16).toUpperCase().padStart(2, "0")}` : character
}

/** Most texts: nothing in them could be read as something else, whatever stands around them. */
const SIMPLE = /^[A-Za-z_/][A-Za-z0-9_./-]*$/
const LONGEST_WORD = 5

/** Breaks a text at spaces once a line is longer than 80, as the emitter does while it writes. */
const folded = (parts: readonly string[], start: number, indent: string, edges: boolean, double: boolean): string => {
  let column = start
  let text = ""
  let spaces = false
  for (const [at, part] of parts.entries()) {
    if (part === " ") {
      const inner = !edges || (at > 0 && at < parts.length - 1)
      if (!spaces && column > WIDTH && inner && (double || parts[at + 1] !== " ")) {
        text += `\n${indent}`
        column = indent.length
        if (double && parts[at + 1] === " ") {
          text += "\\"
          column++
        }
      } else {
        text += " "
        column++
      }
      spaces = true
    } else {
      text += part
      column += part.length
      spaces = false
    }
  }
  return text
}

/** A whole number is an int to YAML whatever it was to Go: it went through JSON. */
const yamlNumber = (value: number): string => (Number.isInteger(value) ? goNumber(value) : goFloatText(value))

/** `column`: where it begins; `indent`: of its further lines. */
const scalar = (value: unknown, column: number, indent: string, key = false): string => {
  if (value === null || value === undefined) return "null"
  if (typeof value === "number" || value instanceof GoFloat) return yamlNumber(Number(value))
  if (typeof value !== "string") return String(value)
  if (SIMPLE.test(value) && (value.length > LONGEST_WORD || !WORDS.has(value))) return value
  const allowed = analyse(value)
  if (!key && value.includes("\n") && allowed.block) {
    const hint = /^[ \n]/.test(value) ? "2" : ""
    const chomp = !value.endsWith("\n") ? "-" : value === "\n" || value.endsWith("\n\n") ? "+" : ""
    const body = value.endsWith("\n") ? value.slice(0, -1) : value
    return `|${hint}${chomp}\n${body
      .split("\n")
      .map((line) => (line === "" ? "" : indent + line))
      .join("\n")}`
  }
  const textual = isText(value)
  // Lines are broken at spaces, beyond their width.
  const fits = key || !value.includes(" ") || column + 2 * value.length <= WIDTH
  if (textual && allowed.plain) return fits ? value : folded([...value], column, indent, false, false)
  if (!value.includes("\n") && textual && allowed.single) {
    if (fits) return `'${value.replaceAll("'", "''")}'`
    const parts = [...value].map((character) => (character === "'" ? "''" : character))
    return `'${folded(parts, column + 1, indent, true, false)}'`
  }
  if (key || !value.includes(" ")) return `"${value.replace(ESCAPED, escaped)}"`
  return `"${folded([...value].map(escaped), column + 1, indent, true, true)}"`
}

const hasNothing = (value: Readonly<Record<string, unknown>>): boolean => {
  for (const name in value) if (value[name] !== undefined) return false
  return true
}

const isEmpty = (value: object): boolean => (Array.isArray(value) ? value.length === 0 : hasNothing(value as Record<string, unknown>))

/** A member of a mapping, its first line not indented. */
const memberText = (name: string, member: unknown, indent: string): string => {
  const key = scalar(name, 0, "", true)
  if (typeof member !== "object" || member === null || member instanceof GoFloat)
    return `${key}: ${scalar(member, indent.length + key.length + 2, `${indent}  `)}`
  if (isEmpty(member)) return `${key}: ${Array.isArray(member) ? "[]" : "{}"}`
  const below = Array.isArray(member) ? indent : `${indent}  `
  return `${key}:\n${below}${block(member, below)}`
}

/** Lines of a value in block style; the first is not indented. */
const block = (value: unknown, indent: string): string => {
  if (typeof value !== "object" || value === null || value instanceof GoFloat) return scalar(value, indent.length, `${indent}  `)
  if (isEmpty(value)) return Array.isArray(value) ? "[]" : "{}"
  let text = ""
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === "" ? "" : `\n${indent}`}- ${inItem(item, indent)}`
    return text
  }
  const map = value as Record<string, unknown>
  for (const name of sortedKeys(map))
    if (map[name] !== undefined) text += `${text === "" ? "" : `\n${indent}`}${memberText(name, map[name], indent)}`
  return text
}

const inItem = (item: unknown, indent: string): string =>
  typeof item === "object" && item !== null && !(item instanceof GoFloat)
    ? block(item, `${indent}  `)
    : scalar(item, indent.length + 2, `${indent}  `)

export const goYaml = (value: unknown): string => `${block(value, "")}\n`

/** The same text in parts, for who need not have it at once: `list`, which stands for the member `name`, is gone through as they are taken. */
export function* goYamlParts(value: Readonly<Record<string, unknown>>, name: string, list: Iterable<unknown>): Generator<string> {
  for (const member of sortedKeys({ ...value, [name]: list }))
    if (member !== name) {
      if (value[member] !== undefined) yield `${memberText(member, value[member], "")}\n`
    } else {
      let begun = false
      for (const item of list) {
        yield `${begun ? "" : `${scalar(name, 0, "", true)}:\n`}- ${inItem(item, "")}\n`
        begun = true
      }
      if (!begun) yield `${memberText(name, [], "")}\n`
    }
}
