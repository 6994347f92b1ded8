/** NodeResourcesBalancedAllocation: CPU and memory used in like measure. */
import { definePlugin } from "../define-plugin.ts"

export const nodeResourcesBalancedAllocation = definePlugin({
  name: "NodeResourcesBalancedAllocation",
  score({ requests }, { allocatable, requested }) {
    const cpu = Math.min(1, (requested.cpu + requests.cpu) / (allocatable.cpu || 1))
    const memory = Math.min(1, (requested.memory + requests.memory) / (allocatable.memory || 1))
    return (1 - Math.abs(cpu - memory) / 2) * 100
  },
})
