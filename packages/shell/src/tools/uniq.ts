/** uniq: repeated lines once, counted or left out. */
import { defineTool } from "../define-tool.ts"
import { oneOf } from "./option-values.ts"
import { printEach } from "./pacing.ts"
import { allLines, parseOptions, quote, usageError } from "./reading.ts"

/** Options that take a method: letter, name, methods. */
const METHODS: readonly (readonly [string, string, readonly string[]])[] = [
  ["D", "--all-repeated", ["none", "prepend", "separate"]],
  ["group", "--group", ["prepend", "append", "separate", "both"]],
]

export const uniq = defineTool({
  name: "uniq",
  busybox: true,
  summary: "report or omit repeated lines",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "cduiDz",
      valued: "fsw",
      long: {
        count: "c",
        repeated: "d",
        unique: "u",
        "ignore-case": "i",
        "all-repeated=?": "D",
        "group=?": "group",
        "skip-fields=": "f",
        "skip-chars=": "s",
        "check-chars=": "w",
        "zero-terminated": "z",
      },
    })
    if (problem) return yield* usageError(process, "uniq", problem)
    if (words.length > 2) return yield* usageError(process, "uniq", `extra operand ${quote(process, words[2])}`)
    const end = flags.has("z") ? "\0" : "\n"
    for (const [letter, what] of [
      ["f", "fields to skip"],
      ["s", "bytes to skip"],
      ["w", "bytes to compare"],
    ])
      if (flags.has(letter) && !/^\d+$/.test(String(flags.get(letter)))) {
        yield* process.error(`uniq: ${String(flags.get(letter))}: invalid number of ${what}\n`)
        return 1
      }
    for (const [letter, option, valid] of METHODS) {
      const given = flags.get(letter)
      const method = typeof given === "string" ? oneOf(process, option, given, valid) : { word: "" }
      if ("problem" in method) return yield* usageError(process, "uniq", method.problem)
    }
    if (flags.has("group") && ["c", "d", "D", "u"].some((letter) => flags.has(letter)))
      return yield* usageError(process, "uniq", "--group is mutually exclusive with -c/-d/-D/-u")
    if (flags.has("c") && flags.has("D"))
      return yield* usageError(process, "uniq", "printing all duplicated lines and repeat counts is meaningless")
    const { lines, ok } = yield* allLines(process, "uniq", words.slice(0, 1), { end })
    const fields = Number(flags.get("f") ?? 0)
    const skip = Number(flags.get("s") ?? 0)
    const width = flags.has("w") ? Number(flags.get("w")) : undefined
    const keyOf = (line: string): string => {
      let key = line
      for (let field = 0; field < fields; field++) key = key.replace(/^[ \t]*[^ \t]*/, "")
      key = key.slice(skip, width === undefined ? undefined : skip + width)
      return flags.has("i") ? key.toLowerCase() : key
    }
    const groups: { key: string; lines: string[] }[] = []
    for (const line of lines) {
      if (process.charge(1)) yield* process.yield()
      const key = keyOf(line)
      const last = groups.at(-1)
      if (last?.key === key) last.lines.push(line)
      else groups.push({ key, lines: [line] })
    }
    const shown: string[] = []
    const [grouping, repeated] = [flags.get("group"), flags.get("D")]
    if (grouping === "both" || grouping === "prepend") shown.push("")
    for (const [at, { lines: own }] of groups.entries()) {
      if (process.charge(1)) yield* process.yield()
      if (flags.has("group")) {
        if (at > 0) shown.push("")
        for (const line of own) shown.push(line)
        continue
      }
      if (flags.has("D")) {
        if (own.length < 2) continue
        if (repeated === "prepend" || (repeated === "separate" && shown.length > 0)) shown.push("")
        for (const line of own) shown.push(line)
        continue
      }
      if (flags.has("d") && own.length === 1) continue
      if (flags.has("u") && own.length > 1) continue
      shown.push(flags.has("c") ? `${String(own.length).padStart(7)} ${own[0]}` : own[0])
    }
    if (grouping === "both" || grouping === "append") shown.push("")
    if (words[1] !== undefined && words[1] !== "-") process.files.write(words[1], shown.map((line) => line + end).join(""))
    else yield* printEach(process, shown, (line) => line + end)
    return ok ? 0 : 1
  },
})
