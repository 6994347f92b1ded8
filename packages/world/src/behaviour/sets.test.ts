/** StatefulSets, DaemonSets, autoscaling and disruption budgets, as they go. As pkg/controller/{statefulset,daemon,podautoscaler,disruption}. */
import { apply, behaves } from "../testing/behaviour.ts"

const PODS = "/api/v1/namespaces/default/pods"
const stateful = (spec: string, image = "nginx:1.27"): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: '${image}'}]}}
  ${spec}`
const SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}"

behaves([
  {
    title: "a StatefulSet goes up one by one, rolls from the last down to its partition, and each Pod has its name",
    steps: [
      { run: apply(`${SERVICE}\n---\n${stateful("replicas: 3")}`) },
      {
        watch: {
          of: PODS,
          columns: ["Name", "Ready", "Status"],
          shows: [
            "0s db-0 0/1 ContainerCreating",
            "2s db-0 1/1 Running",
            "2s db-1 0/1 ContainerCreating",
            "2s db-1 1/1 Running",
            "2s db-2 0/1 ContainerCreating",
            "2s db-2 1/1 Running",
          ],
        },
      },
      {
        run: "kubectl exec db-0 -- getent hosts db-1.db.default.svc.cluster.local | awk '{print $2}'; kubectl exec db-2 -- tail -1 /etc/hosts | cut -f2-",
        shows: "db-1.db.default.svc.cluster.local\ndb-2.db.default.svc.cluster.local db-2",
      },
      {
        run: 'kubectl patch sts db -p \'{"spec":{"updateStrategy":{"rollingUpdate":{"partition":1}}}}\' >/dev/null; kubectl set image sts/db c=nginx:1.28 >/dev/null; sleep 30; kubectl get pods -o jsonpath=\'{range .items[*]}{.metadata.name} {.spec.containers[0].image}{"\\n"}{end}\'; kubectl rollout status sts/db',
        shows: "db-0 nginx:1.27\ndb-1 nginx:1.28\ndb-2 nginx:1.28\npartitioned roll out complete: 2 new pods have been updated...",
      },
      { run: "kubectl scale sts db --replicas=1 >/dev/null" },
      { watch: { of: PODS, columns: ["Name", "Status"], shows: ["0s db-0 Running"] } },
    ],
  },
  {
    title: "a StatefulSet with a bad image stands still; its claims stay, or go with it",
    world: { addons: ["local-path"] },
    steps: [
      {
        run: apply(
          `${SERVICE}\n---\n${stateful("replicas: 2\n  persistentVolumeClaimRetentionPolicy: {whenScaled: Delete, whenDeleted: Retain}\n  volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]")}`,
        ),
      },
      { after: 30, run: "kubectl get pvc --no-headers | awk '{print $1, $2}'", shows: "d-db-0 Bound\nd-db-1 Bound" },
      {
        run: "kubectl set image sts/db c=nginx:9.9 >/dev/null; sleep 40; kubectl get pods --no-headers | awk '{print $1, $3}'; kubectl set image sts/db c=nginx:1.27 >/dev/null; sleep 30; kubectl get pods --no-headers | awk '{print $1, $3}'; kubectl delete pod db-1 >/dev/null; sleep 20; kubectl get pods --no-headers | awk '{print $1, $3}'",
        shows: "db-0 Running\ndb-1 ImagePullBackOff\ndb-0 Running\ndb-1 ImagePullBackOff\ndb-0 Running\ndb-1 Running",
      },
      {
        run: "kubectl scale sts db --replicas=1 >/dev/null; sleep 15; kubectl get pvc --no-headers | awk '{print $1, $2}'; kubectl delete sts db >/dev/null; sleep 10; kubectl get pvc --no-headers | awk '{print $1, $2}'",
        shows: "d-db-0 Bound\nd-db-0 Bound",
      },
    ],
  },
  {
    title: "a DaemonSet has one a node, follows labels and taints, and rolls by maxUnavailable or when its Pods are deleted",
    world: { topology: { nodes: ["cp", "a", "b"] } },
    steps: [
      {
        run: apply(
          "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: ds}\nspec: {selector: {matchLabels: {app: ds}}, template: {metadata: {labels: {app: ds}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: 'nginx:1.27'}]}}}",
        ),
      },
      {
        after: 10,
        run: 'kubectl get ds ds --no-headers | awk \'{print $2, $3, $4, $5, $6}\'; kubectl label node a role=x >/dev/null; kubectl patch ds ds -p \'{"spec":{"template":{"spec":{"nodeSelector":{"role":"x"}}}}}\' >/dev/null; sleep 10; kubectl get ds ds --no-headers | awk \'{print $2, $3, $4, $5, $6, $7}\'; kubectl label node b role=x >/dev/null; sleep 10; kubectl get ds ds --no-headers | awk \'{print $2, $3}\'',
        shows: "2 2 2 2 2\n1 1 1 1 1 role=x\n2 2",
      },
      {
        run: 'kubectl patch ds ds -p \'{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}\' >/dev/null; kubectl set image ds/ds c=nginx:1.28 >/dev/null; sleep 5; kubectl get ds ds --no-headers | awk \'{print $2, $5}\'; kubectl delete pod -l app=ds >/dev/null; sleep 10; kubectl get ds ds --no-headers | awk \'{print $2, $5}\'; kubectl rollout history ds/ds | tail -n +2',
        shows: "2 0\n2 2\nREVISION CHANGE-CAUSE\n1 <none>\n2 <none>\n3 <none>",
      },
    ],
  },
  {
    title: "a StatefulSet rolls as many at a time as may be unavailable, and what is away already counts",
    steps: [
      {
        run: `${apply(
          "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec: {replicas: 4, serviceName: s, podManagementPolicy: Parallel, minReadySeconds: 3, selector: {matchLabels: {app: s}}, updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 2, partition: 1}}, template: {metadata: {labels: {app: s}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: 'nginx:1.27'}]}}}",
        )}sleep 20; kubectl get sts s --no-headers | awk '{print $2}'; kubectl set image sts/s c=nginx:1.28 >/dev/null`,
        shows: "4/4",
      },
      {
        watch: {
          of: "/apis/apps/v1/namespaces/default/statefulsets",
          columns: ["Ready"],
          quiet: 20,
          shows: ["0s 2/4", "2s 3/4", "2s 4/4", "4s 3/4", "4s 4/4"],
        },
      },
      {
        run: "kubectl get pods -l app=s -o jsonpath='{range .items[*]}{.metadata.name} {.spec.containers[0].image}{\"\\n\"}{end}'",
        shows: "s-0 nginx:1.27\ns-1 nginx:1.28\ns-2 nginx:1.28\ns-3 nginx:1.28",
      },
    ],
  },
  {
    title: "a DaemonSet with maxSurge has the new Pod beside the old one until it is available",
    steps: [
      {
        run: `${apply(
          "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: ds}\nspec: {selector: {matchLabels: {app: ds}}, minReadySeconds: 4, updateStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, template: {metadata: {labels: {app: ds}}, spec: {terminationGracePeriodSeconds: 1, nodeSelector: {kubernetes.io/hostname: node01}, containers: [{name: c, image: 'nginx:1.27'}]}}}",
        )}sleep 15; kubectl set image ds/ds c=nginx:1.28 >/dev/null`,
      },
      {
        watch: {
          of: "/api/v1/namespaces/default/pods",
          columns: ["Name", "Ready", "Status"],
          shows: ["0s ds-<id> 0/1 ContainerCreating", "0s ds-<id> 1/1 Running", "1s ds-<id> 1/1 Running", "5s ds-<id> gone"],
        },
      },
      { run: "kubectl get pods -l app=ds --no-headers | wc -l", shows: "1" },
    ],
  },
  {
    title: "an autoscaler follows load up at once, and down after its window",
    world: { addons: ["metrics-server"] },
    steps: [
      {
        run: apply(`apiVersion: apps/v1
