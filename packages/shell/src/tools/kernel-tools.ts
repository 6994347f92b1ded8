/** sysctl, lsmod, modprobe and the like: what the kernel is told. As procps and kmod. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { compileRegex } from "../text/regex.ts"
import { parseOptions, usageError } from "./reading.ts"

/** Modules that are loaded, the newest first. A node's container network has these at boot. */
const LOADED = "/run/modules"
const AT_BOOT: readonly (readonly [name: string, size: number, users: string])[] = [
  ["xt_conntrack", 12288, ""],
  ["xt_MASQUERADE", 16384, ""],
  ["nf_nat", 61440, "xt_MASQUERADE"],
  ["nf_conntrack", 196608, "xt_conntrack,nf_nat,xt_MASQUERADE"],
  ["ip_tables", 32768, ""],
  ["br_netfilter", 32768, ""],
  ["bridge", 421888, "br_netfilter"],
  ["stp", 12288, "bridge"],
  ["llc", 16384, "bridge,stp"],
  ["overlay", 212992, ""],
  ["vxlan", 155648, ""],
]

const MORE: Readonly<Record<string, number>> = {
  ip_vs: 221184,
  ip_vs_rr: 12288,
  ip_vs_wrr: 12288,
  ip_vs_sh: 12288,
  iptable_nat: 12288,
  iptable_filter: 12288,
  nf_tables: 372736,
  dummy: 12288,
  nbd: 65536,
  loop: 45056,
  tun: 61440,
  wireguard: 114688,
  nfs: 552960,
  rbd: 122880,
  dm_thin_pool: 86016,
}

const names = (process: Process): string[] =>
  process.files.exists(LOADED) ? process.files.readText(LOADED).split("\n").filter(Boolean) : AT_BOOT.map(([name]) => name)

export const lsmod = defineTool({
  name: "lsmod",
  busybox: true,
  version: "31",
  summary: "show the modules of the kernel",
  *run(process) {
    const loaded = names(process)
    yield* process.print("Module                  Size  Used by\n")
    for (const name of loaded) {
      const [, size, users] = AT_BOOT.find(([one]) => one === name) ?? [name, MORE[name] ?? 16_384, ""]
      const using = users.split(",").filter((one) => loaded.includes(one))
      yield* process.print(
        `${name.padEnd(20)} ${String(size).padStart(7)}  ${using.length}${using.length > 0 ? ` ${using.join(",")}` : ""}\n`,
      )
    }
    return 0
  },
})

export const modprobe = defineTool({
  name: "modprobe",
  aliases: ["insmod", "rmmod"],
  busybox: true,
  summary: "add a module to the kernel",
  *run(process, args) {
    const called = process.argv[0]?.split("/").at(-1) ?? "modprobe"
    const given = args.filter((word) => !word.startsWith("-"))
    if (given.length === 0) {
      yield* process.error(`${called}: ERROR: missing parameters. See -h.\n`)
      return 1
    }
    if (process.credentials.uid !== 0) {
      yield* process.error(`${called}: ERROR: could not insert '${given[0]}': Operation not permitted\n`)
      return 1
    }
    const removes = called === "rmmod" || args.some((word) => /^-\w*r/.test(word) || word === "--remove")
    let status = 0
    for (const word of args.some((one) => /^-\w*a/.test(one)) || removes ? given : given.slice(0, 1)) {
      const name = word.replaceAll("-", "_")
      const known = Object.hasOwn(MORE, name) || AT_BOOT.some(([one]) => one === name)
      if (!known) {
        yield* process.error(
          called === "rmmod"
            ? `rmmod: ERROR: Module ${name} is not currently loaded\n`
            : `modprobe: FATAL: Module ${word} not found in directory /lib/modules/6.8.0-94-generic\n`,
        )
        status = 1
        continue
      }
      const loaded = names(process)
      const using = (AT_BOOT.find(([one]) => one === name)?.[2] ?? "").split(",").filter((one) => loaded.includes(one))
      if (removes && using.length > 0) {
        yield* process.error(
          called === "rmmod"
            ? `rmmod: ERROR: Module ${name} is in use by: ${using.join(" ")}\n`
            : `modprobe: FATAL: Module ${name} is in use.\n`,
        )
        status = 1
        continue
      }
      const others = loaded.filter((one) => one !== name)
      if (removes || !loaded.includes(name))
        process.files.write(LOADED, [...(removes ? [] : [name]), ...others].map((one) => `${one}\n`).join(""))
    }
    return status
  },
})

