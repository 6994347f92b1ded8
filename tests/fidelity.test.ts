/** Recordings of the real thing: what agreed when docs/fidelity.json was written still agrees. */
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, test } from "vitest"
import { page } from "../scripts/fidelity/page.mjs"
import { missing, yardsticks } from "../scripts/fidelity/yardsticks.mjs"

const root = resolve(import.meta.dirname, "..")
const written = JSON.parse(readFileSync(join(root, "docs/fidelity.json"), "utf8")) as Record<
  string,
  { total: { pass: number; all: number }; differs: string[] }
>

/** Those that take seconds; the others are `npm run fidelity`'s. */
const QUICK = ["client", "bash"]

describe("fidelity", () => {
  for (const yardstick of yardsticks.filter(({ name }) => QUICK.includes(name))) {
    const absent = missing(yardstick)
    const title = `${yardstick.title}: no less than written`
    if (absent.length > 0) test.skip(`${title} (the recordings are not here: ${absent.join(", ")})`)
    else
      test(title, async () => {
        const { total, differs } = await yardstick.run()
        const fresh = differs.filter((name) => !written[yardstick.name].differs.includes(name))
        expect(total.all).toBe(written[yardstick.name].total.all)
        expect(total.pass, `differs now and did not: ${fresh.join("\n")}`).toBeGreaterThanOrEqual(written[yardstick.name].total.pass)
      })
  }

  test("the page is the one that the figures make", () => {
    expect(existsSync(join(root, "docs/fidelity.md"))).toBe(true)
    expect(readFileSync(join(root, "docs/fidelity.md"), "utf8")).toBe(page(yardsticks, written))
  })
})
