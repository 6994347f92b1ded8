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

/** Undefined when it is not base64. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  const clean = text.replace(/\s/g, "")
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean) || clean.length % 4 !== 0) return undefined
  const digits = clean.replace(/=+$/, "")
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let buffer = 0
  let bits = 0
  let at = 0
  for (const digit of digits) {
    buffer = (buffer << 6) | ALPHABET.indexOf(digit)
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
