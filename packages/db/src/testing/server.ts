/** A Postgres for tests: made once a machine, copied and started for each process that asks, gone with it. */
import { createHash } from "node:crypto"
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { threadId } from "node:worker_threads"
import { isAlive, ownDirectory } from "../embedded/data-directory.ts"
import { type EmbeddedServer, startEmbedded } from "../embedded.ts"

const base = () =>
  join(
    tmpdir(),
    `drydock-test-postgres-${process.getuid?.() ?? 0}-${createHash("sha256")
      .update(import.meta.url)
      .digest("hex")
      .slice(0, 8)}`,
  )

/** Directories of processes that were killed before they could tidy up. */
const sweep = (directory: string) => {
  for (const name of readdirSync(directory)) {
    const pid = Number(name.match(/^(?:run|making)-(\d+)/)?.[1])
    if (pid && pid !== process.pid && !isAlive(pid)) rmSync(join(directory, name), { recursive: true, force: true })
  }
}

/** initdb costs half a second, a copy of its result a tenth: several processes may come here at once. */
const template = async (directory: string) => {
  const made = join(directory, "template")
  if (existsSync(made)) return made
  const making = join(directory, `making-${process.pid}-${threadId}`)
  await (await startEmbedded({ directory: making, volatile: true })).stop()
  try {
    renameSync(making, made)
  } catch {
    // Another process was faster.
    rmSync(making, { recursive: true, force: true })
  }
  return made
}

/** A server of this process alone, without durability. */
export const scratchServer = async (): Promise<EmbeddedServer> => {
  const directory = base()
  mkdirSync(directory, { recursive: true, mode: 0o755 })
  chmodSync(directory, 0o755)
  sweep(directory)
  const own = join(directory, `run-${process.pid}-${threadId}`)
  rmSync(own, { recursive: true, force: true })
  cpSync(await template(directory), own, { recursive: true })
  // A copy belongs to whoever copies.
  ownDirectory(own)
  const server = await startEmbedded({ directory: own, volatile: true })
  process.once("exit", () => rmSync(own, { recursive: true, force: true }))
  return server
}
