/** What an author may do wrong or a stranger may send: refused with its place and the reason. */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { loadLesson } from "./load-courses.ts"
import { parseLesson } from "./parse-lesson.ts"

const LAB = "tasks:\n  - id: a\n    title: A\n    checks: [{ kind: cel, title: T, expression: 'true' }]\n    hints: [h]\n    solution: ls\n"
const PROSE = "---\ntitle: T\nsummary: S\nminutes: 5\n---\n\n"
const place = mkdtempSync(join(tmpdir(), "drydock-refused-"))
afterAll(() => rmSync(place, { recursive: true }))

const said = (prose: string, lab = LAB) =>
  parseLesson(
    new Map([
      ["lesson.md", `${PROSE}${prose}\n\n::task{id=a}\n`],
      ["lab.yaml", lab],
    ]),
    { course: "c", slug: "l" },
  ).problems.map(({ file, line, severity, message }) => `${file}:${line} ${severity}: ${message}`)

test("a file of 50 MB is named and not read", async () => {
  const directory = join(place, "large")
  mkdirSync(join(directory, "files"), { recursive: true })
  writeFileSync(join(directory, "lesson.md"), `${PROSE}::task{id=a}\n`)
  writeFileSync(join(directory, "lab.yaml"), LAB)
  writeFileSync(join(directory, "files/film.yaml"), "")
  truncateSync(join(directory, "files/film.yaml"), 50 * 1024 * 1024)
  const { lesson, problems } = await loadLesson(directory, { course: "c", slug: "large" }, { relativeTo: place })
  expect(lesson).toBeUndefined()
  expect(problems.map(({ file, message }) => `${file}: ${message}`)).toEqual([
    "large/files/film.yaml: this file has 50 MiB; a file of a lesson may have 1 MiB",
  ])
})

test.each([
  ["<script>alert(1)</script>", "lesson.md:7 error: HTML that acts is not allowed here: <script>alert(1)</script>"],
  ["text <img src=x onerror=alert(1)> more", "lesson.md:7 error: HTML that acts is not allowed here: <img src=x onerror=alert(1)>"],
  ["[go](javascript:alert(1))", "lesson.md:7 error: this address is not allowed: javascript:alert(1)"],
  ["![x](data:text/html;base64,AAAA)", "lesson.md:7 error: this address is not allowed: data:text/html;base64,AAAA"],
  ["[go][x]\n\n[x]: JavaScript:alert(1)", "lesson.md:9 error: this address is not allowed: JavaScript:alert(1)"],
  ["a <b>bold</b> word", "lesson.md:7 warning: HTML is left out of the page: <b>"],
  ["```text output\nx\n```", "lesson.md:7 error: this output belongs to no command: an exec block must come before it"],
])("%s", (prose, expected) => {
  expect(said(prose)).toContain(expected)
})

test("ordinary links and comments are no mistake", () => {
  expect(said("[a](https://kubernetes.io) [b](/learn) [c](#d) <https://example.org> <!-- note -->")).toEqual([])
})

test("a circle of three tasks is said once, at the first of them", () => {
  const task = (id: string, need: string) =>
    `  - id: ${id}\n    title: A\n    needs: [${need}]\n    checks: [{ kind: cel, title: T, expression: 'true' }]\n    hints: [h]\n    solution: ls\n`
  const lab = `tasks:\n${task("a", "b")}${task("b", "c")}${task("c", "a")}`
  expect(said("::task{id=b}\n\n::task{id=c}", lab).filter((line) => line.includes("circle"))).toEqual([
    "lab.yaml:4 error: the tasks need each other in a circle: a → b → c → a",
  ])
})

test("quizzes that cannot be answered, and help that costs more than it helps", () => {
  const quiz = (fields: string) =>
    LAB.replace("hints: [h]", `hints: [{ text: h, cost: 9 }]`).replace(
      "'true' }]",
      `'true' }, { kind: quiz, id: q, question: Q, ${fields} }]`,
    )
  expect(said("", quiz("type: order, answer: [x]"))).toEqual([
    "lab.yaml:4 error: an order has at least two entries, in the right order",
    'lab.yaml:5 warning: the help of the task "a" costs 9 points, and the task gives 5',
  ])
  const first = (fields: string) => said("", quiz(fields))[0]
  expect(first("type: order, answer: [x, y], options: [x, z]")).toContain("the options of an order are the entries of its answer")
  expect(first("type: single, answer: x, options: [x, y], pattern: z")).toContain("a pattern belongs to a text quiz")
  expect(first("type: single, answer: x, options: [x, y], replies: { x: no }")).toContain('"x" is right; what is said then is because')
  expect(first("type: single, answer: x, options: [x, y], replies: { z: no }")).toContain('"z" is not among the options')
})
