/** Exams and their attempts. Every time is the database's: nobody's own clock gives them a minute more. */
import { type Client, TRANSACTION, type Transaction } from "./client.ts"
import { type Exam, type ExamAttempt, type ExamDraft, ExamRefused, type ExamRepository, type StoredOutcome } from "./contract-exams.ts"
import type { Prisma } from "./generated/client.ts"
import { ENDED, toSession } from "./sessions.ts"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** Held while content/ is published: two servers may start at once. */
const PUBLISH_LOCK = 5_170_003

type Asking = Pick<Transaction, "$queryRaw" | "exam" | "examAttempt">

interface ExamRow {
  id: string
  slug: string | null
  title: string
  spec: unknown
  createdBy: string
  classId: string | null
  attempts: number
  opensAt: Date | null
  closesAt: Date | null
  retired: boolean
}

const nowOf = async (on: Pick<Transaction, "$queryRaw">): Promise<number> => {
  const [{ now }] = await on.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  return now.getTime()
}

const toExam = (row: ExamRow, now: number): Exam => ({
  ...{ id: row.id, title: row.title, spec: row.spec, createdBy: row.createdBy, attempts: row.attempts, retired: row.retired },
  ...(row.slug !== null && { slug: row.slug }),
  ...(row.classId !== null && { classId: row.classId }),
  ...(row.opensAt && { opensAt: row.opensAt.getTime() }),
  ...(row.closesAt && { closesAt: row.closesAt.getTime() }),
  open: !row.retired && (!row.opensAt || row.opensAt.getTime() <= now) && (!row.closesAt || row.closesAt.getTime() > now),
})

const toData = ({ title, spec, classId, attempts, opensAt, closesAt }: ExamDraft) => ({
  ...{ title, attempts, spec: spec as Prisma.InputJsonValue, classId: classId ?? null },
  ...{ opensAt: opensAt === undefined ? null : new Date(opensAt), closesAt: closesAt === undefined ? null : new Date(closesAt) },
})

const WHOLE = {
  outcomes: { orderBy: { task: "asc" } },
  user: { select: { name: true } },
} as const
type AttemptRow = Prisma.ExamAttemptGetPayload<{ include: { outcomes: true; user: { select: { name: true } } } }>

const toAttempt = (row: AttemptRow, now: number): ExamAttempt => ({
  ...{ id: row.id, exam: row.examId, userId: row.userId, userName: row.user.name, spec: row.spec },
  versions: row.versions as Record<string, string>,
  ...{ startedAt: row.startedAt.getTime(), endsAt: row.endsAt.getTime(), now },
  ...(row.submittedAt && { submittedAt: row.submittedAt.getTime() }),
  over: row.submittedAt !== null || row.endsAt.getTime() <= now,
  ...(row.review !== null && { review: row.review }),
  outcomes: row.outcomes.map(({ course, lesson, task, state, credit }) => ({
    ...{ course, lesson, task, credit },
    state: state as StoredOutcome["state"],
  })),
})

const attemptOf = async (on: Asking, id: string): Promise<ExamAttempt | undefined> => {
  const row = UUID.test(id) ? await on.examAttempt.findUnique({ where: { id }, include: WHOLE }) : null
  return row ? toAttempt(row, await nowOf(on)) : undefined
}

const OVER = (): never => {
  throw new ExamRefused("over", "This exam is over.")
}

