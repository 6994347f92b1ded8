/** openssl x509 and verify: certificates shown, signed and checked. */
import type { Process, Steps } from "@drydock/machine"
import { DIGESTS, hex } from "../checksums.ts"
import {
  type Certificate,
  certificateFromDer,
  certificatePem,
  makeCertificate,
  readCertificates,
  readRequest,
  signedBy,
} from "./certificates.ts"
import {
  certificateFrom,
  type Command,
  digestOf,
  keyFrom,
  type Options,
  OpensslError,
  password,
  readText,
  worked,
  writeOut,
} from "./command.ts"
import { extensionsFrom, sections, type Sections } from "./configuration.ts"
import { child, elements, hexOf, pem } from "./der.ts"
import { extensionText, IDS, usageIds } from "./extensions.ts"
import { publicDer } from "./keys.ts"
import { nameHash, nameText } from "./names.ts"
import { certificateText, dateText, modulusText } from "./print.ts"
import { DAY, newSerial, serialFrom, shownName } from "./request.ts"
import { numberToBytes } from "./rsa.ts"

const EXTENSION_NAMES: Readonly<Record<string, string>> = {
  subjectAltName: IDS.altName,
  basicConstraints: IDS.constraints,
  keyUsage: IDS.usage,
  extendedKeyUsage: IDS.extendedUsage,
  subjectKeyIdentifier: IDS.subjectKey,
  authorityKeyIdentifier: IDS.authorityKey,
}

const isAuthority = (one: Certificate): boolean => {
  const found = one.extensions.find(({ id }) => id === IDS.constraints)
  const usage = one.extensions.find(({ id }) => id === IDS.usage)
  // Where usages are told, signing certificates must be among them.
  if (usage && !((child(usage.value, 0).content[1] ?? 0) & 0x04)) return false
  return found ? elements(child(found.value, 0).content).some(({ tag, content }) => tag === 0x01 && content[0] !== 0) : one.version === 1
}

/** -purpose, by extended key usage and basic constraints. */
const purposes = (one: Certificate): string => {
  const usage = one.extensions.find(({ id }) => id === IDS.extendedUsage)
  const ids = usage ? usageIds(usage.value) : undefined
  const may = (id: string) => ids === undefined || ids.includes(id)
  const authority = isAuthority(one)
  const rows: [string, boolean][] = [
    ["SSL client", may("1.3.6.1.5.5.7.3.2")],
    ["SSL server", may("1.3.6.1.5.5.7.3.1")],
    ["Netscape SSL server", may("1.3.6.1.5.5.7.3.1")],
    ["S/MIME signing", may("1.3.6.1.5.5.7.3.4")],
    ["S/MIME encryption", may("1.3.6.1.5.5.7.3.4")],
    ["CRL signing", true],
    ["Any Purpose", true],
    ["OCSP helper", true],
    ["Time Stamp signing", ids?.length === 1 && ids[0] === "1.3.6.1.5.5.7.3.8"],
  ]
  return `Certificate purposes:\n${rows
    .map(([name, yes]) => `${name} : ${yes ? "Yes" : "No"}\n${name} CA : ${(yes || name === "Any Purpose") && authority ? "Yes" : "No"}\n`)
    .join("")}`
}

/** What stands in subjectAltName, by the tag of its kind. */
const altNames = (one: Certificate, tag: number): string[] => {
  const found = one.extensions.find(({ id }) => id === IDS.altName)
  return found
    ? elements(child(found.value, 0).content).flatMap((part) => (part.tag === tag ? [new TextDecoder().decode(part.content)] : []))
    : []
}

/** What one option prints. */
const shown = (one: Certificate, name: string, value: string, options: Options): string => {
  const named = shownName(options)
  switch (name) {
    case "text":
      return certificateText(one)
    case "serial":
      return `serial=${hexOf(one.serial).toUpperCase()}\n`
    case "subject":
      return `subject=${named(one.subject)}\n`
    case "issuer":
      return `issuer=${named(one.issuer)}\n`
    case "startdate":
      return `notBefore=${dateText(one.from)}\n`
    case "enddate":
      return `notAfter=${dateText(one.until)}\n`
    case "dates":
      return `notBefore=${dateText(one.from)}\nnotAfter=${dateText(one.until)}\n`
    case "fingerprint": {
      const digest = ["sha256", "sha384", "sha512", "md5"].find((one) => options.has(one)) ?? "sha1"
      return `${digest === "sha1" ? "SHA1" : digest} Fingerprint=${(hex(DIGESTS[digest](one.der)).toUpperCase().match(/../g) ?? []).join(":")}\n`
    }
    case "hash":
    case "subject_hash":
      return `${nameHash(one.subject)}\n`
    case "issuer_hash":
      return `${nameHash(one.issuer)}\n`
    case "modulus":
      return modulusText(one.publicKey)
    case "pubkey":
      return pem("PUBLIC KEY", one.publicKey)
    case "email": {
      const all = [...one.subject.filter(({ type }) => type === "emailAddress").map((part) => part.value), ...altNames(one, 0x81)]
      return [...new Set(all)].map((address) => `${address}\n`).join("")
    }
    case "purpose":
      return purposes(one)
    case "ext": {
      const wanted = value.split(",").map((own) => EXTENSION_NAMES[own])
      const found = one.extensions.filter(({ id }) => wanted.includes(id))
      return found.length === 0 ? "No extensions matched\n" : found.map((own) => extensionText(own).replace(/^ {12}/gm, "")).join("")
    }
    default:
      return ""
  }
}

