/** ps, top, pgrep, pkill, pidof, killall, kill, free, nproc, vmstat, lscpu. */
import { Accounts, type Process, type ProcessInfo, SIGNALS, signalNamed, type Signal, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { compileRegex } from "../text/regex.ts"
import { parseOptions, usageError } from "./reading.ts"
import { uptimeLine } from "./users.ts"

const commandName = (one: ProcessInfo): string =>
  (one.argv[0] ?? "").replace(/: .*$/s, "").split("/").at(-1)?.replace(/^-/, "").slice(0, 15) ?? ""
const commandLine = (one: ProcessInfo): string => (one.argv.length === 0 ? "[kthread]" : one.argv.join(" "))
const two = (value: number): string => String(value).padStart(2, "0")
const clock = (ms: number): string =>
  `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1_000) % 60)}`
const shortClock = (ms: number): string => `${Math.floor(ms / 60_000)}:${two(Math.floor(ms / 1_000) % 60)}`

/** KiB of memory by name, of /proc/meminfo. */
const memory = (process: Process): Readonly<Record<string, number>> =>
  Object.fromEntries(
    (process.files.access("/proc/meminfo", { read: true }) ? process.files.readText("/proc/meminfo") : "")
      .split("\n")
      .map((line) => /^(\w+):\s+(\d+)/.exec(line))
      .flatMap((match) => (match ? [[match[1], Number(match[2])]] : [])),
  ) as Record<string, number>

interface Column {
  readonly heading: string
  readonly width: number
  readonly left?: boolean
  value(one: ProcessInfo): string
}

const elapsed = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24]
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return days > 0 ? `${days}-${two(hours)}:${rest}` : hours > 0 ? `${two(hours)}:${rest}` : rest
}

const columnsOf = (process: Process): Readonly<Record<string, Column>> => {
  const accounts = new Accounts(process.files)
  const total = memory(process).MemTotal ?? 4_194_304
  const user = (one: ProcessInfo) => accounts.userName(one.credentials.uid)
  const share = (one: ProcessInfo) => ((one.rss / total) * 100).toFixed(1)
  const busy = (one: ProcessInfo) => ((one.cpuTime / Math.max(1, process.now() - one.startedAt)) * 100).toFixed(1)
  return {
    pid: { heading: "PID", width: 7, value: (one) => String(one.pid) },
    ppid: { heading: "PPID", width: 7, value: (one) => String(one.ppid) },
    pgid: { heading: "PGID", width: 7, value: (one) => String(one.processGroup) },
    sid: { heading: "SID", width: 7, value: (one) => String(one.session) },
    user: { heading: "USER", width: 8, left: true, value: user },
    uid: { heading: "UID", width: 5, value: (one) => String(one.credentials.uid) },
    gid: { heading: "GID", width: 5, value: (one) => String(one.credentials.gid) },
    group: { heading: "GROUP", width: 8, left: true, value: (one) => accounts.groupName(one.credentials.gid) },
    stat: { heading: "STAT", width: 4, left: true, value: (one) => `${one.state}${one.pid === one.session ? "s" : ""}` },
    s: { heading: "S", width: 1, value: (one) => one.state },
    tty: { heading: "TTY", width: 8, left: true, value: (one) => one.tty ?? "?" },
    time: { heading: "TIME", width: 8, value: (one) => clock(one.cpuTime) },
    etime: { heading: "ELAPSED", width: 11, value: (one) => elapsed(process.now() - one.startedAt) },
    etimes: { heading: "ELAPSED", width: 7, value: (one) => String(Math.floor((process.now() - one.startedAt) / 1_000)) },
    lstart: { heading: "STARTED", width: 24, value: (one) => formatDate("%a %b %e %H:%M:%S %Y", one.startedAt) },
    start: { heading: "STARTED", width: 8, value: (one) => formatDate("%H:%M:%S", one.startedAt) },
    pcpu: { heading: "%CPU", width: 4, value: busy },
    pmem: { heading: "%MEM", width: 4, value: share },
    rss: { heading: "RSS", width: 5, value: (one) => String(one.rss) },
    vsz: { heading: "VSZ", width: 6, value: (one) => String(one.rss * 4) },
    ni: { heading: "NI", width: 3, value: () => "0" },
    pri: { heading: "PRI", width: 3, value: () => "19" },
    nlwp: { heading: "NLWP", width: 4, value: () => "1" },
    comm: { heading: "COMMAND", width: 15, left: true, value: commandName },
    args: { heading: "COMMAND", width: 27, left: true, value: commandLine },
  }
}

