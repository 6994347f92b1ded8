/** ip, ifconfig, ss, netstat, ping, dig, nslookup, host, getent, nc, telnet. */
import { type DnsRecord, type Process, type Steps, type Stream, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseOptions, usageError } from "./reading.ts"

const bitsOf = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
const addressOf = (bits: number): string => [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".")
const networkOf = (address: string, prefix: number): string =>
  addressOf(Math.floor(bitsOf(address) / 2 ** (32 - prefix)) * 2 ** (32 - prefix))
const broadcastOf = (address: string, prefix: number): string => addressOf(bitsOf(networkOf(address, prefix)) + 2 ** (32 - prefix) - 1)

const matches = (word: string | undefined, ...names: readonly string[]): boolean =>
  word !== undefined && names.some((name) => name.startsWith(word) && word.length > 0)

const addresses = (process: Process, only: string | undefined, brief: boolean): string =>
  process.network.interfaces
    .map((one, at) => {
      if (only !== undefined && one.name !== only) return ""
      const loopback = one.name === "lo"
      if (brief)
        return `${one.name.padEnd(16)} ${(loopback ? "UNKNOWN" : one.up ? "UP" : "DOWN").padEnd(14)} ${one.address}/${one.prefix} \n`
      const flags = loopback ? "LOOPBACK,UP,LOWER_UP" : one.up ? "BROADCAST,MULTICAST,UP,LOWER_UP" : "BROADCAST,MULTICAST"
      return `${at + 1}: ${one.name}${/^(eth0|veth)/.test(one.name) ? "@if2" : ""}: <${flags}> mtu ${loopback ? 65536 : 1500} qdisc ${loopback ? "noqueue" : "fq_codel"} state ${loopback ? "UNKNOWN" : one.up ? "UP" : "DOWN"} group default qlen 1000\n    link/${loopback ? "loopback" : "ether"} ${one.mac} brd ${loopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff"}\n${one.address === "" ? "" : `    inet ${one.address}/${one.prefix}${loopback ? "" : ` brd ${broadcastOf(one.address, one.prefix)}`} scope ${loopback ? "host" : "global"} ${one.name}\n       valid_lft forever preferred_lft forever\n`}`
    })
    .join("")

export const ip = defineTool({
  name: "ip",
  busybox: true,
  plain: true,
  summary: "show network devices and routes",
  *run(process, args) {
    const words = args.filter((word) => !word.startsWith("-"))
    const brief = args.some((word) => /^-(br|brief)$/.test(word))
    const [object = "", ...rest] = words
    const device = rest.includes("dev")
      ? rest[rest.indexOf("dev") + 1]
      : rest.find((word) => process.network.interfaces.some(({ name }) => name === word))
    const own = process.network.interfaces.find(({ name }) => name !== "lo")
    if (matches(object, "address", "addr") || matches(object, "link")) {
      if (rest[0] !== undefined && !matches(rest[0], "show", "list", "ls") && rest[0] !== "dev" && device === undefined) {
        yield* process.error("RTNETLINK answers: Operation not permitted\n")
        return 2
      }
      const named = rest.find((word) => !["show", "s", "sh", "list", "ls", "dev", "up"].includes(word))
      if (named !== undefined && device === undefined) {
        yield* process.error(`Device "${named}" does not exist.\n`)
        return 1
      }
      const text = addresses(process, device, brief)
      yield* process.print(object.startsWith("l") && !brief ? text.replace(/ {4}inet .*\n.*\n/g, "") : text)
      return 0
    }
    if (matches(object, "route")) {
      if (rest[0] === "get" && rest[1] !== undefined) {
        yield* process.print(
          `${rest[1]} ${own ? `via ${addressOf(bitsOf(networkOf(own.address, own.prefix)) + 1)} dev ${own.name} src ${own.address}` : "dev lo"} uid ${process.credentials.uid} \n    cache \n`,
        )
        return 0
      }
      const lines = own ? [`default via ${addressOf(bitsOf(networkOf(own.address, own.prefix)) + 1)} dev ${own.name} `] : []
      for (const one of process.network.interfaces)
        if (one.name !== "lo")
          lines.push(`${networkOf(one.address, one.prefix)}/${one.prefix} dev ${one.name} proto kernel scope link src ${one.address} `)
      yield* process.print(lines.map((line) => `${line}\n`).join(""))
      return 0
    }
    if (matches(object, "neighbour", "neighbor", "netns", "rule")) return 0
    yield* process.error(
      object === "" ? "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n" : `Object "${object}" is unknown, try "ip help".\n`,
    )
    return object === "" ? 255 : 1
  },
})

