/** Who may call what: every procedure, every role, own and foreign. */
import { TRPCError } from "@trpc/server"
import { expect, test } from "vitest"
import type { Person } from "@drydock/db"
import { adminProcedure, createCallerFactory, instructorProcedure, learnerProcedure, publicProcedure, router } from "./procedures.ts"
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
const QUIZ = { course: "kubernetes", lesson: "01-first", task: "look", quiz: "why" }
const EXAM = { title: "E", minutes: 5, parts: [{ lesson: "kubernetes/01-first" }] }
interface Row {
  readonly call: (caller: Caller) => Promise<unknown>
  readonly visitor: string
  readonly signedIn: string
  /** Instructors and admins, where it is another. */
  readonly teaching?: string
  /** Administrators, where it is another again. */
  readonly administers?: string
}

const calls: Record<string, Row> = {
  "catalogue.courses": { call: (api) => api.catalogue.courses(), visitor: "ok", signedIn: "ok" },
  "catalogue.course": { call: (api) => api.catalogue.course({ course: "kubernetes" }), visitor: "ok", signedIn: "ok" },
  "catalogue.continue": { call: (api) => api.catalogue.continue(), visitor: "ok", signedIn: "ok" },
  "lesson.get": { call: (api) => api.lesson.get({ course: "kubernetes", lesson: "01-first" }), visitor: "ok", signedIn: "ok" },
  "lab.open": { call: (api) => api.lab.open({ course: "kubernetes", lesson: "01-first" }), visitor: "UNAUTHORIZED", signedIn: "ok" },
  // The session exists and is somebody else's.
  "lab.ticket": { call: (api) => api.lab.ticket({ session: FOREIGN }), visitor: "UNAUTHORIZED", signedIn: "NOT_FOUND" },
  "lab.restart": { call: (api) => api.lab.restart({ session: FOREIGN }), visitor: "UNAUTHORIZED", signedIn: "NOT_FOUND" },
  "classes.mine": { call: (api) => api.classes.mine(), visitor: "UNAUTHORIZED", signedIn: "ok" },
  "classes.behind": { call: (api) => api.classes.behind({ code: "none" }), visitor: "ok", signedIn: "ok" },
  "classes.messages": { call: (api) => api.classes.messages(), visitor: "UNAUTHORIZED", signedIn: "ok" },
  "classes.read": { call: (api) => api.classes.read({ message: 1 }), visitor: "UNAUTHORIZED", signedIn: "ok" },
  "classes.join": { call: (api) => api.classes.join({ code: "none", name: "X" }), visitor: "UNAUTHORIZED", signedIn: "NOT_FOUND" },
  "classes.create": {
    call: (api) => api.classes.create({ name: "X", course: "kubernetes" }),
    ...{ visitor: "UNAUTHORIZED", signedIn: "FORBIDDEN", teaching: "ok" },
  },
  // Classes of others: classes.test.ts has those of one's own.
  ...Object.fromEntries(
    Object.entries({
      get: (api: Caller) => api.classes.get({ id: FOREIGN }),
      leave: (api: Caller) => api.classes.leave({ id: FOREIGN }),
      change: (api: Caller) => api.classes.change({ id: FOREIGN, name: "X" }),
      renewCode: (api: Caller) => api.classes.renewCode({ id: FOREIGN }),
      remove: (api: Caller) => api.classes.remove({ id: FOREIGN, person: "ann" }),
      setTeacher: (api: Caller) => api.classes.setTeacher({ id: FOREIGN, person: "ann", teacher: true }),
      columns: (api: Caller) => api.classes.columns({ id: FOREIGN }),
      board: (api: Caller) => api.classes.board({ id: FOREIGN }),
      gradebook: (api: Caller) => api.classes.gradebook({ id: FOREIGN }),
      watch: (api: Caller) => api.classes.watch({ id: FOREIGN, session: FOREIGN }),
      watched: (api: Caller) => api.classes.watched({ id: FOREIGN, session: FOREIGN }),
      send: (api: Caller) => api.classes.send({ id: FOREIGN, text: "X" }),
      sent: (api: Caller) => api.classes.sent({ id: FOREIGN }),
    }).map(([name, call]): [string, Row] => [`classes.${name}`, { call, visitor: "UNAUTHORIZED", signedIn: "NOT_FOUND" }]),
  ),
  "exams.offered": { call: (api) => api.exams.offered({ course: "kubernetes" }), visitor: "ok", signedIn: "ok" },
  "exams.mine": { call: (api) => api.exams.mine(), visitor: "UNAUTHORIZED", signedIn: "ok" },
  // There is none; exams.test.ts has those that are somebody's.
  "exams.get": { call: (api) => api.exams.get({ exam: "none" }), visitor: "NOT_FOUND", signedIn: "NOT_FOUND" },
  ...Object.fromEntries(
    Object.entries({
      "exams.begin": (api: Caller) => api.exams.begin({ exam: FOREIGN }),
      "exams.sitting": (api: Caller) => api.exams.sitting({ attempt: FOREIGN }),
      "exams.clock": (api: Caller) => api.exams.clock({ attempt: FOREIGN }),
      "exams.open": (api: Caller) => api.exams.open({ attempt: FOREIGN, lesson: "kubernetes/01-first" }),
      "exams.submit": (api: Caller) => api.exams.submit({ attempt: FOREIGN }),
      "exams.result": (api: Caller) => api.exams.result({ attempt: FOREIGN }),
      "examDesk.attempts": (api: Caller) => api.examDesk.attempts({ exam: FOREIGN }),
      "examDesk.attempt": (api: Caller) => api.examDesk.attempt({ attempt: FOREIGN }),
      "examDesk.review": (api: Caller) => api.examDesk.review({ attempt: FOREIGN, points: {}, note: "" }),
      "review.answer": (api: Caller) => api.review.answer({ ...QUIZ, answer: "yes" }),
      "review.task": (api: Caller) => api.review.task({ course: "kubernetes", lesson: "01-first", task: "look" }),
      "certificates.claim": (api: Caller) => api.certificates.claim({ course: "none" }),
    }).map(([name, call]): [string, Row] => [name, { call, visitor: "UNAUTHORIZED", signedIn: "NOT_FOUND" }]),
  ),
  ...Object.fromEntries(
    Object.entries({
      "examDesk.list": (api: Caller) => api.examDesk.list(),
      "examDesk.choices": (api: Caller) => api.examDesk.choices(),
      "keys.list": (api: Caller) => api.keys.list(),
      "keys.create": (api: Caller) => api.keys.create({ name: "X" }),
      "studio.list": (api: Caller) => api.studio.list(),
      "studio.create": (api: Caller) => api.studio.create({ course: "mine", lesson: "01-a" }),
      "studio.fromLesson": (api: Caller) => api.studio.fromLesson({ course: "kubernetes", lesson: "01-first" }),
    }).map(([name, call]): [string, Row] => [name, { call, visitor: "UNAUTHORIZED", signedIn: "FORBIDDEN", teaching: "ok" }]),
  ),
  ...Object.fromEntries(
    Object.entries({
      "examDesk.save": (api: Caller) => api.examDesk.save({ id: FOREIGN, spec: EXAM }),
      "examDesk.retire": (api: Caller) => api.examDesk.retire({ id: FOREIGN }),
      "keys.revoke": (api: Caller) => api.keys.revoke({ id: FOREIGN }),
      // There is no such draft; studio.test.ts has one, which every instructor may write in.
      "studio.get": (api: Caller) => api.studio.get({ draft: FOREIGN }),
      "studio.save": (api: Caller) => api.studio.save({ draft: FOREIGN, base: 1, changes: {} }),
      "studio.news": (api: Caller) => api.studio.news({ draft: FOREIGN, base: 1 }),
      "studio.here": (api: Caller) => api.studio.here({ draft: FOREIGN, path: "lab.yaml" }),
      "studio.revisions": (api: Caller) => api.studio.revisions({ draft: FOREIGN }),
      "studio.revision": (api: Caller) => api.studio.revision({ draft: FOREIGN, number: 1 }),
      "studio.restore": (api: Caller) => api.studio.restore({ draft: FOREIGN, number: 1 }),
      "studio.remove": (api: Caller) => api.studio.remove({ draft: FOREIGN }),
      "studio.ticket": (api: Caller) => api.studio.ticket({ draft: FOREIGN, number: 1 }),
    }).map(([name, call]): [string, Row] => [name, { call, visitor: "UNAUTHORIZED", signedIn: "FORBIDDEN", teaching: "NOT_FOUND" }]),
  ),
  "review.weak": { call: (api) => api.review.weak(), visitor: "UNAUTHORIZED", signedIn: "ok" },
  "studio.import": {
    call: (api) => api.studio.import({ course: "mine", lesson: "01-a", zip: "" }),
    ...{ visitor: "UNAUTHORIZED", signedIn: "FORBIDDEN", teaching: "BAD_REQUEST" },
  },
  "review.queue": { call: (api) => api.review.queue(), visitor: "UNAUTHORIZED", signedIn: "ok" },
  "certificates.mine": { call: (api) => api.certificates.mine(), visitor: "UNAUTHORIZED", signedIn: "ok" },
  "certificates.get": { call: (api) => api.certificates.get({ id: FOREIGN }), visitor: "NOT_FOUND", signedIn: "NOT_FOUND" },
  ...Object.fromEntries(
    Object.entries({
      people: (api: Caller) => api.admin.people({}),
      labs: (api: Caller) => api.admin.labs(),
      counts: (api: Caller) => api.admin.counts(),
      setRole: (api: Caller) => api.admin.setRole({ person: "admin", role: "learner" }),
      endLab: (api: Caller) => api.admin.endLab({ lab: "00000000-0000-4000-8000-000000000009" }),
    }).map(([name, call]): [string, Row] => {
      const administers = { setRole: "PRECONDITION_FAILED", endLab: "NOT_FOUND" }[name] ?? "ok"
      return [`admin.${name}`, { call, visitor: "UNAUTHORIZED", signedIn: "FORBIDDEN", administers }]
    }),
  ),
  "progress.mine": { call: (api) => api.progress.mine(), visitor: "UNAUTHORIZED", signedIn: "ok" },
}

