/** What `kubectl get pod` says of a container that crashes: restarts are counted when they are made, not when they are due. */
import { expect, test } from "vitest"
import { createWorld } from "./create-world.ts"

test("a container that crashes at once has been restarted once, then waits ten seconds, then twenty", () => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed: "restarts", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const said: string[] = []
  const ask = (script: string) => {
    world.script({ script, timeout: 300_000 }, (result) => said.push(`${result.stdout}${result.stderr}`))
    world.run({ until: world.sim.now() + 5_000 })
  }
  ask("kubectl run crash --image=busybox -- sh -c 'echo attempt; exit 3'")
  const counted = () => {
    said.length = 0
    ask(
      "kubectl get pod crash -o jsonpath='{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].state.waiting.reason}'; kubectl logs crash -p",
    )
    return said.join("")
  }
  expect(counted()).toBe("1 CrashLoopBackOffattempt\n")
  world.run({ until: world.sim.now() + 10_000 })
  expect(counted()).toBe("2 CrashLoopBackOffattempt\n")
  world.run({ until: world.sim.now() + 20_000 })
  expect(counted()).toBe("3 CrashLoopBackOffattempt\n")
})
