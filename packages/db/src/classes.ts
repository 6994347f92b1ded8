/** Classes, their members, and what their teachers see and say. */
import { randomBytes } from "node:crypto"
import { type Client, TRANSACTION } from "./client.ts"
import type {
  ClassInfo,
  ClassMessage,
  ClassOfMember,
  ClassPerson,
  ClassProgress,
  ClassRepository,
  ClassRole,
  SentMessage,
  Standing,
} from "./contract-classes.ts"
import type { Class as Row } from "./generated/client.ts"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** Letters and digits that are not taken for one another; 32 of them, so that a byte's low bits choose evenly. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
const CODE_LENGTH = 10
const SENT = 50

const newCode = (): string => [...randomBytes(CODE_LENGTH)].map((byte) => ALPHABET[byte % 32]).join("")

const toInfo = ({ id, name, course, teacherId, joinCode, archived, createdAt }: Row): ClassInfo => ({
  ...{ id, name, course, owner: teacherId, joinCode, archived, createdAt: createdAt.getTime() },
})

interface MemberRow {
  readonly role: ClassRole
  readonly joinedAt: Date
  readonly user: { readonly id: string; readonly name: string; readonly email: string; readonly isAnonymous: boolean }
}
const PERSON = { user: { select: { id: true, name: true, email: true, isAnonymous: true } } } as const
const toPerson = ({ role, joinedAt, user }: MemberRow): ClassPerson => ({ ...user, role, joinedAt: joinedAt.getTime() })

const byName = (a: ClassPerson, b: ClassPerson) => a.name.localeCompare(b.name, "en") || (a.id < b.id ? -1 : 1)

interface LabRow {
  readonly id: string
  readonly userId: string
  readonly lesson: string
  readonly standing: Standing | null
  readonly leased: boolean
  readonly seenAt: Date
}

const toLab = ({ id, lesson, standing, leased, seenAt }: LabRow): ClassProgress["labs"][number] => ({
  session: id,
  lesson,
  // A server that died has not said that its learners are gone; its lease says it.
  online: leased && standing?.here === true,
  seenAt: seenAt.getTime(),
  ...(standing && { standing }),
})

/** Who a message is for: all learners of its class, or the one it names. */
const isFor = (message: { readonly toId: string | null; readonly fromId: string }, userId: string): boolean =>
  message.fromId !== userId && (message.toId === null || message.toId === userId)

