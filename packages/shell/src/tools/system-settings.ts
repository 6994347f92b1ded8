/** timedatectl, hostnamectl, localectl, logname, lastlog: what the machine and its log-ins are set to. As systemd 255 and shadow. */
import { Accounts, type Process } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"

const read = (process: Process, path: string): string =>
  process.files.access(path, { read: true }) ? process.files.readText(path).trim() : ""

const rows = (pairs: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padStart(width)}: ${value}\n`).join("")
}

export const timedatectl = defineTool({
  name: "timedatectl",
  summary: "control the system time and date",
  *run(process, args) {
    const [verb, zone] = args.filter((word) => !word.startsWith("-"))
    if (verb === "list-timezones") {
      yield* process.print("Etc/UTC\nUTC\n")
      return 0
    }
    if (verb === "set-timezone") {
      if (zone === "UTC" || zone === "Etc/UTC") return 0
      yield* process.error(`Failed to set time zone: Invalid or not installed time zone '${zone ?? ""}'\n`)
      return 1
    }
    if (verb === "set-ntp") return 0
    if (verb === "show") {
      yield* process.print(
        `Timezone=${read(process, "/etc/timezone") || "Etc/UTC"}\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=yes\nTimeUSec=${formatDate("%a %Y-%m-%d %H:%M:%S UTC", process.now())}\n`,
      )
      return 0
    }
    if (verb !== undefined && verb !== "status") {
      yield* process.error(`Unknown command verb ${verb}.\n`)
      return 1
    }
    const now = formatDate("%a %Y-%m-%d %H:%M:%S", process.now())
    yield* process.print(
      rows([
        ["Local time", `${now} UTC`],
        ["Universal time", `${now} UTC`],
        ["RTC time", now],
        ["Time zone", `${read(process, "/etc/timezone") || "Etc/UTC"} (UTC, +0000)`],
        ["System clock synchronized", "yes"],
        ["NTP service", "active"],
        ["RTC in local TZ", "no"],
      ]),
    )
    return 0
  },
})

export const hostnamectl = defineTool({
  name: "hostnamectl",
  summary: "control the system hostname",
  *run(process, args) {
    const [verb, name] = args.filter((word) => !word.startsWith("-"))
    if ((verb === "set-hostname" || verb === "hostname") && name !== undefined) {
      process.files.write("/etc/hostname", `${name}\n`)
      return 0
    }
    if (args.includes("--static") || verb === "hostname") {
      yield* process.print(`${process.hostname}\n`)
      return 0
    }
    const machine = read(process, "/etc/machine-id")
    const boot = read(process, "/proc/sys/kernel/random/boot_id").replaceAll("-", "")
    yield* process.print(
      rows([
        ["Static hostname", process.hostname],
        ["Icon name", "computer-vm"],
        ["Chassis", "vm \u{1f5b4}"],
        ...(machine === "" ? [] : [["Machine ID", machine] as const]),
        ...(boot === "" ? [] : [["Boot ID", boot] as const]),
        ["Virtualization", "kvm"],
        ["Operating System", "Ubuntu 24.04.3 LTS"],
        ["Kernel", "Linux 6.8.0-94-generic"],
        ["Architecture", "x86-64"],
        ["Hardware Vendor", "QEMU"],
        ["Hardware Model", "Standard PC _Q35 + ICH9, 2009_"],
      ]),
    )
    return 0
  },
})

export const localectl = defineTool({
  name: "localectl",
  summary: "control the system locale and keyboard layout",
  *run(process, args) {
    const [verb, value] = args.filter((word) => !word.startsWith("-"))
    if (verb === "list-locales") {
      yield* process.print("C.UTF-8\n")
      return 0
    }
    if (verb === "set-locale") {
      if (value === undefined || /C\.UTF-?8$/i.test(value)) return 0
      yield* process.error(`Failed to issue method call: Specified locale is not installed: ${value.replace(/^LANG=/, "")}\n`)
      return 1
    }
    yield* process.print(
      rows([
        ["System Locale", "LANG=C.UTF-8"],
        ["VC Keymap", "(unset)"],
        ["X11 Layout", "us"],
        ["X11 Model", "pc105"],
      ]),
    )
    return 0
  },
})

export const logname = defineTool({
  name: "logname",
  busybox: true,
  summary: "print the user's login name",
  *run(process) {
    // The owner of the session's leader, whoever su has made of its children.
    const leader = process.tty && process.processes().find((one) => one.pid === process.session)
    if (!leader) {
      yield* process.error("logname: no login name\n")
      return 1
    }
    yield* process.print(`${new Accounts(process.files).userName(leader.credentials.uid)}\n`)
    return 0
  },
})

export const lastlog = defineTool({
  name: "lastlog",
  summary: "report the most recent login of all users",
  *run(process) {
    const accounts = new Accounts(process.files)
    const since = new Map(
      process
        .processes()
        .filter((one) => one.tty !== undefined && one.pid === one.session)
        .map((one) => [accounts.userName(one.credentials.uid), one]),
    )
    yield* process.print("Username         Port     From                                       Latest\n")
    for (const { name } of accounts.users()) {
      const one = since.get(name)
      yield* process.print(
        one
          ? `${name.padEnd(16)} ${(one.tty ?? "").padEnd(8)} ${"".padEnd(42)} ${formatDate("%a %b %e %H:%M:%S +0000 %Y", one.startedAt)}\n`
          : `${name.padEnd(16)} ${"".padEnd(51)} **Never logged in**\n`,
      )
    }
    return 0
  },
})
