/** One rule of a packet filter: read from a command line, shown as iptables-save and as iptables -L do. As iptables' xshared.c and extensions/. */

interface Extension {
  readonly name: string
  readonly saved: readonly string[]
}

export interface Rule {
  source: Negatable | undefined
  destination: Negatable | undefined
  input: Negatable | undefined
  output: Negatable | undefined
  protocol: Negatable | undefined
  matches: Extension[]
  target: string | undefined
  goto: boolean
  /** The target's own options, as saved. */
  action: string[]
}

export interface Negatable {
  readonly value: string
  readonly not: boolean
}

/** What is wrong with a rule, in iptables' words, without its name. */
export class RuleProblem extends Error {
  readonly code: number

  constructor(message: string, code = 2) {
    super(message)
    this.code = code
  }
}

const NUMBERS: Readonly<Record<string, string>> = { tcp: "6", udp: "17", icmp: "1", sctp: "132", all: "0" }
const PROTOCOLS: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", "132": "sctp" }

/** Options of each match that take a value, and those that take none. */
const MATCHES: Readonly<Record<string, { valued: readonly string[]; bare?: readonly string[] }>> = {
  comment: { valued: ["comment"] },
  tcp: { valued: ["dport", "sport", "destination-port", "source-port", "tcp-flags"], bare: ["syn"] },
  udp: { valued: ["dport", "sport", "destination-port", "source-port"] },
  sctp: { valued: ["dport", "sport"] },
  icmp: { valued: ["icmp-type"] },
  multiport: { valued: ["dports", "sports", "ports", "destination-ports", "source-ports"] },
  conntrack: { valued: ["ctstate"] },
  state: { valued: ["state"] },
  statistic: { valued: ["mode", "probability", "every", "packet"] },
  recent: { valued: ["seconds", "hitcount", "name", "mask"], bare: ["rcheck", "set", "update", "remove", "reap", "rsource", "rdest"] },
  addrtype: { valued: ["dst-type", "src-type"] },
  mark: { valued: ["mark"] },
  nfacct: { valued: ["nfacct-name"] },
  limit: { valued: ["limit", "limit-burst"] },
  physdev: { valued: ["physdev-in", "physdev-out"], bare: ["physdev-is-bridged"] },
  owner: { valued: ["uid-owner", "gid-owner"] },
  mac: { valued: ["mac-source"] },
  iprange: { valued: ["src-range", "dst-range"] },
  string: { valued: ["string", "algo"] },
}

const TARGET_VALUES: Readonly<Record<string, readonly string[]>> = {
  DNAT: ["to-destination"],
  SNAT: ["to-source"],
  REDIRECT: ["to-ports"],
  REJECT: ["reject-with"],
  MARK: ["set-xmark", "set-mark", "xor-mark", "or-mark"],
  LOG: ["log-prefix", "log-level"],
  MASQUERADE: ["to-ports"],
  TCPMSS: ["set-mss"],
}
const TARGET_FLAGS = new Set(["random-fully", "random", "clamp-mss-to-pmtu", "persistent"])

const LONG: Readonly<Record<string, string>> = {
  "--source": "-s",
  "--src": "-s",
  "--destination": "-d",
  "--dst": "-d",
  "--protocol": "-p",
  "--proto": "-p",
  "--in-interface": "-i",
  "--out-interface": "-o",
  "--match": "-m",
  "--jump": "-j",
  "--goto": "-g",
}

const SHORTENED: Readonly<Record<string, string>> = {
  "destination-port": "dport",
  "source-port": "sport",
  "destination-ports": "dports",
  "source-ports": "sports",
}

const address = (text: string): string => {
  const [host, mask = "32"] = text.split("/")
  if (!/^\d+(\.\d+){3}$/.test(host)) {
    if (host === "localhost") return "127.0.0.1/32"
    throw new RuleProblem(`host/network \`${text}' not found`)
  }
  const prefix = mask.includes(".")
    ? mask
        .split(".")
        .map((part) => Number(part).toString(2).replaceAll("0", "").length)
        .reduce((sum, bits) => sum + bits, 0)
    : Number(mask)
  if (!(prefix >= 0 && prefix <= 32)) throw new RuleProblem(`invalid mask \`${mask}' specified`)
  const bits = host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
  const network = Math.floor(bits / 2 ** (32 - prefix)) * 2 ** (32 - prefix)
  return `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join(".")}/${prefix}`
}

/** A whole network is no condition. */
const unlessAny = (given: Negatable): Negatable | undefined => (given.value === "0.0.0.0/0" && !given.not ? undefined : given)

