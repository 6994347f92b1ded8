/** gpg, as far as package sources need it: armour taken off and put on. Keys are kept and looked at nowhere. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { OpensslError, readData } from "./openssl/command.ts"
import { decode64, encode64 } from "./openssl/der.ts"
import { parseOptions } from "./reading.ts"

const NO_DATA = "gpg: no valid OpenPGP data found.\n"

/** CRC-24 of RFC 4880, in base64 behind a "=". */
const checksum = (data: Uint8Array): string => {
  let crc = 0xb704ce
  for (const byte of data) {
    crc ^= byte << 16
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? (crc << 1) ^ 0x1864cfb : crc << 1
  }
  return `=${encode64(Uint8Array.of((crc >> 16) & 255, (crc >> 8) & 255, crc & 255))}`
}

/** A block between its lines, without its headers and its checksum; undefined where there is none. */
const dearmored = (text: string): Uint8Array | undefined => {
  const [, inside] = /^-----BEGIN PGP [A-Z ]+-----\r?\n(.+?)\r?\n-----END PGP /ms.exec(text) ?? []
  if (inside === undefined) return undefined
  const body = inside.includes("\n\n") ? inside.slice(inside.indexOf("\n\n") + 2) : inside
  return decode64(body.replace(/\n=[\w+/]{4}\s*$/, ""))
}

/** In an armour of a public key. */
const armoured = (data: Uint8Array): string =>
  `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${(encode64(data).match(/.{1,64}/g) ?? []).join("\n")}\n${checksum(data)}\n-----END PGP PUBLIC KEY BLOCK-----\n`

/** Asked at the terminal itself: what comes in is the key. */
function* mayOverwrite(process: Process, target: string, batch: boolean): Steps<boolean> {
  let terminal: number | undefined
  try {
    if (!batch) terminal = yield* process.open("/dev/tty", "r+")
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
  }
  if (terminal === undefined) {
    yield* process.error("gpg: cannot open '/dev/tty': No such device or address\n")
    return false
  }
  yield* process.write(terminal, `File '${target}' exists. Overwrite? (y/N) `)
  const answer = yield* process.readLine(terminal)
  process.close(terminal)
  return /^y/i.test(answer ?? "")
}

export const gpg = defineTool({
  name: "gpg",
  version:
    "(GnuPG) 2.4.4\nlibgcrypt 1.10.3\nCopyright (C) 2024 g10 Code GmbH\nLicense GNU GPL-3.0-or-later <https://gnu.org/licenses/gpl.html>",
  summary: "OpenPGP encryption and signing tool",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "avq",
      valued: "o",
      long: {
        dearmor: "dearmor",
        enarmor: "enarmor",
        armor: "a",
        "output=": "o",
        yes: "yes",
        batch: "batch",
        quiet: "q",
        verbose: "v",
        "no-tty": "batch",
        "no-default-keyring": "keyring",
        "keyring=": "keyring",
        "homedir=": "keyring",
      },
    })
    if (problem) {
      yield* process.error(`gpg: ${problem.replace(/^unrecognized option '(.*)'$/, 'invalid option "$1"')}\n`)
      return 2
    }
    if (!flags.has("dearmor") && !flags.has("enarmor")) {
      yield* process.error("gpg: keyrings, signatures and encryption are not simulated: --dearmor and --enarmor are\n")
      return 2
    }
    const target = flags.get("o")
    let data: Uint8Array
    try {
      data = yield* readData(process, words[0])
    } catch (error) {
      if (!(error instanceof OpensslError)) throw error
      yield* process.error(`gpg: can't open '${words[0]}': No such file or directory\ngpg: dearmoring failed: No such file or directory\n`)
      return 2
    }
    const made = flags.has("enarmor") ? new TextEncoder().encode(armoured(data)) : dearmored(new TextDecoder().decode(data))
    if (made === undefined) yield* process.error(NO_DATA)
    const out = made ?? new Uint8Array()
    if (typeof target !== "string" || target === "-") yield* process.write(1, out)
    else {
      if (process.files.exists(target) && !flags.has("yes")) {
        if (!(yield* mayOverwrite(process, target, flags.has("batch")))) return 2
      }
      try {
        process.files.write(target, out)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`gpg: can't create '${target}': ${error.message}\ngpg: dearmoring failed: ${error.message}\n`)
        return 2
      }
    }
    return made === undefined ? 2 : 0
  },
})
