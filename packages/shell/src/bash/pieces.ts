/** What the expansion of a word is made of. */
import type { Shell } from "./shell.ts"

/** Quoted text stands for itself; `break` ends a field ("$@"). */
export type Piece = { text: string; quoted: boolean; pattern?: boolean } | "break"

export const ifs = (shell: Shell): string => shell.variables.get("IFS") ?? " \t\n"
