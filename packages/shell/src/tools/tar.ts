/** tar: archives in the ustar format, plain or through gzip. */
import { Accounts, type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { matchPattern } from "../bash/pattern.ts"
import { defineTool } from "../define-tool.ts"
import { CompressionError, gunzipping, gzipping, isGzip } from "../text/deflate.ts"
import { formatDate } from "../text/date.ts"
import { modeText } from "./modes.ts"
import { drive } from "./pacing.ts"
import { parseOptions } from "./reading.ts"

interface Entry {
  name: string
  stat: Pick<FileStat, "type" | "mode" | "uid" | "gid" | "size" | "modifiedAt">
  user: string
  group: string
  link: string
  content: Uint8Array
}

const BLOCK = 512
const encoder = new TextEncoder()
const decoder = new TextDecoder()

const FLAGS: Readonly<Record<string, string>> = { file: "0", symlink: "2", directory: "5", fifo: "6" }

const header = (entry: Entry): Uint8Array => {
  const block = new Uint8Array(BLOCK)
  const put = (text: string, at: number, size: number) => block.set(encoder.encode(text).subarray(0, size), at)
  const octal = (value: number, at: number, size: number) =>
    put(
      `${Math.floor(value)
        .toString(8)
        .padStart(size - 1, "0")}\0`,
      at,
      size,
    )
  let { name } = entry
  let prefix = ""
  if (name.length > 100) {
    const cut = name.lastIndexOf("/", 155)
    prefix = name.slice(0, cut)
    name = name.slice(cut + 1)
  }
  put(name, 0, 100)
  octal(entry.stat.mode & 0o7777, 100, 8)
  octal(entry.stat.uid, 108, 8)
  octal(entry.stat.gid, 116, 8)
  octal(entry.content.length, 124, 12)
  octal(entry.stat.modifiedAt / 1_000, 136, 12)
  put("        ", 148, 8)
  put(FLAGS[entry.stat.type] ?? "0", 156, 1)
  put(entry.link, 157, 100)
  put("ustar\u000000", 257, 8)
  put(entry.user, 265, 32)
  put(entry.group, 297, 32)
  put(prefix, 345, 155)
  put(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
    8,
  )
  return block
}

const archive = (entries: readonly Entry[]): Uint8Array => {
  const padded = (length: number) => Math.ceil(length / BLOCK) * BLOCK
  const size = entries.reduce((sum, { content }) => sum + BLOCK + padded(content.length), 0) + 2 * BLOCK
  const bytes = new Uint8Array(Math.ceil(size / 10_240) * 10_240)
  let at = 0
  for (const entry of entries) {
    bytes.set(header(entry), at)
    bytes.set(entry.content, at + BLOCK)
    at += BLOCK + padded(entry.content.length)
  }
  return bytes
}

class ArchiveError extends Error {}

const entriesIn = (bytes: Uint8Array): Entry[] => {
  const entries: Entry[] = []
  let longName: string | undefined
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK)
    if (block.every((byte) => byte === 0)) break
    const text = (from: number, size: number) => decoder.decode(block.subarray(from, from + size)).replace(/\0[\s\S]*$/, "")
    const octal = (from: number, size: number) => Number.parseInt(text(from, size).trim() || "0", 8)
    const sum = octal(148, 8)
    const actual = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
    if (sum !== actual) throw new ArchiveError(entries.length === 0 ? "This does not look like a tar archive" : "Skipping to next header")
    const size = octal(124, 12)
    const content = bytes.slice(at + BLOCK, at + BLOCK + size)
    const flag = text(156, 1)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    // GNU's and pax's ways to say a long name.
    if (flag === "L") {
      longName = decoder.decode(content).replace(/\0[\s\S]*$/, "")
      continue
    }
    if (flag === "x" || flag === "g") {
      longName = /^\d+ path=(.*)$/m.exec(decoder.decode(content))?.[1] ?? longName
      continue
    }
    const prefix = text(257, 5) === "ustar" ? text(345, 155) : ""
    const type = flag === "5" ? "directory" : flag === "2" ? "symlink" : flag === "6" ? "fifo" : "file"
    entries.push({
      name: longName ?? (prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`),
      stat: { type, mode: octal(100, 8), uid: octal(108, 8), gid: octal(116, 8), size, modifiedAt: octal(136, 12) * 1_000 },
      user: text(265, 32),
      group: text(297, 32),
      link: text(157, 100),
      content,
    })
    longName = undefined
  }
  return entries
}

/** Options without a dash first ("tar czf"): letters that take a value take the next words in their order. */
const normal = (args: readonly string[]): string[] => {
  const [first = "", ...rest] = args
  if (first.startsWith("-") || first === "") return [...args]
  const result: string[] = []
  for (const letter of first) result.push(`-${letter}`, ...("fCTXbg".includes(letter) && rest.length > 0 ? [rest.shift() as string] : []))
  return [...result, ...rest]
}

export const tar = defineTool({
  name: "tar",
  busybox: true,
  version: "(GNU tar) 1.35",
  summary: "an archiving utility",
  *run(process, args) {
    // -C counts from where it stands.
    const ordered = normal(args)
    const { flags, all, words, problem } = parseOptions(ordered, {
      letters: "cxtzjJvpkmOhruPSaW",
      valued: "fCTXb",
      long: {
        create: "c",
        extract: "x",
        get: "x",
        list: "t",
        gzip: "z",
        gunzip: "z",
        verbose: "v",
        "file=": "f",
        "directory=": "C",
        "exclude=": "exclude",
        "strip-components=": "strip",
        "to-stdout": "O",
        append: "r",
        "keep-old-files": "k",
        "preserve-permissions": "p",
        "same-owner": "owner",
        "no-same-owner": "noowner",
        "numeric-owner": "numeric",
        "transform=": "transform",
        wildcards: "wildcards",
        "owner=": "o",
        "group=": "g",
        "auto-compress": "a",
        overwrite: "overwrite",
        "absolute-names": "P",
      },
    })
    const fail = function* (message: string): Steps<number> {
      yield* process.error(`tar: ${message}\n`)
      return 2
    }
    if (problem) return yield* fail(`${problem}\nTry 'tar --help' or 'tar --usage' for more information.`)
    const modes = ["c", "x", "t", "r", "u"].filter((letter) => flags.has(letter))
    if (modes.length !== 1)
      return yield* fail(
        modes.length === 0
          ? "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information."
          : "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option\nTry 'tar --help' or 'tar --usage' for more information.",
      )
    const [mode] = modes
    const file = flags.has("f") ? String(flags.get("f")) : "-"
    const directory = all.get("C")?.at(-1)
    const inDirectory = (path: string) =>
      directory === undefined || path.startsWith("/") ? path : `${directory.replace(/\/$/, "")}/${path}`
    if (directory !== undefined && !(process.files.exists(directory) && process.files.stat(directory).type === "directory"))
      return yield* fail(
        `${directory}: Cannot open: ${process.files.exists(directory) ? "Not a directory" : "No such file or directory"}\ntar: Error is not recoverable: exiting now`,
      )
    const excludes = all.get("exclude") ?? []
    const excluded = (name: string) =>
      excludes.some(
        (one) => matchPattern(one, name) || matchPattern(one, name.split("/").at(-1) ?? "") || matchPattern(one, name.replace(/^\.\//, "")),
      )
    const verbose = args.join(" ").split("v").length - 1
    try {
      if (mode === "c" || mode === "r" || mode === "u") {
        if (words.length === 0)
          return yield* fail("Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.")
        const entries = mode === "c" || !process.files.exists(file) ? [] : entriesIn(process.files.readBytes(file))
        const failed = yield* gather(process, words, entries, { inDirectory, excluded, verbose: flags.has("v"), toOutput: file === "-" })
        const plain = archive(entries)
        if (process.charge(plain.length >> 9)) yield* process.yield()
        const zipped = flags.has("z") || (flags.has("a") && /\.t?gz$/.test(file))
        const bytes = zipped ? yield* drive(process, gzipping(plain, undefined, 0), 800) : plain
        if (file === "-") yield* process.write(1, bytes)
        else process.files.write(file, bytes)
        if (failed) yield* process.error("tar: Exiting with failure status due to previous errors\n")
        return failed ? 2 : 0
      }
      const raw = file === "-" ? yield* process.readAll(0) : process.files.readBytes(file)
      if (flags.has("z") && !isGzip(raw))
        return yield* fail(
          "\ngzip: stdin: not in gzip format\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now".replace(/^\n/, ""),
        )
      const entries = entriesIn(isGzip(raw) ? yield* drive(process, gunzipping(raw), 200) : raw)
      if (process.charge(entries.length + (raw.length >> 8))) yield* process.yield()
      const wanted = (name: string) =>
        words.length === 0 ||
        words.some(
          (word) =>
            name === word ||
            name.replace(/\/$/, "") === word.replace(/\/$/, "") ||
            name.startsWith(`${word.replace(/\/$/, "")}/`) ||
            (flags.has("wildcards") && matchPattern(word, name)),
        )
      const chosen = entries.filter(({ name }) => wanted(name) && !excluded(name))
      if (mode === "t") yield* process.print(chosen.map((entry) => `${flags.has("v") ? longLine(entry) : entry.name}\n`).join(""))
      else
        yield* extract(process, chosen, {
          inDirectory,
          strip: Number(flags.get("strip") ?? 0),
          verbose: verbose > 0 && flags.has("v"),
          toOutput: flags.has("O"),
          keep: flags.has("k"),
        })
      const missing = words.filter(
        (word) =>
          !flags.has("wildcards") &&
          !entries.some(({ name }) => name === word || name.startsWith(`${word.replace(/\/$/, "")}/`) || name.replace(/\/$/, "") === word),
      )
      for (const word of missing) yield* process.error(`tar: ${word}: Not found in archive\n`)
      if (missing.length > 0) yield* process.error("tar: Exiting with failure status due to previous errors\n")
      return missing.length > 0 ? 2 : 0
    } catch (error) {
      if (error instanceof ArchiveError) return yield* fail(`${error.message}\ntar: Exiting with failure status due to previous errors`)
      if (error instanceof CompressionError) return yield* fail(`${file}: ${error.message}\ntar: Error is not recoverable: exiting now`)
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      return yield* fail(`${file}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now`)
    }
  },
})

const longLine = (entry: Entry): string =>
  `${modeText(entry.stat)} ${entry.user || entry.stat.uid}/${entry.group || entry.stat.gid} ${String(entry.stat.size).padStart(9)} ${formatDate("%Y-%m-%d %H:%M", entry.stat.modifiedAt)} ${entry.name}${entry.link === "" ? "" : ` -> ${entry.link}`}`

/** Adds what is at and below `words`; true when something could not be read. */
function* gather(
  process: Process,
  words: readonly string[],
  entries: Entry[],
  options: { inDirectory: (path: string) => string; excluded: (name: string) => boolean; verbose: boolean; toOutput: boolean },
): Steps<boolean> {
  const accounts = new Accounts(process.files)
  let failed = false
  let told = false
  const add = function* (name: string): Steps<void> {
    if (process.charge(2)) yield* process.yield()
    const path = options.inDirectory(name)
    try {
      const stat = process.files.lstat(path)
      if (options.excluded(name.replace(/\/$/, ""))) return
      const inside = name.startsWith("/") ? name.replace(/^\/+/, "") : name
      if (inside !== name && !told) {
        told = true
        yield* process.error("tar: Removing leading `/' from member names\n")
      }
      const directory = stat.type === "directory"
      const shown = directory ? `${inside.replace(/\/+$/, "")}/` : inside
      if (options.verbose) {
        if (options.toOutput) yield* process.error(`${shown}\n`)
        else yield* process.print(`${shown}\n`)
      }
      entries.push({
        name: shown,
        stat,
        user: accounts.userName(stat.uid),
        group: accounts.groupName(stat.gid),
        link: stat.type === "symlink" ? process.files.readlink(path) : "",
        content: stat.type === "file" ? process.files.readBytes(path) : new Uint8Array(),
      })
      if (directory) for (const child of process.files.list(path)) yield* add(`${name.replace(/\/+$/, "")}/${child.name}`)
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      failed = true
      yield* process.error(`tar: ${name}: Cannot ${error.code === "ENOENT" ? "stat" : "open"}: ${error.message}\n`)
    }
  }
  for (const word of words) yield* add(word)
  return failed
}

