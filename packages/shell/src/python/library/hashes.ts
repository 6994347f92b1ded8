/** hashlib, base64 and uuid: their native parts. */
import { md5, sha1 } from "@noble/hashes/legacy.js"
import { blake2b } from "@noble/hashes/blake2.js"
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js"
import { hmac } from "@noble/hashes/hmac.js"
import { raised, valueError } from "../objects/raise.ts"
import { nativeClass } from "../objects/define.ts"
import { exceptionClass } from "../objects/exceptions.ts"
import { Bytes, PyException, type Value } from "../objects/values.ts"
import { bytesOf, latin } from "../methods/bytes.ts"
import { MOST_TEXT } from "../run/operators.ts"
import { defineModule } from "./define-module.ts"

const DIGESTS = { md5, sha1, sha224, sha256, sha384, sha512, blake2b } as const

type Name = keyof typeof DIGESTS

const digestNamed = (name: Value) => {
  const plain = String(name).toLowerCase().replace("-", "")
  if (!Object.hasOwn(DIGESTS, plain)) throw valueError(`unsupported hash type ${String(name)}`)
  return DIGESTS[plain as Name]
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const BINASCII_ERROR = nativeClass("binascii", "Error", [exceptionClass("ValueError")])

const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0))
const PAD = 61

const encode64 = (data: Uint8Array): Uint8Array => {
  const made = new Uint8Array(Math.ceil(data.length / 3) * 4)
  for (let at = 0, to = 0; at < data.length; at += 3, to += 4) {
    const word = (data[at] << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0)
    made[to] = CODES[word >> 18]
    made[to + 1] = CODES[(word >> 12) & 63]
    made[to + 2] = at + 1 < data.length ? CODES[(word >> 6) & 63] : PAD
    made[to + 3] = at + 2 < data.length ? CODES[word & 63] : PAD
  }
  return made
}

const decode64 = (text: string): Uint8Array => {
  const plain = text.replace(/[^A-Za-z0-9+/=]/g, "")
  const digits = plain.replace(/=+$/, "")
  if (digits.length % 4 === 1)
    throw new PyException(BINASCII_ERROR, [
      `Invalid base64-encoded string: number of data characters (${digits.length}) cannot be 1 more than a multiple of 4`,
    ])
  if (plain.length % 4 !== 0) throw new PyException(BINASCII_ERROR, ["Incorrect padding"])
  const bytes: number[] = []
  for (let at = 0; at < digits.length; at += 4) {
    const part = digits.slice(at, at + 4)
    let word = 0
    for (const digit of part.padEnd(4, "A")) word = (word << 6) | ALPHABET.indexOf(digit)
    bytes.push(...[word >> 16, (word >> 8) & 255, word & 255].slice(0, part.length - 1))
  }
  return Uint8Array.from(bytes)
}

export const nativeHashes = defineModule({
  name: "_hashes",
  functions: {
    digest: [
      "name, data",
      (python, [name, data]) => {
        const bytes = bytesOf(data).data
        python.budget -= bytes.length >> 8
        return new Bytes(digestNamed(name)(bytes))
      },
    ],
    size: ["name", (_, [name]) => digestNamed(name).outputLen],
    block: ["name", (_, [name]) => digestNamed(name).blockLen],
    hmac: [
      "name, key, data",
      (python, [name, key, data]) => {
        python.budget -= bytesOf(data).data.length >> 8
        return new Bytes(hmac(digestNamed(name), bytesOf(key).data, bytesOf(data).data))
      },
    ],
    encode64: [
      "data",
      (python, [data]) => {
        const plain = bytesOf(data).data
        if (plain.length > MOST_TEXT / 2) throw raised("MemoryError")
        python.allocate(plain.length >> 2)
        return new Bytes(encode64(plain))
      },
    ],
    decode64: ["data", (_, [data]) => new Bytes(decode64(typeof data === "string" ? data : latin(bytesOf(data).data)))],
  },
  values: () => ({ Error: BINASCII_ERROR }),
})
