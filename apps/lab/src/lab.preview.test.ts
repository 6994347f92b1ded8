/** Pages of what listens inside a lab: shown to whoever holds its address, in a sandbox, within limits; and lived again by a replay. */
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Browser } from "./testing/browser.ts"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab
let page: Browser
let session: Awaited<ReturnType<TestLab["session"]>>
let base: string

const get = (address: string, options: RequestInit = {}) => fetch(address, { redirect: "manual", ...options })
const words = async (address: string) => {
  const response = await get(address)
  return { status: response.status, text: await response.text() }
}

beforeAll(async () => {
  lab = await startTestLab({ previewPatience: 3_000 })
  session = await lab.session({ user: "ada" })
  page = await lab.browser(session)
  base = `http://127.0.0.1:${lab.server.port}${(await page.message("welcome")).preview}`
  page.open()
  page.keys("kubectl create deployment web --image=nginx --port=80 && kubectl expose deployment web --type=NodePort\r")
  page.keys("kubectl wait --for=condition=Available deployment/web && echo is-$((1+1))-there\r")
  await page.screen("is-2-there")
})
afterAll(() => lab.close())

let asked = 0
const ports = async () => {
  const id = ++asked
  page.ask({ type: "ports", id })
  return (await page.message("ports", (message) => message.id === id)).ports
}

test("a Service, its node port and its pod are found, and each shows the page", async () => {
  const found = await ports()
  expect(found.map(({ label }) => label)).toEqual([
    "Service default/web",
    "Node port of Service default/web",
    expect.stringMatching(/^Pod default\/web-/),
  ])
  for (const { host, port } of found) {
    const response = await get(`${base}/${host}/${port}/`)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain("Welcome to nginx!")
  }
  expect((await get(`${base}/controlplane/${found[1].port}`)).headers.get("location")).toMatch(/\/controlplane\/\d+\/$/)
})

test("what comes is in a sandbox: no origin, no cookies, nothing of the site's", async () => {
  const [{ host, port }] = await ports()
  const response = await get(`${base}/${host}/${port}/`, { headers: { cookie: "better-auth.session=secret", authorization: "Bearer x" } })
  const policy = response.headers.get("content-security-policy") ?? ""
  expect(policy).toMatch(/^sandbox allow-scripts allow-forms allow-modals; default-src 'self'/)
  expect(policy).not.toContain("allow-same-origin")
  expect(response.headers.get("set-cookie")).toBeNull()
  expect(response.headers.get("referrer-policy")).toBe("no-referrer")
  page.keys("kubectl logs deploy/web | tail -n 1; printf 'r%sn\\n' a\r")
  await page.screen("\nran")
  expect(page.text()).not.toContain("secret")
})

test("what a command forwards is found, and shown", async () => {
  page.keys("kubectl port-forward service/web 9000:80 >/dev/null &\r")
  await expect.poll(ports).toContainEqual({ host: "localhost", port: 9000, scheme: "http", label: "kubectl on controlplane" })
  const response = await get(`${base}/localhost/9000/`)
  expect(await response.text()).toContain("Welcome to nginx!")
})

test("who forged an address, or holds another lab's, sees nothing", async () => {
  const other = await lab.session({ user: "eve" })
  const tickets = lab.database.repositories.tickets
  const [hers, api, ticket] = await Promise.all([
    tickets.previewToken(other.id, "eve"),
    tickets.apiToken(session.id, "ada"),
    tickets.issue(session.id, "ada"),
  ])
  const secret = hers.split(".")[1]
  const root = `http://127.0.0.1:${lab.server.port}/lab/preview`
  for (const forged of [api, ticket, `${session.id}.${secret}`, `${session.id}.`, session.id, "x", `${session.id}.${"A".repeat(43)}`])
    expect((await words(`${root}/${forged}/localhost/80/`)).status, forged).toBe(401)
  // And the address of pages is none of the API.
  expect((await words(`http://127.0.0.1:${lab.server.port}/k8s/${base.split("/").at(-1)}/version`)).status).toBe(401)
})

test("what cannot be shown says why", async () => {
  expect(await words(`${base}/localhost/81/`)).toEqual({
    status: 502,
    text: expect.stringContaining("localhost:81 refused the connection"),
  })
  expect(await words(`${base}/nobody.example/80/`)).toEqual({
    status: 502,
    text: expect.stringContaining("controlplane knows no host nobody.example"),
  })
  expect((await words(`${base}/localhost/70000/`)).status).toBe(404)
  expect((await get(`${base}/localhost/80/`, { method: "POST", body: "x".repeat(300_000) })).status).toBe(413)
  page.tell({ type: "clock", action: "pause" })
  await page.message("clock", ({ clock }) => clock.paused)
  // Until nobody has answered for a while, which does not pass.
  expect(await words(`${base}/172.30.9.9/81/`)).toEqual({ status: 504, text: expect.stringContaining("clock paused") })
  const from = page.messages.length
  page.tell({ type: "clock", action: "resume" })
  await page.message("clock", ({ clock }) => !clock.paused, from)
})

test("what a page asked is in the log: after a worker's death the server's own log has it", async () => {
  const [{ host, port }] = await ports()
  expect((await get(`${base}/${host}/${port}/only-once-asked`)).status).toBe(404)
  const worker = lab.server.sessions.workerOf(session.id)
  if (!worker) throw new Error("no worker")
  lab.server.sessions.pool.kill(worker)
  const from = page.messages.length
  page.keys("clear; kubectl logs deploy/web | grep -c 'GET /only-once-asked HTTP/1.1. 404'; echo afte\\rwards\r")
  await page.message("welcome", () => true, from)
  await page.screen("J1\r\nafterwards")
})
