/** What a person has done in lessons: tasks, hints opened, answers to quizzes. */
import type { Client } from "./client.ts"
import type { ProgressRepository } from "./contract.ts"

export const progress = (client: Client): ProgressRepository => ({
  async complete(userId, { course, lesson, task, points }) {
    await client.taskProgress.createMany({ data: [{ userId, course, lesson, task, points }], skipDuplicates: true })
  },

  async done(userId, where = undefined) {
    const rows = await client.taskProgress.findMany({ where: { userId, ...where }, orderBy: [{ doneAt: "asc" }, { task: "asc" }] })
    return rows.map(({ course, lesson, task, points, doneAt }) => ({ course, lesson, task, points, at: doneAt.getTime() }))
  },

  async hintUsed(userId, { course, lesson, task }, hint) {
    await client.hintUse.createMany({ data: [{ userId, course, lesson, task, hint }], skipDuplicates: true })
  },

  async hints(userId, { course, lesson }) {
    const where = { userId, course, lesson }
    return client.hintUse.findMany({
      where,
      orderBy: [{ usedAt: "asc" }, { task: "asc" }, { hint: "asc" }],
      select: { task: true, hint: true },
    })
  },

  async answered(userId, { course, lesson, task, quiz }, answer, correct) {
    const value = typeof answer === "string" ? answer : [...answer]
    await client.quizAnswer.create({ data: { userId, course, lesson, task, quiz, answer: value, correct } })
  },

  async answers(userId, { course, lesson }) {
    const rows = await client.quizAnswer.findMany({
      ...{ where: { userId, course, lesson }, orderBy: [{ task: "asc" }, { quiz: "asc" }, { id: "desc" }], distinct: ["task", "quiz"] },
      select: { task: true, quiz: true, answer: true, correct: true },
    })
    return rows.map(({ answer, ...row }) => ({ ...row, answer: answer as string | string[] }))
  },
})
