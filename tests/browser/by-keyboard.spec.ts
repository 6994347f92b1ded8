/** A lesson from its first command to its debrief without a mouse, and its terminal read by a screen reader. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, type Locator, type Page, test } from "@playwright/test"
import { parse } from "yaml"
import { typedCommands } from "../../packages/grader/src/typed-commands.ts"
import { openLesson, screen } from "./learner.ts"

type Mouse = "click" | "dblclick" | "down" | "up" | "wheel"

/** What of a lab.yaml is needed to solve it. */
interface Task {
  readonly id: string
  readonly title: string
  readonly solution: string
  readonly checks: readonly {
    readonly kind: string
    readonly type?: string
    readonly question?: string
    readonly answer?: string | readonly string[]
  }[]
}

/** Walks with Tab until this element has the focus. */
const tabTo = async (page: Page, element: Locator): Promise<void> => {
  const handle = await element.elementHandle()
  for (let steps = 0; steps < 60; steps++) {
    if (await handle?.evaluate((one) => one === one.ownerDocument.activeElement)) return
    await page.keyboard.press("Tab")
  }
  throw new Error(`Tab does not come to ${element}`)
}

/** An action by its name, from the palette. */
const act = async (page: Page, name: string): Promise<void> => {
  await page.keyboard.press("Control+k")
  await expect(page.getByPlaceholder("What would you like to do?")).toBeFocused()
  await page.keyboard.insertText(name)
  await expect(page.getByRole("option", { selected: true })).toContainText(name)
  await page.keyboard.press("Enter")
  await expect(page.getByRole("dialog")).toHaveCount(0)
}

const prompt = (page: Page) => expect.poll(() => screen(page), { message: "a prompt", timeout: 60_000 }).toMatch(/[#$]$/)

test("a lesson is finished with the keyboard alone", async ({ page }) => {
  test.setTimeout(300_000)
  for (const action of ["click", "dblclick", "down", "up", "wheel"] satisfies Mouse[])
    page.mouse[action] = () => Promise.reject(new Error("this reader has no mouse"))
  const file = fileURLToPath(new URL("../../content/courses/kubernetes/03-follow-a-pod/lab.yaml", import.meta.url))
  const { tasks } = parse(readFileSync(file, "utf8")) as { tasks: readonly Task[] }
  await openLesson(page, "/learn/kubernetes/03-follow-a-pod")
  // The first stop on the page leads past everything to the terminal.
  await page.keyboard.press("Tab")
  await expect(page.getByRole("button", { name: "To the terminal" })).toBeFocused()
  await page.keyboard.press("Enter")
  await expect(page.getByRole("textbox", { name: /^Terminal on controlplane/ })).toBeFocused()
  await page.keyboard.press("Escape")
  await expect(page.getByRole("tab", { name: "controlplane" })).toBeFocused()
  await act(page, "Ten times as fast")

  for (const task of tasks) {
    const card = `[data-task="${task.id}"]`
    await expect(page.locator(card), task.id).not.toHaveAttribute("data-state", "locked")
    await act(page, "Terminal on controlplane")
    for (const command of typedCommands(task.solution)) {
      await prompt(page)
      await page.keyboard.type(`${command}\n`)
    }
    await prompt(page)
    await page.keyboard.press("Escape")
    for (const check of task.checks) {
      if (check.kind !== "quiz") continue
      const answers = [check.answer ?? []].flat().map(String)
      // Back to the task in the text, and on to its question.
      await act(page, task.title)
      // It stands in its task's card or where the text asks it.
      const form = page.locator("form").filter({ hasText: check.question ?? "" })
      for (const answer of answers) {
        const options = form.getByRole(check.type === "single" ? "radio" : "checkbox")
        // Tab comes to a group of radio buttons once, and arrow keys choose in it.
        await tabTo(page, check.type === "single" ? options.first() : options.and(page.getByLabel(answer, { exact: true })))
        await page.keyboard.press("Space")
        while (!(await options.and(page.getByLabel(answer, { exact: true })).isChecked())) await page.keyboard.press("ArrowDown")
        // Options are not in the order of the answers: the next may stand above.
        if (check.type !== "single") await act(page, task.title)
      }
      await tabTo(page, form.getByRole("button", { name: "Answer" }))
      await page.keyboard.press("Enter")
      await expect(form.getByRole("status")).toContainText("Right")
    }
    await expect(page.locator(card), task.id).toHaveAttribute("data-state", "done", { timeout: 60_000 })
    // It is said, not only shown.
    await expect(page.locator(card).getByRole("status").last()).toHaveText(/^Task \d+ is done: /)
  }
  await expect(page.getByRole("region", { name: "Debrief" })).toContainText("Every task is done")
})

test("in the mode for screen readers the terminal is told as it is written, and is kept over a reload", async ({ page }) => {
  await openLesson(page, "/playground/lab?nodes=controlplane")
  await expect(page.locator(".xterm-accessibility")).toHaveCount(0)
  // From the menu, by its keys.
  await page.getByRole("button", { name: "More" }).focus()
  await page.keyboard.press("Enter")
  const choice = page.getByRole("menuitemcheckbox", { name: "Terminal for screen readers" })
  await expect(choice).toHaveAttribute("aria-checked", "false")
  while ((await choice.and(page.locator(":focus")).count()) === 0) await page.keyboard.press("ArrowDown")
  await page.keyboard.press("Enter")
  const live = page.locator(".xterm-accessibility .live-region")
  await expect(live).toHaveAttribute("aria-live", "assertive")
  await page.keyboard.press("F6")
  await page.keyboard.type("echo heard-$((6*7))\n")
  await expect(live).toContainText("heard-42")
  // Line by line, too: what stands there is a list whose rows name themselves.
  const rows = page.locator(".xterm-accessibility-tree [role=listitem]")
  await expect(rows.filter({ hasText: /^heard-42/ })).toHaveCount(1)
  await expect(rows.first()).toHaveAttribute("aria-posinset", "1")

  await page.reload()
  await expect(page.locator(".xterm-accessibility-tree")).toHaveCount(1)
  await page.getByRole("button", { name: "More" }).focus()
  await page.keyboard.press("Enter")
  await expect(choice).toHaveAttribute("aria-checked", "true")
})
