/** A recording brought back to life: the same world, input by input. */
import type { Recording, World, WorldOptions } from "./contract.ts"
import { createWorld } from "./create-world.ts"

/** A world on its way to where its recording ended. Attach graders before the first step: what they start is part of the run. */
export interface Replay {
  readonly world: World
  /** Share of the virtual time that was gone through, 0 to 1. */
  readonly done: number
  /** Goes on for at most `events` events; true once the world is where the recording ended. */
  step(events: number): boolean
}

/**
 * Boots the recorded world and replays its inputs: each is applied once everything due by its time has run, which is how they were
 * taken live.
 * @param internet what the recording's world had; it is not part of a recording
 */
export const replay = (recording: Recording, internet?: WorldOptions["internet"]): Replay => {
  const world = createWorld({ ...recording.options, ...(internet && { internet }) })
  world.boot()
  const begun = world.sim.now()
  let next = 0
  return {
    world,
    get done() {
      return recording.until <= begun ? 1 : Math.min(1, (world.sim.now() - begun) / (recording.until - begun))
    },
    step(events) {
      let left = events
      while (left > 0) {
        const logged = recording.inputs[next]
        const ran = world.run({ until: logged ? logged.at : recording.until, events: left })
        left -= ran.events
        if (ran.reason !== "until") return false
        if (!logged) return true
        world.input(logged.input)
        next++
      }
      return false
    },
  }
}
