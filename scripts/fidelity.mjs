/** `npm run fidelity [NAME…]`: replays the recordings that are here and writes docs/fidelity.md and docs/fidelity.json. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { ensureInstalled, generate } from "./setup/install.mjs"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
await ensureInstalled(root)
await generate(root)
const { directory, missing, yardsticks } = await import("./fidelity/yardsticks.mjs")
const { page } = await import("./fidelity/page.mjs")

const wanted = process.argv.slice(2)
const stored = join(root, "docs/fidelity.json")
const results = existsSync(stored) ? JSON.parse(readFileSync(stored, "utf8")) : {}
for (const yardstick of yardsticks) {
  if (wanted.length > 0 && !wanted.includes(yardstick.name)) continue
  const absent = missing(yardstick)
  if (absent.length > 0) {
    console.log(`${yardstick.name}: skipped, ${directory} has no ${absent.join(", ")}`)
    continue
  }
  console.log(`${yardstick.name} …`)
  const result = await yardstick.run()
  if (result.skipped) {
    console.log(`${yardstick.name}: skipped, ${result.skipped}`)
    continue
  }
  results[yardstick.name] = result
  const { pass, all } = result.total
  console.log(`${yardstick.name}: ${pass}/${all} = ${((100 * pass) / all).toFixed(1)} %`)
}
writeFileSync(stored, `${JSON.stringify(results, null, 1)}\n`)
writeFileSync(join(root, "docs/fidelity.md"), page(yardsticks, results))
