/** What typing does to vi's text: characters over others, tabs, new lines and their indents, lines that become too long, abbreviations (edit.c). */
import { brokenLine, indentOf } from "./vi-format.ts"
import { indented } from "./vi-indent.ts"
import { charactersOf, displayColumn, firstNonBlank, lengthOf } from "./vi-text.ts"
import { yamlIndent } from "./vi-yaml.ts"
import { ViMotions } from "./vi-motions.ts"

/** Words behind which 'smartindent' goes further in ('cinwords'). */
const INNER = /^\s*(?:if|else|while|do|for|switch)\b/

export abstract class ViTyping extends ViMotions {
  /** What replace mode has written over, the last at the end; undefined where there was nothing. */
  protected overwritten: (string | undefined)[] = []
  /** gR: a tab is as many blanks as it is wide. */
  protected virtualReplace = false

  protected startInsert(count = 1): void {
    this.mode = "insert"
    this.message = ""
    this.insertCount = count
    this.insertKeys = []
    this.insertLines = false
    this.insertStart = { row: -1, column: 0 }
    this.overwritten = []
    this.virtualReplace = false
    this.ownIndent = false
  }

  protected typed(text: string): void {
    for (const one of text) {
      const { row, column } = this.cursor
      const characters = charactersOf(this.lines[row])
      let over = this.mode === "replace" && column < characters.length ? 1 : 0
      if (over > 0 && this.virtualReplace && characters[column] === "\t") {
        const { tabstop } = this.options
        if (displayColumn(this.lines[row], column, tabstop) % tabstop < tabstop - 1) over = 0
      }
      if (this.mode === "replace") this.overwritten.push(over > 0 ? characters[column] : undefined)
      characters.splice(column, over, one)
      this.setLine(row, characters)
      this.cursor.column++
    }
    this.ownIndent = false
  }

  /** A key that is a character: with what 'textwidth', indents and abbreviations make of it. */
  protected typeCharacter(key: string): void {
    if (!/[\p{L}\p{N}_]/u.test(key)) this.expandTyped("i")
    this.typed(key)
    this.#reindented(key)
    if (!/\s/.test(key)) this.#breakLine()
  }

  /** What was typed before the cursor may be an abbreviation. */
  expandTyped(mode: "i" | "c"): void {
    if (mode === "c") {
      const typed = this.commandLine.slice(1, this.commandAt - 1)
      const last = this.commandLine.slice(this.commandAt - 1, this.commandAt)
      const found = /[\p{L}\p{N}_]/u.test(last) ? undefined : this.abbreviations.at(typed, "c")
      if (!found) return
      const head = this.commandLine.slice(0, this.commandAt - 1 - found.length) + found.keys.join("")
      this.commandLine = head + last + this.commandLine.slice(this.commandAt)
      this.commandAt = head.length + last.length
      return
    }
    const { row, column } = this.cursor
    const characters = charactersOf(this.lines[row])
    const from = this.insertStart.row === row ? this.insertStart.column : 0
    const found = this.abbreviations.at(characters.slice(from, column).join(""), "i")
    if (!found || this.options.paste) return
    characters.splice(column - found.length, found.length)
    this.setLine(row, characters)
    this.cursor.column -= found.length
    for (const key of found.keys)
      if (key === "enter") this.newLine()
      else this.typed([...key].length === 1 ? key : "")
  }

  /** Columns that a new line's indent has, its row being there already. */
  protected indentFor(row: number, above: number): number {
    const { options, lines } = this
    if (options.paste) return 0
    if (options.indentexpr.startsWith("GetYAML")) {
      const width = yamlIndent(lines, row, options)
      return width < 0 ? this.indentWidth(above) : width
    }
    if (options.cindent)
      return (
        /^[ \t]*/.exec(indented([...lines.slice(0, row), `${lines[row].trimStart() || "x"}`], row, { ...options, expandtab: true }))?.[0] ??
        ""
      ).length
    if (!options.autoindent && !options.smartindent) return 0
    const base = this.indentWidth(above)
    if (!options.smartindent || above > row) return base
    const text = lines[above].trimEnd()
    return base + (text.endsWith("{") || INNER.test(text) ? options.shiftwidth || options.tabstop : 0)
  }

