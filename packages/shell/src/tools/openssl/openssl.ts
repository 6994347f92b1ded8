/** openssl: the commands that courses use. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256, sha512 } from "@noble/hashes/sha2.js"
import { defineTool } from "../../define-tool.ts"
import { readFile } from "../reading.ts"
import { formatDate } from "../../text/date.ts"
import { DIGESTS, hex } from "../checksums.ts"
import {
  caExtensions,
  type Certificate,
  type Extension,
  extensionText,
  type Key,
  keyPem,
  makeCertificate,
  makeRequest,
  type NamePart,
  nameText,
  newKey,
  parseExtension,
  parseSubject,
  publicKey,
  publicParts,
  readCertificate,
  readKey,
  readRequest,
  nameRfc2253,
  signData,
  signedBy,
  verifyData,
} from "./certificates.ts"
import { decode64, DerError, hexOf, lines64, pem, readPem } from "./der.ts"

const DAY = 86_400_000
const VERSION = "OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)"

class OpensslError extends Error {}

/** Options of one command: names that take a value are listed, all others are flags. */
class Options {
  readonly #values = new Map<string, string[]>()
  readonly words: string[] = []

  constructor(args: readonly string[], valued: readonly string[]) {
    for (let at = 0; at < args.length; at++) {
      const word = args[at]
      if (!/^-./.test(word)) {
        this.words.push(word)
        continue
      }
      const name = word.replace(/^--?/, "")
      this.#values.set(name, [...(this.#values.get(name) ?? []), valued.includes(name) ? (args[++at] ?? "") : ""])
    }
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  get(name: string): string | undefined {
    return this.#values.get(name)?.at(-1)
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }
}

const VALUED = [
  "in",
  "out",
  "key",
  "keyout",
  "newkey",
  "subj",
  "days",
  "CA",
  "CAkey",
  "CAserial",
  "set_serial",
  "extfile",
  "extensions",
  "addext",
  "config",
  "inform",
  "outform",
  "passin",
  "passout",
  "pass",
  "signkey",
  "checkend",
  "name",
  "algorithm",
  "pkeyopt",
  "CAfile",
  "CApath",
  "untrusted",
  "nameopt",
  "certopt",
  "connect",
  "servername",
  "rand",
  "reqexts",
  "force_pubkey",
  "starttls",
  "cert",
  "hex_length",
  "not_before",
  "not_after",
  "ext",
  "k",
  "iter",
  "md",
  "inkey",
]

function* readText(process: Process, path: string | undefined): Steps<string> {
  if (path === undefined || path === "-") return new TextDecoder().decode(yield* process.readAll(0))
  try {
    return process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new OpensslError(`Can't open "${path}" for reading, ${error.message}`)
  }
}

function* writeText(process: Process, path: string | undefined, text: string | Uint8Array, mode = 0o644): Steps<void> {
  if (path === undefined || path === "-") {
    yield* process.write(1, text)
    return
  }
  try {
    process.files.write(path, text, { mode })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new OpensslError(`Can't open "${path}" for writing, ${error.message}`)
  }
}

function* keyFrom(process: Process, path: string | undefined): Steps<Key> {
  const key = readKey(yield* readText(process, path))
  if (!key) throw new OpensslError(`Could not read private key from ${path ?? "<stdin>"}`)
  return key
}

function* certificateFrom(process: Process, path: string | undefined, what = "certificate"): Steps<Certificate> {
  const certificate = readCertificate(yield* readText(process, path))
  if (!certificate) throw new OpensslError(`Could not read ${what} from ${path ?? "<stdin>"}`)
  return certificate
}

const dateText = (at: number): string => formatDate("%b %e %H:%M:%S %Y GMT", at)

const bytes = (process: Process, count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(process.random() * 256))

const serialOf = (process: Process): Uint8Array => {
  const serial = bytes(process, 20)
  serial[0] = (serial[0] & 0x3f) | 0x40
  return serial
}

/** "rsa:2048", "ec", … */
const keyOf = (process: Process, spec: string): Key => {
  const [kind, size = "2048"] = spec.split(":")
  return newKey(/^(ec|ed25519)/i.test(kind) ? "ec" : "rsa", Math.max(512, Math.min(8192, Number(size) || 2048)), () => process.random())
}

const block = (data: Uint8Array, indent: string, across: number): string =>
  (hexOf(data).match(new RegExp(`(?:..){1,${across}}`, "g")) ?? [])
    .map((row, at, all) => `${indent}${(row.match(/../g) ?? []).join(":")}${at < all.length - 1 ? ":" : ""}\n`)
    .join("")

const keyText = (der: Uint8Array): string => {
  const { kind, number } = publicParts(der)
  return kind === "rsa"
    ? `            Public Key Algorithm: rsaEncryption\n                Public-Key: (${number.length * 8} bit)\n                Modulus:\n${block(Uint8Array.from([0, ...number]), " ".repeat(20), 15)}                Exponent: 65537 (0x10001)\n`
    : `            Public Key Algorithm: id-ecPublicKey\n                Public-Key: (256 bit)\n                pub:\n${block(number, " ".repeat(20), 15)}                ASN1 OID: prime256v1\n                NIST CURVE: P-256\n`
}

const certificateText = (one: Certificate): string =>
  `Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number:\n            ${(hexOf(one.serial).match(/../g) ?? []).join(":")}\n        Signature Algorithm: ${one.algorithm}\n        Issuer: ${nameText(one.issuer)}\n        Validity\n            Not Before: ${dateText(one.from)}\n            Not After : ${dateText(one.until)}\n        Subject: ${nameText(one.subject)}\n        Subject Public Key Info:\n${keyText(one.publicKey)}${one.extensions.length > 0 ? `        X509v3 extensions:\n${one.extensions.map(extensionText).join("")}` : ""}    Signature Algorithm: ${one.algorithm}\n    Signature Value:\n${block(one.signature, " ".repeat(8), 18)}`

const modulusText = (der: Uint8Array): string => {
  const { kind, number } = publicParts(der)
  return kind === "rsa" ? `Modulus=${hexOf(number).toUpperCase()}\n` : "Modulus=No modulus for this public key type\n"
}

/** Sections of an OpenSSL configuration; "" is what stands before the first. */
const sections = (text: string): Map<string, [string, string][]> => {
  const found = new Map<string, [string, string][]>([["", []]])
  let current: [string, string][] = found.get("") ?? []
  for (const line of text.split("\n")) {
    const plain = line.replace(/(^|\s)#.*$/, "").trim()
    const heading = /^\[\s*(.+?)\s*\]$/.exec(plain)
    if (heading) found.set(heading[1], (current = []))
    else if (plain.includes("=")) current.push([plain.slice(0, plain.indexOf("=")).trim(), plain.slice(plain.indexOf("=") + 1).trim()])
  }
  return found
}

const extensionsFrom = (pairs: readonly (readonly [string, string])[], all: Map<string, [string, string][]>): Extension[] =>
  pairs.flatMap(([name, value]) => {
    const own = parseExtension(name, value, (section) =>
      (all.get(section) ?? []).map(([key, item]) => `${key.replace(/\.\d+$/, "")}:${item}`),
    )
    return own ? [own] : []
  })

const subjectOf = (text: string | undefined, configuration: Map<string, [string, string][]>): NamePart[] => {
  if (text !== undefined) {
    const parts = parseSubject(text)
    if (!parts)
      throw new OpensslError(
        `subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${text.replace(/^\//, "")}'`,
      )
    return parts
  }
  const section = configuration.get("req")?.find(([name]) => name === "distinguished_name")?.[1]
  return (configuration.get(section ?? "") ?? []).flatMap(([name, value]) =>
    /^(C|ST|L|O|OU|CN|emailAddress)$/.test(name) ? [{ type: name, value }] : [],
  )
}

type Command = (process: Process, options: Options) => Steps<number>

const request: Command = function* (process, options) {
  const configuration = options.has("config")
    ? sections(yield* readText(process, options.get("config")))
    : new Map<string, [string, string][]>()
  const makes = options.has("new") || options.has("newkey") || options.has("x509") || (!options.has("in") && options.has("key"))
  if (!makes) {
    const given = readRequest(yield* readText(process, options.get("in")))
    if (!given) throw new OpensslError(`Unable to load X509 request`)
    if (options.has("verify")) yield* process.error("Certificate request self-signature verify OK\n")
    if (options.has("text"))
      yield* process.print(
        `Certificate Request:\n    Data:\n        Version: 1 (0x0)\n        Subject: ${nameText(given.subject)}\n        Subject Public Key Info:\n${keyText(given.publicKey)}        Attributes:\n${given.extensions.length > 0 ? `            Requested Extensions:\n${given.extensions.map((one) => extensionText(one).replace(/^/gm, "    ").trimEnd()).join("\n")}\n` : "            (none)\n            a0:00\n"}    Signature Algorithm: sha256WithRSAEncryption\n`,
      )
    if (options.has("subject")) yield* process.print(`subject=${nameText(given.subject)}\n`)
    if (options.has("modulus")) yield* process.print(modulusText(given.publicKey))
    if (options.has("pubkey")) yield* process.print(pem("PUBLIC KEY", given.publicKey))
    if (!options.has("noout")) yield* writeText(process, options.get("out"), pem("CERTIFICATE REQUEST", given.der))
    return 0
  }
  let key: Key
  if (options.has("key")) key = yield* keyFrom(process, options.get("key"))
  else {
    const spec = options.get("newkey") ?? `rsa:${configuration.get("req")?.find(([name]) => name === "default_bits")?.[1] ?? 2048}`
    key = keyOf(process, spec)
    const target = options.get("keyout") ?? configuration.get("req")?.find(([name]) => name === "default_keyfile")?.[1] ?? "privkey.pem"
    if (key.kind === "rsa") yield* process.error(`${".".repeat(20)}+++++\n${".".repeat(12)}+++++\n-----\n`)
    else yield* process.error("-----\n")
    yield* writeText(process, target, keyPem(key, false), 0o600)
  }
  let subject = subjectOf(options.get("subj"), configuration)
  if (subject.length === 0 && options.get("subj") === undefined) subject = yield* askSubject(process)
  const added = options.all("addext").map((text): [string, string] => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)])
  const section =
    options.get(options.has("x509") ? "extensions" : "reqexts") ??
    configuration.get("req")?.find(([name]) => name === (options.has("x509") ? "x509_extensions" : "req_extensions"))?.[1]
  const extensions = [...extensionsFrom(configuration.get(section ?? "\0") ?? [], configuration), ...extensionsFrom(added, configuration)]
  if (!options.has("x509")) {
    yield* writeText(process, options.get("out"), makeRequest(key, subject, extensions))
    return 0
  }
  const own = caExtensions(key).filter(({ id }) => !extensions.some((one) => one.id === id))
  const now = process.now()
  const certificate = makeCertificate({
    serial: serialOf(process),
    issuer: subject,
    subject,
    publicKey: publicKey(key),
    from: now,
    until: now + Number(options.get("days") ?? 30) * DAY,
    extensions: [...own, ...extensions],
    key,
  })
  yield* writeText(process, options.get("out"), certificate)
  return 0
}

