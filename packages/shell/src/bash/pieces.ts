/** What the expansion of a word is made of. */
import type { Word, WordPart } from "unbash"
import type { Shell } from "./shell.ts"

/**
 * Quoted text stands for itself; `break` ends a field ("$@") and is a blank where there are no fields.
 * `joined`: what an unquoted piece is where there are no fields: the separators of `$@` are blanks then, those of `$*` with an empty IFS nothing.
 */
export type Piece = { text: string; quoted: boolean; pattern?: boolean; joined?: string; ends?: true } | "break"

export const ifs = (shell: Shell): string => shell.variables.get("IFS") ?? " \t\n"

/** What stands between the elements of an unquoted `$*` or `$@`, which is split again. */
export const separator = (shell: Shell, star: boolean): Piece => {
  const separators = ifs(shell)
  if (separators === "") return star ? { text: "", quoted: false, joined: "", ends: true } : "break"
  if (" \t\n".includes(separators[0]) && !star) return "break"
  return { text: separators[0], quoted: false, joined: star ? separators[0] : " " }
}

/** A plain word as the one part that it is. */
export const literalPart = (word: Word): WordPart => ({ type: "Literal", pos: word.pos, end: word.end, value: word.value, text: word.text })

/** A piece where there are no fields. */
export const flat = (piece: Piece): string => (piece === "break" ? " " : (piece.joined ?? piece.text))
