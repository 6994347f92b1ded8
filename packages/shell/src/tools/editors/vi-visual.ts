/** vi's visual modes, and how keys become commands. */
import { charactersOf, textObject } from "./vi-text.ts"
import type { Mode } from "./vi-state.ts"
import { ViBlock } from "./vi-block.ts"

const MAX_COUNT = 10_000
const OPERATORS = new Set(["d", "c", "y", ">", "<", "="])

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
      this.mode = "normal"
    }
    if (operator) {
      finish()
      if (linewise || "DYSRCX".includes(key)) this.operateLines(operator, from.row, to.row, name)
      else if (count !== undefined && (key === ">" || key === "<"))
        for (let at = 0; at < Math.min(count, 20); at++) this.operateLines(operator, from.row, to.row, name)
      else this.operate(operator, { from, to, inclusive: true }, name)
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
        if (linewise) this.operateLines("d", from.row, to.row, undefined)
        else this.operate("d", { from, to, inclusive: true }, undefined)
        const removed = this.registers.get('"')
        if (register) {
          this.registers.set('"', register)
          this.put(undefined, false, 1)
          if (removed) this.registers.set('"', removed)
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
        const found = textObject(this.lines, this.cursor, key === "a", keys[0])
        if (found?.from) {
          this.visualStart = { ...found.from }
          this.cursor = { ...found.to }
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
      case "/":
      case "?":
        finish()
        this.mode = "search"
        this.commandLine = key
        return true
    }
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
    if (OPERATORS.has(key) || (key === "g" && ["u", "U", "~"].includes(keys[0] ?? ""))) {
      const operator = key === "g" ? `g${take() ?? ""}` : key
      const again = number()
      if (keys.length === 0) return false
      const times = (count ?? 1) * (again ?? 1)
      if (keys[0] === operator || keys[0] === operator.at(-1)) {
        this.operateLines(operator, this.cursor.row, Math.min(this.lines.length - 1, this.cursor.row + times - 1), name)
        return true
      }
      const motion = this.motion(keys, count === undefined && again === undefined ? undefined : times, operator)
      if (motion === "more") return false
      if (motion) this.operate(operator, motion, name)
      return true
    }
    return this.simpleCommand(key, keys, count, name)
  }

  protected normalKey(key: string): void {
    if (key === "escape" || key === "C-c" || key === "C-{") {
      this.keys = []
      this.mode = "normal"
      this.toEnd = false
      return
    }
    this.keys.push(key)
    const done = this.command([...this.keys])
    if (done) this.keys = []
  }
}
