/** Applications of books and courses, and small servers that people keep at hand to see who answers. */
import { bodyText, type HttpRequest, type Process, type Program } from "@drydock/machine"
import { defineImage, type Image } from "./define-image.ts"
import { parseFlags } from "./flags.ts"
import { type Answer, serve, untilSignal } from "./serving.ts"

const TEXT = { "content-type": "text/plain; charset=utf-8" }
const HTML = { "content-type": "text/html; charset=utf-8" }
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" }
const text = (body: string, status = 200) => ({ status, headers: TEXT, body })
const html = (body: string) => ({ status: 200, headers: HTML, body })
const json = (value: unknown, status = 200) => ({ status, headers: JSON_TYPE, body: `${JSON.stringify(value, undefined, 2)}\n` })

const addressOf = (process: Process): string => process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"
const stamp = (process: Process): string => new Date(Math.floor(process.now())).toISOString()
const queryOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    (path.split("?")[1] ?? "")
      .split("&")
      .filter(Boolean)
      .map((pair) => pair.split("=") as [string, string]),
  )

interface Server {
  repository: string
  tags: readonly string[]
  port: number
  answer: Answer
  aliases?: readonly string[]
  greeting?: (process: Process) => string
  sizeBytes?: number
}

const server = ({ repository, tags, port, answer, aliases, greeting, sizeBytes = 24_000_000 }: Server): Image =>
  defineImage({
    repository,
    ...(aliases && { aliases }),
    tags,
    sizeBytes,
    entrypoint: ["/app/server"],
    exposes: [port],
    shell: "busybox",
    idle: { memory: 12 * 1024 ** 2 },
    files: [
      {
        path: "/app/server",
        program: serve({ port: (process) => Number(process.env.get("PORT") ?? port), answer, ...(greeting && { greeting }) }),
      },
    ],
  })

const COLORS: Readonly<Record<string, string>> = {
  red: "#e74c3c",
  green: "#16a085",
  blue: "#2980b9",
  blue2: "#30336b",
  pink: "#be2edd",
  darkblue: "#130f40",
}

/** Shows its colour: --color, APP_COLOR, or one by chance. */
const webappColor = server({
  repository: "kodekloud/webapp-color",
  aliases: ["mmumshad/simple-webapp-color"],
  tags: ["latest", "v1", "v2", "v3"],
  port: 8080,
  *answer(process) {
    const given = parseFlags(process.argv).get("color") ?? process.env.get("APP_COLOR")
    const names = Object.keys(COLORS)
    const color = given ?? names[(process.hostname.length + process.hostname.charCodeAt(process.hostname.length - 1)) % names.length]
    return html(
      `<!doctype html>\n<title>Hello from Flask</title>\n<body style="background: ${COLORS[color] ?? color};"></body>\n<div style="color: #e4e4e4;">\n  <h1>Hello from ${process.hostname}!</h1>\n</div>\n`,
    )
  },
  greeting: () => " * Running on http://0.0.0.0:8080/ (Press CTRL+C to quit)\n",
})

const simpleWebapp = server({
  repository: "kodekloud/simple-webapp",
  tags: ["latest", "red", "blue", "green"],
  port: 8080,
  *answer(process) {
    return html(`<!doctype html>\n<title>Hello</title>\n<h1>Hello from ${process.hostname}!</h1>\n`)
  },
})

const EVENTS = ["is viewing page1", "is viewing page2", "is viewing page3", "logged in", "logged out"]

/** Writes a line of somebody's doings every second. */
const eventSimulator = defineImage({
  repository: "kodekloud/event-simulator",
  tags: ["latest"],
  sizeBytes: 30_000_000,
  entrypoint: ["/event-simulator"],
  shell: "busybox",
  files: [
    {
      path: "/event-simulator",
      *program(process) {
        const say = (level: string, event: string) =>
          `[${stamp(process).slice(0, 23).replace("T", " ").replace(".", ",")}] ${level} in event-simulator: ${event}\n`
        for (let count = 1; ; count++) {
          yield* process.print(
            say("INFO", `USER${1 + Math.floor(process.random() * 4)} ${EVENTS[Math.floor(process.random() * EVENTS.length)]}`),
          )
          if (count % 5 === 0)
            yield* process.print(say("WARNING", "USER5 Failed to Login as the account is locked due to MANY FAILED ATTEMPTS."))
          if (count % 8 === 0) yield* process.print(say("WARNING", "USER7 Order failed as the item is OUT OF STOCK."))
          yield* process.sleep(1_000)
        }
      },
    },
  ],
})

