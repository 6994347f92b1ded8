/** `npx tsx packages/db/scripts/migrate.ts NAME`: writes the migration that turns what prisma/migrations make into what schema.prisma says. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { applyMigrations } from "../src/migrations.ts"
import { scratchServer } from "../src/testing/server.ts"
import { difference } from "./schema-engine.ts"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..")
const name = process.argv[2]
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error("usage: npx tsx packages/db/scripts/migrate.ts NAME (lower case and underscores, e.g. class_invitations)")
  process.exit(2)
}
const migrations = join(root, "prisma/migrations")
mkdirSync(migrations, { recursive: true })
const server = await scratchServer()
const url = await server.database("authoring")
await applyMigrations(url, migrations)
const sql = await difference(url, readFileSync(join(root, "prisma/schema.prisma"), "utf8"))
await server.stop()
if (!sql) {
  console.log("The migrations already make what the schema says.")
  process.exit(0)
}
const directory = join(migrations, `${new Date().toISOString().replace(/\D/g, "").slice(0, 14)}_${name}`)
mkdirSync(directory)
writeFileSync(join(directory, "migration.sql"), sql)
writeFileSync(join(migrations, "migration_lock.toml"), `# Prisma's: which database the migrations are for.\nprovider = "postgresql"\n`)
console.log(`${join(directory, "migration.sql")}: read it, a rename looks like a drop and an add.`)
process.exit(0)
