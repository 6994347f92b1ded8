/** openssl: the commands that courses use, on keys and certificates that other programs can read. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { type Command, OpensslError, Options } from "./command.ts"
import { DerError } from "./der.ts"
import { DIGEST_NAMES, digestCommand, mac } from "./digests.ts"
import { base64, cipherCommand, enc, passwd, rand } from "./enc.ts"
import { ec, ecparam, genpkey, genrsa, pkcs8, pkey, pkeyutl, rsa, rsautl } from "./key-commands.ts"
import { request } from "./request.ts"
import { sClient } from "./s-client.ts"
import { asn1parse, crl2pkcs7, pkcs12, pkcs7, storeutl } from "./structure.ts"
import { verify, x509 } from "./x509.ts"

const VERSION = "OpenSSL 3.0.13 30 Jan 2024 (Library: OpenSSL 3.0.13 30 Jan 2024)"

const version: Command = {
  valued: [],
  *run(process, options) {
    const details = 'built on: Wed Jan 29 00:00:00 2025 UTC\nplatform: debian-amd64\nOPENSSLDIR: "/usr/lib/ssl"\n'
    yield* process.print(options.has("d") ? 'OPENSSLDIR: "/usr/lib/ssl"\n' : `${VERSION}\n${options.has("a") ? details : ""}`)
    return 0
  },
}

const isPrime = (value: bigint): boolean => {
  if (value < 4n) return value > 1n
  if (value % 2n === 0n) return false
  for (let by = 3n; by * by <= value && by < 1_000_000n; by += 2n) if (value % by === 0n) return false
  return true
}

const prime: Command = {
  valued: ["bits", "checks"],
  *run(process, options) {
    for (const word of options.words) {
      if (!(options.has("hex") ? /^[0-9a-f]+$/i : /^\d+$/).test(word)) throw new OpensslError(`Failed to process value (${word})`)
      const value = BigInt(options.has("hex") ? `0x${word}` : word)
      if (process.charge(200)) yield* process.yield()
      yield* process.print(`${value.toString(16).toUpperCase()} (${word}) ${isPrime(value) ? "is" : "is not"} prime\n`)
    }
    return 0
  },
}

const ciphers: Command = {
  valued: [],
  *run(process) {
    yield* process.print("TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256\n")
    return 0
  },
}

const errstr: Command = {
  valued: [],
  *run(process, options) {
    for (const word of options.words) {
      const code = Number.parseInt(word, 16) || 0
      yield* process.print(`error:${code.toString(16).padStart(8, "0").toUpperCase()}:lib(${code >>> 23})::reason(${code & 0x7fffff})\n`)
    }
    return 0
  },
}

const COMMANDS: Readonly<Record<string, Command>> = {
  ...Object.fromEntries(DIGEST_NAMES.map((name) => [name, digestCommand(name)])),
  asn1parse,
  base64,
  ciphers,
  crl2pkcs7,
  dgst: digestCommand("sha256"),
  ec,
  ecparam,
  enc,
  errstr,
  genpkey,
  genrsa,
  mac,
  passwd,
  pkcs12,
  pkcs7,
  pkcs8,
  pkey,
  pkeyutl,
  prime,
  rand,
  req: request,
  rsa,
  rsautl,
  s_client: sClient,
  storeutl,
  verify,
  version,
  x509,
}

const list: Command = {
  valued: [],
  *run(process, options) {
    const names = options.has("digest-commands") ? [...DIGEST_NAMES] : Object.keys(COMMANDS)
    yield* process.print(
      `${names
        .sort()
        .map((name) => name.padEnd(18))
        .join("")
        .trimEnd()}\n`,
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
    const command = name === "list" ? list : Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : cipherCommand(name)
    if (!command) {
      yield* process.error(`Invalid command '${name}'; type "help" for a list.\n`)
      return 1
    }
    try {
      if (process.charge(40)) yield* process.yield()
      return yield* command.run(process, new Options(args, command.valued))
    } catch (error) {
      if (error instanceof SystemError && (error.code === "EPIPE" || error.code === "EINTR")) throw error
      if (!(error instanceof OpensslError || error instanceof DerError || error instanceof SystemError)) throw error
      yield* process.error(`${error.message}\n`)
      return 1
    }
  },
})
