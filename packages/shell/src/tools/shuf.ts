/** shuf: lines in a random order. */
import { defineTool } from "../define-tool.ts"
import { mapEach, printEach } from "./pacing.ts"
import { allLines, parseOptions, quote, usageError } from "./reading.ts"

const MAX_RANGE = 1_000_000

export const shuf = defineTool({
  name: "shuf",
  busybox: true,
  summary: "generate random permutations",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "erz",
      valued: "nio",
      long: {
        echo: "e",
        "head-count=": "n",
        "input-range=": "i",
        repeat: "r",
        "output=": "o",
        "zero-terminated": "z",
        "random-source=": "source",
      },
    })
    if (problem) return yield* usageError(process, "shuf", problem)
    if (flags.has("e") && flags.has("i")) return yield* usageError(process, "shuf", "cannot combine -e and -i options")
    const end = flags.has("z") ? "\0" : "\n"
    if (flags.has("n") && !/^\d+$/.test(String(flags.get("n")))) {
      yield* process.error(`shuf: invalid line count: ${quote(process, String(flags.get("n")))}\n`)
      return 1
    }
    let items: string[]
    const range = /^(\d+)-(\d+)$/.exec(String(flags.get("i") ?? ""))
    if (flags.has("i")) {
      if (!range || Number(range[2]) < Number(range[1]) || Number(range[2]) - Number(range[1]) > MAX_RANGE) {
        yield* process.error(`shuf: invalid input range: ${quote(process, String(flags.get("i")))}\n`)
        return 1
      }
      const first = Number(range[1])
      items = yield* mapEach(process, Array(Number(range[2]) - first + 1).keys(), (at) => String(first + at))
    } else if (flags.has("e")) items = [...words]
    else {
      const { lines, ok } = yield* allLines(process, "shuf", words.slice(0, 1), { end })
      if (!ok) return 1
      items = lines
    }
    const count = Number(flags.get("n") ?? (flags.has("r") ? MAX_RANGE : items.length))
    const pick = () => Math.floor(process.random() * items.length)
    let chosen: string[]
    if (flags.has("r")) chosen = items.length === 0 ? [] : Array.from({ length: Math.min(count, MAX_RANGE) }, () => items[pick()])
    else {
      for (let at = items.length - 1; at > 0; at--) {
        const other = Math.floor(process.random() * (at + 1))
        ;[items[at], items[other]] = [items[other], items[at]]
        if (process.charge(1)) yield* process.yield()
      }
      chosen = items.slice(0, count)
    }
    const target = flags.get("o")
    if (typeof target === "string") process.files.write(target, chosen.map((item) => item + end).join(""))
    else yield* printEach(process, chosen, (item) => item + end)
    return 0
  },
})
