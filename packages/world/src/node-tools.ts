/** The tools that a kubeadm node has beside kubectl, wired to its runtime and its cluster. */
import { Digest } from "@drydock/sim"
import type { SimulatedCluster } from "@drydock/kubernetes"
import type { Program } from "@drydock/machine"
import { crictlProgram, etcdctlProgram, kubeadmProgram } from "@drydock/tools"
import type { WorldNode } from "./node.ts"

export const nodeTools = (options: {
  cluster: SimulatedCluster
  node: WorldNode
  control: boolean
  /** Address of the control plane. */
  server: string
  /** When the cluster was made, ms since the epoch. */
  since: number
}): [string, Program][] => {
  const { cluster, node, control, server } = options
  const kubeadm = kubeadmProgram(
    {
      version: cluster.options.version,
      address: `${server}:6443`,
      request: (method, path, body) => {
        const user = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] }
        const answer = cluster.handle({ method, path, body, user })
        return { status: answer.status, body: answer.body }
      },
      get authority() {
        return cluster.authority.certificate
      },
      get authorityHash() {
        return [0, 1, 2, 3]
          .map((part) => new Digest().add(`${part}${cluster.authority.certificate}`).toString())
          .join("")
          .slice(0, 64)
      },
    },
    options.since,
  )
  const tools: [string, Program][] = [
    ["/usr/bin/crictl", crictlProgram(node.runtime)],
    ["/usr/bin/kubeadm", kubeadm],
  ]
  if (!control) return tools
  const door = {
    etcd: cluster.etcd,
    get running() {
      return cluster.etcdRunning
    },
    address: `${server}:2379`,
  }
  for (const name of ["etcdctl", "etcdutl"] as const) tools.push([`/usr/bin/${name}`, etcdctlProgram(name, door)])
  return tools
}
