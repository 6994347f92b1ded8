/** vi's commands of one or two keys in normal mode. */
import { charactersOf, firstNonBlank, lengthOf } from "./vi-text.ts"
import { ViOperators } from "./vi-operators.ts"

const swapped = (text: string): string =>
  [...text].map((character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase())).join("")

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
        return true
      case "O":
        this.openLine(cursor.row, this.indentOf(cursor.row), times)
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
          const here = this.lines[cursor.row].trimEnd()
          const next = this.lines[cursor.row + 1].trimStart()
          cursor.column = lengthOf(here)
          this.lines.splice(cursor.row, 2, next === "" || next.startsWith(")") ? here + next : `${here} ${next}`)
        }
        return true
      }
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
          this.macros.set(this.macro.name, this.macro.keys)
          this.macro = undefined
          return true
        }
        if (keys.length === 0) return false
        this.macro = { name: keys[0], keys: [] }
        return true
      case "@": {
        if (keys.length === 0) return false
        const played = this.macros.get(keys[0] === "@" ? (this.lastMacro ?? "") : keys[0])
        if (played) this.lastMacro = keys[0] === "@" ? this.lastMacro : keys[0]
        this.keys = []
        if (played && this.playing < 5) {
          this.playing++
          try {
            for (let at = 0; at < Math.min(times, 1_000); at++) for (const one of played) this.feed(one)
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
              ? { kind: "write", path: undefined, range: this.all(), force: false, quit: true }
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
        if (keys[0] === "J" || keys[0] === "v") return true
        break
    }
    const motion = this.motion([key, ...keys], count)
    if (motion === "more") return false
    if (motion) this.cursor = { ...motion.to }
    return true
  }

  protected replay(keys: readonly string[], times: number): void {
    this.keys = []
    this.replaying = true
    try {
      for (let at = 0; at < Math.min(times, 200); at++) for (const key of keys) this.feed(key)
    } finally {
      this.replaying = false
    }
    this.recorded = []
    this.changed = false
  }

  abstract feed(key: string): void
  protected abstract execute(text: string): void
}
