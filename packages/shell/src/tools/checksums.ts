/** md5sum, sha1sum, sha256sum, sha512sum, cksum. */
import { md5, sha1 } from "@noble/hashes/legacy.js"
import { blake2b } from "@noble/hashes/blake2.js"
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js"
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { oneOf } from "./option-values.ts"
import { eachPart } from "./pacing.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

export const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")

export const DIGESTS: Readonly<Record<string, (data: Uint8Array) => Uint8Array>> = { md5, sha1, sha256, sha384, sha512 }

/** A digest that takes its data in parts. */
interface Digest {
  create: () => { update: (part: Uint8Array) => unknown; digest: () => Uint8Array }
}

function* digestOf(process: Process, digest: Digest, data: Uint8Array): Steps<string> {
  const sum = digest.create()
  yield* eachPart(process, data, (part) => sum.update(part), 64)
  return hex(sum.digest())
}

const escapedName = (name: string): string => name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r")

/** A line of --tag: KIND (NAME) = DIGEST, as [whole, digest, name]. */
const tagged = (line: string): readonly [string, string, string] | undefined => {
  const match = /^[A-Z0-9a-z-]+ \((.+)\) = ([0-9a-fA-F]+)$/.exec(line)
  return match ? [match[0], match[2], match[1]] : undefined
}

/** `sized`: the digest of so many bits, where that can be chosen (-l). */
const sumTool = (name: string, digest: Digest, sized?: (bits: number) => Digest): Tool =>
  defineTool({
    name,
    busybox: true,
    summary: `compute and check ${name.replace("sum", "").toUpperCase()} message digests`,
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "bctwz",
        valued: sized ? "l" : "",
        long: {
          zero: "z",
          ...(sized && { "length=": "l" }),
          check: "c",
          binary: "b",
          text: "t",
          quiet: "q",
          status: "s",
          tag: "T",
          warn: "w",
          "ignore-missing": "i",
          strict: "S",
        },
      })
      if (problem) return yield* usageError(process, name, problem)
      let failed = 0
      let unreadable = 0
      const own = sized && flags.has("l") ? sized(Number(flags.get("l"))) : digest
      const width = own.create().digest().length * 2
      const read = function* (file: string) {
        return yield* readFile(process, file)
      }
      for (const file of words.length > 0 ? words : ["-"]) {
        let data: Uint8Array
        try {
          if (file !== "-" && process.files.stat(file).type === "directory") throw new SystemError("EISDIR")
          data = yield* read(file)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`${name}: ${file}: ${error.message}\n`)
          unreadable++
          continue
        }
        if (!flags.has("c")) {
          const sum = yield* digestOf(process, own, data)
          const end = flags.has("z") ? "\0" : "\n"
          const kind = name === "b2sum" ? "BLAKE2b" : name.replace("sum", "").toUpperCase()
          // A name with a newline or a backslash is escaped, and the line says so at its beginning.
          const [mark, shown] = !flags.has("z") && /[\\\n\r]/.test(file) ? ["\\", escapedName(file)] : ["", file]
          yield* process.print(
            flags.has("T") ? `${mark}${kind} (${shown}) = ${sum}${end}` : `${mark}${sum} ${flags.has("b") ? "*" : " "}${shown}${end}`,
          )
          continue
        }
        let lines = 0
        let malformed = 0
        let verified = 0
        const where = file === "-" ? "'standard input'" : file
        for (const line of new TextDecoder().decode(data).replace(/\n$/, "").split("\n")) {
          const match = /^\\?([0-9a-fA-F]+) [ *](.+)$/.exec(line) ?? tagged(line)
          if (!match || match[1].length !== width) {
            malformed++
            continue
          }
          lines++
          if (flags.has("i") && !process.files.exists(match[2])) continue
          verified++
          let ok = false
          try {
            ok = (yield* digestOf(process, own, yield* read(match[2]))) === match[1].toLowerCase()
          } catch (error) {
            if (!(error instanceof SystemError)) throw error
            yield* process.error(`${name}: ${match[2]}: ${error.message}\n`)
            if (!flags.has("s")) yield* process.print(`${match[2]}: FAILED open or read\n`)
            unreadable++
            continue
          }
          if (!ok) failed++
          if (!flags.has("s") && !(ok && flags.has("q"))) yield* process.print(`${match[2]}: ${ok ? "OK" : "FAILED"}\n`)
        }
        if (lines === 0) {
          yield* process.error(`${name}: ${where}: no properly formatted checksum lines found\n`)
          unreadable++
          continue
        }
        if (malformed > 0 && !flags.has("s"))
          yield* process.error(`${name}: WARNING: ${malformed} line${malformed > 1 ? "s are" : " is"} improperly formatted\n`)
        if (malformed > 0 && flags.has("S")) unreadable++
        if (verified === 0 && flags.has("i")) {
          yield* process.error(`${name}: ${where}: no file was verified\n`)
          unreadable++
        }
      }
      if (failed > 0 && !flags.has("s"))
        yield* process.error(`${name}: WARNING: ${failed} computed checksum${failed > 1 ? "s" : ""} did NOT match\n`)
      return failed + unreadable > 0 ? 1 : 0
    },
  })

