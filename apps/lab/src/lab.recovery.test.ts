/** What was typed and shown survives the network, a worker and a server. */
import { setTimeout as wait } from "node:timers/promises"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Browser } from "./testing/browser.ts"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())

const PROMPT = "controlplane:~# "

/** Types a loop that prints numbered lines, slowly enough to be interrupted. */
const count = (to: number) => `for i in $(seq 1 ${to}); do echo line-$i; sleep 0.02; done; echo all-$((1000+${to}))\r`

const numbered = (text: string) => [...text.matchAll(/^line-(\d+)\r$/gm)].map(([, number]) => Number(number))

test("a page whose network breaks again and again sees every line once, in order", async () => {
  const session = await lab.session({ user: "breaks" })
  const page = await lab.browser(session)
  page.open()
  page.keys(count(60))
  for (const at of [10, 25, 40]) {
    await page.screen(`line-${at}\r\n`)
    await page.drop()
    page.keys(`# typed while away ${at}\r`)
    await wait(30)
    await page.connect(await lab.ticket(session))
  }
  await page.screen("all-1060")
  await page.screen("typed while away 40\r\n")
  expect(numbered(page.text())).toEqual(Array.from({ length: 60 }, (_, index) => index + 1))
  expect(page.text().match(/# typed while away 25\r\n/g)?.length).toBeGreaterThanOrEqual(1)
  await page.until("everything acknowledged", () => page.acknowledged === page.sent)
  const rows = await lab.database.repositories.sessions.inputs(session.id)
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
  expect(rows.filter(({ input }) => JSON.stringify(input).includes("away 25"))).toHaveLength(1)
})

test("two pages of one session type and see the same", async () => {
  const session = await lab.session({ user: "twice" })
  const [one, two] = [await lab.browser(session, "one"), await lab.browser(session, "two")]
  one.open()
  await one.screen(PROMPT)
  one.keys("echo from-$((0+1))\r")
  await two.screen("from-1\r\n")
  two.keys("echo from-$((1+1))\r")
  await one.screen("from-2\r\n")
  await two.screen("from-2\r\n")
  await one.screen(/from-2\r\n.*# $/s)
  await two.screen(/from-2\r\n.*# $/s)
  expect(one.text()).toBe(two.text())
  await one.until("acknowledged", () => one.acknowledged === 2)
  await two.until("acknowledged", () => two.acknowledged === 1)
})

test("a worker that dies takes nothing along: the same screen, and what was typed meanwhile", async () => {
  const session = await lab.session({ user: "worker" })
  const page = await lab.browser(session)
  page.open()
  page.keys("kubectl create configmap kept --from-literal=a=b; x=$RANDOM; echo x=$x\r")
  await page.screen(/x=\d+\r\n.*# $/s)
  await page.until("kept", () => page.acknowledged === page.sent)
  const before = page.text()
  const from = page.messages.length
  const worker = lab.server.sessions.workerOf(session.id)
  if (!worker) throw new Error("no worker")
  lab.server.sessions.pool.kill(worker)
  page.keys("echo again=$x; kubectl get configmap kept -o jsonpath='{.data.a}'; echo\r")
  await page.message("welcome", () => true, from)
  await page.screen(/again=\d+\r\nb\r\n/)
  expect(page.text().startsWith(before)).toBe(true)
  expect(/again=(\d+)/.exec(page.text())?.[1]).toBe(/x=(\d+)\r\n/.exec(before)?.[1])
})

test("another server goes on where one was killed, with the same screen", async () => {
  const session = await lab.session({ user: "server" })
  const page = await lab.browser(session)
  page.open()
  page.keys("y=$RANDOM; echo y=$y\r")
  await page.screen(/y=\d+\r\n.*# $/s)
  await page.until("kept", () => page.acknowledged === page.sent)
  const before = page.text()
  // Started under the same name: it need not wait for the lease.
  const other = await lab.another("lab")
  const second = new Browser(`ws://127.0.0.1:${other.port}/lab/socket`, "page")
  await second.connect(await lab.ticket(session))
  const welcome = await second.message("welcome")
  expect(welcome.acknowledged).toBe(2)
  expect(welcome.terminals).toMatchObject([{ terminal: "t1", machine: "controlplane" }])
  await second.screen(/y=\d+\r\n.*# $/s)
  expect(second.text()).toBe(before)
  // The first one notices at its next write and lets go.
  page.keys("echo lost\r")
  await page.until("the first server lets go", () => page.closed !== undefined)
  expect(page.closed).toEqual({ code: 4410, reason: "Another server goes on with this lab." })
  second.close()
})

test("a server that stops writes everything and gives its leases back", async () => {
  const session = await lab.session({ user: "stops" })
  const other = await lab.another("stopping")
  const page = new Browser(`ws://127.0.0.1:${other.port}/lab/socket`, "page")
  await page.connect(await lab.ticket(session))
  await page.message("welcome")
  page.open()
  page.keys("echo written-$((40+2))\r")
  await page.screen("written-42\r\n")
  await other.close()
  expect(page.closed?.code).toBe(4410)
  const [row] = await lab.database.query("SELECT lease_owner FROM lab_session WHERE id = $1", [session.id])
  expect(row).toEqual({ lease_owner: null })
  const back = await lab.browser(session, "page")
  await back.screen("written-42\r\n")
})
