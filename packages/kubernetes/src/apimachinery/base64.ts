/** Base64 over UTF-8 text and bytes. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const encoder = new TextEncoder()

export const encodeBase64 = (data: string | Uint8Array): string => {
  const bytes = typeof data === "string" ? encoder.encode(data) : data
  let text = ""
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]]
    text += ALPHABET[a >> 2] + ALPHABET[((a & 3) << 4) | (b >> 4)]
    text += i + 1 < bytes.length ? ALPHABET[((b & 15) << 2) | (c >> 6)] : "="
    text += i + 2 < bytes.length ? ALPHABET[c & 63] : "="
  }
  return text
}

/** What each character code below 128 is worth; NONE: it is no digit. */
const NONE = 255
const WORTH = new Uint8Array(128).fill(NONE)
for (let digit = 0; digit < ALPHABET.length; digit++) WORTH[ALPHABET.charCodeAt(digit)] = digit

/** Undefined when it is not base64. White space is no part of it. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const clean = /\s/.test(text) ? text.replace(/\s/g, "") : text
  if (clean.length % 4 !== 0) return undefined
  let { length } = clean
  for (let pad = 0; pad < 2 && clean[length - 1] === "="; pad++) length--
  const bytes = new Uint8Array(Math.floor((length * 3) / 4))
  let buffer = 0
  let bits = 0
  let at = 0
  for (let i = 0; i < length; i++) {
    const code = clean.charCodeAt(i)
    const worth = code < 128 ? WORTH[code] : NONE
    if (worth === NONE) return undefined
    buffer = ((buffer << 6) | worth) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (buffer >> bits) & 0xff
    }
  }
  return bytes
}

export const decodeBase64Text = (text: string): string | undefined => {
  const bytes = decodeBase64(text)
  return bytes && new TextDecoder().decode(bytes)
}
