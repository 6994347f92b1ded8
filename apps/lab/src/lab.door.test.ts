/** Whatever comes through the door, only the sender hears of it. */
import { connect } from "node:net"
import fc from "fast-check"
import { MAX_FRAME_BYTES } from "@drydock/protocol"
import { afterAll, beforeAll, expect, test } from "vitest"
import { WebSocket } from "ws"
import { Browser } from "./testing/browser.ts"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())

const refused = async (ticket: string) => {
  const page = new Browser(lab.address)
  await page.connect(ticket)
  await page.until("closed", () => page.closed !== undefined)
  return { closed: page.closed, messages: page.messages }
}

const TICKET = {
  closed: { code: 4401, reason: "This ticket is not valid (any more). Reload the page." },
  messages: [{ type: "error", code: "ticket", message: "This ticket is not valid (any more). Reload the page." }],
}

test("a ticket that is unknown, used or missing opens nothing", async () => {
  const session = await lab.session({ user: "ticket" })
  const ticket = await lab.ticket(session)
  const page = new Browser(lab.address)
  await page.connect(ticket)
  await page.message("welcome")
  expect(await refused(ticket)).toEqual(TICKET)
  expect(await refused("no-such-ticket")).toEqual(TICKET)
  expect(await refused("")).toEqual(TICKET)
  page.close()
})

test("an expired ticket opens nothing, and an ended session says so", async () => {
  const session = await lab.session({ user: "expired" })
  const ticket = await lab.ticket(session)
  await lab.database.query("UPDATE lab_ticket SET expires_at = now() - interval '1 second'")
  expect(await refused(ticket)).toEqual(TICKET)
  const late = await lab.ticket(session)
  await lab.database.repositories.sessions.end(session.id)
  expect((await refused(late)).closed).toMatchObject({ code: expect.toSatisfy((code: number) => code === 4401 || code === 4403) })
})

test("a malformed or oversized frame is answered with what is wrong with it; the socket goes on", async () => {
  const session = await lab.session({ user: "frames" })
  const page = await lab.browser(session)
  page.open()
  await page.screen("# ")
  const answerTo = async (frame: string | Buffer) => {
    const from = page.messages.length
    page.raw(frame)
    return page.message("error", () => true, from)
  }
  expect(await answerTo("{")).toEqual({ type: "error", code: "bad-message", message: "This is no JSON." })
  expect(await answerTo(Buffer.from([1, 2, 3]))).toEqual({ type: "error", code: "bad-message", message: "Messages are text frames." })
  expect(await answerTo('{"type":"fly","id":7}')).toMatchObject({ type: "error", id: 7, code: "bad-message" })
  expect(await answerTo('{"type":"keys","seq":0,"terminal":"t1","data":"x"}')).toMatchObject({
    code: "bad-message",
    message: expect.stringContaining("seq"),
  })
  expect(await answerTo('{"type":"resume","received":{},"trace":0}')).toMatchObject({
    message: "resume is the first message of a connection.",
  })
  const large = JSON.stringify({ type: "keys", seq: 5, terminal: "t1", data: "x".repeat(MAX_FRAME_BYTES) })
  expect(await answerTo(large)).toEqual({
    type: "error",
    code: "too-large",
    message: `A frame holds at most ${MAX_FRAME_BYTES} bytes; this one has ${large.length}.`,
  })
  const ask = async (message: Record<string, unknown>) => answerTo(JSON.stringify(message))
  expect(await ask({ type: "read-file", id: 1, machine: "nowhere", path: "/etc/hosts" })).toMatchObject({
    id: 1,
    code: "not-found",
    message: 'There is no machine "nowhere".',
  })
  expect(await ask({ type: "read-file", id: 2, machine: "controlplane", path: "/dev/zero" })).toMatchObject({
    id: 2,
    code: "refused",
    message: "/dev/zero is a character device; it cannot be opened here",
  })
  expect(await ask({ type: "describe", id: 3, kind: "Pod; reboot", name: "x" })).toMatchObject({ id: 3, code: "refused" })
  page.keys("echo still-$((40+2))\r")
  await page.screen("still-42\r\n")
})

test("a frame beyond all measure closes the socket; another's goes on", async () => {
  const [one, two] = [await lab.browser(await lab.session({ user: "huge" })), await lab.browser(await lab.session({ user: "small" }))]
  one.raw("x".repeat(3 * 1024 * 1024))
  await one.until("closed", () => one.closed !== undefined)
  expect(one.closed?.code).toBe(1009)
  two.open()
  two.keys("echo $((40+2))\r")
  await two.screen("42\r\n")
})

test("a flood is read more slowly, said once, and nothing of it is lost", async () => {
  const session = await lab.session({ user: "flood" })
  const page = await lab.browser(session)
  page.open()
  await page.screen("# ")
  page.keys("cat > /tmp/flood; wc -l < /tmp/flood\r")
  for (let line = 0; line < 700; line++) page.keys("x\r")
  page.keys("\x04")
  await page.screen("\r\n700\r\n")
  expect(page.messages.filter((message) => message.type === "error" && message.code === "rate").length).toBeGreaterThan(0)
})

