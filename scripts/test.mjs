/** `npm test`: installs what is missing, then lint, types, boundaries, unit, property and browser tests. Plain Node: runs before anything is installed. */
import { spawn } from "node:child_process"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..")
const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 20 || (major === 20 && minor < 9)) {
  console.error(`Drydock needs Node 20.9 or newer; this is ${process.version}.`)
  process.exit(1)
}

const { ensureInstalled, generate } = await import("./setup/install.mjs")
await ensureInstalled(root)
await generate(root)

const bin = (name) => join(root, "node_modules/.bin", name)
const run = (command, args, env = {}) =>
  new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } })
    child.on("close", (code) => done(code ?? 1))
  })

/** Steps in order of how soon they tell; a name on the command line runs that step alone. */
const steps = {
  lint: () => run(bin("biome"), ["check", "."]),
  types: () => run(process.execPath, ["scripts/types.mjs"]),
  boundaries: async () =>
    (await run(bin("depcruise"), ["--config", ".dependency-cruiser.cjs", "packages", "apps"])) ||
    (await run(process.execPath, ["scripts/page-imports.mjs"])) ||
    run(process.execPath, ["scripts/circles.mjs"]),
  unit: () => run(bin("vitest"), ["run"]),
  browser: async () => {
    const { ensureBrowser } = await import("./setup/browser.mjs")
    try {
      return await run(bin("playwright"), ["test"], { CHROMIUM_PATH: await ensureBrowser(root) })
    } catch (error) {
      console.error(error.message)
      return 1
    }
  },
}

const wanted = process.argv.slice(2).length > 0 ? process.argv.slice(2) : Object.keys(steps)
const failed = []
for (const name of wanted) {
  if (!steps[name]) {
    console.error(`There is no step "${name}"; there are ${Object.keys(steps).join(", ")}.`)
    process.exit(2)
  }
  const begun = Date.now()
  console.log(`\n— ${name}`)
  const code = await steps[name]()
  console.log(`— ${name}: ${code === 0 ? "ok" : `failed (${code})`}, ${((Date.now() - begun) / 1000).toFixed(1)} s`)
  if (code !== 0) failed.push(name)
}
console.log(failed.length ? `\nfailed: ${failed.join(", ")}` : "\nall steps passed")
process.exit(failed.length ? 1 : 0)
