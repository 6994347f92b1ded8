/** Text as one piece of memory. */

/**
 * A text put together with `+` or by JSON.stringify keeps its parts, 32 bytes a join, and one cut out of another keeps that other whole; what is
 * kept for long is copied once.
 */
export const flat = (text: string): string => (text.length < 13 ? text : [text.slice(0, 1), text.slice(1)].join(""))
