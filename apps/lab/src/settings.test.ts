/** The environment, read. */
import { expect, test } from "vitest"
import { readSettings } from "./settings.ts"

test("defaults, and variables that are set to nothing", () => {
  expect(readSettings({ DATABASE_URL: "postgres://x", LAB_OWNER: "", LAB_WORKERS: "" }, 3)).toEqual({
    databaseUrl: "postgres://x",
    run: "unnamed",
    port: 0,
    host: "127.0.0.1",
    workers: 3,
    sessionsPerWorker: 400,
    owner: expect.stringMatching(/^lab@./),
  })
})

test("what is given is taken; the lab's own port comes before PORT", () => {
  const given = { DATABASE_URL: "postgres://x", DRYDOCK_RUN: "r", PORT: "1", LAB_PORT: "2", LAB_WORKERS: "4", LAB_OWNER: "me" }
  expect(readSettings(given, 1)).toMatchObject({ run: "r", port: 2, workers: 4, owner: "me" })
  expect(readSettings({ DATABASE_URL: "postgres://x", PORT: "1" }, 1)).toMatchObject({ port: 1 })
})

test("what is wrong is said by name", () => {
  expect(() => readSettings({ LAB_PORT: "70000" }, 1)).toThrow(/DATABASE_URL: .*\nLAB_PORT: /)
})
