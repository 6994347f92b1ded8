/** A machine's packet filter: the chains of each table, what learners put there, and what it lets through. */
import type { Firewall, NetworkNamespace, PacketFacts } from "@drydock/machine"
import { parseRule, type Rule, RuleProblem } from "./rule.ts"

export const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
}

/** Rules a chain may have, and chains a table. */
const MOST_RULES = 1_000

export interface Chain {
  /** Of built-in chains: "ACCEPT" or "DROP". */
  policy: string | undefined
  rules: Rule[]
}

export type Table = Map<string, Chain>

/** What Kubernetes keeps there, as lines of iptables-restore, asked for at each look; and how to throw it away. */
export interface SystemRules {
  lines(): Readonly<Record<string, readonly string[]>>
  /** Its address translation was flushed. */
  forget(): void
}

const emptyTable = (name: string): Table =>
  new Map((BUILT_IN[name] ?? []).map((chain) => [chain, { policy: "ACCEPT", rules: [] as Rule[] }]))

const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) => (quoted === undefined ? bare : quoted.replace(/\\(.)/g, "$1")))

/** Parsed lines, for all worlds: most are the same everywhere. */
const parsed = new Map<string, Rule>()
const KEPT = 2_000

const ruleOf = (words: readonly string[], line: string): Rule => {
  const known = parsed.get(line)
  if (known) return known
  const rule = parseRule(words)
  if (parsed.size < KEPT) parsed.set(line, rule)
  return rule
}

/** Puts lines (":CHAIN", "-A CHAIN …") into a table. */
const load = (table: Table, lines: readonly string[]): void => {
  for (const line of lines) {
    if (line.startsWith(":")) {
      if (!table.has(line.slice(1))) table.set(line.slice(1), { policy: undefined, rules: [] })
      continue
    }
    const [, chain, ...words] = wordsOf(line)
    let found = table.get(chain)
    if (!found) table.set(chain, (found = { policy: undefined, rules: [] }))
    found.rules.push(ruleOf(words, line))
  }
}

export class Tables {
  readonly #own = new Map<string, Table>()
  readonly #network: NetworkNamespace & { firewall?: Firewall | undefined }
  readonly #system: SystemRules | undefined
  /** Tables whose system rules were flushed, with the lines that were. */
  readonly #flushed = new Map<string, string>()

  constructor(network: NetworkNamespace & { firewall?: Firewall | undefined }, system: SystemRules | undefined) {
    this.#network = network
    this.#system = system
  }

  #ownTable(name: string): Table {
    let table = this.#own.get(name)
    if (!table) this.#own.set(name, (table = emptyTable(name)))
    return table
  }

  #systemLines(name: string): readonly string[] {
    const lines = this.#system?.lines()[name] ?? []
    return this.#flushed.get(name) === lines.join("\n") ? lines.filter((line) => line.startsWith(":")) : lines
  }

  /** All chains: those of Kubernetes, and what was put before and behind them. */
  table(name: string): Table {
    const table = emptyTable(name)
    load(table, this.#systemLines(name))
    for (const [chain, { policy, rules }] of this.#own.get(name) ?? []) {
      const found = table.get(chain)
      if (!found) table.set(chain, { policy, rules: [...rules] })
      else {
        // kube-proxy puts its jumps in front when it syncs.
        found.rules.push(...rules)
        if (policy !== undefined) found.policy = policy
      }
    }
    return new Map([
      ...(BUILT_IN[name] ?? []).map((chain) => [chain, table.get(chain) as Chain] as const),
      ...[...table].filter(([chain]) => !BUILT_IN[name]?.includes(chain)).sort(([a], [b]) => (a < b ? -1 : 1)),
    ])
  }

  append(name: string, chain: string, rule: Rule, at?: number): void {
    const all = this.table(name).get(chain)
    if (!all) throw new RuleProblem("No chain/target/match by that name.", 1)
    const { target } = rule
    const known = target === undefined || this.table(name).has(target) || VERDICTS.has(target)
    if (!known) throw new RuleProblem(`Chain '${target}' does not exist`, 2)
    const table = this.#ownTable(name)
    const own = table.get(chain) ?? { policy: undefined, rules: [] }
    table.set(chain, own)
    if (own.rules.length >= MOST_RULES) throw new RuleProblem("Resource temporarily unavailable.", 4)
    if (at === undefined) own.rules.push(rule)
    else own.rules.splice(Math.max(0, Math.min(own.rules.length, at - 1)), 0, rule)
    this.#changed()
  }

  /** By number among all, or the rule itself. Throws RuleProblem. */
  delete(name: string, chain: string, which: number | ((rule: Rule) => boolean)): void {
    const all = this.table(name).get(chain)
    if (!all) throw new RuleProblem("No chain/target/match by that name.", 1)
    const rule = typeof which === "number" ? all.rules[which - 1] : all.rules.find(which)
    if (!rule)
      throw new RuleProblem(
        typeof which === "number" ? "Index of deletion too big." : "Bad rule (does a matching rule exist in that chain?).",
        1,
      )
    const own = this.#own.get(name)?.get(chain)
    const at = own?.rules.indexOf(rule) ?? -1
    if (own && at >= 0) own.rules.splice(at, 1)
    this.#changed()
  }

  flush(name: string, chain: string | undefined): void {
    if (chain !== undefined && !this.table(name).has(chain)) throw new RuleProblem("No chain/target/match by that name.", 1)
    for (const [own, { rules }] of this.#own.get(name) ?? []) if (chain === undefined || own === chain) rules.length = 0
    if (chain === undefined || /^KUBE-SERVICES$|^(PREROUTING|OUTPUT)$/.test(chain)) {
      const lines = this.#system?.lines()[name]
      if (lines) this.#flushed.set(name, lines.join("\n"))
      if (name === "nat" && lines) this.#system?.forget()
    }
    this.#changed()
  }

  create(name: string, chain: string): void {
    if (this.table(name).has(chain)) throw new RuleProblem("Chain already exists.", 1)
    if (chain.length > 28) throw new RuleProblem(`chain name \`${chain}' too long (must be under 29 chars)`)
    this.#ownTable(name).set(chain, { policy: undefined, rules: [] })
  }

  remove(name: string, chain: string | undefined): void {
    const table = this.#own.get(name)
    for (const one of chain === undefined ? [...(table?.keys() ?? [])] : [chain]) {
      if (BUILT_IN[name].includes(one)) {
        if (chain !== undefined) throw new RuleProblem("Invalid argument.", 1)
        continue
      }
      if (!table?.has(one))
        throw new RuleProblem(
          this.table(name).has(one) ? "CHAIN_DEL failed (Device or resource busy): chain " + one : "No chain/target/match by that name.",
          1,
        )
      if ((table.get(one)?.rules.length ?? 0) > 0) throw new RuleProblem(`CHAIN_DEL failed (Device or resource busy): chain ${one}`, 4)
      table.delete(one)
    }
  }

  setPolicy(name: string, chain: string, policy: string): void {
    if (!BUILT_IN[name].includes(chain)) throw new RuleProblem("Bad built-in chain name.", 1)
    if (policy !== "ACCEPT" && policy !== "DROP") throw new RuleProblem("Bad policy name. Run `dmesg' for more information.", 1)
    const found = this.#ownTable(name).get(chain)
    if (found) found.policy = policy
    this.#changed()
  }

  #changed(): void {
    const filter = this.#own.get("filter")
    const acts = [...(filter?.values() ?? [])].some(({ policy, rules }) => rules.length > 0 || policy === "DROP")
    this.#network.firewall = acts ? this.#admit : undefined
  }

  /** What learners' rules of the filter table say; Kubernetes' own are in the address translation already. */
  readonly #admit: Firewall = (hook, packet) => {
    const filter = this.#own.get("filter")
    const chain = hook.toUpperCase()
    return (filter && verdict(filter, chain, hook, packet, 0)) ?? (filter?.get(chain)?.policy === "DROP" ? "drop" : "accept")
  }
}

