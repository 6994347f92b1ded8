/** Keys and hashes from passwords: PBKDF2, OpenSSL's own, and crypt(3)'s kinds. In steps, since they are slow on purpose. */
import { hmac } from "@noble/hashes/hmac.js"
import { md5 } from "@noble/hashes/legacy.js"
import { sha256, sha512 } from "@noble/hashes/sha2.js"
import { concat } from "./der.ts"
import type { Digest, Work } from "./rsa.ts"

export function* pbkdf2(hash: Digest["hash"], password: Uint8Array, salt: Uint8Array, rounds: number, length: number): Work<Uint8Array> {
  const parts: Uint8Array[] = []
  // Both halves of the HMAC begin alike in every round: their state is copied, not made.
  const start = hmac.create(hash, password)
  const work = start.clone()
  for (let block = 1; parts.length * hash.outputLen < length; block++) {
    const last = start
      .clone()
      .update(salt)
      .update(Uint8Array.of(0, 0, block >> 8, block & 255))
      .digest()
    const sum = last.slice()
    for (let round = 1; round < rounds; round++) {
      start._cloneInto(work).update(last).digestInto(last)
      for (let at = 0; at < sum.length; at++) sum[at] ^= last[at]
      if (round % 128 === 0) yield
    }
    parts.push(sum)
  }
  return concat(...parts).subarray(0, length)
}

/** EVP_BytesToKey with one round. */
export const bytesToKey = (hash: Digest["hash"], password: Uint8Array, salt: Uint8Array, length: number): Uint8Array => {
  let whole = new Uint8Array()
  let last = new Uint8Array()
  while (whole.length < length) {
    last = hash(concat(last, password, salt)).slice()
    whole = concat(whole, last).slice()
  }
  return whole.subarray(0, length)
}

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** crypt's base 64: three bytes, the last first. */
const crypted = (bytes: Uint8Array, order: readonly (readonly number[])[]): string => {
  let text = ""
  for (const group of order) {
    let value = 0
    for (const at of group) value = value * 256 + (at < 0 ? 0 : bytes[at])
    const count = group.filter((at) => at >= 0).length
    for (let digit = 0; digit <= count; digit++) {
      text += ALPHABET[value & 63]
      value = Math.floor(value / 64)
    }
  }
  return text
}

/** Poul-Henning Kamp's MD5 crypt: `magic` is "1" or "apr1". */
export function* md5Crypt(password: Uint8Array, salt: Uint8Array, magic: string): Work<string> {
  const mark = new TextEncoder().encode(magic === "" ? "" : `$${magic}$`)
  const inner = md5(concat(password, salt, password))
  const parts: Uint8Array[] = [password, mark, salt]
  for (let left = password.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)))
  for (let bit = password.length; bit > 0; bit >>= 1) parts.push(bit & 1 ? Uint8Array.of(0) : password.subarray(0, 1))
  let sum = md5(concat(...parts))
  for (let round = 0; round < 1_000; round++) {
    sum = md5(
      concat(round & 1 ? password : sum, ...(round % 3 ? [salt] : []), ...(round % 7 ? [password] : []), round & 1 ? sum : password),
    )
    if (round % 64 === 0) yield
  }
  const order = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]]
  return crypted(sum, order)
}

/** Ulrich Drepper's SHA crypt: "5" is SHA-256, "6" SHA-512. */
export function* shaCrypt(password: Uint8Array, salt: Uint8Array, kind: "5" | "6", rounds: number): Work<string> {
  const hash = kind === "5" ? sha256 : sha512
  const size = hash.outputLen
  const repeated = (sum: Uint8Array, length: number) => Uint8Array.from({ length }, (_, at) => sum[at % size])
  const second = hash(concat(password, salt, password))
  const parts: Uint8Array[] = [password, salt, repeated(second, password.length)]
  for (let left = password.length; left > 0; left >>= 1) parts.push(left & 1 ? second : password)
  let sum = hash(concat(...parts))
  const p = repeated(hash(concat(...Array.from({ length: password.length }, () => password))), password.length)
  const s = repeated(hash(concat(...Array.from({ length: 16 + sum[0] }, () => salt))), salt.length)
  for (let round = 0; round < rounds; round++) {
    sum = hash(concat(round & 1 ? p : sum, ...(round % 3 ? [s] : []), ...(round % 7 ? [p] : []), round & 1 ? sum : p))
    if (round % 16 === 0) yield
  }
  const third = kind === "5" ? 10 : 21
  const order: number[][] = []
  for (let at = 0; at < third; at++) {
    const group = [at, at + third, at + third * 2]
    const turn = kind === "5" ? (3 - (at % 3)) % 3 : at % 3
    order.push([...group.slice(turn), ...group.slice(0, turn)])
  }
  order.push(kind === "5" ? [-1, 31, 30] : [-1, -1, 63])
  return crypted(sum, order)
}
