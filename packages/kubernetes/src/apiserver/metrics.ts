/** /metrics: what a scraper finds of the API server's own numbers. As k8s.io/apiserver/pkg/endpoints/metrics. */
import type { Server } from "./context.ts"
import type { ApiResponse } from "./contract.ts"

/** Requests by what they were about; only those from outside the control plane are counted. */
export class RequestCounts {
  readonly #counts = new Map<string, number>()

  add(labels: {
    verb: string
    group: string
    version: string
    resource: string
    subresource: string
    namespaced: boolean
    code: number
    dryRun: boolean
  }): void {
    const { verb, group, version, resource, subresource, namespaced, code, dryRun } = labels
    const scope = verb === "list" || verb === "watch" ? (namespaced ? "namespace" : "cluster") : resource === "" ? "" : "resource"
    const name = verb === "create" ? "POST" : verb === "update" ? "PUT" : verb.toUpperCase()
    const key = `code="${code}",component="apiserver",dry_run="${dryRun ? "All" : ""}",group="${group}",resource="${resource}",scope="${scope}",subresource="${subresource}",verb="${name}",version="${version}"`
    // Names that nobody knows are many: they count as one.
    if (this.#counts.size < 1_000 || this.#counts.has(key)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  lines(): string[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([labels, count]) => `apiserver_request_total{${labels}} ${count}`)
  }
}

const family = (name: string, help: string, type: "counter" | "gauge", lines: readonly string[]): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`

export const metrics = (server: Server, counts: RequestCounts, startedAt: number): ApiResponse => {
  const { etcd, registry, kinds, sim } = server
  const stored = kinds
    .filter((kind) => !kind.virtual && !kind.computed && !kind.storedAs)
    .map(
      (kind) =>
        `apiserver_storage_objects{resource="${kind.group ? `${kind.plural}.${kind.group}` : kind.plural}"} ${etcd.range(registry.prefix(kind, undefined), { keysOnly: true }).count}`,
    )
  const body = [
    family(
      "apiserver_longrunning_requests",
      "[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.",
      "gauge",
      [`apiserver_longrunning_requests{component="apiserver",verb="WATCH"} ${server.streams.size}`],
    ),
    family(
      "apiserver_request_total",
      "[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.",
      "counter",
      counts.lines(),
    ),
    family(
      "apiserver_storage_objects",
      "[STABLE] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.",
      "gauge",
      stored.sort(),
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