const NAMES: Readonly<Record<string, string>> = {
  cmd: "args",
  command: "args",
  ucmd: "comm",
  "%cpu": "pcpu",
  "%mem": "pmem",
  state: "s",
  tt: "tty",
  euser: "user",
  uname: "user",
  cputime: "time",
  ruser: "user",
  pgrp: "pgid",
  sess: "sid",
  vsize: "vsz",
  nice: "ni",
  euid: "uid",
  rssize: "rss",
}

const table = (columns: readonly Column[], rows: readonly ProcessInfo[], headings: boolean): string => {
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const { width, left } = columns[at]
        return at === cells.length - 1 && left ? cell : left ? cell.padEnd(width) : cell.padStart(width)
      })
      .join(" ")
  return [
    ...(headings ? [line(columns.map(({ heading }) => heading))] : []),
    ...rows.map((one) => line(columns.map(({ value }) => value(one)))),
  ]
    .map((text) => `${text}\n`)
    .join("")
}

/** Children behind their parents, indented, for --forest and f. */
const asForest = (rows: readonly ProcessInfo[]): ProcessInfo[] => {
  const pids = new Set(rows.map(({ pid }) => pid))
  const result: ProcessInfo[] = []
  const visit = (one: ProcessInfo, depth: number) => {
    result.push(depth === 0 ? one : { ...one, argv: [`${" ".repeat((depth - 1) * 4)} \\_ ${one.argv.join(" ")}`] })
    for (const child of rows) if (child.ppid === one.pid && child.pid !== one.pid && depth < 50) visit(child, depth + 1)
  }
  for (const one of rows) if (!pids.has(one.ppid) || one.ppid === one.pid) visit(one, 0)
  return result
}

/** busybox's: all processes, in its own columns, cut at the terminal's width. */
const busyboxTable = (process: Process, rows: readonly ProcessInfo[], wide: boolean): string => {
  const accounts = new Accounts(process.files)
  const width = wide ? Number.POSITIVE_INFINITY : (process.tty?.columns ?? 80) - 1
  const lines = rows.map(
    (one) =>
      `${String(one.pid).padStart(5)} ${accounts.userName(one.credentials.uid).slice(0, 8).padEnd(8)} ${shortClock(one.cpuTime).padStart(5)} ${one.argv.length > 0 && one.state !== "Z" ? commandLine(one) : `[${commandName(one)}]`}`,
  )
  return ["PID   USER     TIME  COMMAND", ...lines].map((line) => `${line.slice(0, width)}\n`).join("")
}

