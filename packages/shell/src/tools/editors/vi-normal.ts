/** vi's commands of one or two keys in normal mode. */
import { ExError } from "./vi-ex.ts"
import { plainKey } from "./vi-maps.ts"
import { addToNumber } from "./vi-numbers.ts"
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
        this.openLine(cursor.row + 1, cursor.row, times)
        this.insertLines = true
        return true
      case "O":
        this.openLine(cursor.row, cursor.row, times)
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
        if (keys[0] === "C-v" && (keys.length === 1 || (/^\d+$/.test(keys.slice(1).join("")) && keys.length < 4))) return false
        const characters = line()
        const code =
          keys[0] === "C-v" && /^\d+$/.test(keys.slice(1).join("")) ? String.fromCharCode(Number(keys.slice(1).join(""))) : undefined
        const by = code ?? (keys[0] === "enter" ? "\n" : keys[0] === "tab" ? "\t" : keys[0] === "C-v" ? (keys[1] ?? "") : keys[0])
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
        if (cursor.row >= this.lines.length - 1) {
          this.failed = true
          return true
        }
        this.remember()
        this.joinRows(cursor.row, Math.max(1, times - 1), true)
        return true
      }
      case "]":
      case "[":
        // ]p is p with the indent of this line.
        if (keys.length === 0) return false
        if (keys[0].toLowerCase() !== "p") break
        this.#putIndented(name, key === "]" && keys[0] === "p", times)
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
        this.#again(count)
        return true
      case "Q":
        // As vim's own defaults map it.
        return this.command(["g", "q", ...keys])
      case "v":
      case "V":
      case "C-v":
        this.mode = key === "v" ? "visual" : key === "V" ? "visual-line" : "visual-block"
        this.visualStart = { ...cursor }
        // With a count, as much as the last selection was, so many times.
        if (count !== undefined) cursor.column = Math.min(Math.max(0, line().length - 1), cursor.column + count - 1)
        return true
      case ":":
        this.openCommandLine(count === undefined ? ":" : `:.${count > 1 ? `,.+${count - 1}` : ""}`)
        return true
      case "/":
      case "?":
        this.mode = "search"
        this.commandLine = key
        this.commandAt = 1
        this.searchCount = times
        this.historyAt = this.searches.length
        return true
      case "m":
        if (keys.length === 0) return false
        this.marks.set(keys[0] === "`" ? "'" : keys[0], { ...cursor })
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
        // Command lines are edited in no window of their own here: the line is opened instead.
        if (keys[0] === ":" || keys[0] === "/") {
          this.requests.push({ kind: "window", action: `q${keys[0]}`, path: undefined, force: false })
          return true
        }
        if (!/^[a-zA-Z0-9"]$/.test(keys[0])) return true
        this.message = ""
        this.macro = { name: keys[0], keys: [] }
        return true
      case "@": {
        if (keys.length === 0) return false
        const asked = keys[0] === "@" ? (this.lastMacro ?? "") : keys[0]
        if (asked === ":") {
          this.lastMacro = ":"
          if (this.lastCommand === undefined) throw new ExError("E30: No previous command line")
          for (let at = 0; at < Math.min(times, 1_000); at++) this.executeLine(this.lastCommand)
          return true
        }
        const held = this.registers.get(asked)
        const recorded = this.macros.get(asked)
        // A register is a macro, whatever it was filled by.
        const played =
          recorded && typedText(recorded) === held?.text
            ? recorded
            : held && [...held.text, ...(held.linewise ? ["\n"] : [])].map((one) => (one === "\n" ? "enter" : plainKey(one)))
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
              : { kind: "close", force: false },
          )
        if (keys[0] === "Q") this.requests.push({ kind: "close", force: true })
        return true
      case "z":
        if (keys.length === 0) return false
        if (keys[0] === "f") return keys.length > 1
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
        if (this.lines.length <= this.height) this.top = this.lines.length - 1
        this.intoView()
        cursor.column = firstNonBlank(this.lines[cursor.row])
        return true
      case "C-b":
      case "page-up":
        this.top = Math.max(0, this.top - (this.height - 2) * times)
        this.intoView()
        cursor.column = firstNonBlank(this.lines[Math.min(cursor.row, this.lines.length - 1)])
        return true
      case "C-d":
      case "C-u": {
        // A count stays ('scroll').
        if (count !== undefined) this.options.scroll = Math.min(count, this.height)
        const by = (this.options.scroll || Math.floor(this.height / 2)) * (key === "C-d" ? 1 : -1)
        const row = Math.max(0, Math.min(this.lines.length - 1, cursor.row + by))
        if (row === cursor.row) this.failed = true
        const most = Math.max(0, this.lines.length - this.height)
        this.top = by > 0 ? Math.max(this.top, Math.min(most, this.top + by)) : Math.max(0, this.top + by)
        this.cursor = { row, column: firstNonBlank(this.lines[row]) }
        return true
      }
      case "C-e":
        this.top = Math.min(this.lines.length - 1, this.top + times)
        this.intoView()
        return true
      case "C-y":
        this.top = Math.max(0, this.top - times)
        this.intoView()
        return true
      case "C-g":
        this.message = this.position()
        return true
      case "C-z":
        this.requests.push({ kind: "suspend" })
        return true
      case "C-a":
      case "C-x": {
        const from = line().slice(0, cursor.column).join("").length
        const next = addToNumber(this.lines[cursor.row], from, key === "C-a" ? times : -times, this.options.nrformats)
        if (!next) {
          this.failed = true
          return true
        }
        this.remember()
        this.lines[cursor.row] = next.line
        cursor.column = charactersOf(next.line.slice(0, next.end)).length
        return true
      }
      case "&":
        this.executeLine("s")
        this.changed = true
        return true
      case "C-o":
        this.walkJumps(-times)
        return true
      case "tab":
        this.walkJumps(times)
        return true
      case "C-^":
      case "C-~":
        this.requests.push({ kind: "buffer", which: "#", force: false })
        return true
      case "C-w": {
        if (keys.length === 0) return false
        this.requests.push({ kind: "window", action: `C-w ${keys[0].replace(/^C-/, "")}`, path: undefined, force: false })
        return true
      }
      case "C-c":
        this.message = "Type  :qa  and press <Enter> to exit Vim"
        return true
      case "C-l":
        this.message = ""
        return true
      case "g":
        if (keys.length === 0) return false
        if ((keys[0] === "r" || keys[0] === "'" || keys[0] === "`") && keys.length < 2) return false
        if (this.goCommand(keys, times)) return true
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
      if (motion.jump) this.jumped()
      this.failed = "hjkl".includes(key) && motion.to.row === this.cursor.row && motion.to.column === this.cursor.column
      this.cursor = { ...motion.to }
    }
    return true
  }

  /** The line and the next as one; `blank` puts one blank for the indent between them, as J does. */
  protected joinNext(row: number, blank: boolean, previous?: string): string {
    const [here, next] = [this.lines[row], this.lines[row + 1]]
    const joined = blank ? next.trimStart() : next
    // 'joinspaces': two blanks behind the end of a sentence.
    const gap = this.options.joinspaces && /[.!?]$/.test(previous ?? here) ? "  " : " "
    const between = !blank || joined === "" || joined.startsWith(")") || /\s$/.test(here) || here === "" ? "" : gap
    this.cursor.column = lengthOf(here)
    this.lines.splice(row, 2, here + between + joined)
    return joined
  }

  /** So many of the lines below come to this one's end. */
  protected joinRows(row: number, count: number, blank: boolean): void {
    let previous: string | undefined
    for (let left = count; left > 0 && row < this.lines.length - 1; left--) previous = this.joinNext(row, blank, previous)
  }

  /** Commands that begin with g; false for what is a motion. */
  protected goCommand(keys: readonly string[], times: number): boolean {
    const { cursor } = this
    const [key] = keys
    switch (key) {
      case "r":
        this.remember()
        this.startInsert()
        this.mode = "replace"
        this.virtualReplace = true
        if ([...keys[1]].length === 1) for (let left = Math.min(times, 1_000); left > 0; left--) this.typed(keys[1])
        this.mode = "normal"
        cursor.column--
        return true
      case "R":
        this.remember()
        this.startInsert(times)
        this.mode = "replace"
        this.virtualReplace = true
        return true
      case ";":
      case ",": {
        const by = key === ";" ? -times : times
        const to = this.changeList[this.changeAt + by]
        if (!to) throw new ExError(by < 0 ? "E662: At start of changelist" : "E663: At end of changelist")
        this.changeAt += by
        this.cursor = { ...to }
        return true
      }
      case "a": {
        const one = charactersOf(this.lines[cursor.row])[cursor.column]
        const code = one?.codePointAt(0) ?? 0
        this.message =
          one === undefined
            ? "NUL"
            : `<${one < " " ? `^${String.fromCharCode(code + 64)}` : one}>  ${code},  Hex ${code.toString(16).padStart(2, "0")},  Octal ${code.toString(8).padStart(3, "0")}`
        return true
      }
      case "'":
      case "`":
        return this.simpleCommand(key, [keys[1]], undefined, undefined)
      case "J":
        if (cursor.row >= this.lines.length - 1) {
          this.failed = true
          return true
        }
        this.remember()
        this.joinRows(cursor.row, Math.max(1, times - 1), false)
        return true
      case "v": {
        const last = this.lastVisual
        if (!last) return true
        const now = this.mode.startsWith("visual") ? { mode: this.mode, from: { ...this.visualStart }, to: { ...cursor } } : undefined
        this.mode = last.mode
        this.visualStart = { ...last.from }
        this.cursor = { ...last.to }
        if (now) this.lastVisual = now
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
        this.executeLine("%s//~/&")
        this.changed = true
        return true
      case "-":
        this.throughTime(-times)
        return true
      case "+":
        this.throughTime(times)
        return true
      case "p":
      case "P": {
        const { linewise = false, block = false } = this.registers.get('"') ?? {}
        this.put(undefined, key === "p", times)
        const end = this.marks.get("]") ?? cursor
        if (linewise) {
          const row = end.row + 1
          // Below the last line there is none: the cursor stays in the last.
          this.cursor = row < this.lines.length ? { row, column: firstNonBlank(this.lines[row]) } : { row: end.row, column: 0 }
        } else if (!block) this.cursor = { row: end.row, column: end.column + 1 }
        return true
      }
    }
    return false
  }

  /** The cursor comes to where it is seen, 'scrolloff' lines from the ends of the window where the text goes on there. */
  protected intoView(): void {
    this.message = ""
    const off = Math.min(this.options.scrolloff, (this.height - 1) >> 1)
    const last = this.lines.length - 1
    const bottom = this.top + this.height - 1
    const least = this.top === 0 ? 0 : Math.min(last, this.top + off)
    const most = bottom >= last ? last : bottom - off
    this.cursor.row = Math.max(least, Math.min(this.cursor.row, most))
  }

  /** C-g and :file: where the cursor is in the file. */
  position(): string {
    const { length } = this.lines
    const share = Math.floor(((this.cursor.row + 1) * 100) / length)
    return `"${this.path ?? "[No Name]"}"${this.modified ? " [Modified]" : ""} ${this.empty ? "--No lines in buffer--" : `${length} line${length === 1 ? "" : "s"} --${share}%--`}`
  }

  /** Opens the command line with `text` in it. */
  protected openCommandLine(text: string): void {
    this.commandFrom = "normal"
    this.mode = "command"
    this.commandLine = text
    this.commandAt = text.length
    this.historyAt = this.history.length
  }

  /** ]p: lines are put with the indent of this one. */
  #putIndented(name: string | undefined, after: boolean, times: number): void {
    const register = this.registerNamed(name ?? '"')
    if (!register?.linewise) return this.put(name, after, times)
    const width = this.indentWidth(this.cursor.row)
    this.put(name, after, times)
    const { row } = this.cursor
    const by = width - this.indentWidth(row)
    const rows = register.text.split("\n").length * times
    for (let at = row; at < row + rows; at++) if (this.lines[at] !== "") this.setIndent(at, this.indentWidth(at) + by)
    this.cursor.column = firstNonBlank(this.lines[row])
  }

  /** ".": the last change again; a count takes the place of its own. */
  #again(count: number | undefined): void {
    let keys = this.lastChange
    if (count !== undefined && keys.length > 0) {
      const register = keys[0] === '"' ? keys.slice(0, 2) : []
      let rest = keys.slice(register.length)
      while (/^[1-9]$/.test(rest[0] ?? "") || (rest !== keys && rest[0] === "0" && rest.length < keys.length - register.length))
        rest = rest.slice(1)
      // The count of what an operator works on goes as well.
      if (/^[dcy<>=]$/.test(rest[0] ?? "")) {
        let at = 1
        while (/^[1-9]$/.test(rest[at] ?? "")) at++
        rest = [rest[0], ...rest.slice(at)]
      }
      keys = [...register, ...String(count), ...rest]
      this.lastChange = keys
    }
    this.replay(keys, 1)
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
  abstract executeLine(text: string): void
  protected abstract command(keys: string[]): boolean
}
