/** What the SQL servers share: a data directory that outlives them, and clients with a batch and an interactive mode. */
import type { Process, Steps } from "@drydock/machine"
import { acceptLines, connectLines } from "./line-server.ts"
import { type Databases, type Outcome, runSql } from "./sql.ts"

export interface Request {
  user: string
  password: string
  database?: string
  sql?: string
}

export type Reply = { outcomes: Outcome[]; database?: string } | { refused: string }

/** Reads the data directory, or lays it out. */
export const openData = (process: Process, file: string, initial: readonly string[]): Databases => {
  if (process.files.exists(file)) return JSON.parse(process.files.readText(file)) as Databases
  return Object.fromEntries(initial.map((name) => [name, {}]))
}

export const isFirstStart = (process: Process, file: string): boolean => !process.files.exists(file)

/** Serves requests as JSON lines. `admit` says why a user may not come in. */
export const serveSql = (
  process: Process,
  options: { port: number; file: string; data: Databases; admit: (request: Request, remote: boolean) => string | undefined },
): void => {
  const { data, file } = options
  const save = () => process.files.write(file, JSON.stringify(data), { mode: 0o640 })
  save()
  acceptLines(process, options.port, () => ({
    answer(line) {
      let request: Request
      try {
        request = JSON.parse(line) as Request
      } catch {
        return undefined
      }
      const refused = options.admit(request, true)
      if (refused !== undefined) return `${JSON.stringify({ refused } satisfies Reply)}\n`
      let { database } = request
      const outcomes: Outcome[] = []
      if (database !== undefined && !data[database]) outcomes.push({ kind: "error", code: "unknown-database", name: database })
      else
        for (const statement of splitStatements(request.sql ?? "")) {
          const outcome = runSql(data, database, statement)
          outcomes.push(outcome)
          if (outcome.kind === "use") database = outcome.database
          if (outcome.kind === "error") break
        }
      if (outcomes.some(({ kind }) => kind === "done")) save()
      return `${JSON.stringify({ outcomes, ...(database !== undefined && { database }) } satisfies Reply)}\n`
    },
  }))
}

/** At semicolons outside of quotes. */
export const splitStatements = (sql: string): string[] =>
  (sql.match(/(?:'(?:[^'\\]|\\.)*'|"[^"]*"|[^;'"])+/g) ?? []).map((statement) => statement.trim()).filter((statement) => statement !== "")

/** One request to a server. Throws SystemError or Error when it cannot be reached. */
export function* askSql(process: Process, host: string, port: number, request: Request): Steps<Reply> {
  const client = yield* connectLines(process, host, port)
  const answer = yield* client.ask(JSON.stringify(request))
  client.close()
  if (answer === undefined) throw new Error("server closed the connection unexpectedly")
  return JSON.parse(answer) as Reply
}
