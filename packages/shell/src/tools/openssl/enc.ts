/** openssl enc, base64, passwd and rand. */
import type { Process, Steps } from "@drydock/machine"
import { CIPHERS, cipherNamed } from "./ciphers.ts"
import {
  askPassword,
  type Command,
  hexThread,
  type Options,
  OpensslError,
  password,
  randomBytes,
  readData,
  readText,
  worked,
  writeOut,
} from "./command.ts"
import { decode64, encode64, hexOf, lines64, concat } from "./der.ts"
import { SIGNATURE_DIGESTS } from "./rsa.ts"
import { bytesToKey, md5Crypt, pbkdf2, shaCrypt } from "./derivation.ts"

const VALUED = ["in", "out", "k", "kfile", "pass", "K", "iv", "S", "iter", "md", "bufsize"]

/** Base 64 as -a, -base64 and -A write it. */
const armoured = (options: Options, data: Uint8Array): string => (options.has("A") ? encode64(data) : lines64(data))

const fromHex = (text: string, length: number): Uint8Array =>
  Uint8Array.from(
    (text
      .padEnd(length * 2, "0")
      .slice(0, length * 2)
      .match(/../g) ?? []) as string[],
    (pair) => Number.parseInt(pair, 16),
  )

function* material(process: Process, options: Options): Steps<Uint8Array> {
  const given = options.get("k")
  if (given !== undefined) return new TextEncoder().encode(given)
  const file = options.get("kfile")
  if (file !== undefined) return new TextEncoder().encode((yield* readText(process, file)).split("\n")[0])
  return (yield* password(process, options.get("pass"))) ?? (yield* askPassword(process, "enter AES-256-CBC encryption password:"))
}

const encRun = (fixed: string | undefined): Command["run"] =>
  function* (process, options) {
    if (options.has("list") || options.has("ciphers")) {
      yield* process.print(
        `Supported ciphers:\n${CIPHERS.map(({ name }) => `-${name}`.padEnd(27))
          .join("")
          .trimEnd()}\n`,
      )
      return 0
    }
    const flag = options.order.map(([name]) => name).find((name) => cipherNamed(name))
    const cipher = cipherNamed(flag ?? fixed ?? "")
    const known = [
      ...VALUED,
      "e",
      "d",
      "a",
      "base64",
      "A",
      "p",
      "P",
      "salt",
      "nosalt",
      "nopad",
      "pbkdf2",
      "v",
      "none",
      "debug",
      "list",
      "ciphers",
    ]
    const odd = options.order.map(([name]) => name).find((name) => !known.includes(name) && !cipherNamed(name))
    if (odd !== undefined) {
      yield* process.error(
        `enc: Unknown cipher: ${odd}\nenc: Use -help for summary.\n${hexThread(process)}:error:0308010C:digital envelope routines:inner_evp_generic_fetch:unsupported:../crypto/evp/evp_fetch.c:386:Global default library context, Algorithm (${odd} : 0), Properties (<null>)\n`,
      )
      return 1
    }
    const base64 = options.has("a") || options.has("base64") || options.has("A")
    const decrypts = options.has("d")
    const input = options.has("P") ? new Uint8Array() : yield* readData(process, options.get("in"))
    if (process.charge(input.length >> 6)) yield* process.yield()
    if (!cipher) {
      yield* writeOut(
        process,
        options.get("out"),
        !base64 ? input : decrypts ? decode64(new TextDecoder().decode(input)) : armoured(options, input),
      )
      return 0
    }
    let data = decrypts && base64 ? decode64(new TextDecoder().decode(input)) : input
    let key: Uint8Array
    let iv: Uint8Array
    let head = new Uint8Array()
    if (options.has("K")) {
      key = fromHex(options.get("K") ?? "", cipher.keyLength)
      if (cipher.ivLength > 0 && !options.has("iv")) throw new OpensslError("iv undefined")
      iv = fromHex(options.get("iv") ?? "", cipher.ivLength)
      if ((options.get("K") ?? "").length < cipher.keyLength * 2)
        yield* process.error("hex string is too short, padding with zero bytes to length\n")
      if (cipher.ivLength > 0 && (options.get("iv") ?? "").length < 32)
        yield* process.error("hex string is too short, padding with zero bytes to length\n")
    } else {
      const secret = yield* material(process, options)
      let salt = new Uint8Array()
      if (!options.has("nosalt")) {
        const salted = new TextEncoder().encode("Salted__")
        if (decrypts && !options.has("S")) {
          if (salted.some((byte, at) => data[at] !== byte)) throw new OpensslError("bad magic number")
          salt = data.slice(8, 16)
          data = data.subarray(16)
        } else {
          salt = options.has("S") ? fromHex(options.get("S") ?? "", 8).slice() : randomBytes(process, 8).slice()
          // A salt that is given is not written before the data.
          if (!options.has("S")) head = concat(salted, salt).slice()
        }
      }
      const length = cipher.keyLength + cipher.ivLength
      const hash = (SIGNATURE_DIGESTS.find(({ name }) => name === (options.get("md") ?? "sha256").toLowerCase()) ?? SIGNATURE_DIGESTS[0])
        .hash
      if (!options.has("pbkdf2") && !options.has("iter"))
        yield* process.error("*** WARNING : deprecated key derivation used.\nUsing -iter or -pbkdf2 would be better.\n")
      const rounds = Math.max(1, Math.min(1_000_000, Number(options.get("iter") ?? 10_000)))
      const both =
        options.has("pbkdf2") || options.has("iter")
          ? yield* worked(process, pbkdf2(hash, secret, salt, rounds, length))
          : bytesToKey(hash, secret, salt, length)
      key = both.subarray(0, cipher.keyLength)
      iv = options.has("iv") ? fromHex(options.get("iv") ?? "", cipher.ivLength) : both.subarray(cipher.keyLength)
      if (options.has("p") || options.has("P")) {
        const shown = `${salt.length > 0 ? `salt=${hexOf(salt).toUpperCase()}\n` : ""}key=${hexOf(key).toUpperCase()}\n${iv.length > 0 ? `iv =${hexOf(iv).toUpperCase()}\n` : ""}`
        yield* process.print(shown)
        if (options.has("P")) return 0
      }
    }
    if (decrypts) {
      const plain = cipher.decrypt(key, iv, data, !options.has("nopad"))
      if (!plain) {
        yield* process.error(
          `bad decrypt\n${hexThread(process)}:error:1C800064:Provider routines:ossl_cipher_unpadblock:bad decrypt:../providers/implementations/ciphers/ciphercommon_block.c:124:\n`,
        )
        return 1
      }
      yield* writeOut(process, options.get("out"), plain)
      return 0
    }
    const sealed = concat(head, cipher.encrypt(key, iv, data, !options.has("nopad")))
    yield* writeOut(process, options.get("out"), base64 ? armoured(options, sealed) : sealed)
    return 0
  }

