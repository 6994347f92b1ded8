/** What a node's kernel shows and takes: control groups, namespaces, /proc/sys. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const bash = bashIn(bootedWorld())

test("a Pod's limits are in the node's control groups, under the names that the kubelet's systemd driver gives", () => {
  bash(`kubectl run q --image=nginx --overrides='{"spec":{"nodeName":"controlplane","containers":[{"name":"q","image":"nginx","resources":{"requests":{"cpu":"100m","memory":"64Mi"},"limits":{"cpu":"200m","memory":"128Mi"}}}]}}'
sleep 20`)
  const uid = bash("kubectl get pod q -o jsonpath={.metadata.uid}").replaceAll("-", "_")
  const scope = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid}.slice/cri-containerd-${bash("crictl ps -q --name '^q$'")}.scope`
  expect(bash(`cd /sys/fs/cgroup${scope}; cat memory.max cpu.max cpu.weight pids.current ../memory.max ../cpu.weight`)).toBe(
    "134217728\n20000 100000\n4\n3\n134217728\n4",
  )
  expect(bash(`p=$(head -1 /sys/fs/cgroup${scope}/cgroup.procs); cat /proc/$p/cgroup /proc/$p/oom_score_adj /proc/$p/comm`)).toBe(
    `0::${scope}\n971\nnginx`,
  )
  expect(bash("kubectl exec q -- cat /proc/self/cgroup /sys/fs/cgroup/memory.max")).toBe("0::/\n134217728")
  expect(
    bash("cat /proc/$(pidof kubelet)/cgroup; cat /proc/$(pidof kubelet)/oom_score_adj; ls /sys/fs/cgroup/system.slice | grep service"),
  ).toBe("0::/system.slice/kubelet.service\n-999\ncontainerd.service\nkubelet.service\nssh.service")
  expect(bash(`kubectl delete pod q --now; sleep 5; test -e /sys/fs/cgroup${scope} || echo gone`)).toContain("gone")
})

test("processes with a network of their own are told apart by the numbers of their namespaces", () => {
  const own = bash("readlink /proc/self/ns/net; readlink /proc/$(pidof kubelet)/ns/net").split("\n")
  expect(own).toEqual(["net:[4026531840]", "net:[4026531840]"])
  expect(bash("readlink /proc/$(pidof coredns)/ns/net")).not.toBe(own[0])
  expect(bash("readlink /proc/$(pidof etcd)/ns/net")).toBe(own[0])
})

test("what is written to /proc/sys stays and acts: without forwarding no Pod is reached from the other node", () => {
  bash(`kubectl run web --image=nginx --overrides='{"spec":{"nodeName":"node01"}}'; sleep 20`)
  const get = "curl -s -o /dev/null -m 2 -w '%{http_code}' $(kubectl get pod web -o jsonpath={.status.podIP})"
  expect(bash(get)).toBe("200")
  expect(bash("sysctl -w net.ipv4.ip_forward=0; cat /proc/sys/net/ipv4/ip_forward", "node01")).toBe("net.ipv4.ip_forward = 0\n0")
  expect(bash(`${get}; echo " $?"`)).toMatch(/28$/)
  expect(bash("echo 1 > /proc/sys/net/ipv4/ip_forward; echo words > /proc/sys/vm/swappiness; echo 1 > /proc/version", "node01")).toBe(
    "bash: line 1: echo: Invalid argument\nbash: line 1: /proc/version: Read-only file system",
  )
  expect(bash(get)).toBe("200")
  expect(bash("kubectl exec web -- sh -c 'echo 1 > /proc/sys/vm/swappiness'")).toContain("Read-only file system")
})
