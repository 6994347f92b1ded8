/** systemctl status and show: what a unit is, what runs for it, and what it said last. */
import { exitText, type Process, type SimulatedMachine } from "@drydock/machine"
import { formatDate } from "../../text/date.ts"
import { journalLine } from "../journalctl.ts"
import { ago, type UnitStatus } from "./unit-names.ts"

const activeText = (state: UnitStatus, now: number): string => {
  const text =
    state.sub === "auto-restart"
      ? `${state.active} (auto-restart)${state.result === "success" ? "" : ` (Result: ${state.result})`}`
      : `${state.active}${state.active === "failed" ? ` (Result: ${state.result})` : ` (${state.sub})`}`
  return state.since > 0 ? `${text} since ${formatDate("%a %Y-%m-%d %H:%M:%S UTC", state.since)}; ${ago(now - state.since)}` : text
}

/** Everything in the control group of a service: its main process and what descends from it. */
const groupOf = (process: Process, pid: number): { pid: number; line: string }[] => {
  const all = process.processes()
  const found: { pid: number; line: string }[] = []
  const visit = (one: number, depth: number) => {
    const own = all.find((other) => other.pid === one)
    if (!own || depth > 20 || found.some((other) => other.pid === one)) return
    found.push({ pid: one, line: own.argv.join(" ") })
    for (const child of all) if (child.ppid === one) visit(child.pid, depth + 1)
  }
  visit(pid, 0)
  return found
}

export const statusText = (process: Process, machine: SimulatedMachine, name: string, lines: number, full: boolean): string => {
  const state = machine.systemd.state(name)
  const now = process.now()
  const mark = state.active === "active" || state.active === "activating" ? "●" : state.active === "failed" ? "×" : "○"
  const short = name.replace(/\.\w+$/, "")
  const preset = /^(?:masked|static)$/.test(state.enabled) ? "" : "; preset: enabled"
  const rows = [
    `${mark} ${name}${state.description ? ` - ${state.description}` : ""}`,
    state.loaded === "masked"
      ? `     Loaded: masked (Reason: Unit ${name} is masked.)`
      : `     Loaded: loaded (${state.path ?? `/usr/lib/systemd/system/${name}`}; ${state.enabled}${preset})`,
  ]
  const dropIns = state.dropIns ?? []
  if (dropIns.length > 0) {
    const directory = dropIns[0].replace(/\/[^/]*$/, "")
    rows.push(`    Drop-In: ${directory}`, `             └─${dropIns.map((path) => path.split("/").at(-1)).join(", ")}`)
  }
  rows.push(`     Active: ${activeText(state, now)}`)
  rows.push(...triggers(machine, name, now))
  if (state.lastExit && state.mainPid === 0)
    rows.push(`    Process: ${lastPid(machine, name)} ExecStart=${execOf(process, state)} (${exitText(state.lastExit)})`)
  if (state.mainPid > 0) {
    rows.push(
      `   Main PID: ${state.mainPid} (${(process.processes().find(({ pid }) => pid === state.mainPid)?.argv[0] ?? short).split("/").at(-1)})`,
    )
    const group = groupOf(process, state.mainPid)
    rows.push(`      Tasks: ${Math.max(1, group.length)} (limit: 4558)`)
    const memory = process
      .processes()
      .filter(({ pid }) => group.some((one) => one.pid === pid))
      .reduce((sum, one) => sum + one.rss, 0)
    rows.push(
      `     Memory: ${(memory / 1024).toFixed(1)}M`,
      `        CPU: ${Math.round(process.processes().find(({ pid }) => pid === state.mainPid)?.cpuTime ?? 0)}ms`,
    )
    rows.push(`     CGroup: /system.slice/${name}`)
    for (const [at, { pid, line }] of group.entries())
      rows.push(`             ${at === group.length - 1 ? "└─" : "├─"}${pid} ${full || line.length < 80 ? line : `${line.slice(0, 79)}…`}`)
  } else if (state.lastExit) rows.push(`   Main PID: ${lastPid(machine, name)} (${exitText(state.lastExit)})`)
  const log = machine.journal.entries.filter((entry) => entry.unit === name).slice(-lines)
  const warning = state.needsReload
    ? `Warning: The unit file, source configuration file or drop-ins of ${name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`
    : ""
  return `${warning}${rows.join("\n")}\n${log.length > 0 ? `\n${log.map((entry) => journalLine(entry, process.hostname, "short")).join("")}` : ""}`
}

