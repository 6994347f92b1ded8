/** zip and unzip: archives with a directory at their end (PKWARE's APPNOTE), members stored or deflated. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { matchPattern } from "../bash/pattern.ts"
import { defineTool } from "../define-tool.ts"
import { CompressionError, crc32, deflate, inflate } from "../text/deflate.ts"
import { formatDate } from "../text/date.ts"
import { parseOptions } from "./reading.ts"

interface Member {
  name: string
  method: number
  crc: number
  /** Bytes as they stand in the archive. */
  data: Uint8Array
  size: number
  /** Permission bits and kind, as st_mode. */
  mode: number
  modifiedAt: number
}

class ZipError extends Error {}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** DOS date and time, two seconds fine. */
const dosTime = (at: number): number => {
  const date = new Date(at)
  const year = Math.max(1980, date.getUTCFullYear())
  const day = ((year - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate()
  return ((day << 16) | (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)) >>> 0
}

const fromDosTime = (value: number): number => {
  const [day, time] = [value >>> 16, value & 0xffff]
  return Date.UTC((day >> 9) + 1980, ((day >> 5) & 15) - 1, day & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2)
}

const little = (fields: readonly (readonly [number, number])[]): Uint8Array => {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += size
  }
  return bytes
}

const pack = (members: readonly Member[]): Uint8Array => {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const { name, method, crc, data, size, mode, modifiedAt } of members) {
    const encoded = encoder.encode(name)
    const common: (readonly [number, number])[] = [
      [2, method === 8 ? 20 : 10],
      [2, 0],
      [2, method],
      [4, dosTime(modifiedAt)],
      [4, crc],
      [4, data.length],
      [4, size],
      [2, encoded.length],
      [2, 0],
    ]
    const local = little([[4, 0x04034b50], ...common])
    directory.push(
      little([
        [4, 0x02014b50],
        [2, 0x031e],
        ...common,
        [2, 0],
        [2, 0],
        [2, 0],
        [4, ((mode << 16) | (name.endsWith("/") ? 16 : 0)) >>> 0],
        [4, offset],
      ]),
      encoded,
    )
    parts.push(local, encoded, data)
    offset += local.length + encoded.length + data.length
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0)
  const end = little([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, members.length],
    [2, members.length],
    [4, length],
    [4, offset],
    [2, 0],
  ])
  const all = [...parts, ...directory, end]
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of all) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const unpack = (bytes: Uint8Array): Member[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let end = bytes.length - 22
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < 0) throw new ZipError("no end of central directory")
  const members: Member[] = []
  let at = view.getUint32(end + 16, true)
  for (let count = view.getUint16(end + 10, true); count > 0; count--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw new ZipError("bad central directory")
    const [nameLength, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)]
    const offset = view.getUint32(at + 42, true)
    const packed = view.getUint32(at + 20, true)
    const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
    members.push({
      name: decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      data: bytes.subarray(start, start + packed),
      size: view.getUint32(at + 24, true),
      mode: view.getUint32(at + 38, true) >>> 16,
      modifiedAt: fromDosTime(view.getUint32(at + 12, true)),
    })
    at += 46 + nameLength + extra + comment
  }
  return members
}

/** The largest member that is unpacked. */
const MOST = 64 * 1024 * 1024

const contentOf = (member: Member): Uint8Array => {
  if (member.size > MOST) throw new ZipError("member too large")
  const content = member.method === 0 ? member.data : inflate(member.data).data
  if (crc32(content) !== member.crc) throw new ZipError("bad CRC")
  return content
}

const memberOf = (name: string, content: Uint8Array, mode: number, modifiedAt: number): Member => {
  const packed = content.length === 0 ? content : deflate(content)
  const smaller = packed.length < content.length
  return { name, method: smaller ? 8 : 0, crc: crc32(content), data: smaller ? packed : content, size: content.length, mode, modifiedAt }
}

const adding = ({ method, data, size }: Member): string =>
  method === 8 ? `(deflated ${Math.round(100 * (1 - data.length / Math.max(1, size)))}%)` : "(stored 0%)"

