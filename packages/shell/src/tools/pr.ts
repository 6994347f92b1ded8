/** pr: pages with headings, in columns (pr.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { wholeNumber } from "./option-values.ts"
import { printEach } from "./pacing.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

/** Lines before and after the body, with the heading. */
const EXTREMITIES = 5

interface Numbering {
  readonly separator: string
  readonly digits: number
}

interface Layout {
  readonly columns: number
  readonly across: boolean
  readonly merges: boolean
  /** Between columns; undefined where blanks fill them up. */
  readonly separator: string | undefined
  /** Columns stand below each other. */
  readonly aligned: boolean
  readonly width: number
  /** Characters of one column; undefined where lines are not cut. */
  readonly columnWidth: number | undefined
  readonly bodyLines: number
  readonly extremities: boolean
  readonly doubled: boolean
  readonly formFeeds: boolean
  readonly keepsFeeds: boolean
  readonly margin: number
  readonly numbering: Numbering | undefined
  readonly firstNumber: number
  readonly firstPage: number
  readonly lastPage: number
  readonly heading: string | undefined
  readonly dateFormat: string
  readonly expands: number | undefined
}

const expanded = (line: string, size: number): string => {
  let text = ""
  for (const character of line) text += character === "\t" ? " ".repeat(size - (text.length % size)) : character
  return text
}

/** Blanks as tabs of eight, but for single ones. */
const withTabs = (line: string): string => {
  let text = ""
  let at = 0
  for (const [run] of line.matchAll(/ +|[^ ]+/g)) {
    if (run[0] !== " ") {
      text += run
      at += run.length
      continue
    }
    const goal = at + run.length
    for (let stop = (Math.floor(at / 8) + 1) * 8; goal - at > 1 && stop <= goal; stop = (Math.floor(at / 8) + 1) * 8) {
      text += "\t"
      at = stop
    }
    text += " ".repeat(goal - at)
    at = goal
  }
  return text.trimEnd() === "" ? "" : text
}

/** A number before a line: in columns its tab is as wide as it is at the line's beginning. */
const numbered = (layout: Layout, number: number): string => {
  const { numbering } = layout
  if (!numbering) return ""
  const digits = String(number).slice(-numbering.digits).padStart(numbering.digits)
  return digits + (numbering.separator === "\t" ? " ".repeat(8 - (numbering.digits % 8)) : numbering.separator)
}

/** One row of cells as it is printed. */
const rowOf = (layout: Layout, cells: readonly string[]): string => {
  const margin = " ".repeat(layout.margin)
  if (layout.columns === 1 && !layout.merges) {
    const [cell = ""] = cells
    const shown = layout.columnWidth === undefined ? cell : cell.slice(0, layout.columnWidth)
    return margin + (layout.numbering ? withTabs(shown) : shown)
  }
  let last = cells.length - 1
  while (last > 0 && cells[last] === "" && layout.aligned) last--
  const parts = cells.slice(0, last + 1).map((cell) => (layout.columnWidth === undefined ? cell : cell.slice(0, layout.columnWidth)))
  if (!layout.aligned) return margin + parts.join(layout.separator ?? "\t")
  const text = parts.map((cell, at) => (at < last ? cell.padEnd(layout.columnWidth ?? 0) : cell)).join(layout.separator ?? " ")
  return withTabs(margin + text)
}

/** The rows of one page's lines. */
const rowsOf = (layout: Layout, lines: readonly string[]): string[][] => {
  const { columns } = layout
  if (columns === 1) return lines.map((line) => [line])
  if (layout.across)
    return Array.from({ length: Math.ceil(lines.length / columns) }, (_, row) => lines.slice(row * columns, (row + 1) * columns))
  // Columns are evened out: the first ones have what does not come out even.
  const [each, over] = [Math.floor(lines.length / columns), lines.length % columns]
  const starts = Array.from({ length: columns }, (_, column) => column * each + Math.min(column, over))
  const height = each + (over > 0 ? 1 : 0)
  return Array.from({ length: height }, (_, row) =>
    starts.flatMap((start, column) => (row < each + (column < over ? 1 : 0) ? [lines[start + row]] : [])),
  )
}

