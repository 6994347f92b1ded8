/** ingress-nginx's controller: nginx as Ingresses tell it. */
import { type HttpRequest, type HttpResponse, type Process, type Steps, SystemError } from "@drydock/machine"
import { type IngressController, locate, type Location, rewritten, backendFor } from "@drydock/kubernetes"
import { defineImage } from "./define-image.ts"
import { parseFlags } from "./flags.ts"
import { accessTime } from "./serving.ts"

const HTML = { "content-type": "text/html" }

/** nginx's own pages, without its version (server-tokens is off). */
const page = (status: number, title: string, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status,
  headers: { ...HTML, ...headers },
  body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
})

const TITLES: Readonly<Record<number, string>> = { 301: "Moved Permanently", 302: "Found", 308: "Permanent Redirect" }
const redirect = (status: number, to: string): HttpResponse => page(status, TITLES[status] ?? "Found", { location: to })

const klog = (process: Process, severity: "I" | "W" | "E", text: string): string => {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:.]+)Z$/.exec(new Date(Math.floor(process.now())).toISOString()) ?? []
  return `${severity}${month}${day} ${time}000       7 ${text}\n`
}

/** Whether "user:password" is among the lines of an htpasswd file; hashes are compared as text where they are plain. */
const knows = (users: string, given: string | undefined): boolean => {
  const [, token] = /^Basic\s+(\S+)$/i.exec(given ?? "") ?? []
  if (token === undefined) return false
  const [user, password] = splitOnce(fromBase64(token))
  return users.split("\n").some((line) => {
    const [name, hash] = splitOnce(line.trim())
    // A hash of a kind that cannot be checked here lets its user in: who wrote it knows the password.
    return name === user && (hash.startsWith("$") ? password !== "" : hash === password || hash === `{PLAIN}${password}`)
  })
}

const splitOnce = (text: string): [string, string] => {
  const colon = text.indexOf(":")
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)]
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const fromBase64 = (text: string): string => {
  let bits = 0
  let value = 0
  let result = ""
  for (const character of text.replace(/=+$/, "")) {
    const digit = ALPHABET.indexOf(character)
    if (digit < 0) return ""
    value = ((value << 6) | digit) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    result += String.fromCharCode((value >> bits) & 0xff)
  }
  return result
}

interface Exchange {
  response: HttpResponse
  /** For the log: "namespace-service-port", address and status of who answered. */
  upstream: string
  address: string
  upstreamStatus: string
}

const none = (response: HttpResponse, upstream = ""): Exchange => ({ response, upstream, address: "-", upstreamStatus: "-" })

function* pass(
  process: Process,
  controller: IngressController,
  location: Location,
  request: HttpRequest,
  tls: boolean,
  turn: () => number,
): Steps<Exchange> {
  const backend = backendFor(location, request.headers, () => process.random() * 100)
  const upstream = `${backend.namespace}-${backend.service}-${backend.port}`
  const endpoints = controller.endpoints(backend)
  if (!endpoints?.length) return none(page(503, "Service Temporarily Unavailable"), upstream)
  const { address, port } = endpoints[turn() % endpoints.length]
  const host = request.headers.host ?? ""
  const remote = request.remoteAddress ?? ""
  const headers = {
    ...request.headers,
    "x-request-id": Array.from({ length: 32 }, () => Math.floor(process.random() * 16).toString(16)).join(""),
    "x-real-ip": remote,
    "x-forwarded-for": remote,
    "x-forwarded-host": host,
    "x-forwarded-port": tls ? "443" : "80",
    "x-forwarded-proto": tls ? "https" : "http",
    "x-forwarded-scheme": tls ? "https" : "http",
    "x-scheme": tls ? "https" : "http",
  }
  const at = `${address}:${port}`
  try {
    const response = yield* process.network.request(
      address,
      port,
      { ...request, path: rewritten(location, request.path), headers },
      { timeout: 60_000 },
    )
    return { response, upstream, address: at, upstreamStatus: String(response.status) }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    const late = error.code === "ETIMEDOUT"
    yield* process.error(
      `${accessTime(process.now())} [error] 31#31: *1 ${late ? "upstream timed out (110: Operation timed out)" : "connect() failed (111: Connection refused)"} while connecting to upstream, client: ${remote}, server: ${location.host || "_"}, request: "${request.method} ${request.path} HTTP/1.1", upstream: "http://${at}${request.path}", host: "${host}"\n`,
    )
    const response = late ? page(504, "Gateway Time-out") : page(502, "Bad Gateway")
    return { response, upstream, address: at, upstreamStatus: late ? "504" : "502" }
  }
}

function* answer(process: Process, controller: IngressController, request: HttpRequest, tls: boolean, turn: () => number): Steps<Exchange> {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase()
  const [path] = request.path.split("?")
  if (path === "/healthz" && host === "") return none({ status: 200, headers: {}, body: "" })
  const { routes } = controller
  const location = locate(routes, host, path)
  if (!location) return none(page(404, "Not Found"), "upstream-default-backend")
  if (location.toTls && !tls) return none(redirect(308, `https://${host}${request.path}`))
  if (location.redirect) return none(redirect(location.redirect.code, location.redirect.to))
  if (location.appRoot !== undefined && path === "/")
    return none(redirect(302, `${tls ? "https" : "http"}://${request.headers.host ?? host}${location.appRoot}`))
  if (location.auth) {
    const users = controller.secret(location.auth.secret)?.auth
    if (users === undefined) return none(page(503, "Service Temporarily Unavailable"))
    if (!knows(users, request.headers.authorization))
      return none(page(401, "Authorization Required", { "www-authenticate": `Basic realm="${location.auth.realm}"` }))
  }
  return yield* pass(process, controller, location, request, tls, turn)
}

