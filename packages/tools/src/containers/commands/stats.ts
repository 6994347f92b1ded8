/** docker stats, once. */
import type { Command } from "../command.ts"
import { short } from "../listing.ts"

export const stats: Command = {
  name: "stats",
  *run({ engine, process }) {
    const rows = engine.containers
      .filter((one) => engine.status(one)?.state === "running")
      .map((one) => {
        const { cpuNanoCores, memoryBytes } = engine.runtime.stats(one.id)
        return `${short(one.id)}   ${one.name.padEnd(20)}${(cpuNanoCores / 1e7).toFixed(2)}%     ${(memoryBytes / 1_024 ** 2).toFixed(2)}MiB\n`
      })
    yield* process.print(`CONTAINER ID   NAME                CPU %     MEM USAGE\n${rows.join("")}`)
    return 0
  },
}