export const ifconfig = defineTool({
  name: "ifconfig",
  busybox: true,
  summary: "show network interfaces",
  *run(process, [name]) {
    const found = process.network.interfaces.filter((one) => name === undefined || name === "-a" || one.name === name)
    if (found.length === 0) {
      yield* process.error(`${name}: error fetching interface information: Device not found\n`)
      return 1
    }
    for (const one of found)
      yield* process.print(
        `${one.name}: flags=${one.name === "lo" ? "73<UP,LOOPBACK,RUNNING>  mtu 65536" : "4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500"}\n        inet ${one.address}  netmask ${addressOf(2 ** 32 - 2 ** (32 - one.prefix))}${one.name === "lo" ? "" : `  broadcast ${broadcastOf(one.address, one.prefix)}`}\n${one.name === "lo" ? "        loop  txqueuelen 1000  (Local Loopback)\n" : `        ether ${one.mac}  txqueuelen 1000  (Ethernet)\n`}\n`,
      )
    return 0
  },
})

export const ss = defineTool({
  name: "ss",
  aliases: ["netstat"],
  busybox: true,
  version: "utility, iproute2-6.1.0",
  summary: "show sockets",
  *run(process, args) {
    const netstat = process.argv[0]?.endsWith("netstat") === true
    const { flags, problem } = parseOptions(
      args.filter((word) => word.startsWith("-")),
      {
        letters: "tulnpaxrwemois46HEZ",
        long: { tcp: "t", udp: "u", listening: "l", numeric: "n", processes: "p", all: "a", "no-header": "H", route: "r" },
      },
    )
    if (problem) return yield* usageError(process, netstat ? "netstat" : "ss", problem)
    const both = !flags.has("t") && !flags.has("u")
    const names = new Map(process.processes().map((one) => [one.pid, (one.argv[0] ?? "").split("/").at(-1) ?? ""]))
    const filter = args.filter((word) => !word.startsWith("-")).join(" ")
    const port = /[sd]port\s*(?:=|eq)?\s*:(\w+)/.exec(filter)?.[1]
    const found = process.network.listeners
      .filter(({ protocol }) => both || flags.has(protocol === "tcp" ? "t" : "u"))
      .filter((one) => port === undefined || String(one.port) === port)
      .sort((a, b) => (a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? 1 : -1))
    const listening = flags.has("l") || flags.has("a")
    const rows = listening ? found : []
    const local = ({ address, port: number }: { address: string; port: number }) =>
      `${address === "0.0.0.0" && !netstat ? "0.0.0.0" : address}:${number}`
    if (netstat) {
      yield* process.print(
        `Active Internet connections (${flags.has("a") ? "servers and established" : listening ? "only servers" : "w/o servers"})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${flags.has("p") ? " PID/Program name    " : ""}\n`,
      )
      for (const one of rows)
        yield* process.print(
          `${one.protocol.padEnd(5)} ${"0".padStart(6)} ${"0".padStart(6)} ${local(one).padEnd(23)} ${"0.0.0.0:*".padEnd(23)} ${(one.protocol === "tcp" ? "LISTEN" : "").padEnd(11)}${flags.has("p") ? `${one.pid === undefined ? "-" : `${one.pid}/${names.get(one.pid) ?? ""}`}`.padEnd(20) : ""}\n`,
        )
      return 0
    }
    const table = rows.map((one) => [
      ...(both || (flags.has("t") && flags.has("u")) ? [one.protocol] : []),
      one.protocol === "tcp" ? "LISTEN" : "UNCONN",
      "0",
      one.protocol === "tcp" ? "4096" : "0",
      local(one),
      "0.0.0.0:*",
      flags.has("p") && one.pid !== undefined && names.has(one.pid) ? `users:(("${names.get(one.pid) ?? ""}",pid=${one.pid},fd=3))` : "",
    ])
    const heading = [
      ...(both || (flags.has("t") && flags.has("u")) ? ["Netid"] : []),
      "State",
      "Recv-Q",
      "Send-Q",
      "Local Address:Port",
      "Peer Address:Port",
      "Process",
    ]
    const all = flags.has("H") ? table : [heading, ...table]
    const widths = heading.map((_, at) => Math.max(...[heading, ...table].map((row) => row[at].length)))
    yield* process.print(
      all
        .map(
          (row) =>
            `${row
              .map((cell, at) =>
                at === row.length - 1 ? cell : at === row.length - 3 ? cell.padStart(widths[at]) : cell.padEnd(widths[at]),
              )
              .join(" ")
              .trimEnd()}\n`,
        )
        .join(""),
    )
    return 0
  },
})

