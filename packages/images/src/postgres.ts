/** postgres: a database server with psql. */
import { type Process, type Program, type Steps, SystemError } from "@drydock/machine"
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"
import type { Outcome } from "./sql.ts"
import { askSql, isFirstStart, openData, type Reply, serveSql } from "./sql-server.ts"

const PORT = 5_432

const stamp = (process: Process): string => `${new Date(Math.floor(process.now())).toISOString().slice(0, 23).replace("T", " ")} UTC`

const UNINITIALIZED = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
`

const server: Program = function* (process) {
  const directory = process.env.get("PGDATA") ?? "/var/lib/postgresql/data"
  const file = `${directory}/base.json`
  const password = process.env.get("POSTGRES_PASSWORD")
  const trust = process.env.get("POSTGRES_HOST_AUTH_METHOD") === "trust"
  const first = isFirstStart(process, file)
  if (first && !password && !trust) {
    yield* process.error(UNINITIALIZED)
    return 1
  }
  if (!process.files.exists(directory)) process.files.mkdir(directory, { parents: true })
  const user = process.env.get("POSTGRES_USER") ?? "postgres"
  const own = process.env.get("POSTGRES_DB") ?? user
  if (first) {
    yield* process.print(
      `The files belonging to this database system will be owned by user "postgres".\nThis user must also own the server process.\n\nfixing permissions on existing directory ${directory} ... ok\ncreating subdirectories ... ok\n`,
    )
    yield* process.sleep(1_500)
    yield* process.print("\nPostgreSQL init process complete; ready for start up.\n\n")
  } else yield* process.print("\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n")
  const data = openData(process, file, ["postgres", "template0", "template1", own])
  serveSql(process, {
    port: PORT,
    file,
    data,
    admit: ({ user: name, password: given }) =>
      trust || (given === password && name === user) ? undefined : `FATAL:  password authentication failed for user "${name}"`,
  })
  const log = (text: string) => `${stamp(process)} [${process.pid}] LOG:  ${text}\n`
  const version = process.env.get("PG_VERSION") ?? "18.1"
  yield* process.error(
    log(
      `starting PostgreSQL ${version} (Debian ${version}-1.pgdg13+2) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit`,
    ) +
      log('listening on IPv4 address "0.0.0.0", port 5432') +
      log('listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"') +
      log("database system is ready to accept connections"),
  )
  const code = yield* untilSignal(process, ["SIGTERM", "SIGINT", "SIGQUIT"])
  yield* process.error(log("received fast shutdown request") + log("database system is shut down"))
  return code
}

const ERRORS: Readonly<Record<Extract<Outcome, { kind: "error" }>["code"], (name: string) => string>> = {
  "no-database": () => "no database selected",
  "no-table": (name) => `relation "${name.split(".").at(-1)}" does not exist`,
  exists: (name) => `"${name}" already exists`,
  syntax: (name) => `syntax error at or near "${name.split(" ")[0]}"`,
  "no-column": (name) => `column "${name}" does not exist`,
  "unknown-database": (name) => `database "${name}" does not exist`,
}

const table = (columns: readonly string[], rows: readonly (readonly (string | null)[])[]): string => {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => (row[index] ?? "").length)))
  const centre = (text: string, width: number) => " ".repeat(Math.floor((width - text.length) / 2)) + text
  const head = columns.map((column, index) => ` ${centre(column, widths[index]).padEnd(widths[index])} `).join("|")
  const body = rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => ` ${(cell ?? "").padEnd(widths[index])} `)
          .join("|")
          .trimEnd()}\n`,
    )
    .join("")
  return `${head}\n${widths.map((width) => "-".repeat(width + 2)).join("+")}\n${body}(${rows.length} row${rows.length === 1 ? "" : "s"})\n\n`
}

