/** What is said of an exception that nobody caught (Lib/traceback.py). */
import { exceptionClass } from "../objects/exceptions.ts"
import { className } from "../objects/text.ts"
import { List, PyException, type Task, type TraceEntry } from "../objects/values.ts"
import type { Interpreter } from "./interpreter.ts"
import { attributesOf, closest } from "./suggestions.ts"

const SYNTAX_ERROR = exceptionClass("SyntaxError")

/** Frames that are the same are told three times, then counted. */
const MOST_REPEATED = 3

const sourceLine = (python: Interpreter, entry: TraceEntry): string | undefined => {
  if (entry.source !== undefined) return entry.source
  let lines = python.sources.get(entry.fileName)
  if (!lines) {
    if (entry.fileName.startsWith("<") || !python.process.files.exists(entry.fileName)) return undefined
    try {
      lines = python.process.files.readText(entry.fileName).split("\n")
    } catch {
      return undefined
    }
    python.sources.set(entry.fileName, lines)
  }
  return lines[entry.line - 1]
}

/** The marks under a line: ^ below what failed, with ~ where an operator or brackets are meant in it. */
const marks = (line: string, entry: TraceEntry, minor: number): string | undefined => {
  const indent = line.length - line.trimStart().length
  const end = entry.endLine === entry.line ? entry.endColumn : line.trimEnd().length
  const start = Math.max(entry.column, indent)
  if (end <= start) return undefined
  const { anchor } = entry
  const whole = start === indent && end >= line.trimEnd().length
  if (whole && !anchor) return undefined
  if (whole && minor >= 13 && anchor && anchor[0] <= start) return undefined
  let text = ""
  for (let at = start; at < end; at++) text += !anchor || (at >= anchor[0] && at < anchor[1]) ? "^" : "~"
  return " ".repeat(start - indent) + text
}

const describe = (python: Interpreter, entry: TraceEntry): string => {
  let text = `  File "${entry.fileName}", line ${entry.line}, in ${entry.name}\n`
  const line = sourceLine(python, entry)
  if (line === undefined || line.trim() === "") return text
  text += `    ${line.trim()}\n`
  const below = marks(line, entry, python.release.minor)
  if (below !== undefined) text += `    ${below}\n`
  return text
}

/** The frames of a trace. */
export const formatTrace = (python: Interpreter, trace: readonly TraceEntry[]): string => {
  let text = ""
  let repeated = 0
  let last: TraceEntry | undefined
  const flush = () => {
    if (repeated > MOST_REPEATED) {
      const more = repeated - MOST_REPEATED
      text += `  [Previous line repeated ${more} more time${more === 1 ? "" : "s"}]\n`
    }
  }
  for (const entry of trace) {
    if (last && last.fileName === entry.fileName && last.line === entry.line && last.name === entry.name) {
      if (++repeated <= MOST_REPEATED) text += describe(python, entry)
    } else {
      flush()
      repeated = 1
      text += describe(python, entry)
    }
    last = entry
  }
  flush()
  return text
}

function* syntaxLines(python: Interpreter, error: PyException): Task<string> {
  const get = (name: string) => error.attrs?.map.get(name) ?? null
  const line = get("text")
  const number = get("lineno")
  if (typeof number !== "number") return ""
  let text = `  File "${yield* python.str(get("filename"))}", line ${number}\n`
  if (typeof line !== "string") return text
  const shown = line.trimStart()
  const moved = line.length - shown.length
  text += `    ${shown.trimEnd()}\n`
  const [from, to] = [get("offset"), get("end_offset")]
  if (typeof from !== "number" || from < 1) return text
  const start = Math.max(0, from - 1 - moved)
  const length = typeof to === "number" && to > from ? Math.min(to - from, Math.max(1, shown.trimEnd().length - start)) : 1
  return `${text}    ${" ".repeat(start)}${"^".repeat(length)}\n`
}

/** "ValueError: message" and the notes. */
export function* exceptionLines(python: Interpreter, error: PyException): Task<string> {
  let message: string
  if (error.cls.isSubclass(SYNTAX_ERROR) && error.attrs?.map.has("msg")) {
    const name = className(error.cls)
    return `${yield* syntaxLines(python, error)}${name}: ${yield* python.str(error.attrs.map.get("msg") ?? null)}\n`
  }
  try {
    message = yield* python.str(error)
  } catch (problem) {
    if (!(problem instanceof PyException)) throw problem
    message = "<exception str() failed>"
  }
  const name = className(error.cls).replace(/^__main__\./, "")
  let text = message === "" ? `${name}\n` : `${name}: ${message}${suggestion(python, error)}\n`
  const notes = error.attrs?.map.get("__notes__")
  if (notes instanceof List) for (const note of notes.items) text += `${yield* python.str(note)}\n`
  return text
}

/** Did you mean …: names that are nearly the one that is missing (Python/suggestions.c). */
const suggestion = (python: Interpreter, error: PyException): string => {
  const name = error.attrs?.map.get("name")
  if (typeof name !== "string") return ""
  let names: Iterable<unknown>
  if (error.cls.name === "NameError") names = [...(error.visible ?? []), ...python.builtins.map.keys()]
  else if (error.cls.name === "AttributeError") {
    const object = error.attrs?.map.get("obj")
    if (object === undefined || object === null) return ""
    names = attributesOf(object)
  } else return ""
  const best = closest(name, names)
  if (best !== undefined) return `. Did you mean: '${best}'?`
  return error.cls.name === "NameError" && python.library.has(name) && !name.includes(".") ? `. Did you forget to import '${name}'?` : ""
}

/** The whole text, with what the exception came of. */
export function* formatException(python: Interpreter, error: PyException, seen = new Set<PyException>()): Task<string> {
  seen.add(error)
  let text = ""
  const { cause, context } = error
  if (cause instanceof PyException && !seen.has(cause))
    text += `${yield* formatException(python, cause, seen)}\nThe above exception was the direct cause of the following exception:\n\n`
  else if (cause === null && context && !error.suppressContext && !seen.has(context))
    text += `${yield* formatException(python, context, seen)}\nDuring handling of the above exception, another exception occurred:\n\n`
  if (error.trace.length > 0) text += `Traceback (most recent call last):\n${formatTrace(python, error.trace)}`
  return text + (yield* exceptionLines(python, error))
}
