/** The only user of the database: repositories of plain values over Prisma. Node entry points beside it: /migrations, /embedded, /testing. */
import { admin } from "./admin.ts"
import { apiKeys } from "./api-keys.ts"
import { certificates } from "./certificates.ts"
import { classes } from "./classes.ts"
import { openClient } from "./client.ts"
import { content } from "./content.ts"
import type { Connect } from "./contract.ts"
import { drafts } from "./drafts.ts"
import { exams } from "./exams.ts"
import { people } from "./people.ts"
import { progress } from "./progress.ts"
import { reviews } from "./reviews.ts"
import { sessions } from "./sessions.ts"
import { tickets } from "./tickets.ts"

export * from "./contract.ts"

/**
 * Connects and asks the server once, so that a wrong address shows here.
 * @throws the driver's error when the server cannot be reached or refuses
 */
export const connect: Connect = async (url) => {
  const client = openClient(url)
  try {
    await client.$queryRaw`SELECT 1`
  } catch (error) {
    await client.$disconnect()
    throw error
  }
  return {
    apiKeys: apiKeys(client),
    people: people(client),
    content: content(client),
    sessions: sessions(client),
    tickets: tickets(client),
    progress: progress(client),
    classes: classes(client),
    admin: admin(client),
    drafts: drafts(client),
    exams: exams(client),
    reviews: reviews(client),
    certificates: certificates(client),
    authClient: client,
    close: () => client.$disconnect(),
  }
}
