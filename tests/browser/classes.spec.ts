/** A class from its first day: made, joined, worked in, watched on the board, looked into, spoken to, and graded. */
import { readFile } from "node:fs/promises"
import { type Browser, expect, type Page, test } from "@playwright/test"
import { overflow, violations } from "./accessibility.ts"
import { signUp, sql } from "./instructor.ts"
import { clickCommand, openLesson, screen } from "./learner.ts"

/** RFC 4180, as a spreadsheet reads it. */
const readCsv = (text: string): string[][] =>
  text
    .replace(/^\ufeff/, "")
    .split("\r\n")
    .filter((line) => line !== "")
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ""),
    )

const visitor = async (browser: Browser, baseURL: string | undefined): Promise<Page> => {
  const context = await browser.newContext({ ...(baseURL !== undefined && { baseURL }) })
  return context.newPage()
}

const joinAs = async (page: Page, link: string, name: string): Promise<void> => {
  await page.goto(link)
  await page.getByLabel("Your name").fill(name)
  await page.getByRole("button", { name: "Join as a guest" }).click()
  await expect(page.getByRole("link", { name: "To the course" })).toBeVisible()
}

test("a class is made, joined, watched, looked into, spoken to and graded", async ({ page: teacher, browser, baseURL }) => {
  test.setTimeout(180_000)
  await signUp(teacher, "Ina Teach", "instructor")
  await teacher.goto("/classes")
  await expect(teacher.getByText("You have no class yet.")).toBeVisible()
  await teacher.getByLabel("Name").fill("Operations, autumn")
  await teacher.getByRole("button", { name: "Make it" }).click()
  const shown = teacher.locator("[data-join-link]")
  await expect(shown).toContainText(/^http.*\/join\/[a-z2-9]{10}$/)
  const old = (await shown.textContent()) ?? ""
  expect(await violations(teacher), "people").toEqual([])

  // The link that was renewed leads nowhere; the new one leads in.
  await teacher.getByRole("button", { name: "Renew it" }).click()
  await teacher.getByRole("dialog").getByRole("button", { name: "Renew it" }).click()
  await expect(shown).not.toHaveText(old)
  const link = (await shown.textContent()) ?? ""
  const [ada, bob] = await Promise.all([visitor(browser, baseURL), visitor(browser, baseURL)])
  await ada.goto(old)
  await expect(ada.getByRole("heading", { name: "This link leads to no class any more" })).toBeVisible()
  await joinAs(ada, link, "Ada")
  await joinAs(bob, link, '=1+1,"Bob"')
  expect(await violations(bob), "a learner's class").toEqual([])

  // Both work; one finishes a task, the other opens a hint and stands still.
  await openLesson(ada)
  const task = ada.locator('[data-task="ask"]')
  for (const command of ["kubectl version", "kubectl cluster-info", "kubectl get all", "kubectl get nodes"])
    await clickCommand(ada, command)
  await task.getByLabel("0", { exact: true }).check()
  await task.getByRole("button", { name: "Answer" }).click()
  await expect(task).toHaveAttribute("data-state", "done")
  await openLesson(bob)
  await bob
    .locator('[data-task="ask"]')
    .getByRole("button", { name: /^Hint 1/ })
    .click()

  await teacher.getByRole("navigation", { name: "Class" }).getByRole("link", { name: "Board" }).click()
  const rows = teacher.locator("[data-learner]")
  const adas = teacher.locator('[data-learner="Ada"]')
  const bobs = teacher.locator(`[data-learner='=1+1,"Bob"']`)
  await expect(adas.locator('[data-mark="done"]')).toHaveCount(1)
  await expect(adas).toContainText("2.2 Start a Deployment and a Pod")
  await expect(bobs).toContainText("1 hint")
  await expect(bobs.locator('[data-mark="here"]')).toHaveCount(1)
  // Six minutes later, as the database has it; once more should the lab server have written what it knew from before.
  await expect(async () => {
    await sql(
      `UPDATE lab_session
       SET standing = jsonb_set(standing::jsonb, '{since}', to_jsonb((extract(epoch FROM clock_timestamp()) * 1000 - 360000)::bigint))::json
       FROM "user" WHERE "user".id = user_id AND "user".name LIKE '=1+1%' AND standing IS NOT NULL`,
    )
    await expect(bobs).toContainText(/stuck 6 min on: /, { timeout: 5_000 })
  }).toPass({ timeout: 30_000 })
  await expect(rows.first()).toHaveAttribute("data-learner", '=1+1,"Bob"')
  await expect(bobs.locator('[data-mark="stuck"]')).toHaveCount(1)
  await expect(teacher.getByText("2 of 2 learners here, 1 stuck")).toBeVisible()
  expect(await violations(teacher), "board").toEqual([])
  await teacher.setViewportSize({ width: 390, height: 844 })
  expect(await overflow(teacher), "board at 390 px").toBe(0)
  await teacher.setViewportSize({ width: 1280, height: 800 })

  // Looking in; typing only while it is allowed.
  await teacher.getByRole("link", { name: "Look into Ada's lab" }).click()
  await expect.poll(() => screen(teacher)).toContain("kubectl get nodes")
  await expect(teacher.locator('[data-task="ask"]')).toHaveAttribute("data-state", "done")
  await expect(ada.getByText("Ina Teach looks in.")).toBeVisible()
  await expect(bob.getByText("looks in.")).toBeHidden()
  await teacher.locator(".xterm").click()
  await teacher.keyboard.type("echo never\n")
  await teacher.getByRole("button", { name: "Ask to type" }).click()
  await ada.getByRole("button", { name: "Allow it" }).click()
  await expect(teacher.getByText("You may type")).toBeVisible()
  await teacher.locator(".xterm").click()
  await teacher.keyboard.type("echo shown-$((6*7))\n")
  await expect.poll(() => screen(ada)).toContain("shown-42")
  expect(await screen(ada)).not.toContain("never")
  expect(await violations(teacher), "look-in").toEqual([])
  expect(await violations(ada), "a player that is looked into").toEqual([])
  await ada.getByRole("button", { name: "End it" }).click()
  await expect(teacher.getByRole("button", { name: "Ask to type" })).toBeVisible()
  await teacher.locator(".xterm").click()
  await teacher.keyboard.type("echo too-late\n")
  await teacher.setViewportSize({ width: 390, height: 844 })
  expect(await overflow(teacher), "look-in at 390 px").toBe(0)
  await teacher.setViewportSize({ width: 1280, height: 800 })

  // A message to one, from there; it comes at once, and is read.
  await teacher.getByRole("button", { name: "Message to Ada" }).click()
  await teacher.getByRole("dialog").getByLabel("Message").fill("Look at the events.")
  await teacher.getByRole("dialog").getByRole("button", { name: "Send" }).click()
  await expect(ada.getByRole("region", { name: "Messages" })).toContainText("Look at the events.")
  expect(await screen(ada)).not.toContain("too-late")
  await ada.getByRole("button", { name: "Got it" }).click()
  await teacher.getByRole("link", { name: "Operations, autumn" }).click()
  await expect(ada.getByText("Ina Teach looks in.")).toBeHidden()
  await teacher.getByRole("link", { name: "Messages" }).click()
  await expect(teacher.getByRole("region", { name: "Sent" })).toContainText(/to Ada.*read.*Look at the events/s)
  await teacher.getByLabel("Message", { exact: true }).fill("Lunch at noon.")
  await teacher.getByRole("button", { name: "Send" }).click()
  await expect(teacher.getByText("read by 0 of 2")).toBeVisible()
  expect(await violations(teacher), "messages").toEqual([])
  await bob.goto("/me")
  await expect(bob.getByRole("region", { name: "Messages" })).toContainText("Lunch at noon.")
  await bob.getByRole("button", { name: "Mark it as read" }).click()
  await expect(teacher.getByText("read by 1 of 2")).toBeVisible()

  // The gradebook, and its file opened and summed.
  await teacher.getByRole("link", { name: "Gradebook" }).click()
  await expect(teacher.getByRole("row", { name: /^Ada/ })).toBeVisible()
  expect(await violations(teacher), "gradebook").toEqual([])
  const coming = teacher.waitForEvent("download")
  await teacher.getByRole("link", { name: "CSV" }).click()
  const download = await coming
  expect(download.suggestedFilename()).toBe("Operations-autumn-gradebook.csv")
  const [head, ...lines] = readCsv(await readFile(await download.path(), "utf8"))
  const lessons = head.flatMap((title, at) => (/\(of \d+\)$/.test(title) && !title.startsWith("Total") ? [at] : []))
  const total = head.findIndex((title) => title.startsWith("Total"))
  expect(lessons.length).toBe(12)
  expect(lines.map(([name]) => name)).toEqual([`'=1+1,"Bob"`, "Ada"])
  for (const line of lines) expect(lessons.reduce((sum, at) => sum + Number(line[at]), 0)).toBe(Number(line[total]))
  expect(lines.map((line) => Number(line[total]))).toEqual([0, 4])

  // Nobody else's.
  const address = teacher.url()
  expect((await ada.request.get(`${address}/csv`)).status()).toBe(403)
  await bob.goto(address)
  await expect(bob.getByRole("link", { name: "To the course" })).toBeVisible()
  const stranger = await visitor(browser, baseURL)
  await signUp(stranger, "Eve Other", "instructor")
  expect((await stranger.request.get(`${address}/csv`)).status()).toBe(404)
  await stranger.goto(address)
  await expect(stranger.getByRole("heading", { name: "There is no page here" })).toBeVisible()
  await Promise.all([ada, bob, stranger].map((one) => one.context().close()))
})

