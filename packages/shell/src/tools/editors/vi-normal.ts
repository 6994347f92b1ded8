/** vi's commands of one or two keys in normal mode. */
import { charactersOf, firstNonBlank, lengthOf } from "./vi-text.ts"
import { ViOperators } from "./vi-operators.ts"

const swapped = (text: string): string =>
  [...text].map((character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase())).join("")

/** Keys as a register shows them. */
const typedText = (keys: readonly string[]): string =>
  keys
    .map((key) =>
      [...key].length === 1
        ? key
        : key === "escape"
          ? "\x1b"
          : key === "enter"
            ? "\r"
            : key.startsWith("C-")
              ? String.fromCharCode(key.toUpperCase().charCodeAt(2) & 31)
              : "",
    )
    .join("")

export abstract class ViNormal extends ViOperators {
  protected simpleCommand(key: string, keys: string[], count: number | undefined, name: string | undefined): boolean {
    const times = count ?? 1
    const { cursor } = this
    const line = () => charactersOf(this.lines[cursor.row])
    switch (key) {
      case "i":
      case "insert":
        this.remember()
        this.startInsert(times)
        return true
      case "a":
        this.remember()
        this.startInsert(times)
        cursor.column = Math.min(line().length, cursor.column + 1)
        return true
      case "I":
        this.remember()
        this.startInsert(times)
        cursor.column = /^\s*$/.test(this.lines[cursor.row]) ? line().length : firstNonBlank(this.lines[cursor.row])
        return true
      case "A":
        this.remember()
        this.startInsert(times)
        cursor.column = line().length
        return true
      case "o":
        this.openLine(cursor.row + 1, this.indentOf(cursor.row), times)
        this.insertLines = true
        return true
      case "O":
        this.openLine(cursor.row, this.indentOf(cursor.row), times)
        this.insertLines = true
        return true
      case "R":
        this.remember()
        this.startInsert(times)
        this.mode = "replace"
        return true
      case "x":
      case "delete":
      case "X": {
        const characters = line()
        const from = key === "X" ? Math.max(0, cursor.column - times) : cursor.column
        const end = key === "X" ? cursor.column : Math.min(characters.length, cursor.column + times)
        if (end <= from) return true
        this.remember()
        this.store(name, characters.slice(from, end).join(""), false, false)
        this.deleteRange({ row: cursor.row, column: from }, { row: cursor.row, column: end }, false)
        return true
      }
      case "s":
      case "S":
      case "C":
      case "D":
      case "Y": {
        if (key === "Y") this.operateLines("y", cursor.row, Math.min(this.lines.length - 1, cursor.row + times - 1), name)
        else if (key === "S") this.operateLines("c", cursor.row, Math.min(this.lines.length - 1, cursor.row + times - 1), name)
        else if (key === "s") this.operate("c", { to: { row: cursor.row, column: Math.min(line().length, cursor.column + times) } }, name)
        else
          this.operate(
            key === "C" ? "c" : "d",
            {
              to: {
                row: Math.min(this.lines.length - 1, cursor.row + times - 1),
                column: lengthOf(this.lines[Math.min(this.lines.length - 1, cursor.row + times - 1)]),
              },
            },
            name,
          )
        return true
      }
      case "r": {
        if (keys.length === 0) return false
        const characters = line()
        const by = keys[0] === "enter" ? "\n" : keys[0] === "tab" ? "\t" : keys[0]
        if ([...by].length !== 1 || cursor.column + times > characters.length) return true
        this.remember()
        characters.splice(cursor.column, times, ...Array.from({ length: by === "\n" ? 1 : times }, () => by))
        this.lines.splice(cursor.row, 1, ...characters.join("").split("\n"))
        if (by === "\n") this.cursor = { row: cursor.row + 1, column: 0 }
        else cursor.column += times - 1
        return true
      }
      case "~": {
        const characters = line()
        this.remember()
        const end = Math.min(characters.length, cursor.column + times)
        for (let at = cursor.column; at < end; at++) characters[at] = swapped(characters[at])
        this.setLine(cursor.row, characters)
        cursor.column = end
        return true
      }
      case "J": {
        this.remember()
        for (let join = 0; join < Math.max(1, times - 1) && cursor.row < this.lines.length - 1; join++) {
          this.joinNext(cursor.row, true)
        }
        return true
      }
      case "]":
      case "[":
        // ]p is p with the indent of this line.
        if (keys.length === 0) return false
        if (keys[0].toLowerCase() !== "p") break
        this.put(name, key === "]" && keys[0] === "p", times)
        return true
      case "p":
      case "P":
        this.put(name, key === "p", times)
        return true
      case "u":
        for (let at = 0; at < times; at++) this.swap(this.undo, this.redo, "Already at oldest change")
        return true
      case "C-r":
        for (let at = 0; at < times; at++) this.swap(this.redo, this.undo, "Already at newest change")
        return true
      case ".":
        // "1p and then . puts "2, and so on: what was deleted comes back step by step.
        if (this.lastChange[0] === '"' && /^[1-8]$/.test(this.lastChange[1] ?? ""))
          this.lastChange = ['"', String(Number(this.lastChange[1]) + 1), ...this.lastChange.slice(2)]
        this.replay(this.lastChange, times)
        return true
      case "v":
      case "V":
      case "C-v":
        this.mode = key === "v" ? "visual" : key === "V" ? "visual-line" : "visual-block"
        this.visualStart = { ...cursor }
        return true
      case ":":
        this.mode = "command"
        this.commandLine = count === undefined ? ":" : `:.,.+${count - 1}`
        this.historyAt = this.history.length
        return true
      case "/":
      case "?":
        this.mode = "search"
        this.commandLine = key
        return true
      case "m":
        if (keys.length === 0) return false
        this.marks.set(keys[0], { ...cursor })
        return true
      case "q":
        if (this.macro) {
          // A capital's keys come behind those that are there.
          const name = this.macro.name.toLowerCase()
          const all = [...(name === this.macro.name ? [] : (this.macros.get(name) ?? [])), ...this.macro.keys]
          this.macros.set(name, all)
          this.registers.set(name, { text: typedText(all), linewise: false })
          this.macro = undefined
          return true
        }
        if (keys.length === 0) return false
        this.macro = { name: keys[0], keys: [] }
        return true
      case "@": {
        if (keys.length === 0) return false
        const asked = keys[0] === "@" ? (this.lastMacro ?? "") : keys[0]
        const held = this.registers.get(asked)
        const recorded = this.macros.get(asked)
        // A register is a macro, whatever it was filled by.
        const played =
          recorded && typedText(recorded) === held?.text ? recorded : held && [...held.text].map((one) => (one === "\n" ? "enter" : one))
        if (played) this.lastMacro = keys[0] === "@" ? this.lastMacro : keys[0]
        this.keys = []
        if (played && this.playing < 50) {
          this.playing++
          try {
            for (let at = 0; at < Math.min(times, 1_000); at++)
              for (const one of played) {
                this.feed(one)
                // What fails ends the macro, which is how one that calls itself comes to its end.
                if (this.failed) return true
              }
          } finally {
            this.playing--
          }
        }
        return true
      }
      case "Z":
        if (keys.length === 0) return false
        if (keys[0] === "Z")
          this.requests.push(
            this.modified
              ? { kind: "write", path: undefined, range: this.all(), force: false, quit: true, append: false }
              : { kind: "quit", force: false, code: 0 },
          )
        if (keys[0] === "Q") this.requests.push({ kind: "quit", force: true, code: 0 })
        return true
      case "z":
        if (keys.length === 0) return false
        this.top = Math.max(
          0,
          keys[0] === "t" || keys[0] === "enter"
            ? cursor.row
            : keys[0] === "b"
              ? cursor.row - this.height + 1
              : cursor.row - Math.floor(this.height / 2),
        )
        return true
      case "C-f":
      case "page-down":
        this.top = Math.min(Math.max(0, this.lines.length - 1), this.top + (this.height - 2) * times)
        cursor.row = Math.max(cursor.row, this.top)
        return true
      case "C-b":
      case "page-up":
        this.top = Math.max(0, this.top - (this.height - 2) * times)
        cursor.row = Math.min(cursor.row, this.top + this.height - 1)
        return true
      case "C-d":
      case "C-u": {
        const by = Math.floor(this.height / 2) * (key === "C-d" ? 1 : -1)
        this.top = Math.max(0, Math.min(this.lines.length - 1, this.top + by))
        cursor.row += by
        return true
      }
      case "C-e":
        this.top = Math.min(this.lines.length - 1, this.top + times)
        cursor.row = Math.max(cursor.row, this.top)
        return true
      case "C-y":
        this.top = Math.max(0, this.top - times)
        cursor.row = Math.min(cursor.row, this.top + this.height - 1)
        return true
      case "C-g":
        this.message = `"${this.path ?? "[No Name]"}"${this.modified ? " [Modified]" : ""} ${this.lines.length} line${this.lines.length === 1 ? "" : "s"} --${Math.round(((cursor.row + 1) / this.lines.length) * 100)}%--`
        return true
      case "C-z":
        this.requests.push({ kind: "suspend" })
        return true
      case "C-a":
      case "C-x": {
        const text = this.lines[cursor.row]
        const match = [...text.matchAll(/-?\d+/g)].find((one) => one.index + one[0].length > cursor.column)
        if (!match) return true
        this.remember()
        const next = String(Number(match[0]) + (key === "C-a" ? times : -times))
        this.lines[cursor.row] = text.slice(0, match.index) + next + text.slice(match.index + match[0].length)
        cursor.column = match.index + next.length - 1
        return true
      }
      case "&":
        this.execute("s")
        return true
      case "resize":
      case "C-l":
        return true
      case "g":
        if (keys.length === 0) return false
        if (this.goCommand(keys[0], times)) return true
        break
      case "U": {
        const before = this.lineBefore
        if (!before || before.lines !== this.lines.length || before.text === this.lines[before.row]) return true
        const { row, text } = before
        this.remember()
        this.lineBefore = { row, text: this.lines[row], lines: this.lines.length }
        this.lines[row] = text
        this.cursor = { row, column: 0 }
        return true
      }
    }
    const motion = this.motion([key, ...keys], count)
    if (motion === "more") return false
    if (!motion) this.failed = true
    else {
      if (motion.jump) this.marks.set("'", { ...this.cursor })
      this.failed = "hjkl".includes(key) && motion.to.row === this.cursor.row && motion.to.column === this.cursor.column
      this.cursor = { ...motion.to }
    }
    return true
  }