const VERDICTS = new Set([
  "ACCEPT",
  "DROP",
  "REJECT",
  "RETURN",
  "LOG",
  "MARK",
  "MASQUERADE",
  "DNAT",
  "SNAT",
  "REDIRECT",
  "TCPMSS",
  "NOTRACK",
  "QUEUE",
  "CT",
])

const verdict = (
  table: Table,
  name: string,
  hook: string,
  packet: PacketFacts,
  depth: number,
): "accept" | "drop" | "reject" | undefined => {
  for (const rule of table.get(name)?.rules ?? []) {
    if (!applies(rule, hook, packet)) continue
    if (rule.target === "ACCEPT") return "accept"
    if (rule.target === "DROP") return "drop"
    if (rule.target === "REJECT") return "reject"
    if (rule.target === "RETURN") return undefined
    if (rule.target !== undefined && table.has(rule.target) && depth < 16) {
      const inner = verdict(table, rule.target, hook, packet, depth + 1)
      if (inner) return inner
    }
  }
  return undefined
}

const bits = (text: string): number => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)

const within = (address: string, range: string): boolean => {
  const [network, prefix] = range.split("/")
  const size = 2 ** (32 - Number(prefix))
  return Math.floor(bits(address) / size) === Math.floor(bits(network) / size)
}

const portIn = (port: number, list: string): boolean =>
  list.split(",").some((one) => {
    const [from, to = from] = one.split(":")
    return port >= Number(from || 0) && port <= Number(to || 65_535)
  })

/** Only first packets of a connection are looked at: states other than NEW never hold. */
const applies = (rule: Rule, hook: string, packet: PacketFacts): boolean => {
  const holds = (part: { value: string; not: boolean } | undefined, test: (value: string) => boolean) =>
    part === undefined || test(part.value) !== part.not
  if (!holds(rule.source, (range) => within(packet.from, range)) || !holds(rule.destination, (range) => within(packet.to, range)))
    return false
  if (!holds(rule.protocol, (protocol) => protocol === packet.protocol)) return false
  const loopback = packet.to.startsWith("127.") || packet.from === packet.to
  if (hook === "input" && !holds(rule.input, (name) => (name === "lo") === loopback)) return false
  if (hook === "output" && !holds(rule.output, (name) => (name === "lo") === loopback)) return false
  return rule.matches.every(({ name, saved }) => {
    const at = saved.findIndex((word) => word.startsWith("--"))
    const value = saved[at + 1] ?? ""
    const not = saved[0] === "!"
    if (name === "tcp" || name === "udp" || name === "multiport") {
      for (let index = 0; index < saved.length; index++) {
        if (!/^--(dports?|ports)$/.test(saved[index])) continue
        if (portIn(packet.port, saved[index + 1] ?? "") === (saved[index - 1] === "!")) return false
      }
      return !saved.some((word) => /^--sports?$/.test(word))
    }
    if (name === "conntrack" || name === "state") return value.split(",").includes("NEW") !== not
    if (name === "comment" || name === "limit") return true
    return false
  })
}
