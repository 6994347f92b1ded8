/** A learner at the browser: what the tests do over and over, in a learner's words. */
import { expect, type Page } from "@playwright/test"

export const LESSON_2 = "/learn/kubernetes/02-first-commands"

/** What the terminal in front shows, as text, without the blank lines below. */
export const screen = async (page: Page): Promise<string> => {
  const rows = await page.locator(".xterm-rows").filter({ visible: true }).locator("> div").allTextContents()
  return rows
    .map((row) => row.replaceAll("\u00a0", " ").trimEnd())
    .join("\n")
    .trimEnd()
}

export const openLesson = async (page: Page, address = LESSON_2): Promise<void> => {
  await page.goto(address)
  await expect.poll(() => screen(page), { message: "a prompt" }).toContain("controlplane")
}

/** Clicks the command in the text that begins so. */
export const clickCommand = (page: Page, beginning: string): Promise<void> =>
  page
    .getByRole("button", { name: `Run: ${beginning}` })
    .first()
    .click()

/** The finished dots in the head of the player. */
export const doneTasks = (page: Page): Promise<number> =>
  page
    .getByRole("list", { name: "Tasks" })
    .getByRole("link", { name: /: done$/ })
    .count()
