/** Replacing matches, as sed's s and awk's gsub go through a text: an empty match right after another is none. */
import type { Match, Regex } from "./regex.ts"

/** `by` gives what stands for the match of that number (from 1), or undefined to leave it; "stop" after it ends the search. */
export function* replacing(
  regex: Regex,
  text: string,
  by: (match: Match, count: number) => { text: string; stop?: boolean } | undefined,
): Generator<undefined, { text: string; changed: number }> {
  let result = ""
  let copied = 0
  let from = 0
  let count = 0
  let changed = 0
  let ended = -1
  while (from <= text.length) {
    const match = regex.find(text, from)
    if (!match) break
    const empty = match.end === match.index
    if (!(empty && match.index === ended)) {
      // So often others may have their turns.
      if (++count % 128 === 0) yield
      const replacement = by(match, count)
      if (replacement) {
        changed++
        result += text.slice(copied, match.index) + replacement.text
        copied = match.end
        if (replacement.stop) break
      }
    }
    ended = match.end
    from = empty ? match.end + 1 : match.end
  }
  return { text: result + text.slice(copied), changed }
}

/** In one go, for short texts. */
export const replaceMatches = (...args: Parameters<typeof replacing>): { text: string; changed: number } => {
  const work = replacing(...args)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}
