/** diff: what changed between two files or trees (diffutils' diff.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { matchPattern } from "../../bash/pattern.ts"
import { traced } from "../../bash/quoting.ts"
import { defineTool } from "../../define-tool.ts"
import { type Change, findingChanges } from "../../text/line-diff.ts"
import { compileRegex, RegexError } from "../../text/regex.ts"
import { drive, printEach } from "../pacing.ts"
import { parseOptions } from "../reading.ts"
import { contextual, edScript, type FormOptions, normal, rcsScript, unified } from "./forms.ts"
import { type GroupFormats, groupFormats, inGroups } from "./groups.ts"
import { sideBySide, type SideOptions } from "./side-by-side.ts"
import { comparedLines, emptySide, ignoredLines, readSide, type Side } from "./sides.ts"

type Flags = ReadonlyMap<string, string | true>

const VALUED = "UWLxCIFDX"
const LONG: Readonly<Record<string, string>> = {
  normal: "normal",
  unified: "u",
  "unified=": "U",
  context: "c",
  "context=": "C",
  ed: "e",
  "forward-ed": "f",
  rcs: "n",
  "exclude=": "x",
  "exclude-from=": "X",
  "show-c-function": "p",
  "show-function-line=": "F",
  brief: "q",
  recursive: "r",
  "new-file": "N",
  "unidirectional-new-file": "P",
  "ignore-case": "i",
  "ignore-all-space": "w",
  "ignore-space-change": "b",
  "ignore-trailing-space": "Z",
  "ignore-tab-expansion": "E",
  "ignore-blank-lines": "B",
  "ignore-matching-lines=": "I",
  "strip-trailing-cr": "strip",
  text: "a",
  "expand-tabs": "t",
  "initial-tab": "T",
  "tabsize=": "tabsize",
  minimal: "d",
  "speed-large-files": "H",
  "horizon-lines=": "horizon",
  "no-dereference": "no-dereference",
  "side-by-side": "y",
  "width=": "W",
  "left-column": "left-column",
  "suppress-common-lines": "suppress",
  "report-identical-files": "s",
  "ifdef=": "D",
  "line-format=": "line",
  "old-line-format=": "old-line",
  "new-line-format=": "new-line",
  "unchanged-line-format=": "unchanged-line",
  "old-group-format=": "old-group",
  "new-group-format=": "new-group",
  "changed-group-format=": "changed-group",
  "unchanged-group-format=": "unchanged-group",
  "label=": "L",
  "color=?": "color",
  "colour=?": "color",
}

/** Styles that exclude each other: -u with -U is one. */
const STYLES = [["u", "U"], ["c", "C"], ["e"], ["f"], ["n"], ["y"], ["normal"]]

interface Settings {
  readonly flags: Flags
  readonly form: FormOptions
  readonly side: SideOptions
  readonly groups: GroupFormats | undefined
  readonly ignored: ((line: string) => boolean) | undefined
  readonly excluded: readonly string[]
  /** The options as they were given, for the headings of a tree's files. */
  readonly given: string
}

/** A text where an option is wrong. */
const parseSettings = (
  process: Process,
  args: readonly string[],
  flags: Flags,
  all: ReadonlyMap<string, readonly string[]>,
): Settings | string => {
  for (const [letter, what] of [
    ["U", "context length"],
    ["C", "context length"],
    ["tabsize", "tabsize"],
    ["W", "width"],
  ]) {
    const text = flags.get(letter)
    const least = letter === "U" || letter === "C" ? 0 : 1
    if (typeof text === "string" && !(/^\d+$/.test(text) && Number(text) >= least)) return `invalid ${what} '${text}'`
  }
  if (STYLES.filter((style) => style.some((letter) => flags.has(letter))).length > 1) return "conflicting output style options"
  const colour = flags.get("color")
  if (typeof colour === "string" && !["always", "never", "auto"].includes(colour)) return `invalid color '${colour}'`
  const tabSize = Number(flags.get("tabsize") ?? 8)
  try {
    const heading = flags.has("F") ? String(flags.get("F")) : flags.has("p") ? "^[[:alpha:]$_]" : undefined
    return {
      flags,
      form: {
        context: Number(flags.get("U") ?? flags.get("C") ?? 3),
        labels: all.get("L") ?? [],
        colour: colour === "always" || (flags.has("color") && colour !== "never" && process.fds.get(1)?.kind === "tty"),
        initialTab: flags.has("T"),
        expandTabs: flags.has("t"),
        tabSize,
        headings: heading === undefined ? undefined : compileRegex(heading, { extended: false }),
      },
      side: {
        width: Number(flags.get("W") ?? 130),
        tabSize,
        expandTabs: flags.has("t"),
        suppressCommon: flags.has("suppress"),
        leftColumn: flags.has("left-column"),
      },
      groups: groupFormats(flags),
      ignored: ignoredLines(flags, all.get("I") ?? []),
      excluded: all.get("x") ?? [],
      given: optionsAsGiven(args),
    }
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    return error.message
  }
}

