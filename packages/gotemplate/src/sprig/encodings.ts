/** sprig's encodings, hashes, paths and addresses. As Masterminds/sprig/strings.go, crypto.go, url.go. */
import { type Functions, typed } from "../functions.ts"
import { goFloat, goJson, isMap } from "../go-values.ts"
import { sha256Hex } from "../sha256.ts"

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const decode = (bytes: Iterable<number>): string => new TextDecoder().decode(Uint8Array.from(bytes))

/** Bytes as text of `bits` a character, filled up with "=" to whole groups. */
const toBase = (bytes: Uint8Array, alphabet: string, bits: number, group: number): string => {
  let [held, count, text] = [0, 0, ""]
  for (const byte of bytes) {
    held = (held << 8) | byte
    count += 8
    while (count >= bits) {
      count -= bits
      text += alphabet[(held >> count) & ((1 << bits) - 1)]
      held &= (1 << count) - 1
    }
  }
  if (count > 0) text += alphabet[(held << (bits - count)) & ((1 << bits) - 1)]
  return text.padEnd(Math.ceil(text.length / group) * group, "=")
}

const fromBase = (text: string, alphabet: string, bits: number, name: string): string => {
  let [held, count] = [0, 0]
  const bytes: number[] = []
  for (const [at, character] of [...text.replace(/[\r\n]/g, "").replace(/=+$/, "")].entries()) {
    const value = alphabet.indexOf(character)
    if (value < 0) return `illegal ${name} data at input byte ${at}`
    held = (held << bits) | value
    count += bits
    if (count >= 8) {
      count -= 8
      bytes.push((held >> count) & 255)
      held &= (1 << count) - 1
    }
  }
  return decode(bytes)
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

const sha1 = (text: string): string => {
  const input = encode(text)
  const data = new Uint8Array(Math.ceil((input.length + 9) / 64) * 64)
  data.set(input)
  data[input.length] = 0x80
  const view = new DataView(data.buffer)
  view.setUint32(data.length - 4, input.length * 8)
  const hash = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const turn = (value: number, by: number) => (value << by) | (value >>> (32 - by))
  for (let block = 0; block < data.length; block += 64) {
    const words = Array.from({ length: 80 }, (_, at) => (at < 16 ? view.getInt32(block + at * 4) : 0))
    for (let at = 16; at < 80; at++) words[at] = turn(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1)
    let [a, b, c, d, e] = hash
    for (const [at, word] of words.entries()) {
      const [mixed, constant] =
        at < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : at < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : at < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6]
      ;[a, b, c, d, e] = [(turn(a, 5) + mixed + e + constant + word) | 0, a, turn(b, 30), c, d]
    }
    for (const [at, value] of [a, b, c, d, e].entries()) hash[at] = (hash[at] + value) | 0
  }
  return hash.map((value) => (value >>> 0).toString(16).padStart(8, "0")).join("")
}

const adler32 = (text: string): string => {
  let [a, b] = [1, 0]
  for (const byte of encode(text)) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return String(b * 65_536 + a)
}

/** path.Clean. */
const clean = (path: string): string => {
  const rooted = path.startsWith("/")
  const kept: string[] = []
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop()
    else if (part !== ".." || !rooted) kept.push(part)
  }
  return (rooted ? "/" : "") + kept.join("/") || "."
}

const base = (path: string): string => (path === "" ? "." : path.replace(/\/+$/, "").split("/").at(-1) || "/")
const dir = (path: string): string => clean(path.slice(0, path.lastIndexOf("/") + 1))
const ext = (path: string): string => /\.[^./]*$/.exec(path)?.[0] ?? ""
const isAbs = (path: string): boolean => path.startsWith("/")

/** JSON as Go decodes it into interface{}: numbers are floats. */
export const fromJson = (text: string): unknown => floatsIn(JSON.parse(text))
export const floatsIn = (value: unknown): unknown =>
  typeof value === "number"
    ? goFloat(value)
    : Array.isArray(value)
      ? value.map(floatsIn)
      : isMap(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, floatsIn(item)]))
        : value

const orNull = (text: string): unknown => {
  try {
    return fromJson(text)
  } catch {
    return null
  }
}

const unescaped = (json: string): string =>
  json.replace(/\\u(003c|003e|0026|2028|2029)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

const urlParse = (text: string): Record<string, string> => {
  const [, scheme = "", , authority = "", path = "", , query = "", , fragment = ""] =
    /^(?:([a-zA-Z][\w+.-]*):)?(\/\/([^/?#]*))?([^?#]*)(\?([^#]*))?(#(.*))?$/s.exec(text) ?? []
  const at = authority.lastIndexOf("@")
  const host = authority.slice(at + 1)
  const opaque = scheme !== "" && authority === "" && path !== "" && !path.startsWith("/")
  return {
    scheme: scheme.toLowerCase(),
    host,
    hostname: host.replace(/:\d*$/, "").replace(/^\[|\]$/g, ""),
    path: opaque ? "" : path,
    query,
    opaque: opaque ? path : "",
    fragment,
    userinfo: at < 0 ? "" : authority.slice(0, at),
  }
}

const urlJoin = (parts: Readonly<Record<string, unknown>>): string => {
  const part = (name: string) => {
    const value = parts[name] ?? ""
    if (typeof value !== "string") throw new Error(`unable to parse ${name} key, must be of type string, but ${typeof value} found`)
    return value
  }
  const [scheme, host, path, user] = [part("scheme"), part("host"), part("path"), part("userinfo")]
  const authority = host || user ? `//${user && `${user}@`}${host}` : ""
  const rooted = authority && path && !path.startsWith("/") ? `/${path}` : path
  const rest = part("opaque") || `${authority}${rooted}`
  return `${scheme && `${scheme}:`}${rest}${part("query") && `?${part("query")}`}${part("fragment") && `#${part("fragment")}`}`
}

export const ENCODINGS: Functions = {
  b64enc: typed("string", (text: string) => toBase(encode(text), BASE64, 6, 4)),
  b64dec: typed("string", (text: string) => fromBase(text, BASE64, 6, "base64")),
  b32enc: typed("string", (text: string) => toBase(encode(text), BASE32, 5, 8)),
  b32dec: typed("string", (text: string) => fromBase(text, BASE32, 5, "base32")),
  sha1sum: typed("string", sha1),
  sha256sum: typed("string", sha256Hex),
  adler32sum: typed("string", adler32),
  base: typed("string", base),
  osBase: typed("string", base),
  dir: typed("string", dir),
  osDir: typed("string", dir),
  clean: typed("string", clean),
  osClean: typed("string", clean),
  ext: typed("string", ext),
  osExt: typed("string", ext),
  isAbs: typed("string", isAbs),
  osIsAbs: typed("string", isAbs),
  toJson: typed("any", (value: unknown) => goJson(value)),
  mustToJson: typed("any", (value: unknown) => goJson(value)),
  toPrettyJson: typed("any", (value: unknown) => goJson(value, "  ")),
  mustToPrettyJson: typed("any", (value: unknown) => goJson(value, "  ")),
  toRawJson: typed("any", (value: unknown) => unescaped(goJson(value))),
  mustToRawJson: typed("any", (value: unknown) => unescaped(goJson(value))),
  fromJson: typed("string", orNull),
  mustFromJson: typed("string", fromJson),
  urlParse: typed("string", urlParse),
  urlJoin: typed("map", urlJoin),
}
