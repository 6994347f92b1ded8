/** The history list: its file, what is kept of it, and `!` expansion. */
import { type Process, SystemError } from "@drydock/machine"
import { matchPattern, quotePattern } from "./pattern.ts"
import type { Variables } from "./variables.ts"

export class HistoryError extends Error {}

const MAX_LINES = 1_000

/** The parts of a shell that its history is. */
export interface HistoryHolder {
  readonly history: string[]
  /** When the last of them were entered, ms since the epoch. */
  readonly historyTimes: number[]
  readonly variables: Variables
  readonly process: Process
}

/** Takes `count` lines out of the history. */
export const forget = ({ history, historyTimes }: HistoryHolder, at: number, count = 1): void => {
  const timesFrom = history.length - historyTimes.length
  history.splice(at, count)
  const from = Math.max(0, at - timesFrom)
  historyTimes.splice(from, Math.max(0, at + count - timesFrom) - from)
}

/** When line `at` was entered, ms since the epoch; undefined of one that came from a file. */
export const enteredAt = ({ history, historyTimes }: HistoryHolder, at: number): number | undefined =>
  historyTimes[at - (history.length - historyTimes.length)]

/** Whether HISTIGNORE leaves a line out: "&" in a pattern is the line before. */
const ignored = (line: string, last: string | undefined, patterns: string): boolean =>
  patterns.split(":").some(
    (one) =>
      one !== "" &&
      matchPattern(
        one.replace(/(?<!\\)&/g, () => quotePattern(last ?? "")),
        line,
      ),
  )

/** Adds a line as HISTCONTROL, HISTIGNORE and HISTSIZE have it. */
export const addHistory = (shell: HistoryHolder, line: string): void => {
  const { history, variables } = shell
  const control = (variables.get("HISTCONTROL") ?? "").split(":")
  const both = control.includes("ignoreboth")
  if ((both || control.includes("ignorespace")) && /^\s/.test(line)) return
  if ((both || control.includes("ignoredups")) && history.at(-1) === line) return
  const patterns = variables.get("HISTIGNORE")
  if (patterns && ignored(line, history.at(-1), patterns)) return
  if (control.includes("erasedups")) for (let at = history.length - 1; at >= 0; at--) if (history[at] === line) forget(shell, at)
  history.push(line)
  shell.historyTimes.push(shell.process.now())
  const limit = Number(variables.get("HISTSIZE") ?? MAX_LINES)
  const keep = Number.isInteger(limit) && limit >= 0 ? Math.min(limit, MAX_LINES) : MAX_LINES
  if (history.length > keep) forget(shell, 0, history.length - keep)
}

