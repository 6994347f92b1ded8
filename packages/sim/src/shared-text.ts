/** One copy of a text for all worlds of a process: every cluster begins with the same names, paths and messages. */
import { flat } from "./flat.ts"

const MOST = 4_000
const MOST_ONCE = 1_000
/** Longer ones are somebody's own, UTF-16 units. */
const LONGEST = 2_000

const texts = new Map<string, string>()
/** What was seen once: most of it has somebody's own name in it and never comes again. */
const once = new Set<string>()

/** The same text in one piece: the copy that others hold already, from its second time on. */
export const sharedText = (text: string): string => {
  const found = texts.get(text)
  if (found !== undefined) return found
  const own = flat(text)
  if (own.length > LONGEST) return own
  if (!once.delete(own)) {
    if (once.size >= MOST_ONCE) once.clear()
    once.add(own)
    return own
  }
  // Forgetting all at once keeps it simple: worlds hold on to what they use.
  if (texts.size >= MOST) texts.clear()
  texts.set(own, own)
  return own
}