export const ps = defineTool({
  name: "ps",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "report a snapshot of the current processes",
  *run(process, args) {
    if (process.files.exists("/bin/busybox") && !args.some((word) => /^-\w*o/.test(word))) {
      yield* process.print(
        busyboxTable(
          process,
          process.processes(),
          args.some((word) => word.includes("w")),
        ),
      )
      return 0
    }
    const columns = columnsOf(process)
    const joined = args.filter((word) => !word.startsWith("-") && !/^\d+$/.test(word)).join("")
    const { flags, all, problem } = parseOptions(
      args.filter((word) => word.startsWith("-") || /^[\w,.%=]+$/.test(word)),
      {
        letters: "eAfFlajdHyLwTxu",
        valued: "opCtGUq",
        long: {
          forest: "H",
          "no-headers": "nh",
          "no-heading": "nh",
          "sort=": "sort",
          "pid=": "p",
          "ppid=": "ppid",
          "user=": "U",
          "format=": "o",
          "quick-pid=": "p",
          "tty=": "t",
          headers: "h",
        },
      },
    )
    if (problem) {
      yield* process.error(
        `error: unsupported SysV option\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n`,
      )
      return 1
    }
    const bsd = /^[auxwfelj]+$/.test(joined) ? joined : ""
    const list = process.processes()
    let rows = list.filter((one) => one.tty !== undefined && one.tty === process.tty?.name)
    const everything = flags.has("e") || flags.has("A") || /a.*x|x.*a/.test(bsd)
    if (everything) rows = [...list]
    else if (flags.has("a") || bsd.includes("a")) rows = list.filter((one) => one.tty !== undefined)
    else if (bsd.includes("x")) rows = list.filter((one) => one.credentials.uid === process.credentials.uid)
    const pids = (all.get("p") ?? []).flatMap((text) => text.split(/[ ,]+/)).map(Number)
    const bare = args
      .filter((word) => /^\d+(,\d+)*$/.test(word) && !/^-[opCtGUq]$/.test(args[args.indexOf(word) - 1] ?? ""))
      .flatMap((word) => word.split(","))
      .map(Number)
    if (pids.length + bare.length > 0) rows = list.filter(({ pid }) => pids.includes(pid) || bare.includes(pid))
    if (flags.has("ppid")) rows = list.filter(({ ppid }) => ppid === Number(flags.get("ppid")))
    const named = (all.get("C") ?? []).flatMap((text) => text.split(","))
    if (named.length > 0) rows = list.filter((one) => named.includes(commandName(one)))
    const users = flags.get("U")
    if (typeof users === "string") rows = list.filter((one) => users.split(",").includes(columns.user.value(one)))
    if (typeof flags.get("t") === "string") rows = list.filter((one) => one.tty === String(flags.get("t")).replace("/dev/", ""))
    const order = flags.get("sort")
    if (typeof order === "string") {
      const name = order.replace(/^[-+]/, "").split(",")[0]
      const column = columns[NAMES[name] ?? name] ?? columns.pid
      const numeric = (one: ProcessInfo) => Number(column.value(one))
      rows = [...rows].sort((a, b) => {
        const result = Number.isNaN(numeric(a)) ? (column.value(a) < column.value(b) ? -1 : 1) : numeric(a) - numeric(b)
        return order.startsWith("-") ? -result : result
      })
    }
    if (flags.has("H") || bsd.includes("f")) rows = asForest(rows)
    let wanted: Column[]
    let headings = !flags.has("nh")
    const formats = all.get("o")
    if (formats) {
      wanted = []
      for (const spec of formats.join(",").split(/[, ]+/)) {
        const [name, ...heading] = spec.split("=")
        const column = columns[NAMES[name.toLowerCase()] ?? name.toLowerCase()]
        if (!column) {
          yield* process.error(
            `error: unknown user-defined format specifier "${name}"\n\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n`,
          )
          return 1
        }
        wanted.push(spec.includes("=") ? { ...column, heading: heading.join("=") } : column)
      }
      // "pid=" for every column leaves the headings out.
      if (formats.every((format) => format.split(/[, ]+/).every((spec) => spec.endsWith("=")))) headings = false
    } else if (bsd.includes("u"))
      wanted = [
        columns.user,
        columns.pid,
        columns.pcpu,
        columns.pmem,
        columns.vsz,
        columns.rss,
        columns.tty,
        columns.stat,
        { heading: "START", width: 5, left: true, value: (one) => formatDate("%H:%M", one.startedAt) },
        { heading: "TIME", width: 6, value: (one) => shortClock(one.cpuTime) },
        columns.args,
      ]
    else if (bsd !== "")
      wanted = [
        columns.pid,
        columns.tty,
        columns.stat,
        { heading: "TIME", width: 6, value: (one) => shortClock(one.cpuTime) },
        columns.args,
      ]
    else if (flags.has("f") || flags.has("F"))
      wanted = [
        { ...columns.user, heading: "UID" },
        columns.pid,
        columns.ppid,
        { heading: "C", width: 2, value: () => "0" },
        { heading: "STIME", width: 5, value: (one) => formatDate("%H:%M", one.startedAt) },
        columns.tty,
        columns.time,
        { ...columns.args, heading: "CMD" },
      ]
    else if (flags.has("l"))
      wanted = [
        { heading: "F", width: 1, value: () => "4" },
        columns.s,
        columns.uid,
        columns.pid,
        columns.ppid,
        { heading: "C", width: 2, value: () => "0" },
        columns.pri,
        columns.ni,
        columns.tty,
        columns.time,
        { ...columns.comm, heading: "CMD" },
      ]
    else wanted = [columns.pid, columns.tty, columns.time, { ...columns.comm, heading: "CMD" }]
    if (process.charge(rows.length)) yield* process.yield()
    yield* process.print(table(wanted, rows, headings))
    return rows.length === 0 ? 1 : 0
  },
})

const mebibytes = (kib: number): string => (kib / 1024).toFixed(1)

