/** nginx: serves files, answers and proxies as its configuration says. */
import { bodyText, type HttpRequest, type HttpResponse, type Process, type Program, type Steps, SystemError } from "@drydock/machine"
import { alpineVariant } from "./alpine-variant.ts"
import { defineImage, type Image } from "./define-image.ts"
import { all, ConfigurationError, type Directive, find, readConfiguration } from "./nginx-config.ts"
import { accessLine, staticFile, untilSignal } from "./serving.ts"

const PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>
</body>
</html>
`

const MAIN = `user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    sendfile        on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
`

const site = (port: number) => `server {
    listen       ${port};
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`

const LATEST = "1.29.4"
const version = (process: Process): string => process.env.get("NGINX_VERSION") ?? LATEST

const errorPage = (status: string, process: Process): string =>
  `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n<hr><center>nginx/${version(process)}</center>\r\n</body>\r\n</html>\r\n`

const STATUS: Readonly<Record<number, string>> = {
  301: "301 Moved Permanently",
  302: "302 Found",
  401: "401 Authorization Required",
  403: "403 Forbidden",
  404: "404 Not Found",
  405: "405 Not Allowed",
  500: "500 Internal Server Error",
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
  504: "504 Gateway Time-out",
}

const stamp = (process: Process): string =>
  new Date(Math.floor(process.now())).toISOString().replace(/^(\d+)-(\d+)-(\d+)T([\d:]+).*$/, "$1/$2/$3 $4")

const portOf = (listen: Directive): number => Number(/(?:^|:)(\d+)$/.exec(listen.args[0] ?? "")?.[1] ?? 80)

/** The location that a path falls into: exact, then longest prefix; ^~ and regular expressions as literal tails ("\.php$"). */
const locationFor = (server: readonly Directive[], path: string): readonly Directive[] => {
  let best: { length: number; block: readonly Directive[] } | undefined
  for (const { args, block = [] } of all(server, "location")) {
    const [modifier, pattern] = args.length > 1 ? [args[0], args[1]] : ["", args[0] ?? "/"]
    if (modifier === "=" && path === pattern) return block
    if (modifier.startsWith("~")) {
      const tail = pattern.replace(/\$$/, "").replaceAll("\\", "")
      if (path.endsWith(tail)) return block
    } else if (modifier !== "=" && path.startsWith(pattern) && pattern.length > (best?.length ?? -1))
      best = { length: pattern.length, block }
  }
  return best?.block ?? []
}

class Site {
  readonly process: Process
  readonly http: readonly Directive[]
  readonly server: readonly Directive[]
  readonly port: number

  constructor(process: Process, http: readonly Directive[], server: readonly Directive[], port: number) {
    this.process = process
    this.http = http
    this.server = server
    this.port = port
  }

  variables(text: string, request: HttpRequest): string {
    const [uri, query = ""] = request.path.split("?")
    const address = this.process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"
    const values: Readonly<Record<string, string>> = {
      uri,
      request_uri: request.path,
      document_uri: uri,
      args: query,
      query_string: query,
      host: (request.headers.host ?? "localhost").split(":")[0],
      http_host: request.headers.host ?? "",
      hostname: this.process.hostname,
      remote_addr: request.remoteAddress ?? "",
      proxy_add_x_forwarded_for: request.remoteAddress ?? "",
      server_addr: address,
      server_port: String(this.port),
      scheme: "http",
      request_method: request.method,
      http_user_agent: request.headers["user-agent"] ?? "",
      nginx_version: version(this.process),
      time_iso8601: new Date(Math.floor(this.process.now())).toISOString().replace(/\.\d+Z/, "+00:00"),
      time_local: stamp(this.process),
    }
    return text.replace(/\$\{?([a-z_0-9]+)\}?/g, (whole, name: string) => (Object.hasOwn(values, name) ? values[name] : whole))
  }

  page(status: number, headers: Record<string, string> = {}): HttpResponse {
    return { status, headers: { "content-type": "text/html", ...headers }, body: errorPage(STATUS[status] ?? String(status), this.process) }
  }

  *proxy(target: string, request: HttpRequest, location: readonly Directive[]): Steps<HttpResponse> {
    const [, host, port, path] = /^https?:\/\/([^:/]+)(?::(\d+))?(\/.*)?$/.exec(target) ?? []
    if (!host) return this.page(502)
    const upstream = all(this.http, "upstream").find(({ args }) => args[0] === host)
    const servers = upstream ? all(upstream.block ?? [], "server").map(({ args }) => args[0] ?? "") : [`${host}:${port ?? 80}`]
    const chosen = servers[Math.floor(this.process.random() * servers.length)] ?? ""
    const [name, at = "80"] = chosen.split(":")
    const [record] = /^[\d.]+$/.test(name) ? [{ value: name }] : yield* this.process.network.lookup(name)
    const prefix =
      location === this.server
        ? "/"
        : (all(this.server, "location")
            .find(({ block }) => block === location)
            ?.args.at(-1) ?? "/")
    const forwarded = path === undefined ? request.path : `${path}${request.path.slice(prefix.length)}`
    const headers: Record<string, string> = { ...request.headers, host, connection: "close" }
    for (const { args } of [...all(this.server, "proxy_set_header"), ...all(location, "proxy_set_header")])
      headers[(args[0] ?? "").toLowerCase()] = this.variables(args[1] ?? "", request)
    try {
      if (!record) throw new SystemError("EHOSTUNREACH")
      return yield* this.process.network.request(record.value, Number(at), { ...request, path: forwarded, headers }, { timeout: 60_000 })
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      const upstreamAt = `"http://${record?.value ?? name}:${at}${forwarded}"`
      yield* this.process.error(
        `${stamp(this.process)} [error] ${this.process.pid}#${this.process.pid}: *1 connect() failed (111: Connection refused) while connecting to upstream, client: ${request.remoteAddress ?? ""}, server: localhost, request: "${request.method} ${request.path} HTTP/1.1", upstream: ${upstreamAt}\n`,
      )
      return this.page(error.code === "ETIMEDOUT" ? 504 : 502)
    }
  }

  *answer(request: HttpRequest): Steps<HttpResponse> {
    const [path] = request.path.split("?")
    const location = locationFor(this.server, path)
    const scope = (name: string) => find(location, name) ?? find(this.server, name) ?? find(this.http, name)
    const back = find(location, "return") ?? find(this.server, "return")
    if (back) {
      const [code, ...rest] = back.args
      const text = this.variables(rest.join(" "), request)
      if (["301", "302", "303", "307", "308"].includes(code)) return this.page(Number(code), { location: text })
      if (!/^\d+$/.test(code ?? "")) return this.page(302, { location: this.variables(code ?? "", request) })
      if (rest.length === 0 && Number(code) !== 204) return this.page(Number(code))
      const type = scope("default_type")?.args[0] ?? "text/plain"
      return { status: Number(code), headers: { "content-type": type }, body: text }
    }
    if (find(location, "stub_status"))
      return {
        status: 200,
        headers: { "content-type": "text/plain" },
        body: "Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n",
      }
    const target = find(location, "proxy_pass")?.args[0]
    if (target !== undefined) return yield* this.proxy(this.variables(target, request), request, location)
    if (request.method !== "GET" && request.method !== "HEAD") return this.page(405)
    const alias = find(location, "alias")?.args[0]
    const prefix =
      all(this.server, "location")
        .find(({ block }) => block === location)
        ?.args.at(-1) ?? "/"
    const root = (alias ?? scope("root")?.args[0] ?? "/etc/nginx/html").replace(/\/$/, "")
    const found = staticFile(this.process, root, alias === undefined ? path : path.slice(prefix.length - 1))
    if (found === undefined || found === "forbidden") {
      const what = found
        ? `directory index of "${root}${path}" is forbidden`
        : `open() "${root}${path}" failed (2: No such file or directory)`
      yield* this.process.error(
        `${stamp(this.process)} [error] ${this.process.pid}#${this.process.pid}: *1 ${what}, client: ${request.remoteAddress ?? ""}, server: localhost, request: "${request.method} ${request.path} HTTP/1.1", host: "${request.headers.host ?? ""}"\n`,
      )
      return this.page(found ? 403 : 404)
    }
    return { status: 200, headers: { "content-type": found.type }, body: found.body }
  }

  *serve(request: HttpRequest): Steps<HttpResponse> {
    const response = yield* this.answer(request)
    const size = bodyText(response.body).length
    yield* this.process.print(`${accessLine(this.process, request, response.status, size)} "-"\n`)
    return {
      ...response,
      headers: {
        server: `nginx/${version(this.process)}`,
        date: new Date(Math.floor(this.process.now())).toUTCString(),
        ...response.headers,
      },
    }
  }
}

