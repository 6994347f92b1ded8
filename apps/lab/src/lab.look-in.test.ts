/** A teacher looks into a learner's lab: sees it, types only while they are let, and brings messages; the board is told where the learner stands. */
import { LabSpec } from "@drydock/course"
import type { LabSession } from "@drydock/db"
import { CLOSE } from "@drydock/protocol"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { Browser } from "./testing/browser.ts"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab
let session: LabSession
let group: { id: string; joinCode: string }

beforeAll(async () => {
  lab = await startTestLab()
  await lab.publish(
    "first",
    LabSpec.parse({
      topology: "kubeadm-1node",
      tasks: [
        {
          id: "map",
          title: "Make a ConfigMap",
          points: 5,
          checks: [
            { kind: "cel", title: "a ConfigMap named kept exists", expression: 'there_is("ConfigMap", "default", "kept")' },
            { kind: "cel", title: "it has a key", expression: 'configmap("kept").data["key"] == "1"' },
          ],
          hints: ["kubectl create …"],
          solution: "kubectl create configmap kept --from-literal=key=1",
        },
      ],
    }),
  )
  for (const id of ["ina", "eve"]) await lab.database.addPerson(id)
  session = await lab.session({ user: "ada", lesson: "first" })
  const { classes } = lab.database.repositories
  group = await classes.create("ina", { name: "Monday", course: "course" })
  await classes.join(group.joinCode, "ada")
})
afterAll(() => lab.close())

const look = async (client: string): Promise<Browser> => {
  const teacher = new Browser(lab.address, client)
  await teacher.connect(await lab.database.repositories.tickets.watch(session.id, "ina"))
  await teacher.message("welcome")
  return teacher
}
const standing = async () => (await lab.database.repositories.classes.progress(group.id)).learners[0]?.labs[0]

