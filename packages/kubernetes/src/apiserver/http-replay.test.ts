/** Replays exchanges recorded with a real v1.35 API server, when the recording lies beside the project. */
import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Simulation } from "@drydock/sim"
import { expect, test } from "vitest"
import { parse as parseYaml } from "yaml"
import { HollowRuntime } from "../cri/hollow-runtime.ts"
import { noFiles } from "../cri/no-files.ts"
import { bareCluster } from "../testing/bare-cluster.ts"
import type { ApiResponse } from "./contract.ts"

const folder = resolve(import.meta.dirname, "../../../../../shared/yardsticks")
const recording = resolve(folder, "http.jsonl")
/** Exchanges that agree, at least. */
const FLOOR = 156

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
const START = Date.UTC(2026, 10, 21, 3, 38, 31)
/** The recording rested before these exchanges until so long after its start, ms; all others came in one breath. */
const RESTS: Readonly<Record<number, number>> = { 58: 3_000, 76: 6_000, 84: 9_000, 128: 10_000, 132: 14_500, 137: 18_000, 164: 19_000 }
/** The order in which the recording's own objects were applied. */
const APPLIED = [
  "Service",
  "Job",
  "CronJob",
  "PersistentVolumeClaim",
  "Ingress",
  "NetworkPolicy",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "StatefulSet",
  "DaemonSet",
  "Secret",
  "ServiceAccount",
  "ResourceQuota",
  "LimitRange",
  "Role",
  "RoleBinding",
  "ReplicationController",
]

const hollow = (names: readonly string[]) => {
  const sim = new Simulation("replay", START - 4_800_000)
  const cluster = bareCluster(sim, { apiServer: { address: "192.168.49.2", port: 16443 } })
  cluster.startControllerManager(names[0])
  cluster.startScheduler("vm")
  for (const [index, name] of names.entries())
    cluster.startKubelet(
      {
        host: {
          name,
          address: `192.168.49.${index + 2}`,
          files: noFiles,
          cpus: 4,
          memory: 8_150_480 * 1024,
          log: () => {},
          system: { kernelVersion: "6.8.0-45-generic", osImage: "Ubuntu 24.04.1 LTS", machineId: "", systemUuid: "", bootId: "" },
        },
        runtime: new HollowRuntime(sim, { ip: "192.168.192.168", relist: 1_000 }),
        network: { setServiceRules: () => {}, setPolicy: () => {} },
        prober: { http: (_, done) => done({ error: "" }), tcp: (_, done) => done("") },
        hollow: { port: 10_350 + index },
      },
      {},
    )
  const run = (until: number) => sim.run({ until })
  run(sim.now() + 20_000)
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

/** Each cluster has an authority of its own. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

type Send = (method: string, path: string, body: unknown, type?: string) => ApiResponse

/** What had been done with the recorded cluster in the eighty minutes before, as far as its answers tell of it. */
const prepare = (with_: {
  send: Send
  own: (kind: string) => Record<string, unknown>[]
  apply: (manifest: Record<string, unknown>) => void
  run: (until: number) => void
  start: number
}): void => {
  const { send, own, apply, run, start } = with_
  const MERGE = "application/merge-patch+json"
  const label = (name: string, key: string, value: string) =>
    send("PATCH", `/api/v1/nodes/${name}?fieldManager=kubectl-label`, { metadata: { labels: { [key]: value } } }, MERGE)
  label("control-plane", "node-role.kubernetes.io/control-plane", "")
  send("POST", "/api/v1/namespaces?fieldManager=kubectl-create", { metadata: { name: "dev" } })
  for (const kind of ["PersistentVolume", "StorageClass", "PriorityClass"]) for (const manifest of own(kind)) apply(manifest)
  run(start + 10_000)
  const claims = "/api/v1/namespaces/dev/persistentvolumeclaims"
  const spec = { accessModes: ["ReadWriteOnce"], storageClassName: "manual", resources: { requests: { storage: "500Mi" } } }
  send("POST", claims, { metadata: { name: "pvc1" }, spec })
  run(start + 70_000)
  send("DELETE", `${claims}/pvc1`, {})
  run(start + 80_000)
  send("DELETE", "/api/v1/namespaces/dev", {})
  const [request] = own("CertificateSigningRequest")
  const requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
  if (request) {
    const { metadata, ...rest } = request as { metadata: { name: string; annotations: Record<string, string> }; [field: string]: unknown }
    const { annotations, ...bare } = metadata
    send("POST", `${requests}?fieldManager=kubectl-client-side-apply`, { ...rest, metadata: bare })
    const condition = {
      type: "Approved",
      status: "True",
      reason: "KubectlApprove",
      message: "This CSR was approved by kubectl certificate approve.",
    }
    send("PUT", `${requests}/${bare.name}/approval`, { metadata: { name: bare.name }, status: { conditions: [condition] } })
    run(start + 600_000)
    send("PATCH", `${requests}/${bare.name}?fieldManager=kubectl-client-side-apply`, { metadata: { annotations } }, MERGE)
  }
  const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }]
  send("PATCH", "/api/v1/nodes/control-plane?fieldManager=kubectl-taint", { spec: { taints } }, MERGE)
  label("worker-1", "disktype", "ssd")
  // worker-1 was lost and found meanwhile, and every node has pulled images.
  const lost = [{ key: "node.kubernetes.io/unreachable", effect: "NoExecute" }]
  for (const taints of [lost, null]) {
    run(start + (taints ? 700_000 : 760_000))
    send("PATCH", "/api/v1/nodes/worker-1?fieldManager=kube-controller-manager", { spec: { taints } }, MERGE)
  }
  const template = {
    metadata: { labels: { a: "pull" } },
    spec: {
      tolerations: [{ operator: "Exists" }],
      containers: ["nginx:1.25", "redis", "busybox"].map((image, index) => ({ name: `c${index}`, image })),
    },
  }
  const sets = "/apis/apps/v1/namespaces/kube-public/daemonsets"
  send("POST", sets, { metadata: { name: "pull" }, spec: { selector: { matchLabels: { a: "pull" } }, template } })
  run(start + 1_200_000)
  send("DELETE", `${sets}/pull`, {})
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

