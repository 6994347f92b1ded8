/** kubectl top pod */
import type { KubeObject } from "../../api.ts"
import { query } from "../../builder.ts"
import { defineSubcommand } from "../../define-subcommand.ts"
import { KubectlError, UsageError } from "../../errors.ts"
import { SELECTION } from "../../flag-groups.ts"
import { type Amounts, amountsOf, cpuText, memoryText, metricsPath, metricsTable, sorted, sum, type Usage } from "./metrics.ts"

interface PodMetrics {
  metadata: { name: string; namespace: string }
  containers: { name: string; usage: Usage }[]
}

export const topPod = defineSubcommand({
  path: ["top", "pod"],
  aliases: ["pods", "po"],
  summary: "Display resource (CPU/memory) usage of pods",
  description: "A pod that has just been made has no measurements for a minute or so.",
  usage: "[NAME | -l label]",
  examples: [
    ["In the namespace", "kubectl top pod"],
    ["A pod's containers", "kubectl top pod POD_NAME --containers"],
  ],
  flags: {
    ...SELECTION,
    containers: { type: "bool", help: "Each container by itself." },
    "no-headers": { type: "bool", help: "Without the line of column names" },
    "show-swap": { type: "bool", help: "Also what is swapped out" },
    "sort-by": { type: "string", help: "cpu or memory" },
    sum: { type: "bool", help: "With a total" },
    "use-protocol-buffers": { type: "bool", default: "true", help: "Ask for protocol buffers" },
  },
  *run(input, context) {
    const { api, process, namespace } = context
    const [name] = input.words
    const everywhere = input.bool("all-namespaces")
    if (input.words.length > 1) throw new UsageError("top pod", "pod [NAME | -l label]")
    if (name && (input.has("selector") || input.has("field-selector")))
      throw new KubectlError("only one of NAME or selector can be provided")
    const order = input.text("sort-by")
    if (order && order !== "cpu" && order !== "memory") throw new KubectlError("--sort-by accepts only cpu or memory")
    const base = yield* metricsPath(context)
    const path = everywhere ? `${base}/pods` : `${base}/namespaces/${namespace}/pods`
    let items = name
      ? [yield* api.get<PodMetrics>(`${path}/${name}`)]
      : (yield* api.get<{ items: PodMetrics[] }>(path + query({ labelSelector: input.text("selector") }))).items
    if (input.has("field-selector")) {
      const wanted = yield* api.get<{ items: KubeObject[] }>(
        `${everywhere ? "/api/v1/pods" : `/api/v1/namespaces/${namespace}/pods`}${query({ labelSelector: input.text("selector"), fieldSelector: input.text("field-selector") })}`,
      )
      const keys = new Set(wanted.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`))
      items = items.filter(({ metadata }) => keys.has(`${metadata.namespace}/${metadata.name}`))
    }
    if (items.length === 0) {
      yield* process.error(everywhere ? "No resources found\n" : `No resources found in ${namespace} namespace.\n`)
      return 0
    }
    const pods = items.map((pod) => ({
      pod,
      name: everywhere ? `${pod.metadata.namespace}/${pod.metadata.name}` : pod.metadata.name,
      amounts: sum(pod.containers.map(({ usage }) => amountsOf(usage))),
    }))
    const containers = input.bool("containers")
    const measured = ["CPU(cores)", "MEMORY(bytes)", ...(input.bool("show-swap") ? ["SWAP(bytes)"] : [])]
    const cells = ({ cpu, memory, swap }: Amounts): string[] =>
      [cpuText(cpu), memoryText(memory), memoryText(swap)].slice(0, measured.length)
    const head = [...(everywhere ? ["NAMESPACE"] : []), ...(containers ? ["POD"] : []), "NAME", ...measured]
    const rows: string[][] = input.bool("no-headers") ? [] : [head]
    for (const { pod, amounts } of sorted(pods, input.text("sort-by"))) {
      const { name: of, namespace: where } = pod.metadata
      if (!containers) rows.push([...(everywhere ? [where] : []), of, ...cells(amounts)])
      else
        for (const one of sorted(
          pod.containers.map((container) => ({ name: container.name, amounts: amountsOf(container.usage) })),
          input.text("sort-by"),
        ))
          rows.push([...(everywhere ? [where] : []), of, one.name, ...cells(one.amounts)])
    }
    if (input.bool("sum")) {
      const total = sum(pods.map(({ amounts }) => amounts))
      const blank = Array.from({ length: head.length - measured.length }, () => "")
      rows.push([...blank, ...measured.map(() => "________")], [...blank, ...cells(total)])
    }
    yield* process.print(metricsTable(rows))
    return 0
  },
})