/** Asks for each part of a name at the terminal. */
function* askSubject(process: Process): Steps<NamePart[]> {
  yield* process.error(
    "You are about to be asked to enter information that will be incorporated\ninto your certificate request.\nWhat you are about to enter is what is called a Distinguished Name or a DN.\nThere are quite a few fields but you can leave some blank\nFor some fields there will be a default value,\nIf you enter '.', the field will be left blank.\n-----\n",
  )
  const parts: NamePart[] = []
  for (const [type, question, standard] of [
    ["C", "Country Name (2 letter code) [AU]:", "AU"],
    ["ST", "State or Province Name (full name) [Some-State]:", "Some-State"],
    ["L", "Locality Name (eg, city) []:", ""],
    ["O", "Organization Name (eg, company) [Internet Widgits Pty Ltd]:", "Internet Widgits Pty Ltd"],
    ["OU", "Organizational Unit Name (eg, section) []:", ""],
    ["CN", "Common Name (e.g. server FQDN or YOUR name) []:", ""],
    ["emailAddress", "Email Address []:", ""],
  ] as const) {
    yield* process.error(question)
    const answer = yield* process.readLine(0)
    if (answer === undefined) break
    const value = answer === "" ? standard : answer === "." ? "" : answer
    if (value !== "") parts.push({ type, value })
  }
  return parts
}

