/** The lab's own browser: what listens inside as a page, from the list, from an address, from a link in the terminal; and nobody else's. */
import { expect, test } from "@playwright/test"
import { overflow, violations } from "./accessibility.ts"
import { openLesson, screen } from "./learner.ts"

test("a Service is found and shown in a sandbox; a link in the terminal opens there too; a forged address is refused", async ({ page }) => {
  await openLesson(page, "/playground/lab?nodes=controlplane")
  await page.getByRole("tab", { name: "Browser" }).click()
  const pane = page.getByRole("tabpanel", { name: "Browser" })
  await expect(pane).toContainText("Nothing yet.")
  await page.getByRole("tab", { name: "controlplane" }).click()
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type(
    "kubectl create deployment web --image=nginx --port=80 && kubectl expose deployment web --type=NodePort && kubectl wait --for=condition=Available deployment/web\n",
  )
  await expect.poll(() => screen(page)).toContain("condition met")
  await page.getByRole("tab", { name: "Browser" }).click()
  await pane.getByRole("button", { name: "Look again" }).click()
  await expect(pane.getByRole("listitem")).toHaveText([/Service default\/web/, /Node port of Service default\/web/, /Pod default\/web-/])
  expect(await violations(page)).toEqual([])
  await pane.getByRole("button", { name: /Node port/ }).click()
  const frame = pane.locator("iframe")
  await expect(frame).toHaveAttribute("sandbox", "allow-scripts allow-forms allow-modals")
  await expect(pane.frameLocator("iframe").getByRole("heading", { name: "Welcome to nginx!" })).toBeVisible()
  // The page tells where it is; the line above follows.
  const line = pane.getByRole("textbox", { name: "Address inside the lab" })
  await expect(line).toHaveValue(/^http:\/\/controlplane:3\d{4}\/$/)
  // It has no origin: nothing of the site is within its reach.
  const inside = page.frames().find((one) => one.url().includes("/lab/preview/"))
  expect(await inside?.evaluate("self.origin")).toBe("null")
  expect(await inside?.evaluate("(() => { try { return document.cookie } catch (error) { return error.name } })()")).toBe("SecurityError")
  expect(await inside?.evaluate("(() => { try { return parent.document.title } catch (error) { return error.name } })()")).toBe(
    "SecurityError",
  )

  // What is not there says so, in the page's place.
  await line.fill("8080/none")
  await line.press("Enter")
  await expect(pane.frameLocator("iframe").getByText("localhost:8080 refused the connection")).toBeVisible()
  await line.fill("ftp://x")
  await line.press("Enter")
  await expect(pane.getByRole("alert")).toContainText("That is no address of the lab.")

  // Somebody who guesses, and somebody who holds another secret of the same lab.
  const address = (await frame.getAttribute("src")) ?? ""
  const [, , , token] = address.split("/")
  for (const forged of [`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`, token.split(".")[0], "x"])
    expect((await page.request.get(address.replace(token, forged))).status(), forged).toBe(401)

  await page.getByRole("tab", { name: "controlplane" }).click()
  await page.locator(".xterm").filter({ visible: true }).click()
  await page.keyboard.type("clear; echo http://$(kubectl get service web -o jsonpath={.spec.clusterIP})/\n")
  await expect.poll(() => screen(page)).toMatch(/^http:\/\/10\.[\d.]+\/\n/)
  const row = page
    .locator(".xterm-rows")
    .filter({ visible: true })
    .locator("> div")
    .filter({ hasText: /^http:/ })
  const place = await row.boundingBox()
  if (!place) throw new Error("the address is not on the screen")
  // The terminal draws over its rows: the pointer itself, and a link is one once it is pointed at.
  await page.mouse.move(place.x + 40, place.y + 8)
  await page.mouse.move(place.x + 60, place.y + 8)
  await expect(page.locator(".xterm-cursor-pointer")).toHaveCount(1)
  await page.mouse.click(place.x + 60, place.y + 8)
  await expect(pane.frameLocator("iframe").getByRole("heading", { name: "Welcome to nginx!" })).toBeVisible()
  await expect(line).toHaveValue(/^http:\/\/10\./)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await overflow(page)).toBe(0)
})
