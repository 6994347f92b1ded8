/** vi's command line: ex commands, searches, options. */
import { barred, ExError, parseRange, type Range } from "./vi-ex.ts"
import { firstNonBlank } from "./vi-text.ts"
import type { Options } from "./vi-state.ts"
import { ViSubstitute } from "./vi-substitute.ts"

const SHORT: Readonly<Record<string, string>> = {
  nu: "number",
  rnu: "relativenumber",
  et: "expandtab",
  ai: "autoindent",
  ic: "ignorecase",
  hls: "hlsearch",
  ts: "tabstop",
  sw: "shiftwidth",
  sts: "softtabstop",
  scs: "smartcase",
  cul: "cursorline",
}
const IGNORED = new Set([
  "compatible",
  "cp",
  "smartindent",
  "si",
  "incsearch",
  "is",
  "ruler",
  "ru",
  "showmode",
  "smd",
  "showcmd",
  "sc",
  "mouse",
  "ttymouse",
  "syntax",
  "encoding",
  "enc",
  "backspace",
  "bs",
  "cursorcolumn",
  "cuc",
  "hidden",
  "hid",
  "laststatus",
  "ls",
  "background",
  "bg",
  "fileformat",
  "ff",
  "filetype",
  "ft",
  "cindent",
  "cin",
  "modeline",
  "ml",
  "scrolloff",
  "so",
  "textwidth",
  "tw",
  "backup",
  "bk",
  "swapfile",
  "swf",
  "wildmenu",
  "clipboard",
  "visualbell",
  "vb",
  "foldmethod",
  "fdm",
])

export abstract class ViCommands extends ViSubstitute {
  protected commandKey(key: string): void {
    // C-r puts in a register, or the word that the cursor is on.
    if (this.pasting) {
      this.pasting = false
      const word = this.motion(["i", key === "C-a" ? "W" : "w"], undefined, "y")
      const under = typeof word === "object" && word.from ? this.textIn(word.from, word.to, true) : ""
      this.commandLine += key === "C-w" || key === "C-a" ? under : (this.registerNamed(key)?.text ?? "").replaceAll("\n", "\r")
      return
    }
    switch (key) {
      case "C-r":
        this.pasting = true
        return
      case "escape":
      case "C-c":
      case "C-{":
        this.mode = "normal"
        this.collecting = undefined
        return
      case "backspace":
        this.commandLine = this.commandLine.slice(0, -1)
        if (this.commandLine === "" && this.collecting) this.commandLine = ":"
        if (this.commandLine === "") this.mode = "normal"
        return
      case "C-u":
        this.commandLine = this.commandLine.slice(0, 1)
        return
      case "C-w":
        this.commandLine = this.commandLine[0] + this.commandLine.slice(1).replace(/\s*\S+\s*$/, "")
        return
      case "up":
      case "down":
        this.historyAt = Math.max(0, Math.min(this.history.length, this.historyAt + (key === "up" ? -1 : 1)))
        this.commandLine = this.commandLine[0] + (this.history[this.historyAt] ?? "")
        return
      case "enter": {
        const text = this.commandLine.slice(1)
        if (this.collecting) return this.#collect(text)
        const searching = this.mode === "search"
        this.mode = "normal"
        this.message = ""
        if (!searching) {
          if (text !== "") this.history.push(text)
          for (const command of barred(text)) this.execute(command)
          return
        }
        this.cursor = { ...this.searchFor(this.commandLine[0], text).to }
        return
      }
      default:
        if ([...key].length === 1 && key >= " ") this.commandLine += key
    }
  }

