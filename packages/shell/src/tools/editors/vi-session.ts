/** vi on a terminal: keys to the editor, and what it asks for of files, windows, commands (main.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { runCommand } from "../process-tools.ts"
import type { FullScreen } from "./full-screen.ts"
import type { ViEditor } from "./vi-editor.ts"
import { linesOf, readFile, writeFile } from "./vi-files.ts"
import { runScript } from "./vi-script.ts"
import type { Request } from "./vi-state.ts"
import { ExError } from "./vi-ex.ts"
import { ViScreen } from "./vi-screen.ts"
import { SwapFile } from "./vi-swap.ts"
import { ViWindows } from "./vi-windows.ts"

/** What :help shows: there is no manual here. */
const HELP = [
  "*help.txt*      For Vim version 9.1.",
  "",
  "                        VIM - main help file",
  '      Move around:  Use the cursor keys, or "h" to go left, "j" to go down, "k" to go up, "l" to go right.',
  'Close this window:  Use ":q<Enter>".',
  '   Get out of Vim:  Use ":qa!<Enter>" (careful, all changes are lost!).',
]

export class ViSession {
  readonly #screen: FullScreen
  readonly #process: Process
  readonly #editor: ViEditor
  readonly #shown: ViScreen
  readonly #windows: ViWindows
  /** The files of the command line, and which of them is here. */
  readonly #files: readonly string[]
  #at = 0
  #swap: SwapFile | undefined
  #exit: number | undefined
  /** A key that put an end to waiting, and is for the editor. */
  #typed: string | undefined

  constructor(screen: FullScreen, editor: ViEditor, files: readonly string[]) {
    this.#screen = screen
    this.#windows = new ViWindows(editor)
    this.#shown = new ViScreen(screen, editor, this.#windows)
    this.#files = files
    this.#process = screen.process
    this.#editor = editor
    for (const path of files) this.#windows.bufferOf(path)
    editor.now = () => this.#process.now()
    editor.readLines = (path) => {
      try {
        const text = this.#process.files.readText(path)
        const lines = text === "" ? [] : linesOf(text)
        return { lines, message: `"${path}" ${lines.length}L, ${new TextEncoder().encode(text).length}B` }
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        throw new ExError(`E484: Can't open file ${path}`)
      }
    }
  }

