/** NodeResourcesFit: requests must fit into what is left; emptier nodes score higher. As noderesources/fit.go. */
import { definePlugin, type NodeInfo, type Rejection } from "../define-plugin.ts"
import { type Amounts, nonZeroOf } from "../pod-requests.ts"

/** What a node is short of for such requests; what it does not have in all, no preemption brings. */
export const shortOf = (
  requests: Amounts,
  { pods, allocatable, requested }: Pick<NodeInfo, "pods" | "allocatable" | "requested">,
): { name: string; asked: number; used: number; capacity: number }[] => {
  const short: { name: string; asked: number; used: number; capacity: number }[] = []
  const check = (name: string, asked: number, used: number, capacity: number) => {
    if (asked > 0 && asked > capacity - used) short.push({ name, asked, used, capacity })
  }
  check("pods", 1, pods.length, allocatable.pods)
  check("cpu", requests.cpu, requested.cpu, allocatable.cpu)
  check("memory", requests.memory, requested.memory, allocatable.memory)
  for (const [name, amount] of requests.others) check(name, amount, requested.others.get(name) ?? 0, allocatable.other(name))
  return short
}

const left = (total: number, used: number): number => (total <= 0 || used > total ? 0 : Math.floor(((total - used) * 100) / total))

const taken = (total: number, used: number): number => (total <= 0 || used > total ? 0 : Math.floor((used * 100) / total))

type Score = (total: number, used: number) => number

const fit = (score: Score, weights: { cpu: number; memory: number }) =>
  definePlugin({
    name: "NodeResourcesFit",
    filter({ requests }) {
      return (info): Rejection | undefined => {
        const { allocatable, requested, pods } = info
        // The usual case makes nothing.
        if (
          requests.others.size === 0 &&
          pods.length < allocatable.pods &&
          requests.cpu <= allocatable.cpu - requested.cpu &&
          requests.memory <= allocatable.memory - requested.memory
        )
          return undefined
        const short = shortOf(requests, info)
        if (short.length === 0) return undefined
        return {
          reasons: short.map(({ name }) => (name === "pods" ? "Too many pods" : `Insufficient ${name}`)),
          unresolvable: short.some(({ asked, capacity }) => asked > capacity),
        }
      }
    },
    score({ pod }) {
      const own = nonZeroOf(pod)
      const { cpu, memory } = weights
      return ({ allocatable, nonZero }) =>
        Math.floor(
          (score(allocatable.cpu, nonZero.cpu + own.cpu) * cpu + score(allocatable.memory, nonZero.memory + own.memory) * memory) /
            (cpu + memory),
        )
    },
  })

/** LeastAllocated, CPU and memory alike: the default. */
export const nodeResourcesFit = fit(left, { cpu: 1, memory: 1 })

/** @param args NodeResourcesFitArgs: `scoringStrategy.type` LeastAllocated or MostAllocated, with weights for cpu and memory */
export const fitWith = (args: Readonly<Record<string, unknown>>): typeof nodeResourcesFit => {
  const { type, resources } = (args.scoringStrategy ?? {}) as {
    type?: unknown
    resources?: readonly { name?: unknown; weight?: unknown }[]
  }
  const weightOf = (name: string): number => {
    if (!Array.isArray(resources)) return 1
    const found = resources.find((one) => one?.name === name)
    return found ? (typeof found.weight === "number" && found.weight > 0 ? found.weight : 1) : 0
  }
  const weights = { cpu: weightOf("cpu"), memory: weightOf("memory") }
  return fit(type === "MostAllocated" ? taken : left, weights.cpu + weights.memory > 0 ? weights : { cpu: 1, memory: 1 })
}
