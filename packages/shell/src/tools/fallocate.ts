/** fallocate: room for a file, set aside without writing it. As util-linux sys-utils/fallocate.c. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, usageError } from "./reading.ts"

const POWERS = "KMGTPE"

/** "10G" and "10GiB" are powers of 1024, "10GB" of 1000; undefined: no size. */
const sizeOf = (text: string): number | undefined => {
  const [, digits, letter, rest] = /^(\d+)(?:([KMGTPE])(iB|B)?)?$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  return Number(digits) * (letter ? (rest === "B" ? 1_000 : 1_024) ** (POWERS.indexOf(letter.toUpperCase()) + 1) : 1)
}

export const fallocate = defineTool({
  name: "fallocate",
  summary: "preallocate or deallocate space to a file",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "xnvz",
      valued: "lo",
      long: { "length=": "l", "offset=": "o", posix: "x", "keep-size": "n", verbose: "v", "zero-range": "z" },
    })
    if (problem) return yield* usageError(process, "fallocate", problem)
    const [file] = words
    const length = flags.get("l")
    if (typeof length !== "string") {
      yield* process.error("fallocate: no length argument specified\n")
      return 1
    }
    const bytes = sizeOf(length)
    if (bytes === undefined || bytes === 0) {
      yield* process.error(bytes === 0 ? "fallocate: invalid length value specified\n" : "fallocate: failed to parse length\n")
      return 1
    }
    if (file === undefined) {
      yield* process.error("fallocate: no filename specified\n")
      return 1
    }
    try {
      process.files.allocate(file, bytes)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`fallocate: ${error.code === "ENOSPC" ? "fallocate failed" : `cannot open ${file}`}: ${error.message}\n`)
      return 1
    }
    if (flags.has("v")) yield* process.print(`${file}: ${length} (${bytes} bytes) allocated.\n`)
    return 0
  },
})