export const ping = defineTool({
  name: "ping",
  busybox: true,
  plain: true,
  summary: "send ICMP ECHO_REQUEST to network hosts",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "4qnDvb6Ad", valued: "ciWwIst" })
    const [host] = words
    if (problem || host === undefined) {
      yield* process.error(
        problem ? `ping: ${problem}\n\nUsage\n  ping [options] <destination>\n` : "ping: usage error: Destination address required\n",
      )
      return problem ? 2 : 1
    }
    let record: DnsRecord | undefined
    try {
      record = /^\d+(\.\d+){3}$/.test(host) ? { name: host, type: "A", value: host, ttl: 0 } : (yield* process.network.lookup(host))[0]
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`ping: ${host}: Temporary failure in name resolution\n`)
      return 2
    }
    if (!record) {
      yield* process.error(`ping: ${host}: Name or service not known\n`)
      return 2
    }
    const limit = flags.has("c") ? Number(flags.get("c")) : Number.POSITIVE_INFINITY
    const interval = Number(flags.get("i") ?? 1) * 1_000
    const wait = Number(flags.get("W") ?? 1) * 1_000
    const deadline = flags.has("w") ? process.now() + Number(flags.get("w")) * 1_000 : Number.POSITIVE_INFINITY
    const begun = process.now()
    const times: number[] = []
    let sent = 0
    let interrupted = false
    process.onSignal("SIGINT", () => {
      interrupted = true
    })
    yield* process.print(`PING ${host} (${record.value}) 56(84) bytes of data.\n`)
    let unreachable = 0
    while (sent < limit && !interrupted && process.now() < deadline) {
      sent++
      const at = process.now()
      try {
        const took = yield* process.network.ping(record.value, wait)
        if (took !== undefined) {
          times.push(took)
          if (!flags.has("q"))
            yield* process.print(
              `64 bytes from ${record.value === host ? host : `${host} (${record.value})`}: icmp_seq=${sent} ttl=64 time=${took < 1 ? took.toFixed(3) : took.toFixed(2)} ms\n`,
            )
        }
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        if (error.code === "EINTR") break
        unreachable++
        const own = process.network.interfaces.find(({ name }) => name !== "lo")
        yield* process.print(`From ${own?.address ?? "127.0.0.1"} icmp_seq=${sent} Destination Host Unreachable\n`)
      }
      if (sent >= limit || interrupted) break
      try {
        yield* process.sleep(Math.max(0, interval - (process.now() - at)))
      } catch (error) {
        if (!(error instanceof SystemError && error.code === "EINTR")) throw error
      }
    }
    const loss = sent === 0 ? 0 : Math.round(((sent - times.length) / sent) * 100)
    const mean = times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length)
    const deviation = Math.sqrt(times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / Math.max(1, times.length))
    yield* process.print(
      `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} received,${unreachable > 0 ? ` +${unreachable} errors,` : ""} ${loss}% packet loss, time ${Math.round(process.now() - begun)}ms\n${times.length > 0 ? `rtt min/avg/max/mdev = ${[Math.min(...times), mean, Math.max(...times), deviation].map((time) => time.toFixed(3)).join("/")} ms\n` : "\n"}`,
    )
    return times.length > 0 ? 0 : 1
  },
})

