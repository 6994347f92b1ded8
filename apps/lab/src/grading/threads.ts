/** Threads that grade: started when there is something to grade, ended when one takes too long or none was needed for a while. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { type AuthorAnswer, type AuthorJob, type AuthorNews, authorJob } from "../studio/job.ts"
import { type Graded, type GradingAnswer, type GradingJob, gradeJob } from "./job.ts"

/** A thread, or what stands in for one in tests. */
export interface GradingThread {
  grade(job: GradingJob): Promise<Graded>
  /** @param tell hears what a test does, while it does it */
  author(job: AuthorJob, tell: (news: AuthorNews) => void): Promise<AuthorAnswer>
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

  grade(job: GradingJob): Promise<Graded> {
    return this.#with((thread) => thread.grade(job), { limit: this.#options.limit, what: "the submission" })
  }

  /**
   * Something for who writes lessons.
   * @param limit wall ms
   * @param signal nobody waits for it any more
   * @throws GradingFull, GradingTooLong
   */
  author(job: AuthorJob, tell: (news: AuthorNews) => void, limit: number, signal: AbortSignal): Promise<AuthorAnswer> {
    return this.#with((thread) => thread.author(job, tell), { limit, what: "it", signal })
  }

  async #with<Result>(
    work: (thread: GradingThread) => Promise<Result>,
    { limit, what, signal }: { limit: number; what: string; signal?: AbortSignal },
  ): Promise<Result> {
    const thread = await this.#take()
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new GradingTooLong(`${what} took longer than ${limit / 1000} seconds`)), limit)
      const left = () => reject(new GradingTooLong(`nobody waits for ${what} any more`))
      if (signal?.aborted) left()
      signal?.addEventListener("abort", left, { once: true })
    })
    try {
      const result = await Promise.race([work(thread), tooLong])
      this.#giveBack(thread)
      return result
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
  const ask = <Result>(job: ThreadJob, tell?: (news: AuthorNews) => void): Promise<Result> =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        worker.off("error", failed)
        worker.off("message", heard)
        settle()
      }
      const failed = (error: Error) => done(() => reject(error))
      const heard = (said: ThreadAnswer) => {
        if ("news" in said) tell?.(said.news)
        else if ("error" in said) done(() => reject(new Error(said.error)))
        else done(() => resolve(("graded" in said ? said.graded : said.answer) as Result))
      }
      worker.on("error", failed)
      worker.on("message", heard)
      worker.postMessage(job)
    })
  return {
    grade: (job) => ask<Graded>({ grade: job }),
    author: (job, tell) => ask<AuthorAnswer>({ author: job }, tell),
    end: () => {
      worker.on("error", () => undefined)
      void worker.terminate()
    },
  }
}

export const isGradingThread = !isMainThread && (workerData as { drydockGrading?: boolean } | null)?.drydockGrading === true

type ThreadJob = { grade: GradingJob } | { author: AuthorJob }
type ThreadAnswer = GradingAnswer | { answer: AuthorAnswer } | { news: AuthorNews }

/** A grading thread's life. */
export const gradeForParent = (): void => {
  const say = (answer: ThreadAnswer) => parentPort?.postMessage(answer)
  parentPort?.on("message", (job: ThreadJob) => {
    try {
      if ("grade" in job) say({ graded: gradeJob(job.grade) })
      else say({ answer: authorJob(job.author, (news) => say({ news })) })
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) })
    }
  })
}
