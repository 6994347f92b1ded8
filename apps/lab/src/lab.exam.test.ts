/** Exams and tasks done again in the lab: what a candidate is not told, what is kept, and what comes too late. */
import { ExamSpec, LabSpec } from "@drydock/course"
import type { ExamAttempt } from "@drydock/db"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Browser } from "./testing/browser.ts"
import { STARTED_AT, startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab

const exists = (name: string) => ({
  ...{ kind: "script", title: `there is a ConfigMap named ${name}`, reads: ["ConfigMap"] },
  script: `kubectl get configmap ${name} -o name`,
})

/** A busy machine takes its time. */
const PATIENCE = { timeout: 20_000 }

beforeAll(async () => {
  lab = await startTestLab()
  await lab.publish(
    "first",
    LabSpec.parse({
      topology: "kubeadm-1node",
      tasks: [
        {
          ...{ id: "ground", title: "Lay the ground", points: 2, solution: "kubectl create configmap ground" },
          checks: [
            exists("ground"),
            { kind: "quiz", id: "sure", question: "Sure?", type: "single", options: ["no", "yes"], answer: "yes" },
          ],
        },
        {
          ...{ id: "build", title: "Build on it", points: 5, needs: ["ground"], solution: "kubectl create configmap built" },
          ...{ checks: [exists("ground"), exists("built")], hints: ["a hint"] },
        },
        {
          ...{ id: "ask", title: "A question", points: 3, needs: ["ground"], solution: "true" },
          checks: [
            { kind: "quiz", id: "where", question: "Where?", type: "single", options: ["etcd", "kubelet"], answer: "etcd", because: "!" },
          ],
        },
      ],
    }),
  )
})
afterAll(() => lab.close())

const exams = () => lab.database.repositories.exams

const sit = async (user: string, more: object = {}): Promise<{ attempt: ExamAttempt; page: Browser }> => {
  await lab.database.addPerson(user)
  const spec = ExamSpec.parse({ title: "E", minutes: 10, parts: [{ lesson: "course/first", tasks: ["build", "ask"] }], ...more })
  const exam = await exams().create(user, { title: "E", spec, attempts: 1 })
  const attempt = await exams().begin(exam, user, { spec, versions: { "course/first": "v1" }, minutes: 10 })
  const lesson = { course: "course", lesson: "first", version: "v1" }
  const session = await exams().openLab(attempt.id, user, { lesson, topology: "kubeadm-1node", seed: "s", startedAt: STARTED_AT })
  return { attempt, page: await lab.browser(session) }
}
const outcomesOf = async ({ id }: ExamAttempt) =>
  ((await exams().attempt(id))?.outcomes ?? []).map(({ task, state, credit }) => `${task} ${state} ${credit}`)

describe("an exam", () => {
  test("tells texts and questions, no result, no map, no help; outcomes are kept, ordinary progress is not", async () => {
    const { attempt, page } = await sit("ann")
    const { tasks, api, session } = await page.message("welcome")
    const plain = { checks: [], hintsOpened: [], hintsTotal: 0 }
    const quiz = { id: "where", question: "Where?", kind: "single", options: ["etcd", "kubelet"], answered: false, correct: false }
    expect({ tasks, api }).toEqual({
      api: "",
      tasks: [
        { id: "build", title: "Build on it", points: 5, state: "open", quizzes: [], ...plain },
        { id: "ask", title: "A question", points: 3, state: "open", quizzes: [quiz], ...plain },
      ],
    })
    for (const message of [{ type: "hint", task: "build" }, { type: "solution", task: "build" }, { type: "restart" }]) {
      const from = page.messages.length
      page.tell(message)
      expect((await page.message("error", () => true, from)).code).toBe("refused")
    }
    page.ask({ type: "subscribe", map: true, trace: true, events: true })
    for (const message of [
      { type: "history", id: 91 },
      { type: "describe", id: 92, kind: "Node", name: "controlplane" },
    ]) {
      page.ask(message)
      expect((await page.message("error", ({ id }) => id === message.id)).code).toBe("refused")
    }
    // What the tasks build on was prepared.
    page.open()
    page.keys("kubectl get configmap ground -o name; kubectl create configmap built\r")
    await page.screen("configmap/ground\r\nconfigmap/built created")
    page.tell({ type: "answer", task: "ask", quiz: "where", answer: "kubelet" })
    await page.until("kept", () => page.messages.some((one) => one.type === "tasks" && one.tasks[1]?.quizzes[0]?.answered === true))
    const from = page.messages.length
    // One answer to a question: else trying both would be right.
    page.tell({ type: "answer", task: "ask", quiz: "where", answer: "etcd" })
    expect((await page.message("error", () => true, from)).message).toBe("An exam takes one answer to a question.")
    await expect.poll(() => outcomesOf(attempt), PATIENCE).toEqual(["ask open 0", "build done 1"])
    const told = JSON.stringify(page.messages.filter(({ type }) => type === "tasks" || type === "welcome"))
    expect(told).not.toMatch(/"state":"done"|"correct":true|"earned":[1-9]|"because"|"solution"|ConfigMap named/)
    expect(page.messages.filter(({ type }) => ["map", "trace", "events", "history", "describe"].includes(type))).toEqual([])
    // The same after a worker's death: what was prepared is prepared again, what was answered is in the log.
    await page.until("all acknowledged", () => page.acknowledged === page.sent)
    const worker = lab.server.sessions.workerOf(session)
    const before = page.messages.length
    if (worker) lab.server.sessions.pool.kill(worker)
    const again = await page.message("welcome", () => true, before)
    expect(again.tasks.map(({ state, quizzes }) => [state, quizzes.map(({ answered }) => answered)])).toEqual([
      ["open", []],
      ["open", [true]],
    ])
    page.keys("kubectl get configmap ground built -o name\r")
    await page.screen("configmap/ground\r\nconfigmap/built\r\n")
    expect(await outcomesOf(attempt)).toEqual(["ask open 0", "build done 1"])
    const { progress, reviews } = lab.database.repositories
    expect([
      await progress.done("ann"),
      await progress.answers("ann", { course: "course", lesson: "first" }),
      await reviews.list("ann"),
    ]).toEqual([[], [], []])
  })

  test("takes nothing after it was handed in, and opens nobody's world after that", async () => {
    const { attempt, page } = await sit("bob")
    page.open()
    page.keys("echo here\r")
    await page.screen("here\r\n")
    await exams().submit(attempt.id, "bob")
    page.keys("kubectl create configmap built\r")
    await page.until("closed", () => page.closed !== undefined)
    expect(page.closed).toEqual({ code: 4403, reason: "This exam is over." })
    expect(await outcomesOf(attempt)).toEqual(expect.not.arrayContaining(["build done 1"]))
  })

  test("ends by the database's clock, whatever the page says", async () => {
    const { attempt, page } = await sit("cid", { feedback: "live" })
    page.open()
    page.keys("kubectl create configmap built\r")
    // Told, because this exam says so.
    await page.until("done", () => page.messages.some((one) => one.type === "tasks" && one.tasks[0]?.state === "done"))
    await expect.poll(() => outcomesOf(attempt), PATIENCE).toContain("build done 1")
    await lab.database.query("UPDATE exam_attempt SET ends_at = clock_timestamp() WHERE id = $1", [attempt.id])
    page.tell({ type: "answer", task: "ask", quiz: "where", answer: "etcd" })
    await page.until("closed", () => page.closed !== undefined)
    expect(await outcomesOf(attempt)).toEqual(["ask open 0", "build done 1"])
  })
})

describe("a task done again", () => {
  test("stands alone in a world prepared for it, and comes back later; with help, tomorrow", async () => {
    const { reviews } = lab.database.repositories
    const place = { course: "course", lesson: "first", task: "build", quiz: "" }
    for (const [user, help] of [
      ["dan", false],
      ["eve", true],
    ] as const) {
      await lab.database.addPerson(user)
      await reviews.weak(user, place)
      await lab.database.query("UPDATE review_item SET due_at = clock_timestamp() WHERE user_id = $1", [user])
      const session = await lab.database.repositories.sessions.open({
        ...{ userId: user, lesson: { course: "course", lesson: "first", version: "v1" }, topology: "kubeadm-1node" },
        ...{ seed: "s", engine: "", startedAt: STARTED_AT, drill: "build" },
      })
      const page = await lab.browser(session)
      expect((await page.message("welcome")).tasks.map(({ id, state }) => `${id} ${state}`)).toEqual(["build open"])
      if (help) page.tell({ type: "hint", task: "build" })
      page.open()
      page.keys("kubectl create configmap built\r")
      await expect
        .poll(async () => (await reviews.list(user)).map(({ interval, lapses, due }) => ({ interval, lapses, due })), PATIENCE)
        .toEqual([help ? { interval: 1, lapses: 1, due: false } : { interval: 3, lapses: 0, due: false }])
      expect(await lab.database.repositories.progress.done(user)).toEqual([])
    }
  })

  test("is asked for after help, and a question after a wrong answer", async () => {
    const page = await lab.browser(await lab.session({ user: "fay", lesson: "first" }))
    page.tell({ type: "hint", task: "build" })
    page.tell({ type: "answer", task: "ground", quiz: "sure", answer: "no" })
    await expect
      .poll(
        async () => (await lab.database.repositories.reviews.list("fay")).map(({ task, quiz }) => `${task}/${quiz}`).toSorted(),
        PATIENCE,
      )
      .toEqual(["build/", "ground/sure"])
  })
})