const helloKubernetes = server({
  repository: "paulbouwer/hello-kubernetes",
  tags: ["1.10", "1.*", "latest"],
  port: 8080,
  *answer(process) {
    const message = process.env.get("MESSAGE") ?? "Hello world!"
    return html(
      `<!DOCTYPE html>\n<html>\n<head><title>Hello Kubernetes!</title></head>\n<body>\n<div class="main">\n<div class="content">\n<div id="message">\n  ${message}\n</div>\n<div id="info">\n<table>\n<tr><th>namespace:</th><td>${process.env.get("KUBERNETES_NAMESPACE") ?? "-"}</td></tr>\n<tr><th>pod:</th><td>${process.env.get("KUBERNETES_POD_NAME") ?? process.hostname}</td></tr>\n<tr><th>node:</th><td>${process.env.get("KUBERNETES_NODE_NAME") ?? "-"} (Linux 6.8.0)</td></tr>\n</table>\n</div>\n</div>\n</div>\n</body>\n</html>\n`,
    )
  },
})

const kubia = server({
  repository: "luksa/kubia",
  tags: ["latest", "v1", "v2", "v3", "v4", "1.0", "1.1"],
  port: 8080,
  *answer(process, request) {
    yield* process.print(`Received request from ::ffff:${request.remoteAddress ?? ""}\n`)
    return text(`You've hit ${process.hostname}\n`)
  },
  greeting: () => "Kubia server starting...\n",
  sizeBytes: 250_000_000,
})

const podinfo = server({
  repository: "stefanprodan/podinfo",
  aliases: ["ghcr.io/stefanprodan/podinfo"],
  tags: ["latest", "6.*", "5.*"],
  port: 9898,
  *answer(process, request) {
    const [path] = request.path.split("?")
    if (path === "/healthz" || path === "/readyz") return json({ status: "OK" })
    if (path === "/version") return json({ commit: "fb3b01be30a3f353b221365cd3b4f9484a0885ea", version: "6.9.3" })
    if (path === "/env") return json([...process.env].map(([name, value]) => `${name}=${value}`))
    if (path.startsWith("/status/")) return json({ status: Number(path.slice(8)) }, Number(path.slice(8)) || 500)
    return json({
      hostname: process.hostname,
      version: "6.9.3",
      revision: "fb3b01be30a3f353b221365cd3b4f9484a0885ea",
      color: process.env.get("PODINFO_UI_COLOR") ?? "#34577c",
      message: process.env.get("PODINFO_UI_MESSAGE") ?? "greetings from podinfo v6.9.3",
      goos: "linux",
      goarch: "amd64",
      runtime: "go1.25.4",
      num_goroutine: "8",
      num_cpu: "2",
    })
  },
  greeting: (process) =>
    `{"level":"info","ts":"${stamp(process)}","caller":"podinfo/main.go:153","msg":"Starting podinfo","version":"6.9.3","port":"9898"}\n`,
})

const nginxHello = server({
  repository: "nginxdemos/hello",
  tags: ["latest", "plain-text", "0.*"],
  port: 80,
  *answer(process, request) {
    return text(
      `Server address: ${addressOf(process)}:80\nServer name: ${process.hostname}\nDate: ${stamp(process)}\nURI: ${request.path}\nRequest ID: ${Array.from({ length: 32 }, () => Math.floor(process.random() * 16).toString(16)).join("")}\n`,
    )
  },
})

const echoed = (process: Process, { method, path, headers, body, remoteAddress }: HttpRequest) => ({
  host: { hostname: (headers.host ?? "").split(":")[0], ip: `::ffff:${remoteAddress ?? ""}`, ips: [] },
  http: { method, baseUrl: "", originalUrl: path, protocol: "http" },
  request: {
    params: { "0": path.split("?")[0] },
    query: queryOf(path),
    cookies: {},
    body: body === undefined ? {} : bodyText(body),
    headers,
  },
  environment: { PATH: process.env.get("PATH") ?? "", HOSTNAME: process.hostname },
})

