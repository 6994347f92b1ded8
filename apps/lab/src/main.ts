/** The lab server's process: settings, database, server; and, in its threads, the worlds. */
import { availableParallelism } from "node:os"
import { connect } from "@drydock/db"
import { startLabServer } from "./front/server.ts"
import { gradeForParent, isGradingThread, spawnGrading } from "./grading/threads.ts"
import { readSettings, type Settings } from "./settings.ts"
import { asWorker, spawnThread } from "./spawn-thread.ts"
import { hostWorlds } from "./worker/host.ts"

const warn = (text: string) => void process.stderr.write(`lab: ${text}\n`)

const serve = async (): Promise<void> => {
  let settings: Settings
  try {
    settings = readSettings(process.env, availableParallelism())
  } catch (error) {
    warn((error as Error).message.replaceAll("\n", "\nlab: "))
    process.exit(2)
  }
  const repositories = await connect(settings.databaseUrl)
  const server = await startLabServer({
    repositories,
    run: settings.run,
    host: settings.host,
    port: settings.port,
    owner: settings.owner,
    workers: settings.workers,
    perWorker: settings.sessionsPerWorker,
    spawn: () => spawnThread(new URL(import.meta.url)),
    spawnGrading: () => spawnGrading(new URL(import.meta.url)),
    warn,
  })
  process.stdout.write(`${JSON.stringify({ ready: true, port: server.port, run: settings.run })}\n`)
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await server.close()
    await repositories.close()
    process.exit(0)
  }
  process.on("SIGTERM", () => void stop())
  process.on("SIGINT", () => void stop())
}

const worker = asWorker()
if (worker) hostWorlds(worker.port, worker.running)
else if (isGradingThread) gradeForParent()
else
  serve().catch((error: Error) => {
    warn(`could not start: ${error.message}`)
    process.exit(1)
  })
