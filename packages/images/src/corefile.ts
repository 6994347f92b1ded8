/** The Corefile: server blocks with their zones and plugins, or what is wrong with it in CoreDNS' words. As coredns/caddy's caddyfile. */

export interface CorePlugin {
  readonly name: string
  readonly args: readonly string[]
  readonly block: readonly (readonly string[])[]
}

export interface CoreServer {
  /** Lower case, without the dot at the end; "" is the root. */
  readonly zones: readonly string[]
  readonly port: number
  readonly plugins: readonly CorePlugin[]
}

const PLUGINS = new Set(
  "root metadata geoip cancel tls quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind debug trace ready health pprof prometheus errors log dnstap local dns64 acl any chaos loadbalance tsig cache rewrite header dnssec autopath minimal template transfer hosts route53 azure clouddns k8s_external kubernetes file auto secondary etcd loop forward grpc erratic whoami on sign view nomad".split(
    " ",
  ),
)

interface Token {
  text: string
  line: number
}

const tokens = (text: string): Token[] =>
  text.split("\n").flatMap((line, at) =>
    [...line.replace(/(^|\s)#.*$/, "").matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => ({
      text: match[1] ?? match[2],
      line: at + 1,
    })),
  )

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\])(?::\d+)?$/i

/** The text that was read last, and what it says: each server of each cluster reads the same one. */
let last: { text: string; path: string; parsed: readonly CoreServer[] | { error: string } } | undefined

export const parseCorefile = (text: string, path: string): readonly CoreServer[] | { error: string } => {
  if (last?.text !== text || last.path !== path) last = { text, path, parsed: parsed(text, path) }
  return last.parsed
}

const parsed = (text: string, path: string): readonly CoreServer[] | { error: string } => {
  const all = tokens(text)
  const fail = (line: number, why: string) => ({ error: `${path}:${line} - Error during parsing: ${why}` })
  const servers: CoreServer[] = []
  let at = 0
  while (at < all.length) {
    const keys: string[] = []
    const { line } = all[at]
    while (at < all.length && all[at].text !== "{" && (keys.length === 0 || all[at].line === line || all[at - 1].text.endsWith(",")))
      keys.push(...all[at++].text.split(",").filter(Boolean))
    if (all[at]?.text !== "{") return fail(all[at]?.line ?? line, `Unexpected token '${all[at]?.text ?? ""}', expecting '{'`)
    at++
    const plugins: CorePlugin[] = []
    for (;;) {
      const head = all[at]
      if (!head) return fail(all.at(-1)?.line ?? line, "Unexpected EOF")
      at++
      if (head.text === "}") break
      if (!PLUGINS.has(head.text)) return fail(head.line, `Unknown directive '${head.text}'`)
      const args: string[] = []
      while (all[at] && all[at].line === head.line && all[at].text !== "{" && all[at].text !== "}") args.push(all[at++].text)
      const block: string[][] = []
      if (all[at]?.text === "{" && all[at].line === head.line) {
        at++
        for (;;) {
          const first = all[at]
          if (!first) return fail(all.at(-1)?.line ?? line, "Unexpected EOF")
          at++
          if (first.text === "}") break
          const words = [first.text]
          while (all[at] && all[at].line === first.line && all[at].text !== "}") words.push(all[at++].text)
          block.push(words)
        }
      }
      plugins.push({ name: head.text, args, block })
      if (head.text === "forward") {
        const bad = args.slice(1).find((one) => !ADDRESS.test(one.replace(/^\w+:\/\//, "")) && !one.startsWith("/"))
        if (args.length < 2)
          return {
            error: `plugin/forward: ${path}:${head.line} - Error during parsing: Wrong argument count or unexpected line ending after '${args[0] ?? "forward"}'`,
          }
        if (bad !== undefined) return { error: `plugin/forward: not an IP address or file: ${JSON.stringify(bad)}` }
      }
    }
    const places = keys.map((key) => {
      const [, zone = "", port = "53"] = /^(?:dns:\/\/)?(.*?)(?::(\d+))?$/.exec(key) ?? []
      return { zone: zone.toLowerCase().replace(/\.$/, ""), port: Number(port) }
    })
    servers.push({ zones: places.map(({ zone }) => zone), port: places[0]?.port ?? 53, plugins })
  }
  return servers
}

/** The server whose zone is the longest that `name` (lower case, no dot at the end) lies in. */
export const serverFor = (servers: readonly CoreServer[], name: string): CoreServer | undefined => {
  let best: { server: CoreServer; length: number } | undefined
  for (const server of servers)
    for (const zone of server.zones)
      if ((zone === "" || name === zone || name.endsWith(`.${zone}`)) && zone.length >= (best?.length ?? 0))
        best = { server, length: zone.length }
  return best?.server
}
