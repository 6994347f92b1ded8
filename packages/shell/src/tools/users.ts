/** su, sudo, groups, who, w, last, wall: users and what runs as them. */
import { Accounts, type Credentials, FilesView, type Process, SIGNALS, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { passwordFits } from "./passwords.ts"
import { findExecutable } from "./executables.ts"
import { parseOptions, usageError } from "./reading.ts"

/** Runs a command as another user in this process's group, so that the terminal's keys reach it. */
function* runAs(
  process: Process,
  words: readonly string[],
  options: { credentials: Credentials; env: ReadonlyMap<string, string>; cwd?: string; tool: string; argv0?: string },
): Steps<number> {
  const path = findExecutable(process, words[0])
  if (path === undefined) {
    yield* process.error(
      options.tool === "sudo"
        ? `sudo: ${words[0]}: command not found\n`
        : `${options.tool}: failed to execute ${words[0]}: No such file or directory\n`,
    )
    return options.tool === "sudo" ? 1 : 127
  }
  try {
    const child = process.spawnFile(path, {
      argv: [options.argv0 ?? words[0], ...words.slice(1)],
      env: options.env,
      credentials: options.credentials,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    })
    for (const signal of ["SIGINT", "SIGQUIT"] as const) {
      process.onSignal(signal, "ignore")
      child.onSignal(signal, "default")
    }
    const ended = yield* process.waitFor({ pid: child.pid })
    if (ended?.status.kind === "exited") return ended.status.code
    return ended?.status.kind === "signaled" ? 128 + SIGNALS[ended.status.signal].number : 1
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.error(`${options.tool}: ${words[0]}: ${error.message}\n`)
    return 126
  }
}

/** The files as a set-uid root program reads them, which its caller may not. */
const asRoot = (process: Process): Process["files"] =>
  process.files instanceof FilesView
    ? process.files.as({ cwd: "/", credentials: { uid: 0, gid: 0, groups: [0] }, umask: 0o022 })
    : process.files

/** What sudoers lets a user do, as `sudo -l` shows it; undefined: nothing. Files of /etc/sudoers.d count when sudo would read them. */
const sudoRule = (process: Process, user: string, groups: readonly string[]): string | undefined => {
  const files = asRoot(process)
  if (!files.exists("/etc/sudoers")) return user === "root" || groups.includes("sudo") ? "(ALL : ALL) ALL" : undefined
  const paths = ["/etc/sudoers"]
  if (files.exists("/etc/sudoers.d"))
    for (const { name } of files.list("/etc/sudoers.d"))
      if (!name.includes(".") && !name.endsWith("~")) paths.push(`/etc/sudoers.d/${name}`)
  let found: string | undefined
  for (const path of paths)
    for (const line of files.readText(path).split("\n")) {
      const [, who, as, tags = "", commands] = /^\s*([%\w.-]+)\s+\S+\s*=\s*(?:\(([^)]*)\))?\s*((?:\w+:\s*)*)(.+)$/.exec(line) ?? []
      if (who === undefined || /^(Defaults|\w+_Alias)$/.test(who)) continue
      if (who !== user && !(who.startsWith("%") && groups.includes(who.slice(1))) && who !== "ALL") continue
      found = `(${(as ?? "root")
        .split(":")
        .map((one) => one.trim())
        .join(" : ")}) ${tags.replace(/\s+/g, " ")}${tags !== "" && !tags.endsWith(" ") ? " " : ""}${commands.trim()}`
    }
  return found
}

