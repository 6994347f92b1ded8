/** expand and unexpand: tabs as blanks and blanks as tabs (expand.c, unexpand.c), with lists of tab stops (expand-common.c). */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { type ByteLine, ByteWriter, eachByteLine } from "./byte-lines.ts"
import { parseOptions, quote, usageError } from "./reading.ts"

interface TabStops {
  readonly stops: readonly number[]
  /** After the last stop: every so many columns (/N), or so many from it (+N); 0: none. */
  readonly every: number
  readonly from: number
}

/** "8", "4,10", "2,/4": a text where it is wrong. */
const parseStops = (process: Process, lists: readonly string[]): TabStops | string => {
  const stops: number[] = []
  let mark = ""
  let after = 0
  for (const part of lists.flatMap((list) => list.split(/[, \t]+/)).filter((one) => one !== "")) {
    const match = /^([/+]?)(\d+)$/.exec(part)
    if (!match) {
      const rest = part.replace(/^[/+]?\d*/, "")
      if (/^[/+]/.test(rest)) return `${quote(process, rest[0])} specifier not at start of number: ${quote(process, rest)}`
      return `tab size contains invalid character(s): ${quote(process, rest)}`
    }
    if (mark !== "") return `'${mark}' specifier only allowed with the last value`
    const value = Number(match[2])
    if (match[1] !== "") {
      mark = match[1]
      after = value
      continue
    }
    if (value === 0) return "tab size cannot be 0"
    if (stops.length > 0 && stops[stops.length - 1] >= value) return "tab sizes must be ascending"
    stops.push(value)
  }
  if (stops.length === 0) return { stops, every: after || 8, from: 0 }
  if (stops.length === 1 && mark === "") return { stops: [], every: stops[0], from: 0 }
  return { stops, every: after, from: mark === "+" ? stops[stops.length - 1] : 0 }
}

/** Goes along a line from stop to stop. */
class Tabs {
  readonly #tabs: TabStops
  #index = 0

  constructor(tabs: TabStops) {
    this.#tabs = tabs
  }

  /** The stop after `column`; undefined beyond the last. */
  after(column: number): number | undefined {
    const { stops, every, from } = this.#tabs
    for (; this.#index < stops.length; this.#index++) if (column < stops[this.#index]) return stops[this.#index]
    return every === 0 ? undefined : column + every - ((column - from) % every)
  }

  /** For a backspace. */
  back(): void {
    if (this.#index > 0) this.#index--
  }
}

const expanded = (line: string, stops: TabStops, initial: boolean): string => {
  const tabs = new Tabs(stops)
  let [text, column, converts] = ["", 0, true]
  for (const character of line) {
    let shown = character
    if (converts && character === "\t") {
      const next = tabs.after(column) ?? column + 1
      shown = " ".repeat(next - column)
      column = next
    } else if (converts && character === "\b") {
      column = Math.max(0, column - 1)
      tabs.back()
    } else column++
    if (initial && character !== " " && character !== "\t") converts = false
    text += shown
  }
  return text
}

const unexpanded = (line: string, stops: TabStops, whole: boolean): string => {
  const tabs = new Tabs(stops)
  let [text, column, pending, converts] = ["", 0, "", true]
  // A blank alone before a stop stays one, unless more follow.
  let alone = false
  let afterBlank = true
  const settle = () => {
    text += pending.length > 1 && alone ? `\t${pending.slice(1)}` : pending
    pending = ""
    alone = false
  }
  for (const given of line) {
    let character = given
    if (converts) {
      const blank = character === " " || character === "\t"
      if (blank) {
        const next = tabs.after(column)
        if (next === undefined) converts = false
        else {
          if (character === "\t") {
            column = next
            if (pending !== "") pending = `\t${pending.slice(1)}`
          } else {
            column++
            if (!(afterBlank && column === next)) {
              if (column === next) alone = true
              pending += character
              afterBlank = true
              continue
            }
            pending = `\t${pending.slice(1)}`
            character = "\t"
          }
          pending = alone ? pending.slice(0, 1) : ""
        }
      } else if (character === "\b") {
        column = Math.max(0, column - 1)
        tabs.back()
      } else column++
      if (pending !== "") settle()
      afterBlank = blank
      converts &&= whole || blank
    }
    text += character
  }
  settle()
  return text
}

function* converted(process: Process, tool: string, names: readonly string[], change: (line: string) => string): Steps<number> {
  const output = new ByteWriter(process)
  const ok = yield* eachByteLine(process, tool, names, ({ text, ended }: ByteLine) => output.put(`${change(text)}${ended ? "\n" : ""}`))
  yield* output.end()
  return ok ? 0 : 1
}

/** -4 and -4,8 as -t had them. */
const withoutOld = (args: readonly string[]): string[] => args.map((word) => (/^-\d[\d,]*$/.test(word) ? `-t${word.slice(1)}` : word))

export const expand = defineTool({
  name: "expand",
  busybox: true,
  summary: "convert tabs to spaces",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(withoutOld(args), {
      letters: "i",
      valued: "t",
      long: { "tabs=": "t", initial: "i" },
    })
    if (problem) return yield* usageError(process, "expand", problem)
    const stops = parseStops(process, all.get("t") ?? [])
    if (typeof stops !== "string") return yield* converted(process, "expand", words, (line) => expanded(line, stops, flags.has("i")))
    yield* process.error(`expand: ${stops}\n`)
    return 1
  },
})

export const unexpand = defineTool({
  name: "unexpand",
  busybox: true,
  summary: "convert spaces to tabs",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(withoutOld(args), {
      letters: "a",
      valued: "t",
      long: { all: "a", "tabs=": "t", "first-only": "first" },
    })
    if (problem) return yield* usageError(process, "unexpand", problem)
    const stops = parseStops(process, all.get("t") ?? [])
    const whole = (flags.has("a") || flags.has("t")) && !flags.has("first")
    if (typeof stops !== "string") return yield* converted(process, "unexpand", words, (line) => unexpanded(line, stops, whole))
    yield* process.error(`unexpand: ${stops}\n`)
    return 1
  },
})
