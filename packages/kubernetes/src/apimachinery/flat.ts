/** Text as one piece of memory. */

/**
 * A text put together with `+` or by JSON.stringify keeps its parts, 32 bytes a join, until somebody reads it; what is kept for long is read once.
 */
export const flat = (text: string): string => {
  text.charCodeAt(text.length >> 1)
  return text
}
