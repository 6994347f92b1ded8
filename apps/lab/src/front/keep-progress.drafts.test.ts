/** What is kept of a finished task: nothing for whoever writes the lesson; a drill for whom it was hard. */
import { expect, test } from "vitest"
import { DRAFT_COURSE, type Repositories } from "@drydock/db"
import { keepProgress, MANY_MISSED } from "./keep-progress.ts"

const kept = (course: string, missed = 0) => {
  const calls: string[] = []
  const note = (name: string) => async () => void calls.push(name)
  const repositories = {
    progress: { complete: note("complete"), hintUsed: note("hint"), answered: note("answered") },
    reviews: { weak: note("weak") },
  } as unknown as Pick<Repositories, "progress" | "reviews">
  const row = { userId: "ida", lesson: { course, lesson: "l", version: "v" } }
  const done = keepProgress(
    repositories,
    row,
    { type: "task-done", session: "s", task: "t", points: 5, missed },
    { tookMs: 0, helped: false },
  )
  return done.then(() => calls)
}

test("a task done in a draft's lab is kept nowhere, in a lesson's it is", async () => {
  expect([await kept("kubernetes"), await kept(DRAFT_COURSE)]).toEqual([["complete"], []])
})

test("a task whose checks failed again and again is asked again", async () => {
  expect([await kept("kubernetes", MANY_MISSED - 1), await kept("kubernetes", MANY_MISSED)]).toEqual([["complete"], ["complete", "weak"]])
})
