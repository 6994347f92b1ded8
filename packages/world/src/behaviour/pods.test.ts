/** Pods on their nodes: what they show from Pending to gone, with the events that say why. As pkg/kubelet. */
import { apply, behaves } from "../testing/behaviour.ts"

const PODS = "/api/v1/namespaces/default/pods"
const COLUMNS = ["Name", "Ready", "Status", "Restarts"]
const pod = (name: string, spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: ${spec}`
const sh = (script: string): string => `command: [sh, -c, '${script}']`

behaves([
  {
    title: "init containers run one after another, a failing one again and again, and the rest waits",
    steps: [
      { run: apply(pod("in", `{initContainers: [{name: a, image: busybox, ${sh("sleep 3")}}, {name: b, image: busybox, ${sh("sleep 3")}}], containers: [{name: c, image: busybox, ${sh("sleep 999")}}]}`)) },
      { watch: { of: PODS, columns: COLUMNS, shows: ["?"] } },
      { events: { about: "in", shows: ["?"] } },
      { run: apply(pod("bad", `{initContainers: [{name: a, image: busybox, ${sh("exit 3")}}], containers: [{name: c, image: busybox, ${sh("sleep 999")}}]}`)) },
      { watch: { of: `${PODS}?fieldSelector=metadata.name=bad`, columns: COLUMNS, during: 120, quiet: 60, shows: ["?"] } },
    ],
  },
  {
    title: "a container that fails is restarted after 10, 20, 40 s; one that ends well as well, unless its policy says otherwise",
    steps: [
      { run: apply(`${pod("crash", `{containers: [{name: c, image: busybox, ${sh("exit 1")}}]}`)}\n---\n${pod("once", `{restartPolicy: OnFailure, containers: [{name: c, image: busybox, ${sh("exit 0")}}]}`)}\n---\n${pod("never", `{restartPolicy: Never, containers: [{name: c, image: busybox, ${sh("exit 7")}}]}`)}`) },
      { watch: { of: PODS, columns: COLUMNS, during: 200, quiet: 100, shows: ["?"] } },
      { run: "kubectl get pod crash -o jsonpath='{.status.containerStatuses[0].state.waiting.reason} {.status.containerStatuses[0].lastState.terminated.exitCode}'; echo; kubectl get pod never -o jsonpath='{.status.containerStatuses[0].state.terminated.reason} {.status.containerStatuses[0].state.terminated.exitCode}'", shows: "?" },
    ],
  },
  {
    title: "liveness restarts, readiness takes out of the Service, startup holds both off: http, tcp, exec and grpc",
    steps: [
      { run: apply(`${pod("live", `{terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, ${sh("touch /tmp/ok; sleep 12; rm /tmp/ok; sleep 999")}, livenessProbe: {exec: {command: [cat, /tmp/ok]}, periodSeconds: 5, failureThreshold: 2}}]}`)}
---
${pod("ready", `{containers: [{name: c, image: busybox, ${sh("sleep 6; touch /tmp/ok; sleep 999")}, readinessProbe: {exec: {command: [cat, /tmp/ok]}, periodSeconds: 3}}]}`)}
---
${pod("start", `{terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, ${sh("sleep 999")}, startupProbe: {tcpSocket: {port: 80}, periodSeconds: 5, failureThreshold: 3}}]}`)}
---
${pod("http", `{terminationGracePeriodSeconds: 1, containers: [{name: c, image: nginx, readinessProbe: {httpGet: {path: /none, port: 80}, periodSeconds: 5}}]}`)}
---
${pod("grpc", `{containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [grpc-health-checking, --port=5000], ports: [{containerPort: 5000}], livenessProbe: {grpc: {port: 5000}, periodSeconds: 5}, readinessProbe: {grpc: {port: 5000, service: other}, periodSeconds: 5}}]}`)}`) },
      { watch: { of: PODS, columns: COLUMNS, during: 45, quiet: 45, shows: ["?"] } },
      { run: `kubectl get events --field-selector reason=Unhealthy -o jsonpath='{range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}' | sort -u`, shows: "?" },
      { run: `kubectl get events --field-selector reason=Killing -o jsonpath='{range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}' | sort -u`, shows: "?" },
    ],
  },
  {
    title: "image names, policies and registries: what pulls and what is said of what does not",
    steps: [
      { run: apply([["gone", "nginx:9.9.9", ""], ["nobody", "drydock-nobody/none", ""], ["bad", "Nginx:x", ""], ["never", "nginx:1.27", ", imagePullPolicy: Never"], ["host", "registry.example.invalid/a/b:1", ""]].map(([name, image, more]) => pod(name, `{containers: [{name: c, image: '${image}'${more}}]}`)).join("\n---\n")) },
      { after: 20, run: `kubectl get pods --no-headers | awk '{print $1, $2, $3}'; kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}: {.status.containerStatuses[0].state.waiting.message}{"\\n"}{end}'`, shows: "?" },
      { run: `kubectl get events -o jsonpath='{range .items[?(@.reason=="Failed")]}{.involvedObject.name}: {.message}{"\\n"}{end}' | sort -u; kubectl get events -o jsonpath='{range .items[?(@.reason=="InspectFailed")]}{.involvedObject.name}: {.message}{"\\n"}{end}'`, shows: "?" },
    ],
  },
  {
    title: "an end by SIGTERM, or by force when the grace period is over",
    steps: [
      { run: apply(`${pod("soft", `{containers: [{name: c, image: busybox, ${sh('trap "sleep 2; exit 0" TERM; while true; do sleep 1; done')}}]}`)}\n---\n${pod("hard", `{terminationGracePeriodSeconds: 8, containers: [{name: c, image: busybox, ${sh("sleep 999")}}]}`)}`) },
      { after: 5, run: "kubectl delete pod soft hard --wait=false >/dev/null" },
      { watch: { of: PODS, columns: COLUMNS, shows: ["?"] } },
    ],
  },
  {
    title: "QoS, the downward API and a projected volume; ConfigMaps and Secrets reach files, not variables",
    steps: [
      { run: apply(`apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {key: one, other: x}
---
apiVersion: v1
kind: Secret
metadata: {name: hidden}
stringData: {password: first}
---
apiVersion: v1
kind: Pod
metadata: {name: all, labels: {app: web}, annotations: {note: hello}}
spec:
  containers:
  - name: c
    image: busybox
    command: [sleep, '999']
    resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 100m, memory: 64Mi}}
    env:
    - {name: KEY, valueFrom: {configMapKeyRef: {name: conf, key: key}}}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    - {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
    - {name: AGAIN, value: $(KEY)-$(NODE)-$$(KEY)}
    envFrom: [{configMapRef: {name: conf}, prefix: C_}, {secretRef: {name: hidden}}]
    volumeMounts: [{name: p, mountPath: /p}, {name: conf, mountPath: /one, subPath: key}]
  volumes:
  - name: conf
    configMap: {name: conf}
  - name: p
    projected:
      sources:
      - {configMap: {name: conf, items: [{key: key, path: a/key}]}}
      - {secret: {name: hidden}}
      - {downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
      - {serviceAccountToken: {path: token, expirationSeconds: 600, audience: vault}}
      - {clusterTrustBundle: {name: none, optional: true, path: trust}}`) },
      { after: 5, run: "kubectl get pod all -o jsonpath='{.status.qosClass} {.status.phase}'; echo; kubectl exec all -- sh -c 'echo $KEY $NODE $LIMIT $AGAIN $C_key $password; ls -R /p; cat /p/a/key /p/labels /one; cut -d. -f2 /p/token | wc -c | cut -c1'", shows: "?" },
      { run: "kubectl patch cm conf -p '{\"data\":{\"key\":\"two\"}}' >/dev/null; kubectl patch secret hidden -p '{\"stringData\":{\"password\":\"second\"}}' > /dev/null; kubectl label pod all app=changed --overwrite > /dev/null" },
      { after: 90, run: "kubectl exec all -- sh -c 'cat /p/a/key /p/password /p/labels /one; echo $KEY $password'", shows: "?" },
    ],
  },
  {
    title: "one process table, host namespaces, ephemeral containers and image volumes",
    steps: [
      { run: apply(`${pod("shared", `{shareProcessNamespace: true, containers: [{name: web, image: nginx}, {name: box, image: busybox, ${sh("sleep 999")}}]}`)}\n---\n${pod("hosts", `{hostNetwork: true, hostPID: true, nodeName: node01, containers: [{name: c, image: busybox, ${sh("sleep 999")}}]}`)}\n---\n${pod("img", `{containers: [{name: c, image: busybox, ${sh("sleep 999")}, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, image: {reference: "nginx:1.27", pullPolicy: IfNotPresent}}]}`)}\n---\n${pod("noimg", `{containers: [{name: c, image: busybox, ${sh("sleep 999")}, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, image: {reference: "drydock-none/x:1"}}]}`)}`) },
      { after: 15, run: "kubectl exec shared -c box -- ps | awk '{print $1, $2, $4, $5, $6, $7, $8, $9, $10}'", shows: "?" },
      { run: "kubectl get pod hosts -o jsonpath='{.status.podIP}'; echo; kubectl exec hosts -- hostname; kubectl exec hosts -- ps | grep -c kubelet", shows: "?" },
      { run: "kubectl exec img -- ls /v/etc/nginx; kubectl exec img -- sh -c 'echo a > /v/x'; kubectl get pod noimg --no-headers | awk '{print $2, $3}'; kubectl get pod noimg -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'", shows: "?" },
      { events: { about: "noimg", shows: ["?"] } },
      { run: "kubectl debug shared --image=busybox --target=web --container=look -- sleep 99 2>&1; sleep 3; kubectl get pod shared -o jsonpath='{.status.ephemeralContainerStatuses[0].state}' | cut -c1-12; kubectl get pod shared --no-headers | awk '{print $2}'", shows: "?" },
    ],
  },
  {
    title: "Pod Security refuses, warns and looks at what is there",
    steps: [
      { run: "kubectl create ns safe >/dev/null; kubectl label ns safe pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/warn=restricted >/dev/null; kubectl -n safe run p --image=nginx 2>&1", shows: "?" },
      { run: "kubectl -n safe create deployment d --image=nginx 2>&1; sleep 3; kubectl -n safe get rs --no-headers | awk '{print $2, $3}'; kubectl -n safe get deploy d -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}{\"\\n\"}{end}'", shows: "?" },
      { run: "kubectl run priv --image=nginx --privileged >/dev/null; sleep 5; kubectl label --dry-run=server --overwrite ns default pod-security.kubernetes.io/enforce=baseline 2>&1; kubectl label --dry-run=server --overwrite ns --all pod-security.kubernetes.io/enforce=baseline 2>&1", shows: "?" },
    ],
  },
])
