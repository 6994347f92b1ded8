/** openssl asn1parse, crl2pkcs7, pkcs7, pkcs12, storeutl: containers, and what lies in them. */
import type { Process, Steps } from "@drydock/machine"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { certificateFromDer, certificatePem, readCertificates } from "./certificates.ts"
import {
  askPassword,
  certificateFrom,
  type Command,
  encryptedPem,
  keyFrom,
  type Options,
  OpensslError,
  password,
  readData,
  readText,
  worked,
  writeOut,
} from "./command.ts"
import {
  concat,
  child,
  elements,
  explicit,
  hexOf,
  integer,
  nothing,
  octets,
  oid,
  oidText,
  pem,
  readPem,
  sequence,
  setOf,
  tlv,
} from "./der.ts"
import { pbkdf2 } from "./derivation.ts"
import { keyFromDer, keyPem, privateDer } from "./keys.ts"
import { nameText } from "./names.ts"

const [DATA, SIGNED_DATA] = ["1.2.840.113549.1.7.1", "1.2.840.113549.1.7.2"]
const [KEY_BAG, CERTIFICATE_BAG, X509] = ["1.2.840.113549.1.12.10.1.1", "1.2.840.113549.1.12.10.1.3", "1.2.840.113549.1.9.22.1"]

const TAGS: Readonly<Record<number, string>> = {
  1: "BOOLEAN",
  2: "INTEGER",
  3: "BIT STRING",
  4: "OCTET STRING",
  5: "NULL",
  6: "OBJECT",
  12: "UTF8STRING",
  16: "SEQUENCE",
  17: "SET",
  19: "PRINTABLESTRING",
  22: "IA5STRING",
  23: "UTCTIME",
  24: "GENERALIZEDTIME",
}

/** Names of identifiers, as far as asn1parse meets them here. */
const OBJECTS: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.1": "rsaEncryption",
  "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
  "1.2.840.10045.2.1": "id-ecPublicKey",
  "1.2.840.10045.3.1.7": "prime256v1",
  "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
  "2.5.4.3": "commonName",
  "2.5.4.10": "organizationName",
  "2.5.4.11": "organizationalUnitName",
  "2.5.4.6": "countryName",
  "2.5.29.14": "X509v3 Subject Key Identifier",
  "2.5.29.15": "X509v3 Key Usage",
  "2.5.29.17": "X509v3 Subject Alternative Name",
  "2.5.29.19": "X509v3 Basic Constraints",
  "2.5.29.35": "X509v3 Authority Key Identifier",
  "2.5.29.37": "X509v3 Extended Key Usage",
}

const lines = (bytes: Uint8Array, offset: number, depth: number, out: string[]): void => {
  let at = offset
  for (const { tag, whole, content } of elements(bytes)) {
    const constructed = (tag & 0x20) !== 0
    const number = tag & 0x1f
    const name = (tag & 0xc0) === 0x80 ? `cont [ ${number} ]` : (TAGS[number] ?? `<ASN1 ${number}>`)
    let value = ""
    if (!constructed && tag < 0x80) {
      if (number === 6) value = `:${OBJECTS[oidText(content)] ?? oidText(content)}`
      else if (number === 2)
        value = `:${hexOf(content)
          .replace(/^00(?=.)/, "")
          .toUpperCase()}`
      else if (number === 1) value = `:${content[0]}`
      else if ([12, 19, 22, 23, 24].includes(number)) value = `:${new TextDecoder().decode(content)}`
      else if (number === 4) value = `[HEX DUMP]:${hexOf(content).toUpperCase()}`
    }
    out.push(
      `${String(at).padStart(5)}:d=${depth}  hl=${whole.length - content.length} l=${String(content.length).padStart(4)} ${constructed ? "cons" : "prim"}: ${name.padEnd(value === "" ? 0 : 18)}${value}`.replace(
        / +$/,
        name === "NULL" ? "" : "          ",
      ),
    )
    if (constructed) lines(content, at + whole.length - content.length, depth + 1, out)
    at += whole.length
  }
}

export const asn1parse: Command = {
  valued: ["in", "inform", "out", "offset", "length", "strparse", "oid"],
  *run(process, options) {
    const data = yield* readData(process, options.get("in"))
    const der = data[0] === 0x30 && options.get("inform")?.toUpperCase() === "DER" ? data : readPem(new TextDecoder().decode(data))?.der
    if (!der) throw new OpensslError("Error reading PEM file")
    const out: string[] = []
    lines(der, 0, 0, out)
    if (!options.has("noout")) yield* process.print(out.map((line) => `${line}\n`).join(""))
    return 0
  },
}

export const crl2pkcs7: Command = {
  valued: ["in", "out", "certfile", "inform", "outform"],
  *run(process, options) {
    const all: Uint8Array[] = []
    for (const file of options.all("certfile")) for (const one of readCertificates(yield* readText(process, file))) all.push(one.der)
    const body = sequence(integer(Uint8Array.of(1)), setOf(), sequence(oid(DATA)), explicit(0, ...all), explicit(1), setOf())
    yield* writeOut(process, options.get("out"), pem("PKCS7", sequence(oid(SIGNED_DATA), explicit(0, body))))
    return 0
  },
}

