/** Perl's regular expressions (look-around, back references, lazy quantifiers) by backtracking within a budget. */

/** Steps that one search may take: a learner's pattern must not hold up the world. PCRE calls it its match limit. */
const BUDGET = 40_000

type Node =
  | { type: "character"; code: number }
  | { type: "any" }
  | { type: "class"; ranges: readonly (readonly [number, number])[]; negated: boolean }
  | { type: "sequence"; nodes: readonly Node[] }
  | { type: "alternatives"; nodes: readonly Node[] }
  | { type: "group"; node: Node; index: number | undefined }
  | { type: "look"; node: Node; behind: boolean; negated: boolean }
  | { type: "repeat"; node: Node; least: number; most: number; lazy: boolean; possessive: boolean }
  | { type: "reference"; index: number | string }
  | { type: "start" | "end" | "lineStart" | "lineEnd" | "endOrNewline" | "boundary" | "noBoundary" | "keep" | "nothing" }

export interface PerlFlags {
  ignoreCase?: boolean
  multiline?: boolean
  /** "." is a newline too. */
  dotAll?: boolean
  /** Blanks and comments in the pattern mean nothing. */
  extended?: boolean
}

export interface PerlMatch {
  index: number
  end: number
  groups: (string | undefined)[]
  /** Where each group begins; -1 for those that took no part. */
  starts: number[]
}

export class PerlSyntaxError extends Error {}
/** The budget is spent. */
export class MatchLimitError extends Error {}

const DIGIT: readonly (readonly [number, number])[] = [[48, 57]]
const WORD: readonly (readonly [number, number])[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
]
const SPACE: readonly (readonly [number, number])[] = [
  [9, 13],
  [32, 32],
]
const POSIX: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  digit: DIGIT,
  word: WORD,
  space: SPACE,
  alpha: [
    [65, 90],
    [97, 122],
  ],
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  upper: [[65, 90]],
  lower: [[97, 122]],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
  blank: [
    [9, 9],
    [32, 32],
  ],
  print: [[32, 126]],
  graph: [[33, 126]],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
}
const CONTROL: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, e: 27, 0: 0 }

const inverted = (ranges: readonly (readonly [number, number])[]): [number, number][] => {
  const result: [number, number][] = []
  let from = 0
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (first > from) result.push([from, first - 1])
    from = Math.max(from, last + 1)
  }
  result.push([from, 0x10ffff])
  return result
}

class Parser {
  #at = 0
  groups = 0
  readonly names = new Map<string, number>()
  readonly #source: string
  readonly #flags: PerlFlags

  constructor(source: string, flags: PerlFlags) {
    this.#source = source
    this.#flags = flags
  }

