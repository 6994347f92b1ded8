import { readFileSync } from "node:fs"
import { CheckSpec, hintText, LabSpec, loadCourses, parseProse, proseBlocks } from "@drydock/course"
import { checkTask, misunderstood } from "@drydock/grader"
import { expect, test } from "vitest"
import { parse } from "yaml"
import { clickThrough } from "../apps/cli/src/lesson/clicks.ts"
import { proveLesson } from "../apps/cli/src/lesson/proof.ts"

const { courses, problems } = await loadCourses("content/courses", { checkTask })

test("the content has no problems", () => {
  expect(problems).toEqual([])
})

test.each(courses.flatMap(({ lessons }) => lessons).map((lesson) => [lesson.slug, lesson] as const))(
  "%s: each task fails before and passes after its solution, and two runs give one world",
  (_, lesson) => {
    const proof = proveLesson(lesson)
    const wrong = proof.tasks.filter(({ ok }) => !ok)
    expect({ problems: proof.problems, wrong }).toEqual({ problems: [], wrong: [] })
    expect(proof.tasks.length).toBeGreaterThanOrEqual(4)
  },
)

/** Lessons that lead by the hand, with the tasks that clicking everything leaves to a thought. The later ones leave more to do. */
const GUIDED: Readonly<Record<string, readonly string[]>> = {
  "01-control-plane-and-nodes": [],
  "02-first-commands": [],
  "03-follow-a-pod": ["mounted", "lost"],
}

test.each(courses.flatMap(({ lessons }) => lessons).map((lesson) => [lesson.slug, lesson] as const))(
  "%s: its prose is understood command by command and prints what is shown, and with the solutions of what it leaves to do every task ends done",
  (slug, lesson) => {
    const { clicks, outputs, byClicks, open } = clickThrough(lesson)
    expect(outputs.filter(({ difference }) => difference !== undefined)).toEqual([])
    expect(outputs.length).toBeGreaterThanOrEqual(2)
    expect(clicks.filter(misunderstood).map(({ command, result }) => [command, result.stderr])).toEqual([])
    expect(open).toEqual([])
    const left = lesson.lab.tasks.map(({ id }) => id).filter((id) => !byClicks.includes(id))
    if (GUIDED[slug]) expect(left).toEqual(GUIDED[slug])
  },
)

test("every task says what it wants in hints that do not say all", () => {
  for (const { slug, lab } of courses.flatMap(({ lessons }) => lessons))
    for (const task of lab.tasks) {
      const commands = task.solution.split("\n").filter((line) => line.trim().length > 15 && !/^\s*kubectl (get|describe) /.test(line))
      for (const hint of task.hints.map(hintText))
        expect(commands.length > 0 && commands.every((command) => hint.includes(command.trim())), `${slug}/${task.id}: ${hint}`).toBe(false)
    }
})

test("a lesson that cannot be solved is refused, and says where", () => {
  const [lesson] = courses[0].lessons
  const [task] = lesson.lab.tasks
  const broken = {
    ...lesson,
    lab: {
      ...lesson.lab,
      tasks: [
        {
          ...task,
          id: "never",
          checks: [{ kind: "cel" as const, title: "A Pod runs", expression: 'pod("a").status.phase == "Running"' }],
          settle: 1,
        },
        { ...task, id: "always", checks: [{ kind: "cel" as const, title: "Nodes", expression: "size(nodes()) == 2" }] },
      ],
    },
  }
  const proof = proveLesson(broken)
  expect(proof.ok).toBe(false)
  expect(proof.tasks.map(({ id, problems }) => [id, ...problems])).toEqual([
    ["never", 'after the solution: "A Pod runs" is not so (now: no such Pod "a")'],
    ["always", "is done before anything was typed"],
  ])
})

test("the examples of docs/writing-lessons.md are what the loader takes", () => {
  const examples = proseBlocks(parseProse(readFileSync("docs/writing-lessons.md", "utf8"))).flatMap((block) =>
    block.kind === "code" && block.language === "yaml" ? [block.text] : [],
  )
  const checks = examples.filter((text) => /^- (\{ )?kind:/.test(text)).flatMap((text) => parse(text) as unknown[])
  expect(checks.map((check) => CheckSpec.parse(check).kind)).toEqual([
    "cel",
    "script",
    "http",
    "history",
    "history",
    "history",
    "history",
    "quiz",
    "quiz",
    "quiz",
  ])
  expect(checkTask({ checks: checks.map((check) => CheckSpec.parse(check)) })).toEqual([])
  const labs = examples.filter((text) => text.includes("\ntasks:") || text.startsWith("tasks:"))
  const [lab, tasks] = labs.map(
    (text) => parse(text.replace("[…]", "[]").replace("needs: [stored]", "needs: []")) as Record<string, unknown>,
  )
  const task = { ...(tasks.tasks as Record<string, unknown>[])[0], checks }
  expect(LabSpec.parse({ ...lab, tasks: [task] }).tasks[0].id).toBe("bound")
})
