/** The control plane's images: their programs are the components. */
import type { ApiResponse, Component } from "@drydock/kubernetes"
import {
  bodyText,
  type Channels,
  type HttpBody,
  type HttpRequest,
  type HttpResponse,
  type HttpStream,
  type Process,
  type Program,
  type Steps,
  type WaitQueue,
} from "@drydock/machine"
import { defineImage, type ImageContext } from "./define-image.ts"
import { parseFlags } from "./flags.ts"
import { untilSignal } from "./serving.ts"

const VERSIONS = ["v1.35.6", "v1.35.*", "v1.34.*"]

/** klog's head: I0105 08:00:01.000000       1 file.go:1] */
const klog = (process: Process, level: "I" | "W" | "E" | "F", where: string, text: string): string => {
  const [, month, day, time] = /^\d+-(\d+)-(\d+)T([\d:.]+)Z$/.exec(new Date(Math.floor(process.now())).toISOString()) ?? []
  return `${level}${month}${day} ${time}000       1 ${where}] ${text}\n`
}

/** Refuses flags that the component does not have, as cobra does. */
function* checkFlags(process: Process, known: RegExp): Steps<boolean> {
  for (const name of parseFlags(process.argv).keys()) {
    if (known.test(name)) continue
    yield* process.error(`Error: unknown flag: --${name}\n`)
    return false
  }
  return true
}

/** Runs a component until the process ends, and serves its health on `port`. */
const component = (options: {
  start: (process: Process) => Component
  port: number
  host: string
  tls: boolean
  healthy?: () => boolean
  greeting: (process: Process) => string
  known: RegExp
}): Program =>
  function* (process) {
    if (!(yield* checkFlags(process, options.known))) return 1
    yield* process.error(options.greeting(process))
    const running = options.start(process)
    try {
      process.network.serve(
        options.port,
        () => ((options.healthy?.() ?? true) ? { status: 200, headers: {}, body: "ok" } : { status: 503, headers: {}, body: "not ready" }),
        {
          address: options.host,
          pid: process.pid,
          ...(options.tls && { tls: { certificate: "", key: "" } }),
        },
      )
      return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
    } finally {
      running.stop()
    }
  }

const apiStream = (answer: NonNullable<ApiResponse["stream"]>, queue: WaitQueue): HttpStream => {
  const chunks: (HttpBody | null)[] = []
  const stream: HttpStream = {
    tryTake: () => chunks.shift(),
    readQueue: queue,
    onReadable: undefined,
    cancel: () => answer.cancel(),
  }
  const add = (chunk: HttpBody | null) => {
    chunks.push(chunk)
    queue.wake()
    stream.onReadable?.()
  }
  answer.start(
    (frame) => add(typeof frame === "string" ? frame : { json: frame }),
    () => add(null),
  )
  return stream
}

const apiChannels = (upgrade: NonNullable<ApiResponse["upgrade"]>): Channels => {
  const channels: Channels = {
    send: (channel, data) => upgrade.receive(channel, data),
    end: (channel) => upgrade.receiveEnd(channel),
    close: () => upgrade.closed(),
    onMessage: undefined,
    onEnd: undefined,
    onClose: undefined,
  }
  // What comes before somebody listens is kept.
  const early: (() => void)[] = []
  const deliver = (work: () => void) => (channels.onMessage ? work() : early.push(work))
  let open = false
  Object.defineProperty(channels, "onMessage", {
    get: () => handler,
    set: (value: Channels["onMessage"]) => {
      handler = value
      for (const work of early.splice(0)) work()
      if (value && !open) {
        open = true
        upgrade.start(
          (channel, data) => deliver(() => handler?.(channel, data)),
          (channel) => channels.onEnd?.(channel),
          () => channels.onClose?.(),
        )
      }
    },
  })
  let handler: Channels["onMessage"]
  return channels
}

/** The API server's answer as HTTP on the simulated network. */
export const toHttp = (answer: ApiResponse, queue: WaitQueue): HttpResponse => {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, typeof value === "string" ? value : value.join(", ")]),
  )
  if (answer.upgrade) return { status: 101, headers, upgrade: apiChannels(answer.upgrade) }
  if (answer.stream) return { status: answer.status, headers, stream: apiStream(answer.stream, queue) }
  return {
    status: answer.status,
    headers,
    ...(answer.body !== undefined && {
      body: typeof answer.body === "string" || answer.body instanceof Uint8Array ? answer.body : { json: answer.body },
    }),
  }
}

/** Waits for an answer that comes later (a webhook's, an exec's, a ServiceAccount's). */
export function* settled(queue: WaitQueue, first: ApiResponse): Steps<ApiResponse> {
  let answer = first
  while (answer.later) {
    let given: ApiResponse | undefined
    answer.later((response) => {
      given = response
      queue.wake()
    })
    while (given === undefined) yield { queues: [queue] }
    answer = given
  }
  return answer
}

