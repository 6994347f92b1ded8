import { expect, test } from "vitest"
import { addMachine, bareMachine, startOn } from "../bare-machine.ts"
import type { SystemError } from "../kernel/errno.ts"
import type { Process, Program, Steps } from "../kernel/process.ts"
import { type HttpRequest, type HttpStream, bodyText, TlsError } from "./contract.ts"
import { SocketFile } from "./socket-file.ts"

const get = (path: string): HttpRequest => ({ method: "GET", path, headers: {} })
const two = (options: Parameters<typeof bareMachine>[0] = {}) => {
  const world = bareMachine(options)
  return { ...world, other: addMachine(world, "two", "10.0.0.2") }
}
const ask = (address: string, port: number, request = get("/"), options = {}): Program =>
  function* (process) {
    try {
      const answer = yield* process.network.request(address, port, request, options)
      yield* process.print(`${answer.status} ${bodyText(answer.body)}`)
    } catch (error) {
      yield* process.print(error instanceof TlsError ? `TLS ${error.message}` : (error as SystemError).message)
    }
    return 0
  }
const server = (port: number, text: string): Program =>
  function* (process) {
    process.network.serve(port, () => ({ status: 200, headers: {}, body: text }), { pid: process.pid })
    yield* process.sleep(1e9)
    return 0
  }

test("every way to fail, with its text and the time it takes", () => {
  const { sim, fabric, machine, other } = two()
  fabric.setLink("one", "two", false)
  const third = addMachine({ sim, fabric }, "three", "10.0.0.3")
  third.network.translation = ({ port }) => (port === 1 ? "reject" : port === 2 ? "drop" : undefined)
  const results = [
    ["10.0.0.2", 80, {}],
    ["10.0.0.2", 80, { timeout: 5_000 }],
    ["10.0.0.77", 80, {}],
    ["8.8.8.8", 80, {}],
    ["10.0.0.3", 1, {}],
    ["10.0.0.3", 2, { timeout: 30 }],
    ["10.0.0.3", 3, {}],
  ] as const
  const ran = results.map(([address, port, options]) => startOn(machine, ask(address, port, get("/"), options)))
  expect(other.network.up).toBe(true)
  sim.run({ until: sim.now() + 200_000 })
  expect(ran.map(({ stdout, took }) => [stdout, Math.floor(took ?? -1)])).toEqual([
    ["Connection timed out", 127_000],
    ["Connection timed out", 5_000],
    ["No route to host", 3_000],
    ["Connection timed out", 127_000],
    ["Connection refused", 0],
    ["Connection timed out", 30],
    ["Connection refused", 0],
  ])
})

test("a process's listeners and connections end with it; a neighbour with the same number in its container keeps its own", () => {
  const { sim, machine } = bareMachine()
  const container = (name: string) => machine.createNamespaces({ hostname: name, files: machine.files, network: machine.network })
  const [a, b] = [container("a"), container("b")]
  const first = machine.start(server(8001, "a"), { argv: ["a"], namespaces: a })
  machine.start(server(8002, "b"), { argv: ["b"], namespaces: b })
  sim.run({ until: sim.now() + 10 })
  expect(machine.network.listeners.map(({ port, pid }) => [port, pid])).toEqual([
    [8001, 1],
    [8002, 1],
  ])
  first.kill("SIGKILL")
  sim.run({ until: sim.now() + 10 })
  const ran = [8001, 8002].map((port) => startOn(machine, ask("127.0.0.1", port)))
  sim.run({ until: sim.now() + 10 })
  expect(ran.map(({ stdout }) => stdout)).toEqual(["Connection refused", "200 b"])
  expect(machine.network.listeners.map(({ port }) => port)).toEqual([8002])
})