type RecordType = DnsRecord["type"]

/** Server of /etc/resolv.conf. */
const server = (process: Process): string =>
  /^nameserver\s+(\S+)/m.exec(
    process.files.access("/etc/resolv.conf", { read: true }) ? process.files.readText("/etc/resolv.conf") : "",
  )?.[1] ?? "127.0.0.53"

function* resolve(process: Process, name: string, type: RecordType): Steps<readonly DnsRecord[] | "timeout"> {
  try {
    return yield* process.network.lookup(name, type)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return "timeout"
  }
}

export const dig = defineTool({
  name: "dig",
  plain: true,
  summary: "DNS lookup utility",
  *run(process, args) {
    let type: RecordType = "A"
    let name = "."
    let short = false
    let answerOnly = false
    let at: string | undefined
    for (let index = 0; index < args.length; index++) {
      const word = args[index]
      if (word === "+short") short = true
      else if (word === "+noall") answerOnly = true
      else if (word.startsWith("+")) continue
      else if (word.startsWith("@")) at = word.slice(1)
      else if (word === "-t") type = (args[++index] ?? "A").toUpperCase() as RecordType
      else if (word === "-x") {
        name = `${(args[++index] ?? "").split(".").reverse().join(".")}.in-addr.arpa`
        type = "PTR"
      } else if (word === "-p" || word === "-b") index++
      else if (/^(A|AAAA|CNAME|SRV|PTR|TXT|MX|NS|SOA|ANY)$/i.test(word)) type = word.toUpperCase() as RecordType
      else name = word
    }
    const asked = type === "PTR" ? name.replace(".in-addr.arpa", "").split(".").reverse().join(".") : name.replace(/\.$/, "")
    const records = yield* resolve(process, asked, type)
    if (records === "timeout") {
      yield* process.print(
        `;; communications error to ${at ?? server(process)}#53: timed out\n\n; <<>> DiG 9.18.39 <<>> ${args.join(" ")}\n;; global options: +cmd\n;; no servers could be reached\n`,
      )
      return 9
    }
    const value = (record: DnsRecord) =>
      record.type === "SRV"
        ? `0 100 ${record.port ?? 0} ${record.value}.`
        : record.type === "CNAME" || record.type === "PTR"
          ? `${record.value}.`
          : record.value
    if (short) {
      yield* process.print(records.map((record) => `${value(record)}\n`).join(""))
      return 0
    }
    const full = name.endsWith(".") ? name : `${name}.`
    const rows = records
      .map((record) =>
        `${full.padEnd(23)} ${String(record.ttl).padEnd(7)} IN      ${record.type.padEnd(7)} ${value(record)}\n`.replace(
          / +(?=\d+ +IN)/,
          "\t",
        ),
      )
      .join("")
    if (answerOnly) {
      yield* process.print(rows)
      return 0
    }
    yield* process.print(
      `\n; <<>> DiG 9.18.39-0ubuntu0.24.04.1-Ubuntu <<>> ${args.join(" ")}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${records.length > 0 ? "NOERROR" : "NXDOMAIN"}, id: ${Math.floor(process.random() * 65_536)}\n;; flags: qr rd ra; QUERY: 1, ANSWER: ${records.length}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;${full}\t\tIN\t${type}\n\n${rows === "" ? "" : `;; ANSWER SECTION:\n${rows}\n`};; Query time: 1 msec\n;; SERVER: ${at ?? server(process)}#53(${at ?? server(process)}) (UDP)\n;; WHEN: ${formatDate("%a %b %d %H:%M:%S UTC %Y", process.now())}\n;; MSG SIZE  rcvd: ${64 + records.length * 16}\n\n`,
    )
    return 0
  },
})

