/** A solution as a person types it: one complete command after another. */

const OPENERS = /(^|[;&|({]|\b(?:then|do|else)\b)\s*(for|while|until|if|case|select)\b/g
const CLOSERS = /(^|[;&|]|\s)(done|fi|esac)\b/g

/** Whether a quote, a backslash or a here-document leaves the text unfinished; and how deep its loops and braces are. */
const unfinished = (text: string): boolean => {
  const lines = text.split("\n")
  let quote = ""
  let depth = 0
  const documents: { word: string; tabs: boolean }[] = []
  for (const [number, line] of lines.entries()) {
    if (documents.length > 0 && quote === "") {
      const [{ word, tabs }] = documents
      if ((tabs ? line.replace(/^\t+/, "") : line) === word) documents.shift()
      continue
    }
    let bare = ""
    for (let index = 0; index < line.length; index++) {
      const character = line[index]
      if (quote) {
        if (character === "\\" && quote === '"') index++
        else if (character === quote) quote = ""
        bare += "_"
      } else if (character === "\\") {
        if (index === line.length - 1 && number === lines.length - 1) return true
        index++
        bare += "_"
      } else if (character === "'" || character === '"') {
        quote = character
        bare += "_"
      } else if (character === "#" && (index === 0 || /\s/.test(line[index - 1]))) break
      else bare += character
    }
    for (const [, tabs, word] of line.matchAll(/(?<!<)<<(?!<)(-?)\s*['"]?([A-Za-z_]\w*)['"]?/g))
      documents.push({ word, tabs: tabs === "-" })
    depth += [...bare.matchAll(OPENERS)].length - [...bare.matchAll(CLOSERS)].length
    depth += (bare.match(/[({](?=\s|$)/g) ?? []).length - (bare.match(/(?<=^|[\s;])[)}]/g) ?? []).length
  }
  return quote !== "" || depth > 0 || documents.length > 0
}

/** Commands of a script; a line that leaves something open takes the next ones with it. Comments and empty lines are left out. */
export const typedCommands = (script: string): string[] => {
  const commands: string[] = []
  let open = ""
  for (const line of script.split("\n")) {
    if (open === "" && (line.trim() === "" || line.trim().startsWith("#"))) continue
    open += open === "" ? line : `\n${line}`
    if (unfinished(open)) continue
    commands.push(open)
    open = ""
  }
  if (open.trim() !== "") commands.push(open)
  return commands
}
