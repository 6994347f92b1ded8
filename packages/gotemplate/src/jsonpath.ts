/** Kubernetes' JSONPath templates. As k8s.io/client-go/util/jsonpath. */
import { type GoFloat, goFloat, goEqual, goJson, goKind, goLess, goType, goValue, isMap, sortedKeys } from "./go-values.ts"

export class JsonPathError extends Error {}

type Parameter = number | undefined

type Node =
  | { kind: "text"; text: string }
  | { kind: "field"; name: string }
  | { kind: "wildcard" }
  | { kind: "recursive" }
  | { kind: "constant"; value: number | boolean | GoFloat }
  | { kind: "array"; from: Parameter; to: Parameter; step: Parameter /** One index, not a range. */; single: boolean }
  | { kind: "union"; parts: Node[][] }
  | { kind: "filter"; left: Node[]; operator: string; right: Node[] }
  | { kind: "word"; word: string }

/** Text between actions, or one action. */
type Part = { text: string } | { action: Node[] }

const TERMINATORS = new Set([" ", "\t", "\r", "\n", ".", ",", "[", "]", "$", "@", "{", "}"])

const unquote = (text: string): string => {
  const escapes: Readonly<Record<string, string>> = {
    n: "\n",
    t: "\t",
    r: "\r",
    a: "\x07",
    b: "\b",
    f: "\f",
    v: "\v",
    "\\": "\\",
    '"': '"',
    "'": "'",
  }
  return text.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    const plain = escapes[code]
    if (plain === undefined) throw new JsonPathError(`unquote string "${text}" error invalid syntax`)
    return plain
  })
}

class Parser {
  readonly input: string
  at = 0
  readonly parts: Part[] = []

  constructor(input: string) {
    this.input = input
  }

  parse(): Part[] {
    while (this.at < this.input.length) {
      const open = this.input.indexOf("{", this.at)
      const text = this.input.slice(this.at, open < 0 ? undefined : open)
      if (text) this.parts.push({ text })
      if (open < 0) break
      this.at = open + 1
      this.parts.push({ action: this.action() })
    }
    return this.parts
  }

  /** Up to the closing brace. */
  action(): Node[] {
    const nodes: Node[] = []
    for (;;) {
      const rest = this.input.slice(this.at, this.at + 3)
      if (rest.startsWith("}")) {
        this.at++
        return nodes
      }
      if (rest.startsWith("[?(")) {
        nodes.push(this.filter())
        continue
      }
      if (rest.startsWith("..")) {
        if (nodes.at(-1)?.kind === "recursive") throw new JsonPathError("invalid multiple recursive descent")
        this.at += 2
        nodes.push({ kind: "recursive" })
        if (/[\p{L}\d_]/u.test(this.input[this.at] ?? "")) nodes.push(this.field())
        continue
      }
      const character = this.input[this.at]
      if (character === undefined || character === "\r" || character === "\n") throw new JsonPathError("unclosed action")
      if (character === " " || character === "@" || character === "$") this.at++
      else if (character === "[") nodes.push(...this.bracket())
      else if (character === '"' || character === "'") nodes.push(this.quoted(character))
      else if (character === ".") {
        this.at++
        nodes.push(this.field())
      } else if (/[-+\d]/.test(character)) nodes.push(this.number())
      else if (/[\p{L}_]/u.test(character)) nodes.push(this.word())
      else
        throw new JsonPathError(
          `unrecognized character in action: U+${(this.input.codePointAt(this.at) ?? 0).toString(16).toUpperCase().padStart(4, "0")} '${String.fromCodePoint(this.input.codePointAt(this.at) ?? 0)}'`,
        )
    }
  }

  field(): Node {
    let name = ""
    while (this.at < this.input.length && !TERMINATORS.has(this.input[this.at])) {
      if (this.input[this.at] === "\\") this.at++
      name += this.input[this.at++] ?? ""
    }
    return name === "*" ? { kind: "wildcard" } : { kind: "field", name }
  }

  word(): Node {
    const from = this.at
    while (this.at < this.input.length && !TERMINATORS.has(this.input[this.at])) this.at++
    const word = this.input.slice(from, this.at)
    return word === "true" || word === "false" ? { kind: "constant", value: word === "true" } : { kind: "word", word }
  }