function* topPage(process: Process, rows: number | undefined): Steps<string> {
  const { MemTotal = 0, MemFree = 0, MemAvailable = MemFree, Buffers = 0, Cached = 0, SwapTotal = 0, SwapFree = 0 } = memory(process)
  const list = [...process.processes()].sort((a, b) => b.cpuTime - a.cpuTime || a.pid - b.pid)
  if (process.charge(list.length)) yield* process.yield()
  const count = (state: string) => list.filter((one) => one.state === state).length
  const running = count("R")
  const columns = columnsOf(process)
  const lines = [
    `top -${uptimeLine(process)}`,
    `Tasks: ${String(list.length).padStart(3)} total, ${String(running).padStart(3)} running, ${String(list.length - running - count("T") - count("Z")).padStart(3)} sleeping, ${String(count("T")).padStart(3)} stopped, ${String(count("Z")).padStart(3)} zombie`,
    "%Cpu(s):  0.3 us,  0.3 sy,  0.0 ni, 99.3 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st",
    `MiB Mem : ${mebibytes(MemTotal).padStart(8)} total, ${mebibytes(MemFree).padStart(8)} free, ${mebibytes(MemTotal - MemAvailable).padStart(8)} used, ${mebibytes(Buffers + Cached).padStart(8)} buff/cache`,
    `MiB Swap: ${mebibytes(SwapTotal).padStart(8)} total, ${mebibytes(SwapFree).padStart(8)} free, ${mebibytes(SwapTotal - SwapFree).padStart(8)} used. ${mebibytes(MemAvailable).padStart(8)} avail Mem`,
    "",
    "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
    ...list.map(
      (one) =>
        `${String(one.pid).padStart(7)} ${columns.user.value(one).padEnd(8)}  20   0 ${String(one.rss * 4).padStart(7)} ${String(one.rss).padStart(6)} ${String(Math.floor(one.rss / 2)).padStart(6)} ${one.state} ${columns.pcpu.value(one).padStart(5)} ${columns.pmem.value(one).padStart(5)} ${`${Math.floor(one.cpuTime / 60_000)}:${two(Math.floor(one.cpuTime / 1_000) % 60)}.${two(Math.floor(one.cpuTime / 10) % 100)}`.padStart(9)} ${commandName(one)}`,
    ),
  ]
  return lines
    .slice(0, rows)
    .map((line) => `${line}\n`)
    .join("")
}

