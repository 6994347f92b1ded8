/** vi's visual modes, and how keys become commands. */
import { charactersOf, lengthOf } from "./vi-text.ts"
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
    // v$ takes the end of its line too.
    const whole = this.toEnd && this.mode === "visual" && to.row < this.lines.length - 1 && key !== "$"
    if (operator === "!") {
      finish()
      this.mode = "command"
      this.commandLine = ":'<,'>!"
      this.historyAt = this.history.length
      return true
    }
    if (operator) {
      finish()
      if (linewise || "DYSRCX".includes(key)) this.operateLines(operator, from.row, to.row, name)
      else if (whole && operator !== ">" && operator !== "<")
        this.operate(operator, { from, to: { row: to.row + 1, column: 0 }, visual: true }, name)
      else this.operate(operator, { from, to, inclusive: true, visual: true }, name)
      if (key === ">" || key === "<")
        for (let at = 1; at < Math.min(count ?? 1, 20); at++) this.operateLines(operator, from.row, to.row, name)
      if (operator === "y") this.cursor = { ...from }
      return true
    }
    switch (key) {
      case "v":
      case "V":
      case "C-v": {
        const wanted: Mode = key === "v" ? "visual" : key === "V" ? "visual-line" : "visual-block"
        this.toEnd = false
        this.mode = this.mode === wanted ? "normal" : wanted
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
        this.mode = "command"
        this.commandLine = ":'<,'>"
        this.historyAt = this.history.length
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
        if (register) {
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
        if ([...keys[0]].length !== 1) return true
        this.remember()
        for (let row = from.row; row <= to.row; row++) {
          const characters = charactersOf(this.lines[row])
          const start = !linewise && row === from.row ? from.column : 0
          const end = !linewise && row === to.row ? to.column + 1 : characters.length
          for (let at = start; at < Math.min(end, characters.length); at++) characters[at] = keys[0]
          this.setLine(row, characters)
        }
        return true
      }
      case "i":
      case "a": {
        if (keys.length === 0) return false
        const motion = this.motion([key, keys[0]], count, "v")
        if (typeof motion === "object" && motion.from) {
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
        this.cursor = key === "I" ? { ...from } : { row: to.row, column: to.column + 1 }
        this.startInsert()
        return true
      case "g": {
        if (keys.length === 0) return false
        if (keys[0] === "v") return this.goCommand("v", 1)
        if (keys[0] === "J") {
          finish()
          this.cursor = { ...from }
          return this.goCommand("J", Math.max(2, to.row - from.row + 1))
        }
        if ("uU~?".includes(keys[0])) {
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
    if (motion) this.cursor = { ...motion.to }
    return true
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
    if (OPERATORS.has(key) || (key === "g" && ["u", "U", "~", "?"].includes(keys[0] ?? ""))) {
      const operator = key === "g" ? `g${take() ?? ""}` : key
      const again = number()
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
      if (motion) this.operate(operator, motion, name)
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
      this.mode = "normal"
      this.toEnd = false
      return
    }
    this.keys.push(key)
    const done = this.command([...this.keys])
    if (done) this.keys = []
  }
}
