/** mount, umount, findmnt, lsblk, blkid, swapon: what is mounted where, and the disk below. As util-linux 2.39. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, usageError } from "./reading.ts"
import { column } from "../text/columns.ts"

export interface MountRow {
  readonly device: string
  readonly path: string
  readonly type: string
  readonly options: string
}

/** Lines of /proc/mounts; none when it cannot be read. */
export const mountRows = (process: Process): MountRow[] =>
  (process.files.access("/proc/mounts", { read: true }) ? process.files.readText("/proc/mounts") : "")
    .split("\n")
    .map((line) => line.split(" "))
    .filter((row) => row.length >= 4)
    .map(([device, path, type, options]) => ({ device, path, type, options }))

export const mount = defineTool({
  name: "mount",
  busybox: true,
  version: "from util-linux 2.39.3 (libmount 2.39.3: selinux, smack, btrfs, verity, namespaces, idmapping, statx, assert, debug)",
  summary: "mount a filesystem",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "alnrvwfB",
      valued: "toLU",
      long: {
        bind: "B",
        rbind: "B",
        all: "a",
        "types=": "t",
        "options=": "o",
        verbose: "v",
        "read-only": "r",
        "make-shared": "s",
        "make-rshared": "s",
      },
    })
    if (problem) return yield* usageError(process, "mount", problem)
    if (words.length === 0 && !flags.has("a")) {
      const types = flags.get("t")
      const rows = mountRows(process).filter(({ type }) => typeof types !== "string" || types.split(",").includes(type))
      yield* process.print(rows.map(({ device, path, type, options }) => `${device} on ${path} type ${type} (${options})\n`).join(""))
      return 0
    }
    if (process.credentials.uid !== 0) {
      yield* process.error("mount: only root can do that.\n")
      return 1
    }
    if (flags.has("a") || flags.has("s") || String(flags.get("o") ?? "").includes("remount")) return 0
    const [source, target] = words.length > 1 ? words : [words[0], words[0]]
    if (words.length === 1) {
      const known = process.files.access("/etc/fstab", { read: true }) ? process.files.readText("/etc/fstab") : ""
      if (!known.split("\n").some((line) => line.split(/\s+/)[1] === target)) {
        yield* process.error(`mount: ${target}: can't find in /etc/fstab.\n`)
        return 1
      }
      return 0
    }
    if (!process.files.exists(target)) {
      yield* process.error(
        `mount: ${target}: mount point does not exist.\n       dmesg(1) may have more information after failed mount system call.\n`,
      )
      return 32
    }
    const bind = flags.has("B") || /\br?bind\b/.test(String(flags.get("o") ?? ""))
    const wanted = String(flags.get("t") ?? "")
    const exists = process.files.exists(source)
    if (bind && !exists) {
      yield* process.error(
        `mount: ${target}: special device ${source} does not exist.\n       dmesg(1) may have more information after failed mount system call.\n`,
      )
      return 32
    }
    if (process.files.mountAt && (bind || wanted === "tmpfs")) {
      const size = /(?:^|,)size=(\d+)([kmg%]?)/i.exec(String(flags.get("o") ?? ""))
      const total = /MemTotal:\s+(\d+)/.exec(
        process.files.access("/proc/meminfo", { read: true }) ? process.files.readText("/proc/meminfo") : "",
      )
      const memory = Number(total?.[1] ?? 2_097_152) * 1_024
      // tmpfs(5): bytes, or a share of the memory; half of it when nothing is said.
      const unit = { "": 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3, "%": memory / 100 }[(size?.[2] ?? "").toLowerCase()] ?? 1
      const bytes = size ? Number(size[1]) * unit : memory / 2
      process.files.mountAt(target, bind ? { bind: source } : { fresh: "tmpfs", bytes: Math.floor(bytes) }, {
        readOnly: /\bro\b/.test(String(flags.get("o") ?? "")) || flags.has("r"),
      })
      return 0
    }
    yield* process.error(
      wanted.startsWith("nfs") || /^[\w.-]+:\//.test(source)
        ? `mount.nfs: Connection refused for ${source} on ${target}\n`
        : exists
          ? `mount: ${target}: ${source} is not a block device.\n       dmesg(1) may have more information after failed mount system call.\n`
          : `mount: ${target}: special device ${source} does not exist.\n       dmesg(1) may have more information after failed mount system call.\n`,
    )
    return 32
  },
})