interface Source {
  readonly name: string
  readonly lines: readonly string[]
  /** ms */
  readonly at: number
}

/** The pages' text, bit by bit. */
function* pages(layout: Layout, sources: readonly Source[]): Generator<string> {
  const perPage = layout.bodyLines * (layout.merges ? 1 : layout.columns)
  const [first] = sources
  const height = sources.reduce((most, { lines }) => Math.max(most, lines.length), 0)
  const heading = layout.heading ?? (layout.merges ? "" : first.name === "-" ? "" : first.name)
  const date = formatDate(layout.dateFormat, first.at)
  let number = layout.firstNumber
  for (let page = 1, from = 0; from < height; page++, from += perPage) {
    const to = Math.min(from + perPage, height)
    const shown = page >= layout.firstPage && page <= layout.lastPage
    const rows = layout.merges
      ? Array.from({ length: to - from }, (_, row) => sources.map(({ lines }) => lines[from + row] ?? ""))
      : rowsOf(
          layout,
          first.lines.slice(from, to).map((line, at) => numbered(layout, layout.firstNumber + from + at) + line),
        )
    if (!shown) continue
    if (layout.extremities) {
      const label = `Page ${page}`
      const room = Math.max(0, layout.width - date.length - heading.length - label.length)
      const left = Math.max(1, room >> 1)
      yield `\n\n${" ".repeat(layout.margin)}${date}${" ".repeat(left)}${heading}${" ".repeat(Math.max(1, room - (room >> 1)))}${label}\n\n\n`
    }
    for (const row of rows) {
      const lead = layout.merges ? numbered(layout, number++) : ""
      yield `${lead === "" ? "" : withTabs(lead)}${rowOf(layout, row)}\n${layout.doubled ? "\n" : ""}`
    }
    if (!layout.extremities) continue
    if (layout.formFeeds) {
      yield "\f"
      continue
    }
    const used = rows.length * (layout.doubled ? 2 : 1)
    yield "\n".repeat(Math.max(0, layout.bodyLines * (layout.doubled ? 2 : 1) - used) + EXTREMITIES)
  }
}

type Flags = ReadonlyMap<string, string | true>

const parseLayout = (process: Process, flags: Flags, first: string | undefined, files: number): Layout | string => {
  const number = (letter: string, what: string, fallback: number) =>
    flags.has(letter) ? wholeNumber(process, String(flags.get(letter)), what, 1) : fallback
  const length = number("l", "'-l PAGE_LENGTH' invalid number of lines", 66)
  const given = number("w", "'-w PAGE_WIDTH' invalid number of characters", 72)
  const cut = number("W", "'-W PAGE_WIDTH' invalid number of characters", given === 72 ? 72 : Number(given))
  const count = number("columns", "invalid number of columns", 1)
  const margin = flags.has("o") ? wholeNumber(process, String(flags.get("o")), "'-o MARGIN' invalid line offset") : 0
  const start = flags.has("N") ? wholeNumber(process, String(flags.get("N")), "'-N NUMBER' invalid starting line number", -1e9) : 1
  for (const one of [length, given, cut, count, margin, start]) if (typeof one === "string") return one
  const merges = flags.has("m")
  if (merges && flags.has("columns")) return "cannot specify number of columns when printing in parallel"
  if (merges && flags.has("a")) return "cannot specify both printing across and printing in parallel"
  const columns = merges ? files : Number(count)
  const [firstPage, lastPage] = (first ?? "1").split(":").map(Number)
  const bare = flags.has("t") || flags.has("T") || Number(length) <= 2 * EXTREMITIES
  const body = bare ? Number(length) : Number(length) - 2 * EXTREMITIES
  const plain = flags.has("s")
  const separator = plain
    ? flags.get("s") === true
      ? "\t"
      : String(flags.get("s"))
    : flags.has("S")
      ? flags.get("S") === true
        ? ""
        : String(flags.get("S"))
      : flags.has("J")
        ? "\t"
        : undefined
  const aligned = !plain && !flags.has("J")
  const width = flags.has("W") ? Number(cut) : Number(given)
  const gap = separator?.length ?? 1
  const many = columns > 1 || merges
  const spec = /^(\D?)(\d*)$/.exec(flags.get("n") === true ? "" : String(flags.get("n") ?? "")) ?? ["", "", ""]
  return {
    columns,
    across: flags.has("a"),
    merges,
    separator,
    aligned,
    width,
    columnWidth: many
      ? aligned || (flags.has("w") && !flags.has("J"))
        ? Math.max(1, Math.floor((width - (columns - 1) * gap) / columns))
        : undefined
      : flags.has("W")
        ? width
        : undefined,
    bodyLines: flags.has("d") ? Math.max(1, body >> 1) : body,
    extremities: !bare,
    doubled: flags.has("d"),
    formFeeds: flags.has("F") || flags.has("f"),
    keepsFeeds: !flags.has("T"),
    margin: Number(margin),
    numbering: flags.has("n") ? { separator: spec[1] || "\t", digits: Number(spec[2] || 5) } : undefined,
    firstNumber: Number(start),
    firstPage: firstPage || 1,
    lastPage: lastPage || Number.POSITIVE_INFINITY,
    heading: typeof flags.get("h") === "string" ? String(flags.get("h")) : undefined,
    dateFormat: String(flags.get("D") ?? "%Y-%m-%d %H:%M"),
    expands: flags.has("e") || many ? Number(/\d+/.exec(String(flags.get("e")))?.[0] ?? 8) : undefined,
  }
}

