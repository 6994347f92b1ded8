/** vi's :s with its flags and its question before each replacement (c), and &, g& and :& after it (ex_substitute of ex_cmds.c). */
import { ExError, type Range } from "./vi-ex.ts"
import { evaluate, type ExpressionWorld, textIn } from "./vi-expression.ts"
import type { Pattern, PatternMatch } from "./vi-pattern.ts"
import { charactersOf, firstNonBlank } from "./vi-text.ts"
import { ViVisual } from "./vi-visual.ts"

interface Flags {
  readonly global: boolean
  /** Counts matches only (n). */
  readonly count: boolean
  /** Asks for each (c). */
  readonly confirm: boolean
  /** No match is no error (e). */
  readonly quiet: boolean
}

interface Substitution extends Flags {
  readonly pattern: Pattern
  readonly source: string
  readonly by: string
}

/** A :s that asks, at the match that it asks about. */
interface Asking extends Substitution {
  row: number
  /** The last row, which moves with what is put in. */
  last: number
  /** UTF-16 units of the row that are done. */
  at: number
  match: PatternMatch | undefined
  changed: boolean
}

/** "/a/b/g" as pattern, replacement and flags; the character that divides them may stand escaped in them. */
const split = (text: string): { parts: string[]; flags: string } => {
  const mark = text[0] ?? "/"
  const parts: string[] = [""]
  let at = 1
  for (; at < text.length && parts.length < 3; at++) {
    if (text[at] === "\\" && at + 1 < text.length) {
      const next = text[++at]
      parts[parts.length - 1] += next === mark && (mark !== "&" || parts.length === 1) ? mark : `\\${next}`
    } else if (text[at] === mark) parts.push("")
    else parts[parts.length - 1] += text[at]
  }
  return { parts: parts.slice(0, 2), flags: text.slice(at) }
}

/** What a match is replaced by: & and \1 are parts of it, \u, \U, \l and \L change case up to \E. */
const replaced = (by: string, groups: readonly (string | undefined)[]): string => {
  let text = ""
  let [next, rest] = ["", ""]
  const add = (part: string) => {
    if (part === "") return
    // The sharp s has no capital that is one letter.
    const upper = (one: string) => one.replace(/[^ß]+/g, (run) => run.toUpperCase())
    const changed = rest === "U" ? upper(part) : rest === "L" ? part.toLowerCase() : part
    const [first = ""] = changed
    text += (next === "u" ? upper(first) : next === "l" ? first.toLowerCase() : first) + changed.slice(first.length)
    next = ""
  }
  for (const [all, escaped] of by.matchAll(/[\\\x16]([\s\S])|[\s\S]/gu)) {
    if (all === "&") add(groups[0] ?? "")
    else if (all === "\r") add("\n")
    else if (escaped === undefined) add(all)
    else if (all.startsWith("\x16")) add(escaped === "\r" ? "\n" : escaped)
    else if (/\d/.test(escaped)) add(groups[Number(escaped)] ?? "")
    else if (escaped === "u" || escaped === "l") next = escaped
    else if (escaped === "U" || escaped === "L") rest = escaped
    else if (escaped === "e" || escaped === "E") rest = ""
    else add(escaped === "r" ? "\n" : escaped === "n" ? "\0" : escaped === "t" ? "\t" : escaped)
  }
  return text
}

export abstract class ViSubstitute extends ViVisual {
  #asking: Asking | undefined
  /** The groups of the match that \= is worked out for. */
  protected submatches: readonly (string | undefined)[] = []

  abstract override expressions(): ExpressionWorld

