/** What is handed in as a zip: our own form, a course, another platform's; and out again. */
import { expect, test } from "vitest"
import { packFiles } from "../zip.ts"
import { importSource, packSource, unpackSource } from "./import-source.ts"

const LESSON = "---\ntitle: Mine\nsummary: S\nminutes: 5\n---\n"

test("a lesson goes out as a zip and comes back with its pictures", () => {
  const files = { "lesson.md": LESSON, "lab.yaml": "tasks: []\n", "files/dot.png": { base64: "iVBORw3/" } }
  const { files: back, problems } = unpackSource(packSource(files, "01-mine"))
  expect([back, problems]).toEqual([files, []])
  expect(importSource(back, "01-mine")).toEqual({ form: "drydock", lessons: [{ slug: "01-mine", title: "Mine", files }], notes: [] })
})

test("a course's folder gives its lessons; what lies beside them is named", () => {
  const zip = packFiles(
    new Map([
      ["course.yaml", "title: C\n"],
      ["a/lesson.md", LESSON],
      ["a/notes.txt", "x"],
      ["b/lab.yaml", "x"],
      ["c/d", ""],
    ]),
  )
  const { lessons, notes } = importSource(unpackSource(zip).files, "x")
  expect(lessons.map(({ slug, files }) => [slug, Object.keys(files)])).toEqual([
    ["a", ["lesson.md"]],
    ["b", ["lab.yaml"]],
  ])
  expect(notes.map(({ file }) => file)).toEqual(["course.yaml", "a/notes.txt", "c/d"])
})

test("another platform's form becomes ours, and says what is lost", () => {
  const index = {
    title: "Their course",
    details: { steps: [{ title: "One", text: "one.md" }] },
    backend: { imageid: "kubernetes-kubeadm-1node" },
  }
  const { form, lessons, notes } = importSource(
    { "index.json": JSON.stringify(index), "one.md": "`ls`{{exec}}", "logo.png": { base64: "AA==" } },
    "theirs",
  )
  expect([form, lessons.map(({ slug }) => slug), Object.keys(lessons[0].files).sort()]).toEqual([
    "killercoda",
    ["theirs"],
    ["lab.yaml", "lesson.md"],
  ])
  expect(notes.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toContain(
    "logo.png:1: this file is no text and not carried over",
  )
  expect(() => importSource({ "readme.txt": "x" }, "x")).toThrow("this folder has none of: index.json")
})
