/** What containers leave and how they are held back: messages, hooks, back-off, the end of sidecars, debug containers. As pkg/kubelet/kuberuntime. */
import { apply, behaves } from "../testing/behaviour.ts"

const PODS = "/api/v1/namespaces/default/pods"
const pod = (name: string, spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: ${spec}`
const sh = (script: string): string => `command: [sh, -c, '${script}']`
const RUNC =
  "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec:"
const EVENTS = (reason: string): string =>
  `kubectl get events --field-selector reason=${reason} -o jsonpath='{range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}' | sort -u`

behaves([
  {
    title: "termination messages: from the file, from the log where there is none, from a path of one's own; and what cannot start",
    steps: [
      {
        run: `${apply(
          pod(
            "m",
            `{restartPolicy: Never, containers: [
 {name: file, image: busybox, ${sh("echo from file > /dev/termination-log; exit 1")}},
 {name: logs, image: busybox, terminationMessagePolicy: FallbackToLogsOnError, ${sh("echo last words; exit 2")}},
 {name: fine, image: busybox, terminationMessagePolicy: FallbackToLogsOnError, ${sh("echo all well")}},
 {name: other, image: busybox, terminationMessagePath: /tmp/end, ${sh("echo from there > /tmp/end; exit 3")}},
 {name: none, image: busybox, command: [nothere]},
 {name: nofile, image: busybox, command: [/bin/nothere]},
 {name: perm, image: busybox, command: [/etc/passwd]}]}`,
          ),
        )}sleep 20; kubectl get pod m -o jsonpath='{range .status.containerStatuses[*]}{.name} {.state.terminated.exitCode} {.state.terminated.reason}: {.state.terminated.message}{"\\n"}{end}' | grep -v '^$'`,
        shows: `file 1 Error: from file\nfine 0 Completed:\nlogs 2 Error: last words\nnofile 128 StartError: ${RUNC} "/bin/nothere": stat /bin/nothere: no such file or directory\nnone 128 StartError: ${RUNC} "nothere": executable file not found in $PATH\nother 3 Error: from there\nperm 128 StartError: ${RUNC} "/etc/passwd": permission denied`,
      },
    ],
  },
  {
    title: "hooks: what postStart fails ends the container, preStop is waited for in the grace period, by command, request or sleep",
    steps: [
      {
        run: apply(
          `${pod("post", `{terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, ${sh("sleep 999")}, lifecycle: {postStart: {exec: {command: [sh, -c, 'exit 1']}}}}]}`)}
---
${pod("asked", `{terminationGracePeriodSeconds: 1, containers: [{name: c, image: nginx, lifecycle: {postStart: {httpGet: {port: 8080}}}}]}`)}
---
${pod("sleeps", `{containers: [{name: c, image: nginx, lifecycle: {preStop: {sleep: {seconds: 6}}}}]}`)}
---
${pod("long", `{terminationGracePeriodSeconds: 4, containers: [{name: c, image: busybox, ${sh("sleep 999")}, lifecycle: {preStop: {exec: {command: [sleep, '60']}}}}]}`)}`,
        ),
      },
      {
        after: 15,
        run: `kubectl get pods --no-headers | awk '{print $1, $2, $3}'; ${EVENTS("FailedPostStartHook")}; ${EVENTS("Killing")}`,
      },
      { run: "kubectl delete pod sleeps long --wait=false >/dev/null" },
      {
        watch: {
          of: PODS + "?fieldSelector=metadata.name=sleeps",
          columns: ["Name", "Status"],
          shows: ["0s sleeps Terminating", "6s sleeps gone"],
        },
      },
    ],
  },
  {
    title: "back-off doubles up to five minutes, for containers and for images; ten good minutes and it is forgotten",
    steps: [
      {
        run: apply(
          `${pod("crash", `{containers: [{name: c, image: 'busybox:1.37', ${sh("exit 1")}}]}`)}\n---\n${pod("image", "{containers: [{name: c, image: 'nginx:9.9.9'}]}")}`,
        ),
      },
      {
        watch: {
          of: `${PODS}?fieldSelector=metadata.name=crash`,
          columns: ["Restarts", "Status"],
          during: 1_300,
          quiet: 310,
          shows: [
            "0s 0 ContainerCreating",
            "1s 0 Error",
            "2s 1 Error",
            "3s 1 CrashLoopBackOff",
            "11s 2 Error",
            "12s 2 CrashLoopBackOff",
            "31s 3 Error",
            "32s 3 CrashLoopBackOff",
            "71s 4 Error",
            "72s 4 CrashLoopBackOff",
            "151s 5 Error",
            "152s 5 CrashLoopBackOff",
            "311s 6 Error",
            "312s 6 CrashLoopBackOff",
            "611s 7 Error",
            "612s 7 CrashLoopBackOff",
            "911s 8 Error",
            "912s 8 CrashLoopBackOff",
            "1211s 9 Error",
            "1212s 9 CrashLoopBackOff",
          ],
        },
      },
      {
        run: "kubectl get pod crash -o jsonpath='{.status.containerStatuses[0].state.waiting.message}' | sed 's/pod=.*/pod=P/'; echo; kubectl get events --field-selector reason=Pulling,involvedObject.name=image -o jsonpath='{.items[0].count}'",
        shows: "back-off 5m0s restarting failed container=c pod=P\n9",
      },
    ],
  },
  {
    title: "sidecars start first, one after another, and end last, the last first; a Job's sidecar does not keep it",
    steps: [
      {
        run: `${apply(
          pod(
            "order",
            `{terminationGracePeriodSeconds: 20, volumes: [{name: v, hostPath: {path: /order, type: DirectoryOrCreate}}], initContainers: [
 {name: one, image: busybox, restartPolicy: Always, ${sh('echo one up >> /v/log; trap "sleep 1; echo one down >> /v/log; exit 0" TERM; while true; do sleep 0.2; done')}, startupProbe: {exec: {command: [test, -f, /v/log]}, periodSeconds: 1}, volumeMounts: [{name: v, mountPath: /v}]},
 {name: two, image: busybox, restartPolicy: Always, ${sh('echo two up >> /v/log; trap "sleep 1; echo two down >> /v/log; exit 0" TERM; while true; do sleep 0.2; done')}, volumeMounts: [{name: v, mountPath: /v}]}], containers: [{name: main, image: busybox, ${sh('echo main up >> /v/log; trap "sleep 1; echo main down >> /v/log; exit 0" TERM; while true; do sleep 0.2; done')}, volumeMounts: [{name: v, mountPath: /v}]}]}`,
          ),
        )}sleep 15; kubectl get pod order --no-headers | awk '{print $2, $3}'; kubectl delete pod order >/dev/null; ssh node01 cat /order/log`,
        shows: "3/3 Running\none up\ntwo up\nmain up\nmain down\ntwo down\none down",
      },
      {
        run: `${apply(`apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  template:
    spec:
      restartPolicy: Never
      initContainers: [{name: side, image: busybox, restartPolicy: Always, ${sh("sleep 9999")}}]
      containers: [{name: main, image: busybox, ${sh("sleep 3")}}]`)}sleep 50; kubectl get job work --no-headers | awk '{print $2, $3}'; kubectl get pods -l job-name=work --no-headers | awk '{print $2, $3}'`,
        shows: "Complete 1/1\n0/2 Completed",
      },
    ],
  },
  {
    title: "a debug container joins a Pod that runs, sees its processes where it targets them, and is not started again",
    steps: [
      {
        run: "kubectl run e --image=nginx >/dev/null; sleep 5; kubectl debug e --image=busybox --target=e --profile=general -- sh -c 'ps | grep -c nginx; sleep 9' >/dev/null 2>&1; sleep 3",
      },
      {
        run: "kubectl get pod e -o jsonpath='{.status.ephemeralContainerStatuses[0].state}' | cut -c1-10; N=$(kubectl get pod e -o jsonpath='{.spec.ephemeralContainers[0].name}'); kubectl logs e -c $N; sleep 10; kubectl get pod e -o jsonpath='{.status.ephemeralContainerStatuses[0].state.terminated.reason} {.status.ephemeralContainerStatuses[0].restartCount} {.status.phase}'",
        shows: /^\{"running"\n[2-9]\nCompleted 0 Running$/,
      },
      {
        run: 'kubectl patch pod e --type=json -p \'[{"op":"remove","path":"/spec/ephemeralContainers"}]\' 2>&1 | head -1 | cut -c1-60',
        shows: /invalid/,
      },
    ],
  },
])
