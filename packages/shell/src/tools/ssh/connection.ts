/** A client's way to a server: the connection, the server's key, and who it is that logs in. As sshconnect.c and sshconnect2.c. */
import { type OpenFile, type Process, SocketFile, type Steps, type Stream, SystemError } from "@drydock/machine"
import { type ClientConfig, expanded } from "./client-config.ts"
import { tryKeys } from "./identities.ts"
import { base64, fingerprint, kindOf, picture, unbase64 } from "./keys.ts"
import { addKnownHost, hashed, hostName, knownAs, type KnownHost, knownHosts } from "./known-hosts.ts"
import { GREETING, Link } from "./link.ts"
import { askAtTerminal } from "./prompts.ts"

export interface Destination {
  /** As it was given. */
  readonly original: string
  readonly host: string
  readonly port: number
  readonly user: string
}

export interface Connected {
  readonly link: Link
  /** The socket, when it is one: it ends with the process that owns it. */
  readonly stream: Stream | undefined
  readonly banner: string
}

const FRAME = "@".repeat(59)
/** The order in which a client likes kinds of keys. */
const LIKED = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"]

const quiet = (config: ClientConfig) => /^(quiet|fatal|error)$/i.test(config.get("LogLevel") ?? "")

/** Says what only -v shows. */
export const debugging = (process: Process, level: number) =>
  function* (text: string): Steps<void> {
    if (level > 0) yield* process.error(`debug1: ${text}\r\n`)
  }

/** A pair of open files that leads to the server; undefined after the failure was told. */
function* way(
  process: Process,
  config: ClientConfig,
  to: Destination,
): Steps<{ read: OpenFile; write: OpenFile; stream?: Stream; address?: string } | undefined> {
  const jump = config.get("ProxyJump")
  let command = config.get("ProxyCommand")
  if (command?.toLowerCase() === "none") command = undefined
  if (jump && jump.toLowerCase() !== "none") {
    const hops = jump.split(",")
    const [last] = hops.slice(-1)
    const [, where, port] = /^(.*?)(?::(\d+))?$/.exec(last) ?? []
    command = `ssh${hops.length > 1 ? ` -J ${hops.slice(0, -1).join(",")}` : ""}${port ? ` -p ${port}` : ""} -W '[%h]:%p' ${where}`
  }
  if (command !== undefined) {
    const words = ["/bin/sh", "-c", `exec ${expanded(process, command, to)}`]
    const [into, out] = [process.pipe(), process.pipe()]
    into.write.retain()
    out.read.retain()
    const errors = process.fds.get(2)
    process.spawnFile(words[0], { argv: words, fds: new Map([[0, into.read], [1, out.write], ...(errors ? [[2, errors] as const] : [])]) })
    return { read: out.read, write: into.write }
  }
  const [record] = /^\d+(\.\d+){3}$/.test(to.host) ? [{ value: to.host }] : yield* process.network.lookup(to.host)
  if (!record) {
    yield* process.error(`ssh: Could not resolve hostname ${to.host}: Name or service not known\r\n`)
    return undefined
  }
  const seconds = Number(config.get("ConnectTimeout") ?? 0)
  try {
    const stream = yield* process.network.connect(record.value, to.port, seconds > 0 ? { timeout: seconds * 1_000 } : {})
    const file = new SocketFile(stream, 40_000 + process.pid)
    file.retain()
    return { read: file, write: file, stream, address: record.value }
  } catch (error) {
    if (!(error instanceof SystemError) || error.code === "EINTR") throw error
    yield* process.error(`ssh: connect to host ${to.host} port ${to.port}: ${error.message}\r\n`)
    return undefined
  }
}

