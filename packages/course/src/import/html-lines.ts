/** HTML in foreign Markdown: foldable parts become hints, line breaks go, everything else is named and left out. */
import type { ImportNotes } from "./import-notes.ts"

export interface HtmlState {
  /** The summary of the foldable part the text is in; undefined outside. */
  folded: string | undefined
}

/** The line without its HTML, as lines of ours. */
export const withoutHtml = (text: string, place: { file: string; line: number; notes: ImportNotes; state: HtmlState }): string[] => {
  const { file, line, notes, state } = place
  const out: string[] = []
  let rest = text
  for (;;) {
    const tag = /<!--.*?-->|<\/?([A-Za-z][A-Za-z0-9]*)\b[^<>]*>/.exec(rest)
    if (!tag) break
    const before = rest.slice(0, tag.index)
    // What is in `code` is text.
    if ((before.match(/`/g)?.length ?? 0) % 2 === 1) break
    const name = (tag[1] ?? "").toLowerCase()
    const closes = tag[0].startsWith("</")
    let gap = ""
    if (name === "details") {
      if (before.trim() !== "") out.push(before)
      if (!closes) state.folded = "Hint"
      else if (state.folded !== undefined) {
        out.push("", ":::", "")
        state.folded = undefined
      }
      rest = rest.slice(tag.index + tag[0].length)
      continue
    }
    if (name === "summary" && !closes) {
      const [, summary, more = ""] = /<summary[^>]*>(.*?)<\/summary>(.*)$/is.exec(rest) ?? [
        undefined,
        rest.slice(tag.index + tag[0].length),
      ]
      state.folded =
        summary
          .replace(/<[^>]*>/g, "")
          .replace(/[[\]]/g, "")
          .trim() || "Hint"
      out.push("", `:::hint[${state.folded}]`, "")
      rest = more
      continue
    }
    if (name === "hr") {
      out.push(before, "", "---", "")
      rest = rest.slice(tag.index + tag[0].length)
      continue
    }
    if (name === "br" || name === "p") gap = " "
    else if (["b", "strong"].includes(name)) gap = "**"
    else if (["i", "em"].includes(name)) gap = "*"
    else if (["code", "kbd"].includes(name)) gap = "`"
    else if (name !== "" && !["summary", "center", "div", "span", "small", "u", "sub", "sup", "font"].includes(name) && !closes)
      notes.add(file, line, `the HTML ${tag[0].slice(0, 60)} is left out`)
    rest = `${before}${gap}${rest.slice(tag.index + tag[0].length)}`
  }
  out.push(rest)
  return out
}

/** A picture is named, and its words stay. */
export const withoutPictures = (text: string, file: string, line: number, notes: ImportNotes): string =>
  text.replace(/!\[([^\]]*)\]\(([^)]*)\)/g, (_, words: string, address: string) => {
    notes.add(file, line, `the picture ${address.split(/\s/)[0]} is left out`)
    return words === "" ? "" : `*(picture: ${words})*`
  })
