/** Jobs of a shell: what runs in the background or stands still. */
import type { ExitStatus, Process, Steps } from "@drydock/machine"
import { SIGNALS } from "@drydock/machine"

export interface Job {
  id: number
  group: number
  pids: number[]
  command: string
  state: "Running" | "Stopped" | "Done" | string
  foreground: boolean
  /** When it last stopped: counts up. */
  stamp: number
}

/** Processes whose ends are kept (POSIX's CHILD_MAX is not more). */
const MAX_ENDED = 64

export class Jobs {
  list: Job[] = []
  /** Copied from a parent, until the first job of its own. */
  #foreign = false
  #stamps = 0
  readonly #untold = new Set<Job>()
  readonly #ended = new Map<number, ExitStatus>()

  /** The same list for a child, which may look at it but has no such children itself. */
  snapshot(): Jobs {
    const copy = new Jobs()
    copy.list = this.list.map((job) => ({ ...job, pids: [...job.pids] }))
    copy.#foreign = true
    return copy
  }

  /** `id`: the number that it had before, when it was a job already. */
  add(job: Omit<Job, "id" | "stamp">, id?: number): Job {
    if (this.#foreign) this.list = []
    this.#foreign = false
    const made = { ...job, id: id ?? Math.max(0, ...this.list.map((one) => one.id)) + 1, stamp: ++this.#stamps }
    this.list = [...this.list, made].sort((a, b) => a.id - b.id)
    return made
  }

  /** Jobs that stopped in the background since this was last asked. */
  stoppedSince(): Job[] {
    const told = [...this.#untold].filter((job) => job.state === "Stopped" && this.list.includes(job))
    this.#untold.clear()
    return told
  }

  /** It has just stopped: %+ means it from now on. */
  touch(job: Job): void {
    job.stamp = ++this.#stamps
  }

  /** As jobs.c's job_last_stopped and job_last_running: what stopped last, or else the one with the highest number. */
  #latest(list: readonly Job[]): Job | undefined {
    const stopped = list.filter(({ state }) => state === "Stopped")
    return stopped.length > 0 ? [...stopped].sort((a, b) => a.stamp - b.stamp).at(-1) : list.at(-1)
  }

  remove(job: Job): void {
    this.list = this.list.filter((one) => one !== job)
  }

  get current(): Job | undefined {
    return this.#latest(this.list)
  }

  get previous(): Job | undefined {
    const { current } = this
    return this.#latest(this.list.filter((job) => job !== current))
  }

  /** "%1", "%+", "%%", "%-", "%name", or a pid. */
  find(spec: string): Job | undefined {
    if (!spec.startsWith("%")) return this.list.find(({ pids }) => pids.includes(Number(spec)))
    const name = spec.slice(1)
    if (name === "" || name === "+" || name === "%") return this.current
    if (name === "-") return this.previous
    if (/^\d+$/.test(name)) return this.list.find(({ id }) => id === Number(name))
    return this.list.find(({ command }) => (name.startsWith("?") ? command.includes(name.slice(1)) : command.startsWith(name)))
  }

  format(job: Job, withPid = false): string {
    const mark = job === this.current ? "+" : job === this.previous ? "-" : " "
    return `[${job.id}]${mark}  ${withPid ? `${job.group} ` : ""}${job.state.padEnd(24)}${job.command}${job.state === "Running" ? " &" : ""}`
  }

  /** `wait` may ask for it again; the oldest are forgotten. */
  remember(pid: number, status: ExitStatus): void {
    this.#ended.set(pid, status)
    if (this.#ended.size <= MAX_ENDED) return
    const [oldest] = this.#ended.keys()
    this.#ended.delete(oldest)
  }

  endedStatus(pid: number): ExitStatus | undefined {
    return this.#ended.get(pid)
  }

  /** Takes up what children did since; returns jobs that ended. */
  *poll(process: Process): Steps<Job[]> {
    const ended: Job[] = []
    if (this.#foreign) return ended
    for (const job of [...this.list]) {
      for (const pid of [...job.pids]) {
        const steps = process.waitFor({ pid, noHang: true, untraced: true })
        let result: ReturnType<typeof steps.next>
        try {
          result = steps.next("ready")
        } catch {
          job.pids = job.pids.filter((one) => one !== pid)
          if (job.pids.length === 0) {
            job.state = "Done"
            ended.push(job)
            this.remove(job)
          }
          continue
        }
        const status = result.done ? result.value?.status : undefined
        if (!status) continue
        if (status.kind === "stopped") {
          // The other processes of a job that has stopped already.
          if (job.state === "Stopped") continue
          job.state = "Stopped"
          this.touch(job)
          this.#untold.add(job)
        } else if (status.kind === "continued") job.state = "Running"
        else {
          this.remember(pid, status)
          job.pids = job.pids.filter((one) => one !== pid)
          if (job.pids.length > 0) continue
          job.state = status.kind === "signaled" ? SIGNALS[status.signal].text : status.code === 0 ? "Done" : `Exit ${status.code}`
          ended.push(job)
        }
      }
    }
    return ended
  }
}