/** Whether the server is who it is known to be; asks where it is not known. */
function* trusted(
  process: Process,
  config: ClientConfig,
  to: Destination,
  keys: readonly { type: string; key: string }[],
  address: string | undefined,
): Steps<boolean> {
  const own = (config.get("UserKnownHostsFile") ?? "~/.ssh/known_hosts ~/.ssh/known_hosts2")
    .split(/\s+/)
    .map((path) => expanded(process, path))
  const shared = (config.get("GlobalKnownHostsFile") ?? "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2").split(/\s+/)
  const name = hostName(config.get("HostKeyAlias") ?? to.host, to.port)
  const all = knownHosts(process, [...own, ...shared])
  const known = knownAs(all, name)
  // The kind that is known is the one to ask for.
  const types = LIKED.filter((type) => keys.some((key) => key.type === type))
  const type = types.find((one) => known.some((entry) => entry.type === one)) ?? types[0]
  const shown = keys.find((key) => key.type === type)
  if (!shown) return false
  const blob = unbase64(shown.key)
  const kind = kindOf(blob)
  const title = kind?.title ?? type
  const fits = (entry: KnownHost) => entry.key === shown.key
  if (known.some((entry) => entry.marker === "@revoked" && fits(entry))) {
    yield* process.error(
      `${FRAME}\r\n@       WARNING: REVOKED HOST KEY DETECTED!               @\r\n${FRAME}\r\nThe ${title} host key for ${name} is marked as revoked.\r\nThis could mean that a stolen key is being used to impersonate this host.\r\nHost key verification failed.\r\n`,
    )
    return false
  }
  if (known.some(fits)) return true
  const strict = (config.get("StrictHostKeyChecking") ?? "ask").toLowerCase()
  const lax = strict === "no" || strict === "off"
  const changed = known.find((entry) => entry.type === type)
  if (changed) {
    yield* process.error(
      `${FRAME}\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n${FRAME}\r\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r\nSomeone could be eavesdropping on you right now (man-in-the-middle attack)!\r\nIt is also possible that a host key has just been changed.\r\nThe fingerprint for the ${title} key sent by the remote host is\n${fingerprint(blob)}.\r\nPlease contact your system administrator.\r\nAdd correct host key in ${own[0]} to get rid of this message.\r\nOffending ${title} key in ${changed.path}:${changed.line}\r\n  remove with:\r\n  ssh-keygen -f '${changed.path}' -R '${name}'\r\n`,
    )
    if (lax) {
      yield* process.error(
        "Password authentication is disabled to avoid man-in-the-middle attacks.\r\nKeyboard-interactive authentication is disabled to avoid man-in-the-middle attacks.\r\n",
      )
      config.set("PasswordAuthentication", "no")
      return true
    }
    yield* process.error(`Host key for ${name} has changed and you have requested strict checking.\r\nHost key verification failed.\r\n`)
    return false
  }
  if (strict === "yes") {
    yield* process.error(
      `No ${title} host key is known for ${name} and you have requested strict checking.\r\nHost key verification failed.\r\n`,
    )
    return false
  }
  if (!lax && strict !== "accept-new") {
    const others = all.filter((entry) => fits(entry))
    const alias =
      others.length === 0
        ? "This key is not known by any other names.\n"
        : `This host key is known by the following other names/addresses:\n${others.map((entry) => `    ${entry.path}:${entry.line}: ${entry.names.startsWith("|") ? "[hashed name]" : entry.names}\n`).join("")}`
    const where =
      address !== undefined && address !== to.host ? `${name} (${address})` : `${name} (${address ?? "<no hostip for proxy command>"})`
    let prompt = `The authenticity of host '${where}' can't be established.\n${title} key fingerprint is ${fingerprint(blob)}.\n${config.yes("VisualHostKey", false) ? picture(blob, `${title} ${kind?.bits}`) : ""}${alias}Are you sure you want to continue connecting (yes/no/[fingerprint])? `
    for (;;) {
      const answer = config.yes("BatchMode", false) ? undefined : (yield* askAtTerminal(process, prompt, { hidden: false }))?.trim()
      if (answer === undefined || /^no$/i.test(answer)) {
        yield* process.error("Host key verification failed.\r\n")
        return false
      }
      if (/^yes$/i.test(answer) || answer === fingerprint(blob)) break
      prompt = "Please type 'yes', 'no' or the fingerprint: "
    }
  }
  const written = config.yes("HashKnownHosts", false) ? hashed(name, () => process.random()) : name
  if (addKnownHost(process, own[0], written, type, shown.key)) {
    if (!quiet(config)) yield* process.error(`Warning: Permanently added '${name}' (${title}) to the list of known hosts.\r\n`)
  } else yield* process.error(`Failed to add the host to the list of known hosts (${own[0]}).\r\n`)
  return true
}

