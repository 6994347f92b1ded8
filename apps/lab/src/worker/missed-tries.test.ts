/** Observations of a task that did not hold yet. */
import type { TaskState } from "@drydock/protocol"
import { expect, test } from "vitest"
import { MissedTries } from "./missed-tries.ts"

const task = (seen: string | undefined, passed = false, state: TaskState["state"] = "open"): TaskState => ({
  ...{ id: "a", title: "A", points: 1, state, quizzes: [], hintsOpened: [], hintsTotal: 0 },
  checks: [{ id: "c", title: "C", passed, ...(seen !== undefined && { seen }) }],
})

test("each wrong observation counts once; what holds, is locked or says nothing does not", () => {
  const tries = new MissedTries()
  for (const seen of ["0 of 2", "1 of 2", "0 of 2", undefined]) tries.look([task(seen)])
  tries.look([task("2 of 2", true)])
  tries.look([task("3 of 2", false, "locked")])
  expect([tries.count("a"), tries.count("b")]).toEqual([2, 0])
})
