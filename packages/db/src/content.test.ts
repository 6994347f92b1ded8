/** Publishing against a real Postgres: the database becomes what content/ says, and sessions keep what they began with. */
import { afterAll, beforeAll, expect, it } from "vitest"
import type { PublishedCourse, PublishedLesson } from "./contract.ts"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
beforeAll(async () => {
  database = await withDatabase()
})
afterAll(() => database.close())

const lesson = (course: string, slug: string, version: string): PublishedLesson => ({
  ...{ course, lesson: slug, version, title: `${slug} ${version}`, summary: "s", minutes: 10, points: 15 },
  ...(slug === "01-pods" ? { shows: "cluster" } : {}),
  ...{ prose: `# ${slug}`, lab: { tasks: [{ id: "b", a: "\u0000" }], zeta: 1, alpha: 2 } },
})
const course = (slug: string, lessons: string[]): PublishedCourse => ({
  slug,
  title: slug,
  summary: "s",
  modules: [{ title: "All", lessons }],
})
const kubernetes = course("kubernetes", ["02-services", "01-pods"])
const v1 = { course: kubernetes, lessons: [lesson("kubernetes", "01-pods", "v1"), lesson("kubernetes", "02-services", "v1")] }
const docker = { course: course("docker", ["01-images"]), lessons: [lesson("docker", "01-images", "v1")] }

it("publishes in the syllabus' order, and twice as once", async () => {
  const { content } = database.repositories
  await Promise.all([content.publish([v1, docker]), content.publish([v1, docker])])
  expect(await content.courses()).toEqual([kubernetes, docker.course])
  expect(await content.course("kubernetes")).toEqual(kubernetes)
  const { prose: _prose, lab: _lab, ...services } = v1.lessons[1]!
  const { prose: _otherProse, lab: _otherLab, ...pods } = v1.lessons[0]!
  expect(await content.lessons("kubernetes")).toEqual([services, pods])
  expect(await content.lesson("kubernetes", "01-pods")).toEqual(v1.lessons[0])
  expect(JSON.stringify((await content.lesson("kubernetes", "01-pods"))?.lab)).toBe(JSON.stringify(v1.lessons[0]!.lab))
  expect(await content.lesson("kubernetes", "09-none")).toBeUndefined()
  expect(await content.course("none")).toBeUndefined()
})

it("keeps the version a session began with, hides what is gone, and takes it back", async () => {
  const { content, sessions } = database.repositories
  await database.addPerson("ada")
  const began = { course: "kubernetes", lesson: "01-pods", version: "v1" }
  const session = await sessions.open({ userId: "ada", lesson: began, topology: "kubeadm-2nodes", seed: "s", engine: "1", startedAt: 0 })
  const v2 = { course: course("kubernetes", ["01-pods"]), lessons: [lesson("kubernetes", "01-pods", "v2")] }
  await content.publish([v2])
  expect(await content.courses()).toEqual([v2.course])
  expect(await content.course("docker")).toBeUndefined()
  expect(await content.lesson("docker", "01-images")).toBeUndefined()
  expect(await content.lesson("docker", "01-images", "v1")).toEqual(docker.lessons[0])
  expect((await content.lesson("kubernetes", "01-pods"))?.version).toBe("v2")
  expect(await content.lesson("kubernetes", "02-services")).toBeUndefined()
  const again = await sessions.open({ ...session, lesson: { ...began, version: "v2" } })
  expect(again.id).toBe(session.id)
  expect(again.lesson).toEqual(began)
  expect(await content.lesson("kubernetes", "01-pods", again.lesson?.version)).toEqual(v1.lessons[0])
  await content.publish([v1, docker])
  expect((await content.lesson("kubernetes", "01-pods"))?.version).toBe("v1")
  expect(await content.courses()).toEqual([kubernetes, docker.course])
})
