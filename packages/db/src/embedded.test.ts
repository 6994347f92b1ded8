/** The embedded Postgres: keeps its data over a stop and a kill, listens with a password, and ends with the process that started it. */
import { spawn } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import pg from "pg"
import { afterAll, beforeAll, expect, it } from "vitest"
import { isRoot } from "./embedded/binaries.ts"
import { isAlive, postmasterOf } from "./embedded/data-directory.ts"
import { startEmbedded } from "./embedded.ts"

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "drydock-embedded-"))
  chmodSync(directory, 0o755)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const ask = async (connectionString: string, sql: string) => {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows
  } finally {
    await client.end()
  }
}

const until = async (what: () => boolean) => {
  for (const deadline = Date.now() + 20_000; !what(); await wait(10)) if (Date.now() > deadline) throw new Error(`never: ${what}`)
}

it("keeps its data over a stop, and wants the password", async () => {
  const home = join(directory, "kept")
  const lines: string[] = []
  const first = await startEmbedded({ directory: home, progress: (line) => lines.push(line) })
  expect({ created: first.created, lines }).toEqual({
    created: true,
    lines: ["Making the database (a few seconds, the first time only) …"],
  })
  const url = await first.database("drydock")
  await ask(url, "CREATE TABLE kept AS SELECT 42 AS value")
  await expect(ask(url.replace(/:[^:@]+@/, ":wrong@"), "SELECT 1")).rejects.toThrow("password authentication failed")
  await first.stop()
  await first.ended
  const second = await startEmbedded({ directory: home })
  expect(second.created).toBe(false)
  expect(await ask(await second.database("drydock"), "SELECT value FROM kept")).toEqual([[42]])
  await second.stop()
})

it("ends when its starter is killed, and the next start has every committed row", async () => {
  const home = join(directory, "killed")
  const program = `import { startEmbedded } from ${JSON.stringify(fileURLToPath(new URL("./embedded.ts", import.meta.url)))}
    const server = await startEmbedded({ directory: ${JSON.stringify(home)} })
    console.log(await server.database("drydock"))
    setInterval(() => undefined, 1000)`
  const tsx = resolve(fileURLToPath(import.meta.url), "../../../../node_modules/tsx/dist/cli.mjs")
  const child = spawn(process.execPath, ["--import", resolve(tsx, "../loader.mjs"), "--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const url = await new Promise<string>((found) => child.stdout.once("data", (chunk) => found(String(chunk).trim())))
  await ask(url, "CREATE TABLE kept AS SELECT 43 AS value")
  const { pid } = postmasterOf(home)!
  child.kill("SIGKILL")
  await until(() => !isAlive(pid))
  const next = await startEmbedded({ directory: home })
  expect(await ask(await next.database("drydock"), "SELECT value FROM kept")).toEqual([[43]])
  await next.stop()
})

it.runIf(isRoot())("as root, goes where its user can go when the directory's parents are closed", async () => {
  const closed = join(directory, "closed")
  mkdirSync(closed, { mode: 0o700 })
  const server = await startEmbedded({ directory: join(closed, "postgres") })
  try {
    expect(server.home).toMatch(/^\/var\/lib\/drydock\/[0-9a-f]{12}$/)
    expect(await ask(await server.database("drydock"), "SELECT 1")).toEqual([[1]])
  } finally {
    await server.stop()
    rmSync(server.home, { recursive: true })
  }
})

it("recovers when the server itself was killed, and is not misled by its pid file", async () => {
  const home = join(directory, "crashed")
  const first = await startEmbedded({ directory: home })
  await ask(await first.database("drydock"), "CREATE TABLE kept AS SELECT 44 AS value")
  process.kill(postmasterOf(first.home)!.pid, "SIGKILL")
  await first.ended
  // The number in the pid file now belongs to another program, which must live on.
  const file = join(first.home, "data/postmaster.pid")
  expect(existsSync(file)).toBe(true)
  writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(process.pid)))
  const next = await startEmbedded({ directory: home })
  expect(await ask(await next.database("drydock"), "SELECT value FROM kept")).toEqual([[44]])
  await next.stop()
})
