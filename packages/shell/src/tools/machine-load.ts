/** free, nproc, lscpu, vmstat: what the machine has, and how much of it is in use. As procps-ng 4.0.4 and util-linux. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { memory } from "./process-columns.ts"
import { parseOptions, quote, usageError } from "./reading.ts"

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
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "", long: { all: "all", "ignore=": "ignore" } })
    if (problem) return yield* usageError(process, "nproc", problem)
    if (words.length > 0) return yield* usageError(process, "nproc", `extra operand ${quote(process, words[0])}`)
    const threads = Number(process.env.get("OMP_NUM_THREADS")?.split(",")[0] ?? 0)
    const limit = Number(process.env.get("OMP_THREAD_LIMIT") ?? 0) || Number.POSITIVE_INFINITY
    const all = threads > 0 && !flags.has("all") ? threads : processors(process)
    yield* process.print(`${Math.max(1, Math.min(all, limit) - Number(flags.get("ignore") ?? 0))}\n`)
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

/** Numbers of /proc/stat and /proc/vmstat that vmstat shows; what the simulation has not is none. */
function* vmRow(process: Process, before: { at: number; cpu: number } | undefined): Steps<{ row: string; at: number; cpu: number }> {
  const { MemFree = 0, Buffers = 0, Cached = 0, SwapTotal = 0, SwapFree = 0 } = memory(process)
  const list = process.processes()
  if (process.charge(list.length)) yield* process.yield()
  const cpu = list.reduce((sum, one) => sum + one.cpuTime, 0)
  const booted = process.files.access("/proc/uptime", { read: true })
    ? Number(process.files.readText("/proc/uptime").split(" ")[0]) * 1_000
    : 1
  const span = Math.max(1, before ? process.now() - before.at : booted) * processors(process)
  const busy = Math.min(100, Math.round((Math.max(0, cpu - (before?.cpu ?? 0)) / span) * 100))
  const user = Math.ceil(busy / 2)
  const cell = (value: number, width: number) => String(value).padStart(width)
  const row = [
    cell(list.filter(({ state }) => state === "R").length, 2),
    cell(0, 2),
    cell(SwapTotal - SwapFree, 6),
    cell(MemFree, 6),
    cell(Buffers, 6),
    cell(Cached, 6),
    ...[0, 0, 0, 0].map((value, at) => cell(value, at < 2 ? 4 : 5)),
    cell(list.length * 9, 4),
    cell(list.length * 17, 4),
    cell(user, 2),
    cell(busy - user, 2),
    cell(100 - busy, 2),
    cell(0, 2),
    cell(0, 2),
    cell(0, 2),
  ].join(" ")
  return { row, at: process.now(), cpu }
}

export const vmstat = defineTool({
  name: "vmstat",
  version: "from procps-ng 4.0.4",
  summary: "report virtual memory statistics",
  *run(process, args) {
    const { words, problem } = parseOptions(args, { letters: "afmnsdDwty", valued: "Sp" })
    if (problem) return yield* usageError(process, "vmstat", problem)
    const [delay, count] = words.map(Number)
    const wrong = words.find((word) => !/^\d+$/.test(word))
    if (wrong !== undefined) {
      yield* process.error(`vmstat: failed to parse argument: '${wrong}'\n`)
      return 1
    }
    yield* process.print(
      "procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu\n",
    )
    let before: { at: number; cpu: number } | undefined
    for (let left = count ?? (delay === undefined ? 1 : Number.POSITIVE_INFINITY); left > 0; left--) {
      const { row, ...now }: { row: string; at: number; cpu: number } = yield* vmRow(process, before)
      before = now
      yield* process.print(`${row}\n`)
      if (left > 1) yield* process.sleep(Math.max(0.1, delay) * 1_000)
    }
    return 0
  },
})
