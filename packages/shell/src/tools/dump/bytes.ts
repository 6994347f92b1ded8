/** Bytes of files for the tools that show them. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { eachPart } from "../pacing.ts"
import { readFile } from "../reading.ts"

const MAX_BYTES = 1024 * 1024

/** All bytes of the files, undefined where one cannot be read (it was told). */
export function* bytesOf(process: Process, tool: string, names: readonly string[]): Steps<Uint8Array | undefined> {
  const parts: number[] = []
  for (const name of names.length > 0 ? names : ["-"]) {
    try {
      const data = yield* readFile(process, name)
      yield* eachPart(
        process,
        data.subarray(0, MAX_BYTES),
        (part) => {
          for (const byte of part) parts.push(byte)
        },
        32,
      )
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`${tool}: ${name}: ${error.message}\n`)
      return undefined
    }
  }
  if (process.charge(parts.length >> 4)) yield* process.yield()
  return Uint8Array.from(parts)
}

export const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0")

/** Printable ASCII as it is, a point for the rest. */
export const visible = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("")