export const umount = defineTool({
  name: "umount",
  busybox: true,
  version: "from util-linux 2.39.3",
  summary: "unmount filesystems",
  *run(process, args) {
    const { words, problem } = parseOptions(args, { letters: "flRnvrdaq", valued: "tO", long: { force: "f", lazy: "l", recursive: "R" } })
    if (problem) return yield* usageError(process, "umount", problem)
    if (words.length === 0) {
      yield* process.error("umount: bad usage\nTry 'umount --help' for more information.\n")
      return 1
    }
    let status = 0
    for (const word of words) {
      const path = process.files.resolve(word)
      const found = mountRows(process).find((row) => row.path === path || row.device === word)
      if (process.credentials.uid !== 0) {
        yield* process.error(`umount: ${word}: must be superuser to unmount.\n`)
        status = 32
      } else if (!process.files.exists(word) && !found) {
        yield* process.error(`umount: ${word}: no mount point specified.\n`)
        status = 32
      } else if (!found) {
        yield* process.error(`umount: ${word}: not mounted.\n`)
        status = 32
      } else if (found.path === "/" || /^(proc|sysfs|devtmpfs|cgroup2)$/.test(found.type) || !process.files.unmountAt?.(found.path)) {
        yield* process.error(`umount: ${word}: target is busy.\n`)
        status = 32
      }
    }
    return status
  },
})

export const findmnt = defineTool({
  name: "findmnt",
  version: "from util-linux 2.39.3",
  summary: "find a filesystem",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "lnrDaJ",
      valued: "otTSM",
      long: {
        list: "l",
        noheadings: "n",
        raw: "r",
        "output=": "o",
        "types=": "t",
        "target=": "T",
        "source=": "S",
        "mountpoint=": "M",
        df: "D",
      },
    })
    if (problem) return yield* usageError(process, "findmnt", problem)
    const wanted = flags.get("M") ?? flags.get("T") ?? words[0]
    const rows = mountRows(process).filter(
      ({ path, device, type }) =>
        (wanted === undefined ||
          path === wanted ||
          device === wanted ||
          (flags.has("T") && process.files.usage(String(wanted)).mountPoint === path)) &&
        (!flags.has("t") || String(flags.get("t")).split(",").includes(type)),
    )
    if (rows.length === 0) return 1
    const tree = wanted === undefined && !flags.has("l") && !flags.has("r")
    const columns = String(flags.get("o") ?? "TARGET,SOURCE,FSTYPE,OPTIONS")
      .toUpperCase()
      .split(",")
    const cell = (row: MountRow, name: string, at: number): string => {
      const below = tree && row.path !== "/"
      const mark = below ? (at === rows.length - 1 ? "└─" : "├─") : ""
      return name === "TARGET"
        ? mark + row.path
        : name === "SOURCE"
          ? row.device
          : name === "FSTYPE"
            ? row.type
            : name === "OPTIONS"
              ? row.options
              : ""
    }
    const table = rows.map((row, at) => columns.map((name) => cell(row, name, at)))
    yield* process.print(column(flags.has("n") ? table : [columns, ...table], { gap: 1, trim: true }))
    return 0
  },
})

const gibibytes = (kib: number): string => `${Math.round(kib / 1024 / 1024)}G`

/** The disk of this machine: one, with one partition that is the root. */
const disk = (process: Process) => {
  const { size } = process.files.usage("/")
  return { size: gibibytes(size), partition: gibibytes(size - 1_049_600) }
}

