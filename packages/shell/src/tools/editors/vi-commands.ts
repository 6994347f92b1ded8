/** vi's command lines carried out, one command after the other; those that are about files and windows ask for them. */
import { type ExCall, ExError } from "./vi-ex.ts"
import { ViExSettings } from "./vi-ex-settings.ts"

const MAX_DEPTH = 40

/** Buffers and windows: what is asked for, by name. */
const BUFFERS: Readonly<Record<string, number | "first" | "last">> = {
  bnext: 1,
  bNext: -1,
  bprevious: -1,
  bfirst: "first",
  brewind: "first",
  blast: "last",
}
const WINDOWS: Readonly<Record<string, string>> = {
  split: "split",
  sview: "split",
  new: "new",
  vsplit: "vsplit",
  vnew: "vnew",
  tabedit: "tabedit",
  tabnew: "tabedit",
  tabclose: "tabclose",
  tabnext: "tabnext",
  tabprevious: "tabprevious",
  tabonly: "tabonly",
  only: "only",
  close: "close",
}

export abstract class ViCommands extends ViExSettings {
  #depth = 0

  executeLine(text: string): void {
    if (this.#depth >= MAX_DEPTH) throw new ExError("E169: Command too recursive")
    this.#depth++
    try {
      for (let left = text; left.trim() !== ""; ) {
        this.spend()
        const parsed = this.#parse(left)
        if (!parsed) return
        const { call, rest } = parsed
        left = rest
        if (this.inBlock(call, call.text.slice(0, call.text.length - rest.length).replace(/\|$/, ""))) continue
        if (this.lineCommand(call) || this.settingCommand(call) || this.#fileCommand(call)) continue
        throw new ExError(`E492: Not an editor command: ${text.trim()}`)
      }
    } finally {
      this.#depth--
    }
  }

  #parse(text: string) {
    const parsed = this.parsed(text)
    // A line of a block that is not run may be anything.
    if (!parsed) this.inBlock(undefined, text)
    return parsed
  }

  /** :write and its kin: a range is a part of the file; ">>" adds, "!" gives it to a command. */
  #write({ name, range, argument, bang: force }: ExCall): void {
    const quit = /^(wq|xit|exit|wqall|xall)$/.test(name)
    const scope = range.given ? range : this.all()
    if (argument.startsWith("!") && !quit) {
      this.requests.push({ kind: "filter", command: argument.slice(1), range: scope, keep: true })
      return
    }
    if (name === "update" && !this.modified) return
    if (/^(xit|exit|xall)$/.test(name) && !this.modified && argument === "") {
      this.requests.push(name === "xall" ? { kind: "quit", force, code: 0 } : { kind: "close", force })
      return
    }
    const append = argument.startsWith(">>")
    const path = (append ? argument.slice(2).trim() : argument.replace(/^\+\+\S+\s*/, "")) || undefined
    this.requests.push({ kind: "write", path, range: scope, force, quit, append })
  }

  #fileCommand(call: ExCall): boolean {
    const { name, range, argument, bang: force } = call
    if (Object.hasOwn(BUFFERS, name)) {
      const by = BUFFERS[name]
      this.requests.push({
        kind: "buffer",
        which: by === "first" ? 1 : by === "last" ? -1 : 0,
        force,
        ...(typeof by === "number" && { by: by * Number(argument || 1) }),
      })
      return true
    }
    if (Object.hasOwn(WINDOWS, name)) {
      this.requests.push({ kind: "window", action: WINDOWS[name], path: argument === "" ? undefined : argument, force })
      return true
    }
    switch (name) {
      case "write":
      case "wq":
      case "xit":
      case "exit":
      case "wall":
      case "wqall":
      case "xall":
      case "update":
        this.#write(call)
        return true
      case "wnext":
      case "wprevious":
      case "wNext":
        this.requests.push(
          { kind: "write", path: undefined, range: this.all(), force, quit: false, append: false },
          { kind: "next", by: name === "wnext" ? 1 : -1, force },
        )
        return true
      case "saveas":
        if (argument === "") throw new ExError("E471: Argument required")
        this.requests.push({ kind: "rename", path: argument, force })
        return true
      case "quit":
        this.requests.push({ kind: "close", force })
        return true
      case "qall":
      case "quitall":
        this.requests.push({ kind: "quit", force, code: 0 })
        return true
      case "cquit":
        this.requests.push({ kind: "quit", force: true, code: Number(argument || 1) })
        return true
      case "edit":
      case "view":
      case "visual":
      case "enew": {
        const path = argument.replace(/^\+\S*\s*/, "")
        if (path === "#") this.requests.push({ kind: "buffer", which: "#", force })
        else this.requests.push({ kind: "edit", path: path === "" || path === "%" ? undefined : path, force })
        return true
      }
      case "read": {
        const row = range.zero ? -1 : range.given ? range.to : this.cursor.row
        if (argument.startsWith("!") || force) this.requests.push({ kind: "shell", command: argument.replace(/^!/, ""), row })
        else if (argument === "" && this.path === undefined) throw new ExError("E32: No file name")
        else {
          const { lines, message } = this.readLines(argument === "" ? (this.path ?? "") : argument)
          this.replaceRows(row + 1, 0, lines)
          this.cursor = { row: row + 1, column: 0 }
          this.message = message
        }
        return true
      }
      case "!":
        if (range.given) this.requests.push({ kind: "filter", command: argument, range, keep: false })
        else this.requests.push({ kind: "shell", command: argument, row: undefined, silent: call.silent })
        return true
      case "shell":
      case "terminal":
        this.requests.push({ kind: "shell", command: "", row: undefined })
        return true
      case "next":
      case "previous":
      case "Next":
        this.requests.push({ kind: "next", by: (name === "next" ? 1 : -1) * Number(argument || 1), force })
        return true
      case "first":
      case "rewind":
        this.requests.push({ kind: "next", by: Number.NEGATIVE_INFINITY, force })
        return true
      case "last":
        this.requests.push({ kind: "next", by: Number.POSITIVE_INFINITY, force })
        return true
      case "args":
        this.requests.push({ kind: "files" })
        return true
      case "ls":
      case "files":
      case "buffers":
        this.requests.push({ kind: "buffers" })
        return true
      case "buffer":
      case "sbuffer":
      case "bdelete":
      case "badd": {
        const number = argument !== "" ? argument : range.given ? String(range.to + 1) : ""
        if (name === "bdelete") this.requests.push({ kind: "window", action: "bdelete", path: number, force })
        else if (name === "badd") this.requests.push({ kind: "window", action: "badd", path: number, force })
        else if (number !== "") this.requests.push({ kind: "buffer", which: number, force })
        return true
      }
      case "wincmd":
        this.requests.push({ kind: "window", action: `C-w ${argument}`, path: undefined, force })
        return true
      case "file":
        if (argument !== "") this.path = argument
        this.message = this.position()
        return true
      case "pwd":
        this.requests.push({ kind: "help", topic: "pwd" })
        return true
      case "stop":
      case "suspend":
        this.requests.push({ kind: "suspend" })
        return true
      case "source":
        if (argument === "") throw new ExError("E471: Argument required")
        this.requests.push({ kind: "source", path: argument })
        return true
      case "help":
      case "options":
        this.requests.push({ kind: "help", topic: argument })
        return true
      case "recover":
        throw new ExError(`E305: No swap file found for ${argument || this.path || ""}`)
    }
    return false
  }
}
