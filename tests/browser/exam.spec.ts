/** Exams, the review queue, certificates and keys, from a candidate's and an instructor's chair. */
import { expect, type Page, test } from "@playwright/test"
import { overflow, violations } from "./accessibility.ts"
import { signUp, sql } from "./instructor.ts"
import { screen } from "./learner.ts"

/** Seconds on the exam's clock. */
const left = async (page: Page): Promise<number> =>
  ((await page.getByRole("timer").textContent()) ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0)

const MEND_RADIO = "kubectl set image deployment/radio radio=nginx:1.29\n"

test("an exam is made, sat against the server's clock, handed in, scored and reviewed", async ({ page: teacher, browser, baseURL }) => {
  test.setTimeout(240_000)
  await signUp(teacher, "Eva Examiner", "instructor")
  await teacher.goto("/studio/exams")
  await teacher.getByRole("link", { name: "New exam" }).click()
  await teacher.getByLabel("Title").fill("Short exam")
  await teacher.getByLabel("Minutes").fill("20")
  await teacher.getByLabel("Cluster 1: the lesson").selectOption("kubernetes/12-troubleshooting")
  await teacher.getByRole("button", { name: "Make the exam" }).click()
  await expect(teacher.getByText("Choose at least one task of every lesson.")).toBeVisible()
  await teacher.getByLabel("Let radio run (4)").check()
  await teacher.getByLabel("Text of the task: Let radio run").fill("Let the Deployment `radio` in `harbour` run.")
  await teacher.getByRole("button", { name: "One more cluster" }).click()
  await teacher.getByLabel("Cluster 2: the lesson").selectOption("kubernetes/09-scheduling")
  await teacher.getByLabel("Make room for all four copies of greedy (6)").check()
  expect(await violations(teacher), "the form").toEqual([])
  await teacher.getByRole("button", { name: "Make the exam" }).click()
  await expect(teacher.getByText("Nobody has sat it yet.")).toBeVisible()
  const desk = new URL(teacher.url()).pathname
  const exam = desk.replace("/studio/exams/", "/exam/")

  const page = await (await browser.newContext({ ...(baseURL !== undefined && { baseURL }) })).newPage()
  await page.goto(exam)
  await expect(page.getByRole("list", { name: "Rules" })).toContainText("2 tasks in 2 clusters")
  expect(await violations(page), "before").toEqual([])
  await page.getByLabel("Your name").fill("Cara Candidate")
  await page.getByRole("button", { name: /^Begin/ }).click()
  await expect(page.getByRole("timer")).toBeVisible()
  const atFirst = await left(page)
  expect(atFirst).toBeGreaterThan(19 * 60)
  expect(atFirst).toBeLessThanOrEqual(20 * 60)
  const task = page.locator('[data-task="radio"]')
  await expect(task).toContainText("Let the Deployment radio in harbour run.")
  await task.getByRole("button", { name: "Flag task 1" }).click()
  // Nothing else: no map, no hint, no solution.
  await expect(page.getByText(/^(Map|Request|Events|Files|Solution)$/)).toHaveCount(0)
  await expect(page.getByRole("button", { name: /Hint/ })).toHaveCount(0)

  // The clock is the server's: an hour on this computer's changes nothing, nor does a reload.
  await page.addInitScript(() => {
    const now = Date.now.bind(Date)
    Date.now = () => now() - 3_600_000
  })
  await page.reload()
  await expect.poll(() => screen(page), { timeout: 60_000 }).toContain("controlplane")
  expect(await left(page)).toBeLessThan(atFirst)
  expect(await left(page)).toBeGreaterThan(15 * 60)
  await expect(task.getByRole("button", { name: "Flag task 1" })).toHaveAttribute("aria-pressed", "true")
  expect(await violations(page), "during").toEqual([])

  // `edit` opens its editor here too, and what is saved is the machine's file.
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("edit /root/note.txt\n")
  await expect(page.getByRole("tab", { name: "Editor" })).toHaveAttribute("aria-selected", "true")
  await page.locator(".monaco-editor").first().click()
  await page.keyboard.type("written in an exam")
  await page.keyboard.press("Control+s")
  await expect(page.getByRole("button", { name: /^Save/ })).toBeDisabled()
  await page.getByRole("tab", { name: "controlplane" }).click()
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("\x03clear; cat /root/note.txt; echo\n")
  await expect.poll(() => screen(page)).toContain("written in an exam")

  await page.keyboard.type(MEND_RADIO)
  const attempt = "(SELECT id FROM exam_attempt ORDER BY started_at DESC LIMIT 1)"
  await expect
    .poll(() => sql(`SELECT task, state FROM exam_outcome WHERE attempt_id = ${attempt}`), { timeout: 60_000 })
    .toEqual([{ task: "radio", state: "done" }])
  // It is not told.
  await expect(task).not.toContainText("Done")
  await page.getByRole("navigation", { name: "Clusters" }).getByRole("button", { name: "Cluster 2, task 2" }).click()
  await expect(page.locator('[data-task="greedy"]')).toContainText("Four copies are available")
  await expect.poll(() => screen(page), { timeout: 60_000 }).toContain("controlplane")
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Terminal" }).click()
  expect(await overflow(page)).toBe(0)
  expect(await violations(page), "during, narrow").toEqual([])
  await page.setViewportSize({ width: 1280, height: 800 })

  await page.getByRole("button", { name: "Hand in" }).click()
  await expect(page.getByRole("dialog")).toContainText("1 task is flagged")
  await page.getByRole("dialog").getByRole("button", { name: "Hand it in" }).click()
  await expect(page.getByText("50 %")).toBeVisible()
  await expect(page.getByText("Not passed")).toBeVisible()
  expect(await violations(page), "score").toEqual([])
  await page.goto(exam)
  await expect(page.getByText("You have sat it as often as it may be sat.")).toBeVisible()

  await teacher.goto(desk)
  await teacher.getByRole("table").getByRole("link", { name: "Cara Candidate" }).click()
  await teacher.getByLabel("Points for Make room for all four copies of greedy").fill("6")
  await teacher.getByLabel("A word to the candidate").fill("You said it aloud.")
  await teacher.getByRole("button", { name: "Keep the review" }).click()
  await expect(teacher.getByText("100 %")).toBeVisible()
  expect(await violations(teacher), "review").toEqual([])
  await page.getByRole("region", { name: "Your attempts" }).getByRole("link").click()
  await expect(page.getByText("100 %")).toBeVisible()
  await expect(page.getByText("50 %")).toBeVisible()
  await expect(page.getByText("You said it aloud.")).toBeVisible()
})

