/** Files as lines of bytes, one character a byte: for tools that count columns as C programs do. */
import type { Process, Steps } from "@drydock/machine"
import { bytesToText, eachFile, textToBytes } from "./reading.ts"

export interface ByteLine {
  readonly text: string
  /** False for a last line without newline. */
  readonly ended: boolean
}

/** Characters that are gathered before they are written. */
const BLOCK = 16_384

/** Writes gathered text of one character a byte. */
export class ByteWriter {
  readonly #process: Process
  #text = ""

  constructor(process: Process) {
    this.#process = process
  }

  *put(text: string): Steps<void> {
    this.#text += text
    if (this.#text.length >= BLOCK) yield* this.end()
  }

  *end(): Steps<void> {
    const text = this.#text
    this.#text = ""
    if (text !== "") yield* this.#process.write(1, textToBytes(text))
  }
}

/** Every line of files or standard input, as `work` takes them; returns whether all files could be read. */
export function* eachByteLine(
  process: Process,
  tool: string,
  names: readonly string[],
  work: (line: ByteLine) => Steps<void>,
  end = "\n",
): Steps<boolean> {
  return yield* eachFile(process, tool, names, function* (fd) {
    let rest = ""
    for (;;) {
      const chunk = yield* process.read(fd)
      const lines = (rest + bytesToText(chunk)).split(end)
      rest = lines.pop() ?? ""
      for (const text of lines) {
        if (process.charge(1 + (text.length >> 6))) yield* process.yield()
        yield* work({ text, ended: true })
      }
      if (chunk.length > 0) continue
      if (rest !== "") yield* work({ text: rest, ended: false })
      return
    }
  })
}
