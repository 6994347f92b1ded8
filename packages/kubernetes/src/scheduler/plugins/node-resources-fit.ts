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

export const nodeResourcesFit = definePlugin({
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
    return ({ allocatable, nonZero }) =>
      Math.floor((left(allocatable.cpu, nonZero.cpu + own.cpu) + left(allocatable.memory, nonZero.memory + own.memory)) / 2)
  },
})
