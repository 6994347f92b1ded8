/** The lab outlives the server that ran it. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "@playwright/test"
import { openLesson, screen } from "./learner.ts"

/** The supervisor's own record of what it runs. */
const labPid = (): number => {
  const record = JSON.parse(readFileSync(join(process.env.DRYDOCK_TEST_DATA ?? "", "running.json"), "utf8")) as {
    children: { name: string; pid: number }[]
  }
  return record.children.find((child) => child.name === "lab")?.pid ?? 0
}

test("the lab server is killed while a learner types: the same cluster comes back, and nothing typed is lost", async ({ page }) => {
  await openLesson(page, "/playground/lab?nodes=controlplane,node01,node02")
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("kubectl create configmap kept --from-literal=a=b\n")
  await expect.poll(() => screen(page)).toContain("configmap/kept created")
  await page.keyboard.type("echo before; ")
  const before = labPid()
  // Its process group: the server and its workers.
  process.kill(-before, "SIGKILL")
  await page.keyboard.type("echo after-$((40+2)); kubectl get configmap kept -o jsonpath={.data.a}-kept\n")
  await expect.poll(() => screen(page), { timeout: 40_000 }).toContain("before\nafter-42\nb-kept")
  expect(labPid()).not.toBe(before)
})