export const lsblk = defineTool({
  name: "lsblk",
  version: "from util-linux 2.39.3",
  summary: "list block devices",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "abdflmnpriJ",
      valued: "o",
      long: { fs: "f", json: "J", "output=": "o", noheadings: "n", nodeps: "d", paths: "p", all: "a", bytes: "b", list: "l" },
    })
    if (problem) return yield* usageError(process, "lsblk", problem)
    const wrong = words.find((word) => !/^\/dev\/vda1?$/.test(word))
    if (wrong !== undefined) {
      yield* process.error(`lsblk: ${wrong}: not a block device\n`)
      return 32
    }
    const { size, partition } = disk(process)
    const devices: Readonly<Record<string, string>>[] = [
      {
        NAME: "vda",
        "MAJ:MIN": "253:0",
        RM: "0",
        SIZE: size,
        RO: "0",
        TYPE: "disk",
        MOUNTPOINTS: "",
        MOUNTPOINT: "",
        FSTYPE: "",
        UUID: "",
        LABEL: "",
      },
      {
        NAME: "vda1",
        "MAJ:MIN": "253:1",
        RM: "0",
        SIZE: partition,
        RO: "0",
        TYPE: "part",
        MOUNTPOINTS: "/",
        MOUNTPOINT: "/",
        FSTYPE: "ext4",
        FSVER: "1.0",
        LABEL: "cloudimg-rootfs",
        UUID: "5f0e5c1c-8a0c-4f21-9d56-2b5e4d0c7a11",
        FSAVAIL: gibibytes(process.files.usage("/").size - process.files.usage("/").used),
        "FSUSE%": `${Math.round((process.files.usage("/").used / process.files.usage("/").size) * 100)}%`,
      },
    ]
    const rows = devices.filter(
      ({ NAME }) => !(flags.has("d") && NAME === "vda1") && (words.length === 0 || words.includes("/dev/vda") || NAME === "vda1"),
    )
    const columns =
      typeof flags.get("o") === "string"
        ? String(flags.get("o")).toUpperCase().split(",")
        : flags.has("f")
          ? ["NAME", "FSTYPE", "FSVER", "LABEL", "UUID", "FSAVAIL", "FSUSE%", "MOUNTPOINTS"]
          : ["NAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE", "MOUNTPOINTS"]
    if (flags.has("J")) {
      const object = (row: Readonly<Record<string, string>>) =>
        Object.fromEntries(columns.map((name) => [name.toLowerCase(), name === "MOUNTPOINTS" ? [row[name] || null] : (row[name] ?? null)]))
      const [first, second] = rows.map(object)
      yield* process.print(`${JSON.stringify({ blockdevices: [second ? { ...first, children: [second] } : first] }, undefined, 3)}\n`)
      return 0
    }
    const numeric = new Set(["MAJ:MIN", "RM", "SIZE", "RO", "FSAVAIL", "FSUSE%"])
    const mark = (name: string) => (flags.has("l") || flags.has("r") || name === "vda" || rows.length === 1 ? "" : "└─")
    const table = rows.map((row) =>
      columns.map((name) => (name === "NAME" ? mark(row.NAME) + (flags.has("p") ? "/dev/" : "") : "") + (row[name] ?? "")),
    )
    const right = columns.map((name) => numeric.has(name) && name !== "MAJ:MIN")
    yield* process.print(column(flags.has("n") ? table : [columns, ...table], { gap: 1, right }))
    return 0
  },
})

export const blkid = defineTool({
  name: "blkid",
  busybox: true,
  version: "from util-linux 2.39.3  (libblkid 2.39.3, 04-Dec-2023)",
  summary: "locate/print block device attributes",
  *run(process, args) {
    const wanted = args.filter((word) => word.startsWith("/"))
    if (wanted.length > 0 && !wanted.includes("/dev/vda1")) return 2
    yield* process.print(
      '/dev/vda1: LABEL="cloudimg-rootfs" UUID="5f0e5c1c-8a0c-4f21-9d56-2b5e4d0c7a11" BLOCK_SIZE="4096" TYPE="ext4" PARTUUID="a0f1b8b2-01"\n',
    )
    return 0
  },
})

/** These machines have no swap: nothing is there to be shown or switched. */
export const swapoff = defineTool({
  name: "swapoff",
  aliases: ["swapon"],
  busybox: true,
  summary: "disable devices and files for paging and swapping",
  *run(process, args) {
    const called = process.argv[0]?.split("/").at(-1) ?? "swapoff"
    const words = args.filter((word) => !word.startsWith("-"))
    if (words.length > 0) return yield* notSwap(process, called, words)
    if (args.length === 0 && called === "swapoff") {
      yield* process.error("swapoff: bad usage\nTry 'swapoff --help' for more information.\n")
      return 16
    }
    return 0
  },
})

function* notSwap(process: Process, called: string, words: readonly string[]): Steps<number> {
  for (const word of words) {
    try {
      process.files.stat(word)
      yield* process.error(`${called}: ${word}: ${called === "swapon" ? "read swap header failed" : "swapoff failed: Invalid argument"}\n`)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`${called}: ${called === "swapon" ? `cannot open ${word}` : `${word}: swapoff failed`}: ${error.message}\n`)
    }
  }
  return called === "swapon" ? 255 : 4
}
