/** The lab server's HTTP face: health, learners' websockets, and the clusters' Kubernetes APIs for outside clients. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { serveApi, upgradeApi } from "@drydock/gateway"
import { CLOSE } from "@drydock/protocol"
import { WebSocketServer } from "ws"
import { GRADE_PATH, GradingDoor } from "../grading/door.ts"
import { type GradingThread, GradingThreads } from "../grading/threads.ts"
import { PREVIEW_PATH } from "../preview/address.ts"
import { PreviewDoor } from "../preview/door.ts"
import { STUDIO_PATH, StudioDoor } from "../studio/door.ts"
import type { FrontSession } from "./front-session.ts"
import { LearnerSocket } from "./learner-socket.ts"
import { SessionRefused, Sessions, type SessionsOptions } from "./sessions.ts"

/** Larger frames than the protocol allows are answered with an error up to here; beyond, the socket is closed (1009). */
const MAX_PAYLOAD = 1024 * 1024
/** How long a redeemed address of an API is believed, ms. */
const TOKEN_MS = 5_000
const MAX_TOKENS = 2_000

const API = /^\/k8s\/([^/?]+)/

export interface LabServer {
  readonly port: number
  readonly sessions: Sessions
  /** Flushes logs, releases leases, closes sockets. */
  close(): Promise<void>
}

export interface LabServerOptions extends SessionsOptions {
  run: string
  host: string
  port: number
  /** Makes a thread that grades submissions. */
  spawnGrading: () => GradingThread
  /** Wall ms that grading one submission may take; default 30 s. */
  gradingLimit?: number
  /** Wall ms that a page waits for what listens inside; default 20 s. */
  previewPatience?: number
  /** Wall ms that testing one lesson may take; default 2 min. */
  testLimit?: number
}

/** Submissions that may wait to be graded. */
const GRADING_QUEUE = 400

/** Sessions by the secrets in their addresses, believed for a while. */
class Addresses {
  readonly #known = new Map<string, { session: string; until: number }>()
  readonly #redeem: (token: string) => Promise<{ session: string } | undefined>

  constructor(redeem: (token: string) => Promise<{ session: string } | undefined>) {
    this.#redeem = redeem
  }

  async sessionOf(token: string): Promise<string | undefined> {
    const now = performance.now()
    const known = this.#known.get(token)
    if (known && known.until > now) return known.session
    const redeemed = await this.#redeem(token)
    this.#known.delete(token)
    if (!redeemed) return undefined
    this.#known.set(token, { session: redeemed.session, until: now + TOKEN_MS })
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_TOKENS) this.#known.delete(oldest)
    return redeemed.session
  }
}

const status = (code: number, reason: string, message: string) =>
  `${JSON.stringify({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code })}\n`

const NO_SUCH_CLUSTER = status(
  401,
  "Unauthorized",
  "this address of a lab's cluster is not valid (any more); download the kubeconfig again",
)

