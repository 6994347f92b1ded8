/** Lab sessions: who works in which world, the lease of the lab server that runs it, and its input log. */
import { type Client, TRANSACTION, type Transaction } from "./client.ts"
import { type LabSession, type LabTopology, LeaseLost, type LoggedLabInput, type SessionRepository, type Standing } from "./contract.ts"
import type { LabSession as Row, Prisma } from "./generated/client.ts"

/** Active sessions a person may have; the one not seen longest ends first. */
const MOST_ACTIVE = 3
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const toSession = (row: Row): LabSession => ({
  ...{ id: row.id, userId: row.userId, topology: row.topology as LabTopology, seed: row.seed, engine: row.engine },
  ...{ startedAt: Number(row.startedAt), reachedAt: Number(row.reachedAt), state: row.state },
  ...(row.course !== null && row.lesson !== null && row.version !== null
    ? { lesson: { course: row.course, lesson: row.lesson, version: row.version } }
    : {}),
  ...(row.standing === null ? {} : { standing: row.standing as unknown as Standing }),
  ...(row.attemptId === null ? {} : { attempt: row.attemptId }),
  ...(row.drill === null ? {} : { drill: row.drill }),
})

/** What an ended session loses: its lease (the epoch moves on, so its lab server's next write is refused) and its address outside. */
export const ENDED = { state: "ended", leaseOwner: null, leaseExpiresAt: null, leaseEpoch: { increment: 1 }, apiToken: null } as const

/** Ends a person's sessions beyond the number allowed, those seen last staying. An exam's worlds are not counted. */
export const endOldest = async (transaction: Transaction, userId: string) => {
  const beyond = await transaction.labSession.findMany({
    ...{ where: { userId, state: "active", attemptId: null }, orderBy: [{ seenAt: "desc" }, { createdAt: "desc" }], skip: MOST_ACTIVE },
    select: { id: true },
  })
  if (beyond.length > 0) await transaction.labSession.updateMany({ where: { id: { in: beyond.map(({ id }) => id) } }, data: ENDED })
}

