/** sed's scripts: read once into a flat list of commands. As GNU sed/compile.c, whose counting of characters its errors show. */
import { compileRegex, type Regex, RegexError } from "../text/regex.ts"
import { type Address, type Command, SedError } from "./script.ts"

const ESCAPED: Readonly<Record<string, string>> = { a: "\x07", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" }

/** \xHH, \oNNN, \dNNN and \cX as the characters they stand for; `quoted` where the character would mean something else. */
const numbered = (source: string, at: number): { text: string; length: number } | undefined => {
  const rest = source.slice(at, at + 5)
  const code = /^\\x([0-9a-fA-F]{1,2})/.exec(rest) ?? /^\\o([0-7]{1,3})/.exec(rest) ?? /^\\d(\d{1,3})/.exec(rest)
  if (code) {
    const base = rest[1] === "x" ? 16 : rest[1] === "o" ? 8 : 10
    return { text: String.fromCharCode(Number.parseInt(code[1], base) & 0xff), length: code[0].length }
  }
  if (rest[1] === "c" && rest[2] !== undefined) return { text: String.fromCharCode(rest[2].toUpperCase().charCodeAt(0) ^ 0x40), length: 3 }
  return undefined
}

/** A pattern with its numbered characters and control letters put in. */
const plainPattern = (source: string): string => {
  let text = ""
  for (let at = 0; at < source.length; at++) {
    if (source[at] !== "\\") {
      text += source[at]
      continue
    }
    const found = numbered(source, at)
    if (found) {
      text += /[.*[\]^$+?(){}|\\]/.test(found.text) ? `[${found.text === "^" ? "\\^" : found.text}]` : found.text
      at += found.length - 1
    } else {
      const next = source[++at] ?? ""
      text += "afrv".includes(next) && next !== "" ? ESCAPED[next] : `\\${next}`
    }
  }
  return text
}

export interface ScriptPart {
  /** "-e expression #1" or "file F". */
  name: string
  text: string
  /** Of a file: errors tell lines, not characters. */
  file: boolean
}

class Parser {
  #at = 0
  #source: string
  #part: ScriptPart
  readonly #extended: boolean
  readonly #sandbox: boolean
  readonly list: Command[] = []
  readonly #open: number[] = []

  constructor(part: ScriptPart, options: { extended: boolean; sandbox: boolean }) {
    this.#part = part
    this.#source = part.text
    this.#extended = options.extended
    this.#sandbox = options.sandbox
  }

  /** Another -e or -f: a block may go on there. */
  next(part: ScriptPart): void {
    this.#part = part
    this.#source = part.text
    this.#at = 0
  }

  fail(message: string, at = this.#at): never {
    const place = this.#part.file
      ? `file ${this.#part.name} line ${this.#source.slice(0, at).split("\n").length}`
      : `${this.#part.name}, char ${at}`
    throw new SedError(`${place}: ${message}`)
  }

  #peek(): string {
    return this.#source[this.#at] ?? ""
  }

  #skip(characters: string): void {
    while (this.#peek() !== "" && characters.includes(this.#peek())) this.#at++
  }

  #delimited(delimiter: string, what: "s" | "y" | "address", pattern: boolean): string {
    const problem = what === "address" ? "unterminated address regex" : `unterminated \`${what}' command`
    let text = ""
    for (; this.#at < this.#source.length; this.#at++) {
      const character = this.#source[this.#at]
      if (character === delimiter) {
        this.#at++
        return text
      }
      if (character === "\\") {
        const next = this.#source[++this.#at]
        if (next === undefined) break
        if (next === delimiter) text += pattern && delimiter !== "/" && /[.*[\]^$+?(){}|]/.test(delimiter) ? `\\${delimiter}` : delimiter
        else text += character + next
      } else if (pattern && character === "[" && what !== "y") {
        // Inside brackets the delimiter is a character like others.
        let close = this.#at + 1
        if (this.#source[close] === "^") close++
        if (this.#source[close] === "]") close++
        while (close < this.#source.length && this.#source[close] !== "]")
          close = /^\[[:.=]/.test(this.#source.slice(close, close + 2))
            ? Math.max(close + 1, this.#source.indexOf(`${this.#source[close + 1]}]`, close + 2) + 2)
            : close + 1
        if (close >= this.#source.length) {
          this.#at = this.#source.length
          break
        }
        text += this.#source
          .slice(this.#at, close + 1)
          .replace(/\\([nt])/g, (_, letter: string) => ESCAPED[letter])
          .replace(/\\\]/g, "\\]")
        this.#at = close
      } else text += character
    }
    return this.fail(problem)
  }

  /** An empty one is the last that was used when the command runs. */
  #regex(source: string, ignoreCase: boolean, multiline = false): Regex | undefined {
    if (source === "") return undefined
    try {
      return compileRegex(plainPattern(source), { extended: this.#extended, ignoreCase, multiline })
    } catch (error) {
      if (error instanceof RegexError) this.fail(error.message)
      throw error
    }
  }

  #number(): number | undefined {
    const digits = /^\d+/.exec(this.#source.slice(this.#at, this.#at + 16))?.[0]
    if (digits === undefined) return undefined
    this.#at += digits.length
    return Number(digits)
  }

  #address(second: boolean): Address | undefined {
    const first = this.#peek()
    if (/\d/.test(first)) {
      const line = this.#number() as number
      this.#skip(" \t")
      if (this.#peek() !== "~") return { kind: "line", line }
      this.#at++
      return { kind: "step", from: line, by: this.#number() ?? 0 }
    }
    if (second && (first === "+" || first === "~")) {
      this.#at++
      const count = this.#number() ?? this.fail("expected number")
      return first === "+" ? { kind: "plus", count } : { kind: "multiple", of: count }
    }
    if (first === "$") {
      this.#at++
      return { kind: "last" }
    }
    if (first !== "/" && first !== "\\") return undefined
    if (first === "\\") this.#at++
    const delimiter = this.#source[this.#at++] ?? this.fail("unexpected `,'")
    const source = this.#delimited(delimiter, "address", true)
    const flags = /^[IM]*/.exec(this.#source.slice(this.#at))?.[0] ?? ""
    this.#at += flags.length
    return { kind: "regex", regex: this.#regex(source, flags.includes("I"), flags.includes("M")) }
  }

  /** The text of a, i and c: one-line form, or after a backslash and a newline. */
  #text(): string {
    this.#skip(" \t")
    if (this.#peek() === "") this.fail("expected \\ after `a', `c' or `i'")
    if (this.#peek() === "\\") {
      const rest = /^\\[ \t]*\n/.exec(this.#source.slice(this.#at))
      if (rest) this.#at += rest[0].length
      else {
        // One backslash keeps the blanks behind it; those before it are gone.
        this.#at++
      }
      if (this.#peek() === "" && !rest) this.fail("expected \\ after `a', `c' or `i'")
    }
    let text = ""
    for (; this.#at < this.#source.length && this.#peek() !== "\n"; this.#at++) {
      if (this.#peek() === "\\" && this.#at + 1 < this.#source.length) {
        this.#at++
        text += ESCAPED[this.#peek()] ?? this.#peek()
      } else text += this.#peek()
    }
    return text
  }

  #rest(): string {
    const text = /^[ \t]*([^\n]*)/.exec(this.#source.slice(this.#at)) as RegExpExecArray
    this.#at += text[0].length
    if (text[1] === "") this.fail("missing filename in r/R/w/W commands")
    return text[1]
  }

  #substitution(command: Command): void {
    const delimiter = this.#source[this.#at++]
    if (delimiter === undefined) this.fail("unterminated `s' command", this.#source.length)
    const source = this.#delimited(delimiter, "s", true)
    command.replacement = this.#delimited(delimiter, "s", false)
    for (;;) {
      const flag = this.#peek()
      if (flag === "w") {
        if (this.#sandbox) this.fail("e/r/w commands disabled in sandbox mode")
        this.#at++
        command.text = this.#rest()
        break
      }
      if (/[0-9]/.test(flag)) {
        if (/\d/.test(command.flags)) this.fail("multiple number options to `s' command", this.#at + 1)
        const count = this.#number() as number
        if (count === 0) this.fail("number option to `s' command may not be zero")
        command.flags += count
        continue
      }
      if (flag !== "" && "gpiIemM".includes(flag)) {
        this.#at++
        if ("gp".includes(flag) && command.flags.includes(flag)) this.fail(`multiple \`${flag}' options to \`s' command`)
        if (flag === "e" && this.#sandbox) this.fail("e/r/w commands disabled in sandbox mode")
        command.flags += flag
        continue
      }
      if (flag !== "" && !/[\s;}#]/.test(flag)) {
        this.#at++
        this.fail("unknown option to `s'")
      }
      break
    }
    command.regex = this.#regex(source, /i/i.test(command.flags), /m/i.test(command.flags))
    const groups = this.#extended ? source.replace(/\\./g, "").split("(").length - 1 : source.split("\\(").length - 1
    for (const [, digit] of command.replacement.replace(/\\\\/g, "").matchAll(/\\([1-9])/g))
      if (Number(digit) > groups && source !== "") this.fail(`invalid reference \\${digit} on \`s' command's RHS`)
  }

  #transliteration(command: Command): void {
    const delimiter = this.#source[this.#at++]
    const plain = (text: string) => text.replace(/\\([\s\S])/g, (all, one: string) => ({ n: "\n", t: "\t", "\\": "\\" })[one] ?? all)
    command.text = plain(this.#delimited(delimiter, "y", false))
    command.replacement = plain(this.#delimited(delimiter, "y", false))
    if ([...command.text].length !== [...command.replacement].length) this.fail("strings for `y' command are different lengths")
  }

  commands(): void {
    for (;;) {
      this.#skip(" \t\r\n;")
      if (this.#peek() === "") return
      if (this.#peek() === "#") {
        while (this.#peek() !== "" && this.#peek() !== "\n") this.#at++
        continue
      }
      const from = this.#address(false)
      let to: Address | undefined
      this.#skip(" \t")
      if (from && this.#peek() === ",") {
        this.#at++
        this.#skip(" \t")
        to = this.#address(true)
        if (!to) this.fail("unexpected `,'", this.#at + 1)
      }
      this.#skip(" \t")
      const negated = this.#peek() === "!"
      if (negated) {
        this.#at++
        this.#skip(" \t")
        if (this.#peek() === "!") this.fail("multiple `!'s", this.#at + 1)
      }
      const name = this.#peek()
      if (name === "") this.fail("missing command")
      this.#at++
      // 0,/regex/ begins before the first line, and 0r puts a file there.
      if (from?.kind === "line" && from.line === 0 && (to ? to.kind !== "regex" : name !== "r"))
        this.fail("invalid usage of line address 0")
      const command: Command = {
        from,
        to,
        negated,
        name,
        text: "",
        regex: undefined,
        replacement: "",
        flags: "",
        target: 0,
        active: from?.kind === "line" && from.line === 0,
        until: 0,
      }
      if (name === "}") {
        if (from) this.fail("} doesn't want any addresses")
        const opened = this.#open.pop()
        if (opened === undefined) this.fail("unexpected `}'")
        this.list[opened].target = this.list.length
      } else {
        this.list.push(command)
        if (name === "{") {
          this.#open.push(this.list.length - 1)
          continue
        }
        this.#argument(command)
      }
      this.#skip(" \t\r")
      if (!/^[\n;}#]|^$/.test(this.#peek())) this.fail("extra characters after command", this.#at + 1)
    }
  }

  #argument(command: Command): void {
    const { name } = command
    if ("erRwW".includes(name) && this.#sandbox) this.fail("e/r/w commands disabled in sandbox mode")
    if (name === "s") this.#substitution(command)
    else if (name === "y") this.#transliteration(command)
    else if ("aic".includes(name)) command.text = this.#text()
    else if ("rRwW".includes(name)) command.text = this.#rest()
    else if (name === "e") {
      const text = /^[ \t]*([^\n]*)/.exec(this.#source.slice(this.#at)) as RegExpExecArray
      this.#at += text[0].length
      command.text = text[1]
    } else if (name === ":") {
      if (command.from) this.fail(": doesn't want any addresses")
      const label = /^[ \t]*([^\s;]*)/.exec(this.#source.slice(this.#at)) as RegExpExecArray
      this.#at += label[0].length
      if (label[1] === "") this.fail('":" lacks a label')
      command.text = label[1]
    } else if ("btT".includes(name)) {
      const label = /^[ \t]*([^\s;}]*)/.exec(this.#source.slice(this.#at)) as RegExpExecArray
      this.#at += label[0].length
      command.text = label[1]
    } else if ("qQlL".includes(name)) {
      this.#skip(" \t")
      if ("qQ".includes(name) && command.to) this.fail("command only uses one address")
      command.text = String(this.#number() ?? "")
    } else if (!"pPdDnNgGhHx=zF".includes(name)) this.fail(`unknown command: \`${name}'`)
  }

  /** The whole list, its blocks and labels resolved. */
  done(): Command[] {
    if (this.#open.length > 0) this.fail("unmatched `{'", 0)
    const labels = new Map(this.list.flatMap(({ name, text }, at) => (name === ":" ? [[text, at] as const] : [])))
    for (const command of this.list) {
      if (!"btT".includes(command.name)) continue
      const target = command.text === "" ? this.list.length : labels.get(command.text)
      if (target === undefined) throw new SedError(`can't find label for jump to \`${command.text}'`, 4)
      command.target = target
    }
    return this.list
  }
}

/** Throws SedError for what is no script. */
export const parseScript = (parts: readonly ScriptPart[], options: { extended: boolean; sandbox: boolean }): Command[] => {
  const parser = new Parser(parts[0], options)
  for (const [at, part] of parts.entries()) {
    if (at > 0) parser.next(part)
    parser.commands()
  }
  return parser.done()
}
