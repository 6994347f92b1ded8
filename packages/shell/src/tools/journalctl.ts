/** journalctl: the machine's journal. */
import type { JournalEntry, Process, SimulatedMachine, Steps } from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { parseDate } from "../text/parse-date.ts"
import { compileRegex, RegexError } from "../text/regex.ts"
import { kernelLines } from "./journal-tools.ts"
import { parseOptions, usageError } from "./reading.ts"

const PRIORITIES = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]

const fieldsOf = (entry: JournalEntry, host: string): Readonly<Record<string, string>> => ({
  _HOSTNAME: host,
  _SYSTEMD_UNIT: entry.unit,
  SYSLOG_IDENTIFIER: entry.identifier,
  _PID: String(entry.pid),
  _TRANSPORT: entry.identifier === "kernel" ? "kernel" : "stdout",
  PRIORITY: String(entry.priority),
  MESSAGE: entry.message,
})

/** -o verbose: the time and the cursor, then every field on a line of its own. */
const verbose = (entry: JournalEntry, host: string): string =>
  `${formatDate("%a %Y-%m-%d %H:%M:%S.%6N UTC", entry.at)} [s=${Math.floor(entry.at).toString(16)};i=${entry.pid.toString(16)}]\n${Object.entries(
    fieldsOf(entry, host),
  )
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `    ${name}=${value}\n`)
    .join("")}`

/** One line (or object) of the journal in one of journalctl's output formats. */
export const journalLine = (entry: JournalEntry, host: string, format: string): string => {
  const head = `${host} ${entry.identifier}${entry.pid > 0 ? `[${entry.pid}]` : ""}: `
  switch (format) {
    case "cat":
      return `${entry.message}\n`
    case "short-iso":
      return `${formatDate("%Y-%m-%dT%H:%M:%S+00:00", entry.at)} ${head}${entry.message}\n`
    case "short-precise":
      return `${formatDate("%b %d %H:%M:%S.%6N", entry.at)} ${head}${entry.message}\n`
    case "short-iso-precise":
      return `${formatDate("%Y-%m-%dT%H:%M:%S.%6N+00:00", entry.at)} ${head}${entry.message}\n`
    case "with-unit":
      return `${formatDate("%a %Y-%m-%d %H:%M:%S UTC", entry.at)} ${host} ${entry.unit || entry.identifier}${entry.pid > 0 ? `[${entry.pid}]` : ""}: ${entry.message}\n`
    case "verbose":
      return verbose(entry, host)
    case "short-full":
      return `${formatDate("%a %Y-%m-%d %H:%M:%S UTC", entry.at)} ${head}${entry.message}\n`
    case "short-unix":
      return `${(entry.at / 1_000).toFixed(6)} ${head}${entry.message}\n`
    case "json":
    case "json-pretty": {
      const fields = { __REALTIME_TIMESTAMP: String(Math.floor(entry.at * 1_000)), ...fieldsOf(entry, host) }
      return `${JSON.stringify(fields, undefined, format === "json" ? undefined : "\t")}\n`
    }
    default: {
      const start = formatDate("%b %d %H:%M:%S", entry.at)
      // Further lines of a message stand under its first.
      return `${start} ${head}${entry.message.replaceAll("\n", `\n${" ".repeat(start.length + 1 + head.length)}`)}\n`
    }
  }
}

function* follow(process: Process, machine: SimulatedMachine, wanted: (entry: JournalEntry) => boolean, format: string): Steps<number> {
  const pending: string[] = []
  const queue = process.queue()
  const stop = machine.journal.follow((entry) => {
    if (!wanted(entry)) return
    pending.push(journalLine(entry, process.hostname, format))
    queue.wake()
  })
  try {
    for (;;) {
      yield* process.print(pending.splice(0).join(""))
      yield* process.wait({ queues: [queue] })
    }
  } finally {
    stop()
  }
}

