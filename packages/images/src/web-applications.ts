/** The small applications that tutorials deploy: each says who answers. */
import type { HttpRequest, Process, Program } from "@drydock/machine"
import { bodyText } from "@drydock/machine"
import { defineImage, type Image } from "./define-image.ts"
import { parseFlags } from "./flags.ts"
import { type Answer, serve } from "./serving.ts"

const addressOf = (process: Process): string => process.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"
const TEXT = { "content-type": "text/plain; charset=utf-8" }
const text = (body: string, status = 200) => ({ status, headers: TEXT, body })

/** An image that is one web server. */
const server = (options: {
  repository: string
  tags: readonly string[]
  sizeBytes: number
  path: string
  port: number | ((process: Process) => number)
  answer: Answer
  aliases?: readonly string[]
  greeting?: (process: Process) => string
  shell?: "bash" | "busybox"
  env?: Readonly<Record<string, string>>
  versionEnv?: string
  user?: number
  arguments?: readonly string[]
  memory?: number
}): Image =>
  defineImage({
    repository: options.repository,
    ...(options.aliases && { aliases: options.aliases }),
    tags: options.tags,
    sizeBytes: options.sizeBytes,
    entrypoint: [options.path],
    ...(options.arguments && { command: options.arguments }),
    ...(options.env && { env: options.env }),
    ...(options.versionEnv && { versionEnv: options.versionEnv }),
    ...(options.user !== undefined && { user: options.user }),
    ...(options.shell && { shell: options.shell }),
    idle: { memory: options.memory ?? 4 * 1024 ** 2 },
    exposes: typeof options.port === "number" ? [options.port] : [],
    files: [
      {
        path: options.path,
        program: serve({ port: options.port, answer: options.answer, ...(options.greeting && { greeting: options.greeting }) }),
      },
    ],
  })

const goTime = (process: Process): string =>
  new Date(Math.floor(process.now())).toISOString().slice(0, 19).replaceAll("-", "/").replace("T", " ")

/** hello-app 1.0 and 2.0: "Hello, world!", version and host. */
const helloApp = server({
  repository: "gcr.io/google-samples/hello-app",
  aliases: ["us-docker.pkg.dev/google-samples/containers/gke/hello-app"],
  tags: ["1.0", "2.0"],
  sizeBytes: 11_500_000,
  path: "/hello-app",
  port: (process) => Number(process.env.get("PORT") ?? 8080),
  env: { APP_VERSION: "1.0" },
  versionEnv: "APP_VERSION",
  greeting: (process) => `${goTime(process)} Server listening on port ${process.env.get("PORT") ?? 8080}\n`,
  *answer(process, { path }) {
    yield* process.error(`${goTime(process)} Serving request: ${path}\n`)
    return text(`Hello, world!\nVersion: ${process.env.get("APP_VERSION") ?? "1.0"}.0\nHostname: ${process.hostname}\n`)
  },
})

/** hello-go-gke and node-hello, the backends of the access-an-application tasks. */
const helloBackends = [
  server({
    repository: "gcr.io/google-samples/hello-go-gke",
    tags: ["1.0"],
    sizeBytes: 4_000_000,
    path: "/usr/bin/hello",
    port: 80,
    *answer() {
      return { status: 200, headers: { "content-type": "application/json" }, body: '{"message":"Hello"}\n' }
    },
  }),
  server({
    repository: "gcr.io/google-samples/node-hello",
    aliases: ["us-docker.pkg.dev/google-samples/containers/gke/node-hello"],
    tags: ["1.0", "latest"],
    sizeBytes: 260_000_000,
    path: "/usr/local/bin/server",
    port: 8080,
    shell: "bash",
    *answer() {
      return text("Hello Kubernetes!")
    },
  }),
]

/** The tutorial's frontend: nginx in front of the service "hello". */
const helloFrontend = server({
  repository: "gcr.io/google-samples/hello-frontend",
  tags: ["1.0"],
  sizeBytes: 57_000_000,
  path: "/usr/sbin/nginx",
  port: 80,
  shell: "bash",
  *answer(process, request) {
    const [record] = yield* process.network.lookup("hello")
    if (!record) return { status: 502, headers: { "content-type": "text/html" }, body: "<html><body>502 Bad Gateway</body></html>\n" }
    return yield* process.network.request(record.value, 80, { ...request, headers: { ...request.headers, host: "hello" } })
  },
})

const requestLines = (request: HttpRequest): string =>
  Object.entries(request.headers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `\t${name}=${value}\n`)
    .join("")