export const top = defineTool({
  name: "top",
  aliases: ["htop"],
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "display processes",
  *run(process, args) {
    const { flags, problem } = parseOptions(args, { letters: "bcHiS1", valued: "ndpuo" })
    if (problem) {
      yield* process.error(`top: ${problem}\n`)
      return 1
    }
    const limit = flags.has("n") ? Number(flags.get("n")) : Number.POSITIVE_INFINITY
    const delay = Math.max(100, Number(flags.get("d") ?? 3) * 1_000)
    const { tty } = process
    const interactive = !flags.has("b") && tty !== undefined && process.fds.get(0)?.kind === "tty" && process.fds.get(1)?.kind === "tty"
    if (!interactive) {
      for (let round = 0; round < limit; round++) {
        if (round > 0) yield* process.sleep(delay)
        yield* process.print(`${round > 0 ? "\n" : ""}${yield* topPage(process, undefined)}`)
      }
      return 0
    }
    const before = { ...tty.modes }
    tty.setModes({ canonical: false, echo: false })
    process.onSignal("SIGWINCH", () => {})
    try {
      yield* process.print("\x1b[?1049h\x1b[?25l")
      for (let round = 0; round < limit; round++) {
        const page = yield* topPage(process, tty.rows - 1)
        yield* process.print(
          `\x1b[H${page
            .split("\n")
            .map((line, at) =>
              at === 6 ? `\x1b[7m${line.slice(0, tty.columns).padEnd(tty.columns)}\x1b[0m` : `${line.slice(0, tty.columns)}\x1b[K`,
            )
            .join("\n")}\x1b[J`,
        )
        try {
          if ((yield* process.select([0], delay)).length === 0) continue
          const key = yield* process.read(0, 16)
          if (key.length === 0 || key.includes(113) || key.includes(3)) return 0
        } catch (error) {
          if (!(error instanceof SystemError && error.code === "EINTR")) throw error
        }
      }
      return 0
    } finally {
      tty.setModes(before)
      const end = "\x1b[?25h\x1b[?1049l"
      process.fds.get(1)?.tryWrite(new TextEncoder().encode(end))
    }
  },
})

/** Processes whose name (or whole line) fits a pattern; the asking one is left out. */
const matching = (process: Process, flags: ReadonlyMap<string, string | true>, pattern: string | undefined): ProcessInfo[] => {
  const regex =
    pattern === undefined
      ? undefined
      : compileRegex(flags.has("x") ? `^(${pattern})$` : pattern, { extended: true, ignoreCase: flags.has("i") })
  const accounts = new Accounts(process.files)
  const users = flags.get("u")
  return process
    .processes()
    .filter(
      (one) =>
        one.pid !== process.pid &&
        (regex === undefined || regex.test(flags.has("f") ? one.argv.join(" ") : commandName(one)) !== flags.has("v")) &&
        (typeof users !== "string" || users.split(",").includes(accounts.userName(one.credentials.uid))) &&
        (typeof flags.get("P") !== "string" || one.ppid === Number(flags.get("P"))),
    )
}

const SEARCH = {
  letters: "flaxviconw",
  valued: "uPtgsd",
  long: {
    full: "f",
    "list-name": "l",
    "list-full": "a",
    exact: "x",
    inverse: "v",
    "ignore-case": "i",
    count: "c",
    oldest: "o",
    newest: "n",
    "parent=": "P",
    "euid=": "u",
    echo: "e",
  },
}

export const pgrep = defineTool({
  name: "pgrep",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "look up processes by name",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, SEARCH)
    if (problem || (words.length === 0 && !flags.has("u") && !flags.has("P"))) {
      yield* process.error(`pgrep: ${problem ?? "no matching criteria specified"}\nTry \`pgrep --help' for more information.\n`)
      return 2
    }
    let found = matching(process, flags, words[0])
    if (flags.has("n")) found = found.slice(-1)
    if (flags.has("o")) found = found.slice(0, 1)
    const separator = String(flags.get("d") ?? "\n")
    if (flags.has("c")) yield* process.print(`${found.length}\n`)
    else if (found.length > 0)
      yield* process.print(
        `${found.map((one) => `${one.pid}${flags.has("a") ? ` ${commandLine(one)}` : flags.has("l") ? ` ${commandName(one)}` : ""}`).join(separator)}\n`,
      )
    return found.length > 0 ? 0 : 1
  },
})

export const pkill = defineTool({
  name: "pkill",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "signal processes by name",
  *run(process, args) {
    let signal: Signal = "SIGTERM"
    const rest = args.filter((word) => {
      const named = /^-(?:SIG)?([A-Z]{2,}\d?|\d+)$/.exec(word)
      const known = named ? signalNamed(named[1]) : undefined
      if (known) signal = known
      return !known
    })
    const { flags, words, problem } = parseOptions(rest, { ...SEARCH, long: { ...SEARCH.long, "signal=": "sig" } })
    if (problem || (words.length === 0 && !flags.has("u") && !flags.has("P"))) {
      yield* process.error(`pkill: ${problem ?? "no matching criteria specified"}\nTry \`pkill --help' for more information.\n`)
      return 2
    }
    if (typeof flags.get("sig") === "string") signal = signalNamed(String(flags.get("sig"))) ?? signal
    let sent = 0
    for (const one of matching(process, flags, words[0])) {
      try {
        process.kill(one.pid, signal)
        sent++
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`pkill: killing pid ${one.pid} failed: ${error.message}\n`)
      }
    }
    return sent > 0 ? 0 : 1
  },
})

export const pidof = defineTool({
  name: "pidof",
  busybox: true,
  summary: "find the process ID of a running program",
  *run(process, args) {
    const names = args.filter((word) => !word.startsWith("-")).map((word) => word.split("/").at(-1))
    const found = process.processes().filter((one) => names.includes(commandName(one)))
    if (found.length === 0) return 1
    const pids = found.map(({ pid }) => pid).reverse()
    yield* process.print(`${(args.includes("-s") ? pids.slice(0, 1) : pids).join(" ")}\n`)
    return 0
  },
})

/** Signals pids or names; kill(1) outside the shell, and killall. */
function* signalAll(process: Process, tool: string, args: readonly string[], find: (word: string) => readonly number[]): Steps<number> {
  let signal: Signal | 0 = "SIGTERM"
  const words: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word === "-l" || word === "-L") {
      yield* process.print(
        `${Object.keys(SIGNALS)
          .map((name) => name.slice(3))
          .join(" ")}\n`,
      )
      return 0
    }
    const name = word === "-s" || word === "-n" || word === "--signal" ? args[++at] : /^-[A-Z0-9]/.test(word) ? word.slice(1) : undefined
    if (name === undefined) {
      if (!word.startsWith("-") || /^-\d/.test(word)) words.push(word)
      continue
    }
    const known = name === "0" ? 0 : signalNamed(name)
    if (known === undefined) {
      yield* process.error(`${tool}: ${name}: unknown signal name\n`)
      return 1
    }
    signal = known
  }
  if (words.length === 0) return yield* usageError(process, tool, "not enough arguments")
  let status = 0
  for (const word of words) {
    const pids = find(word)
    if (pids.length === 0) {
      yield* process.error(tool === "killall" ? `${word}: no process found\n` : `${tool}: failed to parse argument: '${word}'\n`)
      status = 1
    }
    for (const pid of pids) {
      try {
        process.kill(pid, signal)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`${tool}: (${pid}): ${error.message}\n`)
        status = 1
      }
    }
  }
  return status
}