const sizeOf = ({ body }: HttpResponse): number => (typeof body === "string" || body instanceof Uint8Array ? body.length : 0)

function* serveOne(
  process: Process,
  controller: IngressController,
  request: HttpRequest,
  tls: boolean,
  turn: () => number,
): Steps<HttpResponse> {
  const { response, upstream, address, upstreamStatus } = yield* answer(process, controller, request, tls, turn)
  const size = sizeOf(response)
  const { headers, method, path, remoteAddress } = request
  yield* process.print(
    `${remoteAddress ?? "-"} - - [${accessTime(process.now())}] "${method} ${path} HTTP/1.1" ${response.status} ${size} "${headers.referer ?? "-"}" "${headers["user-agent"] ?? "-"}" ${80 + path.length} 0.001 [${upstream}] [] ${address} ${address === "-" ? "-" : size} ${address === "-" ? "-" : "0.001"} ${upstreamStatus} ${Array.from({ length: 32 }, () => Math.floor(process.random() * 16).toString(16)).join("")}\n`,
  )
  return tls
    ? { ...response, headers: { ...response.headers, "strict-transport-security": "max-age=31536000; includeSubDomains" } }
    : response
}

export const ingressNginx = defineImage({
  repository: "registry.k8s.io/ingress-nginx/controller",
  aliases: ["k8s.gcr.io/ingress-nginx/controller"],
  tags: ["v1.14.1", "v1.14.*", "v1.13.*", "v1.12.*", "v1.11.*", "v1.10.*", "v1.9.*", "v1.8.*"],
  sizeBytes: 105_000_000,
  user: 101,
  shell: "busybox",
  entrypoint: ["/usr/bin/dumb-init", "--"],
  command: ["/nginx-ingress-controller"],
  exposes: [80, 443],
  idle: { memory: 90 * 1024 ** 2, cpu: 2 },
  files: [
    {
      path: "/wait-shutdown",
      *program() {
        return 0
      },
    },
  ],
  components: Object.fromEntries(
    ["/nginx-ingress-controller", "/usr/bin/dumb-init"].map((path) => [
      path,
      ({ cluster, node }) =>
        function* (process: Process) {
          const flags = parseFlags(process.argv)
          const namespace = process.env.get("POD_NAMESPACE") ?? "ingress-nginx"
          yield* process.print(
            "-------------------------------------------------------------------------------\nNGINX Ingress controller\n  Release:       v1.14.1\n  Build:         fb4e3a8ce2a5d3ba7ff62e3b6b7ab7b9e3f7e2f6\n  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.27.1\n\n-------------------------------------------------------------------------------\n\n",
          )
          yield* process.error(klog(process, "I", 'main.go:205] "Creating API client" host="https://10.96.0.1:443"'))
          const lines: string[] = []
          const told = process.queue()
          const controller = cluster.startIngressController({
            namespace,
            account: "ingress-nginx",
            node,
            pod: process.env.get("POD_NAME") ?? process.hostname,
            ingressClass: flags.get("ingress-class") ?? "nginx",
            publish: flags.get("publish-service")?.replace("$(POD_NAMESPACE)", namespace),
            onEvent: (line) => {
              lines.push(line)
              told.wake()
            },
          })
          yield* process.error(klog(process, "I", 'nginx.go:319] "Starting NGINX Ingress controller"'))
          let turns = 0
          const turn = () => turns++
          const handler = (tls: boolean) => (request: HttpRequest) => serveOne(process, controller, request, tls, turn)
          const certificate = () => {
            const [secret] = controller.routes.secrets.values()
            return (secret === undefined ? undefined : controller.secret(secret)?.["tls.crt"]) ?? ""
          }
          let ended = false
          for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const)
            process.onSignal(signal, () => {
              ended = true
              told.wake()
            })
          try {
            process.network.serve(80, handler(false), { pid: process.pid })
            process.network.serve(443, handler(true), {
              pid: process.pid,
              tls: {
                get certificate() {
                  return certificate()
                },
                key: "",
              },
            })
            process.network.serve(10_254, () => ({ status: 200, headers: {}, body: "ok" }), { pid: process.pid })
            while (!ended) {
              for (const line of lines.splice(0)) yield* process.error(klog(process, "I", line))
              yield* process.wait({ queues: [told] })
            }
            yield* process.error(klog(process, "I", 'sigterm.go:36] "Received SIGTERM, shutting down"'))
            return 0
          } finally {
            controller.stop()
          }
        },
    ]),
  ),
})

/** Makes the certificates of the admission webhook, which is not simulated: it ends well. */
export const ingressCertgen = defineImage({
  repository: "registry.k8s.io/ingress-nginx/kube-webhook-certgen",
  tags: ["v1.6.*", "v1.5.*", "v1.4.*", "v20*"],
  sizeBytes: 24_000_000,
  entrypoint: ["/kube-webhook-certgen"],
  files: [
    {
      path: "/kube-webhook-certgen",
      *program() {
        return 0
      },
    },
  ],
})
