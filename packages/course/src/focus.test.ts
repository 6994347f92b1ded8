/** Which tasks a lab has when it is about some of them, and which are solved before. */
import { expect, test } from "vitest"
import { between, focusLab } from "./focus.ts"
import { LabSpec } from "./lesson.ts"

const lab = (needs: Record<string, string[]>) =>
  LabSpec.parse({
    tasks: Object.entries(needs).map(([id, needed]) => ({
      ...{ id, title: id, needs: needed, solution: "ls" },
      checks: [{ kind: "cel", title: "T", expression: "true" }],
    })),
  })

test.each<[string, Record<string, string[]>, string[], string[], string[]]>([
  ["one without needs is alone", { a: [], b: [] }, ["b"], ["b"], []],
  ["the last of a chain: the others are solved before", { a: [], b: ["a"], c: ["b"] }, ["c"], ["a", "b", "c"], ["a", "b"]],
  ["two that share a need", { a: [], b: ["a"], c: ["a"], d: ["a"] }, ["b", "c"], ["a", "b", "c"], ["a"]],
  ["a need that stands below", { b: ["a"], c: ["b"], a: [] }, ["c"], ["b", "c", "a"], ["a", "b"]],
  ["the one between two chosen ones is the learner's as well", { a: [], b: ["a"], c: ["b"] }, ["a", "c"], ["a", "b", "c"], []],
  ["a name that nobody has", { a: [] }, ["z"], [], []],
])("%s", (_, needs, chosen, tasks, before) => {
  const focused = focusLab(lab(needs), chosen)
  expect({ tasks: focused.lab.tasks.map(({ id }) => id), before: focused.before }).toEqual({ tasks, before })
})

test("between", () => {
  const { tasks } = lab({ a: [], b: ["a"], c: ["b"], d: ["c"] })
  expect(between(tasks, ["a", "d"])).toEqual(["b", "c"])
  expect(between(tasks, ["c", "d"])).toEqual([])
})
