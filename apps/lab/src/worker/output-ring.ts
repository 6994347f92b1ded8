/** The newest output of one terminal, as UTF-8 that is whole at both ends, counted in bytes since the terminal began. */
const KEPT = 256 * 1024
/** Output is gathered up to this before it is looked at: a thousand single echoes are not a thousand arrays. */
const GATHERED = 16 * 1024

/** Small pieces are joined up to this, bytes. */
const JOINED = 1024

const encoder = new TextEncoder()

export class OutputRing {
  #chunks: Uint8Array[] = []
  #kept = 0
  #written = 0
  #gathered: Uint8Array | undefined
  #filled = 0
  // Streaming: a character cut in two waits for its rest; bytes that are no UTF-8 become U+FFFD once, so that both ends count alike.
  readonly #decoder = new TextDecoder()

  /** Bytes since the terminal began. */
  get written(): number {
    this.#settle()
    return this.#written
  }

  /** Where what is kept begins. */
  get start(): number {
    this.#settle()
    return this.#written - this.#kept
  }

  push(data: Uint8Array): void {
    if (data.length >= GATHERED) {
      this.#settle()
      this.#add(data)
      return
    }
    if (this.#filled + data.length > GATHERED) this.#settle()
    this.#gathered ??= new Uint8Array(GATHERED)
    this.#gathered.set(data, this.#filled)
    this.#filled += data.length
  }

  #settle(): void {
    if (this.#filled === 0) return
    const gathered = (this.#gathered as Uint8Array).subarray(0, this.#filled)
    this.#filled = 0
    this.#add(gathered)
    // A quiet terminal holds no buffer.
    this.#gathered = undefined
  }

  #add(data: Uint8Array): void {
    const text = this.#decoder.decode(data, { stream: true })
    if (text === "") return
    let bytes = encoder.encode(text)
    this.#written += bytes.length
    this.#kept += bytes.length
    const last = this.#chunks.at(-1)
    if (last && last.length + bytes.length <= JOINED) {
      const joined = new Uint8Array(last.length + bytes.length)
      joined.set(last)
      joined.set(bytes, last.length)
      this.#chunks.pop()
      bytes = joined
    }
    this.#chunks.push(bytes)
    while (this.#kept > KEPT) {
      const [first] = this.#chunks
      let cut = Math.min(first.length, this.#kept - KEPT)
      while (cut < first.length && (first[cut] & 0xc0) === 0x80) cut++
      this.#kept -= cut
      if (cut === first.length) this.#chunks.shift()
      else this.#chunks[0] = first.subarray(cut)
    }
  }

  /** What follows `offset`, at most `limit` bytes, from where it is still kept. */
  from(offset: number, limit: number): { offset: number; data: string; end: number } {
    const begin = Math.max(offset, this.start)
    const parts: Uint8Array[] = []
    let at = this.start
    let taken = 0
    for (const chunk of this.#chunks) {
      const skip = begin - at
      at += chunk.length
      if (skip >= chunk.length) continue
      let part = skip > 0 ? chunk.subarray(skip) : chunk
      if (taken + part.length > limit) {
        let cut = limit - taken
        while (cut > 0 && (part[cut] & 0xc0) === 0x80) cut--
        part = part.subarray(0, cut)
      }
      if (part.length > 0) parts.push(part)
      taken += part.length
      if (at - begin > limit) break
    }
    return { offset: begin, data: Buffer.concat(parts).toString("utf8"), end: begin + taken }
  }
}