  #collect(line: string): void {
    const { row, removed, lines } = this.collecting ?? { row: 0, removed: 0, lines: [] }
    if (line !== ".") {
      lines.push(line)
      this.commandLine = ":"
      return
    }
    this.collecting = undefined
    this.mode = "normal"
    this.remember()
    this.lines.splice(row, removed, ...lines)
    if (this.lines.length === 0) this.lines.push("")
    this.cursor = { row: Math.max(0, row + lines.length - 1), column: 0 }
  }

  protected override execute(text: string): void {
    const { range, rest } = parseRange(text, {
      row: this.cursor.row,
      last: this.lines.length - 1,
      mark: (name) => this.marks.get(name)?.row,
      search: (source, row) => {
        const { cursor } = this
        this.cursor = { row, column: Number.MAX_SAFE_INTEGER }
        try {
          return this.find(source, true).row
        } finally {
          this.cursor = cursor
        }
      },
    })
    const match = /^(!|&&?|[a-zA-Z]+|=|>+|<+)?(!?)\s*([\s\S]*)$/.exec(rest)
    const [, command = "", bang = "", argument = ""] = match ?? []
    const force = bang === "!"
    // s/…/…/ has no blank behind its name.
    if (/^s(?:ubstitute)?[^a-zA-Z0-9\s"|\\]/.test(rest) || command === "s")
      return this.substitute(range, rest.replace(/^s(?:ubstitute)?/, ""))
    if (/^(?:g(?:lobal)?!?|v(?:global)?)[^a-zA-Z0-9\s"|\\]/.test(rest)) return this.global(range, rest)
    const lines = () => {
      // A count behind the command takes lines from the last one on.
      const count = /(?:^|\s)(\d+)$/.exec(argument)?.[1]
      return count === undefined ? [range.from, range.to] : [range.to, Math.min(this.lines.length - 1, range.to + Number(count) - 1)]
    }
    const register = /^["]?([a-zA-Z"0-9])(?:\s|$)/.exec(argument.replace(/^\d+$/, ""))?.[1]
    if (/^k[a-z]$/.test(command) || ((command === "k" || command === "ma" || command === "mark") && argument !== "")) {
      this.marks.set(command.length === 2 && command !== "ma" ? command[1] : argument[0], { row: range.to, column: 0 })
      return
    }
    switch (command) {
      case "":
        if (range.given) this.cursor = { row: range.to, column: firstNonBlank(this.lines[range.to]) }
        return
      case "w":
      case "write":
      case "wq":
      case "x":
      case "xit":
      case "wa":
      case "wqa":
      case "xa":
      case "up":
      case "update": {
        const quit = /^(wq|x|xit|wqa|xa)$/.test(command)
        const shell = argument.startsWith("!")
        if (shell && !quit)
          this.requests.push({ kind: "filter", command: argument.replace(/^!/, ""), range: range.given ? range : this.all(), keep: true })
        else if (/^(x|xit|xa)$/.test(command) && !this.modified && argument === "") this.requests.push({ kind: "quit", force, code: 0 })
        else
          this.requests.push({
            kind: "write",
            path: argument === "" ? undefined : argument.replace(/^>>\s*/, "") || undefined,
            range: range.given ? range : this.all(),
            force,
            quit,
            append: argument.startsWith(">>"),
          })
        return
      }
      case "q":
      case "quit":
      case "qa":
      case "qall":
        this.requests.push({ kind: "quit", force, code: 0 })
        return
      case "cq":
        this.requests.push({ kind: "quit", force: true, code: 1 })
        return
      case "e":
      case "edit":
        this.requests.push({ kind: "edit", path: argument === "" ? undefined : argument, force })
        return
      case "r":
      case "read": {
        const row = range.zero ? -1 : range.given ? range.to : this.cursor.row
        if (argument.startsWith("!") || force) this.requests.push({ kind: "shell", command: argument.replace(/^!/, ""), row })
        else this.requests.push({ kind: "read", path: argument, row })
        return
      }
      case "!":
        if (range.given) this.requests.push({ kind: "filter", command: bang + argument, range, keep: false })
        else this.requests.push({ kind: "shell", command: bang + argument, row: undefined })
        return
      case "n":
      case "next":
      case "bn":
      case "bnext":
        this.requests.push({ kind: "next", by: 1, force })
        return
      case "N":
      case "Next":
      case "prev":
      case "previous":
      case "bp":
      case "bprevious":
        this.requests.push({ kind: "next", by: -1, force })
        return
      case "ar":
      case "args":
      case "ls":
      case "buffers":
      case "files":
        this.requests.push({ kind: "files" })
        return
      case "sp":
      case "split":
      case "vs":
      case "vsp":
      case "vsplit":
      case "new":
      case "vnew":
      case "tabnew":
      case "tabe":
      case "tabedit":
        throw new ExError("E319: Sorry, the command is not available in this version")
      case "wn":
        this.requests.push(
          { kind: "write", path: undefined, range: this.all(), force, quit: false, append: false },
          { kind: "next", by: 1, force },
        )
        return
      case "sh":
      case "shell":
        this.requests.push({ kind: "shell", command: "", row: undefined })
        return
      case "set":
      case "se":
      case "setlocal":
        for (const option of argument.split(/\s+/).filter(Boolean)) this.set(option)
        return
      case "d":
      case "delete":
        this.operateLines("d", lines()[0], lines()[1], register)
        return
      case "y":
      case "yank":
      case "ya": {
        const { cursor } = this
        this.operateLines("y", lines()[0], lines()[1], register)
        this.cursor = cursor
        return
      }
      case "pu":
      case "put": {
        const { text = "" } = this.registerNamed(argument[0] ?? '"') ?? {}
        const row = range.zero ? 0 : range.to + (force ? 0 : 1)
        const rows = text.split("\n")
        this.remember()
        this.lines.splice(row, 0, ...rows)
        this.cursor = { row: row + rows.length - 1, column: firstNonBlank(rows.at(-1)) }
        return
      }
      case "reg":
      case "registers":
      case "di":
      case "display":
        this.message = [...this.registers].map(([one, { text }]) => `"${one}   ${text.replaceAll("\n", "^J")}`).join("  ")
        return
      case "k":
        throw new ExError("E471: Argument required")
      case "exe":
      case "execute": {
        const quoted = /^(["'])(.*)\1$/s.exec(argument)
        if (!quoted) throw new ExError(`E121: Undefined variable: ${argument}`)
        return this.execute(quoted[1] === "'" ? quoted[2] : quoted[2].replace(/\\(.)/g, "$1"))
      }
      case "&":
      case "&&":
        return this.substitute(range, `${command.slice(1)}${argument}`)
      case "ea":
      case "earlier":
        for (let left = Math.min(300, Number(/^\d+/.exec(argument)?.[0] ?? 1)); left > 0; left--)
          this.swap(this.undo, this.redo, "Already at oldest change")
        return
      case "lat":
      case "later":
        for (let left = Math.min(300, Number(/^\d+/.exec(argument)?.[0] ?? 1)); left > 0; left--)
          this.swap(this.redo, this.undo, "Already at newest change")
        return
      case "m":
      case "move":
      case "t":
      case "co":
      case "copy": {
        const target =
          parseRange(argument, { row: this.cursor.row, last: this.lines.length - 1, mark: () => undefined, search: () => undefined }).range
            .to + (argument.trim() === "0" ? 0 : 1)
        const block = this.lines.slice(range.from, range.to + 1)
        this.remember()
        this.lines.splice(target, 0, ...block)
        if (command.startsWith("m")) this.lines.splice(target <= range.from ? range.from + block.length : range.from, block.length)
        return
      }
      case "j":
      case "join":
        this.cursor = { row: range.from, column: 0 }
        this.simpleCommand("J", [], Math.max(2, range.to - range.from + 1), undefined)
        return
      case "noh":
      case "nohlsearch":
        this.highlight = undefined
        return
      case "u":
      case "undo":
        // A number is the change to come to, counted from the first.
        if (/^\d+$/.test(argument))
          for (let left = 300; left > 0 && this.undo.length !== Number(argument); left--)
            if (this.undo.length > Number(argument)) this.swap(this.undo, this.redo, "Already at oldest change")
            else if (this.redo.length > 0) this.swap(this.redo, this.undo, "Already at newest change")
            else throw new ExError(`E830: Undo number ${argument} not found`)
        else this.swap(this.undo, this.redo, "Already at oldest change")
        return
      case "red":
      case "redo":
        this.swap(this.redo, this.undo, "Already at newest change")
        return
      case "norm":
      case "normal":
        for (let row = range.from; row <= range.to; row++) {
          this.cursor = { row, column: 0 }
          this.replay([...argument, "escape"], 1)
        }
        return
      case "sort": {
        this.remember()
        const scope = range.given ? range : this.all()
        const sorted = this.lines.slice(scope.from, scope.to + 1).sort()
        if (force) sorted.reverse()
        this.lines.splice(scope.from, sorted.length, ...(argument.includes("u") ? [...new Set(sorted)] : sorted))
        return
      }
      case "=":
        this.message = String(range.given ? range.to + 1 : this.lines.length)
        return
      case "f":
      case "file":
        if (argument !== "") this.path = argument
        this.message = `"${this.path ?? "[No Name]"}" ${this.lines.length} lines`
        return
      case "syntax":
      case "syn":
      case "filetype":
      case "colorscheme":
      case "let": {
        const [, name, value] = /^@(.)\s*=\s*(.+)$/s.exec(argument) ?? []
        const text = /^(["'])(.*)\1$/s.exec(value ?? "")?.[2] ?? (value?.startsWith("@") ? this.registerNamed(value[1])?.text : undefined)
        if (name !== undefined && text !== undefined) this.registers.set(name.toLowerCase(), { text, linewise: false })
        return
      }
      case "autocmd":
      case "au":
        return
      case "retab": {
        this.remember()
        if (this.options.expandtab) this.lines = this.lines.map((line) => line.replaceAll("\t", " ".repeat(this.options.tabstop)))
        return
      }
      case "a":
      case "append":
      case "i":
      case "insert":
      case "c":
      case "change":
        this.mode = "command"
        this.commandLine = ":"
        this.collecting = {
          row: command.startsWith("a") ? (range.zero ? 0 : range.to + 1) : range.from,
          removed: command.startsWith("c") ? range.to - range.from + 1 : 0,
          lines: [],
        }
        return
      default:
        if (this.maps.read(command, argument)) return
        if (/^>+$/.test(command) || /^<+$/.test(command)) this.shift(range.from, range.to, command.startsWith(">"))
        else throw new ExError(`E492: Not an editor command: ${text}`)
    }
  }

  /** :g/pattern/command, run on each line that fits; whatever the command does to the others. */
  protected global(given: Range, text: string): void {
    const match = /^(?:g(?:lobal)?(!?)|(v)(?:global)?)([^a-zA-Z0-9\s"|\\])([\s\S]*)$/.exec(text)
    const mark = match?.[3] ?? "/"
    const parts = new RegExp(`^((?:\\\\.|[^\\\\${mark}])*)(?:\\${mark}([\\s\\S]*))?$`).exec(match?.[4] ?? "")
    const source = parts?.[1] || this.search?.source
    if (!match || source === undefined) throw new ExError("E148: Regular expression missing from :global")
    const range = given.given ? given : this.all()
    const regex = this.regexOf(source)
    this.search = { source, forward: true }
    const wanted = !(match[1] === "!" || match[2] === "v")
    const command = parts?.[2]?.trim() || "p"
    const marked: { row: number; line: string }[] = []
    for (let row = range.from; row <= range.to; row++)
      if (regex.test(this.lines[row]) === wanted) marked.push({ row, line: this.lines[row] })
    if (marked.length === 0) throw new ExError(`E486: Pattern not found: ${source}`)
    // What all of it did is one change to undo.
    const before = this.undo.length
    const lines = this.lines.length
    if (command === "d" || command === "delete") {
      const gone = new Set(marked.map(({ row }) => row))
      this.remember()
      this.lines = this.lines.filter((_, row) => !gone.has(row))
      if (this.lines.length === 0) {
        this.lines.push("")
        this.empty = true
      }
      this.cursor = { row: Math.min(this.lines.length - 1, (marked.at(-1)?.row ?? 0) - marked.length + 1), column: 0 }
    } else {
      let moved = 0
      for (const { row, line } of marked) {
        // Where the line is now: lines that went or came before it have moved it; one that is gone is left out.
        const at =
          [row + moved, row + moved - 1, row + moved + 1].find((one) => this.lines[one] === line) ??
          this.lines.indexOf(line, Math.max(0, row + moved - 1))
        if (at < 0) continue
        const count = this.lines.length
        this.cursor = { row: at, column: 0 }
        this.execute(command)
        moved = at - row + this.lines.length - count
      }
    }
    if (this.undo.length > before + 1) this.undo.splice(before + 1)
    const removed = lines - this.lines.length
    if (removed > 2) this.message = `${removed} fewer lines`
  }

  /** ":set" with one option; throws ExError. */
  set(text: string): void {
    const match = /^(no)?(inv)?([a-z]+)([!?&])?(?:[=:](.*))?$/.exec(text)
    if (!match) throw new ExError(`E518: Unknown option: ${text}`)
    const known = (name: string) => (Object.hasOwn(SHORT, name) ? SHORT[name] : name)
    // "number" begins with "no" only as "nonumber" does.
    const whole = known(text.replace(/[!?&=:].*$/, ""))
    const plain = Object.hasOwn(this.options, whole) || IGNORED.has(whole)
    const name = plain ? whole : known((match[2] ?? "") + match[3])
    const off = !plain && match[1] === "no"
    if (IGNORED.has(name)) return
    if (!Object.hasOwn(this.options, name)) throw new ExError(`E518: Unknown option: ${text}`)
    const key = name as keyof Options
    const value = this.options[key]
    if (match[4] === "?") {
      this.message = typeof value === "boolean" ? `${value ? "  " : "no"}${name}` : `  ${name}=${value}`
      return
    }
    if (typeof value === "number") {
      if (match[5] === undefined) this.message = `  ${name}=${value}`
      else Object.assign(this.options, { [key]: Math.max(key === "softtabstop" ? -1 : 0, Math.min(80, Number(match[5]) || 0)) })
    } else Object.assign(this.options, { [key]: match[4] === "!" || match[2] ? !value : !off })
    if (name === "hlsearch" && this.options.hlsearch && this.search) this.highlight = this.regexOf(this.search.source)
    if (this.options.tabstop === 0) this.options.tabstop = 8
  }
}
