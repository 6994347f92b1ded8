/** Two texts' differences in hunks, with three lines around each. As pmezard/go-difflib, whose context lines stand as they are. */

const CONTEXT = 3
/** Lines that differ, at most, before everything between the first and the last difference counts as replaced. */
const MOST = 1_500

interface Block {
  /** Half-open ranges of lines of both texts. */
  a: readonly [number, number]
  b: readonly [number, number]
}

/** Where two texts differ: longest common subsequence of what lies between their common beginning and end. */
const blocks = (a: readonly string[], b: readonly string[]): Block[] => {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [endA, endB] = [a.length, b.length]
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--
    endB--
  }
  const [n, m] = [endA - start, endB - start]
  if (n === 0 && m === 0) return []
  if (n > MOST || m > MOST) return [{ a: [start, endA], b: [start, endB] }]
  const width = m + 1
  const longest = new Uint16Array((n + 1) * width)
  for (let i = n - 1; i >= 0; i--)
    for (let j = m - 1; j >= 0; j--)
      longest[i * width + j] =
        a[start + i] === b[start + j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1])
  const found: Block[] = []
  let [i, j] = [0, 0]
  while (i < n || j < m) {
    if (i < n && j < m && a[start + i] === b[start + j]) {
      i++
      j++
      continue
    }
    const [fromA, fromB] = [i, j]
    while ((i < n || j < m) && !(i < n && j < m && a[start + i] === b[start + j]))
      if (j >= m || (i < n && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) i++
      else j++
    found.push({ a: [start + fromA, start + i], b: [start + fromB, start + j] })
  }
  return found
}

const range = (from: number, to: number): string => (to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`)

export const unifiedDiff = (a: readonly string[], b: readonly string[]): string => {
  const groups: Block[][] = []
  for (const block of blocks(a, b)) {
    const last = groups.at(-1)
    if (last && block.a[0] - last[last.length - 1].a[1] <= 2 * CONTEXT) last.push(block)
    else groups.push([block])
  }
  let text = ""
  for (const group of groups) {
    const [first, last] = [group[0], group[group.length - 1]]
    const [startA, startB] = [Math.max(0, first.a[0] - CONTEXT), Math.max(0, first.b[0] - CONTEXT)]
    const [endA, endB] = [Math.min(a.length, last.a[1] + CONTEXT), Math.min(b.length, last.b[1] + CONTEXT)]
    text += `@@ -${range(startA, endA)} +${range(startB, endB)} @@\n`
    let at = startA
    for (const block of group) {
      for (; at < block.a[0]; at++) text += `${a[at]}\n`
      for (; at < block.a[1]; at++) text += `-${a[at]}\n`
      for (const line of b.slice(block.b[0], block.b[1])) text += `+${line}\n`
    }
    for (; at < endA; at++) text += `${a[at]}\n`
  }
  return text
}
