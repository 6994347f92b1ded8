/** df, du, tree, file. */
import { type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, usageError } from "./reading.ts"
import { matchPattern } from "../bash/pattern.ts"

/** As human_readable: rounded up, one digit after the point below ten. `size` in bytes. */
const human = (size: number, base = 1024): string => {
  if (size < base) return String(size)
  const power = Math.min(5, Math.floor(Math.log(size) / Math.log(base)))
  const value = size / base ** power
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${(base === 1024 ? "KMGTP" : "kMGTP")[power - 1]}`
}

/** Mount points as /proc/mounts lists them; "/" when it cannot be read. */
const mountPoints = (process: Process): { device: string; path: string; type: string }[] => {
  const rows = process.files.access("/proc/mounts", { read: true })
    ? process.files
        .readText("/proc/mounts")
        .split("\n")
        .map((line) => line.split(" "))
        .filter((row) => row.length >= 3)
    : []
  return rows.length > 0
    ? rows.map(([device, path, type]) => ({ device, path, type }))
    : [{ device: "overlay", path: "/", type: "overlay" }]
}

export const df = defineTool({
  name: "df",
  busybox: true,
  summary: "report file system space usage",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "hHTikmal",
      valued: "tx",
      long: { "human-readable": "h", "print-type": "T", inodes: "i", all: "a", "output=": "o" },
    })
    if (problem) return yield* usageError(process, "df", problem)
    let status = 0
    const rows: string[][] = []
    const add = (path: string, shown?: string) => {
      const usage = process.files.usage(path)
      if (shown !== undefined && !flags.has("a") && (usage.size === 0 || /^(proc|sysfs|devtmpfs|devpts|cgroup2?)$/.test(usage.type))) return
      if (flags.has("t") && usage.type !== flags.get("t")) return
      const free = Math.max(0, usage.size - usage.used)
      const size = (blocks: number) =>
        flags.has("h") || flags.has("H")
          ? human(blocks * 1024, flags.has("H") ? 1000 : 1024)
          : String(flags.has("m") ? Math.ceil(blocks / 1024) : blocks)
      const percent = usage.size === 0 ? "-" : `${Math.ceil((usage.used / usage.size) * 100)}%`
      rows.push([
        usage.device,
        ...(flags.has("T") ? [usage.type] : []),
        ...(flags.has("i") ? ["20000", "0", "20000", "0%"] : [size(usage.size), size(usage.used), size(free), percent]),
        usage.mountPoint,
      ])
    }
    if (words.length === 0) for (const { path } of mountPoints(process)) add(path, path)
    for (const word of words) {
      try {
        process.files.stat(word)
        add(word)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`df: ${word}: ${error.message}\n`)
        status = 1
      }
    }
    const unique = rows.filter((row, at) => rows.findIndex((other) => other.at(-1) === row.at(-1)) === at)
    if (unique.length === 0) {
      if (words.length === 0) yield* process.error("df: no file systems processed\n")
      return 1
    }
    const human1 = flags.has("h") || flags.has("H")
    const heading = [
      "Filesystem",
      ...(flags.has("T") ? ["Type"] : []),
      ...(flags.has("i")
        ? ["Inodes", "IUsed", "IFree", "IUse%"]
        : [human1 ? "Size" : flags.has("m") ? "1M-blocks" : "1K-blocks", "Used", human1 ? "Avail" : "Available", "Use%"]),
      "Mounted on",
    ]
    const table = [heading, ...unique]
    const widths = heading.map((_, at) =>
      Math.max(
        at === 0 ? 14 : human1 && at > (flags.has("T") ? 1 : 0) && at < heading.length - 2 ? 5 : 0,
        ...table.map((row) => row[at].length),
      ),
    )
    yield* process.print(
      table
        .map(
          (row) =>
            `${row
              .map((cell, at) =>
                at === row.length - 1
                  ? cell
                  : at === 0 || (flags.has("T") && at === 1)
                    ? cell.padEnd(widths[at])
                    : cell.padStart(widths[at]),
              )
              .join(" ")}\n`,
        )
        .join(""),
    )
    return status
  },
})

/** Bytes on disk: whole blocks of 4 KiB. */
const onDisk = (stat: FileStat): number =>
  stat.type === "symlink" ? 0 : stat.type === "directory" ? 4096 : Math.ceil(stat.size / 4096) * 4096

export const du = defineTool({
  name: "du",
  busybox: true,
  summary: "estimate file space usage",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "hsabckmLxS",
      valued: "dB",
      long: {
        "human-readable": "h",
        summarize: "s",
        all: "a",
        bytes: "b",
        total: "c",
        "max-depth=": "d",
        "apparent-size": "A",
        "exclude=": "x",
      },
    })
    if (problem) return yield* usageError(process, "du", problem)
    const limit = flags.has("s") ? 0 : Number(flags.get("d") ?? Number.POSITIVE_INFINITY)
    const apparent = flags.has("b") || flags.has("A")
    const size = (bytes: number) =>
      flags.has("h")
        ? bytes === 0
          ? "0"
          : human(bytes)
        : flags.has("b")
          ? String(bytes)
          : String(Math.ceil(bytes / (flags.has("m") ? 1024 ** 2 : 1024)))
    let status = 0
    const visit = function* (path: string, depth: number): Steps<number> {
      if (process.charge(1)) yield* process.yield()
      const stat = process.files.lstat(path)
      let total = apparent ? (stat.type === "directory" ? 4096 : stat.size) : onDisk(stat)
      if (stat.type === "directory") {
        try {
          for (const { name } of process.files.list(path)) total += yield* visit(`${path.replace(/\/$/, "")}/${name}`, depth + 1)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`du: cannot read directory '${path}': ${error.message}\n`)
          status = 1
        }
      }
      if (depth <= limit && (stat.type === "directory" || flags.has("a") || depth === 0)) yield* process.print(`${size(total)}\t${path}\n`)
      return total
    }
    let sum = 0
    for (const word of words.length > 0 ? words : ["."]) {
      try {
        sum += yield* visit(word, 0)
      } catch (error) {
        if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
        yield* process.error(`du: cannot access '${word}': ${error.message}\n`)
        status = 1
      }
    }
    if (flags.has("c")) yield* process.print(`${size(sum)}\ttotal\n`)
    return status
  },
})

export const tree = defineTool({
  name: "tree",
  version: "v2.1.1 © 1996 - 2023 by Steve Baker, Thomas Moore, Francesc Rocher, Florian Sesser, Kyosuke Tokoro",
  summary: "list contents of directories in a tree-like format",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "adfhpsFin", valued: "LPI", long: { dirsfirst: "D", noreport: "R" } })
    if (problem) {
      yield* process.error(`tree: ${problem}\n`)
      return 1
    }
    const depth = Number(flags.get("L") ?? Number.POSITIVE_INFINITY)
    let [directories, files] = [0, 0]
    let text = ""
    let status = 0
    const visit = function* (path: string, indent: string, level: number): Steps<void> {
      if (level > depth) return
      const entries = process.files.list(path).filter(
        ({ name, type }) =>
          (flags.has("a") || !name.startsWith(".")) &&
          (!flags.has("d") || type === "directory") &&
          !(
            typeof flags.get("I") === "string" &&
            String(flags.get("I"))
              .split("|")
              .some((one) => matchPattern(one, name))
          ) &&
          !(typeof flags.get("P") === "string" && type !== "directory" && !matchPattern(String(flags.get("P")), name)),
      )
      if (flags.has("D")) entries.sort((a, b) => Number(b.type === "directory") - Number(a.type === "directory"))
      for (const [at, { name, type }] of entries.entries()) {
        if (process.charge(1)) yield* process.yield()
        const last = at === entries.length - 1
        const own = `${path.replace(/\/$/, "")}/${name}`
        const link = type === "symlink" ? ` -> ${process.files.readlink(own)}` : ""
        text += `${indent}${last ? "└── " : "├── "}${flags.has("f") ? own : name}${flags.has("F") && type === "directory" ? "/" : ""}${link}\n`
        if (type === "directory") {
          directories++
          yield* visit(own, `${indent}${last ? "    " : "│\u00a0\u00a0 "}`, level + 1)
        } else files++
      }
    }
    for (const root of words.length > 0 ? words : ["."]) {
      text += root
      if (!process.files.exists(root) || process.files.stat(root).type !== "directory") {
        text += "  [error opening dir]\n"
        status = 2
        continue
      }
      directories++
      text += "\n"
      yield* visit(root, "", 1)
    }
    const report = `\n${directories} director${directories === 1 ? "y" : "ies"}${flags.has("d") ? "" : `, ${files} file${files === 1 ? "" : "s"}`}\n`
    yield* process.print(text + (flags.has("R") ? "" : report))
    return status
  },
})

const kindOf = (process: Process, path: string): string => {
  const stat = process.files.lstat(path)
  switch (stat.type) {
    case "directory":
      return stat.mode & 0o1000 ? "sticky, directory" : "directory"
    case "symlink":
      return process.files.exists(path)
        ? `symbolic link to ${process.files.readlink(path)}`
        : `broken symbolic link to ${process.files.readlink(path)}`
    case "fifo":
      return "fifo (named pipe)"
    case "socket":
      return "socket"
    case "character-device":
      return "character special"
    case "block-device":
      return "block special"
  }
  if (process.files.program(path)) return "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, stripped"
  const data = process.files.readBytes(path)
  if (data.length === 0) return "empty"
  if (data[0] === 0x1f && data[1] === 0x8b) return "gzip compressed data, from Unix"
  if (data.length > 262 && new TextDecoder().decode(data.subarray(257, 262)) === "ustar") return "POSIX tar archive (GNU)"
  if (data[0] === 0x30 && data[1] === 0x82 && data[4] === 0x30 && data[5] === 0x82) return "Certificate, Version=3"
  if (data.subarray(0, 4096).includes(0)) return "data"
  const text = new TextDecoder().decode(data.subarray(0, 65_536))
  const ascii = !/[^\x00-\x7f]/.test(text)
  const shebang = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(text)
  if (shebang) {
    const shell = (shebang[1].endsWith("/env") ? (shebang[2] ?? "") : shebang[1]).split("/").at(-1)
    const name =
      shell === "bash" ? "Bourne-Again shell" : shell === "sh" ? "POSIX shell" : shell === "python3" ? "Python" : `a ${shebang[1]}`
    return `${name} script, ${ascii ? "ASCII" : "Unicode text, UTF-8"} text executable`
  }
  if (/^-----BEGIN CERTIFICATE-----/.test(text)) return "PEM certificate"
  if (/^-----BEGIN (RSA )?PRIVATE KEY-----/.test(text)) return `PEM ${/RSA/.test(text.slice(0, 40)) ? "RSA " : ""}private key`
  if (/^\s*[{[]/.test(text)) {
    try {
      JSON.parse(text)
      return "JSON text data"
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
  const ends = text.includes("\r\n") ? ", with CRLF line terminators" : text.includes("\n") ? "" : ", with no line terminators"
  return `${ascii ? "ASCII text" : text.includes("\ufffd") ? "data" : "Unicode text, UTF-8 text"}${ends}`
}

export const file = defineTool({
  name: "file",
  version: "-5.45",
  summary: "determine file type",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "bihLs",
      long: { brief: "b", mime: "i", "mime-type": "i", dereference: "L" },
    })
    if (problem) return yield* usageError(process, "file", problem)
    if (words.length === 0) {
      yield* process.error(
        "Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]\n            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]\n            <file> ...\n",
      )
      return 1
    }
    const width = Math.max(...words.map((word) => word.length)) + 1
    for (const word of words) {
      let kind: string
      try {
        kind = kindOf(process, word)
        if (flags.has("i"))
          kind = /directory/.test(kind)
            ? "inode/directory; charset=binary"
            : /JSON/.test(kind)
              ? "application/json; charset=us-ascii"
              : /text/.test(kind)
                ? "text/plain; charset=us-ascii"
                : "application/octet-stream; charset=binary"
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        kind = `cannot open \`${word}' (${error.message})`
      }
      yield* process.print(flags.has("b") ? `${kind}\n` : `${`${word}:`.padEnd(width)} ${kind}\n`)
    }
    return 0
  },
})
