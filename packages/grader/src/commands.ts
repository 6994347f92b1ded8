/** Commands as they were typed: a line, and the simple commands it is made of. */

const SEPARATORS = ["&&", "||", ";", "|", "&", "\n"]
const LONGEST = 8_192

/** The whole line, then each part between unquoted separators, without what precedes it (`sudo`, assignments, `(`). */
export const commandsOf = (line: string): string[] => {
  const text = line.slice(0, LONGEST)
  const parts: string[] = []
  let part = ""
  let quote = ""
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (quote) {
      if (character === quote) quote = ""
      else if (character === "\\" && quote === '"') part += text[index++]
      part += text[index] ?? ""
      continue
    }
    if (character === "\\") {
      part += character + (text[++index] ?? "")
      continue
    }
    if (character === "'" || character === '"') quote = character
    // >& and &> are redirections.
    const separator =
      character === "&" && (text[index - 1] === ">" || text[index + 1] === ">")
        ? undefined
        : SEPARATORS.find((one) => text.startsWith(one, index))
    if (!quote && separator) {
      parts.push(part)
      part = ""
      index += separator.length - 1
    } else part += character
  }
  parts.push(part)
  const plain = parts
    .map((one) =>
      one
        .trim()
        .replace(/^[({]\s*/, "")
        .replace(/^(\w+=\S*\s+)+(?=\S)/, "")
        .replace(/^(sudo|time|watch( -n ?\S+)?|command|then|do|else)\s+/, ""),
    )
    .filter((one) => one !== "")
  return [...new Set([text.trim(), ...plain])]
}

/** The detail of a "command" trace event: "<exit> <line>". */
export const parseCommand = (detail: string | undefined): { exit: number; line: string } | undefined => {
  const space = detail?.indexOf(" ") ?? -1
  if (detail === undefined || space < 0) return undefined
  return { exit: Number(detail.slice(0, space)), line: detail.slice(space + 1) }
}
