/** What the lab server is told by its environment. */
import { hostname } from "node:os"
import { z } from "zod"

const count = (most: number) => z.coerce.number().int().min(0).max(most)

const Environment = z.object({
  DATABASE_URL: z.string().min(1, "must be a postgres:// address"),
  /** Id of this start; the health check returns it, so that nobody mistakes an older server for this one. */
  DRYDOCK_RUN: z.string().default("unnamed"),
  /** 0: a free one. */
  LAB_PORT: count(65_535).optional(),
  PORT: count(65_535).optional(),
  /** 0: one for each core. */
  LAB_WORKERS: count(256).default(0),
  /** Worlds one worker may hold. */
  LAB_SESSIONS_PER_WORKER: count(10_000).min(1).default(400),
  /** Whose leases are this server's own: a server that starts again under the same name goes on with them at once. */
  LAB_OWNER: z.string().min(1).default(`lab@${hostname()}`),
  LAB_HOST: z.string().default("127.0.0.1"),
})

export interface Settings {
  databaseUrl: string
  run: string
  port: number
  host: string
  workers: number
  sessionsPerWorker: number
  owner: string
}

/** @throws Error with one line a problem */
export const readSettings = (environment: Readonly<Record<string, string | undefined>>, cores: number): Settings => {
  // A variable that is set to nothing, as in a copied .env.example, is not set.
  const set = Object.entries(environment).filter(([, value]) => value !== "")
  const given = Environment.safeParse(Object.fromEntries(set))
  if (!given.success) throw new Error(given.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"))
  const { data } = given
  return {
    databaseUrl: data.DATABASE_URL,
    run: data.DRYDOCK_RUN,
    port: data.LAB_PORT ?? data.PORT ?? 0,
    host: data.LAB_HOST,
    workers: data.LAB_WORKERS || Math.max(1, cores),
    sessionsPerWorker: data.LAB_SESSIONS_PER_WORKER,
    owner: data.LAB_OWNER,
  }
}
