/** coredns: answers as its Corefile has it: names of the cluster, hosts, rewrites, and what it forwards. */
import { askServer, type DnsRecord, type Namespace, type Process } from "@drydock/machine"
import { type CorePlugin, type CoreServer, parseCorefile, serverFor } from "./corefile.ts"
import { defineImage, type ImageContext } from "./define-image.ts"

/** How often the reload plugin looks, ms: 30 s and some. */
const RELOAD = 30_000
/** Questions that a server answers for itself before it takes them for a loop. */
const DEEPEST = 8

type Answer = readonly DnsRecord[] | "NXDOMAIN" | "SERVFAIL" | "REFUSED"

const bare = (name: string): string => name.toLowerCase().replace(/\.$/, "")

const under = (name: string, zone: string): boolean => zone === "" || name === zone || name.endsWith(`.${zone}`)

const plugin = (server: CoreServer, name: string): CorePlugin | undefined => server.plugins.find((one) => one.name === name)

/** rewrite [stop|continue] name [exact|suffix|prefix|substring|regex] FROM TO … */
const rewritten = (server: CoreServer, name: string): string => {
  for (const { name: kind, args } of server.plugins) {
    if (kind !== "rewrite") continue
    const words = ["stop", "continue"].includes(args[0]) ? args.slice(1) : args
    if (words[0] !== "name") continue
    const match = ["exact", "suffix", "prefix", "substring"].includes(words[1]) ? words[1] : "exact"
    const [from, to] = (words[1] === match ? words.slice(2) : words.slice(1)).map(bare)
    if (from === undefined || to === undefined) continue
    if (match === "exact" && name === from) return to
    if (match === "suffix" && name.endsWith(from)) return name.slice(0, -from.length) + to
    if (match === "prefix" && name.startsWith(from)) return to + name.slice(from.length)
    if (match === "substring" && name.includes(from)) return name.replace(from, () => to)
  }
  return name
}

class CoreDnsServer {
  servers: readonly CoreServer[]
  readonly #process: Process
  readonly #running: ReturnType<ImageContext["cluster"]["startCoreDns"]>
  readonly #say: (line: string) => void
  #depth = 0

  constructor(options: {
    servers: readonly CoreServer[]
    process: Process
    running: ReturnType<ImageContext["cluster"]["startCoreDns"]>
    say: (line: string) => void
  }) {
    this.servers = options.servers
    this.#process = options.process
    this.#running = options.running
    this.#say = options.say
  }

  answer(asked: string, type: string): Answer {
    const name = bare(asked)
    const server = serverFor(this.servers, name)
    if (!server) return "REFUSED"
    if (this.#depth >= DEEPEST) return "SERVFAIL"
    this.#depth++
    const given = this.#from(server, rewritten(server, name), type)
    this.#depth--
    if (plugin(server, "log")) {
      const code = typeof given === "string" ? given : "NOERROR"
      this.#say(
        `[INFO] 127.0.0.1:40000 - ${4_000 + name.length} "${type} IN ${name}. udp ${name.length + 18} false 512" ${code} qr,aa,rd ${name.length * 2 + 20} 0.000112s`,
      )
    }
    return typeof given === "string"
      ? given
      : given.map((record) => ({ ...record, name: bare(record.name) === rewritten(server, name) ? asked : record.name }))
  }

  #from(server: CoreServer, name: string, type: string): Answer {
    const hosts = plugin(server, "hosts")
    if (hosts) {
      const lines = hosts.block.filter(([first]) => /^[\d.]+$/.test(first))
      const found = lines.filter(([, ...names]) => names.map(bare).includes(name))
      if (found.length > 0) return type === "A" ? found.map(([value]) => ({ name, type: "A", value, ttl: 3_600 })) : []
      if (!hosts.block.some(([first]) => first === "fallthrough") && !plugin(server, "kubernetes")) return "NXDOMAIN"
    }
    const cluster = plugin(server, "kubernetes")
    if (cluster) {
      const zones = (cluster.args.length > 0 ? cluster.args : server.zones).map(bare)
      const zone = zones.find((one) => under(name, one))
      if (zone !== undefined) {
        const isReverse = zone.endsWith(".arpa") || zone === "arpa"
        const own = isReverse ? this.#running.answer(name, type) : this.#inZone(name, zone, type)
        if (own !== undefined && own !== "NXDOMAIN") return own
        const through = cluster.block.find(([first]) => first === "fallthrough")
        const falls = through && (through.length === 1 || through.slice(1).some((one) => under(name, bare(one))))
        if (!falls) return "NXDOMAIN"
      }
    }
    const forward = server.plugins.find(({ name: kind, args }) => kind === "forward" && under(name, bare(args[0] ?? "")))
    if (!forward) return plugin(server, "whoami") ? [] : "REFUSED"
    const network = this.#process.network as Namespace
    const upstream = forward.args
      .slice(1)
      .flatMap((one) => (one.startsWith("/") ? this.#resolvers(one) : [one.replace(/^\w+:\/\//, "").replace(/:\d+$/, "")]))
    for (const address of upstream) {
      const given = askServer(network, address, name, type as "A")
      if (given !== "silent" && given !== "refused") return given
      const why =
        given === "refused"
          ? `read udp ${network.address}:40000->${address}:53: read: connection refused`
          : `read udp ${network.address}:40000->${address}:53: i/o timeout`
      if (plugin(server, "errors")) this.#say(`[ERROR] plugin/errors: 2 ${name}. ${type}: ${why}`)
    }
    return "SERVFAIL"
  }

  /** The cluster's names below another zone than its own. */
  #inZone(name: string, zone: string, type: string): Answer | undefined {
    const { domain } = this.#running
    if (zone === domain) return this.#running.answer(name, type) as Answer | undefined
    const own = name === zone ? domain : `${name.slice(0, -zone.length)}${domain}`
    const given = this.#running.answer(own, type)
    return typeof given === "object" ? given.map((record) => ({ ...record, name })) : given
  }

