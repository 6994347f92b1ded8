/** Extensions of certificates: from configuration, in DER, and as -text prints them. */
import { sha1 } from "@noble/hashes/legacy.js"
import { bits, boolean, child, type Element, elements, integer, octets, oid, oidText, sequence, tlv } from "./der.ts"

export interface Extension {
  readonly id: string
  readonly critical: boolean
  readonly value: Uint8Array
}

export const IDS = {
  altName: "2.5.29.17",
  constraints: "2.5.29.19",
  usage: "2.5.29.15",
  extendedUsage: "2.5.29.37",
  subjectKey: "2.5.29.14",
  authorityKey: "2.5.29.35",
  crl: "2.5.29.31",
}
const USAGES = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
]
const USAGE_TEXTS = [
  "Digital Signature",
  "Non Repudiation",
  "Key Encipherment",
  "Data Encipherment",
  "Key Agreement",
  "Certificate Sign",
  "CRL Sign",
  "Encipher Only",
]
const EXTENDED: Readonly<Record<string, readonly [string, string]>> = {
  serverAuth: ["1.3.6.1.5.5.7.3.1", "TLS Web Server Authentication"],
  clientAuth: ["1.3.6.1.5.5.7.3.2", "TLS Web Client Authentication"],
  codeSigning: ["1.3.6.1.5.5.7.3.3", "Code Signing"],
  emailProtection: ["1.3.6.1.5.5.7.3.4", "E-mail Protection"],
  timeStamping: ["1.3.6.1.5.5.7.3.8", "Time Stamping"],
  OCSPSigning: ["1.3.6.1.5.5.7.3.9", "OCSP Signing"],
}

const addressBytes = (text: string): Uint8Array => {
  if (!text.includes(":")) return Uint8Array.from(text.split(".").map(Number))
  const [front, back] = text.split("::").map((part) => part.split(":").filter(Boolean))
  const groups = back ? [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0"), ...back] : front
  return Uint8Array.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]))
}

const groupsOf = (content: Uint8Array): string =>
  Array.from({ length: content.length / 2 }, (_, at) => ((content[at * 2] << 8) | content[at * 2 + 1]).toString(16).toUpperCase()).join(":")

const altNames = (list: readonly string[]): Uint8Array =>
  sequence(
    ...list.map((entry) => {
      const [kind, ...rest] = entry.trim().split(":")
      const value = rest.join(":").trim()
      return kind === "IP"
        ? tlv(0x87, addressBytes(value))
        : tlv(kind === "email" ? 0x81 : kind === "URI" ? 0x86 : 0x82, new TextEncoder().encode(value))
    }),
  )

/** "subjectAltName=DNS:a,IP:1.2.3.4" and its kin; undefined for names that are not known. */
export const parseExtension = (
  name: string,
  text: string,
  section: (name: string) => readonly string[],
  /** SubjectPublicKeyInfo of the certificate's own key and of its issuer's. */
  keys?: { own: Uint8Array; issuer: Uint8Array },
): Extension | undefined => {
  const words = text.split(",").map((word) => word.trim())
  const critical = words[0] === "critical"
  const rest = critical ? words.slice(1) : words
  switch (name.trim()) {
    case "subjectAltName": {
      const list = rest.flatMap((word) => (word.startsWith("@") ? section(word.slice(1)) : [word]))
      return { id: IDS.altName, critical, value: altNames(list) }
    }
    case "basicConstraints":
      return { id: IDS.constraints, critical, value: constraints(rest) }
    case "keyUsage": {
      let value = 0
      for (const word of rest) if (USAGES.includes(word)) value |= 0x80 >> USAGES.indexOf(word)
      let unused = 0
      while (unused < 7 && !(value & (1 << unused))) unused++
      return { id: IDS.usage, critical, value: bits(Uint8Array.of(value), unused) }
    }
    case "extendedKeyUsage":
      return {
        id: IDS.extendedUsage,
        critical,
        value: sequence(...rest.flatMap((word) => (Object.hasOwn(EXTENDED, word) ? [oid(EXTENDED[word][0])] : []))),
      }
    case "subjectKeyIdentifier":
      return keys && { id: IDS.subjectKey, critical, value: octets(keyId(keys.own)) }
    case "authorityKeyIdentifier":
      return keys && { id: IDS.authorityKey, critical, value: sequence(tlv(0x80, keyId(keys.issuer))) }
    default:
      return undefined
  }
}

const constraints = (words: readonly string[]): Uint8Array => {
  const length = words.map((word) => /^pathlen:(\d+)$/.exec(word)?.[1]).find(Boolean)
  return sequence(
    ...(words.some((word) => /^CA:TRUE$/i.test(word)) ? [boolean(true)] : []),
    ...(length === undefined ? [] : [integer(Uint8Array.of(Number(length)))]),
  )
}

/** SHA-1 of the public key's bits. */
const keyId = (publicKey: Uint8Array): Uint8Array => sha1(elements(elements(publicKey)[0].content)[1].content.subarray(1))

export const extensionDer = ({ id, critical, value }: Extension): Uint8Array =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value))

export const readExtensions = (list: Element | undefined): Extension[] =>
  list
    ? elements(list.content).map(({ content }) => {
        const parts = elements(content)
        return { id: oidText(parts[0].content), critical: parts.length > 2, value: parts[parts.length - 1].content }
      })
    : []

export const caExtensions = (publicKey: Uint8Array): Extension[] => [
  { id: IDS.subjectKey, critical: false, value: octets(keyId(publicKey)) },
  { id: IDS.authorityKey, critical: false, value: sequence(tlv(0x80, keyId(publicKey))) },
  { id: IDS.constraints, critical: true, value: sequence(boolean(true)) },
]

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
              ? `IP Address:${content.length === 4 ? [...content].join(".") : groupsOf(content)}`
              : `${tag === 0x81 ? "email" : tag === 0x86 ? "URI" : "DNS"}:${new TextDecoder().decode(content)}`,
          )
          .join(", "),
      )
    case IDS.constraints: {
      const parts = elements(child(value, 0).content)
      const length = parts.find(({ tag }) => tag === 0x02)
      const ca = parts.some(({ tag, content }) => tag === 0x01 && content[0] !== 0)
      return line("X509v3 Basic Constraints", `CA:${ca ? "TRUE" : "FALSE"}${length ? `, pathlen:${length.content[0]}` : ""}`)
    }
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

/** Identifiers of an extended key usage. */
export const usageIds = (value: Uint8Array): string[] => elements(child(value, 0).content).map(({ content }) => oidText(content))
