/** A small server in the place of web or lab: health, an echo of what it was asked, a stream, an upgrade, and a way to crash. */
import { createServer } from "node:http"

const [name, announces] = process.argv.slice(2)
const run = process.env.DRYDOCK_RUN
if (name === "broken") {
  console.error("cannot find the moon")
  process.exit(7)
}
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://x")
  if (pathname.endsWith("/health")) return response.end(JSON.stringify({ run }))
  if (pathname.endsWith("/crash")) process.exit(3)
  if (pathname.endsWith("/stream")) {
    response.write("first\n")
    return setTimeout(() => response.end("last\n"), 50)
  }
  if (pathname.endsWith("/broken")) {
    response.write("half")
    return setTimeout(() => response.destroy(), 20)
  }
  let body = ""
  request.on("data", (chunk) => (body += chunk))
  request.on("end", () => {
    response.setHeader("Set-Cookie", ["a=1", "b=2"])
    response.end(JSON.stringify({ name, pid: process.pid, method: request.method, url: request.url, headers: request.headers, body }))
  })
})
server.on("upgrade", (request, socket, head) => {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\n\r\n${name} ${request.url} `,
  )
  socket.write(head)
  socket.on("error", () => undefined)
  socket.pipe(socket)
})
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  if (announces) console.log(JSON.stringify({ ready: true, port: server.address().port, run }))
})
