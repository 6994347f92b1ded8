/** The rate of a preview, by a clock of the test's own. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, expect, test } from "vitest"
import { OutsideCalls } from "../front/outside-calls.ts"
import { PreviewDoor } from "./door.ts"

let now = 0
const calls: OutsideCalls = new OutsideCalls("s", (message) => {
  if (message.type === "call")
    queueMicrotask(() =>
      calls.take({ type: "call-answer", session: "s", call: message.call, answer: { status: 200, headers: {}, body: "there" } }),
    )
})
const door = new PreviewDoor(
  async (token) => (token === "T" ? calls : undefined),
  5_000,
  () => now,
)
const server = createServer((request, response) => void door.answer(request, response))
let base: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lab/preview`
})
afterAll(() => server.close())

const statuses = (count: number, token = "T") =>
  Promise.all(Array.from({ length: count }, () => fetch(`${base}/${token}/web/80/`).then(({ status }) => status)))

test("a page that asks without end is told to wait, and may ask again a second later", async () => {
  const first = await statuses(125)
  expect(first.filter((status) => status === 200)).toHaveLength(120)
  expect(first.filter((status) => status === 429)).toHaveLength(5)
  const refused = await fetch(`${base}/T/web/80/`)
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"])
  now += 1_000
  const later = await statuses(25)
  expect(later.filter((status) => status === 200)).toHaveLength(20)
  // What is nobody's costs nobody anything.
  expect(await statuses(3, "forged")).toEqual([401, 401, 401])
})
