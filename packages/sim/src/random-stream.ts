/** A seeded random stream (sfc32 over a hashed name): each user of chance has its own, so adding one disturbs no other. */
export class RandomStream {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: string) {
    // FNV-1a, four times with different offsets, spreads the name over the state.
    const hash = (offset: number) => {
      let h = (0x811c9dc5 ^ offset) >>> 0
      for (let i = 0; i < seed.length; i++) h = Math.imul(h ^ seed.charCodeAt(i), 0x01000193) >>> 0
      return h | 0
    }
    this.#a = hash(0)
    this.#b = hash(0x9e3779b9)
    this.#c = hash(0x7f4a7c15)
    for (let i = 0; i < 12; i++) this.uint32()
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    // Kept within 32 bits, where a number needs no room of its own.
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0
    return t >>> 0
  }

  /** A number in [0, 1). */
  number(): number {
    return this.uint32() / 4294967296
  }

  /** An integer in [0, below). */
  integer(below: number): number {
    return Math.floor(this.number() * below)
  }

  /** `length` characters out of `alphabet`. */
  string(length: number, alphabet: string): string {
    // Joined, not added up: a text made by += keeps a node of 32 bytes for every character of it.
    return Array.from({ length }, () => alphabet[this.integer(alphabet.length)]).join("")
  }

  /** A version 4 UUID. */
  uuid(): string {
    const hex = (n: number) => this.uint32().toString(16).padStart(8, "0").slice(0, n)
    const variant = (8 + this.integer(4)).toString(16)
    return [hex(8), "-", hex(4), "-4", hex(3), "-", variant, hex(3), "-", hex(8), hex(4)].join("")
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    for (let i = 0; i < length; i++) bytes[i] = this.uint32() & 0xff
    return bytes
  }

  /** The stream's state, for a world's hash. */
  state(): string {
    return `${this.#a},${this.#b},${this.#c},${this.#counter}`
  }
}
