/** Go's sort.Sort: not stable beyond twelve, and the same each time; so that equal rows come in kubectl's order. As Go's sort/zsortinterface.go. */

type Less<Item> = (a: Item, b: Item) => boolean

const INSERTION = 12
const NINTHER = 50
const MOST_SWAPS = 12
const STEPS = 5
const MASK = (1n << 64n) - 1n

const bitLength = (value: number): number => 32 - Math.clz32(value)

class Sorter<Item> {
  readonly #items: Item[]
  readonly #compare: Less<Item>
  #swaps = 0

  constructor(items: Item[], less: Less<Item>) {
    this.#items = items
    this.#compare = less
  }

  #less(a: number, b: number): boolean {
    return this.#compare(this.#items[a], this.#items[b])
  }

  #swap(a: number, b: number): void {
    const items = this.#items
    const kept = items[a]
    items[a] = items[b]
    items[b] = kept
  }

  /** Sorts [a, b). `limit`: bad choices of a pivot that are still put up with. */
  sort(a: number, b: number, limit: number): void {
    let balanced = true
    let partitioned = true
    for (;;) {
      const length = b - a
      if (length <= INSERTION) return this.#insertion(a, b)
      if (limit === 0) return this.#heap(a, b)
      if (!balanced) {
        this.#breakPatterns(a, b)
        limit--
      }
      let { pivot, hint } = this.#choosePivot(a, b)
      if (hint === "falling") {
        for (let i = a, j = b - 1; i < j; i++, j--) this.#swap(i, j)
        pivot = b - 1 - (pivot - a)
        hint = "rising"
      }
      if (balanced && partitioned && hint === "rising" && this.#almostSorted(a, b)) return
      if (a > 0 && !this.#less(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot)
        continue
      }
      const { middle, already } = this.#partition(a, b, pivot)
      partitioned = already
      const [left, right] = [middle - a, b - middle]
      const enough = Math.trunc(length / 8)
      if (left < right) {
        balanced = left >= enough
        this.sort(a, middle, limit)
        a = middle + 1
      } else {
        balanced = right >= enough
        this.sort(middle + 1, b, limit)
        b = middle
      }
    }
  }

  #insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
  }

  #siftDown(from: number, to: number, first: number): void {
    let root = from
    for (;;) {
      let child = 2 * root + 1
      if (child >= to) return
      if (child + 1 < to && this.#less(first + child, first + child + 1)) child++
      if (!this.#less(first + root, first + child)) return
      this.#swap(first + root, first + child)
      root = child
    }
  }

  #heap(a: number, b: number): void {
    const length = b - a
    for (let i = Math.trunc((length - 1) / 2); i >= 0; i--) this.#siftDown(i, length, a)
    for (let i = length - 1; i >= 0; i--) {
      this.#swap(a, a + i)
      this.#siftDown(0, i, a)
    }
  }

  #partition(a: number, b: number, pivot: number): { middle: number; already: boolean } {
    this.#swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    for (let already = true; ; already = false) {
      while (i <= j && this.#less(i, a)) i++
      while (i <= j && !this.#less(j, a)) j--
      if (i > j) {
        this.#swap(j, a)
        return { middle: j, already }
      }
      this.#swap(i++, j--)
    }
  }

  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot)
    let [i, j] = [a + 1, b - 1]
    for (;;) {
      while (i <= j && !this.#less(a, i)) i++
      while (i <= j && this.#less(a, j)) j--
      if (i > j) return i
      this.#swap(i++, j--)
    }
  }

  /** Mends a few places; whether all is sorted then. */
  #almostSorted(a: number, b: number): boolean {
    let i = a + 1
    for (let step = 0; step < STEPS; step++) {
      while (i < b && !this.#less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < NINTHER) return false
      this.#swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#less(j, j - 1); j--) this.#swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.#less(j, j - 1); j++) this.#swap(j, j - 1)
    }
    return false
  }

  #breakPatterns(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    let random = BigInt(length)
    const mask = BigInt((1 << bitLength(length)) - 1)
    const middle = a + Math.trunc(length / 4) * 2 - 1
    for (let i = 0; i < 3; i++) {
      random ^= (random << 13n) & MASK
      random ^= random >> 7n
      random ^= (random << 17n) & MASK
      let other = Number(random & mask)
      if (other >= length) other -= length
      this.#swap(middle - 1 + i, a + other)
    }
  }

  #ordered(a: number, b: number): [number, number] {
    if (!this.#less(b, a)) return [a, b]
    this.#swaps++
    return [b, a]
  }

  #median(a: number, b: number, c: number): number {
    ;[a, b] = this.#ordered(a, b)
    ;[b, c] = this.#ordered(b, c)
    ;[a, b] = this.#ordered(a, b)
    return b
  }

  #choosePivot(a: number, b: number): { pivot: number; hint: "rising" | "falling" | "unknown" } {
    const length = b - a
    const quarter = Math.trunc(length / 4)
    let [i, j, k] = [a + quarter, a + quarter * 2, a + quarter * 3]
    this.#swaps = 0
    if (length >= 8) {
      if (length >= NINTHER) [i, j, k] = [i, j, k].map((at) => this.#median(at - 1, at, at + 1))
      j = this.#median(i, j, k)
    }
    return { pivot: j, hint: this.#swaps === 0 ? "rising" : this.#swaps === MOST_SWAPS ? "falling" : "unknown" }
  }
}

/** A sorted copy. `less` need not be consistent: kubectl's is not where values are missing. */
export const goSort = <Item>(items: readonly Item[], less: Less<Item>): Item[] => {
  const sorted = [...items]
  new Sorter(sorted, less).sort(0, sorted.length, bitLength(sorted.length))
  return sorted
}
