/** Incremental search through history (^R, ^S). */
export interface Search {
  readonly direction: -1 | 1
  readonly text: string
  /** Index in the history of the match shown. */
  readonly at: number
  readonly failed: boolean
}

/** The next match from `from` on, in the direction; undefined when there is none. */
export const findInHistory = (history: readonly string[], text: string, from: number, direction: -1 | 1): number | undefined => {
  for (let at = from; at >= 0 && at < history.length; at += direction) if (history[at].includes(text)) return at
  return undefined
}

/** Looks for `text` from where the search stands; `next` skips the match shown. */
export const searchFor = (history: readonly string[], search: Search, text: string, next: boolean): Search => {
  if (text === "") return { ...search, text, failed: false }
  const from = Math.min(search.at, history.length - 1) + (next && search.at < history.length ? search.direction : 0)
  const found = findInHistory(history, text, from, search.direction)
  return found === undefined ? { ...search, text, failed: true } : { ...search, text, at: found, failed: false }
}

export const searchPrompt = ({ direction, text, failed }: Search): string =>
  `(${failed ? "failed " : ""}${direction < 0 ? "reverse-" : ""}i-search)\`${text}': `
