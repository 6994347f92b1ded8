/** nsenter, lsns, unshare, and tools that watch what is not simulated (strace, tcpdump): into other processes' worlds. */
import { Accounts, type Process, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { column } from "../text/columns.ts"
import { runIn } from "./ip.ts"
import { parseOptions, usageError } from "./reading.ts"

export const nsenter = defineTool({
  name: "nsenter",
  busybox: true,
  version: "from util-linux 2.39.3",
  summary: "run program in different namespaces",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "amuinpUCTFZr",
      valued: "tSGw",
      stopAtWord: true,
      long: {
        "target=": "t",
        all: "a",
        "mount=?": "m",
        mount: "m",
        uts: "u",
        ipc: "i",
        "net=?": "n",
        net: "n",
        pid: "p",
        user: "U",
        cgroup: "C",
        time: "T",
        "root=?": "r",
        "wd=?": "w",
      },
    })
    if (problem) return yield* usageError(process, "nsenter", problem)
    const command = words.length > 0 ? words : [process.env.get("SHELL") ?? "/bin/sh"]
    const file = flags.get("n")
    const target = flags.get("t")
    if (process.credentials.uid !== 0) {
      yield* process.error(`nsenter: cannot open /proc/${String(target ?? "self")}/ns/net: Permission denied\n`)
      return 1
    }
    if (typeof file === "string") {
      const network = process.network.surroundings?.().named.get(file.split("/").at(-1) ?? "")
      if (!network) {
        yield* process.error(`nsenter: cannot open ${file}: No such file or directory\n`)
        return 1
      }
      return yield* runIn(process, command, { network, tool: "nsenter" })
    }
    if (typeof target !== "string") {
      yield* process.error("nsenter: neither filename nor target pid supplied for ns/mnt\n")
      return 1
    }
    if (!/^\d+$/.test(target)) {
      yield* process.error(`nsenter: failed to parse pid: '${target}'\n`)
      return 1
    }
    const pid = Number(target)
    try {
      const whole = flags.has("a") || flags.has("m")
      const network = process.networkOf?.(pid)
      return yield* runIn(process, command, {
        ...(whole && { like: pid }),
        ...(network && (flags.has("n") || flags.has("a")) && { network }),
        tool: "nsenter",
      })
    } catch (error) {
      if (!(error instanceof SystemError) || error.code !== "ESRCH") throw error
      yield* process.error(`nsenter: cannot open /proc/${pid}/ns/${flags.has("n") ? "net" : "mnt"}: No such file or directory\n`)
      return 1
    }
  },
})

const KINDS = ["time", "cgroup", "pid", "user", "uts", "ipc", "net", "mnt"]

const namespaceOf = (process: Process, pid: number, kind: string): string | undefined => {
  try {
    return /\[(\d+)\]/.exec(process.files.readlink(`/proc/${pid}/ns/${kind}`))?.[1]
  } catch (error) {
    if (error instanceof SystemError) return undefined
    throw error
  }
}

export const lsns = defineTool({
  name: "lsns",
  version: "from util-linux 2.39.3",
  summary: "list system namespaces",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "nlrJ",
      valued: "tpo",
      long: { "type=": "t", "task=": "p", "output=": "o", noheadings: "n" },
    })
    if (problem) return yield* usageError(process, "lsns", problem)
    const accounts = new Accounts(process.files)
    const rows = process.processes().filter(({ pid }) => !flags.has("p") || pid === Number(flags.get("p")))
    const found = new Map<string, { kind: string; pids: typeof rows }>()
    for (const kind of KINDS) {
      if (flags.has("t") && flags.get("t") !== kind) continue
      for (const one of rows) {
        if (process.charge(1)) yield* process.yield()
        const number = namespaceOf(process, one.pid, kind)
        if (number === undefined || (words.length > 0 && !words.includes(number))) continue
        const entry = found.get(`${kind} ${number}`) ?? { kind, pids: [] }
        entry.pids.push(one)
        found.set(`${kind} ${number}`, entry)
      }
    }
    const table = [...found]
      .map(([key, { kind, pids }]) => {
        const [first] = pids
        return [
          key.split(" ")[1],
          kind,
          String(pids.length),
          String(first.pid),
          accounts.userName(first.credentials.uid),
          first.argv.join(" "),
        ]
      })
      .sort((a, b) => Number(a[0]) - Number(b[0]))
    yield* process.print(
      column(flags.has("n") ? table : [["NS", "TYPE", "NPROCS", "PID", "USER", "COMMAND"], ...table], {
        right: [true, false, true, true, false, false],
        widths: [10, 6, 6, 5, 4],
      }),
    )
    return 0
  },
})

const unsimulated = (name: string, version: string, summary: string, message: string) =>
  defineTool({
    name,
    version,
    summary,
    *run(process, args) {
      if (args.length === 0) {
        yield* process.error(`${name}: nothing to do\nTry '${name} --help' for more information.\n`)
        return 1
      }
      yield* process.error(`${name}: ${message}\n`)
      return 1
    },
  })

export const strace = unsimulated(
  "strace",
  "-- version 6.8",
  "trace system calls and signals",
  "attach: ptrace(PTRACE_SEIZE): programs of this machine are simulated and make no system calls to trace",
)
export const tcpdump = unsimulated(
  "tcpdump",
  "version 4.99.4",
  "dump traffic on a network",
  "the network of this machine is simulated in whole connections, not packets: ss -tlnp, ip route and iptables-save show what it does with them",
)
export const ipvsadm = unsimulated(
  "ipvsadm",
  "v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)",
  "Linux Virtual Server administration",
  "kube-proxy runs in iptables mode here and makes no virtual servers: iptables-save shows its rules",
)
export const nft = unsimulated(
  "nft",
  "v1.0.9 (Old Doc Yak #3)",
  "administration tool of the nftables framework for packet filtering",
  "the rules of this machine are kept by iptables-nft and shown by it: iptables-save",
)
export const conntrack = unsimulated(
  "conntrack",
  "v1.4.8 (conntrack-tools)",
  "command line interface for netfilter connection tracking",
  "connections are not tracked one by one here: /proc/sys/net/netfilter/nf_conntrack_count has their number",
)
