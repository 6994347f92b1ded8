/** fmt: paragraphs filled so that lines come out even (fmt.c): the breaks that cost least over the whole paragraph. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { ByteWriter } from "./byte-lines.ts"
import { wholeNumber } from "./option-values.ts"
import { bytesToText, eachFile, parseOptions, usageError } from "./reading.ts"

/** Words of a paragraph after which it is set in parts. */
const MOST_WORDS = 1_000
const MOST_WIDTH = 2_500
/** Percent of the width that lines may fall short of it. */
const LEEWAY = 7
const TAG_INDENT = 3

const squared = (value: number): number => value * value
const shortCost = (short: number): number => squared(short * 10)
const raggedCost = (difference: number): number => shortCost(difference) / 2
const LINE_COST = squared(70)
const SENTENCE_BONUS = squared(50)
const NO_BREAK_COST = squared(600)
const PARENTHESIS_BONUS = squared(40)
const PUNCTUATION_BONUS = squared(40)
const LINE_CREDIT = squared(3)
const widowCost = (length: number): number => Math.floor(squared(200) / (length + 2))
const orphanCost = (length: number): number => Math.floor(squared(150) / (length + 2))

interface Word {
  readonly text: string
  /** Blanks after it. */
  space: number
  /** Opens a parenthesis; ends in punctuation; ends in . ? or !; ends a sentence. */
  readonly opens: boolean
  readonly punctuated: boolean
  period: boolean
  final: boolean
  cost: number
  /** Where the next line begins when one begins here, and how long this one is then. */
  next: number
  lineLength: number
}

interface Style {
  readonly width: number
  readonly goal: number
  readonly kind: "plain" | "crown" | "tagged" | "split"
  readonly uniform: boolean
  /** Of lines to be filled: blanks before it, without those after it, and whole. */
  readonly lead: number
  readonly prefix: string
  readonly fullPrefix: string
}

