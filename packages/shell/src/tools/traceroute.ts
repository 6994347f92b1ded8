/** traceroute: the way to a host, which here has one hop within a network and the answering machine at its end. */
import { type DnsRecord, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"

export const traceroute = defineTool({
  name: "traceroute",
  aliases: ["tracepath"],
  busybox: true,
  plain: true,
  summary: "print the route packets trace to network host",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "46nIUTdFr", valued: "mqwpfsi" })
    const [host] = words
    if (problem || host === undefined) {
      yield* process.error(
        problem ? `${problem}\n` : "Usage:\n  traceroute [ -46dFITnreAUDV ] [ -m max_ttl ] [ -w MAX ] [ -q nqueries ] host [ packetlen ]\n",
      )
      return problem ? 2 : 0
    }
    let record: DnsRecord | undefined
    try {
      record = /^\d+(\.\d+){3}$/.test(host) ? { name: host, type: "A", value: host, ttl: 0 } : (yield* process.network.lookup(host))[0]
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
    if (!record) {
      yield* process.error(
        `${host}: Temporary failure in name resolution\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc ${args.length})\n`,
      )
      return 2
    }
    const most = Number(flags.get("m") ?? 30)
    const queries = Math.max(1, Math.min(10, Number(flags.get("q") ?? 3)))
    yield* process.print(`traceroute to ${host} (${record.value}), ${most} hops max, 60 byte packets\n`)
    for (let hop = 1; hop <= most; hop++) {
      const times: string[] = []
      for (let query = 0; query < queries; query++) {
        try {
          const took = yield* process.network.ping(record.value, 5_000)
          times.push(took === undefined ? "*" : `${took.toFixed(3)} ms`)
        } catch (error) {
          if (!(error instanceof SystemError) || error.code === "EINTR") throw error
          times.push("!H")
        }
      }
      const reached = times.some((time) => time.endsWith("ms"))
      const name = flags.has("n") ? record.value : `${host} (${record.value})`
      yield* process.print(
        reached
          ? `${String(hop).padStart(2)}  ${name}  ${times.join("  ")}\n`
          : `${String(hop).padStart(2)}  ${times.map(() => "*").join(" ")}\n`,
      )
      if (reached || times.includes("!H")) return 0
    }
    return 0
  },
})
