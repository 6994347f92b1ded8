/** vi's :s, with its question before each replacement (c), and & and g& after it. */
import { ExError, parseSubstitution, type Range, replacement, substituteLine, type Substitution } from "./vi-ex.ts"
import { charactersOf, firstNonBlank } from "./vi-text.ts"
import { ViVisual } from "./vi-visual.ts"

/** A :s that asks, at the match that it asks about. */
interface Asking extends Substitution {
  row: number
  /** The last row, which moves with what is put in. */
  last: number
  /** UTF-16 units of the row that are done. */
  at: number
  end: number
  by: string
  text: string
  groups: readonly (string | undefined)[]
}

export abstract class ViSubstitute extends ViVisual {
  #asking: Asking | undefined

  protected substitute(range: Range, text: string): void {
    const last = this.lastSubstitution
    // A trailing count takes lines from the last of the range on.
    const again = /^([gcin&e]*)\s*$/.exec(text.trim())
    const flags = again?.[1] ?? ""
    const given = again ? last && last.body + (flags.startsWith("&") ? last.flags + flags.slice(1) : flags) : text
    if (given === undefined) throw new ExError("E35: No previous regular expression")
    const substitution = parseSubstitution(given, this.search?.source, this.options.ignorecase)
    this.lastSubstitution = { body: substitution.body, flags: substitution.flags }
    this.search = { source: substitution.source, forward: true }
    if (substitution.confirm)
      return this.#ask({ ...substitution, row: range.from, last: range.to, at: 0, end: 0, text: "", groups: [] }, true)
    let count = 0
    let rows = 0
    let lastRow = -1
    let added = 0
    const next = this.lines.slice(range.from, range.to + 1).map((line, at) => {
      const result = substituteLine(line, substitution)
      if (result.count === 0) return line
      count += result.count
      rows++
      added += result.text.split("\n").length - 1
      lastRow = range.from + at + added
      return result.text
    })
    if (count === 0) {
      if (substitution.quiet) return
      throw new ExError(`E486: Pattern not found: ${substitution.source}`)
    }
    if (substitution.count) {
      this.message = `${count} match${count === 1 ? "" : "es"} on ${rows} line${rows === 1 ? "" : "s"}`
      return
    }
    this.remember()
    this.lines.splice(range.from, next.length, ...next.flatMap((line) => line.split("\n")))
    this.cursor = { row: lastRow, column: firstNonBlank(this.lines[lastRow]) }
    if (count > 2) this.message = `${count} substitutions on ${rows} line${rows === 1 ? "" : "s"}`
  }

  /** Goes to the next match and asks; ends where there is none. */
  #ask(asking: Asking, first: boolean): void {
    let { row, at } = asking
    for (; row <= asking.last; row++, at = 0) {
      const line = this.lines[row]
      const match = at <= line.length ? asking.regex.find(line, at) : undefined
      if (!match || (at > 0 && !asking.global)) continue
      this.#asking = { ...asking, row, at: match.index, end: match.end, groups: match.groups }
      this.cursor = { row, column: charactersOf(line.slice(0, match.index)).length }
      this.mode = "confirm"
      this.commandLine = `replace with ${asking.by} (y/n/a/q/l/^E/^Y)?`
      return
    }
    this.#asking = undefined
    this.mode = "normal"
    if (first) throw new ExError(`E486: Pattern not found: ${this.search?.source ?? ""}`)
  }

  protected confirmKey(key: string): void {
    const asking = this.#asking
    const stop = () => {
      this.#asking = undefined
      this.mode = "normal"
    }
    if (!asking || key === "q" || key === "escape" || key === "C-c") return stop()
    if (key === "n") return this.#ask({ ...asking, at: Math.max(asking.end, asking.at + 1) }, false)
    if (key !== "y" && key !== "a" && key !== "l") return
    if (asking.text === "") {
      this.remember()
      asking.text = "changed"
    }
    const line = this.lines[asking.row]
    const put = replacement(asking.by, asking.groups)
    const pieces = (line.slice(0, asking.at) + put + line.slice(asking.end)).split("\n")
    this.lines.splice(asking.row, 1, ...pieces)
    const more = pieces.length - 1
    const done = more === 0 ? asking.at + put.length : put.length - put.lastIndexOf("\n") - 1
    const next = {
      ...asking,
      row: asking.row + more,
      last: asking.last + more,
      at: asking.end > asking.at ? done : done + 1,
    }
    if (key === "l") return stop()
    this.#ask(next, false)
    for (let left = 100_000; key === "a" && this.#asking && left > 0; left--) this.confirmKey("y")
  }
}
