/** ssh, scp and sshd: a shell, a command or a file over one upgraded exchange on port 22. */
import {
  Accounts,
  bodyJson,
  type Channels,
  type HttpResponse,
  type Process,
  SIGNALS,
  type SimulatedMachine,
  type Started,
  type Steps,
  SystemError,
} from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions } from "./reading.ts"

const PORT = 22
/** As exec of Kubernetes numbers them. */
const CHANNEL = { input: 0, output: 1, errors: 2, status: 3, size: 4 } as const

interface Asked {
  user: string
  /** Undefined: a login shell. */
  command?: string
  terminal?: { columns: number; rows: number; type: string }
}

/** The server's end of an exchange; what is sent before the client listens is kept for it. */
class SessionChannels implements Channels {
  #listener: ((channel: number, data: Uint8Array) => void) | undefined
  #early: [number, Uint8Array][] = []
  onEnd: ((channel: number) => void) | undefined
  onClose: (() => void) | undefined
  readonly #received: (channel: number, data: Uint8Array) => void
  readonly #ended: (channel: number) => void
  readonly #closed: () => void

  constructor(server: {
    received: (channel: number, data: Uint8Array) => void
    ended: (channel: number) => void
    closed: () => void
  }) {
    this.#received = server.received
    this.#ended = server.ended
    this.#closed = server.closed
  }

  get onMessage(): ((channel: number, data: Uint8Array) => void) | undefined {
    return this.#listener
  }

