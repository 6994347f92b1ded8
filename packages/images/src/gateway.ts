/** nginx-gateway-fabric: a control plane for Gateways, and the nginx that answers for each. */
import { answered, type Asked, backendOf, filtered, type GatewayView, ruleFor } from "@drydock/kubernetes"
import { type HttpRequest, type HttpResponse, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineImage } from "./define-image.ts"
import { accessLine, untilSignal } from "./serving.ts"

const TAGS = ["2.2.1", "2.2.*", "2.1.*", "2.0.*", "edge"]

const page = (status: number, title: string, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status,
  headers: { "content-type": "text/html", ...headers },
  body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
})

const TITLES: Readonly<Record<number, string>> = {
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
}

function* answer(process: Process, view: GatewayView, gateway: string, port: number, request: HttpRequest): Steps<HttpResponse> {
  const [path, query = ""] = request.path.split("?")
  const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase()
  const asked: Asked = { port, host, path, query, method: request.method, headers: request.headers }
  const rule = ruleFor(view.rules(gateway), asked)
  if (!rule) return page(404, "Not Found")
  const passed = filtered(rule, asked)
  const { redirect } = passed
  if (redirect) return page(redirect.status, TITLES[redirect.status] ?? "Found", { location: redirect.location })
  if (rule.broken || rule.backends.length === 0) return page(500, "Internal Server Error")
  const backend = backendOf(rule, process.random())
  const endpoints = backend && view.endpoints(backend)
  if (!endpoints?.length) return page(503, "Service Temporarily Unavailable")
  const { address, port: target } = endpoints[Math.floor(process.random() * endpoints.length)]
  const headers = {
    ...passed.headers,
    host: passed.host,
    "x-forwarded-for": request.remoteAddress ?? "",
    "x-forwarded-host": host,
    "x-forwarded-port": String(port),
    "x-forwarded-proto": "http",
    "x-real-ip": request.remoteAddress ?? "",
  }
  try {
    const given = yield* process.network.request(
      address,
      target,
      { ...request, path: `${passed.path}${query ? `?${query}` : ""}`, headers },
      { timeout: 60_000 },
    )
    return { ...given, headers: answered(rule, given.headers) }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return error.code === "ETIMEDOUT" ? page(504, "Gateway Time-out") : page(502, "Bad Gateway")
  }
}

export const gatewayControlPlane = defineImage({
  repository: "ghcr.io/nginx/nginx-gateway-fabric",
  tags: TAGS,
  sizeBytes: 32_000_000,
  entrypoint: ["/usr/bin/gateway"],
  idle: { memory: 40 * 1024 ** 2, cpu: 2 },
  components: {
    "/usr/bin/gateway": ({ cluster }) =>
      function* (process) {
        yield* process.error(
          `{"level":"info","ts":"${new Date(Math.floor(process.now())).toISOString()}","msg":"Starting the NGINX Gateway Fabric control plane","version":"2.2.1","commit":"7b0a9c1","date":"2025-11-13T16:40:22Z","dirty":"false"}\n`,
        )
        const running = cluster.startGateway(true)
        process.network.serve(8081, () => ({ status: 200, headers: {}, body: "ok" }), { pid: process.pid })
        try {
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})

export const gatewayDataPlane = defineImage({
  repository: "ghcr.io/nginx/nginx-gateway-fabric/nginx",
  tags: TAGS,
  sizeBytes: 68_000_000,
  entrypoint: ["/agent/entrypoint.sh"],
  idle: { memory: 30 * 1024 ** 2, cpu: 1 },
  shell: "busybox",
  components: {
    "/agent/entrypoint.sh": ({ cluster }) =>
      function* (process) {
        const gateway = `${process.env.get("GATEWAY_NAMESPACE") ?? "default"}/${process.env.get("GATEWAY_NAME") ?? ""}`
        const view = cluster.startGateway(false)
        const changed = process.queue()
        let ended = false
        const lines: string[] = []
        for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const)
          process.onSignal(signal, () => {
            ended = true
            changed.wake()
          })
        view.onChange(() => changed.wake())
        const open = new Map<number, { close(): void; key: string }>()
        const bind = (): void => {
          const wanted = new Map(view.listeners(gateway).map((one) => [one.port, one]))
          for (const [port, { close, key }] of open)
            if (wanted.get(port) === undefined || key !== JSON.stringify(wanted.get(port))) {
              close()
              open.delete(port)
            }
          for (const [port, listener] of wanted) {
            if (open.has(port)) continue
            const handler = function* (request: HttpRequest): Steps<HttpResponse> {
              const given = yield* answer(process, view, gateway, port, request)
              lines.push(accessLine(process, request, given.status, typeof given.body === "string" ? given.body.length : 0))
              changed.wake()
              return given
            }
            const tls = listener.protocol === "HTTPS"
            const bound = process.network.serve(port, handler, { pid: process.pid, ...(tls && { tls: { certificate: "", key: "" } }) })
            open.set(port, { close: () => bound.close(), key: JSON.stringify(listener) })
          }
        }
        process.network.serve(8081, () => ({ status: 200, headers: {}, body: "ok" }), { pid: process.pid })
        try {
          while (!ended) {
            bind()
            for (const line of lines.splice(0)) yield* process.print(`${line}\n`)
            yield* process.wait({ queues: [changed] })
          }
          return 0
        } finally {
          view.stop()
        }
      },
  },
})
