/** sleep, env, which, id, whoami, hostname, uname, timeout, yes, clear, nohup. */
import { Accounts, type ExitStatus, type Process, SIGNALS, signalNamed, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { findExecutable } from "./executables.ts"
import { parseOptions, quote, usageError } from "./reading.ts"

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** As strtod with a unit behind it: "1.5h", "1e3", "infinity". */
const seconds = (text: string): number => {
  const match = /^\+?(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|inf(?:inity)?)([smhd]?)$/i.exec(text)
  if (!match) return Number.NaN
  const amount = /^inf/i.test(match[1]) ? Number.POSITIVE_INFINITY : Number(match[1])
  return amount * (UNITS[match[2]] ?? 1)
}

/** Until a signal ends it, where the time has no end. */
function* pause(process: Process, ms: number): Steps<void> {
  if (Number.isFinite(ms)) yield* process.sleep(ms)
  else for (;;) if ((yield* process.wait({ queues: [] })) === "signal") throw new SystemError("EINTR")
}

export const sleep = defineTool({
  name: "sleep",
  busybox: true,
  summary: "wait",
  *run(process, args) {
    const total = args.reduce((sum, word) => sum + seconds(word), 0)
    if (args.length === 0) return yield* usageError(process, "sleep", "missing operand")
    const option = /^-(.)/.exec(args[0])
    if (option) return yield* usageError(process, "sleep", `invalid option -- '${option[1]}'`)
    if (Number.isNaN(total))
      return yield* usageError(
        process,
        "sleep",
        args
          .filter((word) => Number.isNaN(seconds(word)))
          .map((word) => `invalid time interval ${quote(process, word)}`)
          .join("\nsleep: "),
      )
    yield* pause(process, total * 1_000)
    return 0
  },
})

/** Runs a command as a child with this process's descriptors; its exit code. */
export function* runCommand(
  process: Process,
  words: readonly string[],
  options: { env?: ReadonlyMap<string, string>; cwd?: string; tool?: string } = {},
): Steps<number> {
  const path = findExecutable(process, words[0])
  const named = ["env", "nice", "nohup"].includes(options.tool ?? "env")
    ? quote(process, words[0])
    : options.tool === "xargs"
      ? words[0]
      : `'${words[0]}'`
  const what = options.tool === "nohup" ? "failed to run command " : ""
  if (path === undefined) {
    yield* process.error(`${options.tool ?? "env"}: ${what}${named}: No such file or directory\n`)
    return 127
  }
  try {
    const child = process.spawnFile(path, {
      argv: words,
      ...(options.env && { env: options.env }),
      ...(options.cwd && { cwd: options.cwd }),
    })
    const ended = yield* process.waitFor({ pid: child.pid })
    return ended?.status.kind === "exited"
      ? ended.status.code
      : ended?.status.kind === "signaled"
        ? 128 + SIGNALS[ended.status.signal].number
        : 1
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.error(`${options.tool ?? "env"}: ${what}${named}: ${error.message}\n`)
    return 126
  }
}

export const env = defineTool({
  name: "env",
  aliases: ["printenv"],
  busybox: true,
  summary: "run a command in a changed environment",
  *run(process, args) {
    const environment = new Map(process.env)
    const words = [...args]
    if (process.argv[0]?.endsWith("printenv")) {
      for (const name of words) {
        if (!environment.has(name)) return 1
        yield* process.print(`${environment.get(name)}\n`)
      }
      if (words.length > 0) return 0
    }
    let cwd: string | undefined
    let end = "\n"
    let tells = false
    const unset: string[] = []
    while (words[0]?.startsWith("-")) {
      const option = words.shift() as string
      if (option === "--") break
      if (option === "-i" || option === "-" || option === "--ignore-environment") environment.clear()
      else if (/^(-u|--unset$|--unset=)/.test(option)) {
        const name = option === "-u" || option === "--unset" ? (words.shift() ?? "") : option.replace(/^(-u|--unset=)/, "")
        if (name === "" || name.includes("=")) {
          yield* process.error(`env: cannot unset ${quote(process, name)}: Invalid argument\n`)
          return 125
        }
        unset.push(name)
      } else if (option === "-C" || option === "--chdir") cwd = words.shift()
      else if (option.startsWith("--chdir=")) cwd = option.slice(8)
      else if (option === "-S" || option.startsWith("--split-string=")) {
        const text = option === "-S" ? (words.shift() ?? "") : option.slice(15)
        words.unshift(...(text.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, "$2")))
      } else if (option === "-0" || option === "--null") end = "\0"
      else if (option === "-v" || option === "--debug") tells = true
      else
        return yield* usageError(
          process,
          "env",
          option.startsWith("--") ? `unrecognized option '${option}'` : `invalid option -- '${option[1]}'`,
          125,
        )
    }
    for (const name of unset) {
      if (tells) yield* process.error(`unset:    ${name}\n`)
      environment.delete(name)
    }
    while (words[0]?.includes("=")) {
      const [name, ...value] = (words.shift() as string).split("=")
      if (tells) yield* process.error(`setenv:   ${name}=${value.join("=")}\n`)
      environment.set(name, value.join("="))
    }
    if (tells && words.length > 0)
      yield* process.error(`executing: ${words[0]}\n${words.map((word, at) => `   arg[${at}]= ${quote(process, word)}\n`).join("")}`)
    if (words.length > 0) return yield* runCommand(process, words, { env: environment, ...(cwd !== undefined && { cwd }) })
    yield* process.print([...environment].map(([name, value]) => `${name}=${value}${end}`).join(""))
    return 0
  },
})

