/** What every openssl command works with: options, files, passwords, work in steps. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { readFile } from "../reading.ts"
import { type Certificate, certificateFromDer, readCertificate } from "./certificates.ts"
import { CIPHERS } from "./ciphers.ts"
import { pbkdf2 } from "./derivation.ts"
import { child, elements, integer, nothing, octets, oid, oidText, pem, readPem, sequence } from "./der.ts"
import { type Key, keyFromDer, privateDer } from "./keys.ts"
import { type Digest, numberToBytes, SIGNATURE_DIGESTS, bytesToNumber, type Work } from "./rsa.ts"

export class OpensslError extends Error {}

/** Options of one command: names that take a value are listed, all others are flags. Their order counts for some. */
export class Options {
  readonly order: (readonly [string, string])[] = []
  readonly words: string[] = []

  constructor(args: readonly string[], valued: readonly string[]) {
    for (let at = 0; at < args.length; at++) {
      const word = args[at]
      if (!/^-./.test(word)) {
        this.words.push(word)
        continue
      }
      const name = word.replace(/^--?/, "")
      this.order.push([name, valued.includes(name) ? (args[++at] ?? "") : ""])
    }
  }

  has(name: string): boolean {
    return this.order.some(([own]) => own === name)
  }

  get(name: string): string | undefined {
    return this.order.findLast(([own]) => own === name)?.[1]
  }

  all(name: string): readonly string[] {
    return this.order.filter(([own]) => own === name).map(([, value]) => value)
  }
}

export interface Command {
  /** Options that take a value. */
  readonly valued: readonly string[]
  run(process: Process, options: Options): Steps<number>
}

/** Takes the steps of long work, and lets others have their turns. */
export function* worked<T>(process: Process, work: Work<T>): Steps<T> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done) return step.value
    if (process.charge(40)) yield* process.yield()
  }
}

export const randomBytes = (process: Process, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => Math.floor(process.random() * 256))

export function* readData(process: Process, path: string | undefined): Steps<Uint8Array> {
  if (path === undefined || path === "-") return yield* process.readAll(0)
  try {
    return yield* readFile(process, path)
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === "EINTR") throw error
    throw new OpensslError(`Can't open "${path}" for reading, ${error.message}`)
  }
}

export function* readText(process: Process, path: string | undefined): Steps<string> {
  return new TextDecoder().decode(yield* readData(process, path))
}

export function* writeOut(process: Process, path: string | undefined, data: string | Uint8Array, mode = 0o644): Steps<void> {
  if (path === undefined || path === "-") {
    yield* process.write(1, data)
    return
  }
  try {
    process.files.write(path, data, { mode })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new OpensslError(`Can't open "${path}" for writing, ${error.message}`)
  }
}

/** "pass:TEXT", "env:NAME", "file:PATH", "stdin": a password. */
export function* password(process: Process, source: string | undefined): Steps<Uint8Array | undefined> {
  if (source === undefined) return undefined
  const [kind, ...rest] = source.split(":")
  const value = rest.join(":")
  const text =
    kind === "pass"
      ? value
      : kind === "env"
        ? (process.env.get(value) ?? "")
        : kind === "file"
          ? (yield* readText(process, value)).split("\n")[0]
          : kind === "stdin"
            ? ((yield* process.readLine(0)) ?? "")
            : undefined
  if (text === undefined) throw new OpensslError(`Invalid password argument, missing ':' within the first 5 chars\nError getting passwords`)
  return new TextEncoder().encode(text)
}

/** Asks at the terminal, without echo as far as there is one. */
export function* askPassword(process: Process, prompt: string): Steps<Uint8Array> {
  yield* process.error(prompt)
  const text = (yield* process.readLine(0)) ?? ""
  yield* process.error("\n")
  return new TextEncoder().encode(text)
}

const [PBES2, PBKDF2, HMAC_SHA256] = ["1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12", "1.2.840.113549.2.9"]
const CIPHER_IDS: Readonly<Record<string, string>> = {
  "aes-128-cbc": "2.16.840.1.101.3.4.1.2",
  "aes-192-cbc": "2.16.840.1.101.3.4.1.22",
  "aes-256-cbc": "2.16.840.1.101.3.4.1.42",
}