  parse(): Node {
    const node = this.#alternatives()
    if (this.#at < this.#source.length) throw new PerlSyntaxError("unmatched closing parenthesis")
    return node
  }

  #alternatives(): Node {
    const nodes: Node[] = [this.#sequence()]
    while (this.#source[this.#at] === "|") {
      this.#at++
      nodes.push(this.#sequence())
    }
    return nodes.length === 1 ? nodes[0] : { type: "alternatives", nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at])) {
      if (this.#flags.extended && /\s/.test(this.#source[this.#at])) {
        this.#at++
        continue
      }
      nodes.push(this.#quantified(this.#atom()))
    }
    return nodes.length === 1 ? nodes[0] : { type: "sequence", nodes }
  }

  #quantified(node: Node): Node {
    let result = node
    for (;;) {
      const text = /^(?:[*+?]|\{(\d+)(,(\d*))?\}|\{,(\d+)\})/.exec(this.#source.slice(this.#at, this.#at + 24))
      if (!text) return result
      this.#at += text[0].length
      const symbol = text[0][0]
      const least = symbol === "+" ? 1 : text[1] !== undefined ? Number(text[1]) : 0
      const most =
        symbol === "?"
          ? 1
          : symbol === "*" || symbol === "+"
            ? Number.POSITIVE_INFINITY
            : text[4] !== undefined
              ? Number(text[4])
              : text[2] === undefined
                ? least
                : text[3]
                  ? Number(text[3])
                  : Number.POSITIVE_INFINITY
      const lazy = this.#source[this.#at] === "?"
      const possessive = this.#source[this.#at] === "+"
      if (lazy || possessive) this.#at++
      result = { type: "repeat", node: result, least, most, lazy, possessive }
    }
  }

  #atom(): Node {
    const character = this.#source[this.#at]
    switch (character) {
      case "(":
        return this.#group()
      case "[":
        return this.#class()
      case ".":
        this.#at++
        return { type: "any" }
      case "^":
        this.#at++
        return { type: this.#flags.multiline ? "lineStart" : "start" }
      case "$":
        this.#at++
        return { type: this.#flags.multiline ? "lineEnd" : "endOrNewline" }
      case "\\":
        return this.#escape()
      case "*":
      case "+":
      case "?":
        throw new PerlSyntaxError("quantifier does not follow a repeatable item")
      default: {
        const code = this.#source.codePointAt(this.#at) ?? 0
        this.#at += code > 0xffff ? 2 : 1
        return { type: "character", code }
      }
    }
  }

  #group(): Node {
    this.#at++
    let index: number | undefined
    let look: { behind: boolean; negated: boolean } | undefined
    const rest = this.#source.slice(this.#at)
    const named = /^\?P?<([A-Za-z_]\w*)>/.exec(rest) ?? /^\?'([A-Za-z_]\w*)'/.exec(rest)
    const around = /^\?(<?)([=!])/.exec(rest)
    const flags = /^\?([imsx]*)(?:-[imsx]+)?([:)])/.exec(rest)
    if (named) {
      this.#at += named[0].length
      index = ++this.groups
      this.names.set(named[1], index)
    } else if (around) {
      this.#at += around[0].length
      look = { behind: around[1] === "<", negated: around[2] === "!" }
    } else if (flags) {
      this.#at += flags[0].length
      if (flags[1].includes("i")) this.#flags.ignoreCase = true
      if (flags[1].includes("s")) this.#flags.dotAll = true
      if (flags[2] === ")") return { type: "nothing" }
    } else if (rest.startsWith("?>")) this.#at += 2
    else if (rest.startsWith("?")) throw new PerlSyntaxError("unrecognized character after (? or (?-")
    else index = ++this.groups
    const node = this.#alternatives()
    if (this.#source[this.#at] !== ")") throw new PerlSyntaxError("missing closing parenthesis")
    this.#at++
    return look ? { type: "look", node, ...look } : { type: "group", node, index }
  }

  #escape(): Node {
    const letter = this.#source[this.#at + 1]
    if (letter === undefined) throw new PerlSyntaxError("\\ at end of pattern")
    this.#at += 2
    const shorthand = this.#shorthand(letter)
    if (shorthand) return { type: "class", ranges: shorthand, negated: false }
    const reference = /^(?:k[<{']([A-Za-z_]\w*)[>}'])/.exec(this.#source.slice(this.#at - 1))
    if (reference) {
      this.#at += reference[0].length - 1
      return { type: "reference", index: reference[1] }
    }
    if (/[1-9]/.test(letter)) {
      const digits = /^\d*/.exec(this.#source.slice(this.#at))?.[0] ?? ""
      this.#at += digits.length
      return { type: "reference", index: Number(letter + digits) }
    }
    switch (letter) {
      case "b":
        return { type: "boundary" }
      case "B":
        return { type: "noBoundary" }
      case "A":
        return { type: "start" }
      case "z":
        return { type: "end" }
      case "Z":
        return { type: "endOrNewline" }
      case "K":
        return { type: "keep" }
      case "Q": {
        const close = this.#source.indexOf("\\E", this.#at)
        const text = this.#source.slice(this.#at, close < 0 ? undefined : close)
        this.#at = close < 0 ? this.#source.length : close + 2
        return { type: "sequence", nodes: [...text].map((one): Node => ({ type: "character", code: one.codePointAt(0) ?? 0 })) }
      }
      case "E":
      case "G":
        return { type: "nothing" }
    }
    return { type: "character", code: this.#code(letter) }
  }

  /** Code of an escaped character whose letter was read. */
  #code(letter: string): number {
    const hex = letter === "x" ? /^(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{1,2}))/.exec(this.#source.slice(this.#at)) : undefined
    if (hex) {
      this.#at += hex[0].length
      return Number.parseInt(hex[1] ?? hex[2], 16)
    }
    return CONTROL[letter] ?? letter.codePointAt(0) ?? 0
  }

  #shorthand(letter: string): readonly (readonly [number, number])[] | undefined {
    const ranges = { d: DIGIT, w: WORD, s: SPACE, h: POSIX.blank }[letter.toLowerCase()]
    if (!ranges) return letter === "N" ? inverted([[10, 10]]) : undefined
    return letter === letter.toLowerCase() ? ranges : inverted(ranges)
  }

  #class(): Node {
    this.#at++
    const negated = this.#source[this.#at] === "^"
    if (negated) this.#at++
    const ranges: (readonly [number, number])[] = []
    for (let first = true; ; first = false) {
      const character = this.#source[this.#at]
      if (character === undefined) throw new PerlSyntaxError("missing terminating ] for character class")
      if (character === "]" && !first) break
      const named = /^\[:(\^?)(\w+):\]/.exec(this.#source.slice(this.#at, this.#at + 16))
      if (named && Object.hasOwn(POSIX, named[2])) {
        this.#at += named[0].length
        ranges.push(...(named[1] ? inverted(POSIX[named[2]]) : POSIX[named[2]]))
        continue
      }
      const from = this.#member(ranges)
      if (from === undefined) continue
      if (this.#source[this.#at] === "-" && this.#source[this.#at + 1] !== "]" && this.#at + 1 < this.#source.length) {
        this.#at++
        const to = this.#member(ranges)
        if (to === undefined) ranges.push([from, from], [45, 45])
        else if (to < from) throw new PerlSyntaxError("range out of order in character class")
        else ranges.push([from, to])
      } else ranges.push([from, from])
    }
    this.#at++
    return { type: "class", ranges, negated }
  }

  /** One character of a class; undefined when it was a shorthand, which is put into `ranges`. */
  #member(ranges: (readonly [number, number])[]): number | undefined {
    const code = this.#source.codePointAt(this.#at) ?? 0
    if (code !== 92) {
      this.#at += code > 0xffff ? 2 : 1
      return code
    }
    const letter = this.#source[this.#at + 1] ?? "\\"
    this.#at += 2
    const shorthand = this.#shorthand(letter)
    if (shorthand) {
      ranges.push(...shorthand)
      return undefined
    }
    return letter === "b" ? 8 : this.#code(letter)
  }
}

const isWord = (text: string, at: number): boolean => at >= 0 && at < text.length && /\w/.test(text[at])

const swapCase = (code: number): number => {
  const character = String.fromCodePoint(code)
  const other = character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()
  return other.length === character.length ? (other.codePointAt(0) ?? code) : code
}

export class PerlRegex {
  readonly #root: Node
  readonly #flags: PerlFlags
  readonly groupCount: number
  readonly names: ReadonlyMap<string, number>
  #left = 0
  #budget = 0
  #text = ""
  #starts: number[] = []
  #ends: number[] = []
  #kept = -1

