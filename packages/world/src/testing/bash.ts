/** For tests: a booted world, and bash on its machines as a function. */
import type { ScriptResult, World, WorldOptions } from "../contract.ts"
import { createWorld } from "../create-world.ts"

const PAUSE = 500

export const bootedWorld = (options: Partial<WorldOptions> = {}): World => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed: "test", startedAt: Date.UTC(2026, 0, 5, 8), ...options })
  world.boot()
  return world
}

/** Runs a script to its end: what it printed and how it ended. A person reads that first: the world goes on to the next half second. */
export const scriptIn =
  (world: World) =>
  (script: string, machine?: string): ScriptResult => {
    let result: ScriptResult | undefined
    world.script({ script, timeout: 600_000, ...(machine && { machine }) }, (done) => {
      result = done
    })
    while (!result) world.run({ until: world.sim.now() + PAUSE })
    return result
  }

/** Runs a script to its end; what it printed on both streams. */
export const bashIn =
  (world: World) =>
  (script: string, machine?: string): string => {
    const { stdout, stderr } = scriptIn(world)(script, machine)
    return `${stdout}${stderr}`.trimEnd()
  }
