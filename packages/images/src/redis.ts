/** redis: a key-value store that answers its protocol's first commands. */
import { type Process, type Steps, type Stream, SystemError } from "@drydock/machine"
import { defineImage } from "./define-image.ts"
import { answerCommand, dumpText, loadDump, type Served } from "./redis-commands.ts"
import { untilSignal } from "./serving.ts"

const PORT = 6_379
const LATEST = "8.4.0"
const decoder = new TextDecoder()
const encoder = new TextEncoder()

const bulk = (text: string | undefined) => (text === undefined ? "$-1\r\n" : `$${encoder.encode(text).length}\r\n${text}\r\n`)

/** Commands at the start of `text` (RESP arrays, or inline words), and what is left. */
const parse = (text: string): { commands: string[][]; rest: string } => {
  const commands: string[][] = []
  let rest = text
  for (;;) {
    if (rest.startsWith("*")) {
      const lines = rest.split("\r\n")
      const count = Number(lines[0].slice(1))
      if (lines.length < 1 + count * 2 + 1) return { commands, rest }
      commands.push(Array.from({ length: count }, (_, index) => lines[2 + index * 2]))
      rest = lines.slice(1 + count * 2).join("\r\n")
    } else {
      const end = rest.indexOf("\n")
      if (end < 0) return { commands, rest }
      const words = rest.slice(0, end).trim().split(/\s+/).filter(Boolean)
      if (words.length > 0) commands.push(words)
      rest = rest.slice(end + 1)
    }
  }
}

function* receive(process: Process, stream: Stream): Steps<string | undefined> {
  for (;;) {
    const bytes = stream.tryRead()
    if (bytes) return bytes.length === 0 ? undefined : decoder.decode(bytes)
    yield* process.wait({ queues: [stream.readQueue] })
  }
}

const DUMP = "dump.rdb"
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** "05 Jan 2026 08:00:12.123". */
const stamp = (at: number): string => {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T([\d:.]+)Z/.exec(new Date(Math.floor(at)).toISOString()) ?? []
  return `${day} ${MONTHS[Number(month) - 1]} ${year} ${time}`
}

/** Settings of the command line (--maxmemory 2mb) and of the file that is its first word. */
const settingsOf = (process: Process): Map<string, string> => {
  const settings = new Map([
    ["port", String(PORT)],
    ["dir", process.cwd],
    ["save", "3600 1 300 100 60 10000"],
    ["appendonly", "no"],
    ["maxmemory", "0"],
    ["maxmemory-policy", "noeviction"],
    ["requirepass", ""],
  ])
  const args = process.argv.slice(1)
  const file = args[0] !== undefined && !args[0].startsWith("-") ? args.shift() : undefined
  const lines = file !== undefined && process.files.access(file, { read: true }) ? process.files.readText(file).split("\n") : []
  for (const line of lines) {
    const [name, ...words] = line.trim().split(/\s+/)
    if (name && !name.startsWith("#")) settings.set(name.toLowerCase(), words.join(" "))
  }
  for (let at = 0; at < args.length; at++) if (args[at].startsWith("--")) settings.set(args[at].slice(2).toLowerCase(), args[at + 1] ?? "")
  return settings
}

