/** vi's visual modes, and how keys become commands. */
import { addToNumber } from "./vi-numbers.ts"
import { before, charactersOf, lengthOf, type Motion, type Place } from "./vi-text.ts"
import type { Mode } from "./vi-state.ts"
import { ViBlock } from "./vi-block.ts"

const MAX_COUNT = 10_000
const OPERATORS = new Set(["d", "c", "y", ">", "<", "=", "!"])

export abstract class ViVisual extends ViBlock {
  protected visualCommand(key: string, keys: string[], count: number | undefined, name: string | undefined): boolean {
    if (this.mode === "visual-block") {
      const done = this.blockCommand(key, keys, name)
      if (done !== undefined) return done
    }
    const linewise = this.mode === "visual-line"
    const [from, to] = this.ordered(this.visualStart, this.cursor)
    const operator = {
      d: "d",
      x: "d",
      delete: "d",
      X: "d",
      c: "c",
      s: "c",
      y: "y",
      ">": ">",
      "<": "<",
      "=": "=",
      "!": "!",
      u: "gu",
      U: "gU",
      "~": "g~",
      D: "d",
      Y: "y",
      S: "c",
      R: "c",
      C: "c",
    }[key]
    const finish = () => {
      this.marks.set("<", { ...from })
      this.marks.set(">", { ...to })
      this.lastVisual = { mode: this.mode, from: { ...this.visualStart }, to: { ...this.cursor } }
      this.mode = "normal"
      this.toEnd = false
    }
    if (key === "$") this.toEnd = true
    // A selection that reaches behind its line's last character takes the end of the line too.
    const whole = this.mode === "visual" && to.row < this.lines.length - 1 && to.column >= lengthOf(this.lines[to.row])
    if (operator === "!") {
      finish()
      this.openCommandLine(":'<,'>!")
      return true
    }
    if (operator) {
      finish()
      if (key === ">" || key === "<") this.shift(from.row, to.row, key === ">", Math.min(count ?? 1, 20))
      else if (linewise || "DYSRCX".includes(key)) this.operateLines(operator, from.row, to.row, name)
      else if (whole && operator !== ">" && operator !== "<")
        this.operate(operator, { from, to: { row: to.row + 1, column: 0 }, visual: true }, name)
      else this.operate(operator, { from, to, inclusive: true, visual: true }, name)
      if (operator === "y") this.cursor = { ...from }
      return true
    }
    switch (key) {
      case "v":
      case "V":
      case "C-q":
      case "C-v": {
        const wanted: Mode = key === "v" ? "visual" : key === "V" ? "visual-line" : "visual-block"
        if (this.mode === wanted) finish()
        else this.mode = wanted
        this.toEnd = false
        return true
      }
      case "o": {
        const { cursor } = this
        this.cursor = { ...this.visualStart }
        this.visualStart = { ...cursor }
        return true
      }
      case ":":
        finish()
        this.openCommandLine(":'<,'>")
        return true
      case "J":
        finish()
        this.cursor = { ...from }
        return this.simpleCommand("J", [], Math.max(2, to.row - from.row + 1), undefined)
      case "p":
      case "P": {
        finish()
        const register = this.registers.get(name ?? '"')
        const last = to.row === this.lines.length - 1
        if (linewise) this.operateLines("d", from.row, to.row, undefined)
        else this.operate("d", { from, to, inclusive: true, visual: true }, undefined)
        const removed = this.registers.get('"')
        if (register && register.text === "" && !register.linewise) {
          if (removed) this.registers.set('"', removed)
        } else if (register) {
          const emptied = this.empty
          // Lines in place of a part of one stand between what is left of it; text in place of lines is a line.
          if (register.linewise && !linewise) {
            const characters = charactersOf(this.lines[from.row])
            this.lines.splice(from.row, 1, characters.slice(0, from.column).join(""), characters.slice(from.column).join(""))
            this.cursor = { row: from.row, column: 0 }
          } else if (!linewise) this.cursor = { ...from }
          this.registers.set('"', linewise ? { text: register.text, linewise: true } : register)
          const after =
            register.linewise && !linewise ? true : linewise ? last && !emptied : from.column > lengthOf(this.lines[from.row]) - 1
          this.clamp()
          this.put(undefined, after, 1)
          if (emptied) this.lines.pop()
          this.empty = false
          if (removed && key === "p") this.registers.set('"', removed)
        }
        return true
      }
      case "r": {
        if (keys.length === 0) return false
        finish()
        const by = keys[0] === "enter" ? "\r" : keys[0] === "tab" ? "\t" : keys[0]
        if ([...by].length !== 1) return true
        this.remember()
        for (let row = from.row; row <= to.row; row++) {
          const characters = charactersOf(this.lines[row])
          const start = !linewise && row === from.row ? from.column : 0
          const end = !linewise && row === to.row ? to.column + 1 : characters.length
          for (let at = start; at < Math.min(end, characters.length); at++) characters[at] = by
          this.setLine(row, characters)
        }
        this.cursor = { ...from }
        return true
      }
      case "i":
      case "a": {
        if (keys.length === 0) return false
        const motion = this.#wider(key, keys[0], count)
        if (motion?.from) {
          this.visualStart = { ...motion.from }
          this.cursor = { ...motion.to }
          if (motion.linewise && this.mode === "visual") this.mode = "visual-line"
          else if (!motion.inclusive && !motion.linewise) this.cursor.column--
        }
        return true
      }
      case "I":
      case "A":
        finish()
        this.remember()
        this.cursor = linewise
          ? { row: key === "I" ? from.row : to.row, column: 0 }
          : key === "I"
            ? { ...from }
            : { row: to.row, column: to.column + 1 }
        if (key === "A" && to.row > from.row && !linewise) this.cursor = { ...to }
        this.startInsert()
        return true
      case "C-a":
      case "C-x":
        finish()
        this.#addEach(from, to, linewise, key === "C-a" ? 1 : -1, count ?? 1, false)
        return true
      case "C-g":
        return true
      case "g": {
        if (keys.length === 0) return false
        if (keys[0] === "v") return this.goCommand(["v"], 1)
        if (keys[0] === "J") {
          finish()
          this.cursor = { ...from }
          return this.goCommand(["J"], Math.max(2, to.row - from.row + 1))
        }
        if (keys[0] === "C-a" || keys[0] === "C-x") {
          finish()
          this.#addEach(from, to, linewise, keys[0] === "C-a" ? 1 : -1, count ?? 1, true)
          return true
        }
        if ("uU~?qw".includes(keys[0])) {
          if (this.mode === "visual-block" && "uU~?".includes(keys[0])) return this.blockCommand(`g${keys[0]}`, [], name) ?? true
          finish()
          if (linewise) this.operateLines(`g${keys[0]}`, from.row, to.row, name)
          else this.operate(`g${keys[0]}`, { from, to, inclusive: true, visual: true }, name)
          return true
        }
      }
    }
    if (key !== "$" && !"jk".includes(key)) this.toEnd = false
    const motion = this.motion([key, ...keys], count)
    if (motion === "more") return false
    if (motion?.jump) this.jumped()
    if (motion) this.cursor = { ...motion.to }
    // $ takes the end of the line in; there is no character there.
    if (key === "$" && this.mode === "visual") this.cursor.column = lengthOf(this.lines[this.cursor.row])
    return true
  }

