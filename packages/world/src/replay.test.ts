/** The same seed and inputs give the same world, whatever the pace, and a recording gives it back. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { createWorld } from "./create-world.ts"
import { replay } from "./replay.ts"

const STARTED_AT = Date.UTC(2026, 0, 5, 8)
const LINES = ["kubectl get pods\r", "kubectl run a --image=nginx\r", "echo $RANDOM > /tmp/x\r", "sleep 3 & jobs\r", "\x03", "ls -l /etc\r"]

test("a recording replayed in small steps ends in the same world", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.constantFrom(...LINES)), { maxLength: 6 }),
      fc.integer({ min: 50, max: 5_000 }),
      (typed, pace) => {
        const world = createWorld({ topology: "kubeadm-1node", seed: "replay", startedAt: STARTED_AT })
        world.boot()
        world.input({ kind: "open-terminal", terminal: "t", machine: "controlplane", columns: 80, rows: 24 })
        let output = ""
        world.onOutput((_, data) => {
          output += new TextDecoder().decode(data)
        })
        for (const [wait, data] of typed) {
          world.run({ until: world.sim.now() + wait })
          world.input({ kind: "keys", terminal: "t", data })
        }
        world.run({ until: world.sim.now() + 5_000 })
        const again = replay(world.recording())
        let repeated = ""
        again.world.onOutput((_, data) => {
          repeated += new TextDecoder().decode(data)
        })
        while (!again.step(pace));
        expect(repeated).toBe(output)
        expect(again.world.hash()).toBe(world.hash())
        expect(again.done).toBe(1)
      },
    ),
    { numRuns: 8, seed: 7 },
  )
})

test("another seed gives another world", () => {
  const hash = (seed: string) => {
    const world = createWorld({ topology: "kubeadm-1node", seed, startedAt: STARTED_AT })
    world.boot()
    return world.hash()
  }
  expect(hash("a")).toBe(hash("a"))
  expect(hash("a")).not.toBe(hash("b"))
})
