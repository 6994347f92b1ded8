/** A mistyped image, in a whole world: the waiting state settles, its message stays one line, and the kubelet tries again. */
import { createWorld, type ScriptResult } from "@drydock/world"
import { expect, test } from "vitest"

test("an image that does not exist ends in ImagePullBackOff and stays small", () => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed: "pull", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const run = (script: string): ScriptResult => {
    let result: ScriptResult | undefined
    world.script({ script }, (given) => {
      result = given
    })
    while (!result) world.run({ until: world.sim.now() + 1_000, events: 200_000, stop: () => result !== undefined })
    return result
  }
  run("kubectl run typo --image=ngnix-typo")
  world.run({ until: world.sim.now() + 10 * 60_000, events: 500_000 })
  expect(run("kubectl get pod typo --no-headers").stdout).toMatch(/^typo {3}0\/1 {3}(ImagePullBackOff|ErrImagePull) {3}0 {5}10m\n$/)
  expect(run("kubectl get pod typo -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'").stdout).toMatch(
    /^(Back-off pulling image "ngnix-typo": ErrImagePull: )?failed to pull and unpack image "docker.io\/library\/ngnix-typo:latest": failed to resolve reference [^\n]{1,200}$/,
  )
  // Tries after 0, 10, 30, 70, 150 and 310 s; by the last one a Pod has had its 25 Events, and the next is written five minutes later.
  expect(run("kubectl get events --field-selector reason=Pulling -o jsonpath='{.items[*].count}'").stdout).toBe("5")
})
