/** The kubelet's own ports on its node: health, the authenticated one, and the read-only one where it is switched on. As pkg/kubelet/server. */
import type { Kubelet } from "@drydock/kubernetes"
import type { KubeletConfiguration } from "./kubelet-configuration.ts"
import type { HttpRequest, HttpResponse, NetworkNamespace, TlsOptions } from "@drydock/machine"

const TEXT = { "content-type": "text/plain; charset=utf-8" }
const JSON_TYPE = { "content-type": "application/json" }

const answer = (kubelet: Kubelet, path: string): HttpResponse => {
  const [bare] = path.split("?")
  if (bare === "/healthz") return { status: 200, headers: TEXT, body: "ok" }
  if (bare === "/pods" || bare === "/pods/")
    return {
      status: 200,
      headers: JSON_TYPE,
      body: JSON.stringify({ kind: "PodList", apiVersion: "v1", metadata: {}, items: kubelet.stats().map(({ pod }) => pod) }),
    }
  if (bare === "/stats/summary")
    return {
      status: 200,
      headers: JSON_TYPE,
      body: JSON.stringify({
        node: {},
        pods: kubelet.stats().map(({ pod, containers }) => ({
          podRef: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
          containers: containers.map(({ name, cpuNanoCores, memoryBytes }) => ({
            name,
            cpu: { usageNanoCores: cpuNanoCores },
            memory: { workingSetBytes: memoryBytes },
          })),
        })),
      }),
    }
  if (bare === "/metrics")
    return { status: 200, headers: TEXT, body: `kubelet_running_pods ${kubelet.stats().length}\nkubelet_node_name{node=""} 1\n` }
  return { status: 404, headers: TEXT, body: "404 page not found\n" }
}

/** Serves until process `pid` ends. */
export const serveKubeletPorts = (
  network: NetworkNamespace,
  kubelet: Kubelet,
  { readOnlyPort = 0, authentication, authorization }: KubeletConfiguration,
  options: { pid: number; identify: (request: HttpRequest) => string | undefined; tls: TlsOptions },
): void => {
  const { pid, identify, tls } = options
  const isAnonymous = authentication?.anonymous?.enabled === true
  const alwaysAllow = authorization?.mode === "AlwaysAllow"
  network.serve(
    10_248,
    ({ path }) => (path === "/healthz" ? answer(kubelet, path) : { status: 404, headers: TEXT, body: "404 page not found\n" }),
    {
      address: "127.0.0.1",
      pid,
    },
  )
  const guarded = (request: HttpRequest): HttpResponse => {
    const user = identify(request) ?? (isAnonymous ? "system:anonymous" : undefined)
    if (user === undefined) return { status: 401, headers: TEXT, body: "Unauthorized" }
    if (user === "system:anonymous" && !alwaysAllow)
      return {
        status: 403,
        headers: TEXT,
        body: `Forbidden (user=${user}, verb=${request.method === "GET" ? "get" : "create"}, resource=nodes, subresource(s)=[${request.path.startsWith("/pods") ? "pods proxy" : request.path.startsWith("/metrics") ? "metrics" : request.path.startsWith("/stats") ? "stats" : "proxy"}])`,
      }
    return answer(kubelet, request.path)
  }
  network.serve(10_250, guarded, { pid, tls })
  if (readOnlyPort > 0) network.serve(readOnlyPort, ({ path }) => answer(kubelet, path), { pid })
}
