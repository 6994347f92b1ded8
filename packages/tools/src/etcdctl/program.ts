/** etcdctl and etcdutl: the cluster's store from the command line. As etcd's etcdctl/ctlv3 and etcdutl. */
import type { Process, Program, Steps } from "@drydock/machine"
import type { Cluster } from "@drydock/kubernetes"
import { type Arguments, parseArguments } from "../arguments.ts"
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import { boxed, humanSize } from "../tables.ts"

const VERSION = "3.6.6"
const MEMBER = "8e9e05c52164694d"
/** How often a watch looks, ms. */
const WATCH_MS = 100
/** --command-timeout, ms. */
const TIMEOUT = 5_000
const SWITCHES = new Set(
  "prefix keys-only print-value-only count-only insecure-skip-tls-verify insecure-transport help h debug hex skip-hash-check from-key prev-kv".split(
    " ",
  ),
)

export interface EtcdDoor {
  etcd: Cluster["etcd"]
  /** Whether the server runs. */
  readonly running: boolean
  /** "172.30.1.2:2379" */
  address: string
}

/** etcd writes to /registry as protobuf; what is stored here is shown as JSON. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

/** A snapshot file's facts. Throws Error when it is none. */
const readSnapshot = (process: Process, path: string): { text: string; hash: string; revision: number; keys: number; size: number } => {
  if (!process.files.exists(path)) throw new Error(`stat ${path}: no such file or directory`)
  const text = process.files.readText(path)
  const space = text.indexOf(" ")
  try {
    const { revision, items } = JSON.parse(text.slice(space + 1)) as { revision: number; items: unknown[] }
    return { text, hash: text.slice(0, 8), revision, keys: items.length, size: text.length }
  } catch {
    throw new Error("invalid database")
  }
}

function* fail(process: Process, message: string): Steps<number> {
  yield* process.error(`Error: ${message}\n`)
  return 1
}

