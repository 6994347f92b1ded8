/** Reads one line from a terminal in raw mode, with emacs keys, history, search and completion. */
import { type Process, type Steps, SystemError, type Tty } from "@drydock/machine"
import { type Completion, commonPrefix, inColumns } from "../completion.ts"
import { LineBuffer } from "./buffer.ts"
import { AGAINST, EDITING } from "./commands.ts"
import { KeyDecoder } from "./keys.ts"
import { Screen } from "./screen.ts"
import { type Search, searchFor, searchPrompt } from "./search.ts"
import { type Binding, keysOf, type Settings } from "./settings.ts"
import { ViKeys } from "./vi-keys.ts"

export type Edited =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "end"; readonly hungUp: boolean }
  | { readonly kind: "interrupted" }
  /** C-x C-e: the line is to be edited in an editor, and what that leaves is run. */
  | { readonly kind: "edit"; readonly text: string }

/** The line and where point is in it, in characters. */
export interface LineState {
  readonly text: string
  readonly point: number
}

export interface EditOptions {
  readonly prompt: string
  readonly history: readonly string[]
  readonly complete: (text: string) => Steps<Completion>
  /** What `bind` and ~/.inputrc said; undefined: nothing. */
  readonly settings?: Settings | undefined
  /** `set -o vi`. */
  readonly vi?: boolean
  /** A command of `bind -x`, to which the line is READLINE_LINE. */
  readonly run?: (command: string, line: LineState) => Steps<LineState>
  /** C-x C-r: the inputrc is read again. */
  readonly reread?: () => void
}

/** More candidates than this are asked about first (completion-query-items). */
const ASK_ABOVE = 100
const MAX_LINE = 64 * 1024
const PASTE_CHUNK = 4 * 1024

/** How often a key is repeated at most. */
const MOST_TIMES = 1_000

