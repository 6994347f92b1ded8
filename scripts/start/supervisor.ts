/** Brings Drydock up and keeps it up: front, database, tables, content, then the programs, until a signal ends it all. */
import { randomUUID } from "node:crypto"
import { mkdirSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { connect, type Repositories } from "@drydock/db"
import { startEmbedded } from "@drydock/db/embedded"
import { Child, type Program } from "./child.ts"
import { type Database, migrate, openDatabase } from "./database.ts"
import { createFront } from "./front.ts"
import { listen } from "./listen.ts"
import { createPreview, PREVIEW_TAG } from "./preview.ts"
import { publishContent } from "./publish.ts"
import { clearLast, removeRecord, writeRecord } from "./record.ts"
import { keptSecret } from "./secrets.ts"
import type { Settings } from "./settings.ts"
import { signIn } from "./sign-in.ts"
import { type Steps, steps } from "./steps.ts"

export interface Supervised {
  readonly root: string
  readonly settings: Settings
  readonly programs: readonly Program[]
  build(steps: Steps): Promise<void>
}

/** Resolves at the first ^C or SIGTERM; `again` is called at each later one. */
const signalled = (again: () => void) =>
  new Promise<void>((resolve) => {
    let times = 0
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => (++times === 1 ? resolve() : again()))
  })

/** @returns the exit code, when everything has ended */
export const supervise = async ({ root, settings, programs, build }: Supervised): Promise<number> => {
  const begun = Date.now()
  const run = randomUUID()
  const say = (line: string) => console.log(line)
  const told = steps(say)
  mkdirSync(settings.data, { recursive: true })
  await clearLast(settings.data, say)

  const children: Child[] = []
  const placeOf = (name: string) => () => {
    const port = children.find(({ program }) => program.name === name)?.port
    return port === undefined ? undefined : { host: "127.0.0.1", port }
  }
  const preview = settings.preview === undefined ? undefined : createPreview(settings.preview)
  const front = createFront({
    ...{ run, web: placeOf("web"), lab: placeOf("lab"), proxies: settings.proxies },
    ...(preview && { preview: { handle: preview.handle, tag: PREVIEW_TAG } }),
  })
  const port = await listen(front, settings)
  const url = settings.url ?? `http://localhost:${port}`
  const record = () =>
    writeRecord(settings.data, {
      ...{ pid: process.pid, run, port },
      children: children.flatMap(({ program, pid, expectedPort }) =>
        pid === undefined ? [] : [{ name: program.name, pid, port: expectedPort, health: program.health }],
      ),
    })
  record()

  let ending = false
  let database: Database | undefined
  let repositories: Repositories | undefined
  let following: { stop(): void } | undefined
  const bringUp = async () => {
    const prepareTables = async () => {
      database = await openDatabase(settings, told)
      const { url } = database
      await told.during("Making the tables", () => migrate(url, root))
      repositories = await connect(url)
    }
    await Promise.all([prepareTables(), build(told)])
    if (ending || !database || !repositories) return
    const kept = repositories
    const environment: NodeJS.ProcessEnv = {
      ...settings.environment,
      ...{ NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      ...{ DATABASE_URL: database.url, DRYDOCK_URL: url, DRYDOCK_SECRET: settings.secret ?? keptSecret(settings.data) },
      LAB_OWNER: settings.environment.LAB_OWNER ?? `lab@${hostname()}:${port}`,
    }
    const around = { run, logs: join(settings.data, "logs"), environment, say, changed: record }
    for (const program of programs) children.push(new Child(program, around))
    const failures: Promise<never>[] = []
    const ready = children.map(
      (child) => new Promise<void>((resolve) => failures.push(child.run(resolve).then(() => new Promise<never>(() => undefined)))),
    )
    const failed = Promise.race(failures)
    const lessons = async () => {
      if (preview) {
        const wrong = await told.during("Reading the lesson", () => preview.publish(kept))
        if (wrong.length > 0) say(wrong.join("\n"))
        following = preview.follow(kept, say)
        return
      }
      const mistakes = await told.during("Reading the lessons", () => publishContent(kept, settings.content, root))
      if (mistakes.length > 0) say(["These lessons have mistakes and are left out:", ...mistakes].join("\n  "))
    }
    // Side by side: the servers ask the database for lessons at each page.
    await Promise.race([Promise.all([told.during("Starting the servers", () => Promise.all(ready)), lessons()]), failed])
    say(`Drydock is ready: ${url}${preview?.path ?? ""} (${((Date.now() - begun) / 1000).toFixed(1)} s). ^C ends it.`)
    if (!preview) await signIn(kept, root, say)
    await Promise.race([failed, keepDatabase()])
  }

  /** The embedded server is started again where it was: the programs' connections come back by themselves. */
  const keepDatabase = async (): Promise<never> => {
    while (database?.embedded) {
      const { embedded, url } = database
      await embedded.ended
      if (ending) break
      say("The database ended unexpectedly; starting it again.")
      database = { url, embedded: await startEmbedded({ directory: join(settings.data, "postgres"), port: embedded.port }) }
      if (database.embedded?.port !== embedded.port) throw new Error("the database's port was taken while it was down")
    }
    return new Promise<never>(() => undefined)
  }

  const end = async () => {
    ending = true
    following?.stop()
    front.close()
    await Promise.all(children.map((child) => child.end()))
    front.closeAllConnections()
    await repositories?.close()
    await database?.embedded?.stop()
    removeRecord(settings.data)
  }
  const stop = signalled(() => void Promise.all(children.map((child) => child.end(true))))
  try {
    const signal = await Promise.race([stop.then(() => true), bringUp().then(() => false)])
    if (signal) say("Ending …")
  } catch (error) {
    await end()
    throw error
  }
  await end()
  return 0
}
