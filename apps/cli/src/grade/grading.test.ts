/** Submissions graded: points for what is so, reasons for what is not, the same twice, and many at once. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseLesson } from "@drydock/course"
import { createWorld } from "@drydock/world"
import { afterAll, describe, expect, test } from "vitest"
import { gradeSubmission as grade, gradingSeed, junit, type Submission } from "@drydock/grader"
import { submissionAt } from "./read-submission.ts"

const LAB = `topology: kubeadm-1node
tasks:
  - id: config
    title: Keep the colour in a ConfigMap
    points: 3
    checks:
      - kind: cel
        title: The ConfigMap colour says blue
        expression: configmap("colour").data.value == "blue"
        seen: configmap("colour").data.value
    solution: kubectl create configmap colour --from-literal=value=blue
  - id: asked
    title: Look at it and say what it is
    points: 2
    needs: [config]
    checks:
      - kind: history
        title: You listed ConfigMaps
        command: ^kubectl get (cm|configmaps?)
      - kind: quiz
        id: kind
        question: Is it encrypted?
        type: single
        options: ["yes", "no"]
        answer: "no"
    solution: kubectl get configmaps
`
const PROSE = "---\ntitle: Colours\nsummary: A test.\nminutes: 1\n---\n\n::task{id=config}\n\n::task{id=asked}\n"

const { lesson, problems } = parseLesson(
  new Map([
    ["lesson.md", PROSE],
    ["lab.yaml", LAB],
  ]),
  { course: "test", slug: "01-colours" },
)

const gradeSubmission = (given: NonNullable<typeof lesson>, submission: Submission) => {
  const one = { name: "test/01-colours", version: given.version, lab: given.lab }
  return grade(one, submission, gradingSeed(one, submission))
}

const place = mkdtempSync(join(tmpdir(), "drydock-grade-"))
afterAll(() => rmSync(place, { recursive: true }))

const submit = (name: string, files: Record<string, string>) => {
  const directory = join(place, name)
  mkdirSync(directory)
  for (const [path, content] of Object.entries(files)) writeFileSync(join(directory, path), content)
  return submissionAt(directory)
}

const manifest = (value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: colour\ndata:\n  value: ${value}\n`

describe("grading", () => {
  if (!lesson) throw new Error(JSON.stringify(problems))

  test("a whole submission has all points, twice with the same world", () => {
    const submission = submit("whole", {
      "colour.yaml": manifest("blue"),
      "look.sh": "kubectl get configmaps\n",
      "answers.json": '{"asked":{"kind":"no"}}',
    })
    const [first, second] = [gradeSubmission(lesson, submission), gradeSubmission(lesson, submission)]
    expect(first).toMatchObject({ earned: 5, total: 5, problems: [] })
    expect(first.steps.map(({ name, exit }) => [name, exit])).toEqual([
      ["kubectl apply -f colour.yaml", 0],
      ["look.sh", 0],
    ])
    expect(second.world).toBe(first.world)
  })

  test("what is not so is said as it was seen, and what needs it stays locked", () => {
    const graded = gradeSubmission(lesson, submit("wrong", { "colour.yaml": manifest("green") }))
    expect(graded.earned).toBe(0)
    expect(graded.tasks).toEqual([
      {
        id: "config",
        title: "Keep the colour in a ConfigMap",
        points: 3,
        earned: 0,
        state: "open",
        checks: [{ id: "config.1", title: "The ConfigMap colour says blue", passed: false, seen: "green" }],
      },
      expect.objectContaining({ id: "asked", state: "locked", earned: 0 }),
    ])
    const xml = junit([{ ...graded, submission: "<&\u0001>", wallMs: 12 }])
    expect(xml).toContain('<testsuite name="&lt;&amp;\ufffd&gt;" tests="2" failures="1" skipped="1" time="0.012">')
    expect(xml).toContain('<failure message="0 of 3 points">The ConfigMap colour says blue (now: green)</failure>')
  })

  test("a recording is replayed under the grader's eyes", () => {
    const world = createWorld({ topology: "kubeadm-1node", seed: "learner", startedAt: Date.UTC(2026, 4, 1) })
    world.boot()
    world.input({ kind: "open-terminal", terminal: "t", machine: "controlplane", columns: 80, rows: 24 })
    world.input({ kind: "keys", terminal: "t", data: "kubectl create configmap colour --from-literal=value=blue\rkubectl get cm\r" })
    world.run({ until: world.sim.now() + 5_000 })
    const submission = submit("recorded", {
      "session.json": JSON.stringify(world.recording()),
      "answers.json": '{"asked":{"kind":"no"},"config":{"none":"x"}}',
    })
    expect(gradeSubmission(lesson, submission)).toMatchObject({
      earned: 5,
      problems: ['answers.json: the lesson has no quiz "none" in a task "config"'],
    })
  })
})

describe("what is no submission", () => {
  test.each([
    ["empty", {}, /nothing to grade/],
    ["text", { "answers.json": "{" }, /answers\.json: /],
    ["answers", { "answers.json": '{"a":1}' }, /answers\.json: a: /],
    ["recording", { "r.json": '{"inputs":1}' }, /r\.json: /],
  ])("%s is refused with its place", (name, files, message) => {
    expect(() => submit(`bad-${name}`, files as unknown as Record<string, string>)).toThrow(message)
  })
})