const x509: Command = function* (process, options) {
  if (options.has("req")) return yield* signRequest(process, options)
  const one =
    options.get("inform")?.toUpperCase() === "DER"
      ? readCertificate(pem("CERTIFICATE", yield* readData(process, options.get("in"))))
      : yield* certificateFrom(process, options.get("in"))
  if (!one) throw new OpensslError(`Could not read certificate from ${options.get("in") ?? "<stdin>"}`)
  const print = (text: string) => process.print(text)
  if (options.has("text")) yield* print(certificateText(one))
  if (options.has("serial")) yield* print(`serial=${hexOf(one.serial).toUpperCase()}\n`)
  const named = /rfc2253/i.test(options.get("nameopt") ?? "") ? nameRfc2253 : nameText
  if (options.has("subject")) yield* print(`subject=${named(one.subject)}\n`)
  if (options.has("issuer")) yield* print(`issuer=${named(one.issuer)}\n`)
  if (options.has("startdate") || options.has("dates")) yield* print(`notBefore=${dateText(one.from)}\n`)
  if (options.has("enddate") || options.has("dates")) yield* print(`notAfter=${dateText(one.until)}\n`)
  const digest = ["sha256", "sha1", "md5", "sha512"].find((name) => options.has(name)) ?? "sha1"
  if (options.has("fingerprint"))
    yield* print(`${digest} Fingerprint=${(hex(DIGESTS[digest](one.der)).toUpperCase().match(/../g) ?? []).join(":")}\n`)
  if (options.has("hash") || options.has("subject_hash"))
    yield* print(`${hex(DIGESTS.sha1(new TextEncoder().encode(nameText(one.subject)))).slice(0, 8)}\n`)
  if (options.has("modulus")) yield* print(modulusText(one.publicKey))
  if (options.has("pubkey")) yield* print(pem("PUBLIC KEY", one.publicKey))
  if (options.has("ext")) {
    const wanted = (options.get("ext") ?? "").split(",")
    const titles: Readonly<Record<string, string>> = {
      subjectAltName: "Subject Alternative Name",
      basicConstraints: "Basic Constraints",
      keyUsage: "X509v3 Key Usage",
      extendedKeyUsage: "Extended Key Usage",
    }
    yield* print(
      one.extensions
        .map(extensionText)
        .filter((text) => wanted.some((name) => titles[name] !== undefined && text.includes(titles[name])))
        .map((text) => text.replace(/^ {12}/gm, ""))
        .join(""),
    )
  }
  if (options.has("checkend")) {
    const soon = one.until - process.now() < Number(options.get("checkend")) * 1_000
    yield* print(soon ? "Certificate will expire\n" : "Certificate will not expire\n")
    if (!options.has("noout")) yield* writeText(process, options.get("out"), pem("CERTIFICATE", one.der))
    return soon ? 1 : 0
  }
  if (!options.has("noout"))
    yield* writeText(process, options.get("out"), options.get("outform")?.toUpperCase() === "DER" ? one.der : pem("CERTIFICATE", one.der))
  return 0
}

