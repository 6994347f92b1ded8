/** Two people at one draft: nothing of either is lost, and what cannot be joined is said; what no lesson may hold is named. */
import { expect, test } from "vitest"
import { applyChanges, parseSource, sourceProblems, titleIn } from "./draft-files.ts"

const now = { "lesson.md": "a\nB\nc\nd\n", "files/x": "their x", "files/kept": "k" }

test("different lines of one text, and different files, are joined", () => {
  expect(
    applyChanges(now, {
      "lesson.md": { from: "a\nb\nc\nd\n", to: "a\nb\nc\nD\n" },
      "files/new": { from: null, to: { base64: "AA==" } },
      "files/kept": { from: "k", to: null },
    }),
  ).toEqual({ files: { "files/new": { base64: "AA==" }, "files/x": "their x", "lesson.md": "a\nB\nc\nD\n" }, clashes: [] })
})

test("the same lines stay side by side, marked; a deleted file that the other changed stays", () => {
  const { files, clashes } = applyChanges(now, {
    "lesson.md": { from: "a\nb\nc\nd\n", to: "a\nmine\nc\nd\n" },
    "files/x": { from: "x", to: null },
    "files/gone": { from: "g", to: "my g" },
  })
  expect(files).toEqual({ ...now, "lesson.md": "a\n<<<<<<< mine\nmine\n=======\nB\n>>>>>>> theirs\nc\nd\n", "files/gone": "my g" })
  expect(clashes.map(({ path, message }) => `${path} ${message}`)).toEqual([
    "lesson.md you and somebody else changed the same lines in one place: look for <<<<<<< and >>>>>>>",
    "files/x was changed by somebody else while you deleted it: it stays",
    "files/gone was deleted by somebody else while you changed it: yours stays",
  ])
  expect(
    parseSource(files, { course: "c", slug: "l" })
      .problems.filter(({ file }) => file === "lesson.md")
      .map(({ line, message }) => `${line} ${message}`),
  ).toContain("2 two versions stand here: choose one and remove the marks")
})

test("paths that lead out, files that are too large and too many are named", () => {
  const said = (files: Parameters<typeof sourceProblems>[0]) => sourceProblems(files).map(({ file, message }) => `${file}: ${message}`)
  expect(said({ "files/../../x": "", "/etc/passwd": "", "files/a\\b": "", "files/.": "" })).toEqual([
    "files/../../x: this path leads out of the lesson, or has an empty name in it",
    "/etc/passwd: files beside lesson.md and lab.yaml lie in files/",
    "files/a\\b: this name has a character that cannot be used",
    "files/.: this path leads out of the lesson, or has an empty name in it",
  ])
  expect(said({ "files/film": { base64: "A".repeat(70 * 1024 * 1024) } })).toEqual([
    "files/film: this file has 52.5 MiB; a file of a lesson may have 1 MiB",
  ])
  expect(said({ "files/x": { base64: "<script>" } })).toEqual(["files/x: this is no base64"])
  expect(said(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`files/${index}`, ""])))).toEqual([
    "files/500: this is one file too many; a lesson may have 500",
  ])
})

test("a machine cannot have a file that is no text", () => {
  const lab =
    "files: [{ path: /root/a, from: a.png }]\ntasks:\n  - { id: t, title: T, checks: [{ kind: cel, title: C, expression: 'true' }], solution: ls }\n"
  const lesson = "---\ntitle: 'A lesson'\nsummary: S\nminutes: 5\n---\n::task{id=t}\n"
  const files = { "lesson.md": lesson, "lab.yaml": lab, "files/a.png": { base64: "iVBO" } }
  expect(parseSource(files, { course: "c", slug: "l" }).problems.filter(({ severity }) => severity === "error")).toMatchObject([
    { file: "lab.yaml", line: 1, message: "files/a.png is no text; files of a machine are texts in UTF-8" },
  ])
  expect([titleIn(files, "l"), titleIn({}, "l")]).toEqual(["A lesson", "l"])
})