  number(): Node {
    const [text] = /^[-+]?[\d.]*/.exec(this.input.slice(this.at)) as RegExpExecArray
    this.at += text.length
    if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new JsonPathError(`cannot parse number ${text}`)
    return { kind: "constant", value: text.includes(".") ? goFloat(Number(text)) : Number(text) }
  }

  quoted(quote: string): Node {
    const from = this.at++
    for (;;) {
      const character = this.input[this.at++]
      if (character === undefined || character === "\n") throw new JsonPathError("unterminated quoted string")
      if (character === quote && this.input[this.at - 2] !== "\\") break
    }
    return { kind: "text", text: unquote(this.input.slice(from + 1, this.at - 1)) }
  }

  bracket(): Node[] {
    const end = this.input.indexOf("]", this.at)
    const line = this.input.indexOf("\n", this.at)
    if (end < 0 || (line >= 0 && line < end)) throw new JsonPathError("unterminated array")
    const text = this.input.slice(this.at + 1, end)
    this.at = end + 1
    const parts = text.split(",")
    if (parts.length > 1) return [{ kind: "union", parts: parts.map((part) => only(`{[${part.trim()}]}`)) }]
    const key = /^'([^']*)'$/.exec(text)
    if (key) return only(`{.${key[1]}}`)
    const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text === "*" ? ":" : text)
    if (!slice) throw new JsonPathError(`invalid array index ${text}`)
    const value = (part: string | undefined): Parameter =>
      part === undefined || part === "" || part === ":" ? undefined : Number(part.replace(":", ""))
    return [{ kind: "array", from: value(slice[1]), to: value(slice[2]), step: value(slice[3]), single: slice[2] === undefined }]
  }

  filter(): Node {
    this.at += 3
    const from = this.at
    let quote = ""
    let closed = false
    for (;;) {
      const character = this.input[this.at++]
      if (character === undefined || character === "\n") throw new JsonPathError("unterminated filter")
      if (character === '"' || character === "'") {
        if (!quote) quote = character
        else if (character === quote && this.input[this.at - 2] !== "\\") closed = true
      } else if (character === ")" && (quote === "") === !closed) break
    }
    if (this.input[this.at++] !== "]") throw new JsonPathError("unclosed array expect ]")
    const text = this.input.slice(from, this.at - 2)
    const match = /^([^!<>=]+)([!<>=]+)([\s\S]+?)$/.exec(text)
    return match
      ? { kind: "filter", left: only(`{${match[1]}}`), operator: match[2], right: only(`{${match[3]}}`) }
      : { kind: "filter", left: only(`{${text}}`), operator: "exists", right: [] }
  }
}

const only = (text: string): Node[] => {
  const [part] = new Parser(text).parse()
  return part && "action" in part ? part.action : []
}

const children = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : isMap(value) ? sortedKeys(value).map((key) => value[key]) : []

const descend = (value: unknown): unknown[] => {
  const below = children(value)
  return below.length === 0 ? [] : [value, ...below.flatMap(descend)]
}

const OPERATORS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  "==": goEqual,
  "!=": (a, b) => !goEqual(a, b),
  "<": goLess,
  "<=": (a, b) => goLess(a, b) || goEqual(a, b),
  ">": (a, b) => !goLess(a, b) && !goEqual(a, b),
  ">=": (a, b) => !goLess(a, b),
}

const slice = (value: unknown, { from, to, step, single }: Extract<Node, { kind: "array" }>): unknown[] => {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice`)
  const { length } = value
  let start = from ?? 0
  let end = single ? start + 1 : (to ?? length)
  if (start < 0) start += length
  if (end < 0 || (end === 0 && single)) end += length
  if (start === end) return []
  if (start >= length || start < 0) throw new JsonPathError(`array index out of bounds: index ${start}, length ${length}`)
  if (end > length || end < 0) throw new JsonPathError(`array index out of bounds: index ${end - 1}, length ${length}`)
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`)
  if (step !== undefined && step <= 0) throw new JsonPathError("step must be > 0")
  return value.slice(start, end).filter((_, at) => at % (step ?? 1) === 0)
}

