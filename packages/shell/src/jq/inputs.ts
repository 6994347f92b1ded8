/** What jq's files hold, a value at a time. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import type { Json } from "./json.ts"
import type { JqOptions } from "./options.ts"
import { JsonReader } from "./read-json.ts"

/** Characters read of the input at a time. */
const READ = 16_384

/** What the files hold, a value at a time: -R and -s included. Standard input is read as it comes. */
export class Inputs {
  readonly #process: Process
  readonly #options: JqOptions
  readonly #files: string[]
  readonly #reader: JsonReader
  #decoder = new TextDecoder()
  #fd: number | undefined
  /** The file that is being read; null for standard input. */
  fileName: string | null = null
  /** Whether anything was looked into yet. */
  opened = false
  #text = ""
  #ended = false
  #slurped = false
  #lines = 0
  /** Whether every file could be read. */
  ok = true

  constructor(process: Process, options: JqOptions) {
    this.#process = process
    this.#options = options
    this.#files = options.files.length > 0 ? [...options.files] : ["-"]
    this.#reader = new JsonReader("", { stream: options.stream, ended: false })
  }

  /** Lines taken so far. */
  get lines(): number {
    return this.#options.rawInput ? this.#lines : this.#reader.linesTaken
  }

  /** The next value; undefined at the end. Throws JsonSyntaxError. */
  *next(): Steps<Json | undefined> {
    const { slurp, rawInput } = this.#options
    if (!slurp) return yield* rawInput ? this.#line() : this.#value()
    if (this.#slurped) return undefined
    this.#slurped = true
    if (rawInput) {
      while (yield* this.#more());
      return this.#text
    }
    const all: Json[] = []
    for (let value = yield* this.#value(); value !== undefined; value = yield* this.#value()) all.push(value)
    return all
  }

  *#value(): Steps<Json | undefined> {
    for (;;) {
      const next = this.#reader.next(READ)
      if (next === undefined) return undefined
      if (next !== "more") {
        if (this.#process.charge(1)) yield* this.#process.yield()
        return next.value
      }
      if (this.#process.charge(READ >> 5)) yield* this.#process.yield()
      if (this.#reader.hungry) {
        if (yield* this.#more()) {
          this.#reader.feed(this.#text)
          this.#text = ""
        } else this.#reader.end()
      }
    }
  }

  *#line(): Steps<string | undefined> {
    for (let from = 0; ; ) {
      const end = this.#text.indexOf("\n", from)
      if (end >= 0) {
        const line = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 1)
        this.#lines++
        return line
      }
      from = this.#text.length
      if (!(yield* this.#more())) break
    }
    const rest = this.#text
    this.#text = ""
    return rest === "" ? undefined : rest
  }

  /** More text, of this file or the next; false at the end of all. */
  *#more(): Steps<boolean> {
    while (!this.#ended) {
      this.#fd ??= yield* this.#open()
      if (this.#fd === undefined) {
        this.#ended = true
        break
      }
      const chunk = yield* this.#process.read(this.#fd, READ)
      if (chunk.length > 0) {
        this.#text += this.#decoder.decode(chunk, { stream: true })
        if (this.#process.charge(chunk.length >> 8)) yield* this.#process.yield()
        return true
      }
      if (this.#fd !== 0) this.#process.close(this.#fd)
      this.#fd = undefined
    }
    return false
  }

  *#open(): Steps<number | undefined> {
    for (let name = this.#files.shift(); name !== undefined; name = this.#files.shift()) {
      this.opened = true
      this.fileName = name === "-" ? null : name
      if (name === "-") return 0
      try {
        return yield* this.#process.open(name, "r")
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* this.#process.error(`jq: error: Could not open file ${name}: ${error.message}\n`)
        this.ok = false
      }
    }
    return undefined
  }
}
