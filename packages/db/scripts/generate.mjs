/** Generates the Prisma client from prisma/schema.prisma; skips when it is up to date. Plain Node. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..")
const schema = join(root, "prisma/schema.prisma")
const output = join(root, "packages/db/src/generated")
const stamp = join(output, ".schema-hash")

/** @throws when Prisma refuses the schema; its messages are in the error */
export const generate = async () => {
  const version = JSON.parse(readFileSync(join(root, "node_modules/prisma/package.json"), "utf8")).version
  const hash = createHash("sha256").update(readFileSync(schema)).update(version).digest("hex")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return
  const run = spawnSync(process.execPath, [join(root, "node_modules/prisma/build/index.js"), "generate", "--schema", schema], {
    cwd: root,
    encoding: "utf8",
    // generate needs no engine, yet looks for one: any existing file will do, for this command alone.
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" },
  })
  if (run.status !== 0) throw new Error(`prisma generate failed\n${run.stdout}${run.stderr}`)
  writeFileSync(stamp, hash)
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await generate()
