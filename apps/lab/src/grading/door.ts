/** The HTTP door to grading: a key, a rate, a request held to its form, and results as JSON or JUnit. */
import type { IncomingMessage, ServerResponse } from "node:http"
import { LabSpec } from "@drydock/course"
import type { Repositories } from "@drydock/db"
import { junit, readSubmission, SubmissionProblem } from "@drydock/grader"
import { TokenBucket } from "../front/token-bucket.ts"
import type { Graded, GradingJob } from "./job.ts"
import { GradeRequest, LARGEST_BODY, openApi } from "./request.ts"
import { GradingFull, type GradingThreads, GradingTooLong } from "./threads.ts"

export const GRADE_PATH = "/lab/grade"

/** Submissions a second that one key may send for ever, and at once. */
const RATE = 5
const BURST = 200
const MOST_KEYS = 1_000

class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly path: string | undefined
  readonly retryAfter: number | undefined

  constructor(status: number, code: string, message: string, more: { path?: string; retryAfter?: number } = {}) {
    super(message)
    this.status = status
    this.code = code
    this.path = more.path
    this.retryAfter = more.retryAfter
  }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const tooLarge = () => new Refused(413, "too-large", `a request may have ${LARGEST_BODY / 1024 / 1024} MiB`)
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_BODY) throw tooLarge()
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > LARGEST_BODY) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

const parsed = (text: string): GradeRequest => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Refused(400, "bad-request", `not JSON: ${(error as Error).message.split("\n")[0]}`)
  }
  const result = GradeRequest.safeParse(value)
  if (result.success) return result.data
  const [{ path, message }] = result.error.issues
  throw new Refused(400, "bad-request", message, path.length > 0 ? { path: path.join(".") } : {})
}

export class GradingDoor {
  readonly #repositories: Repositories
  readonly #threads: GradingThreads
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(repositories: Repositories, threads: GradingThreads) {
    this.#repositories = repositories
    this.#threads = threads
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (request.url ?? "").split("?")
    const send = (status: number, type: string, text: string, headers: Record<string, string> = {}) =>
      void response.writeHead(status, { "content-type": type, ...headers }).end(text)
    try {
      if (path === `${GRADE_PATH}/openapi.json` && request.method === "GET") return send(200, "application/json", JSON.stringify(openApi()))
      if (path !== GRADE_PATH) throw new Refused(404, "not-found", "there is nothing at this address")
      if (request.method !== "POST") return send(405, "application/json", "{}", { allow: "POST" })
      const graded = await this.#grade(request)
      if (/\bapplication\/xml\b/.test(request.headers.accept ?? "")) return send(200, "application/xml", junit(graded))
      send(200, "application/json", JSON.stringify({ submissions: graded }))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { status, code, message, path: where, retryAfter } = error
      // What was not read of the body is not waited for.
      const headers = {
        ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
        ...(status === 413 && { connection: "close" }),
      }
      send(status, "application/json", JSON.stringify({ error: { code, message, ...(where !== undefined && { path: where }) } }), headers)
    }
  }

  async #keyOf(request: IncomingMessage): Promise<string> {
    const [, key] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "") ?? []
    const owner = key === undefined ? undefined : await this.#repositories.apiKeys.redeem(key)
    if (!owner) throw new Refused(401, "unauthorized", "send an API key that is valid: Authorization: Bearer …")
    if (owner.role === "learner") throw new Refused(403, "forbidden", "the owner of this key is no instructor")
    return owner.id
  }

  #pay(key: string, submissions: number): void {
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      if (this.#buckets.size >= MOST_KEYS) this.#buckets.clear()
      this.#buckets.set(key, (bucket = new TokenBucket(RATE, BURST, performance.now())))
    }
    const wait = bucket.afford(performance.now(), submissions)
    if (wait > 0) {
      const retryAfter = Math.ceil(wait / 1000)
      throw new Refused(429, "rate", `too many submissions in a short time: try again in ${retryAfter} s`, { retryAfter })
    }
  }

  async #grade(request: IncomingMessage): Promise<Graded[]> {
    const key = await this.#keyOf(request)
    const wanted = parsed(await bodyOf(request))
    this.#pay(key, wanted.submissions.length)
    const { course, lesson: slug, version, seed } = wanted
    const found = await this.#repositories.content.lesson(course, slug, version)
    if (!found)
      throw new Refused(
        404,
        "not-found",
        `there is no lesson ${course}/${slug}${version === undefined ? "" : ` of the version ${version}`}`,
      )
    const lab = LabSpec.parse(found.lab)
    const jobs = wanted.submissions.map(({ name, files }, index): GradingJob => {
      try {
        const submission = readSubmission(name, files)
        return { ...{ lesson: `${course}/${slug}`, version: found.version, lab, submission }, ...(seed !== undefined && { seed }) }
      } catch (error) {
        if (!(error instanceof SubmissionProblem)) throw error
        throw new Refused(400, "bad-request", `${error.path}: ${error.message}`, { path: `submissions.${index}` })
      }
    })
    try {
      this.#threads.reserve(jobs.length)
      return await Promise.all(jobs.map((job) => this.#one(job)))
    } catch (error) {
      if (error instanceof GradingFull) throw new Refused(503, "full", error.message, { retryAfter: 5 })
      throw error
    }
  }

  /** A submission that nobody can grade has no points, and the others have theirs. */
  async #one(job: GradingJob): Promise<Graded> {
    try {
      return await this.#threads.grade(job)
    } catch (error) {
      if (error instanceof GradingFull) throw error
      const reason = error instanceof GradingTooLong ? error.message : "the submission could not be graded"
      const { lesson, version, submission, lab, seed = "" } = job
      return {
        ...{ submission: submission.name, lesson, version, seed, earned: 0, total: lab.tasks.reduce((sum, { points }) => sum + points, 0) },
        tasks: lab.tasks.map(({ id, title, points }) => ({ id, title, points, earned: 0, state: "open", checks: [] })),
        ...{ steps: [], problems: [reason], world: "", virtualMs: 0, wallMs: 0 },
      }
    }
  }
}