  *#answer(request: Request): Steps<void> {
    const editor = this.#editor
    switch (request.kind) {
      case "write":
        writeFile(this.#process, editor, request)
        if (request.quit) yield* this.#close(true)
        return
      case "close":
        yield* this.#close(request.force)
        return
      case "quit":
        this.#windows.save()
        if (!request.force && this.#windows.buffers.some((one) => one.state?.modified))
          throw new ExError("E37: No write since last change (add ! to override)")
        this.#exit = request.code
        return
      case "edit": {
        const path = request.path ?? editor.path
        if (path === undefined) throw new ExError("E32: No file name")
        if (path !== editor.path) {
          this.#windows.mayLeave(request.force)
          if (request.force && editor.modified) this.#discard()
          yield* this.#open(path)
          return
        }
        if (editor.modified && !request.force) throw new ExError("E37: No write since last change (add ! to override)")
        yield* this.#reload(path)
        return
      }
      case "buffer":
        yield* this.#buffer(request)
        return
      case "buffers":
        editor.page = [`:${editor.lastTyped}`, ...this.#windows.list()]
        return
      case "window":
        yield* this.#window(request)
        return
      case "rename": {
        const { path } = request
        if (this.#process.files.exists(path) && !request.force) throw new ExError("E13: File exists (add ! to override)")
        editor.path = path
        writeFile(this.#process, editor, {
          kind: "write",
          path,
          range: { from: 0, to: editor.lines.length - 1, given: false },
          force: true,
          quit: false,
          append: false,
        })
        return
      }
      case "source":
        if (!this.#process.files.access(request.path, { read: true })) throw new ExError(`E484: Can't open file ${request.path}`)
        runScript(editor, this.#process.files.readText(request.path))
        return
      case "help":
        if (request.topic === "pwd") editor.message = this.#process.cwd
        else {
          this.#windows.split(false)
          const help = this.#windows.bufferOf("/usr/share/vim/vim91/doc/help.txt")
          help.listed = false
          editor.load(HELP, help.path ?? "")
          this.#windows.current.buffer = help
          if (request.topic !== "") editor.message = `E149: Sorry, no help for ${request.topic}`
        }
        return
      case "next": {
        this.#windows.mayLeave(request.force)
        const last = this.#files.length - 1
        const at = Number.isFinite(request.by) ? this.#at + request.by : request.by < 0 ? 0 : last
        if (at < 0) throw new ExError("E164: Cannot go before first file")
        if (at >= this.#files.length)
          throw new ExError(this.#files.length > 1 ? "E165: Cannot go beyond last file" : "E163: There is only one file to edit")
        this.#at = at
        yield* this.#open(this.#files[at])
        return
      }
      case "files":
        editor.message = this.#files.map((name, at) => (at === this.#at ? `[${name}]` : name)).join(" ")
        return
      case "suspend":
        yield* this.#screen.suspend()
        editor.message = ""
        return
      case "filter":
        yield* this.#filter(request)
        return
      case "shell":
        yield* this.#shell(request)
    }
  }

  *#shell({ command, row, silent }: Extract<Request, { kind: "shell" }>): Steps<void> {
    const process = this.#process
    const words = command === "" ? ["/bin/bash"] : ["/bin/sh", "-c", this.#expanded(command)]
    if (row === undefined) {
      yield* this.#screen.outside(function* () {
        if (command !== "") yield* process.print("\n")
        yield* runCommand(process, words, { tool: "vi" })
      })
      if (command === "" || silent) return
      yield* process.print("\x1b[?1049l\r\nPress ENTER or type command to continue")
      const key = yield* this.#screen.key()
      if (key !== "enter" && key !== " " && key !== "resize") this.#typed = key
      yield* process.print("\r\n\x1b[?1049h")
      this.#editor.message = ""
      return
    }
    this.#editor.addLines(row + 1, linesOf(yield* this.#through(command, "")))
  }

  /** What a command prints, on both streams, of lines that it is given. */
  *#through(command: string, input: string): Steps<string> {
    const process = this.#process
    const [into, out] = [process.pipe(), process.pipe()]
    // The writer of the input is a process of its own: a full pipe must not stop the reader of the output.
    const writer = process.spawn(
      function* (own) {
        yield* own.print(input)
        return 0
      },
      { argv: ["vi"], fds: new Map([[1, into.write]]) },
    )
    const words = ["/bin/sh", "-c", this.#expanded(command)]
    const child = process.spawnFile(words[0], {
      argv: words,
      fds: new Map([
        [0, into.read],
        [1, out.write],
        [2, out.write],
      ]),
    })
    out.read.retain()
    let fd = 20
    while (process.fds.has(fd)) fd++
    process.fds.set(fd, out.read)
    const text = new TextDecoder().decode(yield* process.readAll(fd))
    process.close(fd)
    yield* process.waitFor({ pid: child.pid })
    yield* process.waitFor({ pid: writer.pid })
    return text
  }

  *#filter({ command, range, keep }: Extract<Request, { kind: "filter" }>): Steps<void> {
    const editor = this.#editor
    const input = editor.lines
      .slice(range.from, range.to + 1)
      .map((line) => `${line}\n`)
      .join("")
    if (!keep) {
      const text = yield* this.#through(command, input)
      editor.replaceLines(range, text === "" ? [] : linesOf(text))
      return
    }
    const shown = yield* this.#through(command, input)
    if (shown !== "") editor.message = linesOf(shown).join(" ")
  }

  /** "%" in a command is the file's name. */
  #expanded(command: string): string {
    return command.replace(/\\%|%/g, (all) => (all === "%" ? (this.#editor.path ?? all) : "%"))
  }

  /** The text of another file comes into this window; one that is open already as it was left. */
  *#open(path: string): Steps<void> {
    const buffer = this.#windows.bufferOf(path)
    // What is not seen, and not changed, is read again.
    const seen = this.#windows.all.some((one) => one.buffer === buffer)
    if (buffer.state && (seen || buffer.state.modified)) {
      this.#windows.show(buffer)
      this.#editor.message = this.#editor.position()
      return
    }
    this.#windows.save()
    if (this.#windows.current.buffer !== buffer) this.#windows.alternate = this.#windows.current.buffer
    this.#windows.current.buffer = buffer
    const { cursor } = buffer
    yield* this.#reload(path)
    this.#editor.cursor = { row: Math.min(cursor.row, this.#editor.lines.length - 1), column: cursor.row === 0 ? cursor.column : 0 }
  }

  *#reload(path: string): Steps<void> {
    const editor = this.#editor
    this.#swap?.remove()
    const { lines, message, empty } = readFile(this.#process, path)
    editor.load(lines, path)
    editor.empty = empty
    editor.message = message
    this.#windows.save()
    yield* this.#claim(path)
  }

  /** What was changed here and is given up is read again when it is next asked for. */
  #discard(): void {
    const { buffer } = this.#windows.current
    this.#editor.modified = false
    this.#windows.save()
    buffer.state = undefined
  }

  *#close(force: boolean): Steps<void> {
    if (!this.#windows.close(force)) this.#exit = 0
    yield* []
  }

  *#buffer({ which, by, force }: Extract<Request, { kind: "buffer" }>): Steps<void> {
    const buffer = this.#windows.find(which, by)
    if (buffer === this.#windows.current.buffer) return
    this.#windows.mayLeave(force)
    if (force && this.#editor.modified) this.#discard()
    if (buffer.path === undefined) this.#windows.show(buffer)
    else yield* this.#open(buffer.path)
  }

  *#window({ action, path, force }: Extract<Request, { kind: "window" }>): Steps<void> {
    const windows = this.#windows
    const key = action.replace(/^C-w /, "")
    if (action === "bdelete") {
      const buffer = path ? windows.find(path, undefined) : windows.current.buffer
      buffer.listed = false
      const next = windows.buffers.find((one) => one.listed)
      if (next && buffer === windows.current.buffer) yield* this.#buffer({ kind: "buffer", which: String(next.number), force })
      return
    }
    if (action === "badd") {
      windows.bufferOf(path)
      return
    }
    if (/^(?:split|vsplit|new|vnew|tabedit|s|S|v|n)$/.test(key)) {
      windows.split(/^v/.test(key))
      if (key === "tabedit") windows.only()
      if (path !== undefined) yield* this.#open(path)
      else if (/^(?:new|vnew|n|tabedit)$/.test(key)) {
        const buffer = windows.bufferOf(undefined)
        windows.current.buffer = buffer
        this.#editor.load([""], "")
        this.#editor.path = undefined
      }
    } else if (key === "c" || key === "close" || key === "q" || key === "tabclose") {
      if (windows.all.length > 1 || key === "q") yield* this.#close(force)
      else if (key !== "tabclose") throw new ExError("E444: Cannot close last window")
    } else if (key === "o" || key === "only" || key === "tabonly") windows.only()
    else windows.go(key)
  }

  /** The swap file that says who edits a file; asks what to do when there is one. */
  *#claim(path: string): Steps<void> {
    const swap = new SwapFile(this.#process, path)
    this.#swap = swap
    const found = this.#editor.options.readonly ? undefined : swap.found()
    if (found) {
      const answer = yield* this.#ask(found.text, found.keys)
      if (answer === "q" || answer === "a") {
        this.#exit = answer === "a" ? 1 : 0
        this.#swap = undefined
        return
      }
      if (answer === "r") {
        const lines = linesOf(found.content)
        this.#editor.load(lines, path)
        this.#editor.modified = true
        this.#editor.message = `Using swap file "${swap.name}"`
      }
      if (answer !== "d") {
        this.#swap = undefined
        return
      }
    }
    if (!this.#editor.options.readonly) swap.write(this.#editor.lines)
  }

  /** Shows a page of text and waits for one of `keys`. */
  *#ask(text: string, keys: string): Steps<string> {
    const lines = text.split("\n")
    for (;;) {
      const last = lines.length - 1
      yield* this.#screen.paint(lines.slice(-this.#screen.rows), { row: Math.min(last, this.#screen.rows - 1), column: lines[last].length })
      const key = (yield* this.#screen.key()).toLowerCase()
      if (key === "hangup" || key === "c-c") return "a"
      if (keys.includes(key)) return key
    }
  }

  *run(): Steps<number> {
    const editor = this.#editor
    if (editor.path !== undefined) yield* this.#claim(editor.path)
    const code = yield* this.#edit()
    // Whoever is killed leaves it behind.
    this.#swap?.remove()
    return code
  }

  *#edit(): Steps<number> {
    const editor = this.#editor
    while (this.#exit === undefined) {
      if (!this.#screen.hasKey && this.#typed === undefined) yield* this.#shown.paint()
      const key = this.#typed ?? (yield* this.#screen.key())
      this.#typed = undefined
      if (key === "hangup") return 1
      if (key === "resize") {
        editor.message = ""
        continue
      }
      if (key === "paste-begin" || key === "paste-end") continue
      if (key === "C-x") editor.fileNames = this.#names()
      if (this.#process.charge(1 + (editor.lines.length >> 9))) yield* this.#process.yield()
      editor.type(key)
      if (editor.modified) this.#swap?.changed(editor.lines)
      yield* this.#requests()
    }
    return this.#exit
  }

  /** What the keys have asked for; what fails leaves out what was to follow. */
  *#requests(): Steps<void> {
    const editor = this.#editor
    for (const request of editor.requests.splice(0)) {
      try {
        yield* this.#answer(request)
      } catch (error) {
        if (!(error instanceof ExError)) throw error
        editor.message = error.message
        editor.requests.length = 0
        return
      }
    }
  }

  #names(): string[] {
    try {
      return this.#process.files
        .list(this.#process.cwd)
        .map(({ name }) => name)
        .sort()
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      return []
    }
  }
}
