/** Everything without a mouse. */
import { expect, type Page, test } from "@playwright/test"
import { openLesson, screen } from "./learner.ts"

/** The pane has the focus, itself or something in it. */
const inPane = (page: Page, id: string) => page.locator(`#${id}:is(:focus, :focus-within)`)

test("F6 walks the panes, Esc leaves the terminal, and a command is run from the text", async ({ page }) => {
  await openLesson(page)
  await page.keyboard.press("F6")
  await expect(inPane(page, "pane-lesson")).toHaveCount(1)
  await page.keyboard.press("F6")
  await expect(inPane(page, "pane-upper")).toHaveCount(1)
  await page.keyboard.type("echo typed-$((6*7))\n")
  await expect.poll(() => screen(page)).toContain("typed-42")
  await page.keyboard.press("Escape")
  await expect(page.getByRole("tab", { name: "controlplane" })).toBeFocused()
  await page.keyboard.press("F6")
  await expect(inPane(page, "pane-lower")).toHaveCount(1)
  await page.keyboard.press("Shift+F6")
  await page.keyboard.press("Shift+F6")
  await expect(inPane(page, "pane-lesson")).toHaveCount(1)

  await page.getByRole("button", { name: "Run: kubectl version" }).focus()
  await page.keyboard.press("Enter")
  await expect.poll(() => screen(page)).toContain("Server Version")
})

test("tabs by arrow keys, panes resized by arrow keys and remembered, keys listed, actions by name", async ({ page }) => {
  await openLesson(page)
  await page.getByRole("tab", { name: "Map" }).focus()
  await page.keyboard.press("ArrowRight")
  await expect(page.getByRole("tab", { name: "Request" })).toBeFocused()
  await expect(page.getByRole("tab", { name: "Request" })).toHaveAttribute("aria-selected", "true")

  const handle = page.getByRole("separator", { name: "Width of the lesson" })
  await handle.focus()
  await page.keyboard.press("ArrowRight")
  await page.keyboard.press("ArrowRight")
  await expect(handle).toHaveAttribute("aria-valuenow", "44")
  await page.reload()
  await expect(handle).toHaveAttribute("aria-valuenow", "44")

  await page.getByRole("tab", { name: "Map" }).focus()
  await page.keyboard.press("?")
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible()
  await page.keyboard.press("Escape")
  await expect(page.getByRole("dialog")).toHaveCount(0)

  await page.keyboard.press("Control+k")
  await page.getByPlaceholder("What would you like to do?").fill("events")
  await page.keyboard.press("Enter")
  await expect(page.getByRole("tab", { name: "Events" })).toHaveAttribute("aria-selected", "true")
})
