/** redis: a key-value store that answers its protocol's first commands. */
import type { Process, Steps, Stream } from "@drydock/machine"
import { defineImage } from "./define-image.ts"
import { untilSignal } from "./serving.ts"

const PORT = 6_379
const decoder = new TextDecoder()
const encoder = new TextEncoder()

const bulk = (text: string | undefined) => (text === undefined ? "$-1\r\n" : `$${encoder.encode(text).length}\r\n${text}\r\n`)

const run = (data: Map<string, string>, [command = "", ...args]: readonly string[]): string => {
  switch (command.toUpperCase()) {
    case "PING":
      return args[0] === undefined ? "+PONG\r\n" : bulk(args[0])
    case "ECHO":
      return bulk(args[0])
    case "SET":
      if (args.length < 2) return "-ERR wrong number of arguments for 'set' command\r\n"
      data.set(args[0], args[1])
      return "+OK\r\n"
    case "GET":
      return bulk(data.get(args[0]))
    case "DEL":
      return `:${args.filter((key) => data.delete(key)).length}\r\n`
    case "EXISTS":
      return `:${args.filter((key) => data.has(key)).length}\r\n`
    case "INCR": {
      const next = Number(data.get(args[0]) ?? 0) + 1
      if (!Number.isInteger(next)) return "-ERR value is not an integer or out of range\r\n"
      data.set(args[0], String(next))
      return `:${next}\r\n`
    }
    case "KEYS":
      return `*${data.size}\r\n${[...data.keys()].map(bulk).join("")}`
    case "COMMAND":
    case "CLIENT":
      return "*0\r\n"
    default:
      return `-ERR unknown command '${command}'\r\n`
  }
}

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

const server = function* (process: Process): Steps<number> {
  const data = new Map<string, string>()
  const say = (text: string) =>
    `${process.pid}:M ${new Date(Math.floor(process.now())).toISOString().slice(0, 19).replace("T", " ")} * ${text}\n`
  yield* process.print(
    say("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo") + say(`Server initialized`) + say("Ready to accept connections tcp"),
  )
  const listener = process.network.listen(PORT, { pid: process.pid })
  process.spawn(
    function* (acceptor) {
      for (;;) {
        const stream = listener.tryAccept()
        if (!stream) {
          yield* acceptor.wait({ queues: [listener.acceptQueue] })
          continue
        }
        acceptor.spawn(
          function* (client) {
            let pending = ""
            for (let text = yield* receive(client, stream); text !== undefined; text = yield* receive(client, stream)) {
              const { commands, rest } = parse(pending + text)
              pending = rest
              for (const command of commands) stream.tryWrite(encoder.encode(run(data, command)))
            }
            stream.destroy()
            return 0
          },
          { argv: process.argv },
        )
      }
    },
    { argv: process.argv },
  )
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
}

const show = (reply: string): string => {
  if (reply.startsWith("+")) return reply.slice(1).trimEnd()
  if (reply.startsWith("-")) return `(error) ${reply.slice(1).trimEnd()}`
  if (reply.startsWith(":")) return `(integer) ${reply.slice(1).trimEnd()}`
  if (reply.startsWith("$-1")) return "(nil)"
  if (reply.startsWith("$")) return JSON.stringify(reply.split("\r\n")[1])
  const items = reply.split("\r\n").filter((line) => line !== "" && !/^[*$]/.test(line))
  return items.length === 0 ? "(empty array)" : items.map((item, index) => `${index + 1}) ${JSON.stringify(item)}`).join("\n")
}

const client = function* (process: Process): Steps<number> {
  const args = process.argv.slice(1)
  let host = "127.0.0.1"
  while (args[0]?.startsWith("-")) {
    const flag = args.shift()
    if (flag === "-h") host = args.shift() ?? host
    else if (flag === "-p" || flag === "-a" || flag === "-n") args.shift()
  }
  const [record] = yield* process.network.lookup(host)
  let stream: Stream
  try {
    if (!record) throw new Error("Name or service not known")
    stream = yield* process.network.connect(record.value, PORT)
  } catch (error) {
    yield* process.error(`Could not connect to Redis at ${host}:${PORT}: ${(error as Error).message}\n`)
    return 1
  }
  const ask = function* (words: readonly string[]): Steps<void> {
    stream.tryWrite(encoder.encode(`*${words.length}\r\n${words.map(bulk).join("")}`))
    const reply = yield* receive(process, stream)
    yield* process.print(`${show(reply ?? "-connection closed\r\n")}\n`)
  }
  if (args.length > 0) yield* ask(args)
  else
    for (
      let line = yield* process.readLine(0);
      line !== undefined && line !== "exit" && line !== "quit";
      line = yield* process.readLine(0)
    ) {
      const words = line.trim().split(/\s+/).filter(Boolean)
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