const echoServer = server({
  repository: "ealen/echo-server",
  aliases: ["jmalloc/echo-server"],
  tags: ["latest", "0.*"],
  port: 80,
  *answer(process, request) {
    return json(echoed(process, request))
  },
  greeting: () => "Listening on port 80.\n",
})

/** The parts of httpbin that look at a request. */
const httpbin = (repository: string, port: number): Image =>
  server({
    repository,
    tags: ["latest", "v2.*", "2.*"],
    port,
    *answer(process, request) {
      const [path] = request.path.split("?")
      const { method, headers } = request
      const url = `http://${headers.host ?? ""}${request.path}`
      const [, status] = /^\/status\/(\d+)$/.exec(path) ?? []
      if (status !== undefined) return text("", Number(status))
      const [, seconds] = /^\/delay\/(\d+)$/.exec(path) ?? []
      if (seconds !== undefined) yield* process.sleep(Math.min(10, Number(seconds)) * 1_000)
      if (path === "/headers") return json({ headers })
      if (path === "/ip") return json({ origin: request.remoteAddress ?? "" })
      if (path === "/user-agent") return json({ "user-agent": headers["user-agent"] ?? "" })
      if (path === "/hostname") return json({ hostname: process.hostname })
      if (path === "/uuid") return json({ uuid: `${Math.floor(process.random() * 1e9).toString(16)}-0000-4000-8000-000000000000` })
      if (
        seconds !== undefined ||
        ["/get", "/post", "/put", "/patch", "/delete", "/anything"].some((one) => path === one || path.startsWith("/anything/"))
      )
        return json({
          args: queryOf(request.path),
          headers,
          method,
          origin: request.remoteAddress ?? "",
          url,
          ...(request.body !== undefined && { data: bodyText(request.body) }),
        })
      return path === "/"
        ? html("<!DOCTYPE html>\n<html><head><title>httpbin</title></head><body><h1>httpbin</h1></body></html>\n")
        : json({ status_code: 404, error: "Not Found" }, 404)
    },
  })

const phpApache = defineImage({
  repository: "php",
  tags: ["apache", "8-apache", "8.*", "8", "latest", "7.*"],
  sizeBytes: 180_000_000,
  entrypoint: ["docker-php-entrypoint"],
  command: ["apache2-foreground"],
  exposes: [80],
  shell: "bash",
  idle: { memory: 20 * 1024 ** 2 },
  files: [
    { path: "/var/www/html" },
    {
      path: "/usr/local/bin/docker-php-entrypoint",
      program: serve({
        port: 80,
        *answer(process, { path }) {
          const file = `/var/www/html${path.split("?")[0].replace(/\/$/, "/index.html")}`
          return process.files.exists(file)
            ? html(process.files.readText(file))
            : {
                status: 403,
                headers: HTML,
                body: '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>403 Forbidden</title>\n</head><body>\n<h1>Forbidden</h1>\n<p>You don\'t have permission to access this resource.</p>\n</body></html>\n',
              }
        },
        greeting: (process) =>
          `AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using ${addressOf(process)}. Set the 'ServerName' directive globally to suppress this message\n`,
      }),
    },
  ],
})

/** Told what to run, or idle: images of tools and languages. */
const tools = (repository: string, tags: readonly string[], sizeBytes: number, command: readonly string[] = ["/bin/bash"]): Image =>
  defineImage({ repository, tags, sizeBytes, command, shell: "bash" })

const waits: Program = (process) => untilSignal(process, ["SIGTERM", "SIGINT"])

/** Servers whose own protocol lessons do not speak: they listen, and say so. */
const listener = (repository: string, tags: readonly string[], port: number, sizeBytes: number, greeting: string): Image =>
  defineImage({
    repository,
    tags,
    sizeBytes,
    entrypoint: ["/entrypoint"],
    exposes: [port],
    shell: "busybox",
    idle: { memory: 40 * 1024 ** 2 },
    files: [
      {
        path: "/entrypoint",
        *program(process) {
          process.network.serve(port, () => text(greeting, 200), { pid: process.pid })
          yield* process.error(greeting)
          return yield* waits(process)
        },
      },
    ],
  })

