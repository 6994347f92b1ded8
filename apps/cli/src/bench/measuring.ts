/** Measuring: CPU time of a piece of work, and what stays on the heap. */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose_gc")
const collect = runInNewContext("gc") as () => void

/** Bytes on the heap after collecting what nothing holds. */
export const heapUsed = (): number => {
  collect()
  collect()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

/** CPU milliseconds (user and system) that `work` took in this process. */
export const cpuMs = async (work: () => void | Promise<void>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** The median of `runs` figures after `warmUp` that do not count. */
export const median = async (runs: number, warmUp: number, one: () => Promise<number>): Promise<number> => {
  const figures: number[] = []
  for (let i = 0; i < warmUp + runs; i++) {
    const figure = await one()
    if (i >= warmUp) figures.push(figure)
  }
  return figures.sort((a, b) => a - b)[runs >> 1]
}