test("a handler's steps run as its process's thread: unseen by ps, paid by it, gone with it", () => {
  const { sim, machine, other } = two()
  const slow: Program = function* (process: Process): Steps<number> {
    const handler = function* () {
      yield* process.sleep(100)
      return { status: 200, headers: {}, body: String(process.processes().length) }
    }
    process.network.serve(80, handler, { pid: process.pid })
    yield* process.sleep(1e9)
    return 0
  }
  const started = other.start(slow, { argv: ["slow"] })
  sim.run({ until: sim.now() + 10 })
  const first = startOn(machine, ask("10.0.0.2", 80))
  sim.run({ until: sim.now() + 1_000 })
  const second = startOn(machine, ask("10.0.0.2", 80))
  sim.run({ until: sim.now() + 50 })
  started.kill("SIGKILL")
  sim.run({ until: sim.now() + 1_000 })
  expect([first.stdout, second.stdout]).toEqual(["200 1", "Connection reset by peer"])
})

test("a stream of chunks ends when its server is killed", () => {
  const { sim, machine, other } = two()
  const endless: HttpStream = {
    tryTake: () => undefined,
    readQueue: { wake: () => {} },
    onReadable: undefined,
    cancel: () => {},
  }
  const started = other.start(
    function* (process) {
      process.network.serve(80, () => ({ status: 200, headers: {}, stream: endless }), { pid: process.pid })
      yield* process.sleep(1e9)
      return 0
    },
    { argv: ["watch"] },
  )
  sim.run({ until: sim.now() + 1 })
  const ran = startOn(machine, function* (process) {
    const { stream } = yield* process.network.request("10.0.0.2", 80, get("/"))
    for (;;) {
      if (stream?.tryTake() === null) break
      yield* process.wait({ queues: [stream!.readQueue] })
    }
    yield* process.print("ended")
    return 0
  })
  sim.run({ until: sim.now() + 1_000 })
  expect(ran.stdout).toBe("")
  started.kill("SIGTERM")
  sim.run({ until: sim.now() + 10 })
  expect(ran.stdout).toBe("ended")
})

test("raw bytes both ways, with back-pressure and the end, through descriptors", () => {
  const { sim, machine, other } = two()
  const received = startOn(other, function* (process) {
    const listener = process.network.listen(9, { pid: process.pid })
    let stream = listener.tryAccept()
    while (!stream) {
      yield* process.wait({ queues: [listener.acceptQueue] })
      stream = listener.tryAccept()
    }
    process.fds.set(5, new SocketFile(stream, 1))
    const all = yield* process.readAll(5)
    yield* process.write(5, `got ${all.length}`)
    process.close(5)
    return 0
  })
  const sent = startOn(machine, function* (process) {
    yield* process.sleep(1)
    const stream = yield* process.network.connect("10.0.0.2", 9)
    const file = new SocketFile(stream, 2)
    file.retain()
    process.fds.set(5, file)
    yield* process.write(5, "x".repeat(300_000))
    stream.end()
    yield* process.print(new TextDecoder().decode(yield* process.readAll(5)))
    return 0
  })
  sim.run({ until: sim.now() + 1_000 })
  expect([received.status, sent.stdout]).toEqual([{ kind: "exited", code: 0 }, "got 300000"])
})

