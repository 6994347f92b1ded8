/** Finds a Chromium for the browser tests, or gets one: CHROMIUM_PATH, one on this machine, Debian's, Playwright's. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/opt/google/chrome/chrome"]

/** @returns the browser's path; "" lets Playwright use its own download */
export const ensureBrowser = async (root) => {
  if (process.env.CHROMIUM_PATH) {
    if (existsSync(process.env.CHROMIUM_PATH)) return process.env.CHROMIUM_PATH
    console.error(`CHROMIUM_PATH is ${process.env.CHROMIUM_PATH}, where there is no file.`)
    process.exit(1)
  }
  const found = PLACES.find((path) => existsSync(path))
  if (found) return found
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("Installing Debian's chromium …")
    const quiet = { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } }
    spawnSync("apt-get", ["update", "-q"], quiet)
    spawnSync("apt-get", ["install", "-qy", "--no-install-recommends", "chromium"], quiet)
    if (existsSync("/usr/bin/chromium")) return "/usr/bin/chromium"
  }
  console.log("Downloading Playwright's chromium …")
  const download = spawnSync(join(root, "node_modules/.bin/playwright"), ["install", "chromium"], { stdio: "inherit" })
  if (download.status !== 0) {
    console.error("No browser for the browser tests: set CHROMIUM_PATH to a Chromium or Chrome on this machine.")
    process.exit(1)
  }
  return ""
}
