/** A worker leaves its cluster and comes back: kubeadm reset and join. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

test("a node that was reset is gone for good, and a new token brings it back", () => {
  const bash = bashIn(bootedWorld())
  bash("kubectl create deployment web --image=nginx; kubectl wait --for=condition=Available deployment/web --timeout=60s")
  expect(
    bash("kubeadm reset -f 2>/dev/null | sed -n 3,5p; ls /etc/kubernetes/pki /var/lib/kubelet /etc/kubernetes; crictl ps -q", "node01"),
  ).toBe(
    `[reset] Stopping the kubelet service
[reset] Unmounting mounted directories in "/var/lib/kubelet"
[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]
/etc/kubernetes:
manifests
pki

/etc/kubernetes/pki:

/var/lib/kubelet:`,
  )
  expect(
    bash("sleep 60; kubectl get node node01 --no-headers | awk '{print $2}'; kubectl delete node node01; kubectl get nodes -o name"),
  ).toBe('NotReady\nnode "node01" deleted\nnode/controlplane')
  const command = bash("kubeadm token create --print-join-command")
  expect(bash(`${command.replace(/sha256:../, "sha256:00")} 2>&1 | tail -2`, "node01")).toMatch(
    /cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:[0-9a-f]{64}" are pinned/,
  )
  expect(bash(command, "node01")).toContain("This node has joined the cluster:")
  expect(
    bash(
      "sleep 20; kubectl get nodes --no-headers | awk '{print $1, $2}'; kubectl wait --for=condition=Available deployment/web --timeout=60s",
    ),
  ).toBe("controlplane Ready\nnode01 Ready\ndeployment.apps/web condition met")
  expect(bash(`${command} 2>&1 | grep ERROR`, "node01")).toBe(
    "\t[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists\n\t[ERROR Port-10250]: Port 10250 is in use\n\t[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]: /etc/kubernetes/pki/ca.crt already exists",
  )
})

test("a token that is none is looked for as long as kubeadm does; what is missing is said at once", () => {
  const world = bootedWorld()
  const bash = bashIn(world)
  bash("kubeadm reset -f", "node01")
  const began = world.sim.now()
  expect(
    bash("kubeadm join 172.30.1.2:6443 --token abcdef.0123456789abcdef --discovery-token-unsafe-skip-ca-verification", "node01"),
  ).toContain('could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"')
  expect(world.sim.now() - began).toBeGreaterThanOrEqual(300_000)
  expect(bash("kubeadm join 172.30.1.2:6443 --token abcdef.0123456789abcdef 2>&1 | head -1", "node01")).toContain(
    "using token-based discovery without caCertHashes can be unsafe",
  )
})

test("configuration files are looked over, and written in the newest version", () => {
  const bash = bashIn(bootedWorld())
  expect(
    bash(`cat > /tmp/old.yaml <<'EOF'
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
kubernetesVersion: v1.35.0
apiServer:
  extraArgs:
    audit-log-path: /var/log/audit.log
  timeoutForControlPlane: 4m0s
EOF
kubeadm config validate --config /tmp/old.yaml; kubeadm config migrate --old-config /tmp/old.yaml; kubeadm config validate --config /nowhere`),
  ).toBe(`ok
apiServer:
  extraArgs:
  - name: audit-log-path
    value: /var/log/audit.log
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.35.0
error: open /nowhere: no such file or directory
To see the stack trace of this error execute with --v=5 or higher`)
})
