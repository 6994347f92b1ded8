/** Applies prisma/migrations to a database, keeping the ledger that Prisma's own tools read. */
import { createHash, randomUUID } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import pg from "pg"

/** The number Prisma's schema engine locks as well: whoever migrates, migrates alone. */
const ADVISORY_LOCK = 72707369

/** As the schema engine creates it (sql-schema-connector, flavour/postgres). */
const LEDGER = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

export interface Migration {
  readonly name: string
  readonly sql: string
  /** sha256 of the file, hexadecimal. */
  readonly checksum: string
}

/** @param directory prisma/migrations */
export const readMigrations = (directory: string): readonly Migration[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, "migration.sql")))
    .map(({ name }) => {
      const sql = readFileSync(join(directory, name, "migration.sql"), "utf8")
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") }
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1))

/** The database and prisma/migrations disagree in a way that only a person can settle. */
export class MigrationConflict extends Error {}

/**
 * @param url postgres://…
 * @param directory prisma/migrations
 * @returns names of the migrations that were applied now
 * @throws MigrationConflict; pg's errors, with the migration's name, when a statement fails (nothing of that migration remains)
 */
export const applyMigrations = async (url: string, directory: string): Promise<readonly string[]> => {
  const migrations = readMigrations(directory)
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK])
    await client.query(LEDGER)
    const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      `SELECT "migration_name", "checksum", "finished_at" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`,
    )
    const applied = new Map(rows.map((row) => [row.migration_name, row]))
    for (const row of rows) {
      const own = migrations.find(({ name }) => name === row.migration_name)
      if (!own)
        throw new MigrationConflict(
          `The database has the migration ${row.migration_name}, which this Drydock does not know: it was made by a newer one.`,
        )
      if (!row.finished_at) throw new MigrationConflict(`The migration ${row.migration_name} was begun by another tool and never finished.`)
      if (own.checksum !== row.checksum)
        throw new MigrationConflict(`The migration ${row.migration_name} was edited after it had been applied.`)
    }
    const missing = migrations.filter(({ name }) => !applied.has(name))
    for (const { name, sql, checksum } of missing) {
      await client.query("BEGIN")
      try {
        await client.query(sql)
        await client.query(
          `INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", "applied_steps_count") VALUES ($1, $2, clock_timestamp(), $3, 1)`,
          [randomUUID(), checksum, name],
        )
        await client.query("COMMIT")
      } catch (error) {
        await client.query("ROLLBACK")
        if (error instanceof Error) error.message = `migration ${name}: ${error.message}`
        throw error
      }
    }
    return missing.map(({ name }) => name)
  } finally {
    await client.end()
  }
}
