/** Private and public keys of RSA, of the NIST curves and of Ed25519: made, read, written, and what they sign. */
import { ed25519 } from "@noble/curves/ed25519.js"
import { p256, p384, p521 } from "@noble/curves/nist.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { bits, child, elements, explicit, integer, nothing, octets, oid, oidText, pem, readPem, sequence } from "./der.ts"
import { bytesToNumber, type Digest, newRsa, numberToBytes, type RsaPrivate, type RsaPublic, rsaSign, rsaVerify, type Work } from "./rsa.ts"

const RSA = "1.2.840.113549.1.1.1"
const EC = "1.2.840.10045.2.1"
const ED25519 = "1.3.101.112"

export interface Curve {
  /** As OpenSSL calls it, and NIST's name where it has one. */
  readonly name: string
  readonly nist: string | undefined
  readonly id: string
  readonly bits: number
  readonly made: typeof p256
}

export const CURVES: readonly Curve[] = [
  { name: "prime256v1", nist: "P-256", id: "1.2.840.10045.3.1.7", bits: 256, made: p256 },
  { name: "secp384r1", nist: "P-384", id: "1.3.132.0.34", bits: 384, made: p384 },
  { name: "secp521r1", nist: "P-521", id: "1.3.132.0.35", bits: 521, made: p521 },
  { name: "secp256k1", nist: undefined, id: "1.3.132.0.10", bits: 256, made: secp256k1 },
]

export const curveNamed = (name: string): Curve | undefined =>
  CURVES.find((curve) => curve.name === name || curve.nist === name || (name === "secp256r1" && curve.name === "prime256v1"))

export type PublicKey =
  | { readonly kind: "rsa"; readonly rsa: RsaPublic }
  | { readonly kind: "ec"; readonly curve: Curve; readonly open: Uint8Array }
  | { readonly kind: "ed25519"; readonly open: Uint8Array }

export type Key =
  | { readonly kind: "rsa"; readonly rsa: RsaPrivate }
  | { readonly kind: "ec"; readonly curve: Curve; readonly secret: Uint8Array; readonly open: Uint8Array }
  | { readonly kind: "ed25519"; readonly secret: Uint8Array; readonly open: Uint8Array }

export type KeySpec = { kind: "rsa"; bits: number } | { kind: "ec"; curve: Curve } | { kind: "ed25519" }

export const newKey = (spec: KeySpec, random: () => number): Key => {
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256))
  if (spec.kind === "rsa") return { kind: "rsa", rsa: newRsa(spec.bits, random) }
  if (spec.kind === "ed25519") {
    const secret = bytes(32)
    return { kind: "ed25519", secret, open: ed25519.getPublicKey(secret) }
  }
  const { curve } = spec
  for (;;) {
    const secret = bytes(Math.ceil(curve.bits / 8))
    secret[0] &= curve.bits % 8 === 0 ? 0xff : (1 << (curve.bits % 8)) - 1
    if (curve.made.utils.isValidSecretKey(secret)) return { kind: "ec", curve, secret, open: curve.made.getPublicKey(secret, false) }
  }
}

const number = (value: bigint): Uint8Array => integer(numberToBytes(value))

const rsaPrivate = ({ n, e, d, p, q, dp, dq, qi }: RsaPrivate): Uint8Array => sequence(...[0n, n, e, d, p, q, dp, dq, qi].map(number))

const ecPrivate = ({ secret, open, curve }: Extract<Key, { kind: "ec" }>, named: boolean): Uint8Array =>
  sequence(integer(Uint8Array.of(1)), octets(secret), ...(named ? [explicit(0, oid(curve.id))] : []), explicit(1, bits(open)))

/** PKCS #8. */
export const privateDer = (key: Key): Uint8Array =>
  key.kind === "rsa"
    ? sequence(number(0n), sequence(oid(RSA), nothing()), octets(rsaPrivate(key.rsa)))
    : key.kind === "ec"
      ? sequence(number(0n), sequence(oid(EC), oid(key.curve.id)), octets(ecPrivate(key, false)))
      : sequence(number(0n), sequence(oid(ED25519)), octets(octets(key.secret)))

/** With `traditional` the form from before PKCS #8, where there is one. */
export const keyPem = (key: Key, traditional: boolean): string =>
  traditional && key.kind === "rsa"
    ? pem("RSA PRIVATE KEY", rsaPrivate(key.rsa))
    : traditional && key.kind === "ec"
      ? pem("EC PRIVATE KEY", ecPrivate(key, true))
      : pem("PRIVATE KEY", privateDer(key))