const echoserver = server({
  repository: "registry.k8s.io/echoserver",
  aliases: [
    "k8s.gcr.io/echoserver",
    "gcr.io/google_containers/echoserver",
    "gcr.io/k8s-minikube/echoserver",
    "registry.k8s.io/e2e-test-images/echoserver",
  ],
  tags: ["1.10", "1.4", "1.8", "2.*", "latest"],
  sizeBytes: 43_000_000,
  path: "/usr/local/bin/run.sh",
  port: 8080,
  shell: "bash",
  greeting: () => "Generating self-signed cert\nStarting nginx\n",
  *answer(process, request) {
    const body = bodyText(request.body)
    return text(
      `\n\nHostname: ${process.hostname}\n\nPod Information:\n\t-no pod information available-\n\nServer values:\n\tserver_version=nginx: 1.13.3 - lua: 10008\n\nRequest Information:\n\tclient_address=${request.remoteAddress ?? ""}\n\tmethod=${request.method}\n\treal path=${request.path}\n\tquery=${request.path.split("?")[1] ?? ""}\n\trequest_version=1.1\n\trequest_scheme=http\n\trequest_uri=http://${request.headers.host ?? ""}:8080${request.path}\n\nRequest Headers:\n${requestLines(request)}\nRequest Body:\n\t${body === "" ? "-no body in request-" : body}\n\n`,
    )
  },
})

const httpEcho = server({
  repository: "hashicorp/http-echo",
  tags: ["latest", "1.*", "0.2*"],
  sizeBytes: 3_400_000,
  path: "/http-echo",
  port: (process) => Number((parseFlags(process.argv).get("listen") ?? ":5678").split(":").at(-1)),
  user: 65_532,
  greeting: (process) => `${goTime(process)} [INFO] server is listening on ${parseFlags(process.argv).get("listen") ?? ":5678"}\n`,
  *answer(process, { path, method }) {
    yield* process.print(`${goTime(process)} ${process.hostname} "${method} ${path} HTTP/1.1" 200\n`)
    return text(`${(parseFlags(process.argv).get("text") ?? process.env.get("ECHO_TEXT") ?? "hello-world").replace(/^"(.*)"$/, "$1")}\n`)
  },
})

const whoami = server({
  repository: "traefik/whoami",
  aliases: ["containous/whoami"],
  tags: ["latest", "v1*"],
  sizeBytes: 3_000_000,
  path: "/whoami",
  port: (process) => Number(parseFlags(process.argv).get("port") ?? process.env.get("WHOAMI_PORT_NUMBER") ?? 80),
  greeting: (process) => `${goTime(process)} Starting up on port 80\n`,
  *answer(process, request) {
    const headers = Object.entries(request.headers).filter(([name]) => name !== "host")
    const shown = headers.map(([name, value]) => `${name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}: ${value}\n`).join("")
    return text(
      `Hostname: ${process.hostname}\nIP: 127.0.0.1\nIP: ::1\nIP: ${addressOf(process)}\nRemoteAddr: ${request.remoteAddress ?? ""}:44016\n${request.method} ${request.path} HTTP/1.1\nHost: ${request.headers.host ?? ""}\n${shown}\n`,
    )
  },
})

const serveHostname = server({
  repository: "registry.k8s.io/serve_hostname",
  aliases: ["k8s.gcr.io/serve_hostname", "registry.k8s.io/e2e-test-images/serve_hostname"],
  tags: ["latest", "1.*", "v1.*"],
  sizeBytes: 4_000_000,
  path: "/serve_hostname",
  port: 9376,
  *answer(process) {
    return text(process.hostname)
  },
})

/** goproxy: accepts connections on 8080, which is all that TCP probes ask. */
const goproxy = server({
  repository: "registry.k8s.io/goproxy",
  aliases: ["k8s.gcr.io/goproxy"],
  tags: ["0.1"],
  sizeBytes: 1_600_000,
  path: "/goproxy",
  port: 8080,
  *answer() {
    return text("This is a proxy server. Does not respond to non-proxy requests.\n", 500)
  },
})

/** hpa-example: every request costs CPU time. */
const hpaExample = server({
  repository: "registry.k8s.io/hpa-example",
  aliases: ["k8s.gcr.io/hpa-example", "gcr.io/google_containers/hpa-example"],
  tags: ["latest"],
  sizeBytes: 176_000_000,
  path: "/usr/local/bin/apache2-foreground",
  port: 80,
  shell: "bash",
  memory: 10 * 1024 ** 2,
  *answer(process) {
    yield* process.compute(20)
    return {
      status: 200,
      headers: { "content-type": "text/html; charset=UTF-8", server: "Apache/2.4.10 (Debian)", "x-powered-by": "PHP/5.6.14" },
      body: "OK!",
    }
  },
})

/** liveness test server: healthy for ten seconds, then not. */
const liveness = server({
  repository: "registry.k8s.io/e2e-test-images/liveness",
  aliases: ["registry.k8s.io/liveness", "k8s.gcr.io/liveness"],
  tags: ["latest", "1.*"],
  sizeBytes: 4_000_000,
  path: "/server",
  port: 8080,
  *answer(process) {
    const up = process.now() - (process.processes().find(({ pid }) => pid === process.pid)?.startedAt ?? process.now())
    return up > 10_000 ? text(`error: ${(up / 1_000).toFixed(6)}`, 500) : text("ok")
  },
})

