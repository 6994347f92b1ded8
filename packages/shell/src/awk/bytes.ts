/** Texts as mawk has them, bytes: lengths, places and parts of those that are not ASCII alone. */
const isPlain = (text: string): boolean => !/[^\0-\x7f]/.test(text)

export const byteLength = (text: string): number => (isPlain(text) ? text.length : new TextEncoder().encode(text).length)

/** From byte `from` up to `to`, from 0; what is left of a character that was cut is no text. */
export const byteSlice = (text: string, from: number, to: number): string =>
  isPlain(text) ? text.slice(from, to) : new TextDecoder().decode(new TextEncoder().encode(text).subarray(from, to))

/** Where `part` begins in `text`, in bytes from 1; 0 where it does not. */
export const byteIndex = (text: string, part: string): number => {
  const at = text.indexOf(part)
  return at < 0 ? 0 : byteLength(text.slice(0, at)) + 1
}

/** Letters of ASCII alone change their case. */
export const asciiCase = (text: string, upper: boolean): string =>
  upper ? text.replace(/[a-z]+/g, (run) => run.toUpperCase()) : text.replace(/[A-Z]+/g, (run) => run.toLowerCase())
