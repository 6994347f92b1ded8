/** What kubeadm leaves on a machine: kubeconfigs, certificates, static pod manifests. Certificates are made when first read. */
import {
  Authority,
  type CertificateRequest,
  controlPlaneManifests,
  type Issued,
  kubeconfigText,
  type SimulatedCluster,
} from "@drydock/kubernetes"
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import type { SimulatedMachine } from "@drydock/machine"
import { addressOf, SERVICE_CIDR, VERSION } from "./topologies.ts"

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** A file whose content is made when it is read. */
export interface LaidFile {
  path: string
  content: () => string
  mode: number
}

interface Client {
  user: string
  groups?: readonly string[]
}

const PKI = "/etc/kubernetes/pki"
const ADMIN: Client = { user: "kubernetes-admin", groups: ["kubeadm:cluster-admins"] }
/** kubeadm's names of kubeconfigs (without .conf), and who they are for. */
const KUBECONFIGS: Readonly<Record<string, Client>> = {
  admin: ADMIN,
  "super-admin": { user: "kubernetes-super-admin", groups: ["system:masters"] },
  "controller-manager": { user: "system:kube-controller-manager" },
  scheduler: { user: "system:kube-scheduler" },
}

/** Authorities beside a cluster's own, made when one of their files is read; a new authority of the cluster has new ones beside it. */
const others = new WeakMap<Authority, Map<string, Authority>>()

/** kubeadm's three, "kubernetes", "etcd-ca" and "front-proxy-ca", and the key pair of service accounts, "sa". As cmd/kubeadm/app/phases/certs/certlist.go. */
const authorityOf = (cluster: SimulatedCluster, own: Authority, name: string): Authority => {
  let known = others.get(own)
  if (!known) others.set(own, (known = new Map()))
  let authority = known.get(name)
  if (!authority) {
    const random = cluster.options.sim.random(`certificates/${name} ${own.since}`)
    known.set(name, (authority = new Authority({ random, name, now: own.since, successor: own.isSuccessor })))
  }
  return authority
}

/** Who signs a certificate, by kubeadm's name for it, beside the authority that is the cluster's now. */
const signerOf = (cluster: SimulatedCluster, own: Authority, name: string): Authority =>
  /etcd/.test(name)
    ? authorityOf(cluster, own, "etcd-ca")
    : name.startsWith("front-proxy")
      ? authorityOf(cluster, own, "front-proxy-ca")
      : own

/** kubeadm's names of authorities and of the key pair, and their files below /etc/kubernetes/pki. */
const AUTHORITIES: Readonly<Record<string, string>> = { ca: "ca", "front-proxy-ca": "front-proxy-ca", "etcd-ca": "etcd/ca" }

type Names = Pick<CertificateRequest, "names" | "addresses" | "usage">

/** As GetAPIServerAltNames. */
const apiServerNames = (name: string): Names => ({
  usage: "server",
  names: [name, "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"],
  addresses: ["10.96.0.1", addressOf(0)],
})

/** As GetEtcdAltNames and GetEtcdPeerAltNames. */
const etcdNames = (name: string): Names => ({ usage: "both", names: [name, "localhost"], addresses: [addressOf(0), "127.0.0.1"] })

/** kubeadm's names of certificates: the file below its directory, and for what it is asked. As cmd/kubeadm/app/phases/certs/certlist.go. */
const CERTIFICATES: Readonly<Record<string, (node: string) => [file: string, CertificateRequest]>> = {
  apiserver: (node) => ["apiserver", { commonName: "kube-apiserver", ...apiServerNames(node) }],
  "apiserver-etcd-client": () => ["apiserver-etcd-client", { commonName: "kube-apiserver-etcd-client", usage: "client" }],
  "apiserver-kubelet-client": () => [
    "apiserver-kubelet-client",
    { commonName: "kube-apiserver-kubelet-client", organizations: ["kubeadm:cluster-admins"], usage: "client" },
  ],
  "front-proxy-client": () => ["front-proxy-client", { commonName: "front-proxy-client", usage: "client" }],
  "etcd-server": (node) => ["etcd/server", { commonName: node, ...etcdNames(node) }],
  "etcd-peer": (node) => ["etcd/peer", { commonName: node, ...etcdNames(node) }],
  "etcd-healthcheck-client": () => ["etcd/healthcheck-client", { commonName: "kube-etcd-healthcheck-client", usage: "client" }],
}

const serverOf = (cluster: SimulatedCluster): string => `https://${addressOf(0)}:${cluster.options.apiServer.port}`

/** The kubeconfig that was read last, in any world: whoever works with one reads it again and again. */
let lastRead: { readonly of: Issued; readonly text: string } | undefined

/**
 * A kubeconfig with a client certificate that is valid for a year from `now`, ms since the epoch. Its text is put together when it is read: what
 * is kept of most is the certificate.
 */
const kubeconfigContent = (cluster: SimulatedCluster, { user, groups = [] }: Client, now?: number): (() => string) => {
  const { authority } = cluster
  const issued = once(() => authority.issue({ commonName: user, organizations: groups, usage: "client" }, now))
  return () => {
    const of = issued()
    if (lastRead?.of !== of) {
      const { certificate, key } = of
      const text = kubeconfigText({
        server: serverOf(cluster),
        authority: authority.certificate,
        user,
        certificate,
        key,
        encode: encodeBase64,
      })
      lastRead = { of, text }
    }
    return lastRead.text
  }
}

export const clientKubeconfig = (cluster: SimulatedCluster, client: Client, now?: number): string =>
  kubeconfigContent(cluster, client, now)()