const wordOf = (text: string): Word => {
  const last = text.replace(/[)\]'"]+$/, "").at(-1) ?? text[0]
  return {
    text,
    space: 0,
    opens: /^[(['`"]/.test(text),
    punctuated: /[!-/:-@[-`{-~]$/.test(text),
    period: /[.?!]/.test(last),
    final: false,
    cost: 0,
    next: 0,
    lineLength: 0,
  }
}

/** One file's text, read character by character as fmt.c does; gives the formatted text bit by bit. */
class Formatter {
  readonly #style: Style
  readonly #input: string
  #at = 0
  /** The column of what is read, and of what is written. */
  #column = 0
  #written = 0
  /** Whether blanks are written as tabs: the input has some. */
  #tabs = false
  #prefixIndent = 0
  #nextPrefixIndent = 0
  #firstIndent = 0
  #otherIndent = 0
  #lastLength = 0
  #words: Word[] = []
  #output = ""

  constructor(style: Style, input: string) {
    this.#style = style
    this.#input = input
  }

  *text(): Generator<string> {
    let next = this.#readPrefix()
    for (;;) {
      const paragraph = this.#readParagraph(next)
      if (this.#output !== "") yield this.#taken()
      if (paragraph === undefined) return
      next = paragraph
      this.#setParagraph()
      this.#putParagraph(this.#words.length)
      yield this.#taken()
    }
  }

  #taken(): string {
    const text = this.#output
    this.#output = ""
    return text
  }

  /** "" at the end. */
  #character(): string {
    return this.#input[this.#at++] ?? ""
  }

  #skipSpace(from: string): string {
    let character = from
    for (;;) {
      if (character === " ") this.#column++
      else if (character === "\t") {
        this.#tabs = true
        this.#column = (Math.floor(this.#column / 8) + 1) * 8
      } else return character
      character = this.#character()
    }
  }

  #readPrefix(): string {
    const { prefix, lead } = this.#style
    this.#column = 0
    let character = this.#skipSpace(this.#character())
    if (prefix === "") {
      this.#nextPrefixIndent = Math.min(lead, this.#column)
      return character
    }
    this.#nextPrefixIndent = this.#column
    for (const wanted of prefix) {
      if (character !== wanted) return character
      this.#column++
      character = this.#character()
    }
    return this.#skipSpace(character)
  }

  #sameParagraph(character: string): boolean {
    return (
      this.#nextPrefixIndent === this.#prefixIndent &&
      this.#column >= this.#nextPrefixIndent + this.#style.fullPrefix.length &&
      character !== "\n" &&
      character !== ""
    )
  }

  /** The first character after the paragraph; undefined where there is none any more. Lines that are not to be filled are copied. */
  #readParagraph(first: string): string | undefined {
    const { lead, fullPrefix, kind } = this.#style
    this.#lastLength = 0
    let next = first
    while (next === "\n" || next === "" || this.#nextPrefixIndent < lead || this.#column < this.#nextPrefixIndent + fullPrefix.length) {
      next = this.#copyRest(next)
      if (next === "") return undefined
      this.#output += "\n"
      next = this.#readPrefix()
    }
    this.#prefixIndent = this.#nextPrefixIndent
    this.#firstIndent = this.#column
    this.#words = []
    next = this.#readLine(next)
    this.#setOtherIndent(this.#sameParagraph(next))
    const goesOn = () => this.#sameParagraph(next) && this.#column === this.#otherIndent
    const begins =
      kind === "plain" ||
      (kind === "crown" && this.#sameParagraph(next)) ||
      (kind === "tagged" && this.#sameParagraph(next) && this.#column !== this.#firstIndent)
    if (begins) while (goesOn()) next = this.#readLine(next)
    const last = this.#words[this.#words.length - 1]
    last.period = true
    last.final = true
    return next
  }

  #setOtherIndent(same: boolean): void {
    const { kind } = this.#style
    if (kind === "crown") this.#otherIndent = same ? this.#column : this.#firstIndent
    else if (kind === "tagged") {
      if (same && this.#column !== this.#firstIndent) this.#otherIndent = this.#column
      else if (this.#otherIndent === this.#firstIndent) this.#otherIndent = this.#firstIndent === 0 ? TAG_INDENT : 0
    } else this.#otherIndent = this.#firstIndent
  }

  #copyRest(first: string): string {
    let character = first
    this.#written = 0
    if (this.#column > this.#nextPrefixIndent || (character !== "\n" && character !== "")) {
      this.#putSpace(this.#nextPrefixIndent)
      for (const one of this.#style.prefix) {
        if (this.#written === this.#column) break
        this.#output += one
        this.#written++
      }
      if (character !== "" && character !== "\n") this.#putSpace(this.#column - this.#written)
      if (character === "" && this.#column >= this.#nextPrefixIndent + this.#style.prefix.length) this.#output += "\n"
    }
    while (character !== "\n" && character !== "") {
      this.#output += character
      character = this.#character()
    }
    return character
  }

  #readLine(first: string): string {
    let character = first
    do {
      let text = ""
      do {
        text += character
        character = this.#character()
      } while (character !== "" && !/\s/.test(character))
      this.#column += text.length
      const word = wordOf(text)
      const from = this.#column
      character = this.#skipSpace(character)
      word.space = this.#column - from
      word.final = character === "" || (word.period && (character === "\n" || word.space > 1))
      if (character === "\n" || character === "" || this.#style.uniform) word.space = word.final ? 2 : 1
      if (this.#words.length >= MOST_WORDS) {
        this.#setOtherIndent(true)
        this.#flush()
      }
      this.#words.push(word)
    } while (character !== "\n" && character !== "")
    return this.#readPrefix()
  }

  /** Sets what is best set of a paragraph that is too long to be held. */
  #flush(): void {
    this.#setParagraph()
    const words = this.#words
    let [split, best] = [words.length, Number.MAX_SAFE_INTEGER]
    for (let at = words[0].next; at < words.length; at = words[at].next) {
      const after = words[at].next < words.length ? words[words[at].next].cost : 0
      if (words[at].cost - after < best) {
        split = at
        best = words[at].cost - after
      }
      best += LINE_CREDIT
    }
    this.#putParagraph(split)
    this.#words = words.slice(split)
  }

  #baseCost(at: number): number {
    const words = this.#words
    let cost = LINE_COST
    if (at > 0) {
      const before = words[at - 1]
      if (before.period) cost += before.final ? -SENTENCE_BONUS : NO_BREAK_COST
      else if (before.punctuated) cost -= PUNCTUATION_BONUS
      else if (at > 1 && words[at - 2].final) cost += widowCost(before.text.length)
    }
    if (words[at].opens) cost -= PARENTHESIS_BONUS
    else if (words[at].final) cost += orphanCost(words[at].text.length)
    return cost
  }

  #lineCost(next: number, length: number): number {
    const words = this.#words
    if (next === words.length) return 0
    const cost = shortCost(this.#style.goal - length)
    return words[next].next === words.length ? cost : cost + raggedCost(length - words[next].lineLength)
  }

  /** From the last word to the first: where the line that begins there is best ended. */
  #setParagraph(): void {
    const words = this.#words
    for (let start = words.length - 1; start >= 0; start--) {
      const word = words[start]
      let best = Number.POSITIVE_INFINITY
      let length = (start === 0 ? this.#firstIndent : this.#otherIndent) + word.text.length
      for (let next = start + 1; ; next++) {
        let cost = this.#lineCost(next, length) + (next < words.length ? words[next].cost : 0)
        if (start === 0 && this.#lastLength > 0) cost += raggedCost(length - this.#lastLength)
        if (cost < best) {
          best = cost
          word.next = next
          word.lineLength = length
        }
        if (next === words.length) break
        length += words[next - 1].space + words[next].text.length
        if (length >= this.#style.width) break
      }
      word.cost = best + this.#baseCost(start)
    }
  }

  #putParagraph(end: number): void {
    for (let at = 0; at < end; at = this.#words[at].next) {
      const indent = at === 0 ? this.#firstIndent : this.#otherIndent
      this.#written = 0
      this.#putSpace(this.#prefixIndent)
      this.#output += this.#style.prefix
      this.#written += this.#style.prefix.length
      this.#putSpace(indent - this.#written)
      for (let word = at; word < this.#words[at].next; word++) {
        this.#output += this.#words[word].text
        this.#written += this.#words[word].text.length
        if (word < this.#words[at].next - 1) this.#putSpace(this.#words[word].space)
      }
      this.#lastLength = this.#written
      this.#output += "\n"
    }
  }

  #putSpace(space: number): void {
    const target = this.#written + space
    if (this.#tabs && this.#written + 1 < Math.floor(target / 8) * 8)
      while (this.#written < Math.floor(target / 8) * 8) {
        this.#output += "\t"
        this.#written = (Math.floor(this.#written / 8) + 1) * 8
      }
    while (this.#written < target) {
      this.#output += " "
      this.#written++
    }
  }
}

const styleOf = (process: Process, flags: ReadonlyMap<string, string | true>): Style | string => {
  let width = 75
  if (flags.has("w")) {
    const given = wholeNumber(process, String(flags.get("w")), "invalid width", 0, MOST_WIDTH)
    if (typeof given === "string") return given
    width = given
  }
  let goal = Math.floor((width * (2 * (100 - LEEWAY) + 1)) / 200)
  if (flags.has("g")) {
    const given = wholeNumber(process, String(flags.get("g")), "invalid width", 0, flags.has("w") ? width : 75)
    if (typeof given === "string") return given
    goal = given
    if (!flags.has("w")) width = goal + 10
  }
  const given = String(flags.get("p") ?? "")
  const fullPrefix = given.replace(/^ +/, "")
  return {
    width,
    goal,
    kind: flags.has("c") ? "crown" : flags.has("t") ? "tagged" : flags.has("s") ? "split" : "plain",
    uniform: flags.has("u"),
    lead: given.length - fullPrefix.length,
    prefix: fullPrefix.replace(/ +$/, ""),
    fullPrefix,
  }
}

export const fmt = defineTool({
  name: "fmt",
  summary: "simple text formatter",
  *run(process, args) {
    const old = args.map((word, at) => (at === 0 && /^-\d+$/.test(word) ? `-w${word.slice(1)}` : word))
    const { flags, words, problem } = parseOptions(old, {
      letters: "cstu",
      valued: "wgp",
      long: {
        "crown-margin": "c",
        "prefix=": "p",
        "split-only": "s",
        "tagged-paragraph": "t",
        "uniform-spacing": "u",
        "width=": "w",
        "goal=": "g",
      },
    })
    if (problem) return yield* usageError(process, "fmt", problem)
    const style = styleOf(process, flags)
    if (typeof style === "string") {
      yield* process.error(`fmt: ${style}\n`)
      return 1
    }
    const output = new ByteWriter(process)
    const ok = yield* eachFile(
      process,
      "fmt",
      words,
      function* (fd): Steps<void> {
        const input = bytesToText(yield* process.readAll(fd))
        for (const text of new Formatter(style, input).text()) {
          // A paragraph of a thousand words looks at some ten breaks for each.
          if (process.charge(1 + (text.length >> 4))) yield* process.yield()
          yield* output.put(text)
        }
      },
      (name, message) => (message === "Is a directory" ? `read error: ${message}` : `cannot open '${name}' for reading: ${message}`),
    )
    yield* output.end()
    return ok ? 0 : 1
  },
})
