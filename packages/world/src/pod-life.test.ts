/** A Pod's way on its node, with every hop told. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const apply = (manifest: string) => `cat <<'EOF' | kubectl apply -f -\n${manifest}\nEOF\n`

test("a Pod's start is told hop by hop, from sandbox to status", () => {
  const world = bootedWorld()
  bashIn(world)(
    apply(`apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: nginx
    readinessProbe: {httpGet: {port: 80}}
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, emptyDir: {}}]`) + "sleep 30",
  )
  const hops = world.trace.events
    .filter(({ object, instance }) => object?.name === "web" && instance?.startsWith("kubelet/"))
    .map(({ from, to, verb }) => `${from} → ${to}: ${verb}`)
  const first = (hop: string) => hops.indexOf(hop)
  const order = [
    "kubelet → csi: mount",
    "kubelet → containerd: sandbox",
    "containerd → cni: network",
    "containerd → kubelet: sandbox-ready",
    "kubelet → containerd: pull",
    "containerd → kubelet: pulled",
    "kubelet → containerd: create",
    "kubelet → containerd: start",
    "containerd → container: started",
    "kubelet → container: probe",
  ]
  expect(order.map(first)).toEqual([...order.map(first)].sort((a, b) => a - b))
  expect(order.filter((hop) => first(hop) < 0)).toEqual([])
  expect(hops.lastIndexOf("kubelet → kube-apiserver: status")).toBeGreaterThan(first("kubelet → container: probe"))
})

test("hooks run, sidecars start before and end after, and what the Pod leaves is told", () => {
  const bash = bashIn(bootedWorld())
  bash(
    apply(`apiVersion: v1
kind: Pod
metadata: {name: hooks, labels: {app: hooks}}
spec:
  terminationGracePeriodSeconds: 6
  initContainers:
  - {name: first, image: busybox, command: [sh, -c, 'echo first > /work/order'], volumeMounts: [{name: work, mountPath: /work}]}
  - name: side
    image: busybox
    restartPolicy: Always
    command: [sh, -c, 'echo side >> /work/order; trap "exit 0" TERM; while true; do sleep 1; done']
    volumeMounts: [{name: work, mountPath: /work}]
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'echo main >> /work/order; trap "exit 0" TERM; while true; do sleep 1; done']
    lifecycle:
      postStart: {exec: {command: [sh, -c, 'echo post >> /work/order']}}
      preStop: {exec: {command: [sh, -c, 'echo pre >> /work/order']}}
    resources: {limits: {cpu: 250m, memory: 64Mi}}
    volumeMounts: [{name: work, mountPath: /work}, {name: about, mountPath: /about}]
  volumes:
  - {name: work, hostPath: {path: /work}}
  - name: about
    downwardAPI:
      items:
      - {path: labels, fieldRef: {fieldPath: metadata.labels}}
      - {path: cpu, resourceFieldRef: {containerName: main, resource: limits.cpu, divisor: 1m}}`) + "sleep 30",
  )
  expect(bash("kubectl get pod hooks --no-headers").split(/\s+/).slice(1, 3)).toEqual(["2/2", "Running"])
  expect(bash("kubectl exec hooks -c main -- cat /about/labels /about/cpu")).toBe('app="hooks"250')
  expect(bash("cat /work/order", "node01").split("\n").sort()).toEqual(["first", "main", "post", "side"])
  bash("kubectl delete pod hooks")
  expect(bash("cat /work/order", "node01").split("\n").at(-1)).toBe("pre")
  const killed = bash(
    "kubectl get events --field-selector reason=Killing -o jsonpath='{range .items[*]}{.metadata.creationTimestamp} {.message}{\"\\n\"}{end}' | sort",
  )
  expect(killed.split("\n").map((line) => line.split(" ").at(-1))).toEqual(["main", "side"])
})

test("a container beyond its memory is killed for it; more memory lets it live", () => {
  const bash = bashIn(bootedWorld())
  const stress = (name: string, memory: string) =>
    apply(`apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
  - {name: c, image: polinux/stress, command: [stress], args: [--vm, '1', --vm-bytes, 150M, --vm-hang, '1'], resources: {limits: {memory: ${memory}}}}`)
  bash(`${stress("poor", "100Mi")}${stress("rich", "200Mi")}sleep 30`)
  expect(
    bash(
      "kubectl get pod poor -o jsonpath='{.status.containerStatuses[0].lastState.terminated.reason} {.status.containerStatuses[0].lastState.terminated.exitCode}'",
    ),
  ).toBe("OOMKilled 137")
  expect(bash("kubectl get pod rich -o jsonpath='{.status.phase} {.status.containerStatuses[0].restartCount}'")).toBe("Running 0")
})

test("a Pod past its deadline fails, one that must not be root does not start as root", () => {
  const bash = bashIn(bootedWorld())
  bash(
    `${apply(`apiVersion: v1
kind: Pod
metadata: {name: late}
spec: {activeDeadlineSeconds: 10, terminationGracePeriodSeconds: 1, containers: [{name: c, image: nginx}]}
---
apiVersion: v1
kind: Pod
metadata: {name: root}
spec: {securityContext: {runAsNonRoot: true}, containers: [{name: c, image: nginx}]}`)}sleep 40`,
  )
  expect(bash("kubectl get pod late -o jsonpath='{.status.phase} {.status.reason}: {.status.message}'")).toBe(
    "Failed DeadlineExceeded: Pod was active on the node longer than the specified deadline",
  )
  expect(
    bash(
      "kubectl get pod root -o jsonpath='{.status.containerStatuses[0].state.waiting.reason}: {.status.containerStatuses[0].state.waiting.message}'",
    ),
  ).toMatch(
    /^CreateContainerConfigError: container has runAsNonRoot and image will run as root \(pod: "root_default\(.*\)", container: c\)$/,
  )
})

test("a read-only root refuses writes, but for volumes; a volume is its fsGroup's", () => {
  const bash = bashIn(bootedWorld())
  bash(
    `${apply(`apiVersion: v1
kind: Pod
metadata: {name: sealed}
spec:
  securityContext: {runAsUser: 3000, runAsGroup: 3000, fsGroup: 2000}
  containers:
  - {name: c, image: busybox, command: [sleep, '3600'], securityContext: {readOnlyRootFilesystem: true}, volumeMounts: [{name: tmp, mountPath: /tmp}, {name: conf, mountPath: /conf}]}
  volumes: [{name: tmp, emptyDir: {}}, {name: conf, secret: {secretName: s, defaultMode: 420}}]
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {key: value}`)}sleep 20`,
  )
  const inside = (command: string) => bash(`kubectl exec sealed -- sh -c '${command}'`)
  expect(inside("echo a > /tmp/a && cat /tmp/a && cat /conf/key")).toBe("a\nvalue")
  expect(inside("echo a > /etc/a")).toContain("Read-only file system")
  expect(inside("id -u; id -g; ls -ldn /tmp").replace(/\s+/g, " ")).toMatch(/^3000 3000 drwxrw[sx]rwx \d+ 0 2000 /)
})