export const nslookup = defineTool({
  name: "nslookup",
  busybox: true,
  plain: true,
  summary: "query internet name servers",
  *run(process, args) {
    let type: RecordType = "A"
    const words: string[] = []
    for (const word of args) {
      const option = /^-(?:type|query|q)=(\w+)$/i.exec(word)
      if (option) type = option[1].toUpperCase() as RecordType
      else if (!word.startsWith("-")) words.push(word)
    }
    const [name] = words
    if (name === undefined) {
      yield* process.error("Usage: nslookup [HOST] [SERVER]\n")
      return 1
    }
    const at = words[1] ?? server(process)
    const reverse = /^\d+(\.\d+){3}$/.test(name)
    const records = yield* resolve(process, name, reverse ? "PTR" : type)
    if (records === "timeout") {
      yield* process.print(";; communications error to " + `${at}#53: timed out\n;; no servers could be reached\n\n`)
      return 1
    }
    yield* process.print(`Server:\t\t${at}\nAddress:\t${at}#53\n\n`)
    if (records.length === 0) {
      yield* process.print(`** server can't find ${reverse ? `${name.split(".").reverse().join(".")}.in-addr.arpa` : name}: NXDOMAIN\n\n`)
      return 1
    }
    if (reverse)
      yield* process.print(
        records.map((record) => `${name.split(".").reverse().join(".")}.in-addr.arpa\tname = ${record.value}.\n`).join(""),
      )
    else
      yield* process.print(
        records
          .map((record) =>
            record.type === "A" || record.type === "AAAA"
              ? `Name:\t${record.name}\nAddress: ${record.value}\n`
              : record.type === "CNAME"
                ? `${record.name}\tcanonical name = ${record.value}.\n`
                : `${record.name}\tservice = 0 100 ${record.port ?? 0} ${record.value}.\n`,
          )
          .join(""),
      )
    yield* process.print("\n")
    return 0
  },
})

export const host = defineTool({
  name: "host",
  plain: true,
  summary: "DNS lookup utility",
  *run(process, args) {
    const name = args.find((word) => !word.startsWith("-"))
    if (name === undefined) {
      yield* process.error("Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time] name [server]\n")
      return 1
    }
    const records = yield* resolve(process, name, /^\d+(\.\d+){3}$/.test(name) ? "PTR" : "A")
    if (records === "timeout") {
      yield* process.print(";; connection timed out; no servers could be reached\n")
      return 1
    }
    if (records.length === 0) {
      yield* process.print(`Host ${name} not found: 3(NXDOMAIN)\n`)
      return 1
    }
    yield* process.print(
      records
        .map((record) =>
          record.type === "PTR" ? `${name} domain name pointer ${record.value}.\n` : `${name} has address ${record.value}\n`,
        )
        .join(""),
    )
    return 0
  },
})

export const getent = defineTool({
  name: "getent",
  busybox: true,
  summary: "get entries from administrative databases",
  *run(process, [database, ...keys]) {
    if (database === "hosts" || database === "ahosts" || database === "ahostsv4") {
      let status = 0
      for (const key of keys) {
        const records = yield* resolve(process, key, "A")
        if (records === "timeout" || records.length === 0) status = 2
        else yield* process.print(`${records[0].value.padEnd(15)} ${key}\n`)
      }
      return status
    }
    const file = database === "passwd" || database === "group" || database === "services" ? `/etc/${database}` : undefined
    if (file === undefined) {
      yield* process.error(database === undefined ? "getent: wrong number of arguments\n" : `Unknown database: ${database}\n`)
      return 1
    }
    const lines = (process.files.access(file, { read: true }) ? process.files.readText(file) : "").split("\n").filter(Boolean)
    if (keys.length === 0) yield* process.print(lines.map((line) => `${line}\n`).join(""))
    let status = 0
    for (const key of keys) {
      const line = lines.find((one) => one.split(":")[0] === key || one.split(":")[2] === key)
      if (line) yield* process.print(`${line}\n`)
      else status = 2
    }
    return status
  },
})