  /** ~ in a replacement is the last one; \~ is itself. */
  #tilde(by: string): string {
    return by.replace(/\\[\s\S]|~/g, (all) => (all === "~" ? this.lastReplacement : all === "\\~" ? "~" : all))
  }

  /** :s, :& and :~ from behind their names. Throws ExError. */
  protected substitute(name: string, given: Range, text: string): void {
    let rest = text.trimStart()
    let { source, by } = this.lastSubstitution ?? { source: this.search?.source, by: "" }
    let flags = ""
    if (name === "substitute" && /^[^\w\s"|\\&]/.test(rest)) {
      const { parts, flags: behind } = split(rest)
      source = parts[0] === "" ? this.search?.source : parts[0]
      const plain = parts[1] ?? ""
      by = this.#tilde(plain)
      rest = behind
    } else {
      if (!this.lastSubstitution) throw new ExError("E35: No previous regular expression")
      if (name === "~") source = this.search?.source
      if (name === "&&") rest = `&${rest}`
      if (/^&/.test(rest)) [flags, rest] = [this.lastSubstitution.flags, rest.slice(1)]
    }
    const match = /^([cegiInp#lr&]*)\s*(\d*)\s*(?:".*)?$/.exec(rest)
    if (!match) throw new ExError(`E488: Trailing characters: ${rest}`)
    if (source === undefined) throw new ExError("E35: No previous regular expression")
    if (match[1].startsWith("&")) flags += this.lastSubstitution?.flags ?? ""
    // A flag that comes twice is off again.
    for (const flag of match[1].replace("&", "")) flags = flags.includes(flag) && flag === "g" ? flags.replaceAll("g", "") : flags + flag
    if (match[1].includes("r")) source = this.search?.source ?? source
    this.lastSubstitution = { source, by, flags }
    this.search = { source, forward: true, ...(this.search?.offset && { offset: this.search.offset }) }
    this.lastReplacement = by
    // A count takes lines from the last of the range on.
    const range =
      match[2] === ""
        ? given
        : { ...given, from: given.to, to: Math.min(this.lines.length - 1, given.to + Math.max(1, Number(match[2])) - 1) }
    const substitution: Substitution = {
      pattern: this.patternOf(source, flags.includes("I") ? false : flags.includes("i") ? true : undefined),
      source,
      by,
      global: flags.includes("g") !== this.options.gdefault,
      count: flags.includes("n"),
      confirm: flags.includes("c"),
      quiet: flags.includes("e"),
    }
    if (this.options.hlsearch) this.highlight = substitution.pattern
    if (substitution.confirm && !substitution.count)
      return this.#ask({ ...substitution, row: range.from, last: range.to, at: 0, match: undefined, changed: false }, true)
    this.#everywhere(substitution, range)
  }

  #everywhere(substitution: Substitution, range: Range): void {
    let [count, rows, last] = [0, 0, -1]
    let remembered = false
    const before = this.lines.length
    for (let row = range.from, end = range.to; row <= Math.min(end, this.lines.length - 1); row++) {
      const found = this.#inRow(substitution, row, end)
      if (!found) continue
      count += found.count
      rows++
      if (substitution.count) {
        if (last < 0) last = row
        continue
      }
      if (!remembered) this.remember()
      remembered = true
      const pieces = found.text.split("\n")
      this.lines.splice(row, found.rows, ...pieces)
      end += pieces.length - found.rows
      row += pieces.length - 1
      last = row
    }
    if (this.lines.length === 0) this.lines.push("")
    if (count === 0) {
      if (substitution.quiet) return
      throw new ExError(`E486: Pattern not found: ${substitution.source}`)
    }
    if (substitution.count) {
      this.message = `${count} match${count === 1 ? "" : "es"} on ${rows} line${rows === 1 ? "" : "s"}`
      return
    }
    this.jumped()
    const row = Math.min(last, this.lines.length - 1)
    this.cursor = { row, column: firstNonBlank(this.lines[row]) }
    const more = this.lines.length - before
    if (count > 2) this.message = `${count} substitutions on ${rows} line${rows === 1 ? "" : "s"}`
    else if (Math.abs(more) > 2) this.message = `${Math.abs(more)} ${more > 0 ? "more" : "fewer"} lines`
  }

  #by(by: string, match: PatternMatch, row: number): string {
    if (!by.startsWith("\\=")) return replaced(by, match.groups)
    this.submatches = match.groups
    const { cursor } = this
    this.cursor = { row, column: 0 }
    try {
      const value = evaluate(by.slice(2), this.expressions())
      return (typeof value === "object" ? value.map(textIn).join("\n") : textIn(value)).replaceAll("\r", "\n")
    } finally {
      this.cursor = cursor
    }
  }

  /** A row, and those that its matches go on in, with what is put in; undefined when nothing is found. */
  #inRow({ pattern, by, global }: Substitution, row: number, last: number): { text: string; rows: number; count: number } | undefined {
    let [text, at, count, end] = ["", 0, 0, -1]
    let rows = 1
    let whole = this.lines[row]
    for (let match = this.matchIn(pattern, row, 0); match; match = this.#next(pattern, row, at, whole)) {
      // Nothing right behind a match is no match of its own.
      if (match.end === match.index && match.index === end) {
        at = match.index + 1
        if (at > whole.length) break
        text += whole.slice(match.index, at)
        continue
      }
      const { length } = whole
      while (match.end > whole.length && row + rows < this.lines.length) whole += `\n${this.lines[row + rows++]}`
      count++
      text += whole.slice(at, match.index) + this.#by(by, match, row)
      at = match.end
      end = match.end
      if (match.end === match.index) {
        text += whole.slice(at, at + 1)
        at++
        end = -1
      }
      // Each row gets one, or all; one that was joined to this is a row too while it is in the range.
      if (at > whole.length || (at === whole.length && !pattern.lines) || (whole.length > length ? row + rows - 1 > last : !global)) break
    }
    return count === 0 ? undefined : { text: text + whole.slice(at), rows, count }
  }

  /** The next match, also in the rows that earlier ones have joined to this one. */
  #next(pattern: Pattern, row: number, at: number, whole: string): PatternMatch | undefined {
    if (at <= this.lines[row].length) return this.matchIn(pattern, row, at)
    let [start, left] = [row, at]
    while (start < this.lines.length && left > this.lines[start].length) left -= this.lines[start++].length + 1
    const match = start < this.lines.length && at <= whole.length ? this.matchIn(pattern, start, left) : undefined
    return match && { ...match, index: match.index + at - left, end: match.end + at - left }
  }

  /** Goes to the next match and asks; ends where there is none. */
  #ask(asking: Asking, first: boolean): void {
    let { row, at } = asking
    for (; row <= asking.last && row < this.lines.length; row++, at = 0) {
      const match = this.matchIn(asking.pattern, row, at)
      if (!match || (at > 0 && !asking.global)) continue
      this.#asking = { ...asking, row, at: match.index, match }
      this.cursor = { row, column: charactersOf(this.lines[row].slice(0, match.index)).length }
      this.mode = "confirm"
      this.commandLine = `replace with ${asking.by} (y/n/a/q/l/^E/^Y)?`
      this.commandAt = this.commandLine.length
      return
    }
    this.#asking = undefined
    this.mode = "normal"
    if (first && !asking.quiet) throw new ExError(`E486: Pattern not found: ${asking.source}`)
    if (!first && asking.changed) this.cursor.column = firstNonBlank(this.lines[this.cursor.row])
  }

  protected confirmKey(key: string): void {
    const asking = this.#asking
    const stop = () => {
      this.#asking = undefined
      this.mode = "normal"
    }
    if (!asking?.match || key === "q" || key === "escape" || key === "C-c") return stop()
    const { match } = asking
    if (key === "n") return this.#ask({ ...asking, at: Math.max(match.end, match.index + 1) }, false)
    if (key !== "y" && key !== "a" && key !== "l") return
    if (!asking.changed) this.remember()
    const line = this.lines[asking.row]
    const put = this.#by(asking.by, match, asking.row)
    const pieces = (line.slice(0, match.index) + put + line.slice(match.end)).split("\n")
    this.lines.splice(asking.row, 1, ...pieces)
    const more = pieces.length - 1
    const done = more === 0 ? match.index + put.length : put.length - put.lastIndexOf("\n") - 1
    const next = {
      ...asking,
      changed: true,
      row: asking.row + more,
      last: asking.last + more,
      at: match.end > match.index ? done : done + 1,
    }
    this.cursor = { row: next.row, column: firstNonBlank(this.lines[next.row]) }
    if (key === "l") return stop()
    this.#ask(next, false)
    for (let left = 100_000; key === "a" && this.#asking && left > 0; left--) this.confirmKey("y")
  }
}