export const sudo = defineTool({
  name: "sudo",
  plain: true,
  summary: "execute a command as another user",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "EHnSkKisbAPlvV",
      valued: "ugCprTh",
      stopAtWord: true,
      long: {
        "user=": "u",
        "preserve-env": "E",
        "preserve-env=": "E",
        login: "i",
        shell: "s",
        "non-interactive": "n",
        list: "l",
        version: "V",
        "group=": "g",
        help: "help",
      },
    })
    if (problem) {
      yield* process.error(
        `sudo: ${problem}\nusage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n`,
      )
      return 1
    }
    if (flags.has("V")) {
      yield* process.print("Sudo version 1.9.15p5\n")
      return 0
    }
    const accounts = new Accounts(process.files)
    const caller = accounts.userName(process.credentials.uid)
    const groups = process.credentials.groups.map((gid) => accounts.groupName(gid))
    const rule = sudoRule(process, caller, groups)
    if (process.credentials.uid !== 0 && !rule) {
      yield* process.error(
        flags.has("n")
          ? "sudo: a password is required\n"
          : `${caller} is not in the sudoers file.\nThis incident has been reported to the administrator.\n`,
      )
      return 1
    }
    const name = String(flags.get("u") ?? "root").replace(/^#/, "")
    const user = accounts.user(name)
    if (!user) {
      yield* process.error(`sudo: unknown user ${name}\nsudo: error initializing audit plugin sudoers_audit\n`)
      return 1
    }
    if (flags.has("l")) {
      yield* process.print(`User ${caller} may run the following commands on ${process.hostname}:\n    ${rule ?? "(ALL : ALL) ALL"}\n`)
      return 0
    }
    if (flags.has("v") || (flags.has("k") && words.length === 0)) return 0
    const env = new Map(
      flags.has("E") ? process.env : [...process.env].filter(([key]) => /^(TERM|PATH|LANG|LC_.*|COLORTERM|DISPLAY)$/.test(key)),
    )
    for (const [key, value] of [
      ["HOME", user.home],
      ["USER", user.name],
      ["LOGNAME", user.name],
      ["SHELL", user.shell],
      ["SUDO_USER", caller],
      ["SUDO_UID", String(process.credentials.uid)],
      ["SUDO_GID", String(process.credentials.gid)],
      ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ] as const)
      if (!(flags.has("E") && key === "HOME")) env.set(key, value)
    const command = [...words]
    while (/^[A-Za-z_]\w*=/.test(command[0] ?? "")) {
      const word = command.shift() as string
      env.set(word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1))
    }
    const login = flags.has("i")
    if (command.length === 0 && !login && !flags.has("s")) {
      yield* process.error("usage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\n")
      return 1
    }
    const allowed = /\)\s*(?:\w+:\s*)*(.*)$/.exec(rule ?? "(ALL) ALL")?.[1].split(/\s*,\s*/) ?? []
    const program = command[0] === undefined ? undefined : findExecutable(process, command[0])
    if (process.credentials.uid !== 0 && !allowed.includes("ALL") && !allowed.some((one) => one.split(" ")[0] === program)) {
      yield* process.error(
        `Sorry, user ${caller} is not allowed to execute '${[program ?? command[0] ?? user.shell, ...command.slice(1)].join(" ")}' as ${name} on ${process.hostname}.\n`,
      )
      return 1
    }
    const shell = user.shell.includes("nologin") ? "/bin/sh" : user.shell
    const shellName = shell.split("/").at(-1) ?? "sh"
    const run =
      login || flags.has("s")
        ? { words: [shell, ...(command.length > 0 ? ["-c", command.join(" ")] : [])], argv0: login ? `-${shellName}` : shellName }
        : { words: command, argv0: command[0] }
    return yield* runAs(process, run.words, {
      credentials: accounts.credentials(user),
      env,
      tool: "sudo",
      argv0: run.argv0,
      ...(login && process.files.exists(user.home) && { cwd: user.home }),
    })
  },
})

