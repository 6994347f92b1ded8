/** join: lines of two files that have a field in common. */
import { defineTool } from "../define-tool.ts"
import { allLines, parseOptions, usageError } from "./reading.ts"

export const join = defineTool({
  name: "join",
  summary: "join lines of two files on a common field",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "i",
      valued: "t12javeo",
      long: { "ignore-case": "i", header: "header", "nocheck-order": "n" },
    })
    if (problem) return yield* usageError(process, "join", problem)
    if (words.length < 2) return yield* usageError(process, "join", words[0] ? `missing operand after '${words[0]}'` : "missing operand")
    const [left, right] = [yield* allLines(process, "join", [words[0]]), yield* allLines(process, "join", [words[1]])]
    if (!left.ok || !right.ok) return 1
    const separator = flags.get("t") as string | undefined
    const glue = separator ?? " "
    const fields = (line: string) => (separator === undefined ? line.trim().split(/\s+/) : line.split(separator))
    const at = [Number(flags.get("1") ?? flags.get("j") ?? 1) - 1, Number(flags.get("2") ?? flags.get("j") ?? 1) - 1]
    const key = (row: readonly string[], side: number) => (flags.has("i") ? (row[at[side]] ?? "").toLowerCase() : (row[at[side]] ?? ""))
    const rows = [left.lines.map(fields), right.lines.map(fields)]
    const unpaired = new Set([...(all.get("a") ?? []), ...(all.get("v") ?? [])])
    const empty = String(flags.get("e") ?? "")
    const wanted = flags.get("o")
    const line = (a: readonly string[] | undefined, b: readonly string[] | undefined): string => {
      const own = a?.[at[0]] ?? b?.[at[1]] ?? ""
      if (typeof wanted === "string" && wanted !== "auto")
        return wanted
          .split(/[, ]/)
          .map((spec) => {
            if (spec === "0") return own
            const [side, field] = spec.split(".").map(Number)
            return (side === 1 ? a : b)?.[field - 1] ?? empty
          })
          .join(glue)
      return [own, ...(a ?? []).filter((_, index) => index !== at[0]), ...(b ?? []).filter((_, index) => index !== at[1])].join(glue)
    }
    let text = ""
    const used = new Set<number>()
    for (const a of rows[0]) {
      if (process.charge(1 + (rows[1].length >> 4))) yield* process.yield()
      let paired = false
      for (const [index, b] of rows[1].entries())
        if (key(a, 0) === key(b, 1)) {
          paired = true
          used.add(index)
          if (!flags.has("v")) text += `${line(a, b)}\n`
        }
      if (!paired && unpaired.has("1")) text += `${line(a, undefined)}\n`
    }
    if (unpaired.has("2")) for (const [index, b] of rows[1].entries()) if (!used.has(index)) text += `${line(undefined, b)}\n`
    yield* process.print(text)
    return 0
  },
})
