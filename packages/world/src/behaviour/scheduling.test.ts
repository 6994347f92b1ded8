/** Which node, or why none: gates, spread, affinity, taints, priorities, several schedulers. As pkg/scheduler. */
import { apply, behaves } from "../testing/behaviour.ts"

const pod = (name: string, spec: string, labels = ""): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}${labels && `, labels: {${labels}}`}}\nspec: {terminationGracePeriodSeconds: 0, ${spec} containers: [{name: c, image: busybox, command: [sleep, '9999']}]}`
const all = (...manifests: string[]): string => apply(manifests.join("\n---\n"))
const WHERE = "kubectl get pods --no-headers -o custom-columns=N:.metadata.name,W:.spec.nodeName,S:.status.phase"
const THREE = { topology: { nodes: ["cp", "a", "b", "c"] } }

const asking = (name: string, scheduler: string, cpu: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {schedulerName: ${scheduler}, containers: [{name: c, image: nginx, resources: {requests: {cpu: '${cpu}'}}}]}`

const PROFILES = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}
profiles:
- schedulerName: default-scheduler
- schedulerName: packed
  plugins: {score: {disabled: [{name: NodeResourcesBalancedAllocation}, {name: PodTopologySpread}], enabled: [{name: NodeResourcesFit, weight: 10}]}}
  pluginConfig:
  - {name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 1}]}}}
- schedulerName: blind
  plugins: {filter: {disabled: [{name: NodeResourcesFit}, {name: TaintToleration}]}, postFilter: {disabled: [{name: '*'}]}}`

behaves([
  {
    title: "a gate holds a Pod back until it is taken away; a Pod for a scheduler that does not run waits without a word",
    steps: [
      { run: all(pod("gated", "schedulingGates: [{name: example.com/wait}],"), pod("other", "schedulerName: mine,")) },
      {
        after: 5,
        run: `kubectl get pods --no-headers | awk '{print $1, $2, $3}'; kubectl get pod gated -o jsonpath='{.status.conditions[0].reason}: {.status.conditions[0].message}'`,
        shows: "gated 0/1 SchedulingGated\nother 0/1 Pending\nSchedulingGated: Scheduling is blocked due to non-empty scheduling gates",
      },
      { events: { about: "other", shows: [] } },
      {
        run: `kubectl patch pod gated --type=json -p '[{"op":"remove","path":"/spec/schedulingGates/0"}]' >/dev/null; sleep 5; kubectl get pod gated --no-headers | awk '{print $3}'`,
        shows: "Running",
      },
    ],
  },
  {
    title: "a scheduler of one's own, as a Deployment with a configuration and an account, takes the Pods that name it",
    steps: [
      {
        run: `kubectl -n kube-system create sa mine >/dev/null; for r in system:kube-scheduler system:volume-scheduler; do kubectl create clusterrolebinding mine-$r --clusterrole=$r --serviceaccount=kube-system:mine >/dev/null; done