export const su = defineTool({
  name: "su",
  busybox: true,
  version: "from util-linux 2.39.3",
  summary: "run a command with a substitute user",
  *run(process, args) {
    const dashed = args.map((word) => (word === "-" ? "-l" : word))
    const { flags, words, problem } = parseOptions(dashed, {
      letters: "lmpf",
      valued: "csgG",
      long: { login: "l", "command=": "c", "shell=": "s", "preserve-environment": "p" },
    })
    if (problem) return yield* usageError(process, "su", problem)
    const accounts = new Accounts(process.files)
    const name = words[0] ?? "root"
    const user = accounts.user(name)
    if (!user) {
      yield* process.error(`su: user ${name} does not exist or the user entry does not contain all the required fields\n`)
      return 1
    }
    if (process.credentials.uid !== 0) {
      const { tty } = process
      const before = tty && { ...tty.modes }
      tty?.setModes({ echo: false })
      yield* process.error("Password: ")
      const given = (yield* process.readLine(0)) ?? ""
      if (before) tty?.setModes(before)
      yield* process.error("\n")
      if (
        !passwordFits(asRoot(process).exists("/etc/shadow") ? (new Accounts(asRoot(process)).shadow(name)?.password ?? "!") : "!", given)
      ) {
        yield* process.error("su: Authentication failure\n")
        return 1
      }
    }
    if (/nologin|\/false$/.test(user.shell) && !flags.has("s")) {
      yield* process.print("This account is currently not available.\n")
      return 1
    }
    const shell = String(flags.get("s") ?? user.shell)
    const base = shell.split("/").at(-1) ?? "sh"
    const login = flags.has("l")
    const env = login ? new Map([...process.env].filter(([key]) => key === "TERM")) : new Map(process.env)
    for (const [key, value] of [
      ["HOME", user.home],
      ["SHELL", shell],
      ["USER", user.name],
      ["LOGNAME", user.name],
    ] as const)
      if (login || user.uid !== 0 || key === "HOME" || key === "SHELL") env.set(key, value)
    if (login)
      env.set("PATH", user.uid === 0 ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" : "/usr/local/bin:/usr/bin:/bin")
    const command = flags.get("c")
    return yield* runAs(process, [shell, ...(typeof command === "string" ? ["-c", command, ...words.slice(1)] : words.slice(1))], {
      credentials: accounts.credentials(user),
      env,
      tool: "su",
      argv0: login ? `-${base}` : base,
      ...(login && process.files.exists(user.home) && { cwd: user.home }),
    })
  },
})

export const groups = defineTool({
  name: "groups",
  busybox: true,
  summary: "print the groups a user is in",
  *run(process, [name]) {
    const accounts = new Accounts(process.files)
    const user = name === undefined ? undefined : accounts.user(name)
    if (name !== undefined && !user) {
      yield* process.error(`groups: '${name}': no such user\n`)
      return 1
    }
    const list = user ? accounts.credentials(user).groups : process.credentials.groups
    yield* process.print(`${user ? `${name} : ` : ""}${list.map((gid) => accounts.groupName(gid)).join(" ")}\n`)
    return 0
  },
})

/** Terminals that somebody has, with the user and since when. */
const sessions = (process: Process): { tty: string; user: string; since: number; command: string }[] => {
  const accounts = new Accounts(process.files)
  return process
    .processes()
    .filter((one) => one.tty !== undefined && one.pid === one.session)
    .map((one) => ({
      tty: one.tty ?? "?",
      user: accounts.userName(one.credentials.uid),
      since: one.startedAt,
      command: one.argv.join(" "),
    }))
}

export const who = defineTool({
  name: "who",
  busybox: true,
  summary: "show who is logged on",
  *run(process, args) {
    if (args.join(" ") === "am i" && process.tty === undefined) return 0
    yield* process.print(
      sessions(process)
        .map(({ tty, user, since }) => `${user.padEnd(8)} ${tty.padEnd(12)} ${formatDate("%Y-%m-%d %H:%M", since)}\n`)
        .join(""),
    )
    return 0
  },
})

const uptimeSeconds = (process: Process): number =>
  process.files.access("/proc/uptime", { read: true }) ? Number(process.files.readText("/proc/uptime").split(" ")[0]) : 0

/** "up 1 day,  2:03,  1 user,  load average: …" */
export const uptimeLine = (process: Process): string => {
  const seconds = uptimeSeconds(process)
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60]
  const span = `${days > 0 ? `${days} day${days > 1 ? "s" : ""}, ` : ""}${hours > 0 ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, "0")}` : `${minutes} min`}`
  const count = sessions(process).length
  const load = process.files.access("/proc/loadavg", { read: true })
    ? process.files.readText("/proc/loadavg").split(" ").slice(0, 3).join(", ")
    : "0.00, 0.00, 0.00"
  return ` ${formatDate("%H:%M:%S", process.now())} up ${span},  ${count} user${count === 1 ? "" : "s"},  load average: ${load}`
}

export const uptime = defineTool({
  name: "uptime",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "tell how long the system has been running",
  *run(process, args) {
    const seconds = uptimeSeconds(process)
    if (args.includes("-p") || args.includes("--pretty")) {
      const parts = [
        [Math.floor(seconds / 86_400), "day"],
        [Math.floor(seconds / 3_600) % 24, "hour"],
        [Math.floor(seconds / 60) % 60, "minute"],
      ] as const
      const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count > 1 ? "s" : ""}`)
      yield* process.print(`up ${shown.join(", ") || "0 minutes"}\n`)
    } else if (args.includes("-s")) yield* process.print(`${formatDate("%Y-%m-%d %H:%M:%S", process.now() - seconds * 1_000)}\n`)
    else yield* process.print(`${uptimeLine(process)}\n`)
    return 0
  },
})

