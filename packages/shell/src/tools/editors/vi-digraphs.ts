/** vi's digraphs (C-k): two characters that make one, as RFC 1345 names them; letters with marks are composed. */

/** The mark that a second character stands for, as a combining one. */
const MARKS: Readonly<Record<string, string>> = {
  "!": "\u0300",
  "'": "\u0301",
  ">": "\u0302",
  "?": "\u0303",
  "-": "\u0304",
  "(": "\u0306",
  ".": "\u0307",
  ":": "\u0308",
  '"': "\u030b",
  "<": "\u030c",
  ",": "\u0327",
  ";": "\u0328",
}

const SIGNS: Readonly<Record<string, string>> = {
  Co: "©",
  Rg: "®",
  TM: "™",
  Eu: "€",
  Pd: "£",
  Ye: "¥",
  Ct: "¢",
  DG: "°",
  "+-": "±",
  My: "µ",
  PI: "¶",
  SE: "§",
  ".M": "·",
  "<<": "«",
  ">>": "»",
  "12": "½",
  "14": "¼",
  "34": "¾",
  "1S": "¹",
  "2S": "²",
  "3S": "³",
  "*X": "×",
  "-:": "÷",
  ss: "ß",
  aa: "å",
  AA: "Å",
  ae: "æ",
  AE: "Æ",
  "o/": "ø",
  "O/": "Ø",
  "->": "→",
  "<-": "←",
  "-!": "↑",
  "-v": "↓",
  "-N": "–",
  "-M": "—",
  "..": "‥",
  OK: "✓",
  XX: "✗",
  "!=": "≠",
  "=<": "≤",
  ">=": "≥",
  "00": "∞",
  "a*": "α",
  "b*": "β",
  "g*": "γ",
  "d*": "δ",
  "l*": "λ",
  "m*": "μ",
  "p*": "π",
  "s*": "σ",
  "W*": "Ω",
  "!I": "¡",
  "?I": "¿",
}

/** The character that two stand for; undefined when they stand for none. */
export const digraph = (pair: string): string | undefined => {
  if (Object.hasOwn(SIGNS, pair)) return SIGNS[pair]
  const [letter = "", mark = ""] = pair
  if (!Object.hasOwn(MARKS, mark) || !/[A-Za-z]/.test(letter)) return undefined
  const composed = (letter + MARKS[mark]).normalize("NFC")
  return [...composed].length === 1 ? composed : undefined
}
