/** `npm start` from outside: what it says, what it serves, and that nothing is left behind however it ends. */
import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, request } from "node:http"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { freePort, isAlive } from "@drydock/db/embedded"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { clearLast, writeRecord } from "../scripts/start/record.ts"

const ROOT = resolve(import.meta.dirname, "..")
const FAKE = join(ROOT, "tests/start/fake-server.mjs")

let directory: string
const started: Started[] = []
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "drydock-start-"))
  chmodSync(directory, 0o755)
})
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGTERM")
    await ended
  }
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  text(): string
  /** Waits until the output matches, and returns the first group. */
  says(pattern: RegExp): Promise<string>
}

const start = (environment: Record<string, string>): Started => {
  const env = { PATH: process.env.PATH, PORT: "0", HOST: "127.0.0.1", ...environment }
  const child = spawn(process.execPath, ["--import", "tsx", "tests/start/with-fakes.ts"], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  })
  let text = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk))
  const ended = new Promise<number | null>((done) => child.once("close", done))
  const one: Started = {
    ...{ child, ended, text: () => text },
    async says(pattern) {
      for (const deadline = Date.now() + 40_000; ; await wait(20)) {
        const match = pattern.exec(text)
        if (match) return match[1] ?? ""
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(`it never said ${pattern}, but:\n${text}`)
      }
    },
  }
  started.push(one)
  return one
}
const ready = (one: Started) => one.says(/Drydock is ready: (\S+)/)

const ask = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init)
  return { status: response.status, headers: response.headers, body: await response.text() }
}
const record = (data: string) =>
  JSON.parse(readFileSync(join(data, "running.json"), "utf8")) as { run: string; children: { name: string; pid: number }[] }

describe("a start", () => {
  it("serves web and lab behind one address, brings a crashed server back, and ends everything on SIGTERM", async () => {
    const data = join(directory, "one")
    const one = start({ DRYDOCK_DATA: data })
    const url = await ready(one)
    await one.says(/First instructor: instructor@drydock\.local, password (\S{16}) \(shown this once\)/)

    const page = await ask(`${url}/courses?x=1`, { method: "POST", body: "text", headers: { "X-Forwarded-For": "6.6.6.6" } })
    expect(JSON.parse(page.body)).toMatchObject({
      ...{ name: "web", method: "POST", url: "/courses?x=1", body: "text" },
      headers: { "x-forwarded-for": "127.0.0.1", "x-forwarded-host": new URL(url).host, "x-forwarded-proto": "http" },
    })
    expect(page.headers.getSetCookie()).toEqual(["a=1", "b=2"])
    for (const path of ["/lab/x", "/k8s/token/api/v1", "/lab?ticket=1"])
      expect(JSON.parse((await ask(url + path)).body)).toMatchObject({ name: "lab", url: path })
    expect(JSON.parse((await ask(`${url}/labels`)).body).name).toBe("web")
    expect((await ask(`${url}/lab/stream`)).body).toBe("first\nlast\n")
    await expect(ask(`${url}/lab/broken`)).rejects.toThrow()
    expect(await upgraded(`${url}/lab/socket?ticket=T`, "hello")).toBe("lab /lab/socket?ticket=T hello")

    const before = record(data).children
    await expect(ask(`${url}/lab/crash`)).resolves.toMatchObject({ status: 502 })
    const down = await ask(`${url}/lab/x`, { headers: { Accept: "text/html" } })
    expect(down.status).toBe(502)
    expect(down.body).toContain("<title>Drydock is starting</title>")
    expect(JSON.parse((await ask(`${url}/k8s/t/api`)).body)).toMatchObject({ kind: "Status", code: 502 })
    expect((await ask(`${url}/`)).status).toBe(200)
    await one.says(/(The lab server ended with exit code 3; starting it again in 0\.3 s)/)
    for (const deadline = Date.now() + 10_000; (await ask(`${url}/lab/x`)).status !== 200; await wait(20))
      expect(Date.now()).toBeLessThan(deadline)

    const after = record(data).children
    expect(after.map(({ name }) => name)).toEqual(before.map(({ name }) => name))
    one.child.kill("SIGTERM")
    expect(await one.ended).toBe(0)
    expect(one.text()).toContain("Ending …")
    for (const { pid } of [...before, ...after]) expect(isAlive(pid)).toBe(false)
    expect(existsSync(join(data, "running.json"))).toBe(false)
    expect(existsSync(join(data, "postgres/data/postmaster.pid"))).toBe(false)
    await expect(ask(url)).rejects.toThrow()
  })

  it("after kill -9 leaves nothing running, and the next one has everything again", async () => {
    const data = join(directory, "one")
    const killed = start({ DRYDOCK_DATA: data })
    await ready(killed)
    const { children } = record(data)
    expect(children.map(({ name }) => name).sort()).toEqual(["lab", "web"])
    killed.child.kill("SIGKILL")
    await killed.ended
    const next = start({ DRYDOCK_DATA: data })
    const url = await ready(next)
    expect(JSON.parse((await ask(url)).body).name).toBe("web")
    for (const { pid } of children) expect(isAlive(pid)).toBe(false)
    // The data stayed: there is an instructor already.
    expect(next.text()).not.toContain("First instructor")

    // A second one beside it is told where the first is.
    const second = start({ DRYDOCK_DATA: data })
    expect(await second.ended).toBe(1)
    expect(second.text()).toBe(`Drydock is already running at ${url} (process ${next.child.pid}).\n`)
    expect((await ask(url)).status).toBe(200)
  })

  it("says so when the port is taken", async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening))
    const { port } = other.address() as { port: number }
    const one = start({ DRYDOCK_DATA: join(directory, "taken"), PORT: String(port) })
    expect(await one.ended).toBe(1)
    expect(one.text()).toBe(`Port ${port} is taken by another program. Choose another one: PORT=${port + 1} npm start\n`)
    other.close()
  })

  it("says so when the database cannot be reached, without its password", async () => {
    const port = await freePort()
    const one = start({ DRYDOCK_DATA: join(directory, "unreachable"), DATABASE_URL: `postgres://ada:geheim@127.0.0.1:${port}/school` })
    expect(await one.ended).toBe(1)
    expect(one.text()).toBe(
      `The database postgres://ada:…@127.0.0.1:${port}/school cannot be used: nothing listens there (connect ECONNREFUSED 127.0.0.1:${port}).\n` +
        "It is named in DATABASE_URL; without that variable Drydock brings a database of its own.\n",
    )
  })

  it("says which settings are wrong", async () => {
    const one = start({ DRYDOCK_DATA: join(directory, "wrong"), PORT: "many", DATABASE_URL: "mysql://x", DRYDOCK_SECRET: "short" })
    expect(await one.ended).toBe(1)
    expect(one.text()).toBe(
      "The settings are wrong (.env.example explains each):\n  PORT: must be a number\n" +
        "  DATABASE_URL: must begin with postgres://\n  DRYDOCK_SECRET: must have at least 32 characters\n",
    )
  })

  it("gives up on a server that never starts, with what it said, and ends on ^C while it tries", async () => {
    const data = join(directory, "one")
    const broken = start({ DRYDOCK_DATA: data, FAKE_WEB: "broken" })
    expect(await broken.ended).toBe(1)
    expect(broken.text()).toContain("The web server does not start (exit code 7). Its last lines:\n  cannot find the moon")
    expect(existsSync(join(data, "postgres/data/postmaster.pid"))).toBe(false)
    const stopped = start({ DRYDOCK_DATA: data, FAKE_WEB: "broken" })
    await stopped.says(/(The web server ended with exit code 7)/)
    stopped.child.kill("SIGINT")
    expect(await stopped.ended).toBe(0)
  })
})

