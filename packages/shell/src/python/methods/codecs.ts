/** Text to bytes and back, by the names of encodings. */
import { decodeStrictly } from "../objects/files.ts"
import { raised } from "../objects/raise.ts"

type Codec = "utf-8" | "ascii" | "latin-1"

const CODECS: Readonly<Record<string, Codec>> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "utf-8-sig": "utf-8",
  ascii: "ascii",
  "us-ascii": "ascii",
  "latin-1": "latin-1",
  latin1: "latin-1",
  "iso-8859-1": "latin-1",
}

const codecOf = (name: string): Codec => {
  const plain = name.toLowerCase().replaceAll("_", "-")
  if (!Object.hasOwn(CODECS, plain)) throw raised("LookupError", `unknown encoding: ${name}`)
  return CODECS[plain]
}

export const encodeText = (text: string, encoding = "utf-8", errors = "strict"): Uint8Array => {
  const codec = codecOf(encoding)
  if (codec === "utf-8") return new TextEncoder().encode(text)
  const most = codec === "ascii" ? 128 : 256
  const bytes: number[] = []
  let position = 0
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    if (point < most) bytes.push(point)
    else if (errors === "replace") bytes.push(63)
    else if (errors === "backslashreplace" || errors === "xmlcharrefreplace") {
      const hex = point.toString(16)
      const shown =
        errors === "xmlcharrefreplace"
          ? `&#${point};`
          : point < 256
            ? `\\x${hex.padStart(2, "0")}`
            : point < 65_536
              ? `\\u${hex.padStart(4, "0")}`
              : `\\U${hex.padStart(8, "0")}`
      for (const one of shown) bytes.push(one.charCodeAt(0))
    } else if (errors !== "ignore") {
      const hex = point.toString(16)
      const escaped =
        point < 256 ? `\\x${hex.padStart(2, "0")}` : point < 65_536 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`
      throw raised(
        "UnicodeEncodeError",
        `'${codec}' codec can't encode character '${escaped}' in position ${position}: ordinal not in range(${most})`,
      )
    }
    position++
  }
  return Uint8Array.from(bytes)
}

export const decodeBytes = (data: Uint8Array, encoding = "utf-8", errors = "strict"): string => {
  const codec = codecOf(encoding)
  if (codec === "utf-8") {
    if (errors === "strict")
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: encoding !== "utf-8-sig" }).decode(data)
      } catch {
        return decodeStrictly(data)
      }
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(data)
    return errors === "ignore" ? text.replaceAll("\ufffd", "") : text
  }
  let text = ""
  for (const [position, byte] of data.entries()) {
    if (codec === "latin-1" || byte < 128) text += String.fromCharCode(byte)
    else if (errors === "strict")
      throw raised(
        "UnicodeDecodeError",
        `'ascii' codec can't decode byte 0x${byte.toString(16)} in position ${position}: ordinal not in range(128)`,
      )
    else if (errors !== "ignore") text += "\ufffd"
  }
  return text
}
