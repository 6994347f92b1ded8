/** echo's options and escapes. */
import { byteText, settleBytes } from "./bytes.ts"

export const expandEscapes = (text: string, stopAtC = true): { text: string; stopped: boolean } => {
  let result = ""
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\" || at + 1 >= text.length) {
      result += text[at]
      continue
    }
    const next = text[++at]
    const simple = (
      { a: "\x07", b: "\b", e: "\x1b", E: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "\\": "\\" } as Record<string, string>
    )[next]
    if (simple !== undefined) {
      result += simple
      continue
    }
    if (next === "c" && stopAtC) return { text: result, stopped: true }
    const rest = text.slice(at)
    const code =
      /^0([0-7]{0,3})/.exec(rest) ??
      /^x([0-9a-fA-F]{1,2})/.exec(rest) ??
      /^u([0-9a-fA-F]{1,4})/.exec(rest) ??
      /^U([0-9a-fA-F]{1,8})/.exec(rest) ??
      (stopAtC ? null : /^([0-7]{1,3})/.exec(rest))
    if (code) {
      const octal = /^[0-7]/.test(next)
      const value = Number.parseInt(code[1] || "0", octal ? 8 : 16)
      result += octal || next === "x" ? byteText(value & 0xff) : String.fromCodePoint(Math.min(value, 0x10ffff))
      at += code[0].length - 1
    } else result += `\\${next}`
  }
  return { text: result, stopped: false }
}

export const echoText = (args: readonly string[]): string => {
  let newline = true
  let escapes = false
  let at = 0
  for (; at < args.length && /^-[neE]+$/.test(args[at]); at++)
    for (const option of args[at].slice(1)) {
      if (option === "n") newline = false
      else escapes = option === "e"
    }
  const text = args.slice(at).join(" ")
  if (!escapes) return newline ? `${text}\n` : text
  const expanded = expandEscapes(text)
  const shown = { ...expanded, text: settleBytes(expanded.text) }
  return shown.stopped || !newline ? shown.text : `${shown.text}\n`
}