/** As the client's TLS set-up and dial: files that are not there fail at once, a server that does not let us in after the time-out. */
function* connect(process: Process, args: Arguments, door: EtcdDoor): Steps<string | undefined> {
  const setting = (name: string) => args.flag(name) ?? process.env.get(`ETCDCTL_${name.toUpperCase().replaceAll("-", "_")}`)
  const files = ["cacert", "cert", "key"].map((name) => setting(name))
  for (const file of files) if (file !== undefined && !process.files.exists(file)) return `open ${file}: no such file or directory`
  const endpoint = (setting("endpoints") ?? "127.0.0.1:2379").split(",")[0]
  const [host, port] = endpoint.replace(/^https?:\/\//, "").split(":")
  const own = ["127.0.0.1", "localhost", door.address.split(":")[0]].includes(host) && (port ?? "2379") === "2379"
  const trusted = (files[0] !== undefined || args.has("insecure-skip-tls-verify")) && files[1] !== undefined && files[2] !== undefined
  if (own && trusted && door.running) return undefined
  yield* process.sleep(TIMEOUT)
  const reason =
    own && door.running
      ? "error reading server preface: EOF"
      : `transport: Error while dialing: dial tcp ${host}:${port ?? 2379}: connect: connection refused`
  yield* process.error(
    `{"level":"warn","ts":"${new Date(Math.floor(process.now())).toISOString()}","logger":"etcd-client","caller":"v3@v${VERSION}/retry_interceptor.go:65","msg":"retrying of unary invoker failed","target":"etcd-endpoints://0xc0002b6000/${host}:${port ?? 2379}","attempt":0,"error":"rpc error: code = DeadlineExceeded desc = latest balancer error: last connection error: connection error: desc = \\"${reason}\\""}\n`,
  )
  return "context deadline exceeded"
}

function* snapshotStatus(process: Process, args: Arguments, path: string): Steps<number> {
  const { hash, revision, keys, size } = readSnapshot(process, path)
  const shown = [hash, String(revision), String(keys), humanSize(size, " "), VERSION]
  if ((args.flag("write-out", "w") ?? "simple") === "table")
    yield* process.print(boxed(["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE", "VERSION"], [shown]))
  else if (args.flag("write-out", "w") === "json")
    yield* process.print(
      `${JSON.stringify({ hash: Number.parseInt(hash, 16), revision, totalKey: keys, totalSize: size, version: VERSION })}\n`,
    )
  else yield* process.print(`${shown.join(", ")}\n`)
  return 0
}

function* snapshotRestore(process: Process, args: Arguments, path: string): Steps<number> {
  const { text } = readSnapshot(process, path)
  const directory = args.flag("data-dir") ?? `${args.flag("name") ?? "default"}.etcd`
  if (process.files.exists(directory) && process.files.list(directory).length > 0)
    return yield* fail(process, `data-dir "${directory}" not empty or could not be read`)
  process.files.mkdir(`${directory}/member/snap`, { parents: true })
  process.files.mkdir(`${directory}/member/wal`, { parents: true })
  process.files.write(`${directory}/member/snap/db`, text, { mode: 0o600 })
  const line = (message: string) =>
    `${new Date(Math.floor(process.now())).toISOString()}\tinfo\tsnapshot/v3_snapshot.go:305\t${message}\t{"path": "${path}", "wal-dir": "${directory}/member/wal", "data-dir": "${directory}", "snap-dir": "${directory}/member/snap"}\n`
  yield* process.error(line("restoring snapshot") + line("restored snapshot"))
  return 0
}

const endpointOf = (door: EtcdDoor): string => `https://${door.address}`

function* online(process: Process, args: Arguments, door: EtcdDoor): Steps<number> {
  const { words } = args
  const [command, second] = words
  const { etcd } = door
  const format = args.flag("write-out", "w") ?? "simple"
  const endpoint = args.flag("endpoints") ?? process.env.get("ETCDCTL_ENDPOINTS") ?? "127.0.0.1:2379"
  switch (`${command} ${second ?? ""}`.trim()) {
    case "member list": {
      const row = [MEMBER, "started", process.hostname, `https://${door.address.replace("2379", "2380")}`, endpointOf(door), "false"]
      yield* process.print(
        format === "table" ? boxed(["ID", "STATUS", "NAME", "PEER ADDRS", "CLIENT ADDRS", "IS LEARNER"], [row]) : `${row.join(", ")}\n`,
      )
      return 0
    }
    case "endpoint health":
      yield* format === "json"
        ? process.print(`${JSON.stringify([{ endpoint, health: true, took: "9.412376ms" }])}\n`)
        : format === "table"
          ? process.print(boxed(["ENDPOINT", "HEALTH", "TOOK", "ERROR"], [[endpoint, "true", "9.41ms", ""]]))
          : process.print(`${endpoint} is healthy: successfully committed proposal: took = 9.412376ms\n`)
      return 0
    case "endpoint status": {
      const row = [
        endpoint,
        MEMBER,
        VERSION,
        humanSize(Math.max(20_480, etcd.size), " "),
        "true",
        "false",
        "2",
        String(etcd.revision),
        String(etcd.revision),
        "",
      ]
      yield* process.print(
        format === "table"
          ? boxed(
              [
                "ENDPOINT",
                "ID",
                "VERSION",
                "DB SIZE",
                "IS LEADER",
                "IS LEARNER",
                "RAFT TERM",
                "RAFT INDEX",
                "RAFT APPLIED INDEX",
                "ERRORS",
              ],
              [row],
            )
          : `${row.join(", ")}\n`,
      )
      return 0
    }
  }
  switch (command) {
    case "snapshot": {
      const path = words[2]
      if (second !== "save" || path === undefined) return yield* fail(process, "snapshot save expects one argument")
      const line = (message: string) =>
        `{"level":"info","ts":"${new Date(Math.floor(process.now())).toISOString()}","caller":"snapshot/v3_snapshot.go:83","msg":"${message}","path":"${path}"}\n`
      const parent = path.slice(0, path.lastIndexOf("/")) || (path.startsWith("/") ? "/" : ".")
      if (!process.files.exists(parent)) {
        yield* process.error(`Error: could not open ${path}.part (open ${path}.part: no such file or directory)\n`)
        return 5
      }
      yield* process.error(line("created temporary db file") + line("fetching snapshot"))
      const text = etcd.snapshot()
      process.files.write(path, text, { mode: 0o600 })
      yield* process.error(line("saved"))
      yield* process.print(`Snapshot saved at ${path}\nServer version ${VERSION.replace(/\.\d+$/, ".0")}\n`)
      return 0
    }
    case "get": {
      const key = second ?? ""
      const range =
        args.has("prefix") || args.has("from-key") ? etcd.range(key).items : [etcd.get(key)].flatMap((found) => (found ? [found] : []))
      const limit = Number(args.flag("limit") ?? 0)
      const items = limit > 0 ? range.slice(0, limit) : range
      if (args.has("count-only")) {
        yield* process.print(`${range.length}\n`)
        return 0
      }
      if (format === "json") {
        const kvs = items.map((one) => ({
          key: encodeBase64(one.key),
          create_revision: 2,
          mod_revision: 2,
          version: 1,
          ...(!args.has("keys-only") && { value: encodeBase64(textOf(one.value)) }),
        }))
        const header = {
          cluster_id: 17_237_436_991_929_494_000,
          member_id: 10_276_657_743_932_975_000,
          revision: etcd.revision,
          raft_term: 2,
        }
        yield* process.print(`${JSON.stringify({ header, ...(kvs.length > 0 && { kvs }), count: range.length })}\n`)
        return 0
      }
      for (const { key: name, value } of items) {
        if (process.charge(1)) yield* process.yield()
        if (!args.has("print-value-only")) yield* process.print(`${name}\n`)
        yield* process.print(args.has("keys-only") ? "\n" : `${textOf(value)}\n`)
      }
      return 0
    }
    case "put":
      etcd.txn([], [{ op: "put", key: second ?? "", value: words[2] ?? "" }])
      yield* process.print("OK\n")
      return 0
    case "del": {
      const keys = args.has("prefix") ? etcd.range(second ?? "").items.map(({ key }) => key) : etcd.get(second ?? "") ? [second ?? ""] : []
      if (keys.length > 0)
        etcd.txn(
          [],
          keys.map((key) => ({ op: "delete", key })),
        )
      yield* process.print(`${keys.length}\n`)
      return 0
    }
    case "compact":
    case "compaction":
      etcd.compact(Number(second))
      yield* process.print(`compacted revision ${second}\n`)
      return 0
    case "defrag":
      yield* process.print(`Finished defragmenting etcd member[${endpoint}]. took 41.2ms\n`)
      return 0
    case "alarm":
      return 0
    case "watch": {
      const prefix = second ?? ""
      const from = args.has("prefix")
      const queue = process.queue()
      const seen: { type: string; key: string; value: unknown }[] = []
      let known = new Map(etcd.range(prefix).items.map(({ key, value }) => [key, value]))
      for (;;) {
        const now = new Map(
          (from ? etcd.range(prefix).items : [etcd.get(prefix)].flatMap((one) => (one ? [one] : []))).map(({ key, value }) => [key, value]),
        )
        for (const [key, value] of now) if (known.get(key) !== value && (from || key === prefix)) seen.push({ type: "PUT", key, value })
        for (const key of known.keys()) if (!now.has(key) && (from || key === prefix)) seen.push({ type: "DELETE", key, value: "" })
        known = now
        for (const { type, key, value } of seen.splice(0)) yield* process.print(`${type}\n${key}\n${textOf(value)}\n`)
        yield* process.wait({ queues: [queue], until: process.now() + WATCH_MS })
      }
    }
    case "lease":
      yield* process.print(
        second === "list" ? "found 0 leases\n" : second === "grant" ? `lease 694d8a1c9a0f5b0f granted with TTL(${words[2] ?? 60}s)\n` : "",
      )
      return 0
    case "user":
    case "role":
      if (second === "list") return 0
      return yield* fail(process, "etcdserver: authentication is not enabled")
    case "auth":
      yield* process.print("Authentication Status: false\nAuthRevision: 1\n")
      return 0
    case "check":
      yield* process.sleep(60_000)
      yield* process.print(
        " 60 / 60 Booooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooom  100.00% 1m0s\nPASS: Throughput is 150 writes/s\nPASS: Slowest request took 0.041772s\nPASS: Stddev is 0.001631s\nPASS\n",
      )
      return 0
    case "hashkv":
      yield* process.print(`${endpoint}, ${Number.parseInt(etcd.hash().slice(0, 8), 16)}, ${etcd.revision}\n`)
      return 0
    case "move-leader":
      return yield* fail(process, "no leader endpoint given at [127.0.0.1:2379]")
    default:
      return yield* fail(process, `unknown command ${JSON.stringify(command)} for "etcdctl"`)
  }
}

/** One program under both names; `door` is undefined on machines without etcd. */
export const etcdctlProgram = (name: "etcdctl" | "etcdutl", door: EtcdDoor): Program =>
  function* (process) {
    const args = parseArguments(process.argv.slice(1), SWITCHES)
    const [command, second, path] = args.words
    if (command === undefined) {
      yield* process.print(
        `NAME:\n\t${name} - A simple command line client for etcd3.\n\nUSAGE:\n\t${name} [flags]\n\nVERSION:\n\t${VERSION}\n\nAPI VERSION:\n\t3.6\n`,
      )
      return 0
    }
    if (command === "version") {
      yield* process.print(`${name} version: ${VERSION}\nAPI version: 3.6\n`)
      return 0
    }
    try {
      if (command === "snapshot" && second === "status" && path !== undefined) return yield* snapshotStatus(process, args, path)
      if (command === "snapshot" && second === "restore" && path !== undefined) return yield* snapshotRestore(process, args, path)
      const refused = yield* connect(process, args, door)
      if (refused !== undefined) return yield* fail(process, refused)
      return yield* online(process, args, door)
    } catch (error) {
      return yield* fail(process, (error as Error).message)
    }
  }
