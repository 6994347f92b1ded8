/** Keys of OpenSSH: their blobs, files, fingerprints and pictures. Nothing here computes with them: they are only told from one another. As OpenSSH 9.6. */
import { md5 } from "@noble/hashes/legacy.js"
import { sha256 } from "@noble/hashes/sha2.js"

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

export const base64 = (bytes: Uint8Array, pad = true): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    text += LETTERS[a >> 2] + LETTERS[((a & 3) << 4) | ((b ?? 0) >> 4)]
    text += b === undefined ? (pad ? "=" : "") : LETTERS[((b & 15) << 2) | ((c ?? 0) >> 6)]
    text += c === undefined ? (pad ? "=" : "") : LETTERS[c & 63]
  }
  return text
}

export const unbase64 = (text: string): Uint8Array => {
  const bytes: number[] = []
  let [held, bits] = [0, 0]
  for (const letter of text.replace(/[^A-Za-z0-9+/]/g, "")) {
    held = ((held << 6) | LETTERS.indexOf(letter)) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
  }
  return Uint8Array.from(bytes)
}

/** RFC 4251's string: its length in four bytes, then the bytes. */
const field = (bytes: Uint8Array): number[] => [
  (bytes.length >>> 24) & 255,
  (bytes.length >>> 16) & 255,
  (bytes.length >>> 8) & 255,
  bytes.length & 255,
  ...bytes,
]

const encoder = new TextEncoder()
export const KINDS: Readonly<Record<string, { name: string; bits: number; title: string }>> = {
  ed25519: { name: "ssh-ed25519", bits: 256, title: "ED25519" },
  rsa: { name: "ssh-rsa", bits: 3_072, title: "RSA" },
  ecdsa: { name: "ecdsa-sha2-nistp256", bits: 256, title: "ECDSA" },
}

/** A number in [0, 1), as Process.random. */
export type Random = () => number

const random = (from: Random, count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(from() * 256))

/** The blob of a public key. Nothing here computes with it: it is only told from others. */
export const publicBlob = (from: Random, type: string, bits = KINDS[type].bits): Uint8Array => {
  const { name } = KINDS[type]
  if (type === "rsa") {
    const modulus = random(from, bits / 8)
    modulus[0] |= 0x80
    return Uint8Array.from([...field(encoder.encode(name)), ...field(Uint8Array.of(1, 0, 1)), ...field(Uint8Array.of(0, ...modulus))])
  }
  if (type === "ecdsa")
    return Uint8Array.from([
      ...field(encoder.encode(name)),
      ...field(encoder.encode("nistp256")),
      ...field(Uint8Array.of(4, ...random(from, 64))),
    ])
  return Uint8Array.from([...field(encoder.encode(name)), ...field(random(from, 32))])
}

/** What a passphrase has to come out as: bcrypt's place is taken by one round of SHA-256. */
const check = (salt: Uint8Array, phrase: string): Uint8Array => sha256(Uint8Array.from([...salt, ...encoder.encode(phrase)])).slice(0, 8)

