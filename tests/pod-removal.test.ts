import { createWorld } from "@drydock/world"
import { expect, test } from "vitest"

test("a Pod's way out is in the trace, as one piece of work", () => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed: "removal", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const shell = world.shellSession({})
  const type = (command: string) => {
    let done = false
    shell.run(command, { timeout: 120_000 }, () => {
      done = true
    })
    world.run({ until: world.sim.now() + 240_000, stop: () => done })
  }
  type("kubectl run web --image=nginx; kubectl wait --for=condition=Ready pod/web --timeout=60s")
  const before = world.trace.events.at(-1)?.id ?? 0
  type("kubectl delete pod web")
  const hops = world.trace.events.filter(({ id, object }) => id > before && object?.kind === "Pod" && object.name === "web")
  const [{ span }] = hops
  expect(
    hops
      .filter((hop) => hop.span === span && /kubelet|containerd|cni/.test(hop.from))
      .map(({ from, to, verb, detail }) => `${from} → ${to} ${verb} ${detail}`),
  ).toEqual([
    "kubelet → containerd stop web within 30s",
    "containerd → kubelet exited web: Completed (0)",
    "kubelet → kube-apiserver status Succeeded",
    "kubelet → kube-apiserver request PUT /api/v1/namespaces/default/pods/web/status",
    "kubelet → containerd remove StopPodSandbox, RemovePodSandbox",
    "containerd → cni release DEL eth0: 10.244.1.3",
    "kubelet → kube-apiserver request DELETE /api/v1/namespaces/default/pods/web",
  ])
})
