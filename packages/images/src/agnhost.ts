/** agnhost: the test suites' many small servers in one image. As test/images/agnhost. */
import type { Program } from "@drydock/machine"
import { agnhostWebhook } from "./agnhost-webhook.ts"
import { defineImage } from "./define-image.ts"
import { parseFlags } from "./flags.ts"
import { serve, untilSignal } from "./serving.ts"

const flag = (argv: readonly string[], name: string, fallback: string): string => {
  const at = argv.indexOf(`--${name}`)
  return parseFlags(argv).get(name) === "true" && at >= 0 && argv[at + 1] && !argv[at + 1].startsWith("-")
    ? argv[at + 1]
    : (parseFlags(argv).get(name) ?? fallback)
}

const text = (body: string, status = 200) => ({ status, headers: { "content-type": "text/plain; charset=utf-8" }, body })

const netexec = serve({
  port: (process) => Number(flag(process.argv, "http-port", "8080")),
  greeting: (process) => `Started HTTP server on port ${flag(process.argv, "http-port", "8080")}\n`,
  *answer(process, request) {
    const [path, query = ""] = request.path.split("?")
    const value = (name: string) =>
      decodeURIComponent(new Map(query.split("&").map((pair) => pair.split("=") as [string, string])).get(name) ?? "")
    if (path === "/hostname" || path === "/hostName") return text(process.hostname)
    if (path === "/clientip") return text(`${request.remoteAddress ?? ""}:40000`)
    if (path === "/echo") return text(value("msg"))
    if (path === "/healthz") return text("")
    if (path === "/header") return text(request.headers[value("key").toLowerCase()] ?? "")
    return text(`NOW: ${new Date(Math.floor(process.now())).toISOString().replace("T", " ").replace("Z", "")} +0000 UTC m=+1.0`)
  },
})

const serveHostname = serve({
  port: (process) => Number(flag(process.argv, "port", "9376")),
  *answer(process) {
    return text(process.hostname)
  },
})

/** Healthy for ten seconds, then not. */
const liveness: Program = function* (process) {
  const begun = process.now()
  process.network.serve(
    8080,
    () => {
      const up = process.now() - begun
      return up > 10_000 ? text(`error: ${(up / 1_000).toFixed(6)}`, 500) : text("ok")
    },
    { pid: process.pid },
  )
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
}

/** The gRPC health service, and what switches it over HTTP. As test/images/agnhost/grpc-health-checking. */
const grpcHealth: Program = function* (process) {
  const { argv } = process
  const delay = Number(flag(argv, "delay-unhealthy-sec", "-1"))
  const begun = process.now()
  let serving = true
  const healthy = () => serving && (delay < 0 || process.now() - begun < delay * 1_000)
  const port = Number(flag(argv, "port", "5000"))
  const http = Number(flag(argv, "http-port", "8080"))
  const known = flag(argv, "service", "")
  process.network.serve(
    port,
    ({ path }) => {
      const service = path.split("service=")[1] ?? ""
      const answer = (status: string, body: string) => ({
        status: 200,
        headers: { "content-type": "application/grpc", "grpc-status": status },
        body,
      })
      if (!path.startsWith("/grpc.health.v1.Health/Check")) return answer("12", "unknown service")
      if (service !== "" && service !== known) return answer("5", "unknown service")
      return answer("0", healthy() ? "SERVING" : "NOT_SERVING")
    },
    { pid: process.pid },
  )
  process.network.serve(
    http,
    ({ path }) => {
      if (path === "/make-serving") serving = true
      else if (path === "/make-not-serving") serving = false
      else return text("404 page not found\n", 404)
      return text("")
    },
    { pid: process.pid },
  )
  yield* process.error(`Http server starting to listen on :${http}\ngRPC server starting to listen on :${port}\n`)
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
}

const SERVERS: Readonly<Record<string, Program>> = {
  netexec,
  "serve-hostname": serveHostname,
  liveness,
  webhook: agnhostWebhook,
  "grpc-health-checking": grpcHealth,
}

const program: Program = function* (process) {
  const [, command = "pause"] = process.argv
  if (Object.hasOwn(SERVERS, command)) return yield* SERVERS[command](process)
  if (command === "pause") {
    yield* process.print("Paused\n")
    return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
  }
  yield* process.error(`Error: unknown command ${JSON.stringify(command)} for "app"\nRun 'app --help' for usage.\n`)
  return 1
}

export const agnhost = defineImage({
  repository: "registry.k8s.io/e2e-test-images/agnhost",
  aliases: ["k8s.gcr.io/e2e-test-images/agnhost"],
  tags: ["2.*", "latest"],
  sizeBytes: 52_000_000,
  entrypoint: ["/agnhost"],
  command: ["pause"],
  idle: { memory: 6 * 1024 ** 2 },
  shell: "busybox",
  brings: ["curl", "dig", "host", "nc"],
  files: [
    { path: "/agnhost", program },
    {
      path: "/etc/passwd",
      content: "root:x:0:0:root:/root:/bin/bash\nuser-defined-in-image:x:1000:1000::/home/user-defined-in-image:/bin/bash\n",
    },
    { path: "/etc/group", content: "root:x:0:\nuser-defined-in-image:x:1000:\ngroup-defined-in-image:x:50000:user-defined-in-image\n" },
  ],
})
