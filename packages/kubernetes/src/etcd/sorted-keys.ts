/** Keys in order, in runs of bounded length: a key comes or goes without moving all the others. */

/** A run that grows longer than this is cut in two. */
const LONGEST = 512

/** Where `key` is in sorted `keys`, or would be. */
const placeIn = (keys: readonly string[], key: string): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle] < key) low = middle + 1
    else high = middle
  }
  return low
}

export class SortedKeys {
  /** Never empty runs, but for the first of none at all. */
  #runs: string[][] = [[]]

  /** The run in which `key` is, or would be. */
  #runOf(key: string): number {
    let low = 0
    let high = this.#runs.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#runs[middle][0] <= key) low = middle
      else high = middle - 1
    }
    return low
  }

  add(key: string): void {
    const at = this.#runOf(key)
    const run = this.#runs[at]
    run.splice(placeIn(run, key), 0, key)
    if (run.length > LONGEST) this.#runs.splice(at + 1, 0, run.splice(LONGEST >> 1))
  }

  delete(key: string): void {
    const at = this.#runOf(key)
    const run = this.#runs[at]
    const place = placeIn(run, key)
    if (run[place] !== key) return
    run.splice(place, 1)
    if (run.length === 0 && this.#runs.length > 1) this.#runs.splice(at, 1)
  }

  /** Calls back for each key from `start` on that begins with `prefix`, in order. */
  each(start: string, prefix: string, visit: (key: string) => void): void {
    let at = this.#runOf(start)
    let place = placeIn(this.#runs[at], start)
    for (; at < this.#runs.length; at++, place = 0)
      for (const run = this.#runs[at]; place < run.length; place++) {
        if (!run[place].startsWith(prefix)) return
        visit(run[place])
      }
  }

  all(): string[] {
    return this.#runs.flat()
  }
}