function* signRequest(process: Process, options: Options): Steps<number> {
  const given = readRequest(yield* readText(process, options.get("in")))
  if (!given) throw new OpensslError("Unable to load certificate request input")
  yield* process.error("Certificate request self-signature ok\n")
  yield* process.error(`subject=${nameText(given.subject)}\n`)
  const own = options.get("signkey") ?? options.get("key")
  const authority = options.has("CA") ? yield* certificateFrom(process, options.get("CA"), "CA certificate") : undefined
  const keyPath = authority ? (options.get("CAkey") ?? options.get("CA")) : own
  if (keyPath === undefined)
    throw new OpensslError("We need a private key to sign with, use -signkey or -CAkey or -CA <file> with private key")
  const key = yield* keyFrom(process, keyPath)
  if (authority && hexOf(publicKey(key)) !== hexOf(authority.publicKey))
    throw new OpensslError("CA certificate and CA private key do not match")
  // The serial number that the authority gave last is kept beside its certificate.
  const serialPath = options.get("CAserial") ?? `${(options.get("CA") ?? "").replace(/\.[^./]*$/, "")}.srl`
  const kept =
    authority && process.files.exists(serialPath) ? BigInt(`0x${process.files.readText(serialPath).trim() || "0"}`) + 1n : undefined
  let serial = options.has("set_serial") ? Uint8Array.from([Number(options.get("set_serial")) & 255]) : serialOf(process)
  if (kept !== undefined && !options.has("set_serial")) {
    const digits = kept.toString(16)
    serial = Uint8Array.from(
      (digits.padStart(digits.length + (digits.length % 2), "0").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)),
    )
  }
  if (authority && !options.has("set_serial") && (kept !== undefined || options.has("CAcreateserial") || options.has("CA")))
    process.files.write(serialPath, `${hexOf(serial).toUpperCase()}\n`)
  const now = process.now()
  const file = options.has("extfile") ? sections(yield* readText(process, options.get("extfile"))) : new Map<string, [string, string][]>()
  const extensions = [
    ...(options.get("copy_extensions") === undefined ? [] : given.extensions),
    ...extensionsFrom(file.get(options.get("extensions") ?? "") ?? [], file),
  ]
  const text = makeCertificate({
    serial,
    issuer: authority?.subject ?? given.subject,
    subject: given.subject,
    publicKey: given.publicKey,
    from: now,
    until: now + Number(options.get("days") ?? 30) * DAY,
    extensions,
    key,
  })
  yield* writeText(process, options.get("out"), text)
  return 0
}

