/** What -text prints of keys, requests and certificates. As OpenSSL 3.0. */
import { formatDate } from "../../text/date.ts"
import type { Certificate, Request } from "./certificates.ts"
import { hexOf } from "./der.ts"
import { extensionText } from "./extensions.ts"
import { type Key, type PublicKey, publicFromDer } from "./keys.ts"
import { nameText } from "./names.ts"
import { bitsOf, numberToBytes } from "./rsa.ts"

export const dateText = (at: number): string => formatDate("%b %e %H:%M:%S %Y GMT", at)

/** Rows of `across` bytes with colons. */
export const block = (data: Uint8Array, indent: string, across: number): string => {
  const pairs = hexOf(data).match(/../g) ?? []
  let text = ""
  for (let at = 0; at < pairs.length; at += across)
    text += `${indent}${pairs.slice(at, at + across).join(":")}${at + across < pairs.length ? ":" : ""}\n`
  return text
}

/** A number's bytes, with a zero before them where they would look negative. */
const shown = (value: bigint): Uint8Array => {
  const bytes = numberToBytes(value)
  return bytes[0] >= 0x80 ? Uint8Array.from([0, ...bytes]) : bytes
}

const curveLines = (name: string, nist: string | undefined, indent: string): string =>
  `${indent}ASN1 OID: ${name}\n${nist ? `${indent}NIST CURVE: ${nist}\n` : ""}`

/** With -pubin, and inside of certificates; `modulus` is "Modulus" there. */
export const publicText = (key: PublicKey, indent = ""): string => {
  if (key.kind === "rsa")
    return `${indent}Public-Key: (${bitsOf(key.rsa.n)} bit)\n${indent}Modulus:\n${block(shown(key.rsa.n), `${indent}    `, 15)}${indent}Exponent: ${key.rsa.e} (0x${key.rsa.e.toString(16)})\n`
  if (key.kind === "ed25519") return `${indent}ED25519 Public-Key:\n${indent}pub:\n${block(key.open, `${indent}    `, 15)}`
  return `${indent}Public-Key: (${key.curve.bits} bit)\n${indent}pub:\n${block(key.open, `${indent}    `, 15)}${curveLines(key.curve.name, key.curve.nist, indent)}`
}

export const privateText = (key: Key): string => {
  if (key.kind === "ed25519") return `ED25519 Private-Key:\npriv:\n${block(key.secret, "    ", 15)}pub:\n${block(key.open, "    ", 15)}`
  if (key.kind === "ec")
    return `Private-Key: (${key.curve.bits} bit)\npriv:\n${block(key.secret, "    ", 15)}pub:\n${block(key.open, "    ", 15)}${curveLines(key.curve.name, key.curve.nist, "")}`
  const { n, e, d, p, q, dp, dq, qi } = key.rsa
  const part = (name: string, value: bigint) => `${name}:\n${block(shown(value), "    ", 15)}`
  return `Private-Key: (${bitsOf(n)} bit, 2 primes)\n${part("modulus", n)}publicExponent: ${e} (0x${e.toString(16)})\n${part("privateExponent", d)}${part("prime1", p)}${part("prime2", q)}${part("exponent1", dp)}${part("exponent2", dq)}${part("coefficient", qi)}`
}

const ALGORITHMS = { rsa: "rsaEncryption", ec: "id-ecPublicKey", ed25519: "ED25519" } as const

const keyInfo = (der: Uint8Array): string => {
  const key = publicFromDer(der)
  if (!key) return "            Unable to load Public Key\n"
  return `            Public Key Algorithm: ${ALGORITHMS[key.kind]}\n${publicText(key, " ".repeat(16))}`
}

const serialText = (serial: Uint8Array): string => {
  if (serial.length > 8 || (serial.length === 8 && serial[0] >= 0x80))
    return `\n            ${(hexOf(serial).match(/../g) ?? []).join(":")}`
  const value = BigInt(`0x${hexOf(serial) || "0"}`)
  return ` ${value} (0x${value.toString(16)})`
}

const signatureText = ({ algorithm, signature }: { algorithm: string; signature: Uint8Array }): string =>
  `    Signature Algorithm: ${algorithm}\n    Signature Value:\n${block(signature, " ".repeat(8), 18)}`

export const certificateText = (one: Certificate): string =>
  `Certificate:\n    Data:\n        Version: ${one.version} (0x${one.version - 1})\n        Serial Number:${serialText(one.serial)}\n        Signature Algorithm: ${one.algorithm}\n        Issuer: ${nameText(one.issuer)}\n        Validity\n            Not Before: ${dateText(one.from)}\n            Not After : ${dateText(one.until)}\n        Subject: ${nameText(one.subject)}\n        Subject Public Key Info:\n${keyInfo(one.publicKey)}${one.extensions.length > 0 ? `        X509v3 extensions:\n${one.extensions.map(extensionText).join("")}` : ""}${signatureText(one)}`

export const requestText = (one: Request): string =>
  `Certificate Request:\n    Data:\n        Version: 1 (0x0)\n        Subject: ${nameText(one.subject)}\n        Subject Public Key Info:\n${keyInfo(one.publicKey)}        Attributes:\n${one.extensions.length > 0 ? `            Requested Extensions:\n${one.extensions.map((extension) => extensionText(extension).replace(/^(?=.)/gm, "    ")).join("")}` : "            (none)\n"}${signatureText(one)}`

export const modulusText = (der: Uint8Array): string => {
  const key = publicFromDer(der)
  return key?.kind === "rsa" ? `Modulus=${key.rsa.n.toString(16).toUpperCase()}\n` : "Modulus=No modulus for this public key type\n"
}
