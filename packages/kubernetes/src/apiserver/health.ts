/** /healthz, /livez and /readyz with the checks that a v1.35 server lists. As k8s.io/apiserver/pkg/server/healthz. */
import type { ApiResponse } from "./contract.ts"

const HOOKS = [
  "start-apiserver-admission-initializer",
  "generic-apiserver-start-informers",
  "priority-and-fairness-config-consumer",
  "priority-and-fairness-filter",
  "storage-object-count-tracker-hook",
  "start-apiextensions-informers",
  "start-apiextensions-controllers",
  "crd-informer-synced",
  "start-system-namespaces-controller",
  "start-cluster-authentication-info-controller",
  "start-kube-apiserver-identity-lease-controller",
  "start-kube-apiserver-identity-lease-garbage-collector",
  "start-legacy-token-tracking-controller",
  "start-service-ip-repair-controllers",
  "rbac/bootstrap-roles",
  "scheduling/bootstrap-system-priority-classes",
  "priority-and-fairness-config-producer",
  "bootstrap-controller",
  "start-kubernetes-service-cidr-controller",
  "start-kube-aggregator-informers",
  "apiservice-status-local-available-controller",
  "apiservice-status-remote-available-controller",
  "apiservice-registration-controller",
  "apiservice-wait-for-first-sync",
  "apiservice-discovery-controller",
  "kube-apiserver-autoregistration",
].map((hook) => `poststarthook/${hook}`)

const LAST = ["autoregister-completion", "poststarthook/apiservice-openapi-controller", "poststarthook/apiservice-openapiv3-controller"]

export const CHECKS: Readonly<Record<string, readonly string[]>> = {
  healthz: ["ping", "log", "etcd", ...HOOKS, ...LAST],
  livez: ["ping", "log", "etcd", ...HOOKS, ...LAST],
  readyz: ["ping", "log", "etcd", "etcd-readiness", "informer-sync", ...HOOKS, ...LAST, "shutdown"],
}

export const healthPaths = (path: string, query: ReadonlyMap<string, readonly string[]>): ApiResponse | undefined => {
  const [, name, check] = /^\/(healthz|livez|readyz)(?:\/(.+))?$/.exec(path) ?? []
  if (!name) return undefined
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache, private" }
  if (check !== undefined && !CHECKS[name].includes(check)) return { status: 404, headers, body: "404 page not found\n" }
  if (check !== undefined || !query.has("verbose")) return { status: 200, headers, body: "ok" }
  const excluded = new Set(query.get("exclude") ?? [])
  return {
    status: 200,
    headers,
    body: `${CHECKS[name].map((one) => `[+]${one} ${excluded.has(one) ? "excluded: ok" : "ok"}\n`).join("")}${name} check passed\n`,
  }
}