export const exams = (client: Client): ExamRepository => ({
  async publish(given) {
    await client.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${PUBLISH_LOCK})`
      for (const { slug, draft } of given) {
        const data = { ...toData(draft), retired: false }
        await transaction.exam.upsert({ where: { slug }, create: { slug, createdBy: "", ...data }, update: data })
      }
      const slugs = given.map(({ slug }) => slug)
      await transaction.exam.updateMany({ where: { slug: { not: null, notIn: slugs } }, data: { retired: true } })
    }, TRANSACTION)
  },

  async create(by, draft) {
    return (await client.exam.create({ data: { createdBy: by, ...toData(draft) }, select: { id: true } })).id
  },

  async change(id, draft) {
    if (!UUID.test(id)) return false
    return (await client.exam.updateMany({ where: { id, slug: null }, data: toData(draft) })).count > 0
  },

  async retire(id) {
    if (!UUID.test(id)) return false
    return (await client.exam.updateMany({ where: { id, slug: null }, data: { retired: true } })).count > 0
  },

  async get(name) {
    const row = await client.exam.findUnique({ where: UUID.test(name) ? { id: name } : { slug: name } })
    return row ? toExam(row, await nowOf(client)) : undefined
  },

  async list() {
    const rows = await client.exam.findMany({
      where: { retired: false },
      orderBy: [{ slug: { sort: "asc", nulls: "last" } }, { createdAt: "desc" }],
    })
    const now = await nowOf(client)
    return rows.map((row) => toExam(row, now))
  },

  async listFor(userId) {
    const found = await client.$queryRaw<{ id: string }[]>`
      SELECT id::text AS id FROM exam
      WHERE (NOT retired AND slug IS NOT NULL)
        OR (NOT retired AND class_id IN (SELECT class_id FROM class_member WHERE user_id = ${userId}))
        OR id IN (SELECT exam_id FROM exam_attempt WHERE user_id = ${userId})
      ORDER BY slug NULLS LAST, created_at DESC`
    const rows = await client.exam.findMany({ where: { id: { in: found.map(({ id }) => id) } } })
    const now = await nowOf(client)
    return found.flatMap(({ id }) => rows.filter((row) => row.id === id)).map((row) => toExam(row, now))
  },

  async reviews(id, userId) {
    const [found] = await client.$queryRaw<unknown[]>`
      SELECT 1 FROM exam WHERE id::text = ${id} AND (
        created_by = ${userId}
        OR class_id IN (SELECT id FROM class WHERE teacher_id = ${userId})
        OR class_id IN (SELECT class_id FROM class_member WHERE user_id = ${userId} AND role = 'teacher')
      )`
    return found !== undefined
  },

  begin(id, userId, { spec, versions, minutes }) {
    return client.$transaction(async (transaction) => {
      // One at a time for each person: two tabs that begin at once begin one attempt.
      await transaction.$queryRaw`SELECT 1 FROM "user" WHERE id = ${userId} FOR NO KEY UPDATE`
      const row = UUID.test(id) ? await transaction.exam.findUnique({ where: { id } }) : null
      if (!row) throw new ExamRefused("absent", "There is no such exam.")
      const now = await nowOf(transaction)
      const mine = await transaction.examAttempt.findMany({
        ...{ where: { examId: id, userId }, orderBy: { startedAt: "desc" } },
        include: WHOLE,
      })
      const running = mine.map((one) => toAttempt(one, now)).find(({ over }) => !over)
      if (running) return running
      if (!toExam(row, now).open) throw new ExamRefused("closed", "This exam is not open.")
      if (row.classId !== null) {
        const member = await transaction.$queryRaw<unknown[]>`
          SELECT 1 FROM class_member WHERE class_id = ${row.classId}::uuid AND user_id = ${userId}
          UNION ALL SELECT 1 FROM class WHERE id = ${row.classId}::uuid AND teacher_id = ${userId}`
        if (member.length === 0) throw new ExamRefused("members", "This exam is for the members of a class.")
      }
      if (mine.length >= row.attempts) throw new ExamRefused("attempts", "You have sat this exam as often as it may be sat.")
      const ends = now + minutes * 60_000
      const created = await transaction.examAttempt.create({
        data: {
          ...{ examId: id, userId, spec: spec as Prisma.InputJsonValue, versions, startedAt: new Date(now) },
          endsAt: new Date(row.closesAt ? Math.min(ends, row.closesAt.getTime()) : ends),
        },
        include: WHOLE,
      })
      return toAttempt(created, now)
    }, TRANSACTION)
  },

  attempt: (id) => attemptOf(client, id),

  async attempts(exam, userId) {
    if (!UUID.test(exam)) return []
    const rows = await client.examAttempt.findMany({
      ...{ where: { examId: exam, ...(userId !== undefined && { userId }) }, orderBy: { startedAt: "desc" } },
      include: WHOLE,
    })
    const now = await nowOf(client)
    return rows.map((row) => toAttempt(row, now))
  },

  openLab(id, userId, { lesson, topology, seed, startedAt }) {
    return client.$transaction(async (transaction) => {
      const locked = await transaction.$queryRaw<unknown[]>`
        SELECT 1 FROM exam_attempt WHERE id::text = ${id} AND user_id = ${userId} FOR UPDATE`
      const attempt = locked.length === 0 ? undefined : await attemptOf(transaction, id)
      if (!attempt) throw new ExamRefused("absent", "There is no such exam of yours.")
      if (attempt.over) return OVER()
      const where = { attemptId: id, course: lesson.course, lesson: lesson.lesson, state: "active" } as const
      const found = await transaction.labSession.findFirst({ where })
      if (found) return toSession(found)
      const at = BigInt(startedAt)
      return toSession(
        await transaction.labSession.create({
          data: {
            ...{ userId, attemptId: id, ...lesson, topology: topology as Prisma.InputJsonValue, seed, engine: "" },
            ...{ startedAt: at, reachedAt: at },
          },
        }),
      )
    }, TRANSACTION)
  },

  submit(id, userId) {
    return client.$transaction(async (transaction) => {
      const locked = await transaction.$queryRaw<unknown[]>`
        SELECT 1 FROM exam_attempt WHERE id::text = ${id} AND user_id = ${userId} FOR UPDATE`
      if (locked.length === 0) throw new ExamRefused("absent", "There is no such exam of yours.")
      await transaction.$executeRaw`
        UPDATE exam_attempt SET submitted_at = clock_timestamp()
        WHERE id::text = ${id} AND submitted_at IS NULL AND ends_at > clock_timestamp()`
      await transaction.labSession.updateMany({ where: { attemptId: id, state: "active" }, data: ENDED })
      return (await attemptOf(transaction, id)) as ExamAttempt
    }, TRANSACTION)
  },

  async left(id) {
    const [found] = await client.$queryRaw<{ left: number }[]>`
      SELECT (CASE WHEN submitted_at IS NULL THEN extract(epoch FROM ends_at - clock_timestamp()) * 1000 ELSE 0 END)::float8 AS left
      FROM exam_attempt WHERE id::text = ${id}`
    const left = Math.max(0, Math.ceil(found?.left ?? 0))
    if (left === 0) await client.labSession.updateMany({ where: { attemptId: id, state: "active" }, data: ENDED })
    return left
  },

  async record({ session, owner, epoch }, outcomes) {
    const column = <Value>(value: (outcome: (typeof outcomes)[number]) => Value) => outcomes.map(value)
    // The lock makes a submission wait for this, or this for it: never is anything written into an attempt that was handed in.
    const [written] = await client.$queryRaw<{ held: bigint }[]>`
      WITH held AS (
        SELECT attempt.id, lab.course, lab.lesson
        FROM exam_attempt attempt JOIN lab_session lab ON lab.attempt_id = attempt.id
        WHERE lab.id = ${session}::uuid AND lab.lease_owner = ${owner} AND lab.lease_epoch = ${epoch} AND lab.state = 'active'
          AND attempt.submitted_at IS NULL AND attempt.ends_at > clock_timestamp()
        FOR SHARE OF attempt
      ), kept AS (
        INSERT INTO exam_outcome AS known (attempt_id, course, lesson, task, state, credit, at)
        SELECT held.id, held.course, held.lesson, given.task, given.state, given.credit, clock_timestamp()
        FROM held, unnest(
          ${column(({ task }) => task)}::text[], ${column(({ state }) => state)}::text[], ${column(({ credit }) => credit)}::float8[]
        ) AS given (task, state, credit)
        ON CONFLICT (attempt_id, course, lesson, task) DO UPDATE
        SET state = excluded.state, credit = excluded.credit, at = excluded.at WHERE known.state <> 'done'
      )
      SELECT count(*) AS held FROM held`
    return Number(written.held) > 0
  },

  async review(id, review) {
    const text = JSON.stringify(review)
    return (
      (await client.$executeRaw`
        UPDATE exam_attempt SET review = ${text}::json
        WHERE id::text = ${id} AND (submitted_at IS NOT NULL OR ends_at <= clock_timestamp())`) > 0
    )
  },

  async results(classId) {
    if (!UUID.test(classId)) return []
    const rows = await client.examAttempt.findMany({
      where: { exam: { classId } },
      orderBy: { startedAt: "desc" },
      include: { ...WHOLE, exam: { select: { title: true } } },
    })
    const now = await nowOf(client)
    return rows.map((row) => ({ ...toAttempt(row, now), title: row.exam.title }))
  },
})
