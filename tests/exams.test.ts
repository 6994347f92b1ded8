/** The exams of content/: what they name is there, and each task can be done, and is not done before. */
import { join } from "node:path"
import { focusLab, instantiateLab, loadCourses, loadExams, tasksOfPart } from "@drydock/course"
import { createGrader, labWorld, runFor, solve, typist } from "@drydock/grader"
import { describe, expect, test } from "vitest"

const content = join(import.meta.dirname, "../content")
const { courses } = await loadCourses(join(content, "courses"))
const { exams, problems } = await loadExams(join(content, "exams"), courses)

test("nothing is wrong with them", () => {
  expect(problems).toEqual([])
  expect(exams.map(({ slug }) => slug)).toContain("mock")
})

describe.each(exams)("$slug", ({ spec }) => {
  test("has eight to ten tasks over three worlds or more", () => {
    const tasks = spec.parts.flatMap(({ tasks: chosen = [] }) => chosen)
    expect(tasks.length).toBeGreaterThanOrEqual(8)
    expect(tasks.length).toBeLessThanOrEqual(10)
    expect(spec.parts.length).toBeGreaterThanOrEqual(3)
  })

  test.each(spec.parts)("$lesson", (part) => {
    const [course, slug] = part.lesson.split("/")
    const lesson = courses.find((one) => one.slug === course)?.lessons.find((one) => one.slug === slug)
    if (!lesson) throw new Error("no such lesson")
    const seed = "candidate"
    const { lab } = instantiateLab(lesson.lab, seed)
    const chosen = tasksOfPart(part, lab)
    const focused = focusLab(
      lab,
      chosen.map(({ id }) => id),
    )
    const { world, problems: amiss } = labWorld(focused.lab, { seed })
    const grader = createGrader(world, focused.lab.tasks)
    const type = typist(world)
    const stateOf = (task: string) => grader.results.find(({ id }) => id === task)?.state
    const seen: Record<string, unknown> = { amiss }
    const doTask = (id: string) => {
      const task = lab.tasks.find((one) => one.id === id)
      if (!task) throw new Error(`no task ${id}`)
      runFor(world, 2_000)
      const before = stateOf(id)
      solve(task, world, grader, type)
      runFor(world, task.settle * 1_000, () => stateOf(id) === "done")
      seen[id] = `${before}, then ${stateOf(id)}`
    }
    for (const id of [...focused.before, ...chosen.map((task) => task.id)]) doTask(id)
    grader.stop()
    expect(seen).toEqual({ amiss: [], ...Object.fromEntries(focused.lab.tasks.map(({ id }) => [id, "open, then done"])) })
  })
})
