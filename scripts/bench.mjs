/** `npm run bench`: `drydock bench` after installing what is missing. */
import { spawnSync } from "node:child_process"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { ensureInstalled, generate } from "./setup/install.mjs"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
await ensureInstalled(root)
await generate(root)
const bench = spawnSync(process.execPath, [join(root, "apps/cli/bin/drydock.mjs"), "bench", ...process.argv.slice(2)], { stdio: "inherit" })
process.exit(bench.status ?? 1)