export const startLabServer = async (options: LabServerOptions): Promise<LabServer> => {
  const { repositories, warn } = options
  const sessions = new Sessions(options)
  const clusters = new Addresses((token) => repositories.tickets.redeemApiToken(token))
  const previews = new Addresses((token) => repositories.tickets.redeemPreviewToken(token))
  const grading = new GradingThreads({
    spawn: options.spawnGrading,
    // Learners' worlds come first: half the cores at most.
    most: Math.max(1, Math.floor(options.workers / 2)),
    limit: options.gradingLimit ?? 30_000,
    queue: GRADING_QUEUE,
  })
  const door = new GradingDoor(repositories, grading)
  const studio = new StudioDoor(repositories, grading, options.testLimit)
  const learners = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD })

  const sessionAt = async (addresses: Addresses, token: string): Promise<FrontSession | undefined> => {
    const id = await addresses.sessionOf(token)
    if (id === undefined) return undefined
    const session = await sessions.acquire(id)
    await session.ready()
    session.idleSince = performance.now()
    return session
  }
  const preview = new PreviewDoor(async (token) => (await sessionAt(previews, token))?.calls, options.previewPatience)

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "/"
    const json = { "content-type": "application/json" }
    if (path === "/lab/health") {
      const { workers, perWorker } = options
      const full = { run: options.run, sessions: sessions.size, room: workers * perWorker, workers, memory: process.memoryUsage.rss() }
      return void response.writeHead(200, json).end(JSON.stringify(full))
    }
    if (path.startsWith(STUDIO_PATH)) return studio.answer(request, response)
    if (path.startsWith(GRADE_PATH)) return door.answer(request, response)
    if (path.startsWith(PREVIEW_PATH)) return preview.answer(request, response)
    const api = API.exec(path)
    if (!api) return void response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("404 page not found\n")
    let session: FrontSession | undefined
    try {
      session = await sessionAt(clusters, api[1])
    } catch (error) {
      return void response.writeHead(503, json).end(status(503, "ServiceUnavailable", (error as Error).message))
    }
    if (!session) return void response.writeHead(401, json).end(NO_SUCH_CLUSTER)
    await serveApi(request, response, session.calls, { prefix: api[0] })
  }

  const refuseUpgrade = (socket: Duplex, code: number, body: string) =>
    socket.end(
      `HTTP/1.1 ${code} ${code === 401 ? "Unauthorized" : "Error"}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    )

  /** The websocket is there before its ticket is looked at: only so can the browser be told why it is closed. */
  const welcome = async (socket: LearnerSocket, ticket: string): Promise<void> => {
    try {
      const redeemed = ticket === "" ? undefined : await repositories.tickets.redeem(ticket)
      if (!redeemed) throw new SessionRefused(CLOSE.ticket, "This ticket is not valid (any more). Reload the page.")
      socket.send({ type: "preparing", step: "finding your lab", done: 0 })
      const session = await sessions.acquire(redeemed.session, () =>
        socket.send({ type: "preparing", step: "waiting for the server that had your lab", done: 0 }),
      )
      if (redeemed.watching) {
        const teacher = await repositories.people.get(redeemed.userId)
        return session.add(socket, { id: redeemed.userId, name: teacher?.name ?? "A teacher" })
      }
      if (session.row.userId !== redeemed.userId) await session.readOwner()
      if (session.row.userId !== redeemed.userId) throw new SessionRefused(CLOSE.ticket, "This ticket is another person's.")
      session.add(socket)
    } catch (error) {
      const refused = error instanceof SessionRefused ? error : new SessionRefused(CLOSE.failed, "The lab could not be opened.")
      if (refused !== error) warn(`a socket could not be opened: ${(error as Error).stack}`)
      socket.close(refused.close, refused.message)
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      warn(
        `${request.method} ${(request.url ?? "").replace(API, "/k8s/…").replace(/^\/lab\/preview\/[^/]+/, "/lab/preview/…")}: ${error.message}`,
      )
      response.destroy()
    })
  })
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy())
    const [path, query = ""] = (request.url ?? "/").split("?", 2)
    if (path === "/lab/socket") {
      const ticket = new URLSearchParams(query).get("ticket") ?? ""
      learners.handleUpgrade(request, socket, head, (ws) => void welcome(new LearnerSocket(ws), ticket))
      return
    }
    const api = API.exec(path)
    if (!api) return refuseUpgrade(socket, 404, status(404, "NotFound", "the server could not find the requested resource"))
    sessionAt(clusters, api[1]).then(
      (session) =>
        session ? upgradeApi(request, socket, head, session.calls, { prefix: api[0] }) : refuseUpgrade(socket, 401, NO_SUCH_CLUSTER),
      (error: Error) => refuseUpgrade(socket, 503, status(503, "ServiceUnavailable", error.message)),
    )
  })
  // Watches and exec last as long as they last.
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    async close() {
      server.close()
      grading.end()
      await sessions.close()
      server.closeAllConnections()
      for (const ws of learners.clients) ws.terminate()
    },
  }
}