  /** A text object in visual mode: a selection that is one already grows. */
  #wider(key: string, name: string, count: number | undefined): Motion | undefined {
    const begin = { ...this.visualStart }
    const { cursor } = this
    const object = (times: number | undefined) => {
      const motion = this.motion([key, name], times, "v")
      return typeof motion === "object" && motion.from ? { ...motion, from: motion.from } : undefined
    }
    const one = begin.row === cursor.row && begin.column === cursor.column
    if (one || before(cursor, begin)) return object(count)
    if ("wWsp".includes(name)) {
      // On from behind the selection.
      const next =
        cursor.column + 1 < lengthOf(this.lines[cursor.row]) && name !== "p"
          ? { row: cursor.row, column: cursor.column + 1 }
          : { row: cursor.row + 1, column: 0 }
      if (next.row >= this.lines.length) return undefined
      this.cursor = next
      const motion = object(count)
      this.cursor = cursor
      return motion && { ...motion, from: begin }
    }
    // The next one out, when this one is selected.
    this.cursor = begin
    try {
      for (let times = count ?? 1; times < (count ?? 1) + 4; times++) {
        const motion = object(times)
        if (!motion) return undefined
        const end = { ...motion.to, column: motion.to.column - (motion.inclusive || motion.linewise ? 0 : 1) }
        const same =
          motion.from.row === begin.row && motion.from.column === begin.column && end.row === cursor.row && end.column === cursor.column
        if (!same && !before(begin, motion.from)) return motion
      }
    } finally {
      this.cursor = cursor
    }
    return undefined
  }

  /** C-a and C-x on each line of a selection; g C-a by one more on each. */
  #addEach(from: Place, to: Place, linewise: boolean, sign: number, count: number, growing: boolean): void {
    this.remember()
    let step = 1
    for (let row = from.row; row <= to.row; row++) {
      const line = this.lines[row]
      const start = !linewise && row === from.row ? charactersOf(line).slice(0, from.column).join("").length : 0
      const next = addToNumber(line, start, sign * count * (growing ? step : 1), this.options.nrformats)
      if (!next) continue
      this.lines[row] = next.line
      step++
    }
    this.cursor = { ...from }
  }

  /** A selection as large as one that was changed before, from the cursor on: what "." begins with. */
  #selectAgain(token: string): void {
    const [, mode, rows, columns] = token.split(":")
    const { cursor } = this
    const row = Math.min(this.lines.length - 1, cursor.row + Number(rows) - 1)
    this.visualStart = { ...cursor }
    this.mode = mode === "visual-line" ? "visual-line" : mode === "visual-block" ? "visual-block" : "visual"
    const last = Math.max(0, lengthOf(this.lines[row]) - 1)
    const column = Number(rows) > 1 && mode === "visual" ? Number(columns) - 1 : cursor.column + Number(columns) - 1
    this.toEnd = columns === "$"
    this.cursor = { row, column: columns === "$" ? last : mode === "visual-block" ? column : Math.min(last, column) }
  }

  /** How large the selection is, as "." takes it. */
  #selectionToken(): string {
    const [from, to] = this.ordered(this.visualStart, this.cursor)
    const rows = to.row - from.row + 1
    const wide =
      this.mode === "visual-block"
        ? Math.abs(this.cursor.column - this.visualStart.column) + 1
        : rows === 1
          ? to.column - from.column + 1
          : to.column + 1
    return `visual:${this.mode}:${rows}:${this.toEnd ? "$" : wide}`
  }

  /** Carries out the keys typed so far; false while they are no whole command. */
  protected command(keys: string[]): boolean {
    let name: string | undefined
    const take = () => keys.shift()
    const number = (): number | undefined => {
      let digits = ""
      while (keys[0] !== undefined && (/^[1-9]$/.test(keys[0]) || (digits !== "" && keys[0] === "0"))) digits += keys.shift()
      return digits === "" ? undefined : Math.min(MAX_COUNT, Number(digits))
    }
    let count = number()
    if (keys[0] === '"') {
      if (keys.length < 2) return false
      take()
      name = take()
      count = number() ?? count
    }
    const key = take()
    if (key === undefined) return false
    const visual = this.mode.startsWith("visual")
    if (visual) return this.visualCommand(key, keys, count, name)
    if (OPERATORS.has(key) || (key === "g" && ["u", "U", "~", "?", "q", "w"].includes(keys[0] ?? ""))) {
      const operator = key === "g" ? `g${take() ?? ""}` : key
      let again = number()
      // v, V and C-v make the motion one of characters, lines or a block.
      const force = /^(?:v|V|C-v)$/.test(keys[0] ?? "") ? take() : undefined
      again = number() ?? again
      if (keys.length === 0) return false
      const times = (count ?? 1) * (again ?? 1)
      if (
        keys[0] === operator ||
        keys[0] === operator.at(-1) ||
        (operator.length === 2 && keys[0] === "g" && keys[1] === operator.at(-1))
      ) {
        this.operateLines(operator, this.cursor.row, Math.min(this.lines.length - 1, this.cursor.row + times - 1), name)
        return true
      }
      const motion = this.motion(keys, count === undefined && again === undefined ? undefined : times, operator)
      if (motion === "more") return false
      if (motion) this.operateForced(operator, motion, name, force)
      else this.failed = true
      return true
    }
    return this.simpleCommand(key, keys, count, name)
  }

  protected normalKey(key: string): void {
    if (key === "escape" || key === "C-c" || key === "C-{") {
      this.keys = []
      if (this.mode.startsWith("visual")) {
        const [from, to] = this.ordered(this.visualStart, this.cursor)
        this.marks.set("<", { ...from })
        this.marks.set(">", { ...to })
        this.lastVisual = { mode: this.mode, from: { ...this.visualStart }, to: { ...this.cursor } }
      }
      if (this.mode !== "normal") this.message = ""
      this.mode = "normal"
      this.toEnd = false
      return
    }
    if (key.startsWith("visual:")) return this.#selectAgain(key)
    this.keys.push(key)
    const token = this.mode.startsWith("visual") ? this.#selectionToken() : undefined
    const wasChanged = this.changed
    const keys = [...this.keys]
    const done = this.command([...this.keys])
    if (!done) return
    this.keys = []
    if (token !== undefined && this.changed && !wasChanged && !this.replaying) this.recorded = [token, ...keys]
  }

  /** An operator over a motion, as it is or made characterwise, linewise or blockwise. */
  protected operateForced(operator: string, motion: Motion, name: string | undefined, force: string | undefined): void {
    if (force === undefined) return this.operate(operator, motion, name)
    if (force === "V") return this.operate(operator, { ...motion, linewise: true }, name)
    if (force === "C-v") {
      this.visualStart = { ...this.cursor }
      this.cursor = { ...motion.to, column: motion.inclusive || motion.linewise ? motion.to.column : Math.max(0, motion.to.column - 1) }
      this.mode = "visual-block"
      this.blockCommand(operator, [], name)
      return
    }
    const inclusive = motion.linewise ? false : !motion.inclusive
    this.operate(operator, { ...motion, linewise: false, inclusive, visual: true }, name)
  }
}
