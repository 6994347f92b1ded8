/** The cluster's authority: X.509 certificates on P-256 keys, made when first needed. */
import { p256 } from "@noble/curves/nist.js"
import { sha256 } from "@noble/hashes/sha2.js"
import type { RandomStream } from "@drydock/sim"
import { decodeBase64, encodeBase64 } from "../apimachinery/base64.ts"
import { bits, boolean, concat, elements, explicit, integer, octets, oid, sequence, set, text, tlv, utcTime } from "./der.ts"

export interface Issued {
  /** PEM. */
  readonly certificate: string
  readonly key: string
}

export interface CertificateRequest {
  commonName: string
  organizations?: readonly string[]
  names?: readonly string[]
  addresses?: readonly string[]
  usage: "server" | "client" | "both"
}

const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
const PUBLIC_KEY_TYPE = sequence(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"))
/** How long a certificate is good, ms. */
export const YEAR = 365 * 24 * 3_600_000

const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${(encodeBase64(der).match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`

const distinguishedName = (commonName: string, organizations: readonly string[] = []): Uint8Array =>
  sequence(
    ...organizations.map((organization) => set(sequence(oid("2.5.4.10"), text(organization)))),
    set(sequence(oid("2.5.4.3"), text(commonName))),
  )

const extension = (id: string, critical: boolean, value: Uint8Array): Uint8Array =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value))

/** Common name and organizations of a subject: a user's name and groups. */
const identityOf = (subject: Uint8Array): { name: string; groups: readonly string[] } => {
  const named = (id: Uint8Array): string[] =>
    (elements(subject) ?? []).flatMap(({ content }) =>
      (elements(content) ?? []).flatMap((attribute) => {
        const [type, value] = elements(attribute.content) ?? []
        return type && value && type.whole.join() === id.join() ? [new TextDecoder().decode(value.content)] : []
      }),
    )
  return { name: named(oid("2.5.4.3"))[0] ?? "", groups: named(oid("2.5.4.10")) }
}

interface KeyPair {
  secret: Uint8Array
  open: Uint8Array
}

/**
 * Key pairs by what they are for, one for all worlds of a process: making one costs as much as everything else in a node's start.
 * They protect nothing outside a simulation, and come from the name alone, so that equal worlds stay equal.
 */
const keyPairs = new Map<string, KeyPair>()
const MOST_KEY_PAIRS = 512

const keyPairFor = (purpose: string): KeyPair => {
  let pair = keyPairs.get(purpose)
  for (let attempt = 0; !pair; attempt++) {
    const secret = sha256(new TextEncoder().encode(`drydock ${attempt} ${purpose}`))
    if (!p256.utils.isValidSecretKey(secret)) continue
    if (keyPairs.size >= MOST_KEY_PAIRS) keyPairs.clear()
    keyPairs.set(purpose, (pair = { secret, open: p256.getPublicKey(secret, false) }))
  }
  return pair
}

export interface Validity {
  /** ms since the epoch. */
  from: number
  until: number
}

const validities = new Map<string, Validity | undefined>()
const MOST_VALIDITIES = 256

/** UTCTime or GeneralizedTime: "270105080000Z", "20500105080000Z". */
const timeOf = (content: Uint8Array): number => {
  const digits = new TextDecoder().decode(content)
  const [, year, rest] = /^(\d{2}|\d{4})(\d{10})Z$/.exec(digits) ?? []
  const [month, day, hour, minute, second] = (rest?.match(/../g) ?? []).map(Number)
  return Date.UTC(year?.length === 2 ? 2_000 + Number(year) : Number(year), month - 1, day, hour, minute, second)
}

/** From when until when a certificate (PEM) is valid; undefined when it is none. */
export const validityOf = (certificate: string): Validity | undefined => {
  // By the text itself: another one cut out of it would be read whole at each look.
  const known = validities.get(certificate)
  if (known || validities.has(certificate)) return known
  const der = decodeBase64(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/.exec(certificate)?.[1] ?? "")
  const [outer] = (der && elements(der)) ?? []
  const [body] = (outer && elements(outer.content)) ?? []
  const [, , , , validity] = (body && elements(body.content)) ?? []
  const [from, until] = (validity && elements(validity.content)) ?? []
  const found = from && until && { from: timeOf(from.content), until: timeOf(until.content) }
  if (validities.size >= MOST_VALIDITIES) validities.clear()
  validities.set(certificate, found)
  return found
}

const seconds = (at: number): string => `${new Date(Math.floor(at / 1_000) * 1_000).toISOString().slice(0, 19)}Z`

/** What crypto/x509 says of a certificate (PEM) that is not valid at `now`, ms since the epoch. */
export const validityProblem = (certificate: string, now: number): string | undefined => {
  const validity = validityOf(certificate)
  if (!validity) return undefined
  const { from, until } = validity
  const where = now < from ? `before ${seconds(from)}` : now > until ? `after ${seconds(until)}` : undefined
  return where && `x509: certificate has expired or is not yet valid: current time ${seconds(now)} is ${where}`
}

const keyPem = ({ secret, open }: KeyPair): string =>
  pem(
    "EC PRIVATE KEY",
    sequence(integer(Uint8Array.of(1)), octets(secret), explicit(0, oid("1.2.840.10045.3.1.7")), explicit(1, bits(open))),
  )

export class Authority {
  readonly #random: Pick<RandomStream, "bytes">
  readonly #name: string
  readonly #now: number
  readonly #pairName: string
  readonly isSuccessor: boolean
  #certificate: string | undefined
  /** Who each certificate made here belongs to. */
  readonly #identities = new Map<string, { name: string; groups: readonly string[] }>()

  /** `successor`: of one of the same name, with a key of its own. */
  constructor(options: { random: Pick<RandomStream, "bytes">; name: string; now: number; successor?: boolean }) {
    this.#random = options.random
    this.#name = options.name
    this.#now = options.now
    this.isSuccessor = options.successor === true
    this.#pairName = `authority ${options.name}${this.isSuccessor ? ` ${options.now}` : ""}`
  }

  /** When the cluster was made, ms since the epoch: its first certificates are good from five minutes before. */
  get since(): number {
    return this.#now
  }

  get #pair(): KeyPair {
    return keyPairFor(this.#pairName)
  }

  #sign(subject: Uint8Array, publicKey: Uint8Array, extensions: readonly Uint8Array[], validMs: number, now = this.#now): string {
    const serial = this.#random.bytes(8)
    const body = sequence(
      explicit(0, integer(Uint8Array.of(2))),
      integer(concat(Uint8Array.of(0x10), serial)),
      ECDSA_SHA256,
      distinguishedName(this.#name),
      sequence(utcTime(now - 300_000), utcTime(now + validMs)),
      subject,
      publicKey,
      explicit(3, sequence(...extensions)),
    )
    const signature = p256.sign(sha256(body), this.#pair.secret, { prehash: false, format: "der" })
    return pem("CERTIFICATE", sequence(body, ECDSA_SHA256, bits(signature)))
  }

  /** The authority's own certificate, PEM. */
  get certificate(): string {
    this.#certificate ??= this.#sign(
      distinguishedName(this.#name),
      sequence(PUBLIC_KEY_TYPE, bits(this.#pair.open)),
      [
        extension("2.5.29.15", true, bits(Uint8Array.of(0xa4), 2)),
        extension("2.5.29.19", true, sequence(boolean(true))),
        extension("2.5.29.14", false, octets(sha256(this.#pair.open).subarray(0, 20))),
        extension("2.5.29.17", false, sequence(tlv(0x82, new TextEncoder().encode("kubernetes")))),
      ],
      10 * YEAR,
    )
    return this.#certificate
  }

  get key(): string {
    return keyPem(this.#pair)
  }

  /** SubjectPublicKeyInfo, PEM. */
  get publicKey(): string {
    return pem("PUBLIC KEY", this.#publicKeyInfo)
  }

  /** SHA-256 of SubjectPublicKeyInfo, hex: what --discovery-token-ca-cert-hash pins. */
  get publicKeyHash(): string {
    return [...sha256(this.#publicKeyInfo)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  }

  get #publicKeyInfo(): Uint8Array {
    return sequence(PUBLIC_KEY_TYPE, bits(this.#pair.open))
  }

  /** Valid for a year from `now`, ms since the epoch; default: from when the authority was made. */
  issue(request: CertificateRequest, now = this.#now): Issued {
    const keys = keyPairFor(`${request.commonName} ${request.organizations?.join() ?? ""}`)
    const usages = [
      ...(request.usage !== "client" ? [oid("1.3.6.1.5.5.7.3.1")] : []),
      ...(request.usage !== "server" ? [oid("1.3.6.1.5.5.7.3.2")] : []),
    ]
    const names = [
      ...(request.names ?? []).map((name) => tlv(0x82, new TextEncoder().encode(name))),
      ...(request.addresses ?? []).map((address) => tlv(0x87, Uint8Array.from(address.split(".").map(Number)))),
    ]
    const certificate = this.#sign(
      distinguishedName(request.commonName, request.organizations),
      sequence(PUBLIC_KEY_TYPE, bits(keys.open)),
      [
        extension("2.5.29.15", true, bits(Uint8Array.of(0xa0), 5)),
        extension("2.5.29.37", false, sequence(...usages)),
        extension("2.5.29.19", true, sequence()),
        extension("2.5.29.35", false, sequence(tlv(0x80, sha256(this.#pair.open).subarray(0, 20)))),
        ...(names.length > 0 ? [extension("2.5.29.17", false, sequence(...names))] : []),
      ],
      YEAR,
      now,
    )
    this.#identities.set(certificate.trim(), { name: request.commonName, groups: request.organizations ?? [] })
    // Most never ask for the key, and its text is as long as the certificate's.
    return {
      certificate,
      get key() {
        return keyPem(keys)
      },
    }
  }

  /**
   * Signs a PKCS #10 request (PEM) for `validMs`: its subject and its key, whatever kind of key that is. Undefined when it is no request.
   * The request's own signature is not checked.
   */
  signRequest(request: string, validMs: number, usage: "server" | "client"): string | undefined {
    const der = decodeBase64(/-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]+?)-----END/.exec(request)?.[1] ?? "")
    const info = der && elements(der)?.[0] && elements((elements(der) ?? [])[0].content)?.[0]
    const parts = info && elements(info.content)
    if (!parts || parts.length < 3) return undefined
    const [, subject, publicKey] = parts
    const certificate = this.#sign(
      subject.whole,
      publicKey.whole,
      [
        extension("2.5.29.15", true, bits(Uint8Array.of(0xa0), 5)),
        extension("2.5.29.37", false, sequence(oid(usage === "client" ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1"))),
        extension("2.5.29.19", true, sequence()),
        extension("2.5.29.35", false, sequence(tlv(0x80, sha256(this.#pair.open).subarray(0, 20)))),
      ],
      validMs,
    )
    this.#identities.set(certificate.trim(), identityOf(subject.content))
    return certificate
  }

  /** Who a certificate of this authority belongs to; undefined when it is not its own, or not valid at `now` (ms since the epoch). */
  identify(certificate: string, now?: number): { name: string; groups: readonly string[] } | undefined {
    if (now !== undefined && validityProblem(certificate, now) !== undefined) return undefined
    return this.#identities.get(certificate.trim()) ?? this.#signedElsewhere(certificate)
  }

  /** What somebody signed with this authority's key by other means: `openssl x509 -req -CA ca.crt -CAkey ca.key`. */
  #signedElsewhere(certificate: string): { name: string; groups: readonly string[] } | undefined {
    const der = decodeBase64(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/.exec(certificate)?.[1] ?? "")
    const [outer] = (der && elements(der)) ?? []
    const [body, , signature] = (outer && elements(outer.content)) ?? []
    if (!body || !signature) return undefined
    try {
      if (!p256.verify(signature.content.subarray(1), sha256(body.whole), this.#pair.open, { prehash: false, format: "der" }))
        return undefined
    } catch {
      // Another kind of signature is not this authority's.
      return undefined
    }
    const subject = elements(body.content)?.[5]
    return subject && identityOf(subject.content)
  }
}

/**
 * What a server makes for itself that was given no certificate: one for `host`, good for a year, of an authority of its own, both in one PEM.
 * `at`: when, ms since the epoch. As client-go/util/cert GenerateSelfSignedCertKey.
 */
export const selfSigned = (options: {
  host: string
  addresses?: readonly string[]
  random: Pick<RandomStream, "bytes">
  at: number
}): Issued => {
  const { host, random, at, addresses = [] } = options
  const seconds = Math.floor(at / 1_000)
  const authority = new Authority({ random, name: `${host}-ca@${seconds}`, now: at })
  const { certificate, key } = authority.issue({ commonName: `${host}@${seconds}`, names: [host], addresses, usage: "server" })
  return { certificate: `${certificate}${authority.certificate}`, key }
}
