/** What was made of texts, for all worlds of a process: they read the same files, paths and programs over and over. */
export class ByText<T> {
  readonly #known = new Map<string, T>()
  readonly #most: number
  readonly #longest: number

  /**
   * @param most entries; at one more all are forgotten, which keeps it simple: who uses one holds on to it
   * @param longest text that is remembered, UTF-16 units
   */
  constructor(most: number, longest = Number.POSITIVE_INFINITY) {
    this.#most = most
    this.#longest = longest
  }

  /** @returns what `make` made of this text, now or before; what it throws is thrown each time */
  of(text: string, make: (text: string) => T): T {
    const found = this.#known.get(text)
    if (found !== undefined || this.#known.has(text)) return found as T
    const made = make(text)
    if (text.length <= this.#longest) {
      if (this.#known.size >= this.#most) this.#known.clear()
      this.#known.set(text, made)
    }
    return made
  }
}