export const w = defineTool({
  name: "w",
  version: "from procps-ng 4.0.4",
  summary: "show who is logged on and what they are doing",
  *run(process) {
    yield* process.print(`${uptimeLine(process)}\nUSER     TTY      FROM             LOGIN@   IDLE   JCPU   PCPU WHAT\n`)
    for (const { tty, user, since, command } of sessions(process))
      yield* process.print(
        `${user.padEnd(8)} ${tty.padEnd(8)} ${"-".padEnd(16)} ${formatDate("%H:%M", since).padEnd(8)} 0.00s  0.00s  0.00s ${command}\n`,
      )
    return 0
  },
})

export const last = defineTool({
  name: "last",
  version: "from util-linux 2.39.3",
  summary: "show a listing of last logged in users",
  *run(process) {
    for (const { tty, user, since } of sessions(process).reverse())
      yield* process.print(
        `${user.padEnd(8)} ${tty.padEnd(12)} ${"".padEnd(16)} ${formatDate("%a %b %e %H:%M", since)}   still logged in\n`,
      )
    const booted = process.now() - uptimeSeconds(process) * 1_000
    yield* process.print(
      `reboot   system boot  6.8.0-94-generic ${formatDate("%a %b %e %H:%M", booted)}   still running\n\nwtmp begins ${formatDate("%a %b %e %H:%M:%S %Y", booted)}\n`,
    )
    return 0
  },
})

export const wall = defineTool({
  name: "wall",
  busybox: true,
  version: "from util-linux 2.39.3",
  summary: "write a message to all users",
  *run(process, args) {
    const words = args.filter((word) => !word.startsWith("-"))
    const text = words.length > 0 ? words.join(" ") : new TextDecoder().decode(yield* process.readAll(0)).replace(/\n$/, "")
    const user = new Accounts(process.files).userName(process.credentials.uid)
    const message = `\r\nBroadcast message from ${user}@${process.hostname} (${process.tty?.name ?? "somewhere"}) (${formatDate("%a %b %e %H:%M:%S %Y", process.now())}):\r\n\r\n${text}\r\n\r\n`
    for (const { tty } of sessions(process)) {
      try {
        const fd = yield* process.open(`/dev/${tty}`, "w")
        yield* process.write(fd, message)
        process.close(fd)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
      }
    }
    return 0
  },
})
