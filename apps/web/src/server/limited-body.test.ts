/** Uploads beyond the limit are refused before they are held in memory, whether they say their size or not. */
import { expect, test } from "vitest"
import { limitedBody } from "./limited-body.ts"

const url = "http://localhost/api/trpc/studio.import"
const endless = (chunks: { given: number }) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      chunks.given++
      controller.enqueue(new Uint8Array(1024 * 1024))
    },
  })

test("50 MB that say so, and a stream that never ends", async () => {
  const said = await limitedBody(
    new Request(url, { method: "POST", body: "x", headers: { "content-length": "52428800" } }),
    16 * 1024 * 1024,
  )
  expect(said).toMatchObject({ status: 413 })
  const chunks = { given: 0 }
  const request = new Request(url, { method: "POST", body: endless(chunks), duplex: "half" } as RequestInit)
  expect(await limitedBody(request, 16 * 1024 * 1024)).toMatchObject({ status: 413 })
  expect(chunks.given).toBeLessThan(20)
})

test("what fits comes through whole", async () => {
  const passed = await limitedBody(new Request(url, { method: "POST", body: "ä".repeat(1000), headers: { "x-a": "b" } }), 2000)
  expect(passed).toBeInstanceOf(Request)
  expect([await (passed as Request).text(), passed.headers.get("x-a")]).toEqual(["ä".repeat(1000), "b"])
  const get = new Request(url)
  expect(await limitedBody(get, 1)).toBe(get)
})
