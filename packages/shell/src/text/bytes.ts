/** Bytes that are no UTF-8 inside of texts: byte 0x80 + n stands as the lone surrogate U+DC80 + n, until it is written. */

/** The character that stands for a byte of an escape. */
export const byteText = (byte: number): string => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)

const RAW = /[\udc80-\udcff]+/g
/** One that no high surrogate makes a whole character with. */
const LONE = /(?<![\ud800-\udbff])[\udc80-\udcff]/

/** Bytes that together are a character become it. */
export const settleBytes = (text: string): string =>
  LONE.test(text)
    ? text.replace(RAW, (run, at: number) => {
        if (/[\ud800-\udbff]/.test(text[at - 1] ?? "")) return run
        try {
          return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(run, (one) => one.charCodeAt(0) & 0xff))
        } catch {
          return run
        }
      })
    : text

/** A text as it is written: what needs no care stays a string. */
export const writtenBytes = (text: string): string | Uint8Array => {
  if (!LONE.test(text)) return text
  const parts: number[] = []
  for (const piece of text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/)) {
    if (LONE.test(piece)) parts.push(piece.charCodeAt(0) & 0xff)
    else for (const byte of new TextEncoder().encode(piece)) parts.push(byte)
  }
  return Uint8Array.from(parts)
}
