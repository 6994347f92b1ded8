/** CPU and memory of containers: limits, what exceeds them, changes while they run, and a node that runs short. As pkg/kubelet/{allocation,eviction} and cgroup v2. */
import { apply, behaves } from "../testing/behaviour.ts"

const PODS = "/api/v1/namespaces/default/pods"
const pod = (name: string, spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: ${spec}`
const stress = (name: string, megabytes: number, resources: string, more = ""): string =>
  pod(
    name,
    `{${more}nodeName: node01, containers: [{name: c, image: polinux/stress, command: [stress], args: [--vm, '1', --vm-bytes, ${megabytes}M, --vm-hang, '0'], resources: ${resources}}]}`,
  )
const loop = (name: string, cpu: string): string =>
  pod(
    name,
    `{restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done'], resources: {requests: {cpu: 50m}, limits: {cpu: ${cpu}}}}]}`,
  )
const RESIZE = (resources: string): string =>
  `kubectl patch pod web --subresource resize -p '{"spec":{"containers":[{"name":"c","resources":${resources}}]}}' >/dev/null`
const STATE = `kubectl get pod web -o jsonpath='{range .status.conditions[?(@.type=="PodResizePending")]}{.type} {.reason}: {.message}{"\\n"}{end}{range .status.conditions[?(@.type=="PodResizeInProgress")]}{.type} {.status} {.observedGeneration}{"\\n"}{end}'; kubectl get pod web -o jsonpath='{.status.containerStatuses[0].resources.requests.cpu} {.status.containerStatuses[0].resources.limits.cpu} restarts {.status.containerStatuses[0].restartCount}'`

behaves([
  {
    title: "beyond its memory a container is killed: OOMKilled, 137, restarted later each time; the kernel says so",
    steps: [
      { run: apply(stress("poor", 150, "{limits: {memory: 100Mi}}")) },
      {
        watch: {
          of: PODS,
          columns: ["Name", "Ready", "Status", "Restarts"],
          quiet: 25,
          during: 45,
          shows: [
            "0s poor 0/1 ContainerCreating 0",
            "1s poor 1/1 Running 0",
            "1s poor 0/1 OOMKilled 0",
            "3s poor 1/1 Running 1",
            "3s poor 0/1 OOMKilled 1",
            "4s poor 0/1 CrashLoopBackOff 1",
            "14s poor 1/1 Running 2",
            "14s poor 0/1 OOMKilled 2",
            "15s poor 0/1 CrashLoopBackOff 2",
            "35s poor 1/1 Running 3",
            "35s poor 0/1 OOMKilled 3",
            "36s poor 0/1 CrashLoopBackOff 3",
          ],
        },
      },
      {
        run: "kubectl get pod poor -o jsonpath='{.status.containerStatuses[0].lastState.terminated.reason} {.status.containerStatuses[0].lastState.terminated.exitCode}'; echo; ssh node01 dmesg | grep -o 'Memory cgroup out of memory: Killed process [0-9]* (stress)' | sed 's/process [0-9]*/process N/' | sort -u; kubectl get events | grep -ci oom",
        shows: "OOMKilled 137\nMemory cgroup out of memory: Killed process N (stress)\n0",
      },
    ],
  },
  {
    title: "beyond its CPU a container is slowed down: the same work takes five times as long with a fifth, and its control group says so",
    steps: [
      { run: apply(`${loop("slow", "100m")}\n---\n${loop("fast", "500m")}`) },
      {
        after: 120,
        run: `for p in slow fast; do set -- $(kubectl get pod $p -o jsonpath='{.status.containerStatuses[0].state.terminated.startedAt} {.status.containerStatuses[0].state.terminated.finishedAt}'); echo $p $(( $(date -d $2 +%s) - $(date -d $1 +%s) )); done`,
        shows: "slow 5\nfast 1",
      },
      {
        run: apply(
          pod(
            "busy",
            "{containers: [{name: c, image: busybox, command: [sh, -c, 'while true; do :; done'], resources: {requests: {cpu: 100m}, limits: {cpu: 100m}}}]}",
          ),
        ),
      },
      {
        after: 20,
        run: "kubectl exec busy -- sh -c 'cat /sys/fs/cgroup/cpu.max; grep -E ^nr_throttled /sys/fs/cgroup/cpu.stat' | sed 's/nr_throttled [1-9][0-9]*/nr_throttled N/'; kubectl top pod busy 2>&1 | tail -1",
        shows: "10000 100000\nnr_throttled N\nerror: Metrics API not available",
      },
    ],
  },
  {
    title:
      "in-place resize: applied as it runs, in progress until it is seen, restarted where asked, deferred while there is no room, infeasible",
    world: { topology: "kubeadm-1node" },
    steps: [
      {
        run: `${apply(
          pod(
            "web",
            "{containers: [{name: c, image: busybox, command: [sleep, '9999'], resizePolicy: [{resourceName: memory, restartPolicy: RestartContainer}], resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}}], terminationGracePeriodSeconds: 1}",
          ),
        )}sleep 5; ${RESIZE('{"requests":{"cpu":"200m"},"limits":{"cpu":"400m"}}')}; ${STATE}`,
        shows: "PodResizeInProgress True 2\n200m 400m restarts 0",
      },
      { after: 2, run: `${STATE}; echo; kubectl exec web -- cat /sys/fs/cgroup/cpu.max`, shows: "200m 400m restarts 0\n40000 100000" },
      {
        run: `${RESIZE('{"limits":{"memory":"256Mi"}}')}; sleep 5; ${STATE}; echo; kubectl exec web -- cat /sys/fs/cgroup/memory.max`,
        shows: "200m 400m restarts 1\n268435456",
      },
      {
        run: `kubectl run other --image=busybox --overrides='{"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"other","image":"busybox","command":["sleep","9999"],"resources":{"requests":{"cpu":"600m"}}}]}}' >/dev/null; sleep 5; ${RESIZE('{"requests":{"cpu":"900m"},"limits":{"cpu":"1"}}')}; sleep 2; ${STATE}`,
        shows:
          /^PodResizePending Deferred: Node didn't have enough resource: cpu, requested: 900, used: \d+, capacity: 2000\n200m 400m restarts 1$/,
      },
      { run: "kubectl delete pod other >/dev/null" },
      { after: 15, run: STATE, shows: "900m 1 restarts 1" },
      {
        run: `${RESIZE('{"requests":{"cpu":"9"},"limits":{"cpu":"9"}}')}; sleep 2; ${STATE}`,
        shows: "PodResizePending Infeasible: Node didn't have enough capacity: cpu, requested: 9000, capacity: 2000\n900m 1 restarts 1",
      },
      {
        run: "kubectl get events --field-selector involvedObject.name=web -o jsonpath='{range .items[*]}{.reason}{\"\\n\"}{end}' | grep Resize | sort | uniq -c | awk '{print $1, $2}'",
        shows: "3 ResizeCompleted\n1 ResizeDeferred\n1 ResizeInfeasible\n3 ResizeStarted",
      },
      {
        run: `kubectl patch pod web --subresource resize -p '{"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"1","memory":"256Mi"},"limits":{"cpu":"1"}}}]}}' 2>&1 | tail -1`,
        shows: 'The Pod "web" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
      },
    ],
  },
  {
    title:
      "a node short of memory evicts those beyond their requests first, by priority and then by excess; best-effort Pods are not taken meanwhile",
    steps: [
      {
        run: apply(
          [
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000",
            stress("guaranteed", 100, "{limits: {memory: 200Mi, cpu: 100m}}"),
            stress("within", 150, "{requests: {memory: 200Mi}}"),
            stress("beyond", 250, "{requests: {memory: 100Mi}}"),
            stress("none", 120, "{}"),
            stress("important", 200, "{}", "priorityClassName: high, "),
          ].join("\n---\n"),
        ),
      },
      {
        after: 20,
        run: "kubectl get pods --no-headers | awk '{print $1, $3}'",
        shows: "beyond Running\nguaranteed Running\nimportant Running\nnone Running\nwithin Running",
      },
      { fault: ["fill", "node01/memory", { percent: 108 }] },
      {
        after: 60,
        run: "kubectl get pods -o jsonpath='{range .items[?(@.status.phase==\"Failed\")]}{.metadata.name} {.status.reason}: {.status.message}{\"\\n\"}{end}' | sed 's/available: -*[0-9]*Ki/available: XKi/'; kubectl get node node01 -o jsonpath='{.spec.taints[*].key} {.status.conditions[?(@.type==\"MemoryPressure\")].reason}'",
        shows:
          "beyond Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: XKi. Container c was using 257212Ki, request is 100Mi, has larger consumption of memory.\nnone Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: XKi. Container c was using 124092Ki, request is 0, has larger consumption of memory.\nnode.kubernetes.io/memory-pressure KubeletHasInsufficientMemory",
      },
      {
        run: `kubectl run late --image=nginx --overrides='{"spec":{"nodeName":"node01"}}' >/dev/null; sleep 2; kubectl get pod late -o jsonpath='{.status.phase} {.status.reason}: {.status.message}'`,
        shows: "Failed Evicted: Pod was rejected: The node had condition: [MemoryPressure].",
      },
      { fault: ["heal", "node01/memory"] },
      {
        after: 330,
        run: "kubectl get node node01 -o jsonpath='{.spec.taints[*].key} {.status.conditions[?(@.type==\"MemoryPressure\")].reason}'",
        shows: "KubeletHasSufficientMemory",
      },
    ],
  },
])
