/** Readable by everybody: no serious violation of axe, light and dark, on a desk and on a phone. */
import { expect, test } from "@playwright/test"
import { overflow, violations } from "./accessibility.ts"
import { clickCommand, openLesson, screen } from "./learner.ts"

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } })

    test("pages", async ({ page }) => {
      for (const address of ["/", "/learn/kubernetes", "/playground", "/sign-in", "/nowhere"]) {
        await page.goto(address)
        await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme)
        expect(await violations(page), address).toEqual([])
      }
    })

    test("the player, pane by pane", async ({ page }) => {
      // Only colours differ.
      const rules = colorScheme === "dark" ? ["color-contrast"] : undefined
      await openLesson(page)
      await clickCommand(page, "kubectl create deployment")
      await expect(page.locator('[data-item^="Pod/default/"]').first()).toHaveAttribute("data-level", "ready")
      expect(await violations(page, rules ? { rules } : {}), "map").toEqual([])
      await page.getByRole("tab", { name: "Request" }).click()
      await expect(page.locator("[data-hop]").first()).toBeVisible()
      expect(await violations(page, rules ? { rules } : {}), "request").toEqual([])
      await page.getByRole("tab", { name: "Events" }).click()
      expect(await violations(page, rules ? { rules } : {}), "events").toEqual([])
      await page.getByRole("tab", { name: "Files" }).click()
      await page.getByRole("treeitem", { name: ".bashrc" }).click()
      await expect(page.locator(".monaco-editor").first()).toBeVisible()
      expect(await violations(page, rules ? { rules } : {}), "files").toEqual([])
      await page.keyboard.press("F6")
      await page.keyboard.press("Control+k")
      await expect(page.getByRole("dialog")).toBeVisible()
      expect(await violations(page, rules ? { rules } : {}), "actions").toEqual([])
    })
  })
}

test.describe("390 px", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

  test("one pane at a time, with the keys that a phone lacks", async ({ page }) => {
    await page.goto("/")
    expect(await overflow(page)).toBe(0)
    await page.goto("/learn/kubernetes/02-first-commands")
    await clickCommand(page, "kubectl version")
    await expect.poll(() => screen(page)).toContain("Server Version")
    await expect(page.getByRole("article", { name: "Lesson" })).toBeHidden()
    await page.getByRole("toolbar", { name: "Keys" }).getByRole("button", { name: "Up" }).click()
    await expect.poll(() => screen(page)).toMatch(/[#$] kubectl version$/)
    await page.getByRole("toolbar", { name: "Keys" }).getByRole("button", { name: "Control C" }).click()
    await expect.poll(() => screen(page)).toMatch(/\^C\n.*[#$]$/)
    expect(await overflow(page)).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Cluster" }).click()
    await expect(page.getByRole("region", { name: "Node node01" })).toBeVisible()
    expect(await overflow(page)).toBe(0)
    expect(await violations(page)).toEqual([])
    await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Lesson" }).click()
    await expect(page.getByRole("article", { name: "Lesson" })).toBeVisible()
    expect(await violations(page)).toEqual([])
  })
})
