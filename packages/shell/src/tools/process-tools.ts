/** sleep, env, which, id, whoami, hostname, uname, xargs, timeout, watch, yes, clear, nohup. */
import { type Process, SIGNALS, signalNamed, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { findExecutable } from "./executables.ts"
import { parseOptions, usageError } from "./reading.ts"

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
    if (Number.isNaN(total))
      return yield* usageError(process, "sleep", `invalid time interval '${args.find((word) => Number.isNaN(seconds(word)))}'`)
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
  if (path === undefined) {
    yield* process.error(`${options.tool ?? "env"}: '${words[0]}': No such file or directory\n`)
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
    yield* process.error(`${options.tool ?? "env"}: '${words[0]}': ${error.message}\n`)
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
    while (words[0]?.startsWith("-")) {
      const option = words.shift()
      if (option === "-i" || option === "-") environment.clear()
      else if (option === "-u") environment.delete(words.shift() ?? "")
    }
    while (words[0]?.includes("=")) {
      const [name, ...value] = (words.shift() as string).split("=")
      environment.set(name, value.join("="))
    }
    if (words.length > 0) return yield* runCommand(process, words, { env: environment })
    yield* process.print([...environment].map(([name, value]) => `${name}=${value}\n`).join(""))
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
    const { uid, gid } = process.credentials
    // The kernel's groups do not include the primary one; id(1) shows it first, or where it stands among them.
    const groups = process.credentials.groups.includes(gid) ? process.credentials.groups : [gid, ...process.credentials.groups]
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
    const { flags } = parseOptions(args, { letters: "asnrvmpio" })
    const release =
      /Linux version (\S+)/.exec(process.files.exists("/proc/version") ? process.files.readText("/proc/version") : "")?.[1] ??
      "6.8.0-94-generic"
    const parts: [string, string][] = [
      ["s", "Linux"],
      ["n", process.hostname],
      ["r", release],
      ["v", "#1 SMP PREEMPT_DYNAMIC"],
      ["m", "x86_64"],
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

export const xargs = defineTool({
  name: "xargs",
  busybox: true,
  summary: "build command lines from input",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "0rtp",
      valued: "nILPd",
      stopAtWord: true,
      long: { null: "0", "no-run-if-empty": "r", "max-args=": "n" },
    })
    const text = new TextDecoder().decode(yield* process.readAll(0))
    const replace = flags.get("I")
    const items = flags.has("0")
      ? text.split("\0").filter(Boolean)
      : replace !== undefined || flags.has("L")
        ? text
            .split("\n")
            .filter((line) => line.trim() !== "")
            .map((line) => line.trim())
        : typeof flags.get("d") === "string"
          ? text
              .replace(/\n$/, "")
              .split(String(flags.get("d")).replace("\\n", "\n"))
              .filter(Boolean)
          : (text.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, "$2"))
    const command = words.length > 0 ? words : ["echo"]
    if (items.length === 0 && (flags.has("r") || replace !== undefined)) return 0
    let status = 0
    const run = function* (line: readonly string[]): Steps<void> {
      if ((yield* runCommand(process, line, { tool: "xargs" })) !== 0) status = 123
    }
    if (typeof replace === "string") for (const item of items) yield* run(command.map((word) => word.split(replace).join(item)))
    else {
      const size = Number(flags.get("n") ?? flags.get("L") ?? Number.POSITIVE_INFINITY)
      for (let at = 0; at < Math.max(1, items.length); at += size === Number.POSITIVE_INFINITY ? Math.max(1, items.length) : size)
        yield* run([...command, ...items.slice(at, at + size)])
    }
    return status
  },
})

export const timeout = defineTool({
  name: "timeout",
  busybox: true,
  summary: "run a command with a time limit",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "v",
      valued: "sk",
      stopAtWord: true,
      long: { "signal=": "s", "kill-after=": "k", "preserve-status": "v" },
    })
    const [limit, ...command] = words
    if (limit === undefined || command.length === 0) return yield* usageError(process, "timeout", "missing operand", 125)
    if (Number.isNaN(seconds(limit))) return yield* usageError(process, "timeout", `invalid time interval '${limit}'`, 125)
    const path = findExecutable(process, command[0] ?? "")
    if (!path) {
      yield* process.error(`timeout: failed to run command '${command[0]}': No such file or directory\n`)
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
      if (ended) return ended.status.kind === "exited" ? ended.status.code : 128
      if (until !== undefined && process.now() >= until) {
        process.kill(child.pid, signalNamed(String(flags.get("s") ?? "TERM")) ?? "SIGTERM")
        yield* process.waitFor({ pid: child.pid })
        return 124
      }
      yield* process.wait({ queues: [changed], ...(until !== undefined && { until }) })
    }
  },
})

export const watch = defineTool({
  name: "watch",
  busybox: true,
  summary: "run a command periodically",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "dtebcx",
      valued: "n",
      stopAtWord: true,
      long: { "interval=": "n", differences: "d", "no-title": "t" },
    })
    const interval = Math.max(0.1, Number(flags.get("n") ?? 2))
    for (;;) {
      yield* process.print(
        `\x1b[H\x1b[2J${flags.has("t") ? "" : `Every ${interval.toFixed(1)}s: ${words.join(" ")}${" ".repeat(4)}${process.hostname}: ${formatDate("%a %b %e %H:%M:%S %Y", process.now())}\n\n`}`,
      )
      yield* runCommand(process, ["/bin/sh", "-c", words.join(" ")], { tool: "watch" })
      yield* process.sleep(interval * 1_000)
    }
  },
})

export const nohup = defineTool({
  name: "nohup",
  busybox: true,
  summary: "ignore hang-ups",
  *run(process, args) {
    process.onSignal("SIGHUP", "ignore")
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
