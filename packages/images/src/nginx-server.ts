/** nginx as a process: its command line, configuration test, listening, reloads. As src/core/nginx.c and ngx_connection.c. */
import { type HttpRequest, type Process, type Program, type Steps, SystemError } from "@drydock/machine"
import { all, ConfigurationError, type Directive, find, readConfiguration } from "./nginx-config.ts"
import { portOf, Site, stamp, version } from "./nginx-site.ts"
import { untilSignal } from "./serving.ts"

const DEFAULT_PID = "/run/nginx.pid"
const BIND_ATTEMPTS = 5

/** A port that could not be had, in nginx's words. */
class BindError extends Error {}

interface Configuration {
  readonly http: readonly Directive[]
  readonly servers: readonly Directive[]
  readonly pid: string
  /** Where the user directive stands, "file:line"; undefined: nowhere. */
  readonly user: string | undefined
}

const load = (process: Process): Configuration => {
  const file = process.argv.includes("-c") ? (process.argv[process.argv.indexOf("-c") + 1] ?? "") : "/etc/nginx/nginx.conf"
  const main = readConfiguration(process, file)
  const http = find(main, "http")?.block ?? []
  const line = process.files
    .readText(file)
    .split("\n")
    .findIndex((one) => /^\s*user\s/.test(one))
  return {
    http,
    servers: all(http, "server"),
    pid: find(main, "pid")?.args[0] ?? DEFAULT_PID,
    user: line < 0 ? undefined : `${file}:${line + 1}`,
  }
}

/** Directories that the master makes before it serves. */
const CACHES = ["client_temp", "proxy_temp", "fastcgi_temp", "uwsgi_temp", "scgi_temp"]

const makeDirectories = (process: Process): void => {
  for (const name of CACHES) {
    const path = `/var/cache/nginx/${name}`
    if (process.files.exists(path)) continue
    try {
      process.files.mkdir(path)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      const why = error.code === "EROFS" ? "30: Read-only file system" : "13: Permission denied"
      throw new ConfigurationError(`mkdir() "${path}" failed (${why})`)
    }
  }
}

