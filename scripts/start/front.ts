/** The one address everybody sees: hands /lab and /k8s to the lab server and the rest to the web server, wherever they listen now. */
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http"
import { connect } from "node:net"
import type { Duplex } from "node:stream"
import { FRONT_HEALTH } from "./record.ts"
import { unavailable, type Unavailable } from "./unavailable.ts"

export interface Place {
  readonly host: string
  readonly port: number
}

export interface FrontOptions {
  readonly run: string
  /** Undefined while it starts. */
  readonly web: () => Place | undefined
  readonly lab: () => Place | undefined
  /** More than 0: X-Forwarded headers come from a proxy of ours and are kept. */
  readonly proxies: number
  /** A lesson is shown while it is written: its own addresses, and what is put behind every page. */
  readonly preview?: { handle(incoming: IncomingMessage, response: ServerResponse): boolean; readonly tag: string }
}

const FOR_LAB = /^\/(?:lab|k8s)(?:[/?]|$)/
/** Said for one connection only. Transfer-Encoding is as well, but tells how this body comes. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
])
const FORWARDED = new Set(["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip"])

/** As they came, in order and with repetitions: name, value, name, value … */
const filtered = (raw: readonly string[], leaveOut: (name: string) => boolean): string[] => {
  const kept: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]
    const value = raw[index + 1]
    if (name !== undefined && value !== undefined && !leaveOut(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}

const forwarded = (incoming: IncomingMessage, proxies: number): string[] => {
  const address = incoming.socket.remoteAddress ?? ""
  if (proxies > 0) {
    const before = incoming.headers["x-forwarded-for"]
    return ["X-Forwarded-For", [before, address].flat().filter(Boolean).join(", ")]
  }
  return ["X-Forwarded-For", address, "X-Forwarded-Host", incoming.headers.host ?? "", "X-Forwarded-Proto", "http"]
}

export const createFront = ({ run, web, lab, proxies, preview }: FrontOptions): Server => {
  const agent = new Agent({ keepAlive: false })
  const isForwarded = (name: string) => (proxies > 0 ? name === "x-forwarded-for" : FORWARDED.has(name))
  /** Absolute form ("GET http://host/path") is allowed too. */
  const pathOf = (incoming: IncomingMessage) => {
    const url = incoming.url ?? "/"
    return url.startsWith("/") ? url : URL.canParse(url) ? new URL(url).pathname : "/"
  }
  const placeOf = (incoming: IncomingMessage) => (FOR_LAB.test(pathOf(incoming)) ? lab() : web())

  const refuse = (incoming: IncomingMessage, response: ServerResponse) => {
    if (response.headersSent) return void response.destroy()
    const { status, headers, body } = unavailable(pathOf(incoming), incoming.headers.accept)
    response.writeHead(status, headers)
    response.end(incoming.method === "HEAD" ? undefined : body)
  }

  const pass = (incoming: IncomingMessage, response: ServerResponse) => {
    if (incoming.url === FRONT_HEALTH) {
      response.writeHead(200, { "Content-Type": "application/json" })
      return void response.end(JSON.stringify({ run }))
    }
    if (preview?.handle(incoming, response)) return
    const place = placeOf(incoming)
    if (!place) return refuse(incoming, response)
    // A page that is added to must come as it is.
    const leftOut = (name: string) => HOP_BY_HOP.has(name) || isForwarded(name) || (preview !== undefined && name === "accept-encoding")
    const onward = request({
      ...{ ...place, agent, method: incoming.method ?? "GET", path: incoming.url ?? "/" },
      headers: [...filtered(incoming.rawHeaders, leftOut), ...forwarded(incoming, proxies)],
    })
    onward.on("response", (answer) => {
      response.sendDate = false
      const added =
        preview && /^text\/html\b/.test(answer.headers["content-type"] ?? "") && incoming.method === "GET" ? preview.tag : undefined
      response.writeHead(
        answer.statusCode ?? 502,
        answer.statusMessage,
        filtered(answer.rawHeaders, (name) => HOP_BY_HOP.has(name) || (added !== undefined && name === "content-length")),
      )
      // A watch answers nothing for long, but says that it goes on.
      response.flushHeaders()
      answer.pipe(response, { end: added === undefined })
      if (added !== undefined) answer.on("end", () => response.end(added))
      // Broken off in the middle: the reader must not take it for the end.
      answer.on("close", () => answer.complete || response.destroy())
    })
    onward.on("error", () => refuse(incoming, response))
    response.on("close", () => onward.destroy())
    incoming.pipe(onward)
  }

  const upgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const place = placeOf(incoming)
    socket.on("error", () => socket.destroy())
    if (!place) return sendRaw(socket, unavailable(pathOf(incoming), undefined))
    let answered = false
    const onward = connect({ ...place, noDelay: true }, () => {
      const lines = [...filtered(incoming.rawHeaders, isForwarded), ...forwarded(incoming, proxies)]
      let text = `${incoming.method} ${incoming.url} HTTP/1.1\r\n`
      for (let index = 0; index < lines.length; index += 2) text += `${lines[index]}: ${lines[index + 1]}\r\n`
      onward.write(`${text}\r\n`, "latin1")
      onward.write(head)
      socket.pipe(onward)
      onward.pipe(socket)
    })
    onward.once("data", () => (answered = true))
    onward.on("error", () => (answered ? socket.destroy() : sendRaw(socket, unavailable(pathOf(incoming), undefined))))
    onward.on("close", () => socket.destroy())
    socket.on("close", () => onward.destroy())
  }

  // Watches and sockets stay open for hours; a request's head does not take long.
  const server = createServer({ requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 65_000, noDelay: true }, pass)
  server.on("upgrade", upgrade)
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy()
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
  })
  return server
}

const sendRaw = (socket: Duplex, { status, headers, body }: Unavailable) => {
  if (!socket.writable) return
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(
    `HTTP/1.1 ${status} Bad Gateway\r\n${lines.join("")}Connection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
