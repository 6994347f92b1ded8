/** Threads that grade: started when there is something to grade, ended when one takes too long or none was needed for a while. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { type Graded, type GradingAnswer, type GradingJob, gradeJob } from "./job.ts"

/** A thread, or what stands in for one in tests. */
export interface GradingThread {
  grade(job: GradingJob): Promise<Graded>
  end(): void
}

export interface GradingThreadsOptions {
  spawn: () => GradingThread
  most: number
  /** Wall ms that one submission may take. */
  limit: number
  /** Jobs that may wait. */
  queue: number
}

/** There is no room for more. */
export class GradingFull extends Error {}
/** The submission took longer than it may. */
export class GradingTooLong extends Error {}

/** Wall ms after which a thread without work ends. */
const IDLE_MS = 30_000

export class GradingThreads {
  readonly #options: GradingThreadsOptions
  readonly #idle: { thread: GradingThread; timer: NodeJS.Timeout }[] = []
  readonly #waiting: (() => void)[] = []
  readonly #busy = new Set<GradingThread>()
  #ended = false

  constructor(options: GradingThreadsOptions) {
    this.#options = options
  }

  /** @throws GradingFull when `count` more jobs do not fit */
  reserve(count: number): void {
    if (this.#ended || this.#waiting.length + count > this.#options.queue)
      throw new GradingFull("too many submissions are waiting to be graded")
  }

  async grade(job: GradingJob): Promise<Graded> {
    const thread = await this.#take()
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new GradingTooLong(`the submission took longer than ${this.#options.limit / 1000} seconds`)),
        this.#options.limit,
      )
    })
    try {
      const graded = await Promise.race([thread.grade(job), tooLong])
      this.#giveBack(thread)
      return graded
    } catch (error) {
      // Whatever it does, it does not do it for others.
      this.#busy.delete(thread)
      thread.end()
      this.#waiting.shift()?.()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  async #take(): Promise<GradingThread> {
    while (!this.#ended) {
      const idle = this.#idle.pop()
      if (idle) {
        clearTimeout(idle.timer)
        this.#busy.add(idle.thread)
        return idle.thread
      }
      if (this.#busy.size < this.#options.most) {
        const thread = this.#options.spawn()
        this.#busy.add(thread)
        return thread
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    throw new GradingFull("the server stops")
  }

  #giveBack(thread: GradingThread): void {
    this.#busy.delete(thread)
    if (this.#ended) return thread.end()
    const timer = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((one) => one.thread === thread),
        1,
      )
      thread.end()
    }, IDLE_MS)
    timer.unref()
    this.#idle.push({ thread, timer })
    this.#waiting.shift()?.()
  }

  end(): void {
    this.#ended = true
    for (const { thread, timer } of this.#idle.splice(0)) {
      clearTimeout(timer)
      thread.end()
    }
    for (const thread of this.#busy) thread.end()
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** @param program path or URL of the program that calls gradeForParent when isGradingThread */
export const spawnGrading = (program: string | URL): GradingThread => {
  const worker = new Worker(program, { workerData: { drydockGrading: true }, resourceLimits: { maxOldGenerationSizeMb: 512 } })
  return {
    grade: (job) =>
      new Promise((resolve, reject) => {
        const failed = (error: Error) => reject(error)
        worker.once("error", failed)
        worker.once("message", (answer: GradingAnswer) => {
          worker.off("error", failed)
          if ("graded" in answer) resolve(answer.graded)
          else reject(new Error(answer.error))
        })
        worker.postMessage(job)
      }),
    end: () => {
      worker.on("error", () => undefined)
      void worker.terminate()
    },
  }
}

export const isGradingThread = !isMainThread && (workerData as { drydockGrading?: boolean } | null)?.drydockGrading === true

/** A grading thread's life. */
export const gradeForParent = (): void => {
  parentPort?.on("message", (job: GradingJob) => {
    let answer: GradingAnswer
    try {
      answer = { graded: gradeJob(job) }
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) }
    }
    parentPort?.postMessage(answer)
  })
}