const simple = (
  repository: string,
  tags: readonly string[],
  port: number,
  body: (process: Process) => string,
  sizeBytes: number,
  memory: number,
): Image =>
  server({
    repository,
    tags,
    sizeBytes,
    path: `/usr/local/bin/${repository.split("/").at(-1)}`,
    port,
    shell: "bash",
    memory,
    *answer(process) {
      return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: body(process) }
    },
  })

const page = (title: string) => () =>
  `<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`
const MB = 1024 ** 2

/** Larger applications, as far as a cluster sees them: they start, listen and answer. */
const listening: readonly Image[] = [
  simple("wordpress", ["latest", "6*", "5*", "4*", "php*", "apache"], 80, page("WordPress &rsaquo; Installation"), 230 * MB, 60 * MB),
  simple("tomcat", ["latest", "11*", "10*", "9*", "8*"], 8080, page("Apache Tomcat"), 200 * MB, 90 * MB),
  simple("ghost", ["latest", "6*", "5*", "4*"], 2368, page("Ghost"), 170 * MB, 120 * MB),
  simple("grafana/grafana", ["latest", "12*", "11*", "10*", "9*"], 3000, page("Grafana"), 190 * MB, 80 * MB),
  simple(
    "prom/prometheus",
    ["latest", "v3*", "v2*"],
    9090,
    page("Prometheus Time Series Collection and Processing Server"),
    110 * MB,
    60 * MB,
  ),
  simple(
    "prom/node-exporter",
    ["latest", "v1*"],
    9100,
    () => "# HELP node_load1 1m load average.\n# TYPE node_load1 gauge\nnode_load1 0.1\n",
    12 * MB,
    12 * MB,
  ),
  simple("registry", ["latest", "3*", "2*"], 5000, () => "{}", 10 * MB, 8 * MB),
  simple("dockersamples/visualizer", ["latest", "stable"], 8080, page("Visualizer"), 60 * MB, 40 * MB),
  simple("us-docker.pkg.dev/google-samples/containers/gke/gb-frontend", ["v5", "v6"], 80, page("Guestbook"), 165 * MB, 20 * MB),
  simple("gcr.io/google-samples/gb-frontend", ["v4", "v5", "v6"], 80, page("Guestbook"), 165 * MB, 20 * MB),
  simple("quay.io/eduk8s-labs/app-k8s-fundamentals-frontend", ["latest", "*"], 8080, page("Blog"), 300 * MB, 60 * MB),
  simple("ajeetraina/todo", ["latest"], 3000, page("Todo App"), 200 * MB, 30 * MB),
  simple("jenkins/jenkins", ["latest", "lts*", "2*"], 8080, page("Dashboard [Jenkins]"), 300 * MB, 400 * MB),
  simple("rabbitmq", ["latest", "4*", "3*", "management"], 5672, () => "AMQP\u0000\u0000\u0009\u0001", 110 * MB, 120 * MB),
  simple("minio/minio", ["latest", "RELEASE*"], 9000, page("MinIO"), 70 * MB, 90 * MB),
]

const greet = (message: string): Program =>
  function* (process) {
    yield* process.print(message)
    return 0
  }

const HELLO_WORLD = `
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.

To try something more ambitious, you can run an Ubuntu container with:
 $ docker run -it ubuntu bash

Share images, automate workflows, and more with a free Docker ID:
 https://hub.docker.com/

For more examples and ideas, visit:
 https://docs.docker.com/get-started/

`

const helloWorld = defineImage({
  repository: "hello-world",
  tags: ["latest", "linux"],
  sizeBytes: 2_400,
  command: ["/hello"],
  files: [{ path: "/hello", program: greet(HELLO_WORLD) }],
})

/** fluentd: takes records over HTTP on the ports that its sources name. */
const fluentd = server({
  repository: "fluent/fluentd",
  aliases: ["fluentd"],
  tags: ["latest", "v1*", "edge*"],
  sizeBytes: 50 * MB,
  path: "/bin/entrypoint.sh",
  shell: "bash",
  memory: 70 * MB,
  port(process) {
    const directory = "/fluentd/etc"
    const files = process.files.exists(directory) ? process.files.list(directory).filter(({ name }) => name.endsWith(".conf")) : []
    const ports = files.map(({ name }) => /^\s*port\s+(\d+)/m.exec(process.files.readText(`${directory}/${name}`))?.[1])
    return Number(ports.find((port) => port !== undefined) ?? 24_224)
  },
  *answer(_, request) {
    return request.method === "POST" ? text("") : text("400 Bad Request\n'json' or 'msgpack' parameter is required\n", 400)
  },
})

export const webApplications: readonly Image[] = [
  helloApp,
  ...helloBackends,
  helloFrontend,
  echoserver,
  httpEcho,
  whoami,
  serveHostname,
  hpaExample,
  goproxy,
  liveness,
  ...listening,
  fluentd,
  helloWorld,
]
