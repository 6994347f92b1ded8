/** One lesson's folder shown while it is written: published anew at every change, and the pages told to load again. */
import { createHash } from "node:crypto"
import { watch } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { basename } from "node:path"
import { loadLesson, type Lesson, type Problem } from "@drydock/course"
import type { Repositories } from "@drydock/db"
import { toLesson } from "./publish.ts"

const COURSE = "preview"
/** Editors write a file in several steps, ms. */
const SETTLED_MS = 150
/** So that nothing between closes the stream, ms. */
const COMMENT_MS = 20_000

/** Runs in every page of a preview: loads it again when the lesson is another, and says what is wrong with it. */
const SCRIPT = `(() => {
  let seen
  const box = document.createElement("pre")
  box.setAttribute("role", "status")
  box.style.cssText = "position:fixed;inset:auto 1rem 1rem 1rem;z-index:9999;margin:0;padding:.75rem 1rem;max-height:40vh;overflow:auto;white-space:pre-wrap;font:13px/1.5 monospace;background:#5b1216;color:#fff;border-radius:.5rem"
  new EventSource("/preview/events").onmessage = ({ data }) => {
    const { version, problems } = JSON.parse(data)
    box.textContent = problems.join("\\n")
    if (problems.length > 0) document.body.append(box)
    else box.remove()
    if (seen !== undefined && version !== seen) location.reload()
    seen = version
  }
})()
`

export interface Preview {
  /** The lesson's page. */
  readonly path: string
  /** Brings the lesson as it is now into the database. @returns what is wrong with it, a line each */
  publish(repositories: Repositories): Promise<readonly string[]>
  /** Publishes again at every change, until `stop`. */
  follow(repositories: Repositories, say: (line: string) => void): { stop(): void }
  /** Answers what pages of a preview ask for beside the application; false when it is none of these. */
  handle(incoming: IncomingMessage, response: ServerResponse): boolean
}

/** What a page is appended with. */
export const PREVIEW_TAG = '<script src="/preview/reload.js" defer></script>'

const line = ({ file, line, column, severity, message }: Problem) => `${file}:${line}:${column}: ${severity}: ${message}`

/** @param directory the lesson's folder, absolute */
export const createPreview = (directory: string): Preview => {
  const slug = basename(directory)
  const listeners = new Set<ServerResponse>()
  let told = { version: "", problems: [] as readonly string[] }
  let kept: Lesson | undefined

  const tell = () => {
    for (const response of listeners) response.write(`data: ${JSON.stringify(told)}\n\n`)
  }

  const publish = async (repositories: Repositories): Promise<readonly string[]> => {
    const { lesson, problems } = await loadLesson(directory, { course: COURSE, slug })
    const lines = problems.map(line)
    if (lesson) {
      // A lab goes on while only the prose changes: its version is that of what the lab is made of.
      const version = `lab-${hashOf(JSON.stringify(lesson.lab))}`
      const published = { ...toLesson(lesson), version }
      const course = { slug: COURSE, title: "Preview", summary: directory, modules: [{ title: "Preview", lessons: [slug] }] }
      await repositories.content.publish([{ course, lessons: [published] }])
      await repositories.sessions.endOthers({ course: COURSE, lesson: slug, version })
      kept = lesson
    }
    told = { version: kept?.version ?? "", problems: lines }
    tell()
    return lines
  }

  return {
    path: `/learn/${COURSE}/${slug}`,
    publish,
    follow(repositories, say) {
      let timer: NodeJS.Timeout | undefined
      let running = Promise.resolve()
      const changed = () => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          running = running.then(async () => {
            const lines = await publish(repositories)
            say(lines.length > 0 ? lines.join("\n") : `${slug} is as it was written at ${new Date().toLocaleTimeString()}`)
          })
          running.catch((error: Error) => say(`The lesson could not be published: ${error.message}`))
        }, SETTLED_MS)
      }
      const watcher = watch(directory, { recursive: true }, changed)
      return {
        stop() {
          clearTimeout(timer)
          watcher.close()
          for (const response of listeners) response.end()
        },
      }
    },
    handle(incoming, response) {
      const [path] = (incoming.url ?? "").split("?")
      if (path === "/preview/reload.js")
        response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-store" }).end(SCRIPT)
      else if (path === "/preview/events") {
        response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" })
        response.write(`data: ${JSON.stringify(told)}\n\n`)
        listeners.add(response)
        const timer = setInterval(() => response.write(":\n\n"), COMMENT_MS)
        response.on("close", () => {
          clearInterval(timer)
          listeners.delete(response)
        })
      } else return false
      return true
    },
  }
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 28)
