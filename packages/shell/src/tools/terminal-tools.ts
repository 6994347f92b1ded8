/** tty, stty, reset, man, whatis, apropos, nohup's kin, lsblk, mount, sysctl, apt: what scripts and lessons call in passing. */
import { findExecutable } from "./executables.ts"
import { runCommand } from "./process-tools.ts"
import { type Steps, type Process, SystemError } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"

export const ttyTool = defineTool({
  name: "tty",
  busybox: true,
  summary: "print the file name of the terminal connected to standard input",
  *run(process, args) {
    const on = process.fds.get(0)?.kind === "tty" && process.tty !== undefined
    if (!args.includes("-s")) yield* process.print(on ? `/dev/${process.tty?.name}\n` : "not a tty\n")
    return on ? 0 : 1
  },
})

export const stty = defineTool({
  name: "stty",
  busybox: true,
  summary: "change and print terminal line settings",
  *run(process, args) {
    const { tty } = process
    if (!tty || process.fds.get(0)?.kind !== "tty") {
      yield* process.error("stty: 'standard input': Inappropriate ioctl for device\n")
      return 1
    }
    const words = args.filter((word) => word !== "-F")
    if (words.length === 0 || words[0] === "-a") {
      const { canonical, echo, signals } = tty.modes
      yield* process.print(
        words[0] === "-a"
          ? `speed 38400 baud; rows ${tty.rows}; columns ${tty.columns}; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; susp = ^Z;\n${signals ? "" : "-"}isig ${canonical ? "" : "-"}icanon ${echo ? "" : "-"}echo\n`
          : "speed 38400 baud; line = 0;\n",
      )
      return 0
    }
    for (let at = 0; at < words.length; at++) {
      const word = words[at]
      if (word === "size") yield* process.print(`${tty.rows} ${tty.columns}\n`)
      else if (word === "echo" || word === "-echo") tty.setModes({ echo: word === "echo" })
      else if (word === "raw" || word === "cooked" || word === "-raw") tty.setModes({ canonical: word !== "raw", signals: word !== "raw" })
      else if (word === "icanon" || word === "-icanon") tty.setModes({ canonical: word === "icanon" })
      else if (word === "isig" || word === "-isig") tty.setModes({ signals: word === "isig" })
      else if (word === "tostop" || word === "-tostop") tty.setModes({ stopsBackgroundOutput: word === "tostop" })
      else if (word === "sane") tty.setModes({ canonical: true, echo: true, signals: true, outputProcessing: true })
      else if (word === "rows" || word === "cols" || word === "columns") at++
      else if (!/^-?[a-z]+\d*$/.test(word)) {
        yield* process.error(`stty: invalid argument '${word}'\nTry 'stty --help' for more information.\n`)
        return 1
      }
    }
    return 0
  },
})

export const reset = defineTool({
  name: "reset",
  busybox: true,
  summary: "reset the terminal",
  *run(process) {
    process.tty?.setModes({ canonical: true, echo: true, signals: true, outputProcessing: true })
    yield* process.print("\x1bc")
    return 0
  },
})

export const mount = defineTool({
  name: "mount",
  aliases: ["findmnt"],
  busybox: true,
  version: "from util-linux 2.39.3",
  summary: "show mounted file systems",
  *run(process, args) {
    const words = args.filter((word) => !word.startsWith("-"))
    if (words.length > 0) {
      yield* process.error(
        `mount: ${words.at(-1)}: permission denied.\n       dmesg(1) may have more information after failed mount system call.\n`,
      )
      return 32
    }
    const rows = (process.files.access("/proc/mounts", { read: true }) ? process.files.readText("/proc/mounts") : "")
      .split("\n")
      .map((line) => line.split(" "))
    yield* process.print(
      rows
        .filter((row) => row.length > 3)
        .map(([device, path, type, options]) => `${device} on ${path} type ${type} (${options})\n`)
        .join(""),
    )
    return 0
  },
})

export const swapoff = defineTool({
  name: "swapoff",
  aliases: ["swapon"],
  busybox: true,
  summary: "disable devices and files for paging and swapping",
  *run(process) {
    // These machines have no swap.
    yield* process.print("")
    return 0
  },
})

/** Modules that are loaded, the newest first. A node's container network has these at boot. */
const LOADED = "/run/modules"
const AT_BOOT = [
  "xt_conntrack",
  "xt_MASQUERADE",
  "nf_nat",
  "nf_conntrack",
  "ip_tables",
  "br_netfilter",
  "bridge",
  "stp",
  "llc",
  "overlay",
  "vxlan",
]

const modules = (process: Process): string[] =>
  process.files.exists(LOADED) ? process.files.readText(LOADED).split("\n").filter(Boolean) : AT_BOOT

export const lsmod = defineTool({
  name: "lsmod",
  busybox: true,
  version: "31",
  summary: "show the modules of the kernel",
  *run(process) {
    yield* process.print("Module                  Size  Used by\n")
    for (const name of modules(process)) yield* process.print(`${name.padEnd(20)} ${String(name.length * 4_096).padStart(7)}  0\n`)
    return 0
  },
})