test("what was hard is asked again; a finished course has a certificate to print", async ({ page }) => {
  test.setTimeout(180_000)
  const { email } = await signUp(page, "Rita Review")
  const id = (await sql(`SELECT id FROM "user" WHERE email = $1`, [email]))[0]?.id
  await sql(
    `INSERT INTO review_item (user_id, course, lesson, task, quiz, due_at, interval) SELECT $1, 'kubernetes', '12-troubleshooting', task, quiz,
      clock_timestamp() - interval '1 minute', 1 FROM (VALUES ('ferry', 'creating'), ('radio', '')) AS weak (task, quiz)`,
    [id],
  )
  await page.goto("/me")
  await page.getByRole("link", { name: /^2 things to review today/ }).click()
  expect(await violations(page), "review").toEqual([])
  await page.getByLabel("It has a node, and the kubelet waits for a volume or for the network.").check()
  await page.getByRole("button", { name: "Answer" }).click()
  await expect(page.getByText("It is asked again in 3 days.")).toBeVisible()
  await page.getByRole("button", { name: "Done" }).click()
  await page.getByRole("link", { name: /^Let radio run/ }).click()
  // Alone, in a cluster in which what it builds on is done.
  await expect.poll(() => screen(page), { timeout: 60_000 }).toContain("controlplane")
  await expect(page.locator("[data-task]")).toHaveCount(1)
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type(MEND_RADIO)
  await expect(page.locator('[data-task="radio"]')).toHaveAttribute("data-state", "done", { timeout: 60_000 })
  await expect.poll(() => sql("SELECT interval FROM review_item WHERE user_id = $1", [id])).toEqual([{ interval: 3 }, { interval: 3 }])
  await page.goto("/review")
  await expect(page.getByText("Nothing is due today")).toBeVisible()

  await sql(
    `INSERT INTO task_progress (user_id, course, lesson, task, points)
     SELECT $1, course, lesson, task ->> 'id', (task ->> 'points')::int FROM lesson_version, json_array_elements(lab -> 'tasks') AS task
     WHERE course = 'kubernetes' AND current ON CONFLICT DO NOTHING`,
    [id],
  )
  await page.goto("/me")
  expect(await violations(page), "progress").toEqual([])
  await page.getByRole("button", { name: "Get your certificate" }).click()
  const paper = page.getByRole("article", { name: "Certificate" })
  await expect(paper).toContainText("Rita Review")
  await expect(paper).toContainText(/(\d+) of \1 points/)
  expect(await violations(page), "certificate").toEqual([])
  // One page, across.
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1")
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1)
  // A4 in points.
  const [, width, height] = /\/MediaBox\s*\[0 0 ([.\d]+) ([.\d]+)\]/.exec(pdf) ?? []
  expect([Math.round(Number(width)), Math.round(Number(height))]).toEqual([842, 595])
})

test("an API key is shown once, grades, and is revoked", async ({ page }) => {
  await signUp(page, "Kim Keys", "instructor")
  await page.goto("/me/keys")
  await page.getByLabel("What it is for").fill("Marking")
  await page.getByRole("button", { name: "Make it" }).click()
  const key = (await page.locator("[data-key]").textContent()) ?? ""
  expect(key).toMatch(/^ddk_/)
  expect(await violations(page), "keys").toEqual([])
  const grade = async () =>
    (
      await page.request.post("/lab/grade", {
        headers: { authorization: `Bearer ${key}` },
        data: {
          ...{ course: "kubernetes", lesson: "12-troubleshooting" },
          submissions: [{ name: "none", files: [{ path: "work.sh", content: "true" }] }],
        },
      })
    ).status()
  expect(await grade()).toBe(200)
  await page.reload()
  await expect(page.getByText(key)).toHaveCount(0)
  await page.getByRole("button", { name: "Revoke Marking" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Revoke it" }).click()
  await expect(page.getByText("You have none.")).toBeVisible()
  expect(await grade()).toBe(401)
})