/** Of a timer or a path: what it starts, and when; of what one starts: by whom. */
const triggers = (machine: SimulatedMachine, name: string, now: number): string[] => {
  const { systemd } = machine
  const dot = (unit: string) => (["active", "activating"].includes(systemd.state(unit).active) ? "●" : "○")
  const activates = systemd.activates(name)
  const timer = systemd.timers().find(({ unit }) => unit === name)
  const rows: string[] = []
  if (timer)
    rows.push(
      `    Trigger: ${timer.next === undefined ? "n/a" : `${formatDate("%a %Y-%m-%d %H:%M:%S UTC", timer.next)}; ${ago(timer.next - now).replace(/ ago$/, " left")}`}`,
    )
  if (activates !== undefined) rows.push(`   Triggers: ${dot(activates)} ${activates}`)
  const by = systemd.units().filter((unit) => systemd.activates(unit) === name)
  if (by.length > 0) rows.push(`TriggeredBy: ${by.map((unit) => `${dot(unit)} ${unit}`).join("\n             ")}`)
  return rows
}

/** The pid of the last main process, of the journal. */
const lastPid = (machine: SimulatedMachine, name: string): number =>
  machine.systemd.state(name).lastPid ??
  machine.journal.entries.findLast((entry) => entry.unit === name && entry.identifier !== "systemd")?.pid ??
  0

const execOf = (process: Process, state: UnitStatus): string => {
  let exec = ""
  for (const path of [state.path, ...(state.dropIns ?? [])]) {
    if (path === undefined || !process.files.access(path, { read: true })) continue
    for (const [, value] of process.files.readText(path).matchAll(/^ExecStart=(.*)$/gm)) if (value !== "") exec = value
  }
  return exec
}

export const properties = (process: Process, name: string, state: UnitStatus): Readonly<Record<string, string>> => ({
  Id: name,
  Description: state.description ?? name,
  LoadState: state.loaded,
  ActiveState: state.active,
  SubState: state.sub,
  UnitFileState: state.enabled,
  FragmentPath: state.path ?? "",
  DropInPaths: (state.dropIns ?? []).join(" "),
  MainPID: String(state.mainPid),
  NRestarts: String(state.restarts ?? 0),
  Result: state.result,
  ExecStart: `{ path=${execOf(process, state).split(" ")[0]} ; argv[]=${execOf(process, state)} ; }`,
  NeedDaemonReload: state.needsReload ? "yes" : "no",
  ActiveEnterTimestamp: formatDate("%a %Y-%m-%d %H:%M:%S UTC", state.since),
})

export const systemStatus = (process: Process, machine: SimulatedMachine): string => {
  const { systemd } = machine
  const units = systemd.units()
  const failed = units.filter((unit) => systemd.state(unit).active === "failed").length
  const since = process.files.access("/proc/uptime", { read: true })
    ? process.now() - Number(process.files.readText("/proc/uptime").split(" ")[0]) * 1_000
    : process.now()
  const services = units.filter((unit) => systemd.state(unit).mainPid > 0)
  const tree = services.map((unit, at) => {
    const { mainPid } = systemd.state(unit)
    const last = at === services.length - 1
    const line =
      process
        .processes()
        .find(({ pid }) => pid === mainPid)
        ?.argv.join(" ") ?? ""
    return `             ${last ? "  └─" : "  ├─"}${unit}\n             ${last ? "    " : "  │ "}└─${mainPid} ${line.length > 80 ? `${line.slice(0, 79)}…` : line}\n`
  })
  return `● ${process.hostname}\n    State: ${failed > 0 ? "degraded" : "running"}\n    Units: ${units.length + 210} loaded (incl. loaded aliases)\n     Jobs: 0 queued\n   Failed: ${failed} units\n    Since: ${formatDate("%a %Y-%m-%d %H:%M:%S UTC", since)}; ${ago(process.now() - since)}\n  systemd: 255.4-1ubuntu8.11\n   CGroup: /\n           ├─init.scope\n           │ └─1 /sbin/init\n           └─system.slice\n${tree.join("")}`
}