export const modprobe = defineTool({
  name: "modprobe",
  aliases: ["insmod", "rmmod"],
  busybox: true,
  summary: "add a module to the kernel",
  *run(process, args) {
    const [name] = args.filter((word) => !word.startsWith("-"))
    const known = [
      "br_netfilter",
      "overlay",
      "ip_vs",
      "ip_vs_rr",
      "ip_vs_wrr",
      "ip_vs_sh",
      "nf_conntrack",
      "ip_tables",
      "iptable_nat",
      "dummy",
      "vxlan",
      "nbd",
      "loop",
    ]
    if (name === undefined) return 0
    const module = name.replaceAll("-", "_")
    if (known.includes(module)) {
      const removes = process.argv[0].endsWith("rmmod") || args.includes("-r")
      const loaded = modules(process).filter((one) => one !== module)
      process.files.write(LOADED, [...(removes ? [] : [module]), ...loaded].map((one) => `${one}\n`).join(""))
      return 0
    }
    yield* process.error(`modprobe: FATAL: Module ${name} not found in directory /lib/modules/6.8.0-94-generic\n`)
    return 1
  },
})

/** net.ipv4.ip_forward is /proc/sys/net/ipv4/ip_forward. */
const sysctlPath = (name: string): string => `/proc/sys/${name.replaceAll(".", "/")}`

const DEFAULTS: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "1",
  "net.ipv4.conf.all.forwarding": "1",
  "net.ipv6.conf.all.forwarding": "0",
  "net.ipv6.conf.all.disable_ipv6": "0",
  "net.bridge.bridge-nf-call-iptables": "1",
  "net.bridge.bridge-nf-call-ip6tables": "1",
  "vm.max_map_count": "262144",
  "vm.swappiness": "60",
  "vm.overcommit_memory": "1",
  "kernel.panic": "10",
  "kernel.panic_on_oops": "1",
  "fs.file-max": "9223372036854775807",
  "net.core.somaxconn": "4096",
}

function* sysctlOne(process: Process, word: string, flags: { quiet: boolean; bare: boolean }): Steps<number> {
  const [name, value] = word.split("=").map((part) => part.trim())
  const path = sysctlPath(name)
  const kept =
    process.files.exists("/run/sysctl.d") && process.files.exists(`/run/sysctl.d/${name}`)
      ? process.files.readText(`/run/sysctl.d/${name}`).trim()
      : undefined
  const current = kept ?? (process.files.access(path, { read: true }) ? process.files.readText(path).trim() : DEFAULTS[name])
  if (current === undefined) {
    yield* process.error(`sysctl: cannot stat ${path}: No such file or directory\n`)
    return 1
  }
  if (value !== undefined) {
    if (process.credentials.uid !== 0) {
      yield* process.error(`sysctl: permission denied on key '${name}'\n`)
      return 1
    }
    try {
      if (process.files.access(path, { write: true })) process.files.write(path, `${value}\n`)
      else throw new SystemError("EACCES")
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      // Settings that change nothing here are kept, so that they are read back.
      process.files.mkdir("/run/sysctl.d", { parents: true })
      process.files.write(`/run/sysctl.d/${name}`, `${value}\n`)
    }
  }
  if (!(flags.quiet && value !== undefined)) yield* process.print(flags.bare ? `${value ?? current}\n` : `${name} = ${value ?? current}\n`)
  return 0
}

export const sysctl = defineTool({
  name: "sysctl",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "configure kernel parameters at runtime",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "wnaqeN",
      valued: "p",
      long: { system: "system", write: "w", values: "n", all: "a", quiet: "q", "load=": "p" },
    })
    const given = [...words]
    const load = (path: string) => {
      if (!process.files.access(path, { read: true })) return
      for (const line of process.files.readText(path).split("\n")) if (/^\s*[\w.-]+\s*=/.test(line)) given.push(line.trim())
    }
    if (flags.has("system") && process.files.exists("/etc/sysctl.d")) {
      for (const { name } of process.files.list("/etc/sysctl.d")) {
        yield* process.print(`* Applying /etc/sysctl.d/${name} ...\n`)
        load(`/etc/sysctl.d/${name}`)
      }
      load("/etc/sysctl.conf")
    }
    if (typeof flags.get("p") === "string") load(String(flags.get("p")) || "/etc/sysctl.conf")
    if (flags.has("a")) given.push(...Object.keys(DEFAULTS))
    let status = 0
    for (const word of given) status = (yield* sysctlOne(process, word, { quiet: flags.has("q"), bare: flags.has("n") })) || status
    return status
  },
})

export const lsblk = defineTool({
  name: "lsblk",
  version: "from util-linux 2.39.3",
  summary: "list block devices",
  *run(process) {
    yield* process.print("NAME   MAJ:MIN RM SIZE RO TYPE MOUNTPOINTS\nvda    253:0    0  20G  0 disk \n└─vda1 253:1    0  20G  0 part /\n")
    return 0
  },
})

