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

/** Checks that fail while etcd cannot be reached. */
const NEED_ETCD = new Set(["etcd", "etcd-readiness"])

/** `etcd`: whether it can be reached. */
export const healthPaths = (path: string, query: ReadonlyMap<string, readonly string[]>, etcd = true): ApiResponse | undefined => {
  const [, name, check] = /^\/(healthz|livez|readyz)(?:\/(.+))?$/.exec(path) ?? []
  if (!name) return undefined
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache, private",
  }
  const fails = (one: string) => !etcd && NEED_ETCD.has(one)
  if (check !== undefined) {
    if (!CHECKS[name].includes(check)) return { status: 404, headers, body: "404 page not found\n" }
    if (fails(check)) return { status: 500, headers, body: `internal server error: ${check} failed: reason withheld\n` }
    return { status: 200, headers, body: "ok" }
  }
  const excluded = new Set(query.get("exclude") ?? [])
  let failed = false
  const lines = CHECKS[name].map((one) => {
    if (excluded.delete(one)) return `[+]${one} excluded: ok\n`
    if (!fails(one)) return `[+]${one} ok\n`
    failed = true
    return `[-]${one} failed: reason withheld\n`
  })
  if (excluded.size > 0)
    lines.push(`warn: some health checks cannot be excluded: no matches for ${[...excluded].map((one) => JSON.stringify(one)).join(",")}\n`)
  // A failure is always told in full.
  if (failed) return { status: 500, headers, body: `${lines.join("")}${name} check failed\n` }
  return { status: 200, headers, body: query.has("verbose") ? `${lines.join("")}${name} check passed\n` : "ok" }
}