  /** Throws PerlSyntaxError. */
  constructor(source: string, flags: PerlFlags = {}) {
    this.#flags = { ...flags }
    const parser = new Parser(source, this.#flags)
    this.#root = parser.parse()
    this.groupCount = parser.groups
    this.names = parser.names
  }

  /** The first match at or after `from`. Throws MatchLimitError. */
  find(text: string, from = 0): PerlMatch | undefined {
    this.#text = text
    // Long lines are looked through from each of their characters.
    this.#budget = BUDGET + text.length * 16
    this.#left = this.#budget
    for (let at = from; at <= text.length; at++) {
      this.#starts = new Array<number>(this.groupCount + 1).fill(-1)
      this.#ends = new Array<number>(this.groupCount + 1).fill(-1)
      this.#kept = -1
      let end = -1
      const matched = this.#match(this.#root, at, (stop) => {
        end = stop
        return true
      })
      if (!matched) continue
      const index = this.#kept >= 0 ? this.#kept : at
      this.#starts[0] = index
      this.#ends[0] = end
      return {
        index,
        end,
        groups: this.#starts.map((start, group) => (start < 0 ? undefined : text.slice(start, this.#ends[group]))),
        starts: [...this.#starts],
      }
    }
    return undefined
  }

  /** Steps that the last search took. */
  get steps(): number {
    return this.#budget - this.#left
  }

  exec(text: string): (string | undefined)[] | undefined {
    return this.find(text)?.groups
  }

  test(text: string): boolean {
    return this.find(text) !== undefined
  }