export const zip = defineTool({
  name: "zip",
  summary: "package and compress (archive) files",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "rjqdumvTXyDgo0123456789@",
      valued: "xiP",
      long: { "recurse-paths": "r", "junk-paths": "j", quiet: "q", delete: "d", update: "u", move: "m" },
    })
    if (problem) {
      yield* process.error(`\nzip error: Invalid command arguments (${problem})\n`)
      return 16
    }
    const [given, ...names] = words
    if (given === undefined) {
      yield* process.print(
        "Copyright (c) 1990-2008 Info-ZIP - Type 'zip \"-L\"' for software license.\nZip 3.0 (July 5th 2008). Usage:\nzip [-options] [-b path] [-t mmddyyyy] [-n suffixes] [zipfile list] [-xi list]\n",
      )
      return 0
    }
    const path = /\.[^/.]+$/.test(given) ? given : `${given}.zip`
    const members: Member[] = process.files.exists(path) ? unpack(process.files.readBytes(path)) : []
    const quiet = flags.has("q")
    if (flags.has("d")) {
      const kept = members.filter(({ name }) => !names.some((one) => matchPattern(one, name)))
      if (kept.length === members.length) {
        yield* process.print(`\tzip warning: name not matched: ${names[0] ?? ""}\n\nzip error: Nothing to do! (${path})\n`)
        return 12
      }
      if (!quiet) for (const member of members) if (!kept.includes(member)) yield* process.print(`deleting: ${member.name}\n`)
      process.files.write(path, pack(kept))
      return 0
    }
    const excludes = all.get("x") ?? []
    let added = 0
    let missing = 0
    const removable: string[] = []
    const add = function* (name: string): Steps<void> {
      if (process.charge(4)) yield* process.yield()
      const stat = process.files.stat(name)
      const directory = stat.type === "directory"
      const stored =
        (flags.has("j") ? (name.split("/").at(-1) ?? name) : name.replace(/^(\.?\/+)+/, "").replace(/\/+$/, "")) + (directory ? "/" : "")
      const excluded = excludes.some((one) => matchPattern(one, stored) || matchPattern(one, name))
      if (!excluded && stored !== "/" && stored !== "./" && stored !== "" && !(directory && (flags.has("j") || flags.has("D")))) {
        const mode = (directory ? 0o40000 : 0o100000) | stat.mode
        const made = memberOf(stored, directory ? new Uint8Array() : process.files.readBytes(name), mode, stat.modifiedAt)
        const before = members.findIndex((one) => one.name === stored)
        if (before >= 0) members[before] = made
        else members.push(made)
        added++
        if (!directory) removable.push(name)
        if (!quiet) yield* process.print(`${before >= 0 ? "updating: " : "  adding: "}${stored} ${adding(made)}\n`)
      }
      if (directory && flags.has("r")) for (const entry of process.files.list(name)) yield* add(`${name.replace(/\/$/, "")}/${entry.name}`)
    }
    for (const name of names) {
      if (!process.files.exists(name)) {
        yield* process.print(`\tzip warning: name not matched: ${name}\n`)
        missing++
        continue
      }
      yield* add(name)
    }
    if (added === 0) {
      yield* process.print(`\nzip error: Nothing to do! (${path})\n`)
      return 12
    }
    process.files.write(path, pack(members))
    if (flags.has("m")) for (const name of removable) process.files.remove(name)
    return missing > 0 ? 18 : 0
  },
})

function* extract(process: Process, members: readonly Member[], flags: ReadonlyMap<string, string | true>): Steps<number> {
  const quiet = flags.has("q")
  const into = flags.get("d")
  let status = 0
  for (const member of members) {
    if (process.charge(4 + (member.size >> 10))) yield* process.yield()
    const safe = member.name
      .split("/")
      .filter((part) => part !== "..")
      .join("/")
      .replace(/^\/+/, "")
    const target = `${typeof into === "string" ? `${into.replace(/\/$/, "")}/` : ""}${flags.has("j") ? (safe.split("/").at(-1) ?? "") : safe}`
    if (member.name.endsWith("/")) {
      if (!flags.has("j") && !process.files.exists(target)) {
        process.files.mkdir(target.replace(/\/$/, ""), { parents: true })
        if (!quiet) yield* process.print(`   creating: ${target}\n`)
      }
      continue
    }
    const parent = target.replace(/\/?[^/]*$/, "")
    if (parent !== "") process.files.mkdir(parent, { parents: true })
    if (process.files.exists(target)) {
      if (flags.has("n")) continue
      if (!flags.has("o")) {
        yield* process.error(`replace ${target}? [y]es, [n]o, [A]ll, [N]one, [r]ename: `)
        const answer = yield* process.readLine(0)
        if (answer === undefined) {
          yield* process.error(' NULL\n(EOF or read error, treating as "[N]one" ...)\n')
          return 0
        }
        if (!/^[yA]/.test(answer)) continue
      }
    }
    try {
      process.files.write(target, contentOf(member))
      if (member.mode !== 0) process.files.chmod(target, member.mode & 0o777)
      process.files.utimes(target, member.modifiedAt, member.modifiedAt)
      if (!quiet) yield* process.print(`${member.method === 8 ? "  inflating" : " extracting"}: ${target.padEnd(22)}  \n`)
    } catch (error) {
      if (!(error instanceof ZipError || error instanceof CompressionError)) throw error
      yield* process.error(`${target}:  ${error.message}\n`)
      status = 2
    }
  }
  return status
}

