/** Records of an input, read as they are asked for. */
import type { Process, Steps } from "@drydock/machine"
import { compileRegex } from "../text/regex.ts"

export class RecordReader {
  readonly #process: Process
  readonly fd: number
  readonly #decoder = new TextDecoder()
  #text = ""
  #ended = false

  constructor(process: Process, fd: number) {
    this.#process = process
    this.fd = fd
  }

  *#more(): Steps<void> {
    const chunk = yield* this.#process.read(this.fd)
    if (chunk.length === 0) this.#ended = true
    this.#text += this.#decoder.decode(chunk, { stream: chunk.length > 0 })
  }

  /** The next record by separator RS; undefined at the end. */
  *next(separator: string): Steps<string | undefined> {
    for (;;) {
      if (separator === "") this.#text = this.#text.replace(/^\n+/, "")
      const found = this.#find(separator)
      if (found && (found.end < this.#text.length || this.#ended || separator.length === 1)) {
        const record = this.#text.slice(0, found.at)
        this.#text = this.#text.slice(found.end)
        return record
      }
      if (this.#ended) {
        if (this.#text === "") return undefined
        const record = separator === "" ? this.#text.replace(/\n+$/, "") : this.#text
        this.#text = ""
        return record === "" && separator === "" ? undefined : record
      }
      yield* this.#more()
    }
  }

  #find(separator: string): { at: number; end: number } | undefined {
    if (separator === "") {
      const match = /\n\n+/.exec(this.#text)
      return match ? { at: match.index, end: match.index + match[0].length } : undefined
    }
    if (separator.length === 1) {
      const at = this.#text.indexOf(separator)
      return at < 0 ? undefined : { at, end: at + 1 }
    }
    const match = compileRegex(separator, { extended: true }).find(this.#text)
    return match && match.end > match.index ? { at: match.index, end: match.end } : undefined
  }
}
