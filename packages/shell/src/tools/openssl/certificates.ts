/** Keys, requests and certificates: P-256 as it is, RSA in its outer form (its numbers are random, its signatures digests that this openssl knows again). */
import { p256 } from "@noble/curves/nist.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { sha1 } from "@noble/hashes/legacy.js"
import {
  bits,
  boolean,
  child,
  concat,
  DerError,
  type Element,
  elements,
  explicit,
  integer,
  nothing,
  octets,
  oid,
  oidText,
  pem,
  readPem,
  sequence,
  setOf,
  time,
  timeOf,
  tlv,
  utf8,
} from "./der.ts"

const RSA = "1.2.840.113549.1.1.1"
const RSA_SHA256 = "1.2.840.113549.1.1.11"
const EC = "1.2.840.10045.2.1"
const P256 = "1.2.840.10045.3.1.7"
const ECDSA_SHA256 = "1.2.840.10045.4.3.2"
const EXPONENT = Uint8Array.of(1, 0, 1)

export type Key =
  | { readonly kind: "rsa"; readonly modulus: Uint8Array; readonly bits: number }
  | { readonly kind: "ec"; readonly secret: Uint8Array; readonly open: Uint8Array }

export const newKey = (kind: "rsa" | "ec", size: number, random: () => number): Key => {
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256))
  if (kind === "ec") {
    for (;;) {
      const secret = bytes(32)
      if (p256.utils.isValidSecretKey(secret)) return { kind, secret, open: p256.getPublicKey(secret, false) }
    }
  }
  const modulus = bytes(size / 8)
  modulus[0] |= 0xc0
  modulus[modulus.length - 1] |= 1
  return { kind, modulus, bits: size }
}

/** RSA's private numbers, which nobody computes with, from the public one. */
const expand = (seed: Uint8Array, length: number): Uint8Array => {
  const parts: Uint8Array[] = []
  for (let at = 0; at * 32 < length; at++) parts.push(sha256(concat(seed, Uint8Array.of(at))))
  return concat(...parts).subarray(0, length)
}

const rsaPrivate = (key: Extract<Key, { kind: "rsa" }>): Uint8Array => {
  const half = key.modulus.length / 2
  const part = (name: string, length: number) => integer(expand(concat(new TextEncoder().encode(name), key.modulus), length))
  return sequence(
    integer(Uint8Array.of(0)),
    integer(key.modulus),
    integer(EXPONENT),
    part("d", key.modulus.length),
    part("p", half),
    part("q", half),
    part("dp", half),
    part("dq", half),
    part("qi", half),
  )
}

const ecPrivate = ({ secret, open }: Extract<Key, { kind: "ec" }>, named: boolean): Uint8Array =>
  sequence(integer(Uint8Array.of(1)), octets(secret), ...(named ? [explicit(0, oid(P256))] : []), explicit(1, bits(open)))

export const keyPem = (key: Key, traditional: boolean): string => {
  if (traditional) return key.kind === "rsa" ? pem("RSA PRIVATE KEY", rsaPrivate(key)) : pem("EC PRIVATE KEY", ecPrivate(key, true))
  return pem(
    "PRIVATE KEY",
    key.kind === "rsa"
      ? sequence(integer(Uint8Array.of(0)), sequence(oid(RSA), nothing()), octets(rsaPrivate(key)))
      : sequence(integer(Uint8Array.of(0)), sequence(oid(EC), oid(P256)), octets(ecPrivate(key, false))),
  )
}

const unsigned = (content: Uint8Array): Uint8Array => (content[0] === 0 && content.length > 1 ? content.subarray(1) : content)

const rsaOf = (der: Uint8Array): Key => {
  const modulus = unsigned(child(der, 0, 1).content).slice()
  return { kind: "rsa", modulus, bits: modulus.length * 8 }
}

const ecOf = (der: Uint8Array): Key => {
  const secret = child(der, 0, 1).content.slice()
  return { kind: "ec", secret, open: p256.getPublicKey(secret, false) }
}

/** Undefined when the text holds no private key. Throws DerError. */
export const readKey = (text: string): Key | undefined => {
  const found = readPem(text, /PRIVATE KEY$/)
  if (!found) return undefined
  if (found.label === "RSA PRIVATE KEY") return rsaOf(found.der)
  if (found.label === "EC PRIVATE KEY") return ecOf(found.der)
  const inner = child(found.der, 0, 2).content
  return oidText(child(found.der, 0, 1, 0).content) === RSA ? rsaOf(inner) : ecOf(inner)
}

