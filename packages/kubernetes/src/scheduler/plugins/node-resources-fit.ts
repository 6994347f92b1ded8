/** NodeResourcesFit: requests must fit into what is left; emptier nodes score higher. */
import { definePlugin } from "../define-plugin.ts"

export const nodeResourcesFit = definePlugin({
  name: "NodeResourcesFit",
  filter({ requests }, { pods, allocatable, requested }) {
    const reasons: string[] = []
    if (pods.length + 1 > allocatable.pods) reasons.push("Too many pods")
    if (requests.cpu > 0 && requests.cpu > allocatable.cpu - requested.cpu) reasons.push("Insufficient cpu")
    if (requests.memory > 0 && requests.memory > allocatable.memory - requested.memory) reasons.push("Insufficient memory")
    for (const [name, amount] of requests.others)
      if (amount > allocatable.other(name) - (requested.others.get(name) ?? 0)) reasons.push(`Insufficient ${name}`)
    return reasons
  },
  // As isFit's Unresolvable: not even the whole node would do.
  unresolvable: ({ requests }, { allocatable }) =>
    requests.cpu > allocatable.cpu ||
    requests.memory > allocatable.memory ||
    [...requests.others].some(([name, amount]) => amount > allocatable.other(name)),
  score({ requests }, { allocatable, requested }) {
    // As GetNonzeroRequests: a Pod without requests counts as 100m and 200 MB.
    const left = (total: number, used: number) => (total <= 0 ? 0 : Math.max(0, ((total - used) * 100) / total))
    return (
      (left(allocatable.cpu, requested.cpu + (requests.cpu || 100)) +
        left(allocatable.memory, requested.memory + (requests.memory || 200 * 1024 * 1024))) /
      2
    )
  },
})
