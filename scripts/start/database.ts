/** The database of a start: the embedded server or the one DATABASE_URL names, with its tables made. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { type EmbeddedServer, startEmbedded } from "@drydock/db/embedded"
import { applyMigrations, MigrationConflict } from "@drydock/db/migrations"
import { Refusal } from "./explain.ts"
import type { Settings } from "./settings.ts"
import type { Steps } from "./steps.ts"

/** Connection errors, whose cause is outside of us (Node's system errors and Postgres' SQLSTATE). */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name cannot be looked up",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  ECONNRESET: "it closes the connection",
  "28P01": "it refuses the password",
  "28000": "it refuses the user",
  "3D000": "it has no such database",
  "53300": "it has too many connections already",
  "42501": "the user may not create tables there",
}

const withoutPassword = (address: string) => {
  if (!URL.canParse(address)) return "an address that cannot be read"
  const url = new URL(address)
  if (url.password) url.password = "…"
  return decodeURI(url.href)
}

/** @throws Refusal in the words of whoever set DATABASE_URL */
export const migrate = async (url: string, root: string): Promise<readonly string[]> => {
  try {
    return await applyMigrations(url, join(root, "prisma/migrations"))
  } catch (error) {
    if (error instanceof MigrationConflict) throw new Refusal(error.message)
    // A host with several addresses fails once for each.
    const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
    const { code = "", message = "" } = first as { code?: string; message?: string }
    const cause = CAUSES[code] ?? (/timeout/i.test(message) ? "it does not answer" : undefined)
    if (!cause) throw error
    throw new Refusal(
      `The database ${withoutPassword(url)} cannot be used: ${cause}${message ? ` (${message})` : ""}.\n` +
        "It is named in DATABASE_URL; without that variable Drydock brings a database of its own.",
    )
  }
}

export interface Database {
  readonly url: string
  /** Undefined for a server of somebody else's. */
  readonly embedded?: EmbeddedServer
}

export const openDatabase = async ({ databaseUrl, data }: Settings, steps: Steps): Promise<Database> => {
  if (databaseUrl) return { url: databaseUrl }
  const directory = join(data, "postgres")
  const title = existsSync(directory) ? "Starting the database" : "Making the database"
  const embedded = await steps.during(title, () => startEmbedded({ directory }))
  return { url: await embedded.database("drydock"), embedded }
}
