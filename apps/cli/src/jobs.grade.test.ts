/** Work on several threads: all of it is done and given back in order, whether or not anybody is told meanwhile. */
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { readSubmission } from "@drydock/grader"
import { expect, test } from "vitest"
import { doAll } from "./jobs.ts"
import { lessonsAt } from "./lesson/find.ts"

const LESSON = resolve(fileURLToPath(import.meta.url), "../../../../content/courses/kubernetes/03-follow-a-pod")

test("submissions are graded with and without a listener, to the same end", async () => {
  const { lessons } = await lessonsAt(LESSON)
  const inputs = ["one", "two"].map((name) => ({
    lesson: lessons[0],
    submission: readSubmission(name, [{ path: `${name}.sh`, content: "kubectl run web --image=nginx\n" }]),
  }))
  const told: string[] = []
  const options = { program: "", threads: 1 }
  const silent = await doAll("grade", inputs, options)
  const heard = await doAll("grade", inputs, { ...options, each: ({ submission }) => void told.push(submission) })
  expect(silent.map(({ submission, world }) => [submission, world])).toEqual(heard.map(({ submission, world }) => [submission, world]))
  expect(told).toEqual(["one", "two"])
})
