/** Characters of a text, which are one or two of its units. */

const PAIRED = /[\ud800-\udbff][\udc00-\udfff]/

/** How many there are. */
export const countOf = (text: string): number => {
  if (!PAIRED.test(text)) return text.length
  let count = text.length
  for (let at = 0; at < text.length; at++)
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) count--
  return count
}

/** The index in the text of character `wanted`; its length when there are fewer. */
const indexOf = (text: string, wanted: number): number => {
  let at = 0
  for (let left = wanted; left > 0 && at < text.length; left--)
    at += (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00 ? 2 : 1
  return at
}

/** Characters from `from` up to `to`, as slice takes units. */
export const sliceOf = (text: string, from: number, to = Number.POSITIVE_INFINITY): string => {
  if (!PAIRED.test(text)) return text.slice(from, Math.min(to, text.length))
  return text.slice(indexOf(text, from), indexOf(text, Math.min(to, text.length)))
}
