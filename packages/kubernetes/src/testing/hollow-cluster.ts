/** A cluster without machines for tests of controllers and scheduler: hollow kubelets, every image runs, time is virtual. */
import { Simulation } from "@drydock/sim"
import type { AnyStored, KubernetesObject } from "../apimachinery/object.ts"
import type { ApiRequest } from "../apiserver/contract.ts"
import type { Forward } from "../apiserver/outside.ts"
import type { SimulatedCluster } from "../cluster.ts"
import { HollowRuntime } from "../cri/hollow-runtime.ts"
import { noFiles } from "../cri/no-files.ts"
import type { Trace, TraceEvent } from "../ports/trace.ts"
import { bareCluster } from "./bare-cluster.ts"

export interface HollowCluster {
  sim: Simulation
  cluster: SimulatedCluster
  /** One a node, in their order. */
  kubelets: readonly { stop(): void }[]
  events: Partial<TraceEvent>[]
  /** Virtual ms. */
  run(ms: number): void
  /** Creates an object, named as a manifest. */
  apply(manifest: Record<string, unknown>): AnyStored
  request(method: string, path: string, body?: unknown, contentType?: string): { status: number; body: never }
  /** The object at a path of the API. */
  get<T = AnyStored>(path: string): T
  items<T = AnyStored>(path: string): T[]
  /** Ends the controller manager and starts another, which reconciles everything anew. */
  restartControllers(): void
  /** Reasons and messages of the events about an object, oldest first. */
  told(name: string): string[]
}

const ADMIN = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] }

export const hollowCluster = (
  nodes: readonly string[],
  options: { cpus?: number; memory?: number; forward?: Forward } = {},
): HollowCluster => {
  const sim = new Simulation("hollow", Date.UTC(2026, 0, 5, 8))
  const events: Partial<TraceEvent>[] = []
  let spans = 0
  const trace: Trace = { current: undefined, span: () => ++spans, emit: (event) => void events.push(event) }
  const cluster = bareCluster(sim, { trace, ...(options.forward && { forward: options.forward }) })
  let controllers = cluster.startControllerManager("cp")
  cluster.startScheduler("cp")
  const kubelets = nodes.map((name, index) =>
    cluster.startKubelet({
      host: {
        name,
        address: `10.0.0.${index + 1}`,
        files: noFiles,
        cpus: options.cpus ?? 4,
        memory: options.memory ?? 8 * 1024 ** 3,
        log: () => {},
        system: { kernelVersion: "6.8", osImage: "Debian", machineId: "m", systemUuid: "s", bootId: "b" },
      },
      runtime: new HollowRuntime(sim, { ip: "10.244.0.1" }),
      network: { setServiceRules: () => {}, setPolicy: () => {} },
      prober: { http: (_, done) => done({ error: "" }), tcp: (_, done) => done("") },
    }),
  )
  const run = (ms: number) => void sim.run({ until: sim.now() + ms })
  const request: HollowCluster["request"] = (method, path, body, contentType) => {
    const answer = cluster.handle({
      method,
      path: path.split("?")[0],
      query: path.split("?")[1] ?? "",
      user: ADMIN,
      ...(body !== undefined && { body }),
      ...(contentType && { headers: { "content-type": contentType } }),
    } as ApiRequest)
    return { status: answer.status, body: answer.body as never }
  }
  const get = <T>(path: string) => request("GET", path).body as T
  run(5_000)
  return {
    sim,
    cluster,
    kubelets,
    events,
    run,
    request,
    get,
    items: <T>(path: string) => get<{ items: T[] }>(path).items,
    apply(manifest) {
      const { apiVersion, kind, metadata } = manifest as unknown as KubernetesObject
      const found = cluster.server.kindNamed(apiVersion, kind)
      if (!found) throw new Error(`no kind ${kind}`)
      return cluster.observer.client.create(
        found as never,
        {
          ...manifest,
          metadata: { ...metadata, ...(found.namespaced && { namespace: metadata?.namespace ?? "default" }) },
        } as never,
      ) as AnyStored
    },
    restartControllers() {
      controllers.stop()
      controllers = cluster.startControllerManager("cp")
    },
    told: (name) =>
      get<{ items: { involvedObject: { name: string }; reason: string; message: string }[] }>("/api/v1/events")
        .items.filter(({ involvedObject }) => involvedObject.name === name)
        .map(({ reason, message }) => `${reason}: ${message}`),
  }
}
