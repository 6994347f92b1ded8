/** A Map by text for what is mostly few: those are a list, without the table that a Map begins with. */

/** Beyond so many a table finds them faster. */
const FEW = 8

export class FewEntries<V> {
  /** Key, value, key, value …, or a table. */
  #held: readonly (string | V)[] | Map<string, V> = []

  #place(key: string): number {
    const { length } = this.#held as readonly unknown[]
    for (let at = 0; at < length; at += 2) if ((this.#held as readonly unknown[])[at] === key) return at
    return -1
  }

  get size(): number {
    return this.#held instanceof Map ? this.#held.size : this.#held.length / 2
  }

  get(key: string): V | undefined {
    if (this.#held instanceof Map) return this.#held.get(key)
    const at = this.#place(key)
    return at < 0 ? undefined : (this.#held[at + 1] as V)
  }

  has(key: string): boolean {
    return this.#held instanceof Map ? this.#held.has(key) : this.#place(key) >= 0
  }

  set(key: string, value: V): void {
    if (this.#held instanceof Map) {
      this.#held.set(key, value)
      return
    }
    const at = this.#place(key)
    if (at >= 0) this.#held = this.#held.with(at + 1, value)
    // Not pushed: that leaves room for sixteen more.
    else if (this.size < FEW) this.#held = this.#held.concat(key, value)
    else this.#held = new Map([...this, [key, value]])
  }

  delete(key: string): boolean {
    if (this.#held instanceof Map) return this.#held.delete(key)
    const at = this.#place(key)
    if (at < 0) return false
    this.#held = this.#held.toSpliced(at, 2)
    return true
  }

  *[Symbol.iterator](): Generator<[string, V]> {
    if (this.#held instanceof Map) yield* this.#held
    else for (let at = 0; at < this.#held.length; at += 2) yield [this.#held[at] as string, this.#held[at + 1] as V]
  }

  *keys(): Generator<string> {
    for (const [key] of this) yield key
  }

  *values(): Generator<V> {
    for (const [, value] of this) yield value
  }
}
