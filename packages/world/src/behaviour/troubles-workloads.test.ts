/** Workloads that do not get on, as a person who looks for the reason sees them. As pkg/controller. */
import { apply, behaves } from "../testing/behaviour.ts"

const JOB = (name: string, spec: string, container: string): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${name}}\nspec: {${spec}template: {spec: {restartPolicy: Never, terminationGracePeriodSeconds: 8, containers: [{name: c, image: 'busybox:1.37', ${container}}]}}}`
const STATUS = (name: string): string =>
  `kubectl get job ${name} -o jsonpath='{range .status.conditions[*]}{.type} {.reason}{"\\n"}{end}active={.status.active} terminating={.status.terminating} failed={.status.failed}'`
/** Events about objects of a kind, counted. */
const EVENTS = (kind: string): string =>
  `kubectl get events --field-selector involvedObject.kind=${kind} -o jsonpath='{range .items[*]}{.involvedObject.name} {.type} {.reason} x{.count}: {.message}{"\\n"}{end}' | sort`

behaves([
  {
    title: "a Job is over once its Pods are gone: until then it says that it will fail",
    steps: [
      { run: apply(JOB("late", "activeDeadlineSeconds: 5, ", "command: [sh, -c, 'sleep 999']")) },
      { after: 7, run: STATUS("late"), shows: "FailureTarget DeadlineExceeded\nactive= terminating=1 failed=1" },
      { after: 9, run: STATUS("late"), shows: "FailureTarget DeadlineExceeded\nFailed DeadlineExceeded\nactive= terminating=0 failed=1" },
      {
        run: EVENTS("Job"),
        shows:
          "late Normal SuccessfulCreate x1: Created pod: late-<id>\nlate Normal SuccessfulDelete x1: Deleted pod: late-<id>\nlate Warning DeadlineExceeded x1: Job was active longer than specified deadline",
      },
    ],
  },
  {
    title: "a Job whose success is decided while Pods run ends well once they are gone",
    steps: [
      {
        run: apply(
          JOB(
            "leader",
            "completions: 2, parallelism: 2, completionMode: Indexed, successPolicy: {rules: [{succeededIndexes: '0'}]}, ",
            "command: [sh, -c, '[ $JOB_COMPLETION_INDEX = 0 ] || sleep 999']",
          ),
        ),
      },
      { after: 5, run: STATUS("leader"), shows: "SuccessCriteriaMet SuccessPolicy\nactive= terminating=1 failed=" },
      {
        after: 12,
        run: STATUS("leader"),
        shows: "SuccessCriteriaMet SuccessPolicy\nComplete SuccessPolicy\nactive= terminating=0 failed=",
      },
    ],
  },
  {
    title: "one reason with many messages: the first nine are events of their own, the others share one",
    steps: [
      {
        run: "kubectl create ns q >/dev/null; kubectl create quota none -n q --hard=pods=0 >/dev/null; kubectl create deploy web -n q --image=nginx >/dev/null",
      },
      {
        after: 30,
        run: `kubectl get events -n q --field-selector reason=FailedCreate -o jsonpath='{range .items[*]}x{.count} {.message}{"\\n"}{end}' | sed 's/web-[a-z0-9-]*/<pod>/' | sort | uniq -c | awk '{$1=$1};1'`,
        shows:
          '9 x1 Error creating: pods "<pod>" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0\n1 x4 (combined from similar events): Error creating: pods "<pod>" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0',
      },
    ],
  },
  {
    title: "an autoscaler without metrics, without requests, without a target",
    steps: [
      {
        run: `kubectl create deploy web --image=nginx >/dev/null; kubectl autoscale deploy web --min=1 --max=3 --cpu=50% >/dev/null; ${apply("apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: nobody}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: nobody}, maxReplicas: 2, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}\n---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: custom}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 2, metrics: [{type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 10}}}]}")}`,
      },
      {
        after: 40,
        run: `kubectl get hpa --no-headers | awk '{print $1, $2, $3, $4}'; kubectl get hpa -o jsonpath='{range .items[*]}{.metadata.name}{range .status.conditions[*]}{"\\n  "}{.type}={.status} {.reason}: {.message}{end}{"\\n"}{end}'; ${EVENTS("HorizontalPodAutoscaler")}`,
        shows:
          'custom Deployment/web <unknown>/10 1\nnobody Deployment/nobody cpu: <unknown>/50%\nweb Deployment/web cpu: <unknown>/50%\ncustom\n AbleToScale=True SucceededGetScale: the HPA controller was able to get the target\'s current scale\n ScalingActive=False FailedGetPodsMetric: the HPA was unable to compute the replica count: unable to get metric rps: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered\nnobody\n AbleToScale=False FailedGetScale: the HPA controller was unable to get the target\'s current scale: deployments.apps "nobody" not found\nweb\n AbleToScale=True SucceededGetScale: the HPA controller was able to get the target\'s current scale\n ScalingActive=False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)\ncustom Warning FailedComputeMetricsReplicas x2: invalid metrics (1 invalid out of 1), first error is: failed to get pods metric value: unable to get metric rps: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered\ncustom Warning FailedGetPodsMetric x2: unable to get metric rps: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered\nnobody Warning FailedGetScale x2: deployments.apps "nobody" not found\nweb Warning FailedComputeMetricsReplicas x2: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)\nweb Warning FailedGetResourceMetric x2: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
      },
      {
        run: 'kubectl delete hpa nobody custom >/dev/null; kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml >/dev/null 2>&1; kubectl -n kube-system patch deploy metrics-server --type=json -p \'[{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"--kubelet-insecure-tls"}]\' >/dev/null 2>&1; sleep 90; kubectl get hpa web -o jsonpath=\'{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\\n"}{end}\'',
        shows:
          "AbleToScale=True SucceededGetScale: the HPA controller was able to get the target's current scale\nScalingActive=False FailedGetResourceMetric: the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container nginx of Pod web-<hash>-<id>",
      },
    ],
  },
  {
    title: "a CronJob that cannot: suspended, too late, a schedule that there is not, a zone that there is not",
    steps: [
      {
        run: `C() { kubectl create cronjob $1 --image=busybox:1.37 --schedule="$2" -- true; }; C bad '* * * *'; C good '*/1 * * * *' >/dev/null; kubectl patch cronjob good -p '{"spec":{"suspend":true}}' >/dev/null; kubectl patch cronjob good -p '{"spec":{"timeZone":"Europe/Nowhere"}}'; sleep 130; kubectl get cronjob --no-headers | awk '{print $1, $7, $8, $9}'; kubectl get jobs 2>&1; kubectl patch cronjob good -p '{"spec":{"suspend":false}}' >/dev/null; sleep 70; kubectl get jobs --no-headers | awk '{print $2, $3}'; ${EVENTS("CronJob")} | sed 's/good-[0-9]*/<job>/g'`,
        shows:
          'good <none> True 0\nNo resources found in default namespace.\nComplete 1/1\nComplete 1/1\ngood Normal SawCompletedJob x1: Saw completed job: <job>, condition: Complete\ngood Normal SawCompletedJob x1: Saw completed job: <job>, condition: Complete\ngood Normal SuccessfulCreate x1: Created job <job>\ngood Normal SuccessfulCreate x1: Created job <job>\nerror: failed to create cronjob: CronJob.batch "bad" is invalid: spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]\nThe CronJob "good" is invalid: spec.timeZone: Invalid value: "Europe/Nowhere": unknown time zone Europe/Nowhere',
      },
    ],
  },
  {
    title: "a DaemonSet that does not reach tainted nodes, and a drain that a budget keeps back",
    steps: [
      {
        run: `${apply("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: nginx}]}}}")}sleep 8; kubectl get ds agent --no-headers | awk '{print $2, $3, $4}'; kubectl patch ds agent -p '{"spec":{"template":{"spec":{"tolerations":[{"operator":"Exists"}]}}}}' >/dev/null; sleep 45; kubectl get ds agent --no-headers | awk '{print $2, $3, $4}'; kubectl create deploy web --image=nginx --replicas=2 >/dev/null; kubectl create pdb web --selector=app=web --min-available=2 >/dev/null; sleep 8; kubectl drain node01; kubectl drain node01 --ignore-daemonsets --timeout=12s; kubectl get pdb web --no-headers | awk '{print $2, $4}'`,
        shows:
          '1 1 1\n2 2 2\nnode/node01 cordoned\nnode/node01 already cordoned\nevicting pod default/web-<hash>-<id>\nevicting pod default/web-<hash>-<id>\nevicting pod kube-system/coredns-<hash>-<id>\npod/coredns-<hash>-<id> evicted\nevicting pod default/web-<hash>-<id>\nevicting pod default/web-<hash>-<id>\n2 0\nerror: unable to drain node "node01" due to error: cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent-<id>, kube-system/kube-proxy-<id>, continuing command...\nThere are pending nodes to be drained:\n node01\ncannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent-<id>, kube-system/kube-proxy-<id>\nWarning: ignoring DaemonSet-managed Pods: default/agent-<id>, kube-system/kube-proxy-<id>\nerror when evicting pods/"web-<hash>-<id>" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.\nerror when evicting pods/"web-<hash>-<id>" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.\nerror when evicting pods/"web-<hash>-<id>" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.\nerror when evicting pods/"web-<hash>-<id>" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.\nThere are pending pods in node "node01" when an error occurred: global timeout reached: 12s\npod/web-<hash>-<id>\npod/web-<hash>-<id>\nerror: unable to drain node "node01" due to error: global timeout reached: 12s, continuing command...\nThere are pending nodes to be drained:\n node01\nglobal timeout reached: 12s',
      },
    ],
  },
])
