/** A guest opens a lesson, does its first task, and finds everything again. */
import { readFile } from "node:fs/promises"
import { expect, test } from "@playwright/test"
import { clickCommand, doneTasks, openLesson, screen } from "./learner.ts"

test("a guest clicks commands, the task ticks, and a reload keeps terminal and progress", async ({ page }) => {
  await openLesson(page)
  const task = page.locator('[data-task="ask"]')
  await expect(task).toHaveAttribute("data-state", "open")

  await clickCommand(page, "kubectl version")
  await expect.poll(() => screen(page)).toMatch(/Server Version: v1\.35/)
  await expect(task.getByRole("listitem").filter({ hasText: "You asked for both versions" })).toContainText("True:")

  await clickCommand(page, "kubectl cluster-info")
  await clickCommand(page, "kubectl get all")
  await clickCommand(page, "kubectl get nodes")
  await expect.poll(() => screen(page)).toContain("No resources found in default namespace.")
  await task.getByLabel("0", { exact: true }).check()
  await task.getByRole("button", { name: "Answer" }).click()
  await expect(task).toHaveAttribute("data-state", "done")
  expect(await doneTasks(page)).toBe(1)

  await page.reload()
  await expect.poll(() => screen(page)).toContain("No resources found in default namespace.")
  await expect(task).toHaveAttribute("data-state", "done")

  await page.goto("/")
  await expect(page.getByRole("link", { name: /^Continue/ })).toContainText("First commands, task 2")
})

test("what is created appears on the map, is described, and its request is followed hop by hop", async ({ page }) => {
  await openLesson(page, "/playground/lab?nodes=controlplane,node01")
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("kubectl run web --image=nginx\n")
  const pod = page.locator('[data-item="Pod/default/web"]')
  await expect(pod).toHaveAccessibleName("Pod web Running")
  await pod.click()
  const description = page.getByRole("dialog", { name: "Pod web" })
  await expect(description).toContainText("Successfully assigned default/web to node01")
  await description.getByRole("button", { name: "Follow its requests" }).click()
  const hops = page.locator("[data-hop]")
  await expect(hops.first()).toContainText("request")
  expect(await hops.count()).toBeGreaterThan(10)
  await page.getByRole("button", { name: "Step on" }).click()
  await expect(page.locator('[aria-current="step"]')).toHaveAttribute("data-hop", "1")
})

test("the clock is paused, said so, and goes on", async ({ page }) => {
  await openLesson(page, "/playground/lab?nodes=controlplane")
  const clock = page.getByRole("group", { name: "The cluster's clock" }).filter({ visible: true })
  await clock.getByRole("button", { name: "Pause the clock" }).click()
  await expect(clock).toContainText("Paused")
  const face = clock.locator("time")
  const stood = await face.textContent()
  await clock.getByRole("button", { name: "Let the clock run" }).click()
  await expect(clock).not.toContainText("Paused")
  await expect(face).not.toHaveText(stood ?? "")
})

test("a file is opened, changed and saved where the terminal reads it", async ({ page }) => {
  await openLesson(page, "/playground/lab?nodes=controlplane")
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("echo 'kind: Pod' > /root/pod.yaml\n")
  await page.getByRole("tab", { name: "Files" }).click()
  await page.getByRole("button", { name: "Read the files again" }).click()
  await page.getByRole("treeitem", { name: "pod.yaml" }).click()
  const editor = page.locator(".monaco-editor").first()
  await expect(editor).toContainText("kind")
  await editor.click()
  await page.keyboard.press("Control+End")
  await page.keyboard.type("apiVersion: v1")
  await page.keyboard.press("Control+s")
  await expect(page.getByRole("button", { name: /^Save/ })).toBeDisabled()
  await page.getByRole("tab", { name: "controlplane" }).click()
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("clear; cat /root/pod.yaml\n")
  await expect.poll(() => screen(page)).toContain("kind: Pod\napiVersion: v1")
})

test("a guest's work comes along to the account", async ({ page }) => {
  await openLesson(page)
  const task = page.locator('[data-task="ask"]')
  for (const command of ["kubectl version", "kubectl cluster-info", "kubectl get all", "kubectl get nodes"])
    await clickCommand(page, command)
  await task.getByLabel("0", { exact: true }).check()
  await task.getByRole("button", { name: "Answer" }).click()
  await expect(task).toHaveAttribute("data-state", "done")

  await page.goto("/sign-in")
  await page.getByLabel("Name").fill("Ann")
  await page.getByLabel("E-mail").fill(`ann-${Date.now()}@example.org`)
  await page.getByLabel("Password").fill("correct horse battery")
  await page.getByRole("button", { name: "Make the account" }).click()
  await expect(page.getByRole("link", { name: /^Continue/ })).toContainText("First commands, task 2")
  await page.goto("/me")
  await expect(page.getByText("Ann, ann-")).toBeVisible()
  await expect(page.getByText("1 task done")).toBeVisible()
  await openLesson(page)
  await expect.poll(() => screen(page)).toContain("No resources found in default namespace.")
})

