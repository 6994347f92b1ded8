/** mysql and mariadb: a database server with its client. */
import { type Process, type Program, type Steps, SystemError } from "@drydock/machine"
import { defineImage, type Image } from "./define-image.ts"
import { untilSignal } from "./serving.ts"
import type { Outcome } from "./sql.ts"
import { askSql, isFirstStart, openData, type Reply, serveSql } from "./sql-server.ts"

const PORT = 3_306
const FILE = "/var/lib/mysql/ibdata1"

const stamp = (process: Process): string => new Date(Math.floor(process.now())).toISOString().replace("Z", "000Z")

const server = (flavour: "MySQL" | "MariaDB"): Program =>
  function* (process) {
    const prefix = flavour === "MySQL" ? ["MYSQL"] : ["MARIADB", "MYSQL"]
    const setting = (name: string) => prefix.map((one) => process.env.get(`${one}_${name}`)).find((value) => value !== undefined)
    const version = process.env.get(`${flavour.toUpperCase()}_VERSION`) ?? "8"
    const note = (level: string, text: string) =>
      `${stamp(process).slice(0, 19).replace("T", " ")}+00:00 [${level}] [Entrypoint]: ${text}\n`
    yield* process.print(note("Note", `Entrypoint script for ${flavour} Server ${version} started.`))
    const password = setting("ROOT_PASSWORD")
    const first = isFirstStart(process, FILE)
    const open = setting("ALLOW_EMPTY_PASSWORD") ?? setting("ALLOW_EMPTY_ROOT_PASSWORD")
    if (first && password === undefined && !open && setting("RANDOM_ROOT_PASSWORD") === undefined) {
      const names = ["ROOT_PASSWORD", "ALLOW_EMPTY_PASSWORD", "RANDOM_ROOT_PASSWORD"].map((name) => `    - ${prefix[0]}_${name}\n`).join("")
      yield* process.error(
        `${note("ERROR", "Database is uninitialized and password option is not specified")}    You need to specify one of the following as an environment variable:\n${names}`,
      )
      return 1
    }
    if (first) {
      yield* process.print(note("Note", "Initializing database files"))
      yield* process.sleep(4_000)
      yield* process.print(note("Note", "Database files initialized") + note("Note", `${flavour} init process done. Ready for start up.`))
    }
    const extra = setting("DATABASE")
    const data = openData(process, FILE, ["information_schema", "mysql", "performance_schema", "sys", ...(extra ? [extra] : [])])
    yield* process.sleep(1_500)
    const users = new Map([["root", password ?? ""]])
    const user = setting("USER")
    if (user) users.set(user, setting("PASSWORD") ?? "")
    serveSql(process, {
      port: PORT,
      file: FILE,
      data,
      admit: ({ user: name, password: given }) =>
        users.get(name) === given
          ? undefined
          : `ERROR 1045 (28000): Access denied for user '${name}'@'localhost' (using password: ${given ? "YES" : "NO"})`,
    })
    yield* process.error(
      `${stamp(process)} 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '${version}'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  ${flavour} Community Server - GPL.\n`,
    )
    return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
  }

interface Options {
  host: string
  user: string
  password: string | undefined
  database: string | undefined
  execute: string | undefined
  batch: boolean
  words: string[]
}

function* parseOptions(process: Process): Steps<Options> {
  const options: Options = {
    host: process.env.get("MYSQL_HOST") ?? "127.0.0.1",
    user: "root",
    password: process.env.get("MYSQL_PWD") ?? "",
    database: undefined,
    execute: undefined,
    batch: false,
    words: [],
  }
  const args = [...process.argv.slice(1)]
  for (let word = args.shift(); word !== undefined; word = args.shift()) {
    const long = /^--([a-z-]+)(?:=(.*))?$/s.exec(word)
    const short = /^-([hueDPNBs])(.*)$/s.exec(word)
    const value = () => long?.[2] ?? (short?.[2] || undefined) ?? args.shift() ?? ""
    const name = long?.[1] ?? short?.[1]
    if (name === "h" || name === "host") options.host = value()
    else if (name === "u" || name === "user") options.user = value()
    else if (name === "e" || name === "execute") options.execute = value()
    else if (name === "D" || name === "database") options.database = value()
    else if (name === "P" || name === "port") value()
    else if (name === "N" || name === "B" || name === "s") options.batch = true
    else if (word.startsWith("-p")) options.password = word.length > 2 ? word.slice(2) : undefined
    else if (name === "password") options.password = long?.[2]
    else if (!word.startsWith("-")) options.words.push(word)
  }
  if (options.password === undefined) {
    yield* process.error("Enter password: ")
    options.password = (yield* process.readLine(0)) ?? ""
    yield* process.error("\n")
  }
  return options
}

const ERRORS: Readonly<Record<Extract<Outcome, { kind: "error" }>["code"], (name: string) => string>> = {
  "no-database": () => "ERROR 1046 (3D000): No database selected",
  "no-table": (name) => `ERROR 1146 (42S02): Table '${name}' doesn't exist`,
  exists: (name) => `ERROR 1007 (HY000): Can't create database '${name}'; database exists`,
  syntax: (name) =>
    `ERROR 1064 (42000): You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '${name}' at line 1`,
  "no-column": (name) => `ERROR 1054 (42S22): Unknown column '${name}' in 'field list'`,
  "unknown-database": (name) => `ERROR 1049 (42000): Unknown database '${name}'`,
}