export const nginxProgram: Program = function* (process) {
  const args = process.argv.slice(1)
  if (args.includes("-v") || args.includes("-V")) {
    yield* process.error(`nginx version: nginx/${version(process)}\n`)
    return 0
  }
  if (args.includes("-s")) {
    if (process.pid !== 1 && !process.files.exists(DEFAULT_PID) && !process.files.exists("/tmp/nginx.pid")) {
      yield* process.error(`nginx: [error] open() "${DEFAULT_PID}" failed (2: No such file or directory)\n`)
      return 1
    }
    yield* process.error(`${stamp(process)} [notice] ${process.pid}#${process.pid}: signal process started\n`)
    const signal = { reload: "SIGHUP", quit: "SIGQUIT", stop: "SIGTERM", reopen: "SIGUSR1" } as const
    process.kill(1, signal[(args[args.indexOf("-s") + 1] ?? "reload") as keyof typeof signal] ?? "SIGHUP")
    return 0
  }
  const emergency = function* (error: unknown): Steps<number> {
    if (!(error instanceof ConfigurationError)) throw error
    yield* process.error(
      `${args.includes("-t") ? "" : `${stamp(process)} [emerg] ${process.pid}#${process.pid}: ${error.message}\n`}nginx: [emerg] ${error.message}\n`,
    )
    if (args.includes("-t")) yield* process.error("nginx: configuration file /etc/nginx/nginx.conf test failed\n")
    return 1
  }
  let pidFile = DEFAULT_PID
  try {
    const { user, pid } = load(process)
    pidFile = pid
    if (args.includes("-t")) {
      yield* process.error(
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n",
      )
      return 0
    }
    if (process.credentials.uid !== 0 && user) {
      const text = `the "user" directive makes sense only if the master process runs with super-user privileges, ignored in ${user}`
      yield* process.error(`${stamp(process)} [warn] ${process.pid}#${process.pid}: ${text}\nnginx: [warn] ${text}\n`)
    }
    makeDirectories(process)
  } catch (error) {
    return yield* emergency(error)
  }
  const counter = { served: 0 }
  const listeners: { close(): void }[] = []
  const open = (): void => {
    const { http, servers } = load(process)
    for (const listener of listeners.splice(0)) listener.close()
    const byPort = new Map<number, Directive[]>()
    for (const server of servers) {
      const listens = all(server.block ?? [], "listen")
      for (const port of new Set(listens.length > 0 ? listens.map(portOf) : [80])) byPort.set(port, [...(byPort.get(port) ?? []), server])
    }
    for (const [port, own] of byPort) {
      const sites = own.map((server) => new Site(process, http, server.block ?? [], port, counter))
      const handler = (request: HttpRequest) => {
        const host = (request.headers.host ?? "").split(":")[0]
        const named = sites.find((one) => find(one.server, "server_name")?.args.includes(host))
        return (named ?? sites[0]).serve(request)
      }
      try {
        listeners.push(process.network.serve(port, handler, { pid: process.pid }))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        for (const listener of listeners.splice(0)) listener.close()
        throw new BindError(
          `bind() to 0.0.0.0:${port} failed (${error.code === "EACCES" ? "13: Permission denied" : "98: Address already in use"})`,
        )
      }
    }
  }
  const told = function* (text: string): Steps<void> {
    yield* process.error(`${stamp(process)} [emerg] ${process.pid}#${process.pid}: ${text}\nnginx: [emerg] ${text}\n`)
  }
  // As ngx_open_listening_sockets: what is in use now may be free in a moment.
  for (let attempt = 1; ; attempt++) {
    try {
      open()
      break
    } catch (error) {
      if (!(error instanceof BindError)) return yield* emergency(error)
      yield* told(error.message)
      if (!error.message.includes("98:")) return 1
      yield* process.error(`${stamp(process)} [notice] ${process.pid}#${process.pid}: try again to bind() after 500ms\n`)
      yield* process.sleep(500)
      if (attempt < BIND_ATTEMPTS) continue
      yield* told("still could not bind()")
      return 1
    }
  }
  try {
    process.files.write(pidFile, `${process.pid}\n`)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return yield* emergency(
      new ConfigurationError(
        `open() "${pidFile}" failed (${error.code === "EROFS" ? "30: Read-only file system" : "13: Permission denied"})`,
      ),
    )
  }
  const notice = (text: string) => `${stamp(process)} [notice] ${process.pid}#${process.pid}: ${text}\n`
  yield* process.error(
    [
      'using the "epoll" event method',
      `nginx/${version(process)}`,
      "built by gcc 14.2.0 (Debian 14.2.0-19)",
      "OS: Linux 6.8.0-94-generic",
      "getrlimit(RLIMIT_NOFILE): 1048576:1048576",
      "start worker processes",
    ]
      .map(notice)
      .join(""),
  )
  process.argv = [`nginx: master process ${process.argv.join(" ")}`]
  let workers: Process[] = []
  /** Its processes for show: requests are answered by the listeners themselves. */
  const startWorkers = (): readonly number[] => {
    for (const worker of workers) process.kill(worker.pid, "SIGQUIT")
    const credentials = process.credentials.uid === 0 ? { uid: 101, gid: 101, groups: [101] } : process.credentials
    workers = Array.from({ length: WORKERS }, () =>
      process.spawn((worker) => untilSignal(worker, ["SIGTERM", "SIGQUIT"]), { argv: ["nginx: worker process"], credentials }),
    )
    return workers.map(({ pid }) => pid)
  }
  yield* process.error(
    startWorkers()
      .map((pid) => notice(`start worker process ${pid}`))
      .join(""),
  )
  const reloads = process.queue()
  const refused: string[] = []
  let asked = 0
  process.onSignal("SIGHUP", () => {
    asked++
    try {
      open()
      startWorkers()
    } catch (error) {
      if (!(error instanceof ConfigurationError || error instanceof BindError)) throw error
      refused.push(error.message)
    }
    reloads.wake()
  })
  let ended = false
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const)
    process.onSignal(signal, () => {
      ended = true
      reloads.wake()
    })
  for (let told = 0; !ended; ) {
    yield* process.wait({ queues: [reloads] })
    if (asked === told) continue
    told = asked
    yield* process.error(`${notice("signal 1 (SIGHUP) received, reconfiguring")}${notice("reconfiguring")}`)
    for (const problem of refused.splice(0)) yield* process.error(`${stamp(process)} [emerg] ${process.pid}#${process.pid}: ${problem}\n`)
  }
  return 0
}

/** worker_processes auto on a machine of two cores. */
const WORKERS = 2
