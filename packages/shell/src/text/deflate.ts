/** DEFLATE and gzip: a small compressor with fixed codes, and a whole decompressor. */

export class CompressionError extends Error {}

/** Bytes that unpacking may make: a small file can hold an enormous one. */
const MAX_OUTPUT = 16 * 1024 * 1024

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385,
  24577,
]
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]

class BitWriter {
  readonly bytes: number[] = []
  #buffer = 0
  #count = 0

  /** Least significant bit first. */
  write(value: number, bits: number): void {
    this.#buffer |= value << this.#count
    this.#count += bits
    while (this.#count >= 8) {
      this.bytes.push(this.#buffer & 255)
      this.#buffer >>>= 8
      this.#count -= 8
    }
  }

  /** Huffman codes go most significant bit first. */
  code(value: number, bits: number): void {
    let turned = 0
    for (let bit = 0; bit < bits; bit++) turned |= ((value >> bit) & 1) << (bits - 1 - bit)
    this.write(turned, bits)
  }

  end(): Uint8Array {
    if (this.#count > 0) this.write(0, 8 - this.#count)
    return Uint8Array.from(this.bytes)
  }
}

const writeSymbol = (out: BitWriter, symbol: number): void => {
  if (symbol < 144) out.code(0x30 + symbol, 8)
  else if (symbol < 256) out.code(0x190 + symbol - 144, 9)
  else if (symbol < 280) out.code(symbol - 256, 7)
  else out.code(0xc0 + symbol - 280, 8)
}

const place = (table: readonly number[], value: number): number => {
  let at = table.length - 1
  while (table[at] > value) at--
  return at
}

/** Runs work that yields where one may stop. */
const drained = <T>(work: Generator<void, T, void>): T => {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** Bytes handled between two places where one may stop. */
const PIECE = 2_048

export const deflate = (data: Uint8Array): Uint8Array => drained(deflating(data))

/** As `deflate`; yields where one may stop. */
export function* deflating(data: Uint8Array): Generator<void, Uint8Array, void> {
  const out = new BitWriter()
  out.write(1, 1)
  out.write(1, 2)
  const last = new Map<number, number>()
  let at = 0
  let rest = PIECE
  while (at < data.length) {
    let length = 0
    let distance = 0
    if (at >= rest) {
      rest = at + PIECE
      yield
    }
    if (at + 3 <= data.length) {
      const key = data[at] | (data[at + 1] << 8) | (data[at + 2] << 16)
      const before = last.get(key)
      last.set(key, at)
      if (before !== undefined && at - before <= 32_768) {
        distance = at - before
        while (length < 258 && at + length < data.length && data[before + length] === data[at + length]) length++
      }
    }
    if (length < 3) {
      writeSymbol(out, data[at++])
      continue
    }
    const lengthCode = place(LENGTH_BASE, length)
    writeSymbol(out, 257 + lengthCode)
    out.write(length - LENGTH_BASE[lengthCode], LENGTH_EXTRA[lengthCode])
    const distanceCode = place(DISTANCE_BASE, distance)
    out.code(distanceCode, 5)
    out.write(distance - DISTANCE_BASE[distanceCode], DISTANCE_EXTRA[distanceCode])
    at += length
  }
  writeSymbol(out, 256)
  return out.end()
}

interface Huffman {
  /** How many codes there are of each length, and the symbols in order of their codes. */
  counts: number[]
  symbols: number[]
}

const huffman = (lengths: readonly number[]): Huffman => {
  const counts = new Array<number>(16).fill(0)
  for (const length of lengths) counts[length]++
  counts[0] = 0
  const offsets = [0, 0]
  for (let length = 1; length < 15; length++) offsets[length + 1] = offsets[length] + counts[length]
  const symbols: number[] = []
  for (const [symbol, length] of lengths.entries()) if (length > 0) symbols[offsets[length]++] = symbol
  return { counts, symbols }
}

const FIXED_LENGTHS = huffman(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)))
const FIXED_DISTANCES = huffman(new Array<number>(30).fill(5))
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

class Inflater {
  readonly #data: Uint8Array
  readonly #out: number[] = []
  #bit = 0
  at: number

  constructor(data: Uint8Array, from: number) {
    this.#data = data
    this.at = from
  }