export const pkcs7: Command = {
  valued: ["in", "out", "inform", "outform"],
  *run(process, options) {
    const found = readPem(yield* readText(process, options.get("in")), /PKCS7/)
    if (!found) throw new OpensslError("unable to load PKCS7 object")
    const body = child(found.der, 0, 1, 0).content
    const set = elements(body).find(({ tag }) => tag === 0xa0)
    let text = ""
    for (const { whole } of set ? elements(set.content) : []) {
      const one = certificateFromDer(whole)
      text += `subject=${nameText(one.subject)}\nissuer=${nameText(one.issuer)}\n`
      text += options.has("noout") ? "\n" : `${certificatePem(one)}\n`
    }
    yield* writeOut(process, options.get("out"), options.has("print_certs") ? text : pem("PKCS7", found.der))
    return 0
  },
}

const macOf = (secret: Uint8Array, salt: Uint8Array, content: Uint8Array): Uint8Array => hmac(sha256, concat(secret, salt), content)

const friendly = (name: string | undefined): Uint8Array[] =>
  name === undefined
    ? []
    : [
        setOf(
          sequence(
            oid("1.2.840.113549.1.9.20"),
            setOf(tlv(0x1e, Uint8Array.from([...name].flatMap((one) => [0, one.charCodeAt(0) & 255])))),
          ),
        ),
      ]

/** Our own way inside of the outer form: the key lies open, a MAC of the password seals it. */
function* exported(process: Process, options: Options): Steps<number> {
  const text = yield* readText(process, options.get("in"))
  const all = readCertificates(text)
  for (const file of options.all("certfile")) all.push(...readCertificates(yield* readText(process, file)))
  if (all.length === 0) throw new OpensslError("Could not read any certificates from -in file")
  const key = options.has("nokeys")
    ? undefined
    : yield* keyFrom(process, options.get("inkey") ?? options.get("in"), yield* password(process, options.get("passin")))
  const secret =
    (yield* password(process, options.get("passout") ?? options.get("password"))) ?? (yield* askPassword(process, "Enter Export Password:"))
  const attributes = friendly(options.get("name"))
  const bags = sequence(
    ...all.map(({ der }, at) =>
      sequence(oid(CERTIFICATE_BAG), explicit(0, sequence(oid(X509), explicit(0, octets(der)))), ...(at === 0 ? attributes : [])),
    ),
    ...(key ? [sequence(oid(KEY_BAG), explicit(0, privateDer(key)), ...attributes)] : []),
  )
  const safe = sequence(sequence(oid(DATA), explicit(0, octets(bags))))
  const salt = (yield* worked(process, pbkdf2(sha256, secret, new Uint8Array(8), 1, 8))).slice()
  yield* writeOut(
    process,
    options.get("out"),
    sequence(
      integer(Uint8Array.of(3)),
      sequence(oid(DATA), explicit(0, octets(safe))),
      sequence(
        sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), nothing()), octets(macOf(secret, salt, safe))),
        octets(salt),
        integer(Uint8Array.of(1)),
      ),
    ),
    0o600,
  )
  return 0
}

export const pkcs12: Command = {
  valued: ["in", "out", "inkey", "certfile", "name", "passin", "passout", "password", "caname", "CAfile", "keypbe", "certpbe", "macalg"],
  *run(process, options) {
    if (options.has("export")) return yield* exported(process, options)
    const der = yield* readData(process, options.get("in"))
    const secret =
      (yield* password(process, options.get("passin") ?? options.get("password"))) ??
      (yield* askPassword(process, "Enter Import Password:"))
    const [, content, mac] = elements(child(der, 0).content)
    const safe = child(content.content, 1, 0).content
    const [sum, salt] = elements(mac.content)
    if (hexOf(elements(sum.content)[1].content) !== hexOf(macOf(secret, salt.content, safe)))
      throw new OpensslError("Mac verify error: invalid password?")
    let text = ""
    for (const bag of elements(child(child(safe, 0, 0, 1, 0).content, 0).content)) {
      const [kind, value] = elements(bag.content)
      if (oidText(kind.content) === CERTIFICATE_BAG && !options.has("nocerts")) {
        const one = certificateFromDer(child(value.content, 0, 1, 0).content)
        text += `Bag Attributes: <Empty Attributes>\nsubject=${nameText(one.subject)}\n\nissuer=${nameText(one.issuer)}\n\n${certificatePem(one)}`
      }
      const key = oidText(kind.content) === KEY_BAG && !options.has("nokeys") ? keyFromDer(value.content) : undefined
      if (key) {
        const plain = options.has("nodes") || options.has("noenc")
        const out = plain
          ? undefined
          : ((yield* password(process, options.get("passout"))) ?? (yield* askPassword(process, "Enter PEM pass phrase:")))
        text += `Bag Attributes: <Empty Attributes>\nKey Attributes: <No Attributes>\n${out ? yield* encryptedPem(process, key, out) : keyPem(key, false)}`
      }
    }
    if (!options.has("noout")) yield* writeOut(process, options.get("out"), text, 0o600)
    return 0
  },
}

export const storeutl: Command = {
  valued: ["out", "passin"],
  *run(process, options) {
    const [path] = options.words
    const all = readCertificates(yield* readText(process, path))
    if (all.length === 0) yield* certificateFrom(process, path)
    let text = ""
    for (const [at, one] of all.entries()) text += `${at}: Certificate\n${options.has("noout") ? "" : certificatePem(one)}`
    yield* process.print(`${text}Total found: ${all.length}\n`)
    return 0
  },
}
