/** ping, getent, nc, telnet. */
import { type DnsRecord, type Process, type Steps, type Stream, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"

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

function* resolve(process: Process, name: string, type: DnsRecord["type"]): Steps<readonly DnsRecord[] | "timeout"> {
  try {
    return yield* process.network.lookup(name, type)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return "timeout"
  }
}

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
