/** mongo: a document database that keeps collections, with mongosh. */
import { type Process, type Program, SystemError } from "@drydock/machine"
import { defineImage } from "./define-image.ts"
import { acceptLines, connectLines } from "./line-server.ts"
import { untilSignal } from "./serving.ts"

const PORT = 27_017
const FILE = "/data/db/collections.json"

type Collections = Record<string, Record<string, unknown>[]>

/** One of the calls that a first lesson makes: db.runCommand, insertOne, find, countDocuments, show. */
const run = (collections: Collections, text: string): { answer: string; changed: boolean } => {
  const line = text.trim().replace(/;$/, "")
  const still = (answer: string) => ({ answer, changed: false })
  if (/^db\.(runCommand|adminCommand)\(\s*(\{\s*['"]?ping|['"]ping)/.test(line)) return still("{ ok: 1 }")
  if (/^(show dbs|show databases)$/.test(line)) return still("admin   40.00 KiB\nconfig  12.00 KiB\nlocal   40.00 KiB")
  if (/^show (collections|tables)$/.test(line)) return still(Object.keys(collections).sort().join("\n"))
  if (line === "db" || line === "db.getName()") return still("test")
  if (line === "db.version()") return still("8.2.3")
  if (/^use \w+$/.test(line)) return still(`switched to db ${line.slice(4)}`)
  const call = /^db\.(\w+)\.(insertOne|insertMany|find|findOne|countDocuments|deleteMany|drop)\((.*)\)$/s.exec(line)
  if (!call) return still(line === "" ? "" : `SyntaxError: Unexpected token (1:0)`)
  const [, name, method, argument] = call
  const documents = collections[name] ?? []
  const json = argument.replace(/([{,]\s*)([A-Za-z_]\w*)\s*:/g, '$1"$2":').replaceAll("'", '"')
  const show = (document: Record<string, unknown>) =>
    JSON.stringify(document, null, 2)
      .replace(/"([A-Za-z_]\w*)":/g, "$1:")
      .replaceAll('"', "'")
  try {
    switch (method) {
      case "insertOne":
      case "insertMany": {
        const given = JSON.parse(json || "{}") as Record<string, unknown> | Record<string, unknown>[]
        const added = (Array.isArray(given) ? given : [given]).map((one, index) => ({ _id: documents.length + index + 1, ...one }))
        collections[name] = [...documents, ...added]
        return { answer: "{ acknowledged: true }", changed: true }
      }
      case "deleteMany":
      case "drop":
        delete collections[name]
        return { answer: method === "drop" ? "true" : `{ acknowledged: true, deletedCount: ${documents.length} }`, changed: true }
      case "countDocuments":
        return still(String(documents.length))
      case "findOne":
        return still(documents[0] ? show(documents[0]) : "null")
      default:
        return still(documents.length === 0 ? "" : `[\n${documents.map(show).join(",\n")}\n]`)
    }
  } catch {
    return still("SyntaxError: Unexpected token (1:0)")
  }
}

const line = (process: Process, component: string, message: string): string =>
  `${JSON.stringify({ t: { $date: new Date(Math.floor(process.now())).toISOString().replace("Z", "+00:00") }, s: "I", c: component, id: 23016, ctx: "listener", msg: message })}\n`

const server: Program = function* (process) {
  yield* process.print(line(process, "CONTROL", "MongoDB starting"))
  if (!process.files.exists("/data/db")) process.files.mkdir("/data/db", { parents: true })
  const collections = process.files.exists(FILE) ? (JSON.parse(process.files.readText(FILE)) as Collections) : {}
  acceptLines(process, PORT, () => ({
    answer(text) {
      const { answer, changed } = run(collections, JSON.parse(text) as string)
      if (changed) process.files.write(FILE, JSON.stringify(collections))
      return `${JSON.stringify(answer)}\n`
    },
  }))
  yield* process.print(line(process, "NETWORK", "Waiting for connections"))
  return yield* untilSignal(process, ["SIGTERM", "SIGINT"])
}

/** Statements of a line, by the semicolons outside of quotes. */
const statements = (code: string): string[] => {
  const parts = [""]
  let quote = ""
  for (const character of code) {
    if (quote === "" && character === ";") {
      parts.push("")
      continue
    }
    if (character === quote) quote = ""
    else if (quote === "" && "\"'`".includes(character)) quote = character
    parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim()).filter(Boolean)
}

const client: Program = function* (process) {
  const args = process.argv.slice(1)
  const flag = args.findIndex((word) => word === "--eval" || word.startsWith("--eval="))
  const code = flag < 0 ? undefined : args[flag].startsWith("--eval=") ? args[flag].slice(7) : args[flag + 1]
  const hostFlag = args.indexOf("--host")
  const address = hostFlag >= 0 ? args[hostFlag + 1] : args.find((word) => !word.startsWith("-") && word !== code)
  const [, host = "127.0.0.1", port = String(PORT)] = /^(?:mongodb:\/\/)?(?:[^@]*@)?([\w.-]+)(?::(\d+))?/.exec(address ?? "") ?? []
  try {
    const connection = yield* connectLines(process, host === "test" || host === "admin" ? "127.0.0.1" : host, Number(port))
    const say = function* (text: string) {
      const answer = yield* connection.ask(JSON.stringify(text))
      const shown = answer === undefined ? "" : (JSON.parse(answer) as string)
      if (shown !== "") yield* process.print(`${shown}\n`)
    }
    if (code !== undefined) {
      // Of several statements the last one's value is shown.
      const parts = statements(code)
      for (const [at, part] of parts.entries())
        if (at === parts.length - 1) yield* say(part)
        else yield* connection.ask(JSON.stringify(part))
    } else
      for (;;) {
        if (process.tty) yield* process.print("test> ")
        const text = yield* process.readLine(0)
        if (text === undefined || /^\s*(exit|quit)(\(\))?;?\s*$/.test(text)) break
        yield* say(text)
      }
    connection.close()
    return 0
  } catch (error) {
    if (!(error instanceof SystemError) && !(error instanceof Error)) throw error
    const why = error instanceof SystemError ? `connect ECONNREFUSED ${host}:${port}` : `getaddrinfo ENOTFOUND ${host}`
    yield* process.error(`MongoNetworkError: ${why}\n`)
    return 1
  }
}

export const mongo = defineImage({
  repository: "mongo",
  tags: ["latest", "8*", "7*", "6*", "5*", "4*", "3*"],
  sizeBytes: 280_000_000,
  entrypoint: ["docker-entrypoint.sh"],
  command: ["mongod"],
  exposes: [PORT],
  idle: { memory: 110 * 1024 ** 2, cpu: 5 },
  shell: "ubuntu",
  files: [
    {
      path: "/usr/local/bin/docker-entrypoint.sh",
      mode: 0o755,
      content: '#!/bin/sh\nset -e\nif [ "${1#-}" != "$1" ] || [ "${1%.conf}" != "$1" ]; then\n\tset -- mongod "$@"\nfi\nexec "$@"\n',
    },
    { path: "/usr/bin/mongod", program: server },
    { path: "/usr/bin/mongosh", program: client },
    { path: "/usr/bin/mongo", program: client },
    { path: "/data/db" },
  ],
})
