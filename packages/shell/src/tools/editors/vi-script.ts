/** What vi reads before the first key: a .vimrc, or a file that :source names, line by line. */
import { MatchLimitError } from "../../text/perl-regex.ts"
import type { ViEditor } from "./vi-editor.ts"
import { ExError } from "./vi-ex.ts"

const MOST = 5_000

/** Whoever has a .vimrc has none of defaults.vim: no types of files, no lines kept around the cursor. */
export const withoutDefaults = (editor: ViEditor): void => {
  editor.filetypes = false
  const { options } = editor
  options.scrolloff = 0
  options.showcmd = false
  options.incsearch = false
  options.nrformats = "bin,octal,hex"
}

/** Runs a script; what a line does wrong is said, and the next goes on. */
export const runScript = (editor: ViEditor, text: string): void => {
  const lines = text.split("\n").slice(0, MOST)
  for (let at = 0; at < lines.length; at++) {
    let line = lines[at]
    // A line that begins with a backslash goes on with the one before.
    while (/^\s*\\/.test(lines[at + 1] ?? "")) line += lines[++at].replace(/^\s*\\/, "")
    try {
      editor.executeLine(line)
    } catch (error) {
      if (!(error instanceof ExError || error instanceof MatchLimitError)) throw error
      editor.message = error.message
    }
  }
}
