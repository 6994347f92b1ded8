/** Finds a Chromium for the browser tests, or installs one. Plain Node. */
import { spawnSync } from "node:child_process"
import { accessSync, constants, existsSync } from "node:fs"
import { delimiter, join } from "node:path"

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]

const runnable = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const onPath = () =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((directory) => NAMES.map((name) => join(directory, name)))
    .find(runnable)

const debian = () => {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined
  console.log("Installing Debian's Chromium (about a minute, once) …")
  const options = { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } }
  const install = () => spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options)
  if (install().status !== 0) {
    spawnSync("apt-get", ["update"], options)
    install()
  }
  return onPath()
}

const downloaded = async (root) => {
  const { chromium } = await import("playwright-core")
  const path = chromium.executablePath()
  if (runnable(path)) return path
  console.log("Downloading Chromium (about a minute, once) …")
  spawnSync(process.execPath, [join(root, "node_modules/playwright-core/cli.js"), "install", "--with-deps", "chromium"], {
    stdio: "inherit",
  })
  return runnable(path) ? path : undefined
}

/**
 * CHROMIUM_PATH, a Chromium on the PATH, Debian's package when root, Playwright's download otherwise.
 * @throws with what to do, when none of them gives one
 */
export const ensureBrowser = async (root) => {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (!runnable(given)) throw new Error(`CHROMIUM_PATH names ${given}, which is no program that can be run.`)
    return given
  }
  const found = onPath() ?? debian() ?? (await downloaded(root))
  if (!found) throw new Error("No Chromium was found or could be installed. Install one and set CHROMIUM_PATH to its program.")
  return found
}
