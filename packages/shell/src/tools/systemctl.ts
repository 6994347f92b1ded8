/** systemctl: units of the machine's systemd. */
import {
  exitText,
  type Process,
  type Signal,
  signalNamed,
  type SimulatedMachine,
  type Steps,
  SystemError,
  UnitError,
} from "@drydock/machine"
import { defineTool, type Tool } from "../define-tool.ts"
import { formatDate } from "../text/date.ts"
import { journalLine } from "./journalctl.ts"
import { parseOptions } from "./reading.ts"
import { runCommand } from "./process-tools.ts"

type Systemd = SimulatedMachine["systemd"]
type UnitStatus = ReturnType<Systemd["state"]>

const withSuffix = (unit: string): string =>
  /\.(service|socket|timer|target|mount|slice|path|scope)$/.test(unit) ? unit : `${unit}.service`

/** "5min ago", "2h 3min ago", "12s ago", as format_timestamp_relative. */
const ago = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const units: readonly (readonly [number, string])[] = [
    [86_400, " day"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ]
  const at = units.findIndex(([size]) => seconds >= size)
  if (at < 0) return "0s ago"
  const [size, name] = units[at]
  const count = Math.floor(seconds / size)
  const first = `${count}${name}${name === " day" && count > 1 ? "s" : ""}`
  const next = units[at + 1]
  const rest = next && at < 2 ? Math.floor((seconds % size) / next[0]) : 0
  return `${first}${rest > 0 ? ` ${rest}${next[1]}` : ""} ago`
}

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

const statusText = (process: Process, machine: SimulatedMachine, name: string, lines: number, full: boolean): string => {
  const state = machine.systemd.state(name)
  const now = process.now()
  const mark = state.active === "active" || state.active === "activating" ? "●" : state.active === "failed" ? "×" : "○"
  const short = name.replace(/\.\w+$/, "")
  const preset = state.enabled === "masked" ? "" : `; preset: enabled`
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

/** The pid of the last main process, of the journal. */
const lastPid = (machine: SimulatedMachine, name: string): number =>
  machine.journal.entries.findLast((entry) => entry.unit === name && entry.identifier !== "systemd")?.pid ?? 0

const execOf = (process: Process, state: UnitStatus): string => {
  let exec = ""
  for (const path of [state.path, ...(state.dropIns ?? [])]) {
    if (path === undefined || !process.files.access(path, { read: true })) continue
    for (const [, value] of process.files.readText(path).matchAll(/^ExecStart=(.*)$/gm)) if (value !== "") exec = value
  }
  return exec
}

const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = heading.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at].length)))
  return [heading, ...rows]
    .map(
      (row) =>
        `${row
          .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at])))
          .join(" ")
          .trimEnd()}\n`,
    )
    .join("")
}

/** Units that have files but were never started. */
const unitFiles = (process: Process): string[] => {
  const found = new Set<string>()
  for (const directory of ["/etc/systemd/system", "/usr/lib/systemd/system"]) {
    if (!process.files.exists(directory)) continue
    for (const { name } of process.files.list(directory)) if (/\.(service|timer|socket|target)$/.test(name)) found.add(name)
  }
  return [...found].sort()
}

function* list(
  process: Process,
  systemd: Systemd,
  verb: string,
  flags: ReadonlyMap<string, string | true>,
  patterns: readonly string[],
): Steps<number> {
  const type = flags.get("t")
  const wanted = (name: string) =>
    (typeof type !== "string" || name.endsWith(`.${type}`)) &&
    (patterns.length === 0 || patterns.some((one) => name.startsWith(one.replace(/\*.*$/, ""))))
  const names = [...new Set([...systemd.units(), ...unitFiles(process)])].sort().filter(wanted)
  if (verb === "list-unit-files") {
    const rows = names.map((name) => [name, systemd.state(name).enabled, "enabled"])
    yield* process.print(`${table(["UNIT FILE", "STATE", "PRESET"], rows)}\n${rows.length} unit files listed.\n`)
    return 0
  }
  const failed = flags.has("failed") || flags.get("state") === "failed"
  const state = flags.get("state")
  const rows = names
    .map((name) => [name, systemd.state(name)] as const)
    .filter(([, one]) =>
      failed
        ? one.active === "failed"
        : typeof state === "string"
          ? one.active === state || one.sub === state
          : flags.has("a") || one.active !== "inactive",
    )
    .map(([name, one]) => [one.active === "failed" ? `● ${name}` : `  ${name}`, one.loaded, one.active, one.sub, one.description ?? name])
  if (!flags.has("nolegend")) {
    yield* process.print(table(["  UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"], rows))
    yield* process.print(
      `\nLegend: LOAD   → Reflects whether the unit definition was properly loaded.\n        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.\n        SUB    → The low-level unit activation state, values depend on unit type.\n\n${rows.length} loaded units listed.${flags.has("a") ? "" : " Pass --all to see loaded but inactive units, too."}\nTo show all installed unit files use 'systemctl list-unit-files'.\n`,
    )
  } else yield* process.print(rows.map((row) => `${row.join(" ").trimStart()}\n`).join(""))
  return 0
}

