/** date: the time, or another one, in any format. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseDate } from "../text/parse-date.ts"
import { timeZone, UTC } from "../text/time-zone.ts"
import { oneOf } from "./option-values.ts"
import { allLines, parseOptions, quote, usageError } from "./reading.ts"

const ISO: Readonly<Record<string, string>> = {
  date: "%Y-%m-%d",
  hours: "%Y-%m-%dT%H%:z",
  minutes: "%Y-%m-%dT%H:%M%:z",
  seconds: "%Y-%m-%dT%H:%M:%S%:z",
  ns: "%Y-%m-%dT%H:%M:%S,%N%:z",
}
const RFC3339: Readonly<Record<string, string>> = { date: "%Y-%m-%d", seconds: "%Y-%m-%d %H:%M:%S%:z", ns: "%Y-%m-%d %H:%M:%S.%N%:z" }

export const date = defineTool({
  name: "date",
  busybox: true,
  summary: "print or set the system date and time",
  *run(process, args) {
    const short = args.map((word) =>
      /^-I./.test(word) ? `--iso-8601=${word.slice(2)}` : word === "--iso-8601" || word === "-I" ? "--iso-8601=date" : word,
    )
    const { flags, words, problem } = parseOptions(short, {
      letters: "uR",
      valued: "drsf",
      long: {
        "date=": "d",
        utc: "u",
        universal: "u",
        "iso-8601=": "iso",
        "rfc-3339=": "3",
        "rfc-email": "R",
        "reference=": "r",
        "set=": "s",
        "file=": "f",
        resolution: "resolution",
      },
    })
    if (problem) return yield* usageError(process, "date", problem)
    const zone = flags.has("u") ? UTC : timeZone(process.env.get("TZ"))
    let format = "%a %b %e %H:%M:%S %Z %Y"
    for (const [letter, option, valid] of [
      ["iso", "--iso-8601", ["hours", "minutes", "date", "seconds", "ns"]],
      ["3", "--rfc-3339", ["date", "seconds", "ns"]],
    ] as const) {
      const word = flags.get(letter)
      const found = typeof word === "string" ? oneOf<string>(process, option, word, valid) : { word: "" }
      if ("problem" in found) return yield* usageError(process, "date", found.problem)
    }
    const iso = Object.keys(ISO).find((name) => name.startsWith(String(flags.get("iso"))))
    if (flags.has("iso")) format = ISO[iso ?? "date"]
    if (flags.has("3")) format = RFC3339[String(flags.get("3"))] ?? RFC3339.date
    if (flags.has("R")) format = "%a, %d %b %Y %H:%M:%S %z"
    const given = words.find((word) => word.startsWith("+"))
    if (given !== undefined) format = given.slice(1)
    const [, second] = words
    if (second !== undefined) return yield* usageError(process, "date", `extra operand ${quote(process, second)}`)
    const wrong = words.find((word) => !word.startsWith("+"))
    if (wrong !== undefined) {
      yield* process.error(`date: invalid date ${quote(process, wrong)}\n`)
      return 1
    }
    if (flags.has("f")) {
      // Each line of the file is a date.
      const { lines, ok } = yield* allLines(process, "date", [String(flags.get("f"))])
      for (const line of lines) {
        const one = parseDate(line, process.now(), zone)
        if (one === undefined) yield* process.error(`date: invalid date ${quote(process, line)}\n`)
        else yield* process.print(`${formatDate(format, one, zone)}\n`)
      }
      return ok ? 0 : 1
    }
    let at: number | undefined = process.now()
    const text = flags.get("d") ?? flags.get("s")
    if (typeof text === "string") at = parseDate(text, process.now(), zone)
    if (at === undefined) {
      yield* process.error(`date: invalid date ${quote(process, String(text))}\n`)
      return 1
    }
    if (flags.has("r")) {
      try {
        at = process.files.stat(String(flags.get("r"))).modifiedAt
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`date: ${String(flags.get("r"))}: ${error.message}\n`)
        return 1
      }
    }
    if (flags.has("s")) yield* process.error("date: cannot set date: Operation not permitted\n")
    yield* process.print(`${formatDate(format, at, zone)}\n`)
    return flags.has("s") ? 1 : 0
  },
})
