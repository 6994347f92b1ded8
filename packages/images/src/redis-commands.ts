/** The commands of redis that courses type: strings, counters, lists, hashes, sets, expiry, and what the server says of itself. As src/t_*.c and src/server.c. */

export type Value =
  | { readonly kind: "string"; text: string }
  | { readonly kind: "list"; readonly items: string[] }
  | { readonly kind: "hash"; readonly fields: Map<string, string> }
  | { readonly kind: "set"; readonly members: Set<string> }

export interface Database {
  readonly values: Map<string, Value>
  /** When a key goes, virtual ms. */
  readonly expires: Map<string, number>
}

export interface Served {
  readonly database: Database
  readonly settings: Map<string, string>
  readonly version: string
  readonly pid: number
  readonly port: number
  /** Virtual ms. */
  readonly startedAt: number
  now(): number
  /** Writes everything to disk. */
  save(): void
}

const bytes = (text: string): number => new TextEncoder().encode(text).length
const bulk = (text: string | undefined): string => (text === undefined ? "$-1\r\n" : `$${bytes(text)}\r\n${text}\r\n`)
const list = (items: readonly string[]): string => `*${items.length}\r\n${items.map(bulk).join("")}`
const number = (value: number): string => `:${value}\r\n`
const error = (text: string): string => `-${text}\r\n`
const OK = "+OK\r\n"
const WRONG = error("WRONGTYPE Operation against a key holding the wrong kind of value")
const NOT_INTEGER = error("ERR value is not an integer or out of range")

/** Stars and question marks, as stringmatchlen; bounded by the lengths of both. */
const matches = (pattern: string, text: string): boolean => {
  let [at, star, mark] = [0, -1, 0]
  let place = 0
  while (at < text.length) {
    if (pattern[place] === "*") {
      star = place++
      mark = at
    } else if (pattern[place] === "?" || pattern[place] === text[at]) {
      place++
      at++
    } else if (star >= 0) {
      place = star + 1
      at = ++mark
    } else return false
  }
  while (pattern[place] === "*") place++
  return place === pattern.length
}

/** Negative places count from the end. */
const slice = (items: readonly string[], from: number, to: number): readonly string[] =>
  items.slice(from < 0 ? Math.max(0, items.length + from) : from, (to < 0 ? items.length + to : to) + 1)

class Call {
  readonly served: Served
  readonly args: readonly string[]
  constructor(served: Served, args: readonly string[]) {
    this.served = served
    this.args = args
  }

  value(key = this.args[0]): Value | undefined {
    const { values, expires } = this.served.database
    const until = expires.get(key)
    if (until !== undefined && until <= this.served.now()) {
      values.delete(key)
      expires.delete(key)
    }
    return values.get(key)
  }

  put(value: Value): void {
    this.served.database.values.set(this.args[0], value)
  }

  /** The value of a kind, made when the key is free; undefined: it is of another. */
  of<K extends Value["kind"]>(kind: K, make: () => Extract<Value, { kind: K }>): Extract<Value, { kind: K }> | undefined {
    const found = this.value()
    if (!found) {
      const made = make()
      this.put(made)
      return made
    }
    return found.kind === kind ? (found as Extract<Value, { kind: K }>) : undefined
  }

  keys(): string[] {
    return [...this.served.database.values.keys()].filter((key) => this.value(key) !== undefined)
  }
}

const add = (call: Call, by: number): string => {
  const found = call.value()
  if (found && found.kind !== "string") return WRONG
  const before = found?.text ?? "0"
  if (!/^-?\d{1,18}$/.test(before) || !Number.isSafeInteger(by)) return NOT_INTEGER
  const text = String(Number(before) + by)
  call.put({ kind: "string", text })
  return number(Number(text))
}

const push = (call: Call, left: boolean): string => {
  const found = call.of("list", () => ({ kind: "list", items: [] }))
  if (!found) return WRONG
  for (const item of call.args.slice(1)) {
    if (left) found.items.unshift(item)
    else found.items.push(item)
  }
  return number(found.items.length)
}

