/** openssl req: requests for certificates, and certificates that sign themselves. */
import type { Process, Steps } from "@drydock/machine"
import {
  type Certificate,
  certificateFromDer,
  makeCertificate,
  makeRequest,
  type Request,
  readRequest,
  requestFromDer,
  signedBy,
} from "./certificates.ts"
import {
  askPassword,
  type Command,
  certificateFrom,
  digestOf,
  encryptedPem,
  keyFrom,
  type Options,
  OpensslError,
  password,
  randomBytes,
  readData,
  readText,
  worked,
  writeOut,
} from "./command.ts"
import { extensionsFrom, sections, type Sections, subjectOf } from "./configuration.ts"
import { pem } from "./der.ts"
import { caExtensions } from "./extensions.ts"
import { curveNamed, type Key, type KeySpec, keyPem, newKey, publicDer } from "./keys.ts"
import { nameLines, type NamePart, nameRfc2253, nameText } from "./names.ts"
import { numberToBytes } from "./rsa.ts"
import { certificateText, modulusText, requestText } from "./print.ts"

export const DAY = 86_400_000

/** A certificate's number, positive and of 20 bytes. */
export const newSerial = (process: Process): Uint8Array => {
  const serial = randomBytes(process, 20)
  serial[0] = (serial[0] & 0x3f) | 0x40
  return serial
}

/** "10", "0x1234": -set_serial. */
export const serialFrom = (text: string): Uint8Array => {
  if (!/^(?:0x[0-9a-f]+|\d+)$/i.test(text)) throw new OpensslError(`Invalid serial number ${text}`)
  return numberToBytes(BigInt(text))
}

export const shownName = (options: Options): ((parts: readonly NamePart[]) => string) => {
  const format = options.get("nameopt") ?? ""
  return /rfc2253/i.test(format) ? nameRfc2253 : /multiline/.test(format) ? nameLines : nameText
}

/** "rsa:2048", "ec", "ed25519", with -pkeyopt. */
export const keySpec = (text: string, options: Options): KeySpec => {
  const [kind, size] = text.toLowerCase().split(":")
  const set = (name: string) =>
    options
      .all("pkeyopt")
      .map((one) => one.split(":"))
      .find(([own]) => own === name)?.[1]
  if (kind === "ed25519") return { kind }
  if (kind === "ec") {
    const curve = curveNamed(set("ec_paramgen_curve") ?? "prime256v1")
    if (!curve) throw new OpensslError(`Error setting ec_paramgen_curve:${set("ec_paramgen_curve")} parameters`)
    return { kind, curve }
  }
  if (kind !== "rsa") throw new OpensslError(`Unknown algorithm ${kind}`)
  return { kind, bits: Math.max(512, Math.min(8_192, Number(size ?? set("rsa_keygen_bits") ?? 2_048) || 2_048)) }
}

/** What key generation shows while primes are looked for. */
export function* progress(process: Process, key: Key): Steps<void> {
  if (key.kind !== "rsa") return
  const dots = () => ".".repeat(4 + Math.floor(process.random() * 60))
  yield* process.error(`${dots()}+++++\n${dots()}+++++\n`)
}

const QUESTIONS = [
  ["C", "Country Name (2 letter code) [AU]:", "AU"],
  ["ST", "State or Province Name (full name) [Some-State]:", "Some-State"],
  ["L", "Locality Name (eg, city) []:", ""],
  ["O", "Organization Name (eg, company) [Internet Widgits Pty Ltd]:", "Internet Widgits Pty Ltd"],
  ["OU", "Organizational Unit Name (eg, section) []:", ""],
  ["CN", "Common Name (e.g. server FQDN or YOUR name) []:", ""],
  ["emailAddress", "Email Address []:", ""],
] as const

/** Asks for each part of a name at the terminal. */
function* askSubject(process: Process): Steps<NamePart[]> {
  yield* process.error(
    "You are about to be asked to enter information that will be incorporated\ninto your certificate request.\nWhat you are about to enter is what is called a Distinguished Name or a DN.\nThere are quite a few fields but you can leave some blank\nFor some fields there will be a default value,\nIf you enter '.', the field will be left blank.\n-----\n",
  )
  const parts: NamePart[] = []
  for (const [type, question, standard] of QUESTIONS) {
    yield* process.error(question)
    const answer = yield* process.readLine(0)
    if (answer === undefined) break
    const value = answer === "" ? standard : answer === "." ? "" : answer
    if (value !== "") parts.push({ type, value })
  }
  return parts
}

