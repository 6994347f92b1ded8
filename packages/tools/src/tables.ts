/** Tables as these tools print them. */

/** Columns at least `least` wide, `gap` apart, as a tabwriter's. */
export const columns = (rows: readonly (readonly string[])[], least: number, gap: number): string => {
  const widths = rows[0].map((_, index) => Math.max(least, ...rows.map((row) => (row[index] ?? "").length + gap)))
  return rows
    .map((row) => `${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index]))).join("")}\n`)
    .join("")
}

/** A box of +, - and |, its cells centred, as olekukonko/tablewriter's. */
export const boxed = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((cell, index) => Math.max(cell.length, ...rows.map((row) => row[index].length)))
  const line = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+\n`
  const centred = (text: string, width: number) => {
    const left = Math.floor((width - text.length) / 2)
    return " ".repeat(left) + text + " ".repeat(width - text.length - left)
  }
  const show = (row: readonly string[]) => `|${row.map((cell, index) => ` ${centred(cell, widths[index])} `).join("|")}|\n`
  return `${line}${show(head)}${line}${rows.map(show).join("")}${line}`
}

/** "About a minute ago" and its kin. As github.com/docker/go-units HumanDuration. */
export const humanDuration = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 1) return "Less than a second"
  if (seconds === 1) return "1 second"
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return "About a minute"
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.round(seconds / 3_600)
  if (hours === 1) return "About an hour"
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 60) return `${Math.floor(hours / 24 / 7)} weeks`
  return `${Math.floor(hours / 24 / 30)} months`
}

/** "62.5MB", four significant digits at most. As go-units HumanSize. */
export const humanSize = (bytes: number, space = ""): string => {
  const units = ["B", "kB", "MB", "GB", "TB"]
  let value = bytes
  let unit = 0
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000
    unit++
  }
  return `${Number(value.toPrecision(3))}${space}${units[unit]}`
}