  #same(code: number, at: number): number {
    const found = this.#text.codePointAt(at)
    if (found === undefined) return -1
    if (found === code || (this.#flags.ignoreCase && swapCase(found) === code)) return at + (found > 0xffff ? 2 : 1)
    return -1
  }

  #match(node: Node, at: number, next: (at: number) => boolean): boolean {
    if (--this.#left < 0) throw new MatchLimitError("exceeded PCRE's backtracking limit")
    const text = this.#text
    switch (node.type) {
      case "character": {
        const after = this.#same(node.code, at)
        return after >= 0 && next(after)
      }
      case "any": {
        const code = text.codePointAt(at)
        return code !== undefined && (code !== 10 || this.#flags.dotAll === true) && next(at + (code > 0xffff ? 2 : 1))
      }
      case "class": {
        const code = text.codePointAt(at)
        if (code === undefined) return false
        const has = (one: number) => node.ranges.some(([first, last]) => one >= first && one <= last)
        const found = has(code) || (this.#flags.ignoreCase === true && has(swapCase(code)))
        return found !== node.negated && next(at + (code > 0xffff ? 2 : 1))
      }
      case "sequence":
        return this.#sequence(node.nodes, 0, at, next)
      case "alternatives":
        return node.nodes.some((one) => this.#match(one, at, next))
      case "group": {
        const { index } = node
        if (index === undefined) return this.#match(node.node, at, next)
        const [start, end] = [this.#starts[index], this.#ends[index]]
        const matched = this.#match(node.node, at, (stop) => {
          const before = [this.#starts[index], this.#ends[index]]
          this.#starts[index] = at
          this.#ends[index] = stop
          if (next(stop)) return true
          ;[this.#starts[index], this.#ends[index]] = before
          return false
        })
        if (!matched) {
          this.#starts[index] = start
          this.#ends[index] = end
        }
        return matched
      }
      case "look": {
        const found = node.behind ? this.#behind(node.node, at) : this.#match(node.node, at, () => true)
        return found !== node.negated && next(at)
      }
      case "repeat":
        if (node.possessive) {
          let end = -1
          const alone: Node = { ...node, possessive: false }
          return (
            this.#match(alone, at, (stop) => {
              end = stop
              return true
            }) && next(end)
          )
        }
        return this.#repeat(node, 0, at, -1, next)
      case "reference": {
        const index = typeof node.index === "number" ? node.index : (this.names.get(node.index) ?? 0)
        const start = this.#starts[index] ?? -1
        if (start < 0) return false
        const value = text.slice(start, this.#ends[index])
        const here = text.slice(at, at + value.length)
        const same = here === value || (this.#flags.ignoreCase === true && here.toLowerCase() === value.toLowerCase())
        return same && next(at + value.length)
      }
      case "start":
        return at === 0 && next(at)
      case "end":
        return at === text.length && next(at)
      case "endOrNewline":
        return (at === text.length || (at === text.length - 1 && text[at] === "\n")) && next(at)
      case "lineStart":
        return (at === 0 || text[at - 1] === "\n") && next(at)
      case "lineEnd":
        return (at === text.length || text[at] === "\n") && next(at)
      case "boundary":
        return isWord(text, at - 1) !== isWord(text, at) && next(at)
      case "noBoundary":
        return isWord(text, at - 1) === isWord(text, at) && next(at)
      case "keep": {
        const before = this.#kept
        this.#kept = at
        if (next(at)) return true
        this.#kept = before
        return false
      }
      case "nothing":
        return next(at)
    }
  }

  #sequence(nodes: readonly Node[], index: number, at: number, next: (at: number) => boolean): boolean {
    if (index === nodes.length) return next(at)
    return this.#match(nodes[index], at, (stop) => this.#sequence(nodes, index + 1, stop, next))
  }

  #behind(node: Node, at: number): boolean {
    for (let from = at; from >= 0; from--) if (this.#match(node, from, (stop) => stop === at)) return true
    return false
  }

  #repeat(node: Extract<Node, { type: "repeat" }>, count: number, at: number, before: number, next: (at: number) => boolean): boolean {
    // One-character items are tried without recursion: long lines are ordinary.
    const { node: item, least, most, lazy } = node
    if (item.type === "character" || item.type === "any" || item.type === "class") {
      const stops = [at]
      let end = at
      const step = () => {
        let after = -1
        this.#match(item, end, (stop) => {
          after = stop
          return true
        })
        if (after < 0) return false
        end = after
        stops.push(after)
        return true
      }
      if (lazy) {
        while (stops.length - 1 < least) if (!step()) return false
        for (;;) {
          if (next(end)) return true
          if (stops.length - 1 >= most || !step()) return false
        }
      }
      while (stops.length - 1 < most && step());
      for (let taken = stops.length - 1; taken >= least; taken--) if (next(stops[taken])) return true
      return false
    }
    const more = () => count < most && at !== before && this.#match(item, at, (stop) => this.#repeat(node, count + 1, stop, at, next))
    if (count < least) return more() || (at === before && next(at))
    return lazy ? next(at) || more() : more() || next(at)
  }
}
