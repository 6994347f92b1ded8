/** In-place resize as kubelet, control group and API show it; and the kubelet's own ports. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const RESIZED = (resources: string) =>
  `kubectl patch pod web --subresource resize -p '{"spec":{"containers":[{"name":"c","resources":${resources}}]}}' >/dev/null; sleep 3`
const GROUP = 'kubectl exec web -- sh -c \'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/memory.max | tr "\\n" " "\''
const PENDING = `kubectl get pod web -o jsonpath='{.status.conditions[?(@.type=="PodResizePending")].reason}: {.status.conditions[?(@.type=="PodResizePending")].message}'`
const ACTUAL =
  "kubectl get pod web -o jsonpath='{.status.containerStatuses[0].resources.requests.cpu} {.status.containerStatuses[0].restartCount}'"
const EVENTS =
  "kubectl get events --field-selector involvedObject.name=web -o jsonpath='{range .items[*]}{.reason} {end}' | tr ' ' '\\n' | grep Resize | tr '\\n' ' '"

test("resources change while the container runs, wait for room, or never come", () => {
  const world = bootedWorld({ topology: "kubeadm-1node" })
  const bash = bashIn(world)
  bash(`kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: c, image: busybox, command: [sleep, "9999"], resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}}
EOF
kubectl run other --image=busybox --overrides='{"spec":{"containers":[{"name":"other","image":"busybox","command":["sleep","9999"],"resources":{"requests":{"cpu":"900m"}}}]}}'
kubectl wait --for=condition=Ready pod/web pod/other`)
  expect(bash(GROUP)).toBe("20000 100000 134217728")
  bash(RESIZED('{"limits":{"cpu":"400m","memory":"256Mi"}}'))
  expect([bash(GROUP), bash(ACTUAL), bash(PENDING)]).toEqual(["40000 100000 268435456", "100m 0", ":"])
  bash(RESIZED('{"requests":{"cpu":"9"},"limits":{"cpu":"9"}}'))
  expect([bash(GROUP), bash(ACTUAL), bash(PENDING)]).toEqual([
    "40000 100000 268435456",
    "100m 0",
    "Infeasible: Node didn't have enough capacity: cpu, requested: 9000, capacity: 2000",
  ])
  bash(RESIZED('{"requests":{"cpu":"400m"},"limits":{"cpu":"1"}}'))
  expect(bash(PENDING)).toMatch(/^Deferred: Node didn't have enough resource: cpu, requested: 400, used: \d+, capacity: 2000$/)
  bash("kubectl delete pod other --now; sleep 15")
  expect([bash(GROUP), bash(ACTUAL), bash(PENDING)]).toEqual(["100000 100000 268435456", "400m 0", ":"])
  expect(bash(EVENTS).split(" ").sort()).toEqual([
    "ResizeCompleted",
    "ResizeCompleted",
    "ResizeDeferred",
    "ResizeInfeasible",
    "ResizeStarted",
    "ResizeStarted",
  ])
})

test("the kubelet's ports: health to the node alone, the rest to who may, and read-only when it is switched on", () => {
  const world = bootedWorld({ topology: "kubeadm-1node" })
  const bash = bashIn(world)
  const read = "curl -s -m 3 http://localhost:10255/pods | grep -c PodList || true"
  const asked = "curl -sk -m 3 https://172.30.1.2:10250/pods | head -c 70"
  expect(bash("curl -s http://localhost:10248/healthz")).toBe("ok")
  expect(bash(asked)).toBe("Unauthorized")
  expect(bash(read)).toBe("0")
  const CONFIG = "/var/lib/kubelet/config.yaml"
  bash(`echo 'readOnlyPort: 10255' >> ${CONFIG}; sed -i '/anonymous:/{n;s/false/true/}' ${CONFIG}; systemctl restart kubelet; sleep 3`)
  expect(bash(read)).toBe("1")
  expect(bash(asked)).toBe("Forbidden (user=system:anonymous, verb=get, resource=nodes, subresourc")
  bash(`sed -i 's/mode: Webhook/mode: AlwaysAllow/' ${CONFIG}; systemctl restart kubelet; sleep 3`)
  expect(bash(asked)).toMatch(/^\{"kind":"PodList"/)
})
