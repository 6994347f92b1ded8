/** How many replicas a load asks for. As pkg/controller/podautoscaler/replica_calculator.go. */
import type { Pod } from "../api/index.ts"
import { milliValue, quantityValue } from "../apimachinery/quantity.ts"

/** --horizontal-pod-autoscaler-tolerance, -cpu-initialization-period, -initial-readiness-delay. */
const TOLERANCE = 0.1
const CPU_INITIALIZATION = 300_000
const READINESS_DELAY = 30_000

export interface PodMetric {
  pod: string
  /** Millicores of cpu, milli-units of anything else. */
  value: number
  /** ms since the epoch, and over how many ms. */
  at: number
  window: number
}

export class CalculationError extends Error {}

export interface Proposal {
  replicas: number
  /** Percent of the request; undefined for a target that is an average value. */
  utilization?: number
  /** Average of all Pods, milli-units. */
  average: number
}

const requestOf = (pod: Pod, resource: string, container: string | undefined): number =>
  (pod.spec.containers ?? [])
    .filter(({ name }) => container === undefined || name === container)
    .reduce((sum, { name, resources }) => {
      const request = (resources?.requests as Record<string, string> | undefined)?.[resource]
      if (request === undefined)
        throw new CalculationError(`missing request for ${resource} in container ${name} of Pod ${pod.metadata.name}`)
      return sum + (resource === "cpu" ? milliValue(request) : quantityValue(request) * 1_000)
    }, 0)

const isUnready = (pod: Pod, resource: string, metric: PodMetric, now: number): boolean => {
  if (resource !== "cpu") return false
  const condition = pod.status.conditions?.find(({ type }) => type === "Ready")
  const startedAt = Date.parse((pod.status.startTime as string | undefined) ?? "")
  if (!condition || Number.isNaN(startedAt)) return true
  const changedAt = Date.parse(condition.lastTransitionTime ?? "")
  // A young Pod counts once a whole window lies after it became ready.
  if (startedAt + CPU_INITIALIZATION > now) return condition.status === "False" || metric.at < changedAt + metric.window
  return condition.status === "False" && startedAt + READINESS_DELAY > changedAt
}

export const proposeReplicas = (options: {
  pods: readonly Pod[]
  metrics: readonly PodMetric[]
  resource: string
  container?: string
  current: number
  target: { utilization: number } | { averageMilli: number }
  now: number
}): Proposal => {
  const { pods, resource, current, target, now } = options
  if (pods.length === 0) throw new CalculationError("no pods returned by selector while calculating replica count")
  const values = new Map(options.metrics.map((metric) => [metric.pod, metric]))
  const unready: string[] = []
  const missing: string[] = []
  const ignored: string[] = []
  let readyCount = 0
  for (const pod of pods) {
    const { name } = pod.metadata
    if (pod.metadata.deletionTimestamp || pod.status.phase === "Failed") ignored.push(name)
    else if (pod.status.phase === "Pending") unready.push(name)
    else {
      const metric = values.get(name)
      if (!metric) missing.push(name)
      else if (isUnready(pod, resource, metric, now)) unready.push(name)
      else readyCount++
    }
  }
  for (const name of [...ignored, ...unready]) values.delete(name)
  const requests =
    "utilization" in target ? new Map(pods.map((pod) => [pod.metadata.name, requestOf(pod, resource, options.container)])) : undefined
  if (values.size === 0) throw new CalculationError("did not receive metrics for targeted pods (pods might be unready)")
  const usage = new Map([...values].map(([name, { value }]) => [name, value]))
  const ratio = (): { ratio: number; utilization?: number; average: number } => {
    const total = [...usage.values()].reduce((sum, value) => sum + value, 0)
    const average = Math.floor(total / usage.size)
    if (!("utilization" in target)) return { ratio: average / target.averageMilli, average }
    const requested = [...usage.keys()].reduce((sum, name) => sum + (requests?.get(name) ?? 0), 0)
    if (requested === 0) throw new CalculationError(`no metrics returned matched known pods`)
    const utilization = Math.floor((total * 100) / requested)
    return { ratio: utilization / target.utilization, utilization, average }
  }
  const first = ratio()
  const within = (value: number) => Math.abs(value - 1) <= TOLERANCE
  const propose = (replicas: number): Proposal => ({
    replicas,
    average: first.average,
    ...(first.utilization !== undefined && { utilization: first.utilization }),
  })
  const countUnready = unready.length > 0 && first.ratio > 1
  if (!countUnready && missing.length === 0) return propose(within(first.ratio) ? current : Math.ceil(first.ratio * readyCount))
  for (const name of missing)
    if (first.ratio < 1)
      usage.set(
        name,
        "utilization" in target ? ((requests?.get(name) ?? 0) * Math.max(100, target.utilization)) / 100 : target.averageMilli,
      )
    else if (first.ratio > 1) usage.set(name, 0)
  if (countUnready) for (const name of unready) usage.set(name, 0)
  const again = ratio().ratio
  if (within(again) || (first.ratio < 1 && again > 1) || (first.ratio > 1 && again < 1)) return propose(current)
  const wanted = Math.ceil(again * usage.size)
  if ((again < 1 && wanted > current) || (again > 1 && wanted < current)) return propose(current)
  return propose(wanted)
}
