/** `drydock cluster`: one simulated cluster whose API is served over TLS on 127.0.0.1 until SIGTERM. */
import { writeFileSync } from "node:fs"
import { createServer } from "node:https"
import { resolve } from "node:path"
import { serveApi, upgradeApi, type Door } from "@drydock/gateway"
import { createWorld } from "@drydock/world"
import { type Command, UsageError } from "./command.ts"
import { pace } from "./pacing.ts"

const number = (value: string | boolean | readonly string[] | undefined, name: string, fallback: number): number => {
  const parsed = value === undefined ? fallback : Number(value)
  if (!Number.isFinite(parsed) || parsed < 0) throw new UsageError(`--${name} takes a number, not "${String(value)}"`)
  return parsed
}

export const clusterCommand: Command = {
  name: "cluster",
  summary: "Runs one simulated cluster and serves its API over TLS on 127.0.0.1.",
  options: {
    nodes: { type: "string", value: "a,b,c", summary: "names of the nodes, the control plane first (default controlplane,node01)" },
    hollow: { type: "boolean", summary: "no workloads of its own; any image runs, without processes" },
    kubeconfig: { type: "string", value: "FILE", summary: "where to write the kubeconfig (default ./kubeconfig)" },
    port: { type: "string", value: "N", summary: "port (default: the cluster's own, or a free one)" },
    seed: { type: "string", value: "S", summary: "seed of the world (default drydock)" },
    speed: { type: "string", value: "X", summary: "virtual seconds a second (default 1)" },
  },
  async run({ options }) {
    const nodes = String(options.nodes ?? "controlplane,node01")
      .split(",")
      .map((name) => name.trim())
    const speed = number(options.speed, "speed", 1)
    if (speed === 0) throw new UsageError("--speed takes a number above 0")
    let world: ReturnType<typeof createWorld>
    try {
      world = createWorld({
        topology: { nodes, hollow: options.hollow === true },
        seed: String(options.seed ?? "drydock"),
        startedAt: Date.now(),
      })
    } catch (error) {
      throw new UsageError((error as Error).message)
    }
    world.boot()
    const { cluster } = world
    if (!cluster) throw new UsageError("this topology has no cluster")
    const { authority } = cluster
    const server = authority.issue({
      commonName: "kube-apiserver",
      usage: "server",
      names: ["localhost", "kubernetes", "kubernetes.default"],
      addresses: ["127.0.0.1"],
    })
    const client = authority.issue({ commonName: "kubernetes-admin", organizations: ["kubeadm:cluster-admins"], usage: "client" })
    const pacer = pace(world, speed)
    const door: Door = {
      handle(request, done) {
        const answer = cluster.handle(request)
        pacer.wake()
        if (answer.later) answer.later(done)
        else done(answer)
      },
      enter(work) {
        work()
        pacer.wake()
      },
    }
    const https = createServer(
      { key: server.key, cert: server.certificate, ca: [authority.certificate], requestCert: true, rejectUnauthorized: false },
      (request, response) => void serveApi(request, response, door).catch(() => response.destroy()),
    )
    https.on("upgrade", (request, socket, head) => upgradeApi(request, socket, head, door))
    const listen = (wanted: number) =>
      new Promise<number>((done, fail) => {
        https.once("error", fail)
        https.listen(wanted, "127.0.0.1", () => done((https.address() as { port: number }).port))
      })
    // The cluster's own port where nobody else has it.
    const port = await listen(number(options.port, "port", cluster.options.apiServer.port)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" && options.port === undefined) return listen(0)
      throw new UsageError(error.code === "EADDRINUSE" ? `port ${String(options.port)} is taken` : error.message)
    })
    const address = `https://127.0.0.1:${port}`
    const encode = (text: string) => Buffer.from(text).toString("base64")
    const file = resolve(String(options.kubeconfig ?? "kubeconfig"))
    try {
      writeFileSync(
        file,
        cluster.kubeconfig({ server: address, user: "kubernetes-admin", certificate: client.certificate, key: client.key, encode }),
        { mode: 0o600 },
      )
    } catch (error) {
      throw new UsageError(`cannot write ${file}: ${(error as NodeJS.ErrnoException).code}`)
    }
    process.stdout.write(`${JSON.stringify({ ready: true, server: address })}\n`)
    await new Promise<void>((done) => {
      process.once("SIGTERM", done)
      process.once("SIGINT", done)
    })
    pacer.stop()
    https.closeAllConnections()
    https.close()
    return 0
  },
}
