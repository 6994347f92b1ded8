/** A bounded first-in first-out queue of bytes, kept as the chunks that came. */
export class ByteQueue {
  readonly capacity: number
  #chunks: Uint8Array[] = []
  #size = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get size(): number {
    return this.#size
  }

  get free(): number {
    return this.capacity - this.#size
  }

  /** How many bytes fitted. */
  push(data: Uint8Array): number {
    const taken = Math.min(data.length, this.free)
    if (taken === 0) return 0
    // Copied: writers reuse their buffers.
    this.#chunks.push(data.slice(0, taken))
    this.#size += taken
    return taken
  }

  take(max: number): Uint8Array {
    const first = this.#chunks[0]
    if (!first) return EMPTY
    if (first.length <= max && (this.#chunks.length === 1 || first.length === max)) {
      this.#chunks.shift()
      this.#size -= first.length
      return first
    }
    const length = Math.min(max, this.#size)
    const taken = new Uint8Array(length)
    let filled = 0
    while (filled < length) {
      const chunk = this.#chunks[0]
      const part = chunk.subarray(0, length - filled)
      taken.set(part, filled)
      filled += part.length
      if (part.length === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(part.length)
    }
    this.#size -= length
    return taken
  }

  clear(): void {
    this.#chunks = []
    this.#size = 0
  }
}

export const EMPTY = new Uint8Array(0)