function* answerApi(process: Process, context: ImageContext, request: HttpRequest): Steps<HttpResponse> {
  const question = request.path.indexOf("?")
  const { body } = request
  const answer = yield* settled(
    process.queue(),
    context.cluster.handle({
      method: request.method,
      path: question < 0 ? request.path : request.path.slice(0, question),
      query: question < 0 ? "" : request.path.slice(question + 1),
      headers: request.headers,
      ...(body !== undefined && { body: typeof body === "string" || body instanceof Uint8Array ? bodyText(body) : body.json }),
      ...(request.clientCertificate && { clientCertificate: request.clientCertificate }),
      ...(request.remoteAddress && { remoteAddress: request.remoteAddress }),
      ...(request.span !== undefined && { span: request.span }),
    }),
  )
  return toHttp(answer, process.queue())
}

/** How long the API server tries to reach etcd before it gives up, ms. */
const ETCD_PATIENCE = 20_000

/** In the data directory while its member runs: the data is the store's. */
const LIVE = "live"

/** A member with the data of its directory: what it left there, a restored snapshot, or nothing. */
const startMember = (process: Process, cluster: ImageContext["cluster"]): Component => {
  const directory = parseFlags(process.argv).get("data-dir") ?? "/var/lib/etcd"
  const file = `${directory}/member/snap/db`
  const { files } = process
  const known = files.exists(file) ? files.readText(file) : undefined
  if (known !== undefined && known !== LIVE) cluster.restoreEtcd(known)
  else if (known === undefined && cluster.etcd.revision > 1) cluster.restoreEtcd(undefined)
  files.mkdir(`${directory}/member/snap`, { parents: true })
  files.mkdir(`${directory}/member/wal`, { parents: true })
  files.write(file, LIVE, { mode: 0o600 })
  const running = cluster.startEtcd()
  return {
    ...running,
    stop() {
      running.stop()
      // The machine may be gone with its disk unmounted.
      if (files.exists(file)) files.write(file, cluster.etcd.snapshot(), { mode: 0o600 })
    },
  }
}

export const etcd = defineImage({
  repository: "registry.k8s.io/etcd",
  tags: ["3.6.6-0", "3.*"],
  sizeBytes: 23_700_000,
  idle: { memory: 42 * 1024 ** 2, cpu: 18 },
  components: {
    "/usr/local/bin/etcd": ({ cluster }) =>
      component({
        start: (process) => startMember(process, cluster),
        port: 2381,
        host: "127.0.0.1",
        tls: false,
        known:
          /^(advertise-client-urls|cert-file|client-cert-auth|data-dir|experimental-.*|feature-gates|initial-.*|key-file|listen-.*|name|peer-.*|snapshot-count|trusted-ca-file|watch-progress-notify-interval|logger|log-level|quota-backend-bytes|auto-compaction-.*)$/,
        greeting: (process) =>
          `{"level":"info","ts":"${new Date(Math.floor(process.now())).toISOString()}","caller":"etcdmain/etcd.go:64","msg":"Running: ","args":${JSON.stringify(process.argv)}}\n`,
      }),
  },
})

