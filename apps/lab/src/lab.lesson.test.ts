/** A lesson's lab: set-up, tasks, hints, questions, clock, files, starting over. */
import { LabSpec } from "@drydock/course"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab()
  await lab.publish(
    "first",
    LabSpec.parse({
      topology: "kubeadm-1node",
      files: [{ path: "/root/hello.sh", content: "#!/bin/bash\necho hello\n", mode: "0755" }],
      setup: ["kubectl create namespace prepared; echo set > /root/was-set-up"],
      tasks: [
        {
          id: "map",
          title: "Make a ConfigMap",
          points: 5,
          checks: [
            {
              kind: "script",
              title: "there is a ConfigMap named kept",
              script: "kubectl get configmap kept -o name",
              reads: ["ConfigMap"],
            },
          ],
          hints: ["kubectl create …", "kubectl create configmap …"],
          solution: "kubectl create configmap kept",
        },
        {
          id: "question",
          title: "A question",
          points: 3,
          checks: [
            { kind: "quiz", id: "where", question: "Where is it kept?", type: "single", options: ["etcd", "kubelet"], answer: "etcd" },
          ],
          solution: "true",
        },
      ],
    }),
  )
})
afterAll(() => lab.close())

test("tasks, hints, the solution and questions, kept over sessions", async () => {
  const session = await lab.session({ user: "learner", lesson: "first" })
  const page = await lab.browser(session)
  const welcome = await page.message("welcome")
  expect(welcome.tasks).toEqual([
    {
      id: "map",
      title: "Make a ConfigMap",
      points: 5,
      state: "open",
      checks: [expect.objectContaining({ title: "there is a ConfigMap named kept", passed: false })],
      quizzes: [],
      hintsOpened: [],
      hintsTotal: 2,
    },
    {
      id: "question",
      title: "A question",
      points: 3,
      state: "open",
      checks: [],
      quizzes: [
        { id: "where", question: "Where is it kept?", kind: "single", options: ["etcd", "kubelet"], answered: false, correct: false },
      ],
      hintsOpened: [],
      hintsTotal: 0,
    },
  ])
  const task = (id: string) => {
    const last = page.messages.findLast((message) => message.type === "tasks")
    return last?.type === "tasks" ? last.tasks.find((one) => one.id === id) : undefined
  }
  page.tell({ type: "hint", task: "map" })
  await page.until("a hint", () => task("map")?.hintsOpened.length === 1)
  expect(task("map")).toMatchObject({ hintsOpened: ["kubectl create …"] })
  expect(task("map")).not.toHaveProperty("solution")
  page.tell({ type: "hint", task: "map" })
  page.tell({ type: "hint", task: "map" })
  expect(await page.message("error")).toMatchObject({ code: "not-found", message: "There is no further hint." })
  page.tell({ type: "solution", task: "map" })
  await page.until("the solution", () => task("map")?.solution === "kubectl create configmap kept")

  page.tell({ type: "answer", task: "question", quiz: "where", answer: "kubelet" })
  await page.until("answered", () => task("question")?.quizzes[0].answered === true)
  expect(task("question")).toMatchObject({ state: "open", quizzes: [{ answered: true, correct: false }] })
  page.tell({ type: "answer", task: "question", quiz: "where", answer: "etcd" })
  await page.until("right", () => task("question")?.state === "done")

  page.open()
  page.keys("./hello.sh; cat was-set-up; kubectl get ns prepared -o name; kubectl create configmap kept\r")
  await page.screen("hello\r\nset\r\nnamespace/prepared\r\n")
  await page.until("the task is done", () => task("map")?.state === "done")
  expect(page.messages.findLast((message) => message.type === "tasks")).toMatchObject({ total: 8, earned: 8 })
  await page.until("all acknowledged", () => page.acknowledged === page.sent)
  const { progress } = lab.database.repositories
  const where = { course: "course", lesson: "first" }
  await expect.poll(() => progress.done("learner")).toHaveLength(2)
  expect((await progress.done("learner")).map(({ task: id, points }) => ({ id, points }))).toEqual(
    expect.arrayContaining([
      { id: "map", points: 5 },
      { id: "question", points: 3 },
    ]),
  )
  expect(await progress.hints("learner", where)).toEqual(
    expect.arrayContaining([
      { task: "map", hint: -1 },
      { task: "map", hint: 0 },
      { task: "map", hint: 1 },
    ]),
  )
  await expect.poll(() => progress.answers("learner", where)).toEqual([{ task: "question", quiz: "where", answer: "etcd", correct: true }])

  // The same after a worker's death: answers, hints and results come from the log.
  const worker = lab.server.sessions.workerOf(session.id)
  if (!worker) throw new Error("no worker")
  const from = page.messages.length
  lab.server.sessions.pool.kill(worker)
  const again = await page.message("welcome", () => true, from)
  expect(again.tasks.map(({ id, state, hintsOpened }) => ({ id, state, hints: hintsOpened.length }))).toEqual([
    { id: "map", state: "done", hints: 2 },
    { id: "question", state: "done", hints: 0 },
  ])

  // Starting over: a fresh world in a new session, on the same socket.
  const before = page.messages.length
  page.tell({ type: "restart" })
  const fresh = await page.message("welcome", () => true, before)
  expect(fresh.session).not.toBe(session.id)
  expect(fresh).toMatchObject({ terminals: [], acknowledged: 0 })
  expect(fresh.tasks.map(({ state }) => state)).toEqual(["open", "open"])
  expect(fresh.tasks[0].hintsOpened).toHaveLength(2)
  page.shown.clear()
  page.open()
  page.keys("cat was-set-up; kubectl get configmap kept\r")
  await page.screen('set\r\nError from server (NotFound): configmaps "kept" not found')
  expect((await lab.database.repositories.sessions.get(session.id))?.state).toBe("ended")
})

