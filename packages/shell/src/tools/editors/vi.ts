/** vi and vim: the editor on a terminal, with its files. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { runCommand } from "../process-tools.ts"
import { clip, FullScreen, shownText, widthOf } from "./full-screen.ts"
import { ViEditor } from "./vi-editor.ts"
import type { Request } from "./vi-state.ts"
import { ExError } from "./vi-ex.ts"
import { before, charactersOf } from "./vi-text.ts"

const MODES: Readonly<Record<string, string>> = {
  insert: "-- INSERT --",
  replace: "-- REPLACE --",
  visual: "-- VISUAL --",
  "visual-line": "-- VISUAL LINE --",
  "visual-block": "-- VISUAL BLOCK --",
}

const linesOf = (text: string): string[] => {
  const lines = text.split("\n")
  if (lines.length > 1 && lines.at(-1) === "") lines.pop()
  return lines
}

class Vi {
  readonly #screen: FullScreen
  readonly #process: Process
  readonly #editor: ViEditor
  readonly #readOnly: boolean
  #exit: number | undefined

  constructor(screen: FullScreen, editor: ViEditor, readOnly: boolean) {
    this.#screen = screen
    this.#process = screen.process
    this.#editor = editor
    this.#readOnly = readOnly
  }

  /** Screen rows of a line, wrapped. */
  #rowsOf(row: number, digits: number): string[] {
    const editor = this.#editor
    const width = this.#screen.columns - digits
    const line = editor.lines[row]
    const number = editor.options.relativenumber && row !== editor.cursor.row ? Math.abs(row - editor.cursor.row) : row + 1
    const head = digits > 0 ? `\x1b[33m${String(number).padStart(digits - 1)} \x1b[0m` : ""
    const text = shownText(line, editor.options.tabstop) + (editor.options.list ? "$" : "")
    const marked = this.#marked(row, text)
    if (!editor.options.wrap || widthOf(text) <= width) return [head + (marked ?? clip(text, width))]
    const rows: string[] = []
    for (let rest = text; rest !== ""; ) {
      const piece = clip(rest, width)
      if (piece === "") break
      rows.push((rows.length === 0 ? head : " ".repeat(digits)) + piece)
      rest = rest.slice(piece.length)
    }
    return rows
  }

  /** The line with what is selected or found made visible; undefined when there is nothing of it in it. */
  #marked(row: number, text: string): string | undefined {
    const editor = this.#editor
    const { options } = editor
    if (widthOf(text) > this.#screen.columns - 8) return undefined
    const characters = charactersOf(editor.lines[row])
    const part = (a: number, b: number) => shownText(characters.slice(a, b).join(""), options.tabstop)
    const marked = (a: number, b: number) => `${part(0, a)}\x1b[7m${part(a, b) || " "}\x1b[27m${part(b, characters.length)}`
    if (editor.mode === "visual-block") {
      const { top, bottom, left, right } = editor.block
      return row < top || row > bottom ? undefined : marked(left, Math.min(right + 1, characters.length))
    }
    if (editor.mode === "visual" || editor.mode === "visual-line") {
      const [from, to] = before(editor.cursor, editor.visualStart)
        ? [editor.cursor, editor.visualStart]
        : [editor.visualStart, editor.cursor]
      if (row < from.row || row > to.row) return undefined
      const start = editor.mode === "visual" && row === from.row ? from.column : 0
      const end = editor.mode === "visual" && row === to.row ? to.column + 1 : characters.length
      return marked(start, end)
    }
    const { highlight } = editor
    if (!highlight || !options.hlsearch || editor.lines[row].includes("\t")) return undefined
    let result = ""
    let at = 0
    for (let match = highlight.find(text, at); match && match.end > match.index; match = highlight.find(text, at)) {
      result += `${text.slice(at, match.index)}\x1b[43;30m${text.slice(match.index, match.end)}\x1b[0m`
      at = match.end
    }
    return at === 0 ? undefined : result + text.slice(at)
  }

  *#paint(): Steps<void> {
    const editor = this.#editor
    const { rows, columns } = this.#screen
    const room = rows - 1
    editor.height = room
    const digits = editor.options.number || editor.options.relativenumber ? Math.max(4, String(editor.lines.length).length + 1) : 0
    const { row, column } = editor.cursor
    if (row < editor.top) editor.top = row
    // Down until the cursor's line is seen whole.
    const heightTo = () => {
      let used = 0
      for (let at = editor.top; at <= row && used <= room; at++) used += this.#rowsOf(at, digits).length
      return used
    }
    if (row - editor.top > room) editor.top = row - room + 1
    while (heightTo() > room && editor.top < row) editor.top++
    const lines: string[] = []
    let cursorRow = 0
    let at = editor.top
    while (lines.length < room && at < editor.lines.length) {
      if (at === row) cursorRow = lines.length
      lines.push(...this.#rowsOf(at++, digits))
    }
    lines.length = Math.min(lines.length, room)
    while (lines.length < room) lines.push("\x1b[34m~\x1b[0m")
    const width = columns - digits
    const offset = widthOf(charactersOf(editor.lines[row]).slice(0, column).join(""), editor.options.tabstop)
    // On a tab the cursor stands at its end, except in insert mode.
    const wide = charactersOf(editor.lines[row])[column] === "\t" && editor.mode === "normal"
    const place = wide ? offset + editor.options.tabstop - (offset % editor.options.tabstop) - 1 : offset
    const command = editor.mode === "command" || editor.mode === "search"
    const left = command
      ? editor.commandLine
      : editor.message !== ""
        ? editor.message
        : (MODES[editor.mode] ?? "") + (editor.recording === undefined ? "" : `recording @${editor.recording}`)
    const where = `${row + 1},${editor.lines[row] === "" ? "0-1" : offset === column ? column + 1 : `${column + 1}-${offset + 1}`}`
    const share =
      editor.lines.length <= room
        ? "All"
        : editor.top === 0
          ? "Top"
          : editor.top + room >= editor.lines.length
            ? "Bot"
            : `${Math.floor((editor.top / Math.max(1, editor.lines.length - room)) * 100)}%`
    const right = `${editor.pending.padEnd(11)}${where.padEnd(14)}${share}`
    const status = clip(left, columns)
    const plain = widthOf(status)
    const full =
      !command && columns - plain > right.length + 1 ? `${status}${" ".repeat(columns - plain - right.length - 1)}${right}` : status
    const error = !command && /^E\d+:/.test(editor.message)
    yield* this.#screen.paint(
      [...lines, error ? `\x1b[41;37m${status}\x1b[0m${full.slice(status.length)}` : full],
      command
        ? { row: room, column: Math.min(plain, columns - 1) }
        : {
            row: Math.min(room - 1, cursorRow + (editor.options.wrap ? Math.floor(place / width) : 0)),
            column: Math.min(columns - 1, (place % width) + digits),
          },
    )
  }

  #write(request: Extract<Request, { kind: "write" }>): boolean {
    const editor = this.#editor
    const path = request.path ?? editor.path
    if (path === undefined) throw new ExError("E32: No file name")
    const { files } = this.#process
    const whole = request.range.from === 0 && request.range.to === editor.lines.length - 1
    if (this.#readOnly && !request.force && request.path === undefined)
      throw new ExError("E45: 'readonly' option is set (add ! to override)")
    if (request.path !== undefined && request.path !== editor.path && files.exists(path) && !request.force)
      throw new ExError("E13: File exists (add ! to override)")
    const lines = editor.lines.slice(request.range.from, request.range.to + 1)
    const text = lines.length === 1 && lines[0] === "" && whole && !files.exists(path) ? "" : `${lines.join("\n")}\n`
    try {
      const fresh = !files.exists(path)
      files.write(path, text)
      editor.path ??= path
      if (whole) editor.modified = false
      editor.message = `"${path}"${fresh ? " [New]" : ""} ${lines.length}L, ${new TextEncoder().encode(text).length}B written`
      return true
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      throw new ExError(`"${path}" E212: Can't open file for writing`)
    }
  }

  *#answer(request: Request): Steps<void> {
    const editor = this.#editor
    switch (request.kind) {
      case "write":
        if (this.#write(request) && request.quit) this.#exit = 0
        return
      case "quit":
        if (editor.modified && !request.force) throw new ExError("E37: No write since last change (add ! to override)")
        this.#exit = request.code
        return
      case "edit": {
        if (editor.modified && !request.force) throw new ExError("E37: No write since last change (add ! to override)")
        const path = request.path ?? editor.path
        if (path === undefined) throw new ExError("E32: No file name")
        const { lines, message } = readFile(this.#process, path)
        editor.lines = lines
        editor.path = path
        editor.modified = false
        editor.cursor = { row: 0, column: 0 }
        editor.message = message
        return
      }
      case "read": {
        try {
          const lines = linesOf(this.#process.files.readText(request.path))
          editor.lines.splice(request.row + 1, 0, ...lines)
          editor.modified = true
          editor.cursor = { row: request.row + 1, column: 0 }
          editor.message = `"${request.path}" ${lines.length}L`
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          throw new ExError(`E484: Can't open file ${request.path}`)
        }
        return
      }
      case "suspend":
        yield* this.#screen.suspend()
        return
      case "shell":
        yield* this.#shell(request)
    }
  }

  *#shell({ command, row }: Extract<Request, { kind: "shell" }>): Steps<void> {
    const process = this.#process
    const words = command === "" ? ["/bin/bash"] : ["/bin/sh", "-c", command.replaceAll("%", this.#editor.path ?? "%")]
    if (row === undefined) {
      yield* this.#screen.outside(function* () {
        yield* runCommand(process, words, { tool: "vi" })
        if (command !== "") {
          yield* process.print("\nPress ENTER or type command to continue")
          yield* process.readLine(0)
        }
      })
      return
    }
    const { read, write } = process.pipe()
    read.retain()
    const child = process.spawnFile(words[0], { argv: words, fds: new Map([...process.fds, [1, write]]) })
    let fd = 20
    while (process.fds.has(fd)) fd++
    process.fds.set(fd, read)
    const text = new TextDecoder().decode(yield* process.readAll(fd))
    process.close(fd)
    yield* process.waitFor({ pid: child.pid })
    this.#editor.lines.splice(row + 1, 0, ...linesOf(text))
    this.#editor.modified = true
  }

  *run(): Steps<number> {
    const editor = this.#editor
    while (this.#exit === undefined) {
      if (!this.#screen.hasKey) yield* this.#paint()
      const key = yield* this.#screen.key()
      if (key === "hangup") return 1
      if (key === "resize") continue
      if (key === "paste-begin" || key === "paste-end") continue
      if (editor.mode === "normal") editor.message = ""
      if (this.#process.charge(1 + (editor.lines.length >> 9))) yield* this.#process.yield()
      editor.feed(key)
      for (const request of editor.requests.splice(0)) {
        try {
          yield* this.#answer(request)
        } catch (error) {
          if (!(error instanceof ExError)) throw error
          editor.message = error.message
        }
      }
    }
    return this.#exit
  }
}

const readFile = (process: Process, path: string): { lines: string[]; message: string } => {
  if (!process.files.exists(path)) return { lines: [""], message: `"${path}" [New]` }
  try {
    const data = process.files.readBytes(path)
    const lines = linesOf(new TextDecoder().decode(data))
    const readOnly = process.files.access(path, { write: true }) ? "" : " [readonly]"
    return { lines, message: `"${path}"${readOnly} ${data.length === 0 ? 0 : lines.length}L, ${data.length}B` }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return { lines: [""], message: error.code === "EISDIR" ? `"${path}" is a directory` : `"${path}" [Permission Denied]` }
  }
}

export const vi = defineTool({
  name: "vi",
  aliases: ["vim", "view", "vim.tiny", "nvim"],
  busybox: true,
  plain: true,
  summary: "a programmer's text editor",
  *run(process, args) {
    const files: string[] = []
    const commands: string[] = []
    let readOnly = process.argv[0]?.endsWith("view") === true
    for (let at = 0; at < args.length; at++) {
      const word = args[at]
      if (word === "--version") {
        yield* process.print("VIM - Vi IMproved 9.1 (2024 Jan 02, compiled Apr 01 2025)\n")
        return 0
      }
      if (word === "--help" || word === "-h") {
        yield* process.print("VIM - Vi IMproved 9.1\n\nUsage: vim [arguments] [file ..]       edit specified file(s)\n")
        return 0
      }
      if (word === "-c" || word === "--cmd") commands.push(args[++at] ?? "")
      else if (word === "-R") readOnly = true
      else if (word === "-u" || word === "-T" || word === "-i") at++
      else if (/^\+/.test(word)) commands.push(word === "+" ? "$" : word.slice(1))
      else if (!word.startsWith("-") || word === "-") files.push(word)
    }
    const { tty } = process
    if (!tty || process.fds.get(0)?.kind !== "tty") {
      yield* process.error("Vim: Warning: Input is not from a terminal\nVim: Error reading input, exiting...\n")
      return 1
    }
    const path = files[0]
    const { lines, message } = path === undefined ? { lines: [""], message: "" } : readFile(process, path)
    const editor = new ViEditor(lines, path)
    editor.message = message
    const home = process.env.get("HOME") ?? "/root"
    const configuration = [`${home}/.vimrc`, `${home}/.exrc`].find((name) => process.files.access(name, { read: true }))
    for (const line of configuration ? process.files.readText(configuration).split("\n") : []) {
      const set = /^\s*:?set?\s+(.*?)\s*(?:".*)?$/.exec(line)
      for (const option of set?.[1].split(/\s+/).filter(Boolean) ?? []) {
        try {
          editor.set(option)
        } catch (error) {
          if (!(error instanceof ExError)) throw error
          editor.message = error.message
        }
      }
    }
    const screen = new FullScreen(process, tty, { meta: false })
    yield* screen.enter()
    try {
      for (const command of commands) for (const key of [":", ...command, "enter"]) editor.feed(key)
      return yield* new Vi(screen, editor, readOnly).run()
    } finally {
      screen.leave()
    }
  },
})