/** net.ipv4.ip_forward is /proc/sys/net/ipv4/ip_forward; slashes may stand for dots. */
const settingPath = (name: string): string => `/proc/sys/${name.includes("/") ? name : name.replaceAll(".", "/")}`

function* allSettings(process: Process, directory: string): Steps<string[]> {
  const found: string[] = []
  for (const { name, type } of process.files.list(directory)) {
    if (process.charge(1)) yield* process.yield()
    const path = `${directory}/${name}`
    if (type === "directory") found.push(...(yield* allSettings(process, path)))
    else found.push(path.slice("/proc/sys/".length).replaceAll("/", "."))
  }
  return found
}

function* setting(
  process: Process,
  word: string,
  options: { quiet: boolean; bare: boolean; named: boolean; ignore: boolean },
): Steps<number> {
  const at = word.indexOf("=")
  const name = (at < 0 ? word : word.slice(0, at)).trim().replace(/^-/, "")
  const value = at < 0 ? undefined : word.slice(at + 1).trim()
  const path = settingPath(name)
  if (!process.files.exists(path) || process.files.stat(path).type === "directory") {
    if (options.ignore || word.startsWith("-")) return 0
    yield* process.error(`sysctl: cannot stat ${path}: No such file or directory\n`)
    return 1
  }
  const shown = (text: string) => (options.named ? `${name}\n` : options.bare ? `${text}\n` : `${name} = ${text}\n`)
  if (value === undefined) {
    yield* process.print(shown(process.files.readText(path).trim()))
    return 0
  }
  try {
    process.files.write(path, `${value}\n`)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.error(
      error.code === "EACCES" ? `sysctl: permission denied on key "${name}"\n` : `sysctl: setting key "${name}": ${error.message}\n`,
    )
    return word.startsWith("-") ? 0 : 1
  }
  if (!options.quiet) yield* process.print(shown(value))
  return 0
}

export const sysctl = defineTool({
  name: "sysctl",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "configure kernel parameters at runtime",
  *run(process, args) {
    // -p takes a file only when one follows.
    const given = args.map((word) => (word === "-p" || word === "--load" ? "--load" : word.replace(/^-p(?=.)/, "--load=")))
    const { flags, words, problem } = parseOptions(given, {
      letters: "wnaqeNA",
      valued: "r",
      long: { system: "system", write: "w", values: "n", names: "N", all: "a", quiet: "q", ignore: "e", "load=?": "p", "pattern=": "r" },
    })
    if (problem) return yield* usageError(process, "sysctl", problem)
    const options = { quiet: flags.has("q"), bare: flags.has("n"), named: flags.has("N"), ignore: flags.has("e") }
    const todo: string[] = []
    const load = function* (path: string): Steps<boolean> {
      if (!process.files.access(path, { read: true })) {
        yield* process.error(`sysctl: cannot open "${path}": No such file or directory\n`)
        return false
      }
      for (const line of process.files.readText(path).split("\n")) if (/^\s*-?[\w./-]+\s*=/.test(line)) todo.push(line.trim())
      return true
    }
    let status = 0
    if (flags.has("system")) {
      const files = new Map<string, string>()
      for (const directory of ["/usr/lib/sysctl.d", "/run/sysctl.d", "/etc/sysctl.d"])
        if (process.files.exists(directory))
          for (const { name } of process.files.list(directory)) if (name.endsWith(".conf")) files.set(name, `${directory}/${name}`)
      const paths = [...files.keys()].sort().map((name) => files.get(name) as string)
      if (process.files.exists("/etc/sysctl.conf")) paths.push("/etc/sysctl.conf")
      for (const path of paths) {
        yield* process.print(`* Applying ${path} ...\n`)
        yield* load(path)
      }
    } else if (flags.has("p")) {
      const files = typeof flags.get("p") === "string" ? [String(flags.get("p"))] : words.length > 0 ? words : ["/etc/sysctl.conf"]
      for (const path of files) if (!(yield* load(path))) status = 1
    } else if (flags.has("a") || flags.has("A")) {
      const pattern = flags.get("r")
      const regex = typeof pattern === "string" ? compileRegex(pattern, { extended: true }) : undefined
      todo.push(...(yield* allSettings(process, "/proc/sys")).filter((name) => regex === undefined || regex.test(name)))
    } else todo.push(...words)
    if (todo.length === 0 && args.length === 0) {
      yield* process.error("\nUsage:\n sysctl [options] [variable[=value] ...]\n\nFor more details see sysctl(8).\n")
      return 1
    }
    for (const word of todo) status = (yield* setting(process, word, options)) || status
    return status
  },
})
