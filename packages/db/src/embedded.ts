/** Starts and stops a real Postgres of our own, out of npm: for those who have no server, and for tests. */
import { openSync, closeSync, existsSync, rmSync, statSync, truncateSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import pg from "pg"
import { findBinaries, placeFor, runner } from "./embedded/binaries.ts"
import {
  answers,
  ensureDataDirectory,
  environment,
  isAlive,
  ownDirectory,
  passwordIn,
  postmasterOf,
  servesDirectory,
  USER,
} from "./embedded/data-directory.ts"
import { spawnTied, type TiedChild } from "./embedded/tied-child.ts"

export { isAlive } from "./embedded/data-directory.ts"
export { spawnTied, type TiedChild } from "./embedded/tied-child.ts"

export interface EmbeddedServer {
  readonly port: number
  /** The data directory was made by this call. */
  readonly created: boolean
  /** Where its files are; not the directory asked for when the user that runs Postgres cannot reach that one. */
  readonly home: string
  /** @returns postgres://… of a database of this server, made when missing */
  database(name: string): Promise<string>
  /** postgres://…, whether or not there is such a database. */
  url(name: string): string
  /** Ends it, after a checkpoint. */
  stop(): Promise<void>
  /** Resolves when the server is gone, asked or not. */
  readonly ended: Promise<void>
}

export interface EmbeddedOptions {
  readonly directory: string
  /** Where it listens if that is free; default: anywhere. */
  readonly port?: number
  /** Told in words what takes time. */
  readonly progress?: (line: string) => void
  /** For tests: trades durability for speed. */
  readonly volatile?: boolean
}

const LOG_LIMIT_BYTES = 10 * 1024 * 1024
const START_LIMIT_MS = 60_000

export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))))
    })
  })

/** A server left over from a start that was killed: waited for while it ends, ended when it does not, forgotten when it is none. */
const clearLeftover = async (home: string, progress: (line: string) => void) => {
  const left = postmasterOf(home)
  if (!left) return
  if (!servesDirectory(left.pid, home)) {
    // Postgres would take any living process with that number for its own server.
    rmSync(join(home, "data/postmaster.pid"), { force: true })
    return
  }
  progress("Ending the Postgres that the last start left behind …")
  process.kill(left.pid, "SIGINT")
  const deadline = Date.now() + 15_000
  while (isAlive(left.pid)) {
    if (Date.now() > deadline) process.kill(left.pid, "SIGKILL")
    await wait(20)
  }
}

const waitUntilReady = async (home: string, port: number, child: TiedChild) => {
  let code: number | undefined
  void child.exited.then((value) => (code = value))
  const deadline = Date.now() + START_LIMIT_MS
  for (;;) {
    if (code !== undefined) return false
    // Asking too early costs a connection that is refused; asking late costs the start.
    if (postmasterOf(home)?.port === port && (await answers(home, port)) === "ready") return true
    if (Date.now() > deadline)
      throw new Error(`Postgres did not get ready within ${START_LIMIT_MS / 1000} s; its log is ${join(home, "log")}`)
    await wait(10)
  }
}

/**
 * Starts the server of this directory, making the directory when there is none. It listens on loopback only, on a free port, with a
 * password, and ends when this process ends, even by `kill -9`. One process at a time: a server that still runs there is ended first.
 */
export const startEmbedded = async ({
  directory,
  port: wanted,
  progress = () => undefined,
  volatile = false,
}: EmbeddedOptions): Promise<EmbeddedServer> => {
  const home = placeFor(directory)
  ownDirectory(home)
  const binaries = await findBinaries(runner(home), "/var/lib/drydock")
  if (!existsSync(join(home, "data/PG_VERSION"))) progress("Making the database (a few seconds, the first time only) …")
  const created = await ensureDataDirectory(home, binaries)
  await clearLeftover(home, progress)

  const log = join(home, "log")
  if (existsSync(log) && statSync(log).size > LOG_LIMIT_BYTES) truncateSync(log)
  let child: TiedChild | undefined
  let port = 0
  // A second try: the port may be taken meanwhile, or a killed server's last processes may still hold its memory.
  for (let attempt = 1; ; attempt++) {
    port = attempt === 1 && wanted !== undefined ? wanted : await freePort()
    const output = openSync(log, "a")
    const settings: Record<string, string> = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      shared_buffers: "64MB",
      max_connections: "100",
      ...(volatile ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {}),
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])
    child = spawnTied(binaries.postgres, ["-D", join(home, "data"), "-p", String(port), ...flags], {
      ...runner(home),
      cwd: home,
      env: environment(),
      endBy: "INT",
      stdio: ["ignore", output, output],
    })
    closeSync(output)
    if (await waitUntilReady(home, port, child)) break
    if (attempt === 10) throw new Error(`The embedded Postgres does not start; its log is ${log}`)
    await wait(200 * attempt)
  }

  const server = child
  const url = (name: string) => `postgres://${USER}:${encodeURIComponent(passwordIn(home))}@127.0.0.1:${port}/${name}`
  return {
    port,
    created,
    home,
    url,
    async database(name) {
      const client = new pg.Client({ connectionString: url("postgres") })
      await client.connect()
      try {
        const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name])
        if (!rowCount) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
      } finally {
        await client.end()
      }
      return url(name)
    },
    async stop() {
      server.end()
      const late = setTimeout(() => server.kill(), 20_000)
      await server.exited
      clearTimeout(late)
    },
    ended: server.exited.then(() => undefined),
  }
}
