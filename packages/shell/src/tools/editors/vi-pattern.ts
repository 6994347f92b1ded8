/** vim's patterns (:help pattern) on the budgeted matcher: all four magic levels, look-around, \zs and \ze, places, several lines. As regexp.c. */
import { PerlRegex, PerlSyntaxError } from "../../text/perl-regex.ts"
import { ExError } from "./vi-ex.ts"

/** One character to the matcher: it is repeated without a group, and so without recursion over long lines. */
const SINGLE = /^(?:\.|\\x\{[0-9a-f]+\}|\\[nrt]|\[(?:\[:\w+:\]|\\.|[^\]\\])+\])$/

/** Where a search stands: what \%23l, \%V and the ends of the text are measured by. Rows count from 0. */
export interface PatternPlace {
  readonly row: number
  readonly last: number
  readonly cursor: { readonly row: number; readonly column: number }
  readonly mark: (name: string) => { readonly row: number; readonly column: number } | undefined
}

export interface PatternMatch {
  readonly index: number
  readonly end: number
  readonly groups: readonly (string | undefined)[]
}

export interface Pattern {
  /** It can go on in the next lines: look in a line and those behind it, "\n" between. */
  readonly lines: boolean
  /** The first match that begins at UTF-16 unit `from` or later. */
  find(text: string, from: number, place: PatternPlace): PatternMatch | undefined
}

interface PatternOptions {
  readonly ignorecase: boolean
  readonly smartcase: boolean
  /** What the last :s put in (~). */
  readonly last: string
}

type Magic = "v" | "m" | "M" | "V"

/** Characters that can be special, and the levels at which they are so without a backslash. */
const SPECIAL: Readonly<Record<string, string>> = {
  "^": "vmM",
  $: "vmM",
  ".": "vm",
  "*": "vm",
  "[": "vm",
  "~": "vm",
  "=": "v",
  "+": "v",
  "?": "v",
  "(": "v",
  ")": "v",
  "|": "v",
  "{": "v",
  "@": "v",
  "%": "v",
  "<": "v",
  ">": "v",
  "&": "v",
}

/** 'iskeyword' as it is set: letters of all scripts, digits, "_". */
const KEYWORD =
  "0-9A-Za-z_\\x{b5}\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{1fff}\\x{2c00}-\\x{2dff}\\x{3040}-\\x{d7ff}\\x{f900}-\\x{fdff}\\x{20000}-\\x{2ffff}"
const CLASSES: Readonly<Record<string, string>> = {
  s: " \\t",
  d: "0-9",
  x: "0-9A-Fa-f",
  o: "0-7",
  w: "0-9A-Za-z_",
  h: "A-Za-z_",
  a: "A-Za-z",
  l: "a-z",
  u: "A-Z",
}
/** Classes whose capitals leave out the digits, rather than turning them round. */
const NAMES: Readonly<Record<string, string>> = { i: KEYWORD, k: KEYWORD, f: `${KEYWORD}/.,+\\-#$%~=`, p: "\\x20-\\x7e\\x{a0}-\\x{10ffff}" }
const BRACKETED: Readonly<Record<string, string>> = {
  tab: "\\t",
  return: "\\r",
  backspace: "\\x08",
  escape: "\\x1b",
  ident: KEYWORD,
  keyword: KEYWORD,
  fname: NAMES.f,
}
const CONTROL: Readonly<Record<string, string>> = { e: "\\x1b", t: "\\t", r: "\\r", b: "\\x08", n: "\\n" }

const escaped = (text: string): string => [...text].map((one) => `\\x{${(one.codePointAt(0) ?? 0).toString(16)}}`).join("")

interface Token {
  readonly text: string
  readonly special: boolean
}

class Translator {
  readonly #source: string
  readonly #options: PatternOptions
  readonly #place: PatternPlace
  #at = 0
  #magic: Magic = "m"
  #depth = 0
  fold: boolean | undefined
  lines = false
  placed = false

  constructor(source: string, options: PatternOptions, place: PatternPlace) {
    this.#source = source
    this.#options = options
    this.#place = place
  }

