/** less and more. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { compileRegex, type Regex, RegexError } from "../../text/regex.ts"
import { parseOptions } from "../reading.ts"
import { clip, FullScreen, shownText } from "./full-screen.ts"

interface Settings {
  numbers: boolean
  chop: boolean
  raw: boolean
  ignoreCase: boolean
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
  readonly #names: readonly string[]
  readonly #settings: Settings
  #lines: readonly string[]
  #name: string
  #top = 0
  #left = 0
  #message = ""
  #search: { regex: Regex; source: string; forward: boolean } | undefined
  readonly #path: string | undefined
  /** & shows only lines that fit. */
  #filter: Regex | undefined
  #all: readonly string[]

  constructor(
    screen: FullScreen,
    name: string,
    path: string | undefined,
    lines: readonly string[],
    settings: Settings,
    names: readonly string[],
  ) {
    this.#screen = screen
    this.#name = name
    this.#path = path
    this.#lines = this.#all = lines
    this.#settings = settings
    this.#names = names
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
      const part = this.#left > 0 || text.length > width ? clip([...text].slice(this.#left).join(""), width) : plain
      return [number + this.#marked(part)]
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
    if (!search || text.includes("\x1b")) return text
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

  *#paint(status: string | undefined): Steps<void> {
    const rows: string[] = []
    let at = this.#top
    while (rows.length < this.#screen.rows - 1 && at < this.#lines.length) rows.push(...this.#rowsOf(at++))
    const room = this.#screen.rows - 1
    const shown = rows.slice(0, room)
    while (shown.length < room) shown.push(this.#lines.length === 0 || at >= this.#lines.length ? "~" : "")
    const end = at >= this.#lines.length
    const line =
      status ??
      (this.#message !== ""
        ? `\x1b[7m${this.#message}\x1b[27m`
        : end
          ? "\x1b[7m(END)\x1b[27m"
          : this.#top === 0
            ? `\x1b[7m${this.#name}\x1b[27m`
            : ":")
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

  #find(forward: boolean): void {
    const search = this.#search
    if (!search) {
      this.#message = "No previous regular expression"
      return
    }
    const step = forward ? 1 : -1
    for (let at = this.#top + step; at >= 0 && at < this.#lines.length; at += step)
      if (search.regex.test(this.#lines[at])) {
        this.#top = Math.min(at, Math.max(this.#last(), 0))
        if (at > this.#last()) this.#top = at
        return
      }
    this.#message = "Pattern not found"
  }

  *#searchFor(forward: boolean): Steps<void> {
    const source = yield* this.#prompt(forward ? "/" : "?")
    if (source === undefined) return
    try {
      if (source !== "") {
        const smart = this.#settings.ignoreCase && source === source.toLowerCase()
        this.#search = { regex: compileRegex(source, { extended: true, ignoreCase: smart }), source, forward }
      } else if (this.#search) this.#search = { ...this.#search, forward }
      // The line at the top counts for a new search.
      this.#top -= forward && source !== "" && this.#top > 0 ? 1 : 0
      this.#find(forward)
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      this.#message = error.message
    }
  }

  /** &: only lines that fit a pattern; all of them when it is empty. */
  *#filterBy(): Steps<void> {
    const source = yield* this.#prompt("&/")
    if (source === undefined) return
    try {
      const smart = this.#settings.ignoreCase && source === source.toLowerCase()
      this.#filter = source === "" ? undefined : compileRegex(source, { extended: true, ignoreCase: smart })
      this.#show(this.#all)
      this.#top = 0
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
    if (this.#path === undefined) return
    const path = this.#path
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

  *run(): Steps<void> {
    const page = () => this.#screen.rows - 1
    let count = ""
    for (;;) {
      if (!this.#screen.hasKey) yield* this.#paint(count === "" ? undefined : `:${count}`)
      this.#message = ""
      const key = yield* this.#screen.key()
      const times = Math.max(1, Number(count) || 1)
      if (/^\d$/.test(key)) {
        count += key
        continue
      }
      const given = count
      count = ""
      switch (key) {
        case "q":
        case "Q":
        case "hangup":
          return
        case " ":
        case "f":
        case "C-f":
        case "C-v":
        case "page-down":
          this.#move(page() * times)
          break
        case "b":
        case "C-b":
        case "M-v":
        case "page-up":
          this.#move(-page() * times)
          break
        case "j":
        case "e":
        case "enter":
        case "down":
        case "C-n":
        case "C-e":
          this.#move(times)
          break
        case "k":
        case "y":
        case "up":
        case "C-p":
        case "C-y":
          this.#move(-times)
          break
        case "d":
        case "C-d":
          this.#move(Math.floor(page() / 2))
          break
        case "u":
        case "C-u":
          this.#move(-Math.floor(page() / 2))
          break
        case "g":
        case "<":
        case "home":
          this.#top = given === "" ? 0 : Math.max(0, Math.min(Number(given) - 1, this.#lines.length - 1))
          break
        case "G":
        case ">":
        case "end":
          this.#top = given === "" ? this.#last() : Math.max(0, Math.min(Number(given) - 1, this.#lines.length - 1))
          break
        case "right":
          this.#left += Math.floor(this.#screen.columns / 2)
          break
        case "left":
          this.#left = Math.max(0, this.#left - Math.floor(this.#screen.columns / 2))
          break
        case "/":
        case "?":
          yield* this.#searchFor(key === "/")
          break
        case "&":
          yield* this.#filterBy()
          break
        case "n":
        case "N":
          this.#find((this.#search?.forward ?? true) === (key === "n"))
          break
        case "F":
          yield* this.#follow()
          break
        case "C-z":
          yield* this.#screen.suspend()
          break
        case "=":
        case "C-g":
          this.#message = `${this.#name} lines ${this.#top + 1}-${Math.min(this.#lines.length, this.#top + page())}/${this.#lines.length}`
          break
        case "-": {
          const option = yield* this.#screen.key()
          if (option === "S") this.#settings.chop = !this.#settings.chop
          if (option === "N") this.#settings.numbers = !this.#settings.numbers
          if (option === "i") this.#settings.ignoreCase = !this.#settings.ignoreCase
          break
        }
        case ":": {
          const next = yield* this.#screen.key()
          if (next === "n" && this.#names.length > 1) this.#message = "No next file"
          if (next === "q") return
          break
        }
        case "h":
        case "H": {
          const kept = { lines: this.#lines, top: this.#top, name: this.#name }
          this.#lines = linesOf(help)
          this.#top = 0
          yield* this.#paint("\x1b[7mHELP -- Press RETURN for more, or q when done\x1b[27m")
          yield* this.#screen.key()
          this.#lines = kept.lines
          this.#top = kept.top
          break
        }
      }
    }
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
    let text = ""
    const fromInput = words.length === 0 || words[0] === "-"
    if (fromInput && process.fds.get(0)?.kind === "tty") {
      yield* process.error(`Missing filename ("${tool} --help" for help)\n`)
      return 1
    }
    let path: string | undefined
    try {
      if (fromInput) text = new TextDecoder().decode(yield* process.readAll(0))
      else
        for (const word of words) {
          if (process.files.stat(word).type === "directory") {
            yield* process.error(`${word} is a directory\n`)
            return 1
          }
          text += process.files.readText(word)
          path ??= process.files.resolve(word)
        }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`${words[0]}: ${error.message}\n`)
      return 1
    }
    const { tty } = process
    if (!tty || process.fds.get(1)?.kind !== "tty") {
      yield* process.print(text)
      return 0
    }
    const lines = linesOf(text)
    if (process.charge(lines.length >> 3)) yield* process.yield()
    const environment = process.env.get("LESS") ?? ""
    if ((flags.has("F") || /^-?\w*F/.test(environment) || (tool === "more" && lines.length < tty.rows)) && lines.length < tty.rows) {
      yield* process.print(text)
      return 0
    }
    // Keys come from the terminal, whatever standard input is.
    const fd = process.fds.get(0)?.kind === "tty" ? 0 : yield* process.open("/dev/tty", "r")
    const screen = new FullScreen(process, tty, { fd })
    const settings = {
      numbers: flags.has("N"),
      chop: flags.has("S") || /^-?\w*S/.test(environment),
      raw: flags.has("R") || flags.has("r") || /^-?\w*R/.test(environment),
      ignoreCase: flags.has("i") || flags.has("I"),
    }
    yield* screen.enter()
    try {
      yield* new Pager(screen, fromInput ? "(standard input)" : words[0], path, lines, settings, words).run()
    } finally {
      screen.leave()
    }
    return 0
  },
})