export const publicKey = (key: Key): Uint8Array =>
  key.kind === "rsa"
    ? sequence(sequence(oid(RSA), nothing()), bits(sequence(integer(key.modulus), integer(EXPONENT))))
    : sequence(sequence(oid(EC), oid(P256)), bits(key.open))

const algorithm = (key: Key): Uint8Array => (key.kind === "rsa" ? sequence(oid(RSA_SHA256), nothing()) : sequence(oid(ECDSA_SHA256)))

const sign = (key: Key, body: Uint8Array): Uint8Array =>
  key.kind === "ec"
    ? p256.sign(sha256(body), key.secret, { prehash: false, format: "der" })
    : expand(sha256(concat(key.modulus, body)), key.modulus.length)

const signed = (key: Key, body: Uint8Array): Uint8Array => sequence(body, algorithm(key), bits(sign(key, body)))

// Names

export const NAMES: Readonly<Record<string, string>> = {
  C: "2.5.4.6",
  ST: "2.5.4.8",
  L: "2.5.4.7",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  CN: "2.5.4.3",
  emailAddress: "1.2.840.113549.1.9.1",
}

export interface NamePart {
  readonly type: string
  readonly value: string
}

/** "/CN=jane/O=dev" */
export const parseSubject = (text: string): NamePart[] | undefined => {
  if (!text.startsWith("/")) return undefined
  const parts: NamePart[] = []
  for (const piece of text.slice(1).split(/(?<!\\)\//)) {
    if (piece === "") continue
    const [type, ...value] = piece.split("=")
    if (!Object.hasOwn(NAMES, type)) return undefined
    parts.push({ type, value: value.join("=").replaceAll("\\/", "/") })
  }
  return parts
}

export const nameDer = (parts: readonly NamePart[]): Uint8Array =>
  sequence(...parts.map(({ type, value }) => setOf(sequence(oid(NAMES[type]), utf8(value)))))

const namesOf = (content: Uint8Array): NamePart[] =>
  elements(content).flatMap((set) =>
    elements(set.content).map((attribute) => {
      const [type, value] = elements(attribute.content)
      const id = oidText(type.content)
      return { type: Object.keys(NAMES).find((name) => NAMES[name] === id) ?? id, value: new TextDecoder().decode(value.content) }
    }),
  )

/** "CN = jane, O = dev", as openssl 3.0 prints names. */
export const nameText = (parts: readonly NamePart[]): string =>
  parts.map(({ type, value }) => `${type} = ${/[,+"\\<>;]/.test(value) ? `"${value}"` : value}`).join(", ")

// Extensions

export interface Extension {
  readonly id: string
  readonly critical: boolean
  readonly value: Uint8Array
}

const IDS = {
  altName: "2.5.29.17",
  constraints: "2.5.29.19",
  usage: "2.5.29.15",
  extendedUsage: "2.5.29.37",
  subjectKey: "2.5.29.14",
  authorityKey: "2.5.29.35",
}
const USAGES = ["digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign"]
const USAGE_TEXTS = [
  "Digital Signature",
  "Non Repudiation",
  "Key Encipherment",
  "Data Encipherment",
  "Key Agreement",
  "Certificate Sign",
  "CRL Sign",
]
const EXTENDED: Readonly<Record<string, readonly [string, string]>> = {
  serverAuth: ["1.3.6.1.5.5.7.3.1", "TLS Web Server Authentication"],
  clientAuth: ["1.3.6.1.5.5.7.3.2", "TLS Web Client Authentication"],
  codeSigning: ["1.3.6.1.5.5.7.3.3", "Code Signing"],
}

const altNames = (list: readonly string[]): Uint8Array =>
  sequence(
    ...list.map((entry) => {
      const [kind, ...rest] = entry.trim().split(":")
      const value = rest.join(":").trim()
      return kind === "IP"
        ? tlv(0x87, Uint8Array.from(value.split(".").map(Number)))
        : tlv(kind === "email" ? 0x81 : kind === "URI" ? 0x86 : 0x82, new TextEncoder().encode(value))
    }),
  )

/** "subjectAltName=DNS:a,IP:1.2.3.4" and its kin; undefined for names that are not known. */
export const parseExtension = (name: string, text: string, section: (name: string) => readonly string[]): Extension | undefined => {
  const words = text.split(",").map((word) => word.trim())
  const critical = words[0] === "critical"
  const rest = critical ? words.slice(1) : words
  switch (name.trim()) {
    case "subjectAltName": {
      const list = rest.flatMap((word) => (word.startsWith("@") ? section(word.slice(1)) : [word]))
      return { id: IDS.altName, critical, value: altNames(list) }
    }
    case "basicConstraints":
      return { id: IDS.constraints, critical, value: sequence(...(rest.some((word) => /^CA:TRUE$/i.test(word)) ? [boolean(true)] : [])) }
    case "keyUsage": {
      let value = 0
      for (const word of rest) if (USAGES.includes(word)) value |= 0x80 >> USAGES.indexOf(word)
      return { id: IDS.usage, critical, value: bits(Uint8Array.of(value)) }
    }
    case "extendedKeyUsage":
      return {
        id: IDS.extendedUsage,
        critical,
        value: sequence(...rest.flatMap((word) => (Object.hasOwn(EXTENDED, word) ? [oid(EXTENDED[word][0])] : []))),
      }
    default:
      return undefined
  }
}

const extensionDer = ({ id, critical, value }: Extension): Uint8Array =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value))

