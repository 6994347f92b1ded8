/** What a node does with Pods that it cannot take, or cannot keep: reasons, messages, conditions and events as the kubelet's. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const pod = (name: string, spec: string): string => `kubectl apply -f - <<'EOF' >/dev/null
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: ${spec}
EOF
`
const STATUS = (name: string) => `kubectl get pod ${name} -o jsonpath='{.status.phase}|{.status.reason}|{.status.message}'; echo`
const EVENT = (name: string, reason: string) =>
  `kubectl get events --field-selector involvedObject.name=${name},reason=${reason} -o jsonpath='{.items[0].type} {.items[0].reason}: {.items[0].message}'; echo`

const box = (more: string, container = ""): string =>
  `{nodeName: node01, ${more} containers: [{name: c, image: busybox, command: [sleep, "9999"]${container}}]}`

test("a Pod that was bound past the scheduler is refused by the kubelet", () => {
  const bash = bashIn(bootedWorld())
  bash("kubectl label node node01 disk=hdd")
  const cases: readonly (readonly [name: string, spec: string, reason: string, message: RegExp])[] = [
    [
      "cpu",
      box("", ", resources: {requests: {cpu: '9'}}"),
      "OutOfcpu",
      /^Pod was rejected: Node didn't have enough resource: cpu, requested: 9000, used: \d+, capacity: 2000$/,
    ],
    [
      "memory",
      box("", ", resources: {requests: {memory: 99Gi}}"),
      "OutOfmemory",
      /^Pod was rejected: Node didn't have enough resource: memory, requested: 106300440576, used: \d+, capacity: \d+$/,
    ],
    [
      "labels",
      box("nodeSelector: {disk: ssd},"),
      "NodeAffinity",
      /^Pod was rejected: Predicate NodeAffinity failed: node\(s\) didn't match Pod's node affinity\/selector$/,
    ],
  ]
  for (const [name, spec] of cases) bash(pod(name, spec))
  bash("sleep 3")
  for (const [name, , reason, message] of cases) {
    const [phase, why, text] = bash(STATUS(name)).split("|")
    expect([phase, why]).toEqual(["Failed", reason])
    expect(text).toMatch(message)
    expect(`Pod was rejected: ${bash(EVENT(name, reason)).replace(`Warning ${reason}: `, "")}`).toBe(text)
  }
})

test("memory runs short: the greediest beyond its request goes, the node says so for five minutes, and takes no BestEffort Pods", () => {
  const world = bootedWorld()
  const bash = bashIn(world)
  bash(
    pod("modest", box("", ", resources: {requests: {memory: 64Mi}}")) +
      pod(
        "greedy",
        "{nodeName: node01, containers: [{name: hog, image: polinux/stress, command: [stress], args: [--vm, '1', --vm-bytes, 1650M, --vm-hang, '1'], resources: {requests: {memory: 100Mi}}}]}",
      ) +
      "sleep 45",
  )
  const [phase, reason, message] = bash(STATUS("greedy")).split("|")
  expect([phase, reason]).toEqual(["Failed", "Evicted"])
  expect(message).toMatch(
    /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \d+Ki\. Container hog was using \d+Ki, request is 100Mi, has larger consumption of memory\.$/,
  )
  expect(bash(`kubectl get pod greedy -o jsonpath='{.status.conditions[?(@.type=="DisruptionTarget")].reason}'`)).toBe(
    "TerminationByKubelet",
  )
  expect(bash("kubectl get pod modest -o jsonpath='{.status.phase}'")).toBe("Running")
  const condition = `kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type=="MemoryPressure")].reason} {.spec.taints[*].key}'`
  expect(bash(condition)).toBe("KubeletHasInsufficientMemory node.kubernetes.io/memory-pressure")
  expect(bash(EVENT("node01", "EvictionThresholdMet"))).toBe("Warning EvictionThresholdMet: Attempting to reclaim memory")
  expect(bash(EVENT("node01", "NodeHasInsufficientMemory"))).toBe(
    "Normal NodeHasInsufficientMemory: Node node01 status is now: NodeHasInsufficientMemory",
  )
  expect(bash(pod("late", box("")) + "sleep 3\n" + STATUS("late"))).toBe(
    "Failed|Evicted|Pod was rejected: The node had condition: [MemoryPressure].",
  )
  world.run({ until: world.sim.now() + 330_000 })
  expect(bash(condition)).toBe("KubeletHasSufficientMemory")
})

test("a Pod that fills more of the disk than it may is evicted", () => {
  const bash = bashIn(bootedWorld())
  bash(
    pod(
      "cache",
      `{containers: [{name: c, image: ubuntu, command: [bash, -c, 'fallocate -l 20M /cache/big; sleep 9999'], volumeMounts: [{name: v, mountPath: /cache}]}], volumes: [{name: v, emptyDir: {sizeLimit: 10Mi}}]}`,
    ) +
      pod(
        "layer",
        `{containers: [{name: c, image: ubuntu, command: [bash, -c, 'fallocate -l 20M /big; sleep 9999'], resources: {limits: {ephemeral-storage: 10Mi}}}]}`,
      ) +
      "sleep 40",
  )
  expect(bash(STATUS("cache"))).toBe('Failed|Evicted|Usage of EmptyDir volume "v" exceeds the limit "10Mi".')
  expect(bash(STATUS("layer"))).toBe("Failed|Evicted|Pod ephemeral local storage usage exceeds the total limit of containers 10Mi.")
})

test("a node without its network plugin, and one without any configuration for it", () => {
  const world = bootedWorld()
  const bash = bashIn(world)
  const run = (name: string) => bash(pod(name, box("")) + "sleep 15")
  const state = (name: string) => bash(`kubectl get pod ${name} --no-headers | awk '{print $3}'`)
  bash("mv /opt/cni/bin/bridge /tmp/", "node01")
  run("first")
  expect(state("first")).toBe("ContainerCreating")
  expect(bash(EVENT("first", "FailedCreatePodSandBox"))).toMatch(
    /^Warning FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "[0-9a-f]{64}": plugin type="bridge" failed \(add\): failed to find plugin "bridge" in path \[\/opt\/cni\/bin\]$/,
  )
  bash("mv /tmp/bridge /opt/cni/bin/; mv /etc/cni/net.d/10-podnet.conflist /tmp/", "node01")
  run("second")
  const ready = `kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}'`
  const why =
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"
  expect(bash(ready)).toBe(why)
  expect(bash(EVENT("second", "NetworkNotReady"))).toBe(`Warning NetworkNotReady: network is not ready: ${why}`)
  bash("mv /tmp/10-podnet.conflist /etc/cni/net.d/", "node01")
  world.run({ until: world.sim.now() + 30_000 })
  expect([state("first"), state("second"), bash(ready)]).toEqual(["Running", "Running", "kubelet is posting ready status"])
})
