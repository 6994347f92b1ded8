/** NodeResourcesBalancedAllocation: CPU and memory used in like measure. As noderesources/balanced_allocation.go. */
import { definePlugin } from "../define-plugin.ts"

const share = (used: number, total: number): number => (total > 0 ? Math.min(1, used / total) : 0)

export const nodeResourcesBalancedAllocation = definePlugin({
  name: "NodeResourcesBalancedAllocation",
  score({ requests }) {
    // A Pod that asks for nothing balances nothing.
    if (requests.cpu === 0 && requests.memory === 0) return undefined
    return ({ allocatable, requested }) => {
      const cpu = share(requested.cpu + requests.cpu, allocatable.cpu)
      const memory = share(requested.memory + requests.memory, allocatable.memory)
      return Math.floor((1 - Math.abs(cpu - memory) / 2) * 100)
    }
  },
})