/** Options with their values, quoted for a shell. */
const optionsAsGiven = (args: readonly string[]): string => {
  const words: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (!word.startsWith("-") || word === "-") continue
    words.push(traced(word))
    const takesNext = word.startsWith("--")
      ? !word.includes("=") && Object.hasOwn(LONG, `${word.slice(2)}=`) && !Object.hasOwn(LONG, word.slice(2))
      : VALUED.includes(word.at(-1) ?? "") && !word.slice(1, -1).match(/[UWLxCIFDX]/)
    if (takesNext && at + 1 < args.length) words.push(traced(args[++at]))
  }
  return words.join(" ")
}

const shown = (a: Side, b: Side, changes: readonly Change[], settings: Settings): Iterable<string> => {
  const { flags, form } = settings
  if (flags.has("y")) return sideBySide(a, b, changes, settings.side)
  if (settings.groups) return inGroups(a, b, changes, settings.groups)
  if (flags.has("u") || flags.has("U")) return unified(a, b, changes, form)
  if (flags.has("c") || flags.has("C")) return contextual(a, b, changes, form)
  if (flags.has("e") || flags.has("f")) return edScript(a, b, changes, flags.has("f"))
  return flags.has("n") ? rcsScript(a, b, changes) : normal(a, b, changes, form)
}

const isDirectory = (process: Process, path: string): boolean =>
  path !== "-" && process.files.exists(path) && process.files.stat(path).type === "directory"

function* changesOf(process: Process, a: Side, b: Side, settings: Settings): Steps<Change[]> {
  const [left, right] = [yield* comparedLines(process, a, settings.flags), yield* comparedLines(process, b, settings.flags)]
  const changes = yield* drive(process, findingChanges(left, right), 200)
  const { ignored, flags } = settings
  const blanks = flags.has("w") || flags.has("b") || flags.has("Z")
  if (changes.length === 0 && a.ended !== b.ended && a.lines.length > 0 && !blanks)
    return [{ aFrom: a.lines.length - 1, aTo: a.lines.length, bFrom: b.lines.length - 1, bTo: b.lines.length }]
  if (!ignored) return changes
  return changes.filter(
    ({ aFrom, aTo, bFrom, bTo }) => !(a.lines.slice(aFrom, aTo).every(ignored) && b.lines.slice(bFrom, bTo).every(ignored)),
  )
}

function* compareFiles(process: Process, left: string, right: string, heading: string, settings: Settings): Steps<number> {
  const { flags, form } = settings
  if (left === "-" && right === "-") return 0
  const read = function* (name: string): Steps<Side> {
    if ((flags.has("N") || flags.has("P")) && name !== "-" && !process.files.exists(name)) return emptySide(name)
    return yield* readSide(process, name, flags.has("strip"))
  }
  const [a, b] = [yield* read(left), yield* read(right)]
  const [aName, bName] = [form.labels[0] ?? left, form.labels[1] ?? right]
  if ((a.binary || b.binary) && !flags.has("a")) {
    const same = a.lines.length === b.lines.length && a.ended === b.ended && a.lines.every((line, at) => line === b.lines[at])
    if (!same) {
      yield* process.print(`${flags.has("q") ? "Files" : "Binary files"} ${aName} and ${bName} differ\n`)
      return 1
    }
  }
  const changes = yield* changesOf(process, a, b, settings)
  if (changes.length === 0) {
    if (flags.has("s")) yield* process.print(`Files ${aName} and ${bName} are identical\n`)
    if (settings.groups || flags.has("y")) yield* printEach(process, shown(a, b, changes, settings), (text) => text)
    return 0
  }
  if (flags.has("q")) yield* process.print(`Files ${aName} and ${bName} differ\n`)
  else {
    yield* process.print(heading)
    yield* printEach(process, shown(a, b, changes, settings), (text) => text)
  }
  return 1
}