const properties = (process: Process, name: string, state: UnitStatus): Readonly<Record<string, string>> => ({
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

/** Waits for what was begun; the exit code by how it ended. */
function* settle(process: Process, systemd: Systemd, verb: string, name: string): Steps<number> {
  for (
    let waited = 0;
    waited < 900 && ["deactivating", "activating"].includes(systemd.state(name).active) && systemd.state(name).sub !== "auto-restart";
    waited++
  )
    yield* process.sleep(100)
  const state = systemd.state(name)
  if (verb === "stop" || state.active === "active" || (state.active === "inactive" && state.result === "success")) return 0
  if (state.sub === "auto-restart") return 0
  yield* process.error(
    `Job for ${name} failed because the control process exited with error code.\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.\n`,
  )
  return 1
}

function* change(
  process: Process,
  systemd: Systemd,
  verb: string,
  name: string,
  now: boolean,
  quiet: boolean,
  signal?: Signal,
): Steps<number> {
  switch (verb) {
    case "start":
    case "stop":
    case "restart":
      systemd[verb](name)
      return yield* settle(process, systemd, verb, name)
    case "try-restart":
    case "condrestart":
      if (systemd.state(name).active !== "active") return 0
      systemd.restart(name)
      return yield* settle(process, systemd, "restart", name)
    case "reload":
      if (systemd.reload(name)) return 0
      yield* process.error(`Failed to reload ${name}: Job type reload is not applicable for unit ${name}.\n`)
      return 1
    case "reload-or-restart":
      if (!systemd.reload(name)) systemd.restart(name)
      return yield* settle(process, systemd, "restart", name)
    case "enable":
    case "reenable":
      for (const { path, target } of systemd.enable(name)) if (!quiet) yield* process.error(`Created symlink ${path} → ${target}.\n`)
      if (!now) return 0
      systemd.start(name)
      return yield* settle(process, systemd, "start", name)
    case "disable":
      for (const path of systemd.disable(name)) if (!quiet) yield* process.error(`Removed "${path}".\n`)
      if (!now) return 0
      systemd.stop(name)
      return yield* settle(process, systemd, "stop", name)
    case "mask":
      systemd.mask(name)
      if (!quiet) yield* process.error(`Created symlink /etc/systemd/system/${name} → /dev/null.\n`)
      if (now) systemd.stop(name)
      return 0
    case "unmask":
      systemd.unmask(name)
      if (!quiet) yield* process.error(`Removed "/etc/systemd/system/${name}".\n`)
      return 0
    case "kill": {
      const { mainPid } = systemd.state(name)
      if (mainPid > 0) process.kill(mainPid, signal ?? "SIGTERM")
      return 0
    }
    default:
      systemd.resetFailed(name)
      return 0
  }
}

const CHANGES = new Set([
  "start",
  "stop",
  "restart",
  "try-restart",
  "condrestart",
  "reload",
  "reload-or-restart",
  "enable",
  "reenable",
  "disable",
  "mask",
  "unmask",
  "kill",
  "reset-failed",
])

function* edit(process: Process, systemd: Systemd, name: string, full: boolean): Steps<number> {
  const state = systemd.state(name)
  if (state.loaded === "not-found") {
    yield* process.error(`No files found for ${name}.\nRun 'systemctl edit --force --full ${name}' to create a new unit.\n`)
    return 1
  }
  const path = full ? `/etc/systemd/system/${name}` : `/etc/systemd/system/${name}.d/override.conf`
  process.files.mkdir(path.slice(0, path.lastIndexOf("/")), { parents: true })
  if (!process.files.exists(path)) process.files.write(path, full && state.path ? process.files.readText(state.path) : "")
  const editor = process.env.get("SYSTEMD_EDITOR") ?? process.env.get("EDITOR") ?? "vi"
  yield* runCommand(process, ["/bin/sh", "-c", `${editor} ${path}`], { tool: "systemctl" })
  const edited = process.files.exists(path) ? process.files.readText(path) : ""
  if (edited.trim() === "") {
    if (process.files.exists(path)) process.files.remove(path)
    yield* process.error(`${path}: after editing, new contents are empty, not writing file.\n`)
    return 1
  }
  systemd.daemonReload()
  yield* process.error(`Successfully installed edited file '${path}'.\n`)
  return 0
}

const relative = (ms: number): string => {
  const text = ago(Math.abs(ms)).replace(/ ago$/, "")
  return ms > 0 ? text : `${text} ago`
}

const timersText = (systemd: Systemd, now: number): string => {
  const rows = systemd.timers().map(({ unit, activates, next, last }) => {
    const stamp = (at: number | undefined) => (at === undefined ? "-" : formatDate("%a %Y-%m-%d %H:%M:%S UTC", at))
    return [
      stamp(next),
      next === undefined ? "-" : relative(next - now),
      stamp(last),
      last === undefined ? "-" : relative(last - now),
      unit,
      activates,
    ]
  })
  return `${table(["NEXT", "LEFT", "LAST", "PASSED", "UNIT", "ACTIVATES"], rows)}\n${rows.length} timers listed.\nPass --all to see loaded but inactive timers, too.\n`
}

const dependencyTree = (systemd: Systemd, name: string): string => {
  const lines = [name]
  const visit = (unit: string, indent: string, depth: number) => {
    const below = systemd.dependencies(unit)
    for (const [at, other] of below.entries()) {
      const last = at === below.length - 1
      const { active } = systemd.state(other)
      lines.push(`${active === "active" ? "●" : active === "failed" ? "×" : "○"} ${indent}${last ? "└─" : "├─"}${other}`)
      if (depth < 5) visit(other, `${indent}${last ? "  " : "│ "}`, depth + 1)
    }
  }
  visit(name, "", 0)
  return lines.map((line) => `${line}\n`).join("")
}

const systemStatus = (process: Process, machine: SimulatedMachine): string => {
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

export const systemctl = (machine: () => SimulatedMachine): Tool =>
  defineTool({
    name: "systemctl",
    version: "255 (255.4-1ubuntu8.11)",
    summary: "control the systemd system and service manager",
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "lqafrT",
        valued: "tpnosHM",
        long: {
          "no-pager": "nopager",
          now: "now",
          quiet: "q",
          all: "a",
          full: "l",
          "type=": "t",
          "property=": "p",
          "lines=": "n",
          "output=": "o",
          force: "f",
          failed: "failed",
          "state=": "state",
          "no-legend": "nolegend",
          "no-block": "noblock",
          value: "value",
          system: "system",
          "signal=": "s",
          "preset-mode=": "preset",
          runtime: "runtime",
          "no-ask-password": "noask",
          reverse: "reverse",
          "drop-in=": "dropin",
          stdin: "stdin",
          user: "user",
          "host=": "H",
          "job-mode=": "job",
          "kill-whom=": "whom",
          plain: "plain",
        },
      })
      if (problem) {
        yield* process.error(`systemctl: ${problem}\n`)
        return 1
      }
      const [verb = "list-units", ...given] = words
      const { systemd } = machine()
      if (verb === "list-units" || verb === "list-unit-files") return yield* list(process, systemd, verb, flags, given)
      if (verb === "list-sockets" || verb === "list-jobs" || verb === "list-machines") {
        yield* process.print(verb === "list-jobs" ? "No jobs running.\n" : `0 ${verb.slice(5)} listed.\n`)
        return 0
      }
      if (verb === "list-timers") {
        yield* process.print(timersText(systemd, process.now()))
        return 0
      }
      if (verb === "get-default") {
        yield* process.print("multi-user.target\n")
        return 0
      }
      if (verb === "set-default") {
        yield* process.error(
          `Created symlink /etc/systemd/system/default.target → /usr/lib/systemd/system/${given[0] ?? "multi-user.target"}.\n`,
        )
        return 0
      }
      if (verb === "list-dependencies") {
        yield* process.print(dependencyTree(systemd, withSuffix(given[0] ?? "multi-user.target")))
        return 0
      }
      if (verb === "reboot") {
        machine().restart()
        return 0
      }
      if (["poweroff", "halt", "suspend", "rescue", "emergency"].includes(verb)) {
        yield* process.error(`Failed to ${verb === "halt" ? "halt" : verb} system via logind: this machine is kept running by its world\n`)
        return 1
      }
      if (verb === "show-environment") {
        yield* process.print("LANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n")
        return 0
      }
      if (verb === "status" && given.length === 0) {
        yield* process.print(systemStatus(process, machine()))
        return 0
      }
      if (verb === "daemon-reload" || verb === "daemon-reexec") {
        systemd.daemonReload()
        return 0
      }
      if (verb === "is-system-running") {
        const failed = systemd.units().some((unit) => systemd.state(unit).active === "failed")
        yield* process.print(failed ? "degraded\n" : "running\n")
        return failed ? 1 : 0
      }
      if (verb === "reset-failed" && given.length === 0) {
        systemd.resetFailed()
        return 0
      }
      if (given.length === 0 && verb !== "status") {
        yield* process.error(
          CHANGES.has(verb) || /^is-|^show$|^cat$|^edit$/.test(verb) ? "Too few arguments.\n" : `Unknown command verb '${verb}'.\n`,
        )
        return 1
      }
      if (CHANGES.has(verb) && process.credentials.uid !== 0) {
        yield* process.error(
          `Failed to ${verb} ${withSuffix(given[0])}: Access denied\nSee system logs and 'systemctl status ${withSuffix(given[0])}' for details.\n`,
        )
        return 4
      }
      let status = 0
      const units = given.length > 0 ? given : systemd.units().slice(0, 1)
      for (const [at, unit] of units.entries()) {
        const name = withSuffix(unit)
        const state = systemd.state(name)
        try {
          if (CHANGES.has(verb))
            status =
              (yield* change(
                process,
                systemd,
                verb,
                name,
                flags.has("now"),
                flags.has("q"),
                signalNamed(String(flags.get("s") ?? "TERM")),
              )) || status
          else if (verb === "status") {
            if (state.loaded === "not-found") {
              yield* process.error(`Unit ${name} could not be found.\n`)
              status = 4
            } else {
              yield* process.print(
                (at > 0 ? "\n" : "") + statusText(process, machine(), name, Number(flags.get("n") ?? 10), flags.has("l")),
              )
              if (state.active !== "active" && state.active !== "activating") status = 3
              if (state.active === "activating") status = 3
            }
          } else if (verb === "is-active" || verb === "is-failed") {
            if (!flags.has("q")) yield* process.print(`${state.active}\n`)
            const holds = verb === "is-active" ? state.active === "active" : state.active === "failed"
            if (!holds) status = verb === "is-active" ? (state.loaded === "not-found" ? 4 : 3) : 1
          } else if (verb === "is-enabled") {
            if (state.loaded === "not-found") yield* process.error(`Failed to get unit file state for ${name}: No such file or directory\n`)
            else if (!flags.has("q")) yield* process.print(`${state.enabled}\n`)
            if (state.enabled !== "enabled" && state.enabled !== "static") status = 1
          } else if (verb === "cat") {
            if (state.path === undefined) {
              yield* process.error(`No files found for ${name}.\n`)
              return 1
            }
            for (const [index, path] of [state.path, ...(state.dropIns ?? [])].entries())
              yield* process.print(`${index > 0 ? "\n" : ""}# ${path}\n${process.files.readText(path)}`)
          } else if (verb === "show") {
            const all = properties(process, name, state)
            const wanted = typeof flags.get("p") === "string" ? String(flags.get("p")).split(",") : Object.keys(all)
            yield* process.print(
              wanted
                .filter((one) => one in all)
                .map((one) => (flags.has("value") ? `${all[one]}\n` : `${one}=${all[one]}\n`))
                .join(""),
            )
          } else if (verb === "edit") status = yield* edit(process, systemd, name, flags.has("l"))
          else {
            yield* process.error(`Unknown command verb '${verb}'.\n`)
            return 1
          }
        } catch (error) {
          if (!(error instanceof UnitError || error instanceof SystemError) || (error instanceof SystemError && error.code === "EPIPE"))
            throw error
          yield* process.error(`Failed to ${verb}${verb === "enable" || verb === "disable" ? " unit" : ` ${name}`}: ${error.message}\n`)
          status = verb === "enable" || verb === "disable" ? 1 : 5
        }
      }
      return status
    },
  })
