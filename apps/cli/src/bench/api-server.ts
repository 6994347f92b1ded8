/** The API server: creating Pods in process, a large Table over HTTP, events to many watchers, and the real kubectl against it. */
import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { get } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { SimulatedCluster } from "@drydock/kubernetes"
import { type Benchmark, defineBenchmark } from "./define-benchmark.ts"
import { apiServer, listening, OUTSIDE, USER } from "./served-api.ts"

const PODS = "/api/v1/namespaces/default/pods"
const manifest = (name: string) => ({
  metadata: { name, labels: { app: "web" } },
  spec: { containers: [{ name: "web", image: "nginx:1.25", ports: [{ containerPort: 80 }] }] },
})

/** µs of each of `count` creates. */
const createPods = (cluster: SimulatedCluster, count: number): number[] => {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const body = JSON.stringify(manifest(`pod-${i}`))
    const begun = performance.now()
    const { status } = cluster.handle({ method: "POST", path: PODS, query: "", headers: OUTSIDE, body, user: USER })
    times.push((performance.now() - begun) * 1_000)
    if (status !== 201) throw new Error(`a Pod was answered with ${status}`)
  }
  return times
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const fetchAll = (url: string, headers: Record<string, string>): Promise<number> =>
  new Promise((done, fail) => {
    get(url, { headers }, (answer) => {
      let bytes = 0
      answer.on("data", (chunk: Buffer) => (bytes += chunk.length)).on("end", () => done(bytes))
    }).on("error", fail)
  })

const AS_TABLE = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json", "user-agent": "kubectl/v1.35.2" }

/** ms for each of a few Tables of so many Pods, the first one apart. */
const tables = async (pods: number): Promise<{ first: number; later: number }> => {
  const cluster = apiServer()
  createPods(cluster, pods)
  const { server, url } = await listening(cluster)
  const times: number[] = []
  for (let i = 0; i < 6; i++) {
    const begun = performance.now()
    await fetchAll(`${url}${PODS}`, AS_TABLE)
    times.push(performance.now() - begun)
  }
  server.closeAllConnections()
  server.close()
  const [first, ...others] = times
  return { first, later: median(others) }
}

const EVENTS = 10_000
const WATCHERS = 100

/** Seconds until `EVENTS` changes of one ConfigMap have been pushed to `WATCHERS` watches, each encoded for its client. */
const watchFanOut = (): number => {
  const cluster = apiServer()
  const path = "/api/v1/namespaces/default/configmaps"
  cluster.handle({ method: "POST", path, headers: OUTSIDE, body: JSON.stringify({ metadata: { name: "one" } }), user: USER })
  let pushed = 0
  for (let i = 0; i < WATCHERS; i++)
    cluster.handle({ method: "GET", path, query: "watch=1", headers: OUTSIDE, user: USER }).stream?.start(
      (frame) => {
        if (frame !== undefined) pushed++
      },
      () => {},
    )
  const begun = performance.now()
  for (let i = 0; i < EVENTS / WATCHERS; i++) {
    const body = JSON.stringify({ data: { i: String(i) } })
    const headers = { ...OUTSIDE, "content-type": "application/merge-patch+json" }
    cluster.handle({ method: "PATCH", path: `${path}/one`, headers, body, user: USER })
    cluster.options.sim.run({ until: cluster.options.sim.now() + 1 })
  }
  const seconds = (performance.now() - begun) / 1_000
  if (pushed < EVENTS) throw new Error(`${pushed} of ${EVENTS} events came`)
  return seconds
}

const wall = (file: string, args: readonly string[], env: Record<string, string>): Promise<number> =>
  new Promise((done, fail) => {
    const begun = performance.now()
    execFile(file, [...args], { env }, (error) => (error ? fail(error) : done(performance.now() - begun)))
  })

/** How many times its own start the real kubectl needs for a list; 1 where there is none. */
const kubectlRatio = async (): Promise<number> => {
  const kubectl = process.env.DRYDOCK_KUBECTL ?? ".drydock/clients/kubectl"
  if (!existsSync(kubectl)) return 1
  const cluster = apiServer()
  createPods(cluster, 20)
  const { server, url } = await listening(cluster)
  const home = mkdtempSync(join(tmpdir(), "drydock-bench-"))
  const kubeconfig = join(home, "config")
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: url } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    users: [{ name: "u", user: {} }],
    "current-context": "c",
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
  const env = { HOME: home, KUBECONFIG: kubeconfig, PATH: "/usr/bin:/bin" }
  const least = async (args: readonly string[]) => {
    let best = Number.POSITIVE_INFINITY
    for (let i = 0; i < 8; i++) best = Math.min(best, await wall(kubectl, args, env))
    return best
  }
  // Discovery is cached by the first.
  await wall(kubectl, ["get", "pods"], env)
  const ratio = (await least(["get", "pods"])) / (await least(["version", "--client"]))
  server.closeAllConnections()
  server.close()
  rmSync(home, { recursive: true, force: true })
  return ratio
}

export const apiServerBenchmarks: readonly Benchmark[] = [
  defineBenchmark({
    name: "1,000 Pods created in process, p50",
    unit: "µs",
    target: 100,
    measure: async () => {
      createPods(apiServer(), 2_000)
      return median(createPods(apiServer(), 1_000))
    },
  }),
  defineBenchmark({ name: "5,000 Pods as a Table over HTTP", unit: "ms", target: 60, measure: async () => (await tables(5_000)).later }),
  defineBenchmark({
    name: "5,000 Pods as a Table over HTTP, the first time",
    unit: "ms",
    target: 200,
    measure: async () => (await tables(5_000)).first,
  }),
  defineBenchmark({ name: "10,000 watch events to 100 watchers", unit: "s", target: 1, measure: async () => watchFanOut() }),
  defineBenchmark({ name: "kubectl get pods by the binary's own start", unit: "×", target: 1.2, measure: kubectlRatio }),
]
