/** `drydock lesson preview`: Drydock started with one lesson alone, which it shows as it is being written. */
import { spawn } from "node:child_process"
import { existsSync, statSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { type Command, UsageError } from "../command.ts"

/** The repository that this program is part of. */
const root = (): string => {
  let directory = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(directory, "scripts/start.mjs"))) {
    if (dirname(directory) === directory) throw new UsageError("lesson preview works in Drydock's repository alone")
    directory = dirname(directory)
  }
  return directory
}

/** A preview keeps what it needs beside that of the application, so that both can run. */
const DATA = ".drydock/preview"

export const previewLesson = ({ options }: Parameters<Command["run"]>[0], [path, ...more]: readonly string[]): Promise<number> => {
  if (path === undefined || more.length > 0) throw new UsageError("lesson preview takes one lesson's folder")
  const directory = resolve(path)
  if (!existsSync(directory) || !statSync(directory).isDirectory()) throw new UsageError(`there is no folder ${path}`)
  const port = typeof options.port === "string" ? options.port : "3001"
  if (!/^\d{1,5}$/.test(port)) throw new UsageError(`--port takes a number, not "${port}"`)
  const place = root()
  const child = spawn(process.execPath, [join(place, "scripts/start.mjs")], {
    cwd: place,
    stdio: "inherit",
    // In a group of its own: a ^C reaches it once, from here. Told twice it would not wait for its programs to end.
    detached: true,
    env: { ...process.env, DRYDOCK_PREVIEW: directory, DRYDOCK_DATA: join(place, DATA), DATABASE_URL: "", DRYDOCK_URL: "", PORT: port },
  })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal))
  return new Promise((done) => child.on("close", (code) => done(code ?? 1)))
}