/** Carries bytes between a stream and standard input and output. */
function* carry(process: Process, stream: Stream): Steps<void> {
  const input = process.fds.get(0)
  let open = input !== undefined
  for (;;) {
    const received = stream.tryRead()
    if (received) {
      if (received.length === 0) return
      yield* process.write(1, received)
      continue
    }
    const typed = open ? input?.tryRead(4_096) : undefined
    if (typed) {
      if (typed.length === 0) {
        open = false
        stream.end()
      } else
        for (let rest = typed; rest.length > 0; ) {
          const taken = stream.tryWrite(rest)
          rest = rest.subarray(taken)
          if (rest.length > 0) yield* process.wait({ queues: [stream.writeQueue] })
        }
      continue
    }
    yield* process.wait({ queues: open && input ? [stream.readQueue, input.readQueue as typeof stream.readQueue] : [stream.readQueue] })
  }
}

export const nc = defineTool({
  name: "nc",
  aliases: ["netcat", "ncat", "telnet"],
  busybox: true,
  plain: true,
  summary: "arbitrary TCP and UDP connections and listens",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "lvzuknN46Cdt", valued: "pwseqi" })
    if (problem) {
      yield* process.error(`nc: ${problem}\nusage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-w timeout] [destination] [port]\n`)
      return 1
    }
    if (flags.has("l")) {
      const port = Number(flags.get("p") ?? words.at(-1) ?? 0)
      try {
        const listener = process.network.listen(port, { pid: process.pid })
        if (flags.has("v")) yield* process.error(`Listening on 0.0.0.0 ${port}\n`)
        do {
          let stream = listener.tryAccept()
          while (!stream) {
            yield* process.wait({ queues: [listener.acceptQueue] })
            stream = listener.tryAccept()
          }
          yield* carry(process, stream)
        } while (flags.has("k"))
        listener.close()
        return 0
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`nc: ${error.message}\n`)
        return 1
      }
    }
    const [name, ports] = words
    if (name === undefined || ports === undefined) {
      yield* process.error("usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-w timeout] [destination] [port]\n")
      return 1
    }
    const telnet = process.argv[0]?.endsWith("telnet") === true
    const records = /^\d+(\.\d+){3}$/.test(name) ? [{ value: name }] : yield* resolve(process, name, "A")
    if (records === "timeout" || records.length === 0) {
      yield* process.error(
        telnet
          ? `telnet: could not resolve ${name}/${ports}: Name or service not known\n`
          : `nc: getaddrinfo for host "${name}" port ${ports}: Name or service not known\n`,
      )
      return 1
    }
    const [first, last = first] = ports.split("-").map(Number)
    const timeout = flags.has("w") ? Number(flags.get("w")) * 1_000 : undefined
    let status = 1
    for (let port = first; port <= Math.min(last, first + 1_000); port++) {
      try {
        if (telnet) yield* process.print(`Trying ${records[0].value}...\n`)
        const stream = yield* process.network.connect(records[0].value, port, {
          ...(timeout !== undefined && { timeout }),
          ...(flags.has("u") && { protocol: "udp" as const }),
        })
        status = 0
        if (telnet) yield* process.print(`Connected to ${name}.\nEscape character is '^]'.\n`)
        if (flags.has("v"))
          yield* process.error(
            `Connection to ${name} ${name === records[0].value ? "" : `(${records[0].value}) `}${port} port [${flags.has("u") ? "udp" : "tcp"}/*] succeeded!\n`,
          )
        if (flags.has("z")) {
          stream.destroy()
          continue
        }
        yield* carry(process, stream)
        stream.destroy()
        if (telnet) yield* process.print("Connection closed by foreign host.\n")
      } catch (error) {
        if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
        if (telnet) yield* process.error(`telnet: Unable to connect to remote host: ${error.message}\n`)
        else if (flags.has("v"))
          yield* process.error(
            `nc: connect to ${name} ${name === records[0].value ? "" : `(${records[0].value}) `}port ${port} (tcp) ${error.code === "ETIMEDOUT" ? "timed out: Operation now in progress" : `failed: ${error.message}`}\n`,
          )
      }
    }
    return status
  },
})