test("a guest who joined makes an account on the way and keeps the place; a co-teacher sees the board", async ({
  page,
  browser,
  baseURL,
}) => {
  await signUp(page, "Ina Teach", "instructor")
  await page.goto("/classes")
  await page.getByLabel("Name").fill("Evening")
  await page.getByRole("button", { name: "Make it" }).click()
  const link = (await page.locator("[data-join-link]").textContent()) ?? ""
  const cora = await visitor(browser, baseURL)
  await joinAs(cora, link, "Cora")
  await cora.goto("/sign-in?next=/classes")
  await cora.getByLabel("Name").fill("Cora Co")
  await cora.getByLabel("E-mail").fill(`cora-${Date.now()}@example.org`)
  await cora.getByLabel("Password").fill("correct horse battery")
  await cora.getByRole("button", { name: "Make the account" }).click()
  await cora.getByRole("link", { name: /^Evening/ }).click()
  await expect(cora.getByRole("link", { name: "To the course" })).toBeVisible()

  await page.reload()
  await page.getByRole("button", { name: "What to do with Cora Co" }).click()
  await page.getByRole("menuitem", { name: "Make a teacher of this class" }).click()
  await expect(page.getByRole("listitem").filter({ hasText: "Cora Co" })).toContainText("Teacher")
  await cora.reload()
  await expect(cora.getByText("Nobody has joined yet.")).toBeVisible()

  await page.getByRole("button", { name: "What to do with Cora Co" }).click()
  await page.getByRole("menuitem", { name: "Remove from the class" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click()
  await expect(page.getByText("Cora Co")).toHaveCount(0)
  await cora.reload()
  await expect(cora.getByRole("heading", { name: "There is no page here" })).toBeVisible()
  await page.getByRole("button", { name: "Archive it" }).click()
  await expect(page.getByText("nobody joins it any more")).toBeVisible()
  await cora.goto(link)
  await expect(cora.getByRole("heading", { name: "This link leads to no class any more" })).toBeVisible()
  await cora.context().close()
})

test("an administrator gives a role and ends a lab", async ({ page, browser, baseURL }) => {
  const ada = await visitor(browser, baseURL)
  const { email } = await signUp(ada, "Ada Later")
  await openLesson(ada, "/playground/lab?nodes=controlplane")
  await signUp(page, "Rudy Root", "admin")
  await page.goto("/admin")
  await expect(page.getByRole("region", { name: "Room" })).toContainText(/\d+ of \d+/)
  expect(await violations(page)).toEqual([])
  await page.getByRole("textbox", { name: "Name or e-mail" }).fill(email)
  await page.getByRole("button", { name: "Find" }).click()
  await expect(page.getByRole("region", { name: "People" }).getByRole("listitem")).toHaveCount(1)
  await page.getByRole("combobox", { name: "Role of Ada Later" }).selectOption("instructor")
  await page.getByRole("region", { name: "Labs" }).getByRole("listitem").filter({ hasText: "Ada Later" }).getByRole("button").click()
  await page.getByRole("dialog").getByRole("button", { name: "End it" }).click()
  await expect(ada.getByText("This lab has ended", { exact: true })).toBeVisible()
  await ada.goto("/classes")
  await expect(ada.getByRole("heading", { name: "Make a class" })).toBeVisible()
  expect((await ada.goto("/admin"))?.status()).toBe(404)
  await ada.context().close()
})
