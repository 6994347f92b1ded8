/** ss, netstat, lsof, fuser: who listens where, and which files are open. */
import { type Process, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { column } from "../text/columns.ts"
import { Accounts } from "@drydock/machine"
import { routeTable } from "./ip.ts"
import { parseOptions, usageError } from "./reading.ts"

/** Programs in Go: their sockets are of both families, and shown as IPv6's. */
const DUAL = /^(kubelet|kube-.*|coredns|metrics-server|containerd|etcd|local-path-pro.*)$/

interface Socket {
  readonly protocol: "tcp" | "udp"
  readonly address: string
  readonly port: number
  readonly pid: number | undefined
  readonly name: string
  readonly dual: boolean
  readonly fd: number
}

const NAMES: Readonly<Record<number, string>> = {
  22: "ssh",
  53: "domain",
  80: "http",
  443: "https",
  3306: "mysql",
  5432: "postgresql",
  6379: "redis",
}

const socketsOf = (process: Process): Socket[] => {
  const commands = new Map(
    process.processes().map((one) => [one.pid, (one.argv[0] ?? "").split(": ")[0].split("/").at(-1)?.slice(0, 15) ?? ""]),
  )
  return process.network.listeners
    .map((one) => {
      const pid = one.pidFor ? one.pidFor(process) : one.pid
      const name = pid === undefined ? "" : (commands.get(pid) ?? "")
      return {
        protocol: one.protocol,
        address: one.address,
        port: one.port,
        pid: name === "" ? undefined : pid,
        name,
        dual: DUAL.test(name) && one.address === "0.0.0.0",
        fd: 3,
      }
    })
    .sort((a, b) => (a.protocol === b.protocol ? a.port - b.port || (a.address < b.address ? -1 : 1) : a.protocol < b.protocol ? 1 : -1))
}

const portOf = (one: Socket, numeric: boolean): string => (numeric ? String(one.port) : (NAMES[one.port] ?? String(one.port)))

export const ss = defineTool({
  name: "ss",
  busybox: true,
  version: "utility, iproute2-6.1.0",
  summary: "another utility to investigate sockets",
  *run(process, args) {
    const { flags, problem } = parseOptions(
      args.filter((word) => word.startsWith("-")),
      {
        letters: "tulnpaxrwemois46HEZbO0",
        long: {
          tcp: "t",
          udp: "u",
          listening: "l",
          numeric: "n",
          processes: "p",
          all: "a",
          "no-header": "H",
          summary: "s",
          extended: "e",
          unix: "x",
          ipv4: "4",
          ipv6: "6",
          oneline: "O",
        },
      },
    )
    if (problem) return yield* usageError(process, "ss", problem, 255)
    const all = socketsOf(process)
    if (flags.has("s")) {
      const tcp = all.filter(({ protocol }) => protocol === "tcp").length
      const udp = all.length - tcp
      yield* process.print(
        `Total: ${tcp + udp + 140}\nTCP:   ${tcp} (estab 0, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\nRAW\t  0         0         0        \nUDP\t  ${String(udp).padEnd(10)}${String(udp).padEnd(10)}0        \nTCP\t  ${String(tcp).padEnd(10)}${String(all.filter(({ protocol, dual }) => protocol === "tcp" && !dual).length).padEnd(10)}${String(all.filter(({ dual }) => dual).length).padEnd(9)}\nINET\t  ${String(tcp + udp).padEnd(10)}${String(tcp + udp).padEnd(10)}0        \nFRAG\t  0         0         0        \n\n`,
      )
      return 0
    }
    const both = flags.has("t") === flags.has("u")
    const filter = args.filter((word) => !word.startsWith("-")).join(" ")
    const port = /[sd]port\s*(?:=|==|eq)?\s*:(\w+)/.exec(filter)?.[1]
    const rows = (flags.has("l") || flags.has("a") ? all : [])
      .filter(({ protocol }) => both || flags.has(protocol === "tcp" ? "t" : "u"))
      .filter((one) => port === undefined || String(one.port) === port || NAMES[one.port] === port)
      .filter(({ dual }) => !(flags.has("4") && dual) && !(flags.has("6") && !dual))
    const table = rows.map((one) => [
      ...(both ? [one.protocol] : []),
      one.protocol === "tcp" ? "LISTEN" : "UNCONN",
      "0",
      one.protocol === "tcp" ? "4096" : "0",
      `${one.dual ? "*" : one.address}:${portOf(one, flags.has("n"))}`,
      one.dual ? "*:*" : "0.0.0.0:*",
      flags.has("p") && one.pid !== undefined ? `users:(("${one.name}",pid=${one.pid},fd=${one.fd}))` : "",
    ])
    const heading = [...(both ? ["Netid"] : []), "State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port", "Process"]
    yield* process.print(
      column(flags.has("H") ? table : [heading, ...table], {
        right: heading.map((name) => name === "Local Address:Port"),
        widths: heading.map((name) => name.length),
        trim: true,
      }),
    )
    return 0
  },
})

export const netstat = defineTool({
  name: "netstat",
  busybox: true,
  version: "2.10-alpha",
  summary: "print network connections, routing tables and interface statistics",
  *run(process, args) {
    const { flags, problem } = parseOptions(
      args.filter((word) => word.startsWith("-")),
      {
        letters: "tulnpaxrwesigcoW46v",
        long: {
          tcp: "t",
          udp: "u",
          listening: "l",
          numeric: "n",
          programs: "p",
          program: "p",
          all: "a",
          route: "r",
          wide: "W",
          statistics: "s",
          interfaces: "i",
        },
      },
    )
    if (problem) return yield* usageError(process, "netstat", problem, 4)
    if (flags.has("r")) {
      yield* process.print(
        routeTable(process)
          .replace("Flags Metric Ref    Use Iface", "Flags   MSS Window  irtt Iface")
          .replace(/^(\S.*) 0 {6}0 {10}0 /gm, "$1     0 0          0 "),
      )
      return 0
    }
    const both = flags.has("t") === flags.has("u")
    const listening = flags.has("l") || flags.has("a")
    const rows = (listening ? socketsOf(process) : []).filter(({ protocol }) => both || flags.has(protocol === "tcp" ? "t" : "u"))
    yield* process.print(
      `Active Internet connections (${flags.has("a") ? "servers and established" : listening ? "only servers" : "w/o servers"})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${flags.has("p") ? " PID/Program name    " : ""}\n`,
    )
    for (const one of rows)
      yield* process.print(
        `${(one.protocol + (one.dual ? "6" : "")).padEnd(5)} ${"0".padStart(6)} ${"0".padStart(6)} ${`${one.dual ? "::" : one.address}:${portOf(one, flags.has("n"))}`.padEnd(23)} ${(one.dual ? ":::*" : "0.0.0.0:*").padEnd(23)} ${(one.protocol === "tcp" ? "LISTEN" : "").padEnd(11)}${flags.has("p") ? ` ${(one.pid === undefined ? "-" : `${one.pid}/${one.name}`).padEnd(20)}` : ""}\n`,
      )
    return 0
  },
})

/** Open files of a process, as its /proc/PID/fd tells. */
const openFiles = (process: Process, pid: number): { fd: string; path: string }[] => {
  const directory = `/proc/${pid}/fd`
  try {
    return process.files.list(directory).map(({ name }) => ({ fd: name, path: process.files.readlink(`${directory}/${name}`) }))
  } catch (error) {
    if (error instanceof SystemError) return []
    throw error
  }
}

export const lsof = defineTool({
  name: "lsof",
  version: "version information: 4.95.0",
  summary: "list open files",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(
      // -i takes a value only when it is put to it, or stands behind without a dash.
      args.flatMap((word, at) => (word === "-i" && !/^(:|tcp|udp|\d)/i.test(args[at + 1] ?? "") ? ["-i:"] : [word])),
      { letters: "nPtUlablX", valued: "ipucsd+D" },
    )
    if (problem) {
      yield* process.error(
        `lsof: ${problem.replace("invalid option -- ", "illegal option character: ").replaceAll("'", "")}\nlsof 4.95.0\n latest revision: https://github.com/lsof-org/lsof\n`,
      )
      return 1
    }
    const accounts = new Accounts(process.files)
    const rows: string[][] = []
    const pids = (all.get("p") ?? []).flatMap((text) => text.split(",")).map(Number)
    const wantedName = flags.get("c")
    const net = flags.get("i")
    const asksFiles = net === undefined || pids.length > 0
    for (const one of process.processes()) {
      const name = (one.argv[0] ?? "").split("/").at(-1)?.slice(0, 9) ?? ""
      if (pids.length > 0 && !pids.includes(one.pid)) continue
      if (typeof wantedName === "string" && !name.startsWith(wantedName.slice(0, 9))) continue
      const user = accounts.userName(one.credentials.uid)
      if (asksFiles) {
        const own = [
          { fd: "cwd", path: process.files.exists(`/proc/${one.pid}/cwd`) ? process.files.readlink(`/proc/${one.pid}/cwd`) : "/" },
          ...openFiles(process, one.pid),
        ]
        for (const { fd, path } of own) {
          if (words.length > 0 && !words.some((word) => path === process.files.resolve(word))) continue
          const type = path.startsWith("pipe:") ? "FIFO" : path.startsWith("/dev/") ? "CHR" : fd === "cwd" ? "DIR" : "REG"
          rows.push([
            name,
            String(one.pid),
            user,
            fd === "cwd" ? fd : `${fd}u`,
            type,
            type === "FIFO" ? "0,14" : "253,1",
            type === "FIFO" ? "0t0" : "4096",
            "2",
            path,
          ])
        }
      }
    }
    if (net !== undefined) {
      const [, protocol = "", port = ""] = /^(tcp|udp)?:?(\w*)/i.exec(String(net)) ?? []
      for (const one of socketsOf(process)) {
        if (one.pid === undefined || (protocol !== "" && one.protocol !== protocol.toLowerCase())) continue
        if (port !== "" && String(one.port) !== port && NAMES[one.port] !== port) continue
        if (pids.length > 0 && !pids.includes(one.pid)) continue
        rows.push([
          one.name.slice(0, 9),
          String(one.pid),
          "root",
          `${one.fd}u`,
          one.dual ? "IPv6" : "IPv4",
          String(20_000 + one.port),
          "0t0",
          one.protocol.toUpperCase(),
          `${one.address === "0.0.0.0" ? "*" : one.address}:${portOf(one, flags.has("P"))}${one.protocol === "tcp" ? " (LISTEN)" : ""}`,
        ])
      }
    }
    if (rows.length === 0) return 1
    if (flags.has("t")) {
      yield* process.print([...new Set(rows.map((row) => row[1]))].map((pid) => `${pid}\n`).join(""))
      return 0
    }
    const heading = ["COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME"]
    yield* process.print(column([heading, ...rows], { right: [false, true, true, true, true, true, true, true, false], widths: [9, 5] }))
    return 0
  },
})

