/** What a Pod asks of a node. As k8s.io/component-helpers/resource/helpers.go PodRequests. Millicores, bytes, counts. */
import type { Pod } from "../api/index.ts"
import { milliValue, quantityValue } from "../apimachinery/quantity.ts"

export interface Amounts {
  cpu: number
  memory: number
  /** ephemeral-storage, hugepages and devices by their full name. */
  others: ReadonlyMap<string, number>
}

const NONE: ReadonlyMap<string, number> = new Map()

const amounts = (resources: unknown): Map<string, number> =>
  new Map(
    Object.entries((resources ?? {}) as Record<string, string>).map(([name, amount]) => [
      name,
      name === "cpu" ? milliValue(amount) : quantityValue(amount),
    ]),
  )

const add = (total: Map<string, number>, more: ReadonlyMap<string, number>): void => {
  for (const [name, amount] of more) total.set(name, (total.get(name) ?? 0) + amount)
}

const raise = (total: Map<string, number>, least: ReadonlyMap<string, number>): void => {
  for (const [name, amount] of least) if (amount > (total.get(name) ?? 0)) total.set(name, amount)
}

const compute = (pod: Pod): Amounts => {
  const total = new Map<string, number>()
  for (const container of pod.spec.containers ?? []) add(total, amounts(container.resources?.requests))
  // Sidecars run beside what comes after them; the other init containers one after another.
  const sidecars = new Map<string, number>()
  const starting = new Map<string, number>()
  for (const container of pod.spec.initContainers ?? []) {
    const own = amounts(container.resources?.requests)
    if (container.restartPolicy === "Always") {
      add(sidecars, own)
      raise(starting, sidecars)
    } else {
      add(own, sidecars)
      raise(starting, own)
    }
  }
  add(total, sidecars)
  raise(total, starting)
  for (const [name, amount] of amounts((pod.spec.resources as { requests?: unknown } | undefined)?.requests)) total.set(name, amount)
  add(total, amounts(pod.spec.overhead))
  const others = [...total].filter(([name, amount]) => name !== "cpu" && name !== "memory" && amount > 0)
  return { cpu: total.get("cpu") ?? 0, memory: total.get("memory") ?? 0, others: others.length > 0 ? new Map(others) : NONE }
}

const known = new WeakMap<object, Amounts>()

export const requestsOf = (pod: Pod): Amounts => {
  let found = known.get(pod.spec)
  if (!found) known.set(pod.spec, (found = compute(pod)))
  return found
}

/** What a container that asks for nothing counts as when nodes are compared (DefaultMilliCPURequest, DefaultMemoryRequest). */
const LEAST_CPU = 100
const LEAST_MEMORY = 200 * 1024 * 1024

const leasts = new WeakMap<object, { cpu: number; memory: number }>()

/** As requestsOf with the defaults of GetNonzeroRequests, a container each. */
export const nonZeroOf = (pod: Pod): { cpu: number; memory: number } => {
  let found = leasts.get(pod.spec)
  if (!found) {
    const { cpu, memory } = requestsOf(pod)
    let [noCpu, noMemory] = [0, 0]
    for (const { resources } of pod.spec.containers ?? []) {
      const own = (resources?.requests ?? {}) as Record<string, string>
      if (own.cpu === undefined) noCpu++
      if (own.memory === undefined) noMemory++
    }
    leasts.set(pod.spec, (found = { cpu: cpu + noCpu * LEAST_CPU, memory: memory + noMemory * LEAST_MEMORY }))
  }
  return found
}
