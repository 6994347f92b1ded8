import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const ETCD =
  "ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key"

test("a snapshot restored into a new data directory brings the cluster back as it was", () => {
  const bash = bashIn(bootedWorld())
  bash(
    `kubectl create configmap before --from-literal a=b; ${ETCD} snapshot save /opt/backup.db; kubectl create configmap after --from-literal a=b`,
  )
  expect(bash("etcdutl snapshot status /opt/backup.db -w table").split("\n")[1]).toBe(
    "|   HASH   | REVISION | TOTAL KEYS | TOTAL SIZE | VERSION |",
  )
  expect(bash(`${ETCD} get /registry/configmaps/default/after --keys-only`)).toBe("/registry/configmaps/default/after")
  bash(`etcdutl snapshot restore /opt/backup.db --data-dir /var/lib/restored
sed -i 's#path: /var/lib/etcd$#path: /var/lib/restored#' /etc/kubernetes/manifests/etcd.yaml; sleep 60`)
  expect(bash("kubectl get configmap -o name")).toBe("configmap/before\nconfigmap/kube-root-ca.crt")
  // What came after the snapshot is still in the old directory.
  bash("sed -i 's#path: /var/lib/restored$#path: /var/lib/etcd#' /etc/kubernetes/manifests/etcd.yaml; sleep 60")
  expect(bash("kubectl get configmap -o name")).toBe("configmap/after\nconfigmap/before\nconfigmap/kube-root-ca.crt")
  bash("kubectl create deployment web --image=nginx; sleep 30")
  expect(bash("kubectl get deployment web -o jsonpath='{.status.readyReplicas}'")).toBe("1")
})

test("etcdctl without certificates is not let in, and says so after its time-out", () => {
  const world = bootedWorld()
  const begun = world.sim.now()
  expect(bashIn(world)("etcdctl member list").split("\n").at(-1)).toBe("Error: context deadline exceeded")
  expect(world.sim.now() - begun).toBeGreaterThanOrEqual(5_000)
  expect(bashIn(world)("etcdctl --cacert=/nowhere member list")).toBe("Error: open /nowhere: no such file or directory")
})

test("crictl sees what the kubelet started, also while the API server is away", () => {
  const bash = bashIn(bootedWorld())
  bash("kubectl run web --image=nginx --restart=Never; sleep 20; mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; sleep 40")
  expect(bash("crictl ps --name kube-apiserver -q")).toBe("")
  const [head, row] = bash("crictl ps --name web", "node01").split("\n")
  expect(head.split(/\s{2,}/)).toEqual(["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"])
  expect(row.split(/\s{2,}/).slice(3, 6)).toEqual(["Running", "web", "0"])
  expect(bash("crictl logs $(crictl ps -q --name web) 2>&1 | tail -1", "node01")).toContain("start worker process")
  expect(bash("crictl exec $(crictl ps -q --name web) hostname", "node01")).toBe("web")
  bash("systemctl stop containerd", "node01")
  expect(bash("crictl ps", "node01")).toContain("connect: connection refused")
})

test("kubeadm's tokens are Secrets of the cluster, and its join command carries one", () => {
  const bash = bashIn(bootedWorld())
  const join = bash("kubeadm token create --print-join-command")
  expect(join).toMatch(
    /^kubeadm join 172\.30\.1\.2:6443 --token [a-z0-9]{6}\.[a-z0-9]{16} --discovery-token-ca-cert-hash sha256:[0-9a-f]{64}$/,
  )
  const token = /--token (\S+)/.exec(join)?.[1] ?? ""
  expect(bash("kubeadm token list | tail -1").split(/\s{2,}/)[0]).toBe(token)
  expect(bash(`kubectl get secret -n kube-system bootstrap-token-${token.slice(0, 6)} -o jsonpath='{.type}'`)).toBe(
    "bootstrap.kubernetes.io/token",
  )
  expect(bash(`kubeadm token delete ${token}; kubeadm token list`)).toBe(`bootstrap token "${token.slice(0, 6)}" deleted`)
  expect(bash("kubeadm version -o short")).toBe("v1.35.6")
})

test("crictl, ctr and the machine's ps speak of the same processes", () => {
  const bash = bashIn(bootedWorld())
  const template = "crictl inspect -o go-template --template '{{.info.pid}} {{.status.metadata.name}}' $(crictl ps -q --name coredns)"
  expect(bash(template)).toBe(`${bash("pidof coredns")} coredns`)
  expect(bash("ctr -n k8s.io tasks ls | grep $(crictl ps -q --name coredns) | awk '{print $2, $3}'")).toBe(
    `${bash("pidof coredns")} RUNNING`,
  )
  expect(
    bash("ctr ns ls -q; ctr containers ls; crictl config --get runtime-endpoint; crictl imagefsinfo | grep mountpoint | sort -u"),
  ).toBe(
    `k8s.io
CONTAINER IMAGE   RUNTIME
unix:///run/containerd/containerd.sock
          "mountpoint": "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs"`,
  )
  expect(bash("crictl rmi --prune | sort; crictl images -q | wc -l")).toBe(
    "Deleted: docker.io/rancher/local-path-provisioner:v0.0.32\nDeleted: registry.k8s.io/metrics-server/metrics-server:v0.8.0\n7",
  )
})

test("etcdctl watches keys, and answers in JSON as the server's protocol has it", () => {
  const bash = bashIn(bootedWorld())
  expect(bash(`${ETCD} get /registry/namespaces/default -w json --keys-only | jq -r '.kvs[0].key' | base64 -d`)).toBe(
    "/registry/namespaces/default",
  )
  expect(
    bash(
      `(timeout 5 env ${ETCD} watch --prefix /registry/configmaps/default/ | head -2) & sleep 1; kubectl create cm watched >/dev/null; wait`,
    ),
  ).toContain("PUT\n/registry/configmaps/default/watched")
})