function* readSource(process: Process, name: string, layout: Layout): Steps<Source> {
  const text = new TextDecoder().decode(yield* readFile(process, name))
  if (process.charge(text.length >> 7)) yield* process.yield()
  const feeds = layout.keepsFeeds ? text.replace(/\n?\f/g, "\n\f") : text.replaceAll("\f", "\n")
  const lines = feeds.split("\n")
  if (lines.at(-1) === "") lines.pop()
  const { expands } = layout
  return {
    name,
    lines: expands === undefined ? lines : lines.map((line) => expanded(line, expands)),
    at: name === "-" ? process.now() : process.files.stat(name).modifiedAt,
  }
}

export const pr = defineTool({
  name: "pr",
  summary: "convert text files for printing",
  *run(process, args) {
    const start = args.find((word) => /^\+\d+(:\d+)?$/.test(word))
    const others = args.filter((word) => word !== start).map((word) => (/^-\d+$/.test(word) ? `--columns=${word.slice(1)}` : word))
    const { flags, words, problem } = parseOptions(others, {
      letters: "acdfFJmrtTv",
      valued: "DhlNowW",
      optional: "einsS",
      long: {
        across: "a",
        "columns=": "columns",
        "date-format=": "D",
        "double-space": "d",
        "expand-tabs=?": "e",
        "form-feed": "f",
        "header=": "h",
        "output-tabs=?": "i",
        "join-lines": "J",
        "length=": "l",
        merge: "m",
        "number-lines=?": "n",
        "first-line-number=": "N",
        "indent=": "o",
        "no-file-warnings": "r",
        "separator=?": "s",
        "sep-string=?": "S",
        "omit-header": "t",
        "omit-pagination": "T",
        "show-nonprinting": "v",
        "width=": "w",
        "page-width=": "W",
        "pages=": "pages",
      },
    })
    if (problem) return yield* usageError(process, "pr", problem)
    const names = words.length > 0 ? words : ["-"]
    const range = typeof flags.get("pages") === "string" ? String(flags.get("pages")) : start?.slice(1)
    const layout = parseLayout(process, flags, range, names.length)
    if (typeof layout === "string") {
      yield* process.error(`pr: ${layout}\n`)
      return 1
    }
    let status = 0
    const sources: Source[] = []
    for (const name of names) {
      try {
        sources.push(yield* readSource(process, name, layout))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (!flags.has("r")) yield* process.error(`pr: ${name}: ${error.message}\n`)
        status = 1
      }
    }
    for (const group of layout.merges ? [sources] : sources.map((source) => [source]))
      if (group.length > 0) yield* printEach(process, pages(layout, group), (text) => text, 2)
    return status
  },
})
