/** kubectl top node */
import type { KubeObject } from "../../api.ts"
import { query } from "../../builder.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError, UsageError } from "../../errors.ts"
import { SELECTOR } from "../../flag-groups.ts"
import { type Amounts, amountsOf, cpuText, memoryText, metricsPath, metricsTable, sorted, type Usage } from "./metrics.ts"

interface NodeMetrics {
  metadata: { name: string }
  usage: Usage
}

const percent = (used: number, available: number): string => `${available > 0 ? Math.floor((used / available) * 100) : 0}%`

export const topNode = defineSubcommand({
  path: ["top", "node"],
  aliases: ["nodes", "no"],
  summary: "Display resource (CPU/memory) usage of nodes",
  usage: "[NAME | -l label]",
  examples: [["All nodes", "kubectl top node"]],
  flags: {
    ...SELECTOR,
    "no-headers": { type: "bool", help: "Without the line of column names" },
    "show-capacity": { type: "bool", help: "Percentages of the whole node, not of what pods may have" },
    "show-swap": { type: "bool", help: "Also what is swapped out" },
    "sort-by": { type: "string", help: "cpu or memory" },
    "use-protocol-buffers": { type: "bool", default: "true", help: "Ask for protocol buffers" },
  },
  *run(input, context) {
    const { api, process } = context
    const [name] = input.words
    if (input.words.length > 1) throw new UsageError("top node", "node [NAME | -l label]")
    if (name && input.has("selector")) throw new KubectlError("only one of NAME or --selector can be provided")
    const order = input.text("sort-by")
    if (order && order !== "cpu" && order !== "memory") throw new KubectlError("--sort-by accepts only cpu or memory")
    const path = `${yield* metricsPath(context)}/nodes`
    const items = name
      ? [yield* api.get<NodeMetrics>(`${path}/${name}`)]
      : (yield* api.get<{ items: NodeMetrics[] }>(path + query({ labelSelector: input.text("selector") }))).items
    if (items.length === 0) throw new KubectlError("metrics not available yet")
    const nodes = name
      ? [yield* api.get(`/api/v1/nodes/${name}`)]
      : (yield* api.get<{ items: KubeObject[] }>(`/api/v1/nodes${query({ labelSelector: input.text("selector") })}`)).items
    const available = new Map<string, Amounts>()
    for (const { metadata, status } of nodes) {
      const { capacity, allocatable } = status as { capacity: Usage; allocatable: Usage }
      available.set(metadata.name, amountsOf(input.bool("show-capacity") ? capacity : allocatable))
    }
    const rows = sorted(
      items.map(({ metadata, usage }) => ({ name: metadata.name, amounts: amountsOf(usage) })),
      input.text("sort-by"),
    ).map(({ name: node, amounts }) => {
      const whole = available.get(node)
      available.delete(node)
      return [
        node,
        cpuText(amounts.cpu),
        percent(amounts.cpu, whole?.cpu ?? 0),
        memoryText(amounts.memory),
        percent(amounts.memory, whole?.memory ?? 0),
      ]
    })
    for (const node of available.keys()) rows.push([node, "<unknown>", "<unknown>", "<unknown>", "<unknown>"])
    yield* process.print(
      metricsTable([...(input.bool("no-headers") ? [] : [["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"]]), ...rows]),
    )
    return 0
  },
})
