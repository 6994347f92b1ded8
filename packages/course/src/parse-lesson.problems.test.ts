import fc from "fast-check"
import { expect, test } from "vitest"
import { jsonSchema } from "./json-schema.ts"
import { parseLesson } from "./parse-lesson.ts"

const PROSE = "---\ntitle: T\nsummary: S\nminutes: 5\n---\n\n# T\n\n::task{id=a}\n"
const LAB = `topology: kubeadm-2nodes
files:
  - path: /root/pod.yaml
    from: pod.yaml
tasks:
  - id: a
    title: Do it
    needs: []
    checks:
      - kind: cel
        title: It is done
        expression: pod("a").status.phase == "Running"
      - kind: quiz
        id: q
        question: Why?
        type: single
        options: [x, y]
        answer: x
    hints: [Think.]
    solution: kubectl run a --image=nginx
`
const lesson = (lab: string, prose = PROSE) =>
  parseLesson(
    new Map([
      ["lesson.md", prose],
      ["lab.yaml", lab],
      ["files/pod.yaml", "kind: Pod\n"],
    ]),
    { course: "c", slug: "01-l" },
  )
const said = (lab: string, prose?: string) =>
  lesson(lab, prose).problems.map(({ file, line, column, severity, message }) => `${file}:${line}:${column} ${severity}: ${message}`)

test("a good lesson, its asset laid in and its version", () => {
  const { lesson: loaded, problems } = lesson(LAB)
  expect(problems).toEqual([])
  expect(loaded).toMatchObject({
    course: "c",
    slug: "01-l",
    header: { title: "T", summary: "S", minutes: 5 },
    prose: "\n# T\n\n::task{id=a}\n",
    lab: { files: [{ path: "/root/pod.yaml", content: "kind: Pod\n" }], tasks: [{ points: 5, settle: 60 }] },
  })
  expect(lesson(LAB.replaceAll("\n", "\r\n")).lesson?.version).toBe(loaded?.version)
  expect(lesson(LAB.replace("Think", "Look")).lesson?.version).not.toBe(loaded?.version)
})

