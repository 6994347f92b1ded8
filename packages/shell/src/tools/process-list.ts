/** ps: which processes there are. As procps-ng 4.0.4, and busybox. */
import { commandName, Accounts, type Process, type ProcessInfo } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { COLUMN_NAMES, type Column, columnsOf, commandLine, shortClock, table } from "./process-columns.ts"
import { parseOptions } from "./reading.ts"

/** Children behind their parents, indented, for --forest and f. */
const asForest = (rows: readonly ProcessInfo[]): ProcessInfo[] => {
  const pids = new Set(rows.map(({ pid }) => pid))
  const result: ProcessInfo[] = []
  const visit = (one: ProcessInfo, depth: number) => {
    result.push(depth === 0 ? one : { ...one, argv: [`${" ".repeat((depth - 1) * 4)} \\_ ${one.argv.join(" ")}`] })
    for (const child of rows) if (child.ppid === one.pid && child.pid !== one.pid && depth < 50) visit(child, depth + 1)
  }
  // The kernel's own stand before init and all that came of it.
  const tops = rows.filter((one) => !pids.has(one.ppid) || one.ppid === one.pid)
  for (const one of [...tops.filter(({ pid }) => pid === 2), ...tops.filter(({ pid }) => pid !== 2)]) visit(one, 0)
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
      const column = columns[COLUMN_NAMES[name] ?? name] ?? columns.pid
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
        const column = columns[COLUMN_NAMES[name.toLowerCase()] ?? name.toLowerCase()]
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
