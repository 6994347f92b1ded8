/** People and labs of the whole server, for whoever administers it. */
import type { Client } from "./client.ts"
import type { Role } from "./contract.ts"
import type { AdminRepository, KnownLab, KnownPerson } from "./contract-admin.ts"

interface PersonRow {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly isAnonymous: boolean
  readonly createdAt: Date
  readonly labs: number
  readonly seenAt: Date | null
}

interface LabRow {
  readonly id: string
  readonly userId: string
  readonly userName: string
  readonly course: string | null
  readonly lesson: string | null
  readonly exam: boolean
  readonly owner: string | null
  readonly createdAt: Date
  readonly seenAt: Date
}

export const admin = (client: Client): AdminRepository => ({
  async people({ text, guests, limit }) {
    // LIKE's own signs stand for themselves.
    const like = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`
    const rows = await client.$queryRaw<PersonRow[]>`
      SELECT person.id, person.name, person.email, person.role::text, person.is_anonymous AS "isAnonymous", person.created_at AS "createdAt",
        coalesce(lab.active, 0)::int AS labs, lab.seen AS "seenAt"
      FROM "user" AS person
      LEFT JOIN (
        SELECT user_id, count(*) FILTER (WHERE state = 'active') AS active, max(seen_at) AS seen FROM lab_session GROUP BY user_id
      ) AS lab ON lab.user_id = person.id
      WHERE (person.name ILIKE ${like} OR person.email ILIKE ${like}) AND (${guests} OR NOT person.is_anonymous)
      ORDER BY person.role DESC, person.created_at DESC, person.id LIMIT ${limit}`
    return rows.map(
      ({ createdAt, seenAt, ...row }): KnownPerson => ({
        ...{ ...row, createdAt: createdAt.getTime() },
        ...(seenAt && { seenAt: seenAt.getTime() }),
      }),
    )
  },

  async labs(limit) {
    const rows = await client.$queryRaw<LabRow[]>`
      SELECT lab.id::text, lab.user_id AS "userId", person.name AS "userName", lab.course, lab.lesson, lab.attempt_id IS NOT NULL AS exam,
        CASE WHEN lab.lease_expires_at > clock_timestamp() THEN lab.lease_owner END AS owner,
        lab.created_at AS "createdAt", lab.seen_at AS "seenAt"
      FROM lab_session AS lab JOIN "user" AS person ON person.id = lab.user_id
      WHERE lab.state = 'active' ORDER BY lab.seen_at DESC LIMIT ${limit}`
    return rows.map(
      ({ course, lesson, owner, createdAt, seenAt, ...row }): KnownLab => ({
        ...{ ...row, createdAt: createdAt.getTime(), seenAt: seenAt.getTime() },
        ...(course !== null && lesson !== null && { lesson: `${course}/${lesson}` }),
        ...(owner !== null && { owner }),
      }),
    )
  },

  async counts() {
    const [row] = await client.$queryRaw<{ accounts: number; guests: number; labs: number; running: number; now: Date }[]>`
      SELECT
        (SELECT count(*) FROM "user" WHERE NOT is_anonymous)::int AS accounts,
        (SELECT count(*) FROM "user" WHERE is_anonymous)::int AS guests,
        (SELECT count(*) FROM lab_session WHERE state = 'active')::int AS labs,
        (SELECT count(*) FROM lab_session WHERE state = 'active' AND lease_expires_at > clock_timestamp())::int AS running,
        clock_timestamp() AS now`
    if (!row) throw new Error("the database counts nothing")
    return { ...row, now: row.now.getTime() }
  },
})
