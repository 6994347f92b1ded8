/** For tests of every room: fresh databases, with all tables, on one real Postgres of this process. */
import { dirname, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import pg from "pg"
import type { Person, Repositories, Role } from "./contract.ts"
import type { EmbeddedServer } from "./embedded.ts"
import { connect } from "./index.ts"
import { applyMigrations } from "./migrations.ts"
import { scratchServer } from "./testing/server.ts"

export const MIGRATIONS = resolve(dirname(fileURLToPath(import.meta.url)), "../../../prisma/migrations")

export interface TestDatabase {
  /** postgres://… */
  readonly url: string
  readonly repositories: Repositories
  /** Runs one statement, past the repositories. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** Somebody to own sessions and progress. */
  addPerson(id: string, as?: { readonly role?: Role; readonly isAnonymous?: boolean }): Promise<Person>
  /** Closes the connections and drops the database. */
  close(): Promise<void>
}

let shared: Promise<{ readonly server: EmbeddedServer; readonly admin: pg.Pool }> | undefined
let made = 0

const start = async () => {
  const server = await scratchServer()
  await applyMigrations(await server.database("with_tables"), MIGRATIONS)
  const admin = new pg.Pool({ connectionString: server.url("postgres"), max: 1, allowExitOnIdle: true })
  admin.on("error", () => undefined)
  return { server, admin }
}

/** A fresh database with all tables. The server starts at the first call (half a second) and ends with the process. */
export const withDatabase = async (): Promise<TestDatabase> => {
  shared ??= start()
  const { server, admin } = await shared
  const name = `test_${++made}`
  await admin.query(`CREATE DATABASE ${name} TEMPLATE with_tables`)
  const url = server.url(name)
  const repositories = await connect(url)
  const pool = new pg.Pool({ connectionString: url, max: 4, allowExitOnIdle: true })
  pool.on("error", () => undefined)
  return {
    url,
    repositories,
    async query<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      return (await pool.query<Row>(sql, [...values])).rows
    },
    async addPerson(id, { role = "learner", isAnonymous = false } = {}) {
      const person = { id, name: id, email: `${id}@example.org`, role, isAnonymous }
      await pool.query(
        `INSERT INTO "user" (id, name, email, role, is_anonymous) VALUES ($1, $2, $3, $4::"Role", $5)`,
        Object.values(person),
      )
      return person
    },
    async close() {
      await repositories.close()
      await pool.end()
      await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}