/** Macros that call macros. */
const MOST_NESTED = 8

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
  /** Keys that may yet become a sequence that something is bound to. */
  #sequence = ""
  readonly #vi = new ViKeys()
  /** C-] or M-C-] waits for the character to go to. */
  #seeking: "C-]" | "M-C-]" | undefined
  /** What is typed takes the place of what stands there. */
  #overwriting = false
  /** Candidates that menu-complete goes through. */
  #menu: { readonly from: number; readonly texts: readonly string[]; at: number } | undefined
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
    this.#count = this.#seeking = this.#menu = undefined
    this.#overwriting = false
    this.#sequence = ""
    this.#vi.reset()
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
      const key = this.#keys.push(data[0]) ?? this.#escape(data[0])
      if (key === undefined) continue
      const done = yield* this.#dispatch(key)
      if (done) return done
    }
  }

  /** An escape that nothing follows at once is a key of its own to vi (keyseq-timeout). */
  #escape(byte: number): string | undefined {
    if (byte !== 27 || !this.#options.vi || this.#pending.length > 0 || this.#process.fds.get(0)?.hasInput?.()) return undefined
    this.#keys.reset()
    return "escape"
  }

  /** A key, or the last of a sequence that something is bound to. */
  *#dispatch(key: string): Steps<Edited | undefined> {
    const { settings } = this.#options
    const plain = this.#pasting || this.#quoting || this.#search !== undefined || this.#seeking !== undefined
    const name = key === " " ? "space" : key
    const keys = this.#sequence === "" ? name : `${this.#sequence} ${name}`
    const { binding, more } = plain || !settings ? { binding: undefined, more: false } : settings.lookUp(keys)
    if (more) {
      this.#sequence = keys
      return undefined
    }
    this.#sequence = ""
    // Keys that only looked like the beginning of a sequence mean what they always do.
    const done = binding ? yield* this.#act(binding, 0) : yield* this.#pressAll(keys === name ? [key] : keys.split(" "))
    this.#lastKey = binding && "key" in binding ? binding.key : key
    return done
  }

  *#pressAll(keys: readonly string[]): Steps<Edited | undefined> {
    for (const key of keys) {
      const done = yield* this.#press(key)
      if (done) return done
    }
    return undefined
  }

  *#act(binding: Binding, depth: number): Steps<Edited | undefined> {
    if ("key" in binding)
      return binding.key.startsWith("C-x ") ? yield* this.#pressAll(binding.key.split(" ")) : yield* this.#press(binding.key)
    if ("macro" in binding) {
      for (const key of keysOf(binding.macro).split(" ")) {
        const inner = depth < MOST_NESTED ? this.#options.settings?.lookUp(key).binding : undefined
        const done = inner ? yield* this.#act(inner, depth + 1) : yield* this.#press(key)
        if (done) return done
      }
      return undefined
    }
    const { run } = this.#options
    if (!run) return undefined
    // The command has the row of the line to itself.
    this.#output += "\r\x1b[K"
    yield* this.#flush()
    const { text, point } = yield* run(binding.command, { text: this.#buffer.text, point: this.#buffer.point })
    this.#buffer.set(text, point)
    this.#screen = new Screen()
    this.#output += this.#screen.draw(this.#options.prompt, [], 0, this.#tty.columns)
    return undefined
  }

  /** A key of vi's command mode. */
  *#viPress(key: string): Steps<Edited | undefined> {
    switch (this.#vi.press(key, this.#buffer)) {
      case "older":
      case "newer":
        this.#go(this.#at + (/^[k-]$|up|C-p/.test(key) ? -1 : 1))
        this.#buffer.moveTo(0)
        return undefined
      case "search":
        this.#startSearch(-1)
        return undefined
      case "again":
        this.#searchPrefix(key === "n" ? -1 : 1)
        return undefined
      case "comment":
        this.#buffer.set(`#${this.#buffer.text}`)
        return yield* this.#leave("", { kind: "line", text: this.#buffer.text })
      case "accept":
        return yield* this.#leave("", { kind: "line", text: this.#buffer.text })
      case "edit":
        return yield* this.#leave("", { kind: "edit", text: this.#buffer.text })
      case "bell":
        this.#bell()
        return undefined
      default:
        return undefined
    }
  }

  #startSearch(direction: -1 | 1): void {
    this.#saved = { text: this.#buffer.text, point: this.#buffer.point }
    this.#search = { direction, text: "", at: this.#at, failed: false }
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
    if (this.#options.settings?.get("bell-style") !== "none") this.#output += "\x07"
  }

  #go(at: number): void {
    if (at < 0 || at > this.#history.length) return this.#bell()
    this.#changed.set(this.#at, this.#buffer.text)
    this.#at = at
    this.#buffer.set(this.#changed.get(at) ?? this.#history[at] ?? "")
  }

  *#press(pressed: string): Steps<Edited | undefined> {
    let key = pressed === "space" ? " " : pressed
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
      else if (key === "C-e") return yield* this.#leave("", { kind: "edit", text: this.#buffer.text })
      else if (key === "C-r") this.#options.reread?.()
      else if (key === "backspace") this.#buffer.kill(0, this.#buffer.point)
      else if (key === "C-x") {
        const { point } = this.#buffer
        this.#buffer.moveTo(this.#mark)
        this.#mark = point
      } else this.#bell()
      return undefined
    }
    if (this.#seeking !== undefined) {
      this.#seek(this.#seeking, key)
      return undefined
    }
    if (this.#options.vi && !this.#search) {
      if (key === "escape") {
        this.#vi.leaveInsert(this.#buffer)
        return undefined
      }
      if (this.#vi.command && key !== "paste-begin") return yield* this.#viPress(key)
    }
    if (/^M-[\d-]$/.test(key) || (this.#count !== undefined && /^\d$/.test(key))) {
      this.#count = (this.#count ?? "") + key.at(-1)
      return undefined
    }
    if (this.#count !== undefined) {
      const given = this.#count === "-" ? -1 : Number(this.#count)
      const times = Math.min(MOST_TIMES, Math.abs(given))
      this.#count = undefined
      if (given < 0 && AGAINST[key] !== undefined) key = AGAINST[key]
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
      case "(delete-char-or-list)":
        if (this.#buffer.point === this.#buffer.characters.length && this.#buffer.point > 0) yield* this.#complete(true)
        else this.#buffer.delete(this.#buffer.point, this.#buffer.point + 1)
        return undefined
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
        this.#startSearch(key === "C-r" ? -1 : 1)
        return undefined
      case "C-]":
      case "M-C-]":
        this.#seeking = key
        return undefined
      case "insert":
        this.#overwriting = !this.#overwriting
        return undefined
      case "(kill-region)":
      case "(copy-region-as-kill)": {
        const [from, to] = [Math.min(this.#mark, this.#buffer.point), Math.max(this.#mark, this.#buffer.point)]
        if (key === "(kill-region)") this.#buffer.kill(from, to)
        else this.#buffer.copy(from, to)
        return undefined
      }
      case "(menu-complete)":
      case "(menu-complete-backward)":
        yield* this.#menuComplete(key === "(menu-complete)" ? 1 : -1)
        return undefined
      case "tab":
        yield* this.#complete(this.#lastKey === "tab" || this.#options.settings?.on("show-all-if-ambiguous") === true)
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
    else if (this.#overwriting && !this.#pasting) {
      const { point } = this.#buffer
      this.#buffer.replace(point, Math.min(this.#buffer.characters.length, point + [...text].length), text)
    } else this.#buffer.insert(text)
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

  /** Goes to the next (C-]) or the last (M-C-]) character of that kind. */
  #seek(how: "C-]" | "M-C-]", key: string): void {
    this.#seeking = undefined
    const { characters, point } = this.#buffer
    const at = how === "C-]" ? characters.indexOf(key, point + 1) : point === 0 ? -1 : characters.lastIndexOf(key, point - 1)
    if (at < 0) this.#bell()
    else this.#buffer.moveTo(at)
  }

  /** Puts in one candidate after the other. */
  *#menuComplete(step: 1 | -1): Steps<void> {
    if (!this.#menu || !this.#lastKey.startsWith("(menu-complete")) {
      const before = this.#buffer.characters.slice(0, this.#buffer.point).join("")
      const { from, candidates } = yield* this.#options.complete(before)
      if (candidates.length === 0) return this.#bell()
      const typed = before.slice(from)
      const texts = [
        ...candidates.map(({ text, suffix }) => text + (candidates.length === 1 ? suffix : "")),
        ...(candidates.length > 1 ? [typed] : []),
      ]
      this.#menu = { from: [...before.slice(0, from)].length, texts, at: step > 0 ? -1 : texts.length - 1 }
    }
    const menu = this.#menu
    menu.at = (menu.at + step + menu.texts.length) % menu.texts.length
    this.#buffer.replace(menu.from, this.#buffer.point, menu.texts[menu.at])
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
    if (prefix.length > before.length - from && prefix !== before.slice(from)) {
      this.#buffer.replace(start, this.#buffer.point, prefix)
      return
    }
    if (!list) return this.#bell()
    const most = Number(this.#options.settings?.get("completion-query-items") ?? ASK_ABOVE)
    const asks = most >= 0 && candidates.length > most
    this.#redraw()
    this.#output += this.#screen.leave(this.#buffer.characters, this.#tty.columns)
    if (asks && !(yield* this.#ask(candidates.length))) {
      this.#output += "\n"
    } else {
      if (asks) this.#output += "\n"
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
