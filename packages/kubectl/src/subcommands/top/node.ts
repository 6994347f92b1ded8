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

interface NodeStatus {
  capacity: Usage
  allocatable: Usage
  /** Bytes; nothing where the kubelet cannot tell. */
  nodeInfo?: { swap?: { capacity?: number } }
}

interface Whole extends Amounts {
  readonly swapCapacity: number | undefined
}

const UNKNOWN = "<unknown>"

/** What a node does not tell the size of is not known to be used either. */
const swapCells = ({ swap }: Amounts, capacity: number | undefined): string[] =>
  capacity === undefined ? [UNKNOWN, UNKNOWN] : [memoryText(swap), percent(swap, capacity)]

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
    const swaps = input.bool("show-swap")
    const available = new Map<string, Whole>()
    for (const { metadata, status } of nodes) {
      const { capacity, allocatable, nodeInfo } = status as NodeStatus
      available.set(metadata.name, {
        ...amountsOf(input.bool("show-capacity") ? capacity : allocatable),
        swapCapacity: nodeInfo?.swap?.capacity,
      })
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
        ...(swaps ? swapCells(amounts, whole?.swapCapacity) : []),
      ]
    })
    const head = ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)", ...(swaps ? ["SWAP(bytes)", "SWAP(%)"] : [])]
    for (const node of available.keys()) rows.push(head.map((_, column) => (column === 0 ? node : UNKNOWN)))
    yield* process.print(metricsTable([...(input.bool("no-headers") ? [] : [head]), ...rows]))
    return 0
  },
})
