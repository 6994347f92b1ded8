/** DER and PEM: written and read. */

export class DerError extends Error {}

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
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return concat(Uint8Array.from([tag, ...size]), body)
}

export const sequence = (...content: readonly Uint8Array[]): Uint8Array => tlv(0x30, ...content)
export const setOf = (...content: readonly Uint8Array[]): Uint8Array => tlv(0x31, ...content)
export const octets = (...content: readonly Uint8Array[]): Uint8Array => tlv(0x04, ...content)
export const bits = (content: Uint8Array, unused = 0): Uint8Array => tlv(0x03, Uint8Array.of(unused), content)
export const boolean = (value: boolean): Uint8Array => tlv(0x01, Uint8Array.of(value ? 255 : 0))
export const nothing = (): Uint8Array => tlv(0x05)
export const utf8 = (text: string): Uint8Array => tlv(0x0c, new TextEncoder().encode(text))
export const explicit = (number: number, ...content: readonly Uint8Array[]): Uint8Array => tlv(0xa0 + number, ...content)

/** A positive number, most significant byte first. */
export const integer = (bytes: Uint8Array): Uint8Array => {
  let from = 0
  while (from < bytes.length - 1 && bytes[from] === 0) from++
  const own = bytes.subarray(from)
  return tlv(0x02, own[0] >= 128 ? concat(Uint8Array.of(0), own) : own)
}

export const oid = (dotted: string): Uint8Array => {
  const [first, second, ...rest] = dotted.split(".").map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const digits = [part & 127]
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 127) | 128)
    bytes.push(...digits)
  }
  return tlv(0x06, Uint8Array.from(bytes))
}

export const oidText = (content: Uint8Array): string => {
  const parts = [Math.floor(content[0] / 40), content[0] % 40]
  let value = 0
  for (const byte of content.subarray(1)) {
    value = value * 128 + (byte & 127)
    if (byte < 128) {
      parts.push(value)
      value = 0
    }
  }
  return parts.join(".")
}

/** UTCTime up to 2049, then GeneralizedTime; ms since the epoch. */
export const time = (at: number): Uint8Array => {
  const text = `${new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`
  const late = Number(text.slice(0, 4)) >= 2050
  return tlv(late ? 0x18 : 0x17, new TextEncoder().encode(late ? text : text.slice(2)))
}

export const timeOf = ({ tag, content }: Element): number => {
  const text = new TextDecoder().decode(content)
  const [, year, month, day, hour, minute, second] =
    (tag === 0x18 ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/ : /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/).exec(text)?.map(Number) ?? []
  return Date.UTC(tag === 0x18 ? year : year + (year < 50 ? 2000 : 1900), month - 1, day, hour, minute, second)
}

export interface Element {
  readonly tag: number
  readonly whole: Uint8Array
  readonly content: Uint8Array
}

/** Elements one after the other. Throws DerError. */
export const elements = (bytes: Uint8Array): Element[] => {
  const found: Element[] = []
  for (let at = 0; at < bytes.length; ) {
    const start = at
    const tag = bytes[at++]
    let length = bytes[at++] ?? 0
    if (length > 127) {
      const size = length & 127
      length = 0
      for (let index = 0; index < Math.min(size, 4); index++) length = length * 256 + (bytes[at++] ?? 0)
    }
    if (at + length > bytes.length) throw new DerError("asn1 encoding routines: too long")
    found.push({ tag, whole: bytes.subarray(start, at + length), content: bytes.subarray(at, at + length) })
    at += length
  }
  return found
}

/** The element reached by taking the nth child, again and again. Throws DerError. */
export const child = (bytes: Uint8Array, ...path: readonly number[]): Element => {
  let current: Element | undefined
  let content = bytes
  for (const index of path) {
    current = elements(content)[index]
    if (!current) throw new DerError("asn1 encoding routines: not enough data")
    content = current.content
  }
  if (!current) throw new DerError("asn1 encoding routines: not enough data")
  return current
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

export const encode64 = (data: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < data.length; at += 3) {
    const [a, b = 0, c = 0] = [data[at], data[at + 1], data[at + 2]]
    text += ALPHABET[a >> 2] + ALPHABET[((a & 3) << 4) | (b >> 4)]
    text += (at + 1 < data.length ? ALPHABET[((b & 15) << 2) | (c >> 6)] : "=") + (at + 2 < data.length ? ALPHABET[c & 63] : "=")
  }
  return text
}

export const decode64 = (text: string): Uint8Array => {
  const bytes: number[] = []
  let [buffer, count] = [0, 0]
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) continue
    buffer = ((buffer << 6) | value) & 0xffffff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes.push((buffer >> count) & 255)
    }
  }
  return Uint8Array.from(bytes)
}

export const lines64 = (data: Uint8Array): string => (encode64(data).match(/.{1,64}/g) ?? []).map((line) => `${line}\n`).join("")

export const pem = (label: string, der: Uint8Array): string => `-----BEGIN ${label}-----\n${lines64(der)}-----END ${label}-----\n`

/** The first block of a text, with its label. */
export const readPem = (text: string, label?: RegExp): { label: string; der: Uint8Array } | undefined => {
  for (const match of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g))
    if (!label || label.test(match[1])) return { label: match[1], der: decode64(match[2]) }
  return undefined
}

export const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