export const sessions = (client: Client): SessionRepository => ({
  open(wanted) {
    const { userId, lesson, seed, engine, drill = null } = wanted
    const topology = wanted.topology as Prisma.InputJsonValue
    return client.$transaction(async (transaction) => {
      // One at a time for each person: two tabs that open a lesson at once get one world.
      const locked = await transaction.$queryRaw<unknown[]>`SELECT 1 FROM "user" WHERE id = ${userId} FOR NO KEY UPDATE`
      if (locked.length === 0) throw new Error(`there is no person ${userId}`)
      const same = lesson ? { course: lesson.course, lesson: lesson.lesson } : { course: null, topology: { equals: topology } }
      const found = await transaction.labSession.findFirst({
        where: { userId, state: "active", attemptId: null, drill, ...same },
        orderBy: { createdAt: "desc" },
      })
      if (found) return toSession(await transaction.labSession.update({ where: { id: found.id }, data: { seenAt: new Date() } }))
      const startedAt = BigInt(wanted.startedAt)
      const created = await transaction.labSession.create({
        data: { userId, ...lesson, topology, seed, engine, drill, startedAt, reachedAt: startedAt },
      })
      await endOldest(transaction, userId)
      return toSession(created)
    }, TRANSACTION)
  },

  async get(id) {
    const row = UUID.test(id) ? await client.labSession.findUnique({ where: { id } }) : null
    return row ? toSession(row) : undefined
  },

  async activeOf(userId) {
    const where = { userId, state: "active", attemptId: null, drill: null } as const
    return (await client.labSession.findMany({ where, orderBy: { seenAt: "desc" } })).map(toSession)
  },

  async end(id) {
    if (UUID.test(id)) await client.labSession.updateMany({ where: { id, state: "active" }, data: ENDED })
  },

  async endOthers({ course, lesson, version }) {
    await client.labSession.updateMany({
      where: { course, lesson, version: { not: version }, state: "active", attemptId: null },
      data: ENDED,
    })
  },

  // Times are the database's: lab servers' clocks need not agree.
  async claim(id, owner, ms) {
    if (!UUID.test(id)) return undefined
    const [claimed] = await client.$queryRaw<{ epoch: number }[]>`
      UPDATE lab_session
      SET lease_owner = ${owner}, lease_epoch = lease_epoch + 1, seen_at = clock_timestamp(),
        lease_expires_at = clock_timestamp() + ${ms}::float8 * interval '1 millisecond'
      WHERE id = ${id}::uuid AND state = 'active'
        AND (lease_owner IS NULL OR lease_owner = ${owner} OR lease_expires_at <= clock_timestamp())
      RETURNING lease_epoch AS epoch`
    return claimed && { session: id, owner, epoch: claimed.epoch }
  },

  async renew({ session, owner, epoch }, ms) {
    // One that ran out is still ours while nobody took it.
    const renewed = await client.$executeRaw`
      UPDATE lab_session
      SET lease_expires_at = clock_timestamp() + ${ms}::float8 * interval '1 millisecond', seen_at = clock_timestamp()
      WHERE id = ${session}::uuid AND lease_owner = ${owner} AND lease_epoch = ${epoch}`
    if (renewed === 0) throw new LeaseLost(`session ${session} is not ${owner}'s any more`)
  },

  async release({ session, owner, epoch }) {
    await client.labSession.updateMany({
      where: { id: session, leaseOwner: owner, leaseEpoch: epoch },
      data: { leaseOwner: null, leaseExpiresAt: null },
    })
  },

  async append({ session, owner, epoch }, inputs, reachedAt) {
    const seqs = inputs.map(({ seq }) => seq)
    const times = inputs.map(({ at }) => BigInt(at))
    const texts = inputs.map(({ input }) => JSON.stringify(input) ?? "null")
    // One statement is one transaction and one way there and back. Doing it again after a lost answer changes nothing.
    const [result] = await client.$queryRaw<{ held: bigint }[]>`
      WITH held AS (
        UPDATE lab_session SET reached_at = greatest(reached_at, ${BigInt(reachedAt)}::bigint)
        WHERE id = ${session}::uuid AND lease_owner = ${owner} AND lease_epoch = ${epoch}
        RETURNING id
      ), logged AS (
        INSERT INTO lab_input (session_id, seq, at, input)
        SELECT held.id, entry.seq, entry.at, entry.input::json
        FROM held, unnest(${seqs}::int[], ${times}::bigint[], ${texts}::text[]) AS entry (seq, at, input)
        ON CONFLICT DO NOTHING
      )
      SELECT count(*) AS held FROM held`
    if (!result || Number(result.held) === 0) throw new LeaseLost(`session ${session} is not ${owner}'s any more`)
  },

  async inputs(id): Promise<readonly LoggedLabInput[]> {
    if (!UUID.test(id)) return []
    const rows = await client.labInput.findMany({
      ...{ where: { sessionId: id }, orderBy: { seq: "asc" }, select: { seq: true, at: true, input: true } },
    })
    return rows.map(({ seq, at, input }) => ({ seq, at: Number(at), input }))
  },

  async stand({ session, owner, epoch }, { since, typed, ...standing }) {
    // What a check saw may hold NUL, which jsonb refuses.
    const told = JSON.stringify(standing).replaceAll("\\u0000", "")
    await client.$executeRaw`
      UPDATE lab_session SET standing = (${told}::jsonb || jsonb_build_object(
        'since', floor(extract(epoch FROM statement_timestamp()) * 1000 - ${since}::float8),
        'typed', floor(extract(epoch FROM statement_timestamp()) * 1000 - ${typed}::float8)))::json
      WHERE id = ${session}::uuid AND lease_owner = ${owner} AND lease_epoch = ${epoch}`
  },
})
