/** A running 64-bit digest over strings: what a world's hash is made of. Not cryptographic. */
export class Digest {
  #low = 0x811c9dc5
  #high = 0xcbf29ce4

  add(text: string): this {
    let low = this.#low
    let high = this.#high
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      low = Math.imul(low ^ code, 0x01000193)
      high = Math.imul(high ^ (code + i), 0x85ebca6b)
      high ^= high >>> 13
    }
    // The end of one text is part of the digest: "a","b" differs from "ab".
    this.#low = Math.imul(low ^ 0x1f, 0x01000193)
    this.#high = Math.imul(high ^ 0x1f, 0x85ebca6b)
    return this
  }

  toString(): string {
    const hex = (n: number) => (n >>> 0).toString(16).padStart(8, "0")
    return [hex(this.#high), hex(this.#low)].join("")
  }
}
