/** Foreign Markdown in pieces: fenced blocks, and the lines between them with their numbers. */

export type MarkdownPart =
  | { readonly kind: "line"; readonly line: number; readonly text: string }
  /** `after` is what stands behind the closing fence, e.g. {{exec}}. */
  | {
      readonly kind: "fence"
      readonly line: number
      readonly info: string
      readonly body: string
      readonly after: string
      readonly indent: string
    }

/** An unclosed fence ends with the text, as in Markdown. */
export const markdownParts = (text: string): MarkdownPart[] => {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/)
  const parts: MarkdownPart[] = []
  for (let index = 0; index < lines.length; index++) {
    const [, indent, marks, info] = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(lines[index]) ?? []
    if (marks === undefined || (marks.startsWith("`") && info.includes("`"))) {
      parts.push({ kind: "line", line: index + 1, text: lines[index] })
      continue
    }
    const begin = index
    const body: string[] = []
    let after = ""
    for (index++; index < lines.length; index++) {
      const rest = lines[index].trimStart()
      if (rest.startsWith(marks) && !/^[`~]*[A-Za-z]/.test(rest)) {
        after = rest.replace(/^[`~]+/, "").trim()
        break
      }
      body.push(lines[index].startsWith(indent) ? lines[index].slice(indent.length) : lines[index])
    }
    parts.push({ kind: "fence", line: begin + 1, info: info.trim(), body: body.join("\n"), after, indent })
  }
  return parts
}

/** A fence longer than any in its body. */
export const fenced = (info: string, body: string): string => {
  const longest = Math.max(2, ...[...body.matchAll(/`{3,}/g)].map(([marks]) => marks.length))
  const marks = "`".repeat(longest + 1)
  return `${marks}${info}\n${body.replace(/\n+$/, "")}\n${marks}`
}

/** Front matter as YAML text, how many lines come before the rest, and the rest. */
export const splitHeader = (text: string): { header: string; skipped: number; rest: string } => {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/)
  const end = lines[0]?.trim() === "---" ? lines.findIndex((line, index) => index > 0 && line.trim() === "---") : -1
  if (end < 0) return { header: "", skipped: 0, rest: text }
  return { header: lines.slice(1, end).join("\n"), skipped: end + 1, rest: lines.slice(end + 1).join("\n") }
}

/** Headings two levels down: the lesson has one title of its own. */
export const lowered = (text: string): string => {
  const [, marks, rest] = /^(#{1,6})\s+(.*)$/.exec(text) ?? []
  return marks === undefined ? text : `${"#".repeat(Math.min(6, marks.length + 2))} ${rest}`
}

/** What a line of ours would take for a directive. */
export const plainColons = (text: string): string =>
  /^\s*:{2,}[A-Za-z{]/.test(text) ? text.replace(/:{2,}/, (marks) => `\\${marks}`) : text
