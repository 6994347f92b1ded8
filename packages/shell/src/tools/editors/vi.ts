/** vi and vim: the command, its options and what it reads before the first key. */
import { defineTool } from "../../define-tool.ts"
import { FullScreen } from "./full-screen.ts"
import { ViEditor } from "./vi-editor.ts"
import { readFile } from "./vi-files.ts"
import { runScript, withoutDefaults } from "./vi-script.ts"
import { ViSession } from "./vi-session.ts"

export const vi = defineTool({
  name: "vi",
  aliases: ["vim", "view", "vim.tiny", "nvim"],
  busybox: true,
  plain: true,
  summary: "a programmer's text editor",
  *run(process, args) {
    const files: string[] = []
    const commands: string[] = []
    let vimrc: string | undefined
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
      else if (word === "-u") vimrc = args[++at] ?? "NONE"
      else if (word === "-T" || word === "-i") at++
      else if (/^\+/.test(word)) commands.push(word === "+" ? "$" : word.slice(1))
      else if (!word.startsWith("-") || word === "-") files.push(word)
    }
    const { tty } = process
    if (!tty || process.fds.get(0)?.kind !== "tty") {
      yield* process.error("Vim: Warning: Input is not from a terminal\nVim: Error reading input, exiting...\n")
      return 1
    }
    const [path] = files
    const { lines, message, empty } = path === undefined ? { lines: [""], message: "", empty: true } : readFile(process, path, readOnly)
    const editor = new ViEditor(lines, path)
    editor.empty = empty
    editor.message = message
    editor.options.readonly = readOnly
    const home = process.env.get("HOME") ?? "/root"
    const configuration =
      vimrc ?? [`${home}/.vimrc`, `${home}/.vim/vimrc`, `${home}/.exrc`].find((name) => process.files.access(name, { read: true }))
    if (configuration !== undefined && configuration !== "DEFAULTS") {
      withoutDefaults(editor)
      if (configuration !== "NONE" && process.files.access(configuration, { read: true }))
        runScript(editor, process.files.readText(configuration))
    }
    editor.detectType(path)
    const screen = new FullScreen(process, tty, { meta: false })
    if (files.length > 1) yield* process.print(`${files.length} files to edit\n`)
    yield* screen.enter()
    try {
      const session = new ViSession(screen, editor, files)
      for (const command of commands) for (const key of [":", ...command, "enter"]) editor.feed(key)
      // A command that said nothing leaves what was said of the file.
      if (/^[:/]/.test(editor.message)) editor.message = message
      return yield* session.run()
    } finally {
      screen.leave()
    }
  },
})
