/** Grading over HTTP: keys, forms, rate, results; and what is forged. */
import { LabSpec } from "@drydock/course"
import { createWorld } from "@drydock/world"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab
let key = ""
let address = ""

beforeAll(async () => {
  lab = await startTestLab({ gradingLimit: 5_000 })
  address = `http://127.0.0.1:${lab.server.port}/lab/grade`
  await lab.database.addPerson("ida", { role: "instructor" })
  await lab.database.addPerson("lea")
  key = (await lab.database.repositories.apiKeys.create("ida", "test")).key
  await lab.publish(
    "colours",
    LabSpec.parse({
      topology: "kubeadm-1node",
      variables: { colour: { choose: ["red", "blue", "green"] } },
      tasks: [
        {
          id: "keep",
          title: "Keep {{colour}}",
          points: 4,
          partial: true,
          checks: [
            { kind: "cel", title: "There is a ConfigMap", expression: 'there_is("ConfigMap", "default", "colour")' },
            { kind: "cel", title: "It says {{colour}}", expression: 'configmap("colour").data.value == "{{colour}}"', weight: 3 },
          ],
          feedback: [{ when: 'has(configmap("colour").data)', say: 'It says {= configmap("colour").data.value =}.' }],
          solution: "kubectl create configmap colour --from-literal=value={{colour}}",
        },
      ],
    }),
  )
})
afterAll(() => lab.close())

const post = async (body: unknown, headers: Record<string, string> = { authorization: `Bearer ${key}` }) => {
  const response = await fetch(address, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {},
  }
}

const script = (content: string) => [{ path: "solve.sh", content }]
const request = (submissions: { name: string; files: { path: string; content: string }[] }[], more: object = {}) => ({
  course: "course",
  lesson: "colours",
  seed: "one",
  submissions,
  ...more,
})

test("points, parts of points, what the author says to what was seen; the same with the same seed; JUnit", async () => {
  const all = request([
    { name: "red", files: script("kubectl create configmap colour --from-literal=value=red\n") },
    { name: "blue", files: script("kubectl create configmap colour --from-literal=value=blue\n") },
    { name: "green", files: script("kubectl create configmap colour --from-literal=value=green\n") },
    { name: "none", files: script("true\n") },
  ])
  const { status, json } = await post(all)
  expect(status).toBe(200)
  const { submissions } = json as {
    submissions: { submission: string; earned: number; world: string; tasks: { title: string; feedback?: string }[] }[]
  }
  expect(submissions.map(({ submission }) => submission)).toEqual(["red", "blue", "green", "none"])
  expect(submissions.map(({ earned }) => earned).sort()).toEqual([0, 1, 1, 4])
  expect(submissions[3]).toMatchObject({ earned: 0, total: 4 })
  const wrong = submissions.find(({ earned }) => earned === 1)
  expect(wrong?.tasks[0].feedback).toBe(`It says ${wrong?.submission}.`)
  const right = submissions.find(({ earned }) => earned === 4)
  expect(right?.tasks[0].title).toBe(`Keep ${right?.submission}`)
  const again = (await post(all)).json as typeof json
  expect((again.submissions as typeof submissions).map(({ world }) => world)).toEqual(submissions.map(({ world }) => world))
  const xml = await post(all, { authorization: `Bearer ${key}`, accept: "application/xml" })
  expect(xml.text.match(/<testsuite /g)).toHaveLength(4)
  expect(xml.text).toContain('<failure message="1 of 4 points">')
})

test("without a valid key of an instructor nothing is read", async () => {
  const learners = (await lab.database.repositories.apiKeys.create("lea", "x")).key
  const statuses = async (authorization?: string) => (await post("{", authorization === undefined ? {} : { authorization })).status
  expect([
    await statuses(),
    await statuses("Bearer ddk_forged"),
    await statuses(`Basic ${key}`),
    await statuses(`Bearer ${learners}`),
  ]).toEqual([401, 401, 401, 403])
})

test.each<[string, unknown, number, object]>([
  ["no JSON", "{", 400, { code: "bad-request" }],
  ["an unknown field", { ...request([{ name: "a", files: script("true") }]), earned: 4 }, 400, { message: 'Unrecognized key: "earned"' }],
  ["no submission", request([]), 400, { path: "submissions" }],
  ["a lesson nobody published", { ...request([{ name: "a", files: script("true") }]), lesson: "other" }, 404, { code: "not-found" }],
  [
    "a path out of the folder",
    request([{ name: "a", files: [{ path: "../x.sh", content: "" }] }]),
    400,
    { path: "submissions.0", message: "../x.sh: this path leads out of the submission" },
  ],
  ["a larger body than is read", "x".repeat(17 * 1024 * 1024), 413, { code: "too-large" }],
])("%s is refused with its place", async (_, body, status, error) => {
  const answer = await post(body).catch((failure: Error) => failure)
  // The connection may be closed before all of a large body is sent.
  if (answer instanceof Error) return expect(status).toBe(413)
  expect(answer.status).toBe(status)
  expect(answer.json.error).toMatchObject(error)
})

test("a forged recording is refused: faults, scripts, times and worlds that no learner has", async () => {
  const world = createWorld({ topology: "kubeadm-1node", seed: "s", startedAt: Date.UTC(2026, 4, 1) })
  world.boot()
  world.input({ kind: "open-terminal", terminal: "t", machine: "controlplane", columns: 80, rows: 24 })
  world.run({ until: world.sim.now() + 1_000 })
  const good = world.recording()
  const forged = async (change: object) => {
    const { json } = await post(request([{ name: "a", files: [{ path: "r.json", content: JSON.stringify({ ...good, ...change }) }] }]))
    return (json.error as { message: string } | undefined)?.message ?? (json.submissions as { problems: string[]; earned: number }[])[0]
  }
  const at = good.until
  expect(await forged({ inputs: [{ at, input: { kind: "script", id: "x", machine: "controlplane", script: "true" } }] })).toBe(
    'r.json: inputs[0]: a learner has no input of the kind "script"',
  )
  expect(await forged({ inputs: [{ at: at - 1, input: { kind: "fault", name: "heal", target: "a/b" } }] })).toBe(
    'r.json: inputs[0]: a learner has no input of the kind "fault"',
  )
  expect(await forged({ until: at + 48 * 3_600_000 })).toBe("r.json: until: must be a time within 24 hours of options.startedAt")
  // Files and set-up that a recording claims are not taken: the lesson makes its own world.
  const files = [{ path: "/etc/kubernetes/manifests/x.yaml", content: "" }]
  expect(await forged({ options: { ...good.options, topology: "docker-host", files } })).toMatchObject({
    earned: 0,
    problems: ['the recording was made in "docker-host", the lesson\'s lab is "kubeadm-1node"'],
  })
})

test("a key that sends too much waits, and is told how long", async () => {
  const many = request(Array.from({ length: 100 }, (_, index) => ({ name: `${index}`, files: script("true") })))
  const missing = { ...many, lesson: "other" }
  const statuses = [await post(missing), await post(missing), await post(missing)]
  expect(statuses.at(-1)?.status).toBe(429)
  expect(Number(statuses.at(-1)?.headers.get("retry-after"))).toBeGreaterThan(0)
})

test("the door is described", async () => {
  const response = await fetch(`${address}/openapi.json`)
  const described = (await response.json()) as { openapi: string; paths: Record<string, { post: { responses: object } }> }
  expect(described.openapi).toBe("3.1.0")
  expect(Object.keys(described.paths["/lab/grade"].post.responses)).toEqual(["200", "400", "401", "403", "404", "413", "429", "503"])
})
