/** etcd: the store's member, with the data of its directory. */
import type { Component } from "@drydock/kubernetes"
import type { HttpResponse, Namespace, Process, TlsOptions } from "@drydock/machine"
import { defineImage, type ImageContext } from "../define-image.ts"
import { parseFlags } from "../flags.ts"
import { component } from "./component.ts"

const stamp = (process: Process): string => new Date(Math.floor(process.now())).toISOString()

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
  const clients = parseFlags(process.argv).get("listen-client-urls") ?? "http://localhost:2379"
  const running = cluster.startEtcd({ clients: clients.split(",").map((url) => url.replace(/\/$/, "")) })
  const peers = parseFlags(process.argv).get("listen-peer-urls") ?? "http://localhost:2380"
  for (const url of `${clients},${peers}`.split(",")) {
    const [, scheme, address, port] = /^(https?):\/\/([^:/]+):(\d+)/.exec(url) ?? []
    if (port === undefined) continue
    const health = () => ({ status: 200, headers: {}, body: '{"health":"true","reason":""}' })
    process.network.serve(
      Number(port),
      ({ path }) => (path === "/health" ? health() : { status: 404, headers: {}, body: "404 page not found\n" }),
      {
        address: address === "localhost" ? "127.0.0.1" : address,
        pid: process.pid,
        ...(scheme === "https" && { tls: shownFrom(process, `${peers.includes(url) ? "peer-" : ""}`) }),
      },
    )
  }
  return {
    ...running,
    stop() {
      running.stop()
      // The machine may be gone with its disk unmounted.
      if (files.exists(file)) files.write(file, cluster.etcd.snapshot(), { mode: 0o600 })
    },
  }
}

/** The certificates that its flags name, read when a client looks at them. `kind`: "" for clients, "peer-" for members. */
const shownFrom = (process: Process, kind: string): TlsOptions => {
  const flags = parseFlags(process.argv)
  const read = (name: string): string => {
    const path = flags.get(`${kind}${name}`)
    return path !== undefined && process.files.exists(path) ? process.files.readText(path) : ""
  }
  return {
    get certificate() {
      return read("cert-file")
    },
    key: "",
    get clientAuthority() {
      return read("trusted-ca-file")
    },
  }
}

/** What a client without etcd's own protocol sees of it. */
const serveClients = (process: Process, url: string): void => {
  const [, host, port] = /^https?:\/\/([\w.-]+):(\d+)/.exec(url) ?? []
  if (port === undefined) return
  process.network.serve(
    Number(port),
    ({ path }): HttpResponse => {
      const json = (value: unknown) => ({
        status: 200,
        headers: { "content-type": "application/json" },
        body: `${JSON.stringify(value)}\n`,
      })
      if (path === "/health") return json({ health: "true", reason: "" })
      if (path === "/version") return json({ etcdserver: "3.6.6", etcdcluster: "3.6.0", storage: "3.6.0" })
      if (path.startsWith("/grpc.health.v1.Health/Check"))
        return { status: 200, headers: { "content-type": "application/grpc", "grpc-status": "0" }, body: "SERVING" }
      return { status: 404, headers: {}, body: "404 page not found\n" }
    },
    { pid: process.pid, ...(host !== undefined && /^(127\.|localhost)/.test(host) && { address: "127.0.0.1" }) },
  )
}

export const etcd = defineImage({
  repository: "registry.k8s.io/etcd",
  tags: ["3.6.6-0", "3.*"],
  sizeBytes: 23_700_000,
  idle: { memory: 42 * 1024 ** 2, cpu: 18 },
  components: {
    "/usr/local/bin/etcd": ({ cluster }) =>
      component({
        start: function* (process, flags) {
          for (const name of ["cert-file", "key-file", "trusted-ca-file", "peer-cert-file", "peer-key-file", "peer-trusted-ca-file"]) {
            const path = flags.get(name)
            if (path === undefined || process.files.exists(path)) continue
            yield* process.error(
              `{"level":"fatal","ts":"${stamp(process)}","caller":"etcdmain/etcd.go:204","msg":"discovery failed","error":"open ${path}: no such file or directory","stacktrace":"go.etcd.io/etcd/server/v3/etcdmain.startEtcdOrProxyV2"}\n`,
            )
            return undefined
          }
          // Only on the control plane's own network is it the cluster's member; elsewhere it is a store of its own.
          const own = (process.network as Namespace).address !== cluster.options.apiServer.address
          if (!own) return startMember(process, cluster)
          for (const url of (flags.get("listen-client-urls") ?? "http://localhost:2379").split(",")) serveClients(process, url)
          return { name: "etcd", stop: () => {} }
        },
        port: 2381,
        host: "127.0.0.1",
        tls: false,
        settings: {
          known:
            /^(advertise-client-urls|cert-file|client-cert-auth|data-dir|experimental-.*|feature-gates|initial-.*|key-file|listen-.*|name|peer-.*|snapshot-count|trusted-ca-file|watch-progress-notify-interval|logger|log-level|quota-backend-bytes|auto-compaction-.*)$/,
        },
        greeting: (process) =>
          `{"level":"info","ts":"${stamp(process)}","caller":"etcdmain/etcd.go:64","msg":"Running: ","args":${JSON.stringify(process.argv)}}\n`,
      }),
  },
})
