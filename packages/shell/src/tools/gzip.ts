/** gzip, gunzip, zcat. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { CompressionError, gunzipping, gzipping, isGzip } from "../text/deflate.ts"
import { drive } from "./pacing.ts"
import { parseOptions, usageError } from "./reading.ts"

/** Fuel of a piece that is packed, and of one that is unpacked. */
const PACKED = 800
const UNPACKED = 200

/** A name without -S's ending or one of gzip's own; undefined where it has none. */
const withoutEnding = (name: string, ending: string): string | undefined => {
  if (name.endsWith(ending) && name.length > ending.length) return name.slice(0, -ending.length)
  if (/\.(tgz|taz)$/.test(name)) return name.replace(/\.(tgz|taz)$/, ".tar")
  return /.[.-](gz|z|Z)$/.test(name) ? name.replace(/[.-](gz|z|Z)$/, "") : undefined
}

/** Bytes of gzip's head (with a name) and tail. */
const frameOf = (packed: Uint8Array): number => {
  const named = (packed[3] & 8) !== 0
  return 18 + (named ? packed.indexOf(0, 10) - 9 : 0)
}

/** What was saved of `size` bytes, in percent of them. */
const ratio = (size: number, packed: Uint8Array): string =>
  `${(size === 0 ? 0 : (100 * (size - (packed.length - frameOf(packed)))) / size).toFixed(1)}%`.padStart(6)

export const gzip = defineTool({
  name: "gzip",
  aliases: ["gunzip", "zcat"],
  busybox: true,
  version: "1.12",
  summary: "compress or expand files",
  *run(process, args) {
    const name0 = process.argv[0]?.split("/").at(-1) ?? "gzip"
    const called = "gzip"
    const { flags, words, problem } = parseOptions(args, {
      letters: "cdfkltnNqrv123456789",
      valued: "S",
      long: {
        stdout: "c",
        "to-stdout": "c",
        decompress: "d",
        uncompress: "d",
        force: "f",
        keep: "k",
        list: "l",
        test: "t",
        verbose: "v",
        best: "9",
        fast: "1",
        quiet: "q",
        recursive: "r",
        "suffix=": "S",
        name: "N",
        "no-name": "n",
      },
    })
    if (problem) return yield* usageError(process, called, problem)
    const expands = name0 !== "gzip" || flags.has("d")
    const toOutput = name0 === "zcat" || flags.has("c")
    let status = 0
    const ending = String(flags.get("S") ?? ".gz")
    const pending = words.length > 0 ? [...words] : ["-"]
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      try {
        if (name !== "-" && process.files.stat(name).type === "directory") {
          if (flags.has("r")) {
            for (const entry of process.files.list(name).toReversed()) pending.unshift(`${name.replace(/\/$/, "")}/${entry.name}`)
            continue
          }
          yield* process.error(`${called}: ${name} is a directory -- ignored\n`)
          status = 2
          continue
        }
        const data = name === "-" ? yield* process.readAll(0) : process.files.readBytes(name)
        if (process.charge(4 + (data.length >> 8))) yield* process.yield()
        if (flags.has("l")) {
          const size = (yield* drive(process, gunzipping(data), UNPACKED)).length
          yield* process.print(
            `         compressed        uncompressed  ratio uncompressed_name\n${String(data.length).padStart(19)} ${String(size).padStart(19)} ${ratio(size, data)} ${withoutEnding(name, ending) ?? name}\n`,
          )
          continue
        }
        if (expands && name !== "-" && withoutEnding(name, ending) === undefined && !toOutput && !flags.has("t")) {
          yield* process.error(`${called}: ${name}: unknown suffix -- ignored\n`)
          status = 2
          continue
        }
        if (!expands && !flags.has("t") && !toOutput && name.endsWith(ending)) {
          yield* process.error(`${called}: ${name} already has ${ending} suffix -- unchanged\n`)
          status = 2
          continue
        }
        if ((expands || flags.has("t")) && flags.has("f") && toOutput && !isGzip(data)) {
          yield* process.write(1, data)
          continue
        }
        if ((expands || flags.has("t")) && !isGzip(data)) throw new CompressionError("not in gzip format")
        const result =
          expands || flags.has("t")
            ? yield* drive(process, gunzipping(data), UNPACKED)
            : yield* drive(
                process,
                gzipping(data, name === "-" ? undefined : name.split("/").at(-1), Math.floor(process.now() / 1_000)),
                PACKED,
              )
        if (flags.has("t")) continue
        if (toOutput || name === "-") {
          yield* process.write(1, result)
          continue
        }
        const target = expands ? (withoutEnding(name, ending) ?? name) : `${name}${ending}`
        if (process.files.exists(target) && !flags.has("f")) {
          yield* process.error(`${called}: ${target} already exists;\tnot overwritten\n`)
          status = 2
          continue
        }
        const { mode } = process.files.stat(name)
        process.files.write(target, result, { mode })
        if (!flags.has("k")) process.files.remove(name)
        if (flags.has("v"))
          yield* process.error(
            `${name}:\t${expands ? ratio(result.length, data) : ratio(data.length, result)} -- ${flags.has("k") ? "created" : "replaced with"} ${target}\n`,
          )
      } catch (error) {
        if (
          !(error instanceof SystemError || error instanceof CompressionError) ||
          (error instanceof SystemError && error.code === "EPIPE")
        )
          throw error
        yield* process.error(
          `${error instanceof CompressionError ? "\n" : ""}${called}: ${name === "-" ? "stdin" : name}: ${error.message}\n`,
        )
        status = 1
      }
    }
    return status
  },
})
