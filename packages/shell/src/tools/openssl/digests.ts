/** openssl dgst and the commands named as digests: sums, HMACs, signatures of files. */
import { blake2b } from "@noble/hashes/blake2.js"
import { hmac } from "@noble/hashes/hmac.js"
import { md5, ripemd160, sha1 } from "@noble/hashes/legacy.js"
import { sha224, sha256, sha384, sha512, sha512_256 } from "@noble/hashes/sha2.js"
import { sha3_224, sha3_256, sha3_384, sha3_512 } from "@noble/hashes/sha3.js"
import { type Command, hexThread, keyFrom, type Options, OpensslError, password, readData, readText, worked, writeOut } from "./command.ts"
import { hexOf } from "./der.ts"
import { publicFromPem, signData, verifyData } from "./keys.ts"
import { SIGNATURE_DIGESTS } from "./rsa.ts"

const HASHES = {
  md5,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  "sha512-256": sha512_256,
  "sha3-224": sha3_224,
  "sha3-256": sha3_256,
  "sha3-384": sha3_384,
  "sha3-512": sha3_512,
  ripemd160,
  blake2b512: blake2b,
} as const

type Name = keyof typeof HASHES

export const DIGEST_NAMES = Object.keys(HASHES) as readonly Name[]

/** As 3.0 prints them before a sum. */
const LABELS: Partial<Record<Name, string>> = {
  sha224: "SHA2-224",
  sha256: "SHA2-256",
  sha384: "SHA2-384",
  sha512: "SHA2-512",
  "sha512-256": "SHA2-512/256",
  blake2b512: "BLAKE2B-512",
}

const nameOf = (options: Options, standard: Name): Name => DIGEST_NAMES.find((one) => options.has(one)) ?? standard

export const digestCommand = (standard: Name): Command => ({
  valued: ["out", "sign", "verify", "prverify", "signature", "hmac", "mac", "macopt", "passin", "sigopt", "xoflen", "keyform"],
  *run(process, options) {
    if (options.has("list")) {
      const names = DIGEST_NAMES.map((name) => `-${name}`.padEnd(26))
      yield* process.print(
        `Supported digests:\n${names
          .map((name, at) => name + (at % 3 === 2 ? "\n" : ""))
          .join("")
          .trimEnd()}\n`,
      )
      return 0
    }
    const name = nameOf(options, standard)
    const [file] = options.words
    const digest = SIGNATURE_DIGESTS.find((one) => one.name === name) ?? SIGNATURE_DIGESTS[0]
    if (options.has("sign")) {
      const key = yield* keyFrom(process, options.get("sign"), yield* password(process, options.get("passin")))
      const signature = yield* worked(process, signData(key, digest, yield* readData(process, file)))
      yield* writeOut(process, options.get("out"), options.has("hex") ? `${hexOf(signature)}\n` : signature)
      return 0
    }
    if (options.has("verify") || options.has("prverify")) {
      const path = options.get("verify") ?? options.get("prverify")
      const key = options.has("verify") ? publicFromPem(yield* readText(process, path)) : yield* keyFrom(process, path)
      if (!key) throw new OpensslError(`Could not read public key from ${path}`)
      const signature = yield* readData(process, options.get("signature"))
      const good = yield* worked(process, verifyData(key, digest, yield* readData(process, file), signature))
      yield* process.print(good ? "Verified OK\n" : "Verification failure\n")
      if (!good && key.kind === "rsa") {
        const thread = hexThread(process)
        yield* process.error(
          `${thread}:error:02000068:rsa routines:ossl_rsa_verify:bad signature:../crypto/rsa/rsa_sign.c:429:\n${thread}:error:1C880004:Provider routines:rsa_verify:RSA lib:../providers/implementations/signature/rsa_sig.c:769:\n`,
        )
      }
      return good ? 0 : 1
    }
    const secret =
      options.get("hmac") ??
      options
        .all("macopt")
        .map((one) => /^key:([\s\S]*)$/.exec(one)?.[1])
        .find((one) => one !== undefined)
    let status = 0
    for (const path of options.words.length > 0 ? options.words : [undefined]) {
      let data: Uint8Array
      try {
        data = yield* readData(process, path)
      } catch (error) {
        if (!(error instanceof OpensslError)) throw error
        const thread = hexThread(process)
        yield* process.error(
          `${path}: No such file or directory\n${thread}:error:80000002:system library:file_ctrl:No such file or directory:../crypto/bio/bss_file.c:297:calling fopen(${path}, r)\n${thread}:error:10080002:BIO routines:file_ctrl:system lib:../crypto/bio/bss_file.c:300:\n`,
        )
        status = 1
        continue
      }
      if (process.charge(data.length >> 7)) yield* process.yield()
      const hash = HASHES[name]
      const sum = secret === undefined ? hash(data) : hmac(hash, new TextEncoder().encode(secret), data)
      const label = secret === undefined || options.has(name) ? (LABELS[name] ?? name.toUpperCase()) : name.toUpperCase()
      const digits = options.has("c") ? (hexOf(sum).match(/../g) ?? []).join(":") : hexOf(sum)
      if (options.has("binary")) yield* writeOut(process, options.get("out"), sum)
      else
        yield* writeOut(
          process,
          options.get("out"),
          options.has("r") ? `${digits} *${path ?? "stdin"}\n` : `${label}(${path ?? "stdin"})= ${digits}\n`,
        )
    }
    return status
  },
})

export const mac: Command = {
  valued: ["digest", "macopt", "in", "out", "cipher"],
  *run(process, options) {
    const name = DIGEST_NAMES.find((one) => one === (options.get("digest") ?? "sha256").toLowerCase()) ?? "sha256"
    const key = options
      .all("macopt")
      .map((one) => /^(hex)?key:([\s\S]*)$/.exec(one))
      .find(Boolean)
    if (options.words[0]?.toUpperCase() !== "HMAC" || !key) throw new OpensslError("mac: Invalid MAC name or key")
    const secret = key[1]
      ? Uint8Array.from(key[2].match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
      : new TextEncoder().encode(key[2])
    const sum = hmac(HASHES[name], secret, yield* readData(process, options.get("in")))
    yield* writeOut(process, options.get("out"), options.has("binary") ? sum : `${hexOf(sum).toUpperCase()}\n`)
    return 0
  },
}