/** PKCS #8, encrypted by AES-256 with a key from the password. */
export function* encryptedPem(process: Process, key: Key, secret: Uint8Array): Steps<string> {
  const [salt, iv] = [randomBytes(process, 8), randomBytes(process, 16)]
  const cipher = CIPHERS.find(({ name }) => name === "aes-256-cbc") as (typeof CIPHERS)[number]
  const made = yield* worked(process, pbkdf2(SIGNATURE_DIGESTS[0].hash, secret, salt, 2_048, 32))
  const parameters = sequence(
    sequence(oid(PBKDF2), sequence(octets(salt), integer(numberToBytes(2_048n)), sequence(oid(HMAC_SHA256), nothing()))),
    sequence(oid(CIPHER_IDS[cipher.name]), octets(iv)),
  )
  return pem("ENCRYPTED PRIVATE KEY", sequence(sequence(oid(PBES2), parameters), octets(cipher.encrypt(made, iv, privateDer(key), true))))
}

/** Undefined when the password is another. */
function* decrypted(process: Process, der: Uint8Array, secret: Uint8Array): Steps<Uint8Array | undefined> {
  const [kind, data] = elements(child(der, 0).content)
  const [derivation, encryption] = elements(elements(kind.content)[1].content)
  const [salt, rounds] = elements(elements(derivation.content)[1].content)
  const [id, iv] = elements(encryption.content)
  const cipher = CIPHERS.find(({ name }) => CIPHER_IDS[name] === oidText(id.content))
  if (!cipher) return undefined
  const count = Math.min(1_000_000, Number(bytesToNumber(rounds.content)))
  const made = yield* worked(process, pbkdf2(SIGNATURE_DIGESTS[0].hash, secret, salt.content, count, cipher.keyLength))
  return cipher.decrypt(made, iv.content, data.content, true)
}

/** A private key of a file, in PEM or DER. */
export function* keyFrom(process: Process, path: string | undefined, secret?: Uint8Array): Steps<Key> {
  const where = path ?? "<stdin>"
  let data: Uint8Array
  try {
    data = yield* readData(process, path)
  } catch (error) {
    if (!(error instanceof OpensslError)) throw error
    throw new OpensslError(`Could not open file or uri for loading private key from ${where}\n${queue(process, where)}`)
  }
  const text = new TextDecoder().decode(data)
  const found = readPem(text, /PRIVATE KEY$/)
  let der = found?.der ?? (data[0] === 0x30 ? data : undefined)
  if (found?.label === "ENCRYPTED PRIVATE KEY") {
    const own = secret ?? (yield* askPassword(process, `Enter pass phrase for ${where}:`))
    der = yield* decrypted(process, found.der, own)
  }
  const key = der && keyFromDer(der)
  if (!key) throw new OpensslError(`Could not read private key from ${where}`)
  return key
}

/** libcrypto's queue of errors after a file that is not there. */
const queue = (process: Process, path: string): string => {
  const thread = hexThread(process)
  return `${thread}:error:16000069:STORE routines:ossl_store_get0_loader_int:unregistered scheme:../crypto/store/store_register.c:237:scheme=file\n${thread}:error:80000002:system library:file_open:No such file or directory:../providers/implementations/storemgmt/file_store.c:266:calling stat(${path})`
}

export const hexThread = (process: Process): string =>
  `${[...randomBytes(process, 5)].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("")}7F0000`

/** A certificate of a file, in PEM or DER. */
export function* certificateFrom(process: Process, path: string | undefined, what = "certificate"): Steps<Certificate> {
  const where = path ?? "<stdin>"
  let data: Uint8Array
  try {
    data = yield* readData(process, path)
  } catch (error) {
    if (!(error instanceof OpensslError)) throw error
    throw new OpensslError(
      `Could not open file or uri for loading ${what} from ${where}\n${queue(process, where)}\nUnable to load certificate`,
    )
  }
  const certificate = data[0] === 0x30 ? certificateFromDer(data) : readCertificate(new TextDecoder().decode(data))
  if (!certificate) throw new OpensslError(`Could not read ${what} from ${where}\nUnable to load certificate`)
  return certificate
}

/** The digest that an option names ("-sha512"), or the standard one. */
export const digestOf = (options: Options): Digest => SIGNATURE_DIGESTS.find(({ name }) => options.has(name)) ?? SIGNATURE_DIGESTS[0]
