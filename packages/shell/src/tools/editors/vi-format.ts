/** vi's formatting of text: gq and 'textwidth', and :center, :right, :left (textformat.c, ex_cmds.c). */
import type { Options } from "./vi-state.ts"
import { displayColumn } from "./vi-text.ts"

/** What begins a remark, and goes on with the lines that are made of it ('comments'). */
const LEADER = /^(\s*)((?:(?:\/\/|#|--|>|%)\s*)*)/

interface Lead {
  readonly indent: string
  readonly comment: string
}

/** A list's item: what follows its sign stands below its text. */
const BULLET = /^(\s*)(-\s+)/

const leadOf = (line: string, yaml: boolean): Lead => {
  const [, indent = "", comment = ""] = (yaml ? /^(\s*)((?:#\s*)?)/ : LEADER).exec(line) ?? []
  // "#" and "-" begin one only when a blank follows.
  const real = /^(?:#|--|%)\S/.test(comment) ? "" : comment
  return { indent, comment: real }
}

const blank = (line: string, lead: Lead): boolean => line.slice(lead.indent.length + lead.comment.length).trim() === ""

/** Columns that lines are filled to. */
export const widthFor = (options: Options, columns: number): number =>
  options.textwidth > 0 ? options.textwidth : Math.min(79, columns - 1)

/** Words of a paragraph in lines of at most `width` columns. */
const filled = (words: string, first: string, next: string, options: Options, width: number): string[] => {
  const lines: string[] = []
  let line = first
  let started = false
  for (const [, gap, word] of words.matchAll(/(\s*)(\S+)/g)) {
    const wanted = started ? line + gap + word : line + word
    if (started && displayColumn(wanted, [...wanted].length, options.tabstop) > width) {
      lines.push(line)
      line = next + word
    } else line = wanted
    started = true
  }
  return [...lines, line]
}

/** Lines as gq makes them: paragraphs joined and broken at `width`; blank lines stay. */
export const fill = (lines: readonly string[], options: Options, width: number): string[] => {
  const result: string[] = []
  const yaml = options.filetype === "yaml"
  for (let at = 0; at < lines.length; ) {
    const lead = leadOf(lines[at], yaml)
    if (blank(lines[at], lead)) {
      result.push((lead.indent + lead.comment).trimEnd())
      at++
      continue
    }
    const { length } = lead.indent + lead.comment
    const bullet = yaml ? null : BULLET.exec(lines[at])
    let words = lines[at].slice(length)
    let end = at + 1
    for (; end < lines.length; end++) {
      const own = leadOf(lines[end], yaml)
      if (!yaml && BULLET.test(lines[end])) break
      if (blank(lines[end], own) || own.comment.trimEnd() !== lead.comment.trimEnd()) break
      const gap = options.joinspaces && /[.!?]$/.test(words) ? "  " : " "
      words = words.trimEnd() + gap + lines[end].slice((own.indent + own.comment).length)
    }
    const plain = options.autoindent ? lead.indent : ""
    const second = bullet ? bullet[1] + " ".repeat(bullet[2].length) : lead.comment === "" ? plain : lead.indent + lead.comment
    result.push(...filled(words.trimEnd(), lead.indent + lead.comment, second, options, width))
    at = end
  }
  return result
}

/** Where typing breaks a line that has become wider than `width`: its two halves, or undefined. The second begins with `indent`. */
export const brokenLine = (
  line: string,
  options: Options,
  width: number,
  comment: boolean,
): { first: string; second: string } | undefined => {
  const characters = [...line]
  if (displayColumn(line, characters.length, options.tabstop) <= width) return undefined
  const lead = leadOf(line, options.filetype === "yaml")
  const begin = (lead.indent + lead.comment).length
  let at = -1
  for (let column = characters.length - 1; column > begin; column--) {
    if (!/\s/.test(characters[column]) || /\s/.test(characters[column - 1])) continue
    at = column
    if (displayColumn(line, column, options.tabstop) <= width) break
  }
  if (at < 0) return undefined
  const first = characters.slice(0, at).join("")
  const head = comment && lead.comment !== "" ? lead.indent + lead.comment : options.autoindent ? lead.indent : ""
  return { first, second: head + characters.slice(at).join("").trimStart() }
}

/** `width` columns as tabs and blanks, as 'expandtab' has it. */
export const indentOf = (width: number, options: Options): string =>
  options.expandtab ? " ".repeat(width) : "\t".repeat(Math.floor(width / options.tabstop)) + " ".repeat(width % options.tabstop)

/** A line of :left, :center or :right; `amount` is an indent or a width. */
export const aligned = (line: string, way: "left" | "center" | "right", amount: number, options: Options): string => {
  const text = line.trim()
  if (text === "") return ""
  const room = way === "left" ? amount : Math.max(0, amount - displayColumn(text, [...text].length, options.tabstop))
  return indentOf(way === "center" ? Math.floor(room / 2) : room, options) + text
}
