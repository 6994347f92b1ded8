/** PKCS #10 requests and X.509 certificates: made, read, checked. */
import {
  bits,
  child,
  DerError,
  elements,
  explicit,
  integer,
  nothing,
  oid,
  oidText,
  pem,
  readPem,
  sequence,
  setOf,
  time,
  timeOf,
} from "./der.ts"
import { type Extension, extensionDer, readExtensions } from "./extensions.ts"
import { type Key, publicDer, publicFromDer, signData, verifyData } from "./keys.ts"
import { nameDer, type NamePart, namesOf } from "./names.ts"
import { type Digest, SIGNATURE_DIGESTS, type Work } from "./rsa.ts"

const ED25519 = "1.3.101.112"
const REQUESTED = "1.2.840.113549.1.9.14"

const algorithm = (key: Key, digest: Digest): Uint8Array =>
  key.kind === "rsa" ? sequence(oid(digest.rsa[1]), nothing()) : sequence(oid(key.kind === "ec" ? digest.ecdsa[1] : ED25519))

function* signed(key: Key, digest: Digest, body: Uint8Array): Work<Uint8Array> {
  return sequence(body, algorithm(key, digest), bits(yield* signData(key, digest, body)))
}

/** The digest of a signature's identifier, and the signature's name. */
const signatureOf = (id: string): { digest: Digest; name: string } | undefined => {
  if (id === ED25519) return { digest: SIGNATURE_DIGESTS[0], name: "ED25519" }
  for (const digest of SIGNATURE_DIGESTS) for (const [name, own] of [digest.rsa, digest.ecdsa]) if (own === id) return { digest, name }
  return undefined
}

export interface Signed {
  readonly algorithm: string
  readonly signature: Uint8Array
  readonly body: Uint8Array
  readonly der: Uint8Array
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
}

export interface Request extends Signed {
  readonly subject: NamePart[]
  readonly extensions: Extension[]
}

export function* makeRequest(key: Key, digest: Digest, subject: readonly NamePart[], extensions: readonly Extension[]): Work<Uint8Array> {
  const attributes = extensions.length > 0 ? [sequence(oid(REQUESTED), setOf(sequence(...extensions.map(extensionDer))))] : []
  const body = sequence(integer(Uint8Array.of(0)), nameDer(subject), publicDer(key), explicit(0, ...attributes))
  return yield* signed(key, digest, body)
}

const outer = (der: Uint8Array) => {
  const [body, kind, signature] = elements(child(der, 0).content)
  if (!signature) throw new DerError("asn1 encoding routines: not enough data")
  const id = oidText(elements(kind.content)[0].content)
  return { body, algorithm: signatureOf(id)?.name ?? id, signature: signature.content.subarray(1) }
}

/** Throws DerError. */
export const requestFromDer = (der: Uint8Array): Request => {
  const { body, algorithm, signature } = outer(der)
  const [, subject, open, attributes] = elements(body.content)
  const asked = attributes
    ? elements(attributes.content).find(({ content }) => oidText(elements(content)[0].content) === REQUESTED)
    : undefined
  return {
    subject: namesOf(subject.content),
    publicKey: open.whole,
    extensions: asked ? readExtensions(child(elements(asked.content)[1].content, 0)) : [],
    algorithm,
    signature,
    body: body.whole,
    der,
  }
}

export const readRequest = (text: string): Request | undefined => {
  const found = readPem(text, /CERTIFICATE REQUEST$/)
  return found && requestFromDer(found.der)
}

export interface Certificate extends Signed {
  readonly version: number
  readonly serial: Uint8Array
  readonly issuer: NamePart[]
  readonly subject: NamePart[]
  readonly from: number
  readonly until: number
  readonly extensions: Extension[]
}

export function* makeCertificate(options: {
  serial: Uint8Array
  issuer: readonly NamePart[]
  subject: readonly NamePart[]
  publicKey: Uint8Array
  from: number
  until: number
  extensions: readonly Extension[]
  key: Key
  digest: Digest
}): Work<Uint8Array> {
  const versioned = options.extensions.length > 0
  const body = sequence(
    ...(versioned ? [explicit(0, integer(Uint8Array.of(2)))] : []),
    integer(options.serial),
    algorithm(options.key, options.digest),
    nameDer(options.issuer),
    sequence(time(options.from), time(options.until)),
    nameDer(options.subject),
    options.publicKey,
    ...(versioned ? [explicit(3, sequence(...options.extensions.map(extensionDer)))] : []),
  )
  return yield* signed(options.key, options.digest, body)
}

/** Throws DerError. */
export const certificateFromDer = (der: Uint8Array): Certificate => {
  const { body, algorithm, signature } = outer(der)
  const parts = elements(body.content)
  const first = parts[0].tag === 0xa0 ? 1 : 0
  const [serial, , issuer, validity, subject, open, ...rest] = parts.slice(first)
  const list = rest.find(({ tag }) => tag === 0xa3)
  const [from, until] = elements(validity.content)
  if (!until) throw new DerError("asn1 encoding routines: not enough data")
  return {
    version: first === 1 ? child(parts[0].content, 0).content[0] + 1 : 1,
    serial: serial.content[0] === 0 && serial.content.length > 1 ? serial.content.subarray(1) : serial.content,
    issuer: namesOf(issuer.content),
    subject: namesOf(subject.content),
    from: timeOf(from),
    until: timeOf(until),
    publicKey: open.whole,
    extensions: readExtensions(list && child(list.content, 0)),
    algorithm,
    body: body.whole,
    signature,
    der,
  }
}

export const readCertificate = (text: string): Certificate | undefined => {
  const found = readPem(text, /^(?:TRUSTED |X509 )?CERTIFICATE$/)
  return found && certificateFromDer(found.der)
}

/** Every certificate of a text. */
export const readCertificates = (text: string): Certificate[] =>
  [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)].flatMap(([one]) => readCertificate(one) ?? [])

export const certificatePem = (certificate: Certificate): string => pem("CERTIFICATE", certificate.der)

/** Whether that key made the signature. */
export function* signedBy(one: Signed, publicKey: Uint8Array): Work<boolean> {
  const key = publicFromDer(publicKey)
  const digest = SIGNATURE_DIGESTS.find(({ rsa, ecdsa }) => rsa[0] === one.algorithm || ecdsa[0] === one.algorithm) ?? SIGNATURE_DIGESTS[0]
  return key !== undefined && (yield* verifyData(key, digest, one.body, one.signature))
}
