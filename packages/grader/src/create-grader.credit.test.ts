/** Parts of points, negated checks, feedback from what is seen, set-up of a task, commands at their time, and stale looks. */
import { createWorld, type World } from "@drydock/world"
import { expect, test } from "vitest"
import type { GradedCheck, GradedTask } from "./contract.ts"
import { createGrader } from "./create-grader.ts"
import { runFor, typist } from "./lab-world.ts"
import { isRight, replyTo } from "./quiz-check.ts"

const lab = (tasks: (Partial<GradedTask> & { checks: GradedCheck[] })[]) => {
  const world: World = createWorld({ topology: "kubeadm-1node", seed: "credit", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  const whole = tasks.map((task, index): GradedTask => ({ id: `t${index + 1}`, title: "T", points: 10, needs: [], ...task }))
  return { world, type: typist(world), grader: createGrader(world, whole) }
}
const cel = (expression: string, more: object = {}): GradedCheck => ({ kind: "cel", title: expression, expression, ...more })
const there = (name: string) => `there_is("ConfigMap", "default", "${name}")`

test("checks give their share by weight, a question its part, and a task that is all or nothing none", () => {
  const quiz: GradedCheck = {
    ...{ kind: "quiz", id: "q", title: "Answer", question: "Which?", type: "several", weight: 2 },
    ...{ options: ["a", "b", "c", "d"], answer: ["a", "b"] },
  }
  const checks = [cel(there("one")), cel(there("two"), { weight: 2 }), quiz]
  const { world, type, grader } = lab([{ partial: true, checks }, { checks: [cel(there("one")), cel(there("two"))] }])
  expect([grader.earned, grader.results[0].credit]).toEqual([0, 0])
  type("kubectl create configmap one")
  runFor(world, 500)
  expect([grader.earned, grader.results[0].credit, grader.results[1].credit]).toEqual([2, 0.2, 0.5])
  // One hit of two, no miss.
  grader.answer("t1", "q", ["a"])
  expect(grader.earned).toBe(4)
  expect(grader.results[0].checks[2]).toEqual({ id: "q", title: "Answer", passed: false, credit: 0.5 })
  grader.answer("t1", "q", ["a", "c"])
  expect(grader.earned).toBe(2)
  grader.answer("t1", "q", ["b", "a"])
  // Right once is right.
  grader.answer("t1", "q", ["d"])
  expect(grader.earned).toBe(6)
  type("kubectl create configmap two")
  runFor(world, 500)
  expect([grader.earned, grader.results.map(({ state }) => state)]).toEqual([20, ["done", "done"]])
})

test("not: what must not be so", () => {
  const { world, type, grader } = lab([{ checks: [cel(there("gone"), { not: true }), cel(there("kept"))] }])
  type("kubectl create configmap gone")
  type("kubectl create configmap kept")
  runFor(world, 500)
  expect(grader.results[0].checks.map(({ passed }) => passed)).toEqual([false, true])
  type("kubectl delete configmap gone")
  runFor(world, 500)
  expect(grader.results[0].state).toBe("done")
})

test("the first rule that fits is told, with what was seen, and follows the cluster", () => {
  const feedback = [
    {
      when: 'configmaps().exists(c, c.metadata.name == "wrong")',
      say: 'That one is named {= configmaps().filter(c, c.metadata.name != "kube-root-ca.crt").map(c, c.metadata.name) =}.',
    },
    { when: "true", say: "Nothing yet." },
  ]
  const { world, type, grader } = lab([{ checks: [cel(there("right"))], feedback }])
  runFor(world, 200)
  expect(grader.results[0].feedback).toBe("Nothing yet.")
  const told: (string | undefined)[] = []
  grader.onChange(([{ feedback: text }]) => told.push(text))
  type("kubectl create configmap wrong")
  runFor(world, 500)
  expect(told).toEqual(["That one is named wrong."])
  type("kubectl create configmap right")
  runFor(world, 500)
  expect(grader.results[0]).not.toHaveProperty("feedback")
})

test("a task prepares itself when it opens, and says when that failed", () => {
  const setup = ["kubectl create configmap prepared", { machine: "controlplane", script: "echo no such boat >&2; exit 3" }]
  const { world, type, grader } = lab([
    { checks: [cel(there("first"))] },
    { needs: ["t1"], setup, checks: [cel(there("prepared")), cel(there("second"))] },
  ])
  runFor(world, 2_000)
  expect(type("kubectl get configmap prepared").exit).toBe(1)
  type("kubectl create configmap first")
  runFor(world, 2_000)
  expect(grader.results[1]).toMatchObject({
    state: "open",
    problem: "ended with exit code 3: no such boat",
    checks: [{ passed: true }, { passed: false }],
  })
})

test("a command counts when it was run while something was so, and can be run again", () => {
  const check: GradedCheck = { kind: "history", title: "looked before", command: "^kubectl get cm", while: there("late"), not: false }
  const { world, type, grader } = lab([{ checks: [check] }])
  type("kubectl get cm")
  runFor(world, 200)
  expect(grader.results[0].checks[0]).toMatchObject({ passed: false, seen: "kubectl get cm came at another time" })
  type("kubectl create configmap late")
  type("kubectl get cm")
  runFor(world, 200)
  expect(grader.results[0].state).toBe("done")
})

test("what a script saw before the last change does not finish a task", () => {
  const script: GradedCheck = { kind: "script", title: "old is there", script: "sleep 2; kubectl get configmap old" }
  const { world, type, grader } = lab([{ checks: [script, cel(there("new"))] }])
  type("kubectl create configmap old")
  runFor(world, 8_000)
  expect(grader.results[0].checks.map(({ passed }) => passed)).toEqual([true, false])
  // The script still looks when the expression turns true.
  type("kubectl delete configmap old --wait=false; kubectl create configmap new")
  runFor(world, 10_000)
  expect(grader.results[0]).toMatchObject({ state: "open", checks: [{ passed: false }, { passed: true }] })
})

test("a check that never ends fails in words, and no other waits for it", () => {
  const { world, type, grader } = lab([
    { checks: [{ kind: "script", title: "loops", script: "while :; do :; done" }] },
    { checks: [{ kind: "script", title: "sleeps", script: "sleep 100000" }] },
    { checks: [cel(there("other"))] },
  ])
  type("kubectl create configmap other")
  runFor(world, 30_000)
  expect(grader.results.map(({ state, checks: [{ seen }] }) => [state, seen])).toEqual([
    ["open", "no answer in time"],
    ["open", "no answer in time"],
    ["done", undefined],
  ])
})

test("answers: patterns match the whole, orders their order, replies their answer", () => {
  const quiz = { kind: "quiz", id: "q", title: "A", question: "Q", options: [] } as const
  const text = { ...quiz, type: "text", answer: "10 s", pattern: "(10|ten) ?s(econds)?", replies: { minutes: "Seconds." } } as const
  expect(["10 S", "ten seconds", "10s", " 10s ", "110s", "10s or so", "(10|ten)"].map((answer) => isRight(text, answer))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ])
  const order = { ...quiz, type: "order", answer: ["a", "b", "c"] } as const
  expect([["a", "b", "c"], ["c", "b", "a"], ["a", "b"], "a"].map((answer) => isRight(order, answer))).toEqual([true, false, false, false])
  expect([replyTo(text, " Minutes"), replyTo(text, "10s"), replyTo(text, "hours")]).toEqual(["Seconds.", undefined, undefined])
})
