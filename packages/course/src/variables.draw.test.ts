/** What is random in a lesson: fixed by the seed, different from each other, filled in everywhere and nowhere else. */
import { expect, test } from "vitest"
import { outlineOf, shownOptions } from "./learner-view.ts"
import { parseLesson } from "./parse-lesson.ts"
import { drawVariables, fillIn, instantiateLesson, shuffled } from "./variables.ts"

const SPECS = {
  app: { choose: ["shop", "forum", "blog"] },
  other: { choose: ["shop", "forum", "blog"] },
  third: { choose: ["shop", "forum", "blog"] },
  port: { from: 8000, to: 8990, step: 10 },
  name: { name: "team" },
}

test("the same seed gives the same values, another seed others; no two variables are equal", () => {
  expect(drawVariables(SPECS, "ann")).toEqual(drawVariables(SPECS, "ann"))
  const draws = Array.from({ length: 200 }, (_, index) => drawVariables(SPECS, `seed ${index}`))
  for (const { app, other, third, port, name } of draws) {
    expect([app, other, third].sort()).toEqual(["blog", "forum", "shop"])
    expect(Number(port) % 10).toBe(0)
    expect(Number(port)).toBeGreaterThanOrEqual(8000)
    expect(Number(port)).toBeLessThanOrEqual(8990)
    expect(name).toMatch(/^team-[bcdfghjkmnpqrstvwxz2-9]{5}$/)
  }
  expect(new Set(draws.map(({ name }) => name)).size).toBeGreaterThan(190)
  for (const app of ["shop", "forum", "blog"]) expect(draws.filter((draw) => draw.app === app).length).toBeGreaterThan(40)
})

test("what is in braces and no variable stays as it is", () => {
  expect(fillIn("{{app}} {{.metadata.name}} {{end}} {{ app }} {{{app}}}", { app: "shop" })).toBe(
    "shop {{.metadata.name}} {{end}} {{ app }} {shop}",
  )
})

const LAB = `variables:
  app: { choose: [shop] }
  unused: { from: 1, to: 2 }
  back: { from: 2, to: 1 }
files:
  - { path: "/root/{{app}}.yaml", content: "name: {{app}}" }
setup: ["echo {{app}} {{back}}"]
tasks:
  - id: a
    title: Make {{app}}
    checks:
      - { kind: cel, title: "{{app}} is there", expression: 'there_is("Pod", "default", "{{app}}")' }
      - { kind: quiz, id: q, question: "{{app}}?", type: order, answer: [one, two, three], replies: {} }
    hints: ["{{ap}}"]
    solution: kubectl run {{app}} --image=nginx
`
const files = new Map([
  ["lesson.md", "---\ntitle: T\nsummary: S\nminutes: 5\n---\n\nRun {{app}}.\n\n::task{id=a}\n"],
  ["lab.yaml", LAB.replace("  back: { from: 2, to: 1 }\n", "").replace(" {{back}}", "")],
])

test("a lesson is filled in through and through, and names that nobody uses or nearly uses are said", () => {
  const { lesson, problems } = parseLesson(files, { course: "c", slug: "l" })
  expect(problems.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
    'lab.yaml:3 the variable "unused" is used nowhere: write {{unused}}',
    'lab.yaml:13 there is no variable "ap"; did you mean "app"?',
  ])
  if (!lesson) throw new Error("no lesson")
  const made = instantiateLesson(lesson, "x")
  expect(JSON.stringify(made)).not.toContain("{{app}}")
  expect(made.prose).toContain("Run shop.")
  expect(made.lab.files).toEqual([{ path: "/root/shop.yaml", content: "name: shop" }])
  expect(parseLesson(new Map([...files, ["lab.yaml", LAB]]), { course: "c", slug: "l" }).problems.map(({ message }) => message)).toContain(
    'the variable "back" goes from 2 down to 1',
  )
})

test("an order is shown in another order, the same each time", () => {
  const entries = ["one", "two", "three"]
  for (let index = 0; index < 50; index++) {
    const mixed = shuffled(entries, `${index}`)
    expect(mixed).not.toEqual(entries)
    expect([...mixed].sort()).toEqual([...entries].sort())
  }
  const quiz = { id: "q", type: "order" as const, options: ["three", "one", "two"], answer: entries }
  expect(shownOptions("t", quiz)).toEqual(shownOptions("t", quiz))
  expect(shownOptions("t", quiz)).not.toEqual(entries)
  const { lesson } = parseLesson(files, { course: "c", slug: "l" })
  expect(lesson && outlineOf(lesson.lab)).toMatchObject([{ quizzes: [{ id: "q", type: "order" }] }])
})