  /** Keys at which the line's indent is made anew: those of 'indentkeys', and "}" and "#" for 'smartindent'. */
  #reindented(key: string): void {
    const { options } = this
    if (options.paste || this.mode !== "insert") return
    const { row, column } = this.cursor
    const first = firstNonBlank(this.lines[row]) === column - 1
    let width = -1
    if (options.indentexpr.startsWith("GetYAML")) {
      if (key === ":" || (first && "#}]-".includes(key))) width = yamlIndent(this.lines, row, options)
    } else if (options.cindent && first && "{}#".includes(key)) width = this.indentFor(row, row - 1)
    else if (options.smartindent && first && key === "}") {
      let depth = 1
      let above = row
      while (depth > 0 && --above >= 0) for (const one of [...this.lines[above]].reverse()) depth += one === "}" ? 1 : one === "{" ? -1 : 0
      if (above >= 0) width = this.indentWidth(above)
    } else if (options.smartindent && first && key === "#") width = 0
    if (width < 0 || width === this.indentWidth(row)) return
    const length = lengthOf(this.lines[row])
    this.setIndent(row, width)
    this.cursor.column = Math.max(0, column + lengthOf(this.lines[row]) - length)
  }

  /** Lines are broken at 'textwidth', or 'wrapmargin' columns from the screen's edge. */
  #breakLine(): void {
    const { options } = this
    const width = options.textwidth > 0 ? options.textwidth : options.wrapmargin > 0 ? this.columns - options.wrapmargin : 0
    if (width <= 0 || options.paste) return
    for (let left = 50; left > 0; left--) {
      const { row, column } = this.cursor
      const line = this.lines[row]
      const comment = /^\s*(?:#|\/\/|--|>)\s/.test(line)
      if (!options.formatoptions.includes(comment ? "c" : "t")) return
      const characters = charactersOf(line)
      const broken = brokenLine(characters.slice(0, column).join(""), options, width, comment)
      if (!broken) return
      this.lines.splice(row, 1, broken.first.trimEnd(), broken.second + characters.slice(column).join(""))
      this.cursor = { row: row + 1, column: lengthOf(broken.second) }
    }
  }

  /** The remark that a new line goes on with ('formatoptions' r and o). */
  protected leaderOf(row: number, flag: "r" | "o"): string {
    if (!this.options.formatoptions.includes(flag) || this.options.paste) return ""
    return /^\s*((?:#|\/\/)\s)/.exec(this.lines[row])?.[1] ?? (/^\s*#$/.test(this.lines[row]) ? "# " : "")
  }

  /** Enter: what is behind the cursor comes into a line of its own. */
  protected newLine(): void {
    const { row, column } = this.cursor
    const characters = charactersOf(this.lines[row])
    const tail = characters.slice(column).join("")
    const leader = this.leaderOf(row, "r")
    const auto = this.options.autoindent || this.options.indentexpr !== "" || this.options.smartindent || this.options.cindent
    let head = characters.slice(0, column).join("")
    const width = this.indentWidth(row)
    // An indent that nothing followed is taken away again.
    if (this.ownIndent && head.trim() === "") head = ""
    this.lines.splice(row, 1, head, auto ? tail.trimStart() : tail)
    if (leader !== "") {
      const indent = indentOf(width, this.options) + leader
      this.lines[row + 1] = indent + tail.trimStart()
      this.cursor = { row: row + 1, column: lengthOf(indent) }
      return
    }
    this.#makeIndent(row + 1, row, head === "" && width > 0 ? width : undefined)
  }

  #makeIndent(row: number, above: number, kept?: number): void {
    const { options } = this
    let width =
      kept !== undefined && options.indentexpr === "" && !options.cindent ? (options.autoindent ? kept : 0) : this.indentFor(row, above)
    if (kept !== undefined && options.indentexpr !== "" && this.lines[above] === "") width = this.indentFor(row, above)
    const auto = options.autoindent || options.indentexpr !== "" || options.smartindent || options.cindent
    if (auto && !options.paste) this.setIndent(row, width)
    this.cursor = { row, column: auto && !options.paste ? indentOf(width, options).length : 0 }
    this.ownIndent = width > 0
  }

  protected openLine(row: number, above: number, count: number): void {
    this.remember()
    const leader = this.leaderOf(above, "o")
    const indent = this.indentWidth(above)
    this.lines.splice(row, 0, "")
    this.cursor = { row, column: 0 }
    this.startInsert(count)
    if (leader !== "") {
      this.lines[row] = indentOf(indent, this.options) + leader
      this.cursor.column = lengthOf(this.lines[row])
    } else this.#makeIndent(row, row > above ? above : above + 1)
  }

  /** cc and S: the line is emptied but for its indent. */
  protected changedLine(row: number): void {
    const width = this.indentWidth(row)
    const text = this.lines[row]
    this.lines[row] = ""
    const { options } = this
    const own = options.indentexpr !== "" ? this.indentFor(row, row) : width
    const auto = options.autoindent || options.indentexpr !== "" || options.smartindent || options.cindent
    if (auto && !options.paste && text !== "") this.lines[row] = indentOf(own, options)
    this.cursor = { row, column: lengthOf(this.lines[row]) }
    this.startInsert()
    this.ownIndent = this.cursor.column > 0
  }

  /** A tab, or as many blanks as 'expandtab', 'smarttab' and 'softtabstop' make of it. */
  protected typeTab(): void {
    const { expandtab, tabstop, softtabstop, shiftwidth, smarttab, paste } = this.options
    const { row, column } = this.cursor
    const leading = /^\s*$/.test(charactersOf(this.lines[row]).slice(0, column).join(""))
    const soft = softtabstop > 0 ? softtabstop : softtabstop < 0 ? shiftwidth || tabstop : 0
    const size = smarttab && leading ? shiftwidth || tabstop : soft || tabstop
    if (paste || (!expandtab && size === tabstop)) return this.typed("\t")
    const at = displayColumn(this.lines[row], column, tabstop)
    this.typed(" ".repeat(size - (at % size)))
    if (expandtab || this.mode === "replace") return
    // Blanks that reach a tab stop are a tab.
    const characters = charactersOf(this.lines[row])
    let from = this.cursor.column
    while (from > 0 && (characters[from - 1] === " " || characters[from - 1] === "\t")) from--
    const [start, end] = [displayColumn(this.lines[row], from, tabstop), displayColumn(this.lines[row], this.cursor.column, tabstop)]
    const tabs = Math.floor(end / tabstop) - Math.floor(start / tabstop)
    const blanks = tabs > 0 ? "\t".repeat(tabs) + " ".repeat(end % tabstop) : " ".repeat(end - start)
    characters.splice(from, this.cursor.column - from, ...blanks)
    this.setLine(row, characters)
    this.cursor.column = from + blanks.length
  }

  /** Backspace: with 'softtabstop' or 'smarttab' blanks go as they came; replace mode puts back what was there. */
  protected eraseBack(): void {
    const { row, column } = this.cursor
    if (this.mode === "replace") {
      if (column > 0) this.cursor.column--
      else if (row > 0) this.cursor = { row: row - 1, column: lengthOf(this.lines[row - 1]) }
      if (this.overwritten.length === 0) return
      const was = this.overwritten.pop()
      const characters = charactersOf(this.lines[row])
      characters.splice(column - 1, 1, ...(was === undefined ? [] : [was]))
      this.setLine(row, characters)
      return
    }
    const before = this.insertStart.row === row && column <= this.insertStart.column
    if (before && !this.options.backspace.includes("start") && this.options.backspace !== "2") return
    if (column === 0) {
      if (row === 0 || !/eol|2/.test(this.options.backspace)) return
      this.cursor = { row: row - 1, column: lengthOf(this.lines[row - 1]) }
      this.lines[row - 1] += this.lines[row]
      this.lines.splice(row, 1)
      return
    }
    const characters = charactersOf(this.lines[row])
    const { softtabstop, shiftwidth, tabstop, smarttab } = this.options
    const leading = /^\s*$/.test(characters.slice(0, column).join(""))
    const size = smarttab && leading ? shiftwidth || tabstop : softtabstop < 0 ? shiftwidth || tabstop : softtabstop
    if (size === 0 || !/[ \t]/.test(characters[column - 1]) || this.options.paste) {
      characters.splice(column - 1, 1)
      this.setLine(row, characters)
      this.cursor.column--
      return
    }
    const width = displayColumn(this.lines[row], column, tabstop)
    const wanted = Math.floor((width - 1) / size) * size
    let from = column
    while (from > 0 && /[ \t]/.test(characters[from - 1]) && displayColumn(this.lines[row], from, tabstop) > wanted) from--
    const left = Math.max(0, wanted - displayColumn(this.lines[row], from, tabstop))
    characters.splice(from, column - from, ..." ".repeat(left))
    this.setLine(row, characters)
    this.cursor.column = from + left
  }
}
