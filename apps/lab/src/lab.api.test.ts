/** The cluster from outside: plain HTTP, watches, exec over websockets; and what it changed is there after a replay. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { WebSocket } from "ws"
import type { Browser } from "./testing/browser.ts"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())

const addressOf = async (page: Browser) => `http://127.0.0.1:${lab.server.port}${(await page.message("welcome")).api}`

const read = async (address: string) => {
  const response = await fetch(address)
  return { status: response.status, body: (await response.json()) as Record<string, never> & { items?: { metadata: { name: string } }[] } }
}

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "outside", namespace: "default" },
  spec: { containers: [{ name: "c", image: "busybox", command: ["sleep", "3600"] }] },
}

test("health tells the run", async () => {
  const response = await fetch(`http://127.0.0.1:${lab.server.port}/lab/health`)
  expect(await response.json()).toMatchObject({ run: "test" })
})

test("an address that nobody was given is refused", async () => {
  const { status, body } = await read(`http://127.0.0.1:${lab.server.port}/k8s/no-such-token/api/v1/nodes`)
  expect(status).toBe(401)
  expect(body).toMatchObject({ kind: "Status", reason: "Unauthorized" })
})

test("create, watch, exec and delete from outside; a replay has it all", async () => {
  const session = await lab.session({ user: "outside" })
  const page = await lab.browser(session)
  const address = await addressOf(page)
  expect((await read(`${address}/api/v1/nodes`)).body.items?.map(({ metadata }) => metadata.name)).toEqual(["controlplane"])
  const watch = await fetch(`${address}/api/v1/namespaces/default/pods?watch=true`)
  const frames: { type: string; object: { metadata: { name: string }; status: { phase: string } } }[] = []
  const watching = (async () => {
    let rest = ""
    for await (const chunk of watch.body as unknown as AsyncIterable<Uint8Array>) {
      rest += new TextDecoder().decode(chunk)
      const lines = rest.split("\n")
      rest = lines.pop() as string
      frames.push(...lines.map((line) => JSON.parse(line) as (typeof frames)[number]))
      if (frames.some(({ object }) => object.status?.phase === "Running")) return
    }
  })()
  const created = await fetch(`${address}/api/v1/namespaces/default/pods`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(POD),
  })
  expect(created.status).toBe(201)
  await watching
  expect(frames[0]).toMatchObject({ type: "ADDED", object: { metadata: { name: "outside" } } })

  const query =
    "container=c&stdin=true&stdout=true&stderr=true&command=sh&command=-c&command=read%20x%3B%20echo%20got-%24x%20%7C%20tee%20%2Ftmp%2Fgot"
  const exec = new WebSocket(`${address.replace("http", "ws")}/api/v1/namespaces/default/pods/outside/exec?${query}`, ["v5.channel.k8s.io"])
  const output: string[] = []
  exec.on("message", (data: Buffer) => output.push(`${data[0]}:${data.subarray(1).toString()}`))
  await new Promise((resolve, reject) => {
    exec.once("open", resolve)
    exec.once("error", reject)
  })
  exec.send(Buffer.concat([Buffer.of(0), Buffer.from("hello\n")]))
  await new Promise((resolve) => exec.once("close", resolve))
  expect(output).toContain("1:got-hello\n")
  expect(output.find((line) => line.startsWith("3:"))).toContain('"Success"')

  // What came from outside is in the log: after a worker's death the pod and its file are there.
  const worker = lab.server.sessions.workerOf(session.id)
  if (!worker) throw new Error("no worker")
  const uid = (await read(`${address}/api/v1/namespaces/default/pods/outside`)).body.metadata
  lab.server.sessions.pool.kill(worker)
  expect((await read(`${address}/api/v1/namespaces/default/pods/outside`)).body.metadata).toEqual(uid)
  page.open()
  page.keys("kubectl exec outside -- cat /tmp/got\r")
  await page.screen("got-hello\r\n")
  const gone = await fetch(`${address}/api/v1/namespaces/default/pods/outside?gracePeriodSeconds=0`, { method: "DELETE" })
  expect(gone.status).toBe(200)
})

test("a session that nobody has open is brought back by a call", async () => {
  const session = await lab.session({ user: "alone" })
  const token = await lab.database.repositories.tickets.apiToken(session.id, session.userId)
  const { status, body } = await read(`http://127.0.0.1:${lab.server.port}/k8s/${token}/version`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ gitVersion: expect.stringMatching(/^v1\.35\./) })
})
