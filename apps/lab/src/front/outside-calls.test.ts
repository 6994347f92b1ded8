/** How often one cluster may be asked from outside. */
import type { ApiResponse } from "@drydock/kubernetes"
import { expect, test } from "vitest"
import type { ToWorker } from "../link.ts"
import { OutsideCalls } from "./outside-calls.ts"

const door = () => {
  let now = 0
  const posted: ToWorker[] = []
  const calls = new OutsideCalls(
    "s",
    (message) => posted.push(message),
    () => now,
  )
  const ask = (body?: string): ApiResponse | undefined => {
    let answer: ApiResponse | undefined
    calls.handle({ method: body ? "POST" : "GET", path: "/api", ...(body && { body }) }, (given) => (answer = given))
    const message = posted.at(-1)
    // It is answered at once, so that none stays open.
    if (!answer && message?.type === "call")
      calls.take({ type: "call-answer", session: "s", call: message.call, answer: { status: 200, headers: {} } } as never)
    return answer
  }
  return { ask, posted, wait: (ms: number) => (now += ms) }
}

test("who asks too often is told when to come again, and is let in then", () => {
  const { ask, posted, wait } = door()
  for (let i = 0; i < 500; i++) expect(ask()?.status).toBe(200)
  expect(ask()).toEqual({
    status: 429,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", "retry-after": "1" },
    body: "Too many requests, please try again later.\n",
  })
  expect(posted).toHaveLength(500)
  wait(10)
  expect(ask()?.status).toBe(200)
})

test("large bodies count as several requests", () => {
  const { ask, wait } = door()
  const body = "a".repeat(3 * 1024 * 1024)
  const statuses = Array.from({ length: 12 }, () => ask(body)?.status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(10)
  expect(ask(body)?.headers["retry-after"]).toBe("1")
  wait(1_000)
  expect(ask(body)?.status).toBe(200)
})