test("addresses that are none are answered, and answered only", async () => {
  const { port } = lab.server
  const ask = async (path: string, headers: string) => {
    const socket = connect(port, "127.0.0.1")
    let answer = ""
    socket.on("data", (data) => {
      answer += data.toString()
    })
    socket.write(`GET ${path} HTTP/1.1\r\nhost: lab\r\n${headers}connection: ${headers === "" ? "close" : "upgrade"}\r\n\r\n`)
    await new Promise((resolve) => socket.once("close", resolve))
    return answer.split("\r\n", 1)[0]
  }
  const upgrade = "upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
  const paths = ["//", "/k8s", "/k8s/", "/k8s/%ff/api", "/lab/socket/", "http://[", "/k8s/../lab/health", "*"]
  for (const path of paths) {
    expect(await ask(path, "")).toMatch(/^HTTP\/1\.1 (404|401|400)/)
    expect(await ask(path, upgrade)).toMatch(/^HTTP\/1\.1 (404|401|400)/)
  }
  expect(await ask("/lab/health", "")).toBe("HTTP/1.1 200 OK")
})

test("a fifth socket takes the place of the first", async () => {
  const session = await lab.session({ user: "many" })
  const pages: Browser[] = []
  for (let index = 0; index < 5; index++) pages.push(await lab.browser(session, `page-${index}`))
  await pages[0].until("closed", () => pages[0].closed !== undefined)
  expect(pages.map(({ closed }) => closed?.code)).toEqual([4429, undefined, undefined, undefined, undefined])
})

test("a server that is full says so; a lab that it has goes on", async () => {
  const small = await startTestLab({ perWorker: 1 })
  const session = await small.session({ user: "in" })
  const page = await small.browser(session)
  const other = new Browser(small.address)
  await other.connect(await small.ticket(await small.session({ user: "out" })))
  await other.until("closed", () => other.closed !== undefined)
  expect(other.closed).toEqual({ code: 4503, reason: "There is no room for one more lab here. Try again in a minute." })
  expect(other.messages.at(-1)).toMatchObject({ type: "error", code: "refused" })
  page.open()
  page.keys("echo $((40+2))\r")
  await page.screen("42\r\n")
  await small.close()
})

test("no frame, whatever it holds, disturbs the server or another session", async () => {
  const session = await lab.session({ user: "fuzz" })
  const quiet = await lab.browser(await lab.session({ user: "quiet" }))
  quiet.open()
  await quiet.screen("# ")
  const name = fc.constantFrom("t1", "controlplane", "nowhere", "", "\0", "../..", "x".repeat(300))
  const type = fc.constantFrom(
    ...["resume", "subscribe", "open-terminal", "close-terminal", "keys", "resize", "clock", "list-files", "read-file", "write-file"],
    ...["editor-closed", "hint", "solution", "answer", "history", "describe", "ping"],
  )
  const message = fc.record(
    {
      type,
      seq: fc.oneof(fc.integer(), fc.integer({ min: 1, max: 500 })),
      id: fc.integer(),
      terminal: name,
      machine: name,
      path: fc.oneof(name, fc.constantFrom("/", "/proc/1/mem", "/dev/tty", "/etc", "/tmp/x")),
      data: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\x03", "\x04", "\x1a", "\0", "\ud800", "exit\r")),
      content: fc.string({ unit: "binary" }),
      columns: fc.integer(),
      rows: fc.integer({ min: -1, max: 2000 }),
      action: fc.constantFrom("pause", "resume", "skip", "forward"),
      speed: fc.oneof(fc.double(), fc.integer({ min: 1, max: 100 })),
      by: fc.integer(),
      kind: name,
      name,
      task: name,
      quiz: name,
      answer: fc.oneof(fc.string(), fc.array(fc.string())),
      editor: fc.integer(),
      at: fc.double(),
      received: fc.dictionary(fc.string(), fc.integer()),
      trace: fc.integer(),
    },
    { requiredKeys: ["type"] },
  )
  const frame = fc.oneof(
    { weight: 6, arbitrary: message.map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 60 }), async (frames) => {
      const ws = new WebSocket(`${lab.address}?ticket=${await lab.ticket(session)}`)
      await new Promise((resolve) => ws.once("open", resolve))
      for (const one of frames) ws.send(one)
      const answered = new Promise<void>((resolve) => {
        ws.on("message", (data) => {
          const value = JSON.parse(data.toString()) as { type: string; at?: number }
          if (value.type === "pong" && value.at === 4242) resolve()
        })
        ws.on("close", () => resolve())
      })
      ws.send(JSON.stringify({ type: "ping", at: 4242 }))
      await answered
      ws.terminate()
    }),
    { numRuns: 25, seed: 3 },
  )
  quiet.keys("echo quiet-$((40+2))\r")
  await quiet.screen("quiet-42\r\n")
  // The session that was fuzzed is a session still.
  const page = await lab.browser(session, "after")
  page.tell({ type: "clock", action: "resume", speed: 1 })
  page.open("controlplane", "fresh")
  page.keys("echo alive-$((40+2))\r", "fresh")
  await page.screen("alive-42\r\n", "fresh")
  const rows = await lab.database.repositories.sessions.inputs(session.id)
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
  expect(lab.warnings).toEqual([])
})