const server = function* (process: Process): Steps<number> {
  const settings = settingsOf(process)
  const version = process.env.get("REDIS_VERSION") ?? LATEST
  const port = Number(settings.get("port"))
  const path = `${settings.get("dir")?.replace(/\/$/, "")}/${DUMP}`
  const line = (role: "C" | "M", mark: string, text: string) => `${process.pid}:${role} ${stamp(process.now())} ${mark} ${text}\n`
  const loaded = process.files.access(path, { read: true }) ? loadDump(process.files.readText(path)) : undefined
  const database = loaded ?? { values: new Map(), expires: new Map() }
  const save = (): void => {
    try {
      process.files.write(path, dumpText(database))
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }
  yield* process.print(
    [
      line("C", "*", "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo"),
      line("C", "*", `Redis version=${version}, bits=64, commit=00000000, modified=0, pid=${process.pid}, just started`),
      process.argv.length > 1
        ? line("C", "*", "Configuration loaded")
        : line(
            "C",
            "#",
            "Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf",
          ),
      line("M", "*", "monotonic clock: POSIX clock_gettime"),
      line("M", "*", `Running mode=standalone, port=${port}.`),
      line("M", "*", "Server initialized"),
      ...(loaded ? [line("M", "*", `Done loading RDB, keys loaded: ${loaded.values.size}, keys expired: 0.`)] : []),
      line("M", "*", "Ready to accept connections tcp"),
    ].join(""),
  )
  const served: Served = { database, settings, version, pid: process.pid, port, startedAt: process.now(), now: () => process.now(), save }
  const listener = process.network.listen(port, { pid: process.pid })
  const talk = (stream: Stream) =>
    function* (client: Process): Steps<number> {
      let pending = ""
      let known = false
      for (let text = yield* receive(client, stream); text !== undefined; text = yield* receive(client, stream)) {
        const { commands, rest } = parse(pending + text)
        pending = rest
        for (const command of commands) {
          const password = settings.get("requirepass") ?? ""
          const name = command[0]?.toUpperCase()
          let answer: string
          if (name === "AUTH" && password !== "") {
            known = command.at(-1) === password
            answer = known ? "+OK\r\n" : "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
          } else if (password !== "" && !known && name !== "QUIT") answer = "-NOAUTH Authentication required.\r\n"
          else answer = answerCommand(served, command)
          if (settings.get("appendonly") === "yes") save()
          stream.tryWrite(encoder.encode(answer))
        }
      }
      stream.destroy()
      return 0
    }
  process.spawn(
    function* (acceptor) {
      for (;;) {
        const stream = listener.tryAccept()
        if (stream) acceptor.spawn(talk(stream), { argv: process.argv })
        else yield* acceptor.wait({ queues: [listener.acceptQueue] })
      }
    },
    { argv: process.argv },
  )
  yield* untilSignal(process, ["SIGTERM", "SIGINT"])
  yield* process.print(
    `${line("M", "*", "User requested shutdown...")}${line("M", "*", "Saving the final RDB snapshot before exiting.")}${line("M", "*", "DB saved on disk")}${line("M", "#", "Redis is now ready to exit, bye bye...")}`,
  )
  save()
  return 0
}

/** As on a terminal; what is no terminal gets replies raw. */
const show = (reply: string): string => {
  if (reply.startsWith("+")) return reply.slice(1).trimEnd()
  if (reply.startsWith("-")) return `(error) ${reply.slice(1).trimEnd()}`
  if (reply.startsWith(":")) return `(integer) ${reply.slice(1).trimEnd()}`
  if (reply.startsWith("$-1")) return "(nil)"
  if (reply.startsWith("$")) return JSON.stringify(reply.slice(reply.indexOf("\r\n") + 2, -2))
  const items = reply.split("\r\n").filter((line) => line !== "" && !/^[*$]/.test(line))
  return items.length === 0 ? "(empty array)" : items.map((item, index) => `${index + 1}) ${JSON.stringify(item)}`).join("\n")
}

const raw = (reply: string): string => {
  if (/^[+:-]/.test(reply)) return `${reply.slice(1).trimEnd()}${reply.startsWith("-") ? "\n" : ""}`
  if (reply.startsWith("$-1")) return ""
  if (reply.startsWith("$")) return reply.slice(reply.indexOf("\r\n") + 2, -2)
  return reply
    .split("\r\n")
    .filter((line) => line !== "" && !/^[*$]/.test(line))
    .map((line) => line.replace(/^:/, ""))
    .join("\n")
}

const client = function* (process: Process): Steps<number> {
  const args = process.argv.slice(1)
  let host = "127.0.0.1"
  let port = PORT
  let password = process.env.get("REDISCLI_AUTH")
  let pretty = process.fds.get(1)?.kind === "tty"
  while (args[0]?.startsWith("-")) {
    const flag = args.shift()
    if (flag === "-h") host = args.shift() ?? host
    else if (flag === "-p") port = Number(args.shift() ?? PORT)
    else if (flag === "-a" || flag === "--pass") {
      password = args.shift()
      yield* process.error("Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n")
    } else if (flag === "-n") args.shift()
    else if (flag === "--raw") pretty = false
    else if (flag === "--no-raw") pretty = true
    else if (flag === "-v" || flag === "--version") {
      yield* process.print(`redis-cli ${process.env.get("REDIS_VERSION") ?? LATEST}\n`)
      return 0
    }
  }
  const [record] = yield* process.network.lookup(host)
  let stream: Stream
  try {
    if (!record) throw new Error("Name or service not known")
    stream = yield* process.network.connect(record.value, port)
  } catch (error) {
    yield* process.error(`Could not connect to Redis at ${host}:${port}: ${(error as Error).message}\n`)
    return 1
  }
  const exchange = function* (words: readonly string[]): Steps<string> {
    stream.tryWrite(encoder.encode(`*${words.length}\r\n${words.map(bulk).join("")}`))
    return (yield* receive(process, stream)) ?? "-Error: Server closed the connection\r\n"
  }
  const ask = function* (words: readonly string[]): Steps<void> {
    const reply = yield* exchange(words)
    yield* process.print(`${pretty ? show(reply) : raw(reply)}\n`)
  }
  if (password !== undefined) {
    const reply = yield* exchange(["AUTH", password])
    if (reply.startsWith("-")) yield* process.error(`AUTH failed: ${reply.slice(1).trimEnd()}\n`)
  }
  if (args.length > 0) yield* ask(args)
  else
    for (;;) {
      if (process.tty) yield* process.print(`${host}:${port}> `)
      const line = yield* process.readLine(0)
      if (line === undefined || /^(exit|quit)$/i.test(line.trim())) break
      const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
        ([, double, single, plain]) => double ?? single ?? plain ?? "",
      )
      if (words.length > 0) yield* ask(words)
    }
  stream.destroy()
  return 0
}

export const redis = defineImage({
  repository: "redis",
  aliases: [
    "bitnami/redis",
    "registry.k8s.io/redis",
    "us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower",
    "gcr.io/google_samples/gb-redis-follower",
  ],
  tags: ["latest", "alpine*", "7*", "8*", "6*", "5*", "v1", "v2", "e2e"],
  sizeBytes: 44_300_000,
  entrypoint: ["docker-entrypoint.sh"],
  command: ["redis-server"],
  env: { REDIS_VERSION: LATEST },
  versionEnv: "REDIS_VERSION",
  workingDirectory: "/data",
  exposes: [PORT],
  shell: "debian",
  files: [
    {
      path: "/usr/local/bin/docker-entrypoint.sh",
      mode: 0o755,
      content: '#!/bin/sh\nset -e\nif [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then\n\tset -- redis-server "$@"\nfi\nexec "$@"\n',
    },
    { path: "/usr/local/bin/redis-server", program: server },
    { path: "/usr/local/bin/redis-cli", program: client },
    { path: "/data" },
  ],
})
