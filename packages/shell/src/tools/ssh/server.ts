/** sshd: connections on its port, each with a process that finds out who it is and runs what they ask for. As OpenSSH 9.6's sshd.c and session.c. */
import {
  Accounts,
  type ExitStatus,
  type Listener,
  type OpenFile,
  type Process,
  type SimulatedMachine,
  SocketFile,
  type Steps,
  SystemError,
  type User,
} from "@drydock/machine"
import { passwordFits } from "../passwords.ts"
import { type Admission, admitted } from "./authorized-keys.ts"
import { Channels, type Channel, filePort, terminalPort } from "./channels.ts"
import { codeOf, incoming } from "./client.ts"
import { ForwardListener } from "./forwarding.ts"
import { fingerprint, kindOf, base64, readPrivate, unbase64 } from "./keys.ts"
import { Link, type Message } from "./link.ts"
import { type ServerConfig, serverConfig, settingOf, settingsOf, type Whom } from "./server-config.ts"

const HOST_KEYS = ["rsa", "ecdsa", "ed25519"].map((type) => `/etc/ssh/ssh_host_${type}_key`)
/** What Ubuntu's sshd_config sets that matters here. */
const STOCK: ServerConfig = {
  problems: [],
  settings: [
    { keyword: "printmotd", value: "no", match: undefined },
    { keyword: "acceptenv", value: "LANG LC_*", match: undefined },
  ],
}

/** Nobody has written it since the machine was made. */
const untouched = ({ files }: Process, path: string): boolean => files.exists(path) && files.laidOut(path) !== undefined

const isStock = (process: Process): boolean => {
  const { files } = process
  const more = "/etc/ssh/sshd_config.d"
  return untouched(process, "/etc/ssh/sshd_config") && !(files.exists(more) && files.list(more).some(({ name }) => name.endsWith(".conf")))
}

/** A connection that has not logged in by then is ended, ms (LoginGraceTime). */
const GRACE = 120_000

/** Blobs by the text of their files: the machines of all worlds of a kind have the same. Undefined: no key. */
const read = new Map<string, string | undefined>()
const MOST_READ = 128

const blobOf = (text: string): string | undefined => {
  if (!read.has(text)) {
    const key = readPrivate(text)
    if (read.size >= MOST_READ) read.clear()
    read.set(text, key && base64(key.blob))
  }
  return read.get(text)
}

/** The keys that the server can show; those whose files are not kept to root are left out, as sshd says. */
const hostKeys = (process: Process, config: ServerConfig): { keys: string[]; problems: string[] } => {
  const set = settingsOf(config, "HostKey")
  const problems: string[] = []
  const keys = (set.length > 0 ? set : HOST_KEYS).flatMap((path) => {
    try {
      if (!process.files.exists(path)) {
        if (set.length > 0) problems.push(`Unable to load host key: ${path}`)
        return []
      }
      const { mode } = process.files.stat(path)
      if ((mode & 0o077) !== 0) {
        const frame = "@".repeat(59)
        problems.push(
          `${frame}\n@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\n${frame}\nPermissions 0${(mode & 0o777).toString(8)} for '${path}' are too open.\nIt is required that your private key files are NOT accessible by others.\nThis private key will be ignored.\nUnable to load host key "${path}": bad permissions\nUnable to load host key: ${path}`,
        )
        return []
      }
      const blob = blobOf(process.files.readText(path))
      if (blob === undefined) problems.push(`Unable to load host key: ${path}`)
      return blob ?? []
    } catch (error) {
      if (error instanceof SystemError) return []
      throw error
    }
  })
  return { keys, problems }
}

/** The next child that has ended, if one has. */
function* reaped(process: Process): Steps<{ pid: number; status: ExitStatus } | undefined> {
  try {
    return yield* process.waitFor({ pid: "any", noHang: true })
  } catch (error) {
    if (error instanceof SystemError && error.code === "ECHILD") return undefined
    throw error
  }
}

/** As whom the connection is let in, and with what. */
interface Visitor {
  readonly user: User
  readonly whom: Whom
  readonly admission: Admission
}

