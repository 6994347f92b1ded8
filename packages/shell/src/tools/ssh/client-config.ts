/** ssh_config: what is set for a host, the command line first, then ~/.ssh/config, then /etc/ssh/ssh_config. As readconf.c. */
import { Accounts, type Process, SystemError } from "@drydock/machine"
import { listFits } from "./known-hosts.ts"

/** Keywords that are known, by their lower-case names, as they are written. */
const KEYWORDS = new Map(
  `AddKeysToAgent AddressFamily BatchMode BindAddress CanonicalizeHostname CertificateFile CheckHostIP Ciphers ClearAllForwardings Compression ConnectionAttempts ConnectTimeout ControlMaster ControlPath ControlPersist DynamicForward EscapeChar ExitOnForwardFailure FingerprintHash ForkAfterAuthentication ForwardAgent ForwardX11 ForwardX11Trusted GatewayPorts GlobalKnownHostsFile GSSAPIAuthentication GSSAPIDelegateCredentials HashKnownHosts Host HostbasedAuthentication HostKeyAlgorithms HostKeyAlias HostName IdentitiesOnly IdentityAgent IdentityFile Include IPQoS KbdInteractiveAuthentication ChallengeResponseAuthentication KexAlgorithms LocalCommand LocalForward LogLevel MACs Match NoHostAuthenticationForLocalhost NumberOfPasswordPrompts PasswordAuthentication PermitLocalCommand Port PreferredAuthentications ProxyCommand ProxyJump PubkeyAcceptedAlgorithms PubkeyAcceptedKeyTypes PubkeyAuthentication RemoteCommand RemoteForward RequestTTY SendEnv ServerAliveCountMax ServerAliveInterval SessionType SetEnv StdinNull StreamLocalBindUnlink StrictHostKeyChecking TCPKeepAlive Tunnel UpdateHostKeys User UserKnownHostsFile VerifyHostKeyDNS VisualHostKey XAuthLocation`
    .split(" ")
    .map((name) => [name.toLowerCase(), name]),
)
/** Those that may be given several times. */
const LISTS = new Set(["identityfile", "localforward", "remoteforward", "dynamicforward", "sendenv", "setenv", "certificatefile"])
const DEPTH = 5

export class ConfigError extends Error {}

export class ClientConfig {
  readonly #values = new Map<string, string[]>()

  /** The first value that was set counts. */
  set(keyword: string, value: string): void {
    const key = keyword.toLowerCase()
    const values = this.#values.get(key)
    if (!values) this.#values.set(key, [value])
    else if (LISTS.has(key)) values.push(value)
  }

  get(keyword: string): string | undefined {
    return this.#values.get(keyword.toLowerCase())?.[0]
  }

  all(keyword: string): readonly string[] {
    return this.#values.get(keyword.toLowerCase()) ?? []
  }

  yes(keyword: string, other: boolean): boolean {
    const value = this.get(keyword)?.toLowerCase()
    return value === undefined ? other : value === "yes" || value === "true"
  }