export const classes = (client: Client): ClassRepository => {
  const member = (id: string, userId: string) =>
    UUID.test(id) ? client.classMember.findUnique({ where: { classId_userId: { classId: id, userId } } }) : Promise.resolve(null)
  const namesOf = async (ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    const found = await client.user.findMany({ where: { id: { in: [...new Set(ids)] } }, select: { id: true, name: true } })
    return new Map(found.map(({ id, name }) => [id, name]))
  }

  return {
    async create(owner, { name, course }) {
      const data = { name, course, teacherId: owner, joinCode: newCode(), members: { create: { userId: owner, role: "teacher" as const } } }
      return toInfo(await client.class.create({ data }))
    },

    async get(id) {
      const row = UUID.test(id) ? await client.class.findUnique({ where: { id } }) : null
      return row ? toInfo(row) : undefined
    },

    async of(userId) {
      const rows = await client.classMember.findMany({
        where: { userId },
        include: { class: { include: { members: { include: PERSON } } } },
        orderBy: [{ class: { archived: "asc" } }, { class: { createdAt: "desc" } }],
      })
      return rows.map(({ role, class: { members, ...row } }): ClassOfMember => {
        const people = members.map(toPerson)
        const teachers = people.filter((person) => person.role === "teacher").sort(byName)
        return { ...toInfo(row), role, learners: people.length - teachers.length, teachers: teachers.map(({ name }) => name) }
      })
    },

    async roleIn(id, userId) {
      return (await member(id, userId))?.role
    },

    async byCode(code) {
      const row = await client.class.findUnique({
        where: { joinCode: code, archived: false },
        include: { teacher: { select: { name: true } } },
      })
      return row ? { id: row.id, name: row.name, course: row.course, teacher: row.teacher.name } : undefined
    },

    async join(code, userId) {
      const [row] = await client.$queryRaw<{ id: string }[]>`
        WITH found AS (SELECT id FROM class WHERE join_code = ${code} AND NOT archived FOR SHARE),
        joined AS (
          INSERT INTO class_member (class_id, user_id, role, joined_at, read_at)
          SELECT id, ${userId}, 'learner', clock_timestamp(), clock_timestamp() FROM found ON CONFLICT DO NOTHING
        )
        SELECT id::text FROM found`
      return row?.id
    },

    async renewCode(id) {
      const joinCode = newCode()
      await client.class.update({ where: { id }, data: { joinCode } })
      return joinCode
    },

    async change(id, { name, archived }) {
      await client.class.update({
        where: { id },
        data: { ...(name !== undefined && { name }), ...(archived !== undefined && { archived }) },
      })
    },

    async members(id) {
      if (!UUID.test(id)) return []
      const rows = await client.classMember.findMany({ where: { classId: id }, include: PERSON })
      return rows.map(toPerson).sort((a, b) => Number(b.role === "teacher") - Number(a.role === "teacher") || byName(a, b))
    },

    async remove(id, userId) {
      if (!UUID.test(id)) return false
      return (await client.classMember.deleteMany({ where: { classId: id, userId, class: { teacherId: { not: userId } } } })).count > 0
    },

    async setRole(id, userId, role) {
      if (!UUID.test(id)) return false
      const changed = await client.classMember.updateMany({
        where: { classId: id, userId, class: { teacherId: { not: userId } } },
        data: { role },
      })
      return changed.count > 0
    },

    async progress(id) {
      const [clock] = await client.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
      const now = clock?.now.getTime() ?? 0
      const found = UUID.test(id)
        ? await client.class.findUnique({ where: { id }, include: { members: { where: { role: "learner" }, include: PERSON } } })
        : null
      if (!found) return { now, learners: [] }
      const people = found.members.map(toPerson).sort(byName)
      const where = { userId: { in: people.map((person) => person.id) }, course: found.course }
      const [done, hints, labs] = await Promise.all([
        client.taskProgress.findMany({ where, select: { userId: true, lesson: true, task: true, points: true } }),
        client.hintUse.findMany({ where, select: { userId: true, lesson: true, task: true, hint: true } }),
        client.$queryRaw<LabRow[]>`
          SELECT id::text, user_id AS "userId", lesson, standing, seen_at AS "seenAt",
            coalesce(lease_expires_at > clock_timestamp(), false) AS leased
          FROM lab_session
          WHERE course = ${found.course} AND state = 'active' AND attempt_id IS NULL AND drill IS NULL AND user_id = ANY(${where.userId.in})
          ORDER BY seen_at DESC`,
      ])
      const rowOf = new Map(people.map((person) => [person.id, { person, done: [], hints: new Map(), labs: [] } as Collected]))
      for (const { userId, ...task } of done) rowOf.get(userId)?.done.push(task)
      for (const { userId, lesson, task, hint } of hints) {
        const used = rowOf.get(userId)?.hints
        const key = `${lesson}/${task}`
        const before = used?.get(key) ?? { lesson, task, hints: 0, solution: false }
        used?.set(key, hint < 0 ? { ...before, solution: true } : { ...before, hints: before.hints + 1 })
      }
      for (const lab of labs) rowOf.get(lab.userId)?.labs.push(toLab(lab))
      return { now, learners: [...rowOf.values()].map((row) => ({ ...row, hints: [...row.hints.values()] })) }
    },

    async mayWatch(session, userId) {
      if (!UUID.test(session)) return false
      const found = await client.$queryRaw<unknown[]>`
        SELECT 1 FROM lab_session
        WHERE id = ${session}::uuid AND state = 'active' AND attempt_id IS NULL AND drill IS NULL AND user_id <> ${userId} AND EXISTS (
          SELECT 1 FROM class
          JOIN class_member AS teacher ON teacher.class_id = class.id AND teacher.user_id = ${userId} AND teacher.role = 'teacher'
          JOIN class_member AS learner ON learner.class_id = class.id AND learner.user_id = lab_session.user_id
          WHERE class.course = lab_session.course AND NOT class.archived)`
      return found.length > 0
    },

    async send(id, from, to, text) {
      return client.$transaction(async (transaction) => {
        if (to !== undefined && (await transaction.classMember.count({ where: { classId: id, userId: to } })) === 0) return undefined
        const [row] = await transaction.$queryRaw<{ id: bigint }[]>`
          INSERT INTO class_message (class_id, from_id, to_id, text, sent_at)
          VALUES (${id}::uuid, ${from}, ${to ?? null}, ${text}, clock_timestamp()) RETURNING id`
        return Number(row?.id)
      }, TRANSACTION)
    },

    async sent(id) {
      if (!UUID.test(id)) return []
      const [messages, members] = await Promise.all([
        client.classMessage.findMany({ where: { classId: id }, orderBy: { id: "desc" }, take: SENT }),
        client.classMember.findMany({ where: { classId: id }, select: { userId: true, readAt: true, joinedAt: true, role: true } }),
      ])
      const names = await namesOf(messages.flatMap(({ fromId, toId }) => (toId === null ? [fromId] : [fromId, toId])))
      return messages.map((message): SentMessage => {
        const { fromId, toId, text, sentAt } = message
        const recipients = members.filter(
          // Whoever joined later was not spoken to.
          ({ userId, role, joinedAt }) => isFor(message, userId) && joinedAt <= sentAt && (toId !== null || role === "learner"),
        )
        return {
          ...{ id: Number(message.id), from: names.get(fromId) ?? "", text, at: sentAt.getTime() },
          ...(toId !== null && { to: { id: toId, name: names.get(toId) ?? "" } }),
          ...{ read: recipients.filter(({ readAt }) => readAt >= sentAt).length, recipients: recipients.length },
        }
      })
    },

    async messagesTo(userId, limit) {
      const rows = await client.$queryRaw<(MessageRow & { read: boolean })[]>`
        SELECT m.id, m.class_id::text AS class, c.name AS "className", coalesce(u.name, '') AS "from", m.text, m.sent_at AS at,
          member.read_at >= m.sent_at AS read
        FROM class_message AS m
        JOIN class AS c ON c.id = m.class_id
        JOIN class_member AS member ON member.class_id = m.class_id AND member.user_id = ${userId}
        LEFT JOIN "user" AS u ON u.id = m.from_id
        WHERE m.from_id <> ${userId} AND m.sent_at >= member.joined_at
          AND (m.to_id = ${userId} OR (m.to_id IS NULL AND member.role = 'learner'))
        ORDER BY m.id DESC LIMIT ${limit}`
      return rows.map(({ read, ...row }) => ({ ...toMessage(row), read }))
    },

    async read(userId, upTo) {
      await client.$executeRaw`
        UPDATE class_member SET read_at = greatest(read_at, (SELECT sent_at FROM class_message WHERE id = ${upTo}))
        WHERE user_id = ${userId} AND EXISTS (
          SELECT 1 FROM class_message AS upto JOIN class_member AS own ON own.class_id = upto.class_id AND own.user_id = ${userId}
          WHERE upto.id = ${upTo} AND (upto.to_id IS NULL OR upto.to_id = ${userId}))`
    },

    async news(after) {
      if (after === undefined) {
        const [row] = await client.$queryRaw<{ newest: bigint }[]>`SELECT coalesce(max(id), 0) AS newest FROM class_message`
        return { newest: Number(row?.newest ?? 0), messages: [] }
      }
      const rows = await client.$queryRaw<(MessageRow & { to: string[] })[]>`
        SELECT m.id, m.class_id::text AS class, c.name AS "className", coalesce(u.name, '') AS "from", m.text, m.sent_at AS at,
          array(
            SELECT member.user_id FROM class_member AS member
            WHERE member.class_id = m.class_id AND member.user_id <> m.from_id
              AND (member.user_id = m.to_id OR (m.to_id IS NULL AND member.role = 'learner'))
          ) AS "to"
        FROM class_message AS m JOIN class AS c ON c.id = m.class_id LEFT JOIN "user" AS u ON u.id = m.from_id
        WHERE m.id > ${after} ORDER BY m.id LIMIT 200`
      const messages = rows.map(({ to, ...row }) => ({ ...toMessage(row), to }))
      return { newest: messages.at(-1)?.id ?? after, messages }
    },
  }
}

type Collected = {
  person: ClassPerson
  done: { lesson: string; task: string; points: number }[]
  hints: Map<string, ClassProgress["hints"][number]>
  labs: ClassProgress["labs"][number][]
}

interface MessageRow {
  readonly id: bigint
  readonly class: string
  readonly className: string
  readonly from: string
  readonly text: string
  readonly at: Date
}

const toMessage = ({ id, at, class: of, className, from, text }: MessageRow): ClassMessage => ({
  ...{ id: Number(id), class: of, className, from, text, at: at.getTime() },
})