  #bits(count: number): number {
    let value = 0
    for (let index = 0; index < count; index++) {
      if (this.at >= this.#data.length) throw new CompressionError("unexpected end of file")
      value |= ((this.#data[this.at] >> this.#bit) & 1) << index
      if (++this.#bit === 8) {
        this.#bit = 0
        this.at++
      }
    }
    return value
  }

  #symbol({ counts, symbols }: Huffman): number {
    let [code, first, index] = [0, 0, 0]
    for (let length = 1; length <= 15; length++) {
      code |= this.#bits(1)
      const count = counts[length]
      if (code - count < first) return symbols[index + (code - first)]
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw new CompressionError("invalid compressed data--format violated")
  }

  /** Yields where one may stop. */
  *run(): Generator<void, Uint8Array, void> {
    for (let final = false; !final; ) {
      final = this.#bits(1) === 1
      const type = this.#bits(2)
      if (type === 0) this.#stored()
      else if (type === 1) yield* this.#codes(FIXED_LENGTHS, FIXED_DISTANCES)
      else if (type === 2) yield* this.#dynamic()
      else throw new CompressionError("invalid compressed data--format violated")
    }
    if (this.#bit > 0) this.at++
    return Uint8Array.from(this.#out)
  }

  #push(byte: number): void {
    if (this.#out.length >= MAX_OUTPUT) throw new CompressionError("file too large")
    this.#out.push(byte)
  }

  #stored(): void {
    if (this.#bit > 0) {
      this.#bit = 0
      this.at++
    }
    const length = this.#data[this.at] | (this.#data[this.at + 1] << 8)
    this.at += 4
    if (this.at + length > this.#data.length) throw new CompressionError("unexpected end of file")
    for (let index = 0; index < length; index++) this.#push(this.#data[this.at++])
  }

  *#codes(lengths: Huffman, distances: Huffman): Generator<void, void, void> {
    for (let rest = this.#out.length + PIECE; ; ) {
      if (this.#out.length >= rest) {
        rest = this.#out.length + PIECE
        yield
      }
      const symbol = this.#symbol(lengths)
      if (symbol === 256) return
      if (symbol < 256) {
        this.#push(symbol)
        continue
      }
      const length = LENGTH_BASE[symbol - 257] + this.#bits(LENGTH_EXTRA[symbol - 257] ?? 0)
      const code = this.#symbol(distances)
      const from = this.#out.length - (DISTANCE_BASE[code] + this.#bits(DISTANCE_EXTRA[code] ?? 0))
      if (!(from >= 0)) throw new CompressionError("invalid compressed data--format violated")
      for (let index = 0; index < length; index++) this.#push(this.#out[from + index])
    }
  }

  *#dynamic(): Generator<void, void, void> {
    const [literals, distances, codes] = [this.#bits(5) + 257, this.#bits(5) + 1, this.#bits(4) + 4]
    const own = new Array<number>(19).fill(0)
    for (let index = 0; index < codes; index++) own[ORDER[index]] = this.#bits(3)
    const table = huffman(own)
    const lengths: number[] = []
    while (lengths.length < literals + distances) {
      const symbol = this.#symbol(table)
      if (symbol < 16) lengths.push(symbol)
      else {
        const [value, count] =
          symbol === 16 ? [lengths.at(-1) ?? 0, 3 + this.#bits(2)] : symbol === 17 ? [0, 3 + this.#bits(3)] : [0, 11 + this.#bits(7)]
        for (let index = 0; index < count; index++) lengths.push(value)
      }
    }
    yield* this.#codes(huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals, literals + distances)))
  }
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

export const crc32 = (data: Uint8Array): number => {
  let sum = 0xffffffff
  for (const byte of data) sum = (sum >>> 8) ^ crcTable[(sum ^ byte) & 255]
  return (sum ^ 0xffffffff) >>> 0
}

/** What a deflated stream at the beginning of `data` holds, and how many bytes it took. Throws CompressionError. */
export const inflate = (data: Uint8Array): { data: Uint8Array; length: number } => {
  const inflater = new Inflater(data, 0)
  const result = drained(inflater.run())
  return { data: result, length: inflater.at }
}

const littleEndian = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255]

/** A gzip file; `at` in seconds since the epoch. */
export const gzip = (data: Uint8Array, name: string | undefined, at: number): Uint8Array => drained(gzipping(data, name, at))

/** As `gzip`; yields where one may stop. */
export function* gzipping(data: Uint8Array, name: string | undefined, at: number): Generator<void, Uint8Array, void> {
  const body = yield* deflating(data)
  const label = name === undefined ? [] : [...new TextEncoder().encode(name), 0]
  const head = [0x1f, 0x8b, 8, label.length > 0 ? 8 : 0, ...littleEndian(at), 0, 3, ...label]
  const whole = new Uint8Array(head.length + body.length + 8)
  whole.set(head)
  whole.set(body, head.length)
  whole.set([...littleEndian(crc32(data)), ...littleEndian(data.length)], head.length + body.length)
  return whole
}

export const isGzip = (data: Uint8Array): boolean => data[0] === 0x1f && data[1] === 0x8b

/** Everything that a gzip file holds. Throws CompressionError. */
export const gunzip = (data: Uint8Array): Uint8Array => drained(gunzipping(data))

/** As `gunzip`; yields where one may stop. */
export function* gunzipping(data: Uint8Array): Generator<void, Uint8Array, void> {
  const parts: Uint8Array[] = []
  let at = 0
  while (at < data.length && data[at] === 0x1f && data[at + 1] === 0x8b) {
    const flags = data[at + 3]
    at += 10
    if (flags & 4) at += 2 + (data[at] | (data[at + 1] << 8))
    for (const flag of [8, 16]) if (flags & flag) at = data.indexOf(0, at) + 1
    if (flags & 2) at += 2
    const inflater = new Inflater(data, at)
    const part = yield* inflater.run()
    at = inflater.at
    const sum = (data[at] | (data[at + 1] << 8) | (data[at + 2] << 16) | (data[at + 3] << 24)) >>> 0
    if (sum !== crc32(part)) throw new CompressionError("invalid compressed data--crc error")
    at += 8
    parts.push(part)
  }
  if (parts.length === 0) throw new CompressionError("not in gzip format")
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
