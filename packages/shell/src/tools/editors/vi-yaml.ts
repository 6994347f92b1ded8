/** What vim does of its own in YAML files: the settings of ftplugin/yaml.vim and the indent of indent/yaml.vim. */
import type { Options } from "./vi-state.ts"

/** Lines above that are looked at. */
const REACH = 2_000

const KEY = /^\s*(?!#)(?=\S).*?:(?: |$)/
const LIST = /^\s*-(?: |$)/

const widthOf = (line: string, tabs: number): number => {
  let width = 0
  for (const character of /^[ \t]*/.exec(line)?.[0] ?? "") width += character === "\t" ? tabs - (width % tabs) : 1
  return width
}

/** The file is one of those that vim takes for YAML. */
export const isYaml = (path: string | undefined): boolean => /\.ya?ml$/.test(path ?? "")

/** As ftplugin/yaml.vim sets them. */
export const setYamlOptions = (options: Options): void => {
  options.filetype = "yaml"
  options.expandtab = true
  options.shiftwidth = 2
  options.softtabstop = 2
  options.formatoptions = "croql"
  options.indentexpr = "GetYAMLIndent(v:lnum)"
}

/** The indent, in columns, that GetYAMLIndent gives a line. */
export const yamlIndent = (lines: readonly string[], row: number, options: Options): number => {
  const unit = options.shiftwidth || options.tabstop
  const indent = (at: number) => widthOf(lines[at], options.tabstop)
  const above = (at: number) => {
    let found = at - 1
    while (found >= 0 && found > row - REACH && lines[found].trim() === "") found--
    return found >= 0 && lines[found].trim() !== "" ? found : -1
  }
  const lessIndented = (at: number, than: number) => {
    let found = above(at)
    while (found >= 0 && indent(found) >= than && !/^\s*#/.test(lines[found])) found = above(found)
    return found
  }
  /** The last line above that fits, each looked at being indented less than the one before. */
  const fitting = (pattern: RegExp) => {
    let found = lessIndented(row, indent(row) + 1)
    while (found >= 0 && !pattern.test(lines[found])) found = lessIndented(found, indent(found))
    return found
  }
  let before = above(row)
  if (row === 0 || before < 0) return 0
  const [line, first] = [lines[row], indent(before)]
  if (/^\s*#/.test(line) && /^\s*#/.test(lines[row - 1])) return first
  if (/^\s*[\]}]/.test(line)) {
    const opening = lessIndented(row, indent(row))
    return opening < 0 ? -1 : indent(opening)
  }
  while (/^\s*#/.test(lines[before])) {
    before = above(before)
    if (before < 0) return first
  }
  const text = lines[before]
  const base = indent(before)
  if (/[{[:]$|[:-] [|>][+-]?(?:\s+#.*|\s*)$/.test(text)) return base + unit
  const block = /[:-] [|>](?:(\d+)[+-]?|[+-]?(\d+))(?:#.*|\s*)$/.exec(text)
  if (block) return base + Number(block[1] ?? block[2])
  if (LIST.test(line)) {
    const list = fitting(LIST)
    return list < 0 ? -1 : indent(list)
  }
  if (KEY.test(line)) {
    const key = fitting(KEY)
    return key < 0 ? -1 : indent(key) + (/^\s*- /.test(lines[key]) ? 2 : 0)
  }
  if (/^\s*- /.test(text)) return base + 2
  return KEY.test(text) ? base + unit : base
}
