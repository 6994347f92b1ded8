/** Migrations against a real Postgres: they make what the schema says, once, and conflicts are told. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { difference } from "../scripts/schema-engine.ts"
import { applyMigrations, MigrationConflict, readMigrations } from "./migrations.ts"
import { MIGRATIONS, type TestDatabase, withDatabase } from "./testing.ts"

const SCHEMA = readFileSync(join(dirname(MIGRATIONS), "schema.prisma"), "utf8")

let database: TestDatabase
let directory: string
beforeAll(async () => {
  database = await withDatabase()
  directory = mkdtempSync(join(tmpdir(), "drydock-migrations-"))
  cpSync(MIGRATIONS, directory, { recursive: true })
})
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await database.close()
})

const add = (name: string, sql: string) => {
  mkdirSync(join(directory, name), { recursive: true })
  writeFileSync(join(directory, name, "migration.sql"), sql)
}

it("make exactly what schema.prisma says", async () => {
  expect(await difference(database.url, SCHEMA)).toBe("")
  expect(await difference(database.url, SCHEMA.replace("seed           String", "seed           Int"))).toContain(
    'ALTER TABLE "lab_session"',
  )
})

it("are applied once, by one of several, and entered in the ledger", async () => {
  add("30000101000000_ship", "CREATE TABLE ship (id int PRIMARY KEY); INSERT INTO ship VALUES (1);")
  const all = await Promise.all([1, 2, 3].map(() => applyMigrations(database.url, directory)))
  expect(all.flat()).toEqual(["30000101000000_ship"])
  const rows =
    await database.query(`SELECT migration_name, checksum, applied_steps_count, finished_at IS NOT NULL AS finished, rolled_back_at
    FROM _prisma_migrations ORDER BY migration_name`)
  expect(rows).toEqual(
    readMigrations(directory).map(({ name, checksum }) => ({
      ...{ migration_name: name, checksum, applied_steps_count: 1, finished: true, rolled_back_at: null },
    })),
  )
})

it("that fail leave nothing behind, and may be corrected", async () => {
  add("30000102000000_broken", "CREATE TABLE half (id int); SELECT nonsense;")
  await expect(applyMigrations(database.url, directory)).rejects.toThrow(
    'migration 30000102000000_broken: column "nonsense" does not exist',
  )
  expect(await database.query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }])
  add("30000102000000_broken", "CREATE TABLE half (id int);")
  expect(await applyMigrations(database.url, directory)).toEqual(["30000102000000_broken"])
})

it("that were edited, or come from a newer Drydock, are refused", async () => {
  add("30000102000000_broken", "CREATE TABLE half (id bigint);")
  await expect(applyMigrations(database.url, directory)).rejects.toThrow(
    new MigrationConflict("The migration 30000102000000_broken was edited after it had been applied."),
  )
  await expect(applyMigrations(database.url, MIGRATIONS)).rejects.toThrow(/which this Drydock does not know: it was made by a newer one/)
})
