/** What is running, written down for the next start: after a kill it finds what was left behind, and ends that and nothing else. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { isAlive } from "@drydock/db/embedded"
import { z } from "zod"
import { Refusal } from "./explain.ts"
import { runAt } from "./health.ts"

/** Answered by the front itself. */
export const FRONT_HEALTH = "/.drydock/health"

const Running = z.object({
  pid: z.number().int(),
  run: z.string(),
  port: z.number().int(),
  children: z.array(
    z.object({ name: z.string(), /** leads its process group */ pid: z.number().int(), port: z.number().int(), health: z.string() }),
  ),
})
export type Running = z.infer<typeof Running>

const fileIn = (data: string) => join(data, "running.json")

export const writeRecord = (data: string, running: Running) => {
  const aside = `${fileIn(data)}.${process.pid}`
  writeFileSync(aside, `${JSON.stringify(running)}\n`)
  renameSync(aside, fileIn(data))
}

export const removeRecord = (data: string) => rmSync(fileIn(data), { force: true })

const readRecord = (data: string): Running | undefined => {
  if (!existsSync(fileIn(data))) return undefined
  try {
    return Running.parse(JSON.parse(readFileSync(fileIn(data), "utf8")))
  } catch {
    return undefined
  }
}

/** The process is one of that run: it says so itself, or its environment does. A number alone may be another program's by now. */
const isOf = async (run: string, child: Running["children"][number]) => {
  if (!isAlive(child.pid)) return false
  if (child.port > 0 && (await runAt(child.port, child.health)) === run) return true
  try {
    return readFileSync(`/proc/${child.pid}/environ`, "utf8").split("\0").includes(`DRYDOCK_RUN=${run}`)
  } catch {
    return false
  }
}

const signal = (group: number, name: NodeJS.Signals) => {
  try {
    process.kill(process.platform === "win32" ? group : -group, name)
  } catch {
    // Gone in the meantime.
  }
}

/**
 * Ends the programs that a killed start left behind.
 * @throws Refusal when that start is alive and well
 */
export const clearLast = async (data: string, say: (line: string) => void): Promise<void> => {
  const last = readRecord(data)
  if (!last) return
  if (last.pid !== process.pid && isAlive(last.pid) && (await runAt(last.port, FRONT_HEALTH)) === last.run)
    throw new Refusal(`Drydock is already running at http://localhost:${last.port} (process ${last.pid}).`)
  for (const child of last.children) {
    if (!(await isOf(last.run, child))) continue
    say(`Ending the ${child.name} server that the last start left behind (process ${child.pid}) …`)
    signal(child.pid, "SIGTERM")
    for (const deadline = Date.now() + 5000; isAlive(child.pid) && Date.now() < deadline; ) await wait(20)
    if (isAlive(child.pid)) signal(child.pid, "SIGKILL")
  }
  removeRecord(data)
}
