/** What is written back is read as the same lesson: all lessons of content/, and one with everything that is hard to write. */
import { resolve } from "node:path"
import { expect, test } from "vitest"
import { LabSpec } from "./lesson.ts"
import { loadCourses } from "./load-courses.ts"
import { newLessonFiles } from "./new-lesson.ts"
import { parseLesson } from "./parse-lesson.ts"
import { type WrittenLesson, writeFolder } from "./write-folder.ts"

const place = { course: "c", slug: "l" }
const readBack = (lesson: WrittenLesson) => {
  const { lesson: read, problems } = parseLesson(writeFolder(lesson), place)
  return { problems: problems.filter(({ severity }) => severity === "error"), header: read?.header, prose: read?.prose, lab: read?.lab }
}
const of = ({ header, prose, lab }: WrittenLesson) => ({ problems: [], header, prose, lab })

test("every lesson of content/", async () => {
  const { courses } = await loadCourses(resolve(import.meta.dirname, "../../../content/courses"))
  const lessons = courses.flatMap((course) => course.lessons)
  expect(lessons.length).toBeGreaterThanOrEqual(12)
  for (const lesson of lessons) expect(readBack(lesson)).toEqual(of(lesson))
})

test("texts with tabs, carriage returns, no end of line, blanks at the end, numbers that are texts; two files of one name", () => {
  const long = (text: string) => `${text}\n\n1\n2\n3\n4\n5`
  const lab = LabSpec.parse({
    seed: "007",
    files: [
      { path: "/root/a.yaml", content: long("a: \t1  ") },
      { path: "/etc/a.yaml", content: long("other\r\n") },
      { path: "/srv/a.yaml", content: long("a: \t1  "), mode: "0600", machine: "node01" },
      { path: "/root/short", content: "no\nend " },
      { path: "/root/empty", content: "" },
    ],
    setup: ["# comment: {a}\necho '- x'\n", { machine: "node01", script: "true" }],
    faults: [{ name: "kill", target: "node01/x", parameters: { files: [], deep: { hints: [] } } }],
    tasks: [
      {
        id: "1e3",
        title: "yes",
        points: 5,
        checks: [
          { kind: "quiz", id: "q", question: ": what?", type: "single", options: ["1", "null"], answer: "1" },
          { kind: "cel", title: "Answer", expression: "true" },
        ],
        hints: [{ text: "a", cost: 0 }],
        solution: "cat <<EOF\n\tx\n  y\nEOF\n\n",
      },
    ],
  })
  const lesson = { header: { title: "1.0", summary: "a: b # c", minutes: 5 }, prose: "\n\n# T  \n\n::task{id=1e3}\n", lab }
  expect(readBack(lesson)).toEqual(of(lesson))
  expect([...writeFolder(lesson).keys()]).toEqual(["lesson.md", "lab.yaml", "files/a.yaml", "files/etc/a.yaml"])
})

test("a new lesson has nothing wrong with it", () => {
  expect(parseLesson(newLessonFiles("Quays"), place)).toMatchObject({ problems: [], lesson: { header: { title: "Quays" } } })
})
