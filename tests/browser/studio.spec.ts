/** The studio from nothing: a lesson is written, found wanting, mended, tested, published, and taken by a learner; two write in one draft. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Browser, expect, type Page, test } from "@playwright/test"
import { overflow, violations } from "./accessibility.ts"
import { signUp } from "./instructor.ts"
import { clickCommand, openLesson, screen } from "./learner.ts"

const visitor = async (browser: Browser, baseURL: string | undefined): Promise<Page> =>
  (await browser.newContext({ ...(baseURL !== undefined && { baseURL }) })).newPage()

/** Replaces a file's text as somebody who pastes it: typed lines would be indented. */
const write = async (page: Page, path: string, text: string) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"])
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
  await page.getByRole("treeitem", { name: path }).click()
  const editor = page.getByRole("region", { name: `Editor: ${path}` })
  await editor.locator(".monaco-editor .view-lines").first().click()
  await page.keyboard.press("ControlOrMeta+a")
  await page.keyboard.press("ControlOrMeta+v")
}
const saved = (page: Page) => expect(page.getByRole("status").filter({ hasText: /^\s*Saved/ })).toBeVisible()

const PROSE = `---
title: A berth for a ship
summary: You make a ConfigMap, and know that you did.
minutes: 5
---

# A berth for a ship

Look around first.

\`\`\`bash exec
kubectl get configmaps
\`\`\`

::task{id=berth}
`

const LAB = `topology: kubeadm-1node
tasks:
  - id: berth
    title: Keep a berth
    points: 3
    checks:
      - kind: cel
        title: The ConfigMap berth says how long it is
        expression: configmap("berth").data.length == "120"
    hints: [{ text: kubectl create configmap takes --from-literal., cost: 1 }]
    solution: kubectl create configmap berth --from-literal=length=WRONG
`

