/** Saving while somebody types and others save too: nothing is lost, and what fails is tried again. */
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { applyChanges, type SourceChange, type SourceFiles } from "@drydock/course/draft-files"
import { type DraftServer, DraftStore, SAVE_AFTER_MS } from "./draft-store.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** As the API joins. */
class Server implements DraftServer {
  number = 1
  files: SourceFiles = { a: "1\n2\n3\n4\n5\n", b: "b" }
  down = false
  saves = 0

  async save(base: number, changes: Readonly<Record<string, SourceChange>>) {
    this.saves++
    await new Promise((resolve) => setTimeout(resolve, 100))
    if (this.down) throw new Error("no line")
    const { files, clashes } = applyChanges(this.files, changes)
    const alone = base === this.number
    this.files = files
    return { number: ++this.number, clashes, ...(alone ? {} : { files }) }
  }
  async news(base: number) {
    return base === this.number ? null : { number: this.number, files: this.files, author: { name: "Jon" } }
  }
  others(path: string, text: string) {
    this.files = { ...this.files, [path]: text }
    this.number++
  }
}

const made = () => {
  const server = new Server()
  return { server, store: new DraftStore(server, server.files, server.number) }
}

test("a second after the last key it is saved, once", async () => {
  const { server, store } = made()
  for (const text of ["x", "xy", "xyz"]) {
    store.edit("b", text)
    await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS / 2)
  }
  expect([server.saves, store.state().status]).toEqual([0, "unsaved"])
  await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS)
  expect([server.saves, server.files.b, store.state().status, store.state().base]).toEqual([1, "xyz", "saved", 2])
})

test("what is typed while it is being saved is saved after it; what others saved meanwhile appears", async () => {
  const { server, store } = made()
  server.others("a", "1\n2\n3\n4\nfive\n")
  store.edit("a", "one\n2\n3\n4\n5\n")
  const saving = store.save()
  await vi.advanceTimersByTimeAsync(50)
  store.edit("a", "one\n2\nthree\n4\n5\n")
  await vi.advanceTimersByTimeAsync(500)
  expect(await saving).toBe(true)
  expect(server.files.a).toBe("one\n2\nthree\n4\nfive\n")
  expect(store.state()).toMatchObject({ files: server.files, status: "saved", clashes: [] })
})

test("news come while nothing is typed, and do not undo what is not saved yet", async () => {
  const { server, store } = made()
  store.edit("b", "mine")
  server.others("a", "theirs")
  await store.refresh()
  expect(store.state()).toMatchObject({ files: { a: "theirs", b: "mine" }, others: "Jon", status: "unsaved" })
  await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS + 100)
  expect(server.files).toEqual({ a: "theirs", b: "mine" })
})

test("the same line changed by two is marked and said, here and there alike", async () => {
  const { server, store } = made()
  server.others("b", "theirs")
  store.edit("b", "mine")
  await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS + 200)
  expect(server.files.b).toBe("<<<<<<< mine\nmine\n=======\ntheirs\n>>>>>>> theirs")
  expect(store.state().files).toEqual(server.files)
  expect(store.state().clashes).toHaveLength(1)
  store.dismiss()
  expect(store.state().clashes).toEqual([])
})

test("without a line it says so, keeps what is typed, and tries again", async () => {
  const { server, store } = made()
  server.down = true
  store.edit("b", "kept")
  await vi.advanceTimersByTimeAsync(SAVE_AFTER_MS + 200)
  expect(store.state()).toMatchObject({ status: "failed", problem: "no line", files: { b: "kept" } })
  server.down = false
  await vi.advanceTimersByTimeAsync(6_000)
  expect([store.state().status, server.files.b]).toEqual(["saved", "kept"])
})
