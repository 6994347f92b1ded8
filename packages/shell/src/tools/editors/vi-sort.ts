/** vi's :sort (ex_sort of ex_cmds.c): options f i n o r u x b and a pattern. */
import { ExError } from "./vi-ex.ts"

interface SortPattern {
  readonly find: (line: string) => { readonly index: number; readonly end: number } | undefined
}

/** Sorts lines as `argument` says; `compile` makes the pattern of it. Throws ExError. */
export const sortLines = (
  lines: readonly string[],
  argument: string,
  reverse: boolean,
  compile: (source: string) => SortPattern,
): string[] => {
  let flags = ""
  let source: string | undefined
  for (let rest = argument.trim(); rest !== ""; rest = rest.trimStart()) {
    const pattern = /^([^\w\s"|\\])((?:\\.|(?!\1)[^\\])*)\1?/.exec(rest)
    if (pattern) source = pattern[2]
    else if (/^[finorubx]/.test(rest)) flags += rest[0]
    else throw new ExError(`E474: Invalid argument: ${argument}`)
    rest = rest.slice(pattern ? pattern[0].length : 1)
  }
  const has = (flag: string) => flags.includes(flag)
  const pattern = source === undefined ? undefined : compile(source)
  const keyOf = (line: string): string => {
    if (!pattern) return line
    const match = pattern.find(line)
    if (!match) return has("r") ? "" : line
    return has("r") ? line.slice(match.index, match.end) : line.slice(match.end)
  }
  const numeric = has("x")
    ? /-?(?:0[xX])?[0-9a-fA-F]+/
    : has("o")
      ? /[0-7]+/
      : has("b")
        ? /[01]+/
        : has("n")
          ? /-?\d+/
          : has("f")
            ? /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/i
            : undefined
  const numberIn = (text: string): number => {
    const found = numeric?.exec(text)?.[0]
    // A line without a number comes before all that have one.
    if (found === undefined) return Number.NEGATIVE_INFINITY
    if (has("x")) return Number.parseInt(found.replace(/0[xX]/, ""), 16)
    return has("o") ? Number.parseInt(found, 8) : has("b") ? Number.parseInt(found, 2) : Number(found)
  }
  const fold = (text: string) => (has("i") ? text.toLowerCase() : text)
  const compare = (a: { key: string; value: number }, b: { key: string; value: number }) =>
    numeric ? (a.value === b.value ? 0 : a.value - b.value) : fold(a.key) === fold(b.key) ? 0 : fold(a.key) < fold(b.key) ? -1 : 1
  const entries = lines.map((line, at) => {
    const key = keyOf(line)
    return { line, at, key, value: numeric ? numberIn(key) : 0 }
  })
  entries.sort((a, b) => compare(a, b) || a.at - b.at)
  if (reverse) entries.reverse()
  const kept = has("u") ? entries.filter((entry, at) => at === 0 || fold(entries[at - 1].line) !== fold(entry.line)) : entries
  return kept.map(({ line }) => line)
}