test("a lesson from nothing to published, and a learner takes it", async ({ page, browser, baseURL }) => {
  test.setTimeout(240_000)
  await signUp(page, "Ida Writer", "instructor")
  const course = `harbour-${Date.now()}`
  await page.goto("/studio")
  expect(await violations(page, { exclude: ".monaco-editor" })).toEqual([])
  await page.getByRole("button", { name: "New lesson" }).click()
  await page.getByLabel("Title").fill("A berth")
  await page.getByRole("combobox", { name: "Course" }).fill(course)
  await page.getByRole("button", { name: "Begin" }).click()
  await expect(page.getByRole("heading", { name: "A berth", level: 1 })).toBeVisible()
  // What it begins as is shown and runs.
  const preview = page.getByRole("article", { name: "Preview" })
  await expect(preview).toContainText("Say in a few words what this is about.")
  await expect.poll(() => screen(page), { message: "a prompt" }).toContain("controlplane")

  // A mistake is said at its line while it is typed, and keeps the lesson from being published.
  await write(page, "lesson.md", PROSE)
  await write(page, "lab.yaml", LAB.replace("points: 3", "pionts: 3"))
  const problems = page.getByRole("list", { name: "Problems" })
  await expect(problems).toContainText('unknown field "pionts"; did you mean "points"?')
  await expect(problems).toContainText("lab.yaml:5")
  await page.getByRole("button", { name: "Publish", exact: true }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click()
  await expect(page.getByRole("dialog")).toContainText("Not published: mend these first.")
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).first().click()

  // A solution that does not solve: the check that fails is a way to its line.
  await write(page, "lab.yaml", LAB)
  await saved(page)
  await expect(preview).toContainText("Keep a berth")
  await page.getByRole("button", { name: "Test this lesson" }).click()
  const tested = page.locator('[data-tested="berth"]')
  await expect(tested).toContainText("not proven", { timeout: 60_000 })
  await expect(page.getByRole("region", { name: "What the test types" })).toContainText("--from-literal=length=WRONG")
  await tested.getByRole("button", { name: /The ConfigMap berth says/ }).click()
  await expect(page.locator(".monaco-editor .line-numbers.active-line-number")).toHaveText("7")

  await write(page, "lab.yaml", LAB.replace("WRONG", "120"))
  await saved(page)
  await page.getByRole("button", { name: "Test this lesson" }).click()
  await expect(page.getByText("The lesson can be solved as it is written")).toBeVisible({ timeout: 60_000 })
  expect(await violations(page, { exclude: ".monaco-editor" })).toEqual([])

  await page.getByRole("button", { name: "Publish", exact: true }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click()
  await expect(page.getByRole("dialog")).toContainText("Learners get it at")
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).first().click()

  // History: who, what, and which one learners get.
  await page.getByRole("tab", { name: "History" }).click()
  await expect(page.getByRole("list", { name: "Revisions" })).toContainText("learners get this")
  await expect(page.locator(".monaco-diff-editor")).toBeVisible()

  const learner = await visitor(browser, baseURL)
  await openLesson(learner, `/learn/${course}/a-berth`)
  await clickCommand(learner, "kubectl get configmaps")
  await expect.poll(() => screen(learner)).toContain("kube-root-ca.crt")
  // Help that costs says so before it is taken, and takes it.
  await learner.getByRole("button", { name: "Hint 1 of 1 costs 1 point" }).click()
  await expect(learner.locator('[data-task="berth"]').getByRole("list", { name: "Hints" })).toContainText("--from-literal")
  await learner.locator(".xterm").filter({ visible: true }).click()
  await learner.keyboard.type("kubectl create configmap berth --from-literal=length=120\n")
  await expect(learner.locator('[data-task="berth"]')).toHaveAttribute("data-state", "done")
  await expect(learner.locator('[data-task="berth"]')).toContainText("2 of 3 points")

  // A new version does not change what they have begun.
  await write(page, "lesson.md", PROSE.replace("Look around first.", "Look around, then begin."))
  await saved(page)
  await page.getByRole("button", { name: "Publish", exact: true }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click()
  await expect(page.getByRole("dialog")).toContainText("Learners get it at")
  await learner.reload()
  await expect(learner.getByText("This lesson has changed since you began.")).toBeVisible()
  await expect(learner.getByText("Look around first.")).toBeVisible()
  const other = await visitor(browser, baseURL)
  await other.goto(`/learn/${course}/a-berth`)
  await expect(other.getByText("Look around, then begin.")).toBeVisible()
})

test("two write in one draft: both see both, a clash is said, and a draft goes out and comes in as a zip", async ({
  page,
  browser,
  baseURL,
}) => {
  test.setTimeout(180_000)
  await signUp(page, "Ann Author", "instructor")
  const second = await visitor(browser, baseURL)
  await signUp(second, "Ben Author", "instructor")
  const course = `two-${Date.now()}`
  await page.goto("/studio")
  await page.getByRole("button", { name: "New lesson" }).click()
  await page.getByLabel("Title").fill("Together")
  await page.getByRole("combobox", { name: "Course" }).fill(course)
  await page.getByRole("button", { name: "Begin" }).click()
  await expect(page.getByRole("article", { name: "Preview" })).toContainText("Say in a few words")
  await second.goto(page.url())
  await expect(second.getByRole("article", { name: "Preview" })).toContainText("Say in a few words")

  const edit = async (of: Page, line: number, text: string) => {
    const editor = of.getByRole("region", { name: "Editor: lesson.md" })
    await editor.locator(".monaco-editor .view-lines").first().click()
    await of.keyboard.press("ControlOrMeta+Home")
    for (let at = 1; at < line; at++) await of.keyboard.press("ArrowDown")
    await of.keyboard.press("Home")
    await of.keyboard.press("Shift+End")
    await of.keyboard.insertText(text)
  }
  await edit(page, 3, "summary: By the first.")
  await edit(second, 9, "By the second.")
  for (const one of [page, second]) {
    await expect(one.getByRole("article", { name: "Preview" })).toContainText("By the second.")
    await expect(one.getByRole("article", { name: "Preview" })).toContainText("By the first.")
  }

  // Each sees who else is here, and where.
  await expect(page.getByRole("list", { name: "Also here" })).toHaveText("Ben Authorlesson.md")
  await second.getByRole("treeitem", { name: "lab.yaml" }).click()
  await expect(page.getByRole("list", { name: "Also here" })).toHaveText("Ben Authorlab.yaml")
  await second.getByRole("treeitem", { name: "lesson.md" }).click()

  // Files come in, and are called otherwise.
  await page.getByLabel("Files to upload").setInputFiles({ name: "quay.yaml", mimeType: "text/yaml", buffer: Buffer.from("a: b\n") })
  await expect(page.getByRole("treeitem", { name: "files/quay.yaml" })).toHaveAttribute("aria-selected", "true")
  await page.getByRole("button", { name: "Rename" }).click()
  await page.getByRole("dialog").getByLabel("Path").fill("files/../pier.yaml")
  await expect(page.getByRole("dialog").getByRole("button", { name: "Rename" })).toBeDisabled()
  await page.getByRole("dialog").getByLabel("Path").fill("files/pier.yaml")
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click()
  await saved(page)
  await expect(second.getByRole("treeitem", { name: "files/pier.yaml" })).toBeVisible()
  await expect(second.getByRole("treeitem", { name: "files/quay.yaml" })).toHaveCount(0)

  const download = page.waitForEvent("download")
  await page.getByRole("button", { name: "More" }).click()
  await page.getByRole("menuitem", { name: "Export as a zip" }).click()
  const file = await (await download).path()
  expect((await readFile(file)).subarray(0, 2).toString()).toBe("PK")
  await second.goto("/studio")
  await second.getByRole("button", { name: "Import" }).click()
  await second.getByLabel("Zip file").setInputFiles({ name: "copied.zip", mimeType: "application/zip", buffer: await readFile(file) })
  await second.getByRole("combobox", { name: "Course" }).fill(course)
  await second.getByRole("button", { name: "Import" }).last().click()
  await second.getByRole("dialog").getByRole("link", { name: "Together" }).click()
  await expect(second.getByRole("article", { name: "Preview" })).toContainText("By the second.")

  // On a phone it is one part at a time.
  await second.setViewportSize({ width: 390, height: 844 })
  expect(await overflow(second)).toBeLessThanOrEqual(0)
  await second.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Preview" }).click()
  await expect(second.getByRole("article", { name: "Preview" })).toBeVisible()
  expect(await violations(second, { exclude: ".monaco-editor" })).toEqual([])
})

test("a folder of another platform comes in as a lesson, and what it loses is said line by line", async ({ page }) => {
  await signUp(page, "Fay Folder", "instructor")
  const folder = join(mkdtempSync(join(tmpdir(), "drydock-folder-")), "harbour-walk")
  mkdirSync(folder)
  writeFileSync(
    join(folder, "index.json"),
    JSON.stringify({
      title: "Harbour walk",
      details: { intro: { text: "intro.md" }, steps: [{ title: "Look", text: "step.md", verify: "verify.sh" }] },
      backend: { imageid: "kubernetes-kubeadm-1node" },
      interface: { layout: "editor-terminal" },
    }),
  )
  writeFileSync(join(folder, "intro.md"), "# Harbour walk\n\nOpen [the shop]({{TRAFFIC_HOST1_30080}}/door).\n")
  writeFileSync(join(folder, "step.md"), "`kubectl create namespace quay`{{exec}}\n")
  writeFileSync(join(folder, "verify.sh"), "kubectl get namespace quay\n")
  await page.goto("/studio")
  await page.getByRole("button", { name: "Import" }).click()
  await page.getByLabel("Folder").setInputFiles(folder)
  const course = `walks-${Date.now()}`
  await page.getByRole("combobox", { name: "Course" }).fill(course)
  await page.getByRole("button", { name: "Import" }).last().click()
  await expect(page.getByRole("dialog").getByRole("list", { name: "Not carried over" })).toContainText(
    /index\.json:\d+ "interface" is not carried over/,
  )
  await page.getByRole("dialog").getByRole("link", { name: "Harbour walk" }).click()
  const preview = page.getByRole("article", { name: "Preview" })
  await expect(preview.getByRole("button", { name: "Run: kubectl create namespace quay" })).toBeVisible()
  // What was a link to a port of the machine opens in the lab's own browser.
  await preview.getByRole("button", { name: "the shop" }).click()
  await expect(page.getByRole("tab", { name: "Browser" })).toHaveAttribute("aria-selected", "true")
  await expect(page.getByRole("textbox", { name: "Address inside the lab" })).toHaveValue("http://172.30.1.2:30080/door")
  rmSync(folder, { recursive: true })
})

test("the studio is for instructors", async ({ page }) => {
  await signUp(page, "Lea Learner")
  expect((await page.goto("/studio"))?.status()).toBe(404)
})