export const md5sum = sumTool("md5sum", md5)
export const sha1sum = sumTool("sha1sum", sha1)
export const sha256sum = sumTool("sha256sum", sha256)
export const sha512sum = sumTool("sha512sum", sha512)
export const sha224sum = sumTool("sha224sum", sha224)
export const sha384sum = sumTool("sha384sum", sha384)
export const b2sum = sumTool("b2sum", blake2b, (bits) => ({ create: () => blake2b.create({ dkLen: bits / 8 }) }))

/** BSD's 16-bit sum and the number of 1 KiB blocks, with -s System V's and that of 512 bytes. */
export const sum = defineTool({
  name: "sum",
  busybox: true,
  summary: "checksum and count the blocks in a file",
  *run(process, args) {
    const words = args.filter((word) => !/^(-[rs]|--sysv)$/.test(word))
    const systemV = args.some((word) => word === "-s" || word === "--sysv")
    let status = 0
    for (const file of words.length > 0 ? words : ["-"]) {
      try {
        const data = yield* readFile(process, file)
        let value = 0
        const add = (part: Uint8Array) => {
          if (systemV) for (const byte of part) value = (value + byte) >>> 0
          else for (const byte of part) value = ((value >> 1) + ((value & 1) << 15) + byte) & 0xffff
        }
        yield* eachPart(process, data, add, 32)
        if (systemV) {
          const folded = (value & 0xffff) + (value >>> 16)
          yield* process.print(
            `${(folded & 0xffff) + (folded >>> 16)} ${Math.ceil(data.length / 512)}${words.length > 0 ? ` ${file}` : ""}\n`,
          )
          continue
        }
        yield* process.print(
          `${String(value).padStart(5, "0")} ${String(Math.ceil(data.length / 1024)).padStart(5)}${words.length > 0 ? ` ${file}` : ""}\n`,
        )
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`sum: ${file}: ${error.message}\n`)
        status = 1
      }
    }
    return status
  },
})

/** Of each byte, most significant bit first. */
const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24
  for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1
  return sum
})

/** POSIX's CRC, the length at the end. */
function* crc(process: Process, data: Uint8Array): Steps<number> {
  let sum = 0
  const add = (part: Iterable<number>) => {
    for (const byte of part) sum = (sum << 8) ^ CRC[((sum >>> 24) ^ byte) & 255]
  }
  yield* eachPart(process, data, add, 32)
  for (let length = data.length; length > 0; length = Math.floor(length / 256)) add([length & 255])
  return ~sum >>> 0
}

const ALGORITHMS = ["bsd", "sysv", "crc", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "sm3"] as const

/** Algorithms that have tools of their own. */
const SUMS: Readonly<Record<string, Tool>> = {
  md5: md5sum,
  sha1: sha1sum,
  sha224: sha224sum,
  sha256: sha256sum,
  sha384: sha384sum,
  sha512: sha512sum,
  blake2b: b2sum,
}

export const cksum = defineTool({
  name: "cksum",
  busybox: true,
  summary: "checksum and count the bytes in a file",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "cz",
      valued: "al",
      long: {
        "algorithm=": "a",
        "length=": "l",
        check: "c",
        debug: "debug",
        tag: "tag",
        untagged: "untagged",
        zero: "z",
        quiet: "quiet",
        status: "status",
        strict: "strict",
        warn: "warn",
        "ignore-missing": "ignore",
      },
    })
    if (problem) return yield* usageError(process, "cksum", problem)
    const algorithm = oneOf(process, "--algorithm", String(flags.get("a") ?? "crc"), ALGORITHMS)
    if ("problem" in algorithm) return yield* usageError(process, "cksum", algorithm.problem)
    if (algorithm.word === "bsd" || algorithm.word === "sysv")
      return yield* sum.run(process, [...(algorithm.word === "sysv" ? ["-s"] : []), ...words])
    const tool = SUMS[algorithm.word]
    if (tool) {
      const shared = ["quiet", "status", "strict", "warn"].filter((name) => flags.has(name)).map((name) => `--${name}`)
      const length = flags.has("l") ? [`-l${String(flags.get("l"))}`] : []
      const form = flags.has("c") ? ["-c"] : flags.has("untagged") ? [] : ["--tag"]
      return yield* tool.run(process, [...form, ...shared, ...length, ...(flags.has("z") ? ["-z"] : []), ...words])
    }
    let status = 0
    for (const file of words.length > 0 ? words : ["-"]) {
      try {
        const data = yield* readFile(process, file)
        yield* process.print(`${yield* crc(process, data)} ${data.length}${words.length > 0 ? ` ${file}` : ""}\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`cksum: ${file}: ${error.message}\n`)
        status = 1
      }
    }
    return status
  },
})
