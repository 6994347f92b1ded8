/** Repositories in memory, for tests of the API. */
import type { ClassRepository, DoneTask, LabSession, Person, PublishedLesson, Repositories, Role } from "@drydock/db"
import { noDrafts } from "./testing-drafts.ts"
import { noCertificates, noExams, noReviews } from "./testing-exams.ts"

export const person = (id: string, role: Role = "learner", isAnonymous = false): Person => ({
  id,
  name: id,
  email: `${id}@example.org`,
  role,
  isAnonymous,
})

export const lesson: PublishedLesson = {
  course: "kubernetes",
  lesson: "01-first",
  version: "v1",
  title: "First",
  summary: "A first lesson.",
  minutes: 20,
  points: 12,
  prose: "# First\n\n::task{id=look}\n",
  lab: {
    topology: "kubeadm-2nodes",
    setup: ["echo SECRET-SETUP"],
    faults: [{ name: "stop-unit", target: "SECRET-FAULT" }],
    debrief: "SECRET-DEBRIEF",
    tasks: [
      {
        id: "look",
        title: "Look around",
        points: 5,
        feedback: "SECRET-FEEDBACK",
        hints: ["SECRET-HINT"],
        solution: "SECRET-SOLUTION",
        checks: [
          { kind: "cel", title: "SECRET-TITLE", expression: 'pod("SECRET-EXPRESSION").ok' },
          { kind: "quiz", id: "why", question: "Why?", type: "single", options: ["yes", "no"], answer: "yes", because: "SECRET-BECAUSE" },
        ],
      },
      {
        id: "do",
        title: "Do it",
        points: 7,
        solution: "SECRET-SOLUTION",
        checks: [{ kind: "script", title: "x", script: "SECRET-SCRIPT" }],
      },
    ],
  },
}

const second: PublishedLesson = { ...lesson, lesson: "02-second", title: "Second" }

export interface Memory extends Repositories {
  readonly allSessions: Map<string, LabSession>
  readonly allDone: (DoneTask & { userId: string })[]
}

const unasked = (): never => {
  throw new Error("not asked for here")
}

/** Nobody is in a class; classes.test.ts has a real database. */
const noClasses: ClassRepository = {
  create: async (owner, { name, course }) => ({ id: "class", name, course, owner, joinCode: "code", archived: false, createdAt: 0 }),
  get: async () => undefined,
  of: async () => [],
  roleIn: async () => undefined,
  byCode: async () => undefined,
  join: async () => undefined,
  renewCode: unasked,
  change: unasked,
  members: unasked,
  remove: unasked,
  setRole: unasked,
  progress: unasked,
  mayWatch: async () => false,
  send: unasked,
  sent: unasked,
  messagesTo: async () => [],
  read: async () => {},
  news: unasked,
}

export const memory = (): Memory => {
  const allSessions = new Map<string, LabSession>()
  const allDone: Memory["allDone"] = []
  const lessons = [lesson, second]
  const refuse = (): never => {
    throw new Error("not asked for here")
  }
  const course = {
    slug: "kubernetes",
    title: "Kubernetes",
    summary: "All of it.",
    modules: [{ title: "One", lessons: ["01-first", "02-second"] }],
  }
  let count = 0
  return {
    allSessions,
    allDone,
    people: { get: refuse, ensureInstructor: refuse, setRole: refuse, rename: refuse, adopt: refuse },
    content: {
      publish: refuse,
      courses: async () => [course],
      course: async (slug) => (slug === course.slug ? course : undefined),
      lessons: async () => lessons.map(({ prose: _prose, lab: _lab, ...card }) => card),
      lesson: async (_course, slug) => lessons.find((known) => known.lesson === slug),
    },
    sessions: {
      endOthers: refuse,
      open: async (wanted) => {
        const id = `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`
        const session: LabSession = { ...wanted, id, reachedAt: wanted.startedAt, state: "active" }
        allSessions.set(id, session)
        return session
      },
      get: async (id) => allSessions.get(id),
      activeOf: async (userId) => [...allSessions.values()].filter((session) => session.userId === userId && session.state === "active"),
      end: async (id) => {
        const known = allSessions.get(id)
        if (known) allSessions.set(id, { ...known, state: "ended" })
      },
      claim: refuse,
      renew: refuse,
      release: refuse,
      append: refuse,
      inputs: refuse,
      stand: refuse,
    },
    exams: noExams,
    reviews: noReviews,
    certificates: noCertificates,
    apiKeys: { create: async () => ({ id: "key", key: "ddk_x" }), list: async () => [], revoke: async () => false, redeem: refuse },
    tickets: {
      issue: async (session) => `ticket-of-${session}`,
      watch: refuse,
      redeem: refuse,
      apiToken: refuse,
      redeemApiToken: refuse,
      previewToken: refuse,
      redeemPreviewToken: refuse,
    },
    progress: {
      complete: refuse,
      done: async (userId, where) =>
        allDone.filter(
          (done) => done.userId === userId && (!where || (done.course === where.course && (!where.lesson || done.lesson === where.lesson))),
        ),
      hintUsed: refuse,
      hints: async () => [],
      answered: refuse,
      answers: async () => [],
    },
    classes: noClasses,
    admin: {
      people: async () => [],
      labs: async () => [],
      counts: async () => ({ accounts: 0, guests: 0, labs: 0, running: 0, now: 0 }),
    },
    drafts: noDrafts,
    authClient: undefined,
    close: async () => {},
  }
}
