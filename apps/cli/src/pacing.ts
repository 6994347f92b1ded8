/** Lets one world's virtual clock follow the wall clock, `speed` virtual seconds a second. */
import { performance } from "node:perf_hooks"
import type { World } from "@drydock/world"

/** Longest stretch of work before sockets get their turn, in events. */
const EVENTS_A_TURN = 2_000

export interface Pacer {
  /** Something was put into the world: run what is due now, then sleep until the next event. */
  wake(): void
  stop(): void
}

export const pace = (world: World, speed: number): Pacer => {
  const wallStart = performance.now()
  const virtualStart = world.sim.now()
  let timer: NodeJS.Timeout | undefined
  let immediate: NodeJS.Immediate | undefined
  let stopped = false
  const due = () => virtualStart + (performance.now() - wallStart) * speed
  const turn = () => {
    timer = immediate = undefined
    if (stopped) return
    // Never backwards: work done in a turn may have moved the clock past what is due.
    const { reason } = world.run({ until: Math.max(world.sim.now(), due()), events: EVENTS_A_TURN })
    if (reason === "events") {
      immediate = setImmediate(turn)
      return
    }
    const next = world.sim.nextAt()
    if (next !== undefined) timer = setTimeout(turn, Math.max(1, Math.min(60_000, (next - due()) / speed)))
  }
  turn()
  return {
    wake() {
      if (stopped || immediate) return
      clearTimeout(timer)
      immediate = setImmediate(turn)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      if (immediate) clearImmediate(immediate)
    },
  }
}