const rsaLike = (kind: "rsa" | "ec" | "any"): Command =>
  function* (process, options) {
    const text = yield* readText(process, options.get("in"))
    const key = readKey(text)
    if (!key && !options.has("pubin")) throw new OpensslError(`Could not read private key from ${options.get("in") ?? "<stdin>"}`)
    if (!key) {
      yield* process.print(text)
      return 0
    }
    const der = publicKey(key)
    if (options.has("check")) yield* process.print(kind === "rsa" ? "RSA key ok\n" : "Key is valid\n")
    if (options.has("modulus")) yield* process.print(modulusText(der))
    if (options.has("text"))
      yield* process.print(
        `Private-Key: (${key.kind === "rsa" ? `${key.bits} bit, 2 primes` : "256 bit"})\n${keyText(der)
          .replace(/^ {16}/gm, "")
          .split("\n")
          .slice(2)
          .join("\n")}`,
      )
    if (options.has("pubout")) yield* writeText(process, options.get("out"), pem("PUBLIC KEY", der))
    else if (!options.has("noout")) {
      if (kind !== "any") yield* process.error(`writing ${kind === "rsa" ? "RSA" : "EC"} key\n`)
      yield* writeText(process, options.get("out"), keyPem(key, options.has("traditional") || kind === "ec"), 0o600)
    }
    return 0
  }