const pop = (call: Call, left: boolean): string => {
  const found = call.value()
  if (!found) return bulk(undefined)
  if (found.kind !== "list") return WRONG
  const item = left ? found.items.shift() : found.items.pop()
  if (found.items.length === 0) call.served.database.values.delete(call.args[0])
  return bulk(item)
}

const set = (call: Call): string => {
  const [key, text, ...options] = call.args
  const flags = options.map((one) => one.toUpperCase())
  if (flags.includes("NX") && call.value()) return bulk(undefined)
  if (flags.includes("XX") && !call.value()) return bulk(undefined)
  const { values, expires } = call.served.database
  values.set(key, { kind: "string", text })
  expires.delete(key)
  const at = flags.findIndex((one) => one === "EX" || one === "PX")
  if (at >= 0) {
    const span = Number(options[at + 1])
    if (!Number.isInteger(span) || span <= 0) return error("ERR invalid expire time in 'set' command")
    expires.set(key, call.served.now() + span * (flags[at] === "EX" ? 1_000 : 1))
  }
  return OK
}

const info = ({ served, args }: Call): string => {
  const seconds = Math.floor((served.now() - served.startedAt) / 1_000)
  const { values, expires } = served.database
  const sections: Readonly<Record<string, readonly string[]>> = {
    Server: [
      `redis_version:${served.version}`,
      "redis_mode:standalone",
      "os:Linux 6.8.0-94-generic x86_64",
      "arch_bits:64",
      `process_id:${served.pid}`,
      `tcp_port:${served.port}`,
      `uptime_in_seconds:${seconds}`,
      `uptime_in_days:${Math.floor(seconds / 86_400)}`,
    ],
    Clients: ["connected_clients:1", "maxclients:10000", "blocked_clients:0"],
    Memory: ["used_memory:1048576", "used_memory_human:1.00M", `maxmemory:${served.settings.get("maxmemory") ?? "0"}`],
    Persistence: ["loading:0", "rdb_bgsave_in_progress:0", `aof_enabled:${served.settings.get("appendonly") === "yes" ? 1 : 0}`],
    Replication: ["role:master", "connected_slaves:0", "master_repl_offset:0"],
    Keyspace: values.size > 0 ? [`db0:keys=${values.size},expires=${expires.size},avg_ttl=0,subexpiry=0`] : [],
  }
  const only = args[0]?.toLowerCase()
  return Object.entries(sections)
    .filter(([name]) => only === undefined || name.toLowerCase() === only)
    .map(([name, lines]) => `# ${name}\r\n${lines.map((line) => `${line}\r\n`).join("")}`)
    .join("\r\n")
}

const config = (call: Call): string => {
  const [verb = "", name = "", text = ""] = call.args
  const { settings } = call.served
  if (verb.toUpperCase() === "GET") return list([...settings].filter(([key]) => matches(name.toLowerCase(), key)).flat())
  if (verb.toUpperCase() !== "SET") return OK
  if (!settings.has(name.toLowerCase())) return error(`ERR Unknown option or number of arguments for CONFIG SET - '${name}'`)
  settings.set(name.toLowerCase(), text)
  return OK
}

interface Defined {
  /** Arguments at least. */
  readonly least: number
  run(call: Call): string
}

const reads = <K extends Value["kind"]>(
  least: number,
  kind: K,
  empty: string,
  answer: (value: Extract<Value, { kind: K }>, args: readonly string[]) => string,
): Defined => ({
  least,
  run(call) {
    const found = call.value()
    if (!found) return empty
    return found.kind === kind ? answer(found as Extract<Value, { kind: K }>, call.args) : WRONG
  },
})

const command = (least: number, run: (call: Call) => string): Defined => ({ least, run })

