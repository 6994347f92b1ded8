/** The fewest lines to take out and put in (Myers' algorithm), with a limit on how hard it looks. */

export interface Change {
  /** Lines of the first text from `aFrom` up to `aTo` give way to those of the second from `bFrom` up to `bTo`. */
  aFrom: number
  aTo: number
  bFrom: number
  bTo: number
}

/** Differences beyond this are one change: the search takes their square. */
const MAX_EDITS = 1_000

/** For each edit count the furthest place on each diagonal, as far as the end: diagonal d of round e at index (d + e) / 2. */
function* search(a: readonly string[], b: readonly string[]): Generator<void, Int32Array[] | undefined, void> {
  const trace: Int32Array[] = []
  const most = Math.min(a.length + b.length, MAX_EDITS)
  for (let edits = 0; edits <= most; edits++) {
    if ((edits & 3) === 3) yield
    const before = trace[edits - 1]
    const next = new Int32Array(edits + 1)
    trace.push(next)
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = furthestAt(before, edits - 1, diagonal + 1)
      const right = furthestAt(before, edits - 1, diagonal - 1)
      let x = edits === 0 ? 0 : diagonal === -edits || (diagonal !== edits && right < down) ? down : right + 1
      let y = x - diagonal
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++
        y++
      }
      next[(diagonal + edits) >> 1] = x
      if (x >= a.length && y >= b.length) return trace
    }
  }
  return undefined
}

const furthestAt = (round: Int32Array | undefined, edits: number, diagonal: number): number =>
  round === undefined || diagonal < -edits || diagonal > edits ? -1 : round[(diagonal + edits) >> 1]

export const changesBetween = (left: readonly string[], right: readonly string[]): Change[] => {
  const work = findingChanges(left, right)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** As `changesBetween`; yields where one may stop. */
export function* findingChanges(left: readonly string[], right: readonly string[]): Generator<void, Change[], void> {
  let start = 0
  while (start < left.length && start < right.length && left[start] === right[start]) start++
  let tail = 0
  while (tail < left.length - start && tail < right.length - start && left[left.length - 1 - tail] === right[right.length - 1 - tail])
    tail++
  const a = left.slice(start, left.length - tail)
  const b = right.slice(start, right.length - tail)
  if (a.length === 0 && b.length === 0) return []
  const whole = { aFrom: start, aTo: left.length - tail, bFrom: start, bTo: right.length - tail }
  const trace = a.length === 0 || b.length === 0 ? undefined : yield* search(a, b)
  if (!trace) return [whole]
  // Back from the end: where each step took a line out or put one in.
  const removed = new Set<number>()
  const added = new Set<number>()
  let [x, y] = [a.length, b.length]
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const before = trace[edits - 1]
    const diagonal = x - y
    const down = furthestAt(before, edits - 1, diagonal + 1)
    const right = furthestAt(before, edits - 1, diagonal - 1)
    const isDown = diagonal === -edits || (diagonal !== edits && right < down)
    const previous = isDown ? diagonal + 1 : diagonal - 1
    const px = furthestAt(before, edits - 1, previous)
    const py = px - previous
    if (isDown) added.add(py)
    else removed.add(px)
    ;[x, y] = [px, py]
  }
  const changes: Change[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (!removed.has(i) && !added.has(j)) {
      i++
      j++
      continue
    }
    const change: Change = { aFrom: start + i, aTo: start + i, bFrom: start + j, bTo: start + j }
    while (removed.has(i) || added.has(j)) {
      if (removed.has(i)) i++
      else j++
    }
    change.aTo = start + i
    change.bTo = start + j
    changes.push(change)
  }
  return changes
}
