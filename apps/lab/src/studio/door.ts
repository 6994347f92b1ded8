/** The studio's door to what reads, tests and publishes drafts: a ticket of the web server's, used once, names the revision. */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Lesson } from "@drydock/course"
import type { PublishedLesson, Repositories } from "@drydock/db"
import { GradingFull, type GradingThreads, GradingTooLong } from "../grading/threads.ts"
import type { AuthorAnswer, AuthorNews } from "./job.ts"

export const STUDIO_PATH = "/lab/studio/"

/** Wall ms. */
const READ_LIMIT = 20_000
const TEST_LIMIT = 120_000

const toPublished = ({ course, slug, header, prose, lab, version }: Lesson): PublishedLesson => ({
  ...{ course, lesson: slug, version, title: header.title, summary: header.summary, minutes: header.minutes },
  ...(header.shows === undefined ? {} : { shows: header.shows }),
  ...{ points: lab.tasks.reduce((sum, { points }) => sum + points, 0), prose, lab },
})

export class StudioDoor {
  readonly #repositories: Repositories
  readonly #threads: GradingThreads
  readonly #testLimit: number

  /** @param testLimit wall ms that a test may take */
  constructor(repositories: Repositories, threads: GradingThreads, testLimit = TEST_LIMIT) {
    this.#repositories = repositories
    this.#threads = threads
    this.#testLimit = testLimit
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      void response
        .writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers })
        .end(JSON.stringify(body))
    const refuse = (status: number, code: string, message: string) => json(status, { error: { code, message } })
    const action = (request.url ?? "").split("?")[0].slice(STUDIO_PATH.length)
    // What is asked about lies in the database: a body has nothing to say.
    request.resume()
    if (action !== "check" && action !== "test" && action !== "publish") return refuse(404, "not-found", "there is nothing at this address")
    if (request.method !== "POST") return json(405, {}, { allow: "POST" })
    const [, ticket] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "") ?? []
    const redeemed = ticket === undefined ? undefined : await this.#repositories.drafts.redeem(ticket)
    if (!redeemed) return refuse(401, "ticket", "this ticket is not valid (any more)")
    const { drafts, people } = this.#repositories
    const [person, draft, revision] = await Promise.all([
      people.get(redeemed.userId),
      drafts.get(redeemed.draft),
      drafts.files(redeemed.draft, redeemed.number),
    ])
    if (!person || person.role === "learner") return refuse(403, "forbidden", "this is for instructors")
    if (!draft || !revision) return refuse(404, "not-found", "there is no such draft")
    const gone = new AbortController()
    response.on("close", () => gone.abort())
    const ask = (test: boolean, tell: (news: AuthorNews) => void): Promise<AuthorAnswer> => {
      this.#threads.reserve(1)
      const job = { course: draft.course, slug: draft.lesson, files: revision.files, test }
      return this.#threads.author(job, tell, test ? this.#testLimit : READ_LIMIT, gone.signal)
    }
    try {
      if (action === "test") return await this.#test(response, ask)
      const { problems, lesson } = await ask(false, () => undefined)
      if (action === "check") return json(200, { problems })
      if (!lesson) return json(422, { problems })
      await drafts.publish(draft.id, revision.number, toPublished(lesson), person.id)
      json(200, { version: lesson.version, problems })
    } catch (error) {
      if (gone.signal.aborted) return
      if (error instanceof GradingFull) return refuse(503, "full", "too many drafts are being read and tested: try again in a moment")
      if (error instanceof GradingTooLong) return refuse(422, "too-long", `the draft could not be read: ${error.message}`)
      throw error
    }
  }

  /** A line of JSON for everything that happens. */
  async #test(response: ServerResponse, ask: (test: boolean, tell: (news: AuthorNews) => void) => Promise<AuthorAnswer>): Promise<void> {
    let begun = false
    let doing = ""
    const write = (line: unknown) => {
      // Between here and the page nothing may wait for more.
      if (!begun)
        response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store", "x-accel-buffering": "no" })
      begun = true
      response.write(`${JSON.stringify(line)}\n`)
    }
    try {
      const { proof, problems } = await ask(true, (news) => {
        if (news.type === "step" && "task" in news.step)
          doing = `${news.step.kind === "typing" ? `typing "${news.step.command.split("\n")[0]}" in ` : ""}the task "${news.step.task}"`
        write(news)
      })
      write(proof ? { type: "result", proof } : { type: "refused", problems })
    } catch (error) {
      if (!(error instanceof GradingTooLong) || response.destroyed) throw error
      write({ type: "ended", message: `The test was ended: ${error.message}${doing ? `; it was at ${doing}` : ""}.` })
    }
    response.end()
  }
}
