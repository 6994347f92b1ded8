/** ip, ifconfig, route, arp, bridge: links, addresses and routes. As iproute2 6.1. */
import { type NetworkNamespace, type Process, SIGNALS, type Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { findExecutable } from "./executables.ts"

const bitsOf = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
const addressOf = (bits: number): string => [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join(".")
const networkOf = (address: string, prefix: number): string =>
  addressOf(Math.floor(bitsOf(address) / 2 ** (32 - prefix)) * 2 ** (32 - prefix))
const broadcastOf = (address: string, prefix: number): string => addressOf(bitsOf(networkOf(address, prefix)) + 2 ** (32 - prefix) - 1)
const gatewayOf = (one: { address: string; prefix: number }): string => addressOf(bitsOf(networkOf(one.address, one.prefix)) + 1)

const matches = (word: string | undefined, ...names: readonly string[]): boolean =>
  word !== undefined && names.some((name) => name.startsWith(word) && word.length > 0)

interface Link {
  readonly index: number
  readonly name: string
  readonly mac: string
  readonly up: boolean
  readonly kind: "loopback" | "ether" | "bridge" | "veth"
  readonly address?: string | undefined
  readonly prefix?: number | undefined
  readonly master?: string | undefined
  /** Place of the named namespace that its other end is in. */
  readonly peer?: number | undefined
}

const linksOf = (network: NetworkNamespace): Link[] => {
  const { interfaces } = network
  const around = network.surroundings?.()
  const names = [...(around?.named.keys() ?? [])]
  return [
    ...interfaces.map(
      (one, at): Link => ({
        index: at + 1,
        name: one.name,
        mac: one.mac,
        up: one.up,
        kind: one.name === "lo" ? "loopback" : around === undefined && /^(eth|veth)/.test(one.name) ? "veth" : "ether",
        address: one.address,
        prefix: one.prefix,
      }),
    ),
    ...(around?.links ?? []).map(
      (one, at): Link => ({
        index: interfaces.length + at + 1,
        name: one.name,
        mac: one.mac,
        up: true,
        kind: one.peer === undefined ? "bridge" : "veth",
        address: one.address,
        prefix: one.prefix,
        master: one.master,
        ...(one.peer !== undefined && { peer: names.indexOf(one.peer) }),
      }),
    ),
  ]
}

const stateOf = (link: Link): string => (link.kind === "loopback" ? "UNKNOWN" : link.up ? "UP" : "DOWN")

const linkText = (link: Link, options: { addresses: boolean; details: boolean; statistics: boolean }): string => {
  const loopback = link.kind === "loopback"
  const flags = loopback ? "LOOPBACK,UP,LOWER_UP" : link.up ? "BROADCAST,MULTICAST,UP,LOWER_UP" : "BROADCAST,MULTICAST"
  const queue = loopback || link.kind !== "ether" ? "noqueue" : "fq_codel"
  const netns = link.peer === undefined ? "" : ` link-netns ${link.peer}`
  const lines = [
    `${link.index}: ${link.name}${link.kind === "veth" ? "@if2" : ""}: <${flags}> mtu ${loopback ? 65536 : 1500} qdisc ${queue}${link.master === undefined ? "" : ` master ${link.master}`} state ${stateOf(link)}${options.addresses ? "" : " mode DEFAULT"} group default${queue === "fq_codel" || loopback ? " qlen 1000" : link.kind === "bridge" ? " qlen 1000" : ""}`,
    `    link/${loopback ? "loopback" : "ether"} ${link.mac} brd ${loopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff"}${netns}${options.details ? " promiscuity 0 minmtu 68 maxmtu 65535" : ""}`,
    ...(options.details && (link.kind === "veth" || link.kind === "bridge")
      ? [`    ${link.kind} ${link.kind === "bridge" ? "forward_delay 1500 hello_time 200 max_age 2000" : ""}`.trimEnd()]
      : []),
    ...(options.addresses && link.address
      ? [
          `    inet ${link.address}/${link.prefix}${loopback ? "" : ` brd ${broadcastOf(link.address, link.prefix ?? 24)}`} scope ${loopback ? "host" : "global"} ${link.name}`,
          "       valid_lft forever preferred_lft forever",
        ]
      : []),
    ...(options.statistics
      ? [
          "    RX:  bytes packets errors dropped  missed   mcast           ",
          "             0       0      0       0       0       0 ",
          "    TX:  bytes packets errors dropped carrier collsns           ",
          "             0       0      0       0       0       0 ",
        ]
      : []),
  ]
  return lines.map((line) => `${line}\n`).join("")
}

const briefText = (link: Link, addresses: boolean): string => {
  const name = `${link.name}${link.kind === "veth" ? "@if2" : ""}`
  return addresses
    ? `${name.padEnd(16)} ${stateOf(link).padEnd(14)} ${link.address ? `${link.address}/${link.prefix} ` : ""}\n`
    : `${name.padEnd(16)} ${stateOf(link).padEnd(14)} ${link.mac} <${link.kind === "loopback" ? "LOOPBACK" : "BROADCAST,MULTICAST"},UP,LOWER_UP> \n`
}

const linkJson = (link: Link) => ({
  ifindex: link.index,
  ifname: link.name,
  flags: link.kind === "loopback" ? ["LOOPBACK", "UP", "LOWER_UP"] : ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
  mtu: link.kind === "loopback" ? 65536 : 1500,
  operstate: stateOf(link),
  link_type: link.kind === "loopback" ? "loopback" : "ether",
  address: link.mac,
  ...(link.master !== undefined && { master: link.master }),
  addr_info: link.address
    ? [
        {
          family: "inet",
          local: link.address,
          prefixlen: link.prefix,
          scope: link.kind === "loopback" ? "host" : "global",
          label: link.name,
        },
      ]
    : [],
})

const routesOf = (network: NetworkNamespace): string[] => {
  const own = network.interfaces.find(({ name }) => name !== "lo")
  const lines = own ? [`default via ${gatewayOf(own)} dev ${own.name} `] : []
  lines.push(...(network.surroundings?.().routes ?? []))
  for (const one of network.interfaces)
    if (one.name !== "lo")
      lines.push(`${networkOf(one.address, one.prefix)}/${one.prefix} dev ${one.name} proto kernel scope link src ${one.address} `)
  return lines
}

const within = (address: string, range: string): boolean => {
  const [network, prefix] = range.split("/")
  const size = 2 ** (32 - Number(prefix))
  return Math.floor(bitsOf(address) / size) === Math.floor(bitsOf(network) / size)
}

/** As ip-route's get: the way that the kernel would take. */
const routeTo = (network: NetworkNamespace, address: string, uid: number): string => {
  const own = network.interfaces.find(({ name }) => name !== "lo")
  const local = network.interfaces.some((one) => one.address === address) || address.startsWith("127.")
  if (local) return `local ${address} dev lo src ${address} uid ${uid} \n    cache <local> \n`
  const found = routesOf(network).find((line) => /^\d/.test(line) && within(address, line.split(" ")[0])) ?? routesOf(network)[0]
  const via = /via (\S+)/.exec(found ?? "")?.[1]
  const device = /dev (\S+)/.exec(found ?? "")?.[1] ?? own?.name ?? "lo"
  const source = /src (\S+)/.exec(found ?? "")?.[1] ?? own?.address ?? "127.0.0.1"
  return `${address} ${via === undefined ? "" : `via ${via} `}dev ${device} src ${source} uid ${uid} \n    cache \n`
}

/** Runs a command in another network; the exit code as a shell has it. */
export function* runIn(
  process: Process,
  words: readonly string[],
  options: { network?: NetworkNamespace; like?: number; tool: string },
): Steps<number> {
  const path = options.like === undefined ? findExecutable(process, words[0]) : words[0].includes("/") ? words[0] : undefined
  const candidates =
    path !== undefined
      ? [path]
      : ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].map((directory) => `${directory}/${words[0]}`)
  for (const candidate of candidates) {
    let child: Process
    try {
      child = process.spawnFile(candidate, {
        argv: words,
        ...(options.network && { network: options.network }),
        ...(options.like !== undefined && { like: options.like, cwd: "/" }),
      })
    } catch (error) {
      if (candidate === candidates.at(-1)) {
        yield* process.error(
          options.tool === "ip"
            ? `exec of "${words[0]}" failed: No such file or directory\n`
            : `${options.tool}: failed to execute ${words[0]}: No such file or directory\n`,
        )
        return options.tool === "ip" ? 255 : 127
      }
      if (error instanceof Error) continue
      throw error
    }
    const ended = yield* process.waitFor({ pid: child.pid })
    if (ended?.status.kind === "exited") return ended.status.code
    return ended?.status.kind === "signaled" ? 128 + SIGNALS[ended.status.signal].number : 1
  }
  return 1
}

function* netns(process: Process, rest: readonly string[]): Steps<number> {
  const named = process.network.surroundings?.().named ?? new Map<string, NetworkNamespace>()
  const [verb, name, ...command] = rest
  if (verb === undefined || matches(verb, "list", "show", "ls")) {
    yield* process.print([...named.keys()].map((one, at) => `${one} (id: ${at})\n`).join(""))
    return 0
  }
  if (matches(verb, "exec")) {
    const network = named.get(name ?? "")
    if (name === undefined || command.length === 0) {
      yield* process.error(name === undefined ? "No netns name specified\n" : "No command specified\n")
      return 255
    }
    if (!network) {
      yield* process.error(`Cannot open network namespace "${name}": No such file or directory\n`)
      return 1
    }
    return yield* runIn(process, command, { network, tool: "ip" })
  }
  if (matches(verb, "identify", "pids")) return 0
  yield* process.error(
    process.credentials.uid === 0
      ? `Command "${verb}" is not simulated here: containerd makes the namespaces of Pods\n`
      : "mkdir /run/netns failed: Permission denied\n",
  )
  return 255
}

export const ip = defineTool({
  name: "ip",
  busybox: true,
  plain: true,
  summary: "show network devices and routes",
  *run(process, args) {
    const options = args.filter((word) => word.startsWith("-"))
    let words = args.filter((word) => !word.startsWith("-"))
    let { network } = process
    const inside = args.indexOf("-n") >= 0 ? args[args.indexOf("-n") + 1] : undefined
    if (inside !== undefined) {
      const found = network.surroundings?.().named.get(inside)
      if (!found) {
        yield* process.error(`Cannot open network namespace "${inside}": No such file or directory\n`)
        return 255
      }
      network = found
      words = words.filter((word) => word !== inside)
    }
    const has = (pattern: RegExp) => options.some((word) => pattern.test(word))
    const [brief, details, statistics, json] = [has(/^-br(ief)?$|^--?brief$/), has(/^-d(etails)?$/), has(/^-s(tats)?$/), has(/^-j(son)?$/)]
    if (has(/^-V(ersion)?$/)) {
      yield* process.print("ip utility, iproute2-6.1.0, libbpf 1.3.0\n")
      return 0
    }
    const [object = "", ...rest] = words
    if (object === "netns") {
      const at = args.indexOf("netns")
      return yield* netns(process, args.slice(at + 1))
    }
    const links = linksOf(network)
    if (matches(object, "address", "addr") || matches(object, "link")) {
      const addresses = !object.startsWith("l")
      if (rest[0] !== undefined && /^(add|del|delete|set|change|replace|flush|a|d)$/.test(rest[0])) {
        yield* process.error(
          process.credentials.uid === 0
            ? `ip: links and addresses of this machine are its world's: "${rest[0]}" changes nothing here\n`
            : "RTNETLINK answers: Operation not permitted\n",
        )
        return 2
      }
      const type = rest.includes("type") ? rest[rest.indexOf("type") + 1] : undefined
      const master = rest.includes("master") ? rest[rest.indexOf("master") + 1] : undefined
      const named = rest.includes("dev")
        ? rest[rest.indexOf("dev") + 1]
        : rest.find(
            (word, at) =>
              !/^(show|s|sh|list|ls|dev|up|type|master|scope|global|to)$/.test(word) &&
              !/^(type|master|scope|to)$/.test(rest[at - 1] ?? ""),
          )
      const found = links.filter(
        (link) =>
          (named === undefined || link.name === named.split("@")[0]) &&
          (type === undefined || link.kind === type) &&
          (master === undefined || link.master === master),
      )
      if (named !== undefined && found.length === 0) {
        yield* process.error(`Device "${named}" does not exist.\n`)
        return 1
      }
      const shown = has(/^-4$/) && addresses ? found.filter(({ address }) => address) : has(/^-6$/) && addresses ? [] : found
      if (json) yield* process.print(`${JSON.stringify(shown.map(linkJson), undefined, has(/^-p(retty)?$/) ? 4 : undefined)}\n`)
      else
        yield* process.print(
          shown.map((link) => (brief ? briefText(link, addresses) : linkText(link, { addresses, details, statistics }))).join(""),
        )
      return 0
    }
    if (matches(object, "route")) {
      if (rest[0] === "get" && rest[1] !== undefined) {
        yield* process.print(routeTo(network, rest[1], process.credentials.uid))
        return 0
      }
      if (rest[0] !== undefined && /^(add|del|delete|change|replace|flush)$/.test(rest[0])) {
        yield* process.error(
          process.credentials.uid === 0
            ? `ip: routes of this machine are its world's: "${rest[0]}" changes nothing here\n`
            : "RTNETLINK answers: Operation not permitted\n",
        )
        return 2
      }
      const device = rest.includes("dev") ? rest[rest.indexOf("dev") + 1] : undefined
      const wanted = rest.find((word) => word === "default" || /^\d+\.\d+\.\d+\.\d+/.test(word))
      const lines = has(/^-6$/)
        ? []
        : routesOf(network).filter(
            (line) => (device === undefined || line.includes(`dev ${device} `)) && (wanted === undefined || line.startsWith(wanted)),
          )
      yield* process.print(lines.map((line) => `${line}\n`).join(""))
      return 0
    }
    if (matches(object, "neighbour", "neighbor")) {
      yield* process.print(
        (network.surroundings?.().neighbours ?? [])
          .map(({ address, device, mac }) => `${address} dev ${device} lladdr ${mac} REACHABLE \n`)
          .join(""),
      )
      return 0
    }
    if (matches(object, "rule")) {
      yield* process.print("0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n")
      return 0
    }
    if (matches(object, "tunnel", "maddress", "monitor", "xfrm", "vrf")) return 0
    yield* process.error(
      object === "" || object === "help"
        ? "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n       ip [ -force ] -batch filename\nwhere  OBJECT := { address | link | maddress | monitor | neighbor | netns | route | rule | tunnel | vrf | xfrm }\n       OPTIONS := { -V[ersion] | -s[tatistics] | -d[etails] | -4 | -6 | -br[ief] | -j[son] | -p[retty] | -n[etns] name }\n"
        : `Object "${object}" is unknown, try "ip help".\n`,
    )
    return object === "" ? 255 : object === "help" ? 255 : 1
  },
})

export const ifconfig = defineTool({
  name: "ifconfig",
  busybox: true,
  summary: "show network interfaces",
  *run(process, args) {
    const name = args.find((word) => !word.startsWith("-"))
    const found = linksOf(process.network).filter((one) => name === undefined || one.name === name)
    if (found.length === 0) {
      yield* process.error(`${name}: error fetching interface information: Device not found\n`)
      return 1
    }
    for (const one of found) {
      const loopback = one.kind === "loopback"
      const prefix = one.prefix ?? 24
      yield* process.print(
        `${one.name}: flags=${loopback ? "73<UP,LOOPBACK,RUNNING>  mtu 65536" : "4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500"}\n${one.address ? `        inet ${one.address}  netmask ${addressOf(2 ** 32 - 2 ** (32 - prefix))}${loopback ? "" : `  broadcast ${broadcastOf(one.address, prefix)}`}\n` : ""}${loopback ? "        loop  txqueuelen 1000  (Local Loopback)\n" : `        ether ${one.mac}  txqueuelen 1000  (Ethernet)\n`}        RX packets 0  bytes 0 (0.0 B)\n        RX errors 0  dropped 0  overruns 0  frame 0\n        TX packets 0  bytes 0 (0.0 B)\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n`,
      )
    }
    return 0
  },
})

/** The kernel's table, as net-tools' route and netstat -r print it. */
export const routeTable = (process: Process): string => {
  const row = (cells: readonly string[]) =>
    `${cells[0].padEnd(15)} ${cells[1].padEnd(15)} ${cells[2].padEnd(15)} ${cells[3].padEnd(5)} ${"0".padEnd(6)} ${"0".padEnd(6)} ${"0".padStart(5)} ${cells[4]}\n`
  const rows = routesOf(process.network).map((line) => {
    const [to] = line.split(" ")
    const [network, prefix] = to === "default" ? ["0.0.0.0", "0"] : to.split("/")
    const via = /via (\S+)/.exec(line)?.[1]
    const mask = addressOf(Number(prefix) === 0 ? 0 : 2 ** 32 - 2 ** (32 - Number(prefix)))
    return row([network, via ?? "0.0.0.0", mask, via === undefined ? "U" : "UG", /dev (\S+)/.exec(line)?.[1] ?? ""])
  })
  return `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${rows.join("")}`
}

export const route = defineTool({
  name: "route",
  busybox: true,
  summary: "show the IP routing table",
  *run(process) {
    yield* process.print(routeTable(process))
    return 0
  },
})

export const arp = defineTool({
  name: "arp",
  busybox: true,
  summary: "show the system ARP cache",
  *run(process) {
    const rows = process.network.surroundings?.().neighbours ?? []
    if (rows.length > 0) yield* process.print("Address                  HWtype  HWaddress           Flags Mask            Iface\n")
    yield* process.print(
      rows.map(({ address, mac, device }) => `${address.padEnd(24)} ether   ${mac}   C                     ${device}\n`).join(""),
    )
    return 0
  },
})

export const bridge = defineTool({
  name: "bridge",
  aliases: ["brctl"],
  summary: "show bridges and their ports",
  *run(process, args) {
    const links = linksOf(process.network)
    const ports = links.filter(({ master }) => master !== undefined)
    if (process.argv[0]?.endsWith("brctl")) {
      yield* process.print("bridge name\tbridge id\t\tSTP enabled\tinterfaces\n")
      for (const one of links.filter(({ kind }) => kind === "bridge"))
        yield* process.print(
          `${one.name}\t\t8000.${one.mac.replaceAll(":", "")}\tno\t\t${ports.map(({ name }) => name).join("\n\t\t\t\t\t\t\t")}\n`,
        )
      return 0
    }
    if (
      matches(
        args.find((word) => !word.startsWith("-")),
        "link",
      )
    )
      yield* process.print(
        ports
          .map(
            (one) =>
              `${one.index}: ${one.name}@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master ${one.master} state forwarding priority 32 cost 2 \n`,
          )
          .join(""),
      )
    return 0
  },
})
