/** Installs dependencies when they are missing or the lock changed, and generates what is generated. Plain Node. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** `npm ci` unless node_modules was made from this very lock. Exits with npm's code when it fails. */
export const ensureInstalled = async (root) => {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex")
  const stamp = join(root, "node_modules/.drydock-lock")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return
  console.log("Installing dependencies (about a minute the first time) …")
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: "inherit", shell: process.platform === "win32" })
  if (npm.status !== 0) {
    console.error("npm ci failed; nothing else was changed. Its messages are above.")
    process.exit(npm.status ?? 1)
  }
  mkdirSync(join(root, "node_modules"), { recursive: true })
  writeFileSync(stamp, lock)
}

/** Runs the rooms' generators; each skips quickly when it is up to date. */
export const generate = async (root) => {
  for (const script of ["packages/kubernetes/scripts/generate-schema.mjs", "packages/db/scripts/generate.mjs"]) {
    if (!existsSync(join(root, script))) continue
    const generator = await import(pathToFileURL(join(root, script)).href)
    if (generator.generate) await generator.generate()
  }
}
