/** Expressions and patterns that cannot be, found before any world runs them. */
import { expect, test } from "vitest"
import { checkTask } from "./check-task.ts"
import type { GradedCheck } from "./contract.ts"

const messages = (check: GradedCheck, feedback?: { when: string; say: string }[]) =>
  checkTask({ checks: [check], ...(feedback && { feedback }) }).map(({ path, message }) => `${path.join(".")}: ${message}`)
const cel = (expression: string): GradedCheck => ({ kind: "cel", title: "T", expression })
const list = `[${Array.from({ length: 100 }, (_, index) => index).join(",")}]`

test.each<[string, GradedCheck, string[]]>([
  [
    "one that explodes",
    cel(`${list}.all(a, ${list}.all(b, ${list}.all(c, a + b + c >= 0)))`),
    ["checks.0.expression: this expression cannot be evaluated: the expression does too much"],
  ],
  ["one over what the cluster holds", cel('pods("*").all(a, pods("*").all(b, a.metadata.name != b.metadata.name || a == b))'), []],
  [
    "a pattern of a quiz that is none",
    { kind: "quiz", id: "q", title: "T", question: "Q", type: "text", options: [], answer: "a", pattern: "(" },
    ["checks.0.pattern: this pattern cannot be read: error parsing regexp: missing closing ): `^(?:()$`"],
  ],
  [
    "a pattern that refuses its answer",
    { kind: "quiz", id: "q", title: "T", question: "Q", type: "text", options: [], answer: "b", pattern: "a+" },
    ['checks.0.pattern: the pattern does not match the answer "b"'],
  ],
])("%s", (_, check, expected) => {
  expect(messages(check)).toEqual(expected)
})

test("feedback: its condition and what stands in its sentence are expressions", () => {
  expect(messages(cel("true"), [{ when: "1 + 1", say: "x {= pods( =}" }])).toEqual([
    "feedback.0.when: this expression cannot be read: the expression gives int, not true or false",
    expect.stringMatching(/^feedback\.0\.say: this expression cannot be read: /),
  ])
})
