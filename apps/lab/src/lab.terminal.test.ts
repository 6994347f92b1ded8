/** A terminal in the browser: keys go in, output comes out, nothing is lost and nothing comes twice. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())

test("a page opens a terminal, types, and sees what the world answers", async () => {
  const session = await lab.session({ user: "first" })
  const page = await lab.browser(session)
  const welcome = await page.message("welcome")
  expect(welcome).toMatchObject({ session: session.id, machines: ["controlplane"], terminals: [], acknowledged: 0, tasks: [] })
  expect(welcome.api).toMatch(/^\/k8s\/\S+$/)
  page.open()
  page.keys("echo $((40+2)) from $(hostname)\r")
  await page.screen("42 from controlplane\r\n")
  await page.until("both acknowledged", () => page.acknowledged === 2)
  expect(lab.warnings).toEqual([])
})
