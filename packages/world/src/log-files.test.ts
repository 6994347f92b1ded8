/** /var/log: where collectors of logs, and whoever has no kubectl, find what containers and services said. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

test("containers' logs are files of the node, by Pod, container and start; they grow as they are followed, and a hostPath shows them", () => {
  const bash = bashIn(bootedWorld({ topology: "kubeadm-1node", seed: "logs" }))
  bash(`kubectl run talk --image=busybox -- sh -c 'echo one; echo two >&2; sleep 4; echo three; exit 1'
kubectl wait --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 pod/talk --timeout=60s`)
  expect(bash("ls -d /var/log/pods/default_talk_*/talk; cd /var/log/pods/default_talk_*/talk && stat -c '%A %U %n' *")).toMatch(
    /^\/var\/log\/pods\/default_talk_[0-9a-f-]{36}\/talk\n-rw-r----- root 0\.log\n-rw-r----- root 1\.log$/,
  )
  expect(bash("cut -d' ' -f2- /var/log/pods/default_talk_*/talk/0.log")).toBe("stdout F one\nstderr F two\nstdout F three")
  expect(bash("cut -d' ' -f1 /var/log/pods/default_talk_*/talk/0.log | head -1")).toMatch(/^2026-01-05T08:00:\d\d\.\d{9}Z$/)
  expect(bash("timeout 5 tail -f /var/log/containers/talk_default_talk-*.log | cut -d' ' -f4- | tail -1")).toBe("three")
  bash(`kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: collector}
spec:
  containers:
    - {name: c, image: busybox, command: [sh, -c, "cut -d' ' -f4 /host/pods/default_talk_*/talk/0.log"], volumeMounts: [{name: logs, mountPath: /host}]}
  volumes: [{name: logs, hostPath: {path: /var/log}}]
EOF
sleep 5`)
  expect(bash("kubectl logs collector")).toBe("one\ntwo\nthree")
})

test("services' lines are in syslog, those about who may come in in auth.log; what is written beside them stays", () => {
  const bash = bashIn(bootedWorld({ topology: "docker-host", seed: "logs" }))
  expect(bash("logger -t job hello; cut -d' ' -f2- /var/log/syslog | tail -1")).toMatch(/^ubuntu job\[\d+\]: hello$|^ubuntu job: hello$/)
  expect(bash("ls /var/log; stat -c '%A %U:%G' /var/log/syslog; grep -c sshd /var/log/syslog; grep -c sshd /var/log/auth.log")).toMatch(
    /^auth\.log\nkern\.log\nsyslog\n-rw-r----- root:adm\n0\n[1-9]\d*$/,
  )
  expect(bash("echo mine > /var/log/mine.log; cat /var/log/mine.log; rm /var/log/mine.log; ls /var/log | wc -l")).toBe("mine\n3")
  expect(bash("rm /var/log/syslog; su -s /bin/sh nobody -c 'cat /var/log/syslog'")).toBe(
    "rm: cannot remove '/var/log/syslog': Operation not permitted\ncat: /var/log/syslog: Permission denied",
  )
})
