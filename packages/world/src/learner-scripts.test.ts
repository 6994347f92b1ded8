/** What learners' manifests and scripts rely on without saying so. */
import { expect, test } from "vitest"
import { bootedWorld, scriptIn } from "./testing/bash.ts"

const scripts = () => scriptIn(bootedWorld({ topology: "kubeadm-1node", seed: "scripts" }))

test("a Pod may follow its Namespace in one file: its creation waits for the default ServiceAccount; empty documents are nothing", () => {
  const run = scripts()
  const applied = run(`kubectl apply -f - <<'EOF'
---
apiVersion: v1
kind: Namespace
metadata: {name: fresh}
---
apiVersion: v1
kind: Pod
metadata: {name: first, namespace: fresh}
spec: {containers: [{name: web, image: "nginx:1.28"}]}
---
EOF`)
  expect(applied).toMatchObject({ exit: 0, stderr: "", stdout: "namespace/fresh created\npod/first created\n" })
  // Another account is nobody's to make: refused at once.
  const refused = run(
    `kubectl create namespace other; kubectl run second -n other --image=nginx --overrides='{"spec":{"serviceAccountName":"absent"}}'`,
  )
  expect(refused.stderr).toBe(
    'Error from server (Forbidden): pods "second" is forbidden: error looking up service account other/absent: serviceaccount "absent" not found\n',
  )
  expect(refused.took).toBeLessThan(100)
})

test("--record keeps the command line as the change's cause", () => {
  const run = scripts()
  run("kubectl create deployment web --image=nginx:1.27; sleep 1; kubectl set image deployment/web nginx=nginx:1.28 --record 2>/tmp/said")
  expect(run("cat /tmp/said").stdout).toBe("Flag --record has been deprecated, --record will be removed in the future\n")
  expect(run("kubectl rollout history deployment/web").stdout).toBe(
    "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         kubectl set image deployment/web nginx=nginx:1.28 --record=true\n\n",
  )
  expect(run("kubectl create deployment other --image=nginx --record").stderr).toContain("error: unknown flag: --record")
})

test("containers as manifests write them: an endless sleep, arguments for an image's entrypoint, busybox's own ps, setgid directories", () => {
  const run = scripts()
  run(`kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: idle}
spec:
  securityContext: {fsGroup: 2000}
  volumes: [{name: data, emptyDir: {}}]
  containers:
  - {name: box, image: "busybox:1.36", command: [sleep, infinity], volumeMounts: [{name: data, mountPath: /data}]}
  - {name: store, image: "redis:7", args: ["--port", "6380"]}
EOF
kubectl wait --for=condition=Ready pod/idle --timeout=60s`)
  expect(run("kubectl exec idle -c box -- ps").stdout).toBe(
    "PID   USER     TIME  COMMAND\n    1 root      0:00 sleep infinity\n    2 root      0:00 ps\n",
  )
  expect(run("kubectl exec idle -c box -- ls -ld /data").stdout).toMatch(/^drwxrwsrwx\s+\d+ root\s+2000 /)
  expect(run("kubectl exec idle -c store -- redis-cli -p 6380 ping").stdout).toBe("PONG\n")
  expect(run("kubectl get pod idle --no-headers").stdout).toMatch(/^idle +2\/2 +Running +0 /)
})

test("names are looked up as busybox did before 1.29, and addresses by their names; mistyped ones are nowhere, internet or not", () => {
  const run = scriptIn(bootedWorld({ topology: "kubeadm-1node", seed: "names", internet: () => "a page\n" }))
  run("kubectl run box --image=busybox:1.28 -- sleep infinity; kubectl wait --for=condition=Ready pod/box")
  const server = "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\n"
  expect(run("kubectl exec box -- nslookup kubernetes").stdout).toBe(
    `${server}Name:      kubernetes\nAddress 1: 10.96.0.1 kubernetes.default.svc.cluster.local\n`,
  )
  expect(run("kubectl exec box -- nslookup kubernets")).toMatchObject({
    exit: 1,
    stdout: server,
    stderr: expect.stringContaining("nslookup: can't resolve 'kubernets'\n"),
  })
  expect(run("curl -s http://example.com; curl -s http://web-svc").stdout).toBe("a page\n")
})