function* extract(
  process: Process,
  entries: readonly Entry[],
  options: { inDirectory: (path: string) => string; strip: number; verbose: boolean; toOutput: boolean; keep: boolean },
): Steps<void> {
  const { files } = process
  for (const entry of entries) {
    if (process.charge(2)) yield* process.yield()
    const parts = entry.name
      .replace(/^\/+/, "")
      .split("/")
      .filter((part) => part !== "" && part !== "..")
      .slice(options.strip)
    if (parts.length === 0) continue
    if (options.verbose) yield* process.print(`${entry.name}\n`)
    if (options.toOutput) {
      yield* process.write(1, entry.content)
      continue
    }
    const path = options.inDirectory(parts.join("/"))
    const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ""
    if (parent !== "" && !files.exists(parent)) files.mkdir(parent, { parents: true })
    if (options.keep && files.exists(path)) continue
    if (entry.stat.type === "directory") {
      if (!files.exists(path)) files.mkdir(path, { parents: true })
      files.chmod(path, entry.stat.mode)
    } else if (entry.stat.type === "symlink") {
      if (files.exists(path)) files.remove(path)
      files.symlink(entry.link, path)
      continue
    } else {
      files.write(path, entry.content)
      files.chmod(path, entry.stat.mode)
    }
    if (process.credentials.uid === 0) files.chown(path, entry.stat.uid, entry.stat.gid)
    files.utimes(path, entry.stat.modifiedAt, entry.stat.modifiedAt)
  }
}
