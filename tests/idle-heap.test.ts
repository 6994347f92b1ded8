/** What an idle world keeps on the heap, held to the bench's limit: unlike times, it is the same on every machine. */
import { execFileSync } from "node:child_process"
import { expect, it } from "vitest"

it("an idle world keeps no more than the bench allows", { timeout: 180_000 }, () => {
  const text = execFileSync(process.execPath, ["apps/cli/bin/drydock.mjs", "bench", "--no-peer", "--json", "heap of an idle"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  })
  const [row] = JSON.parse(text) as { figure: number; target: number }[]
  expect(row?.figure).toBeGreaterThan(0.1)
  expect(row?.figure).toBeLessThanOrEqual(row?.target ?? 0)
})