const verify: Command = function* (process, options) {
  const anchors: Certificate[] = []
  const file = options.get("CAfile") ?? "/etc/ssl/certs/ca-certificates.crt"
  const text = process.files.access(file, { read: true }) ? process.files.readText(file) : undefined
  if (text === undefined && options.has("CAfile")) throw new OpensslError(`Error loading file ${file}`)
  for (const [one] of (text ?? "").matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)) {
    const anchor = readCertificate(one)
    if (anchor) anchors.push(anchor)
  }
  let status = 0
  for (const path of options.words) {
    const one = yield* certificateFrom(process, path)
    const anchor = anchors.find((other) => nameText(other.subject) === nameText(one.issuer))
    const problem =
      anchor === undefined
        ? [
            nameText(one.issuer) === nameText(one.subject) ? 18 : 20,
            nameText(one.issuer) === nameText(one.subject) ? "self-signed certificate" : "unable to get local issuer certificate",
          ]
        : !signedBy(one, anchor)
          ? [7, "certificate signature failure"]
          : one.until < process.now()
            ? [10, "certificate has expired"]
            : one.from > process.now()
              ? [9, "certificate is not yet valid"]
              : undefined
    if (!problem) yield* process.print(`${path}: OK\n`)
    else {
      yield* process.error(
        `${nameText(one.subject)}\nerror ${problem[0]} at 0 depth lookup: ${problem[1]}\nerror ${path}: verification failed\n`,
      )
      status = 2
    }
  }
  return status
}

const HMAC_DIGESTS: Readonly<Record<string, typeof sha256 | typeof sha512>> = { sha256, sha512 }

const labelOf = (name: string): string => (name === "md5" ? "MD5" : name.toUpperCase().replace("SHA", "SHA2-").replace("SHA2-1", "SHA1"))

