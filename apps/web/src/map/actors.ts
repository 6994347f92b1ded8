/** The parts of a cluster by the names that a trace uses. */
import type { TraceHop } from "@drydock/protocol"

const labels: Readonly<Record<string, string>> = {
  kubectl: "kubectl",
  client: "client",
  shell: "shell",
  "kube-apiserver": "API server",
  etcd: "etcd",
  "kube-controller-manager": "controllers",
  "kube-scheduler": "scheduler",
  kubelet: "kubelet",
  containerd: "containerd",
  cni: "CNI",
  csi: "CSI",
  "kube-proxy": "kube-proxy",
  coredns: "CoreDNS",
  container: "container",
}

export const actorLabel = (actor: string): string => labels[actor] ?? actor

/** The node that a hop happens on, when its instance tells: "kubelet/node01". */
export const nodeOf = (hop: TraceHop): string | undefined => hop.instance?.split("/")[1]

/** Parts that live on every node. */
export const ON_NODES: ReadonlySet<string> = new Set(["kubelet", "containerd", "cni", "csi", "kube-proxy", "container"])

/** Who is lit while a hop is looked at. */
export const isLit = (hop: TraceHop | undefined, actor: string, node?: string): boolean => {
  if (!hop || (hop.from !== actor && hop.to !== actor)) return false
  const on = nodeOf(hop)
  return node === undefined || on === undefined || on === node
}
