/** The studio's door: what is wrong with a draft, a test told step by step, publishing; and what explodes or is forged. */
import { newLessonFiles } from "@drydock/course"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab
beforeAll(async () => {
  lab = await startTestLab({ threads: 2 })
  await lab.database.addPerson("ida", { role: "instructor" })
  await lab.database.addPerson("lea")
}, 60_000)
afterAll(() => lab.close())

const lesson = Object.fromEntries(newLessonFiles("Quays")) as { "lesson.md": string; "lab.yaml": string }
const drafts = () => lab.database.repositories.drafts
const draft = async (slug: string, labYaml = lesson["lab.yaml"]) => {
  const files = { ...lesson, "lab.yaml": labYaml }
  const made = await drafts().create({ course: "studio", lesson: slug, files, title: slug, author: "ida" })
  return made?.id ?? ""
}
const send = (action: string, ticket: string | undefined, method = "POST") =>
  fetch(`http://127.0.0.1:${lab.server.port}/lab/studio/${action}`, {
    method,
    ...(ticket !== undefined && { headers: { authorization: `Bearer ${ticket}` } }),
  })
const ask = async (action: string, id: string, user = "ida") => send(action, await drafts().ticket(id, 1, user))

interface Line {
  type: string
  message?: string
  problems?: { line: number; message: string }[]
  step?: { kind: string; command?: string; output?: string; checks?: { title: string; passed: boolean; seen?: string }[] }
  proof?: { ok: boolean; tasks: { problems: string[] }[] }
}
const tested = async (id: string) => {
  const response = await ask("test", id)
  return {
    status: response.status,
    lines: (await response.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line),
  }
}
const withTask = (change: (yaml: string) => string) => change(lesson["lab.yaml"])

test("a test is told a step at a time: checks before, what is typed and printed, checks after, the result", async () => {
  const { status, lines } = await tested(await draft("01-good"))
  expect(status).toBe(200)
  expect(lines.map(({ type, step }) => step?.kind ?? type)).toEqual([
    ...["problems", "run", "task", "before", "typing", "typed", "after", "proven", "run", "run", "prose", "result"],
  ])
  const step = (kind: string) => lines.find((line) => line.step?.kind === kind)?.step
  expect(step("before")?.checks).toMatchObject([{ passed: false, seen: expect.stringMatching(/^no such Deployment/) as string }])
  expect(step("typing")?.command).toMatch(/^kubectl create deployment (harbour|quay|pier|jetty) --image=nginx --replicas=2$/)
  expect(step("typed")?.output).toMatch(/^deployment.apps\/\w+ created\n$/)
  expect(step("after")?.checks).toMatchObject([{ passed: true, seen: "2 of 2" }])
  expect(lines.at(-1)?.proof).toMatchObject({ ok: true, problems: [] })
})

test("the commands of the text are typed too, and what it shows is held against what they print, by lesson.md's lines", async () => {
  const files = {
    ...lesson,
    "lesson.md": `${lesson["lesson.md"]}\n\`\`\`bash exec\nkubectl get nodes -o name\nkubectl florble\n\`\`\`\n\n\`\`\`text output\nnode/elsewhere\n\`\`\`\n`,
  }
  const made = await drafts().create({ course: "studio", lesson: "08-prose", files, title: "Prose", author: "ida" })
  const { lines } = await tested(made?.id ?? "")
  const first = lesson["lesson.md"].split("\n").length + 1
  expect(lines.at(-1)?.proof).toMatchObject({
    ok: false,
    tasks: [{ problems: [] }],
    prose: [
      { line: first, message: expect.stringMatching(/^"kubectl florble": error: unknown command "florble"/) },
      { line: first + 5, message: expect.stringMatching(/^the output shown: nothing printed is like "node\/elsewhere"/) },
    ],
  })
})

test("a solution that does not solve is said, with the check that does not hold", async () => {
  const { lines } = await tested(
    await draft(
      "02-wrong",
      withTask((yaml) => yaml.replace("--replicas=2", "--replicas=1").replace("solution:", "settle: 5\n    solution:")),
    ),
  )
  expect(lines.findLast((line) => line.step?.kind === "after")?.step?.checks).toMatchObject([{ passed: false, seen: "1 of 2" }])
  expect(lines.at(-1)?.proof).toMatchObject({ ok: false })
  expect(lines.at(-1)?.proof?.tasks[0].problems[0]).toMatch(
    /^after the solution: "Two copies of \w+ are available" is not so \(now: 1 of 2\)$/,
  )
})

test("expressions are looked into, also such that explode; a draft with errors is neither tested nor published", async () => {
  const range = "[0,1,2,3,4,5,6,7,8,9]"
  const bomb = `${`${range}.all(a, `.repeat(9)}true${")".repeat(9)}`
  const id = await draft(
    "03-bomb",
    withTask((yaml) => yaml.replace(/expression: .*/, `expression: "${bomb}"`).replace(/seen: .*/, "seen: nothing(")),
  )
  const { problems } = (await (await ask("check", id)).json()) as { problems: { file: string; line: number; message: string }[] }
  expect(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).slice(-2)).toEqual([
    expect.stringMatching(/^lab\.yaml:11: this expression cannot be evaluated: .*does too much/),
    expect.stringMatching(/^lab\.yaml:12: this expression cannot be read: /),
  ])
  expect((await tested(id)).lines.map(({ type }) => type)).toEqual(["problems", "refused"])
  const refused = await ask("publish", id)
  expect(refused.status).toBe(422)
  expect(((await refused.json()) as { problems: unknown[] }).problems).toHaveLength(problems.length)
  expect(await lab.database.repositories.content.lesson("studio", "03-bomb")).toBeUndefined()
})

test("a circle of prerequisites is refused at its line", async () => {
  const second = "  - { id: second, title: T, needs: [first], checks: [{ kind: cel, title: C, expression: 'true' }], solution: ls }\n"
  const id = await draft(
    "04-circle",
    withTask((yaml) => `${yaml.replace("    points: 5", "    points: 5\n    needs: [second]")}${second}`),
  )
  const { problems } = (await (await ask("publish", id)).json()) as { problems: { line: number; message: string }[] }
  expect(problems.map(({ line, message }) => `${line}: ${message}`)).toContain(
    "8: the tasks need each other in a circle: first → second → first",
  )
})

test("what is published is what learners get; a ticket is used once, by an instructor", async () => {
  const id = await draft("07-out")
  const ticket = await drafts().ticket(id, 1, "ida")
  expect(await (await send("publish", ticket)).json()).toMatchObject({ version: expect.stringMatching(/^[0-9a-f]{32}$/) as string })
  expect(await lab.database.repositories.content.lesson("studio", "07-out")).toMatchObject({ title: "Quays", points: 5 })
  const statuses = async () => [
    (await send("publish", ticket)).status,
    (await send("publish", undefined)).status,
    (await send("publish", "forged")).status,
    (await ask("publish", id, "lea")).status,
    (await send("other", undefined)).status,
    (await send("check", undefined, "GET")).status,
  ]
  expect(await statuses()).toEqual([401, 401, 401, 403, 404, 405])
})