export const which = defineTool({
  name: "which",
  busybox: true,
  summary: "locate a command",
  *run(process, words) {
    let status = 0
    for (const word of words.filter((one) => !one.startsWith("-"))) {
      const path = findExecutable(process, word)
      if (path) yield* process.print(`${path}\n`)
      else status = 1
    }
    return status
  },
})

const userName = (process: Process): string =>
  (process.files.exists("/etc/passwd") ? process.files.readText("/etc/passwd") : "")
    .split("\n")
    .map((line) => line.split(":"))
    .find(([, , uid]) => Number(uid) === process.credentials.uid)?.[0] ?? String(process.credentials.uid)

/** Names by number, of /etc/passwd or /etc/group. */
const accountNames = (process: Process, path: string): Map<number, string> =>
  new Map(
    (process.files.exists(path) ? process.files.readText(path) : "")
      .split("\n")
      .map((line) => line.split(":"))
      .filter((fields) => fields.length > 2)
      .map(([name, , number]) => [Number(number), name]),
  )

export const whoami = defineTool({
  name: "whoami",
  busybox: true,
  summary: "print the user",
  *run(process) {
    yield* process.print(`${userName(process)}\n`)
    return 0
  },
})

export const id = defineTool({
  name: "id",
  busybox: true,
  summary: "print user and groups",
  *run(process, args) {
    const letters = args.filter((arg) => /^-[a-zA-Z]+$/.test(arg)).join("")
    const users = accountNames(process, "/etc/passwd")
    const groupNames = accountNames(process, "/etc/group")
    const [name] = args.filter((arg) => !arg.startsWith("-"))
    const accounts = new Accounts(process.files)
    const asked = name === undefined ? undefined : (accounts.user(name) ?? accounts.users().find((one) => String(one.uid) === name))
    if (name !== undefined && !asked) {
      yield* process.error(`id: ${quote(process, name)}: no such user\n`)
      return 1
    }
    const { uid, gid } = asked ?? process.credentials
    const others = asked
      ? accounts
          .groups()
          .filter(({ members }) => members.includes(asked.name))
          .map((group) => group.gid)
      : process.credentials.groups
    // The kernel's groups do not include the primary one; id(1) shows it first, or where it stands among them.
    const groups = others.includes(gid) ? others : [gid, ...others]
    const plain = (number: number, names: ReadonlyMap<number, string>) => (letters.includes("n") ? (names.get(number) ?? number) : number)
    const named = (number: number, names: ReadonlyMap<number, string>) =>
      names.has(number) ? `${number}(${names.get(number)})` : String(number)
    yield* process.print(
      letters.includes("u")
        ? `${plain(uid, users)}\n`
        : letters.includes("g")
          ? `${plain(gid, groupNames)}\n`
          : letters.includes("G")
            ? `${groups.map((group) => plain(group, groupNames)).join(" ")}\n`
            : `uid=${named(uid, users)} gid=${named(gid, groupNames)} groups=${groups.map((group) => named(group, groupNames)).join(",")}\n`,
    )
    return 0
  },
})

export const hostname = defineTool({
  name: "hostname",
  busybox: true,
  summary: "print the host's name",
  *run(process, args) {
    yield* process.print(
      /^-[iI]$/.test(args[0] ?? "")
        ? `${process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"} \n`
        : `${process.hostname}\n`,
    )
    return 0
  },
})