function* readData(process: Process, path: string | undefined): Steps<Uint8Array> {
  if (path === undefined || path === "-") return yield* process.readAll(0)
  try {
    return yield* readFile(process, path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new OpensslError(`Can't open "${path}" for reading, ${error.message}`)
  }
}

const digest = (name: string): Command =>
  function* (process, options) {
    const own = Object.keys(DIGESTS).find((one) => options.has(one)) ?? name
    const [file] = options.words
    if (options.has("sign")) {
      const key = yield* keyFrom(process, options.get("sign"))
      yield* writeText(process, options.get("out"), signData(key, yield* readData(process, file)))
      return 0
    }
    if (options.has("verify") || options.has("prverify")) {
      const text = yield* readText(process, options.get("verify") ?? options.get("prverify"))
      const key = readKey(text)
      const der = key ? publicKey(key) : readPem(text, /PUBLIC KEY/)?.der
      if (!der) throw new OpensslError(`Could not read public key from ${options.get("verify")}`)
      const good = verifyData(der, yield* readData(process, options.get("signature")), yield* readData(process, file))
      yield* process.print(good ? "Verified OK\n" : "Verification failure\n")
      return good ? 0 : 1
    }
    const secret = options.get("hmac")
    if (secret !== undefined) {
      const sum = hmac(HMAC_DIGESTS[own] ?? sha256, new TextEncoder().encode(secret), yield* readData(process, file))
      if (options.has("binary")) yield* process.write(1, sum)
      else yield* process.print(`${labelOf(own)}(${file ?? "stdin"})= ${hex(sum)}\n`)
      return 0
    }
    for (const path of options.words.length > 0 ? options.words : [undefined]) {
      const data = path === undefined ? yield* process.readAll(0) : new TextEncoder().encode(yield* readText(process, path))
      const sum = DIGESTS[own](path === undefined ? data : process.files.readBytes(path))
      if (options.has("binary")) yield* process.write(1, sum)
      else
        yield* process.print(options.has("r") ? `${hex(sum)} *${path ?? "stdin"}\n` : `${labelOf(own)}(${path ?? "stdin"})= ${hex(sum)}\n`)
    }
    return 0
  }

const COMMANDS: Readonly<Record<string, Command>> = {
  req: request,
  x509,
  verify,
  rsa: rsaLike("rsa"),
  ec: rsaLike("ec"),
  pkey: rsaLike("any"),
  dgst: digest("sha256"),
  md5: digest("md5"),
  sha1: digest("sha1"),
  sha256: digest("sha256"),
  sha512: digest("sha512"),
  *version(process, options) {
    yield* process.print(
      `${VERSION}\n${options.has("a") ? 'built on: Wed Jan 29 00:00:00 2025 UTC\nplatform: debian-amd64\nOPENSSLDIR: "/usr/lib/ssl"\n' : ""}`,
    )
    return 0
  },
  *rand(process, options) {
    const count = Number(options.words[0] ?? 0)
    if (!(count > 0 && count <= 1_048_576)) throw new OpensslError("Extra arguments given.")
    const data = bytes(process, count)
    yield* writeText(process, options.get("out"), options.has("hex") ? `${hexOf(data)}\n` : options.has("base64") ? lines64(data) : data)
    return 0
  },
  *genrsa(process, options) {
    const key = keyOf(process, `rsa:${options.words[0] ?? "2048"}`)
    yield* writeText(process, options.get("out"), keyPem(key, options.has("traditional")), 0o600)
    return 0
  },
  *genpkey(process, options) {
    const size =
      options
        .all("pkeyopt")
        .map((one) => /rsa_keygen_bits:(\d+)/.exec(one)?.[1])
        .find(Boolean) ?? "2048"
    const key = keyOf(process, `${(options.get("algorithm") ?? "RSA").toLowerCase()}:${size}`)
    yield* writeText(process, options.get("out"), keyPem(key, false), 0o600)
    return 0
  },
  *ecparam(process, options) {
    if (!options.has("genkey")) return 0
    yield* writeText(process, options.get("out"), keyPem(keyOf(process, "ec"), true), 0o600)
    return 0
  },
  *enc(process, options) {
    const data = options.has("in") ? process.files.readBytes(options.get("in") ?? "") : yield* process.readAll(0)
    if (!options.has("base64") && !options.has("a")) throw new OpensslError("only base64 is supported here")
    const one = options.has("A")
    yield* writeText(
      process,
      options.get("out"),
      options.has("d") ? decode64(new TextDecoder().decode(data)) : one ? lines64(data).replaceAll("\n", "") : lines64(data),
    )
    return 0
  },
  *base64(process, options) {
    const data = options.has("in") ? process.files.readBytes(options.get("in") ?? "") : yield* process.readAll(0)
    yield* writeText(
      process,
      options.get("out"),
      options.has("d") ? decode64(new TextDecoder().decode(data)) : options.has("A") ? lines64(data).replaceAll("\n", "") : lines64(data),
    )
    return 0
  },
}

export const openssl = defineTool({
  name: "openssl",
  plain: true,
  summary: "cryptography toolkit",
  *run(process, [name, ...args]) {
    if (name === undefined || name === "help" || name === "--help") {
      yield* process.error(`help:\n\nStandard commands\n${Object.keys(COMMANDS).sort().join("  ")}\n`)
      return name === undefined ? 1 : 0
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (!command) {
      yield* process.error(`Invalid command '${name}'; type "help" for a list.\n`)
      return 1
    }
    try {
      if (process.charge(40)) yield* process.yield()
      const valued = name === "dgst" ? [...VALUED, "sign", "verify", "prverify", "signature", "hmac", "mac", "macopt"] : VALUED
      return yield* command(process, new Options(args, valued))
    } catch (error) {
      if (error instanceof SystemError && error.code === "EPIPE") throw error
      if (!(error instanceof OpensslError || error instanceof DerError || error instanceof SystemError)) throw error
      yield* process.error(`${name === "x509" || name === "req" ? "" : `${name}: `}${error.message}\n`)
      return 1
    }
  },
})
