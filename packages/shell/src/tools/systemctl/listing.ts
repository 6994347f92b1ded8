/** systemctl list-units, list-unit-files, list-timers and list-dependencies. */
import type { Process, Steps } from "@drydock/machine"
import { formatDate } from "../../text/date.ts"
import { ago, type Systemd, table } from "./unit-names.ts"

/** Units that have files but were never started. */
const unitFiles = (process: Process): string[] => {
  const found = new Set<string>()
  for (const directory of ["/etc/systemd/system", "/usr/lib/systemd/system"]) {
    if (!process.files.exists(directory)) continue
    for (const { name } of process.files.list(directory)) if (/\.(service|timer|socket|target|path)$/.test(name)) found.add(name)
  }
  return [...found].sort()
}

export function* list(
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
    const wantedState = flags.get("state")
    const rows = names
      .map((name) => [name, systemd.state(name).enabled] as const)
      .filter(([, enabled]) => typeof wantedState !== "string" || wantedState.split(",").includes(enabled))
      .map(([name, enabled]) => [name, enabled, enabled === "static" ? "-" : "enabled"])
    const whole = table(["UNIT FILE", "STATE", "PRESET"], rows)
    yield* process.print(flags.has("nolegend") ? whole.slice(whole.indexOf("\n") + 1) : `${whole}\n${rows.length} unit files listed.\n`)
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
    const count = `${rows.length} loaded units listed.`
    const more = "\nTo show all installed unit files use 'systemctl list-unit-files'."
    const tail = flags.has("a")
      ? `${count}${more}`
      : failed || state
        ? count
        : `${count} Pass --all to see loaded but inactive units, too.${more}`
    const legend =
      "Legend: LOAD   → Reflects whether the unit definition was properly loaded.\n        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.\n        SUB    → The low-level unit activation state, values depend on unit type.\n\n"
    yield* process.print(`\n${rows.length > 0 ? legend : ""}${tail}\n`)
  } else yield* process.print(rows.map((row) => `${row.join(" ").trimStart()}\n`).join(""))
  return 0
}

const relative = (ms: number): string => {
  const text = ago(Math.abs(ms)).replace(/ ago$/, "")
  return ms > 0 ? text : `${text} ago`
}

export const timersText = (systemd: Systemd, now: number): string => {
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

export const dependencyTree = (systemd: Systemd, name: string): string => {
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