test("the clock pauses, hurries and skips; the world does not move meanwhile", async () => {
  const session = await lab.session({ user: "clock" })
  const page = await lab.browser(session)
  page.open()
  page.keys("sleep 3600; echo slept\r")
  await page.until("typed", () => page.acknowledged === page.sent)
  page.tell({ type: "clock", action: "pause" })
  const paused = await page.message("clock", ({ clock }) => clock.paused)
  page.tell({ type: "clock", action: "forward", by: 60_000 })
  const later = await page.message("clock", ({ clock }) => clock.now >= paused.clock.now + 60_000)
  expect(later.clock).toMatchObject({ now: paused.clock.now + 60_000, paused: true })
  page.tell({ type: "clock", action: "forward", by: 3_600_000 })
  await page.screen("slept\r\n")
  const from = page.messages.length
  page.tell({ type: "clock", action: "resume", speed: 10 })
  expect((await page.message("clock", ({ clock }) => clock.speed === 10, from)).clock.paused).toBe(false)
  page.keys("sleep 200; echo woke\r")
  page.tell({ type: "clock", action: "skip" })
  await page.screen("woke\r\n")
})

test("files are listed, read and written; an unknown one is said so", async () => {
  const session = await lab.session({ user: "files" })
  const page = await lab.browser(session)
  page.tell({ type: "write-file", id: 1, machine: "controlplane", path: "/root/new/pod.yaml", content: "kind: Pod\n\0é" })
  expect(await page.message("saved")).toEqual({ type: "saved", id: 1 })
  page.ask({ type: "read-file", id: 2, machine: "controlplane", path: "/root/new/pod.yaml" })
  expect(await page.message("file")).toEqual({
    type: "file",
    id: 2,
    machine: "controlplane",
    path: "/root/new/pod.yaml",
    content: "kind: Pod\n\0é",
  })
  page.ask({ type: "list-files", id: 3, machine: "controlplane", path: "/root/new" })
  expect(await page.message("files")).toEqual({
    type: "files",
    id: 3,
    path: "/root/new",
    entries: [{ name: "pod.yaml", type: "file", size: 13 }],
  })
  page.ask({ type: "read-file", id: 4, machine: "controlplane", path: "/nowhere" })
  expect(await page.message("error")).toMatchObject({ id: 4, code: "not-found" })
  page.tell({ type: "write-file", id: 5, machine: "controlplane", path: "/root", content: "x" })
  expect(await page.message("error", ({ code }) => code === "refused")).toMatchObject({ id: 5 })
})