kind: Deployment
metadata: {name: php}
spec: {selector: {matchLabels: {app: php}}, template: {metadata: {labels: {app: php}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: registry.k8s.io/hpa-example, ports: [{containerPort: 80}], resources: {requests: {cpu: 200m}, limits: {cpu: 500m}}}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: php}
spec: {selector: {app: php}, ports: [{port: 80}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: php}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: php}, minReplicas: 1, maxReplicas: 6, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}], behavior: {scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Pods, value: 1, periodSeconds: 15}]}}}`),
      },
      {
        after: 60,
        run: "kubectl get hpa php --no-headers | awk '{print $3, $4, $5, $6, $7}'; kubectl run load --image=busybox --restart=Never -- sh -c 'while sleep 0.01; do wget -q -O- http://php; done' >/dev/null",
      },
      {
        after: 90,
        run: "kubectl get deploy php -o jsonpath='{.spec.replicas}' | sed 's/[3-6]/more/'; kubectl delete pod load --grace-period=0 --force >/dev/null 2>&1",
        shows: "more",
      },
      {
        after: 240,
        run: "kubectl get deploy php -o jsonpath='{.spec.replicas}'; kubectl get hpa php -o jsonpath='{range .status.conditions[*]}{\"\\n\"}{.type}={.status} {.reason}{end}'",
        shows: "1\nAbleToScale=True ReadyForNewScale\nScalingActive=True ValidMetricFound\nScalingLimited=True TooFewReplicas",
      },
    ],
  },
  {
    title: "a budget keeps evictions back: drain waits, and goes on when there is room",
    world: { topology: { nodes: ["cp", "a", "b"] } },
    steps: [
      {
        run: apply(
          "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: nginx}]}}}\n---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 2, selector: {matchLabels: {app: web}}}",
        ),
      },
      {
        after: 15,
        run: "kubectl get pdb web --no-headers | awk '{print $2, $3, $4}'; kubectl drain a b --ignore-daemonsets --timeout=8s 2>&1 | grep -E 'Cannot evict|error' | sed -E 's/\"?web-[a-z0-9-]+\"?/POD/g' | sort -u",
        shows:
          '2 N/A 0\nThere are pending pods in node "a" when an error occurred: global timeout reached: 8s\nThere are pending pods in node "b" when an error occurred: global timeout reached: 8s\nerror when evicting pods/POD -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.\nerror: unable to drain node "a" due to error: global timeout reached: 8s, continuing command...\nerror: unable to drain node "b" due to error: global timeout reached: 8s, continuing command...',
      },
      {
        run: "kubectl uncordon a b >/dev/null; kubectl patch pdb web --type=merge -p '{\"spec\":{\"minAvailable\":1}}' >/dev/null; sleep 2; kubectl get pdb web --no-headers | awk '{print $2, $3, $4}'; kubectl drain a --ignore-daemonsets 2>&1 | tail -1; sleep 10; kubectl get pods -l app=web --no-headers -o custom-columns=N:.spec.nodeName,S:.status.phase | sort -u",
        shows: "1 N/A 1\nnode/a drained\nb Running",
      },
    ],
  },
])