/** Logs in; undefined after the failure was told. */
export function* connect(
  process: Process,
  config: ClientConfig,
  to: Destination,
  identities: readonly string[],
  level: number,
): Steps<Connected | undefined> {
  const debug = debugging(process, level)
  yield* debug(`Connecting to ${to.host} port ${to.port}.`)
  const path = yield* way(process, config, to)
  if (!path) return undefined
  yield* debug("Connection established.")
  const link = new Link(path.read, path.write)
  const first = yield* link.receive(process)
  if (first?.message.t !== "hostkeys") {
    yield* process.error(
      path.stream && link.greeting === undefined
        ? `kex_exchange_identification: Connection closed by remote host\r\nConnection closed by ${path.address} port ${to.port}\r\n`
        : `Connection closed by ${path.address ?? "UNKNOWN"} port ${path.address ? to.port : 65_535}\r\n`,
    )
    return undefined
  }
  yield* debug(`Local version string ${GREETING}`)
  yield* debug(`Remote protocol version 2.0, remote software version ${link.greeting?.slice(8)}`)
  yield* debug(`Authenticating to ${to.host}:${to.port} as '${to.user}'`)
  const keys = first.message.keys.map((key) => ({ key, type: new TextDecoder().decode(unbase64(key).slice(4, 4 + unbase64(key)[3])) }))
  if (!(yield* trusted(process, config, to, keys, path.address))) {
    link.send({ t: "disconnect", text: "" })
    yield* link.drain(process)
    return undefined
  }
  let banner = ""
  let methods: readonly string[] = []
  /** One attempt; true when it let in, undefined when the connection has gone. */
  const attempt = function* (method: "none" | "password" | "publickey", secret?: string): Steps<boolean | undefined> {
    link.send({ t: "auth", user: to.user, method, ...(secret !== undefined && { secret }) })
    for (;;) {
      const answer = yield* link.receive(process)
      if (answer?.message.t === "success") return true
      if (answer?.message.t === "banner") banner += answer.message.text
      else if (answer?.message.t === "failure") {
        methods = answer.message.methods
        return false
      } else if (answer?.message.t === "disconnect") {
        yield* process.error(
          `Received disconnect from ${path.address ?? "UNKNOWN"} port ${to.port}:2: ${answer.message.text}\r\nDisconnected from ${path.address ?? "UNKNOWN"} port ${to.port}\r\n`,
        )
        return undefined
      } else if (!answer) {
        yield* process.error(`Connection closed by ${path.address ?? "UNKNOWN"} port ${to.port}\r\n`)
        return undefined
      }
    }
  }
  let inside = yield* attempt("none")
  if (banner !== "" && !quiet(config)) yield* process.error(banner.replaceAll("\n", "\r\n"))
  yield* debug(`Authentications that can continue: ${methods.join(",")}`)
  const wanted = (config.get("PreferredAuthentications") ?? "publickey,password").split(",")
  for (const method of wanted) {
    if (inside !== false) break
    if (method === "publickey" && methods.includes("publickey") && config.yes("PubkeyAuthentication", true)) {
      yield* debug("Next authentication method: publickey")
      let gone = false
      const offered = yield* tryKeys(
        process,
        config,
        identities,
        function* (key, from) {
          if (gone) return false
          const kind = kindOf(key.blob)
          yield* debug(`Offering public key: ${from} ${kind?.title} ${fingerprint(key.blob)}`)
          const taken = yield* attempt("publickey", base64(key.blob))
          gone = taken === undefined
          if (taken) yield* debug(`Server accepts key: ${from} ${kind?.title} ${fingerprint(key.blob)}`)
          return taken === true
        },
        debug,
      )
      inside = offered ? true : gone ? undefined : false
    }
    if (method === "password" && inside === false && methods.includes("password") && config.yes("PasswordAuthentication", true)) {
      if (config.yes("BatchMode", false)) continue
      for (let left = Number(config.get("NumberOfPasswordPrompts") ?? 3); left > 0 && inside === false; left--) {
        const password = yield* askAtTerminal(process, `${to.user}@${to.host}'s password: `)
        if (password === undefined) break
        inside = yield* attempt("password", password)
        if (inside === false && left > 1) yield* process.error("Permission denied, please try again.\r\n")
      }
    }
  }
  if (inside === undefined) return undefined
  if (!inside) {
    yield* process.error(`${to.user}@${to.host}: Permission denied (${methods.join(",")}).\r\n`)
    link.send({ t: "disconnect", text: "" })
    yield* link.drain(process)
    return undefined
  }
  yield* debug(`Authenticated to ${to.host} (${path.address ? `[${path.address}]:${to.port}` : "via proxy"}) using "publickey".`)
  return { link, stream: path.stream, banner }
}
