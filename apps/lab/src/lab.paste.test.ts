/** Large input and large output: whole where it must be, bounded everywhere. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())

test("a paste of 10 MB arrives whole", async () => {
  const session = await lab.session({ user: "paste" })
  const page = await lab.browser(session)
  page.open()
  await page.screen("# ")
  page.keys("cat > /tmp/pasted; wc -c < /tmp/pasted; grep -cvx '\\([0-9a-f]*é\\)' /tmp/pasted\r")
  await page.until("cat runs", () => page.acknowledged === page.sent)
  const line = `${"0123456789abcdef".repeat(200)}é\n`
  const text = line.repeat(Math.ceil((10 * 1024 * 1024) / Buffer.byteLength(line)))
  for (let at = 0; at < text.length; at += 60_000) page.keys(text.slice(at, at + 60_000))
  page.keys("\x04")
  await page.until("all of it acknowledged", () => page.acknowledged === page.sent, 60_000)
  await page.screen(`\r\n${Buffer.byteLength(text)}\r\n0\r\n`)
})

test("^C ends a paste that nobody reads", async () => {
  const session = await lab.session({ user: "unread" })
  const page = await lab.browser(session)
  page.open()
  await page.screen("# ")
  page.keys("sleep 1000\r")
  await page.until("sleep runs", () => page.acknowledged === page.sent)
  for (let part = 0; part < 20; part++) page.keys("x".repeat(50_000))
  page.keys("\x03")
  page.keys("echo free-$((40+2))\r")
  await page.screen("free-42\r\n")
  await page.until("all acknowledged", () => page.acknowledged === page.sent)
})

test("a page that does not read gets the newest output, and is told what it missed", async () => {
  const session = await lab.session({ user: "slow" })
  const page = await lab.browser(session)
  page.open()
  await page.screen("# ")
  page.pause()
  page.keys("seq 1 900000; echo end-$((40+2))\r")
  // Time enough for all of it to be printed: virtual, so it costs little.
  page.tell({ type: "clock", action: "forward", by: 600_000 })
  const other = await lab.browser(session, "other")
  await other.screen("end-42\r\n")
  page.unpause()
  await page.screen("end-42\r\n")
  const shown = page.shown.get("t1")
  expect(shown?.skipped).toBeGreaterThan(0)
})
