/** Replays exchanges recorded with a real v1.35 API server, when the recording lies beside the project. */
import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Simulation } from "@drydock/sim"
import { expect, test } from "vitest"
import { parse as parseYaml } from "yaml"
import { SimulatedCluster } from "../cluster.ts"
import { HollowRuntime } from "../cri/hollow-runtime.ts"
import type { ApiResponse } from "./contract.ts"

const folder = resolve(import.meta.dirname, "../../../../../shared/yardsticks")
const recording = resolve(folder, "http.jsonl")
/** Exchanges that agree, at least. */
const FLOOR = 122

interface Exchange {
  n: number
  method: string
  path: string
  headers: Record<string, string>
  type?: string
  body?: string
  status: number
  answerHeaders: Record<string, string>
  answer: string
}

const ADMIN = { name: "kubernetes-admin", groups: ["kubeadm:cluster-admins", "system:authenticated"] }

const hollow = (names: readonly string[]) => {
  const sim = new Simulation("replay", Date.UTC(2026, 10, 21, 3, 38, 22))
  let spans = 0
  const cluster = new SimulatedCluster({
    sim,
    trace: { current: undefined, span: () => ++spans, emit: () => {} },
    version: "v1.35.6",
    apiServer: { address: "192.168.49.2", port: 16443 },
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    dnsDomain: "cluster.local",
    forward: (_, done) => done({ error: "no network" }),
  })
  cluster.startEtcd()
  cluster.startApiServer()
  cluster.startControllerManager(names[0])
  cluster.startScheduler(names[0])
  for (const [index, name] of names.entries())
    cluster.startKubelet(
      {
        host: {
          name,
          address: `192.168.49.${index + 2}`,
          files: {
            exists: () => false,
            read: () => "",
            write: () => {},
            list: () => [],
            mkdir: () => {},
            remove: () => {},
            symlink: () => {},
            watch: () => () => {},
            usage: () => ({ capacityBytes: 1e11, usedBytes: 1e9, inodes: 1e6, usedInodes: 1e3 }),
          },
          cpus: 4,
          memory: 8 * 1024 ** 3,
          log: () => {},
          system: { kernelVersion: "6.8.0-45-generic", osImage: "Ubuntu 24.04.1 LTS", machineId: "m", systemUuid: "s", bootId: "b" },
        },
        runtime: new HollowRuntime(sim, name, "192.168.192.168"),
        network: { setServiceRules: () => {}, setPolicy: () => {} },
        prober: { http: (_, done) => done({ error: "" }), tcp: (_, done) => done("") },
      },
      index === 0
        ? {
            labels: { "node-role.kubernetes.io/control-plane": "" },
            taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
          }
        : {},
    )
  const run = (ms: number) => sim.run({ until: sim.now() + ms })
  run(10_000)
  return { sim, cluster, run }
}

/** What was applied with kubectl before the recording began; the recorded answers hold it. */
const manifests = (exchanges: readonly Exchange[]): Record<string, unknown>[] => {
  const found = new Map<string, string>()
  for (const { answer } of exchanges)
    for (const [, text] of answer.matchAll(/"kubectl\.kubernetes\.io\/last-applied-configuration":("(?:[^"\\]|\\.)*")/g)) {
      const manifest = JSON.parse(text) as string
      const { kind, metadata } = JSON.parse(manifest) as { kind: string; metadata: { name: string } }
      found.set(`${kind}/${metadata.name}`, manifest)
    }
  return [...found.values()].map((text) => {
    const object = JSON.parse(text) as { metadata: { annotations: Record<string, string> } }
    object.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] = text
    return object as unknown as Record<string, unknown>
  })
}

const canonical = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(canonical)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [
              key,
              key === "continue" || key === "remainingItemCount" ? "<page>" : canonical((value as Record<string, unknown>)[key]),
            ]),
        )
      : value

const parsed = (text: string, type: string): unknown => {
  try {
    if (/yaml/.test(type)) return parseYaml(text)
    const lines = text.trim().split("\n")
    if (lines.length > 1 && lines.every((line) => line.startsWith('{"type":'))) return lines.map((line) => JSON.parse(line) as unknown)
    return JSON.parse(text)
  } catch {
    return text
  }
}

const answerText = (response: ApiResponse, run: (ms: number) => void): string => {
  const write = (body: unknown) => (body === undefined ? "" : typeof body === "string" ? body : `${JSON.stringify(body)}\n`)
  if (!response.stream) return write(response.body)
  let text = ""
  response.stream.start(
    (frame) => (text += write(frame)),
    () => {},
  )
  run(5_000)
  response.stream.cancel()
  return text
}

