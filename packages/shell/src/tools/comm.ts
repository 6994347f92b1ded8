/** comm: lines that two sorted files have in common. */
import { defineTool } from "../define-tool.ts"
import { allLines, parseOptions, usageError } from "./reading.ts"

export const comm = defineTool({
  name: "comm",
  busybox: true,
  summary: "compare two sorted files line by line",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "123z",
      long: { "output-delimiter=": "d", "check-order": "c", "nocheck-order": "n", total: "t" },
    })
    if (problem) return yield* usageError(process, "comm", problem)
    if (words.length < 2) return yield* usageError(process, "comm", words[0] ? `missing operand after '${words[0]}'` : "missing operand")
    const [left, right] = [yield* allLines(process, "comm", [words[0]]), yield* allLines(process, "comm", [words[1]])]
    if (!left.ok || !right.ok) return 1
    const tab = String(flags.get("d") ?? "\t")
    const shown = ["1", "2", "3"].map((column) => !flags.has(column))
    const [a, b] = [left.lines, right.lines]
    let text = ""
    const counts = [0, 0, 0]
    const show = (column: number, line: string) => {
      counts[column]++
      if (shown[column]) text += `${tab.repeat(shown.slice(0, column).filter(Boolean).length)}${line}\n`
    }
    let [i, j] = [0, 0]
    while (i < a.length || j < b.length) {
      if (process.charge(1)) yield* process.yield()
      if (j >= b.length || (i < a.length && a[i] < b[j])) show(0, a[i++])
      else if (i >= a.length || b[j] < a[i]) show(1, b[j++])
      else {
        show(2, a[i++])
        j++
      }
    }
    if (flags.has("t")) text += `${counts.join(tab)}${tab}total\n`
    yield* process.print(text)
    return 0
  },
})
