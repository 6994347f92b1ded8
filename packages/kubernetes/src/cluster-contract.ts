/** The cluster as the world assembles and observes it. `cluster.ts` implements it and alone knows every component. */
import type { Simulation } from "@drydock/sim"
import type { ApiRequest, ApiResponse } from "./apiserver/contract.ts"
import type { Client, Informers } from "./client/contract.ts"
import type { ClientAccess } from "./client/severable-door.ts"
import type { Etcd } from "./etcd/contract.ts"
import type { Authority } from "./kubeadm/certificates.ts"
import type { ContainerRuntime, Host, NodeNetwork, Prober, Trace } from "./ports/index.ts"

/** One node's outside: what the kubelet and kube-proxy on it are given. */
export interface NodeHost {
  host: Host
  runtime: ContainerRuntime
  network: NodeNetwork
  prober: Prober
  /** Whether packets come through to the API server and back; default: always. */
  reaches?: () => boolean
  /** Whether the machine is off; default: never. */
  down?: () => boolean
  /** What the kubelet's kubeconfig lets it do, where that matters; it says what `reaches` says as well. */
  access?: ClientAccess
  /** As kubemark's kubelets: nothing is probed, there is no cluster DNS and no machine behind; the port is the node's own. */
  hollow?: { port: number }
}

export interface ClusterOptions {
  sim: Simulation
  trace: Trace
  /** "v1.35.6" */
  version: string
  /** The API server's advertised address and port. */
  apiServer: { address: string; port: number }
  podCidr: string
  serviceCidr: string
  dnsDomain: string
}

/**
 * A control-plane component that runs as the program of a static pod's container. Started by its image's program,
 * stopped when that process dies.
 */
export interface Component {
  readonly name:
    | "etcd"
    | "kube-apiserver"
    | "kube-controller-manager"
    | "kube-scheduler"
    | "kubelet"
    | "kube-proxy"
    | "coredns"
    | "metrics-server"
    | "local-path-provisioner"
    | "csi-hostpath"
    | "gateway"
    | "ingress-nginx"
    | "metallb"
  stop(): void
}

export interface Cluster {
  readonly options: ClusterOptions
  readonly etcd: Etcd
  /** The API server's door; answers 0 (refused) while it is down. */
  handle(request: ApiRequest): ApiResponse
  /** Whether kube-apiserver runs and can reach etcd. */
  readonly serving: boolean
  /** The cluster's certificate authority: issues what servers and clients outside need. */
  readonly authority: Pick<Authority, "certificate" | "issue">
  /** A kubeconfig for a client of this cluster. */
  kubeconfig(options: { server: string; user: string; certificate: string; key: string; encode: (text: string) => string }): string
  /** For graders, the map and tests: reads the store directly, whatever runs. */
  readonly observer: { client: Client; informers: Informers }
}
