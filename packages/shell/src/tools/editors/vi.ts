/** vi and vim: the editor on a terminal, with its files. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { runCommand } from "../process-tools.ts"
import { FullScreen } from "./full-screen.ts"
import { ViEditor } from "./vi-editor.ts"
import type { Request } from "./vi-state.ts"
import { ExError } from "./vi-ex.ts"
import { ViScreen } from "./vi-screen.ts"
import { SwapFile } from "./vi-swap.ts"

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
  readonly #shown: ViScreen
  /** The files of the command line, and which of them is here. */
  readonly #files: readonly string[]
  #at = 0
  #swap: SwapFile | undefined
  #exit: number | undefined

  constructor(screen: FullScreen, editor: ViEditor, readOnly: boolean, files: readonly string[]) {
    this.#screen = screen
    this.#shown = new ViScreen(screen, editor)
    this.#files = files
    this.#process = screen.process
    this.#editor = editor
    this.#readOnly = readOnly
  }

  #write(request: Extract<Request, { kind: "write" }>): boolean {
    const editor = this.#editor
    const path = request.path ?? editor.path
    if (path === undefined) throw new ExError("E32: No file name")
    const { files } = this.#process
    const whole = request.range.from === 0 && request.range.to === editor.lines.length - 1
    if (this.#readOnly && !request.force && request.path === undefined)
      throw new ExError("E45: 'readonly' option is set (add ! to override)")
    if (request.path !== undefined && request.path !== editor.path && files.exists(path) && !request.force && !request.append)
      throw new ExError("E13: File exists (add ! to override)")
    const lines = editor.lines.slice(request.range.from, request.range.to + 1)
    const none = editor.empty || (lines.length === 1 && lines[0] === "" && whole && !files.exists(path))
    const text = none ? "" : `${lines.join("\n")}\n`
    try {
      const fresh = !files.exists(path)
      if (request.append && fresh && !request.force) throw new ExError(`E212: Can't open file for writing`)
      files.write(path, text, { append: request.append })
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
        yield* this.#open(path)
        return
      }
      case "next": {
        if (editor.modified && !request.force) throw new ExError("E37: No write since last change (add ! to override)")
        const at = this.#at + request.by
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
      case "read": {
        try {
          const lines = linesOf(this.#process.files.readText(request.path))
          editor.addLines(request.row + 1, lines)
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
      case "filter":
        yield* this.#filter(request)
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
    const words = ["/bin/sh", "-c", command.replaceAll("%", this.#editor.path ?? "%")]
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

  *#open(path: string): Steps<void> {
    const editor = this.#editor
    this.#swap?.remove()
    const { lines, message } = readFile(this.#process, path)
    editor.load(lines, path)
    editor.message = message
    yield* this.#claim(path)
  }

  /** The swap file that says who edits a file; asks what to do when there is one. */
  *#claim(path: string): Steps<void> {
    const swap = new SwapFile(this.#process, path)
    this.#swap = swap
    const found = this.#readOnly ? undefined : swap.found()
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
    if (!this.#readOnly) swap.write(this.#editor.lines)
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
      if (!this.#screen.hasKey) yield* this.#shown.paint()
      const key = yield* this.#screen.key()
      if (key === "hangup") return 1
      if (key === "resize") continue
      if (key === "paste-begin" || key === "paste-end") continue
      if (editor.mode === "normal") editor.message = ""
      if (this.#process.charge(1 + (editor.lines.length >> 9))) yield* this.#process.yield()
      editor.type(key)
      if (editor.modified) this.#swap?.changed(editor.lines)
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
    const [path] = files
    const { lines, message } = path === undefined ? { lines: [""], message: "" } : readFile(process, path)
    const editor = new ViEditor(lines, path)
    editor.message = message
    const home = process.env.get("HOME") ?? "/root"
    const configuration = [`${home}/.vimrc`, `${home}/.exrc`].find((name) => process.files.access(name, { read: true }))
    for (const line of configuration ? process.files.readText(configuration).split("\n") : []) {
      const [, map = "", keys = ""] = /^\s*:?([nvxi]?(?:nore)?map)\s+(.*?)\s*$/.exec(line) ?? []
      if (map !== "") editor.maps.read(map, keys)
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
      return yield* new Vi(screen, editor, readOnly, files).run()
    } finally {
      screen.leave()
    }
  },
})
