/** sprig's functions for text. As Masterminds/sprig/strings.go and goutils, xstrings. */
import { type Functions, typed } from "../functions.ts"
import { goQuote } from "../go-quote.ts"
import { strval, texts } from "./values.ts"

const MAX_TEXT = 1 << 20

const bounded = (count: number, text: string): string => {
  if (count < 0) throw new Error("strings: negative Repeat count")
  if (count * text.length > MAX_TEXT) throw new Error("strings: Repeat output length overflow")
  return text.repeat(count)
}

const indent = (spaces: number, text: string): string => {
  const pad = bounded(spaces, " ")
  return pad + text.replaceAll("\n", `\n${pad}`)
}

const trunc = (count: number, text: string): string => {
  if (count < 0) return text.length + count > 0 ? text.slice(text.length + count) : text
  return text.slice(0, count)
}

const trimSet = (set: string, text: string, from: boolean, to: boolean): string => {
  let [start, end] = [0, text.length]
  while (from && start < end && set.includes(text[start])) start++
  while (to && end > start && set.includes(text[end - 1])) end--
  return text.slice(start, end)
}

const abbreviate = (text: string, offset: number, width: number): string => {
  if (text.length <= width) return text
  const start = Math.min(offset, text.length, Math.max(0, text.length - (width - 3)))
  if (start <= 4) return `${text.slice(0, width - 3)}...`
  if (start + width - 3 < text.length) return `...${abbreviate(text.slice(start), 0, width - 3)}`
  return `...${text.slice(text.length - (width - 3))}`
}

/** Words of camelCase, snake_case and what stands between blanks. */
const joinWords = (text: string, separator: string): string =>
  text
    .replace(/([a-z0-9])([A-Z])/g, `$1${separator}$2`)
    .replace(/([A-Z]+)([A-Z][a-z])/g, `$1${separator}$2`)
    .replace(/[\s_-]+/g, separator)
    .toLowerCase()

const pascal = (text: string): string =>
  text
    .split(/[\s_-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")

const wrapWith = (width: number, separator: string, text: string): string => {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(" ")) {
    let rest = word
    if (line !== "" && line.length + 1 + rest.length > width) {
      lines.push(line)
      line = ""
    }
    while (rest.length > Math.max(1, width)) {
      lines.push(rest.slice(0, Math.max(1, width)))
      rest = rest.slice(Math.max(1, width))
    }
    line = line === "" ? rest : `${line} ${rest}`
  }
  return [...lines, line].join(separator)
}

const numbered = (parts: readonly string[]): Record<string, string> => Object.fromEntries(parts.map((part, at) => [`_${at}`, part]))

export const STRINGS: Functions = {
  hello: typed("", () => "Hello!"),
  abbrev: typed("int, string", (width: number, text: string) => (width < 4 ? text : abbreviate(text, 0, width))),
  abbrevboth: typed("int, int, string", (left: number, right: number, text: string) =>
    right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right),
  ),
  trunc: typed("int, string", trunc),
  trim: typed("string", (text: string) => text.trim()),
  upper: typed("string", (text: string) => text.toUpperCase()),
  lower: typed("string", (text: string) => text.toLowerCase()),
  title: typed("string", (text: string) =>
    text.replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
  ),
  untitle: typed("string", (text: string) =>
    text.replace(/(^|\s)(\S)/g, (_, before: string, letter: string) => before + letter.toLowerCase()),
  ),
  substr: typed("int, int, string", (start: number, end: number, text: string) =>
    start < 0 ? text.slice(0, end) : end < 0 || end > text.length ? text.slice(start) : text.slice(start, end),
  ),
  repeat: typed("int, string", bounded),
  trimAll: typed("string, string", (set: string, text: string) => trimSet(set, text, true, true)),
  trimall: typed("string, string", (set: string, text: string) => trimSet(set, text, true, true)),
  trimSuffix: typed("string, string", (end: string, text: string) =>
    end !== "" && text.endsWith(end) ? text.slice(0, -end.length) : text,
  ),
  trimPrefix: typed("string, string", (start: string, text: string) => (text.startsWith(start) ? text.slice(start.length) : text)),
  nospace: typed("string", (text: string) => text.replace(/\s/g, "")),
  initials: typed("string", (text: string) =>
    text
      .split(/\s+/)
      .map((word) => word.charAt(0))
      .join(""),
  ),
  swapcase: typed("string", (text: string) =>
    [...text].map((letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase())).join(""),
  ),
  snakecase: typed("string", (text: string) => joinWords(text, "_")),
  kebabcase: typed("string", (text: string) => joinWords(text, "-")),
  camelcase: typed("string", pascal),
  wrap: typed("int, string", (width: number, text: string) => wrapWith(width, "\n", text)),
  wrapWith: typed("int, string, string", wrapWith),
  contains: typed("string, string", (part: string, text: string) => text.includes(part)),
  hasPrefix: typed("string, string", (part: string, text: string) => text.startsWith(part)),
  hasSuffix: typed("string, string", (part: string, text: string) => text.endsWith(part)),
  quote: typed("any...", (...values: unknown[]) =>
    values
      .filter((value) => value !== null && value !== undefined)
      .map((value) => goQuote(strval(value)))
      .join(" "),
  ),
  squote: typed("any...", (...values: unknown[]) =>
    values
      .filter((value) => value !== null && value !== undefined)
      .map((value) => `'${strval(value)}'`)
      .join(" "),
  ),
  cat: typed("any...", (...values: unknown[]) => texts(values).join(" ")),
  indent: typed("int, string", indent),
  nindent: typed("int, string", (spaces: number, text: string) => `\n${indent(spaces, text)}`),
  replace: typed("string, string, string", (old: string, now: string, text: string) => {
    if (old.length < now.length && text.length * (now.length + 1) > MAX_TEXT * 4) throw new Error("strings: Replace output length overflow")
    return text.replaceAll(old, () => now)
  }),
  plural: typed("string, string, int", (one: string, many: string, count: number) => (count === 1 ? one : many)),
  toString: typed("any", strval),
  toStrings: typed("any", texts),
  join: typed("string, any", (separator: string, list: unknown) => texts(list).join(separator)),
  sortAlpha: typed("any", (list: unknown) =>
    Array.isArray(list) ? texts(list).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) : [strval(list)],
  ),
  split: typed("string, string", (separator: string, text: string) => numbered(text.split(separator))),
  splitList: typed("string, string", (separator: string, text: string) => text.split(separator)),
  splitn: typed("string, int, string", (separator: string, count: number, text: string) => {
    const parts = text.split(separator)
    return numbered(count > 0 && parts.length > count ? [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)] : parts)
  }),
}