  set onMessage(listener: ((channel: number, data: Uint8Array) => void) | undefined) {
    this.#listener = listener
    if (listener) for (const [channel, data] of this.#early.splice(0)) listener(channel, data)
  }

  deliver(channel: number, data: Uint8Array): void {
    if (this.#listener) this.#listener(channel, data)
    else this.#early.push([channel, data.slice()])
  }

  send(channel: number, data: Uint8Array): void {
    this.#received(channel, data)
  }

  end(channel: number): void {
    this.#ended(channel)
  }

  close(): void {
    this.#closed()
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const sshdProgram = (machine: () => SimulatedMachine) =>
  function* (process: Process): Steps<number> {
    process.network.serve(PORT, (request) => answer(machine(), bodyJson(request.body) as Asked), { pid: process.pid })
    for (;;) yield* process.wait({ queues: [process.queue()] })
  }

const answer = (machine: SimulatedMachine, asked: Asked): HttpResponse => {
  const accounts = new Accounts(machine.files)
  const user = accounts.user(asked.user)
  if (!user || /nologin|false/.test(user.shell)) return { status: 403, headers: {}, body: "" }
  const env = new Map([
    ["HOME", user.home],
    ["USER", user.name],
    ["LOGNAME", user.name],
    ["SHELL", user.shell],
    ["LANG", "C.UTF-8"],
    ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ...(asked.terminal ? [["TERM", asked.terminal.type] as const] : []),
  ])
  const tty = asked.terminal && machine.openTty(asked.terminal)
  let started: Started | undefined
  const channels = new SessionChannels({
    received: (channel, data) => {
      if (channel === CHANNEL.input) {
        if (tty) tty.input(data)
        else started?.input(data)
      } else if (channel === CHANNEL.size && tty) {
        const { columns, rows } = JSON.parse(decoder.decode(data)) as { columns: number; rows: number }
        tty.resize(columns, rows)
      }
    },
    ended: () => started?.end(),
    closed: () => {
      if (tty) machine.closeTty(tty)
      else started?.kill("SIGHUP")
    },
  })
  if (tty) tty.onOutput = (data) => channels.deliver(CHANNEL.output, data)
  const shell = machine.files.exists(user.shell) ? user.shell : "/bin/sh"
  started = machine.start(shell, {
    argv: asked.command === undefined ? [`-${shell.split("/").at(-1)}`] : [shell.split("/").at(-1) ?? "bash", "-c", asked.command],
    env,
    cwd: machine.files.exists(user.home) ? user.home : "/",
    credentials: accounts.credentials(user),
    ...(tty
      ? { tty }
      : {
          stdin: new Uint8Array(),
          onStdout: (data: Uint8Array) => channels.deliver(CHANNEL.output, data),
          onStderr: (data: Uint8Array) => channels.deliver(CHANNEL.errors, data),
        }),
    onExit: (status) => {
      const code = status.kind === "exited" ? status.code : status.kind === "signaled" ? 128 + SIGNALS[status.signal].number : 1
      channels.deliver(CHANNEL.status, encoder.encode(String(code)))
      if (tty) machine.closeTty(tty)
    },
  })
  return { status: 101, headers: {}, upgrade: channels }
}

interface Destination {
  user: string
  host: string
}

const destinationOf = (process: Process, text: string, user: string | undefined): Destination => {
  const at = text.lastIndexOf("@")
  const own = new Accounts(process.files).userName(process.credentials.uid)
  return { user: at >= 0 ? text.slice(0, at) : (user ?? own), host: text.slice(at + 1).replace(/^ssh:\/\//, "") }
}

/** Asks for a session; undefined when there is none, which it has told. */
function* connect(process: Process, { user, host }: Destination, port: number, asked: Omit<Asked, "user">): Steps<Channels | undefined> {
  const [record] = yield* process.network.lookup(host)
  if (!record) {
    yield* process.error(`ssh: Could not resolve hostname ${host}: Name or service not known\n`)
    return undefined
  }
  try {
    const response = yield* process.network.request(
      record.value,
      port,
      { method: "POST", path: "/", headers: {}, body: { json: { user, ...asked } } },
      { timeout: 120_000 },
    )
    if (response.upgrade) return response.upgrade
    yield* process.error(`${user}@${host}: Permission denied (publickey,password).\n`)
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
    yield* process.error(`ssh: connect to host ${host} port ${port}: ${error.message}\n`)
  }
  return undefined
}

/** Carries bytes both ways until the other side has ended; its exit code. */
function* carry(
  process: Process,
  channels: Channels,
  options: { input: boolean; output: (channel: number, data: Uint8Array) => Steps<void> },
): Steps<number> {
  const queue = process.queue()
  const output: [number, Uint8Array][] = []
  let code: number | undefined
  channels.onClose = () => {
    code ??= 255
    queue.wake()
  }
  channels.onMessage = (channel, data) => {
    if (channel === CHANNEL.status) code = Number(decoder.decode(data))
    else output.push([channel, data.slice()])
    queue.wake()
  }
  const input = process.fds.get(0)
  let open = options.input && input !== undefined
  if (!open) channels.end(CHANNEL.input)
  try {
    for (;;) {
      for (const [channel, data] of output.splice(0)) yield* options.output(channel, data)
      if (code !== undefined && output.length === 0) return code
      const data = open ? input?.tryRead(4_096) : undefined
      if (data) {
        if (data.length === 0) {
          open = false
          channels.end(CHANNEL.input)
        } else channels.send(CHANNEL.input, data)
        continue
      }
      yield* process.wait({ queues: open && input ? [queue, input.readQueue as ReturnType<Process["queue"]>] : [queue] })
    }
  } finally {
    if (code === undefined) channels.close()
  }
}

function* toStandardOutput(process: Process, channel: number, data: Uint8Array): Steps<void> {
  yield* process.write(channel === CHANNEL.errors ? 2 : 1, data)
}

/** A login on a terminal: raw here, because the other side's line discipline does the work. */
function* session(process: Process, host: string, channels: Channels): Steps<number> {
  const { tty } = process
  const before = tty && { ...tty.modes }
  tty?.setModes({ canonical: false, echo: false, signals: false, outputProcessing: false })
  process.onSignal("SIGWINCH", () => {
    if (tty) channels.send(CHANNEL.size, encoder.encode(JSON.stringify({ columns: tty.columns, rows: tty.rows })))
  })
  let code: number
  try {
    code = yield* carry(process, channels, { input: true, output: (channel, data) => toStandardOutput(process, channel, data) })
  } finally {
    if (before) tty?.setModes(before)
  }
  yield* process.error(code === 255 ? `Connection to ${host} closed by remote host.\n` : `Connection to ${host} closed.\n`)
  return code
}

export const ssh = defineTool({
  name: "ssh",
  summary: "log in to another machine",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "46AaCfGgKkMNnqsTtVvXxYy",
      valued: "BbcDEeFIiJLlmOopQRSWw",
      stopAtWord: true,
    })
    if (flags.has("V")) {
      yield* process.error("OpenSSH_9.6p1 Ubuntu-3ubuntu13.14, OpenSSL 3.0.13 30 Jan 2024\n")
      return 0
    }
    const [destination, ...command] = words
    if (destination === undefined) {
      yield* process.error("usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] destination [command [argument ...]]\n")
      return 255
    }
    const login = flags.get("l")
    const to = destinationOf(process, destination, typeof login === "string" ? login : undefined)
    const { tty } = process
    const terminal = tty && process.fds.get(0)?.kind === "tty" && (command.length === 0 || flags.has("t")) && !flags.has("T")
    const channels = yield* connect(process, to, Number(flags.get("p") ?? PORT), {
      ...(command.length > 0 && { command: command.join(" ") }),
      ...(terminal && { terminal: { columns: tty.columns, rows: tty.rows, type: process.env.get("TERM") ?? "xterm" } }),
    })
    if (!channels) return 255
    if (terminal) return yield* session(process, to.host, channels)
    return yield* carry(process, channels, {
      input: !flags.has("n"),
      output: (channel, data) => toStandardOutput(process, channel, data),
    })
  },
})

const quoted = (path: string): string =>
  path === "" || path === "~" || path.startsWith("~/") ? path || "." : `'${path.replaceAll("'", "'\\''")}'`

/** Runs a command there with `input`; its standard output, or undefined when it failed (and said why). */
function* remote(process: Process, to: Destination, port: number, command: string, input?: Uint8Array): Steps<Uint8Array | undefined> {
  const channels = yield* connect(process, to, port, { command })
  if (!channels) return undefined
  const parts: Uint8Array[] = []
  if (input) channels.send(CHANNEL.input, input)
  const code = yield* carry(process, channels, {
    input: false,
    *output(channel, data) {
      if (channel === CHANNEL.errors) yield* process.write(2, decoder.decode(data).replace(/^(bash|cat|sh): (line \d+: )?/, "scp: "))
      else parts.push(data)
    },
  })
  if (code !== 0) return undefined
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export const scp = defineTool({
  name: "scp",
  summary: "copy files to and from another machine",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "346ABCOpqRrsTv", valued: "cDFiJloPSX" })
    const target = words.at(-1)
    if (words.length < 2 || target === undefined) {
      yield* process.error("usage: scp [-346ABCOpqRrsTv] [-i identity_file] [-P port] source ... target\n")
      return 1
    }
    const port = Number(flags.get("P") ?? PORT)
    const parse = (text: string): { to: Destination; path: string } | undefined => {
      const match = /^([^/:]+):(.*)$/s.exec(text)
      return match ? { to: destinationOf(process, match[1], undefined), path: match[2] } : undefined
    }
    let status = 0
    const there = parse(target)
    for (const source of words.slice(0, -1)) {
      const from = parse(source)
      const name = (from?.path ?? source).replace(/\/+$/, "").split("/").at(-1) ?? ""
      let content: Uint8Array | undefined
      if (from) content = yield* remote(process, from.to, port, `cat ${quoted(from.path)}`)
      else {
        try {
          if (process.files.stat(source).type === "directory") {
            yield* process.error(`scp: ${source}: not a regular file\n`)
            status = 1
            continue
          }
          content = process.files.readBytes(source)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`scp: stat local "${source}": ${error.message}\n`)
          status = 1
          continue
        }
      }
      if (!content) {
        status = 1
        continue
      }
      if (there) {
        const path = quoted(there.path)
        const put = `if [ -d ${path} ]; then cat > ${path}/${quoted(name)}; else cat > ${path}; fi`
        if (!(yield* remote(process, there.to, port, put, content))) status = 1
      } else {
        const { files } = process
        const path = files.exists(target) && files.stat(target).type === "directory" ? `${target}/${name}` : target
        try {
          files.write(path, content)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* process.error(`scp: open local "${path}": ${error.message}\n`)
          status = 1
        }
      }
    }
    return status
  },
})