  /** Every keyword with its values, in the order they were set. */
  entries(): readonly (readonly [string, readonly string[]])[] {
    return [...this.#values]
  }

  /** One "Keyword value" or "Keyword=value". Throws ConfigError. */
  line(text: string, where: string): void {
    const [, keyword, value] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(text) ?? []
    const name = keyword ?? text.trim().split(/[\s=]/)[0]
    if (!KEYWORDS.has(name.toLowerCase())) throw new ConfigError(`${where}: Bad configuration option: ${name.toLowerCase()}`)
    if (value === undefined || value === "") throw new ConfigError(`${where}: no argument after keyword "${name.toLowerCase()}"`)
    this.set(name, value.replace(/^"(.*)"$/, "$1"))
  }

  /** Reads a file's sections that are meant for `host`. Throws ConfigError. */
  read(process: Process, path: string, host: string, depth = 0): void {
    let text: string
    try {
      text = process.files.readText(path)
    } catch (error) {
      if (error instanceof SystemError) return
      throw error
    }
    let meant = true
    let bad = 0
    for (const [at, line] of text.split("\n").entries()) {
      if (/^\s*(#|$)/.test(line)) continue
      const [, keyword, value = ""] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*?)\s*$/.exec(line) ?? []
      const key = keyword?.toLowerCase()
      if (key === "host") meant = listFits(value.split(/\s+/), host)
      else if (key === "match") meant = matches(value, host, this)
      else if (key === "include") {
        if (meant && depth < DEPTH) for (const file of included(process, path, value)) this.read(process, file, host, depth + 1)
      } else
        try {
          // What is not meant is read as well: a wrong word there is an error too.
          ;(meant ? this : new ClientConfig()).line(line, `${path}: line ${at + 1}`)
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error
          bad++
          this.#problems.push(error.message)
        }
    }
    if (bad > 0) throw new ConfigError([...this.#problems.splice(0), `${path}: terminating, ${bad} bad configuration options`].join("\n"))
  }

  readonly #problems: string[] = []
}

const matches = (text: string, host: string, config: ClientConfig): boolean => {
  const words = text.split(/\s+/)
  for (let at = 0; at < words.length; at++) {
    const word = words[at].toLowerCase()
    if (word === "all") continue
    const value = words[++at] ?? ""
    if ((word === "host" || word === "originalhost") && !listFits(value.split(","), config.get("hostname") ?? host)) return false
    if (word === "user" && !listFits(value.split(","), config.get("user") ?? "")) return false
  }
  return true
}

const included = (process: Process, from: string, value: string): string[] =>
  value.split(/\s+/).flatMap((word) => {
    const path = word.startsWith("~/")
      ? `${homeOf(process)}${word.slice(1)}`
      : word.startsWith("/")
        ? word
        : `${from.replace(/[^/]*$/, "")}${word}`
    const slash = path.lastIndexOf("/")
    const [directory, pattern] = [path.slice(0, slash), path.slice(slash + 1)]
    if (!/[*?]/.test(pattern)) return [path]
    return process.files.exists(directory)
      ? process.files
          .list(directory)
          .map(({ name }) => name)
          .filter((name) => !name.startsWith(".") && listFits([pattern], name))
          .sort()
          .map((name) => `${directory}/${name}`)
      : []
  })

/** As OpenSSH has it: of the account, whatever HOME says. */
export const homeOf = (process: Process): string =>
  new Accounts(process.files).user(process.credentials.uid)?.home ?? process.env.get("HOME") ?? "/"

/** "~/x", "%d/x" and the tokens of ssh_config that stand in paths and commands. */
export const expanded = (
  process: Process,
  text: string,
  tokens: { host?: string; original?: string; port?: number; user?: string } = {},
): string => {
  const own = new Accounts(process.files).userName(process.credentials.uid)
  const known: Readonly<Record<string, string>> = {
    "%": "%",
    d: homeOf(process),
    u: own,
    i: String(process.credentials.uid),
    h: tokens.host ?? "",
    n: tokens.original ?? tokens.host ?? "",
    p: String(tokens.port ?? 22),
    r: tokens.user ?? own,
    l: process.hostname,
    L: process.hostname,
  }
  return text.replace(/^~(?=\/|$)/, homeOf(process)).replace(/%(.)/g, (all, letter: string) => known[letter] ?? all)
}

/** What holds for a destination: -o first, then the files (or -F alone). Throws ConfigError. */
export const configFor = (
  process: Process,
  host: string,
  given: { options: readonly (readonly [string, string])[]; lines: readonly string[]; file?: string | undefined },
): ClientConfig => {
  const config = new ClientConfig()
  for (const [keyword, value] of given.options) config.set(keyword, value)
  for (const line of given.lines) config.line(line, "command-line: line 0")
  if (given.file !== undefined) {
    if (given.file !== "none") {
      if (!process.files.exists(given.file)) throw new ConfigError(`Can't open user config file ${given.file}: No such file or directory`)
      config.read(process, given.file, host)
    }
    return config
  }
  const own = `${homeOf(process)}/.ssh/config`
  if (process.files.exists(own)) {
    const { mode, uid } = process.files.stat(own)
    if ((mode & 0o022) !== 0 || (uid !== 0 && uid !== process.credentials.uid)) throw new ConfigError(`Bad owner or permissions on ${own}`)
  }
  config.read(process, own, host)
  config.read(process, "/etc/ssh/ssh_config", host)
  return config
}
