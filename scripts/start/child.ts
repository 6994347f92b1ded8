/** One program under the supervisor: started, found healthy, started again when it crashes. */
import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { freePort, spawnTied, type TiedChild } from "@drydock/db/embedded"
import { z } from "zod"
import { Refusal } from "./explain.ts"
import { runAt } from "./health.ts"

export interface Program {
  readonly name: string
  readonly cwd: string
  /** "given": listens where it is told. "announced": takes a free port and says which. */
  readonly port: "given" | "announced"
  /** Path that answers {"run": …}. */
  readonly health: string
  command(port: number): readonly [string, ...string[]]
}

/** The line a program prints on standard output when it listens. */
const Ready = z.object({ ready: z.literal(true), port: z.number().int(), run: z.string() })

const READY_LIMIT_MS = 120_000
const LOG_LIMIT_BYTES = 10 * 1024 * 1024
/** A program that ran this long before it crashed begins again with the shortest pause. */
const SETTLED_MS = 60_000
const PAUSES_MS = [300, 1000, 3000, 10_000, 30_000]
/** Crashes without ever having been ready: it will not get better. */
const MOST_FAILED_STARTS = 3
const WATCH_MS = 10_000
const MOST_UNANSWERED = 3
const KEPT_LINES = 20

export interface Surroundings {
  readonly run: string
  readonly logs: string
  readonly environment: NodeJS.ProcessEnv
  say(line: string): void
  /** It started, listens or ended. */
  changed(): void
}

/** Rotates at start: <name>.log and the one before it. */
const openLog = (file: string): WriteStream => {
  try {
    if (statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`)
  } catch {
    // There is none yet.
  }
  return createWriteStream(file, { flags: "a" })
}

export class Child {
  readonly program: Program
  /** Where it listens, once it answered as this run's. */
  port: number | undefined
  /** Where it is expected to listen. */
  expectedPort = 0
  readonly #around: Surroundings
  readonly #log: WriteStream
  #current: TiedChild | undefined
  #ending = false
  #wake: AbortController | undefined
  #lines: string[] = []

  constructor(program: Program, around: Surroundings) {
    this.program = program
    this.#around = around
    mkdirSync(around.logs, { recursive: true })
    this.#log = openLog(join(around.logs, `${program.name}.log`))
  }

  /** Its process, which leads a group of its own. */
  get pid(): number | undefined {
    return this.#current?.process.pid
  }

  /** Runs it until `end()`. @throws when it does not even start, with the last lines it said */
  async run(whenReady: () => void): Promise<void> {
    const { name } = this.program
    let wasReady = false
    for (let crashes = 0; !this.#ending; ) {
      const begun = Date.now()
      const child = await this.#start()
      const ready = await Promise.race([this.#becomesReady(child), child.exited.then(() => false)])
      let watching: NodeJS.Timeout | undefined
      if (ready) {
        wasReady = true
        whenReady()
        watching = this.#watch(child)
      } else child.kill()
      const code = await child.exited
      clearInterval(watching)
      this.port = undefined
      this.#current = undefined
      this.#around.changed()
      if (this.#ending) break
      if (Date.now() - begun > SETTLED_MS) crashes = 0
      crashes++
      if (!wasReady && crashes === MOST_FAILED_STARTS)
        throw new Refusal(
          `The ${name} server does not start (exit code ${code}). Its last lines:\n${this.#lines.map((line) => `  ${line}`).join("\n")}`,
        )
      const pause = PAUSES_MS[Math.min(crashes, PAUSES_MS.length) - 1] ?? 1000
      this.#around.say(
        `The ${name} server ended with exit code ${code}; starting it again in ${pause / 1000} s. Its log: ${this.#log.path}`,
      )
      this.#wake = new AbortController()
      await wait(pause, undefined, { signal: this.#wake.signal }).catch(() => undefined)
    }
    this.#log.end()
  }

  /** Asks it to end; after ten seconds, or at once when `hard`, it is killed. */
  async end(hard = false): Promise<void> {
    this.#ending = true
    this.#wake?.abort()
    const child = this.#current
    if (!child) return
    if (hard) child.kill()
    else child.end()
    const late = setTimeout(() => child.kill(), 10_000)
    await child.exited
    clearTimeout(late)
  }

  async #start(): Promise<TiedChild> {
    const port = this.program.port === "given" ? await freePort() : 0
    const [command, ...args] = this.program.command(port)
    const { run, environment } = this.#around
    const child = spawnTied(command, args, {
      cwd: this.program.cwd,
      env: { ...environment, DRYDOCK_RUN: run, PORT: String(port), LAB_PORT: String(port) },
      endBy: "TERM",
      stdio: ["ignore", "pipe", "pipe"],
    })
    this.#current = child
    this.expectedPort = port
    this.#listen(child)
    this.#around.changed()
    // Asked to end while a port was looked for.
    if (this.#ending) child.end()
    return child
  }

  #listen(child: TiedChild) {
    for (const stream of [child.process.stdout, child.process.stderr]) {
      let rest = ""
      stream?.setEncoding("utf8")
      stream?.on("data", (chunk: string) => {
        this.#log.write(chunk)
        const lines = (rest + chunk).split("\n")
        rest = (lines.pop() ?? "").slice(0, 10_000)
        for (const line of lines) {
          this.#lines = [...this.#lines, line].slice(-KEPT_LINES)
          if (stream === child.process.stdout && line.startsWith("{")) this.#heard(line)
        }
      })
    }
  }

  #heard(line: string) {
    try {
      const read = Ready.safeParse(JSON.parse(line))
      if (read.success && read.data.run === this.#around.run) this.expectedPort = read.data.port
    } catch {
      // Some other line in braces.
    }
  }

  async #becomesReady(child: TiedChild): Promise<boolean> {
    for (const deadline = Date.now() + READY_LIMIT_MS; Date.now() < deadline && this.#current === child; await wait(25)) {
      if (this.expectedPort === 0 || (await runAt(this.expectedPort, this.program.health)) !== this.#around.run) continue
      if (this.#current !== child) return false
      this.port = this.expectedPort
      this.#around.changed()
      return true
    }
    return false
  }

  /** A program that lives but does not answer is as good as crashed. */
  #watch(child: TiedChild) {
    let unanswered = 0
    return setInterval(async () => {
      const port = this.port
      if (port === undefined) return
      unanswered = (await runAt(port, this.program.health, WATCH_MS / 2)) === this.#around.run ? 0 : unanswered + 1
      if (unanswered < MOST_UNANSWERED || this.#current !== child || this.#ending) return
      this.#around.say(`The ${this.program.name} server has not answered for ${(WATCH_MS * MOST_UNANSWERED) / 1000} s.`)
      child.kill()
    }, WATCH_MS)
  }
}
