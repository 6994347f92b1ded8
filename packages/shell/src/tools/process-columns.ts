/** Columns of processes, as ps and top show them. As procps-ng 4.0.4. */
import { commandName, Accounts, type Process, type ProcessInfo } from "@drydock/machine"
import { formatDate } from "../text/date.ts"

export const commandLine = (one: ProcessInfo): string =>
  one.state === "Z" ? `[${commandName(one)}] <defunct>` : one.argv.length === 0 ? "[kthread]" : one.argv.join(" ")
export const two = (value: number): string => String(value).padStart(2, "0")
export const clock = (ms: number): string =>
  `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1_000) % 60)}`
export const shortClock = (ms: number): string => `${Math.floor(ms / 60_000)}:${two(Math.floor(ms / 1_000) % 60)}`

/** KiB of memory by name, of /proc/meminfo. */
export const memory = (process: Process): Readonly<Record<string, number>> =>
  Object.fromEntries(
    (process.files.access("/proc/meminfo", { read: true }) ? process.files.readText("/proc/meminfo") : "")
      .split("\n")
      .map((line) => /^(\w+):\s+(\d+)/.exec(line))
      .flatMap((match) => (match ? [[match[1], Number(match[2])]] : [])),
  ) as Record<string, number>

export interface Column {
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

export const columnsOf = (process: Process): Readonly<Record<string, Column>> => {
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

export const COLUMN_NAMES: Readonly<Record<string, string>> = {
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

export const table = (columns: readonly Column[], rows: readonly ProcessInfo[], headings: boolean): string => {
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
