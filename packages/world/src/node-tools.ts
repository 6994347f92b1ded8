/** The tools that a kubeadm node has beside kubectl, wired to its runtime and its cluster. */
import { clusterConfiguration, controlPlaneManifests, type SimulatedCluster, validityOf } from "@drydock/kubernetes"
import { decodeBase64Text, encodeBase64 } from "@drydock/kubernetes/apimachinery"
import type { Program } from "@drydock/machine"
import { crictlProgram, ctrProgram, etcdctlProgram, IPTABLES_PATHS, iptablesProgram, kubeadmProgram, kubeRules } from "@drydock/tools"
import { clientKubeconfig, filesOf, writeNodeFiles } from "./kubeadm-files.ts"
import { KUBELET_CONFIG } from "./machine-layer.ts"
import type { WorldNode } from "./node.ts"
import { packageVersion } from "./package-version.ts"

/** What dl.k8s.io would call the newest of the series. */
const LATEST = "v1.35.7"

export interface NodeToolOptions {
  cluster: SimulatedCluster
  node: WorldNode
  control: boolean
  /** Address of the control plane. */
  server: string
  /** When the cluster was made, ms since the epoch. */
  since: number
}

interface NodeTool {
  path: string
  /** Only where the control plane runs. */
  control: boolean
  program: (options: NodeToolOptions) => Program
}

/** A node's files as `kubeadm join` leaves them. */
const layNode = (node: WorldNode, cluster: SimulatedCluster): void => {
  const { machine } = node
  writeNodeFiles(machine, cluster, machine.now())
  node.joined()
  machine.files.mkdir("/etc/kubernetes/manifests", { parents: true })
  machine.files.write("/var/lib/kubelet/config.yaml", KUBELET_CONFIG)
  machine.files.write("/var/lib/kubelet/kubeadm-flags.env", 'KUBELET_KUBEADM_ARGS=""\n')
}

const kubeadm = ({ cluster, server, node }: NodeToolOptions): Program =>
  kubeadmProgram({
    version: cluster.options.version,
    get ownVersion() {
      return packageVersion(node.machine.files, "kubeadm") ?? cluster.options.version
    },
    get serverVersion() {
      return String((cluster.server.version as { gitVersion?: unknown }).gitVersion ?? cluster.options.version)
    },
    latestVersion: LATEST,
    address: `${server}:6443`,
    layNode: () => layNode(node, cluster),
    removePods() {
      for (const { id } of node.runtime.inventory().sandboxes) node.runtime.removePodSandbox(id)
    },
    request: (method, path, body, type) => {
      const user = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] }
      const answer = cluster.handle({ method, path, body, user, ...(type && { headers: { "content-type": type } }) })
      return { status: answer.status, body: answer.body }
    },
    made: (name, extraNames) => filesOf(cluster, node.machine.name, name, node.machine.now(), extraNames),
    clientKubeconfig: (user, groups) => clientKubeconfig(cluster, { user, groups }, node.machine.now()),
    validUntil: (text) => {
      const data = /client-certificate-data: (\S+)/.exec(text)?.[1]
      return validityOf(data === undefined ? text : (decodeBase64Text(data) ?? ""))?.until
    },
    get authorityData() {
      return encodeBase64(cluster.authority.certificate)
    },
    get authorityHash() {
      return cluster.authority.publicKeyHash
    },
    get since() {
      return cluster.authority.since
    },
    renewAuthority: () => cluster.renewAuthority(node.machine.now()),
    ownAddress: node.host.address,
    manifests: ({ node: name, advertise, port, version, serviceCidr, podCidr }) =>
      controlPlaneManifests({ node: name, address: advertise, port, version, serviceCidr, podCidr: podCidr ?? cluster.options.podCidr }),
    configuration: clusterConfiguration,
    installAddons: (version, only) => cluster.installAddons(version, only),
  })

const etcdTool = (name: "etcdctl" | "etcdutl"): NodeTool => ({
  path: `/usr/bin/${name}`,
  control: true,
  program: ({ cluster, server }) =>
    etcdctlProgram(name, {
      etcd: cluster.etcd,
      get running() {
        return cluster.etcdRunning
      },
      address: `${server}:2379`,
    }),
})

const iptables = (node: WorldNode): Program =>
  iptablesProgram({
    lines: () => kubeRules({ rules: node.serviceRules, node: node.machine.name, podRange: "10.244.0.0/16" }),
    forget: () => node.network.setServiceRules([]),
  })

export const nodeTools: readonly NodeTool[] = [
  { path: "/usr/bin/ctr", control: false, program: ({ node }) => ctrProgram(node.runtime) },
  { path: "/usr/bin/crictl", control: false, program: ({ node }) => crictlProgram(node.runtime) },
  { path: "/usr/bin/kubeadm", control: false, program: kubeadm },
  etcdTool("etcdctl"),
  etcdTool("etcdutl"),
  ...IPTABLES_PATHS.map((path): NodeTool => ({ path, control: false, program: ({ node }) => iptables(node) })),
]