const client: Program = function* (process) {
  let host = process.env.get("PGHOST") ?? "127.0.0.1"
  let user = process.env.get("PGUSER") ?? process.env.get("POSTGRES_USER") ?? "postgres"
  let database = process.env.get("PGDATABASE")
  let command: string | undefined
  let bare = false
  const args = [...process.argv.slice(1)]
  for (let word = args.shift(); word !== undefined; word = args.shift()) {
    const match = /^(?:-([hUdcp])|--(host|username|dbname|command|port)=?)(.*)$/s.exec(word)
    const name = match?.[1] ?? match?.[2]
    const value = () => match?.[3] || (args.shift() ?? "")
    if (name === "h" || name === "host") host = value()
    else if (name === "U" || name === "username") user = value()
    else if (name === "d" || name === "dbname") database = value()
    else if (name === "c" || name === "command") command = value()
    else if (name === "p" || name === "port") value()
    else if (/^-[tAqX]+c?$/.test(word)) {
      bare ||= word.includes("t")
      if (word.endsWith("c")) command = args.shift()
    } else if (!word.startsWith("-")) {
      if (database === undefined) database = word
      else user = word
    }
  }
  database ??= user
  const password = process.env.get("PGPASSWORD") ?? (host === "127.0.0.1" ? (process.env.get("POSTGRES_PASSWORD") ?? "") : "")
  const ask = function* (sql: string): Steps<Reply | undefined> {
    try {
      return yield* askSql(process, host, PORT, { user, password, sql, database: database as string })
    } catch (error) {
      const where = host === "127.0.0.1" ? `on socket "/var/run/postgresql/.s.PGSQL.5432"` : `at "${host}", port ${PORT}`
      const reason =
        error instanceof SystemError
          ? "Connection refused"
          : `could not translate host name "${host}" to address: Name or service not known`
      yield* process.error(
        `psql: error: connection to server ${where} failed: ${reason}\n\tIs the server running ${host === "127.0.0.1" ? "locally" : "on that host"} and accepting ${host === "127.0.0.1" ? "connections on that socket" : "TCP/IP connections"}?\n`,
      )
      return undefined
    }
  }
  const show = function* (reply: Reply): Steps<number> {
    if ("refused" in reply) {
      yield* process.error(`psql: error: connection to server at "${host}", port ${PORT} failed: ${reply.refused}\n`)
      return 2
    }
    for (const outcome of reply.outcomes) {
      if (outcome.kind === "error") {
        yield* process.error(`ERROR:  ${ERRORS[outcome.code](outcome.name)}\n`)
        return 1
      }
      if (outcome.kind === "rows")
        yield* process.print(bare ? outcome.rows.map((row) => ` ${row.join(" | ")}\n`).join("") : table(outcome.columns, outcome.rows))
      else if (outcome.kind === "done") yield* process.print(`${outcome.tag}\n`)
    }
    return 0
  }
  if ((process.argv[0] ?? "").endsWith("pg_isready")) {
    try {
      yield* askSql(process, host, PORT, { user, password, database })
      yield* process.print(`${host === "127.0.0.1" ? "/var/run/postgresql" : host}:${PORT} - accepting connections\n`)
      return 0
    } catch {
      yield* process.print(`${host === "127.0.0.1" ? "/var/run/postgresql" : host}:${PORT} - no response\n`)
      return 2
    }
  }
  if (command !== undefined) {
    const sql = command === "\\l" || command === "\\list" ? "SHOW DATABASES" : command === "\\dt" ? "SHOW TABLES" : command
    const reply = yield* ask(sql)
    return reply === undefined ? 2 : yield* show(reply)
  }
  const hello = yield* ask("")
  if (hello === undefined || "refused" in hello) return hello === undefined ? 2 : yield* show(hello)
  const interactive = process.tty !== undefined
  if (interactive) yield* process.print(`psql (${process.env.get("PG_VERSION") ?? "18.1"})\nType "help" for help.\n\n`)
  let statement = ""
  for (;;) {
    if (interactive) yield* process.print(`${database}${statement === "" ? "=" : "-"}# `)
    const line = yield* process.readLine(0)
    if (line === undefined || /^\s*(\\q|exit|quit)\s*$/.test(line)) break
    if (/^\\(l|dt)/.test(line)) statement = line.startsWith("\\l") ? "SHOW DATABASES;" : "SHOW TABLES;"
    else statement += `${line}\n`
    if (!/;\s*$/.test(statement)) continue
    const reply = yield* ask(statement)
    statement = ""
    if (reply === undefined) return 2
    yield* show(reply)
  }
  return 0
}

export const postgres = defineImage({
  repository: "postgres",
  tags: ["latest", "alpine*", "18*", "17*", "16*", "15*", "14*", "13*", "12*", "11*", "10*", "9*"],
  sizeBytes: 160_000_000,
  entrypoint: ["docker-entrypoint.sh"],
  command: ["postgres"],
  env: { PG_VERSION: "18.1", PGDATA: "/var/lib/postgresql/data" },
  versionEnv: "PG_VERSION",
  exposes: [PORT],
  idle: { memory: 38 * 1024 ** 2, cpu: 2 },
  shell: "debian",
  files: [
    { path: "/usr/local/bin/docker-entrypoint.sh", program: server },
    { path: "/usr/local/bin/postgres", program: server },
    { path: "/usr/local/bin/psql", program: client },
    { path: "/usr/local/bin/pg_isready", program: client },
    { path: "/var/lib/postgresql/data" },
  ],
})
