/** RSA with PKCS #1 v1.5 padding. Powers of large numbers are taken in steps, so that no process holds up its machine. */
import { sha1 } from "@noble/hashes/legacy.js"
import { md5 } from "@noble/hashes/legacy.js"
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js"
import { concat, hexOf, nothing, octets, oid, sequence } from "./der.ts"
import { SIZES, twoPrimes } from "./primes.ts"

export interface RsaPublic {
  readonly n: bigint
  readonly e: bigint
}

export interface RsaPrivate extends RsaPublic {
  readonly d: bigint
  readonly p: bigint
  readonly q: bigint
  readonly dp: bigint
  readonly dq: bigint
  readonly qi: bigint
}

/** Long work, a step at a time. */
export type Work<T> = Generator<undefined, T>

export const bytesToNumber = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt(`0x${hexOf(bytes)}`))

/** Most significant byte first; without a length as short as it can be. */
export const numberToBytes = (value: bigint, length?: number): Uint8Array => {
  const digits = value.toString(16)
  const even = digits.padStart(length === undefined ? digits.length + (digits.length % 2) : length * 2, "0")
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export const bitsOf = (value: bigint): number => value.toString(2).length

const inverse = (value: bigint, modulus: bigint): bigint => {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (a > 1n) {
    const quotient = b === 0n ? 0n : a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % modulus) + modulus) % modulus
}

function* power(base: bigint, exponent: bigint, modulus: bigint): Work<bigint> {
  let result = 1n
  let square = base % modulus
  let steps = 0
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
    if (++steps % 96 === 0) yield
  }
  return result
}

/** A key of about `bits` bits: one of the sizes there are primes for. */
export const newRsa = (bits: number, random: () => number): RsaPrivate => {
  const size = SIZES.filter((one) => one * 2 <= Math.max(512, bits)).at(-1) ?? 1024
  const [one, other] = twoPrimes(size, random)
  const [p, q] = one > other ? [one, other] : [other, one]
  const e = 65537n
  const d = inverse(e, (p - 1n) * (q - 1n))
  return { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
}

function* privatePower(key: RsaPrivate, value: bigint): Work<bigint> {
  const first = yield* power(value, key.dp, key.p)
  const second = yield* power(value, key.dq, key.q)
  const factor = (((first - second) % key.p) + key.p) * key.qi
  return second + (factor % key.p) * key.q
}

export const lengthOf = ({ n }: RsaPublic): number => Math.ceil(bitsOf(n) / 8)

export interface Digest {
  readonly name: string
  readonly hash: typeof sha256 | typeof sha1 | typeof sha512
  readonly id: string
  /** Names of its signatures by RSA and by ECDSA, and their identifiers. */
  readonly rsa: readonly [string, string]
  readonly ecdsa: readonly [string, string]
}

export const SIGNATURE_DIGESTS: readonly Digest[] = [
  {
    name: "sha256",
    hash: sha256,
    id: "2.16.840.1.101.3.4.2.1",
    rsa: ["sha256WithRSAEncryption", "1.2.840.113549.1.1.11"],
    ecdsa: ["ecdsa-with-SHA256", "1.2.840.10045.4.3.2"],
  },
  {
    name: "sha384",
    hash: sha384,
    id: "2.16.840.1.101.3.4.2.2",
    rsa: ["sha384WithRSAEncryption", "1.2.840.113549.1.1.12"],
    ecdsa: ["ecdsa-with-SHA384", "1.2.840.10045.4.3.3"],
  },
  {
    name: "sha512",
    hash: sha512,
    id: "2.16.840.1.101.3.4.2.3",
    rsa: ["sha512WithRSAEncryption", "1.2.840.113549.1.1.13"],
    ecdsa: ["ecdsa-with-SHA512", "1.2.840.10045.4.3.4"],
  },
  {
    name: "sha224",
    hash: sha224,
    id: "2.16.840.1.101.3.4.2.4",
    rsa: ["sha224WithRSAEncryption", "1.2.840.113549.1.1.14"],
    ecdsa: ["ecdsa-with-SHA224", "1.2.840.10045.4.3.1"],
  },
  {
    name: "sha1",
    hash: sha1,
    id: "1.3.14.3.2.26",
    rsa: ["sha1WithRSAEncryption", "1.2.840.113549.1.1.5"],
    ecdsa: ["ecdsa-with-SHA1", "1.2.840.10045.4.1"],
  },
  { name: "md5", hash: md5, id: "1.2.840.113549.2.5", rsa: ["md5WithRSAEncryption", "1.2.840.113549.1.1.4"], ecdsa: ["", ""] },
]

const padded = (digest: Digest, sum: Uint8Array, length: number): bigint => {
  const info = sequence(sequence(oid(digest.id), nothing()), octets(sum))
  return bytesToNumber(concat(Uint8Array.of(0, 1), new Uint8Array(length - info.length - 3).fill(0xff), Uint8Array.of(0), info))
}

export function* rsaSign(key: RsaPrivate, digest: Digest, sum: Uint8Array): Work<Uint8Array> {
  const length = lengthOf(key)
  return numberToBytes(yield* privatePower(key, padded(digest, sum, length)), length)
}

export function* rsaVerify(key: RsaPublic, digest: Digest, sum: Uint8Array, signature: Uint8Array): Work<boolean> {
  const length = lengthOf(key)
  if (signature.length !== length) return false
  return (yield* power(bytesToNumber(signature), key.e, key.n)) === padded(digest, sum, length)
}

/** Undefined when the data is too long for the key. */
export function* rsaEncrypt(key: RsaPublic, data: Uint8Array, random: () => number): Work<Uint8Array | undefined> {
  const length = lengthOf(key)
  if (data.length > length - 11) return undefined
  const filler = Uint8Array.from({ length: length - data.length - 3 }, () => 1 + Math.floor(random() * 255))
  const block = concat(Uint8Array.of(0, 2), filler, Uint8Array.of(0), data)
  return numberToBytes(yield* power(bytesToNumber(block), key.e, key.n), length)
}

/** Undefined when it was not encrypted for this key. */
export function* rsaDecrypt(key: RsaPrivate, data: Uint8Array): Work<Uint8Array | undefined> {
  const length = lengthOf(key)
  if (data.length !== length) return undefined
  const block = numberToBytes(yield* privatePower(key, bytesToNumber(data)), length)
  const end = block.indexOf(0, 2)
  return block[0] === 0 && block[1] === 2 && end > 0 ? block.subarray(end + 1) : undefined
}
