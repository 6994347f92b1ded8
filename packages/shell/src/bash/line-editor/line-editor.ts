/** Reads one line from a terminal in raw mode, with emacs keys, history, search and completion. */
import { type Process, type Steps, SystemError, type Tty } from "@drydock/machine"
import { type Completion, commonPrefix, inColumns } from "../completion.ts"
import { LineBuffer } from "./buffer.ts"
import { EDITING } from "./commands.ts"
import { KeyDecoder } from "./keys.ts"
import { Screen } from "./screen.ts"
import { type Search, searchFor, searchPrompt } from "./search.ts"

export type Edited =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "end"; readonly hungUp: boolean }
  | { readonly kind: "interrupted" }

export interface EditOptions {
  readonly prompt: string
  readonly history: readonly string[]
  readonly complete: (text: string) => Steps<Completion>
}

/** More candidates than this are asked about first (completion-query-items). */
const ASK_ABOVE = 100
const MAX_LINE = 64 * 1024
const PASTE_CHUNK = 4 * 1024

/** How often a key is repeated at most. */
const MOST_TIMES = 1_000

/** The words of a line as M-. takes them: what is quoted is one. */
const wordsOf = (line: string): readonly string[] => line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"])+/g) ?? []

export class LineEditor {
  readonly #process: Process
  readonly #tty: Tty
  readonly #kills: string[][] = []
  readonly #keys = new KeyDecoder()
  #screen = new Screen()
  #buffer = new LineBuffer([])
  #options: EditOptions = {
    prompt: "",
    history: [],
    complete: function* () {
      return { from: 0, candidates: [] }
    },
  }
  #history: readonly string[] = []
  /** Lines of the history changed while moving through it; the new line is at its length. */
  #changed = new Map<number, string>()
  #at = 0
  #search: Search | undefined
  #saved = { text: "", point: 0 }
  #pasting = false
  #quoting = false
  /** Digits typed with M-: how often the next key is meant. */
  #count: string | undefined
  /** What C-@ has marked. */
  #mark = 0
  /** The line to begin the next one with (C-o). */
  #next: string | undefined
  /** C-x was typed. */
  #prefix = false
  #lastKey = ""
  #lastArgument = { at: 0, length: 0 }
  #interrupted = false
  #output = ""
  /** Bytes read with a paste that came after it. */
  #pending: Uint8Array = new Uint8Array()

  constructor(process: Process, tty: Tty) {
    this.#process = process
    this.#tty = tty
  }

  /** SIGWINCH came. */
  resized(): void {
    this.#screen.forget()
  }

  /** SIGINT came. */
  interrupt(): void {
    this.#interrupted = true
  }

  *read(options: EditOptions): Steps<Edited> {
    this.#options = options
    this.#history = options.history
    this.#changed = new Map()
    this.#at = options.history.length
    this.#buffer = new LineBuffer(this.#kills)
    this.#screen = new Screen()
    this.#search = undefined
    this.#pasting = this.#quoting = this.#prefix = this.#interrupted = false
    this.#count = undefined
    this.#mark = 0
    if (this.#next !== undefined) {
      this.#buffer.set(this.#next)
      // It is the line behind that one again, when that is asked for.
      this.#at = Math.max(0, options.history.lastIndexOf(this.#next, options.history.length - 2))
      this.#next = undefined
    }
    this.#keys.reset()
    const before = { ...this.#tty.modes }
    this.#tty.setModes({ canonical: false, echo: false, signals: true, outputProcessing: true })
    try {
      if (this.#tty.foregroundGroup !== this.#process.processGroup) this.#tty.foregroundGroup = this.#process.processGroup
      const lines = options.prompt.split("\n")
      const last = lines.pop() ?? ""
      this.#output = lines.map((line) => `${line}\n`).join("")
      this.#options = { ...options, prompt: last }
      this.#output += `\x1b[?2004h${this.#screen.draw(last, [], 0, this.#tty.columns)}`
      yield* this.#flush()
      return yield* this.#loop()
    } finally {
      this.#tty.setModes(before)
    }
  }

  *#loop(): Steps<Edited> {
    for (;;) {
      let data: Uint8Array
      try {
        // What is not there yet is shown first; a paste is shown once.
        if (this.#pending.length === 0 && (this.#output !== "" || !this.#process.fds.get(0)?.hasInput?.())) {
          this.#redraw()
          yield* this.#flush()
        }
        data = yield* this.#take()
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (error.code === "EIO") return { kind: "end", hungUp: true }
        if (error.code !== "EINTR") throw error
        if (this.#interrupted) return yield* this.#leave("^C", { kind: "interrupted" })
        continue
      }
      if (data.length === 0) return { kind: "end", hungUp: true }
      const key = this.#keys.push(data[0])
      if (key === undefined) continue
      const done = yield* this.#press(key)
      this.#lastKey = key
      if (done) return done
    }
  }

  /** One byte: what follows the line belongs to the command that it runs. Pasted text comes in pieces. */
  *#take(): Steps<Uint8Array> {
    if (this.#pending.length === 0) {
      const data = yield* this.#process.read(0, this.#pasting ? PASTE_CHUNK : 1)
      if (data.length <= 1) return data
      this.#pending = data
    }
    const data = this.#pending.subarray(0, 1)
    this.#pending = this.#pending.subarray(1)
    return data
  }

  #redraw(): void {
    const search = this.#search
    this.#output += this.#screen.redraw(
      search ? searchPrompt(search) : this.#options.prompt,
      this.#buffer.characters,
      this.#buffer.point,
      this.#tty.columns,
    )
  }

  *#flush(): Steps<void> {
    const output = this.#output
    this.#output = ""
    if (output !== "") yield* this.#process.write(2, output)
  }

  *#leave(mark: string, result: Edited): Steps<Edited> {
    if (this.#search) this.#search = undefined
    this.#redraw()
    const characters = mark === "" ? this.#buffer.characters : [...this.#buffer.characters, ...mark]
    if (mark !== "") {
      this.#buffer.point = this.#buffer.characters.length
      this.#output += this.#screen.redraw(this.#options.prompt, characters, characters.length, this.#tty.columns)
    }
    this.#output += `${this.#screen.leave(characters, this.#tty.columns)}\x1b[?2004l\r`
    yield* this.#flush()
    return result
  }

  #bell(): void {
    this.#output += "\x07"
  }

  #go(at: number): void {
    if (at < 0 || at > this.#history.length) return this.#bell()
    this.#changed.set(this.#at, this.#buffer.text)
    this.#at = at
    this.#buffer.set(this.#changed.get(at) ?? this.#history[at] ?? "")
  }

  *#press(key: string): Steps<Edited | undefined> {
    if (this.#pasting) {
      if (key === "paste-end") this.#pasting = false
      else this.#insert(key === "enter" ? "\n" : key === "tab" ? "\t" : key)
      return undefined
    }
    if (this.#quoting) {
      this.#quoting = false
      const control = /^C-([a-z])$/.exec(key)
      this.#insert(key === "tab" ? "\t" : key === "enter" ? "\r" : control ? String.fromCharCode(control[1].charCodeAt(0) - 96) : key)
      return undefined
    }
    if (this.#prefix) {
      this.#prefix = false
      if (key === "C-u") this.#buffer.undo()
      else if (key === "C-x") {
        const { point } = this.#buffer
        this.#buffer.moveTo(this.#mark)
        this.#mark = point
      } else this.#bell()
      return undefined
    }
    if (/^M-[\d-]$/.test(key) || (this.#count !== undefined && /^\d$/.test(key))) {
      this.#count = (this.#count ?? "") + key.at(-1)
      return undefined
    }
    if (this.#count !== undefined) {
      const times = Math.min(MOST_TIMES, Math.abs(Number(this.#count)) || 1)
      this.#count = undefined
      for (let left = times; left > 0; left--) {
        const done = yield* this.#press(key)
        if (done) return done
      }
      return undefined
    }
    if (this.#search && this.#searching(key)) return undefined
    switch (key) {
      case "enter": {
        const { text } = this.#buffer
        return yield* this.#leave("", { kind: "line", text })
      }
      case "C-o": {
        const { text } = this.#buffer
        this.#next = this.#history[this.#at + 1]
        return yield* this.#leave("", { kind: "line", text })
      }
      case "C-@":
      case "M- ":
        this.#mark = this.#buffer.point
        return undefined
      case "M-C-y": {
        const [, word] = wordsOf(this.#history.at(-1) ?? "")
        if (word === undefined) this.#bell()
        else this.#insert(word)
        return undefined
      }
      case "C-d":
        if (this.#buffer.characters.length === 0) return yield* this.#endOfFile()
        break
      case "C-l":
        this.#output += "\x1b[H\x1b[2J\x1b[3J"
        this.#screen = new Screen()
        return undefined
      case "C-p":
      case "up":
        this.#go(this.#at - 1)
        return undefined
      case "C-n":
      case "down":
        this.#go(this.#at + 1)
        return undefined
      case "M-<":
        this.#go(0)
        return undefined
      case "M->":
        this.#go(this.#history.length)
        return undefined
      case "page-up":
      case "page-down":
        this.#searchPrefix(key === "page-up" ? -1 : 1)
        return undefined
      case "C-r":
      case "C-s":
        this.#saved = { text: this.#buffer.text, point: this.#buffer.point }
        this.#search = { direction: key === "C-r" ? -1 : 1, text: "", at: this.#at, failed: false }
        return undefined
      case "tab":
        yield* this.#complete(this.#lastKey === "tab")
        return undefined
      case "M-?":
        yield* this.#complete(true)
        return undefined
      case "M-.":
      case "M-_":
        this.#yankLastArgument()
        return undefined
      case "M-#":
        this.#buffer.set(`#${this.#buffer.text}`)
        return yield* this.#leave("", { kind: "line", text: this.#buffer.text })
      case "M-r":
        this.#buffer.set(this.#history[this.#at] ?? "")
        return undefined
      case "C-v":
        this.#quoting = true
        return undefined
      case "C-x":
        this.#prefix = true
        return undefined
      case "paste-begin":
        this.#pasting = true
        return undefined
      case "C-g":
        this.#bell()
        return undefined
    }
    const edit = EDITING[key]
    if (edit) {
      if (edit(this.#buffer) === false) this.#bell()
    } else if ([...key].length === 1) this.#insert(key)
    return undefined
  }

  *#endOfFile(): Steps<Edited> {
    this.#redraw()
    this.#output += "\x1b[?2004l\r\n"
    yield* this.#flush()
    return { kind: "end", hungUp: false }
  }

  #insert(text: string): void {
    if (this.#buffer.characters.length + text.length > MAX_LINE) this.#bell()
    else this.#buffer.insert(text)
  }

  /** A key while searching; false when it ends the search and means what it always does. */
  #searching(key: string): boolean {
    const search = this.#search as Search
    const show = (next: Search) => {
      this.#search = next
      if (next.failed) this.#bell()
      else if (next.text !== "" && next.at < this.#history.length) {
        const line = this.#history[next.at]
        this.#at = next.at
        this.#buffer.set(line, [...line.slice(0, line.indexOf(next.text))].length)
      }
    }
    if (key === "C-r" || key === "C-s") {
      const direction = key === "C-r" ? -1 : 1
      show(searchFor(this.#history, { ...search, direction }, search.text, search.text !== ""))
    } else if (key === "backspace") show(searchFor(this.#history, { ...search, at: this.#history.length }, search.text.slice(0, -1), false))
    else if ([...key].length === 1) show(searchFor(this.#history, search, search.text + key, false))
    else if (key === "C-g") {
      this.#search = undefined
      this.#at = this.#history.length
      this.#buffer.set(this.#saved.text, this.#saved.point)
    } else {
      this.#search = undefined
      return false
    }
    return true
  }

  /** Lines that begin as the text before point does (history-search-backward). */
  #searchPrefix(direction: -1 | 1): void {
    const { point } = this.#buffer
    const prefix = this.#buffer.characters.slice(0, point).join("")
    for (let at = this.#at + direction; at >= 0 && at < this.#history.length; at += direction)
      if (this.#history[at].startsWith(prefix)) {
        this.#go(at)
        this.#buffer.moveTo(point)
        return
      }
    this.#bell()
  }

  #yankLastArgument(): void {
    const again = this.#lastKey === "M-." || this.#lastKey === "M-_"
    const at = again ? this.#lastArgument.at - 1 : this.#history.length - 1
    const line = this.#history[at]
    if (line === undefined) return this.#bell()
    const word = wordsOf(line).at(-1) ?? ""
    const from = again ? this.#buffer.point - this.#lastArgument.length : this.#buffer.point
    this.#buffer.replace(from, this.#buffer.point, word)
    this.#lastArgument = { at, length: [...word].length }
  }

  *#complete(list: boolean): Steps<void> {
    const before = this.#buffer.characters.slice(0, this.#buffer.point).join("")
    const { from, candidates } = yield* this.#options.complete(before)
    if (candidates.length === 0) return this.#bell()
    const start = [...before.slice(0, from)].length
    if (candidates.length === 1) {
      const [{ text, suffix }] = candidates
      // A blank that is there already is stepped over, not doubled.
      const has = suffix.endsWith(" ") && this.#buffer.characters[this.#buffer.point] === " "
      this.#buffer.replace(start, this.#buffer.point, text + (has ? suffix.slice(0, -1) : suffix))
      if (has) this.#buffer.moveTo(this.#buffer.point + 1)
      return
    }
    const prefix = commonPrefix(candidates.map(({ text }) => text))
    if (prefix.length > before.length - from) {
      this.#buffer.replace(start, this.#buffer.point, prefix)
      return
    }
    if (!list) return this.#bell()
    this.#redraw()
    this.#output += this.#screen.leave(this.#buffer.characters, this.#tty.columns)
    if (candidates.length > ASK_ABOVE && !(yield* this.#ask(candidates.length))) {
      this.#output += "\n"
    } else {
      if (candidates.length > ASK_ABOVE) this.#output += "\n"
      this.#output += inColumns(
        candidates.map(({ shown }) => shown),
        this.#tty.columns,
      )
    }
    this.#screen = new Screen()
    this.#output += this.#screen.draw(this.#options.prompt, this.#buffer.characters, this.#buffer.point, this.#tty.columns)
  }

  *#ask(count: number): Steps<boolean> {
    this.#output += `Display all ${count} possibilities? (y or n)`
    for (;;) {
      yield* this.#flush()
      let data: Uint8Array
      try {
        data = yield* this.#process.read(0, 1)
      } catch (error) {
        if (error instanceof SystemError && error.code === "EINTR") return false
        throw error
      }
      const answer = String.fromCharCode(data[0] ?? 110)
      if (/[yY ]/.test(answer)) return true
      if (/[nN]/.test(answer) || data[0] === 127) return false
      this.#bell()
    }
  }
}