/** Words after the chain's name. Throws RuleProblem. */
export const parseRule = (words: readonly string[]): Rule => {
  const rule: Rule = {
    source: undefined,
    destination: undefined,
    input: undefined,
    output: undefined,
    protocol: undefined,
    matches: [],
    target: undefined,
    goto: false,
    action: [],
  }
  let not = false
  for (let at = 0; at < words.length; at++) {
    const given = words[at]
    const word = LONG[given] ?? given
    if (word === "!") {
      not = true
      continue
    }
    const value = (): string => {
      const found = words[++at]
      if (found === undefined)
        throw new RuleProblem(
          given.startsWith("--") ? `option "${given}" requires an argument` : `option requires an argument -- '${given.slice(1)}'`,
        )
      return found
    }
    if (word === "-s" || word === "-d") {
      const parsed = unlessAny({ value: address(value()), not })
      if (word === "-s") rule.source = parsed
      else rule.destination = parsed
    } else if (word === "-i") rule.input = { value: value(), not }
    else if (word === "-o") rule.output = { value: value(), not }
    else if (word === "-p") {
      const named = value().toLowerCase()
      const protocol = PROTOCOLS[named] ?? named
      if (!Object.hasOwn(NUMBERS, protocol)) throw new RuleProblem(`unknown protocol "${named}" specified`)
      rule.protocol = protocol === "all" ? undefined : { value: protocol, not }
    } else if (word === "-m") {
      const name = value()
      if (!Object.hasOwn(MATCHES, name)) throw new RuleProblem(`Couldn't load match \`${name}':No such file or directory\n`)
      rule.matches.push({ name, saved: [] })
    } else if (word === "-j" || word === "-g") {
      rule.target = value()
      rule.goto = word === "-g"
    } else if (word.startsWith("--")) takeOption(rule, word.slice(2), not, value)
    else throw new RuleProblem(given.startsWith("-") ? `unknown option "${given}"` : `Bad argument \`${given}'`)
    not = false
  }
  if (rule.target === "REJECT" && rule.action.length === 0) rule.action.push("--reject-with", "icmp-port-unreachable")
  return rule
}

/** The kernel keeps it in 31 bits. */
const probability = (text: string): string => (Math.round(Number(text) * 2 ** 31) / 2 ** 31).toFixed(11)

const takeOption = (rule: Rule, given: string, not: boolean, value: () => string): void => {
  const option = SHORTENED[given] ?? given
  const { target } = rule
  if (target !== undefined && (TARGET_VALUES[target]?.includes(option) || TARGET_FLAGS.has(option))) {
    if (!TARGET_VALUES[target]?.includes(option)) rule.action.push(`--${option}`)
    else if (option === "set-mark" || option === "or-mark" || option === "xor-mark") {
      const [mark, mask = option === "set-mark" ? "0xffffffff" : mark] = value().split("/")
      rule.action.push("--set-xmark", option === "xor-mark" ? `${mark}/0x0` : `${mark}/${mask}`)
    } else rule.action.push(`--${option}`, value())
    return
  }
  const found = rule.matches.findLast(({ name }) => MATCHES[name].valued.includes(option) || MATCHES[name].bare?.includes(option))
  let match = found
  // Ports need no -m: their protocol brings it.
  if (!match && rule.protocol && MATCHES[rule.protocol.value]?.valued.includes(option)) {
    match = { name: rule.protocol.value, saved: [] }
    rule.matches.push(match)
  }
  if (!match) throw new RuleProblem(`unknown option "--${given}"`)
  const bare = MATCHES[match.name].bare?.includes(option)
  const added = [...(not ? ["!"] : []), `--${option}`, ...(bare ? [] : [option === "probability" ? probability(value()) : value()])]
  rule.matches[rule.matches.indexOf(match)] = { ...match, saved: [...match.saved, ...added] }
}

const savedWord = (word: string): string => (/^[\w.,:/!+=-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, "\\$&")}"`)
const savedPart = (letter: string, part: Negatable | undefined): string => (part ? `${part.not ? "! " : ""}${letter} ${part.value} ` : "")

/** After "-A CHAIN ", as iptables-save prints it. */
export const savedRule = (rule: Rule): string => {
  const conditions = [
    savedPart("-s", rule.source),
    savedPart("-d", rule.destination),
    savedPart("-i", rule.input),
    savedPart("-o", rule.output),
    savedPart("-p", rule.protocol),
    ...rule.matches.map(({ name, saved }) => `-m ${name} ${saved.map((word) => `${savedWord(word)} `).join("")}`),
  ].join("")
  const target = rule.target === undefined ? "" : `${rule.goto ? "-g" : "-j"} ${rule.target} `
  return `${conditions}${target}${rule.action.map((word) => `${savedWord(word)} `).join("")}`.trimEnd()
}