const COMMANDS: Readonly<Record<string, Defined>> = {
  PING: command(0, ({ args }) => (args[0] === undefined ? "+PONG\r\n" : bulk(args[0]))),
  ECHO: command(1, ({ args }) => bulk(args[0])),
  SELECT: command(1, () => OK),
  AUTH: command(1, () =>
    error("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"),
  ),
  QUIT: command(0, () => OK),
  COMMAND: command(0, () => list([])),
  CLIENT: command(0, () => OK),
  SET: command(2, set),
  SETNX: command(2, (call) => {
    if (call.value()) return number(0)
    set(call)
    return number(1)
  }),
  SETEX: command(3, ({ served, args: [key, span, text] }) => set(new Call(served, [key, text, "EX", span]))),
  GET: reads(1, "string", bulk(undefined), ({ text }) => bulk(text)),
  MSET: command(2, ({ served, args }) => {
    for (let at = 0; at + 1 < args.length; at += 2) set(new Call(served, [args[at], args[at + 1]]))
    return OK
  }),
  MGET: command(
    1,
    (call) =>
      `*${call.args.length}\r\n${call.args
        .map((key) => call.value(key))
        .map((one) => bulk(one?.kind === "string" ? one.text : undefined))
        .join("")}`,
  ),
  APPEND: command(2, (call) => {
    const found = call.of("string", () => ({ kind: "string", text: "" }))
    if (!found) return WRONG
    found.text += call.args[1]
    return number(bytes(found.text))
  }),
  STRLEN: reads(1, "string", number(0), ({ text }) => number(bytes(text))),
  INCR: command(1, (call) => add(call, 1)),
  DECR: command(1, (call) => add(call, -1)),
  INCRBY: command(2, (call) => add(call, Number(call.args[1]))),
  DECRBY: command(2, (call) => add(call, -Number(call.args[1]))),
  DEL: command(1, (call) => {
    const there = call.args.filter((key) => call.value(key) !== undefined)
    for (const key of there) call.served.database.values.delete(key)
    return number(there.length)
  }),
  EXISTS: command(1, (call) => number(call.args.filter((key) => call.value(key) !== undefined).length)),
  TYPE: command(1, (call) => `+${call.value()?.kind ?? "none"}\r\n`),
  KEYS: command(1, (call) => list(call.keys().filter((key) => matches(call.args[0], key)))),
  SCAN: command(1, (call) => `*2\r\n${bulk("0")}${list(call.keys())}`),
  DBSIZE: command(0, (call) => number(call.keys().length)),
  EXPIRE: command(2, (call) => {
    if (!call.value()) return number(0)
    call.served.database.expires.set(call.args[0], call.served.now() + Number(call.args[1]) * 1_000)
    return number(1)
  }),
  PERSIST: command(1, (call) => number(call.served.database.expires.delete(call.args[0]) ? 1 : 0)),
  TTL: command(1, (call) => {
    if (!call.value()) return number(-2)
    const until = call.served.database.expires.get(call.args[0])
    return number(until === undefined ? -1 : Math.round((until - call.served.now()) / 1_000))
  }),
  LPUSH: command(2, (call) => push(call, true)),
  RPUSH: command(2, (call) => push(call, false)),
  LPOP: command(1, (call) => pop(call, true)),
  RPOP: command(1, (call) => pop(call, false)),
  LLEN: reads(1, "list", number(0), ({ items }) => number(items.length)),
  LRANGE: reads(3, "list", list([]), ({ items }, [, from, to]) => list(slice(items, Number(from), Number(to)))),
  LINDEX: reads(2, "list", bulk(undefined), ({ items }, [, at]) => bulk(items.at(Number(at)))),
  HSET: command(3, (call) => {
    const found = call.of("hash", () => ({ kind: "hash", fields: new Map() }))
    if (!found) return WRONG
    const before = found.fields.size
    for (let at = 1; at + 1 < call.args.length; at += 2) found.fields.set(call.args[at], call.args[at + 1])
    return number(found.fields.size - before)
  }),
  HGET: reads(2, "hash", bulk(undefined), ({ fields }, [, name]) => bulk(fields.get(name))),
  HDEL: reads(2, "hash", number(0), ({ fields }, [, ...names]) => number(names.filter((name) => fields.delete(name)).length)),
  HGETALL: reads(1, "hash", list([]), ({ fields }) => list([...fields].flat())),
  HKEYS: reads(1, "hash", list([]), ({ fields }) => list([...fields.keys()])),
  HVALS: reads(1, "hash", list([]), ({ fields }) => list([...fields.values()])),
  HLEN: reads(1, "hash", number(0), ({ fields }) => number(fields.size)),
  SADD: command(2, (call) => {
    const found = call.of("set", () => ({ kind: "set", members: new Set() }))
    if (!found) return WRONG
    const before = found.members.size
    for (const member of call.args.slice(1)) found.members.add(member)
    return number(found.members.size - before)
  }),
  SREM: reads(2, "set", number(0), ({ members }, [, ...names]) => number(names.filter((name) => members.delete(name)).length)),
  SMEMBERS: reads(1, "set", list([]), ({ members }) => list([...members])),
  SISMEMBER: reads(2, "set", number(0), ({ members }, [, name]) => number(members.has(name) ? 1 : 0)),
  SCARD: reads(1, "set", number(0), ({ members }) => number(members.size)),
  FLUSHALL: command(0, ({ served: { database } }) => {
    database.values.clear()
    database.expires.clear()
    return OK
  }),
  SAVE: command(0, ({ served }) => {
    served.save()
    return OK
  }),
  BGSAVE: command(0, ({ served }) => {
    served.save()
    return "+Background saving started\r\n"
  }),
  INFO: command(0, (call) => bulk(info(call))),
  CONFIG: command(1, config),
  ROLE: command(0, () => `*3\r\n${bulk("master")}:0\r\n*0\r\n`),
  REPLICAOF: command(2, () => OK),
}
const ALIASES: Readonly<Record<string, string>> = { FLUSHDB: "FLUSHALL", UNLINK: "DEL", HMSET: "HSET", SLAVEOF: "REPLICAOF" }

