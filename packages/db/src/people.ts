/** People, as far as Drydock's own rooms touch them: signing in and out is better-auth's, through the same tables. */
import { randomBytes, randomUUID } from "node:crypto"
import { type Client, TRANSACTION } from "./client.ts"
import type { PeopleRepository } from "./contract.ts"
import { endOldest } from "./sessions.ts"

const INSTRUCTOR_EMAIL = "instructor@drydock.local"
/** Held while the first instructor is made: two servers may start at once. */
const INSTRUCTOR_LOCK = 5_170_001

export const people = (client: Client): PeopleRepository => ({
  async get(id) {
    const select = { id: true, name: true, email: true, role: true, isAnonymous: true } as const
    return (await client.user.findUnique({ where: { id }, select })) ?? undefined
  },

  async ensureInstructor(hash) {
    const exists = (on: Pick<Client, "user">) =>
      on.user.findFirst({ where: { role: { in: ["instructor", "admin"] } }, select: { id: true } })
    if (await exists(client)) return undefined
    const password = randomBytes(12).toString("base64url")
    const hashed = await hash(password)
    return client.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${INSTRUCTOR_LOCK})`
      if (await exists(transaction)) return undefined
      const id = randomUUID()
      await transaction.user.create({
        data: {
          ...{ id, name: "Instructor", email: INSTRUCTOR_EMAIL, emailVerified: true, role: "admin" },
          // How better-auth keeps a password: an account of the provider "credential" whose account id is the person's.
          accounts: { create: { id: randomUUID(), accountId: id, providerId: "credential", password: hashed } },
        },
      })
      return { email: INSTRUCTOR_EMAIL, password }
    }, TRANSACTION)
  },

  async setRole(id, role) {
    await client.user.update({ where: { id }, data: { role } })
  },

  async rename(id, name) {
    await client.user.update({ where: { id }, data: { name } })
  },

  async adopt(guest, person) {
    if (guest === person) return
    await client.$transaction(async (transaction) => {
      const found = await transaction.user.findUnique({ where: { id: guest }, select: { isAnonymous: true } })
      if (!found?.isAnonymous) throw new Error(`${guest} is no guest: nothing of theirs may be given to another person`)
      await transaction.labTicket.deleteMany({ where: { userId: guest } })
      await transaction.labSession.updateMany({ where: { userId: guest }, data: { userId: person } })
      await transaction.quizAnswer.updateMany({ where: { userId: guest }, data: { userId: person } })
      const [done, hints] = await Promise.all([
        transaction.taskProgress.findMany({ where: { userId: guest } }),
        transaction.hintUse.findMany({ where: { userId: guest } }),
      ])
      await transaction.taskProgress.createMany({ data: done.map((row) => ({ ...row, userId: person })), skipDuplicates: true })
      await transaction.hintUse.createMany({ data: hints.map((row) => ({ ...row, userId: person })), skipDuplicates: true })
      // Of a class that both are in the person keeps their own place.
      const places = await transaction.classMember.findMany({ where: { userId: guest } })
      await transaction.classMember.createMany({ data: places.map((row) => ({ ...row, userId: person })), skipDuplicates: true })
      await transaction.classMember.deleteMany({ where: { userId: guest } })
      await transaction.classMessage.updateMany({ where: { toId: guest }, data: { toId: person } })
      const again = await transaction.reviewItem.findMany({ where: { userId: guest } })
      await transaction.reviewItem.createMany({ data: again.map((row) => ({ ...row, userId: person })), skipDuplicates: true })
      await transaction.reviewItem.deleteMany({ where: { userId: guest } })
      await transaction.examAttempt.updateMany({ where: { userId: guest }, data: { userId: person } })
      await transaction.taskProgress.deleteMany({ where: { userId: guest } })
      await transaction.hintUse.deleteMany({ where: { userId: guest } })
      await endOldest(transaction, person)
    }, TRANSACTION)
  },
})