const withNames = (request: CertificateRequest, extra: readonly string[]): CertificateRequest => ({
  ...request,
  names: [...(request.names ?? []), ...extra.filter((name) => !/^[\d.]+$/.test(name))],
  addresses: [...(request.addresses ?? []), ...extra.filter((name) => /^[\d.]+$/.test(name))],
})

/**
 * The files of an authority, a certificate, a key pair or a kubeconfig by kubeadm's name ("ca", "apiserver", "sa", "admin.conf"), made anew at `now`;
 * undefined: there is no such. `extraNames`: --apiserver-cert-extra-sans.
 */
export const filesOf = (
  cluster: SimulatedCluster,
  node: string,
  name: string,
  now?: number,
  extraNames: readonly string[] = [],
): LaidFile[] | undefined => {
  const client = KUBECONFIGS[name.replace(/\.conf$/, "")]
  if (name.endsWith(".conf"))
    return client && [{ path: `/etc/kubernetes/${name}`, content: kubeconfigContent(cluster, client, now), mode: 0o600 }]
  const own = cluster.authority
  if (name === "sa")
    return [
      { path: `${PKI}/sa.pub`, content: () => authorityOf(cluster, own, "sa").publicKey, mode: 0o644 },
      { path: `${PKI}/sa.key`, content: () => authorityOf(cluster, own, "sa").key, mode: 0o600 },
    ]
  if (Object.hasOwn(AUTHORITIES, name))
    return [
      { path: `${PKI}/${AUTHORITIES[name]}.crt`, content: () => signerOf(cluster, own, name).certificate, mode: 0o644 },
      { path: `${PKI}/${AUTHORITIES[name]}.key`, content: () => signerOf(cluster, own, name).key, mode: 0o600 },
    ]
  if (!Object.hasOwn(CERTIFICATES, name)) return undefined
  const [file, plain] = CERTIFICATES[name](node)
  const request = name === "apiserver" ? withNames(plain, extraNames) : plain
  const issued = once(() => signerOf(cluster, own, name).issue(request, now))
  return [
    { path: `${PKI}/${file}.crt`, content: () => issued().certificate, mode: 0o644 },
    { path: `${PKI}/${file}.key`, content: () => issued().key, mode: 0o600 },
  ]
}

const lay = (machine: SimulatedMachine, files: readonly LaidFile[] | undefined): void => {
  for (const { path, content, mode } of files ?? []) machine.files.write(path, content, { mode })
}

/** For whoever works on the machine: every machine has the administrator's, the first also the components'. */
export const writeKubeconfigs = (machine: SimulatedMachine, cluster: SimulatedCluster, control: boolean): void => {
  const { files, name } = machine
  files.mkdir("/etc/kubernetes", { parents: true })
  files.mkdir("/root/.kube", { parents: true })
  const admin = filesOf(cluster, name, "admin.conf") as LaidFile[]
  files.write("/root/.kube/config", admin[0].content, { mode: 0o600 })
  if (!control) return
  lay(machine, admin)
  for (const file of ["super-admin.conf", "controller-manager.conf", "scheduler.conf"]) lay(machine, filesOf(cluster, name, file))
}

export const KUBELET_KUBECONFIG = "/etc/kubernetes/kubelet.conf"
export const KUBELET_CERTIFICATE = "/var/lib/kubelet/pki/kubelet-client-current.pem"

/** The kubelet's own client certificate, made at `now`; beside it is what it was made out of. */
export const writeKubeletCertificate = (machine: SimulatedMachine, cluster: SimulatedCluster, now?: number): void => {
  const { authority } = cluster
  const issued = once(() =>
    authority.issue({ commonName: `system:node:${machine.name}`, organizations: ["system:nodes"], usage: "client" }, now),
  )
  machine.files.write(KUBELET_CERTIFICATE, () => `${issued().certificate}${issued().key}`, { mode: 0o600 })
}

/** As cmd/kubeadm/app/phases/{certs,kubeconfig}: what a kubelet needs to join. */
export const writeNodeFiles = (machine: SimulatedMachine, cluster: SimulatedCluster, now?: number): void => {
  const { files, name } = machine
  const { authority } = cluster
  files.mkdir(PKI, { parents: true })
  files.mkdir("/var/lib/kubelet/pki", { parents: true })
  files.write(`${PKI}/ca.crt`, () => authority.certificate)
  files.write(
    KUBELET_KUBECONFIG,
    () =>
      kubeconfigText({
        server: serverOf(cluster),
        authority: authority.certificate,
        user: `system:node:${name}`,
        certificateFile: KUBELET_CERTIFICATE,
        encode: encodeBase64,
      }),
    { mode: 0o600 },
  )
  writeKubeletCertificate(machine, cluster, now)
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

/** The names of all that `kubeadm init phase certs all` makes, in its order. */
export const CERTIFICATE_NAMES: readonly string[] = [...Object.keys(AUTHORITIES), ...Object.keys(CERTIFICATES), "sa"]

/** As cmd/kubeadm/app/phases/{certs,etcd,controlplane}: what makes a machine the control plane. */
export const writeControlPlaneFiles = (machine: SimulatedMachine, cluster: SimulatedCluster): void => {
  const { files, name } = machine
  files.mkdir(`${PKI}/etcd`, { parents: true })
  for (const certificate of CERTIFICATE_NAMES) lay(machine, filesOf(cluster, name, certificate))
  for (const [file, manifest] of manifestsOf(name, addressOf(0), cluster.options.podCidr))
    files.write(`/etc/kubernetes/manifests/${file}`, manifest, { mode: 0o600 })
}