const boxed = (columns: readonly string[], rows: readonly (readonly (string | null)[])[]): string => {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => (row[index] ?? "NULL").length)))
  const line = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+\n`
  const row = (cells: readonly (string | null)[]) =>
    `|${cells.map((cell, index) => ` ${(cell ?? "NULL").padEnd(widths[index])} `).join("|")}|\n`
  return line + row(columns) + line + rows.map(row).join("") + line
}

const tabbed = (columns: readonly string[], rows: readonly (readonly (string | null)[])[]): string =>
  [columns, ...rows].map((row) => `${row.map((cell) => cell ?? "NULL").join("\t")}\n`).join("")

const count = (rows: number): string => `${rows} row${rows === 1 ? "" : "s"}`

const client: Program = function* (process) {
  const name = (process.argv[0] ?? "").split("/").at(-1) ?? "mysql"
  const options = yield* parseOptions(process)
  const { host, user, password = "" } = options
  const ask = function* (database: string | undefined, sql: string): Steps<Reply | undefined> {
    try {
      return yield* askSql(process, host, PORT, { user, password, sql, ...(database !== undefined && { database }) })
    } catch (error) {
      if (!(error instanceof SystemError) && !(error instanceof Error)) throw error
      const reason = error instanceof SystemError ? "(111)" : "(-2)"
      yield* process.error(
        name.endsWith("admin")
          ? `${name}: connect to server at '${host}' failed\nerror: 'Can't connect to MySQL server on '${host}:${PORT}' ${reason}'\n`
          : error instanceof SystemError
            ? `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}:${PORT}' ${reason}\n`
            : `ERROR 2005 (HY000): Unknown MySQL server host '${host}' (-2)\n`,
      )
      return undefined
    }
  }
  if (name.endsWith("admin")) {
    const reply = yield* ask(undefined, "")
    if (reply === undefined) return 1
    if (options.words[0] === "ping") yield* process.print("mysqld is alive\n")
    return 0
  }
  let database = options.database ?? options.words[0]
  const interactive = options.execute === undefined && process.tty !== undefined
  const show = function* (reply: Reply): Steps<number> {
    if ("refused" in reply) {
      yield* process.error(`${reply.refused}\n`)
      return 1
    }
    for (const outcome of reply.outcomes) {
      if (outcome.kind === "error") {
        yield* process.error(`${ERRORS[outcome.code](outcome.name)}\n`)
        return 1
      }
      if (outcome.kind === "rows")
        yield* process.print(
          interactive
            ? outcome.rows.length === 0
              ? "Empty set (0.00 sec)\n\n"
              : `${boxed(outcome.columns, outcome.rows)}${count(outcome.rows.length)} in set (0.00 sec)\n\n`
            : options.execute !== undefined && !options.batch && process.tty !== undefined
              ? boxed(outcome.columns, outcome.rows)
              : tabbed(options.batch ? [] : outcome.columns, outcome.rows).replace(/^\n/, ""),
        )
      else if (interactive)
        yield* process.print(outcome.kind === "use" ? "Database changed\n" : `Query OK, ${count(outcome.changed)} affected (0.01 sec)\n\n`)
    }
    if (reply.database !== undefined) database = reply.database
    return 0
  }
  if (options.execute !== undefined) {
    const reply = yield* ask(database, options.execute)
    return reply === undefined ? 1 : yield* show(reply)
  }
  const hello = yield* ask(database, "")
  if (hello === undefined || "refused" in hello) return hello === undefined ? 1 : yield* show(hello)
  if (interactive)
    yield* process.print(
      "Welcome to the MySQL monitor.  Commands end with ; or \\g.\nYour MySQL connection id is 8\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n",
    )
  let statement = ""
  for (;;) {
    if (interactive) yield* process.print(statement === "" ? "mysql> " : "    -> ")
    const line = yield* process.readLine(0)
    if (line === undefined || /^\s*(exit|quit|\\q)\s*;?\s*$/.test(line)) break
    statement += `${line}\n`
    if (!/;\s*$/.test(line)) continue
    const reply = yield* ask(database, statement)
    statement = ""
    if (reply === undefined) return 1
    const code = yield* show(reply)
    if (code !== 0 && !interactive) return code
  }
  if (interactive) yield* process.print("Bye\n")
  return 0
}

const image = (repository: string, flavour: "MySQL" | "MariaDB", latest: string, tags: readonly string[], memory: number): Image =>
  defineImage({
    repository,
    tags: ["latest", ...tags],
    sizeBytes: flavour === "MySQL" ? 253_000_000 : 117_000_000,
    entrypoint: ["docker-entrypoint.sh"],
    command: [flavour === "MySQL" ? "mysqld" : "mariadbd"],
    env: { [`${flavour.toUpperCase()}_VERSION`]: latest },
    versionEnv: `${flavour.toUpperCase()}_VERSION`,
    exposes: [PORT],
    idle: { memory, cpu: 4 },
    shell: flavour === "MySQL" ? "redhat" : "bash",
    files: [
      { path: "/usr/local/bin/docker-entrypoint.sh", program: server(flavour) },
      { path: "/usr/sbin/mysqld", program: server(flavour) },
      { path: "/usr/sbin/mariadbd", program: server(flavour) },
      ...["mysql", "mysqladmin", "mariadb", "mariadb-admin"].map((name) => ({ path: `/usr/bin/${name}`, program: client })),
      { path: "/var/lib/mysql" },
    ],
  })

export const mysql = image("mysql", "MySQL", "9.5.0", ["9", "9.*", "8", "8.*", "5.7*", "5.6*", "lts"], 370 * 1024 ** 2)
export const mariadb = image("mariadb", "MariaDB", "12.1.2", ["12*", "11*", "10*", "lts"], 95 * 1024 ** 2)