const readExtensions = (list: Element | undefined): Extension[] =>
  list
    ? elements(list.content).map(({ content }) => {
        const parts = elements(content)
        return { id: oidText(parts[0].content), critical: parts.length > 2, value: parts[parts.length - 1].content }
      })
    : []

export const caExtensions = (key: Key): Extension[] => {
  const id = sha1(elements(elements(publicKey(key))[0].content)[1].content.subarray(1))
  return [
    { id: IDS.subjectKey, critical: false, value: octets(id) },
    { id: IDS.authorityKey, critical: false, value: sequence(tlv(0x80, id)) },
    { id: IDS.constraints, critical: true, value: sequence(boolean(true)) },
  ]
}

const colons = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(":")

/** Lines of an extension, as -text prints them under X509v3 extensions. */
export const extensionText = ({ id, critical, value }: Extension): string => {
  const mark = critical ? " critical" : " "
  const line = (title: string, text: string) => `            ${title}:${mark}\n                ${text}\n`
  switch (id) {
    case IDS.altName:
      return line(
        "X509v3 Subject Alternative Name",
        elements(child(value, 0).content)
          .map(({ tag, content }) =>
            tag === 0x87
              ? `IP Address:${[...content].join(".")}`
              : `${tag === 0x81 ? "email" : tag === 0x86 ? "URI" : "DNS"}:${new TextDecoder().decode(content)}`,
          )
          .join(", "),
      )
    case IDS.constraints:
      return line("X509v3 Basic Constraints", elements(child(value, 0).content)[0]?.content[0] ? "CA:TRUE" : "CA:FALSE")
    case IDS.usage: {
      const byte = child(value, 0).content[1] ?? 0
      return line("X509v3 Key Usage", USAGE_TEXTS.filter((_, at) => byte & (0x80 >> at)).join(", "))
    }
    case IDS.extendedUsage:
      return line(
        "X509v3 Extended Key Usage",
        elements(child(value, 0).content)
          .map(({ content }) => Object.values(EXTENDED).find(([own]) => own === oidText(content))?.[1] ?? oidText(content))
          .join(", "),
      )
    case IDS.subjectKey:
      return line("X509v3 Subject Key Identifier", colons(child(value, 0).content))
    case IDS.authorityKey:
      return line("X509v3 Authority Key Identifier", colons(elements(child(value, 0).content)[0]?.content ?? new Uint8Array()))
    default:
      return line(id, "...")
  }
}

// Requests and certificates

export interface Request {
  readonly subject: NamePart[]
  readonly publicKey: Uint8Array
  readonly extensions: Extension[]
  readonly der: Uint8Array
}

export const makeRequest = (key: Key, subject: readonly NamePart[], extensions: readonly Extension[]): string => {
  const attributes = extensions.length > 0 ? [sequence(oid("1.2.840.113549.1.9.14"), setOf(sequence(...extensions.map(extensionDer))))] : []
  return pem(
    "CERTIFICATE REQUEST",
    signed(key, sequence(integer(Uint8Array.of(0)), nameDer(subject), publicKey(key), explicit(0, ...attributes))),
  )
}

/** Throws DerError. */
export const readRequest = (text: string): Request | undefined => {
  const found = readPem(text, /CERTIFICATE REQUEST$/)
  if (!found) return undefined
  const [, subject, open, attributes] = elements(child(found.der, 0, 0).content)
  const asked = attributes
    ? elements(attributes.content).find(({ content }) => oidText(elements(content)[0].content) === "1.2.840.113549.1.9.14")
    : undefined
  return {
    subject: namesOf(subject.content),
    publicKey: open.whole,
    extensions: asked ? readExtensions(child(elements(asked.content)[1].content, 0)) : [],
    der: found.der,
  }
}

