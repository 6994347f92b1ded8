/** Nodes that are lost, stopped, full, drained or cut off: conditions, taints, Pods and times. As node-lifecycle, taint-eviction and the kubelet. */
import { apply, behaves } from "../testing/behaviour.ts"

const pod = (name: string, more = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: web}}\nspec: {nodeName: node01, terminationGracePeriodSeconds: 1, ${more}containers: [{name: c, image: 'busybox:1.37', command: [sleep, '9999']}]}`
const NODE = `kubectl get node node01 -o jsonpath='{range .status.conditions[*]}{.type}={.status}:{.reason} {end}{range .spec.taints[*]}{.key}:{.effect} {end}'`
const PODS = "kubectl get pods --no-headers | awk '{print $1, $2, $3}'"
const IPS = `kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name} {.status.podIP}{"\\n"}{end}' | sed 's/ $//'`
const DEPLOY = "kubectl create deployment web --image=busybox:1.37 --replicas=2 -- sleep 9999 >/dev/null"

behaves([
  {
    title: "a kubelet that stops: Unknown after the grace period, tainted, its Pods go after five minutes, and all is well when it is back",
    steps: [
      { run: `${DEPLOY}; ${apply(pod("own"))}sleep 10` },
      { on: "node01", run: "systemctl stop kubelet" },
      {
        after: 30,
        run: NODE,
        shows:
          "MemoryPressure=False:KubeletHasSufficientMemory DiskPressure=False:KubeletHasNoDiskPressure PIDPressure=False:KubeletHasSufficientPID Ready=True:KubeletReady",
      },
      {
        after: 20,
        run: NODE,
        shows:
          "MemoryPressure=Unknown:NodeStatusUnknown DiskPressure=Unknown:NodeStatusUnknown PIDPressure=Unknown:NodeStatusUnknown Ready=Unknown:NodeStatusUnknown node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute",
      },
      { run: PODS, shows: "own 1/1 Running\nweb-<hash>-<id> 1/1 Running\nweb-<hash>-<id> 1/1 Running" },
      {
        run: "kubectl get pod own -o jsonpath='{.status.phase} {.status.conditions[?(@.type==\"Ready\")].status}'; kubectl exec own -- true 2>&1; kubectl logs own 2>&1",
        shows:
          'Running FalseError from server: error dialing backend: dial tcp 172.30.2.2:10250: connect: connection refused\nError from server: Get "https://172.30.2.2:10250/containerLogs/default/own/c": dial tcp 172.30.2.2:10250: connect: connection refused',
      },
      {
        after: 310,
        run: PODS,
        shows:
          "own 1/1 Terminating\nweb-<hash>-<id> 0/1 Pending\nweb-<hash>-<id> 1/1 Terminating\nweb-<hash>-<id> 1/1 Terminating\nweb-<hash>-<id> 0/1 Pending",
      },
      { on: "node01", run: "crictl ps -q --name c | wc -l; systemctl start kubelet", shows: "2" },
      {
        after: 30,
        run: `${NODE}; echo; ${PODS}`,
        shows:
          "MemoryPressure=False:KubeletHasSufficientMemory DiskPressure=False:KubeletHasNoDiskPressure PIDPressure=False:KubeletHasSufficientPID Ready=True:KubeletReady\nweb-<hash>-<id> 1/1 Running\nweb-<hash>-<id> 1/1 Running",
      },
      {
        events: {
          about: "node01",
          shows: [
            "Normal Starting: Starting kubelet.",
            "Normal NodeAllocatableEnforced: Updated Node Allocatable limit across pods",
            "Normal NodeHasSufficientMemory: Node node01 status is now: NodeHasSufficientMemory",
            "Normal NodeHasNoDiskPressure: Node node01 status is now: NodeHasNoDiskPressure",
            "Normal NodeHasSufficientPID: Node node01 status is now: NodeHasSufficientPID",
            "Normal RegisteredNode: Node node01 event: Registered Node node01 in Controller",
            "Normal NodeNotReady: Node node01 status is now: NodeNotReady",
            "Normal Starting: Starting kubelet.",
            "Normal NodeAllocatableEnforced: Updated Node Allocatable limit across pods",
            "Normal NodeReady: Node node01 status is now: NodeReady",
            "Normal NodeHasSufficientMemory: Node node01 status is now: NodeHasSufficientMemory",
            "Normal NodeHasNoDiskPressure: Node node01 status is now: NodeHasNoDiskPressure",
            "Normal NodeHasSufficientPID: Node node01 status is now: NodeHasSufficientPID",
          ],
        },
      },
    ],
  },
  {
    title: "a machine that is off is the same to the cluster; its Pods' containers are gone, and start again with it",
    steps: [
      { run: `${apply(pod("own"))}sleep 5` },
      { fault: ["power-off", "node01"] },
      {
        after: 60,
        run: `${NODE}; echo; ${PODS}; kubectl logs own 2>&1`,
        shows:
          'MemoryPressure=Unknown:NodeStatusUnknown DiskPressure=Unknown:NodeStatusUnknown PIDPressure=Unknown:NodeStatusUnknown Ready=Unknown:NodeStatusUnknown node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute\nown 1/1 Running\nError from server: Get "https://172.30.2.2:10250/containerLogs/default/own/c": dial tcp 172.30.2.2:10250: connect: no route to host',
      },
      { fault: ["power-on", "node01"] },
      {
        after: 60,
        run: `${NODE}; echo; ${PODS}; kubectl get pod own -o jsonpath='{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].lastState.terminated.reason}'`,
        shows:
          "MemoryPressure=False:KubeletHasSufficientMemory DiskPressure=False:KubeletHasNoDiskPressure PIDPressure=False:KubeletHasSufficientPID Ready=True:KubeletReady\nown 1/1 Running\n1 Unknown",
      },
    ],
  },
  {
    title: "a reboot: every container ended unseen, every sandbox is another one, and who asks not to be restarted is over",
    steps: [
      {
        run: `${apply([pod("own"), pod("never", "restartPolicy: Never, "), pod("first", "initContainers: [{name: i, image: 'busybox:1.37', command: [sleep, '2']}], ")].join("\n---\n"))}sleep 10; ${IPS}`,
        shows: "first 10.244.1.5\nnever 10.244.1.4\nown 10.244.1.3",
      },
      { on: "node01", run: "reboot" },
      {
        watch: {
          of: "/api/v1/namespaces/default/pods",
          columns: ["Name", "Ready", "Status", "Restarts"],
          quiet: 30,
          shows: [
            "0s first 1/1 Running 0",
            "0s never 1/1 Running 0",
            "0s own 1/1 Running 0",
            "16s first 0/1 Init:0/1 1",
            "16s never 0/1 Unknown 0",
            "16s own 0/1 Unknown 0",
            "16s own 1/1 Running 1",
            "18s first 1/1 Running 1",
          ],
        },
      },
      {
        run: `${IPS}; kubectl get pod own -o jsonpath='{.status.containerStatuses[0].lastState.terminated.reason} {.status.containerStatuses[0].lastState.terminated.exitCode}'; echo; kubectl get pod never -o jsonpath='{.status.phase}'`,
        shows: "first 10.244.1.6\nnever\nown 10.244.1.7\nUnknown 255\nFailed",
      },
      {
        run: "ssh node01 crictl pods --name own | awk '{print $(NF-1)}'; ssh node01 crictl pods --name own | grep -c NotReady",
        shows: "ATTEMPT\n1\n0\n1",
      },
      {
        run: "kubectl get events --field-selector reason=SandboxChanged -o jsonpath='{.items[0].message}'",
        shows: "Pod sandbox changed, it will be killed and re-created.",
      },
      {
        run: "kubectl get events --field-selector reason=Rebooted -o jsonpath='{.items[0].type} {.items[0].message}' | sed \"s/$(kubectl get node node01 -o jsonpath='{.status.nodeInfo.bootID}')/ID/\"",
        shows: "Warning Node node01 has been rebooted, boot id: ID",
      },
      { run: "kubectl delete pod own --now >/dev/null; ssh node01 crictl pods --name own | wc -l", shows: "1" },
      { run: "reboot" },
      {
        after: 60,
        run: "kubectl get nodes --no-headers | awk '{print $1, $2}'; kubectl -n kube-system get pods --no-headers | awk '{print $4}' | sort | uniq -c",
        shows: "controlplane Ready\nnode01 Ready\n 8 1",
      },
    ],
  },
  {
    title: "a network cut in two: the node is lost to the control plane while its containers run on",
    steps: [
      { run: `${apply(pod("own"))}sleep 5` },
      { fault: ["partition", "node01/controlplane", { for: 90 }] },
      {
        after: 60,
        run: NODE,
        shows:
          "MemoryPressure=Unknown:NodeStatusUnknown DiskPressure=Unknown:NodeStatusUnknown PIDPressure=Unknown:NodeStatusUnknown Ready=Unknown:NodeStatusUnknown node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute",
      },
      {
        on: "node01",
        run: "crictl ps -q --name c | wc -l; journalctl -u kubelet --no-pager -o cat | tail -1 | sed -E 's/^E[0-9]{4} [0-9:.]+ +[0-9]+ //'",
        shows:
          '2\ncontroller.go:145] "Failed to ensure lease exists, will retry" err="Get \\"https://172.30.1.2:6443/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node01?timeout=10s\\": dial tcp 172.30.1.2:6443: i/o timeout" interval="7s"',
      },
      {
        after: 60,
        run: `${NODE}; echo; ${PODS}`,
        shows:
          "MemoryPressure=False:KubeletHasSufficientMemory DiskPressure=False:KubeletHasNoDiskPressure PIDPressure=False:KubeletHasSufficientPID Ready=True:KubeletReady\nown 1/1 Running",
      },
    ],
  },
  {
    title: "a full disk: the node says so, evicts the greediest, takes no more, and recovers after its transition period",
    steps: [
      { run: `${apply(pod("own"))}sleep 5` },
      { fault: ["fill", "node01/disk", { percent: 97 }] },
      {
        after: 40,
        run: NODE,
        shows:
          "MemoryPressure=False:KubeletHasSufficientMemory DiskPressure=True:KubeletHasDiskPressure PIDPressure=False:KubeletHasSufficientPID Ready=True:KubeletReady node.kubernetes.io/disk-pressure:NoSchedule",
      },
      {
        run: `${PODS}; kubectl get pod own -o jsonpath='{.status.reason}: {.status.message}'`,
        shows: "own 0/1 Error\nEvicted: The node was low on resource: ephemeral-storage. Threshold quantity: 4Gi, available: 1388104Ki.",
      },
      { run: apply(pod("late").replace("nodeName: node01, ", "")) },
      {
        after: 5,
        run: "kubectl get pod late --no-headers | awk '{print $3}'; kubectl get events --field-selector involvedObject.name=late -o jsonpath='{.items[0].message}' | cut -c1-110",
        shows: "Pending\n0/2 nodes are available: 2 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 node",
      },
      { fault: ["heal", "node01/disk"] },
      {
        after: 330,
        run: `${NODE}; echo; kubectl get pod late --no-headers | awk '{print $3}'`,
        shows:
          "MemoryPressure=False:KubeletHasSufficientMemory DiskPressure=False:KubeletHasNoDiskPressure PIDPressure=False:KubeletHasSufficientPID Ready=True:KubeletReady\nRunning",
      },
    ],
  },
  {
    title: "devices that a Pod asks for past the scheduler, and ports that are taken",
    steps: [
      {
        run: apply(
          `${pod("gpu").replace("'9999']", "'9999'], resources: {limits: {example.com/gpu: '1'}}")}\n---\n${pod("first").replace("'9999']", "'9999'], ports: [{containerPort: 80, hostPort: 8088}]")}`,
        ),
      },
      { after: 5, run: apply(pod("second").replace("'9999']", "'9999'], ports: [{containerPort: 80, hostPort: 8088}]")) },
      {
        after: 5,
        run: `${PODS}; kubectl get pods gpu second -o jsonpath='{range .items[*]}{.status.reason}: {.status.message}{"\\n"}{end}'`,
        shows:
          "first 1/1 Running\ngpu 1/1 Running\nsecond 0/1 NodePorts\n:\nNodePorts: Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
      },
    ],
  },
  {
    title: "a node's packages go and come back, from a repository whose key was fetched anew",
    world: { topology: "kubeadm-1node" },
    steps: [
      {
        run: "cd /tmp; curl -fsSL https://pkgs.k8s.io/core:/stable:/v1.35/deb/Release.key | gpg --dearmor -o key.gpg; echo $?; head -c 2 key.gpg | od -An -tx1; echo nothing | gpg --dearmor 2>&1",
        shows: "0\n 99 01\ngpg: no valid OpenPGP data found.",
      },
      {
        run: "apt-get purge -y kubectl >/dev/null; which kubectl; mv /etc/apt/sources.list.d/kubernetes.list /tmp; apt-get install -y kubectl 2>&1 | tail -1; mv /tmp/kubernetes.list /etc/apt/sources.list.d/; apt-get install -y kubectl=1.35.6-1.1 | tail -1; kubectl get nodes --no-headers | awk '{print $1, $2}'",
        shows: "E: Unable to locate package kubectl\nSetting up kubectl (1.35.6-1.1) ...\ncontrolplane Ready",
      },
    ],
  },
])
