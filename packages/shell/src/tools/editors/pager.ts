/** less and more. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { compileRegex, type Regex, RegexError } from "../../text/regex.ts"
import { parseOptions } from "../reading.ts"
import { runCommand } from "../process-tools.ts"
import { clip, FullScreen, shownText, widthOf } from "./full-screen.ts"
import { equalsOf, OPTION_TEXTS, type PagerPlace, type PromptKind, promptOf } from "./pager-prompt.ts"

interface Settings {
  numbers: boolean
  chop: boolean
  raw: boolean
  ignoreCase: boolean
  prompt: PromptKind
  /** At the end of the last file less ends: at once (E), or the second time (e). */
  quitAtEnd: "never" | "first" | "second"
}

/** One of the files that were given, and where in it the reader is. */
export interface PagerFile {
  /** undefined for standard input. */
  readonly name: string | undefined
  readonly path: string | undefined
  readonly lines: readonly string[]
}

const SEQUENCE = /\x1b\[[0-9;]*m/g

const help = `
                   SUMMARY OF LESS COMMANDS

  h                 this help                  q  quit
  e  j  ENTER       one line forward           y  k   one line backward
  f  SPACE          one window forward         b      one window backward
  d                 half a window forward      u      half a window backward
  g                 first line                 G      last line
  /pattern          search forward             ?pattern  search backward
  n                 next match                 N      previous match
  F                 wait for more
`

class Pager {
  readonly #screen: FullScreen
  readonly #files: readonly PagerFile[]
  #at = 0
  readonly #tops: number[] = []
  readonly #settings: Settings
  #lines: readonly string[]
  #top = 0
  /** Marks, and under "'" where the last jump began. */
  readonly #marks = new Map<string, number>()
  #fresh = true
  #drawn = false
  #highlights = true
  #half: number | undefined
  /** A key that put a message away, and is a command. */
  #typed: string | undefined
  #atEnd = false
  #left = 0
  #message = ""
  #search: { regex: Regex; source: string; forward: boolean } | undefined
  /** & shows only lines that fit. */
  #filter: Regex | undefined
  #all: readonly string[]

  constructor(screen: FullScreen, files: readonly PagerFile[], settings: Settings) {
    this.#screen = screen
    this.#files = files
    this.#lines = this.#all = files[0].lines
    this.#settings = settings
  }

  /** Rows that the line at `at` takes. */
  #rowsOf(at: number): string[] {
    const line = this.#lines[at] ?? ""
    const plain = this.#settings.raw ? line : shownText(line)
    const number = this.#settings.numbers ? `${String(at + 1).padStart(7)} ` : ""
    const width = this.#screen.columns - number.length
    const text = this.#settings.raw ? plain.replace(SEQUENCE, "") : plain
    if (this.#settings.chop || text.length <= width) {
      // Colours stay whole where nothing is cut.
      const rest = [...text].slice(this.#left).join("")
      if (widthOf(rest) > width) return [`${number}${this.#marked(clip(rest, width - 1))}\x1b[7m>\x1b[27m`]
      return [number + this.#marked(this.#left > 0 ? rest : plain)]
    }
    const rows: string[] = []
    let rest = text
    while (rest !== "" || rows.length === 0) {
      const piece = clip(rest, width)
      if (piece === "" && rest !== "") break
      rows.push((rows.length === 0 ? number : " ".repeat(number.length)) + this.#marked(piece))
      rest = rest.slice(piece.length)
    }
    return rows
  }

  #marked(text: string): string {
    const search = this.#search
    if (!search || !this.#highlights || text.includes("\x1b")) return text
    let result = ""
    let at = 0
    for (let match = search.regex.find(text, at); match && match.end > match.index; match = search.regex.find(text, at)) {
      result += `${text.slice(at, match.index)}\x1b[7m${text.slice(match.index, match.end)}\x1b[27m`
      at = match.end
    }
    return result + text.slice(at)
  }

  /** The last line that can be at the top. */
  #last(): number {
    let rows = this.#screen.rows - 1
    let at = this.#lines.length
    while (at > 0) {
      rows -= this.#rowsOf(at - 1).length
      if (rows < 0) break
      at--
    }
    return at
  }

  #move(by: number): void {
    this.#top = Math.max(0, Math.min(this.#top + by, Math.max(this.#top, this.#last())))
    if (by > 0) this.#top = Math.min(this.#top, Math.max(0, this.#last()))
  }

  #place(last: number): PagerPlace {
    const file = this.#files[this.#at]
    const encoder = new TextEncoder()
    const size = (lines: readonly string[]) => lines.reduce((sum, line) => sum + encoder.encode(line).length + 1, 0)
    return {
      name: file.name,
      file: this.#at + 1,
      files: this.#files.length,
      next: this.#files[this.#at + 1]?.name,
      fresh: this.#fresh,
      first: Math.min(this.#top + 1, this.#lines.length),
      last,
      lines: this.#lines.length,
      byte: size(this.#lines.slice(0, last)),
      bytes: size(this.#lines),
      end: last >= this.#lines.length,
      filtered: this.#filter !== undefined,
    }
  }

  /** The rows that are shown from the top on, and the line behind the last of them. */
  #shown(): { rows: string[]; next: number } {
    const room = this.#screen.rows - 1
    const rows: string[] = []
    let at = this.#top
    while (rows.length < room && at < this.#lines.length) rows.push(...this.#rowsOf(at++))
    return { rows: rows.slice(0, room), next: at }
  }

  *#paint(status: string | undefined): Steps<void> {
    const { rows, next } = this.#shown()
    const room = this.#screen.rows - 1
    const prompt = promptOf(this.#settings.prompt, this.#place(next))
    this.#atEnd = next >= this.#lines.length
    const line =
      status ??
      (this.#message !== "" ? `\x1b[7m${this.#message}  (press RETURN)\x1b[27m` : prompt === "" ? ":" : `\x1b[7m${prompt}\x1b[27m`)
    // The first screen comes below what there is; only a second one is drawn from the top.
    if (!this.#drawn && this.#top === 0) {
      this.#drawn = true
      yield* this.#screen.loose(rows, line)
      return
    }
    this.#drawn = true
    const shown = [...rows]
    while (shown.length < room) shown.push("~")
    const plain = line.replace(SEQUENCE, "")
    yield* this.#screen.paint([...shown, line], { row: room, column: Math.min(plain.length, this.#screen.columns - 1) })
  }

  *#prompt(mark: string): Steps<string | undefined> {
    let text = ""
    for (;;) {
      yield* this.#paint(mark + text)
      const key = yield* this.#screen.key()
      if (key === "enter") return text
      if (key === "escape" || key === "C-c" || key === "hangup" || (key === "backspace" && text === "")) return undefined
      if (key === "backspace") text = text.slice(0, -1)
      else if ([...key].length === 1) text += key
    }
  }

  #jump(to: number): void {
    this.#marks.set("'", this.#top)
    this.#top = Math.max(0, Math.min(to, this.#lines.length - 1))
  }

  /** The next line that fits; `own`: the one at the top counts too. */
  #find(forward: boolean, own = false, times = 1): void {
    const search = this.#search
    if (!search) {
      this.#message = "No previous regular expression"
      return
    }
    const step = forward ? 1 : -1
    let left = times
    for (let at = own ? this.#top : this.#top + step; at >= 0 && at < this.#lines.length; at += step)
      if (search.regex.test(this.#lines[at]) && --left === 0) return this.#jump(at)
    this.#message = "Pattern not found"
  }

  *#searchFor(forward: boolean, times: number): Steps<void> {
    const source = yield* this.#prompt(forward ? "/" : "?")
    this.#fresh = false
    if (source === undefined) return
    try {
      if (source !== "") {
        const smart = this.#settings.ignoreCase && source === source.toLowerCase()
        this.#search = { regex: compileRegex(source, { extended: true, ignoreCase: smart }), source, forward }
      } else if (this.#search) this.#search = { ...this.#search, forward }
      this.#highlights = true
      this.#find(forward, forward && source !== "", times)
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      this.#message = error.message
    }
  }

  /** &: only lines that fit a pattern; all of them when it is empty. */
  *#filterBy(): Steps<void> {
    const source = yield* this.#prompt("&/")
    this.#fresh = false
    if (source === undefined) return
    try {
      const smart = this.#settings.ignoreCase && source === source.toLowerCase()
      this.#filter = source === "" ? undefined : compileRegex(source, { extended: true, ignoreCase: smart })
      // The line at the top stays there, or the next one that is shown does.
      const at = this.#all.indexOf(this.#lines[this.#top])
      this.#show(this.#all)
      const next = this.#filter ? this.#all.findIndex((line, index) => index >= at && this.#filter?.test(line)) : at
      this.#top = Math.max(0, this.#lines.indexOf(this.#all[next]))
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      this.#message = error.message
    }
  }

  #show(lines: readonly string[]): void {
    this.#all = lines
    const filter = this.#filter
    this.#lines = filter ? lines.filter((line) => filter.test(line)) : lines
  }

  /** F: shows what is added until ^C. */
  *#follow(): Steps<void> {
    const { process } = this.#screen
    const { path } = this.#files[this.#at]
    this.#fresh = false
    if (path === undefined) return
    const changed = process.queue()
    const stop = process.files.watch(path, () => changed.wake())
    try {
      for (;;) {
        this.#show(linesOf(process.files.readText(path)))
        this.#top = this.#last()
        yield* this.#paint("Waiting for data... (interrupt to abort)")
        const input = process.fds.get(0)
        yield* process.wait({ queues: input?.kind === "tty" ? [changed, input.readQueue as ReturnType<Process["queue"]>] : [changed] })
        if (this.#screen.hasKey && ["C-c", "q", "hangup"].includes(yield* this.#screen.key())) return
      }
    } finally {
      stop()
    }
  }

  /** Another of the files: where it was left. */
  #open(at: number): void {
    if (!this.#files[at]) {
      this.#message = at < 0 ? "No previous file" : "No next file"
      return
    }
    this.#tops[this.#at] = this.#top
    this.#at = at
    this.#show(this.#files[at].lines)
    this.#top = this.#tops[at] ?? 0
    this.#fresh = true
  }

  /** "-" turns an option round, "_" only tells of it. */
  *#option(change: boolean): Steps<void> {
    yield* this.#paint(change ? "-" : "_")
    const option = yield* this.#screen.key()
    const settings = this.#settings
    const texts = Object.hasOwn(OPTION_TEXTS, option) ? OPTION_TEXTS[option] : undefined
    if (!texts) {
      if ([...option].length === 1) this.#message = `There is no ${option} option ("less --help" for help)`
      return
    }
    const now: Readonly<Record<string, boolean>> = {
      N: settings.numbers,
      S: settings.chop,
      i: settings.ignoreCase,
      I: settings.ignoreCase,
      R: settings.raw,
      M: settings.prompt === "long",
      m: settings.prompt === "medium",
      E: settings.quitAtEnd === "first",
      e: settings.quitAtEnd === "second",
    }
    const on = now[option] !== change
    this.#message = texts[on ? 0 : 1]
    // What is shown changes when the message has been read.
    yield* this.#told(change ? () => this.#turn(option, on) : undefined)
  }

  #turn(option: string, on: boolean): void {
    const settings = this.#settings
    if (option === "N") settings.numbers = on
    else if (option === "S") settings.chop = on
    else if (option === "i" || option === "I") settings.ignoreCase = on
    else if (option === "R") settings.raw = on
    else if (option === "M" || option === "m") settings.prompt = !on ? "short" : option === "M" ? "long" : "medium"
    else if (option === "E" || option === "e") settings.quitAtEnd = !on ? "never" : option === "E" ? "first" : "second"
    if (settings.chop === false && option === "S") this.#left = 0
  }

  /** Shows a message until a key; one that is not for it is a command. */
  *#told(then?: () => void): Steps<void> {
    yield* this.#paint(undefined)
    const key = yield* this.#screen.key()
    this.#message = ""
    this.#fresh = false
    if (key !== "enter" && key !== " ") this.#typed = key
    then?.()
  }

  /** "!" runs a command of the shell. */
  *#shell(): Steps<void> {
    const command = yield* this.#prompt("!")
    if (command === undefined) return
    const { process } = this.#screen
    const file = this.#files[this.#at].path ?? "-"
    yield* this.#screen.outside(function* () {
      yield* runCommand(process, ["/bin/sh", "-c", command.replaceAll("%", file)], { tool: "less" })
      yield* process.print("!done  (press RETURN)")
      yield* process.readLine(0)
    })
  }

  *#help(): Steps<void> {
    const kept = { lines: this.#lines, top: this.#top }
    this.#lines = linesOf(help)
    this.#top = 0
    for (;;) {
      const { next } = this.#shown()
      yield* this.#paint(
        next >= this.#lines.length
          ? "\x1b[7mHELP -- END -- Press g to see it again, or q when done\x1b[27m"
          : "\x1b[7mHELP -- Press RETURN for more, or q when done\x1b[27m",
      )
      const key = yield* this.#screen.key()
      if (key === "q" || key === "hangup" || key === "C-c") break
      if (!this.#moved(key, 1, "")) continue
    }
    this.#lines = kept.lines
    this.#top = kept.top
    this.#fresh = true
  }

  /** Begins at "+G", "+20" or "+/pattern". */
  begin(commands: readonly string[]): void {
    for (const command of commands) {
      const [, mark, source = ""] = /^\+([/?])(.*)$/s.exec(command) ?? []
      if (mark !== undefined) {
        try {
          this.#search = { regex: compileRegex(source, { extended: true, ignoreCase: false }), source, forward: mark === "/" }
          this.#find(mark === "/", true)
        } catch (error) {
          if (!(error instanceof RegexError)) throw error
          this.#message = error.message
        }
      } else if (/^\+\d+g?$/.test(command)) this.#jump(Number(command.slice(1).replace("g", "")) - 1)
      else if (command === "+G") this.#top = this.#last()
      else if (command === "+F") this.#typed = "F"
    }
  }

  *run(): Steps<void> {
    let count = ""
    for (;;) {
      if (this.#message !== "" && this.#typed === undefined) yield* this.#told()
      if (!this.#screen.hasKey && this.#typed === undefined) yield* this.#paint(count === "" ? undefined : `:${count}`)
      const { quitAtEnd } = this.#settings
      const key = this.#typed ?? (yield* this.#screen.key())
      this.#typed = undefined
      this.#message = ""
      const times = Math.max(1, Number(count) || 1)
      if (/^\d$/.test(key)) {
        count += key
        continue
      }
      const given = count
      count = ""
      const wasEnd = this.#atEnd
      if (this.#moved(key, times, given)) {
        this.#fresh = false
        const end = this.#shown().next >= this.#lines.length && this.#at === this.#files.length - 1
        const forward = /^(?:[ fzjeGd>]|enter|down|page-down|end|C-[fvned])$/.test(key)
        if (end && forward && (quitAtEnd === "first" || (quitAtEnd === "second" && wasEnd))) return
        continue
      }
      if (key === "q" || key === "Q" || key === "hangup") return
      if (key === "Z" && (yield* this.#screen.key()) === "Z") return
      if (key === ":") {
        yield* this.#paint(":")
        const next = yield* this.#screen.key()
        if (next === "q") return
        if (next === "n") this.#open(this.#at + times)
        if (next === "p") this.#open(this.#at - times)
        if (next === "x") this.#open(0)
        if (next === "f") this.#message = equalsOf(this.#place(this.#shown().next))
        continue
      }
      yield* this.#command(key, times)
    }
  }

  /** Keys that go to another part of the text; false for the others. */
  #moved(key: string, times: number, given: string): boolean {
    const page = this.#screen.rows - 1
    switch (key) {
      case " ":
      case "f":
      case "z":
      case "C-f":
      case "C-v":
      case "page-down":
        this.#move(given === "" ? page : times)
        return true
      case "b":
      case "w":
      case "C-b":
      case "M-v":
      case "page-up":
        this.#move(given === "" ? -page : -times)
        return true
      case "j":
      case "e":
      case "enter":
      case "down":
      case "C-n":
      case "C-e":
        this.#move(times)
        return true
      case "k":
      case "y":
      case "up":
      case "C-p":
      case "C-y":
        this.#move(-times)
        return true
      case "d":
      case "C-d":
      case "u":
      case "C-u":
        if (given !== "") this.#half = times
        this.#move((this.#half ?? Math.floor(this.#screen.rows / 2)) * (key === "d" || key === "C-d" ? 1 : -1))
        return true
      case "g":
      case "<":
      case "home":
        this.#jump(given === "" ? 0 : times - 1)
        return true
      case "G":
      case ">":
      case "end":
        this.#jump(given === "" ? this.#last() : times - 1)
        return true
      case "p":
      case "%":
        this.#jump(this.#lineAt(given === "" ? 0 : Math.min(100, Number(given))))
        return true
      case "right":
      case "M-)":
        this.#left += Math.floor(this.#screen.columns / 2)
        return true
      case "left":
      case "M-(":
        this.#left = Math.max(0, this.#left - Math.floor(this.#screen.columns / 2))
        return true
    }
    return false
  }

  /** The line that so many percent of the bytes are before. */
  #lineAt(percent: number): number {
    const sizes = this.#lines.map((line) => new TextEncoder().encode(line).length + 1)
    const wanted = (sizes.reduce((sum, size) => sum + size, 0) * percent) / 100
    let [sum, at] = [0, 0]
    while (at < sizes.length - 1 && sum + sizes[at] <= wanted) sum += sizes[at++]
    return Math.min(at, Math.max(this.#last(), 0))
  }

  *#command(key: string, times: number): Steps<void> {
    switch (key) {
      case "/":
      case "?":
        yield* this.#searchFor(key === "/", times)
        return
      case "&":
        yield* this.#filterBy()
        return
      case "n":
      case "N":
        this.#fresh = false
        this.#find((this.#search?.forward ?? true) === (key === "n"), false, times)
        return
      case "F":
        yield* this.#follow()
        return
      case "m": {
        yield* this.#paint("mark: ")
        this.#marks.set(yield* this.#screen.key(), this.#top)
        this.#fresh = false
        return
      }
      case "'": {
        yield* this.#paint("goto mark: ")
        const mark = yield* this.#screen.key()
        const to = mark === "^" ? 0 : mark === "$" ? this.#last() : this.#marks.get(mark)
        if (to === undefined) this.#message = "Mark not set"
        else this.#jump(to)
        this.#fresh = false
        return
      }
      case "M-u":
        this.#highlights = !this.#highlights
        return
      case "v": {
        const { path } = this.#files[this.#at]
        if (path === undefined) this.#message = "Cannot edit standard input"
        else yield* this.#edit(path)
        return
      }
      case "!":
        yield* this.#shell()
        return
      case "C-z":
        yield* this.#screen.suspend()
        this.#fresh = false
        return
      case "=":
      case "C-g":
        this.#message = equalsOf(this.#place(this.#shown().next))
        return
      case "-":
      case "_":
        yield* this.#option(key === "-")
        return
      case "h":
      case "H":
        yield* this.#help()
        return
      case "r":
      case "R":
      case "C-l":
      case "C-r":
      case "resize":
        this.#fresh = false
    }
  }

  /** v: the file in $VISUAL or $EDITOR, at the line in the middle. */
  *#edit(path: string): Steps<void> {
    const { process } = this.#screen
    const editor = process.env.get("VISUAL") ?? process.env.get("EDITOR") ?? "vi"
    const row = this.#top + Math.ceil((this.#screen.rows - 1) / 2)
    yield* this.#screen.outside(function* () {
      yield* runCommand(process, ["/bin/sh", "-c", `${editor} +${row} '${path.replaceAll("'", "'\\''")}'`], { tool: "less" })
    })
    this.#show(linesOf(process.files.readText(path)))
    this.#fresh = true
  }
}