const load = (process: Process): { http: readonly Directive[]; servers: readonly Directive[] } => {
  const file = process.argv.includes("-c") ? (process.argv[process.argv.indexOf("-c") + 1] ?? "") : "/etc/nginx/nginx.conf"
  const main = readConfiguration(process, file)
  const http = find(main, "http")?.block ?? []
  return { http, servers: all(http, "server") }
}

/** Directories that the master makes before it serves. */
const CACHES = ["client_temp", "proxy_temp", "fastcgi_temp", "uwsgi_temp", "scgi_temp"]

const makeDirectories = (process: Process): void => {
  for (const name of CACHES) {
    const path = `/var/cache/nginx/${name}`
    if (process.files.exists(path)) continue
    try {
      process.files.mkdir(path)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      const why = error.code === "EROFS" ? "30: Read-only file system" : "13: Permission denied"
      throw new ConfigurationError(`mkdir() "${path}" failed (${why})`)
    }
  }
}

const program: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes("-v") || args.includes("-V")) {
    yield* process.error(`nginx version: nginx/${version(process)}\n`)
    return 0
  }
  if (args.includes("-s")) {
    const signal = { reload: "SIGHUP", quit: "SIGQUIT", stop: "SIGTERM", reopen: "SIGUSR1" } as const
    process.kill(1, signal[(args[args.indexOf("-s") + 1] ?? "reload") as keyof typeof signal] ?? "SIGHUP")
    return 0
  }
  const emergency = function* (error: unknown): Steps<number> {
    if (!(error instanceof ConfigurationError)) throw error
    yield* process.error(
      `${args.includes("-t") ? "" : `${stamp(process)} [emerg] ${process.pid}#${process.pid}: ${error.message}\n`}nginx: [emerg] ${error.message}\n`,
    )
    if (args.includes("-t")) yield* process.error("nginx: configuration file /etc/nginx/nginx.conf test failed\n")
    return 1
  }
  try {
    const { servers } = load(process)
    if (args.includes("-t")) {
      yield* process.error(
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n",
      )
      return 0
    }
    makeDirectories(process)
    if (servers.length === 0) yield* process.error("")
  } catch (error) {
    return yield* emergency(error)
  }
  const listeners: { close(): void }[] = []
  const open = (): void => {
    const { http, servers } = load(process)
    for (const listener of listeners.splice(0)) listener.close()
    const byPort = new Map<number, Directive[]>()
    for (const server of servers) {
      const listens = all(server.block ?? [], "listen")
      for (const port of new Set(listens.length > 0 ? listens.map(portOf) : [80])) byPort.set(port, [...(byPort.get(port) ?? []), server])
    }
    for (const [port, own] of byPort) {
      const sites = own.map((server) => new Site(process, http, server.block ?? [], port))
      const handler = (request: HttpRequest) => {
        const host = (request.headers.host ?? "").split(":")[0]
        const named = sites.find((one) => find(one.server, "server_name")?.args.includes(host))
        return (named ?? sites[0]).serve(request)
      }
      listeners.push(process.network.serve(port, handler, { pid: process.pid }))
    }
  }
  try {
    open()
  } catch (error) {
    if (error instanceof SystemError)
      return yield* emergency(new ConfigurationError(`bind() to 0.0.0.0:80 failed (98: Address already in use)`))
    return yield* emergency(error)
  }
  const notice = (text: string) => `${stamp(process)} [notice] ${process.pid}#${process.pid}: ${text}\n`
  yield* process.error(
    [
      'using the "epoll" event method',
      `nginx/${version(process)}`,
      "built by gcc 14.2.0 (Debian 14.2.0-19)",
      "OS: Linux 6.8.0-94-generic",
      "getrlimit(RLIMIT_NOFILE): 1048576:1048576",
      "start worker processes",
    ]
      .map(notice)
      .join(""),
  )
  process.argv = [`nginx: master process ${process.argv.join(" ")}`]
  let workers: Process[] = []
  /** Its processes for show: requests are answered by the listeners themselves. */
  const startWorkers = (): readonly number[] => {
    for (const worker of workers) process.kill(worker.pid, "SIGQUIT")
    const credentials = process.credentials.uid === 0 ? { uid: 101, gid: 101, groups: [101] } : process.credentials
    workers = Array.from({ length: WORKERS }, () =>
      process.spawn((worker) => untilSignal(worker, ["SIGTERM", "SIGQUIT"]), { argv: ["nginx: worker process"], credentials }),
    )
    return workers.map(({ pid }) => pid)
  }
  yield* process.error(
    startWorkers()
      .map((pid) => notice(`start worker process ${pid}`))
      .join(""),
  )
  process.onSignal("SIGHUP", () => {
    try {
      open()
      startWorkers()
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
    }
  })
  return yield* untilSignal(process, ["SIGTERM", "SIGINT", "SIGQUIT"])
}

