/** shred: a file written over, and with -u taken away (shred.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { sizeOf, wholeNumber } from "./option-values.ts"
import { parseOptions, usageError } from "./reading.ts"

/** What a file takes on the disk is in whole blocks: those are filled. */
const BLOCK = 4_096

function* filled(process: Process, size: number, zeros: boolean): Steps<Uint8Array> {
  const data = new Uint8Array(size)
  if (zeros) return data
  for (let at = 0; at < size; at++) {
    data[at] = Math.floor(process.random() * 256)
    if ((at & 4_095) === 4_095 && process.charge(64)) yield* process.yield()
  }
  return data
}

export const shred = defineTool({
  name: "shred",
  summary: "overwrite a file to hide its contents, and optionally delete it",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "fuvxz",
      valued: "ns",
      long: {
        force: "f",
        "iterations=": "n",
        "size=": "s",
        "remove=?": "u",
        verbose: "v",
        exact: "x",
        zero: "z",
        "random-source=": "source",
      },
    })
    if (problem) return yield* usageError(process, "shred", problem)
    if (words.length === 0) return yield* usageError(process, "shred", "missing file operand")
    const passes = wholeNumber(process, String(flags.get("n") ?? 3), "invalid number of passes")
    if (typeof passes === "string") {
      yield* process.error(`shred: ${passes}\n`)
      return 1
    }
    const all = passes + (flags.has("z") ? 1 : 0)
    let status = 0
    for (const name of words) {
      try {
        const { size } = process.files.stat(name)
        const given = flags.has("s") ? sizeOf(String(flags.get("s"))) : undefined
        const length = given ?? (flags.has("x") ? size : Math.ceil(size / BLOCK) * BLOCK)
        for (let pass = 1; pass <= all; pass++) {
          const zeros = flags.has("z") && pass === all
          if (flags.has("v")) yield* process.error(`shred: ${name}: pass ${pass}/${all} (${zeros ? "000000" : "random"})...\n`)
          process.files.write(name, yield* filled(process, length, zeros))
        }
        if (!flags.has("u")) continue
        if (flags.has("v")) yield* process.error(`shred: ${name}: removing\n`)
        process.files.remove(name)
        if (flags.has("v")) yield* process.error(`shred: ${name}: removed\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`shred: ${name}: failed to open for writing: ${error.message}\n`)
        status = 1
      }
    }
    return status
  },
})