test("every procedure is in the matrix", () => {
  expect(Object.keys(calls).toSorted()).toEqual(Object.keys(appRouter._def.procedures).toSorted())
})

test.each(Object.entries(calls))("%s", async (_name, { call, visitor, signedIn, teaching = signedIn, administers = teaching }) => {
  for (const [role, viewer] of Object.entries(viewers)) {
    const repositories = memory()
    await createCaller(contextFor(person("owner"), repositories)).lab.open({ topology: "kubeadm-1node" })
    const due = viewer ? { learner: signedIn, instructor: teaching, admin: administers }[viewer.role] : visitor
    expect({ [role]: await outcome(call(createCaller(contextFor(viewer, repositories)))) }).toEqual({ [role]: due })
  }
})

test("the doors, by role", async () => {
  const doors = createCallerFactory(
    router({
      everybody: publicProcedure.query(() => 1),
      begun: learnerProcedure.query(() => 1),
      teaching: instructorProcedure.query(() => 1),
      administering: adminProcedure.query(() => 1),
    }),
  )
  const table: Record<string, string[]> = {}
  for (const [role, viewer] of Object.entries(viewers)) {
    const api = doors(contextFor(viewer))
    table[role] = await Promise.all([api.everybody(), api.begun(), api.teaching(), api.administering()].map(outcome))
  }
  expect(table).toEqual({
    visitor: ["ok", "UNAUTHORIZED", "UNAUTHORIZED", "UNAUTHORIZED"],
    guest: ["ok", "ok", "FORBIDDEN", "FORBIDDEN"],
    learner: ["ok", "ok", "FORBIDDEN", "FORBIDDEN"],
    instructor: ["ok", "ok", "ok", "FORBIDDEN"],
    admin: ["ok", "ok", "ok", "ok"],
  })
})