test("edit in the terminal opens the page's editor, and waits until it is closed", async () => {
  const session = await lab.session({ user: "edits" })
  const page = await lab.browser(session)
  page.open()
  page.keys("echo old > note; edit note; cat note\r")
  const edit = await page.message("edit")
  expect(edit).toMatchObject({ machine: "controlplane", path: "/root/note", content: "old\n", wait: true })
  // A page that comes back meanwhile is asked again.
  const other = await lab.browser(session, "other")
  expect(await other.message("edit")).toEqual(edit)
  other.tell({ type: "write-file", id: 1, machine: "controlplane", path: "/root/note", content: "new-$((40+2))\n" })
  other.tell({ type: "editor-closed", editor: edit.editor })
  await page.screen("new-$((40+2))\r\n")
})

test("the map, the trace and describe follow a change; what a Secret holds is never told", async () => {
  const session = await lab.session({ user: "map" })
  const page = await lab.browser(session)
  page.open()
  page.keys("kubectl create secret generic s --from-literal=password=hunter2; kubectl create deployment web --image=nginx\r")
  await page.message("map", ({ items }) => items.some(({ id, level }) => id === "Deployment/default/web" && level === "ready"))
  const hops = page.messages.flatMap((message) => (message.type === "trace" ? message.hops : []))
  const stored = hops.find(({ verb, object }) => verb === "store" && object?.kind === "Secret")
  expect(stored?.diff).toEqual(expect.arrayContaining(["+kind: Secret", '+  password: "********"']))
  expect(hops.filter(({ object }) => object?.kind === "Deployment").map(({ verb }) => verb)).toContain("store")
  page.ask({ type: "history", id: 1 })
  const last = await page.message("history")
  expect(last.hops.map(({ verb }) => verb)).toEqual(expect.arrayContaining(["request", "authenticate", "authorize", "store", "reconcile"]))
  page.ask({ type: "describe", id: 2, kind: "Deployment", namespace: "default", name: "web" })
  expect((await page.message("describe")).text).toMatch(/^Name: +web\n/)
  page.tell({ type: "clock", action: "pause" })
  await page.message("clock", ({ clock }) => clock.paused)
  page.ask({ type: "describe", id: 3, kind: "Deployment", namespace: "default", name: "web" })
  expect((await page.message("describe", ({ id }) => id === 3)).text).toMatch(/^# The clock is paused/)
  expect(JSON.stringify(page.messages)).not.toContain(Buffer.from("hunter2").toString("base64"))
  page.keys("\x03kubectl delete deployment web\r")
  page.tell({ type: "clock", action: "resume", speed: 10 })
  await page.message("map", ({ items }) => items.some(({ id, level }) => id === "Deployment/default/web" && level === "gone"))
})

test("a shell that ends closes its terminal", async () => {
  const session = await lab.session({ user: "ends" })
  const page = await lab.browser(session)
  page.open()
  page.keys("exit\r")
  expect(await page.message("terminal-closed")).toEqual({ type: "terminal-closed", terminal: "t1" })
  page.open("controlplane", "t2")
  await page.screen("# ", "t2")
})

test("a lesson whose lab cannot be made says why", async () => {
  const tasks = [{ id: "a", title: "A", checks: [{ kind: "cel", title: "x", expression: "true" }], solution: "true" }]
  await lab.publish(
    "broken",
    LabSpec.parse({ topology: "kubeadm-1node", faults: [{ name: "stop-unit", target: "nowhere/x.service" }], tasks }),
  )
  const session = await lab.session({ user: "broken", lesson: "broken" })
  const { Browser } = await import("./testing/browser.ts")
  const page = new Browser(lab.address)
  await page.connect(await lab.ticket(session))
  await page.until("closed", () => page.closed !== undefined)
  expect(page.closed?.code).toBe(4500)
  expect(page.closed?.reason).toBe(`there is no machine "nowhere"`)
})
