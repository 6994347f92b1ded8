import { createWorld } from "@drydock/world"
import { expect, test } from "vitest"

const lab = () => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed: "static", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const shell = world.shellSession({})
  return (command: string) => {
    let result: { stdout: string; exit: number } | undefined
    shell.run(command, { timeout: 120_000 }, (given) => {
      result = given
    })
    world.run({ until: world.sim.now() + 240_000, stop: () => result !== undefined })
    return result
  }
}
const UID =
  "kubectl get pod -n kube-system kube-scheduler-controlplane -o jsonpath='{.metadata.uid} {.metadata.deletionTimestamp}{.status.phase}'"
const CONTAINER = "kubectl get pod -n kube-system kube-scheduler-controlplane -o jsonpath='{.status.containerStatuses[0].containerID}'"

test("a deleted mirror of a static Pod comes back at once; its container never stopped", () => {
  const type = lab()
  const container = type(CONTAINER)?.stdout
  const before = type(UID)?.stdout
  expect(before).toMatch(/^\S+ Running$/)
  expect(type("kubectl delete pod -n kube-system kube-scheduler-controlplane")?.exit).toBe(0)
  type("sleep 2")
  const after = type(UID)?.stdout
  expect(after).toMatch(/^\S+ Running$/)
  expect(after).not.toBe(before)
  expect(type(CONTAINER)?.stdout).toBe(container)
})

test("etcd's own Pod is shown again once etcd is back", () => {
  const type = lab()
  type("mv /etc/kubernetes/manifests/etcd.yaml /root/; sleep 10")
  expect(type("kubectl get pods")?.exit).toBe(1)
  type("mv /root/etcd.yaml /etc/kubernetes/manifests/; sleep 60")
  expect(type("kubectl get pods -n kube-system -l tier=control-plane -o name")?.stdout).toBe(
    ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) => `pod/${name}-controlplane\n`).join(""),
  )
})
