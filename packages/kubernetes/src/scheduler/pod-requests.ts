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

export const sumOf = (pods: readonly Pod[]): Amounts => {
  let cpu = 0
  let memory = 0
  let others: Map<string, number> | undefined
  for (const pod of pods) {
    const own = requestsOf(pod)
    cpu += own.cpu
    memory += own.memory
    if (own.others.size > 0) add((others ??= new Map()), own.others)
  }
  return { cpu, memory, others: others ?? NONE }
}
