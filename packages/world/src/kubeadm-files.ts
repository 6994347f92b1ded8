/** What kubeadm leaves on a machine: kubeconfigs, certificates, static pod manifests. Certificates are made when first read. */
import { controlPlaneManifests, kubeconfigText, type SimulatedCluster } from "@drydock/kubernetes"
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import type { SimulatedMachine } from "@drydock/machine"
import { addressOf, SERVICE_CIDR, VERSION } from "./topologies.ts"

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** The file's text, put together at each reading: what is kept of it is the certificate. */
const kubeconfig = (cluster: SimulatedCluster, user: string, groups: readonly string[] = []): (() => string) => {
  const { authority, options } = cluster
  const issued = once(() => authority.issue({ commonName: user, organizations: groups, usage: "client" }))
  return () =>
    kubeconfigText({
      server: `https://${addressOf(0)}:${options.apiServer.port}`,
      authority: authority.certificate,
      user,
      certificate: issued().certificate,
      key: issued().key,
      encode: encodeBase64,
    })
}

/** For whoever works on the machine: every machine has the administrator's, the first also the components'. */
export const writeKubeconfigs = (machine: SimulatedMachine, cluster: SimulatedCluster, control: boolean): void => {
  const { files } = machine
  files.mkdir("/etc/kubernetes", { parents: true })
  files.mkdir("/root/.kube", { parents: true })
  const admin = kubeconfig(cluster, "kubernetes-admin", ["system:masters"])
  files.write("/root/.kube/config", admin, { mode: 0o600 })
  if (!control) return
  files.write("/etc/kubernetes/admin.conf", admin, { mode: 0o600 })
  for (const [file, user] of [
    ["controller-manager", "system:kube-controller-manager"],
    ["scheduler", "system:kube-scheduler"],
  ])
    files.write(`/etc/kubernetes/${file}.conf`, kubeconfig(cluster, user), { mode: 0o600 })
}

/** As cmd/kubeadm/app/phases/{certs,kubeconfig}: what a kubelet needs to join. */
export const writeNodeFiles = (machine: SimulatedMachine, cluster: SimulatedCluster): void => {
  const { files, name } = machine
  files.mkdir("/etc/kubernetes/pki", { parents: true })
  files.write("/etc/kubernetes/pki/ca.crt", () => cluster.authority.certificate)
  files.write("/etc/kubernetes/kubelet.conf", kubeconfig(cluster, `system:node:${name}`, ["system:nodes"]), { mode: 0o600 })
}

const manifests = new Map<string, ReturnType<typeof controlPlaneManifests>>()
/** Clusters that differ in the name of their first machine; what comes after is made each time. */
const KEPT = 32

/** One text for all clusters whose first machine has the same name and address. */
const manifestsOf = (node: string, address: string, podCidr: string): ReturnType<typeof controlPlaneManifests> => {
  const key = `${node} ${address} ${podCidr}`
  let made = manifests.get(key)
  if (!made) {
    made = controlPlaneManifests({ node, address, port: 6443, version: VERSION, serviceCidr: SERVICE_CIDR, podCidr })
    if (manifests.size < KEPT) manifests.set(key, made)
  }
  return made
}

/** As cmd/kubeadm/app/phases/{certs,etcd,controlplane}: what makes a machine the control plane. */
export const writeControlPlaneFiles = (machine: SimulatedMachine, cluster: SimulatedCluster): void => {
  const { files, name } = machine
  const { authority } = cluster
  const address = addressOf(0)
  files.write("/etc/kubernetes/pki/ca.key", () => authority.key, { mode: 0o600 })
  files.mkdir("/etc/kubernetes/pki/etcd", { parents: true })
  for (const [file, commonName] of [
    ["apiserver", "kube-apiserver"],
    ["apiserver-etcd-client", "kube-apiserver-etcd-client"],
    ["apiserver-kubelet-client", "kube-apiserver-kubelet-client"],
    ["front-proxy-client", "front-proxy-client"],
    ["etcd/server", name],
    ["etcd/peer", name],
  ]) {
    const issued = once(() =>
      authority.issue({
        commonName,
        usage: "both",
        names: [name, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"],
        addresses: ["10.96.0.1", address, "127.0.0.1"],
      }),
    )
    files.write(`/etc/kubernetes/pki/${file}.crt`, () => issued().certificate)
    files.write(`/etc/kubernetes/pki/${file}.key`, () => issued().key, { mode: 0o600 })
  }
  files.write("/etc/kubernetes/pki/etcd/ca.crt", () => authority.certificate)
  files.write("/etc/kubernetes/pki/sa.pub", () => authority.certificate)
  const { podCidr } = cluster.options
  for (const [file, manifest] of manifestsOf(name, address, podCidr))
    files.write(`/etc/kubernetes/manifests/${file}`, manifest, { mode: 0o600 })
}
