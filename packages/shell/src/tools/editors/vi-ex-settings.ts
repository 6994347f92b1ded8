/** vi's commands about itself: :set, maps, variables, :if and :for, :registers, :marks, :undo, :echo (ex_docmd.c, eval.c). */
import { type ExCall, ExError, parseCommand } from "./vi-ex.ts"
import { echoed, evaluate, evaluateAll, type ExpressionWorld, numberIn, plainFunction, textIn, type Value } from "./vi-expression.ts"
import { setOption } from "./vi-options.ts"
import { charactersOf } from "./vi-text.ts"
import { isYaml, setYamlOptions } from "./vi-yaml.ts"
import { ViExLines } from "./vi-ex-lines.ts"

const MAX_ROUNDS = 1_000

interface UserCommand {
  readonly body: string
  readonly range: boolean
  readonly whole: boolean
}

/** A block of :if, :for or :while that is being read, or run. */
interface Block {
  readonly kind: "if" | "for"
  /** For :if, whether this branch runs and whether one has. */
  runs: boolean
  done: boolean
  readonly lines: string[]
  readonly head: string
  /** Loops within it that have not ended. */
  inner: number
}

const shownText = (text: string): string =>
  [...text].map((one) => (one === "\n" ? "^J" : one < " " ? `^${String.fromCharCode(one.charCodeAt(0) + 64)}` : one)).join("")

export abstract class ViExSettings extends ViExLines {
  readonly #commands = new Map<string, UserCommand>()
  readonly #blocks: Block[] = []
  #messages: string[] = []
  #running = 0

  /** What expressions see of the editor. */
  expressions(): ExpressionWorld {
    return {
      variable: (name) => this.#variable(name),
      call: (name, given) => this.#editorFunction(name, given) ?? plainFunction(name, given),
    }
  }