  translate(): string {
    const text = this.#alternatives()
    if (this.#peek()) throw new ExError(this.#magic === "v" ? "E55: Unmatched \\v)" : "E55: Unmatched \\)")
    return text
  }

  /** The next token and where it ends; \v, \c and their kin are none. */
  #read(): { token: Token; end: number } | undefined {
    for (;;) {
      const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0)
      if (this.#at >= this.#source.length) return undefined
      if (character !== "\\" || this.#at + 1 >= this.#source.length) {
        const special = SPECIAL[character]?.includes(this.#magic) === true
        return { token: { text: character, special }, end: this.#at + character.length }
      }
      const next = this.#source[this.#at + 1]
      if (next === "v" || next === "m" || next === "M" || next === "V") this.#magic = next
      else if (next === "c" || next === "C") this.fold = next === "c"
      else if (next === "Z") this.fold ??= undefined
      else {
        const special = Object.hasOwn(SPECIAL, next) ? !SPECIAL[next].includes(this.#magic) : /[a-zA-Z_0-9]/.test(next)
        return { token: { text: special && !Object.hasOwn(SPECIAL, next) ? `\\${next}` : next, special }, end: this.#at + 2 }
      }
      this.#at += 2
    }
  }

  #peek(): Token | undefined {
    return this.#read()?.token
  }

  #take(): Token | undefined {
    const read = this.#read()
    if (read) this.#at = read.end
    return read?.token
  }

  #is(...texts: readonly string[]): boolean {
    const token = this.#peek()
    return token?.special === true && texts.includes(token.text)
  }

  #alternatives(): string {
    const branches = [this.#branch()]
    while (this.#is("|")) {
      this.#take()
      branches.push(this.#branch())
    }
    return branches.length === 1 ? branches[0] : `(?:${branches.join("|")})`
  }

  /** Concats that & divides: all fit at one place, the last is the match. */
  #branch(): string {
    let text = this.#concat()
    while (this.#is("&")) {
      this.#take()
      text = `(?=${text})${this.#concat()}`
    }
    return text
  }

  #ends(): boolean {
    return !this.#peek() || this.#is("|", "&") || (this.#depth > 0 && this.#is(")"))
  }

  #concat(): string {
    let text = ""
    let open = 0
    for (let first = true; !this.#ends(); first = false) {
      if (this.#is(")")) return text
      if (this.#is("\\z") && this.#source.startsWith("\\ze", this.#at)) {
        this.#at += 3
        text += "(?="
        open++
        continue
      }
      const anchor = first && this.#is("^")
      text += this.#piece(first)
      // A star behind the beginning of a line is itself.
      if (anchor && this.#is("*")) {
        this.#take()
        text += "\\*"
      }
    }
    return text + ")".repeat(open)
  }