export const x509: Command = {
  valued:
    "in out CA CAkey CAserial set_serial extfile extensions inform outform passin signkey key checkend ext nameopt certopt days force_pubkey copy_extensions subj addtrust setalias not_before not_after preserve_dates".split(
      " ",
    ),
  *run(process, options) {
    if (options.has("req")) return yield* signRequest(process, options)
    let one = yield* certificateFrom(process, options.get("in"))
    if (options.has("signkey") || options.has("CA")) one = yield* signedAgain(process, options, one)
    for (const [name, value] of options.order) yield* process.print(shown(one, name, value, options))
    const write = function* (): Steps<void> {
      if (options.has("noout")) return
      yield* writeOut(process, options.get("out"), options.get("outform")?.toUpperCase() === "DER" ? one.der : certificatePem(one))
    }
    if (options.has("checkend")) {
      const soon = one.until - process.now() < Number(options.get("checkend")) * 1_000
      yield* process.print(soon ? "Certificate will expire\n" : "Certificate will not expire\n")
      yield* write()
      return soon ? 1 : 0
    }
    yield* write()
    return 0
  },
}

interface Signer {
  readonly issuer: Certificate | undefined
  readonly serial: Uint8Array
}

/** The authority and the next of its numbers, which it keeps in a file beside its certificate. */
function* signerOf(process: Process, options: Options): Steps<Signer> {
  const issuer = options.has("CA") ? yield* certificateFrom(process, options.get("CA"), "CA certificate") : undefined
  if (options.has("set_serial")) return { issuer, serial: serialFrom(options.get("set_serial") ?? "") }
  if (!issuer) return { issuer, serial: newSerial(process) }
  const path = options.get("CAserial") ?? `${(options.get("CA") ?? "").replace(/\.[^./]*$/, "")}.srl`
  const kept = process.files.exists(path) ? process.files.readText(path).trim() : undefined
  const serial = kept === undefined ? newSerial(process) : numberToBytes(BigInt(`0x${/^[0-9a-fA-F]+$/.test(kept) ? kept : "0"}`) + 1n)
  yield* writeOut(process, path, `${hexOf(serial).toUpperCase()}\n`)
  return { issuer, serial }
}

function* signRequest(process: Process, options: Options): Steps<number> {
  let text: string
  try {
    text = yield* readText(process, options.get("in"))
  } catch (error) {
    if (!(error instanceof OpensslError)) throw error
    throw new OpensslError(`${error.message}\nUnable to load certificate request input`)
  }
  const given = readRequest(text)
  if (!given) throw new OpensslError("Unable to load certificate request input")
  const good = yield* worked(process, signedBy(given, given.publicKey))
  yield* process.error(good ? "Certificate request self-signature ok\n" : "Certificate request self-signature did not match the contents\n")
  if (!good) return 1
  yield* process.error(`subject=${nameText(given.subject)}\n`)
  const keyPath = options.has("CA") ? (options.get("CAkey") ?? options.get("CA")) : (options.get("signkey") ?? options.get("key"))
  if (keyPath === undefined)
    throw new OpensslError("We need a private key to sign with, use -signkey or -CAkey or -CA <file> with private key")
  const key = yield* keyFrom(process, keyPath, yield* password(process, options.get("passin")))
  const { issuer, serial } = yield* signerOf(process, options)
  if (issuer && hexOf(publicDer(key)) !== hexOf(issuer.publicKey)) throw new OpensslError("CA certificate and CA private key do not match")
  const file: Sections = options.has("extfile") ? sections(yield* readText(process, options.get("extfile"))) : new Map()
  const section = options.get("extensions") ?? file.get("")?.find(([name]) => name === "extensions")?.[1] ?? ""
  const keys = { own: given.publicKey, issuer: issuer?.publicKey ?? given.publicKey }
  const copied = /^copy(all)?$/.test(options.get("copy_extensions") ?? "") ? given.extensions : []
  const now = process.now()
  const der = yield* worked(
    process,
    makeCertificate({
      serial,
      issuer: issuer?.subject ?? given.subject,
      subject: given.subject,
      publicKey: given.publicKey,
      from: now,
      until: now + Number(options.get("days") ?? 30) * DAY,
      extensions: [...copied, ...extensionsFrom(file.get(section) ?? [], file, keys)],
      key,
      digest: digestOf(options),
    }),
  )
  const one = certificateFromDer(der)
  for (const [name, value] of options.order) if (name !== "subject") yield* process.print(shown(one, name, value, options))
  if (!options.has("noout"))
    yield* writeOut(process, options.get("out"), options.get("outform")?.toUpperCase() === "DER" ? der : certificatePem(one))
  return 0
}