  #variable(name: string): Value | undefined {
    if (name.startsWith("@")) return this.registerNamed(name[1])?.text ?? ""
    if (name.startsWith("&")) {
      const shown = setOption(this.options, `${name.replace(/^&(?:[lg]:)?/, "")}?`) ?? ""
      const value = /=(.*)$/s.exec(shown)?.[1]
      return value === undefined ? (/^no/.test(shown) ? 0 : 1) : /^-?\d+$/.test(value) ? Number(value) : value
    }
    if (name === "v:count" || name === "v:false") return 0
    if (name === "v:true") return 1
    if (name === "v:version") return 901
    return this.variables.get(name.replace(/^g:/, ""))
  }

  #line(value: Value): number {
    return value === "."
      ? this.cursor.row + 1
      : value === "$"
        ? this.lines.length
        : typeof value === "string" && value.startsWith("'")
          ? (this.marks.get(value[1])?.row ?? -1) + 1
          : numberIn(value)
  }

  #editorFunction(name: string, given: readonly Value[]): Value | undefined {
    const [first = "", second = ""] = given
    switch (name) {
      case "line":
        return this.#line(first)
      case "col":
        return first === "$" ? this.lines[this.cursor.row].length + 1 : this.cursor.column + 1
      case "getline":
        if (given.length > 1) return this.lines.slice(this.#line(first) - 1, this.#line(second))
        return this.lines[this.#line(first) - 1] ?? ""
      case "setline":
      case "append": {
        const rows = typeof second === "object" ? second.map(textIn) : [textIn(second)]
        const at = this.#line(first)
        if (name === "append") this.replaceRows(at, 0, rows)
        else this.replaceRows(at - 1, rows.length, rows)
        return 0
      }
      case "cursor":
        this.cursor = { row: this.#line(first) - 1, column: Math.max(0, numberIn(second) - 1) }
        return 0
      case "submatch":
        return this.submatches[numberIn(first)] ?? ""
      case "getreg":
        return this.registerNamed(textIn(first))?.text ?? ""
      case "setreg":
        this.registers.set(textIn(first), { text: textIn(second), linewise: false })
        return 0
      case "expand": {
        const path = this.path ?? ""
        const tail = path.slice(path.lastIndexOf("/") + 1)
        const forms: Readonly<Record<string, string>> = {
          "%": path,
          "%:t": tail,
          "%:r": path.replace(/\.[^./]*$/, ""),
          "%:e": /\.([^./]*)$/.exec(tail)?.[1] ?? "",
          "%:t:r": tail.replace(/\.[^.]*$/, ""),
        }
        return Object.hasOwn(forms, textIn(first)) ? forms[textIn(first)] : textIn(first)
      }
      case "indent":
        return this.indentWidth(this.#line(first) - 1)
      case "match":
      case "matchstr": {
        const text = textIn(first)
        const match = this.patternOf(textIn(second), false).find(text, 0, { row: 0, last: 0, cursor: this.cursor, mark: () => undefined })
        if (name === "match") return match?.index ?? -1
        return match ? text.slice(match.index, match.end) : ""
      }
      case "substitute": {
        const text = textIn(first)
        const by = textIn(given[2] ?? "")
        const pattern = this.patternOf(textIn(second), false)
        let [result, at] = ["", 0]
        for (let left = 1_000; left > 0; left--) {
          const match = pattern.find(text, at, { row: 0, last: 0, cursor: this.cursor, mark: () => undefined })
          if (!match) break
          result += text.slice(at, match.index) + by.replace(/\\(\d)|&/g, (_, digit?: string) => match.groups[Number(digit ?? 0)] ?? "")
          at = match.end
          if (match.end === match.index) result += text.slice(at, ++at)
          if (textIn(given[3] ?? "") !== "g" || at > text.length) break
        }
        return result + text.slice(at)
      }
      case "split": {
        const text = textIn(first).trim()
        return text === "" ? [] : second === "" ? text.split(/\s+/) : textIn(first).split(textIn(second).replace(/\\(.)/g, "$1"))
      }
      case "exists":
        return this.#variable(textIn(first)) === undefined ? 0 : 1
      case "mode":
        return this.mode[0]
      case "undotree":
        return 0
      case "strftime":
        return textIn(first)
      case "execute":
        this.executeLine(textIn(first))
        return ""
      case "feedkeys":
        this.playKeys(charactersOf(textIn(first)), true)
        return 0
    }
    return undefined
  }

  #let({ argument, bang }: ExCall): void {
    if (bang) return
    const match = /^(@[\w"*+/-]|&(?:[lg]:)?[a-z]+|(?:[gbwtslv]:)?[A-Za-z_]\w*)\s*([-+*/%.]|\.\.)?=\s*([\s\S]*)$/.exec(argument)
    if (!match) {
      if (/^[\w:]*$/.test(argument)) {
        this.show([`${argument.padEnd(22)}${echoed(this.#variable(argument) ?? "")}`])
        return
      }
      throw new ExError(`E15: Invalid expression: "${argument}"`)
    }
    const [, name, operator, source] = match
    const given = evaluate(source, this.expressions())
    let value = given
    if (operator) {
      const old = this.#variable(name)
      if (old === undefined) throw new ExError(`E121: Undefined variable: ${name}`)
      if (operator.startsWith(".")) value = textIn(old) + textIn(given)
      else if (typeof old === "object" && typeof given === "object") value = [...old, ...given]
      else value = evaluate(`${numberIn(old)} ${operator} ${numberIn(given)}`, this.expressions())
    }
    if (name.startsWith("@")) {
      const text = textIn(value)
      this.registers.set(name[1].toLowerCase(), { text: text.replace(/\n$/, ""), linewise: text.endsWith("\n") })
      if (name[1] === "/") this.search = { source: text, forward: true }
    } else if (name.startsWith("&")) setOption(this.options, `${name.replace(/^&(?:[lg]:)?/, "")}=${textIn(value).replaceAll(" ", "\\ ")}`)
    else {
      const plain = name.replace(/^g:/, "")
      if (this.variables.size < 1_000) this.variables.set(plain, value)
      if (plain === "mapleader") this.maps.leader = textIn(value)
    }
  }

  #set({ argument, name }: ExCall): void {
    const words = argument.match(/(?:\\.|[^\s\\])+/g) ?? [""]
    const shown: string[] = []
    for (const word of words) {
      if (word === "") {
        shown.push(...(setOption(this.options, "all")?.split("\n") ?? []))
        continue
      }
      const text = setOption(this.options, word)
      if (text !== undefined) shown.push(...text.split("\n"))
      if (/^(?:filetype|ft)=/.test(word)) this.fileType(this.options.filetype)
    }
    if (shown.length > 0) this.show(shown)
    if (name !== "set" || argument === "") return
    if (this.options.hlsearch && this.search && !this.highlight) this.highlight = this.patternOf(this.search.source)
    if (!this.options.hlsearch) this.highlight = undefined
  }

  /** Settings that go with a type of file. */
  fileType(type: string): void {
    if (type === "yaml") setYamlOptions(this.options)
  }

  /** The type of a file is known by its name, when types are looked for. */
  detectType(path: string | undefined): void {
    if (this.filetypes && isYaml(path)) this.fileType("yaml")
  }

  /** `filetype plugin indent on`, which vim's own defaults have. */
  filetypes = true

  #define({ argument, bang }: ExCall): void {
    const match = /^((?:-\S+\s+)*)([A-Z]\w*)(?:\s+([\s\S]*))?$/.exec(argument)
    if (!match) {
      if (argument === "") return this.show(["No user-defined commands found"])
      throw new ExError(
        /^[a-z]/.test(argument) ? "E183: User defined commands must start with an uppercase letter" : "E182: Invalid command name",
      )
    }
    const [, options, name, body = ""] = match
    if (this.#commands.has(name) && !bang) throw new ExError(`E174: Command already exists: add ! to replace it: ${name}`)
    this.#commands.set(name, { body, range: options.includes("-range"), whole: options.includes("-range=%") })
  }

  #runUser(command: UserCommand, { range, argument, bang }: ExCall): void {
    if (++this.#running > 20) {
      this.#running = 0
      throw new ExError("E169: Command too recursive")
    }
    const scope = !range.given && command.whole ? this.all() : range
    const parts: Readonly<Record<string, string>> = {
      args: argument,
      "q-args": `"${argument.replace(/["\\]/g, "\\$&")}"`,
      line1: String(scope.from + 1),
      line2: String(scope.to + 1),
      bang: bang ? "!" : "",
      lt: "<",
    }
    try {
      this.executeLine(command.body.replace(/<([\w-]+)>/g, (all, part: string) => (Object.hasOwn(parts, part) ? parts[part] : all)))
    } finally {
      this.#running = Math.max(0, this.#running - 1)
    }
  }

  #registers(argument: string): void {
    const order = '"0123456789abcdefghijklmnopqrstuvwxyz-.:%/'
    const rows = [...order].flatMap((name) => {
      if (argument.trim() !== "" && !argument.includes(name)) return []
      const register = this.registerNamed(name)
      if (!register || (register.text === "" && name !== '"') || (name === '"' && register.text === "")) return []
      const type = register.block ? "b" : register.linewise ? "l" : "c"
      return [`  ${type}  "${name}   ${shownText(register.text)}${register.linewise ? "^J" : ""}`]
    })
    this.show(["", "Type Name Content", ...rows])
  }

  #marks(argument: string): void {
    const order = "'`abcdefghijklmnopqrstuvwxyz\"[]^.<>"
    const rows = [...order].flatMap((name) => {
      const mark = this.marks.get(name)
      if (!mark || (argument !== "" && !argument.includes(name))) return []
      const text = (this.lines[mark.row] ?? "").trimStart()
      return [` ${name} ${String(mark.row + 1).padStart(6)} ${String(mark.column).padStart(4)} ${text}`]
    })
    if (rows.length === 0) throw new ExError(`E283: No marks matching "${argument}"`)
    this.show(["", "mark line  col file/text", ...rows])
  }

  #places(places: readonly { row: number; column: number }[], at: number, head: string): void {
    const rows = places.map(
      ({ row, column }, index) =>
        `${String(Math.abs(at - index)).padStart(3)} ${String(row + 1).padStart(5)} ${String(column).padStart(4)} ${(this.lines[row] ?? "").trimStart()}`,
    )
    this.show(["", head, ...rows, ...(at >= places.length ? [">"] : [])])
  }

  #through(argument: string, step: -1 | 1): void {
    const match = /^(\d*)([smhdf]?)$/.exec(argument)
    if (!match) throw new ExError(`E475: Invalid argument: ${argument}`)
    // Times are those of the typing: all of it is younger than any that can be asked for; a write is "f".
    const by = match[2] === "" ? Number(match[1] || 1) : 100_000
    this.throughTime(step * by)
  }

  #undo(argument: string): void {
    if (/^\d+$/.test(argument)) this.toChange(Number(argument))
    else this.swap(this.undo, this.redo, "Already at oldest change")
  }

  /** An error ends all blocks that were begun. */
  protected dropBlocks(): void {
    this.#blocks.length = 0
  }

  /** Blocks: what is between :if or :for and its end is kept, and run when that comes. True when the call was part of one. */
  protected inBlock(call: ExCall | undefined, text: string): boolean {
    const block = this.#blocks.at(-1)
    const name = call?.name ?? ""
    // A loop within a loop belongs to its lines.
    if (block?.kind === "for" && (name === "for" || name === "while" || (name === "endfor" && block.inner > 0))) {
      block.inner += name === "endfor" ? -1 : 1
      block.lines.push(text)
      return true
    }
    if (name === "if" || name === "for" || name === "while") {
      const runs =
        name === "if" && !(block && !block.runs) ? numberIn(evaluate(call?.argument ?? "", this.expressions())) !== 0 : name !== "if"
      this.#blocks.push({
        kind: name === "if" ? "if" : "for",
        runs: name === "if" && runs,
        done: runs,
        lines: [],
        head: call?.argument ?? "",
        inner: 0,
      })
      return true
    }
    if (!block) {
      if (name === "endif") throw new ExError("E580: :endif without :if")
      if (name === "endfor") throw new ExError("E588: :endfor without :for")
      return false
    }
    if (block.kind === "for") {
      if (name !== "endfor" && !(name === "" && /^\s*endw/.test(text))) {
        block.lines.push(text)
        return true
      }
      this.#blocks.pop()
      this.#loop(block)
      return true
    }
    if (name === "endif") this.#blocks.pop()
    else if (name === "else" || name === "elseif") {
      block.runs = !block.done && (name === "else" || numberIn(evaluate(call?.argument ?? "", this.expressions())) !== 0)
      block.done ||= block.runs
    } else return !block.runs
    return true
  }

  #loop({ head, lines }: Block): void {
    const match = /^(\w+(?::\w+)?)\s+in\s+([\s\S]*)$/.exec(head)
    if (!match) throw new ExError('E690: Missing "in" after :for')
    const values = evaluate(match[2], this.expressions())
    if (typeof values !== "object") throw new ExError("E714: List required")
    for (const value of values.slice(0, MAX_ROUNDS)) {
      this.variables.set(match[1], value)
      for (const line of lines) this.executeLine(line)
    }
  }

  /** A line of a script, or what a bar left behind. */
  protected parsed(text: string) {
    return parseCommand(text, this.addresses(), (name) => this.#commands.has(name))
  }

  /** False when it is none of these. */
  protected settingCommand(call: ExCall): boolean {
    const { name, argument, bang } = call
    const user = this.#commands.get(name)
    if (user) {
      this.#runUser(user, call)
      return true
    }
    if (/map(clear)?$/.test(name)) {
      if (argument === "" && !name.endsWith("clear")) this.show(this.maps.list())
      return this.maps.read(name, bang, argument)
    }
    if (this.abbreviations.read(name, argument)) return true
    switch (name) {
      case "set":
      case "setlocal":
      case "setglobal":
        this.#set(call)
        return true
      case "setfiletype":
        this.options.filetype = argument
        this.fileType(argument)
        return true
      case "let":
        this.#let(call)
        return true
      case "unlet":
        this.variables.delete(argument.replace(/^g:/, ""))
        return true
      case "call":
        evaluate(argument, this.expressions())
        return true
      case "echo":
      case "echon":
      case "echomsg":
      case "echoerr": {
        const text = evaluateAll(argument, this.expressions())
          .map((value) => echoed(value))
          .join(name === "echon" ? "" : " ")
        if (name === "echomsg" || name === "echoerr") this.#messages = [...this.#messages, text].slice(-200)
        this.show(text.split("\n"))
        return true
      }
      case "execute":
        this.executeLine(evaluateAll(argument, this.expressions()).map(textIn).join(" "))
        return true
      case "command":
        this.#define(call)
        return true
      case "comclear":
        this.#commands.clear()
        return true
      case "delcommand":
        if (!this.#commands.delete(argument)) throw new ExError(`E184: No such user-defined command: ${argument}`)
        return true
      case "registers":
      case "display":
        this.#registers(argument)
        return true
      case "marks":
        this.#marks(argument)
        return true
      case "delmarks":
        for (const mark of bang ? "abcdefghijklmnopqrstuvwxyz" : argument) this.marks.delete(mark)
        return true
      case "jumps":
        this.#places(this.jumps, this.jumpAt, " jump line  col file/text")
        return true
      case "changes":
        this.#places(this.changeList, this.changeAt, "change line  col text")
        return true
      case "history":
        this.show([
          "",
          "      #  cmd history",
          ...this.history.map((line, at) => `${at === this.history.length - 1 ? ">" : " "}${String(at + 1).padStart(6)}  ${line}`),
        ])
        return true
      case "messages":
        this.show(["Messages maintainer: The Vim Project", ...this.#messages])
        return true
      case "undo":
        this.#undo(argument)
        return true
      case "redo":
        this.swap(this.redo, this.undo, "Already at newest change")
        return true
      case "earlier":
        this.#through(argument, -1)
        return true
      case "later":
        this.#through(argument, 1)
        return true
      case "undolist":
        this.show(["Nothing to undo"])
        return true
      case "nohlsearch":
        this.highlight = undefined
        return true
      case "syntax":
      case "highlight":
      case "colorscheme":
      case "autocmd":
      case "augroup":
      case "language":
      case "packadd":
      case "undojoin":
      case "fixdel":
      case "redraw":
      case "sleep":
      case "fold":
      case "foldopen":
      case "foldclose":
      case "stopinsert":
      case "cd":
      case "lcd":
      case "mksession":
      case "resize":
        return true
      case "filetype":
        this.filetypes = !/\boff\b/.test(argument)
        return true
      case "startinsert":
      case "startreplace":
        this.remember()
        if (bang) this.cursor.column = charactersOf(this.lines[this.cursor.row]).length
        this.startInsert()
        if (name === "startreplace") this.mode = "replace"
        return true
      case "goto": {
        let left = Math.max(0, Number(argument || 1) - 1)
        let row = 0
        while (row < this.lines.length - 1 && left > this.lines[row].length) left -= this.lines[row++].length + 1
        this.cursor = { row, column: left }
        return true
      }
      case "digraphs":
        this.show(["NU ^@  10    SH ^A   1    SX ^B   2    EX ^C   3"])
        return true
      case "version":
        this.show([
          "VIM - Vi IMproved 9.1 (2024 Jan 02, compiled Apr 01 2025 20:12:31)",
          "Included patches: 1-16",
          "Huge version without GUI.",
        ])
        return true
      case "scriptnames":
        this.show(["  1: /usr/share/vim/vimrc", "  2: /usr/share/vim/vim91/defaults.vim"])
        return true
    }
    return false
  }
}