test("hints open one at a time, the solution asks once", async ({ page }) => {
  await openLesson(page)
  const task = page.locator('[data-task="ask"]')
  const offer = task.getByRole("button", { name: /^Hint \d+ of \d+$/ })
  const total = Number((await offer.textContent())?.split(" of ")[1])
  for (let opened = 1; opened <= total; opened++) {
    await task.getByRole("button", { name: `Hint ${opened} of ${total}` }).click()
    await expect(task.getByRole("list", { name: "Hints" }).getByRole("listitem")).toHaveCount(opened)
  }
  await expect(offer).toHaveCount(0)
  await task.getByRole("button", { name: "Solution" }).click()
  const question = page.getByRole("dialog", { name: "Show the solution?" })
  await question.getByRole("button", { name: "Not yet" }).click()
  await expect(task.getByText("kubectl cluster-info")).toHaveCount(0)
  await task.getByRole("button", { name: "Solution" }).click()
  await question.getByRole("button", { name: "Show it" }).click()
  await expect(task.getByText("kubectl cluster-info")).toBeVisible()
})

test("a lab that is started over is new, and what was done stays done", async ({ page }) => {
  await openLesson(page, "/playground/lab?nodes=controlplane")
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("touch /root/mark; ls /root\n")
  await expect.poll(() => screen(page)).toContain("\nmark")
  await page.getByRole("button", { name: "More" }).click()
  await page.getByRole("menuitem", { name: "Start the lab over" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Start over" }).click()
  await expect.poll(() => screen(page)).not.toContain("mark")
  await expect.poll(() => screen(page)).toContain("controlplane")
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("ls -A /root; exit\n")
  // After `exit`, a new login on the same machine.
  await expect.poll(() => screen(page)).toMatch(/^controlplane\S*[#$]$/)
})

test("a line that stays down is said so; what is typed meanwhile arrives", async ({ page }) => {
  let cut = false
  const lines: { close(options: { code: number }): Promise<void> }[] = []
  await page.routeWebSocket(/\/lab\/socket/, (line) => {
    lines.push(line)
    if (cut) void line.close({ code: 1013 })
    else line.connectToServer()
  })
  await openLesson(page, "/playground/lab?nodes=controlplane")
  await page.locator(".xterm").filter({ visible: true }).click()
  cut = true
  await Promise.all(lines.map((line) => line.close({ code: 1001 })))
  await page.keyboard.type("echo kept-$((6*7))\n")
  const notice = page.getByText("The line to the lab is down.")
  await expect(notice).toBeVisible()
  cut = false
  await expect.poll(() => screen(page)).toContain("kept-42")
  await expect(notice).toBeHidden()
})

test("the kubeconfig leads to the lab's own API, and is nobody else's", async ({ page, browser }) => {
  await openLesson(page, "/playground/lab?nodes=controlplane")
  await page.getByRole("button", { name: "More" }).click()
  const coming = page.waitForEvent("download")
  await page.getByRole("menuitem", { name: "Kubeconfig for your own kubectl" }).click()
  const download = await coming
  expect(download.suggestedFilename()).toBe("drydock.kubeconfig")
  const server = /server: (\S+)/.exec(await readFile(await download.path(), "utf8"))?.[1]
  const answer = await page.request.get(`${server}/version`)
  expect(((await answer.json()) as { gitVersion: string }).gitVersion).toMatch(/^v1\.35\./)

  const stranger = await browser.newContext()
  expect((await stranger.request.get(download.url())).status()).toBe(401)
  await stranger.request.post("/api/auth/sign-in/anonymous", { data: {} })
  expect((await stranger.request.get(download.url())).status()).toBe(404)
  await stranger.close()
})

test("an address that leads nowhere says so, and leads back", async ({ page }) => {
  expect((await page.goto("/nowhere"))?.status()).toBe(404)
  await page.goto("/learn/kubernetes/99-none")
  await expect(page.getByRole("heading", { name: "There is no page here" })).toBeVisible()
  await page.getByRole("link", { name: "All courses", exact: true }).click()
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Learn Kubernetes")
})
