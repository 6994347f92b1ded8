/** The stub resolver: /etc/hosts, then the name servers of /etc/resolv.conf with its search list. */
import { SystemError } from "../kernel/errno.ts"
import type { Steps } from "../kernel/process.ts"
import type { DnsRecord } from "./contract.ts"
import type { Namespace } from "./namespace.ts"

/** As resolv.conf(5): seconds a server is waited for, and how often all are asked. */
const TIMEOUT_MS = 5_000
const ATTEMPTS = 2

export interface ResolverConfiguration {
  servers: readonly string[]
  search: readonly string[]
  ndots: number
}

export const parseResolvConf = (text: string): ResolverConfiguration => {
  const servers: string[] = []
  let search: string[] = []
  let ndots = 1
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line.trim().split(/\s+/)
    if (keyword === "nameserver" && values[0]) servers.push(values[0])
    else if (keyword === "search" || keyword === "domain") search = values
    else if (keyword === "options") for (const option of values) if (option.startsWith("ndots:")) ndots = Number(option.slice(6)) || 0
  }
  return { servers: servers.slice(0, 3), search, ndots }
}

const fromHosts = (text: string, name: string): string | undefined => {
  for (const line of text.split("\n")) {
    const [address, ...names] = line.split("#")[0].trim().split(/\s+/)
    if (address && names.includes(name) && !address.includes(":")) return address
  }
  return undefined
}

/** Names to ask for, in order: with fewer dots than ndots the search list goes first. */
export const candidates = (name: string, { search, ndots }: ResolverConfiguration): string[] => {
  if (name.endsWith(".")) return [name.slice(0, -1)]
  const searched = search.map((domain) => `${name}.${domain}`)
  const dots = name.split(".").length - 1
  return dots >= ndots ? [name, ...searched] : [...searched, name]
}

/** One question to one server: its records, "none", or "silent" when it does not answer. */
export const askServer = (
  from: Namespace,
  server: string,
  name: string,
  type: DnsRecord["type"],
): readonly DnsRecord[] | "NXDOMAIN" | "SERVFAIL" | "silent" | "refused" => {
  const route = from.route(server, 53, "udp")
  if (route.kind === "open" && route.namespace.dns) return route.namespace.dns({ name: name.toLowerCase(), type })
  if (route.kind === "open") return "refused"
  const beyond = from.fabric.options.internetNames
  if (route.kind === "internet" && beyond) {
    const value = type === "A" ? beyond(name.toLowerCase()) : undefined
    return value ? [{ name, type: "A", value, ttl: 300 }] : "NXDOMAIN"
  }
  return route.kind === "error" && route.error === "ECONNREFUSED" ? "refused" : "silent"
}

export function* resolveName(
  from: Namespace,
  readFile: (path: string) => string | undefined,
  name: string,
  type: DnsRecord["type"],
): Steps<readonly DnsRecord[]> {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) {
    if (type !== "PTR") return [{ name, type: "A", value: name, ttl: 0 }]
    return yield* resolveName(from, readFile, `${name.split(".").reverse().join(".")}.in-addr.arpa.`, type)
  }
  if (type === "A") {
    const address = name === "localhost" ? "127.0.0.1" : fromHosts(readFile("/etc/hosts") ?? "", name)
    if (address) return [{ name, type: "A", value: address, ttl: 0 }]
  }
  const configuration = parseResolvConf(readFile("/etc/resolv.conf") ?? "")
  for (const candidate of candidates(name, configuration)) {
    let answered = false
    for (let attempt = 0; attempt < ATTEMPTS && !answered; attempt++) {
      for (const server of configuration.servers) {
        const answer = askServer(from, server, candidate, type)
        if (answer === "silent" || answer === "refused") {
          if (answer === "silent" && (yield { queues: [], until: from.fabric.sim.now() + TIMEOUT_MS }) === "signal")
            throw new SystemError("EINTR")
          continue
        }
        answered = true
        if (answer !== "NXDOMAIN" && answer !== "SERVFAIL" && answer.length > 0) return answer
        break
      }
    }
    if (!answered) throw new SystemError("ETIMEDOUT")
  }
  return []
}
