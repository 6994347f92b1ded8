/** What the parts of systemctl share: names, times and tables. */
import type { SimulatedMachine } from "@drydock/machine"

export type Systemd = SimulatedMachine["systemd"]
export type UnitStatus = ReturnType<Systemd["state"]>

export const withSuffix = (unit: string): string =>
  /\.(service|socket|timer|target|mount|slice|path|scope)$/.test(unit) ? unit : `${unit}.service`

/** "5min ago", "2h 3min ago", "12s ago", as format_timestamp_relative. */
export const ago = (ms: number): string => {
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

export const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string => {
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
