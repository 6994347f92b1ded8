/** Whether more lines are needed before text is a whole command (PS2). */
import { parse } from "unbash"

/** Here-documents whose end has not come. Quotes before `<<` on its line are skipped. */
const openHereDocument = (source: string): boolean => {
  const waiting: { end: string; tabs: boolean }[] = []
  for (const line of source.split("\n")) {
    const [first] = waiting
    if (first) {
      if ((first.tabs ? line.replace(/^\t+/, "") : line) === first.end) waiting.shift()
      continue
    }
    const pieces = line.matchAll(/'[^']*'|"(?:\\.|[^"\\])*"|\\.|\(\(.*?\)\)|(?:^|\s)#.*|<<<|<<(-?)\s*(?:'([^']*)'|"([^"]*)"|\\?([\w.-]+))/g)
    for (const [, dash, single, double, plain] of pieces) {
      const end = single ?? double ?? plain
      if (end !== undefined) waiting.push({ end, tabs: dash === "-" })
    }
  }
  return waiting.length > 0
}

export const isIncomplete = (source: string): boolean => {
  if (/(?:^|[^\\])(?:\\\\)*\\\n?$/.test(source)) return true
  const end = source.trimEnd().length
  const errors = parse(source).errors ?? []
  if (errors.length === 0) return source.includes("<<") && openHereDocument(source)
  if (errors.some(({ message, pos }) => message.startsWith("unexpected") || (message.startsWith("expected command after") && pos < end)))
    return false
  return errors.some(({ message }) => message.startsWith("unterminated") || message.startsWith("expected"))
}
