/** The two files that diff compares: their lines as they are and as they count. */
import type { Process, Steps } from "@drydock/machine"
import { compileRegex, type Regex } from "../../text/regex.ts"
import { mapEach } from "../pacing.ts"

export interface Side {
  readonly name: string
  readonly lines: readonly string[]
  /** Whether the last line ends in a newline. */
  readonly ended: boolean
  /** ms */
  readonly modifiedAt: number
  readonly binary: boolean
}

/** Bytes at the beginning among which a NUL makes a file binary. */
const LOOKED_AT = 4_096

export const emptySide = (name: string): Side => ({ name, lines: [], ended: true, modifiedAt: 0, binary: false })

export function* readSide(process: Process, name: string, stripReturns: boolean): Steps<Side> {
  let data: Uint8Array
  let modifiedAt = process.now()
  if (name === "-") data = yield* process.readAll(0)
  else {
    const fd = yield* process.open(name, "r")
    data = yield* process.readAll(fd)
    process.close(fd)
    modifiedAt = process.files.stat(name).modifiedAt || process.now()
  }
  const whole = new TextDecoder().decode(data)
  const text = stripReturns ? whole.replaceAll("\r\n", "\n") : whole
  const lines = text.split("\n")
  const ended = lines[lines.length - 1] === ""
  if (ended) lines.pop()
  if (process.charge(text.length >> 8)) yield* process.yield()
  return { name, lines, ended: ended || text === "", modifiedAt, binary: data.subarray(0, LOOKED_AT).includes(0) }
}

const withoutTabs = (line: string): string => {
  let text = ""
  for (const character of line) text += character === "\t" ? " ".repeat(8 - (text.length % 8)) : character
  return text
}

/** Lines as they are compared: without what -w, -b, -Z, -E and -i leave out of account. */
export function* comparedLines(process: Process, side: Side, flags: ReadonlyMap<string, string | true>): Steps<readonly string[]> {
  if (!["w", "b", "Z", "E", "i"].some((letter) => flags.has(letter))) return side.lines
  return yield* mapEach(process, side.lines, (line) => {
    let text = flags.has("E") ? withoutTabs(line) : line
    if (flags.has("w")) text = text.replace(/\s+/g, "")
    else if (flags.has("b")) text = text.replace(/\s+/g, " ").trimEnd()
    else if (flags.has("Z")) text = text.trimEnd()
    return flags.has("i") ? text.toLowerCase() : text
  })
}

/** Lines whose changes alone are no difference (-B, -I); undefined where all count. */
export const ignoredLines = (
  flags: ReadonlyMap<string, string | true>,
  patterns: readonly string[],
): ((line: string) => boolean) | undefined => {
  const regexes: Regex[] = patterns.map((pattern) => compileRegex(pattern, { extended: false }))
  if (!flags.has("B") && regexes.length === 0) return undefined
  return (line) => (flags.has("B") && line.trim() === "") || regexes.some((regex) => regex.test(line))
}
