/** fdisk, losetup, mkfs, modinfo: disks and modules as far as the machine has them. It has one disk; no other can be made of a file. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"

const SECTOR = 512
/** As lsblk has it: /dev/vda, and vda1 behind the first MiB. */
const DISK = { name: "/dev/vda", bytes: 40 * 1024 ** 3, begin: 2_048 }

export const fdisk = defineTool({
  name: "fdisk",
  version: "from util-linux 2.39.3",
  summary: "manipulate disk partition table",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "lxnBc", valued: "bCHSLtuow" })
    if (problem !== undefined || (words.length === 0 && !flags.has("l"))) {
      yield* process.error(
        problem
          ? `fdisk: ${problem}\nTry 'fdisk --help' for more information.\n`
          : "fdisk: bad usage\nTry 'fdisk --help' for more information.\n",
      )
      return 1
    }
    if (process.credentials.uid !== 0) {
      yield* process.error(`fdisk: cannot open ${words[0] ?? DISK.name}: Permission denied\n`)
      return 1
    }
    for (const word of words.length > 0 ? words : [DISK.name]) {
      if (word !== DISK.name) {
        yield* process.error(`fdisk: cannot open ${word}: No such file or directory\n`)
        return 1
      }
      if (!flags.has("l")) {
        yield* process.error("fdisk: this disk is the machine's only one and in use; its partitions stay as they are here\n")
        return 1
      }
      const sectors = DISK.bytes / SECTOR
      const last = sectors - 34
      const size = ((last - DISK.begin + 1) * SECTOR) / 1024 ** 3
      yield* process.print(
        `Disk ${DISK.name}: ${DISK.bytes / 1024 ** 3} GiB, ${DISK.bytes} bytes, ${sectors} sectors\nUnits: sectors of 1 * ${SECTOR} = ${SECTOR} bytes\nSector size (logical/physical): ${SECTOR} bytes / ${SECTOR} bytes\nI/O size (minimum/optimal): ${SECTOR} bytes / ${SECTOR} bytes\nDisklabel type: gpt\nDisk identifier: 6C1E2A5B-7B43-4C1B-9E1D-0F5C2A7D9B10\n\nDevice     Start      End  Sectors Size Type\n${DISK.name}1  ${String(DISK.begin).padStart(5)} ${String(last).padStart(8)} ${String(last - DISK.begin + 1).padStart(8)} ${Math.round(size)}G Linux filesystem\n`,
      )
    }
    return 0
  },
})

export const losetup = defineTool({
  name: "losetup",
  busybox: true,
  version: "from util-linux 2.39.3",
  summary: "set up and control loop devices",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "aADfjlPrvnJ",
      valued: "dcobO",
      long: { all: "a", find: "f", list: "l", "detach=": "d", show: "show" },
    })
    if (flags.has("f") && words.length === 0) {
      yield* process.print("/dev/loop0\n")
      return 0
    }
    const file = flags.has("f") ? words[0] : words[1]
    if (file === undefined) return 0
    yield* process.error(
      process.files.exists(file)
        ? `losetup: ${file}: failed to set up loop device: this machine's disks are simulated whole, none can be made of a file (mount -t tmpfs -o size=… makes a file system that fills up)\n`
        : `losetup: ${file}: failed to set up loop device: No such file or directory\n`,
    )
    return 1
  },
})

export const mkfs = defineTool({
  name: "mkfs",
  aliases: ["mkfs.ext4", "mkfs.ext3", "mkfs.xfs", "mke2fs", "mkfs.btrfs"],
  busybox: true,
  plain: true,
  summary: "build a Linux filesystem",
  *run(process, args) {
    const called = process.argv[0]?.split("/").at(-1) ?? "mkfs"
    const { words } = parseOptions(args, { letters: "cDFjKnqSvV", valued: "bCEgGiIJLmMNoOrtTUz" })
    const [device] = words
    if (device === undefined) {
      yield* process.error(`${called}: no device specified\n`)
      return 1
    }
    try {
      const { type } = process.files.stat(device)
      if (device === DISK.name || device === `${DISK.name}1`) {
        yield* process.error(`mke2fs 1.47.0 (5-Feb-2023)\n${device} is mounted; will not make a filesystem here!\n`)
        return 1
      }
      yield* process.error(
        `${called}: ${device}: ${type === "file" ? "this machine's disks are simulated whole, a file cannot become one" : "not a block device"}\n`,
      )
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`mke2fs 1.47.0 (5-Feb-2023)\nThe file ${device} does not exist and no size was specified.\n`)
    }
    return 1
  },
})

/** What modinfo tells of modules that lessons ask for. */
const MODULES: Readonly<Record<string, { path: string; description: string; license: string; depends: string }>> = {
  overlay: { path: "fs/overlayfs/overlay", description: "Overlay filesystem", license: "GPL", depends: "" },
  br_netfilter: {
    path: "net/bridge/br_netfilter",
    description: "Linux ethernet netfilter firewall bridge",
    license: "GPL",
    depends: "bridge",
  },
  bridge: { path: "net/bridge/bridge", description: "Ethernet bridge driver", license: "GPL", depends: "stp,llc" },
  nf_conntrack: {
    path: "net/netfilter/nf_conntrack",
    description: "IPv4 and IPv6 connection tracking",
    license: "GPL",
    depends: "nf_defrag_ipv6,libcrc32c,nf_defrag_ipv4",
  },
  ip_vs: {
    path: "net/netfilter/ipvs/ip_vs",
    description: "IP Virtual Server",
    license: "GPL",
    depends: "nf_conntrack,nf_defrag_ipv6,libcrc32c",
  },
  vxlan: {
    path: "drivers/net/vxlan/vxlan",
    description: "Driver for VXLAN encapsulated traffic",
    license: "GPL",
    depends: "ip6_udp_tunnel,udp_tunnel",
  },
}

export const modinfo = defineTool({
  name: "modinfo",
  version: "31",
  summary: "show information about a kernel module",
  *run(process, args) {
    const names = args.filter((word) => !word.startsWith("-"))
    if (names.length === 0) {
      yield* process.error("modinfo: ERROR: missing module or filename.\n")
      return 1
    }
    let status = 0
    for (const word of names) {
      const name = word.replaceAll("-", "_")
      const module = Object.hasOwn(MODULES, name) ? MODULES[name] : undefined
      if (!module) {
        yield* process.error(`modinfo: ERROR: Module ${word} not found.\n`)
        status = 1
        continue
      }
      const rows = [
        ["filename", `/lib/modules/6.8.0-94-generic/kernel/${module.path}.ko.zst`],
        ["description", module.description],
        ["license", module.license],
        ["depends", module.depends],
        ["retpoline", "Y"],
        ["intree", "Y"],
        ["name", name],
        ["vermagic", "6.8.0-94-generic SMP preempt mod_unload modversions "],
      ]
      yield* process.print(rows.map(([key, value]) => `${`${key}:`.padEnd(16)}${value}\n`).join(""))
    }
    return status
  },
})