const answerText = (response: ApiResponse, watched: () => void): string => {
  const write = (body: unknown) => (body === undefined ? "" : typeof body === "string" ? body : `${JSON.stringify(body)}\n`)
  if (!response.stream) return write(response.body)
  let text = ""
  response.stream.start(
    (frame) => (text += write(frame)),
    () => {},
  )
  watched()
  response.stream.cancel()
  return text
}

test.skipIf(!existsSync(recording))("a recording of a real API server agrees in most exchanges", async () => {
  const { normalise } = (await import(resolve(folder, "normalise.mjs"))) as { normalise: (text: string) => string }
  const exchanges = readFileSync(recording, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Exchange)
  const { sim, cluster, run } = hollow(["control-plane", "worker-1", "worker-2"])
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
  // Whose certificate the recording's client showed.
  const credential = /X509SHA256=[0-9a-f]{64}/.exec(readFileSync(recording, "utf8"))?.[0] ?? ""
  let agreed = 0
  const call = (method: string, path: string, headers: Record<string, string>, body?: string): ApiResponse => {
    const [route, query = ""] = path.split("?")
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    return cluster.handle({
      method,
      path: route,
      query,
      user: { ...ADMIN, extra: { "authentication.kubernetes.io/credential-id": [credential] } },
      headers: { "user-agent": "kubectl/v1.35.2", ...given },
      ...(body !== undefined && { body }),
    })
  }
  const send = (method: string, path: string, body: unknown, type = "application/json") =>
    call(method, path, { "content-type": type }, JSON.stringify(body))
  const apply = (manifest: Record<string, unknown>) => {
    const { kind, apiVersion, metadata } = manifest as { kind: string; apiVersion: string; metadata: { namespace?: string } }
    const of = cluster.server.kindNamed(apiVersion, kind)
    if (!of) return
    const root = of.group ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const collection = `${root}${metadata.namespace ? `/namespaces/${metadata.namespace}` : ""}/${of.plural}`
    send("POST", `${collection}?fieldManager=kubectl-client-side-apply`, manifest)
  }
  const applied = manifests(exchanges)
  const own = (kind: string) => applied.filter((manifest) => manifest.kind === kind)
  prepare({ send, own, apply, run, start: sim.now() })
  run(START)
  send("POST", "/api/v1/namespaces?fieldManager=kubectl-create", { metadata: { name: "hx-http" } })
  // The recorded build has a controller of its own that puts this into every namespace.
  send("POST", "/api/v1/namespaces/hx-http/configmaps?fieldManager=kube-controller-manager", {
    metadata: { name: "openshift-service-ca.crt", annotations: { "service.beta.openshift.io/inject-cabundle": "true" } },
    data: { "service-ca.crt": "" },
  })
  run(START + 100)
  for (const exchange of exchanges) {
    if (exchange.n === 84)
      for (const kind of APPLIED) {
        for (const manifest of own(kind)) apply(manifest)
        // Each takes kubectl a moment.
        run(sim.now() + 5)
      }
    if (RESTS[exchange.n] !== undefined) run(START + RESTS[exchange.n])
    const path = translate(exchange.path)
    const headers = { ...exchange.headers, ...(exchange.type && { "content-type": exchange.type }) }
    let response = call(exchange.method, path, headers, exchange.body === undefined ? undefined : translate(exchange.body))
    if (response.later) response.later((given) => (response = given))
    const text = answerText(response, () => run(sim.now() + Number(/timeoutSeconds=(\d+)/.exec(path)?.[1] ?? 5) * 1_000))
    const type = exchange.answerHeaders["content-type"] ?? ""
    const [want, got] = [parsed(exchange.answer, type), parsed(exchange.method === "HEAD" ? "" : text, type)]
    if (exchange.path.includes("/namespaces/")) learn(want, got)
    const show = (value: unknown) =>
      normalise((typeof value === "string" ? value : JSON.stringify(canonical(value), null, 1)).replace(CERTIFICATE, "<certificate>"))
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
  }
  if (process.env.REPLAY_SHOW) process.stdout.write(`${differences.join("\n")}\n`)
  expect(agreed, `agreed ${agreed} of ${exchanges.length}\n${differences.join("\n").slice(0, 4_000)}`).toBeGreaterThanOrEqual(FLOOR)
})