export const kill = defineTool({
  name: "kill",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "send a signal to a process",
  run: (process, args) => signalAll(process, "kill", args, (word) => (/^-?\d+$/.test(word) ? [Number(word)] : [])),
})

export const killall = defineTool({
  name: "killall",
  busybox: true,
  summary: "kill processes by name",
  run: (process, args) =>
    signalAll(process, "killall", args, (word) =>
      process
        .processes()
        .filter((one) => one.pid !== process.pid && commandName(one) === word)
        .map(({ pid }) => pid),
    ),
})

export const free = defineTool({
  name: "free",
  busybox: true,
  version: "from procps-ng 4.0.4",
  summary: "display amount of free and used memory",
  *run(process, args) {
    const { flags, problem } = parseOptions(args, {
      letters: "bkmghtwl",
      valued: "sc",
      long: { human: "h", mebi: "m", gibi: "g", kibi: "k", bytes: "b", total: "t", wide: "w" },
    })
    if (problem) return yield* usageError(process, "free", problem)
    const {
      MemTotal = 0,
      MemFree = 0,
      MemAvailable = MemFree,
      Buffers = 0,
      Cached = 0,
      Shmem = 0,
      SwapTotal = 0,
      SwapFree = 0,
    } = memory(process)
    const shown = (kib: number): string => {
      if (flags.has("b")) return String(kib * 1024)
      if (flags.has("m")) return String(Math.floor(kib / 1024))
      if (flags.has("g")) return String(Math.floor(kib / 1024 ** 2))
      if (!flags.has("h")) return String(kib)
      if (kib === 0) return "0B"
      const power = Math.min(3, Math.floor(Math.log(kib) / Math.log(1024)))
      const value = kib / 1024 ** power
      return `${value < 10 ? value.toFixed(1) : Math.round(value)}${["Ki", "Mi", "Gi", "Ti"][power]}`
    }
    const row = (name: string, values: readonly number[]) =>
      `${name.padEnd(8)}${values.map((value) => shown(value).padStart(12)).join("")}\n`
    const heading = `        ${["total", "used", "free", "shared", "buff/cache", "available"].map((name) => name.padStart(12)).join("")}\n`
    const used = MemTotal - MemAvailable
    yield* process.print(
      heading +
        row("Mem:", [MemTotal, used, MemFree, Shmem, Buffers + Cached, MemAvailable]) +
        row("Swap:", [SwapTotal, SwapTotal - SwapFree, SwapFree]) +
        (flags.has("t") ? row("Total:", [MemTotal + SwapTotal, used + SwapTotal - SwapFree, MemFree + SwapFree]) : ""),
    )
    return 0
  },
})

const processors = (process: Process): number =>
  process.files.access("/proc/cpuinfo", { read: true })
    ? Math.max(1, process.files.readText("/proc/cpuinfo").split(/^processor\s*:/m).length - 1)
    : 2

export const nproc = defineTool({
  name: "nproc",
  busybox: true,
  summary: "print the number of processing units available",
  *run(process) {
    yield* process.print(`${processors(process)}\n`)
    return 0
  },
})

export const lscpu = defineTool({
  name: "lscpu",
  version: "from util-linux 2.39.3",
  summary: "display information about the CPU architecture",
  *run(process) {
    const count = processors(process)
    const rows = [
      ["Architecture:", "x86_64"],
      ["  CPU op-mode(s):", "32-bit, 64-bit"],
      ["  Byte Order:", "Little Endian"],
      ["CPU(s):", String(count)],
      ["  On-line CPU(s) list:", count > 1 ? `0-${count - 1}` : "0"],
      ["Vendor ID:", "GenuineIntel"],
      ["Virtualization type:", "full"],
    ]
    yield* process.print(rows.map(([name, value]) => `${name.padEnd(26)} ${value}\n`).join(""))
    return 0
  },
})