export const fuser = defineTool({
  name: "fuser",
  busybox: true,
  version: "(PSmisc) 23.7",
  summary: "identify processes using files or sockets",
  *run(process, args) {
    const kill = args.some((word) => /^-\w*k/.test(word))
    const verbose = args.some((word) => /^-\w*v/.test(word))
    const words = args.filter((word) => !word.startsWith("-"))
    if (words.length === 0) {
      yield* process.error(
        "No process specification given\nUsage: fuser [-fIMuvw] [-a|-s] [-4|-6] [-c|-m|-n SPACE] [-k [-i] [-SIGNAL]] NAME...\n",
      )
      return 1
    }
    let status = 1
    for (const word of words) {
      const port = /^(\d+)\/(tcp|udp)$/.exec(word)
      const pids = port
        ? socketsOf(process).flatMap((one) =>
            one.port === Number(port[1]) && one.protocol === port[2] && one.pid !== undefined ? [one.pid] : [],
          )
        : process
            .processes()
            .flatMap(({ pid }) => (openFiles(process, pid).some(({ path }) => path === process.files.resolve(word)) ? [pid] : []))
      if (!port && !process.files.exists(word)) {
        yield* process.error(`Specified filename ${word} does not exist.\n`)
        continue
      }
      if (pids.length === 0) continue
      status = 0
      yield* process.error(
        verbose ? `                     USER        PID ACCESS COMMAND\n${`${word}:`.padEnd(21)}` : `${`${word}:`.padEnd(21)}`,
      )
      yield* process.print(pids.map((pid) => ` ${String(pid).padStart(5)}`).join(""))
      yield* process.error("\n")
      if (kill) for (const pid of pids) process.kill(pid, "SIGKILL")
    }
    return status
  },
})
