/** What the metrics API measures, and how it is printed. As kubectl/pkg/metricsutil. */
import { milliValue, quantityValue } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import type { Context } from "../../define-subcommand.ts"
import { KubectlError } from "../../errors.ts"
import { alignRows, TABLE_STYLE } from "../../printing/tabwriter.ts"

export interface Usage {
  cpu?: string
  memory?: string
  swap?: string
}

/** The API's path. Throws when no metrics server answers. */
export function* metricsPath({ api }: Context): Steps<string> {
  const found = (yield* api.resources({ fresh: true })).find(({ group }) => group === "metrics.k8s.io")
  if (!found) throw new KubectlError("Metrics API not available")
  return `/apis/metrics.k8s.io/${found.version}`
}

/** Thousandths of a CPU, and bytes. */
export interface Amounts {
  readonly cpu: number
  readonly memory: number
  readonly swap: number
}

export const amountsOf = ({ cpu, memory, swap }: Usage): Amounts => ({
  cpu: milliValue(cpu),
  memory: quantityValue(memory),
  swap: quantityValue(swap),
})

export const sum = (all: readonly Amounts[]): Amounts => ({
  cpu: all.reduce((total, { cpu }) => total + cpu, 0),
  memory: all.reduce((total, { memory }) => total + memory, 0),
  swap: all.reduce((total, { swap }) => total + swap, 0),
})

export const cpuText = (cpu: number): string => `${cpu}m`
export const memoryText = (memory: number): string => `${Math.floor(memory / (1024 * 1024))}Mi`

/** Most first by the measure, or by name. */
export const sorted = <Item extends { name: string; amounts: Amounts }>(items: readonly Item[], by: string): Item[] => {
  if (by && by !== "cpu" && by !== "memory") throw new KubectlError("--sort-by accepts only cpu or memory")
  return [...items].sort((a, b) => (by ? b.amounts[by as keyof Amounts] - a.amounts[by as keyof Amounts] : a.name < b.name ? -1 : 1))
}

/** Every cell ends with a tab, so that the last column is padded too. */
export const metricsTable = (rows: readonly (readonly string[])[]): string =>
  `${alignRows(
    rows.map((row) => [...row, ""]),
    TABLE_STYLE,
  )}\n`
