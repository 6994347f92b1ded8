/** A lesson shown while it is written: what is published when, and what pages are told. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { PublishedLesson, Repositories } from "@drydock/db"
import { afterEach, expect, test } from "vitest"
import { createFront } from "../scripts/start/front.ts"
import { createPreview, PREVIEW_TAG } from "../scripts/start/preview.ts"

const LAB =
  "tasks:\n  - id: a\n    title: Do\n    checks: [{ kind: cel, title: T, expression: 'size(nodes()) == 2' }]\n    hints: [h]\n    solution: ls\n"
const prose = (text: string) => `---\ntitle: T\nsummary: S\nminutes: 5\n---\n\n${text}\n\n::task{id=a}\n`

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test("prose keeps the lab, a change of the lab ends it, mistakes are told, and pages load again", async () => {
  const directory = join(mkdtempSync(join(tmpdir(), "drydock-preview-")), "01-mine")
  mkdirSync(directory)
  closing.push(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, "lesson.md"), prose("one"))
  writeFileSync(join(directory, "lab.yaml"), LAB)
  const published: PublishedLesson[] = []
  const ended: string[] = []
  const kept = {
    content: { publish: async ([{ lessons }]: { lessons: PublishedLesson[] }[]) => void published.push(lessons[0]) },
    sessions: { endOthers: async ({ version }: { version: string }) => void ended.push(version) },
  } as unknown as Repositories
  const preview = createPreview(directory)
  expect(preview.path).toBe("/learn/preview/01-mine")
  expect(await preview.publish(kept)).toEqual([])

  const web = createServer((request, response) => {
    if (request.url === "/data") response.writeHead(200, { "Content-Type": "application/json" }).end("{}")
    else response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Length": "11" }).end("<p>page</p>")
  })
  const place = { host: "127.0.0.1", port: await listening(web) }
  const front = createFront({
    run: "r",
    web: () => place,
    lab: () => undefined,
    proxies: 0,
    preview: { handle: preview.handle, tag: PREVIEW_TAG },
  })
  const address = `http://127.0.0.1:${await listening(front)}`
  expect(await (await fetch(`${address}${preview.path}`)).text()).toBe(`<p>page</p>${PREVIEW_TAG}`)
  expect(await (await fetch(`${address}/data`)).text()).toBe("{}")
  expect(await (await fetch(`${address}/preview/reload.js`)).text()).toContain("location.reload()")

  const stream = await fetch(`${address}/preview/events`)
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
  const told = async () =>
    JSON.parse(new TextDecoder().decode((await reader.read()).value).replace(/^data: /, "")) as { version: string; problems: string[] }
  const first = await told()
  const lines: string[] = []
  const following = preview.follow(kept, (line) => lines.push(line))
  closing.push(() => following.stop())

  writeFileSync(join(directory, "lesson.md"), prose("two"))
  const second = await told()
  expect(second.version).not.toBe(first.version)
  expect(published.map(({ prose: text, version }) => [text.includes("two"), version])).toEqual([
    [false, published[0].version],
    [true, published[0].version],
  ])

  writeFileSync(join(directory, "lab.yaml"), LAB.replace("title: Do", "titel: Do"))
  expect(await told()).toEqual({
    version: second.version,
    problems: [expect.stringContaining('unknown field "titel"'), expect.stringContaining('"tasks[0].title" is missing')].reverse(),
  })
  expect(published).toHaveLength(2)

  writeFileSync(join(directory, "lab.yaml"), LAB.replace("title: Do", "title: Do it"))
  expect((await told()).problems).toEqual([])
  expect(published).toHaveLength(3)
  expect(published[2].version).not.toBe(published[0].version)
  expect(ended.at(-1)).toBe(published[2].version)
  await reader.cancel()
})
