/** ssh: a login, a command, or nothing but forwarded ports, on another machine. As OpenSSH 9.6's ssh.c and clientloop.c. */
import { Accounts, type Process, SIGNALS, type Signal, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { runCommand } from "../process-tools.ts"
import { parseOptions } from "../reading.ts"
import { type Channel, Channels, filePort } from "./channels.ts"
import { type ClientConfig, ConfigError, configFor, expanded } from "./client-config.ts"
import { connect, type Destination, debugging } from "./connection.ts"
import { connectChannel, type Forward, ForwardListener, parseForward } from "./forwarding.ts"
import { identityFiles } from "./identities.ts"

export const VERSION = "OpenSSH_9.6p1 Ubuntu-3ubuntu13.14, OpenSSL 3.0.13 30 Jan 2024"
const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]
           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]
           [-e escape_char] [-F configfile] [-I pkcs11] [-i identity_file]
           [-J destination] [-L address] [-l login_name] [-m mac_spec]
           [-O ctl_cmd] [-o option] [-P tag] [-p port] [-Q query_option]
           [-R address] [-S ctl_path] [-W host:port] [-w local_tun[:remote_tun]]
           destination [command [argument ...]]
`
export const OPTIONS = { letters: "46AaCfGgKkMNnqsTtVvXxYy", valued: "BbcDEeFIiJLlmOopPQRSWw" }

/** "user@host", "ssh://user@host:port" and what the configuration says of it. */
export const destinationOf = (process: Process, text: string, config: ClientConfig): Destination => {
  const [, user, host, port] = /^(?:ssh:\/\/)?(?:(.*)@)?(\[[^\]]+\]|[^:@]+)(?::(\d+))?\/?$/.exec(text) ?? [undefined, undefined, text]
  const original = host.replace(/^\[(.*)\]$/, "$1")
  if (user !== undefined) config.set("User", user)
  if (port !== undefined) config.set("Port", port)
  return {
    original,
    host: expanded(process, config.get("HostName") ?? original, { host: original }),
    port: Number(config.get("Port") ?? 22),
    user: config.get("User") ?? new Accounts(process.files).userName(process.credentials.uid),
  }
}

/** The host in a destination, as sections of the configuration name it. */
const nameIn = (text: string): string =>
  text
    .replace(/^ssh:\/\//, "")
    .replace(/^.*@/, "")
    .replace(/:\d+\/?$/, "")
    .replace(/^\[(.*)\]$/, "$1")

interface Running {
  readonly channels: Channels
  readonly listeners: ForwardListener[]
  readonly remote: readonly Forward[]
}

/** Opens the ports of -L and -R; false when one could not be and ExitOnForwardFailure is set. */
function* openForwards(process: Process, config: ClientConfig, channels: Channels): Steps<Running | undefined> {
  const strict = config.yes("ExitOnForwardFailure", false)
  const listeners: ForwardListener[] = []
  for (const text of config.all("LocalForward")) {
    const forward = parseForward(text)
    if (!forward) continue
    try {
      listeners.push(new ForwardListener(process, channels, forward, "direct-tcpip"))
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(
        `bind [${forward.address}]:${forward.port}: ${error.message}\r\nchannel_setup_fwd_listener_tcpip: cannot listen to port: ${forward.port}\r\nCould not request local forwarding.\r\n`,
      )
      if (strict) return undefined
    }
  }
  const remote = config.all("RemoteForward").flatMap((text) => parseForward(text) ?? [])
  for (const forward of remote) channels.link.send({ t: "forward", ...forward })
  return { channels, listeners, remote }
}

/** Carries everything until `done`. */
function* serve(process: Process, { channels, listeners, remote }: Running, config: ClientConfig, done: () => boolean): Steps<void> {
  const queue = process.queue()
  let problem = ""
  channels.onOpen = (message) => {
    const forward = remote.find((one) => one.port === message.port)
    if (message.kind !== "forwarded-tcpip" || !forward) {
      channels.link.send({ t: "refused", id: message.id, reason: "Administratively prohibited" })
      return undefined
    }
    return incoming(process, channels, message.id, { host: forward.host, target: forward.target }, () => queue.wake())
  }
  channels.onMessage = (message) => {
    if (message.t !== "forwarded" || message.ok) return
    problem += `Error: remote port forwarding failed for listen port ${message.port}\r\n`
    if (config.yes("ExitOnForwardFailure", false)) channels.link.ended = true
  }
  const more = () => [queue, ...listeners.map((one) => one.queue)]
  let failures = 0
  yield* channels.run(
    process,
    () => {
      for (const listener of listeners)
        while (
          listener.accept((reason) => {
            problem += `channel ${failures++ + 2}: open failed: connect failed: ${reason}\r\n`
          })
        ) {}
      return done() || problem !== ""
    },
    more,
  )
  if (problem === "") return
  yield* process.error(problem)
  yield* serve(process, { channels, listeners, remote }, config, done)
}

/** A channel whose other end is connected to `target`; it is there at once, and carries when the connection is. */
export const incoming = (
  process: Process,
  channels: Channels,
  id: number,
  target: { host: string; target: number },
  wake: () => void,
): Channel => {
  const channel = channels.accept(id)
  connectChannel(process, channels, channel, target, wake)
  return channel
}

/** What the terminal is set to while the other side's line discipline does the work. */
const RAW = { canonical: false, echo: false, signals: false, outputProcessing: false }

function* session(
  process: Process,
  running: Running,
  config: ClientConfig,
  options: { command: string | undefined; terminal: boolean; input: boolean; host: string },
): Steps<number> {
  const { channels } = running
  const { tty } = process
  const channel = channels.open("session")
  const input = process.fds.get(0)
  channel.from = [options.input && input ? filePort(input, "read") : undefined]
  channel.to = [1, 2].map((fd) => {
    const file = process.fds.get(fd)
    return file && filePort(file, "write")
  })
  let ended: { code: number; signal?: string } | undefined
  let closed = false
  channel.onMessage = (message) => {
    if (message.t === "exit") ended = message
    if (message.t === "close" || message.t === "refused") closed = true
  }
  const env: Record<string, string> = {}
  for (const pair of config.all("SetEnv").flatMap((text) => text.split(/\s+/))) env[pair.split("=")[0]] = pair.split("=").slice(1).join("=")
  const asTerminal = options.terminal && tty
  channels.link.send({
    t: "start",
    id: channel.id,
    ...(options.command !== undefined && { command: options.command }),
    ...(asTerminal && { terminal: { columns: tty.columns, rows: tty.rows, type: process.env.get("TERM") ?? "xterm" } }),
    ...(Object.keys(env).length > 0 && { env }),
  })
  const before = tty && { ...tty.modes }
  if (asTerminal) {
    tty.setModes(RAW)
    process.onSignal("SIGWINCH", () => channels.link.send({ t: "size", id: channel.id, columns: tty.columns, rows: tty.rows }))
  }
  try {
    yield* serve(process, running, config, () => closed)
    channels.link.send({ t: "disconnect", text: "" })
    channels.link.flush()
  } finally {
    channels.close()
    if (asTerminal && before) tty.setModes(before)
    for (const listener of running.listeners) listener.close()
  }
  if (asTerminal)
    yield* process.error(ended ? `Connection to ${options.host} closed.\r\n` : `Connection to ${options.host} closed by remote host.\r\n`)
  else if (!ended && !closed) yield* process.error(`Connection to ${options.host} closed by remote host.\r\n`)
  if (ended?.signal !== undefined) return 255
  return ended?.code ?? 255
}

/** -W: standard input and output lead to a port that the other side can reach. */
function* throughput(process: Process, channels: Channels, where: string): Steps<number> {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(where) ?? []
  if (host === undefined) {
    yield* process.error(`Bad stdio forwarding specification '${where}'\r\n`)
    return 255
  }
  const channel = channels.open("direct-tcpip", { host, port: Number(port) })
  const [input, output] = [process.fds.get(0), process.fds.get(1)]
  channel.from = [input && filePort(input, "read")]
  channel.to = [output && filePort(output, "write")]
  let refused: string | undefined
  let closed = false
  channel.onMessage = (message) => {
    if (message.t === "refused") refused = message.reason
    if (message.t === "close" || message.t === "refused") closed = true
  }
  yield* channels.run(process, () => closed)
  if (refused === undefined) return 0
  yield* process.error(`channel 0: open failed: connect failed: ${refused}\r\nstdio forwarding failed\r\n`)
  return 255
}

export const ssh = defineTool({
  name: "ssh",
  plain: true,
  summary: "log in to another machine",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, { ...OPTIONS, stopAtWord: true })
    if (flags.has("V")) {
      yield* process.error(`${VERSION}\n`)
      return 0
    }
    const [given, ...rest] = words
    if (problem !== undefined || given === undefined) {
      yield* process.error(`${problem ? `${problem.replace("invalid option", "unknown option").replaceAll("'", "")}\n` : ""}${USAGE}`)
      return 255
    }
    // Options may stand behind the destination as well.
    const behind = /^-./.test(rest[0] ?? "") ? parseOptions(rest, { ...OPTIONS, stopAtWord: true }) : undefined
    const command = behind ? behind.words : rest
    const values = (letter: string) => [...(all.get(letter) ?? []), ...(behind?.all.get(letter) ?? [])]
    const has = (letter: string) => flags.has(letter) || behind?.flags.has(letter) === true
    const level = args.filter((word) => /^-v+$/.test(word)).length
    const options: [string, string][] = []
    const single = [
      ["p", "Port"],
      ["l", "User"],
      ["J", "ProxyJump"],
    ] as const
    const [user] = /^(?:ssh:\/\/)?(.*)@/.exec(given)?.slice(1) ?? []
    if (user !== undefined) options.push(["User", user])
    for (const [letter, keyword] of single) for (const value of values(letter)) options.push([keyword, value])
    for (const value of values("L")) options.push(["LocalForward", value])
    for (const value of values("R")) options.push(["RemoteForward", value])
    if (has("q")) options.push(["LogLevel", "QUIET"])
    let config: ClientConfig
    try {
      config = configFor(process, nameIn(given), { options, lines: values("o"), file: values("F")[0] })
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      yield* process.error(`${error.message}\r\n`)
      return 255
    }
    for (const text of [...values("L"), ...values("R")])
      if (!parseForward(text)) {
        yield* process.error(`Bad ${values("L").includes(text) ? "local" : "remote"} forwarding specification '${text}'\r\n`)
        return 255
      }
    const to = destinationOf(process, given, config)
    if (has("G")) {
      const lines = [`host ${to.original}`, `user ${to.user}`, `hostname ${to.host}`, `port ${to.port}`]
      for (const [keyword, list] of config.entries())
        if (!["user", "hostname", "port"].includes(keyword)) for (const value of list) lines.push(`${keyword} ${value}`)
      yield* process.print(`${lines.join("\n")}\n`)
      return 0
    }
    if (level > 0) yield* process.error(`${VERSION}\r\n`)
    const identities = yield* identityFiles(
      process,
      config,
      values("i").map((path) => expanded(process, path)),
    )
    const connected = yield* connect(process, config, to, identities, level)
    if (!connected) return 255
    const channels = new Channels(connected.link, 0)
    const [direct] = values("W")
    if (direct !== undefined) return yield* throughput(process, channels, direct)
    const remoteCommand = command.length > 0 ? command.join(" ") : config.get("RemoteCommand")
    const none = has("N") || config.get("SessionType")?.toLowerCase() === "none"
    const request = config.get("RequestTTY")?.toLowerCase() ?? "auto"
    const atTerminal = process.tty !== undefined && process.fds.get(0)?.kind === "tty"
    const forced = values("t").length > 0 || has("t") || request === "yes" || request === "force"
    const terminal = atTerminal && !has("T") && request !== "no" && (remoteCommand === undefined || forced)
    if (forced && !atTerminal && !has("T"))
      yield* process.error("Pseudo-terminal will not be allocated because stdin is not a terminal.\r\n")
    const work = function* (own: Process): Steps<number> {
      const running = yield* openForwards(own, config, channels)
      if (!running) return 255
      if (!none)
        return yield* session(own, running, config, { command: remoteCommand, terminal, input: !has("n") && !has("f"), host: to.host })
      yield* debugging(own, level)("Entering interactive session.")
      yield* serve(own, running, config, () => false)
      return 255
    }
    if (!has("f")) return yield* work(process)
    // Into the background: a process of its own group that has the connection and the ports.
    const fds = new Map([...process.fds].filter(([fd]) => fd !== 0))
    const child = process.spawn(work, { argv: process.argv, fds, session: "new" })
    connected.stream?.keptBy?.(child)
    return 0
  },
})

/** Runs a command there with `input`; what it printed and its exit code. */
export function* remotely(
  process: Process,
  words: readonly string[],
  command: string,
  input: Uint8Array | undefined,
): Steps<{ output: Uint8Array; code: number }> {
  const [into, out] = [process.pipe(), process.pipe()]
  const fds = new Map([...process.fds])
  const feeder = process.spawn(
    function* (own) {
      if (input) yield* own.write(1, input)
      return 0
    },
    { argv: ["ssh"], fds: new Map([[1, into.write]]) },
  )
  out.read.retain()
  const child = process.spawn(
    function* (own) {
      return yield* runCommand(own, ["ssh", ...words, command], { tool: "ssh" })
    },
    { argv: ["ssh"], fds: new Map([...fds, [0, into.read], [1, out.write]]) },
  )
  let fd = 10
  while (process.fds.has(fd)) fd++
  process.fds.set(fd, out.read)
  const output = yield* process.readAll(fd)
  process.close(fd)
  const ended = yield* process.waitFor({ pid: child.pid })
  yield* process.waitFor({ pid: feeder.pid })
  const code = ended?.status.kind === "exited" ? ended.status.code : 255
  return { output, code }
}

/** A signal's number, as a shell adds it to 128. */
export const codeOf = (signal: Signal): number => 128 + SIGNALS[signal].number
