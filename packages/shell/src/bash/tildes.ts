/** Unquoted tildes in words: which of them stand for a directory, and for which one (bash_tilde_expand, lib/tilde). */
import type { WordPart } from "unbash"
import type { Shell } from "./shell.ts"

/** The directory of `~name`; undefined when there is no such thing. `name` is what stands between the tilde and the slash. */
const directoryOf = (shell: Shell, name: string): string | undefined => {
  if (name === "") return shell.variables.get("HOME") ?? "/root"
  if (name === "+") return shell.directory
  if (name === "-") return shell.variables.get("OLDPWD")
  const { files } = shell.process
  if (!files.exists("/etc/passwd")) return undefined
  const line = files
    .readText("/etc/passwd")
    .split("\n")
    .find((one) => one.startsWith(`${name}:`))
  return line?.split(":")[5]
}

/** A tilde and its name, where nothing quoted or expanded is part of it. */
const PREFIX = /~([\w.+-]*)(?=[/:]|$)/y

/**
 * `parts` with the tildes in their literal texts as quoted directories: at the beginning, and with `assignment` also after each ":".
 * From `from` on, in characters of the first part (after `name=`).
 */
export const withTildes = (
  shell: Shell,
  parts: readonly WordPart[],
  { assignment, from = 0 }: { assignment: boolean; from?: number },
): readonly WordPart[] => {
  let found = false
  const result: WordPart[] = []
  for (const [at, part] of parts.entries()) {
    if (part.type !== "Literal" || !part.text.includes("~")) {
      result.push(part)
      continue
    }
    const { text } = part
    const literal = (piece: string): void => {
      if (piece !== "")
        result.push({ ...part, text: piece, value: piece.replace(/\\([\s\S])/g, (_, one: string) => (one === "\n" ? "" : one)) })
    }
    let done = 0
    for (let place = text.indexOf("~"); place >= 0; place = text.indexOf("~", place + 1)) {
      const begins = at === 0 && place === from
      if (!begins && !(assignment && (at > 0 || place > from) && text[place - 1] === ":" && text[place - 2] !== "\\")) continue
      PREFIX.lastIndex = place
      const match = PREFIX.exec(text)
      // A name that goes on in the next part is none.
      if (!match || (place + match[0].length === text.length && at < parts.length - 1)) continue
      const directory = directoryOf(shell, match[1])
      if (directory === undefined) continue
      literal(text.slice(done, place))
      result.push({ type: "SingleQuoted", pos: part.pos, end: part.end, text: match[0], value: directory })
      done = place + match[0].length
      found = true
    }
    if (done === 0) result.push(part)
    else literal(text.slice(done))
  }
  return found ? result : parts
}
