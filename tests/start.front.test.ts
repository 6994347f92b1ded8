/** The front alone: what it tells the servers behind it about who asked. */
import { createServer, type IncomingMessage, type Server } from "node:http"
import { connect } from "node:net"
import { afterEach, expect, it } from "vitest"
import { createFront } from "../scripts/start/front.ts"

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
})

const listening = (server: Server) =>
  new Promise<number>((resolve) => {
    servers.push(server)
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port))
  })

const echo = (name: string) =>
  createServer((request: IncomingMessage, response) => response.end(JSON.stringify({ name, url: request.url, headers: request.headers })))

const front = async (proxies: number) => {
  const [web, lab] = await Promise.all([listening(echo("web")), listening(echo("lab"))])
  const at = (port: number) => () => ({ host: "127.0.0.1", port })
  return listening(createFront({ run: "r", web: at(web), lab: at(lab), proxies }))
}

/** Sends bytes as they are and returns all that comes back. */
const raw = (port: number, text: string) =>
  new Promise<string>((resolve, reject) => {
    let answer = ""
    const socket = connect(port, "127.0.0.1", () => socket.write(text))
    socket.on("data", (chunk) => (answer += chunk))
    socket.on("close", () => resolve(answer))
    socket.on("error", reject)
  })

const CLAIMS = { "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "lab.example.org", "X-Real-IP": "6.6.6.6" }

it("believes nobody's X-Forwarded headers unless a proxy stands in front", async () => {
  const port = await front(0)
  const seen = (await (await fetch(`http://127.0.0.1:${port}/`, { headers: CLAIMS })).json()) as { headers: Record<string, string> }
  expect(seen.headers).toMatchObject({
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-host": `127.0.0.1:${port}`,
  })
  expect(seen.headers).not.toHaveProperty("x-real-ip")
  const behind = await front(1)
  const told = (await (await fetch(`http://127.0.0.1:${behind}/`, { headers: CLAIMS })).json()) as { headers: Record<string, string> }
  expect(told.headers).toMatchObject({
    "x-forwarded-for": "6.6.6.6, 127.0.0.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "lab.example.org",
  })
})

it("finds the server also for addresses in absolute form, and answers what is no HTTP", async () => {
  const port = await front(0)
  const answer = await raw(port, `GET http://drydock.example/k8s/t/api HTTP/1.1\r\nHost: drydock.example\r\nConnection: close\r\n\r\n`)
  expect(answer).toContain('"name":"lab"')
  expect(await raw(port, "what is this\r\n\r\n")).toBe("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
})