test.each<[string, string, string, string[]]>([
  [
    "an unknown field",
    "title: Do it",
    "titel: Do it",
    ['lab.yaml:6:5 error: "tasks[0].title" is missing', 'lab.yaml:7:5 error: unknown field "titel"; did you mean "title"?'],
  ],
  ["a wrong type", "title: Do it", "title: [a]", ['lab.yaml:7:5 error: "tasks[0].title" must be text, not a list']],
  ["an empty field", "title: Do it", "title:", ['lab.yaml:7:5 error: "tasks[0].title" must be text, not empty']],
  [
    "no such kind of check",
    "kind: cel",
    "kind: sel",
    ['lab.yaml:10:9 error: there is no kind of check "sel"; there are cel, script, http, history and quiz'],
  ],
  ["an answer that is no option", "answer: x", "answer: z", ['lab.yaml:18:9 error: the answer "z" is not among the options']],
  ["a need that does not exist", "needs: []", "needs: [b]", ['lab.yaml:8:13 error: the task "a" needs "b", which does not exist']],
  ["a task that needs itself", "needs: []", "needs: [a]", ["lab.yaml:8:5 error: the tasks need each other in a circle: a → a"]],
  ["a missing asset", "from: pod.yaml", "from: pot.yaml", ["lab.yaml:4:5 error: there is no files/pot.yaml in the lesson's folder"]],
  [
    "a strange topology",
    "kubeadm-2nodes",
    "kubeadm",
    ['lab.yaml:1:1 error: there is no topology "kubeadm"; there are kubeadm-1node, kubeadm-2nodes, docker-host, or nodes: […]'],
  ],
  ["a key twice", "title: Do it", "title: Do it\n    title: Again", ["lab.yaml:8:5 error: Map keys must be unique"]],
  ["no hints", "hints: [Think.]", "hints: []", ['lab.yaml:6:5 warning: the task "a" has no hints']],
  [
    "a task that is not shown",
    "  - id: a",
    "  - id: b",
    ['lesson.md:6:1 error: the task "b" is never shown: add ::task{id=b}', 'lesson.md:9:1 error: lab.yaml has no task "a"'],
  ],
  [
    "broken YAML",
    "  - id: a",
    "  - id: [a",
    ["lab.yaml:7:5 error: Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ],
])("%s", (_, from, to, expected) => {
  expect(LAB).toContain(from)
  const problems = said(LAB.replace(from, to))
  for (const line of expected) expect(problems).toContain(line)
})

test("two tasks with one id, and a circle of two", () => {
  const second = LAB.slice(LAB.indexOf("  - id: a"))
  expect(said(`${LAB}${second}`)).toContain('lab.yaml:21:5 error: two tasks have the id "a"')
  const circle = `${LAB.replace("needs: []", "needs: [b]")}${second.replace("id: a", "id: b").replace("needs: []", "needs: [a]")}`
  expect(said(circle).filter((line) => line.includes("circle"))).toEqual([
    "lab.yaml:8:5 error: the tasks need each other in a circle: a → b → a",
  ])
})

test("prose without front matter, or with a mistake in it", () => {
  expect(said(LAB, "# T\n\n::task{id=a}\n")).toEqual([
    "lesson.md:1:1 error: lesson.md begins with front matter: a line ---, then title, summary and minutes, then a line ---",
  ])
  expect(said(LAB, PROSE.replace("minutes: 5", "minutes: five"))).toEqual([
    'lesson.md:4:1 error: "minutes" must be a number, not the text "five"',
  ])
  expect(said(LAB, `${PROSE}\n::taks{id=a}\n`)).toEqual([
    'lesson.md:11:1 error: there is no directive "taks"; there are task, quiz, hint, map, trace, note, warning, edit',
  ])
})

test("a checker's complaints have a place", () => {
  const { problems } = parseLesson(
    new Map([
      ["lesson.md", PROSE],
      ["lab.yaml", LAB],
      ["files/pod.yaml", ""],
    ]),
    {
      course: "c",
      slug: "l",
      checkTask: () => [{ path: ["checks", 0, "expression"], message: "does not parse" }],
    },
  )
  expect(problems).toEqual([{ file: "lab.yaml", line: 12, column: 9, message: "does not parse", severity: "error" }])
})

test("whatever is in the files, loading never throws, and a lesson that is refused has a placed problem", () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      "\n",
      ": ",
      "- ",
      "[",
      "]",
      "{",
      "}",
      "&a ",
      "*a ",
      "!!int ",
      "'",
      '"',
      "|",
      ">",
      "\t",
      "<<: ",
      "? ",
      "%",
      "---\n",
      "...\n",
      "null",
      "1e999",
      "tasks:\n",
      "checks:\n",
    ),
  )
  fc.assert(
    fc.property(
      fc.constantFrom("lab.yaml", "lesson.md"),
      fc.array(fc.record({ at: fc.nat({ max: LAB.length }), remove: fc.nat({ max: 12 }), insert: piece }), { minLength: 1, maxLength: 4 }),
      (file, edits) => {
        const texts = new Map([
          ["lesson.md", PROSE],
          ["lab.yaml", LAB],
          ["files/pod.yaml", ""],
        ])
        let text = texts.get(file) as string
        for (const { at, remove, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + remove)
        texts.set(file, text)
        const result = parseLesson(texts, { course: "c", slug: "l" })
        const errors = result.problems.filter(({ severity }) => severity === "error")
        expect(result.lesson === undefined).toBe(errors.length > 0)
        const lines = text.split("\n").length
        for (const problem of result.problems) {
          expect(problem.message).toMatch(/^\S[^\n]*$/)
          expect(problem.line).toBeGreaterThanOrEqual(1)
          expect(problem.column).toBeGreaterThanOrEqual(1)
          if (problem.file === file) expect(problem.line).toBeLessThanOrEqual(lines + 1)
        }
      },
    ),
    { numRuns: 600 },
  )
})

test("JSON schemas refuse unknown fields", () => {
  const schema = jsonSchema()["lab.yaml"] as { properties: Record<string, unknown>; additionalProperties: boolean; required: string[] }
  expect(Object.keys(schema.properties)).toEqual([
    "topology",
    "seed",
    "variables",
    "files",
    "addons",
    "setup",
    "faults",
    "tasks",
    "debrief",
  ])
  expect(schema.additionalProperties).toBe(false)
  expect(schema.required).toEqual(["tasks"])
})