${all(
  `apiVersion: v1
kind: ConfigMap
metadata: {name: mine, namespace: kube-system}
data:
  config.yaml: |
    apiVersion: kubescheduler.config.k8s.io/v1
    kind: KubeSchedulerConfiguration
    profiles:
    - schedulerName: mine
    leaderElection:
      leaderElect: false`,
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: mine, namespace: kube-system}
spec:
  selector: {matchLabels: {app: mine}}
  template:
    metadata: {labels: {app: mine}}
    spec:
      serviceAccountName: mine
      containers:
      - {name: s, image: 'registry.k8s.io/kube-scheduler:v1.35.6', command: [kube-scheduler, --config=/etc/s/config.yaml], volumeMounts: [{name: c, mountPath: /etc/s}], livenessProbe: {httpGet: {path: /healthz, port: 10259, scheme: HTTPS}, initialDelaySeconds: 5}}
      volumes: [{name: c, configMap: {name: mine}}]`,
  pod("other", "schedulerName: mine,"),
)}`,
      },
      {
        after: 20,
        run: "kubectl -n kube-system get deploy mine --no-headers | awk '{print $2}'; kubectl get pod other --no-headers | awk '{print $3}'; kubectl get events --field-selector involvedObject.name=other,reason=Scheduled -o jsonpath='{.items[0].source.component}{.items[0].reportingComponent}'",
        shows: "1/1\nRunning\nmine",
      },
    ],
  },
  {
    title: "profiles of one scheduler: plugins on and off, weights, and a strategy that fills nodes up",
    world: { topology: { nodes: ["cp", "a", "b", "c"] } },
    steps: [
      {
        run: `cat > /etc/kubernetes/scheduler.yaml <<'EOF'
${PROFILES}
EOF
sed -i 's#- --kubeconfig=.*#&\\n    - --config=/etc/kubernetes/scheduler.yaml#; s#- mountPath: /etc/kubernetes/scheduler.conf#- {mountPath: /etc/kubernetes/scheduler.yaml, name: own, readOnly: true}\\n    &#; s#^  volumes:#&\\n  - {name: own, hostPath: {path: /etc/kubernetes/scheduler.yaml, type: FileOrCreate}}#' /etc/kubernetes/manifests/kube-scheduler.yaml; sleep 40; kubectl -n kube-system get pod kube-scheduler-cp --no-headers | awk '{print $2, $3}'`,
        shows: "1/1 Running",
      },
      {
        run: `${["default-scheduler", "packed"].flatMap((scheduler) => [1, 2, 3].map((at) => `${apply(asking(`${scheduler}-${at}`, scheduler, "200m"))}sleep 2; `)).join("")}for s in default packed; do kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name} {.spec.nodeName}{"\\n"}{end}' | grep ^$s | awk '{print $2}' | sort -u | wc -l; done`,
        shows: "3\n1",
      },
      {
        run: `${apply(asking("big-blind", "blind", "9"))}${apply(asking("big-default", "default-scheduler", "9"))}sleep 3; kubectl get pods --no-headers | grep big | awk '{print $1, $3}'; ${apply(pod("none", "schedulerName: blind, nodeSelector: {x: 'y'},"))}sleep 2; kubectl get events --field-selector involvedObject.name=none -o jsonpath='{.items[0].reportingComponent}{.items[0].source.component} {.items[0].message}'`,
        shows:
          "big-blind OutOfcpu\nbig-default Pending\nblind 0/4 nodes are available: 4 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate",
      },
      {
        run: `sed -i 's/NodeResourcesFit, weight/NodeResourceFit, weight/' /etc/kubernetes/scheduler.yaml; mv /etc/kubernetes/manifests/kube-scheduler.yaml /root/; sleep 30; mv /root/kube-scheduler.yaml /etc/kubernetes/manifests/; sleep 20; crictl logs $(crictl ps -a --name kube-scheduler -q | head -1) 2>&1 | tail -1 | sed -E 's/^E[0-9]{4} [0-9:.]+ +[0-9]+ //'`,
        shows:
          'run.go:72] "command failed" err="initializing profiles: creating profile for scheduler name packed: ScorePlugin \\"NodeResourceFit\\" does not exist"',
      },
    ],
  },
  {
    title: "a higher priority takes the place of a lower one, unless it is told never to",
    steps: [
      {
        run: all(
          "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000",
          "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: polite}\nvalue: 1000\npreemptionPolicy: Never",
        ),
      },
      { run: all(pod("low", "").replace("command: [sleep, '9999']", "command: [sleep, '9999'], resources: {requests: {cpu: 1500m}}")) },
      {
        after: 5,
        run: all(
          pod("polite", "priorityClassName: polite,").replace(
            "command: [sleep, '9999']",
            "command: [sleep, '9999'], resources: {requests: {cpu: 1500m}}",
          ),
        ),
      },
      {
        after: 5,
        events: {
          about: "polite",
          shows: [
            "Warning FailedScheduling: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.",
          ],
        },
      },
      {
        run:
          "kubectl delete pod polite >/dev/null\n" +
          all(
            pod("high", "priorityClassName: high,").replace(
              "command: [sleep, '9999']",
              "command: [sleep, '9999'], resources: {requests: {cpu: 1500m}}",
            ),
          ),
      },
      { after: 10, run: "kubectl get pods --no-headers | awk '{print $1, $3}'", shows: "high Running" },
      {
        events: {
          about: "low",
          shows: [
            "Normal Scheduled: Successfully assigned default/low to node01",
            'Normal Pulling: Pulling image "busybox"',
            'Normal Pulled: Successfully pulled image "busybox" in 770ms (770ms including waiting). Image size: 2224000 bytes.',
            "Normal Created: Container created",
            "Normal Started: Container started",
            "Normal Preempted: Preempted by pod 72c8bd40-57a9-45be-8353-90eb5eed8882 on node node01",
            "Normal Killing: Stopping container c",
          ],
        },
      },
    ],
  },
  {
    title: "spread over nodes, away from each other, beside one another, and by preference",
    world: THREE,
    steps: [
      {
        run: all(
          ...["1", "2", "3", "4"].map((n) =>
            pod(
              `s${n}`,
              "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: s}}}],",
              "app: s",
            ),
          ),
        ),
      },
      { after: 8, run: `${WHERE} | awk '{print $2}' | sort | uniq -c | awk '{print $1}' | sort`, shows: "1\n1\n1\n1" },
      {
        run: all(
          ...["1", "2", "3", "4"].map((n) =>
            pod(
              `x${n}`,
              "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: x}}, topologyKey: kubernetes.io/hostname}]}},",
              "app: x",
            ),
          ),
        ),
      },
      { after: 8, run: `kubectl get pods -l app=x --no-headers | awk '{print $3}' | sort`, shows: "Pending\nRunning\nRunning\nRunning" },
      {
        events: {
          about: "x4",
          shows: [
            /^Warning FailedScheduling: 0\/4 nodes are available: 1 node\(s\) had untolerated taint\(s\), 3 node\(s\) didn't match pod anti-affinity rules\./,
          ],
        },
      },
      {
        run: `kubectl label node b disk=ssd >/dev/null\n${all(pod("near", "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: lead}}, topologyKey: kubernetes.io/hostname}]}},"), pod("lead", "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}}]}},", "app: lead"))}`,
      },
      { after: 15, run: "kubectl get pods lead near --no-headers -o custom-columns=W:.spec.nodeName", shows: "b\nb" },
    ],
  },
  {
    title: "taints: no new ones, no old ones, and those who tolerate it for a while",
    world: THREE,
    steps: [
      {
        run: all(
          pod("plain", "nodeName: a,"),
          pod("patient", "nodeName: a, tolerations: [{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 20}],"),
          pod("stays", "nodeName: a, tolerations: [{operator: Exists}],"),
        ),
      },
      { after: 8, run: "kubectl taint node a k=v:NoExecute >/dev/null" },
      {
        watch: {
          of: "/api/v1/namespaces/default/pods",
          columns: ["Name", "Status"],
          quiet: 25,
          shows: ["0s patient Running", "0s stays Running", "20s patient gone"],
        },
      },
      {
        events: {
          about: "plain",
          shows: [
            'Normal Pulling: Pulling image "busybox"',
            'Normal Pulled: Successfully pulled image "busybox" in 770ms (770ms including waiting). Image size: 2224000 bytes.',
            "Normal Created: Container created",
            "Normal Started: Container started",
            "Normal TaintManagerEviction: Marking for deletion Pod default/plain",
            "Normal Killing: Stopping container c",
          ],
        },
      },
      { run: `kubectl taint node b x=y:NoSchedule >/dev/null; kubectl cordon c >/dev/null\n${all(pod("none", ""))}sleep 3` },
      {
        events: {
          about: "none",
          shows: [
            "Warning FailedScheduling: 0/4 nodes are available: 1 node(s) were unschedulable, 3 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.",
          ],
        },
      },
      {
        run: "kubectl drain c --ignore-daemonsets 2>&1 | tail -2; kubectl get node c --no-headers | awk '{print $2}'",
        shows: "pod/coredns-<hash>-<id> evicted\nnode/c drained\nReady,SchedulingDisabled",
      },
    ],
  },
])
