/** tar: archives in the ustar format, plain or through gzip. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { matchPattern } from "../../bash/pattern.ts"
import { defineTool } from "../../define-tool.ts"
import { CompressionError, gunzipping, gzipping, isGzip } from "../../text/deflate.ts"
import { drive, printEach } from "../pacing.ts"
import { type Name, readCommandLine, TarError, type TarOptions } from "./command-line.ts"
import { difference, extract, longLine } from "./extract.ts"
import { archive, ArchiveError, entriesIn, type Entry } from "./format.ts"
import { excluded, Gatherer } from "./members.ts"

const HELP = "Try 'tar --help' or 'tar --usage' for more information."
const FAILED = "tar: Exiting with failure status due to previous errors\n"
const FATAL = "Error is not recoverable: exiting now"
/** Fuel of 2 KiB that are packed, and that are unpacked. */
const PACKED = 800
const UNPACKED = 200

/** All members of the archive. Throws TarError, ArchiveError, SystemError. */
function* read(process: Process, { file, zipped }: TarOptions): Steps<Entry[]> {
  const raw = file === "-" ? yield* process.readAll(0) : process.files.readBytes(file)
  if (process.charge(raw.length >> 8)) yield* process.yield()
  if (zipped && !isGzip(raw)) {
    yield* process.error("\ngzip: stdin: not in gzip format\n")
    throw new TarError(`Child returned status 1\ntar: ${FATAL}`)
  }
  return entriesIn(isGzip(raw) ? yield* drive(process, gunzipping(raw), UNPACKED) : raw)
}

function* write(process: Process, { file, zipped }: TarOptions, entries: readonly Entry[]): Steps<void> {
  const plain = archive(entries)
  if (process.charge(plain.length >> 9)) yield* process.yield()
  const bytes = zipped ? yield* drive(process, gzipping(plain, undefined, 0), PACKED) : plain
  if (file === "-") yield* process.write(1, bytes)
  else process.files.write(file, bytes)
}

const named = (name: string, word: string, wildcards: boolean): boolean =>
  name === word ||
  name.replace(/\/$/, "") === word.replace(/\/$/, "") ||
  name.startsWith(`${word.replace(/\/$/, "")}/`) ||
  (wildcards && matchPattern(word, name))

/** -c, -r, -u: members of files, behind those that are there. */
function* collect(process: Process, options: TarOptions): Steps<number> {
  if (options.names.length === 0) throw new TarError(`Cowardly refusing to create an empty archive\n${HELP}`)
  const old = options.mode === "c" || !process.files.exists(options.file) ? [] : yield* read(process, options)
  const added: Entry[] = []
  const gatherer = new Gatherer(process, options)
  for (const { name, directory } of options.names) yield* gatherer.add(name, directory, added)
  const newer = (entry: Entry) =>
    !old.some((one) => one.name === entry.name && one.stat.modifiedAt >= Math.floor(entry.stat.modifiedAt / 1_000) * 1_000)
  yield* write(process, options, [...old, ...(options.mode === "u" ? added.filter(newer) : added)])
  if (gatherer.failed) yield* process.error(FAILED)
  return gatherer.failed ? 2 : 0
}

/** Tells of names that the archive does not have; the exit code. */
function* missing(process: Process, options: TarOptions, entries: readonly Entry[]): Steps<number> {
  const lost = options.names.filter(({ name }) => !entries.some((entry) => named(entry.name, name, options.wildcards)))
  for (const { name } of lost) yield* process.error(`tar: ${name}: Not found in archive\n`)
  return lost.length > 0 ? 2 : 0
}

const chosen = (entries: readonly Entry[], options: TarOptions): Entry[] =>
  entries.filter(
    ({ name }) =>
      (options.names.length === 0 || options.names.some((word: Name) => named(name, word.name, options.wildcards))) &&
      !excluded(options, name.replace(/\/$/, "")),
  )

/** -x, -t, -d, --delete, -A: over the members that are there. */
function* use(process: Process, options: TarOptions): Steps<number> {
  if (options.mode === "A") return yield* concatenate(process, options)
  const entries = yield* read(process, options)
  const members = chosen(entries, options)
  let status = 0
  if (options.mode === "t") {
    const line = (entry: Entry) => (options.verbose > 0 ? longLine(entry, options.numeric) : entry.name)
    yield* printEach(process, members, (entry) => `${line(entry)}\n`, 4)
  } else if (options.mode === "x") for (const entry of members) status = (yield* extract(process, entry, options)) ? status : 2
  else if (options.mode === "d")
    for (const entry of members) {
      if (process.charge(4 + (entry.content.length >> 6))) yield* process.yield()
      const told = difference(process, entry, options)
      if (told === undefined) continue
      yield* process.print(`${told}\n`)
      status = 1
    }
  else
    yield* write(
      process,
      options,
      entries.filter((entry) => !members.includes(entry)),
    )
  const lost = yield* missing(process, options, entries)
  if (lost > 0 || status === 2) yield* process.error(FAILED)
  return Math.max(status, lost)
}

function* concatenate(process: Process, options: TarOptions): Steps<number> {
  const all = yield* read(process, options)
  for (const { name } of options.names) all.push(...(yield* read(process, { ...options, file: name })))
  yield* write(process, options, all)
  return 0
}

export const tar = defineTool({
  name: "tar",
  busybox: true,
  version: "(GNU tar) 1.35",
  summary: "an archiving utility",
  *run(process, args) {
    let file = "-"
    try {
      const options = readCommandLine(process, args)
      file = options.file
      const { directory } = options
      if (directory !== "" && !(process.files.exists(directory) && process.files.stat(directory).type === "directory"))
        throw new TarError(
          `${directory}: Cannot open: ${process.files.exists(directory) ? "Not a directory" : "No such file or directory"}\ntar: ${FATAL}`,
        )
      return yield* "cru".includes(options.mode) ? collect(process, options) : use(process, options)
    } catch (error) {
      const told =
        error instanceof TarError
          ? error.message
          : error instanceof ArchiveError
            ? `${error.message}\n${FAILED.trimEnd()}`
            : error instanceof CompressionError
              ? `${file}: ${error.message}\ntar: ${FATAL}`
              : error instanceof SystemError && error.code !== "EPIPE" && error.code !== "EINTR"
                ? `${file}: Cannot open: ${error.message}\ntar: ${FATAL}`
                : undefined
      if (told === undefined) throw error
      yield* process.error(`tar: ${told}\n`)
      return error instanceof TarError ? error.code : 2
    }
  },
})
