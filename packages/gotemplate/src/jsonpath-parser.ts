/** Kubernetes' JSONPath templates as trees. As k8s.io/client-go/util/jsonpath/parser.go. */
import { type GoFloat, goFloat } from "./go-values.ts"
import { codePoint, goUnquote } from "./go-quote.ts"

/** Why a path cannot be parsed or followed; `found` is what upstream returns beside the error. */
export class JsonPathError extends Error {
  readonly found: readonly unknown[]
  constructor(message: string, found: readonly unknown[] = []) {
    super(message)
    this.found = found
  }
}

export type Parameter = number | undefined

export type PathNode =
  | { kind: "text"; text: string }
  | { kind: "list"; nodes: PathNode[] }
  | { kind: "field"; name: string }
  | { kind: "wildcard" | "recursive" }
  | { kind: "constant"; value: number | boolean | GoFloat }
  | { kind: "array"; from: Parameter; to: Parameter; step: Parameter /** One index, not a range. */; single: boolean }
  | { kind: "union"; parts: PathNode[][] }
  | { kind: "filter"; left: PathNode[]; operator: string; right: PathNode[] }
  | { kind: "word"; word: string }

const TERMINATORS = new Set([" ", "\t", "\r", "\n", ".", ",", "[", "]", "$", "@", "{", "}"])
const MAX_INT = 2 ** 63

class Parser {
  readonly input: string
  at = 0
  readonly root: PathNode[] = []

  constructor(input: string) {
    this.input = input
  }

  parse(): PathNode[] {
    while (this.at < this.input.length) {
      const open = this.input.indexOf("{", this.at)
      const text = this.input.slice(this.at, open < 0 ? undefined : open)
      if (text) this.root.push({ kind: "text", text })
      if (open < 0) break
      this.at = open + 1
      this.root.push({ kind: "list", nodes: this.action() })
    }
    return this.root
  }

  /** Up to the closing brace. */
  action(): PathNode[] {
    const nodes: PathNode[] = []
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
          `unrecognized character in action: ${codePoint(String.fromCodePoint(this.input.codePointAt(this.at) as number))}`,
        )
    }
  }

  field(): PathNode {
    let name = ""
    while (this.at < this.input.length && !TERMINATORS.has(this.input[this.at])) {
      if (this.input[this.at] === "\\") this.at++
      name += this.input[this.at++] ?? ""
    }
    return name === "*" ? { kind: "wildcard" } : { kind: "field", name: name.replaceAll("\\", "") }
  }

  word(): PathNode {
    const from = this.at
    while (this.at < this.input.length && !TERMINATORS.has(this.input[this.at])) this.at++
    const word = this.input.slice(from, this.at)
    return word === "true" || word === "false" ? { kind: "constant", value: word === "true" } : { kind: "word", word }
  }

  number(): PathNode {
    const [text] = /^[-+]?[\d.]*/.exec(this.input.slice(this.at)) as RegExpExecArray
    this.at += text.length
    if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new JsonPathError(`cannot parse number ${text}`)
    const value = Number(text)
    return { kind: "constant", value: text.includes(".") || Math.abs(value) >= MAX_INT ? goFloat(value) : value }
  }

  quoted(quote: string): PathNode {
    const from = this.at++
    for (;;) {
      const character = this.input[this.at++]
      if (character === undefined || character === "\n") throw new JsonPathError("unterminated quoted string")
      if (character === quote && this.input[this.at - 2] !== "\\") break
    }
    const whole = this.input.slice(from, this.at)
    const text = goUnquote(whole.slice(1, -1), quote)
    if (text === undefined) throw new JsonPathError(`unquote string ${whole} error invalid syntax`)
    return { kind: "text", text }
  }

  bracket(): PathNode[] {
    const end = this.input.indexOf("]", this.at)
    const line = this.input.indexOf("\n", this.at)
    if (end < 0 || (line >= 0 && line < end)) throw new JsonPathError("unterminated array")
    const text = this.input.slice(this.at + 1, end)
    this.at = end + 1
    const parts = text.split(",")
    if (parts.length > 1) return [{ kind: "union", parts: parts.map((part) => inside(`[${part.replace(/^ +| +$/g, "")}]`)) }]
    const key = /^'([^']*)'$/.exec(text)
    if (key) return inside(`.${key[1]}`)
    const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text === "*" ? ":" : text)
    if (!slice) throw new JsonPathError(`invalid array index ${text}`)
    const value = (part: string | undefined): Parameter => {
      const digits = part?.replace(":", "")
      if (!digits) return undefined
      if (digits === "-" || Math.abs(Number(digits)) >= MAX_INT) throw new JsonPathError(`array index ${digits} is not a number`)
      return Number(digits)
    }
    return [{ kind: "array", from: value(slice[1]), to: value(slice[2]), step: value(slice[3]), single: slice[2] === undefined }]
  }

  filter(): PathNode {
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
    const match = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text)
    return match
      ? { kind: "filter", left: inside(match[1]), operator: match[2], right: inside(match[3]) }
      : { kind: "filter", left: inside(text), operator: "exists", right: [] }
  }
}

/** What an action's text says. */
const inside = (text: string): PathNode[] => {
  const [first] = parsePath(`{${text}}`)
  return first?.kind === "list" ? first.nodes : []
}

/** Texts and actions (lists), in order. Throws JsonPathError. */
export const parsePath = (template: string): PathNode[] => new Parser(template).parse()