/** The answer to one command, as RESP. */
export const answerCommand = (served: Served, [name = "", ...args]: readonly string[]): string => {
  const upper = name.toUpperCase()
  const known = ALIASES[upper] ?? upper
  const found = Object.hasOwn(COMMANDS, known) ? COMMANDS[known] : undefined
  if (!found) return error(`ERR unknown command '${name}', with args beginning with: ${args.map((word) => `'${word}' `).join("")}`)
  if (args.length < found.least) return error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`)
  return found.run(new Call(served, args))
}

/** A database as one text, and back; undefined when it is none. */
export const dumpText = ({ values, expires }: Database): string =>
  JSON.stringify({
    values: [...values].map(([key, value]) => [
      key,
      value.kind === "hash"
        ? { kind: value.kind, fields: [...value.fields] }
        : value.kind === "set"
          ? { kind: value.kind, members: [...value.members] }
          : value,
    ]),
    expires: [...expires],
  })

interface Dumped {
  values: [string, { kind: Value["kind"]; text?: string; items?: string[]; fields?: [string, string][]; members?: string[] }][]
  expires: [string, number][]
}

export const loadDump = (text: string): Database | undefined => {
  try {
    const { values, expires } = JSON.parse(text) as Dumped
    return {
      values: new Map(
        values.map(([key, { kind, text = "", items = [], fields = [], members = [] }]): [string, Value] => [
          key,
          kind === "list"
            ? { kind, items }
            : kind === "hash"
              ? { kind, fields: new Map(fields) }
              : kind === "set"
                ? { kind, members: new Set(members) }
                : { kind: "string", text },
        ]),
      ),
      expires: new Map(expires),
    }
  } catch {
    return undefined
  }
}