/** A certificate that is there, signed anew. */
function* signedAgain(process: Process, options: Options, one: Certificate): Steps<Certificate> {
  const key = yield* keyFrom(process, options.has("CA") ? (options.get("CAkey") ?? options.get("CA")) : options.get("signkey"))
  const { issuer, serial } = yield* signerOf(process, options)
  const now = process.now()
  const der = yield* worked(
    process,
    makeCertificate({
      serial: issuer ? serial : one.serial,
      issuer: issuer?.subject ?? one.subject,
      subject: one.subject,
      publicKey: issuer ? one.publicKey : publicDer(key),
      from: now,
      until: now + Number(options.get("days") ?? 30) * DAY,
      extensions: one.extensions,
      key,
      digest: digestOf(options),
    }),
  )
  return certificateFromDer(der)
}

/** Why a chain does not hold, as X509_verify_cert_error_string numbers and words it. */
interface Problem {
  readonly code: number
  readonly depth: number
  readonly text: string
  readonly subject: string
}

export function* verifyChain(
  process: Process,
  leaf: Certificate,
  anchors: readonly Certificate[],
  others: readonly Certificate[],
  partial = false,
): Steps<{ problem: Problem | undefined; chain: Certificate[] }> {
  const chain = [leaf]
  const fail = (code: number, text: string) => ({
    problem: { code, depth: chain.length - 1, text, subject: nameText(chain[chain.length - 1].subject) },
    chain,
  })
  for (let depth = 0; depth < 20; depth++) {
    const current = chain[chain.length - 1]
    const anchor = anchors.find((one) => hexOf(one.der) === hexOf(current.der))
    const issuerName = nameText(current.issuer)
    const selfIssued = issuerName === nameText(current.subject)
    if (anchor && (selfIssued || partial)) break
    const issuer = [...anchors, ...others].find((one) => nameText(one.subject) === issuerName && hexOf(one.der) !== hexOf(current.der))
    if (!issuer)
      return selfIssued
        ? fail(
            chain.length === 1 ? 18 : 19,
            chain.length === 1 ? "self-signed certificate" : "self-signed certificate in certificate chain",
          )
        : fail(20, "unable to get local issuer certificate")
    if (!isAuthority(issuer)) {
      chain.push(issuer)
      return fail(79, "invalid CA certificate")
    }
    if (!(yield* worked(process, signedBy(current, issuer.publicKey)))) return fail(7, "certificate signature failure")
    chain.push(issuer)
  }
  for (const [depth, one] of chain.entries()) {
    const problem = (code: number, text: string) => ({ problem: { code, depth, text, subject: nameText(one.subject) }, chain })
    if (one.from > process.now() + 999) return problem(9, "certificate is not yet valid")
    if (one.until < process.now()) return problem(10, "certificate has expired")
  }
  return { problem: undefined, chain }
}

export const verify: Command = {
  valued: "CAfile CApath untrusted trusted purpose verify_hostname verify_ip verify_depth attime nameopt".split(" "),
  *run(process, options) {
    const anchors: Certificate[] = []
    const files = [...options.all("CAfile"), ...options.all("trusted")]
    for (const file of files.length > 0 ? files : ["/etc/ssl/certs/ca-certificates.crt"]) {
      const readable = process.files.access(file, { read: true })
      if (!readable && files.length > 0) throw new OpensslError(`Error loading file ${file}`)
      if (readable) anchors.push(...readCertificates(process.files.readText(file)))
    }
    const others: Certificate[] = []
    for (const file of options.all("untrusted")) others.push(...readCertificates(yield* readText(process, file)))
    let status = 0
    for (const path of options.words.length > 0 ? options.words : [undefined]) {
      const shownPath = path ?? "stdin"
      let one: Certificate
      try {
        one = yield* certificateFrom(process, path, "certificate file")
      } catch (error) {
        if (!(error instanceof OpensslError)) throw error
        yield* process.error(`${error.message}\n`)
        status = 2
        continue
      }
      const { problem } = yield* verifyChain(process, one, anchors, others, options.has("partial_chain"))
      const host = options.get("verify_hostname")
      if (problem) {
        yield* process.error(
          `${problem.subject}\nerror ${problem.code} at ${problem.depth} depth lookup: ${problem.text}\nerror ${shownPath}: verification failed\n`,
        )
        status = 2
      } else if (
        host !== undefined &&
        !altNames(one, 0x82).some((name) => name === host || (name.startsWith("*.") && host.replace(/^[^.]+/, "*") === name))
      ) {
        yield* process.error(
          `${nameText(one.subject)}\nerror 62 at 0 depth lookup: hostname mismatch\nerror ${shownPath}: verification failed\n`,
        )
        status = 2
      } else yield* process.print(`${shownPath}: OK\n`)
    }
    return status
  },
}