function* compareTrees(process: Process, left: string, right: string, settings: Settings): Steps<number> {
  const { flags, given, form } = settings
  let status = 0
  const [here, there] = [left, right].map((path) => new Set(process.files.list(path).map(({ name }) => name)))
  for (const name of [...new Set([...here, ...there])].sort()) {
    if (process.charge(2)) yield* process.yield()
    if (settings.excluded.some((pattern) => matchPattern(pattern, name))) continue
    const [a, b] = [`${left.replace(/\/$/, "")}/${name}`, `${right.replace(/\/$/, "")}/${name}`]
    const [aDirectory, bDirectory] = [isDirectory(process, a), isDirectory(process, b)]
    const missing = !here.has(name) || !there.has(name)
    if (missing && (!flags.has("N") || aDirectory || bDirectory) && !(flags.has("P") && !here.has(name))) {
      if (flags.has("N") && flags.has("r")) {
        status = Math.max(status, yield* compareWithNothing(process, a, b, settings))
        continue
      }
      yield* process.print(`Only in ${here.has(name) ? left : right}: ${name}\n`)
      status = 1
    } else if (aDirectory && bDirectory) {
      if (flags.has("r")) status = Math.max(status, yield* compareTrees(process, a, b, settings))
      else yield* process.print(`Common subdirectories: ${a} and ${b}\n`)
    } else if (aDirectory || bDirectory) {
      const kind = (directory: boolean) => (directory ? "directory" : "regular file")
      yield* process.print(`File ${a} is a ${kind(aDirectory)} while file ${b} is a ${kind(bDirectory)}\n`)
      status = 1
    } else {
      const names = `${form.labels[0] ?? a} ${form.labels[1] ?? b}`
      const heading = flags.has("q") || flags.has("y") ? "" : `diff ${given ? `${given} ` : ""}${names}\n`
      status = Math.max(status, yield* compareFiles(process, a, b, heading, settings))
    }
  }
  return status
}

/** -rN of a directory that one side lacks: all in it is new, or gone. */
function* compareWithNothing(process: Process, a: string, b: string, settings: Settings): Steps<number> {
  let status = 0
  const there = isDirectory(process, a) ? a : b
  for (const { name } of process.files.list(there)) {
    const [left, right] = [`${a}/${name}`, `${b}/${name}`]
    if (isDirectory(process, left) || isDirectory(process, right)) {
      status = Math.max(status, yield* compareWithNothing(process, left, right, settings))
      continue
    }
    const heading = settings.flags.has("q") ? "" : `diff ${settings.given} ${left} ${right}\n`
    status = Math.max(status, yield* compareFiles(process, left, right, heading, settings))
  }
  return status
}

export const diff = defineTool({
  name: "diff",
  busybox: true,
  version: "(GNU diffutils) 3.10",
  summary: "compare files line by line",
  *run(process, args) {
    const fail = function* (text: string): Steps<number> {
      yield* process.error(`${text === "" ? "" : `diff: ${text}\n`}diff: Try 'diff --help' for more information.\n`)
      return 2
    }
    const { flags, all, words, problem } = parseOptions(
      args.map((word) => (/^-\d+$/.test(word) ? `-U${word.slice(1)}` : word)),
      { letters: "uqrNPiwbByZEcsadtpTefnlH", valued: VALUED, long: LONG },
    )
    if (problem) return yield* fail(problem)
    const settings = parseSettings(process, args, flags, all)
    if (typeof settings === "string") return yield* fail(settings)
    if (words.length < 2) return yield* fail(`missing operand after '${words[0] ?? "diff"}'`)
    if (words.length > 2) return yield* fail(`extra operand '${words[2]}'`)
    const [left, right] = words
    const base = (path: string) => path.split("/").at(-1) ?? path
    const [inLeft, inRight] = [isDirectory(process, left), isDirectory(process, right)]
    const a = inLeft && !inRight ? `${left.replace(/\/$/, "")}/${base(right)}` : left
    const b = inRight && !inLeft ? `${right.replace(/\/$/, "")}/${base(left)}` : right
    try {
      if (inLeft && inRight) return yield* compareTrees(process, left, right, settings)
      return yield* compareFiles(process, a, b, "", settings)
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      const missing = [a, b].filter((word) => word !== "-" && !process.files.exists(word))
      for (const name of missing.length > 0 ? missing : [a]) yield* process.error(`diff: ${name}: ${error.message}\n`)
      return 2
    }
  },
})