/** worker_processes auto on a machine of two cores. */
const WORKERS = 2

const SCRIPTS = "/docker-entrypoint.sh"
const TOLD = [
  `${SCRIPTS}: /docker-entrypoint.d/ is not empty, will attempt to perform configuration`,
  `${SCRIPTS}: Looking for shell scripts in /docker-entrypoint.d/`,
  `${SCRIPTS}: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh`,
  "10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf",
  "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf",
  `${SCRIPTS}: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh`,
  `${SCRIPTS}: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh`,
  `${SCRIPTS}: Launching /docker-entrypoint.d/30-tune-worker-processes.sh`,
  `${SCRIPTS}: Configuration complete; ready for start up`,
]

/** Tells what it does for nginx itself, then becomes the command. */
const entrypoint: Program = function* (process) {
  const [, ...command] = process.argv
  const [name = "nginx"] = command
  if (name === "nginx" || name === "nginx-debug") yield* process.error(TOLD.map((line) => `${line}\n`).join(""))
  const path = name.includes("/")
    ? name
    : (process.env.get("PATH") ?? "")
        .split(":")
        .map((directory) => `${directory}/${name}`)
        .find((candidate) => process.files.exists(candidate))
  if (path === undefined) {
    yield* process.error(`${SCRIPTS}: exec: line 47: ${name}: not found\n`)
    return 127
  }
  return yield* process.exec(path, command)
}