/** When the machine came up, ms since the epoch. */
const bootTime = (process: Process): number =>
  process.files.access("/proc/uptime", { read: true })
    ? process.now() - Number(process.files.readText("/proc/uptime").split(" ")[0]) * 1_000
    : process.now()

export const journalctl = (machine: () => SimulatedMachine): Tool =>
  defineTool({
    name: "journalctl",
    version: "systemd 255 (255.4-1ubuntu8.11)",
    summary: "print log entries from the systemd journal",
    *run(process, args) {
      // -b and -n take a value only when one is there.
      const given = args.flatMap((word, at) =>
        word === "-n" && !/^\+?\d+$/.test(args[at + 1] ?? "")
          ? ["-n", "10"]
          : word === "-b" && /^-?\d+$/.test(args[at + 1] ?? "")
            ? [`--boot=${args[at + 1]}`]
            : /^-?\d+$/.test(word) && args[at - 1] === "-b"
              ? []
              : [word],
      )
      const { flags, all, words, problem } = parseOptions(given, {
        letters: "fexrkbqalm",
        valued: "unoptSUgGcF",
        long: {
          "no-pager": "nopager",
          "unit=": "u",
          "lines=": "n",
          follow: "f",
          "output=": "o",
          "since=": "S",
          "until=": "U",
          "priority=": "p",
          "identifier=": "t",
          "grep=": "g",
          reverse: "r",
          "pager-end": "e",
          catalog: "x",
          dmesg: "k",
          "boot=?": "b",
          quiet: "q",
          "no-hostname": "nohost",
          utc: "utc",
          "disk-usage": "usage",
          "list-boots": "boots",
          "vacuum-size=": "vacuum",
          "vacuum-time=": "vacuum",
          "vacuum-files=": "vacuum",
          rotate: "vacuum",
          flush: "vacuum",
          sync: "vacuum",
          "field=": "F",
          "output-fields=": "fields",
          "case-sensitive=?": "case",
          "cursor=": "cursor",
          "after-cursor=": "cursor",
          "show-cursor": "showcursor",
          system: "system",
          user: "user",
          "user-unit=": "uu",
          "facility=": "facility",
          "exclude-identifier=": "T",
          "directory=": "D",
          verify: "verify",
          header: "header",
          "truncate-newline": "trunc",
          merge: "m",
        },
      })
      if (problem) return yield* usageError(process, "journalctl", problem)
      if (flags.has("usage")) {
        yield* process.print("Archived and active journals take up 8.0M in the file system.\n")
        return 0
      }
      if (flags.has("vacuum")) {
        yield* process.error(
          `Vacuuming done, freed 0B of archived journals from /run/log/journal.\nVacuuming done, freed 0B of archived journals from /var/log/journal.\n`,
        )
        return 0
      }
      if (flags.has("boots")) {
        const { entries } = machine().journal
        const stamp = (at: number) => formatDate("%a %Y-%m-%d %H:%M:%S UTC", at)
        const id = process.files.exists("/proc/sys/kernel/random/boot_id")
          ? process.files.readText("/proc/sys/kernel/random/boot_id").trim().replaceAll("-", "")
          : "0"
        yield* process.print(
          `IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY\n  0 ${id} ${stamp(bootTime(process))} ${stamp(entries.at(-1)?.at ?? process.now())}\n`,
        )
        return 0
      }
      if (flags.has("b") && typeof flags.get("b") === "string" && Number(flags.get("b")) < 0) {
        yield* process.error(`Data from the specified boot (${String(flags.get("b"))}) is not available: No such boot ID in journal\n`)
        return 1
      }
      if (flags.has("F")) {
        const field = String(flags.get("F"))
        const of = (entry: JournalEntry) =>
          field === "_SYSTEMD_UNIT" ? entry.unit : field === "SYSLOG_IDENTIFIER" ? entry.identifier : undefined
        yield* process.print(
          [...new Set(machine().journal.entries.map(of))].flatMap((value) => (value === undefined ? [] : [`${value}\n`])).join(""),
        )
        return 0
      }
      const units = (all.get("u") ?? []).map((unit) =>
        /\.(service|socket|timer|target|slice|scope)$/.test(unit) ? unit : `${unit}.service`,
      )
      const identifiers = all.get("t") ?? []
      const time = (name: string): number | "wrong" | undefined => {
        const text = flags.get(name)
        if (typeof text !== "string") return undefined
        const relative = /^-(\d+)\s*(s|sec|m|min|h|d|day|days|hours?|minutes?)?$/.exec(text)
        const at = relative
          ? process.now() - Number(relative[1]) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[relative[2]?.[0] ?? "s"] ?? 1) * 1_000
          : parseDate(text === "today" ? "midnight" : text === "yesterday" ? "yesterday midnight" : text, process.now())
        return at ?? "wrong"
      }
      const [since, until] = [time("S"), time("U")]
      if (since === "wrong" || until === "wrong") {
        yield* process.error(`Failed to parse timestamp: ${String(flags.get(since === "wrong" ? "S" : "U"))}\n`)
        return 1
      }
      const priority = flags.get("p")
      const level =
        typeof priority === "string"
          ? /^\d$/.test(priority)
            ? Number(priority)
            : PRIORITIES.indexOf(priority.split("..").at(-1) ?? "")
          : 7
      if (level < 0) {
        yield* process.error(`Unknown log level ${String(priority)}\n`)
        return 1
      }
      const pattern = flags.get("g")
      let test: ((message: string) => boolean) | undefined
      try {
        const regex =
          typeof pattern === "string" ? compileRegex(pattern, { extended: true, ignoreCase: pattern === pattern.toLowerCase() }) : undefined
        test = regex && ((message) => regex.test(message))
      } catch (error) {
        if (!(error instanceof RegexError)) throw error
        yield* process.error(`Bad pattern "${String(pattern)}": ${error.message}\n`)
        return 1
      }
      const fields = words.map((word) => word.split("="))
      const wanted = (entry: JournalEntry): boolean =>
        (units.length === 0 || units.includes(entry.unit)) &&
        (identifiers.length === 0 || identifiers.includes(entry.identifier)) &&
        (!flags.has("k") || entry.identifier === "kernel") &&
        (since === undefined || entry.at >= since) &&
        (until === undefined || entry.at <= until) &&
        entry.priority <= level &&
        (test === undefined || test(entry.message)) &&
        fields.every(([name, value]) =>
          name === "_PID"
            ? String(entry.pid) === value
            : name === "_SYSTEMD_UNIT"
              ? entry.unit === value
              : name === "SYSLOG_IDENTIFIER"
                ? entry.identifier === value
                : true,
        )
      const format = String(flags.get("o") ?? "short")
      const all0 = machine().journal.entries
      const bootedAt = bootTime(process)
      // What the kernel says at boot is in the journal of nobody: it is the same on all machines.
      const source =
        flags.has("k") || identifiers.includes("kernel")
          ? kernelLines(machine(), bootedAt).map((line) => ({ ...line, unit: "kernel", identifier: "kernel", pid: 0 }))
          : all0
      const found = source.filter(wanted)
      if (process.charge(found.length >> 2)) yield* process.yield()
      const count =
        flags.has("n") && flags.get("n") !== "all"
          ? Number(String(flags.get("n")).replace("+", ""))
          : flags.has("f")
            ? 10
            : flags.has("e")
              ? 1_000
              : undefined
      const shown = count === undefined ? [...found] : count === 0 ? [] : found.slice(-count)
      if (flags.has("r")) shown.reverse()
      if (shown.length === 0 && !flags.has("f")) yield* process.print(flags.has("q") ? "" : "-- No entries --\n")
      else yield* process.print(shown.map((entry) => journalLine(entry, process.hostname, format)).join(""))
      return flags.has("f") ? yield* follow(process, machine(), wanted, format) : 0
    },
  })