/** The artifact that Kubernetes' page on image volumes mounts: files, and nothing to run. */
const artifact = defineImage({
  repository: "quay.io/crio/artifact",
  tags: ["v1", "v2", "latest"],
  sizeBytes: 600,
  files: [
    { path: "/dir/file", content: "1\n" },
    { path: "/file", content: "2\n" },
  ],
})

export const courseApplications: readonly Image[] = [
  artifact,
  webappColor,
  simpleWebapp,
  eventSimulator,
  helloKubernetes,
  kubia,
  podinfo,
  nginxHello,
  echoServer,
  httpbin("kennethreitz/httpbin", 80),
  httpbin("mccutchen/go-httpbin", 8080),
  phpApache,
  tools("registry.k8s.io/e2e-test-images/jessie-dnsutils", ["1.3", "1.*"], 68_000_000, ["sleep", "infinity"]),
  tools("gcr.io/kubernetes-e2e-test-images/dnsutils", ["1.3", "1.*"], 68_000_000, ["sleep", "infinity"]),
  tools("golang", ["latest", "1.*", "alpine"], 310_000_000),
  tools("ruby", ["latest", "3.*", "alpine", "slim"], 390_000_000),
  tools("openjdk", ["17", "17-*", "11", "11-*", "21", "latest"], 240_000_000),
  tools("maven", ["latest", "3.*"], 290_000_000),
  tools("amazonlinux", ["2", "2023", "latest"], 62_000_000),
  tools("docker", ["latest", "dind", "2*", "cli"], 130_000_000, ["sh"]),
  tools("alpine/git", ["latest", "v2.*"], 23_000_000, ["git", "--help"]),
  listener(
    "haproxy",
    ["latest", "2.*", "3.*", "alpine", "lts"],
    80,
    41_000_000,
    "[NOTICE]   (1) : New worker (8) forked\n[NOTICE]   (1) : Loading success.\n",
  ),
  listener("caddy", ["latest", "2", "2.*", "alpine"], 80, 18_000_000, '{"level":"info","msg":"serving initial configuration"}\n'),
  listener("traefik", ["latest", "v3", "v3.*", "v2.*"], 80, 47_000_000, "404 page not found\n"),
  listener("adminer", ["latest", "4", "4.*", "5"], 8080, 46_000_000, "PHP 8.4.15 Development Server (http://[::]:8080) started\n"),
  listener(
    "phpmyadmin",
    ["latest", "5", "5.*"],
    80,
    190_000_000,
    "Apache/2.4.65 (Debian) PHP/8.3.28 configured -- resuming normal operations\n",
  ),
  listener("nats", ["latest", "2", "2.*", "alpine"], 4222, 7_000_000, "[1] [INF] Server is ready\n"),
  listener("hashicorp/consul", ["latest", "1.*"], 8500, 60_000_000, "==> Consul agent running!\n"),
  listener("hashicorp/vault", ["latest", "1.*"], 8200, 170_000_000, "==> Vault server started! Log data will stream in below:\n"),
  listener(
    "cassandra",
    ["latest", "3", "3.*", "4", "4.*", "5"],
    9042,
    120_000_000,
    "INFO  [main] CassandraDaemon.java - Startup complete\n",
  ),
  listener(
    "zookeeper",
    ["latest", "3.*"],
    2181,
    110_000_000,
    "INFO  [main:o.a.z.s.ServerCnxnFactory@169] - Using org.apache.zookeeper.server.NIOServerCnxnFactory as server connection factory\n",
  ),
  listener("elasticsearch", ["7.*", "8.*", "9.*"], 9200, 720_000_000, '{"log.level":"INFO","message":"started"}\n'),
  listener("kibana", ["7.*", "8.*", "9.*"], 5601, 450_000_000, "[INFO ][status] Kibana is now available\n"),
  listener(
    "quay.io/fluentd_elasticsearch/fluentd",
    ["v2.5.2", "v2.*", "v3.*", "v5.*", "latest"],
    24224,
    52_000_000,
    "[info]: #0 fluentd worker is now running worker=0\n",
  ),
  listener("fluent/fluent-bit", ["latest", "2.*", "3.*", "4.*"], 2020, 32_000_000, "[ info] [sp] stream processor started\n"),
]