export const uname = defineTool({
  name: "uname",
  busybox: true,
  summary: "print system information",
  *run(process, args) {
    const { flags, problem } = parseOptions(args, {
      letters: "asnrvmpio",
      long: {
        all: "a",
        "kernel-name": "s",
        nodename: "n",
        "kernel-release": "r",
        "kernel-version": "v",
        machine: "m",
        processor: "p",
        "hardware-platform": "i",
        "operating-system": "o",
      },
    })
    if (problem) return yield* usageError(process, "uname", problem)
    const release =
      /Linux version (\S+)/.exec(process.files.exists("/proc/version") ? process.files.readText("/proc/version") : "")?.[1] ??
      "6.8.0-94-generic"
    const parts: [string, string][] = [
      ["s", "Linux"],
      ["n", process.hostname],
      ["r", release],
      ["v", "#1 SMP PREEMPT_DYNAMIC"],
      ["m", "x86_64"],
      ["p", flags.has("a") ? "x86_64" : "unknown"],
      ["i", flags.has("a") ? "x86_64" : "unknown"],
      ["o", "GNU/Linux"],
    ]
    yield* process.print(
      `${parts
        .filter(([letter]) => flags.has("a") || flags.has(letter) || (flags.size === 0 && letter === "s"))
        .map(([, text]) => text)
        .join(" ")}\n`,
    )
    return 0
  },
})

const codeOf = (status: ExitStatus): number =>
  status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 0

export const timeout = defineTool({
  name: "timeout",
  busybox: true,
  summary: "run a command with a time limit",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "v",
      valued: "sk",
      stopAtWord: true,
      long: { "signal=": "s", "kill-after=": "k", "preserve-status": "preserve", foreground: "f", verbose: "v" },
    })
    const [limit, ...command] = words
    if (limit === undefined || command.length === 0) {
      yield* process.error("Try 'timeout --help' for more information.\n")
      return 125
    }
    if (Number.isNaN(seconds(limit))) return yield* usageError(process, "timeout", `invalid time interval ${quote(process, limit)}`, 125)
    const signal = signalNamed(String(flags.get("s") ?? "TERM"))
    if (!signal) return yield* usageError(process, "timeout", `${quote(process, String(flags.get("s")))}: invalid signal`, 125)
    const path = findExecutable(process, command[0] ?? "")
    if (!path) {
      yield* process.error(`timeout: failed to run command ${quote(process, command[0])}: No such file or directory\n`)
      return 127
    }
    const child = process.spawnFile(path, { argv: command })
    // 0 is no limit.
    const given = seconds(limit) * 1_000
    const until = given > 0 && Number.isFinite(given) ? process.now() + given : undefined
    const changed = process.queue()
    process.onSignal("SIGCHLD", () => changed.wake())
    for (;;) {
      const ended = yield* process.waitFor({ pid: child.pid, noHang: true })
      if (ended) return codeOf(ended.status)
      if (until !== undefined && process.now() >= until) {
        const tell = function* (name: string): Steps<void> {
          if (flags.has("v")) yield* process.error(`timeout: sending signal ${name.slice(3)} to command ${quote(process, command[0])}\n`)
        }
        yield* tell(signal)
        process.kill(child.pid, signal)
        if (signal !== "SIGKILL") process.kill(child.pid, "SIGCONT")
        const grace = flags.has("k") ? process.now() + seconds(String(flags.get("k"))) * 1_000 : undefined
        let last = yield* process.waitFor({ pid: child.pid, noHang: true })
        let forced = signal === "SIGKILL"
        while (!last) {
          if (grace !== undefined && process.now() >= grace && !forced) {
            yield* tell("SIGKILL")
            process.kill(child.pid, "SIGKILL")
            forced = true
          }
          yield* process.wait({ queues: [changed], ...(grace !== undefined && !forced && { until: grace }) })
          last = yield* process.waitFor({ pid: child.pid, noHang: true })
        }
        // timeout itself ends as it ended its command by SIGKILL.
        if (forced) process.kill(process.pid, "SIGKILL")
        return flags.has("preserve") ? codeOf(last.status) : 124
      }
      yield* process.wait({ queues: [changed], ...(until !== undefined && { until }) })
    }
  },
})

export const nohup = defineTool({
  name: "nohup",
  busybox: true,
  summary: "ignore hang-ups",
  *run(process, args) {
    if (args.length === 0) return yield* usageError(process, "nohup", "missing operand", 125)
    process.onSignal("SIGHUP", "ignore")
    if (process.fds.get(1)?.kind === "tty") {
      const fd = yield* process.open("nohup.out", "a")
      yield* process.error("nohup: ignoring input and appending output to 'nohup.out'\n")
      process.dup(fd, 1)
      process.close(fd)
    }
    return yield* runCommand(process, args, { tool: "nohup" })
  },
})

export const yes = defineTool({
  name: "yes",
  busybox: true,
  summary: "print a line until killed",
  *run(process, args) {
    const line = `${args.join(" ") || "y"}\n`
    const block = line.repeat(Math.max(1, Math.floor(4_096 / line.length)))
    for (;;) yield* process.print(block)
  },
})

export const clear = defineTool({
  name: "clear",
  busybox: true,
  summary: "clear the screen",
  *run(process) {
    yield* process.print("\x1b[H\x1b[2J\x1b[3J")
    return 0
  },
})
