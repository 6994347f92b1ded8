/** Why a Pod went where it did, and why not elsewhere: what the trace keeps of each plugin and node. */
import { expect, test } from "vitest"
import { apply } from "./testing/behaviour.ts"
import { bashIn, bootedWorld } from "./testing/bash.ts"

test("each node that was refused names its plugin; each that was compared, every plugin's share", () => {
  const world = bootedWorld({ topology: { nodes: ["cp", "a", "b", "c", "d"] } })
  const asking = (name: string, cpu: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {nodeSelector: {disk: ssd}, containers: [{name: c, image: nginx, resources: {requests: {cpu: ${cpu}}}}]}`
  bashIn(world)(
    `kubectl cordon a >/dev/null; kubectl label node b disk=hdd >/dev/null; kubectl label node c d disk=ssd >/dev/null\n${apply(`${asking("web", "100m")}\n---\n${asking("none", "9")}`)}sleep 5`,
  )
  const told = (name: string, verb: string) =>
    world.trace.events.flatMap((event) => (event.object?.name === name && event.verb === verb ? [event.detail ?? ""] : [])).sort()
  const elsewhere = [
    "a: NodeUnschedulable: node(s) were unschedulable",
    "b: NodeAffinity: node(s) didn't match Pod's node affinity/selector",
    "cp: TaintToleration: node(s) had untolerated taint(s)",
  ]
  expect(told("web", "filter")).toEqual(elsewhere)
  expect([...new Set(told("none", "filter"))].sort()).toEqual(
    [...elsewhere, "c: NodeResourcesFit: Insufficient cpu", "d: NodeResourcesFit: Insufficient cpu"].sort(),
  )
  const scores = told("web", "score").map((text) => /^(\w+): (\d+) \((.*)\)$/.exec(text) ?? [])
  expect(scores.map(([, node]) => node)).toEqual(["c", "d"])
  for (const [, , total, shares] of scores) {
    const each = new Map(shares.split(", ").map((share) => share.split(" ") as [string, string]))
    expect([...each.keys()]).toContain("NodeResourcesFit")
    expect([...each.values()].reduce((sum, share) => sum + Number(share), 0)).toBe(Number(total))
  }
})