  #resolvers(path: string): string[] {
    const { files } = this.#process
    return [...(files.exists(path) ? files.readText(path) : "").matchAll(/^nameserver (\S+)/gm)].map((match) => match[1])
  }

  /** Whether it forwards to itself: by its own address, or by that of the Service in front of it. */
  loops(clusterDns: string): string | undefined {
    const network = this.#process.network as Namespace
    for (const server of this.servers) {
      if (!plugin(server, "loop")) continue
      const targets = plugin(server, "forward")?.args.slice(1) ?? []
      const all = targets.flatMap((one) => (one.startsWith("/") ? this.#resolvers(one) : [one.replace(/:\d+$/, "")]))
      if (all.some((one) => one.startsWith("127.") || one === network.address || one === clusterDns))
        return server.zones[0] === "" ? "." : `${server.zones[0]}.`
    }
    return undefined
  }
}

const CONFIGURATION =
  "1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b"

export const coredns = defineImage({
  repository: "registry.k8s.io/coredns/coredns",
  aliases: ["coredns/coredns"],
  tags: ["v1.13.1", "v1.*", "1.*", "latest"],
  sizeBytes: 23_600_000,
  idle: { memory: 14 * 1024 ** 2, cpu: 2 },
  entrypoint: ["/coredns"],
  components: {
    "/coredns": ({ cluster }) =>
      function* (process) {
        const conf = process.argv[process.argv.indexOf("-conf") + 1] ?? "Corefile"
        if (!process.files.exists(conf)) {
          yield* process.error(`loading Caddyfile via flag: open ${conf}: no such file or directory\n`)
          return 1
        }
        let text = process.files.readText(conf)
        const servers = parseCorefile(text, conf)
        if ("error" in servers) {
          yield* process.error(`${servers.error}\n`)
          return 1
        }
        const ports = [...new Set(servers.map(({ port }) => port))]
        yield* process.print(
          `${servers.flatMap(({ zones, port }) => zones.map((zone) => `${zone}.:${port}\n`)).join("")}[INFO] plugin/reload: Running configuration SHA512 = ${CONFIGURATION}\nCoreDNS-1.13.1\nlinux/amd64, go1.25.5, 1db4568\n`,
        )
        const lines: string[] = []
        const told = process.queue()
        const running = cluster.startCoreDns()
        const dns = new CoreDnsServer({
          servers,
          process,
          running,
          say: (line) => {
            lines.push(line)
            told.wake()
          },
        })
        const looping = dns.loops(cluster.dnsAddress)
        if (looping !== undefined) {
          running.stop()
          yield* process.error(
            `[FATAL] plugin/loop: Loop (127.0.0.1:44222 -> :53) detected for zone "${looping}", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 4547991504243258144.3688648895315093531."\n`,
          )
          return 1
        }
        const network = process.network as Namespace
        let stopped = false
        for (const signal of ["SIGTERM", "SIGINT"] as const)
          process.onSignal(signal, () => {
            stopped = true
            told.wake()
          })
        // Looked at by the reload plugin's clock, but only after the file has changed.
        let changedAt: number | undefined
        const unwatch = process.files.watch(conf.slice(0, conf.lastIndexOf("/")) || "/", () => {
          changedAt ??= process.now()
          told.wake()
        })
        try {
          for (const port of ports) {
            network.listen(port, { pid: process.pid, protocol: "udp" })
            network.listen(port, { pid: process.pid, protocol: "tcp" })
          }
          network.serveDns(({ name, type }) => {
            const given = dns.answer(name, type)
            return given === "REFUSED" ? "SERVFAIL" : given
          })
          const ok = () => ({ status: 200, headers: {}, body: "OK" })
          network.serve(8080, ok, { pid: process.pid })
          network.serve(8181, () => (cluster.serving ? ok() : { status: 503, headers: {}, body: "kubernetes" }), { pid: process.pid })
          network.serve(
            9153,
            () => ({
              status: 200,
              headers: { "content-type": "text/plain" },
              body: 'coredns_build_info{goversion="go1.25.5",revision="1db4568",version="1.13.1"} 1\n',
            }),
            { pid: process.pid },
          )
          while (!stopped) {
            for (const line of lines.splice(0)) yield* process.print(`${line}\n`)
            if (changedAt !== undefined && process.now() >= changedAt + RELOAD) {
              changedAt = undefined
              const now = process.files.exists(conf) ? process.files.readText(conf) : text
              const reloads = dns.servers.some((server) => plugin(server, "reload"))
              if (now !== text && reloads) {
                text = now
                const next = parseCorefile(now, conf)
                yield* process.print("[INFO] Reloading\n")
                if ("error" in next)
                  yield* process.print(
                    `[ERROR] Restart failed: ${next.error}\n[ERROR] plugin/reload: Corefile changed but reload failed: ${next.error}\n`,
                  )
                else {
                  dns.servers = next
                  yield* process.print(`[INFO] plugin/reload: Running configuration SHA512 = ${CONFIGURATION}\n[INFO] Reloading complete\n`)
                }
              }
            }
            if (stopped) break
            yield* process.wait({ queues: [told], ...(changedAt !== undefined && { until: changedAt + RELOAD }) })
          }
          yield* process.print(
            "[INFO] SIGTERM: Shutting down servers then terminating\n[INFO] plugin/health: Going into lameduck mode for 5s\n",
          )
          yield* process.sleep(5_000)
          return 0
        } finally {
          unwatch()
          running.stop()
          network.serveDns(undefined)
        }
      },
  },
})
