/** An API server alone, for benchmarks: in process, and over HTTP. */
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { serveApi } from "@drydock/gateway"
import type { SimulatedCluster } from "@drydock/kubernetes"
import { bareCluster } from "@drydock/kubernetes/testing"
import { Simulation } from "@drydock/sim"

export const USER = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] }
/** Who speaks from outside is shown managed fields. */
export const OUTSIDE = { "user-agent": "bench/1", "content-type": "application/json" }

/** etcd and an API server alone: nobody acts on what is written. */
export const apiServer = (): SimulatedCluster => {
  const sim = new Simulation("bench", Date.UTC(2026, 0, 5, 8))
  const cluster = bareCluster(sim)
  cluster.handle({
    method: "POST",
    path: "/api/v1/namespaces/default/serviceaccounts",
    body: { metadata: { name: "default" } },
    user: USER,
  })
  return cluster
}

export const listening = async (cluster: SimulatedCluster): Promise<{ server: Server; url: string }> => {
  const door = {
    handle: (request: Parameters<typeof cluster.handle>[0], done: (answer: ReturnType<typeof cluster.handle>) => void) =>
      done(cluster.handle({ ...request, user: USER })),
    enter: (work: () => void) => work(),
  }
  const server = createServer((request, response) => void serveApi(request, response, door).catch(() => response.destroy()))
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
