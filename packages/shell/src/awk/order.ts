/** The order in which `for (key in array)` meets keys: that of mawk's hash lists (array.c, hash.c). */

/** Lists of a new table, and keys a list on average before there are twice as many lists. */
const LISTS = 64
const MOST_A_LIST = 12

const encoder = new TextEncoder()

/** FNV-1a, 32 bits. */
const hash = (text: string): number => {
  let value = 2_166_136_261
  for (const byte of encoder.encode(text)) value = Math.imul(value ^ byte, 16_777_619)
  return value >>> 0
}

/** `keys` in the order of their making; within a list the one made last comes first. */
export const loopOrder = (keys: readonly string[]): string[] => {
  let lists = LISTS
  while (keys.length > lists * MOST_A_LIST) lists *= 2
  const placed = keys.map((key, at) => ({ key, at, list: hash(key) & (lists - 1) }))
  return placed.sort((a, b) => a.list - b.list || b.at - a.at).map(({ key }) => key)
}
