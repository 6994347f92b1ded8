/** What ends a learner's background work: kill, timeout, and curl's own limit on an answer that never ends. */
import { expect, test } from "vitest"
import type { ScriptResult } from "./contract.ts"
import { createWorld } from "./create-world.ts"

const terminal = () => {
  const world = createWorld({ topology: "kubeadm-1node", seed: "jobs", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const session = world.shellSession({})
  return (command: string): ScriptResult => {
    let result: ScriptResult | undefined
    session.run(command, { timeout: 300_000 }, (done) => {
      result = done
    })
    while (!result) world.run({ until: world.sim.now() + 500 })
    return result
  }
}

test("kill and timeout end a job, though the shell itself ignores that signal", () => {
  const type = terminal()
  type("sleep 100 &")
  expect(type("kill %1; sleep 1; jobs; true").stdout + type("jobs").stdout).not.toContain("Running")
  const before = type("date +%s").stdout
  expect(type("timeout 3 sleep 100").exit).toBe(124)
  expect(Number(type("date +%s").stdout) - Number(before)).toBeLessThan(5)
  type("trap '' TERM")
  type("sleep 50 &")
  expect(type("kill %1; sleep 1; jobs").stdout).toContain("Running")
})

test("curl gives a watch up at --max-time, and shows what kubectl proxy passed on as people read it", () => {
  const type = terminal()
  type("kubectl proxy --port=8001 > /dev/null & sleep 1")
  const watched = type("curl -sSN --max-time 2 'http://localhost:8001/api/v1/namespaces/default/configmaps?watch=1' > /tmp/watch")
  expect(watched.exit).toBe(28)
  expect(watched.stderr).toMatch(/^curl: \(28\) Operation timed out after 2000 milliseconds with \d+ bytes received\n$/)
  expect(type("cut -c1-15 /tmp/watch").stdout).toBe('{"type":"ADDED"\n')
  expect(type("curl -s http://localhost:8001/api/v1/namespaces/default | head -n 2").stdout).toBe('{\n  "apiVersion": "v1",\n')
  expect(type("kill $!; sleep 1; curl -s http://localhost:8001/").exit).toBe(7)
})