test.skipIf(!existsSync(recording))("a recording of a real API server agrees in most exchanges", async () => {
  const { normalise } = (await import(resolve(folder, "normalise.mjs"))) as { normalise: (text: string) => string }
  const exchanges = readFileSync(recording, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Exchange)
  const { cluster, run } = hollow(["control-plane", "worker-1", "worker-2"])
  const known = new Map<string, string>()
  const learn = (recorded: unknown, actual: unknown): void => {
    if (typeof recorded !== "object" || typeof actual !== "object" || recorded === null || actual === null) return
    const [a, b] = [recorded as Record<string, Record<string, unknown>>, actual as Record<string, Record<string, unknown>>]
    for (const key of ["uid", "resourceVersion", "name", "continue"] as const)
      if (typeof a.metadata?.[key] === "string" && typeof b.metadata?.[key] === "string") known.set(a.metadata[key], b.metadata[key])
    if (Array.isArray(a.items) && Array.isArray(b.items)) for (const [index, item] of a.items.entries()) learn(item, b.items[index])
  }
  const translate = (text: string): string => {
    let result = text
    for (const [from, to] of known) if (from !== to && from.length > 3) result = result.replaceAll(from, to)
    return result
  }
  const differences: string[] = []
  let agreed = 0
  let set = false
  const call = (method: string, path: string, headers: Record<string, string>, body?: string): ApiResponse => {
    const [route, query = ""] = path.split("?")
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    return cluster.handle({
      method,
      path: route,
      query,
      user: ADMIN,
      headers: { "user-agent": "kubectl/v1.35.2", ...given },
      ...(body !== undefined && { body }),
    })
  }
  call("POST", "/api/v1/namespaces?fieldManager=kubectl-create", {}, JSON.stringify({ metadata: { name: "hx-http" } }))
  run(1_000)
  for (const exchange of exchanges) {
    if (exchange.n === 84 && !set) {
      set = true
      for (const manifest of manifests(exchanges)) {
        const { kind, apiVersion, metadata } = manifest as { kind: string; apiVersion: string; metadata: { namespace?: string } }
        const of = cluster.server.kindNamed(apiVersion, kind)
        if (!of) continue
        const root = of.group ? `/apis/${apiVersion}` : `/api/${apiVersion}`
        call(
          "POST",
          `${root}${metadata.namespace ? `/namespaces/${metadata.namespace}` : ""}/${of.plural}?fieldManager=kubectl-client-side-apply`,
          {},
          JSON.stringify(manifest),
        )
      }
      run(3_000)
    }
    const path = translate(exchange.path)
    const headers = { ...exchange.headers, ...(exchange.type && { "content-type": exchange.type }) }
    let response = call(exchange.method, path, headers, exchange.body === undefined ? undefined : translate(exchange.body))
    if (response.later) response.later((given) => (response = given))
    const text = answerText(response, run)
    const type = exchange.answerHeaders["content-type"] ?? ""
    const [want, got] = [parsed(exchange.answer, type), parsed(exchange.method === "HEAD" ? "" : text, type)]
    if (exchange.path.includes("/namespaces/")) learn(want, got)
    const show = (value: unknown) => normalise(typeof value === "string" ? value : JSON.stringify(canonical(value), null, 1))
    const header = (name: string) => normalise(String(response.headers[name] ?? ""))
    const problems = [
      ...(response.status === exchange.status ? [] : [`status ${response.status}, not ${exchange.status}`]),
      ...(header("content-type") === normalise(type) ? [] : [`content type ${header("content-type")}, not ${type}`]),
      ...(header("warning") === normalise(exchange.answerHeaders.warning ?? "")
        ? []
        : [`warning ${header("warning")}, not ${exchange.answerHeaders.warning}`]),
      ...(show(want) === show(got) ? [] : [`body\n${process.env.REPLAY_SHOW ? `WANT ${show(want)}\nGOT ${show(got)}` : ""}`]),
    ]
    if (problems.length === 0) agreed++
    else differences.push(`#${exchange.n} ${exchange.method} ${exchange.path}: ${problems.join("; ")}`)
    run(exchange.method === "GET" ? 20 : 200)
  }
  if (process.env.REPLAY_SHOW) process.stdout.write(`${differences.join("\n")}\n`)
  expect(agreed, `agreed ${agreed} of ${exchanges.length}\n${differences.join("\n").slice(0, 4_000)}`).toBeGreaterThanOrEqual(FLOOR)
})
