/** Browser tests: the whole application is started on a free port with data of its own, and looked at in Chromium. */
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { defineConfig, devices } from "@playwright/test"

/** Chosen once: workers load this file again and inherit the choice. */
process.env.DRYDOCK_TEST_PORT ??= String(20_000 + (process.pid % 20_000))
if (process.env.DRYDOCK_TEST_DATA === undefined) {
  const data = mkdtempSync(join(tmpdir(), "playwright-drydock-"))
  process.env.DRYDOCK_TEST_DATA = data
  // The application has ended by then.
  process.on("exit", () => rmSync(data, { recursive: true, force: true }))
}
const url = `http://localhost:${process.env.DRYDOCK_TEST_PORT}`

const debian = "/usr/bin/chromium"
const executablePath = process.env.CHROMIUM_PATH ?? (existsSync(debian) ? debian : undefined)

export default defineConfig({
  testDir: "tests/browser",
  // Two labs at a time are what two cores bear beside two browsers.
  workers: 2,
  fullyParallel: true,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    ...devices["Desktop Chrome"],
    baseURL: url,
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "learners", testIgnore: "recovery.spec.ts" },
    // Kills the server that all labs run in: when nobody else is at work.
    { name: "recovery", testMatch: "recovery.spec.ts", dependencies: ["learners"] },
  ],
  webServer: {
    command: "node scripts/start.mjs",
    url: `${url}/api/health`,
    timeout: 300_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
    stdout: "pipe",
    env: { PORT: process.env.DRYDOCK_TEST_PORT, DRYDOCK_DATA: process.env.DRYDOCK_TEST_DATA },
  },
})
