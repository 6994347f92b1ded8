/** Every fault: injected, seen where a person would look, mended, gone; and the same world both times. */
import { expect, test } from "vitest"
import type { World } from "./contract.ts"
import { faults } from "./faults.ts"
import { bashIn, bootedWorld } from "./testing/bash.ts"

interface Case {
  target: string
  parameters?: Record<string, unknown>
  /** Virtual seconds until it shows, and until it is over. */
  shows: number
  heals: number
  /** bash on the first machine (or another): what it prints before, while it is so, and after. */
  look: string
  machine?: string
  before: string
  during: string
  after: string
  /** How it is mended; default: heal. */
  mend?: { name: string; target: string }
}

const READY = `kubectl get node node01 -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'`

const CASES: Readonly<Record<string, Case>> = {
  kill: {
    target: "node01/kubelet",
    shows: 1,
    heals: 15,
    look: `systemctl show kubelet -p SubState; systemctl show kubelet -p NRestarts`,
    machine: "node01",
    before: "SubState=running\nNRestarts=0",
    during: "SubState=auto-restart\nNRestarts=0",
    after: "SubState=running\nNRestarts=1",
    mend: { name: "", target: "" },
  },
  partition: { target: "node01/controlplane", shows: 60, heals: 30, look: READY, before: "True", during: "Unknown", after: "True" },
  slow: {
    target: "controlplane/node01",
    parameters: { latency: 250 },
    shows: 1,
    heals: 1,
    look: `ping -c1 node01 | grep -o 'time=[0-9]*'`,
    before: "time=0",
    during: "time=500",
    after: "time=0",
  },
  fill: {
    target: "node01/disk",
    shows: 30,
    heals: 330,
    look: `kubectl get node node01 -o 'jsonpath={.status.conditions[?(@.type=="DiskPressure")].reason} {.spec.taints[*].key}'`,
    before: "KubeletHasNoDiskPressure",
    during: "KubeletHasDiskPressure node.kubernetes.io/disk-pressure",
    after: "KubeletHasNoDiskPressure",
  },
  skew: {
    target: "node01",
    parameters: { seconds: 86_400 },
    shows: 1,
    heals: 1,
    look: "date +%d",
    machine: "node01",
    before: "05",
    during: "06",
    after: "05",
  },
  corrupt: {
    target: "controlplane/etc/kubernetes/manifests/kube-scheduler.yaml",
    shows: 60,
    heals: 60,
    look: "kubectl -n kube-system get pods -l component=kube-scheduler --no-headers | awk '{print $3}'",
    before: "Running",
    during: "No resources found in kube-system namespace.",
    after: "Running",
  },
  "stop-unit": { target: "node01/kubelet", shows: 60, heals: 30, look: READY, before: "True", during: "Unknown", after: "True" },
  "start-unit": {
    target: "node01/ssh",
    shows: 1,
    heals: 1,
    look: "systemctl is-active ssh",
    machine: "node01",
    before: "active",
    during: "active",
    after: "active",
    mend: { name: "", target: "" },
  },
  "power-off": {
    target: "node01",
    shows: 60,
    heals: 60,
    look: READY,
    before: "True",
    during: "Unknown",
    after: "True",
    mend: { name: "power-on", target: "node01" },
  },
}

const go = (name: string, { target, parameters, shows, heals, look, machine, mend }: Case): { seen: string[]; world: World } => {
  const world = bootedWorld()
  const bash = bashIn(world)
  const wait = (seconds: number) => world.run({ until: world.sim.now() + seconds * 1_000 })
  const seen = [bash(look, machine)]
  world.input({ kind: "fault", name, target, ...(parameters && { parameters }) })
  wait(shows)
  seen.push(bash(look, machine))
  if (!mend) world.input({ kind: "fault", name: "heal", target })
  else if (mend.name) world.input({ kind: "fault", ...mend })
  wait(heals)
  seen.push(bash(look, machine))
  return { seen, world }
}

test.each(Object.entries(CASES))("%s is seen, is mended, and is the same twice", (name, one) => {
  const first = go(name, one)
  expect(first.seen).toEqual([one.before, one.during, one.after])
  expect(go(name, one).world.hash()).toBe(first.world.hash())
})

test("every fault is shown, and what cannot be is refused in one line", () => {
  expect(Object.keys(CASES).sort()).toEqual(
    faults
      .map(({ name }) => name)
      .filter((name) => name !== "heal" && name !== "power-on")
      .sort(),
  )
  const world = bootedWorld({ topology: "kubeadm-1node" })
  const strike = (name: string, target: string, parameters?: Record<string, unknown>) => () =>
    world.input({ kind: "fault", name, target, ...(parameters && { parameters }) })
  expect(strike("melt", "controlplane")).toThrow(/^there is no fault "melt"; there are kill, partition, /)
  expect(strike("skew", "node09")).toThrow('there is no machine "node09"')
  expect(strike("skew", "controlplane", { hours: 1 })).toThrow('fault "skew" has no parameter "hours"; it has "seconds", "for"')
  expect(strike("fill", "controlplane/disk", { percent: "all" })).toThrow('fault "fill": "percent" must be a number, at least 0')
  expect(strike("kill", "controlplane/nginx")).toThrow('nothing called "nginx" runs on controlplane')
  expect(strike("heal", "controlplane")).toThrow('nothing is broken at "controlplane"')
})

test("a fault that is for a while mends itself", () => {
  const world = bootedWorld({ topology: "kubeadm-1node" })
  world.input({ kind: "fault", name: "skew", target: "controlplane", parameters: { seconds: -3_600, for: 30 } })
  expect(world.faults).toEqual([{ name: "skew", target: "controlplane" }])
  world.run({ until: world.sim.now() + 31_000 })
  expect(world.faults).toEqual([])
})
