/** No drafts, for tests of the API that need none; studio.test.ts has a real database. */
import type { DraftRepository } from "@drydock/db"

const unasked = (): never => {
  throw new Error("not asked for here")
}

export const noDrafts: DraftRepository = {
  create: async ({ course, lesson, title }) => ({ id: "draft", course, lesson, title, head: 1, createdAt: 0 }),
  all: async () => [],
  get: async () => undefined,
  of: async () => undefined,
  files: async () => undefined,
  save: unasked,
  here: async () => [],
  revisions: unasked,
  remove: unasked,
  publish: unasked,
  keep: unasked,
  ticket: async () => undefined,
  redeem: unasked,
}