const walk = (nodes: readonly Node[], input: readonly unknown[], allowMissing: boolean): unknown[] => {
  let current: unknown[] = [...input]
  for (const node of nodes) {
    switch (node.kind) {
      case "text":
        current = [node.text]
        break
      case "constant":
        current = current.map(() => node.value)
        break
      case "field": {
        if (current.length === 0) break
        const found = current.flatMap((value) => (isMap(value) && Object.hasOwn(value, node.name) ? [value[node.name]] : []))
        if (found.length === 0 && !allowMissing) throw new JsonPathError(`${node.name} is not found`)
        current = found
        break
      }
      case "wildcard":
        current = current.flatMap(children)
        break
      case "recursive":
        current = current.flatMap(descend)
        break
      case "array":
        current = current.flatMap((value) => slice(value, node))
        break
      case "union":
        current = node.parts.flatMap((part) => walk(part, current, allowMissing))
        break
      case "filter":
        current = current.flatMap((value) => filtered(value, node, allowMissing))
        break
      case "word":
        if (node.word !== "range" && node.word !== "end") throw new JsonPathError(`unrecognized identifier ${node.word}`)
        break
    }
  }
  return current
}

const filtered = (value: unknown, { left, operator, right }: Extract<Node, { kind: "filter" }>, allowMissing: boolean): unknown[] => {
  if (!Array.isArray(value))
    throw new JsonPathError(
      `${value === undefined || value === null ? "<nil>" : goValue(value)} is not array or slice and cannot be filtered`,
    )
  return value.filter((item) => {
    if (operator === "exists") return walk(left, [item], true).length > 0
    const [lefts, rights] = [walk(left, [item], allowMissing), walk(right, [item], allowMissing)]
    if (lefts.length === 0 || rights.length === 0) return false
    if (lefts.length > 1 || rights.length > 1) throw new JsonPathError("can only compare one element at a time")
    const compare = OPERATORS[operator]
    if (!compare) throw new JsonPathError(`unrecognized filter operator ${operator}`)
    try {
      return compare(lefts[0], rights[0])
    } catch (error) {
      // client-go has functions of its own for this, with shorter texts.
      throw new JsonPathError((error as Error).message.replace(/ for comparison: .*/, " for comparison"))
    }
  })
}

const show = (value: unknown): string => {
  const kind = goKind(value)
  return kind === "slice" || kind === "map" ? goJson(value) : value === null || value === undefined ? "null" : goValue(value)
}

/** kubectl accepts ".a", "a", "{a}" and "{.a}". As kubectl/pkg/cmd/get.RelaxedJSONPathExpression. */
export const relaxed = (path: string): string => {
  if (path === "") return path
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(path)
  if (!match)
    throw new JsonPathError(`unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`)
  return `{.${match[1] ?? match[2]}}`
}

export interface JsonPathOptions {
  /** A field that is not there is an error unless this is true (default). */
  readonly allowMissing?: boolean
  /** Each action's values as a JSON list. */
  readonly asJson?: boolean
}

/** What each action of the template finds, in order; text is a result too. */
const results = (parts: readonly Part[], root: unknown, allowMissing: boolean): unknown[][] => {
  let at = 0
  const block = (current: unknown, nested: boolean): unknown[][] => {
    const found: unknown[][] = []
    while (at < parts.length) {
      const part = parts[at++]
      if ("text" in part) {
        found.push([part.text])
        continue
      }
      const first = part.action[0]
      if (first?.kind === "word" && first.word === "end") {
        if (!nested) throw new JsonPathError("not in range, nothing to end")
        return found
      }
      const values = walk(part.action, [current], allowMissing)
      if (first?.kind !== "word") {
        found.push(values)
        continue
      }
      const body = at
      // A range without results is run once for nothing, to find its end.
      for (const value of values.length > 0 ? values : [undefined]) {
        at = body
        const inside = block(value, true)
        if (values.length > 0) found.push(...inside)
      }
    }
    return found
  }
  return block(root, false)
}

/** A template, parsed once. Throws JsonPathError. */
export const parseJsonPath = (template: string) => {
  const parts = new Parser(template).parse()
  return {
    /** Its text for `root`. */
    text: (root: unknown, { allowMissing = true, asJson = false }: JsonPathOptions = {}): string =>
      results(parts, root, allowMissing)
        .map((values) => (asJson ? `${goJson(values, "    ")}\n` : values.map(show).join(" ")))
        .join(""),
    /** All values that it finds, flat. */
    values: (root: unknown, allowMissing = true): unknown[] => results(parts, root, allowMissing).flat(),
  }
}

export const jsonPath = (template: string, root: unknown, allowMissing = true): string =>
  parseJsonPath(template).text(root, { allowMissing })

/** The values that a single path (braces or not) finds. */
export const jsonPathValues = (path: string, root: unknown): unknown[] => parseJsonPath(relaxed(path)).values(root)