export interface Certificate {
  readonly serial: Uint8Array
  readonly issuer: NamePart[]
  readonly subject: NamePart[]
  readonly from: number
  readonly until: number
  readonly publicKey: Uint8Array
  readonly extensions: Extension[]
  readonly algorithm: string
  readonly body: Uint8Array
  readonly signature: Uint8Array
  readonly der: Uint8Array
}

export const makeCertificate = (options: {
  serial: Uint8Array
  issuer: readonly NamePart[]
  subject: readonly NamePart[]
  publicKey: Uint8Array
  from: number
  until: number
  extensions: readonly Extension[]
  key: Key
}): string => {
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(options.serial),
    algorithm(options.key),
    nameDer(options.issuer),
    sequence(time(options.from), time(options.until)),
    nameDer(options.subject),
    options.publicKey,
    ...(options.extensions.length > 0 ? [explicit(3, sequence(...options.extensions.map(extensionDer)))] : []),
  )
  return pem("CERTIFICATE", signed(options.key, body))
}

/** Throws DerError. */
export const readCertificate = (text: string): Certificate | undefined => {
  const found = readPem(text, /CERTIFICATE$/)
  if (!found) return undefined
  const [bodyElement, algorithmElement, signature] = elements(child(found.der, 0).content)
  const parts = elements(bodyElement.content)
  const first = parts[0].tag === 0xa0 ? 1 : 0
  const [serial, , issuer, validity, subject, open, ...rest] = parts.slice(first)
  const list = rest.find(({ tag }) => tag === 0xa3)
  const [from, until] = elements(validity.content)
  if (!until) throw new DerError("asn1 encoding routines: not enough data")
  return {
    serial: unsigned(serial.content),
    issuer: namesOf(issuer.content),
    subject: namesOf(subject.content),
    from: timeOf(from),
    until: timeOf(until),
    publicKey: open.whole,
    extensions: readExtensions(list && child(list.content, 0)),
    algorithm: oidText(elements(algorithmElement.content)[0].content) === ECDSA_SHA256 ? "ecdsa-with-SHA256" : "sha256WithRSAEncryption",
    body: bodyElement.whole,
    signature: signature.content.subarray(1),
    der: found.der,
  }
}

/** What a public key (SubjectPublicKeyInfo) holds. */
export const publicParts = (der: Uint8Array): { kind: "rsa" | "ec"; number: Uint8Array } => {
  const [kind, value] = elements(child(der, 0).content)
  const own = value.content.subarray(1)
  return oidText(elements(kind.content)[0].content) === RSA
    ? { kind: "rsa", number: unsigned(child(own, 0, 0).content) }
    : { kind: "ec", number: own }
}

/** A signature over the SHA-256 digest of `data`. */
export const signData = (key: Key, data: Uint8Array): Uint8Array =>
  key.kind === "rsa"
    ? expand(sha256(concat(key.modulus, data)), key.modulus.length)
    : p256.sign(sha256(data), key.secret, { prehash: false, format: "der" })

/** Whether the private half of `publicDer` signed `data`. */
export const verifyData = (publicDer: Uint8Array, signature: Uint8Array, data: Uint8Array): boolean => {
  const { kind, number } = publicParts(publicDer)
  if (kind === "rsa") {
    const expected = expand(sha256(concat(number, data)), number.length)
    return expected.length === signature.length && expected.every((byte, at) => byte === signature[at])
  }
  try {
    return p256.verify(signature, sha256(data), number, { prehash: false, format: "der" })
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

/** A name as -nameopt RFC2253 writes it: the last part first. */
export const nameRfc2253 = (parts: readonly NamePart[]): string =>
  [...parts]
    .reverse()
    .map(({ type, value }) => `${type}=${value.replace(/[,+"\\<>;]/g, "\\$&")}`)
    .join(",")

/** Whether `authority`'s key made the certificate's signature. */
export const signedBy = (certificate: Certificate, authority: Certificate): boolean => {
  const { kind, number } = publicParts(authority.publicKey)
  if (kind === "rsa") {
    const expected = expand(sha256(concat(number, certificate.body)), number.length)
    return expected.length === certificate.signature.length && expected.every((byte, at) => byte === certificate.signature[at])
  }
  try {
    return p256.verify(certificate.signature, sha256(certificate.body), number, { prehash: false, format: "der" })
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}