const image = (repository: string, port: number, user?: number): Image =>
  defineImage({
    repository,
    tags: [
      "latest",
      "alpine",
      "alpine-slim",
      "alpine*",
      "stable",
      "stable*",
      "mainline",
      "mainline*",
      "perl",
      "1",
      "1.*",
      "bookworm",
      "trixie",
    ],
    sizeBytes: 59_795_000,
    entrypoint: ["/docker-entrypoint.sh"],
    command: ["nginx", "-g", "daemon off;"],
    env: { NGINX_VERSION: LATEST },
    versionEnv: "NGINX_VERSION",
    exposes: [port],
    ...(user !== undefined && { user }),
    idle: { memory: 2 * 1024 ** 2 },
    shell: "debian",
    brings: ["curl", "envsubst"],
    files: [
      { path: "/docker-entrypoint.sh", program: entrypoint },
      { path: "/usr/sbin/nginx", program },
      { path: "/usr/share/nginx/html/index.html", content: PAGE },
      {
        path: "/usr/share/nginx/html/50x.html",
        content: "<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n",
      },
      { path: "/etc/nginx/nginx.conf", content: MAIN },
      { path: "/etc/nginx/mime.types", content: "\ntypes {\n    text/html                                        html htm shtml;\n}\n" },
      { path: "/etc/nginx/conf.d/default.conf", content: site(port) },
      { path: "/var/cache/nginx", mode: 0o755, ...(user !== undefined && { uid: user, gid: user }) },
      { path: "/var/log/nginx" },
      { path: "/run" },
      {
        path: "/etc/os-release",
        content: 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n',
      },
    ],
  })

const onAlpine = (one: Image): Image => alpineVariant(one, { sizeBytes: 22_300_000, brings: ["curl", "envsubst"] })

export const nginx = image("nginx", 80)
export const nginxAlpine = onAlpine(nginx)
export const nginxUnprivileged = image("nginxinc/nginx-unprivileged", 8080, 101)
export const nginxUnprivilegedAlpine = onAlpine(nginxUnprivileged)
/** nginx as the tutorial of StatefulSets uses it. */
export const nginxSlim: Image = {
  ...image("registry.k8s.io/nginx-slim", 80),
  aliases: ["k8s.gcr.io/nginx-slim", "gcr.io/google_containers/nginx-slim"],
  tags: ["0.24", "0.21", "0.27", "0.8", "0.7", "0.*"],
  sizeBytes: 44_700_000,
}