  /** One atom with what repeats it. */
  #piece(first: boolean): string {
    const anchor = first && this.#is("^")
    let atom = this.#atom(first)
    if (anchor) return atom
    while (this.#is("*", "+", "=", "?", "{", "@")) {
      const { text } = this.#take() ?? { text: "" }
      const one = SINGLE.test(atom) ? atom : `(?:${atom})`
      if (text === "*" || text === "+") atom = one + text
      else if (text === "=" || text === "?") atom = `${one}?`
      else if (text === "{") atom = this.#counted(one)
      else atom = this.#around(atom)
    }
    return atom
  }

  #counted(atom: string): string {
    const match = /^(-?)(\d*)(,?)(\d*)\\?\}/.exec(this.#source.slice(this.#at, this.#at + 24))
    if (!match) throw new ExError("E554: Syntax error in \\{...}")
    this.#at += match[0].length
    const [, lazy, least, comma, most] = match
    const range = least === "" && most === "" ? "*" : comma === "" ? `{${least}}` : `{${least || 0},${most}}`
    return `${atom}${range}${lazy === "" ? "" : "?"}`
  }

  #around(atom: string): string {
    const match = /^(?:>|=|!|\d*<=|\d*<!)/.exec(this.#source.slice(this.#at, this.#at + 8))
    if (!match) throw new ExError("E59: Invalid character after \\@")
    this.#at += match[0].length
    const kind = match[0].replace(/^\d+/, "")
    return kind === ">" ? `(?>${atom})` : `(?${kind}${atom})`
  }

  #atom(first: boolean): string {
    const token = this.#take() ?? { text: "", special: false }
    const { text } = token
    if (!token.special) return escaped(text)
    switch (text) {
      case "^":
        return first ? "(?<![^\\n])" : escaped(text)
      case "$":
        return this.#ends() || this.#is("\\n", ")") ? "(?![^\\n])" : escaped(text)
      case ".":
        return "."
      case "~":
        return escaped(this.#options.last)
      case "[":
        return this.#bracket()
      case "(":
        return `(${this.#group()})`
      case "<":
        return `(?:(?<![${KEYWORD}])(?=[${KEYWORD}]))`
      case ">":
        return `(?:(?<=[${KEYWORD}])(?![${KEYWORD}]))`
      case "%":
        return this.#percent()
      case "*":
        if (first) return escaped(text)
        throw new ExError("E64: * follows nothing")
      case "{":
      case "+":
      case "=":
      case "?":
      case "@":
        throw new ExError(`E64: ${this.#magic === "v" ? "" : "\\"}${text} follows nothing`)
      case "\\_":
        return this.#underscore()
      case "\\z":
        if (this.#source[this.#at] === "s") {
          this.#at++
          return "\\K"
        }
        throw new ExError("E68: Invalid character after \\z")
    }
    const letter = text[1] ?? ""
    if (letter === "n") this.lines = true
    if (Object.hasOwn(CONTROL, letter)) return CONTROL[letter]
    if (/[1-9]/.test(letter)) return `\\${letter}(?:)`
    return this.#letters(letter) ?? escaped(letter)
  }

  #letters(letter: string, newline = false): string | undefined {
    const low = letter.toLowerCase()
    if (Object.hasOwn(CLASSES, low)) {
      const plain = letter === low ? `[${CLASSES[low]}]` : `[^${CLASSES[low]}\\n]`
      return newline ? `(?:${plain}|\\n)` : plain
    }
    if (!Object.hasOwn(NAMES, low)) return undefined
    const plain = letter === low ? `[${NAMES[low]}]` : `(?:(?![0-9])[${NAMES[low]}])`
    return newline ? `(?:${plain}|\\n)` : plain
  }

  #group(): string {
    this.#depth++
    const text = this.#alternatives()
    if (!this.#is(")")) throw new ExError(this.#magic === "v" ? "E54: Unmatched \\v(" : "E54: Unmatched \\(")
    this.#take()
    this.#depth--
    return text
  }

  /** \_x: the class x, and the end of a line. */
  #underscore(): string {
    const next = this.#source[this.#at] ?? ""
    this.#at++
    if (next === "^") return "(?<![^\\n])"
    if (next === "$") return "(?![^\\n])"
    this.lines = true
    if (next === ".") return "(?:.|\\n)"
    if (next === "[") return `(?:${this.#bracket()}|\\n)`
    const letters = this.#letters(next, true)
    if (letters === undefined) throw new ExError("E63: Invalid use of \\_")
    return letters
  }

  #percent(): string {
    const rest = this.#source.slice(this.#at)
    if (rest.startsWith("(")) {
      this.#at++
      return `(?:${this.#group()})`
    }
    if (rest.startsWith("[")) return this.#optional()
    const code = /^(?:d(\d{1,7})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|o([0-7]{1,4}))/.exec(rest)
    if (code) {
      this.#at += code[0].length
      const [, decimal, byte, short, long, octal] = code
      const number =
        decimal !== undefined
          ? Number(decimal)
          : octal !== undefined
            ? Number.parseInt(octal, 8)
            : Number.parseInt(byte ?? short ?? long ?? "0", 16)
      return `\\x{${Math.min(number, 0x10ffff).toString(16)}}`
    }
    const { row, last, cursor, mark } = this.#place
    const holds = (yes: boolean) => (yes ? "(?:)" : "(?!)")
    const counted = /^([<>]?)(\d+|\.)([lcv])/.exec(rest)
    if (counted) {
      this.placed = true
      this.#at += counted[0].length
      const [, way, digits, unit] = counted
      const wanted = digits === "." ? (unit === "l" ? cursor.row : cursor.column) : Number(digits) - 1
      if (unit === "l") return holds(way === "<" ? row < wanted : way === ">" ? row > wanted : row === wanted)
      const before = way === "<" ? `{0,${Math.max(0, wanted - 1)}}` : way === ">" ? `{${wanted + 1},}` : `{${wanted}}`
      return `(?<=(?<![^\\n])[^\\n]${before})`
    }
    const marked = /^([<>]?)'(.)/.exec(rest)
    if (marked) {
      this.placed = true
      this.#at += marked[0].length
      return holds(mark(marked[2])?.row === row)
    }
    this.#at++
    this.placed = true
    switch (rest[0]) {
      case "^":
        return row === 0 ? "\\A" : "(?!)"
      case "$":
        return this.lines || row === last ? "\\z" : "(?!)"
      case "#":
        return row === cursor.row ? `(?<=(?<![^\\n])[^\\n]{${cursor.column}})` : "(?!)"
      case "V": {
        const [from, to] = [mark("<"), mark(">")]
        if (!from || !to || row < from.row || row > to.row) return "(?!)"
        const begin = row === from.row ? `(?<=(?<![^\\n])[^\\n]{${from.column},})` : ""
        return row === to.row && to.column < 100_000 ? `${begin}(?<!(?<![^\\n])[^\\n]{${to.column + 1},})` : `${begin}(?:)`
      }
    }
    throw new ExError("E71: Invalid character after \\%")
  }

  /** \%[abc]: as many of the atoms as follow, from none on. */
  #optional(): string {
    this.#at++
    const atoms: string[] = []
    while (this.#source[this.#at] !== "]") {
      if (this.#at >= this.#source.length) throw new ExError("E69: Missing ] after \\%[")
      atoms.push(this.#atom(false))
    }
    this.#at++
    if (atoms.length === 0) throw new ExError("E70: Empty \\%[]")
    return atoms.reduceRight((inner, atom) => `(?:${atom}${inner})?`, "")
  }

  /** What stands between brackets; a "[" that none closes is itself. */
  #bracket(): string {
    const source = this.#source
    let at = this.#at
    const negated = source[at] === "^"
    if (negated) at++
    let text = ""
    for (let first = true; ; first = false) {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
      if (at >= source.length) return "\\["
      if (character === "]" && !first) break
      const named = /^\[:(\w+):\]/.exec(source.slice(at, at + 16))
      if (named) {
        at += named[0].length
        text += Object.hasOwn(BRACKETED, named[1]) ? BRACKETED[named[1]] : named[0]
        continue
      }
      const code = /^\\(?:d(\d+)|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|o([0-7]+))/.exec(source.slice(at, at + 12))
      if (code) {
        at += code[0].length
        const number = code[1] ? Number(code[1]) : code[4] ? Number.parseInt(code[4], 8) : Number.parseInt(code[2] ?? code[3] ?? "0", 16)
        text += `\\x{${Math.min(number, 0x10ffff).toString(16)}}`
      } else if (character === "\\" && /[etrbn\]\\^-]/.test(source[at + 1] ?? "")) {
        const next = source[at + 1]
        if (next === "n") this.lines = true
        text += Object.hasOwn(CONTROL, next) ? CONTROL[next] : escaped(next)
        at += 2
      } else {
        at += character.length
        text += character === "-" && !first && source[at] !== "]" ? "-" : escaped(character)
      }
    }
    this.#at = at + 1
    return negated ? `[^${text}\\n]` : `[${text}]`
  }
}

/** Compiles a pattern; throws ExError with vim's own words for what is wrong with it. */
export const compilePattern = (source: string, options: PatternOptions): Pattern => {
  const compiled = new Map<number, PerlRegex>()
  const compile = (place: PatternPlace) => {
    const translator = new Translator(source, options, place)
    const text = translator.translate()
    const smart = options.smartcase && /[A-Z]/.test(source.replace(/\\./g, ""))
    try {
      return { translator, regex: new PerlRegex(text, { ignoreCase: translator.fold ?? (options.ignorecase && !smart) }) }
    } catch (error) {
      if (!(error instanceof PerlSyntaxError)) throw error
      throw new ExError(`E383: Invalid search string: ${source}`)
    }
  }
  const nowhere = { row: 0, last: 0, cursor: { row: 0, column: 0 }, mark: () => undefined }
  const { translator, regex } = compile(nowhere)
  return {
    lines: translator.lines,
    find(text, from, place) {
      let one = regex
      if (translator.placed) {
        one = compiled.get(place.row) ?? compile(place).regex
        if (compiled.size > 1_000) compiled.clear()
        compiled.set(place.row, one)
      }
      return one.find(text, from)
    },
  }
}
