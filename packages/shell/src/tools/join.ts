/** join: lines of two sorted files that have a field in common. As GNU join.c: both files are gone through once, side by side. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { allLines, parseOptions, quote, usageError } from "./reading.ts"

/** What is wrong with values of options, in the order of join.c's. */
function* wrongOptions(process: Process, all: ReadonlyMap<string, readonly string[]>): Generator<string> {
  for (const letter of ["1", "2", "j"])
    for (const field of all.get(letter) ?? []) if (!/^0*[1-9]\d*$/.test(field)) yield `invalid field number: ${quote(process, field)}`
  for (const letter of ["a", "v"])
    for (const file of all.get(letter) ?? []) if (file !== "1" && file !== "2") yield `invalid field number: ${quote(process, file)}`
  for (const spec of (all.get("o") ?? []).flatMap((list) => (list === "auto" ? [] : list.split(/[, \t]/))))
    if (!/^(0|[12]\..*)$/.test(spec)) yield `invalid file number in field spec: ${quote(process, spec)}`
    else if (!/^(0|[12]\.0*[1-9]\d*)$/.test(spec)) yield `invalid field number: ${quote(process, spec.slice(2))}`
  for (const tab of all.get("t") ?? []) if ([...tab].length > 1 && tab !== "\\0") yield `multi-character tab ${quote(process, tab)}`
}

export const join = defineTool({
  name: "join",
  summary: "join lines of two files on a common field",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "iz",
      valued: "t12javeo",
      long: { "ignore-case": "i", header: "header", "nocheck-order": "n", "check-order": "c", "zero-terminated": "z" },
    })
    if (problem) return yield* usageError(process, "join", problem)
    if (words.length < 2)
      return yield* usageError(process, "join", words[0] ? `missing operand after ${quote(process, words[0])}` : "missing operand")
    for (const wrong of wrongOptions(process, all)) {
      yield* process.error(`join: ${wrong}\n`)
      return 1
    }
    if (words[0] === "-" && words[1] === "-") {
      yield* process.error("join: both files cannot be standard input: No such file or directory\n")
      return 1
    }
    const end = flags.has("z") ? "\0" : "\n"
    const [left, right] = [yield* allLines(process, "join", [words[0]], { end }), yield* allLines(process, "join", [words[1]], { end })]
    if (!left.ok || !right.ok) return 1
    const tab = flags.get("t")
    const separator = tab === "\\0" ? "\0" : typeof tab === "string" ? tab : undefined
    const glue = separator === undefined ? " " : separator
    const fields = (line: string) =>
      separator === undefined ? line.trim().split(/\s+/) : separator === "" ? [line] : line.split(separator)
    const at = [Number(flags.get("1") ?? flags.get("j") ?? 1) - 1, Number(flags.get("2") ?? flags.get("j") ?? 1) - 1]
    const key = (row: readonly string[] | undefined, side: number) =>
      flags.has("i") ? (row?.[at[side]] ?? "").toLowerCase() : (row?.[at[side]] ?? "")
    const rows = [left.lines.map(fields), right.lines.map(fields)]
    const unpaired = new Set([...(all.get("a") ?? []), ...(all.get("v") ?? [])])
    const empty = String(flags.get("e") ?? "")
    const wanted = flags.get("o")
    const widths = rows.map((own) => own[0]?.length ?? 0)
    const others = (row: readonly string[] | undefined, side: number): string[] => {
      const own = (row ?? []).filter((_, index) => index !== at[side])
      return wanted === "auto" ? Array.from({ length: Math.max(0, widths[side] - 1) }, (_, index) => own[index] ?? empty) : own
    }
    const line = (a: readonly string[] | undefined, b: readonly string[] | undefined): string => {
      const own = a?.[at[0]] ?? b?.[at[1]] ?? ""
      if (typeof wanted === "string" && wanted !== "auto")
        return wanted
          .split(/[, \t]/)
          .map((spec) => {
            if (spec === "0") return own
            const [side, field] = spec.split(".").map(Number)
            return (side === 1 ? a : b)?.[field - 1] || empty
          })
          .join(glue)
      return [own, ...others(a, 0), ...others(b, 1)].join(glue)
    }
    let text = ""
    const disordered = [false, false]
    let [i, j] = [0, 0]
    if (flags.has("header") && (rows[0].length > 0 || rows[1].length > 0)) {
      text += `${line(rows[0][0], rows[1][0])}${end}`
      i = j = 1
    }
    const strict = flags.has("c")
    const check = function* (side: number, index: number): Steps<boolean> {
      const own = rows[side]
      if (disordered[side] || flags.has("n") || index <= (flags.has("header") ? 1 : 0) || index >= own.length) return false
      if (key(own[index - 1], side) <= key(own[index], side)) return false
      disordered[side] = true
      if (strict) yield* process.print(text)
      yield* process.error(`join: ${words[side]}:${index + 1}: is not sorted: ${(side === 0 ? left : right).lines[index]}\n`)
      return strict
    }
    while (i < rows[0].length || j < rows[1].length) {
      if (process.charge(1)) yield* process.yield()
      const [a, b] = [rows[0][i], rows[1][j]]
      if ((yield* check(0, i)) || (yield* check(1, j))) return 1
      const order = a === undefined ? 1 : b === undefined ? -1 : key(a, 0) < key(b, 1) ? -1 : key(a, 0) > key(b, 1) ? 1 : 0
      if (order < 0) {
        if (unpaired.has("1")) text += `${line(a, undefined)}${end}`
        i++
      } else if (order > 0) {
        if (unpaired.has("2")) text += `${line(undefined, b)}${end}`
        j++
      } else {
        // Every line with this key on one side meets every one on the other.
        let [lastA, lastB] = [i, j]
        while (lastA < rows[0].length && key(rows[0][lastA], 0) === key(a, 0)) lastA++
        while (lastB < rows[1].length && key(rows[1][lastB], 1) === key(b, 1)) lastB++
        for (let one = i; !flags.has("v") && one < lastA; one++)
          for (let other = j; other < lastB; other++) {
            if (process.charge(1)) yield* process.yield()
            text += `${line(rows[0][one], rows[1][other])}${end}`
            if (text.length > 65_536) {
              yield* process.print(text)
              text = ""
            }
          }
        i = lastA
        j = lastB
      }
    }
    yield* process.print(text)
    if (!disordered[0] && !disordered[1]) return 0
    yield* process.error("join: input is not in sorted order\n")
    return 1
  },
})
