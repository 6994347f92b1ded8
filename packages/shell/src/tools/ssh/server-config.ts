/** sshd_config: what the server is set to, for a user where Match says so. As servconf.c. */
import { type Process, SystemError } from "@drydock/machine"
import { listFits } from "./known-hosts.ts"

const KEYWORDS = new Set(
  `AcceptEnv AddressFamily AllowAgentForwarding AllowGroups AllowStreamLocalForwarding AllowTcpForwarding AllowUsers AuthenticationMethods AuthorizedKeysCommand AuthorizedKeysCommandUser AuthorizedKeysFile AuthorizedPrincipalsFile Banner CASignatureAlgorithms ChallengeResponseAuthentication ChrootDirectory Ciphers ClientAliveCountMax ClientAliveInterval Compression DebianBanner DenyGroups DenyUsers DisableForwarding ForceCommand GatewayPorts GSSAPIAuthentication HostbasedAuthentication HostCertificate HostKey HostKeyAlgorithms IgnoreRhosts Include KbdInteractiveAuthentication KerberosAuthentication KexAlgorithms ListenAddress LoginGraceTime LogLevel MACs Match MaxAuthTries MaxSessions MaxStartups PasswordAuthentication PermitEmptyPasswords PermitListen PermitOpen PermitRootLogin PermitTTY PermitTunnel PermitUserEnvironment PermitUserRC PidFile Port PrintLastLog PrintMotd PubkeyAcceptedAlgorithms PubkeyAuthentication RekeyLimit RequiredRSASize RevokedKeys SetEnv StrictModes Subsystem SyslogFacility TCPKeepAlive TrustedUserCAKeys UseDNS UsePAM VersionAddendum X11DisplayOffset X11Forwarding X11UseLocalhost XAuthLocation`
    .split(" ")
    .map((name) => name.toLowerCase()),
)
const YES_NO = new Set(
  "passwordauthentication pubkeyauthentication usepam x11forwarding printmotd strictmodes permittty kbdinteractiveauthentication permitemptypasswords tcpkeepalive printlastlog ignorerhosts".split(
    " ",
  ),
)
const LISTS = new Set([
  "port",
  "listenaddress",
  "hostkey",
  "allowusers",
  "denyusers",
  "allowgroups",
  "denygroups",
  "acceptenv",
  "subsystem",
])

interface Setting {
  readonly keyword: string
  readonly value: string
  /** Of the Match block that it stands in; undefined: for all. */
  readonly match: string | undefined
}

export interface ServerConfig {
  /** What keeps the server from starting, as `sshd -t` says it. */
  readonly problems: readonly string[]
  readonly settings: readonly Setting[]
}

export interface Whom {
  readonly user: string
  readonly groups: readonly string[]
  readonly address: string
}

const read = (process: Process, path: string, settings: Setting[], problems: string[], depth: number): void => {
  let text: string
  try {
    text = process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    if (depth === 0) problems.push(`${path}: ${error.message}`)
    return
  }
  let match: string | undefined
  let bad = 0
  for (const [at, line] of text.split("\n").entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const [, word = "", value = ""] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)?(.*?)\s*(?:#.*)?$/.exec(line) ?? []
    const keyword = word.toLowerCase()
    const where = `${path}: line ${at + 1}: `
    if (keyword === "include" && depth < 5) {
      const slash = value.lastIndexOf("/")
      const directory = value.startsWith("/") ? value.slice(0, slash) : `/etc/ssh/${value.slice(0, Math.max(0, slash))}`
      if (process.files.exists(directory))
        for (const { name } of [...process.files.list(directory)].sort((a, b) => (a.name < b.name ? -1 : 1)))
          if (listFits([value.slice(slash + 1)], name)) read(process, `${directory}/${name}`, settings, problems, depth + 1)
    } else if (!KEYWORDS.has(keyword)) {
      problems.push(`${where}Bad configuration option: ${word}`)
      bad++
    } else if (value === "") {
      problems.push(`${where}no argument after keyword "${word}"`)
      bad++
    } else if (keyword === "match") match = /^all$/i.test(value) ? undefined : value
    else {
      if (YES_NO.has(keyword) && !/^(yes|no)$/i.test(value)) {
        problems.push(`${path} line ${at + 1}: unsupported option "${value}".`)
        bad++
      } else if (keyword === "port" && !(Number(value) > 0 && Number(value) < 65_536)) {
        problems.push(`${path} line ${at + 1}: Badly formatted port number.`)
        bad++
      }
      settings.push({ keyword, value, match })
    }
  }
  if (bad > 0) problems.push(`${path}: terminating, ${bad} bad configuration options`)
}

export const serverConfig = (process: Process, path = "/etc/ssh/sshd_config", lines: readonly string[] = []): ServerConfig => {
  const settings: Setting[] = []
  for (const line of lines) {
    const [, word = "", value = ""] = /^\s*([A-Za-z0-9]+)[\s=]+(.*)$/.exec(line) ?? []
    settings.push({ keyword: word.toLowerCase(), value, match: undefined })
  }
  const problems: string[] = []
  read(process, path, settings, problems, 0)
  return shared({ problems, settings })
}

/** By what they say: nearly all servers of all worlds are set alike, and each keeps its settings for as long as it runs. */
const known = new Map<string, ServerConfig>()
const MOST_KNOWN = 64

const shared = (config: ServerConfig): ServerConfig => {
  const text = JSON.stringify(config)
  let one = known.get(text)
  if (!one) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(text, (one = config))
  }
  return one
}

const meant = (match: string, { user, groups, address }: Whom): boolean => {
  const words = match.split(/\s+/)
  for (let at = 0; at + 1 < words.length; at += 2) {
    const patterns = words[at + 1].split(",")
    const word = words[at].toLowerCase()
    if (word === "user" && !listFits(patterns, user)) return false
    if (word === "group" && !groups.some((group) => listFits(patterns, group))) return false
    if ((word === "address" || word === "host") && !patterns.some((one) => addressFits(one, address))) return false
  }
  return true
}

/** "10.0.0.0/8" or a pattern. */
export const addressFits = (pattern: string, address: string): boolean => {
  const [, base, bits] = /^(\d+(?:\.\d+){3})\/(\d+)$/.exec(pattern) ?? []
  if (base === undefined) return listFits([pattern], address)
  const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(bits))
  return Math.floor(number(base) / size) === Math.floor(number(address) / size)
}

/** All values of a keyword that hold for somebody; of most the first counts, and what Match blocks say comes first. */
export const settingsOf = (config: ServerConfig, keyword: string, whom?: Whom): readonly string[] => {
  const name = keyword.toLowerCase()
  const own = config.settings.filter((one) => one.keyword === name)
  const matched = whom ? own.filter((one) => one.match !== undefined && meant(one.match, whom)) : []
  const values = [...matched, ...own.filter((one) => one.match === undefined)].map(({ value }) => value)
  return LISTS.has(name) ? values.flatMap((value) => value.split(/\s+/)) : values.slice(0, 1)
}

export const settingOf = (config: ServerConfig, keyword: string, whom?: Whom): string | undefined => settingsOf(config, keyword, whom)[0]
