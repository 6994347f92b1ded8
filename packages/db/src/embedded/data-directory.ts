/** Makes a Postgres data directory, and tells who serves one. */
import { spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import pg from "pg"
import { type Binaries, type Runner, runner } from "./binaries.ts"

export const USER = "drydock"

const chownAll = (path: string, { uid, gid }: Runner) => {
  if (uid === undefined || gid === undefined) return
  if (lstatSync(path).isDirectory()) for (const entry of readdirSync(path)) chownAll(join(path, entry), { uid, gid })
  chownSync(path, uid, gid)
}

/** Creates `directory` for the user that runs Postgres. */
export const ownDirectory = (directory: string) => {
  mkdirSync(dirname(directory), { recursive: true, mode: 0o755 })
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const { uid, gid } = runner(directory)
  if (uid !== undefined && gid !== undefined && lstatSync(directory).uid !== uid) chownAll(directory, { uid, gid })
  if (process.platform !== "win32") chmodSync(directory, 0o700)
}

/** The server's password, made with the data directory and kept beside it, readable by its owner alone. */
export const passwordIn = (home: string) => readFileSync(join(home, "password"), "utf8").trim()

/** initdb into home/data, unless it is there. An interrupted one is thrown away: the directory appears complete or not at all. */
export const ensureDataDirectory = async (home: string, { initdb }: Binaries) => {
  const data = join(home, "data")
  if (existsSync(join(data, "PG_VERSION"))) return false
  const aside = join(home, `data.${process.pid}`)
  const password = join(home, "password")
  for (const leftover of readdirSync(home)) if (leftover.startsWith("data.")) rmSync(join(home, leftover), { recursive: true, force: true })
  writeFileSync(password, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 })
  const { uid, gid } = runner(home)
  if (uid !== undefined && gid !== undefined) chownSync(password, uid, gid)
  const args = [
    ...["-D", aside, "-U", USER, "--auth=scram-sha-256", `--pwfile=${password}`, "--encoding=UTF8"],
    // The machine's own locales decide nothing: the same order of texts everywhere.
    ...["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"],
  ]
  await new Promise<void>((resolve, reject) => {
    const child = spawn(initdb, args, { ...runner(home), cwd: home, env: environment(), stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk))
    child.on("error", reject)
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`initdb ended with ${code}:\n${output.trim()}`))))
  })
  renameSync(aside, data)
  return true
}

/** Nothing of the caller's surroundings (PGPORT, PGDATA, LANG …) reaches the server. */
export const environment = (): NodeJS.ProcessEnv => {
  const little: Record<string, string> = {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
    LC_ALL: "C",
    TZ: "UTC",
  }
  // Next's types would have every environment say NODE_ENV.
  return little as NodeJS.ProcessEnv
}

export interface Postmaster {
  readonly pid: number
  readonly port: number
}

/** What postmaster.pid says. After a crash it may name a process that is gone, or another one altogether. */
export const postmasterOf = (home: string): Postmaster | undefined => {
  const file = join(home, "data/postmaster.pid")
  if (!existsSync(file)) return undefined
  const lines = readFileSync(file, "utf8").split("\n")
  const pid = Number(lines[0])
  const port = Number(lines[3])
  return Number.isInteger(pid) && pid > 1 ? { pid, port: Number.isInteger(port) ? port : 0 } : undefined
}

/** Runs, and is not merely waiting to be noticed: in a container nobody may ever collect an orphan that ended. */
export const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    const stat = `/proc/${pid}/stat`
    // "pid (name) state …", where the name may hold anything (proc_pid_stat(5)).
    return (
      !existsSync(stat) ||
      !readFileSync(stat, "utf8")
        .replace(/^.*\) /s, "")
        .startsWith("Z")
    )
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** The process is a postgres working in this data directory: a number alone may have been given to another program since. */
export const servesDirectory = (pid: number, home: string) => {
  if (!isAlive(pid)) return false
  if (process.platform === "win32") return true
  const command = existsSync(`/proc/${pid}/cmdline`)
    ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
    : spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout
  return command.includes(join(home, "data"))
}

/** Connects with this directory's password. "starting": it recovers or shuts down; undefined: nobody of ours answers there. */
export const answers = async (home: string, port: number): Promise<"ready" | "starting" | undefined> => {
  const client = new pg.Client({
    ...{ host: "127.0.0.1", port, user: USER, password: passwordIn(home), database: "postgres" },
    connectionTimeoutMillis: 3000,
  })
  client.on("error", () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory")
    return rows[0]?.data_directory === join(home, "data") ? "ready" : undefined
  } catch (error) {
    return (error as { code?: string }).code === "57P03" ? "starting" : undefined
  } finally {
    await client.end().catch(() => undefined)
  }
}