  /** The line and the next as one; `blank` puts one blank for the indent between them, as J does. */
  protected joinNext(row: number, blank: boolean): void {
    const [here, next] = [this.lines[row], this.lines[row + 1]]
    const joined = blank ? next.trimStart() : next
    // 'joinspaces': two blanks behind the end of a sentence.
    const gap = /[.!?]$/.test(here) ? "  " : " "
    const between = !blank || joined === "" || joined.startsWith(")") || /\s$/.test(here) || here === "" ? "" : gap
    this.cursor.column = lengthOf(here)
    this.lines.splice(row, 2, here + between + joined)
  }

  /** Commands that begin with g; false for what is a motion. */
  protected goCommand(key: string, times: number): boolean {
    const { cursor } = this
    switch (key) {
      case "J":
        this.remember()
        for (let join = 0; join < Math.max(1, times - 1) && cursor.row < this.lines.length - 1; join++) this.joinNext(cursor.row, false)
        return true
      case "v": {
        const last = this.lastVisual
        if (!last) return true
        this.mode = last.mode
        this.visualStart = { ...last.from }
        this.cursor = { ...last.to }
        return true
      }
      case "i":
        this.cursor = { ...(this.marks.get("^") ?? cursor) }
        this.remember()
        this.startInsert()
        return true
      case "I":
        this.remember()
        cursor.column = 0
        this.startInsert()
        return true
      case "&":
        this.execute("%&&")
        return true
      case "-":
        this.swap(this.undo, this.redo, "Already at oldest change")
        return true
      case "+":
        this.swap(this.redo, this.undo, "Already at newest change")
        return true
      case "p":
      case "P": {
        const { text = "", linewise = false } = this.registers.get('"') ?? {}
        this.put(undefined, key === "p", times)
        if (linewise) this.cursor = { row: cursor.row + text.split("\n").length * times, column: 0 }
        return true
      }
    }
    return false
  }

  protected replay(keys: readonly string[], times: number): void {
    this.keys = []
    this.replaying = true
    try {
      for (let at = 0; at < Math.min(times, 200); at++)
        for (const key of keys) {
          this.feed(key)
          if (this.failed) return
        }
    } finally {
      this.replaying = false
    }
    this.recorded = []
    this.changed = false
  }

  abstract feed(key: string): void
  protected abstract execute(text: string): void
}
