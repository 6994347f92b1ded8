/** Who may call what: every procedure, every role, own and foreign. */
import { TRPCError } from "@trpc/server"
import { expect, test } from "vitest"
import type { Person } from "@drydock/db"
import { createCallerFactory, instructorProcedure, learnerProcedure, publicProcedure, router } from "./procedures.ts"
import { appRouter, createCaller } from "./router.ts"
import { memory, person } from "./testing.ts"

const viewers: Record<string, Person | undefined> = {
  visitor: undefined,
  guest: person("guest", "learner", true),
  learner: person("learner"),
  instructor: person("instructor", "instructor"),
  admin: person("admin", "admin"),
}

const contextFor = (viewer: Person | undefined, repositories = memory()) => ({
  viewer,
  repositories,
  now: () => 1000,
  token: () => "token",
})

/** "ok", or the code of the refusal. */
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (reason) => (reason instanceof TRPCError ? reason.code : String(reason)),
  )

type Caller = ReturnType<typeof createCaller>
const FOREIGN = "00000000-0000-4000-8000-000000000001"
const calls: Record<string, { call: (caller: Caller) => Promise<unknown>; visitor: string; signedIn: string }> = {
  "catalogue.courses": { call: (api) => api.catalogue.courses(), visitor: "ok", signedIn: "ok" },
  "catalogue.course": { call: (api) => api.catalogue.course({ course: "kubernetes" }), visitor: "ok", signedIn: "ok" },
  "catalogue.continue": { call: (api) => api.catalogue.continue(), visitor: "ok", signedIn: "ok" },
  "lesson.get": { call: (api) => api.lesson.get({ course: "kubernetes", lesson: "01-first" }), visitor: "ok", signedIn: "ok" },
  "lab.open": { call: (api) => api.lab.open({ course: "kubernetes", lesson: "01-first" }), visitor: "UNAUTHORIZED", signedIn: "ok" },
  // The session exists and is somebody else's.
  "lab.ticket": { call: (api) => api.lab.ticket({ session: FOREIGN }), visitor: "UNAUTHORIZED", signedIn: "NOT_FOUND" },
  "lab.restart": { call: (api) => api.lab.restart({ session: FOREIGN }), visitor: "UNAUTHORIZED", signedIn: "NOT_FOUND" },
  "progress.mine": { call: (api) => api.progress.mine(), visitor: "UNAUTHORIZED", signedIn: "ok" },
}

test("every procedure is in the matrix", () => {
  expect(Object.keys(calls).toSorted()).toEqual(Object.keys(appRouter._def.procedures).toSorted())
})

test.each(Object.entries(calls))("%s", async (_name, { call, visitor, signedIn }) => {
  for (const [role, viewer] of Object.entries(viewers)) {
    const repositories = memory()
    await createCaller(contextFor(person("owner"), repositories)).lab.open({ topology: "kubeadm-1node" })
    expect({ [role]: await outcome(call(createCaller(contextFor(viewer, repositories)))) }).toEqual({ [role]: viewer ? signedIn : visitor })
  }
})

test("the three doors, by role", async () => {
  const doors = createCallerFactory(
    router({
      everybody: publicProcedure.query(() => 1),
      begun: learnerProcedure.query(() => 1),
      teaching: instructorProcedure.query(() => 1),
    }),
  )
  const table: Record<string, string[]> = {}
  for (const [role, viewer] of Object.entries(viewers)) {
    const api = doors(contextFor(viewer))
    table[role] = await Promise.all([api.everybody(), api.begun(), api.teaching()].map(outcome))
  }
  expect(table).toEqual({
    visitor: ["ok", "UNAUTHORIZED", "UNAUTHORIZED"],
    guest: ["ok", "ok", "FORBIDDEN"],
    learner: ["ok", "ok", "FORBIDDEN"],
    instructor: ["ok", "ok", "ok"],
    admin: ["ok", "ok", "ok"],
  })
})
