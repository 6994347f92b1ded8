/** What a lesson costs to open. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, test } from "@playwright/test"

test("a lesson loads at most 250 kB of JavaScript before it is asked for more", () => {
  const script = fileURLToPath(new URL("../../apps/web/scripts/first-load.mjs", import.meta.url))
  const { bytes } = JSON.parse(execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" })) as { bytes: number }
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes).toBeLessThanOrEqual(250_000)
})
