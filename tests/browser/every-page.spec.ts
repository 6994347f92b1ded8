/** Every page of the application, as its route files list them: no serious violation of axe, and nothing sticks out sideways on a desk or on a phone. */
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, type Page, test } from "@playwright/test"
import { overflow, violations } from "./accessibility.ts"
import { signUp, sql } from "./instructor.ts"

const APP = fileURLToPath(new URL("../../apps/web/src/app", import.meta.url))

/** As Next names them: "/learn/[course]/[lesson]". */
const routes = readdirSync(APP, { recursive: true, encoding: "utf8" })
  .filter((path) => /(?:^|\/)page\.tsx$/.test(path))
  .map((path) => `/${path.replace(/\/?page\.tsx$/, "")}`)
  .toSorted()

/** Calls a procedure as the page's reader. */
const call = async <Result>(page: Page, procedure: string, input: unknown): Promise<Result> => {
  const answer = await page.request.post(`/api/trpc/${procedure}`, { data: input })
  expect(answer.status(), `${procedure}: ${await answer.text()}`).toBe(200)
  return ((await answer.json()) as { result: { data: Result } }).result.data
}

/** Something of everything, made in the name of the page's reader, who teaches and administers; addresses by route. */
const furnish = async (page: Page, email: string): Promise<Record<string, string>> => {
  const [{ id: person }] = (await sql(`SELECT id FROM "user" WHERE email = $1`, [email])) as [{ id: string }]
  const taught = await call<{ id: string }>(page, "classes.create", { name: "Everything", course: "kubernetes" })
  const [{ join_code: code }] = (await sql("SELECT join_code FROM class WHERE id::text = $1", [taught.id])) as [{ join_code: string }]
  const { draft } = await call<{ draft: string }>(page, "studio.create", { course: `every-${Date.now()}`, lesson: "01-page" })
  const exam = await call<{ id: string }>(page, "examDesk.save", {
    spec: { title: "Every page", minutes: 5, attempts: 5, parts: [{ lesson: "kubernetes/12-troubleshooting", tasks: ["radio"] }] },
  })
  const attempt = await call<{ attempt: string }>(page, "exams.begin", { exam: exam.id })
  await sql(
    `INSERT INTO task_progress (user_id, course, lesson, task, points)
     SELECT $1, course, lesson, task ->> 'id', (task ->> 'points')::int FROM lesson_version, json_array_elements(lab -> 'tasks') AS task
     WHERE course = 'kubernetes' AND current ON CONFLICT DO NOTHING`,
    [person],
  )
  await sql(
    `INSERT INTO review_item (user_id, course, lesson, task, quiz, due_at, interval)
     SELECT $1, 'kubernetes', '12-troubleshooting', task, quiz, clock_timestamp() - interval '1 minute', 1
     FROM (VALUES ('ferry', 'creating'), ('radio', '')) AS weak (task, quiz)`,
    [person],
  )
  const certificate = await call<{ id: string }>(page, "certificates.claim", { course: "kubernetes" })
  return {
    "/": "/",
    "/admin": "/admin",
    "/certificate/[id]": `/certificate/${certificate.id}`,
    "/classes": "/classes",
    "/classes/[id]": `/classes/${taught.id}`,
    "/classes/[id]/gradebook": `/classes/${taught.id}/gradebook`,
    "/classes/[id]/messages": `/classes/${taught.id}/messages`,
    "/classes/[id]/people": `/classes/${taught.id}/people`,
    "/exam/[exam]": `/exam/${exam.id}`,
    "/exam/[exam]/[attempt]": `/exam/${exam.id}/${attempt.attempt}`,
    "/join/[code]": `/join/${code}`,
    "/learn/[course]": "/learn/kubernetes",
    "/learn/[course]/[lesson]": "/learn/kubernetes/02-first-commands",
    "/me": "/me",
    "/me/keys": "/me/keys",
    "/playground": "/playground",
    "/playground/lab": "/playground/lab?nodes=controlplane",
    "/review": "/review",
    "/review/[course]/[lesson]/[task]": "/review/kubernetes/12-troubleshooting/radio",
    "/sign-in": "/sign-in",
    "/studio": "/studio",
    "/studio/[draft]": `/studio/${draft}`,
    "/studio/exams": "/studio/exams",
    "/studio/exams/[exam]": `/studio/exams/${exam.id}`,
    "/studio/exams/[exam]/[attempt]": `/studio/exams/${exam.id}/${attempt.attempt}`,
    "/studio/exams/new": "/studio/exams/new",
  }
}

/** Another test's: a look into a lab needs its learner (classes.spec.ts). */
const ELSEWHERE = ["/classes/[id]/look/[session]"]

test("every page", async ({ page, browser, baseURL }) => {
  test.setTimeout(300_000)
  const { email } = await signUp(page, "Eve Every", "admin")
  const addresses = await furnish(page, email)
  expect([...Object.keys(addresses), ...ELSEWHERE].toSorted(), "a route that is not in this list is not looked at").toEqual(routes)
  // Who is signed in sees neither of these as others do.
  const stranger = await (await browser.newContext({ ...(baseURL !== undefined && { baseURL }) })).newPage()
  const looked = async (one: Page, route: string) => {
    // What is still coming into sight has no colour yet.
    await one.emulateMedia({ reducedMotion: "reduce" })
    const answer = await one.goto(addresses[route])
    expect(answer?.status(), route).toBeLessThan(400)
    await expect(one.getByRole("heading", { level: 1 }).first(), route).toBeAttached()
    expect(await violations(one, { exclude: ".monaco-editor" }), route).toEqual([])
    await one.setViewportSize({ width: 390, height: 844 })
    expect(await overflow(one), `${route} at 390 px`).toBeLessThanOrEqual(0)
    await one.setViewportSize({ width: 1280, height: 800 })
    expect(await overflow(one), `${route} at 1280 px`).toBeLessThanOrEqual(0)
  }
  for (const route of Object.keys(addresses)) await looked(page, route)
  for (const route of ["/", "/sign-in", "/join/[code]", "/learn/[course]", "/exam/[exam]", "/certificate/[id]", "/playground"])
    await looked(stranger, route)
  await stranger.context().close()
})

test("where there is no page", async ({ page }) => {
  for (const address of ["/learn/kubernetes/99-none", "/certificate/none", "/nowhere"]) {
    await page.goto(address)
    await expect(page.getByRole("heading", { name: "There is no page here" }), address).toBeVisible()
    expect(await violations(page), address).toEqual([])
  }
})
