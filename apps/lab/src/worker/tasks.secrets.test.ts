/** What reaches a learner's browser of every lesson: no check, no answer, no hint that is not open, no solution. */
import { type CheckSpec, instantiateLab, type Lesson, loadCourses, outlineOf } from "@drydock/course"
import { checkTask, labWorld } from "@drydock/grader"
import { TaskState } from "@drydock/protocol"
import { expect, test } from "vitest"
import { Tasks } from "./tasks.ts"

const { courses } = await loadCourses("content/courses", { checkTask })
const lessons = courses.flatMap((course) => course.lessons)

const quoted = (text: string) => JSON.stringify(text).slice(1, -1)

/** Every text of a check that tells how it is decided. */
const deciding = (check: CheckSpec): string[] => {
  switch (check.kind) {
    case "cel":
      return [check.expression, ...(check.seen === undefined ? [] : [check.seen])]
    case "script":
      return check.script.split("\n").filter((line) => line.trim().length > 12)
    case "http":
      return check.contains === undefined ? [] : [check.url]
    case "history":
      return [check.command, check.ever, check.always, check.while].filter((one): one is string => one !== undefined)
    case "quiz":
      return [
        ...(check.because === undefined ? [] : [check.because]),
        ...Object.values(check.replies ?? {}),
        ...(check.pattern === undefined ? [] : [check.pattern]),
      ]
  }
}

/** Told only by being chosen: a text answer, and an order. */
const answersOf = (check: CheckSpec): string[] =>
  check.kind === "quiz" && check.type === "text" ? (typeof check.answer === "string" ? [check.answer] : check.answer) : []

const secretsOf = ({ lab }: Lesson): string[] =>
  lab.tasks.flatMap((task) => [
    ...task.checks.flatMap((check) => [...deciding(check), ...answersOf(check)]),
    ...task.hints.map((hint) => (typeof hint === "string" ? hint : hint.text)),
    ...task.solution.split("\n").filter((line) => line.trim().length > 20),
  ])

test.each(lessons.map((lesson) => [lesson.slug, lesson] as const))("%s", (_, lesson) => {
  const { lab } = instantiateLab(lesson.lab, "learner")
  const { world } = labWorld({ ...lab, setup: [], faults: [] }, { seed: "learner" })
  const tasks = new Tasks(world, lab, { opened: [] })
  const sent = JSON.stringify([outlineOf(lab), tasks.states()])
  const titles = JSON.stringify(lab.tasks.map(({ title, checks, feedback }) => [title, feedback, checks.map((check) => check.title)]))
  const questions = JSON.stringify(
    lab.tasks.flatMap(({ checks }) => checks.flatMap((check) => (check.kind === "quiz" ? [check.question, check.options] : []))),
  )
  for (const secret of secretsOf(lesson)) {
    // What a title or an option says anyway is no secret of the check's.
    if (titles.includes(quoted(secret)) || questions.includes(quoted(secret))) continue
    expect(sent.includes(quoted(secret)), secret).toBe(false)
  }
  // And nothing beyond the fields that a learner is meant to have.
  for (const state of tasks.states()) expect(TaskState.strict().parse(state)).toEqual(state)
  expect(sent).not.toMatch(/"(expression|script|answer|because|pattern|replies|solution|command|ever|always|checks?Script)":/)
  tasks.stop()
})
