/** etcd and an API server, for tests and measurements that start what else they need. */
import type { Simulation } from "@drydock/sim"
import { SimulatedCluster } from "../cluster.ts"
import type { ClusterOptions } from "../cluster-contract.ts"

export const bareCluster = (sim: Simulation, options: Partial<ClusterOptions> = {}): SimulatedCluster => {
  let spans = 0
  const cluster = new SimulatedCluster({
    sim,
    trace: { current: undefined, span: () => ++spans, emit: () => {} },
    version: "v1.35.6",
    apiServer: { address: "10.0.0.1", port: 6443 },
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    dnsDomain: "cluster.local",
    forward: (_, done) => done({ error: "no network" }),
    ...options,
  })
  cluster.startEtcd()
  cluster.startApiServer()
  return cluster
}
