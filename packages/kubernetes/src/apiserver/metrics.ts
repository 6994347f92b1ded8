/** /metrics: what a scraper finds of the API server's own numbers. As k8s.io/apiserver/pkg/endpoints/metrics. */
import type { Server } from "./context.ts"
import type { ApiResponse } from "./contract.ts"

/** Seconds, as upstream has them. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]

/** Requests by what they were about; only those from outside the control plane are counted. */
export class RequestCounts {
  readonly #counts = new Map<string, number>()
  /** By verb and resource: how many took at most so long (ms), and all of their time. */
  #durations: Map<string, { buckets: number[]; count: number; seconds: number }> | undefined

  add(labels: {
    verb: string
    group: string
    version: string
    resource: string
    subresource: string
    namespaced: boolean
    code: number
    dryRun: boolean
    /** Virtual time that it took. */
    seconds: number
  }): void {
    const { verb, group, version, resource, subresource, namespaced, code, dryRun, seconds } = labels
    const scope = verb === "list" || verb === "watch" ? (namespaced ? "namespace" : "cluster") : resource === "" ? "" : "resource"
    const name = verb === "create" ? "POST" : verb === "update" ? "PUT" : verb.toUpperCase()
    const key = `code="${code}",component="apiserver",dry_run="${dryRun ? "All" : ""}",group="${group}",resource="${resource}",scope="${scope}",subresource="${subresource}",verb="${name}",version="${version}"`
    const about = `component="apiserver",dry_run="${dryRun ? "All" : ""}",group="${group}",resource="${resource}",scope="${scope}",subresource="${subresource}",verb="${name}",version="${version}"`
    // A watch lasts as long as its client likes.
    if (verb !== "watch") this.#took(about, seconds)
    // Names that nobody knows are many: they count as one.
    if (this.#counts.size < 1_000 || this.#counts.has(key)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  #took(about: string, seconds: number): void {
    this.#durations ??= new Map()
    let found = this.#durations.get(about)
    if (!found) {
      if (this.#durations.size >= 1_000) return
      this.#durations.set(about, (found = { buckets: [], count: 0, seconds: 0 }))
    }
    found.count++
    found.seconds += seconds
    const bucket = BUCKETS.findIndex((most) => seconds <= most)
    if (bucket >= 0) found.buckets[bucket] = (found.buckets[bucket] ?? 0) + 1
  }

  durations(): string[] {
    const name = "apiserver_request_duration_seconds"
    return [...(this.#durations ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([about, { buckets, count, seconds }]) => {
        let sum = 0
        return [
          ...BUCKETS.map((most, index) => `${name}_bucket{${about},le="${most}"} ${(sum += buckets[index] ?? 0)}`),
          `${name}_bucket{${about},le="+Inf"} ${count}`,
          `${name}_sum{${about}} ${seconds}`,
          `${name}_count{${about}} ${count}`,
        ]
      })
  }

  lines(): string[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`)
  }
}

const family = (name: string, help: string, type: "counter" | "gauge" | "histogram", lines: readonly string[]): string =>
  lines.length === 0 ? "" : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`

export const metrics = (server: Server, counts: RequestCounts, startedAt: number): ApiResponse => {
  const { etcd, registry, kinds, sim } = server
  const objects = kinds
    .filter((kind) => !kind.virtual && !kind.computed && !kind.storedAs)
    .map((kind) => ({
      group: kind.group,
      resource: kind.plural,
      count: etcd.range(registry.prefix(kind, undefined), { keysOnly: true }).count,
    }))
    .sort((a, b) => (`${a.group}/${a.resource}` < `${b.group}/${b.resource}` ? -1 : 1))
  const stored = objects.map(
    ({ group, resource, count }) => `apiserver_storage_objects{resource="${group ? `${resource}.${group}` : resource}"} ${count}`,
  )
  const { major = "1", minor = "35", gitVersion = "", gitCommit = "", goVersion = "" } = server.options.version as Record<string, string>
  const body = [
    family(
      "apiserver_current_inflight_requests",
      "[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.",
      "gauge",
      ["mutating", "readOnly"].map((kind) => `apiserver_current_inflight_requests{request_kind="${kind}"} ${kind === "readOnly" ? 1 : 0}`),
    ),
    family(
      "apiserver_longrunning_requests",
      "[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.",
      "gauge",
      [`apiserver_longrunning_requests{component="apiserver",verb="WATCH"} ${server.streams.size}`],
    ),
    family(
      "apiserver_request_duration_seconds",
      "[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.",
      "histogram",
      counts.durations(),
    ),
    family(
      "apiserver_request_total",
      "[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
      "counter",
      counts.lines(),
    ),
    family(
      "apiserver_resource_objects",
      "[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.",
      "gauge",
      objects.map(({ group, resource, count }) => `apiserver_resource_objects{group="${group}",resource="${resource}"} ${count}`),
    ),
    family(
      "apiserver_storage_objects",
      "[STABLE] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.",
      "gauge",
      stored.sort(),
    ),
    family("etcd_db_total_size_in_bytes", "Total size of the etcd database file physically allocated in bytes.", "gauge", [
      `etcd_db_total_size_in_bytes{endpoint="https://127.0.0.1:2379"} ${etcd.size}`,
    ]),
    family(
      "kubernetes_build_info",
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
      "gauge",
      [
        `kubernetes_build_info{git_commit="${gitCommit}",git_version="${gitVersion}",go_version="${goVersion}",major="${major}",minor="${minor}"} 1`,
      ],
    ),
    family("process_start_time_seconds", "[STABLE] Start time of the process since unix epoch in seconds.", "gauge", [
      `process_start_time_seconds ${startedAt / 1_000}`,
    ]),
    family("process_uptime_seconds", "Seconds since then.", "gauge", [`process_uptime_seconds ${(sim.now() - startedAt) / 1_000}`]),
  ].join("")
  return {
    status: 200,
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "cache-control": "no-cache, private" },
    body,
  }
}