export const kubeApiserver = defineImage({
  repository: "registry.k8s.io/kube-apiserver",
  tags: VERSIONS,
  sizeBytes: 27_500_000,
  idle: { memory: 210 * 1024 ** 2, cpu: 35 },
  components: {
    "/usr/local/bin/kube-apiserver": (context) =>
      function* (process) {
        const { cluster } = context
        const flags = parseFlags(process.argv)
        if (
          !(yield* checkFlags(
            process,
            /^(advertise-address|allow-privileged|anonymous-auth|api-audiences|audit-.*|authentication-.*|authorization-.*|bind-address|client-ca-file|cloud-.*|disable-admission-plugins|egress-.*|enable-.*|encryption-.*|etcd-.*|event-ttl|external-.*|feature-gates|goaway-chance|insecure-port|kubelet-.*|max-.*|min-request-timeout|oidc-.*|profiling|proxy-client-.*|request-timeout|requestheader-.*|runtime-config|secure-port|service-.*|shutdown-.*|storage-.*|tls-.*|v|watch-cache.*)$/,
          ))
        )
          return 1
        yield* process.error(
          klog(process, "I", "options.go:263", `external host was not specified, using ${flags.get("advertise-address") ?? ""}`),
        )
        yield* process.error(klog(process, "I", "server.go:150", `Version: ${cluster.options.version}`))
        const servers = (flags.get("etcd-servers") ?? "").split(",")
        const reachable = () => servers.some((server) => /^https:\/\/[\w.-]+:2379\/?$/.test(server)) && cluster.etcdRunning
        for (const given = ["client-ca-file", "tls-cert-file", "tls-private-key-file", "etcd-cafile"] as const; ; ) {
          const missing = given.find((name) => flags.has(name) && !process.files.exists(flags.get(name) as string))
          if (missing === undefined) break
          yield* process.error(`Error: open ${flags.get(missing)}: no such file or directory\n`)
          return 1
        }
        const deadline = process.now() + ETCD_PATIENCE
        while (!reachable()) {
          if (process.now() >= deadline) {
            yield* process.error(
              klog(process, "F", "instance.go:233", "Error creating leases: error creating storage factory: context deadline exceeded"),
            )
            return 1
          }
          yield* process.error(
            klog(
              process,
              "W",
              "logging.go:55",
              `[core] [Channel #1 SubChannel #2]grpc: addrConn.createTransport failed to connect to {Addr: "${(servers[0] ?? "").replace(/^https?:\/\//, "")}"}. Err: connection error: desc = "transport: Error while dialing: dial tcp ${(servers[0] ?? "").replace(/^https?:\/\//, "")}: connect: connection refused"`,
            ),
          )
          yield* process.sleep(1_000)
        }
        const running = cluster.startApiServer({
          runtimeConfig: flags.get("runtime-config") ?? "",
          featureGates: flags.get("feature-gates") ?? "",
          disabledPlugins: flags.get("disable-admission-plugins") ?? "",
        })
        try {
          const certificate = flags.get("tls-cert-file")
          process.network.serve(Number(flags.get("secure-port") ?? 6443), (request) => answerApi(process, context, request), {
            pid: process.pid,
            tls: { certificate: certificate && process.files.exists(certificate) ? process.files.readText(certificate) : "", key: "" },
          })
          yield* process.error(
            klog(process, "I", "secure_serving.go:211", `Serving securely on [::]:${flags.get("secure-port") ?? "6443"}`),
          )
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})

export const kubeControllerManager = defineImage({
  repository: "registry.k8s.io/kube-controller-manager",
  tags: VERSIONS,
  sizeBytes: 23_100_000,
  idle: { memory: 48 * 1024 ** 2, cpu: 10 },
  components: {
    "/usr/local/bin/kube-controller-manager": ({ cluster, node }) =>
      component({
        start: (process) =>
          cluster.startControllerManager(
            node,
            new Set(
              (parseFlags(process.argv).get("controllers") ?? "")
                .split(",")
                .filter((name) => name.startsWith("-"))
                .map((name) => name.slice(1)),
            ),
          ),
        port: 10_257,
        host: "127.0.0.1",
        tls: true,
        known:
          /^(allocate-node-cidrs|authentication-.*|authorization-.*|bind-address|client-ca-file|cluster-.*|concurrent-.*|configure-.*|controllers|feature-gates|horizontal-.*|kube-api-.*|kubeconfig|leader-.*|node-.*|pod-eviction-timeout|profiling|requestheader-.*|root-ca-file|secure-port|service-.*|terminated-.*|tls-.*|use-service-account-credentials|v)$/,
        greeting: (process) =>
          klog(process, "I", "serving.go:386", "Generated self-signed cert in-memory") +
          klog(process, "I", "controllermanager.go:189", `"Starting" version="${cluster.options.version}"`) +
          klog(process, "I", "leaderelection.go:257", "attempting to acquire leader lease kube-system/kube-controller-manager..."),
      }),
  },
})

export const kubeScheduler = defineImage({
  repository: "registry.k8s.io/kube-scheduler",
  tags: VERSIONS,
  sizeBytes: 17_200_000,
  idle: { memory: 22 * 1024 ** 2, cpu: 3 },
  components: {
    "/usr/local/bin/kube-scheduler": ({ cluster, node }) =>
      component({
        start: () => cluster.startScheduler(node),
        port: 10_259,
        host: "127.0.0.1",
        tls: true,
        known:
          /^(authentication-.*|authorization-.*|bind-address|client-ca-file|config|feature-gates|kube-api-.*|kubeconfig|leader-.*|profiling|requestheader-.*|secure-port|tls-.*|v)$/,
        greeting: (process) =>
          klog(process, "I", "server.go:176", `"Starting Kubernetes Scheduler" version="${cluster.options.version}"`) +
          klog(process, "I", "leaderelection.go:257", "attempting to acquire leader lease kube-system/kube-scheduler..."),
      }),
  },
})

export const kubeProxy = defineImage({
  repository: "registry.k8s.io/kube-proxy",
  tags: VERSIONS,
  sizeBytes: 25_700_000,
  idle: { memory: 15 * 1024 ** 2, cpu: 1 },
  components: {
    "/usr/local/bin/kube-proxy": ({ startKubeProxy }) =>
      function* (process) {
        yield* process.error(klog(process, "I", "server_linux.go:136", '"Using iptables Proxier"'))
        const running = startKubeProxy()
        try {
          return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
        } finally {
          running.stop()
        }
      },
  },
})
