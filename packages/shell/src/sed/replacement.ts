/** The right side of s: groups, characters and changes of case. As GNU sed/execute.c, append_replacement. */
import type { Match } from "../text/regex.ts"

export const replacementOf = (replacement: string, match: Match): string => {
  let result = ""
  let mode: "" | "U" | "L" = ""
  let once: "" | "u" | "l" = ""
  const add = (text: string) => {
    let shown = mode === "U" ? text.toUpperCase() : mode === "L" ? text.toLowerCase() : text
    if (once && shown) {
      shown = (once === "u" ? shown[0].toUpperCase() : shown[0].toLowerCase()) + shown.slice(1)
      once = ""
    }
    result += shown
  }
  for (let at = 0; at < replacement.length; at++) {
    const character = replacement[at]
    if (character === "&") add(match.groups[0] ?? "")
    else if (character !== "\\") add(character)
    else {
      const next = replacement[++at] ?? ""
      const code =
        /^x([0-9a-fA-F]{1,2})/.exec(replacement.slice(at, at + 3)) ??
        /^o([0-7]{1,3})/.exec(replacement.slice(at, at + 4)) ??
        /^d(\d{1,3})/.exec(replacement.slice(at, at + 4))
      if (code) {
        add(String.fromCharCode(Number.parseInt(code[1], next === "x" ? 16 : next === "o" ? 8 : 10) & 0xff))
        at += code[0].length - 1
      } else if (/\d/.test(next)) add(match.groups[Number(next)] ?? "")
      else if (next === "U" || next === "L" || next === "E") {
        mode = next === "E" ? "" : next
        once = ""
      } else if (next === "u" || next === "l") once = next
      else add(({ a: "\x07", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" } as Record<string, string>)[next] ?? next)
    }
  }
  return result
}

/** The l command: escapes for what cannot be seen, lines folded at `width`. */
export const listed = (space: string, width: number): string => {
  const named: Readonly<Record<string, string>> = {
    "\\": "\\\\",
    "\x07": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
  }
  const rows: string[] = []
  let row = ""
  for (const byte of new TextEncoder().encode(space)) {
    const character = String.fromCharCode(byte)
    const shown = named[character] ?? (byte >= 32 && byte < 127 ? character : `\\${byte.toString(8).padStart(3, "0")}`)
    if (width > 1 && row.length + shown.length > width - 1) {
      rows.push(`${row}\\`)
      row = ""
    }
    row += shown
  }
  return [...rows, `${row}$`].join("\n")
}