const linesOf = (text: string): string[] => {
  const lines = text.split("\n")
  if (lines.at(-1) === "") lines.pop()
  return lines
}

export const less = defineTool({
  name: "less",
  aliases: ["more", "pager"],
  busybox: true,
  version: "590",
  summary: "view files a screen at a time",
  *run(process, args) {
    const { flags, words } = parseOptions(
      args.filter((word) => !word.startsWith("+")),
      {
        letters: "NSRrXFiIeEnMmsfgKQqwJ",
        valued: "pxzPjb",
        long: {
          "LINE-NUMBERS": "N",
          "chop-long-lines": "S",
          "RAW-CONTROL-CHARS": "R",
          "quit-if-one-screen": "F",
          "no-init": "X",
          "ignore-case": "i",
        },
      },
    )
    const tool = process.argv[0]?.split("/").at(-1) ?? "less"
    const fromInput = words.length === 0 || words[0] === "-"
    if (fromInput && process.fds.get(0)?.kind === "tty") {
      yield* process.error(`Missing filename ("${tool} --help" for help)\n`)
      return 1
    }
    const files: PagerFile[] = []
    if (fromInput) files.push({ name: undefined, path: undefined, lines: linesOf(new TextDecoder().decode(yield* process.readAll(0))) })
    else
      for (const word of words) {
        try {
          if (process.files.stat(word).type === "directory") yield* process.error(`${word} is a directory\n`)
          else files.push({ name: word, path: process.files.resolve(word), lines: linesOf(process.files.readText(word)) })
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`${word}: ${error.message}\n`)
        }
      }
    if (files.length === 0) return 1
    const { tty } = process
    if (!tty || process.fds.get(1)?.kind !== "tty") {
      for (const { lines } of files) if (lines.length > 0) yield* process.print(`${lines.join("\n")}\n`)
      return 0
    }
    const [{ lines }] = files
    if (process.charge(lines.length >> 3)) yield* process.yield()
    const environment = (process.env.get("LESS") ?? "").replace(/^-/, "")
    const on = (letter: string) => flags.has(letter) || new RegExp(`^\\w*${letter}`).test(environment)
    if ((on("F") || (tool === "more" && lines.length < tty.rows)) && files.length === 1 && lines.length < tty.rows) {
      yield* process.print(lines.map((line) => `${line}\n`).join(""))
      return 0
    }
    // Keys come from the terminal, whatever standard input is.
    const fd = process.fds.get(0)?.kind === "tty" ? 0 : yield* process.open("/dev/tty", "r")
    const screen = new FullScreen(process, tty, { fd })
    const settings: Settings = {
      numbers: on("N"),
      chop: on("S"),
      raw: on("R") || on("r"),
      ignoreCase: on("i") || on("I"),
      prompt: on("M") ? "long" : on("m") ? "medium" : "short",
      quitAtEnd: on("E") ? "first" : on("e") || tool === "more" ? "second" : "never",
    }
    yield* screen.enter({ alternate: !on("X"), clear: false })
    try {
      const pager = new Pager(screen, files, settings)
      pager.begin(args.filter((word) => word.startsWith("+")))
      yield* pager.run()
    } finally {
      screen.leave()
    }
    return 0
  },
})