const listedPorts = (which: string, value: string, not: boolean): string =>
  value.includes(":") ? `${which}s:${not ? "!" : ""}${value}` : `${which}:${not ? "!" : ""}${value}`

const listedMatch = ({ name, saved }: Extension): string => {
  const parts: string[] = []
  const option = (wanted: string): string | undefined => {
    const at = saved.indexOf(`--${wanted}`)
    return at < 0 ? undefined : saved[at + 1]
  }
  const negated = (wanted: string) => saved[saved.indexOf(`--${wanted}`) - 1] === "!"
  switch (name) {
    case "comment":
      return `/* ${option("comment") ?? ""} */`
    case "tcp":
    case "udp":
    case "sctp": {
      parts.push(name)
      for (const [word, short] of [
        ["sport", "spt"],
        ["dport", "dpt"],
      ]) {
        const value = option(word)
        if (value !== undefined) parts.push(listedPorts(short, value, negated(word)))
      }
      if (saved.includes("--syn")) parts.push("flags:0x17/0x02")
      return parts.join(" ")
    }
    case "icmp":
      return `icmptype ${option("icmp-type")}`
    case "multiport":
      return `multiport ${saved[0]?.slice(2)} ${saved[1]}`
    case "conntrack":
      return `${negated("ctstate") ? "! " : ""}ctstate ${option("ctstate")}`
    case "state":
      return `state ${option("state")}`
    case "statistic":
      return `statistic mode ${option("mode")}${option("probability") === undefined ? ` every ${option("every")}` : ` probability ${option("probability")}`}`
    case "recent":
      return saved.includes("--set")
        ? `recent: SET name: ${option("name")} side: source mask: ${option("mask")}`
        : `recent: CHECK seconds: ${option("seconds")}${saved.includes("--reap") ? " reap" : ""} name: ${option("name")} side: source mask: ${option("mask")}`
    case "addrtype":
      return `ADDRTYPE match${["src-type", "dst-type"].map((one) => (option(one) === undefined ? "" : ` ${one} ${option(one)}`)).join("")}`
    case "mark":
      return `mark match ${negated("mark") ? "! " : ""}${option("mark")}`
    case "nfacct":
      return `nfacct-name  ${option("nfacct-name")}`
    case "limit":
      return `limit: avg ${option("limit")} burst ${option("limit-burst") ?? "5"}`
    default:
      return `${name} ${saved.join(" ").replaceAll("--", "")}`
  }
}

const listedAction = ({ target, action }: Rule): string => {
  const value = action[1] ?? ""
  switch (target) {
    case "DNAT":
    case "SNAT":
      return `to:${value}`
    case "REJECT":
      return `reject-with ${value}`
    case "MARK": {
      const [mark, mask] = value.split("/")
      return mask === "0x0" ? `MARK xor ${mark}` : mark === mask ? `MARK or ${mark}` : `MARK set ${mark}`
    }
    case "LOG":
      return `LOG flags 0 level 4${action.includes("--log-prefix") ? ` prefix "${action[action.indexOf("--log-prefix") + 1]}"` : ""}`
    default:
      return action.map((word) => word.replace(/^--/, "")).join(" ")
  }
}

/** A row of `iptables -L`; with counters and interfaces when verbose. */
export const listedRule = (rule: Rule, options: { numeric: boolean; verbose: boolean }): string => {
  const place = (part: Negatable | undefined): string => {
    const text = part === undefined ? (options.numeric ? "0.0.0.0/0" : "anywhere") : part.value.replace(/\/32$/, "")
    return `${part?.not ? "!" : " "}${text.padEnd(19)} `
  }
  const device = (part: Negatable | undefined) => `${part?.not ? "!" : ""}${part?.value ?? "*"}`.padEnd(7)
  const protocol = rule.protocol?.value ?? "all"
  const details = [...rule.matches.map(listedMatch), ...(rule.action.length > 0 ? [listedAction(rule)] : [])]
  return [
    options.verbose ? "    0     0 " : "",
    `${(rule.target ?? "").padEnd(9)} ${rule.protocol?.not ? "!" : " "}${(options.numeric ? NUMBERS[protocol] : protocol).padEnd(5)}-- `,
    options.verbose ? ` ${device(rule.input)} ${device(rule.output)}` : "",
    place(rule.source),
    place(rule.destination),
    details.map((text) => ` ${text}`).join(""),
    rule.goto ? " [goto] " : "",
  ].join("")
}
