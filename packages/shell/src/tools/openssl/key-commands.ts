/** openssl genrsa, genpkey, ecparam, rsa, ec, pkey, pkcs8, pkeyutl: keys made, shown, turned into other forms, and used. */
import type { Process, Steps } from "@drydock/machine"
import {
  askPassword,
  certificateFrom,
  type Command,
  digestOf,
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
import { oid, pem } from "./der.ts"
import {
  CURVES,
  curveNamed,
  type Key,
  keyPem,
  newKey,
  privateDer,
  type PublicKey,
  publicDer,
  publicFromDer,
  publicFromPem,
  signSum,
  traditionalDer,
  verifySum,
} from "./keys.ts"
import { modulusText, privateText, publicText } from "./print.ts"
import { keySpec, progress } from "./request.ts"
import { rsaDecrypt, rsaEncrypt, SIGNATURE_DIGESTS } from "./rsa.ts"

const CIPHER = /^(?:aes-?(?:128|192|256)(?:-cbc)?|des3|des|aria\d*|camellia\d*)$/

const wantsEncryption = (options: Options): boolean => options.order.some(([name]) => CIPHER.test(name))

/** Writes a private key; with a cipher among the options, encrypted. */
function* writeKey(process: Process, options: Options, key: Key, traditional: boolean): Steps<void> {
  if (options.get("outform")?.toUpperCase() === "DER") {
    yield* writeOut(process, options.get("out"), traditional || key.kind === "rsa" ? traditionalDer(key) : privateDer(key), 0o600)
    return
  }
  const secret = wantsEncryption(options)
    ? ((yield* password(process, options.get("passout"))) ?? (yield* askPassword(process, "Enter PEM pass phrase:")))
    : undefined
  yield* writeOut(process, options.get("out"), secret ? yield* encryptedPem(process, key, secret) : keyPem(key, traditional), 0o600)
}

export const genrsa: Command = {
  valued: ["out", "passout", "rand", "primes"],
  *run(process, options) {
    const size = options.words[0] ?? "2048"
    if (!/^\d+$/.test(size)) throw new OpensslError(`genrsa: Can't parse "${size}" as a number\ngenrsa: Use -help for summary.`)
    const key = newKey(keySpec(`rsa:${size}`, options), () => process.random())
    if (options.has("verbose")) yield* progress(process, key)
    yield* writeKey(process, options, key, options.has("traditional"))
    return 0
  },
}

export const genpkey: Command = {
  valued: ["out", "outform", "algorithm", "pkeyopt", "pass", "paramfile"],
  *run(process, options) {
    const algorithm = options.get("algorithm")
    if (algorithm === undefined) throw new OpensslError("genpkey: Error, no keytype specified\ngenpkey: Use -help for summary.")
    let key: Key
    try {
      key = newKey(keySpec(algorithm, options), () => process.random())
    } catch (error) {
      if (!(error instanceof OpensslError)) throw error
      throw new OpensslError(/^Unknown/.test(error.message) ? `Algorithm ${algorithm} not found` : `genpkey: ${error.message}`)
    }
    yield* progress(process, key)
    yield* writeKey(process, options, key, false)
    return 0
  },
}

const CURVE_TEXTS: Readonly<Record<string, string>> = {
  prime256v1: "X9.62/SECG curve over a 256 bit prime field",
  secp384r1: "NIST/SECG curve over a 384 bit prime field",
  secp521r1: "NIST/SECG curve over a 521 bit prime field",
  secp256k1: "SECG curve over a 256 bit prime field",
}

export const ecparam: Command = {
  valued: ["name", "out", "in", "param_enc", "conv_form"],
  *run(process, options) {
    if (options.has("list_curves")) {
      yield* process.print(
        [...CURVES]
          .sort((a, b) => (a.name < b.name ? 1 : -1))
          .map(({ name }) => `  ${name.padEnd(10)}: ${CURVE_TEXTS[name]}\n`)
          .join(""),
      )
      return 0
    }
    const name = options.get("name") ?? ""
    const curve = curveNamed(name)
    if (!curve) throw new OpensslError(`ecparam: Unknown curve name ${name}`)
    if (!options.has("genkey")) {
      if (!options.has("noout")) yield* writeOut(process, options.get("out"), `${pem("EC PARAMETERS", oid(curve.id))}`)
      return 0
    }
    const key = newKey({ kind: "ec", curve }, () => process.random())
    const parameters = options.has("noout") ? "" : pem("EC PARAMETERS", oid(curve.id))
    yield* writeOut(process, options.get("out"), `${parameters}${keyPem(key, true)}`, 0o600)
    return 0
  },
}

/** rsa, ec and pkey: one key in, shown or written again. */
const keyCommand = (kind: "rsa" | "ec" | "any"): Command => ({
  valued: ["in", "out", "inform", "outform", "passin", "passout", "param_enc", "conv_form"],
  *run(process, options) {
    const label = kind === "ec" ? "EC" : "RSA"
    if (options.has("pubin") || options.has("RSAPublicKey_in")) {
      const data = yield* readData(process, options.get("in"))
      const key = data[0] === 0x30 ? publicFromDer(data) : publicFromPem(new TextDecoder().decode(data))
      if (!key) throw new OpensslError(`Could not read public key from ${options.get("in") ?? "<stdin>"}`)
      yield* showPublic(process, options, key)
      if (!options.has("noout")) {
        if (kind !== "any") yield* process.error(`writing ${label} key\n`)
        yield* writePublic(process, options, publicDer(key))
      }
      return 0
    }
    if (kind === "ec") yield* process.error("read EC key\n")
    const key = yield* keyFrom(process, options.get("in"), yield* password(process, options.get("passin")))
    const der = publicDer(key)
    if (options.has("text_pub")) yield* process.print(publicText(key))
    else if (options.has("text")) yield* process.print(privateText(key))
    if (options.has("modulus")) yield* process.print(modulusText(der))
    if (options.has("check")) yield* process.print(kind === "rsa" ? "RSA key ok\n" : "Key is valid\n")
    if (options.has("noout")) return 0
    if (kind !== "any") yield* process.error(`writing ${label} key\n`)
    if (options.has("pubout")) yield* writePublic(process, options, der)
    else yield* writeKey(process, options, key, options.has("traditional") || kind === "ec")
    return 0
  },
})

function* showPublic(process: Process, options: Options, key: PublicKey): Steps<void> {
  if (options.has("text") || options.has("text_pub")) yield* process.print(publicText(key))
  if (options.has("modulus")) yield* process.print(modulusText(publicDer(key)))
}

function* writePublic(process: Process, options: Options, der: Uint8Array): Steps<void> {
  yield* writeOut(process, options.get("out"), options.get("outform")?.toUpperCase() === "DER" ? der : pem("PUBLIC KEY", der))
}

export const rsa = keyCommand("rsa")
export const ec = keyCommand("ec")
export const pkey = keyCommand("any")

export const pkcs8: Command = {
  valued: ["in", "out", "inform", "outform", "passin", "passout", "v1", "v2", "iter", "v2prf"],
  *run(process, options) {
    const key = yield* keyFrom(process, options.get("in"), yield* password(process, options.get("passin")))
    if (!options.has("topk8") || options.has("nocrypt")) {
      const der = privateDer(key)
      const text = options.get("outform")?.toUpperCase() === "DER" ? der : keyPem(key, !options.has("topk8"))
      yield* writeOut(process, options.get("out"), text, 0o600)
      return 0
    }
    const secret = (yield* password(process, options.get("passout"))) ?? (yield* askPassword(process, "Enter Encryption Password:"))
    yield* writeOut(process, options.get("out"), yield* encryptedPem(process, key, secret), 0o600)
    return 0
  },
}

/** A public key of a file: its own, a certificate's, or that of a private key. */
function* publicFrom(process: Process, options: Options): Steps<PublicKey> {
  const path = options.get("inkey")
  if (options.has("certin")) {
    const key = publicFromDer((yield* certificateFrom(process, path)).publicKey)
    if (key) return key
  }
  if (!options.has("pubin")) return yield* keyFrom(process, path, yield* password(process, options.get("passin")))
  const key = publicFromPem(yield* readText(process, path))
  if (!key) throw new OpensslError(`Could not read public key from ${path ?? "<stdin>"}`)
  return key
}

const pkeyutlRun = function* (process: Process, options: Options): Steps<number> {
  const named = options
    .all("pkeyopt")
    .map((one) => /^digest:(.+)$/.exec(one)?.[1])
    .find(Boolean)
  const digest = SIGNATURE_DIGESTS.find(({ name }) => name === (named ?? options.get("digest"))) ?? digestOf(options)
  const data = yield* readData(process, options.get("in"))
  const out = (bytes: Uint8Array) => writeOut(process, options.get("out"), bytes)
  if (options.has("encrypt")) {
    const key = yield* publicFrom(process, options)
    const sealed =
      key.kind === "rsa"
        ? yield* worked(
            process,
            rsaEncrypt(key.rsa, data, () => process.random()),
          )
        : undefined
    if (!sealed) throw new OpensslError("Public Key operation error")
    yield* out(sealed)
    return 0
  }
  if (options.has("verify")) {
    const key = yield* publicFrom(process, options)
    const sum = options.has("rawin") && key.kind !== "ed25519" ? digest.hash(data) : data
    const good = yield* worked(process, verifySum(key, digest, sum, yield* readData(process, options.get("sigfile"))))
    yield* process.print(good ? "Signature Verified Successfully\n" : "Signature Verification Failure\n")
    return good ? 0 : 1
  }
  const key = yield* keyFrom(process, options.get("inkey"), yield* password(process, options.get("passin")))
  if (options.has("decrypt")) {
    const plain = key.kind === "rsa" ? yield* worked(process, rsaDecrypt(key.rsa, data)) : undefined
    if (!plain) throw new OpensslError("Public Key operation error")
    yield* out(plain)
    return 0
  }
  const sum = options.has("rawin") && key.kind !== "ed25519" ? digest.hash(data) : data
  yield* out(yield* worked(process, signSum(key, digest, sum)))
  return 0
}

export const pkeyutl: Command = {
  valued: ["in", "out", "inkey", "sigfile", "passin", "pkeyopt", "digest", "peerkey", "keyform", "peerform"],
  run: pkeyutlRun,
}

export const rsautl: Command = {
  valued: pkeyutl.valued,
  *run(process, options) {
    yield* process.error("The command rsautl was deprecated in version 3.0. Use 'pkeyutl' instead.\n")
    return yield* pkeyutlRun(process, options)
  },
}
