/** Whoever writes a lesson is no learner of it: its draft's lab leaves no progress, and no drills. */
import { expect, test } from "vitest"
import { DRAFT_COURSE, type Repositories } from "@drydock/db"
import { keepProgress } from "./keep-progress.ts"

const kept = (course: string) => {
  const calls: string[] = []
  const note = (name: string) => async () => void calls.push(name)
  const repositories = {
    progress: { complete: note("complete"), hintUsed: note("hint"), answered: note("answered") },
    reviews: { weak: note("weak") },
  } as unknown as Pick<Repositories, "progress" | "reviews">
  const row = { userId: "ida", lesson: { course, lesson: "l", version: "v" } }
  const done = keepProgress(repositories, row, { type: "task-done", session: "s", task: "t", points: 5 }, { tookMs: 0, helped: false })
  return done.then(() => calls)
}

test("a task done in a draft's lab is kept nowhere, in a lesson's it is", async () => {
  expect([await kept("kubernetes"), await kept(DRAFT_COURSE)]).toEqual([["complete"], []])
})