export const unzip = defineTool({
  name: "unzip",
  plain: true,
  summary: "list, test and extract compressed files in a ZIP archive",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "lvtpconqujfaLXZ12", valued: "dxP", long: { help: "help" } })
    if (problem || words.length === 0 || flags.has("help")) {
      yield* process[words.length === 0 ? "print" : "error"](
        "UnZip 6.00 of 20 April 2009, by Debian. Original by Info-ZIP.\n\nUsage: unzip [-Z] [-opts[modifiers]] file[.zip] [list] [-x xlist] [-d exdir]\n  Default action is to extract files in list, except those in xlist, to exdir;\n",
      )
      return problem ? 10 : 0
    }
    const [file, ...wanted] = words
    const path = [file, `${file}.zip`, `${file}.ZIP`].find((one) => process.files.exists(one) && process.files.stat(one).type === "file")
    if (path === undefined) {
      yield* process.error(`unzip:  cannot find or open ${file}, ${file}.zip or ${file}.ZIP.\n`)
      return 9
    }
    let members: Member[]
    try {
      members = unpack(process.files.readBytes(path))
    } catch (error) {
      if (!(error instanceof ZipError || error instanceof RangeError)) throw error
      yield* process.error(
        `  End-of-central-directory signature not found.  Either this file is not\n  a zipfile, or it constitutes one disk of a multi-part archive.  In the\n  latter case the central directory and zipfile comment will be found on\n  the last disk(s) of this archive.\nunzip:  cannot find zipfile directory in one of ${file} or\n        ${file}.zip, and cannot find ${file}.ZIP, period.\n`,
      )
      return 9
    }
    const chosen = members.filter(
      ({ name }) =>
        (wanted.length === 0 || wanted.some((one) => matchPattern(one, name))) &&
        !(typeof flags.get("x") === "string" && matchPattern(String(flags.get("x")), name)),
    )
    try {
      if (flags.has("Z")) {
        yield* process.print(chosen.map(({ name }) => `${name}\n`).join(""))
        return 0
      }
      if (flags.has("p")) {
        for (const member of chosen) yield* process.write(1, contentOf(member))
        return 0
      }
      if (!flags.has("q") || flags.has("l")) yield* process.print(`Archive:  ${path}\n`)
      if (flags.has("l") || flags.has("v")) {
        yield* process.print("  Length      Date    Time    Name\n---------  ---------- -----   ----\n")
        for (const { size, modifiedAt, name } of chosen)
          yield* process.print(`${String(size).padStart(9)}  ${formatDate("%Y-%m-%d %H:%M", modifiedAt)}   ${name}\n`)
        const total = chosen.reduce((sum, { size }) => sum + size, 0)
        yield* process.print(
          `---------                     -------\n${String(total).padStart(9)}                     ${chosen.length} file${chosen.length === 1 ? "" : "s"}\n`,
        )
        return 0
      }
      if (flags.has("t")) {
        for (const member of chosen) {
          contentOf(member)
          if (!flags.has("q")) yield* process.print(`    testing: ${member.name.padEnd(22)}   OK\n`)
        }
        yield* process.print(`No errors detected in compressed data of ${path}.\n`)
        return 0
      }
      if (chosen.length === 0) {
        yield* process.error(`caution: filename not matched:  ${wanted[0]}\n`)
        return 11
      }
      return yield* extract(process, chosen, flags)
    } catch (error) {
      if (!(error instanceof ZipError || error instanceof CompressionError || error instanceof SystemError)) throw error
      if (error instanceof SystemError && error.code === "EPIPE") throw error
      yield* process.error(`unzip: ${error.message}\n`)
      return 3
    }
  },
})