/** A private key's file; with a phrase it is locked. */
export const privateText = (from: Random, blob: Uint8Array, comment: string, phrase: string): string => {
  const locked = phrase !== ""
  const salt = random(from, 16)
  const secret = locked ? check(salt, phrase) : random(from, 8)
  const bytes = Uint8Array.from([
    ...encoder.encode("openssh-key-v1\0"),
    ...field(encoder.encode(locked ? "aes256-ctr" : "none")),
    ...field(encoder.encode(locked ? "bcrypt" : "none")),
    ...field(locked ? Uint8Array.from([...field(salt), 0, 0, 0, 24]) : new Uint8Array(0)),
    0,
    0,
    0,
    1,
    ...field(blob),
    ...field(Uint8Array.from([...secret, ...random(from, Math.max(64, blob.length)), ...field(encoder.encode(comment))])),
  ])
  const lines = base64(bytes).match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`
}

export interface PrivateKey {
  readonly blob: Uint8Array
  readonly locked: boolean
  readonly comment: string
  /** Whether a passphrase unlocks it; always, when it is not locked. */
  opens(phrase: string): boolean
}

/** Reads a private key's file; undefined when the text is none. */
export const readPrivate = (text: string): PrivateKey | undefined => {
  const bytes = unbase64(text.replace(/-----[^-]+-----/g, ""))
  let at = "openssh-key-v1\0".length
  const next = (from = bytes) => {
    const length = ((from[at] << 24) | (from[at + 1] << 16) | (from[at + 2] << 8) | from[at + 3]) >>> 0
    const part = from.slice(at + 4, at + 4 + length)
    at += 4 + length
    return part
  }
  if (!text.includes("OPENSSH PRIVATE KEY") || bytes.length < 60) return undefined
  const locked = new TextDecoder().decode(next()) !== "none"
  next()
  const options = next()
  at += 4
  const blob = next()
  if (blob.length === 0) return undefined
  const secret = next()
  // The comment is at the end of what is secret, behind as many bytes as were made up.
  at = 8 + Math.max(64, blob.length)
  const comment = locked ? "" : new TextDecoder().decode(next(secret))
  return {
    blob,
    locked,
    comment,
    opens: (phrase) => !locked || check(options.slice(4, 20), phrase).every((byte, index) => byte === secret[index]),
  }
}

export const kindOf = (blob: Uint8Array) => {
  const name = new TextDecoder().decode(blob.slice(4, 4 + blob[3]))
  const kind = Object.values(KINDS).find((one) => one.name === name)
  return kind === undefined ? undefined : { ...kind, bits: kind.title === "RSA" ? (blob.length - 23) * 8 : kind.bits }
}

export const fingerprint = (blob: Uint8Array, hash = "sha256"): string =>
  hash === "md5"
    ? `MD5:${[...md5(blob)].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`
    : `SHA256:${base64(sha256(blob), false)}`

/** The picture of a fingerprint. As sshkey.c's fingerprint_randomart. */
export const picture = (blob: Uint8Array, title: string): string => {
  const [width, height] = [17, 9]
  const cells = new Uint8Array(width * height)
  let [x, y] = [8, 4]
  for (const byte of sha256(blob))
    for (let pair = 0; pair < 4; pair++) {
      const bits = (byte >> (pair * 2)) & 3
      x = Math.min(width - 1, Math.max(0, x + (bits & 1 ? 1 : -1)))
      y = Math.min(height - 1, Math.max(0, y + (bits & 2 ? 1 : -1)))
      if (cells[y * width + x] < 14) cells[y * width + x]++
    }
  cells[4 * width + 8] = 15
  cells[y * width + x] = 16
  const marks = " .o+=*BOX@%&#/^SE"
  const frame = (text: string) => {
    const left = Math.floor((width - text.length) / 2)
    return `+${"-".repeat(left)}${text}${"-".repeat(width - left - text.length)}+`
  }
  const rows = Array.from(
    { length: height },
    (_, row) => `|${[...cells.slice(row * width, (row + 1) * width)].map((cell) => marks[cell]).join("")}|`,
  )
  return [frame(`[${title}]`), ...rows, frame("[SHA256]")].map((line) => `${line}\n`).join("")
}

/** "ssh-ed25519 AAAA… comment" */
export const publicLine = (blob: Uint8Array, comment = ""): string =>
  `${new TextDecoder().decode(blob.slice(4, 4 + blob[3]))} ${base64(blob)}${comment === "" ? "" : ` ${comment}`}`

export interface PublicKey {
  readonly blob: Uint8Array
  readonly comment: string
  /** What stands before the key in authorized_keys. */
  readonly options: string
}

/** Reads a line of a .pub file or of authorized_keys; undefined when it holds no key. */
export const readPublic = (line: string): PublicKey | undefined => {
  const match = /^(?:((?:[^\s"]|"(?:\\.|[^"\\])*")+)\s+)??((?:ssh-|ecdsa-|sk-)[\w@.-]+)\s+([A-Za-z0-9+/]+=*)(?:\s+(.*))?$/.exec(line.trim())
  if (!match || line.trimStart().startsWith("#")) return undefined
  const blob = unbase64(match[3])
  return kindOf(blob) ? { blob, comment: match[4] ?? "", options: match[1] ?? "" } : undefined
}

/** Made once for each name, so that a machine has the same keys in every world, and they cost nothing there. */
const made = new Map<string, { blob: Uint8Array; text: string }>()

/** The key pair that goes by a name: of a host, or of those who set up its machines. */
export const keyNamed = (name: string, type: string, comment: string): { blob: Uint8Array; text: string } => {
  const label = `${name} ${type} ${comment}`
  let pair = made.get(label)
  if (!pair) {
    let bytes = sha256(encoder.encode(label))
    let at = 0
    const from: Random = () => {
      if (at === bytes.length) [bytes, at] = [sha256(bytes), 0]
      return bytes[at++] / 256
    }
    const blob = publicBlob(from, type)
    made.set(label, (pair = { blob, text: privateText(from, blob, comment, "") }))
  }
  return pair
}