const FREE: Admission = { terminal: true, forwarding: true, environment: {} }

/** Whether lists of users and groups let this one in. */
const listed = (config: ServerConfig, whom: Whom): boolean => {
  const has = (keyword: string, names: readonly string[]) => {
    const patterns = settingsOf(config, keyword, whom).map((one) => one.split("@")[0])
    return patterns.length === 0 ? undefined : names.some((name) => patterns.some((pattern) => pattern === "*" || pattern === name))
  }
  return (
    has("DenyUsers", [whom.user]) !== true &&
    has("DenyGroups", whom.groups) !== true &&
    has("AllowUsers", [whom.user]) !== false &&
    has("AllowGroups", whom.groups) !== false
  )
}

/** One connection, in a process of its own. Lines on standard error are the log's. */
class Connection {
  readonly #process: Process
  readonly #machine: SimulatedMachine
  readonly #config: ServerConfig
  readonly #link: Link
  readonly #address: string
  readonly #port: number

  constructor(process: Process, machine: SimulatedMachine, config: ServerConfig, link: Link, from: { address: string; port: number }) {
    this.#process = process
    this.#machine = machine
    this.#config = config
    this.#link = link
    this.#address = from.address
    this.#port = from.port
  }

  *#log(text: string): Steps<void> {
    yield* this.#process.error(`${text}\n`)
  }

  *#visitor(): Steps<Visitor | undefined> {
    const process = this.#process
    const config = this.#config
    const from = `from ${this.#address} port ${this.#port} ssh2`
    const accounts = new Accounts(process.files)
    const most = Number(settingOf(config, "MaxAuthTries") ?? 6)
    let tries = 0
    let asked = ""
    for (let told = false; ; ) {
      const received = yield* this.#link.receive(process)
      const message = received?.message
      if (message?.t !== "auth") {
        const known = accounts.user(asked) !== undefined
        yield* this.#log(
          asked === ""
            ? `Connection closed by ${this.#address} port ${this.#port} [preauth]`
            : `Connection closed by ${known ? "authenticating" : "invalid"} user ${asked} ${this.#address} port ${this.#port} [preauth]`,
        )
        return undefined
      }
      asked = message.user
      const user = accounts.user(message.user)
      const groups = user ? accounts.credentials(user).groups.map((gid) => accounts.groupName(gid)) : []
      const whom: Whom = { user: message.user, groups, address: this.#address }
      const welcome = user !== undefined && listed(config, whom)
      const passwords = settingOf(config, "PasswordAuthentication", whom)?.toLowerCase() !== "no"
      const keys = settingOf(config, "PubkeyAuthentication", whom)?.toLowerCase() !== "no"
      const root = (settingOf(config, "PermitRootLogin", whom) ?? "prohibit-password").toLowerCase()
      const may = welcome && (user.uid !== 0 || root !== "no")
      const banner = settingOf(config, "Banner", whom)
      if (!told && banner !== undefined && process.files.access(banner, { read: true }))
        this.#link.send({ t: "banner", text: process.files.readText(banner) })
      if (!told && !user) yield* this.#log(`Invalid user ${message.user} from ${this.#address} port ${this.#port}`)
      else if (!told && !welcome)
        yield* this.#log(`User ${message.user} from ${this.#address} not allowed because not listed in AllowUsers`)
      told = true
      const named = user && welcome ? user.name : `invalid user ${message.user}`
      let admission: Admission | undefined
      if (message.method === "publickey" && keys && user && may) {
        const blob = message.secret ?? ""
        const found = admitted(process, config, user, whom, blob)
        if (typeof found === "string") yield* this.#log(found)
        else admission = found
        const bytes = unbase64(blob)
        if (admission) yield* this.#log(`Accepted publickey for ${user.name} ${from}: ${kindOf(bytes)?.title} ${fingerprint(bytes)}`)
      } else if (message.method === "password" && passwords) {
        const allowed = may && (user.uid !== 0 || root === "yes")
        const kept = user && accounts.shadow(user.name)?.password
        if (allowed && kept && passwordFits(kept, message.secret ?? "")) {
          admission = FREE
          yield* this.#log(`Accepted password for ${user.name} ${from}`)
        } else yield* this.#log(`Failed password for ${named} ${from}`)
      }
      if (user && admission) {
        this.#link.send({ t: "success" })
        return { user, whom, admission }
      }
      if (message.method !== "none" && ++tries >= most) {
        yield* this.#log(`error: maximum authentication attempts exceeded for ${named} ${from} [preauth]`)
        yield* this.#log(
          `Disconnecting ${user ? "authenticating" : "invalid"} user ${message.user} ${this.#address} port ${this.#port}: Too many authentication failures [preauth]`,
        )
        this.#link.send({ t: "disconnect", text: "Too many authentication failures" })
        yield* this.#link.drain(process)
        return undefined
      }
      this.#link.send({ t: "failure", methods: [...(keys ? ["publickey"] : []), ...(passwords ? ["password"] : [])] })
    }
  }

  /** Starts what a session asks for; its process number. */
  #start(channel: Channel, visitor: Visitor, asked: Extract<Message, { t: "start" }>): number {
    const process = this.#process
    const { files } = process
    const { user, whom, admission } = visitor
    const accounts = new Accounts(files)
    const forced = settingOf(this.#config, "ForceCommand", whom) ?? admission.command
    const command = forced ?? asked.command
    const terminal = admission.terminal && settingOf(this.#config, "PermitTTY", whom)?.toLowerCase() !== "no" ? asked.terminal : undefined
    const own = this.#machine.network.interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"
    const accepted = settingsOf(this.#config, "AcceptEnv", whom)
    const env = new Map([
      ["HOME", user.home],
      ["USER", user.name],
      ["LOGNAME", user.name],
      ["SHELL", user.shell],
      ["LANG", "C.UTF-8"],
      ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      ...Object.entries(asked.env ?? {}).filter(([name]) =>
        accepted.some((pattern) => pattern === name || (pattern.endsWith("*") && name.startsWith(pattern.slice(0, -1)))),
      ),
      ...Object.entries(admission.environment),
      ["SSH_CLIENT", `${this.#address} ${this.#port} 22`],
      ["SSH_CONNECTION", `${this.#address} ${this.#port} ${own} 22`],
      ...(forced !== undefined && asked.command !== undefined ? [["SSH_ORIGINAL_COMMAND", asked.command] as const] : []),
    ])
    const shell = files.exists(user.shell) ? user.shell : "/bin/sh"
    const name = shell.split("/").at(-1) ?? "sh"
    const argv = command === undefined ? [`-${name}`] : [name, "-c", command]
    const home = files.exists(user.home)
    const common = { argv, env, cwd: home ? user.home : "/", credentials: accounts.credentials(user), umask: 0o022 }
    let child: Process
    if (terminal) {
      const tty = this.#machine.openTty(terminal)
      env.set("TERM", terminal.type)
      env.set("SSH_TTY", `/dev/${tty.name}`)
      const port = terminalPort(tty, process.queue(), () => this.#machine.closeTty(tty))
      channel.attach([port], [port])
      channel.onMessage = (message) => {
        if (message.t === "size") tty.resize(message.columns, message.rows)
      }
      if (!home) tty.onOutput(new TextEncoder().encode(`Could not chdir to home directory ${user.home}: No such file or directory\r\n`))
      if (
        command === undefined &&
        settingOf(this.#config, "PrintMotd", whom)?.toLowerCase() !== "no" &&
        files.access("/etc/motd", { read: true })
      )
        tty.onOutput(new TextEncoder().encode(files.readText("/etc/motd").replaceAll("\n", "\r\n")))
      const open: [number, OpenFile][] = [0, 1, 2].map((fd) => [fd, tty.open()])
      child = process.spawnFile(shell, { ...common, fds: new Map(open), session: tty })
    } else {
      const [input, output, errors] = [process.pipe(), process.pipe(), process.pipe()]
      channel.attach([filePort(output.read, "read"), filePort(errors.read, "read")], [filePort(input.write, "write")])
      child = process.spawnFile(shell, {
        ...common,
        fds: new Map([
          [0, input.read],
          [1, output.write],
          [2, errors.write],
        ]),
        session: "new",
      })
    }
    process.argv = [`sshd: ${user.name}@${terminal ? (env.get("SSH_TTY") ?? "").slice(5) : "notty"}`]
    return child.pid
  }

  *run(keys: readonly string[]): Steps<number> {
    const process = this.#process
    if (!(yield* this.#link.greeted(process))) {
      yield* this.#log(`banner exchange: Connection from ${this.#address} port ${this.#port}: invalid format`)
      return 255
    }
    this.#link.send({ t: "hostkeys", keys })
    const visitor = yield* this.#visitor()
    if (!visitor) return 255
    const { user, admission, whom } = visitor
    yield* this.#log(`pam_unix(sshd:session): session opened for user ${user.name}(uid=${user.uid}) by ${user.name}(uid=0)`)
    process.argv = [`sshd: ${user.name}`]
    const queue = process.queue()
    const channels = new Channels(this.#link, 1)
    const forwarding = admission.forwarding && settingOf(this.#config, "AllowTcpForwarding", whom)?.toLowerCase() !== "no"
    const sessions = new Map<Channel, { asked?: Extract<Message, { t: "start" }>; pid?: number }>()
    const listeners: ForwardListener[] = []
    let left = false
    let childEnded = false
    process.onSignal("SIGCHLD", () => {
      childEnded = true
    })
    channels.onOpen = (message) => {
      if (message.kind === "session") {
        const channel = channels.accept(message.id)
        sessions.set(channel, {})
        channel.onMessage = (one) => {
          if (one.t === "start") sessions.set(channel, { asked: one })
        }
        return channel
      }
      if (message.kind === "direct-tcpip" && forwarding)
        return incoming(process, channels, message.id, { host: message.host ?? "", target: message.port ?? 0 }, () => queue.wake())
      channels.link.send({ t: "refused", id: message.id, reason: "administratively prohibited: open failed" })
      return undefined
    }
    channels.onMessage = (message) => {
      if (message.t === "disconnect") left = true
      if (message.t !== "forward") return
      const gateway = settingOf(this.#config, "GatewayPorts", whom)?.toLowerCase() ?? "no"
      const address = gateway === "no" ? "127.0.0.1" : message.address
      let ok = forwarding && (message.port >= 1_024 || user.uid === 0)
      try {
        if (ok) listeners.push(new ForwardListener(process, channels, { ...message, address, target: message.port }, "forwarded-tcpip"))
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        ok = false
      }
      channels.link.send({ t: "forwarded", port: message.port, ok })
    }
    const ended = new Map<number, ExitStatus>()
    const turn = (): boolean => {
      for (const listener of listeners) while (listener.accept(() => {})) {}
      for (const [channel, state] of sessions) {
        if (state.asked && state.pid === undefined) state.pid = this.#start(channel, visitor, state.asked)
        const status = state.pid === undefined ? undefined : ended.get(state.pid)
        // All that it printed goes first.
        if (!status || !channel.drained) continue
        const signal = status.kind === "signaled" ? status.signal : undefined
        const code = status.kind === "exited" ? status.code : signal ? codeOf(signal) : 1
        channels.link.send({ t: "exit", id: channel.id, code, ...(signal && { signal }) })
        channels.drop(channel)
        sessions.delete(channel)
      }
      return left || childEnded
    }
    while (!left && !this.#link.ended) {
      yield* channels.run(process, turn, () => [queue, ...listeners.map((one) => one.queue)])
      childEnded = false
      for (let gone = yield* reaped(process); gone; gone = yield* reaped(process)) ended.set(gone.pid, gone.status)
    }
    channels.close()
    for (const listener of listeners) listener.close()
    yield* this.#log(`Received disconnect from ${this.#address} port ${this.#port}:11: disconnected by user`)
    yield* this.#log(`Disconnected from user ${user.name} ${this.#address} port ${this.#port}`)
    yield* this.#log(`pam_unix(sshd:session): session closed for user ${user.name}`)
    return 0
  }
}

/** Its configuration as the command line names it. */
const givenConfig = (process: Process): ServerConfig => {
  const { argv } = process
  const file = argv.includes("-f") ? argv[argv.indexOf("-f") + 1] : undefined
  const lines = argv.flatMap((word, at) => (word === "-o" ? [argv[at + 1] ?? ""] : []))
  // As it came with the machine there is nothing in it to be looked at, and reading costs every world a copy of where it is.
  if (file === undefined && lines.length === 0 && !argv.includes("-T") && isStock(process)) return STOCK
  return serverConfig(process, file, lines)
}

/** Everything until it listens, apart from what serves: what is read on the way is kept by nobody. @returns a number: it ended with that */
function* begin(process: Process): Steps<{ config: ServerConfig; listeners: readonly Listener[] } | number> {
  const { argv } = process
  const config = givenConfig(process)
  const complain = function* (texts: readonly string[]): Steps<void> {
    for (const text of texts) yield* process.error(`${text}\r\n`)
  }
  if (argv.includes("-T") && config.problems.length === 0) {
    for (const { keyword, value: set } of config.settings) yield* process.print(`${keyword} ${set}\n`)
    return 0
  }
  if (config.problems.length > 0) {
    yield* complain(config.problems)
    return 255
  }
  const laid = config === STOCK && HOST_KEYS.every((path) => untouched(process, path))
  const { keys, problems } = laid ? { keys: HOST_KEYS, problems: [] } : hostKeys(process, config)
  yield* complain(problems)
  if (keys.length === 0) {
    yield* process.error("sshd: no hostkeys available -- exiting.\r\n")
    return 1
  }
  if (argv.includes("-t")) return 0
  const ports = argv.includes("-p") ? [argv[argv.indexOf("-p") + 1]] : settingsOf(config, "Port")
  const addresses = settingsOf(config, "ListenAddress")
  const listeners: Listener[] = []
  for (const port of ports.length > 0 ? ports : ["22"])
    for (const address of addresses.length > 0 ? addresses : ["0.0.0.0"]) {
      const [, host, own] = /^(\d+(?:\.\d+){3})(?::(\d+))?$/.exec(address) ?? [undefined, "0.0.0.0"]
      try {
        listeners.push(process.network.listen(Number(own ?? port), { address: host, pid: process.pid }))
        yield* process.error(`Server listening on ${host} port ${own ?? port}.\n`)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`error: Bind to port ${own ?? port} on ${host} failed: ${error.message}.\n`)
      }
    }
  if (listeners.length === 0) {
    yield* process.error("fatal: Cannot bind any address.\n")
    return 255
  }
  return { config, listeners }
}

/** `machine` is where it runs: sessions get terminals of it. */
export const sshdProgram = (machine: () => SimulatedMachine) =>
  function* (process: Process): Steps<number> {
    const begun = yield* begin(process)
    if (typeof begun === "number") return begun
    const { listeners } = begun
    let { config } = begun
    process.onSignal("SIGCHLD", () => {})
    process.onSignal("SIGHUP", () => {
      const next = givenConfig(process)
      if (next.problems.length === 0) config = next
    })
    for (;;) {
      for (const listener of listeners)
        for (let stream = listener.tryAccept(); stream; stream = listener.tryAccept()) {
          const socket = stream
          const from = stream.remote ?? { address: "127.0.0.1", port: 0 }
          const settings = config
          const child = process.spawn(
            function* (own) {
              const socketFile = new SocketFile(socket, 20_000 + own.pid)
              own.fds.set(3, socketFile)
              socketFile.retain()
              const until = own.now() + GRACE
              try {
                return yield* new Connection(own, machine(), settings, new Link(socketFile, socketFile), from).run(
                  hostKeys(own, settings).keys,
                )
              } finally {
                if (own.now() < until) socket.end()
              }
            },
            { argv: ["sshd: [accepted]"], fds: new Map([...process.fds].filter(([fd]) => fd < 3)), session: "new" },
          )
          socket.keptBy?.(child)
        }
      yield* process.wait({ queues: listeners.map(({ acceptQueue }) => acceptQueue) })
      while (yield* reaped(process)) {}
    }
  }
