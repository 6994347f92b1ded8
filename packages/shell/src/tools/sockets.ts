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
  readonly state: keyof typeof STATES
  /** Of a connection. */
  readonly remote?: { readonly address: string; readonly port: number }
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

/** What ss calls the states of /proc/net/tcp, and netstat. */
const STATES = { LISTEN: "LISTEN", UNCONN: "", ESTAB: "ESTABLISHED", "CLOSE-WAIT": "CLOSE_WAIT", "FIN-WAIT-2": "FIN_WAIT2" } as const

const commandsOf = (process: Process): Map<number, string> =>
  new Map(
    process.processes().map((one) => [one.pid, (one.argv[0] ?? "").split(": ")[0].split(" ")[0].split("/").at(-1)?.slice(0, 15) ?? ""]),
  )

/** Sockets that somebody listens on, by protocol and port. */
const listening = (process: Process): Socket[] => {
  const commands = commandsOf(process)
  return process.network.listeners
    .map((one): Socket => {
      const pid = one.pidFor ? one.pidFor(process) : one.pid
      const name = pid === undefined ? "" : (commands.get(pid) ?? "")
      return {
        protocol: one.protocol,
        state: one.protocol === "tcp" ? "LISTEN" : "UNCONN",
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

/** Connections that are open. */
const connected = (process: Process): Socket[] => {
  const commands = commandsOf(process)
  return (process.network.connections ?? []).map(({ local, remote, state, pid }): Socket => {
    const name = pid === undefined ? "" : (commands.get(pid) ?? "")
    return { protocol: "tcp", state, ...local, remote, pid: name === "" ? undefined : pid, name, dual: false, fd: 3 }
  })
}

/** Which sockets a filter of ss leaves: states, and "dport = :22", "src 10.0.0.1" and the like, joined by "and" or nothing. */
const filtered = (words: readonly string[]): { states: ReadonlySet<string> | undefined; fits: (one: Socket) => boolean } => {
  let states: Set<string> | undefined
  const tests: ((one: Socket) => boolean)[] = []
  const text = words.join(" ")
  for (const [, exclude, name] of text.matchAll(/(?:^|\s)(state|exclude)\s+([\w-]+)/g)) {
    const wanted = {
      established: ["ESTAB"],
      listening: ["LISTEN", "UNCONN"],
      "close-wait": ["CLOSE-WAIT"],
      "fin-wait-2": ["FIN-WAIT-2"],
      connected: ["ESTAB", "CLOSE-WAIT", "FIN-WAIT-2"],
      synchronized: ["ESTAB", "CLOSE-WAIT", "FIN-WAIT-2"],
      all: Object.keys(STATES),
    }[name] ?? [name.toUpperCase()]
    const meant = exclude === "exclude" ? Object.keys(STATES).filter((one) => !wanted.includes(one)) : wanted
    states = new Set([...(states ?? []), ...meant])
  }
  for (const [, side, not, port] of text.matchAll(/([sd])port\s*(!=|neq)?\s*(?:==|=|eq)?\s*:(\w+)/g))
    tests.push((one) => {
      const own = side === "s" ? one.port : one.remote?.port
      return (own !== undefined && (String(own) === port || NAMES[own] === port)) !== (not !== undefined)
    })
  for (const [, side, address, port] of text.matchAll(/(?:^|\s)(src|dst)\s+=?\s*([\d.]+)(?::(\d+))?/g))
    tests.push((one) => {
      const own = side === "src" ? one : one.remote
      return own !== undefined && own.address === address && (port === undefined || String(own.port) === port)
    })
  return { states, fits: (one) => tests.every((test) => test(one)) }
}

const userOf = (one: Socket): string => (one.pid === undefined ? "" : `users:(("${one.name}",pid=${one.pid},fd=${one.fd}))`)

const portOf = (one: { port: number }, numeric: boolean): string => (numeric ? String(one.port) : (NAMES[one.port] ?? String(one.port)))

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
    const listeners = listening(process)
    const connections = connected(process)
    if (flags.has("s")) {
      const udp = listeners.filter(({ protocol }) => protocol === "udp").length
      const six = listeners.filter(({ dual }) => dual).length
      const tcp = listeners.length - udp + connections.length
      const row = (name: string, total: number, four: number, other: number) =>
        `${name}\t  ${String(total).padEnd(10)}${String(four).padEnd(10)}${String(other).padEnd(9)}\n`
      yield* process.print(
        `Total: ${tcp + udp + 140}\nTCP:   ${tcp} (estab ${connections.filter(({ state }) => state === "ESTAB").length}, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\n${row("RAW", 0, 0, 0)}${row("UDP", udp, udp, 0)}${row("TCP", tcp, tcp - six, six)}${row("INET", tcp + udp, tcp + udp - six, six)}${row("FRAG", 0, 0, 0)}\n`,
      )
      return 0
    }
    const both = flags.has("t") === flags.has("u")
    const { states, fits } = filtered(args.filter((word) => !word.startsWith("-")))
    const shown = flags.has("l") ? listeners : flags.has("a") || states ? [...listeners, ...connections] : connections
    const rows = shown
      .filter(({ protocol }) => both || flags.has(protocol === "tcp" ? "t" : "u"))
      .filter((one) => (states ? states.has(one.state) : true) && fits(one))
      .filter(({ dual }) => !(flags.has("4") && dual) && !(flags.has("6") && !dual))
    // With one state asked for there is no need to say it.
    const stated = states?.size !== 1
    const table = rows.map((one) => [
      ...(both ? [one.protocol] : []),
      ...(stated ? [one.state] : []),
      "0",
      one.state === "LISTEN" ? "4096" : "0",
      `${one.dual ? "*" : one.address}:${portOf(one, flags.has("n"))}`,
      one.remote ? `${one.remote.address}:${portOf(one.remote, flags.has("n"))}` : one.dual ? "*:*" : "0.0.0.0:*",
      flags.has("p") ? userOf(one) : "",
    ])
    const heading = [
      ...(both ? ["Netid"] : []),
      ...(stated ? ["State"] : []),
      "Recv-Q",
      "Send-Q",
      "Local Address:Port",
      "Peer Address:Port",
      "Process",
    ]
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
    const servers = flags.has("l") || flags.has("a")
    const rows = [...(servers ? listening(process) : []), ...(flags.has("l") ? [] : connected(process))].filter(
      ({ protocol }) => both || flags.has(protocol === "tcp" ? "t" : "u"),
    )
    yield* process.print(
      `Active Internet connections (${flags.has("a") ? "servers and established" : servers ? "only servers" : "w/o servers"})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${flags.has("p") ? " PID/Program name    " : ""}\n`,
    )
    for (const one of rows)
      yield* process.print(
        `${(one.protocol + (one.dual ? "6" : "")).padEnd(5)} ${"0".padStart(6)} ${"0".padStart(6)} ${`${one.dual ? "::" : one.address}:${portOf(one, flags.has("n"))}`.padEnd(23)} ${(one.remote ? `${one.remote.address}:${portOf(one.remote, flags.has("n"))}` : one.dual ? ":::*" : "0.0.0.0:*").padEnd(23)} ${STATES[one.state].padEnd(11)}${flags.has("p") ? ` ${(one.pid === undefined ? "-" : `${one.pid}/${one.name}`).padEnd(20)}` : ""}\n`,
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
      for (const one of [...listening(process), ...connected(process)]) {
        if (one.pid === undefined || (protocol !== "" && one.protocol !== protocol.toLowerCase())) continue
        if (port !== "" && ![one, one.remote].some((end) => end && (String(end.port) === port || NAMES[end.port] === port))) continue
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
          `${one.address === "0.0.0.0" ? "*" : one.address}:${portOf(one, flags.has("P"))}${one.remote ? `->${one.remote.address}:${portOf(one.remote, flags.has("P"))}` : ""}${STATES[one.state] === "" ? "" : ` (${STATES[one.state]})`}`,
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
        ? listening(process).flatMap((one) =>
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
