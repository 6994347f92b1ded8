/** vi's blockwise visual mode (^V): what stands between two columns of several lines. */
import { charactersOf, displayColumn } from "./vi-text.ts"
import { recased } from "./vi-operators.ts"
import { ViNormal } from "./vi-normal.ts"

interface Block {
  readonly top: number
  readonly bottom: number
  readonly left: number
  /** The last column that is in; Infinity after $. */
  readonly right: number
}

export abstract class ViBlock extends ViNormal {
  /** $ was typed: every line is in to its end. */
  protected toEnd = false

  get block(): Block {
    const { visualStart: a, cursor: b } = this
    return {
      top: Math.min(a.row, b.row),
      bottom: Math.max(a.row, b.row),
      left: Math.min(a.column, b.column),
      right: this.toEnd ? Number.POSITIVE_INFINITY : Math.max(a.column, b.column),
    }
  }

  #change({ top, bottom, left, right }: Block, change: (part: string[]) => string[]): void {
    for (let row = top; row <= bottom; row++) {
      const characters = charactersOf(this.lines[row])
      if (characters.length <= left) continue
      const part = change(characters.slice(left, right + 1))
      this.setLine(row, [...characters.slice(0, left), ...part, ...characters.slice(right + 1)])
    }
  }

  /** What is typed into the first line comes into the others when insert mode ends. */
  #insert(block: Block, column: number, pad: boolean): void {
    const { top, bottom } = block
    const place = (row: number) => {
      const { length } = charactersOf(this.lines[row])
      return column === Number.POSITIVE_INFINITY ? length : column
    }
    if (pad) this.lines[top] = this.lines[top].padEnd(place(top))
    this.cursor = { row: top, column: place(top) }
    this.startInsert()
    this.blockInsert = {
      row: top,
      bottom,
      column: this.cursor.column,
      length: charactersOf(this.lines[top]).length,
      pad,
      atEnd: column === Number.POSITIVE_INFINITY,
    }
  }

  /** > puts blanks at the block's left edge, < takes those away that stand there. */
  #shiftBlock(top: number, bottom: number, left: number, right: boolean): void {
    this.remember()
    const unit = this.options.shiftwidth || this.options.tabstop
    for (let row = top; row <= bottom; row++) {
      const characters = charactersOf(this.lines[row])
      if (characters.length <= left) continue
      let blanks = 0
      while (/[ \t]/.test(characters[left + blanks] ?? "")) blanks++
      const head = characters.slice(0, left).join("")
      const begin = displayColumn(this.lines[row], left, this.options.tabstop)
      const width = displayColumn(this.lines[row], left + blanks, this.options.tabstop) - begin
      const wanted = right ? width + unit : Math.max(0, width - unit)
      const { tabstop, expandtab } = this.options
      const tabs = expandtab ? 0 : Math.floor((begin + wanted) / tabstop) - Math.floor(begin / tabstop)
      const made = tabs > 0 ? "\t".repeat(tabs) + " ".repeat((begin + wanted) % tabstop) : " ".repeat(wanted)
      this.lines[row] = head + made + characters.slice(left + blanks).join("")
    }
  }

  /** One command of the mode; undefined for keys that move. */
  protected blockCommand(key: string, keys: string[], name: string | undefined): boolean | undefined {
    const block = this.block
    const { top, bottom, left, right } = block
    const finish = () => {
      this.marks.set("<", { row: top, column: left })
      this.marks.set(">", { row: bottom, column: Number.isFinite(right) ? right : 0 })
      this.lastVisual = { mode: this.mode, from: { ...this.visualStart }, to: { ...this.cursor } }
      this.mode = "normal"
      this.toEnd = false
      this.cursor = { row: top, column: left }
    }
    const text = () =>
      this.lines
        .slice(top, bottom + 1)
        .map((line) =>
          charactersOf(line)
            .slice(left, right + 1)
            .join(""),
        )
        .join("\n")
    switch (key) {
      case "y":
        this.store(name, text(), false, true, true)
        finish()
        return true
      case "d":
      case "x":
      case "X":
      case "delete":
      case "c":
      case "s":
        this.remember()
        this.store(name, text(), false, false, true)
        this.#change(block, () => [])
        finish()
        if (key === "c" || key === "s") this.#insert(block, left, false)
        return true
      case "D":
      case "C":
        this.toEnd = true
        return this.blockCommand(key === "D" ? "d" : "c", keys, name)
      case "I":
      case "A":
        this.remember()
        finish()
        this.#insert(block, key === "I" ? left : right + 1, key === "A")
        return true
      case "u":
      case "U":
      case "~":
      case "gu":
      case "gU":
      case "g~":
      case "g?":
        this.remember()
        this.#change(block, (part) => [...recased(key.startsWith("g") ? key : `g${key}`, part.join(""))])
        finish()
        return true
      case "r":
        if (keys.length === 0) return false
        this.remember()
        if ([...keys[0]].length === 1) this.#change(block, (part) => part.map(() => keys[0]))
        finish()
        return true
      case ">":
      case "<":
        finish()
        this.#shiftBlock(top, bottom, left, key === ">")
        return true
      case "$":
        this.toEnd = true
        return true
      case "o":
      case "O": {
        const { cursor, visualStart } = this
        if (key === "o") [this.cursor, this.visualStart] = [{ ...visualStart }, { ...cursor }]
        else [cursor.column, visualStart.column] = [visualStart.column, cursor.column]
        return true
      }
    }
    return undefined
  }
}
