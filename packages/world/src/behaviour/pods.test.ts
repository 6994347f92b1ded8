/** Pods on their nodes: what they show from Pending to gone, with the events that say why. As pkg/kubelet. */
import { apply, behaves } from "../testing/behaviour.ts"

const PODS = "/api/v1/namespaces/default/pods"
const COLUMNS = ["Name", "Ready", "Status", "Restarts"]
const pod = (name: string, spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: ${spec}`
const sh = (script: string): string => `command: [sh, -c, '${script}']`

/** jq over the claims of a token in Pod t. */
const claims = (path: string, query: string): string =>
  `kubectl exec t -- cat ${path} | jq -rR 'split(".") | .[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson | ${query}'`

behaves([
  {
    title: "init containers run one after another, a failing one again and again, and the rest waits",
    steps: [
      {
        run: apply(
          pod(
            "in",
            `{initContainers: [{name: a, image: busybox, ${sh("sleep 3")}}, {name: b, image: busybox, ${sh("sleep 3")}}], containers: [{name: c, image: busybox, ${sh("sleep 999")}}]}`,
          ),
        ),
      },
      {
        watch: {
          of: PODS,
          columns: COLUMNS,
          shows: ["0s in 0/1 Init:0/2 0", "4s in 0/1 Init:1/2 0", "7s in 0/1 PodInitializing 0", "8s in 1/1 Running 0"],
        },
      },
      {
        events: {
          about: "in",
          shows: [
            "Normal Scheduled: Successfully assigned default/in to node01",
            'Normal Pulling: Pulling image "busybox"',
            'Normal Pulled: Successfully pulled image "busybox" in 770ms (770ms including waiting). Image size: 2224000 bytes.',
            "Normal Created: Container created",
            "Normal Started: Container started",
            'Normal Pulling: Pulling image "busybox"',
            'Normal Pulled: Successfully pulled image "busybox" in 406ms (406ms including waiting). Image size: 2224000 bytes.',
            "Normal Created: Container created",
            "Normal Started: Container started",
            'Normal Pulling: Pulling image "busybox"',
            'Normal Pulled: Successfully pulled image "busybox" in 588ms (588ms including waiting). Image size: 2224000 bytes.',
            "Normal Created: Container created",
            "Normal Started: Container started",
          ],
        },
      },
      {
        run: apply(
          pod(
            "bad",
            `{initContainers: [{name: a, image: busybox, ${sh("exit 3")}}], containers: [{name: c, image: busybox, ${sh("sleep 999")}}]}`,
          ),
        ),
      },
      {
        watch: {
          of: `${PODS}?fieldSelector=metadata.name=bad`,
          columns: COLUMNS,
          during: 120,
          quiet: 60,
          shows: [
            "0s bad 0/1 Init:0/1 0",
            "1s bad 0/1 Init:Error 0",
            "2s bad 0/1 Init:Error 1",
            "3s bad 0/1 Init:CrashLoopBackOff 1",
            "12s bad 0/1 Init:Error 2",
            "13s bad 0/1 Init:CrashLoopBackOff 2",
            "33s bad 0/1 Init:Error 3",
            "34s bad 0/1 Init:CrashLoopBackOff 3",
            "72s bad 0/1 Init:Error 4",
            "73s bad 0/1 Init:CrashLoopBackOff 4",
          ],
        },
      },
    ],
  },
  {
    title: "a container that fails is restarted after 10, 20, 40 s; one that ends well as well, unless its policy says otherwise",
    steps: [
      {
        run: apply(
          `${pod("crash", `{containers: [{name: c, image: busybox, ${sh("exit 1")}}]}`)}\n---\n${pod("once", `{restartPolicy: OnFailure, containers: [{name: c, image: busybox, ${sh("exit 0")}}]}`)}\n---\n${pod("never", `{restartPolicy: Never, containers: [{name: c, image: busybox, ${sh("exit 7")}}]}`)}`,
        ),
      },
      {
        watch: {
          of: PODS,
          columns: COLUMNS,
          during: 200,
          quiet: 100,
          shows: [
            "0s crash 0/1 ContainerCreating 0",
            "0s never 0/1 ContainerCreating 0",
            "0s once 0/1 ContainerCreating 0",
            "1s crash 0/1 Error 0",
            "1s once 0/1 Completed 0",
            "2s never 0/1 Error 0",
            "2s crash 0/1 Error 1",
            "3s crash 0/1 CrashLoopBackOff 1",
            "13s crash 0/1 Error 2",
            "14s crash 0/1 CrashLoopBackOff 2",
            "33s crash 0/1 Error 3",
            "34s crash 0/1 CrashLoopBackOff 3",
            "73s crash 0/1 Error 4",
            "74s crash 0/1 CrashLoopBackOff 4",
            "153s crash 0/1 Error 5",
            "154s crash 0/1 CrashLoopBackOff 5",
          ],
        },
      },
      {
        run: "kubectl get pod crash -o jsonpath='{.status.containerStatuses[0].state.waiting.reason} {.status.containerStatuses[0].lastState.terminated.exitCode}'; echo; kubectl get pod never -o jsonpath='{.status.containerStatuses[0].state.terminated.reason} {.status.containerStatuses[0].state.terminated.exitCode}'",
        shows: "CrashLoopBackOff 1\nError 7",
      },
    ],
  },
  {
    title: "liveness restarts, readiness takes out of the Service, startup holds both off: http, tcp, exec and grpc",
    steps: [
      {
        run: apply(`${pod("live", `{terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, ${sh("touch /tmp/ok; sleep 12; rm /tmp/ok; sleep 999")}, livenessProbe: {exec: {command: [cat, /tmp/ok]}, periodSeconds: 5, failureThreshold: 2}}]}`)}
---
${pod("ready", `{containers: [{name: c, image: busybox, ${sh("sleep 6; touch /tmp/ok; sleep 999")}, readinessProbe: {exec: {command: [cat, /tmp/ok]}, periodSeconds: 3}}]}`)}
---
${pod("start", `{terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, ${sh("sleep 999")}, startupProbe: {tcpSocket: {port: 80}, periodSeconds: 5, failureThreshold: 3}}]}`)}
---
${pod("http", `{terminationGracePeriodSeconds: 1, containers: [{name: c, image: nginx, readinessProbe: {httpGet: {path: /none, port: 80}, periodSeconds: 5}}]}`)}
---
${pod("grpc", `{containers: [{name: c, image: "registry.k8s.io/e2e-test-images/agnhost:2.53", args: [grpc-health-checking, --port=5000], ports: [{containerPort: 5000}], livenessProbe: {grpc: {port: 5000}, periodSeconds: 5}, readinessProbe: {grpc: {port: 5000, service: other}, periodSeconds: 5}}]}`)}`),
      },
      {
        watch: {
          of: PODS,
          columns: COLUMNS,
          during: 45,
          quiet: 45,
          shows: [
            "0s grpc 0/1 ContainerCreating 0",
            "0s http 0/1 ContainerCreating 0",
            "0s live 0/1 ContainerCreating 0",
            "0s ready 0/1 ContainerCreating 0",
            "0s start 0/1 ContainerCreating 0",
            "1s live 1/1 Running 0",
            "1s ready 0/1 Running 0",
            "2s start 0/1 Running 0",
            "3s http 0/1 Running 0",
            "5s grpc 0/1 Running 0",
            "10s ready 1/1 Running 0",
            "13s start 0/1 Error 0",
            "13s start 0/1 Running 1",
            "22s live 0/1 Error 0",
            "22s live 1/1 Running 1",
            "24s start 0/1 Error 1",
            "25s start 0/1 Running 2",
            "36s start 0/1 CrashLoopBackOff 2",
            "43s live 0/1 Error 1",
            "44s live 1/1 Running 2",
            "45s start 0/1 Running 3",
          ],
        },
      },
      {
        run: `kubectl get events --field-selector reason=Unhealthy -o jsonpath='{range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}' | sort -u`,
        shows:
          "grpc: Readiness probe failed: error: health rpc probe failed: rpc error: code = NotFound desc = unknown service\nhttp: Readiness probe failed: HTTP probe failed with statuscode: 404\nlive: Liveness probe failed: cat: can't open '/tmp/ok': No such file or directory\nready: Readiness probe failed: cat: can't open '/tmp/ok': No such file or directory\nstart: Startup probe failed: dial tcp 10.244.1.5:80: connect: connection refused",
      },
      {
        run: `kubectl get events --field-selector reason=Killing -o jsonpath='{range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}' | sort -u`,
        shows: "live: Container c failed liveness probe, will be restarted\nstart: Container c failed startup probe, will be restarted",
      },
    ],
  },
  {
    title: "image names, policies and registries: what pulls and what is said of what does not",
    steps: [
      {
        run: apply(
          [
            ["gone", "nginx:9.9.9", ""],
            ["nobody", "drydock-nobody/none", ""],
            ["bad", "Nginx:x", ""],
            ["never", "nginx:1.27", ", imagePullPolicy: Never"],
            ["host", "registry.example.invalid/a/b:1", ""],
          ]
            .map(([name, image, more]) => pod(name, `{containers: [{name: c, image: '${image}'${more}}]}`))
            .join("\n---\n"),
        ),
      },
      {
        after: 20,
        run: `kubectl get pods --no-headers | awk '{print $1, $2, $3}'; kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}: {.status.containerStatuses[0].state.waiting.message}{"\\n"}{end}'`,
        shows:
          'bad 0/1 InvalidImageName\ngone 0/1 ImagePullBackOff\nhost 0/1 ImagePullBackOff\nnever 0/1 ErrImageNeverPull\nnobody 0/1 ImagePullBackOff\nbad: Failed to apply default image tag "Nginx:x": couldn\'t parse image name "Nginx:x": invalid reference format: repository name (library/Nginx) must be lowercase\ngone: Back-off pulling image "nginx:9.9.9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:9.9.9": failed to resolve reference "docker.io/library/nginx:9.9.9": docker.io/library/nginx:9.9.9: not found\nhost: Back-off pulling image "registry.example.invalid/a/b:1": ErrImagePull: failed to pull and unpack image "registry.example.invalid/a/b:1": failed to resolve reference "registry.example.invalid/a/b:1": failed to do request: Head "https://registry.example.invalid/v2/a/b/manifests/1": dial tcp: lookup registry.example.invalid: no such host\nnever: Container image "nginx:1.27" is not present with pull policy of Never\nnobody: Back-off pulling image "drydock-nobody/none": ErrImagePull: failed to pull and unpack image "docker.io/drydock-nobody/none:latest": failed to resolve reference "docker.io/drydock-nobody/none:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      },
      {
        run: `kubectl get events -o jsonpath='{range .items[?(@.reason=="Failed")]}{.involvedObject.name}: {.message}{"\\n"}{end}' | sort -u; kubectl get events -o jsonpath='{range .items[?(@.reason=="InspectFailed")]}{.involvedObject.name}: {.message}{"\\n"}{end}'`,
        shows:
          'bad: Error: InvalidImageName\ngone: Error: ErrImagePull\ngone: Error: ImagePullBackOff\ngone: Failed to pull image "nginx:9.9.9": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:9.9.9": failed to resolve reference "docker.io/library/nginx:9.9.9": docker.io/library/nginx:9.9.9: not found\nhost: Error: ErrImagePull\nhost: Error: ImagePullBackOff\nhost: Failed to pull image "registry.example.invalid/a/b:1": failed to pull and unpack image "registry.example.invalid/a/b:1": failed to resolve reference "registry.example.invalid/a/b:1": failed to do request: Head "https://registry.example.invalid/v2/a/b/manifests/1": dial tcp: lookup registry.example.invalid: no such host\nnever: Error: ErrImageNeverPull\nnobody: Error: ErrImagePull\nnobody: Error: ImagePullBackOff\nnobody: Failed to pull image "drydock-nobody/none": failed to pull and unpack image "docker.io/drydock-nobody/none:latest": failed to resolve reference "docker.io/drydock-nobody/none:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed\nbad: Failed to apply default image tag "Nginx:x": couldn\'t parse image name "Nginx:x": invalid reference format: repository name (library/Nginx) must be lowercase',
      },
    ],
  },
  {
    title: "an end by SIGTERM, or by force when the grace period is over",
    steps: [
      {
        run: apply(
          `${pod("soft", `{containers: [{name: c, image: busybox, ${sh('trap "sleep 2; exit 0" TERM; while true; do sleep 1; done')}}]}`)}\n---\n${pod("hard", `{terminationGracePeriodSeconds: 8, containers: [{name: c, image: busybox, ${sh("sleep 999")}}]}`)}`,
        ),
      },
      { after: 5, run: "kubectl delete pod soft hard --wait=false >/dev/null" },
      {
        watch: {
          of: PODS,
          columns: COLUMNS,
          shows: ["0s hard 1/1 Terminating 0", "0s soft 1/1 Terminating 0", "2s soft gone", "8s hard gone"],
        },
      },
    ],
  },
  {
    title: "QoS, the downward API and a projected volume; ConfigMaps and Secrets reach files, not variables",
    steps: [
      {
        run: apply(`apiVersion: v1
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
      - {clusterTrustBundle: {name: none, optional: true, path: trust}}`),
      },
      {
        after: 5,
        run: "kubectl get pod all -o jsonpath='{.status.qosClass} {.status.phase}'; echo; kubectl exec all -- sh -c 'echo $KEY $NODE $LIMIT $AGAIN $C_key $password; ls -R /p; cat /p/a/key /p/labels /one; cut -d. -f2 /p/token | wc -c | cut -c1'",
        shows: 'Guaranteed Running\none node01 64 one-node01-$(KEY) one first\n/p:\na\nlabels\npassword\ntoken\noneapp="web"one6',
      },
      {
        run: 'kubectl patch cm conf -p \'{"data":{"key":"two"}}\' >/dev/null; kubectl patch secret hidden -p \'{"stringData":{"password":"second"}}\' > /dev/null; kubectl label pod all app=changed --overwrite > /dev/null',
      },
      {
        after: 90,
        run: "kubectl exec all -- sh -c 'cat /p/a/key /p/password /p/labels /one; echo $KEY $password'",
        shows: 'twosecondapp="changed"oneone first',
      },
    ],
  },
  {
    title: "what is immutable stays as it is; a token is for its audience and its Pod, and another one before it runs out",
    steps: [
      {
        run: `kubectl create configmap fixed --from-literal=a=1 >/dev/null; kubectl patch configmap fixed -p '{"immutable":true}' >/dev/null; kubectl patch configmap fixed -p '{"data":{"a":"2"}}' 2>&1; kubectl patch configmap fixed -p '{"immutable":false}' 2>&1`,
        shows:
          'The ConfigMap "fixed" is invalid: data: Forbidden: field is immutable when `immutable` is set\nThe ConfigMap "fixed" is invalid: immutable: Forbidden: field is immutable when `immutable` is set',
      },
      {
        run: `${apply(
          pod(
            "t",
            `{containers: [{name: c, image: curlimages/curl, ${sh("sleep 9999")}, volumeMounts: [{name: p, mountPath: /p}]}], volumes: [{name: p, projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 600, audience: vault}}]}}]}`,
          ),
        )}sleep 8; ${claims("/p/token", '.aud[0], .exp - .iat, .["kubernetes.io"].pod.name, .["kubernetes.io"].node.name')}; ${claims("/var/run/secrets/kubernetes.io/serviceaccount/token", '.exp - .iat, .["kubernetes.io"].warnafter - .iat, .sub')}`,
        shows: "vault\n600\nt\nnode01\n31536000\n3607\nsystem:serviceaccount:default:default",
      },
      {
        run: `for f in /p/token /var/run/secrets/kubernetes.io/serviceaccount/token; do kubectl exec t -- sh -c "curl -sk -o /dev/null -w '%{http_code} ' -H \\"Authorization: Bearer \\$(cat $f)\\" https://kubernetes.default/api/v1/namespaces/default/pods"; done`,
        shows: "401 403",
      },
      {
        run: "kubectl exec t -- md5sum /p/token > before; sleep 420; kubectl exec t -- md5sum /p/token | cmp -s before && echo same",
        shows: "same",
      },
      { after: 80, run: "kubectl exec t -- md5sum /p/token | cmp -s before || echo another", shows: "another" },
    ],
  },
  {
    title: "one process table, host namespaces, ephemeral containers and image volumes",
    steps: [
      {
        run: apply(
          `${pod("shared", `{shareProcessNamespace: true, containers: [{name: web, image: nginx}, {name: box, image: busybox, ${sh("sleep 999")}}]}`)}\n---\n${pod("hosts", `{hostNetwork: true, hostPID: true, nodeName: node01, containers: [{name: c, image: busybox, ${sh("sleep 999")}}]}`)}\n---\n${pod("img", `{containers: [{name: c, image: busybox, ${sh("sleep 999")}, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, image: {reference: "nginx:1.27", pullPolicy: IfNotPresent}}]}`)}\n---\n${pod("noimg", `{containers: [{name: c, image: busybox, ${sh("sleep 999")}, volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, image: {reference: "drydock-none/x:1"}}]}`)}`,
        ),
      },
      {
        after: 15,
        run: "kubectl exec shared -c box -- ps | awk '{print $1, $2, $4, $5, $6, $7, $8, $9, $10}'",
        shows:
          "PID USER COMMAND\n1 root /pause\n2 root nginx: master process nginx -g daemon off;\n3 101 nginx: worker process\n4 101 nginx: worker process\n5 root sleep 999\n6 root ps",
      },
      {
        run: "kubectl get pod hosts -o jsonpath='{.status.podIP}'; echo; kubectl exec hosts -- hostname; kubectl exec hosts -- ps | grep -c kubelet",
        shows: "172.30.2.2\nnode01\n1",
      },
      {
        run: "kubectl exec img -- ls /v/etc/nginx; kubectl exec img -- sh -c 'echo a > /v/x'; kubectl get pod noimg --no-headers | awk '{print $2, $3}'; kubectl get pod noimg -o jsonpath='{.status.containerStatuses[0].state.waiting.message}'",
        shows:
          'conf.d\nmime.types\nnginx.conf\n0/1 ImagePullBackOff\nBack-off pulling image "drydock-none/x:1": ErrImagePull: failed to pull and unpack image "docker.io/drydock-none/x:1": failed to resolve reference "docker.io/drydock-none/x:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failedsh: can\'t create /v/x: Read-only file system\ncommand terminated with exit code 1',
      },
      {
        events: {
          about: "noimg",
          shows: [
            "Normal Scheduled: Successfully assigned default/noimg to node01",
            'Normal Pulling: Pulling image "drydock-none/x:1"',
            'Normal BackOff: Back-off pulling image "drydock-none/x:1"',
            "Warning Failed: Error: ImagePullBackOff",
            'Warning Failed: Failed to pull image "drydock-none/x:1": failed to pull and unpack image "docker.io/drydock-none/x:1": failed to resolve reference "docker.io/drydock-none/x:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
            "Warning Failed: Error: ErrImagePull",
          ],
        },
      },
      {
        run: "kubectl debug shared --image=busybox --target=web --container=look -- sleep 99 2>&1; sleep 3; kubectl get pod shared -o jsonpath='{.status.ephemeralContainerStatuses[0].state}' | cut -c1-12; kubectl get pod shared --no-headers | awk '{print $2}'",
        shows:
          'Targeting container "web". If you don\'t see processes from this container it may be because the container runtime doesn\'t support this feature.\n--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n{"running":{\n2/2',
      },
    ],
  },
  {
    title: "Pod Security refuses, warns and looks at what is there",
    steps: [
      {
        run: "kubectl create ns safe >/dev/null; kubectl label ns safe pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/warn=restricted >/dev/null; kubectl -n safe run p --image=nginx 2>&1",
        shows:
          'Error from server (Forbidden): pods "p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "p" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "p" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "p" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "p" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
      },
      {
        run: "kubectl -n safe create deployment d --image=nginx 2>&1; sleep 3; kubectl -n safe get rs --no-headers | awk '{print $2, $3}'; kubectl -n safe get deploy d -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}{\"\\n\"}{end}'",
        shows:
          'Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "nginx" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "nginx" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "nginx" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "nginx" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")\ndeployment.apps/d created\n1 0\nProgressing=True NewReplicaSetCreated\nAvailable=False MinimumReplicasUnavailable\nReplicaFailure=True FailedCreate',
      },
      {
        run: "kubectl run priv --image=nginx --privileged >/dev/null; sleep 5; kubectl label --dry-run=server --overwrite ns default pod-security.kubernetes.io/enforce=baseline 2>&1; kubectl label --dry-run=server --overwrite ns --all pod-security.kubernetes.io/enforce=baseline 2>&1",
        shows:
          'Warning: existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"\nWarning: priv: privileged\nnamespace/default labeled (server dry run)\nWarning: existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"\nWarning: priv: privileged\nnamespace/default labeled (server dry run)\nnamespace/kube-node-lease labeled (server dry run)\nnamespace/kube-public labeled (server dry run)\nWarning: existing pods in namespace "kube-system" violate the new PodSecurity enforce level "baseline:latest"\nWarning: etcd-controlplane (and 3 other pods): host namespaces, hostPath volumes\nWarning: kube-proxy-<id> (and 1 other pod): host namespaces, hostPath volumes, privileged\nnamespace/kube-system labeled (server dry run)\nnamespace/safe labeled (server dry run)',
      },
    ],
  },
  {
    title: "what another container of the Pod may use, and what the node can give where there is no limit",
    steps: [
      {
        run: apply(`apiVersion: v1
kind: Pod
metadata: {name: down}
spec:
  containers:
  - {name: main, image: 'busybox:1.37', command: [sleep, '999'], resources: {requests: {cpu: 100m}, limits: {memory: 256Mi}}}
  - name: side
    image: busybox:1.37
    command: [sh, -c, 'echo $ASKED $MOST $FREE; sleep 999']
    env:
    - {name: ASKED, valueFrom: {resourceFieldRef: {containerName: main, resource: requests.cpu, divisor: 1m}}}
    - {name: MOST, valueFrom: {resourceFieldRef: {containerName: main, resource: limits.memory, divisor: 1Mi}}}
    - {name: FREE, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}`),
      },
      {
        after: 5,
        run: "kubectl logs down -c side; kubectl get node $(kubectl get pod down -o jsonpath={.spec.nodeName}) -o jsonpath='{.status.allocatable.cpu}'",
        shows: "100 256 2\n2",
      },
    ],
  },
])
