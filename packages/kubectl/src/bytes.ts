/** Bytes and their texts. */

/** Their text, when they are UTF-8. */
export const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

export const encodeBase64Bytes = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const left = bytes.length - at
    text +=
      ALPHABET[a >> 2] +
      ALPHABET[((a & 3) << 4) | (b >> 4)] +
      (left > 1 ? ALPHABET[((b & 15) << 2) | (c >> 6)] : "=") +
      (left > 2 ? ALPHABET[c & 63] : "=")
  }
  return text
}

/** Undefined for what is no base64. */
export const decodeBase64Bytes = (text: string): Uint8Array | undefined => {
  const plain = text.replace(/[\r\n]/g, "")
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain)) return undefined
  const length = (plain.length / 4) * 3 - (plain.endsWith("==") ? 2 : plain.endsWith("=") ? 1 : 0)
  const bytes = new Uint8Array(length)
  let to = 0
  for (let at = 0; at < plain.length; at += 4) {
    const [a, b, c, d] = [0, 1, 2, 3].map((offset) => Math.max(0, ALPHABET.indexOf(plain[at + offset])))
    const word = (a << 18) | (b << 12) | (c << 6) | d
    for (const shift of [16, 8, 0]) if (to < length) bytes[to++] = (word >> shift) & 255
  }
  return bytes
}

/** Where text ceases to be base64. As base64.CorruptInputError. */
export const corruptAt = (text: string): number => {
  const plain = text.replace(/[\r\n]/g, "")
  const bad = plain.search(/[^A-Za-z0-9+/]/)
  if (bad >= 0 && !/^={1,2}$/.test(plain.slice(bad))) return bad
  return plain.length - (plain.length % 4)
}