test("HTTP and raw bytes understand each other both ways", () => {
  const { sim, machine, other } = two()
  other.network.serve(80, ({ method, path, body }) => ({
    status: 200,
    headers: { "x-a": "b" },
    body: `${method} ${path} ${bodyText(body)}`,
  }))
  startOn(other, function* (process) {
    const listener = process.network.listen(81, { pid: process.pid })
    for (;;) {
      const stream = listener.tryAccept()
      if (!stream) {
        yield* process.wait({ queues: [listener.acceptQueue] })
        continue
      }
      while (stream.tryRead() === undefined) yield* process.wait({ queues: [stream.readQueue] })
      stream.tryWrite(
        new TextEncoder().encode("HTTP/1.1 418 I'm a teapot\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
      )
    }
  })
  sim.run({ until: sim.now() + 1 })
  const client = startOn(machine, ask("10.0.0.2", 81))
  const raw = startOn(machine, function* (process) {
    const stream = yield* process.network.connect("10.0.0.2", 80)
    const send = (text: string) => stream.tryWrite(new TextEncoder().encode(text))
    send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Le")
    yield* process.sleep(5)
    send("ngth: 2\r\n\r\nhiGET /b HTTP/1.1\r\nConnection: close\r\n\r\n")
    const file = new SocketFile(stream, 3)
    process.fds.set(7, file)
    yield* process.print(new TextDecoder().decode(yield* process.readAll(7)))
    return 0
  })
  sim.run({ until: sim.now() + 100 })
  expect(client.stdout).toBe("418 abcde")
  expect(raw.stdout).toBe(
    "HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 10\r\n\r\nPOST /a hiHTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 7\r\nconnection: close\r\n\r\nGET /b ",
  )
})

test("TLS is checked by names and authorities alone; plain HTTP to it is told so", () => {
  const { sim, machine, other } = two({
    fabric: {
      verify: ({ authority, name }) =>
        authority !== "CA" ? "x509: certificate signed by unknown authority" : name === "two" ? undefined : "wrong name",
    },
  })
  const tls = { certificate: "cert", key: "key" }
  other.network.serve(443, ({ clientCertificate }) => ({ status: 200, headers: {}, body: clientCertificate ?? "nobody" }), { tls })
  other.network.serve(80, () => ({ status: 200, headers: {} }))
  const ran = [
    ask("10.0.0.2", 443),
    ask("10.0.0.2", 443, get("/"), { tls: { name: "two" } }),
    ask("10.0.0.2", 443, get("/"), { tls: { name: "one", authority: "CA" } }),
    ask("10.0.0.2", 443, get("/"), { tls: { name: "two", authority: "CA", clientCertificate: "me" } }),
    ask("10.0.0.2", 443, get("/"), { tls: { name: "none", insecure: true } }),
    ask("10.0.0.2", 80, get("/"), { tls: { name: "two" } }),
  ].map((program) => startOn(machine, program))
  sim.run({ until: sim.now() + 100 })
  expect(ran.map(({ stdout }) => stdout)).toEqual([
    "400 Client sent an HTTP request to an HTTPS server.\n",
    "TLS x509: certificate signed by unknown authority",
    "TLS wrong name",
    "200 me",
    "200 nobody",
    "TLS http: server gave HTTP response to HTTPS client",
  ])
})

test("ports: taken, foreign address, any free one; loopback stays inside", () => {
  const { sim, machine, other } = two()
  machine.network.listen(80)
  expect(() => machine.network.listen(80, { address: "127.0.0.1" })).toThrow("Address already in use")
  expect(() => machine.network.listen(81, { address: "10.9.9.9" })).toThrow("Cannot assign requested address")
  expect(machine.network.listen(80, { protocol: "udp" }).port).toBe(80)
  expect(machine.network.listen(0).port).not.toBe(machine.network.listen(0).port)
  other.network.serve(90, () => ({ status: 200, headers: {}, body: "inside" }), { address: "127.0.0.1" })
  const ran = [startOn(machine, ask("10.0.0.2", 90)), startOn(other, ask("127.0.0.1", 90)), startOn(other, ask("10.0.0.2", 90))]
  sim.run({ until: sim.now() + 10 })
  expect(ran.map(({ stdout }) => stdout)).toEqual(["Connection refused", "200 inside", "Connection refused"])
})

test("latency is paid there and back; ping tells it", () => {
  const { sim, fabric, machine, other } = two({ fabric: { latency: 2 } })
  other.network.serve(80, () => ({ status: 200, headers: {}, body: "x" }))
  fabric.setLatency("one", "two", 50)
  const ran = startOn(machine, ask("10.0.0.2", 80))
  const pinged = startOn(machine, function* (process) {
    for (const [address, timeout] of [
      ["10.0.0.2", 1_000],
      ["10.0.0.2", 50],
      ["127.0.0.1", 1_000],
    ] as const)
      yield* process.print(`${yield* process.network.ping(address, timeout)} `)
    try {
      yield* process.network.ping("10.0.0.99")
    } catch (error) {
      yield* process.print((error as Error).message)
    }
    return 0
  })
  sim.run({ until: sim.now() + 10_000 })
  expect([ran.stdout, Math.floor(ran.took ?? 0), pinged.stdout]).toEqual(["200 x", 104, "104.04 undefined 0.04 No route to host"])
})
