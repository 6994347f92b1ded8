/** How many terminal columns characters take. */

/** Ranges of wide characters (East Asian Wide and Fullwidth, emoji), by first and last code point. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]

const isCombining = (code: number): boolean =>
  (code >= 0x300 && code <= 0x36f) || code === 0x200b || code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f)

/** Columns of one character as the editor shows it: a control character is "^A". */
export const columnsOf = (character: string): number => {
  const code = character.codePointAt(0) ?? 0
  if (code < 32 || code === 127) return 2
  if (code < 0x300) return 1
  if (isCombining(code)) return 0
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}

export const visible = (character: string): string => {
  if (character === "\n") return character
  const code = character.codePointAt(0) ?? 0
  return code < 32 ? `^${String.fromCharCode(code + 64)}` : code === 127 ? "^?" : character
}