test("looking, asking, typing, ending", async () => {
  const page = await lab.browser(session)
  page.open()
  await page.screen("# ")
  const teacher = await look("ina-1")
  const welcome = await teacher.message("welcome")
  expect(welcome.terminals).toEqual([{ terminal: "t1", machine: "controlplane", written: expect.any(Number), columns: 100, rows: 30 }])
  expect(welcome.tasks.map(({ id }) => id)).toEqual(["map"])
  const { by } = await page.message("watched", ({ by }) => by.length === 1)
  expect(by).toEqual([{ id: expect.any(String), name: "ina", typing: false, asking: false }])
  const { id } = by[0]!
  expect((await teacher.message("watched")).you).toBe(id)

  // What the learner types is seen; what the teacher types is refused, whatever it is.
  page.keys("echo seen-$((6*7))\r")
  await teacher.screen("seen-42")
  page.tell({ type: "resize", terminal: "t1", columns: 90, rows: 20 })
  expect(await teacher.message("terminal")).toEqual({ type: "terminal", terminal: "t1", machine: "controlplane", columns: 90, rows: 20 })
  const tried = [
    teacher.keys("echo no-$((1+1))\r"),
    teacher.open("controlplane", "t2"),
    teacher.tell({ type: "resize", terminal: "t1", columns: 20, rows: 5 }),
    teacher.tell({ type: "hint", task: "map" }),
    teacher.tell({ type: "solution", task: "map" }),
    teacher.tell({ type: "clock", action: "pause" }),
    teacher.tell({ type: "restart" }),
    teacher.tell({ type: "write-file", id: 7, machine: "controlplane", path: "/root/x", content: "x" }),
    teacher.tell({ type: "close-terminal", terminal: "t1" }),
  ]
  await teacher.until("a refusal for each", () => teacher.messages.filter((one) => one.type === "error").length === tried.length)
  for (const message of teacher.messages) if (message.type === "error") expect(message.code).toBe("refused")
  teacher.ask({ type: "describe", id: 8, kind: "Node", name: "controlplane" })
  expect((await teacher.message("describe")).text).toMatch(/^# You look in: this is the object itself\.\n/)
  teacher.ask({ type: "allow-typing", who: id, allow: true })
  await teacher.message("error", (error) => error.id === undefined)
  // Nobody is given what they did not ask for.
  page.ask({ type: "allow-typing", who: id, allow: true })
  expect((await page.message("error")).code).toBe("not-found")

  const allowed = page.messages.length
  teacher.ask({ type: "ask-typing" })
  await page.message("watched", ({ by }) => by[0]?.asking === true, allowed)
  page.ask({ type: "allow-typing", who: id, allow: true })
  await teacher.message("watched", ({ by }) => by[0]?.typing === true)
  teacher.keys("echo yes-$((2+2))\r")
  await page.screen("yes-4")
  expect(page.text()).not.toContain("no-2")

  page.ask({ type: "allow-typing", who: id, allow: false })
  await teacher.message("watched", ({ by }) => by[0]?.typing === false, teacher.messages.length - 1)
  const refused = teacher.keys("echo late\r")
  await teacher.message("error", (error) => error.id === refused)

  // The right goes with the socket.
  teacher.ask({ type: "ask-typing" })
  await page.message("watched", ({ by }) => by[0]?.asking === true, page.messages.length - 1)
  page.ask({ type: "allow-typing", who: id, allow: true })
  await teacher.message("watched", ({ by }) => by[0]?.typing === true, teacher.messages.length - 1)
  const gone = page.messages.length
  await teacher.drop()
  await page.message("watched", ({ by }) => by.length === 0, gone)
  const again = await look("ina-1")
  const told = await again.message("watched")
  expect(told.by.map(({ typing }) => typing)).toEqual([false])
  expect(told.by[0]?.id).not.toBe(id)

  // Without the learner nobody types.
  again.ask({ type: "ask-typing" })
  await page.message("watched", ({ by }) => by[0]?.asking === true, gone)
  page.ask({ type: "allow-typing", who: told.by[0]!.id, allow: true })
  await again.message("watched", ({ by }) => by[0]?.typing === true)
  const before = again.messages.length
  await page.drop()
  await again.message("watched", ({ by }) => by[0]?.typing === false, before)
  again.close()
})

test("the board hears where the learner stands, and that they left", async () => {
  const page = await lab.browser(session, "second")
  await vi.waitFor(
    async () => expect(await standing()).toMatchObject({ online: true, standing: { task: "map", check: "a ConfigMap named kept exists" } }),
    20_000,
  )
  const since = (await standing())!.standing!.since
  page.tell({ type: "hint", task: "map" })
  await vi.waitFor(async () => expect((await standing())?.standing).toMatchObject({ opened: 1, passed: 0 }), 20_000)
  // A hint is no progress.
  expect(Math.abs((await standing())!.standing!.since - since)).toBeLessThan(50)
  page.open("controlplane", "t9")
  page.keys("kubectl create configmap kept\r", "t9")
  await vi.waitFor(async () => expect((await standing())?.standing).toMatchObject({ check: "it has a key", passed: 1 }), 20_000)
  expect((await standing())!.standing!.since).toBeGreaterThan(since)
  page.close()
  await vi.waitFor(async () => expect(await standing()).toMatchObject({ online: false, standing: { here: false } }), 20_000)
})

test("a message arrives in the lab of whom it is for, once", async () => {
  const page = await lab.browser(session, "third")
  const teacher = await look("ina-2")
  const { classes } = lab.database.repositories
  const id = await classes.send(group.id, "ina", "ada", "Look at the events.")
  const message = await page.message("message")
  expect(message).toEqual({ type: "message", id, from: "ina", text: "Look at the events.", at: expect.any(Number) })
  await classes.send(group.id, "ina", undefined, "To all.")
  await page.message("message", ({ text }) => text === "To all.")
  expect(page.messages.filter(({ type }) => type === "message")).toHaveLength(2)
  expect(teacher.messages.filter(({ type }) => type === "message")).toEqual([])
  page.close()
  teacher.close()
})

test("a lab that is started over takes no teacher along as its learner", async () => {
  const page = await lab.browser(session, "fourth")
  const teacher = await look("ina-3")
  page.tell({ type: "restart" })
  await teacher.until("the end", () => teacher.closed !== undefined)
  expect(teacher.closed?.code).toBe(CLOSE.refused)
  await page.message("welcome", ({ session: now }) => now !== session.id)
  page.close()
})