export const loadHistory = (process: Process, path: string): string[] => {
  try {
    return process.files
      .readText(path)
      .split("\n")
      .filter((line) => line !== "" && !/^#\d+$/.test(line))
      .slice(-MAX_LINES)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return []
  }
}

/** Adds lines to the history file and keeps HISTFILESIZE of it. */
export const saveHistory = (process: Process, path: string, lines: readonly string[], variables: Variables): void => {
  if (lines.length === 0) return
  try {
    const before = process.files.exists(path) ? process.files.readText(path).split("\n").filter(Boolean) : []
    const limit = Number(variables.get("HISTFILESIZE") ?? 500)
    const all = [...before, ...lines].slice(-(limit > 0 ? Math.min(limit, 10 * MAX_LINES) : 10 * MAX_LINES))
    process.files.write(path, all.map((line) => `${line}\n`).join(""), { mode: 0o600 })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
}

/** Lines of one command as one entry (cmdhist): "; " between them, unless a newline is part of a word or a here-document. */
export const joinLines = (lines: readonly string[]): string => {
  let entry = lines[0] ?? ""
  for (const [at, line] of lines.slice(1).entries()) {
    const soFar = lines.slice(0, at + 1).join("\n")
    if (
      /<<-?\s*['"\\\w]/.test(soFar) ||
      (soFar.match(/(?<!\\)'/g)?.length ?? 0) % 2 === 1 ||
      (soFar.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1
    )
      entry += `\n${line}`
    else if (entry.endsWith("\\")) entry = entry.slice(0, -1) + line
    else if (/(?:^|[\s;])(?:do|then|else|in|\{|\()\s*$|(?:\|\|?|&&|;|&)\s*$/.test(entry)) entry += ` ${line}`
    else entry += `; ${line}`
  }
  return entry
}

/** Where the words of a line are, for !$ and !:n. */
const wordsOf = (line: string): string[] => line.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"])+/g) ?? []

const select = (line: string, designator: string | undefined, whole: string): string => {
  if (designator === undefined) return line
  const words = wordsOf(line)
  const last = words.length - 1
  if (designator === "$") return words[last] ?? ""
  if (designator === "^") return words[1] ?? ""
  if (designator === "*") return words.slice(1).join(" ")
  const range = /^(\d+)(?:-(\d+|\$)?)?(\*)?$/.exec(designator.startsWith("-") ? `0${designator}` : designator.replace("^", "1"))
  const from = Number(range?.[1])
  if (!range || from > last) throw new HistoryError(`${whole}: bad word specifier`)
  if (range[3]) return words.slice(from).join(" ")
  if (!designator.includes("-")) return words[from]
  const to = range[2] === "$" ? last : range[2] === undefined ? last - 1 : Number(range[2])
  return words.slice(from, to + 1).join(" ")
}

/** The modifiers of an event: head and tail of paths, without or only the ending, substitution, quotes. Those that print alone are told by the caller's. */
const modified = (text: string, modifiers: string, whole: string): string => {
  let result = text
  for (const [, simple, all, , from, to] of modifiers.matchAll(/:(?:([htrepqx&])|([ga]?)s(.)((?:(?!\3).)+)\3((?:(?!\3).)*)\3?)/g)) {
    if (simple === "h") result = result.includes("/") ? result.slice(0, result.lastIndexOf("/")) : result
    else if (simple === "t") result = result.slice(result.lastIndexOf("/") + 1)
    else if (simple === "r") result = result.replace(/\.[^./]*$/, "")
    else if (simple === "e") result = /\.[^./]*$/.exec(result)?.[0] ?? ""
    else if (simple === "q") result = `'${result.replaceAll("'", "'\\''")}'`
    else if (simple === "x")
      result = wordsOf(result)
        .map((word) => `'${word}'`)
        .join(" ")
    else if (from !== undefined) {
      if (!result.includes(from)) throw new HistoryError(`${whole}: substitution failed`)
      result = all !== "" ? result.replaceAll(from, () => to) : result.replace(from, () => to)
    }
  }
  return result
}

/**
 * The line with its `!` events put in; the same line when it has none. Throws HistoryError ("!x: event not found").
 * `only.print` becomes true by :p: the line is shown and kept, not run.
 */
export const expandHistory = (line: string, history: readonly string[], only?: { print: boolean }): string => {
  const quick = /^\^([^^]*)\^([^^]*)\^?$/.exec(line)
  if (quick) {
    const last = history.at(-1) ?? ""
    if (quick[1] === "" || !last.includes(quick[1])) throw new HistoryError(`:s${line}: substitution failed`)
    return last.replace(quick[1], () => quick[2])
  }
  if (!line.includes("!")) return line
  let result = ""
  let single = false
  let double = false
  for (let at = 0; at < line.length; at++) {
    const character = line[at]
    if (character === "\\" && !single) {
      result += character + (line[at + 1] ?? "")
      at++
      continue
    }
    if (character === "'" && !double) single = !single
    if (character === '"' && !single) double = !double
    const next = line[at + 1]
    // As history_no_expand_chars: "!" before a blank, "=" or "(" is itself, and so is "$!", "[!a]" and "${!x}".
    const plain = single || next === undefined || /[\s=(]/.test(next) || (double && next === '"') || /[$[{]/.test(line[at - 1] ?? "")
    if (character !== "!" || plain) {
      result += character
      continue
    }
    const event =
      /^!(?:(!)|(-?\d+)|\?([^?\n]+)\??|(?=[$^*:])|([^\s:;&|<>()'"$^*!]+))(?::?([$*]|\^(?!-))|:((?:\d+|\^)(?:-(?:\d+|\$)?)?\*?|-(?:\d+|\$)))?((?::(?:g?&|[htrepqx]|[ga]?s(.)(?:(?!\8).)+\8(?:(?!\8).)*(?:\8|$)))*)/.exec(
        line.slice(at),
      )
    if (!event) {
      result += character
      continue
    }
    const [whole, , number, containing, prefix, symbol, words, modifiers] = event
    const found =
      number !== undefined
        ? Number(number) < 0
          ? history.at(Number(number))
          : history[Number(number) - 1]
        : containing !== undefined
          ? history.findLast((one) => one.includes(containing))
          : prefix !== undefined
            ? history.findLast((one) => one.startsWith(prefix))
            : history.at(-1)
    if (found === undefined) throw new HistoryError(`${whole}: event not found`)
    result += modified(select(found, symbol ?? words, whole), modifiers ?? "", whole)
    if (only && /:p/.test(modifiers ?? "")) only.print = true
    at += whole.length - 1
  }
  return result
}
