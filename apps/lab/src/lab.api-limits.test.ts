/** The cluster's door from outside: how large, in upstream's words; and that it opens one lab alone. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { startTestLab, type TestLab } from "./testing/lab.ts"

let lab: TestLab

beforeAll(async () => {
  lab = await startTestLab()
})
afterAll(() => lab.close())

const addressOf = async (user: string) => {
  const session = await lab.session({ user })
  const token = await lab.database.repositories.tickets.apiToken(session.id, session.userId)
  return `http://127.0.0.1:${lab.server.port}/k8s/${token}`
}

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"

const post = (address: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${address}${CONFIG_MAPS}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })

test("a body beyond the API server's limit is refused with its Status", async () => {
  const address = await addressOf("large")
  const response = await post(address, JSON.stringify({ metadata: { name: "x" }, data: { a: "a".repeat(4_000_000) } }))
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({
    kind: "Status",
    status: "Failure",
    reason: "RequestEntityTooLarge",
    message: "Request entity too large: limit is 3145728",
    code: 413,
  })
  expect((await fetch(`${address}/version`)).status).toBe(200)
})

test("one lab's address and tokens open no other lab", async () => {
  const [mine, theirs] = [await addressOf("mine"), await addressOf("theirs")]
  expect(mine).not.toBe(theirs)
  expect((await post(mine, '{"metadata":{"name":"secret-of-mine"}}')).status).toBe(201)
  expect((await fetch(`${mine}${CONFIG_MAPS}/secret-of-mine`)).status).toBe(200)
  expect((await fetch(`${theirs}${CONFIG_MAPS}/secret-of-mine`)).status).toBe(404)
  const answer = await fetch(`${mine}/api/v1/namespaces/default/serviceaccounts/default/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}',
  })
  const { status } = (await answer.json()) as { status: { token: string } }
  const who = (address: string) =>
    fetch(`${address}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${status.token}` },
      body: '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}',
    })
  const known = await who(mine)
  expect({ status: known.status, body: await known.json() }).toMatchObject({
    status: 201,
    body: { status: { userInfo: { username: "system:serviceaccount:default:default" } } },
  })
  const stranger = await who(theirs)
  expect({ status: stranger.status, body: await stranger.json() }).toMatchObject({ status: 401, body: { reason: "Unauthorized" } })
})