export const enc: Command = { valued: VALUED, run: encRun(undefined) }

/** `openssl aes-256-cbc …`, as enc with that cipher. */
export const cipherCommand = (name: string): Command | undefined =>
  cipherNamed(name) && name.startsWith("aes-") ? { valued: VALUED, run: encRun(name) } : undefined

export const base64: Command = {
  valued: VALUED,
  *run(process, options) {
    const data = yield* readData(process, options.get("in"))
    yield* writeOut(process, options.get("out"), options.has("d") ? decode64(new TextDecoder().decode(data)) : armoured(options, data))
    return 0
  },
}

const SALT_LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

function* hashed(process: Process, kind: string, salt: string, text: string): Steps<string> {
  const [secret, grains] = [new TextEncoder().encode(text), new TextEncoder().encode(salt)]
  if (kind === "5" || kind === "6") {
    const given = /^rounds=(\d+)\$(.*)$/.exec(salt)
    const rounds = Math.max(1_000, Math.min(999_999, Number(given?.[1] ?? 5_000)))
    const own = new TextEncoder().encode((given?.[2] ?? salt).slice(0, 16))
    const sum = yield* worked(process, shaCrypt(secret, own, kind, rounds))
    return `$${kind}$${given ? `rounds=${rounds}$` : ""}${new TextDecoder().decode(own)}$${sum}`
  }
  const sum = yield* worked(process, md5Crypt(secret, grains.subarray(0, 8), kind))
  return `${kind === "" ? "" : `$${kind}$`}${salt.slice(0, 8)}$${sum}`
}

export const passwd: Command = {
  valued: ["salt", "in"],
  *run(process, options) {
    const kind = options.has("6") ? "6" : options.has("5") ? "5" : options.has("apr1") ? "apr1" : options.has("aixmd5") ? "" : "1"
    const length = kind === "5" || kind === "6" ? 16 : 8
    const salt = options.get("salt") ?? [...randomBytes(process, length)].map((byte) => SALT_LETTERS[byte & 63]).join("")
    const texts = [...options.words]
    if (texts.length === 0) {
      if (options.has("stdin") || options.has("in")) {
        const lines = (yield* readText(process, options.get("in"))).split("\n")
        if (lines.at(-1) === "") lines.pop()
        texts.push(...lines)
      } else {
        const first = yield* askPassword(process, "Password: ")
        const second = yield* askPassword(process, "Verifying - Password: ")
        if (hexOf(first) !== hexOf(second)) throw new OpensslError("Verify failure")
        texts.push(new TextDecoder().decode(first))
      }
    }
    for (const text of texts) {
      const sum = yield* hashed(process, kind, salt, text)
      yield* process.print(options.has("table") ? `${text}\t${sum}\n` : options.has("reverse") ? `${sum}\t${text}\n` : `${sum}\n`)
    }
    return 0
  },
}

export const rand: Command = {
  valued: ["out", "writerand", "rand"],
  *run(process, options) {
    const [word] = options.words
    if (word === undefined) return 0
    if (options.words.length > 1) throw new OpensslError("rand: Extra arguments given.\nrand: Use -help for summary.")
    if (!/^\d+$/.test(word)) throw new OpensslError(`rand: Can't parse "${word}" as a number\nrand: Use -help for summary.`)
    const count = Math.min(Number(word), 1_048_576)
    if (process.charge(count >> 6)) yield* process.yield()
    const data = randomBytes(process, count)
    yield* writeOut(process, options.get("out"), options.has("hex") ? `${hexOf(data)}\n` : options.has("base64") ? lines64(data) : data)
    return 0
  },
}
