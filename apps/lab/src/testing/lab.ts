/** A lab server for tests: real sockets, real Postgres; workers on this thread or on threads of their own. */
import { MessageChannel } from "node:worker_threads"
import type { LabSession } from "@drydock/db"
import { type TestDatabase, withDatabase } from "@drydock/db/testing"
import type { LabSpec } from "@drydock/course"
import { type LabServer, startLabServer } from "../front/server.ts"
import type { Spawned } from "../front/pool.ts"
import type { FromWorker, Port, ToWorker } from "../link.ts"
import { spawnThread } from "../spawn-thread.ts"
import { gradeJob } from "../grading/job.ts"
import { spawnGrading } from "../grading/threads.ts"
import { authorJob } from "../studio/job.ts"
import { hostWorlds } from "../worker/host.ts"
import { Browser } from "./browser.ts"

export const STARTED_AT = Date.UTC(2026, 0, 5, 8)

/** A worker without a thread: what it does can be seen from here, and it can be ended as a thread can. */
const spawnHere = (): Spawned => {
  const { port1, port2 } = new MessageChannel()
  const running = new Int32Array(new SharedArrayBuffer(4))
  const host = hostWorlds(port2 as unknown as Port<readonly FromWorker[]>, running)
  return {
    port: port1 as unknown as Port<ToWorker>,
    running,
    onExit: () => {},
    terminate: () => {
      host.stop()
      port1.close()
    },
  }
}

/** The program of a thread, bundled from the sources as they are. */
export const workerProgram = async (): Promise<string> => {
  const { bundle } = (await import(new URL("../../../../scripts/bundling/bundle.mjs", import.meta.url).href)) as {
    bundle: (options: { entry: string; outfile: string }) => Promise<string>
  }
  return bundle({ entry: "apps/lab/src/main.ts", outfile: "apps/lab/dist/lab.mjs" })
}

export interface TestLab {
  readonly database: TestDatabase
  readonly server: LabServer
  readonly warnings: string[]
  session(options?: { user?: string; lesson?: string; topology?: LabSession["topology"] }): Promise<LabSession>
  /** A page with a socket to the session, welcomed. */
  browser(session: LabSession, client?: string): Promise<Browser>
  ticket(session: LabSession): Promise<string>
  address: string
  /** Another server on the same database. */
  another(owner?: string): Promise<LabServer>
  publish(lesson: string, lab: Partial<LabSpec> & Pick<LabSpec, "tasks">): Promise<void>
  close(): Promise<void>
}

export const startTestLab = async (
  options: {
    threads?: number
    owner?: string
    perWorker?: number
    gradingLimit?: number
    testLimit?: number
    previewPatience?: number
  } = {},
): Promise<TestLab> => {
  const database = await withDatabase()
  const warnings: string[] = []
  const program = options.threads === undefined ? undefined : await workerProgram()
  const start = (owner: string) =>
    startLabServer({
      repositories: database.repositories,
      run: "test",
      host: "127.0.0.1",
      port: 0,
      owner,
      workers: options.threads ?? 1,
      perWorker: options.perWorker ?? 1_000,
      spawn: program === undefined ? spawnHere : () => spawnThread(program),
      spawnGrading: () =>
        program === undefined
          ? {
              grade: (job) => new Promise((resolve) => setImmediate(() => resolve(gradeJob(job)))),
              author: (job, tell) => new Promise((resolve) => setImmediate(() => resolve(authorJob(job, tell)))),
              end: () => undefined,
            }
          : spawnGrading(program),
      ...(options.gradingLimit !== undefined && { gradingLimit: options.gradingLimit }),
      ...(options.previewPatience !== undefined && { previewPatience: options.previewPatience }),
      ...(options.testLimit !== undefined && { testLimit: options.testLimit }),
      warn: (text) => warnings.push(text),
    })
  const server = await start(options.owner ?? "lab")
  const others: LabServer[] = []
  const people = new Set<string>()
  const browsers: Browser[] = []
  const address = `ws://127.0.0.1:${server.port}/lab/socket`
  const ticket = (session: LabSession) => database.repositories.tickets.issue(session.id, session.userId)
  return {
    database,
    server,
    warnings,
    address,
    ticket,
    async session({ user = "ada", lesson, topology = "kubeadm-1node" } = {}) {
      if (!people.has(user)) await database.addPerson(user)
      people.add(user)
      const published = lesson === undefined ? undefined : await database.repositories.content.lesson("course", lesson)
      return database.repositories.sessions.open({
        userId: user,
        ...(published && { lesson: { course: "course", lesson: published.lesson, version: published.version } }),
        topology,
        seed: "test",
        engine: "1",
        startedAt: STARTED_AT,
      })
    },
    async browser(session, client) {
      const browser = new Browser(address, client)
      browsers.push(browser)
      await browser.connect(await ticket(session))
      await browser.message("welcome")
      return browser
    },
    async another(owner = "another") {
      const other = await start(owner)
      others.push(other)
      return other
    },
    async publish(lesson, lab) {
      const points = lab.tasks.reduce((sum, task) => sum + task.points, 0)
      await database.repositories.content.publish([
        {
          course: { slug: "course", title: "Course", summary: "", modules: [{ title: "Module", lessons: [lesson] }] },
          lessons: [{ course: "course", lesson, version: "v1", title: lesson, summary: "", minutes: 5, points, prose: "", lab }],
        },
      ])
    },
    async close() {
      for (const browser of browsers) browser.close()
      for (const other of others) await other.close()
      await server.close()
      await database.close()
    },
  }
}
