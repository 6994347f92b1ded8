/** metrics-server: asks every kubelet what its containers use, and serves metrics.k8s.io. As github.com/kubernetes-sigs/metrics-server. */
import type { Simulation, Timer } from "@drydock/sim"
import type { Node, Pod } from "../api/index.ts"
import { formatTime } from "../apimachinery/object.ts"
import { matches, parseSelector } from "../apimachinery/selectors.ts"
import { notFound, StatusError } from "../apimachinery/status.ts"
import type { Context } from "../apiserver/context.ts"
import type { ApiResponse } from "../apiserver/contract.ts"
import type { Component } from "../cluster-contract.ts"
import { nodeMetrics, podMetrics } from "./kinds.ts"

/** --metric-resolution, ms. */
const RESOLUTION = 15_000

/** What one kubelet says: /metrics/resource. CPU in nanocores, memory in bytes. */
export interface NodeReading {
  node: Node
  cpuNanoCores: number
  memoryBytes: number
  pods: readonly { pod: Pod; containers: readonly { name: string; cpuNanoCores: number; memoryBytes: number }[] }[]
}

export interface MetricsServer extends Component {
  /** Whether it has something to tell (its /readyz). */
  readonly ready: boolean
  handle(context: Context): ApiResponse
}

interface Reading {
  at: number
  cpuNanoCores: number
  memoryBytes: number
}

const JSON_TYPE = { "content-type": "application/json", "cache-control": "no-cache, private" } as const

const usage = ({ cpuNanoCores, memoryBytes }: Reading) => ({
  cpu: cpuNanoCores === 0 ? "0" : `${Math.round(cpuNanoCores)}n`,
  memory: `${Math.ceil(memoryBytes / 1024)}Ki`,
})

export const runMetricsServer = (options: {
  sim: Simulation
  scrape: () => readonly NodeReading[]
  onReady: () => void
}): MetricsServer => {
  const { sim } = options
  const nodes = new Map<string, { node: Node; reading: Reading }>()
  const pods = new Map<string, { pod: Pod; containers: { name: string; reading: Reading }[] }>()
  /** Pods seen once: their rate is known after the second look. */
  const seen = new Set<string>()
  let rounds = 0
  let timer: Timer | undefined
  const tick = (): void => {
    const at = sim.now()
    rounds++
    nodes.clear()
    pods.clear()
    const present = new Set<string>()
    for (const { node, pods: running, ...amounts } of options.scrape()) {
      if (rounds > 1) nodes.set(node.metadata.name, { node, reading: { at, ...amounts } })
      for (const { pod, containers } of running) {
        if (containers.length === 0) continue
        const { namespace, name, uid } = pod.metadata
        const key = `${uid}/${containers.length}`
        present.add(key)
        if (seen.has(key))
          pods.set(`${namespace}/${name}`, {
            pod,
            containers: containers.map(({ name: container, ...reading }) => ({ name: container, reading: { at, ...reading } })),
          })
      }
    }
    if (rounds === 2 && nodes.size > 0) options.onReady()
    seen.clear()
    for (const key of present) seen.add(key)
    timer = rounds > 1 ? sim.scheduleBackground(RESOLUTION, tick) : sim.schedule(RESOLUTION, tick)
  }
  timer = sim.schedule(1_000, tick)

  const head = (kind: string, metadata: object, at: number) => ({
    kind,
    apiVersion: "metrics.k8s.io/v1beta1",
    metadata: { ...metadata, creationTimestamp: formatTime(sim.now()) },
    timestamp: formatTime(at),
    window: `${(RESOLUTION / 1_000).toFixed(0)}s`,
  })
  const labels = (object: { metadata: { labels?: unknown } }) => (object.metadata.labels ? { labels: object.metadata.labels } : {})
  const showNode = ({ node, reading }: { node: Node; reading: Reading }) => ({
    ...head("NodeMetrics", { name: node.metadata.name, ...labels(node) }, reading.at),
    usage: usage(reading),
  })
  const showPod = ({ pod, containers }: { pod: Pod; containers: readonly { name: string; reading: Reading }[] }) => ({
    ...head("PodMetrics", { name: pod.metadata.name, namespace: pod.metadata.namespace, ...labels(pod) }, containers[0].reading.at),
    containers: containers.map(({ name, reading }) => ({ name, usage: usage(reading) })),
  })

  return {
    name: "metrics-server",
    get ready() {
      return nodes.size > 0
    },
    handle({ info, query }) {
      const isNodes = info.resource === "nodes"
      if (!isNodes && info.resource !== "pods")
        throw new StatusError(404, "NotFound", "the server could not find the requested resource", {})
      const { kind } = isNodes ? nodeMetrics : podMetrics
      if (info.name) {
        const found = isNodes ? nodes.get(info.name) : pods.get(`${info.namespace}/${info.name}`)
        const named = isNodes ? info.name : `${info.namespace}/${info.name}`
        if (!found) throw notFound({ group: "metrics.k8s.io", plural: isNodes ? "nodemetrics" : "podmetrics" }, named)
        return { status: 200, headers: JSON_TYPE, body: "node" in found ? showNode(found) : showPod(found) }
      }
      const requirements = parseSelector(query.get("labelSelector")?.[0] ?? "")
      const fits = (object: { metadata: { labels?: unknown } }) => matches(requirements, object.metadata.labels as never)
      const items = isNodes
        ? [...nodes.values()].filter(({ node }) => fits(node)).map(showNode)
        : [...pods.values()]
            .filter(({ pod }) => (info.namespace === undefined || pod.metadata.namespace === info.namespace) && fits(pod))
            .map(showPod)
      return {
        status: 200,
        headers: JSON_TYPE,
        body: { kind: `${kind}List`, apiVersion: "metrics.k8s.io/v1beta1", metadata: {}, items },
      }
    },
    stop() {
      sim.cancel(timer)
    },
  }
}