export const timedatectl = defineTool({
  name: "timedatectl",
  summary: "control the system time and date",
  *run(process) {
    yield* process.print(
      "                Time zone: Etc/UTC (UTC, +0000)\nSystem clock synchronized: yes\n              NTP service: active\n          RTC in local TZ: no\n",
    )
    return 0
  },
})

export const hostnamectl = defineTool({
  name: "hostnamectl",
  summary: "control the system hostname",
  *run(process, args) {
    const [verb, name] = args.filter((word) => !word.startsWith("-"))
    if ((verb === "set-hostname" || verb === "hostname") && name !== undefined) {
      process.files.write("/etc/hostname", `${name}\n`)
      return 0
    }
    if (args.includes("--static") || verb === "hostname") {
      yield* process.print(`${process.hostname}\n`)
      return 0
    }
    yield* process.print(
      ` Static hostname: ${process.hostname}\n       Icon name: computer-vm\n         Chassis: vm\n  Virtualization: kvm\nOperating System: Ubuntu 24.04.3 LTS\n          Kernel: Linux 6.8.0-94-generic\n    Architecture: x86-64\n`,
    )
    return 0
  },
})

/** A package's name without its version. */
const bare = (word: string): string => word.replace(/[=/].*$/, "")

const packageTool = (name: "apt" | "apt-get"): Tool =>
  defineTool({
    name,
    version: "2.8.3 (amd64)",
    summary: "command-line package manager",
    *run(process, args) {
      const [verb, ...words] = args.filter((word) => !word.startsWith("-"))
      if (process.credentials.uid !== 0 && verb !== undefined && !["list", "show", "search", "policy"].includes(verb)) {
        yield* process.error(
          "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n",
        )
        return 100
      }
      switch (verb) {
        case "update":
          yield* process.print(
            "Hit:1 http://archive.ubuntu.com/ubuntu noble InRelease\nHit:2 http://archive.ubuntu.com/ubuntu noble-updates InRelease\nHit:3 http://security.ubuntu.com/ubuntu noble-security InRelease\nReading package lists... Done\n",
          )
          return 0
        case "install":
        case "reinstall": {
          yield* process.print("Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n")
          for (const word of words.map(bare)) {
            const there =
              ["/usr/bin", "/usr/sbin", "/bin"].some((directory) => process.files.exists(`${directory}/${word}`)) || LIBRARIES.has(word)
            if (!there) {
              yield* process.error(`E: Unable to locate package ${word}\n`)
              return 100
            }
            yield* process.print(`${word} is already the newest version.\n`)
          }
          yield* process.print("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
          return 0
        }
        case "upgrade":
        case "dist-upgrade":
        case "full-upgrade":
        case "autoremove":
          yield* process.print(
            "Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\nCalculating upgrade... Done\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n",
          )
          return 0
        case "clean":
        case "autoclean":
        case "list":
          return 0
        case undefined:
          yield* process.print(`${name} 2.8.3 (amd64)\nUsage: ${name} [options] command\n`)
          return 0
        default:
          yield* process.error(`E: Invalid operation ${verb}\n`)
          return 100
      }
    },
  })

/** Packages whose name is none of their programs'. */
const LIBRARIES = new Set([
  "apt-transport-https",
  "ca-certificates",
  "gnupg",
  "gnupg2",
  "software-properties-common",
  "bash-completion",
  "dnsutils",
  "bind9-dnsutils",
  "iputils-ping",
  "net-tools",
  "iproute2",
  "procps",
  "coreutils",
  "util-linux",
  "vim-tiny",
  "netcat-openbsd",
  "netcat",
  "conntrack",
  "socat",
  "etcd-client",
  "openssh-client",
  "openssh-server",
  "nfs-common",
  "python3",
  "kubelet",
  "kubeadm",
  "kubectl",
  "containerd",
  "lsb-release",
  "gpg",
])

export const apt = packageTool("apt")
export const aptGet = packageTool("apt-get")

export const aptMark = defineTool({
  name: "apt-mark",
  summary: "show, set and unset various settings for a package",
  *run(process, [verb, ...words]) {
    const done = verb === "hold" ? "set on hold" : verb === "unhold" ? "Canceled hold on" : undefined
    if (verb === "showhold") return 0
    for (const word of words)
      yield* process.print(verb === "unhold" ? `${done} ${word}.\n` : `${word} ${done ?? "set to manually installed"}.\n`)
    return 0
  },
})

export const man = defineTool({
  name: "man",
  summary: "an interface to the system reference manuals",
  *run(process, args) {
    const name = args.filter((word) => !word.startsWith("-") && !/^\d$/.test(word)).at(-1)
    if (name === undefined) {
      yield* process.error("What manual page do you want?\nFor example, try 'man man'.\n")
      return 1
    }
    const path = findExecutable(process, name)
    if (path === undefined || process.files.program(path) === undefined) {
      yield* process.error(`No manual entry for ${name}\n`)
      return 16
    }
    // What the tool says of itself is the manual here.
    return yield* runCommand(process, ["/bin/sh", "-c", `"$0" --help 2>&1 | \${PAGER:-less}`, path], { tool: "man" })
  },
})
