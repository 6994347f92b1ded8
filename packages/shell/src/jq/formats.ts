/** jq's formats: @csv, @tsv, @json, @text, @html, @uri, @sh, @base32, @base64, @base64d (f_format of builtin.c). */
import { JqError } from "./error.ts"
import { type Json, typeOf } from "./json.ts"
import { clipped } from "./operators.ts"
import { numberText, printJson } from "./print-json.ts"

const plain = (value: Json): string => (typeof value === "string" ? value : printJson(value))

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const encode64 = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  let result = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    result += ALPHABET[a >> 2] + ALPHABET[((a & 3) << 4) | (b >> 4)]
    result += (at + 1 < bytes.length ? ALPHABET[((b & 15) << 2) | (c >> 6)] : "=") + (at + 2 < bytes.length ? ALPHABET[c & 63] : "=")
  }
  return result
}

const decode64 = (text: string): string => {
  const digits = text.replace(/=+$/, "")
  if (!/^[A-Za-z0-9+/]*$/.test(digits)) throw new JqError(`string (${printJson(text)}) is not valid base64 data`)
  const bytes: number[] = []
  let [buffer, bits] = [0, 0]
  for (const digit of digits) {
    buffer = ((buffer << 6) | ALPHABET.indexOf(digit)) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes.push((buffer >> bits) & 0xff)
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

const ALPHABET32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

const encode32 = (text: string): string => {
  let [result, buffer, bits] = ["", 0, 0]
  for (const byte of new TextEncoder().encode(text)) {
    buffer = ((buffer << 8) | byte) & 0xffff
    for (bits += 8; bits >= 5; bits -= 5) result += ALPHABET32[(buffer >> (bits - 5)) & 31]
  }
  if (bits > 0) result += ALPHABET32[(buffer << (5 - bits)) & 31]
  return result.padEnd(Math.ceil(result.length / 8) * 8, "=")
}

const row = (value: Json, name: string, cell: (item: Json) => string, joint: string): string => {
  if (!Array.isArray(value)) throw new JqError(`${typeOf(value)} (${clipped(value)}) cannot be ${name}-formatted, only array`)
  return value.map(cell).join(joint)
}

const HTML: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&apos;", '"': "&quot;" }

export const formatAs = (name: string, value: Json): string => {
  switch (name) {
    case "@text":
      return plain(value)
    case "@json":
      return printJson(value)
    case "@csv":
    case "@tsv": {
      const kind = name.slice(1)
      const scalar = (item: Json, text: (item: string) => string): string => {
        if (item === null) return ""
        if (typeof item === "boolean") return String(item)
        if (typeof item === "number") return numberText(item)
        if (typeof item === "string") return text(item)
        throw new JqError(`${typeOf(item)} (${clipped(item)}) is not valid in a csv row`)
      }
      return kind === "csv"
        ? row(value, "csv", (item) => scalar(item, (text) => `"${text.replaceAll('"', '""')}"`), ",")
        : row(
            value,
            "tsv",
            (item) =>
              scalar(item, (text) => text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r")),
            "\t",
          )
    }
    case "@html":
      return plain(value).replace(/[<>&'"]/g, (character) => HTML[character])
    case "@uri":
      return [...new TextEncoder().encode(plain(value))]
        .map((byte) =>
          /[A-Za-z0-9_.~-]/.test(String.fromCharCode(byte))
            ? String.fromCharCode(byte)
            : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
        )
        .join("")
    case "@sh": {
      const word = (item: Json): string => {
        if (typeof item === "string") return `'${item.replaceAll("'", "'\\''")}'`
        if (Array.isArray(item) || item instanceof Map) throw new JqError(`${typeOf(item)} (${clipped(item)}) can not be escaped for shell`)
        return printJson(item)
      }
      return Array.isArray(value) ? value.map(word).join(" ") : word(value)
    }
    case "@base32":
      return encode32(plain(value))
    case "@base64":
      return encode64(plain(value))
    case "@base64d":
      return decode64(plain(value))
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`)
  }
}
