/** Deployments and ReplicationControllers: what a rollout does, second by second. As pkg/controller/deployment and pkg/controller/replicaset. */
import { apply, behaves } from "../testing/behaviour.ts"

const deployment = (spec: string, image = "nginx:1.27", more = ""): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {terminationGracePeriodSeconds: 2, containers: [{name: c, image: '${image}'${more}}]}
  ${spec}`

const SETS = "/apis/apps/v1/namespaces/default/replicasets"
const CONDITIONS = `kubectl get deployment web -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\\n"}{end}' | sort`

/** How many Pods of which Deployment answer for the Service, by asking it sixty times. */
const SERVING =
  "IP=$(kubectl get svc web -o jsonpath='{.spec.clusterIP}'); for i in $(seq 60); do curl -s $IP/hostname; echo; done | sort -u | cut -d- -f1 | sort | uniq -c | sed 's/^ *//'"

behaves([
  {
    title: "a rolling update goes by surge and unavailable, one ReplicaSet up while the other goes down",
    steps: [
      { run: apply(deployment("replicas: 4\n  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}")), after: 0 },
      { after: 20, run: "kubectl set image deployment/web c=nginx:1.28", shows: "deployment.apps/web image updated" },
      {
        watch: {
          of: SETS,
          columns: ["Name", "Desired", "Current", "Ready"],
          shows: [
            "0s web-<hash> 3 3 3",
            "0s web-<hash> 2 2 0",
            "2s web-<hash> 2 2 2",
            "2s web-<hash> 3 3 1",
            "2s web-<hash> 1 1 1",
            "2s web-<hash> 4 4 2",
            "2s web-<hash> 0 0 0",
            "2s web-<hash> 4 4 3",
            "2s web-<hash> 4 4 4",
          ],
        },
      },
      {
        run: CONDITIONS,
        shows:
          'Available=True MinimumReplicasAvailable: Deployment has minimum availability.\nProgressing=True NewReplicaSetAvailable: ReplicaSet "web-<hash>" has successfully progressed.',
      },
      {
        run: `kubectl get events --field-selector reason=ScalingReplicaSet -o jsonpath='{range .items[*]}{.message}{"\\n"}{end}'`,
        shows:
          "Scaled up replica set web-<hash> from 0 to 4\nScaled up replica set web-<hash> from 0 to 1\nScaled down replica set web-<hash> from 4 to 3\nScaled up replica set web-<hash> from 1 to 2\nScaled down replica set web-<hash> from 3 to 2\nScaled up replica set web-<hash> from 2 to 3\nScaled down replica set web-<hash> from 2 to 1\nScaled up replica set web-<hash> from 3 to 4\nScaled down replica set web-<hash> from 1 to 0",
      },
      { run: "kubectl rollout history deployment/web", shows: "deployment.apps/web\nREVISION CHANGE-CAUSE\n1 <none>\n2 <none>" },
    ],
  },
  {
    title: "Recreate ends all before it starts any",
    steps: [
      { run: apply(deployment("replicas: 2\n  strategy: {type: Recreate}")) },
      { after: 20, run: "kubectl set image deployment/web c=nginx:1.28 >/dev/null" },
      {
        watch: {
          of: SETS,
          columns: ["Name", "Desired", "Current", "Ready"],
          shows: ["0s web-<hash> 0 0 0", "0s web-<hash> 2 2 0", "2s web-<hash> 2 2 1", "2s web-<hash> 2 2 2"],
        },
      },
      {
        run: CONDITIONS,
        shows:
          'Available=True MinimumReplicasAvailable: Deployment has minimum availability.\nProgressing=True NewReplicaSetAvailable: ReplicaSet "web-<hash>" has successfully progressed.',
      },
    ],
  },
  {
    title: "an image that is not there stops a rollout at its deadline; the old Pods serve on; undo heals",
    steps: [
      { run: apply(deployment("replicas: 2\n  progressDeadlineSeconds: 30")) },
      { after: 20, run: "kubectl set image deployment/web c=nginx:9.9.9 >/dev/null" },
      {
        after: 45,
        run: CONDITIONS,
        shows:
          'Available=True MinimumReplicasAvailable: Deployment has minimum availability.\nProgressing=False ProgressDeadlineExceeded: ReplicaSet "web-<hash>" has timed out progressing.',
      },
      { run: "kubectl rollout status deployment/web; echo $?", shows: '1\nerror: deployment "web" exceeded its progress deadline' },
      { run: "kubectl get deployment web --no-headers | awk '{print $2, $3, $4}'", shows: "2/2 1 2" },
      { run: "kubectl rollout undo deployment/web", shows: "deployment.apps/web rolled back" },
      {
        after: 10,
        run: CONDITIONS,
        shows:
          'Available=True MinimumReplicasAvailable: Deployment has minimum availability.\nProgressing=True NewReplicaSetAvailable: ReplicaSet "web-<hash>" has successfully progressed.',
      },
      { run: "kubectl rollout history deployment/web", shows: "deployment.apps/web\nREVISION CHANGE-CAUSE\n2 <none>\n3 <none>" },
    ],
  },
  {
    title: "a paused rollout changes nothing until it is resumed",
    steps: [
      { run: apply(deployment("replicas: 2")) },
      { after: 20, run: "kubectl rollout pause deployment/web", shows: "deployment.apps/web paused" },
      {
        run: "kubectl set image deployment/web c=nginx:1.28; kubectl set resources deployment/web --limits=cpu=200m",
        shows: "deployment.apps/web image updated\ndeployment.apps/web resource requirements updated",
      },
      {
        after: 20,
        run: "kubectl get rs --no-headers | awk '{print $2, $3, $4}'; " + CONDITIONS,
        shows:
          "2 2 2\nAvailable=True MinimumReplicasAvailable: Deployment has minimum availability.\nProgressing=Unknown DeploymentPaused: Deployment is paused",
      },
      { run: "kubectl rollout undo deployment/web", shows: 'error: no rollout history found for deployment "web"' },
      { run: "kubectl rollout resume deployment/web", shows: "deployment.apps/web resumed" },
      {
        after: 30,
        run: "kubectl get rs --no-headers | awk '{print $2, $3, $4}' | sort; " + CONDITIONS,
        shows:
          '0 0 0\n2 2 2\nAvailable=True MinimumReplicasAvailable: Deployment has minimum availability.\nProgressing=True NewReplicaSetAvailable: ReplicaSet "web-<hash>" has successfully progressed.',
      },
    ],
  },
  {
    title: "minReadySeconds keeps a Pod from being available, and history is cut to revisionHistoryLimit",
    steps: [
      { run: apply(deployment("replicas: 1\n  minReadySeconds: 10\n  revisionHistoryLimit: 1")) },
      {
        watch: {
          of: "/apis/apps/v1/namespaces/default/deployments",
          columns: ["Ready", "Up-to-date", "Available"],
          shows: ["0s 0/1 1 0", "2s 1/1 1 0", "11s 1/1 1 1"],
        },
      },
      {
        run: "for v in 1.26 1.27 1.28; do kubectl set image deployment/web c=nginx:$v >/dev/null; sleep 30; done; kubectl rollout history deployment/web",
        shows: "deployment.apps/web\nREVISION CHANGE-CAUSE\n3 <none>\n4 <none>",
      },
    ],
  },
  {
    title: "a proportional scale in the middle of a rollout, and a ReplicationController beside it",
    steps: [
      { run: apply(deployment("replicas: 10\n  strategy: {rollingUpdate: {maxSurge: 3, maxUnavailable: 2}}")) },
      { after: 20, run: "kubectl set image deployment/web c=nginx:9.9.9 >/dev/null" },
      { after: 5, run: "kubectl get rs --no-headers | awk '{print $2, $3, $4}' | sort -n", shows: "5 5 0\n8 8 8" },
      {
        run: "kubectl scale deployment/web --replicas=15 >/dev/null; sleep 5; kubectl get rs --no-headers | awk '{print $2, $3, $4}' | sort -n",
        shows: "7 7 0\n11 11 11",
      },
      {
        run: apply(
          "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: old}\nspec: {replicas: 2, template: {metadata: {labels: {app: old}}, spec: {containers: [{name: c, image: nginx}]}}}",
        ),
      },
      {
        after: 10,
        run: "kubectl get rc old --no-headers | awk '{print $2, $3, $4}'; kubectl delete pod -l app=old --wait=false >/dev/null; sleep 3; kubectl get rc old --no-headers | awk '{print $2, $3, $4}'",
        shows: "2 2 2\n2 2 2",
      },
    ],
  },
  {
    title: "blue and green, and a canary beside: who serves is a matter of labels",
    steps: [
      {
        run: `${["blue", "green"].map((color) => apply(`apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${color}}\nspec: {replicas: 3, selector: {matchLabels: {app: web, track: ${color}}}, template: {metadata: {labels: {app: web, track: ${color}}}, spec: {containers: [{name: c, image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: [netexec]}]}}}`)).join("")}${apply("apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web, track: blue}, ports: [{port: 80, targetPort: 8080}]}")}sleep 15; ${SERVING}`,
        shows: "3 blue",
      },
      { run: `kubectl patch service web -p '{"spec":{"selector":{"track":"green"}}}' >/dev/null; sleep 1; ${SERVING}`, shows: "3 green" },
      {
        run: `kubectl patch service web --type=json -p '[{"op":"remove","path":"/spec/selector/track"}]' >/dev/null; kubectl scale deployment green --replicas=1 >/dev/null; sleep 3; ${SERVING}`,
        shows: "3 blue\n1 green",
      },
    ],
  },
  {
    title: "a Deployment with one port number twice (CoreDNS: UDP and TCP) is restarted",
    steps: [
      {
        run: "kubectl -n kube-system rollout restart deployment coredns; sleep 60; kubectl -n kube-system get deploy coredns -o jsonpath='{.status.updatedReplicas} {.status.readyReplicas} {range .spec.template.spec.containers[0].ports[*]}{.name}:{.containerPort}/{.protocol} {end}'",
        shows:
          "deployment.apps/coredns restarted\n2 2 dns:53/UDP dns-tcp:53/TCP metrics:9153/TCP liveness-probe:8080/TCP readiness-probe:8181/TCP",
      },
    ],
  },
])
