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

/**
 * The smallest of `runs` figures after `warmUp` that do not count. CPU time is never too small: what is above the smallest is the machine's
 * other work, which on a shared one is most of what a median would show. The peer is measured alike.
 */
export const smallest = async (runs: number, warmUp: number, one: () => Promise<number>): Promise<number> => {
  let figure = Number.POSITIVE_INFINITY
  for (let i = 0; i < warmUp + runs; i++) {
    const measured = await one()
    if (i >= warmUp) figure = Math.min(figure, measured)
  }
  return figure
}
