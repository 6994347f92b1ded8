/** One simulated cluster with both kubectls before it: the world's own, and the real one, which comes in over TLS and believes to be on the same machine. */
import { execFile } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { createServer as createProxy, type Server } from "node:http"
import { createServer as createApi } from "node:https"
import type { AddressInfo, Socket } from "node:net"
import { dirname, join } from "node:path"
import type { ApiResponse } from "@drydock/kubernetes"
import { createWorld, type ScriptResult, type World } from "@drydock/world"
import { type Door, serveApi, upgradeApi } from "../../packages/gateway/src/index.ts"

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

export interface Pair {
  readonly world: World
  /** Where both work. */
  readonly directory: string
  /** Runs a line of bash in the world. */
  own(line: string): Outcome
  /** Runs the same line of bash on this machine, with the real kubectl first on the PATH. */
  real(line: string): Promise<Outcome>
  /** Both see this file in the directory they work in. */
  place(name: string, content: string, mode?: number): void
  /** The virtual clock up to the wall's, if it is behind. */
  catchUp(): void
  /** Resolves when the wall's clock has reached the virtual one: commands of the world take virtual time. */
  clocksAgree(): Promise<void>
  close(): void
}

/** Where the API server of the first machine listens. */
const ADDRESS = "172.30.1.2"
const LIMIT_MS = 20_000
const TURN_MS = 10

export interface PairOptions {
  /** Path of the real kubectl. */
  readonly binary: string
  /** A directory of this machine, empty; in the world its name is the same. */
  readonly directory: string
  /** ms since the epoch */
  readonly startedAt: number
  readonly seed: string
}

export const pairOf = async ({ binary, directory, startedAt, seed }: PairOptions): Promise<Pair> => {
  const world = createWorld({ topology: "kubeadm-2nodes", seed, startedAt })
  world.boot()
  const { cluster } = world
  const [machine] = world.machines.values()
  if (!cluster) throw new Error("the topology has no cluster")
  machine.files.mkdir(directory, { parents: true })

  // What is put off (a watch, a log that is followed, exec) goes on as the wall's clock does.
  const turn = () => {
    const now = Date.now()
    if (world.sim.now() < now) world.run({ until: now, events: 20_000 })
  }
  let waiting = 0
  const timer = setInterval(() => {
    if (waiting > 0) world.run({ until: Math.max(world.sim.now() + TURN_MS, Date.now()), events: 20_000 })
  }, TURN_MS)
  const door: Door = {
    handle(request, done) {
      const answer = cluster.handle(request)
      if (!answer.later) return done(answer)
      waiting++
      answer.later((given: ApiResponse) => {
        waiting--
        done(given)
      })
    },
    enter(work) {
      work()
      world.run({ until: world.sim.now() + 1, events: 20_000 })
    },
  }
  const server = cluster.authority.issue({
    commonName: "kube-apiserver",
    usage: "server",
    names: ["kubernetes", "kubernetes.default"],
    addresses: [ADDRESS],
  })
  const https = createApi(
    { key: server.key, cert: server.certificate, ca: [cluster.authority.certificate], requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      waiting++
      response.on("close", () => waiting--)
      void serveApi(request, response, door).catch(() => response.destroy())
    },
  )
  https.on("upgrade", (request, socket, head) => {
    waiting++
    socket.on("close", () => waiting--)
    upgradeApi(request, socket, head, door)
  })
  const sockets = new Set<Socket>()
  const proxy: Server = createProxy((_, response) => void response.writeHead(405).end())
  proxy.on("connect", (request, socket: Socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
    if (request.url !== `${ADDRESS}:6443`) return void socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n")
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
    https.emit("connection", socket)
  })
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done))

  const home = join(directory, ".kube")
  mkdirSync(home, { recursive: true })
  machine.files.mkdir(home, { parents: true })
  const place = (name: string, content: string, mode = 0o644) => {
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    machine.files.mkdir(dirname(path), { parents: true })
    writeFileSync(path, content, { mode })
    machine.files.write(path, content, { mode })
  }
  place(".kube/config", machine.files.readText("/root/.kube/config"), 0o600)

  const env = {
    PATH: `${dirname(binary)}:${directory}/plugins:/usr/local/bin:/usr/bin:/bin`,
    HOME: directory,
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    LANG: "C.UTF-8",
    TZ: "UTC",
    TERM: "dumb",
    GOMAXPROCS: "2",
    GOGC: "400",
  }
  const head = `export HOME=${directory} TZ=UTC TERM=dumb PATH=${directory}/plugins:$PATH\n`
  return {
    world,
    directory,
    place,
    catchUp: turn,
    clocksAgree: () => new Promise((done) => setTimeout(done, Math.max(0, world.sim.now() - Date.now()))),
    own(line) {
      let result: ScriptResult | undefined
      world.script({ script: head + line, directory, stdin: "", timeout: LIMIT_MS }, (given) => {
        result = given
      })
      for (let strides = 0; !result && strides < 10_000; strides++)
        world.run({ until: world.sim.now() + 1_000, stop: () => result !== undefined })
      const { stdout = "", stderr = "", exit = 124, timedOut = true } = result ?? {}
      return { stdout, stderr, exit: timedOut ? 124 : exit }
    },
    real: (line) =>
      new Promise((done) => {
        const child = execFile(
          "/bin/bash",
          ["-c", line],
          { env, cwd: directory, timeout: LIMIT_MS, maxBuffer: 1 << 26 },
          (failure, stdout, stderr) => {
            const code = (failure as NodeJS.ErrnoException | null)?.code
            done({ stdout, stderr, exit: failure ? (failure.killed ? 124 : Number(code ?? 1)) : 0 })
          },
        )
        child.stdin?.on("error", () => {})
        child.stdin?.end()
      }),
    close() {
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      proxy.close()
      https.close()
    },
  }
}
