/** comm: lines that two sorted files have in common. */
import type { Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { allLines, parseOptions, quote, usageError } from "./reading.ts"

export const comm = defineTool({
  name: "comm",
  busybox: true,
  summary: "compare two sorted files line by line",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "123z",
      long: { "output-delimiter=": "d", "check-order": "c", "nocheck-order": "n", total: "t", "zero-terminated": "z" },
    })
    if (problem) return yield* usageError(process, "comm", problem)
    if (words.length < 2)
      return yield* usageError(process, "comm", words[0] ? `missing operand after ${quote(process, words[0])}` : "missing operand")
    if (words.length > 2) return yield* usageError(process, "comm", `extra operand ${quote(process, words[2])}`)
    const end = flags.has("z") ? "\0" : "\n"
    const [left, right] = [yield* allLines(process, "comm", [words[0]], { end }), yield* allLines(process, "comm", [words[1]], { end })]
    if (!left.ok || !right.ok) return 1
    const tab = String(flags.get("d") ?? "\t")
    const shown = ["1", "2", "3"].map((column) => !flags.has(column))
    const [a, b] = [left.lines, right.lines]
    let text = ""
    const counts = [0, 0, 0]
    const show = (column: number, line: string) => {
      counts[column]++
      if (shown[column]) text += `${tab.repeat(shown.slice(0, column).filter(Boolean).length)}${line}${end}`
    }
    let [i, j] = [0, 0]
    // Told once for each file; without --check-order only where lines differ at all.
    const disordered = [false, false]
    const strict = flags.has("c")
    const check = function* (file: number, lines: readonly string[], at: number): Steps<boolean> {
      if (disordered[file] || flags.has("n") || at === 0 || at >= lines.length || lines[at - 1] <= lines[at]) return false
      disordered[file] = true
      if (strict) yield* process.print(text)
      yield* process.error(`comm: file ${file + 1} is not in sorted order\n`)
      return strict
    }
    while (i < a.length || j < b.length) {
      if (process.charge(1)) yield* process.yield()
      if ((yield* check(0, a, i)) || (yield* check(1, b, j))) return 1
      if (j >= b.length || (i < a.length && a[i] < b[j])) show(0, a[i++])
      else if (i >= a.length || b[j] < a[i]) show(1, b[j++])
      else {
        show(2, a[i++])
        j++
      }
    }
    if (flags.has("t")) text += `${counts.join(tab)}${tab}total${end}`
    yield* process.print(text)
    if (!disordered[0] && !disordered[1]) return 0
    yield* process.error("comm: input is not in sorted order\n")
    return 1
  },
})