function* show(process: Process, options: Options): Steps<number> {
  const data = yield* readData(process, options.get("in"))
  const given: Request | undefined = data[0] === 0x30 ? requestFromDer(data) : readRequest(new TextDecoder().decode(data))
  if (!given) throw new OpensslError("Unable to load X509 request")
  if (options.has("verify")) {
    const good = yield* worked(process, signedBy(given, given.publicKey))
    yield* process.error(good ? "Certificate request self-signature verify OK\n" : "Certificate request self-signature verify failure\n")
    if (!good) return 1
  }
  if (options.has("text")) yield* process.print(requestText(given))
  if (options.has("pubkey")) yield* process.print(pem("PUBLIC KEY", given.publicKey))
  if (options.has("subject")) yield* process.print(`subject=${shownName(options)(given.subject)}\n`)
  if (options.has("modulus")) yield* process.print(modulusText(given.publicKey))
  if (!options.has("noout"))
    yield* writeOut(
      process,
      options.get("out"),
      options.get("outform")?.toUpperCase() === "DER" ? given.der : pem("CERTIFICATE REQUEST", given.der),
    )
  return 0
}

function* newKeyFor(process: Process, options: Options, setting: (name: string) => string | undefined): Steps<Key> {
  const key = newKey(keySpec(options.get("newkey") ?? `rsa:${setting("default_bits") ?? 2_048}`, options), () => process.random())
  yield* progress(process, key)
  yield* process.error("-----\n")
  const plain = options.has("nodes") || options.has("noenc") || setting("encrypt_key") === "no"
  const secret = plain
    ? undefined
    : ((yield* password(process, options.get("passout"))) ?? (yield* askPassword(process, "Enter PEM pass phrase:")))
  const text = secret ? yield* encryptedPem(process, key, secret) : keyPem(key, false)
  yield* writeOut(process, options.get("keyout") ?? setting("default_keyfile") ?? "privkey.pem", text, 0o600)
  return key
}

export const request: Command = {
  valued:
    "in out key keyout newkey subj days config inform outform passin passout pkeyopt nameopt reqopt set_serial extensions reqexts addext section CA CAkey not_before not_after rand".split(
      " ",
    ),
  *run(process, options) {
    const configuration: Sections = options.has("config") ? sections(yield* readText(process, options.get("config"))) : new Map()
    const setting = (name: string) => configuration.get("req")?.find(([own]) => own === name)?.[1]
    const makes = options.has("new") || options.has("newkey") || options.has("x509") || (!options.has("in") && options.has("key"))
    if (!makes) return yield* show(process, options)
    if (options.has("subj")) subjectOf(options.get("subj"), configuration)
    const key = options.has("key")
      ? yield* keyFrom(process, options.get("key"), yield* password(process, options.get("passin")))
      : yield* newKeyFor(process, options, setting)
    const given = options.has("x509") && options.has("in") ? readRequest(yield* readText(process, options.get("in"))) : undefined
    let subject = given?.subject ?? subjectOf(options.get("subj"), configuration)
    if (subject.length === 0 && options.get("subj") === undefined) subject = yield* askSubject(process)
    const digest = digestOf(options)
    const own = given?.publicKey ?? publicDer(key)
    const added = options
      .all("addext")
      .map((text): [string, string] => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)])
    const selfSigned = options.has("x509")
    const section =
      options.get(selfSigned ? "extensions" : "reqexts") ??
      options.get("extensions") ??
      setting(selfSigned ? "x509_extensions" : "req_extensions")
    const authority: Certificate | undefined =
      selfSigned && options.has("CA") ? yield* certificateFrom(process, options.get("CA"), "CA certificate") : undefined
    const keys = { own, issuer: authority?.publicKey ?? own }
    const configured = extensionsFrom(configuration.get(section ?? "\0") ?? [], configuration, keys)
    const extra = extensionsFrom(added, configuration, keys)
    const extensions = [...configured.filter(({ id }) => !extra.some((one) => one.id === id)), ...extra]
    const form = (label: string, der: Uint8Array) => (options.get("outform")?.toUpperCase() === "DER" ? der : pem(label, der))
    if (!selfSigned) {
      const der = yield* worked(process, makeRequest(key, digest, subject, extensions))
      if (options.has("text")) yield* process.print(requestText(requestFromDer(der)))
      if (!options.has("noout")) yield* writeOut(process, options.get("out"), form("CERTIFICATE REQUEST", der))
      return 0
    }
    // The standard file says v3_ca for certificates that sign themselves.
    const standard = options.has("config") ? [] : caExtensions(own).filter(({ id }) => !extensions.some((one) => one.id === id))
    const now = process.now()
    const der = yield* worked(
      process,
      makeCertificate({
        serial: options.has("set_serial") ? serialFrom(options.get("set_serial") ?? "") : newSerial(process),
        issuer: authority?.subject ?? subject,
        subject,
        publicKey: own,
        from: now,
        until: now + Number(options.get("days") ?? 30) * DAY,
        extensions: [...standard, ...extensions],
        key: authority ? yield* keyFrom(process, options.get("CAkey") ?? options.get("CA")) : key,
        digest,
      }),
    )
    if (options.has("text")) yield* process.print(certificateText(certificateFromDer(der)))
    if (!options.has("noout")) yield* writeOut(process, options.get("out"), form("CERTIFICATE", der))
    return 0
  },
}
