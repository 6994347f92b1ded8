/** cat: files one after the other, with what cannot be seen made visible. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { bytesToText, parseOptions, textToBytes, usageError } from "./reading.ts"

/** As cat -v: ^X for control characters, M- for bytes above 127. */
const visible = (code: number): string => {
  if (code >= 128) return `M-${visible(code - 128)}`
  if (code === 127) return "^?"
  return code < 32 ? `^${String.fromCharCode(code + 64)}` : String.fromCharCode(code)
}

interface Shown {
  readonly numbers: "all" | "nonblank" | "none"
  readonly ends: boolean
  readonly tabs: boolean
  readonly visible: boolean
  readonly squeeze: boolean
}

/** Goes on from file to file: numbers and half lines do. */
class Writer {
  readonly #shown: Shown
  #count = 0
  #atStart = true
  #blanks = 0

  constructor(shown: Shown) {
    this.#shown = shown
  }

  text(chunk: string): string {
    const { numbers, ends, tabs, squeeze } = this.#shown
    let text = ""
    for (let at = 0; at < chunk.length; at++) {
      const character = chunk[at]
      const blank = this.#atStart && character === "\n"
      this.#blanks = blank ? this.#blanks + 1 : 0
      if (blank && squeeze && this.#blanks > 1) continue
      if (this.#atStart && (numbers === "all" || (numbers === "nonblank" && !blank))) text += `${String(++this.#count).padStart(6)}\t`
      this.#atStart = character === "\n"
      if (character === "\n") text += ends ? "$\n" : "\n"
      else if (character === "\t") text += tabs ? "^I" : "\t"
      else text += this.#shown.visible ? visible(character.charCodeAt(0)) : character
    }
    return text
  }
}

/** A problem of standard output, which ends it all. */
class OutputError extends Error {}

function* write(process: Process, data: Uint8Array): Steps<void> {
  try {
    yield* process.write(1, data)
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
    throw new OutputError(error.code === "EBADF" ? `standard output: ${error.message}` : `write error: ${error.message}`)
  }
}

export const cat = defineTool({
  name: "cat",
  busybox: true,
  summary: "concatenate files and print on the standard output",
  usage:
    "Usage: cat [OPTION]... [FILE]...\nConcatenate FILE(s) to standard output.\n\n  -A, --show-all           equivalent to -vET\n  -b, --number-nonblank    number nonempty output lines\n  -E, --show-ends          display $ at end of each line\n  -n, --number             number all output lines\n  -s, --squeeze-blank      suppress repeated empty output lines\n  -T, --show-tabs          display TAB characters as ^I\n  -v, --show-nonprinting   use ^ and M- notation, except for LFD and TAB\n",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "nAbevETtus",
      long: {
        number: "n",
        "show-all": "A",
        "number-nonblank": "b",
        "show-ends": "E",
        "show-tabs": "T",
        "show-nonprinting": "v",
        "squeeze-blank": "s",
      },
    })
    if (problem) return yield* usageError(process, "cat", problem)
    const any = (letters: string) => [...letters].some((letter) => flags.has(letter))
    const shown: Shown = {
      numbers: flags.has("b") ? "nonblank" : flags.has("n") ? "all" : "none",
      ends: any("AEe"),
      tabs: any("ATt"),
      visible: any("Avet"),
      squeeze: flags.has("s"),
    }
    const plain = shown.numbers === "none" && !shown.ends && !shown.tabs && !shown.visible && !shown.squeeze
    const writer = new Writer(shown)
    const output = process.fds.get(1)
    const target = output?.kind === "file" ? output.stat().inode : undefined
    let status = 0
    for (const name of words.length > 0 ? words : ["-"]) {
      try {
        if (name !== "-" && process.files.exists(name) && process.files.stat(name).type === "directory") throw new SystemError("EISDIR")
        const fd = name === "-" ? 0 : yield* process.open(name, "r")
        try {
          const from = process.fds.get(fd)
          if (target !== undefined && from?.kind === "file" && from.stat().inode === target && from.stat().size > 0) {
            yield* process.error(`cat: ${name}: input file is output file\n`)
            status = 1
            continue
          }
          for (let chunk = yield* process.read(fd); chunk.length > 0; chunk = yield* process.read(fd))
            yield* write(process, plain ? chunk : textToBytes(writer.text(bytesToText(chunk))))
        } finally {
          if (fd !== 0) process.close(fd)
        }
      } catch (error) {
        if (error instanceof OutputError) {
          yield* process.error(`cat: ${error.message}\n`)
          return 1
        }
        if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
        yield* process.error(`cat: ${name}: ${error.message}\n`)
        status = 1
      }
    }
    return status
  },
})