export const traditionalDer = (key: Key): Uint8Array =>
  key.kind === "rsa" ? rsaPrivate(key.rsa) : key.kind === "ec" ? ecPrivate(key, true) : privateDer(key)

const rsaOf = (der: Uint8Array): Key => {
  const [n, e, d, p, q, dp, dq, qi] = elements(child(der, 0).content)
    .slice(1)
    .map(({ content }) => bytesToNumber(content))
  return { kind: "rsa", rsa: { n, e, d, p, q, dp, dq, qi } }
}

const ecOf = (der: Uint8Array, id: string | undefined): Key | undefined => {
  const parts = elements(child(der, 0).content)
  const named = parts.find(({ tag }) => tag === 0xa0)
  const curve = CURVES.find((one) => one.id === (named ? oidText(child(named.content, 0).content) : id))
  if (!curve) return undefined
  const secret = numberToBytes(bytesToNumber(parts[1].content), Math.ceil(curve.bits / 8))
  return { kind: "ec", curve, secret, open: curve.made.getPublicKey(secret, false) }
}

/** From PKCS #8 or an older form. Throws DerError. */
export const keyFromDer = (der: Uint8Array): Key | undefined => {
  const parts = elements(child(der, 0).content)
  if (parts.length > 6) return rsaOf(der)
  if (parts[1]?.tag === 0x04) return ecOf(der, undefined)
  const [type, parameters] = elements(parts[1].content)
  const inner = parts[2].content
  const id = oidText(type.content)
  if (id === RSA) return rsaOf(inner)
  if (id === EC) return ecOf(inner, parameters && oidText(parameters.content))
  if (id !== ED25519) return undefined
  const secret = child(inner, 0).content.slice()
  return { kind: "ed25519", secret, open: ed25519.getPublicKey(secret) }
}

/** SubjectPublicKeyInfo. */
export const publicDer = (key: PublicKey): Uint8Array =>
  key.kind === "rsa"
    ? sequence(sequence(oid(RSA), nothing()), bits(sequence(number(key.rsa.n), number(key.rsa.e))))
    : key.kind === "ec"
      ? sequence(sequence(oid(EC), oid(key.curve.id)), bits(key.open))
      : sequence(sequence(oid(ED25519)), bits(key.open))

/** What a SubjectPublicKeyInfo holds; undefined for kinds that are not known. Throws DerError. */
export const publicFromDer = (der: Uint8Array): PublicKey | undefined => {
  const [kind, value] = elements(child(der, 0).content)
  const [type, parameters] = elements(kind.content)
  const own = value.content.subarray(1)
  const id = oidText(type.content)
  if (id === RSA) {
    const [n, e] = elements(child(own, 0).content)
    return { kind: "rsa", rsa: { n: bytesToNumber(n.content), e: bytesToNumber(e.content) } }
  }
  if (id === ED25519) return { kind: "ed25519", open: own }
  const curve = id === EC && parameters ? CURVES.find((one) => one.id === oidText(parameters.content)) : undefined
  return curve && { kind: "ec", curve, open: own }
}

export const publicFromPem = (text: string): PublicKey | undefined => {
  const found = readPem(text, /^PUBLIC KEY$/)
  return found && publicFromDer(found.der)
}

/** Signs a digest (Ed25519: the data itself). */
export function* signSum(key: Key, digest: Digest, sum: Uint8Array): Work<Uint8Array> {
  if (key.kind === "rsa") return yield* rsaSign(key.rsa, digest, sum)
  if (key.kind === "ed25519") return ed25519.sign(sum, key.secret)
  return key.curve.made.sign(sum, key.secret, { prehash: false, format: "der" })
}

export function* verifySum(key: PublicKey, digest: Digest, sum: Uint8Array, signature: Uint8Array): Work<boolean> {
  if (key.kind === "rsa") return yield* rsaVerify(key.rsa, digest, sum, signature)
  try {
    if (key.kind === "ed25519") return ed25519.verify(signature, sum, key.open)
    return key.curve.made.verify(signature, sum, key.open, { prehash: false, format: "der", lowS: false })
  } catch (error) {
    // A signature that is no DER.
    if (error instanceof Error) return false
    throw error
  }
}

export function* signData(key: Key, digest: Digest, data: Uint8Array): Work<Uint8Array> {
  return yield* signSum(key, digest, key.kind === "ed25519" ? data : digest.hash(data))
}

export function* verifyData(key: PublicKey, digest: Digest, data: Uint8Array, signature: Uint8Array): Work<boolean> {
  return yield* verifySum(key, digest, key.kind === "ed25519" ? data : digest.hash(data), signature)
}
