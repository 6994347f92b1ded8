/** history and fc. */
import { type Steps, SystemError } from "@drydock/machine"
import { formatDate } from "../../text/date.ts"
import { timeZone } from "../../text/time-zone.ts"
import type { Builtin } from "../define-builtin.ts"
import { enteredAt, expandHistory, forget, HistoryError, loadHistory, saveHistory } from "../history.ts"
import type { Shell } from "../shell.ts"

/** Lines with their numbers, and with the times that HISTTIMEFORMAT asks for. */
function* print(shell: Shell, from: number): Steps<void> {
  const format = shell.variables.get("HISTTIMEFORMAT")
  const zone = timeZone(shell.variables.get("TZ"))
  let text = ""
  for (let at = from; at < shell.history.length; at++) {
    const time = format ? formatDate(format, enteredAt(shell, at) ?? shell.startedAt, zone) : ""
    text += `${String(at + 1).padStart(5)}  ${time}${shell.history[at]}\n`
  }
  yield* shell.process.print(text)
}

/** `history -d N`, `-d -N`, `-d N-M`; the exit code. */
function* remove(shell: Shell, place: string): Steps<number> {
  const { history } = shell
  const range = /^(-?\d+)(?:-(-?\d+))?$/.exec(place)
  const index = (text: string) => (Number(text) < 0 ? history.length + Number(text) : Number(text) - 1)
  const from = range ? index(range[1]) : -1
  const to = range?.[2] === undefined ? from : index(range[2])
  if (history[from] === undefined || history[to] === undefined || to < from) {
    yield* shell.complain(`history: ${place}: history position out of range`)
    return 1
  }
  forget(shell, from, to - from + 1)
  return 0
}

const history: Builtin = {
  name: "history",
  *run(shell, args) {
    const [option, argument] = args
    const file = argument ?? shell.variables.get("HISTFILE") ?? ""
    const lines = shell.history
    switch (option) {
      case "-c":
        forget(shell, 0, lines.length)
        return 0
      case "-d":
        return yield* remove(shell, argument ?? "")
      case "-a":
      case "-w":
        if (option === "-w") shell.process.files.write(file, "")
        saveHistory(shell.process, file, lines.slice(option === "-a" ? (shell.savedHistory ?? 0) : 0), shell.variables)
        shell.savedHistory = lines.length
        return 0
      case "-r":
      case "-n":
        for (const line of loadHistory(shell.process, file)) {
          lines.push(line)
          shell.historyTimes.push(shell.process.now())
        }
        return 0
      case "-s":
        // In the place of the command that says so.
        if (shell.interactive) forget(shell, lines.length - 1)
        lines.push(args.slice(1).join(" "))
        shell.historyTimes.push(shell.process.now())
        return 0
      case "-p":
        for (const word of args.slice(1))
          try {
            yield* shell.process.print(`${expandHistory(word, lines.slice(0, shell.interactive ? -1 : undefined))}\n`)
          } catch (error) {
            if (!(error instanceof HistoryError)) throw error
            yield* shell.complain(`history: ${word}: history expansion failed`)
            return 1
          }
        return 0
    }
    if (option !== undefined && !/^\d+$/.test(option)) {
      yield* shell.complain(`history: ${option}: numeric argument required`)
      return 1
    }
    yield* print(shell, option === undefined ? 0 : Math.max(0, lines.length - Number(option)))
    return 0
  },
}

/** The line that FIRST or LAST of fc means: a number, one from the end, or how it begins. */
const placeOf = (lines: readonly string[], end: number, word: string): number | undefined => {
  if (/^-\d+$/.test(word)) return Math.max(0, end + Number(word))
  if (/^\d+$/.test(word)) return Math.min(Number(word), lines.length) - 1
  const found = lines.slice(0, end).findLastIndex((line) => line.startsWith(word))
  return found < 0 ? undefined : found
}

/** How many lines `fc -l` shows of itself. */
const LISTED = 16

function* list(shell: Shell, flags: string, words: readonly string[]): Steps<number> {
  const { history: lines } = shell
  // The fc itself is the last entry.
  const end = Math.max(0, lines.length - 1)
  const places = words.map((word) => placeOf(lines, end, word))
  if (places.includes(undefined)) {
    yield* shell.complain("fc: no command found")
    return 1
  }
  const first = places[0] ?? Math.max(0, end - LISTED)
  const last = places[1] ?? Math.max(0, end - 1)
  const [from, to] = first <= last ? [first, last] : [last, first]
  const shown: string[] = []
  for (let at = from; at <= to && at < lines.length; at++) shown.push(`${flags.includes("n") ? "" : at + 1}\t ${lines[at]}\n`)
  yield* shell.process.print((flags.includes("r") !== first > last ? shown.reverse() : shown).join(""))
  return 0
}

/** `fc -s old=new command`: run again at once. */
function* again(shell: Shell, words: readonly string[]): Steps<number> {
  const { history: lines } = shell
  const last = lines.length - 1
  const replacements = words.filter((word) => word.includes("="))
  const command = words.find((word) => !word.includes("="))
  const place = command === undefined ? last - 1 : placeOf(lines, last, command)
  let line = place === undefined ? undefined : lines[place]
  if (line === undefined) {
    yield* shell.complain("fc: no command found")
    return 1
  }
  for (const replacement of replacements) {
    const equals = replacement.indexOf("=")
    line = line.replaceAll(replacement.slice(0, equals), () => replacement.slice(equals + 1))
  }
  yield* shell.process.error(`${line}\n`)
  lines[last] = line
  return yield* shell.runText(line)
}

/** The lines in an editor; what that leaves is run. */
export function* editAndRun(
  shell: Shell,
  text: string,
  editor: string | undefined,
  remember: (text: string) => void = () => {},
): Steps<number> {
  const path = `/tmp/bash-fc.${shell.process.pid}`
  try {
    shell.process.files.write(path, `${text}\n`)
    const called = editor ?? shell.variables.get("FCEDIT") ?? shell.variables.get("EDITOR") ?? "vi"
    if ((yield* shell.runText(`${called} ${path}`)) !== 0) return 1
    const edited = shell.process.files.readText(path)
    yield* shell.process.error(edited)
    if (edited.trim() !== "") remember(edited.trimEnd())
    return yield* shell.runText(edited)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* shell.complain(`fc: ${error.message}`)
    return 1
  }
}

const fc: Builtin = {
  name: "fc",
  *run(shell, args) {
    let flags = ""
    let editor: string | undefined
    let at = 0
    for (; at < args.length && /^-[elnrs]+$/.test(args[at]); at++) {
      flags += args[at].slice(1)
      if (args[at].endsWith("e")) editor = args[++at]
    }
    const words = args.slice(at)
    if (flags.includes("l")) return yield* list(shell, flags, words)
    if (flags.includes("s") || editor === "-") return yield* again(shell, words)
    const { history: lines } = shell
    const end = lines.length - 1
    const first = words[0] === undefined ? end - 1 : placeOf(lines, end, words[0])
    const last = words[1] === undefined ? first : placeOf(lines, end, words[1])
    if (first === undefined || last === undefined || lines[first] === undefined) {
      yield* shell.complain("fc: no command found")
      return 1
    }
    return yield* editAndRun(shell, lines.slice(Math.min(first, last), Math.max(first, last) + 1).join("\n"), editor)
  },
}

export const historyBuiltins: readonly Builtin[] = [history, fc]
