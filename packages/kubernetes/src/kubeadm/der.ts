/** DER: as much of ASN.1's encoding as certificates need. */
export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const tlv = (tag: number, ...content: readonly Uint8Array[]): Uint8Array => {
  const body = concat(...content)
  const { length } = body
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return concat(Uint8Array.of(tag, ...size), body)
}

export const sequence = (...content: readonly Uint8Array[]) => tlv(0x30, ...content)
export const set = (...content: readonly Uint8Array[]) => tlv(0x31, ...content)
export const octets = (...content: readonly Uint8Array[]) => tlv(0x04, ...content)
export const bits = (content: Uint8Array, unused = 0) => tlv(0x03, Uint8Array.of(unused), content)
export const boolean = (value: boolean) => tlv(0x01, Uint8Array.of(value ? 0xff : 0))
export const text = (value: string) => tlv(0x0c, new TextEncoder().encode(value))
export const explicit = (number: number, ...content: readonly Uint8Array[]) => tlv(0xa0 + number, ...content)

/** A non-negative integer from its big-endian bytes. */
export const integer = (bytes: Uint8Array): Uint8Array => {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const trimmed = bytes.subarray(start)
  return tlv(0x02, trimmed[0] >= 0x80 ? concat(Uint8Array.of(0), trimmed) : trimmed)
}

export const oid = (dotted: string): Uint8Array => {
  const [first, second, ...rest] = dotted.split(".").map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const groups = [part & 0x7f]
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tlv(0x06, Uint8Array.from(bytes))
}

/** UTCTime, valid until 2049. */
export const utcTime = (at: number): Uint8Array =>
  tlv(0x17, new TextEncoder().encode(`${new Date(at).toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`))

export interface Element {
  tag: number
  /** With its tag and length. */
  whole: Uint8Array
  content: Uint8Array
}

/** The elements within `bytes`, one after another; undefined when it is no DER. */
export const elements = (bytes: Uint8Array): Element[] | undefined => {
  const found: Element[] = []
  let at = 0
  while (at < bytes.length) {
    const start = at
    const tag = bytes[at++]
    let length = bytes[at++]
    if (length === undefined) return undefined
    if (length >= 0x80) {
      const size = length & 0x7f
      if (size === 0 || size > 3 || at + size > bytes.length) return undefined
      length = 0
      for (let index = 0; index < size; index++) length = length * 256 + bytes[at++]
    }
    if (at + length > bytes.length) return undefined
    found.push({ tag, whole: bytes.subarray(start, at + length), content: bytes.subarray(at, at + length) })
    at += length
  }
  return found
}
