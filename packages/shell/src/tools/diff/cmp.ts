/** cmp: the first byte in which two files differ, or all (cmp.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { sizeOf } from "../option-values.ts"
import { printEach } from "../pacing.ts"
import { parseOptions } from "../reading.ts"

const TOOL = "cmp"

function* complain(process: Process, problem: string): Steps<number> {
  yield* process.error(`${TOOL}: ${problem}\n${TOOL}: Try '${TOOL} --help' for more information.\n`)
  return 2
}

/** As -b shows a byte. */
const visible = (byte: number): string => {
  const [meta, code] = byte >= 128 ? ["M-", byte - 128] : ["", byte]
  return meta + (code < 32 ? `^${String.fromCharCode(code + 64)}` : code === 127 ? "^?" : String.fromCharCode(code))
}

const octal = (byte: number): string => byte.toString(8).padStart(3)

/** Where bytes differ, with undefined now and then to give way. */
function* differences(a: Uint8Array, b: Uint8Array): Generator<number | undefined> {
  const end = Math.min(a.length, b.length)
  for (let at = 0; at < end; at++) {
    if (a[at] !== b[at]) yield at
    if ((at & 16_383) === 16_383) yield undefined
  }
}

const linesIn = (data: Uint8Array, end: number): number => {
  let lines = 0
  for (let at = data.indexOf(10); at >= 0 && at < end; at = data.indexOf(10, at + 1)) lines++
  return lines
}

export const cmp = defineTool({
  name: TOOL,
  busybox: true,
  version: "(GNU diffutils) 3.10",
  summary: "compare two files byte by byte",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "slb",
      valued: "ni",
      long: { quiet: "s", silent: "s", verbose: "l", "print-bytes": "b", "bytes=": "n", "ignore-initial=": "i" },
    })
    if (problem) return yield* complain(process, problem)
    const [left, right = "-", ...skips] = words
    if (left === undefined) return yield* complain(process, `missing operand after '${TOOL}'`)
    if (skips.length > 2) return yield* complain(process, `extra operand '${skips[2]}'`)
    const given = flags.has("i") ? String(flags.get("i")).split(":") : skips
    const skipped = [given[0] ?? "0", given[1] ?? (flags.has("i") ? given[0] : "0")].map(sizeOf)
    if (skipped.includes(undefined)) return yield* complain(process, `invalid --ignore-initial value '${given.join(":")}'`)
    const limit = flags.has("n") ? sizeOf(String(flags.get("n"))) : Number.POSITIVE_INFINITY
    if (limit === undefined) return yield* complain(process, `invalid --bytes value '${String(flags.get("n"))}'`)
    const sides: Uint8Array[] = []
    for (const [at, name] of [left, right].entries()) {
      try {
        const fd = name === "-" ? 0 : yield* process.open(name, "r")
        const data = yield* process.readAll(fd)
        if (fd !== 0) process.close(fd)
        sides.push(data.subarray(skipped[at], (skipped[at] ?? 0) + limit))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (!flags.has("s")) yield* process.error(`${TOOL}: ${name}: ${error.message}\n`)
        return 2
      }
    }
    const [a, b] = sides
    const ended = a.length !== b.length
    const width = String(Math.max(a.length, b.length)).length
    let different = false
    if (flags.has("l") && !flags.has("s")) {
      const row = (at: number | undefined): string => {
        if (at === undefined) return ""
        different = true
        const [one, other] = flags.has("b") ? [` ${visible(a[at]).padEnd(4)}`, ` ${visible(b[at])}`] : ["", ""]
        return `${String(at + 1).padStart(ended ? String(Math.min(a.length, b.length)).length : width)} ${octal(a[at])}${one} ${octal(b[at])}${other}\n`
      }
      yield* printEach(process, differences(a, b), row)
    } else
      for (const at of differences(a, b)) {
        if (at === undefined) {
          if (process.charge(16)) yield* process.yield()
          continue
        }
        if (flags.has("s")) return 1
        const bytes = flags.has("b") ? ` is ${octal(a[at])} ${visible(a[at])} ${octal(b[at])} ${visible(b[at])}` : ""
        yield* process.print(`${left} ${right} differ: byte ${at + 1}, line ${linesIn(a, at) + 1}${bytes}\n`)
        return 1
      }
    if (!ended) return different ? 1 : 0
    if (flags.has("s")) return 1
    const [shorter, name] = a.length < b.length ? [a, left] : [b, right]
    const lines = linesIn(shorter, shorter.length)
    const line = shorter.at(-1) === 10 ? `, line ${lines}` : `, in line ${lines + 1}`
    const where = shorter.length === 0 ? " which is empty" : ` after byte ${shorter.length}${flags.has("l") ? "" : line}`
    yield* process.error(`${TOOL}: EOF on ${name}${where}\n`)
    return 1
  },
})
