/** What less says in its last line: its three prompts, and what "=" tells (prompt.c). */

export interface PagerPlace {
  /** undefined for what comes through a pipe. */
  readonly name: string | undefined
  /** Which of the files it is, from 1, and how many there are. */
  readonly file: number
  readonly files: number
  readonly next: string | undefined
  /** The prompt is the first since the file was opened. */
  readonly fresh: boolean
  /** Rows from 1: the first and the last that are shown, and all there are. */
  readonly first: number
  readonly last: number
  readonly lines: number
  /** Bytes up to the end of what is shown, and all. */
  readonly byte: number
  readonly bytes: number
  readonly end: boolean
  readonly filtered: boolean
}

export type PromptKind = "short" | "medium" | "long"

const share = ({ byte, bytes }: PagerPlace): string => (bytes === 0 ? "" : `${Math.round((byte * 100) / bytes)}%`)

const ending = ({ next }: PagerPlace): string => `(END)${next === undefined ? "" : ` - Next: ${next}`}`

/** ":" for a prompt that says nothing. */
export const promptOf = (kind: PromptKind, place: PagerPlace): string => {
  const { name, fresh, files, file, end } = place
  const parts: string[] = []
  if (name !== undefined && (fresh || kind === "long")) parts.push(name)
  if (fresh && files > 1) parts.push(`(file ${file} of ${files})`)
  if (kind === "long") parts.push(`lines ${place.first}-${place.last}${place.name === undefined && !end ? "" : `/${place.lines}`}`)
  if (end) parts.push(ending(place))
  else if (kind !== "short") parts.push(place.name === undefined ? `byte ${place.byte}` : share(place))
  const text = parts.join(" ")
  return `${place.filtered ? "& " : ""}${text}`
}

export const equalsOf = (place: PagerPlace): string => {
  const { name, files, file, end } = place
  return [
    ...(name === undefined ? [] : [name]),
    ...(files > 1 ? [`(file ${file} of ${files})`] : []),
    `lines ${place.first}-${place.last}/${place.lines}`,
    `byte ${place.byte}/${place.bytes}`,
    end ? "(END)" : share(place),
  ].join(" ")
}

/** What "-" and "_" say of an option: when it is on, and when it is off. */
export const OPTION_TEXTS: Readonly<Record<string, readonly [on: string, off: string]>> = {
  N: ["Constantly display line numbers", "Don't use line numbers"],
  S: ["Chop long lines", "Fold long lines"],
  i: ["Ignore case in searches", "Case is significant in searches"],
  I: ["Ignore case in searches and in patterns", "Case is significant in searches"],
  M: ["Long prompt", "Short prompt"],
  m: ["Medium prompt", "Short prompt"],
  E: ["Quit at first end-of-file", "Don't quit at end-of-file"],
  e: ["Quit at end-of-file", "Don't quit at end-of-file"],
  F: ["Quit if entire file fits on first screen", "Don't quit if entire file fits on first screen"],
  X: ["Don't send init strings to terminal", "Send init strings to terminal"],
  s: ["Squeeze multiple blank lines", "Display all blank lines"],
  R: ["Display ANSI sequences directly, other control chars as ^X", "Display control characters as ^X"],
}