describe("what an older start left behind", () => {
  const spawnFake = async (run: string) => {
    const child = spawn(process.execPath, [FAKE, "lab", "announces"], {
      env: { DRYDOCK_RUN: run, PORT: "0" },
      ...{ detached: true, stdio: ["ignore", "pipe", "inherit"] },
    })
    const { port } = JSON.parse(await new Promise<string>((found) => child.stdout?.once("data", (chunk) => found(String(chunk))))) as {
      port: number
    }
    return { child, port, gone: new Promise((done) => child.once("exit", done)) }
  }

  it("is ended when it says that it is of that run; a stranger with its number is left alone", async () => {
    const data = join(directory, "left")
    mkdirSync(data)
    const orphan = await spawnFake("old")
    const stranger = await spawnFake("another")
    const lines: string[] = []
    writeRecord(data, {
      ...{ pid: 2 ** 22 + 1, run: "old", port: await freePort() },
      children: [orphan, stranger].map(({ child, port }) => ({ name: "lab", pid: child.pid!, port, health: "/lab/health" })),
    })
    await clearLast(data, (line) => lines.push(line))
    await orphan.gone
    expect(lines).toEqual([`Ending the lab server that the last start left behind (process ${orphan.child.pid}) …`])
    expect(isAlive(stranger.child.pid!)).toBe(true)
    expect(existsSync(join(data, "running.json"))).toBe(false)
    stranger.child.kill()
  })

  it("is nothing when the record is damaged", async () => {
    const data = join(directory, "damaged")
    mkdirSync(data)
    writeFileSync(join(data, "running.json"), '{"pid":')
    await expect(clearLast(data, () => undefined)).resolves.toBeUndefined()
  })
})

/** Opens an upgraded connection, sends, and returns what came back. */
const upgraded = (url: string, send: string) =>
  new Promise<string>((resolve, reject) => {
    const opening = request(url, { headers: { Connection: "Upgrade", Upgrade: "test" } })
    opening.on("upgrade", (_response, socket, head) => {
      let text = head.toString()
      socket.on("data", (chunk) => {
        text += chunk
        if (text.endsWith(send)) socket.end(() => resolve(text))
      })
      socket.write(send)
    })
    opening.on("response", (response) => reject(new Error(`${response.statusCode}`)))
    opening.on("error", reject)
    opening.end()
  })
