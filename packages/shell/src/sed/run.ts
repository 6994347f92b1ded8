/** sed's cycle: a line into the pattern space, the commands over it, the space out again. As GNU sed/execute.c. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import type { Regex } from "../text/regex.ts"
import { replacing } from "../text/replace.ts"
import { readFrom } from "../tools/popen.ts"
import { type Input, LineReader, MAX_SPACE } from "./input.ts"
import { listed, replacementOf } from "./replacement.ts"
import { type Address, type Command, SedError } from "./script.ts"

/** Where output goes: descriptor 1, or the new text of a file that is edited in place. */
export interface Sink {
  write(text: string): Steps<void>
}

export interface SedOptions {
  readonly quiet: boolean
  readonly newline: string
  readonly unbuffered: boolean
  readonly width: number
}

/** Files of w and R, which stay open through all input files. */
export class SideFiles {
  readonly #process: Process
  readonly #written = new Map<string, number>()
  readonly #read = new Map<string, LineReader | undefined>()

  constructor(process: Process) {
    this.#process = process
  }

  /** Truncates every file of w before the first line is read. */
  *open(commands: readonly Command[]): Steps<void> {
    for (const { name, text } of commands) {
      if (!(name === "w" || name === "W" || (name === "s" && text !== ""))) continue
      if (text === "/dev/stdout" || this.#written.has(text)) continue
      try {
        this.#written.set(text, text === "/dev/stderr" ? 2 : yield* this.#process.open(text, "w"))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        throw new SedError(`couldn't open file ${text}: ${error.message}`, 4)
      }
    }
  }

  *write(file: string, line: string): Steps<void> {
    yield* this.#process.write(this.#written.get(file) as number, line)
  }

  *line(file: string): Steps<string | undefined> {
    if (!this.#read.has(file)) {
      let reader: LineReader | undefined
      try {
        reader = new LineReader(this.#process, file === "/dev/stdin" ? 0 : yield* this.#process.open(file, "r"), "\n")
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
      }
      this.#read.set(file, reader)
    }
    return (yield* this.#read.get(file)?.next() ?? none())?.text
  }

  close(): void {
    for (const fd of this.#written.values()) if (fd > 2) this.#process.close(fd)
    for (const reader of this.#read.values()) reader?.close()
  }
}

function* none(): Steps<undefined> {
  return undefined
}

/** All that a command line prints. */
function* outputOf(process: Process, command: string): Steps<string> {
  const { fd, pid } = readFrom(process, command)
  const text = new TextDecoder().decode(yield* process.readAll(fd))
  process.close(fd)
  yield* process.waitFor({ pid })
  return text
}

export class Sed {
  readonly #process: Process
  readonly #commands: readonly Command[]
  readonly #options: SedOptions
  readonly #side: SideFiles
  #input: Input
  #sink: Sink
  #out = ""
  /** The last line written lacked its newline: it comes before anything else. */
  #missing = false
  #space = ""
  #hold = ""
  #ended = true
  #used: Regex | undefined
  #append: ({ text: string } | { file: string } | { line: string })[] = []
  #quit: number | undefined

  constructor(process: Process, commands: readonly Command[], options: SedOptions, side: SideFiles, input: Input, sink: Sink) {
    this.#process = process
    this.#commands = commands
    this.#options = options
    this.#side = side
    this.#input = input
    this.#sink = sink
  }

  #emit(text: string, ended = true): void {
    if (this.#missing) this.#out += this.#options.newline
    this.#missing = !ended
    this.#out += ended ? text + this.#options.newline : text
  }

  *#flush(): Steps<void> {
    const text = this.#out
    this.#out = ""
    if (text !== "") yield* this.#sink.write(text)
  }

  #regex(regex: Regex | undefined): Regex {
    const found = regex ?? this.#used
    if (!found) throw new SedError("-e expression #1, char 0: no previous regular expression")
    this.#used = found
    return found
  }

  *#matches(address: Address): Steps<boolean> {
    const { number } = this.#input
    switch (address.kind) {
      case "line":
        return number === address.line
      case "last":
        return yield* this.#input.isLast()
      case "regex":
        return this.#regex(address.regex).test(this.#space)
      case "step":
        return address.by === 0 ? number === address.from : number >= address.from && (number - address.from) % address.by === 0
      default:
        return false
    }
  }

  *#selected(command: Command): Steps<boolean> {
    const { from, to } = command
    if (!from) return true
    if (!to) return yield* this.#matches(from)
    const { number } = this.#input
    if (command.active) {
      if (to.kind === "line") {
        if (number >= to.line) command.active = false
        // A range whose end has passed is over, and this line begins another or none.
        if (number <= to.line) return true
      } else if (to.kind === "plus" || to.kind === "multiple") {
        if (number >= command.until) command.active = false
        return true
      } else {
        if (yield* this.#matches(to)) command.active = false
        return true
      }
    }
    if (!(yield* this.#matches(from))) return false
    const of = to.kind === "multiple" ? Math.max(1, to.of) : 1
    if (to.kind === "plus") command.until = number + to.count
    if (to.kind === "multiple") command.until = to.of === 0 ? number : Math.floor(number / of) * of + of
    command.active = to.kind === "line" ? to.line > number : to.kind === "plus" || to.kind === "multiple" ? command.until > number : true
    return true
  }

  /** Takes the next line into the pattern space, or behind it. False at the end. */
  *#advance(join: boolean): Steps<boolean> {
    if (!this.#input.ready) yield* this.#flush()
    const line = yield* this.#input.next()
    if (!line) return false
    this.#space = join ? `${this.#space}${this.#options.newline === "\0" ? "\0" : "\n"}${line.text}` : line.text
    if (this.#space.length > MAX_SPACE) throw new SedError("couldn't allocate memory", 4)
    this.#ended = line.ended
    return true
  }

  *#endOfCycle(deleted: boolean): Steps<void> {
    if (!deleted && !this.#options.quiet) this.#emit(this.#space, this.#ended)
    for (const part of this.#append.splice(0)) {
      if ("text" in part) {
        if (this.#missing) this.#out += this.#options.newline
        this.#missing = false
        this.#out += `${part.text}\n`
      } else if ("line" in part) {
        const line = yield* this.#side.line(part.line)
        if (line !== undefined) this.#emit(line)
      } else {
        let text: string
        try {
          const fd = part.file === "/dev/stdin" ? 0 : yield* this.#process.open(part.file, "r")
          text = new TextDecoder().decode(yield* this.#process.readAll(fd))
          if (fd > 2) this.#process.close(fd)
        } catch (error) {
          if (!(error instanceof SystemError) || error.code === "EINTR") throw error
          continue
        }
        if (this.#missing && text !== "") {
          this.#out += this.#options.newline
          this.#missing = false
        }
        this.#out += text
      }
    }
    if (this.#out.length > 16_384 || this.#options.unbuffered) yield* this.#flush()
  }

  *#substitute(command: Command): Steps<boolean> {
    const wanted = Number(/\d+/.exec(command.flags)?.[0] ?? 1)
    const global = command.flags.includes("g")
    const work = replacing(this.#regex(command.regex), this.#space, (match, count) =>
      count >= wanted && (global || count === wanted) ? { text: replacementOf(command.replacement, match), stop: !global } : undefined,
    )
    let step = work.next()
    for (; !step.done; step = work.next()) if (this.#process.charge(256)) yield* this.#process.yield()
    const { text, changed } = step.value
    if (changed === 0) return false
    if (text.length > MAX_SPACE) throw new SedError("couldn't allocate memory", 4)
    if (this.#process.charge((changed & 127) + (text.length >> 8))) yield* this.#process.yield()
    this.#space = text
    if (command.flags.includes("e")) {
      yield* this.#flush()
      this.#space = (yield* outputOf(this.#process, this.#space)).replace(/\n$/, "")
    }
    if (command.flags.includes("p")) this.#emit(this.#space, this.#ended)
    if (command.text !== "") yield* this.#write(command.text, this.#space)
    return true
  }

  *#write(file: string, line: string): Steps<void> {
    if (file === "/dev/stdout") this.#emit(line)
    else yield* this.#side.write(file, line + this.#options.newline)
  }

  /** One line through all commands: "done" and printed, "next" without printing, the rest of the space "again" (D), or the "end" of all. */
  *#cycle(): Steps<"done" | "next" | "again" | "end"> {
    let substituted = false
    let budget = 32
    for (let at = 0; at < this.#commands.length; at++) {
      if (--budget < 0) {
        if (this.#process.charge(16)) yield* this.#process.yield()
        budget = 32
      }
      const command = this.#commands[at]
      if (command.name === ":") continue
      if ((yield* this.#selected(command)) === command.negated) {
        if (command.name === "{") at = command.target - 1
        continue
      }
      switch (command.name) {
        case "s":
          if (yield* this.#substitute(command)) substituted = true
          break
        case "y": {
          const [from, to] = [[...command.text], [...command.replacement]]
          this.#space = [...this.#space].map((one) => to[from.indexOf(one)] ?? one).join("")
          break
        }
        case "p":
          this.#emit(this.#space, this.#ended)
          break
        case "P":
          this.#emit(this.#space.split("\n", 1)[0])
          break
        case "w":
          yield* this.#write(command.text, this.#space)
          break
        case "W":
          yield* this.#write(command.text, this.#space.split("\n", 1)[0])
          break
        case "l":
          this.#emit(listed(this.#space, command.text === "" ? this.#options.width : Number(command.text)))
          break
        case "F":
          this.#emit(this.#input.name)
          break
        case "=":
          this.#emit(String(this.#input.number))
          break
        case "d":
          return "next"
        case "D":
          if (!this.#space.includes("\n")) return "next"
          this.#space = this.#space.slice(this.#space.indexOf("\n") + 1)
          return "again"
        case "n":
          // GNU's prints the pattern space when there is no next line.
          if (yield* this.#input.isLast()) {
            yield* this.#endOfCycle(false)
            return "end"
          }
          yield* this.#endOfCycle(false)
          if (!(yield* this.#advance(false))) return "end"
          break
        case "N":
          if (yield* this.#input.isLast()) {
            yield* this.#endOfCycle(false)
            return "end"
          }
          yield* this.#drainAppend()
          if (!(yield* this.#advance(true))) return "end"
          break
        case "g":
          this.#space = this.#hold
          break
        case "G":
          this.#space += `\n${this.#hold}`
          break
        case "h":
          this.#hold = this.#space
          break
        case "H":
          this.#hold += `\n${this.#space}`
          if (this.#hold.length > MAX_SPACE) throw new SedError("couldn't allocate memory", 4)
          break
        case "x":
          ;[this.#space, this.#hold] = [this.#hold, this.#space]
          break
        case "z":
          this.#space = ""
          break
        case "a":
          this.#append.push({ text: command.text })
          break
        case "i":
          if (this.#missing) this.#out += this.#options.newline
          this.#missing = false
          this.#out += `${command.text}\n`
          break
        case "c":
          if (!command.to || !command.active || command.negated) {
            if (this.#missing) this.#out += this.#options.newline
            this.#missing = false
            this.#out += `${command.text}\n`
          }
          return "next"
        case "r":
          this.#append.push({ file: command.text })
          break
        case "R":
          this.#append.push({ line: command.text })
          break
        case "e":
          yield* this.#flush()
          if (command.text === "") this.#space = (yield* outputOf(this.#process, this.#space)).replace(/\n$/, "")
          else this.#out += yield* outputOf(this.#process, command.text)
          break
        case "b":
          at = command.target
          break
        case "t":
          if (substituted) at = command.target
          substituted = false
          break
        case "T":
          if (!substituted) at = command.target
          substituted = false
          break
        case "q":
          this.#quit = Number(command.text || 0)
          yield* this.#endOfCycle(false)
          return "end"
        case "Q":
          this.#quit = Number(command.text || 0)
          return "end"
      }
    }
    yield* this.#endOfCycle(false)
    return "done"
  }

  /** What a, r and R queued comes out when N goes on to another line. */
  *#drainAppend(): Steps<void> {
    if (this.#append.length > 0) yield* this.#endOfCycle(true)
  }

  /** Runs over all lines; the exit code of q, or undefined. */
  *run(): Steps<number | undefined> {
    let again = false
    for (const { name, from, text } of this.#commands)
      if (name === "r" && from?.kind === "line" && from.line === 0) this.#append.push({ file: text })
    if (this.#append.length > 0) yield* this.#endOfCycle(true)
    for (;;) {
      if (!again && !(yield* this.#advance(false))) break
      if (this.#process.charge(1)) yield* this.#process.yield()
      const result = yield* this.#cycle()
      if (result === "end") break
      again = result === "again"
      if (result !== "done") yield* this.#endOfCycle(true)
    }
    yield* this.#flush()
    this.#input.close()
    return this.#quit
  }

  /** The next file, edited apart from the one before: pattern space and line numbers begin anew, the hold space stays. */
  over(input: Input, sink: Sink): void {
    this.#input = input
    this.#sink = sink
    this.#missing = false
    for (const command of this.#commands) command.active = command.from?.kind === "line" && command.from.line === 0
  }
}
