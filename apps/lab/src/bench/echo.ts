/** Key to echo through a whole lab server: so many attached worlds, a key each every so often, over real websockets and real Postgres. */
import { type ChildProcess, spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { withDatabase } from "@drydock/db/testing"
import type { ServerMessage } from "@drydock/protocol"
import { WebSocket } from "ws"

export interface EchoBench {
  worlds: number
  /** Between two keys of one world, ms. */
  every: number
  /** How long keys are measured, ms. */
  duration: number
  workers: number
  topology: string
  /** What learners of other labs on the same server have typed, a lab each: their keys are not measured. */
  hostile?: readonly string[]
}

export interface EchoResult {
  worlds: number
  keys: number
  /** Key to echo, ms. */
  p50: number
  p99: number
  max: number
  /** Until all worlds were ready, ms. */
  made: number
  /** Resident memory of the lab server with all worlds, MB. */
  memory: number
  /** CPU seconds a second that the lab server took while keys were measured. */
  cpu: number
}

export const ECHO_BENCH: EchoBench = { worlds: 500, every: 2_000, duration: 20_000, workers: 2, topology: "kubeadm-2nodes" }

/** Sixteen learners beside one of each that takes all it can get. */
export const HOSTILE_BENCH: EchoBench = {
  ...ECHO_BENCH,
  worlds: 16,
  every: 500,
  hostile: ["while :; do :; done", "yes", ":(){ :|:& };:", "cat /dev/zero"],
}

interface Page {
  ws: WebSocket
  seq: number
  /** When the key went out that no echo came for yet. */
  sentAt: number | undefined
}

const readyLine = (child: ChildProcess) =>
  new Promise<{ port: number }>((resolve, reject) => {
    let text = ""
    child.stdout?.on("data", (data: Buffer) => {
      text += data.toString()
      const end = text.indexOf("\n")
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)) as { port: number })
    })
    child.once("exit", (code) => reject(new Error(`the lab server ended with ${code}`)))
  })

/** User and system time so far, s. */
const cpuSeconds = async (pid: number): Promise<number> => {
  try {
    const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /, "").split(" ")
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}

const residentMb = async (pid: number): Promise<number> => {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

const percentile = (sorted: readonly number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
const rounded = (value: number) => Math.round(value * 100) / 100

/** @param program the lab server's bundle */
export const benchEcho = async (program: string, options: EchoBench = ECHO_BENCH): Promise<EchoResult> => {
  const database = await withDatabase()
  const { sessions, tickets } = database.repositories
  const environment = {
    ...process.env,
    DATABASE_URL: database.url,
    DRYDOCK_RUN: "bench",
    LAB_PORT: "0",
    LAB_WORKERS: String(options.workers),
  }
  const child = spawn(process.execPath, [program], { env: environment, stdio: ["ignore", "pipe", "inherit"] })
  const pages: Page[] = []
  const beside: Page[] = []
  const took: number[] = []
  let measuring = false
  const timers: NodeJS.Timeout[] = []
  try {
    const { port } = await readyLine(child)
    const begun = performance.now()
    const open = async (index: number, hostile?: string): Promise<void> => {
      const userId = hostile === undefined ? `learner-${index}` : `hostile-${index}`
      await database.addPerson(userId)
      const session = await sessions.open({
        userId,
        topology: options.topology,
        seed: `bench-${index}`,
        engine: "1",
        startedAt: Date.now(),
      })
      const ws = new WebSocket(`ws://127.0.0.1:${port}/lab/socket?ticket=${await tickets.issue(session.id, userId)}`)
      const page: Page = { ws, seq: 0, sentAt: undefined }
      ;(hostile === undefined ? pages : beside).push(page)
      await new Promise<void>((resolve, reject) => {
        ws.on("error", reject)
        ws.on("open", () => ws.send(JSON.stringify({ type: "resume", received: {}, trace: 0, client: userId })))
        ws.on("message", (data: Buffer) => {
          const message = JSON.parse(data.toString()) as ServerMessage
          if (message.type === "welcome")
            ws.send(
              JSON.stringify({ type: "open-terminal", seq: ++page.seq, terminal: "t", machine: "controlplane", columns: 80, rows: 24 }),
            )
          if (message.type !== "output") return
          if (page.sentAt !== undefined) {
            if (measuring) took.push(performance.now() - page.sentAt)
            page.sentAt = undefined
          }
          if (message.data.includes("# ")) resolve()
        })
      })
      if (hostile !== undefined) ws.send(JSON.stringify({ type: "keys", seq: ++page.seq, terminal: "t", data: `${hostile}\r` }))
    }
    for (const [index, line] of (options.hostile ?? []).entries()) await open(index, line)
    for (let at = 0; at < options.worlds; at += 8)
      await Promise.all(Array.from({ length: Math.min(8, options.worlds - at) }, (_, offset) => open(at + offset)))
    const made = performance.now() - begun
    for (const [index, page] of pages.entries()) {
      const press = () => {
        if (page.sentAt !== undefined) return
        page.sentAt = performance.now()
        page.ws.send(JSON.stringify({ type: "keys", seq: ++page.seq, terminal: "t", data: page.seq % 40 === 0 ? "\x15" : "x" }))
      }
      timers.push(
        setTimeout(
          () => {
            press()
            timers.push(setInterval(press, options.every))
          },
          (index / options.worlds) * options.every,
        ),
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 2 * options.every))
    measuring = true
    const before = await cpuSeconds(child.pid ?? 0)
    await new Promise((resolve) => setTimeout(resolve, options.duration))
    const cpu = ((await cpuSeconds(child.pid ?? 0)) - before) / (options.duration / 1_000)
    const memory = await residentMb(child.pid ?? 0)
    took.sort((a, b) => a - b)
    return {
      worlds: pages.length,
      keys: took.length,
      p50: rounded(percentile(took, 0.5)),
      p99: rounded(percentile(took, 0.99)),
      max: rounded(took.at(-1) ?? 0),
      made: Math.round(made),
      memory,
      cpu: rounded(cpu),
    }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    for (const { ws } of [...pages, ...beside]) ws.terminate()
    child.kill("SIGTERM")
    await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(undefined)))
    await database.close()
  }
}
