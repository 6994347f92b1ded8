/** What a learner was weak at, and when it is asked again. */
import type { Client } from "./client.ts"
import type { ReviewRepository } from "./contract-exams.ts"

export const reviews = (client: Client): ReviewRepository => ({
  async weak(userId, { course, lesson, task, quiz }) {
    await client.$executeRaw`
      INSERT INTO review_item AS known (user_id, course, lesson, task, quiz, due_at, interval, lapses)
      VALUES (${userId}, ${course}, ${lesson}, ${task}, ${quiz}, clock_timestamp() + interval '1 day', 1, 0)
      ON CONFLICT (user_id, course, lesson, task, quiz) DO UPDATE
      SET due_at = least(known.due_at, excluded.due_at), interval = 1, lapses = known.lapses + 1
      WHERE known.interval > 1`
  },

  async list(userId) {
    const rows = await client.$queryRaw<
      { course: string; lesson: string; task: string; quiz: string; dueAt: Date; due: boolean; interval: number; lapses: number }[]
    >`
      SELECT course, lesson, task, quiz, due_at AS "dueAt", due_at <= clock_timestamp() AS due, interval, lapses
      FROM review_item WHERE user_id = ${userId} ORDER BY due_at, course, lesson, task, quiz`
    return rows.map(({ dueAt, ...row }) => ({ ...row, dueAt: dueAt.getTime() }))
  },

  async answered(userId, { course, lesson, task, quiz }, next) {
    // Of two answers at once one finds it due.
    const done = next
      ? await client.$executeRaw`
          UPDATE review_item SET interval = ${next.interval}::int, lapses = ${next.lapses}::int, last_at = clock_timestamp(),
            due_at = clock_timestamp() + ${next.interval}::int * interval '1 day'
          WHERE user_id = ${userId} AND course = ${course} AND lesson = ${lesson} AND task = ${task} AND quiz = ${quiz}
            AND due_at <= clock_timestamp()`
      : await client.$executeRaw`
          DELETE FROM review_item
          WHERE user_id = ${userId} AND course = ${course} AND lesson = ${lesson} AND task = ${task} AND quiz = ${quiz}
            AND due_at <= clock_timestamp()`
    return done > 0
  },
})
