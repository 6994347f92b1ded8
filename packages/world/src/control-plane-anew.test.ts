/** The control plane itself goes and comes: kubeadm reset and init, single phases, and workers that join what is new. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const OWN = "export KUBECONFIG=/etc/kubernetes/admin.conf; "

test("a control plane that was reset is gone with its data, and a new one is a stranger to whoever knew the old", () => {
  const bash = bashIn(bootedWorld())
  bash("kubectl create deployment web --image=nginx; kubectl wait --for=condition=Available deployment/web --timeout=60s")
  expect(bash("kubeadm init 2>&1 | grep -c ERROR; cp -r /etc/kubernetes/pki /root/old")).toBe("11")
  expect(bash("kubeadm reset -f | sed -n 3,5p; ls -A /etc/kubernetes/manifests /var/lib/etcd; crictl ps -q; kubectl get nodes")).toBe(
    `[preflight] Running pre-flight checks
[reset] Deleted contents of the etcd data directory: /var/lib/etcd
[reset] Stopping the kubelet service
/etc/kubernetes/manifests:

/var/lib/etcd:
The connection to the server 172.30.1.2:6443 was refused - did you specify the right host or port?`,
  )
  const said = bash("kubeadm init --pod-network-cidr=10.244.0.0/16 --token abcdef.0123456789abcdef")
  expect(
    said.split("\n").filter((line) => /^\[(addons|bootstrap-token\] Using|control-plane-check\] kube|mark-control-plane)/.test(line)),
  ).toEqual([
    "[control-plane-check] kube-apiserver is healthy after 500ms",
    "[control-plane-check] kube-controller-manager is healthy after 500ms",
    "[control-plane-check] kube-scheduler is healthy after 500ms",
    "[mark-control-plane] Marking the node controlplane as control-plane by adding the labels: [node-role.kubernetes.io/control-plane node.kubernetes.io/exclude-from-external-load-balancers]",
    "[mark-control-plane] Marking the node controlplane as control-plane by adding the taints [node-role.kubernetes.io/control-plane:NoSchedule]",
    "[bootstrap-token] Using token: abcdef.0123456789abcdef",
    "[addons] Applied essential addon: CoreDNS",
    "[addons] Applied essential addon: kube-proxy",
  ])
  expect(bash("kubectl get nodes")).toBe(
    "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
  )
  expect(
    bash(
      `${OWN}sleep 60; kubectl get nodes --no-headers | awk '{print $1, $2}'; kubectl get deployments -A --no-headers | awk '{print $2}'`,
    ),
  ).toBe("controlplane Ready\ncoredns")
  expect(bash("cd /root/old; for f in ca etcd/ca; do cmp -s $f.crt /etc/kubernetes/pki/$f.crt || echo another $f; done")).toBe(
    "another ca\nanother etcd/ca",
  )
  // The worker still has what the old one signed.
  expect(bash("journalctl -u kubelet -n 1 --no-pager -o cat", "node01")).toContain("x509: certificate signed by unknown authority")
  const join = bash(`${OWN}kubeadm token create --print-join-command`)
  expect(bash(`kubeadm reset -f >/dev/null 2>&1; ${join} | grep "^Run"`, "node01")).toBe(
    "Run 'kubectl get nodes' on the control-plane to see this node join the cluster.",
  )
  expect(
    bash(
      `${OWN}sleep 20; kubectl create deployment web --image=nginx; sleep 10; kubectl get pods -o wide --no-headers | awk '{print $2, $3, $7}'`,
    ),
  ).toBe("deployment.apps/web created\n1/1 Running node01")
})

test("phases make what is gone, and keep what is there", () => {
  const bash = bashIn(bootedWorld({ topology: "kubeadm-1node" }))
  expect(
    bash(`rm /etc/kubernetes/pki/apiserver.* /etc/kubernetes/manifests/kube-scheduler.yaml
kubeadm init phase certs apiserver --apiserver-cert-extra-sans=lab.example.com
kubeadm init phase certs etcd-server
openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -ext subjectAltName | tail -1 | tr , '\\n' | grep example
kubeadm init phase control-plane scheduler; sleep 5; kubectl get pods -n kube-system -o name | grep scheduler
kubeadm init phase upload-certs; kubeadm init phase nothing`),
  ).toBe(`[certs] Using certificateDir folder "/etc/kubernetes/pki"
[certs] Generating "apiserver" certificate and key
[certs] apiserver serving cert is signed for DNS names [controlplane kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local lab.example.com] and IPs [10.96.0.1 172.30.1.2]
[certs] Using certificateDir folder "/etc/kubernetes/pki"
[certs] Using existing etcd/server certificate and key on disk
 DNS:lab.example.com
[control-plane] Using manifest folder "/etc/kubernetes/manifests"
[control-plane] Creating static Pod manifest for "kube-scheduler"
pod/kube-scheduler-controlplane
[upload-certs] Skipping phase. Please see --upload-certs
error: unknown command "nothing" for "kubeadm init phase"
To see the stack trace of this error execute with --v=5 or higher`)
})

test("a configuration file says what the flags say, and not both at once", () => {
  const bash = bashIn(bootedWorld({ topology: "kubeadm-1node" }))
  expect(
    bash(`kubeadm reset -f >/dev/null
cat > /tmp/k.yaml <<'EOF'
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration:
  taints: []
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - name: audit-log-path
    value: /var/log/audit.log
EOF
kubeadm init --config /tmp/k.yaml --service-cidr=10.0.0.0/16 2>&1 | head -1
kubeadm init --config /tmp/k.yaml >/dev/null; ${OWN}sleep 20
grep audit /etc/kubernetes/manifests/kube-apiserver.yaml; kubectl get nodes -o jsonpath='{.items[*].spec.taints}'; kubectl get --raw=/healthz`),
  ).toBe("error: can not mix '--config' with arguments [service-cidr]\n    - --audit-log-path=/var/log/audit.log\nok")
})
