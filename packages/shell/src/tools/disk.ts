/** df, du, tree, file. */
import { type FileStat, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { column } from "../text/columns.ts"
import { type MountRow, mountRows } from "./mounts.ts"
import { parseOptions, usageError } from "./reading.ts"
import { matchPattern } from "../bash/pattern.ts"

/** As human_readable: rounded up, one digit after the point below ten. `size` in bytes. */
const human = (size: number, base = 1024): string => {
  if (size < base) return String(size)
  const power = Math.min(5, Math.floor(Math.log(size) / Math.log(base)))
  const value = size / base ** power
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${(base === 1024 ? "KMGTP" : "kMGTP")[power - 1]}`
}

/** File systems that hold nothing, which df leaves out. */
const EMPTY_TYPES = /^(proc|sysfs|devtmpfs|devpts|cgroup2?|bpf|mqueue|securityfs|tracefs|debugfs|nsfs)$/

interface Space {
  readonly device: string
  readonly type: string
  readonly path: string
  /** KiB. */
  readonly size: number
  readonly used: number
  readonly inodes: number
  readonly inodesUsed: number
}

const KIB: Readonly<Record<string, number>> = { k: 1, m: 1_024, g: 1_024 ** 2 }

/** What a line of /proc/mounts holds: a mount of this machine, a container's root on the same disk, or memory. */
const spaceOf = (process: Process, row: MountRow): Space => {
  const { device, type, path } = row
  const real = process.files.exists(path) ? process.files.usage(path) : process.files.usage("/")
  const size = /size=(\d+)([kmg])?/.exec(row.options)
  if (type === "tmpfs" && real.mountPoint !== path) {
    const total = size ? Number(size[1]) * (KIB[size[2] ?? "k"] ?? 1) : 1_048_576
    return {
      device,
      type,
      path,
      size: total,
      used: path === "/run" ? 1_236 : path.includes("projected") ? 12 : 0,
      inodes: 274_098,
      inodesUsed: path === "/run" ? 724 : 9,
    }
  }
  return { device, type, path, size: real.size, used: real.used, inodes: real.inodes ?? 2_600_000, inodesUsed: real.inodesUsed ?? 90_000 }
}

const FIELDS: Readonly<Record<string, string>> = {
  source: "Filesystem",
  fstype: "Type",
  itotal: "Inodes",
  iused: "IUsed",
  iavail: "IFree",
  ipcent: "IUse%",
  size: "1K-blocks",
  used: "Used",
  avail: "Avail",
  pcent: "Use%",
  file: "File",
  target: "Mounted on",
}

export const df = defineTool({
  name: "df",
  busybox: true,
  summary: "report file system space usage",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "hHTikmalP",
      valued: "txB",
      long: {
        "human-readable": "h",
        si: "H",
        "print-type": "T",
        inodes: "i",
        all: "a",
        local: "l",
        portability: "P",
        total: "total",
        "output=?": "o",
        "type=": "t",
        "exclude-type=": "x",
        "block-size=": "B",
        sync: "sync",
        "no-sync": "sync",
      },
    })
    if (problem) return yield* usageError(process, "df", problem)
    const readable = flags.has("h") || flags.has("H")
    const unit = String(flags.get("B") ?? (flags.has("m") ? "M" : ""))
    const match = /^(\d*)([KMGT]?)(i?B)?$/i.exec(unit)
    if (!match) {
      yield* process.error(`df: invalid -B argument '${unit}'\n`)
      return 1
    }
    const block =
      (match[1] === "" ? 1 : Number(match[1])) *
      (unit === "" ? 1_024 : ({ "": 1, K: 1_024, M: 1_024 ** 2, G: 1_024 ** 3, T: 1_024 ** 4 }[match[2].toUpperCase()] ?? 1_024))
    const shown = (kib: number) =>
      readable
        ? human(kib * 1_024, flags.has("H") ? 1_000 : 1_024)
        : `${Math.ceil((kib * 1_024) / block)}${match[2] !== "" && match[1] === "" && flags.has("B") ? match[2].toUpperCase() : ""}`
    const rows = mountRows(process)
    const listed = rows.length > 0 ? rows : [{ device: "overlay", path: "/", type: "overlay", options: "rw" }]
    const wanted: Space[] = []
    let status = 0
    for (const word of words) {
      try {
        process.files.stat(word)
        const { mountPoint } = process.files.usage(word)
        const own = process.files.realpath(word)
        const row =
          listed.find(({ path, type }) => path === own && !EMPTY_TYPES.test(type)) ??
          listed.find(({ path }) => path === mountPoint) ??
          listed[0]
        wanted.push(spaceOf(process, row))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`df: ${word}: ${error.message}\n`)
        status = 1
      }
    }
    if (words.length === 0)
      for (const row of listed) {
        if (!flags.has("a") && (EMPTY_TYPES.test(row.type) || wanted.some(({ path }) => path === row.path))) continue
        // What is mounted twice from the same place is shown once.
        if (!flags.has("a") && row.device.startsWith("/") && wanted.some(({ device }) => device === row.device)) continue
        wanted.push(spaceOf(process, row))
      }
    const spaces = wanted.filter(({ type }) => (!all.has("t") || all.get("t")?.includes(type)) && !all.get("x")?.includes(type))
    if (spaces.length === 0) {
      if (status === 0) yield* process.error("df: no file systems processed\n")
      return 1
    }
    const output = flags.get("o")
    const fields =
      output !== undefined
        ? output === true
          ? Object.keys(FIELDS)
          : output.split(",")
        : [
            "source",
            ...(flags.has("T") ? ["fstype"] : []),
            ...(flags.has("i") ? ["itotal", "iused", "iavail", "ipcent"] : ["size", "used", "avail", "pcent"]),
            "target",
          ]
    const unknown = fields.find((field) => !Object.hasOwn(FIELDS, field))
    if (unknown !== undefined) {
      yield* process.error(`df: option --output: field '${unknown}' unknown\nTry 'df --help' for more information.\n`)
      return 1
    }
    const percent = (used: number, free: number) => (used + free === 0 ? "-" : `${Math.ceil((used / (used + free)) * 100)}%`)
    const sum = (pick: (space: Space) => number) => spaces.reduce((total, space) => total + pick(space), 0)
    if (flags.has("total"))
      spaces.push({
        device: "total",
        type: "-",
        path: "-",
        size: sum(({ size }) => size),
        used: sum(({ used }) => used),
        inodes: sum(({ inodes }) => inodes),
        inodesUsed: sum(({ inodesUsed }) => inodesUsed),
      })
    const cell = (space: Space, field: string): string => {
      const free = Math.max(0, space.size - space.used)
      const count = (value: number) => (readable ? human(value, flags.has("H") ? 1_000 : 1_024) : String(value))
      switch (field) {
        case "source":
          return space.device
        case "fstype":
          return space.type
        case "size":
          return shown(space.size)
        case "used":
          return shown(space.used)
        case "avail":
          return shown(free)
        case "pcent":
          return percent(space.used, free)
        case "itotal":
          return count(space.inodes)
        case "iused":
          return count(space.inodesUsed)
        case "iavail":
          return count(space.inodes - space.inodesUsed)
        case "ipcent":
          return percent(space.inodesUsed, space.inodes - space.inodesUsed)
        case "file":
          return "-"
        default:
          return space.path
      }
    }
    const sizeHeading = readable
      ? "Size"
      : flags.has("P") && unit === ""
        ? "1024-blocks"
        : unit === "" || block === 1_024
          ? "1K-blocks"
          : `${match[1] === "" ? "1" : match[1]}${match[2].toUpperCase() || "B"}-blocks`
    const heading = fields.map((field) =>
      field === "size"
        ? sizeHeading
        : field === "avail" && !readable && output === undefined
          ? "Available"
          : field === "pcent" && flags.has("P")
            ? "Capacity"
            : FIELDS[field],
    )
    const numbers = /^(size|used|avail|pcent|itotal|iused|iavail|ipcent)$/
    yield* process.print(
      column([heading, ...spaces.map((space) => fields.map((field) => cell(space, field)))], {
        right: fields.map((field) => numbers.test(field)),
        widths: fields.map((field) =>
          field === "source" ? 14 : /^(size|used|avail|i)/.test(field) && !field.endsWith("pcent") ? 5 : field === "fstype" ? 4 : 0,
        ),
      }),
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
