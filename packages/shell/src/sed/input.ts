/** The lines that sed reads, one file after another, as they come: no line is waited for before it is needed. */
import { type Process, type Steps, SystemError } from "@drydock/machine"

export interface Line {
  text: string
  /** False for a last line without its newline. */
  ended: boolean
}

/** The longest line kept. */
export const MAX_SPACE = 1 << 22

/** Lines of one open file. */
export class LineReader {
  readonly #process: Process
  readonly fd: number
  readonly #newline: string
  readonly #decoder = new TextDecoder()
  #text = ""
  #at = 0
  #ended = false

  constructor(process: Process, fd: number, newline: string) {
    this.#process = process
    this.fd = fd
    this.#newline = newline
  }

  /** Undefined at the end of the file. */
  *next(): Steps<Line | undefined> {
    for (;;) {
      const end = this.#text.indexOf(this.#newline, this.#at)
      if (end >= 0) {
        const line = { text: this.#text.slice(this.#at, end), ended: true }
        this.#at = end + 1
        return line
      }
      this.#text = this.#text.slice(this.#at)
      this.#at = 0
      if (this.#ended) {
        if (this.#text === "") return undefined
        const line = { text: this.#text, ended: false }
        this.#text = ""
        return line
      }
      const chunk = yield* this.#process.read(this.fd)
      if (this.#process.charge(1 + (chunk.length >> 8))) yield* this.#process.yield()
      if (chunk.length === 0) this.#ended = true
      this.#text += this.#decoder.decode(chunk, { stream: chunk.length > 0 })
      if (this.#text.length > MAX_SPACE) {
        yield* this.#process.error("sed: couldn't allocate memory\n")
        this.#ended = true
        this.#text = ""
      }
    }
  }

  close(): void {
    if (this.fd > 2) this.#process.close(this.fd)
  }
}

export class Input {
  readonly #process: Process
  readonly #files: string[]
  readonly #newline: string
  #reader: LineReader | undefined
  #ahead: Line | undefined
  /** The file of the last line taken. */
  name = "-"
  number = 0
  failed = false

  constructor(process: Process, files: readonly string[], newline: string) {
    this.#process = process
    this.#files = [...files]
    this.#newline = newline
  }

  *#open(name: string): Steps<LineReader | undefined> {
    if (name === "-") return new LineReader(this.#process, 0, this.#newline)
    try {
      if (this.#process.files.exists(name) && this.#process.files.stat(name).type === "directory") {
        yield* this.#process.error(`sed: couldn't read ${name}: Is a directory\n`.replace("couldn't read", "read error on"))
        this.failed = true
        return undefined
      }
      return new LineReader(this.#process, yield* this.#process.open(name, "r"), this.#newline)
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EINTR") throw error
      yield* this.#process.error(`sed: can't read ${name}: ${error.message}\n`)
      this.failed = true
      return undefined
    }
  }

  *#fill(): Steps<void> {
    while (!this.#ahead) {
      if (!this.#reader) {
        const name = this.#files.shift()
        if (name === undefined) return
        this.#reader = yield* this.#open(name)
        if (!this.#reader) continue
        this.name = name
      }
      this.#ahead = yield* this.#reader.next()
      if (!this.#ahead) {
        this.#reader.close()
        this.#reader = undefined
      } else if (!this.#ahead.ended && this.#files.length > 0) this.#ahead = { text: this.#ahead.text, ended: true }
    }
  }

  *next(): Steps<Line | undefined> {
    yield* this.#fill()
    const line = this.#ahead
    this.#ahead = undefined
    if (line) this.number++
    return line
  }

  /** Whether the line taken last is the last of all: this may wait for another. */
  *isLast(): Steps<boolean> {
    yield* this.#fill()
    return !this.#ahead
  }

  /** Whether another line is there without waiting. */
  get ready(): boolean {
    return this.#ahead !== undefined
  }

  /** After q: what was read and not used goes back, as far as that can be. */
  close(): void {
    this.#reader?.close()
    this.#reader = undefined
  }
}
