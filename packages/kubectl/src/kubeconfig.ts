/** The kubeconfig: KUBECONFIG's files merged, or ~/.kube/config, or a Pod's own account. As client-go/tools/clientcmd. */
import { readYaml, YamlError } from "@drydock/gotemplate"
import { decodeBase64Text, encodeBase64 } from "@drydock/kubernetes/apimachinery"
import { type Process, SystemError } from "@drydock/machine"
import { besideConfig, certificateFault, confirmUsable } from "./connection.ts"
import { KubectlError } from "./errors.ts"
import type { ExecConfig } from "./exec-credentials.ts"
import { type Input, parseDuration } from "./flags.ts"
import { toYaml } from "./printing/yaml.ts"

export interface ClusterEntry {
  server?: string
  "certificate-authority"?: string
  "certificate-authority-data"?: string
  "insecure-skip-tls-verify"?: boolean
  "tls-server-name"?: string
  [field: string]: unknown
}

export interface UserEntry {
  "client-certificate"?: string
  "client-certificate-data"?: string
  "client-key"?: string
  "client-key-data"?: string
  token?: string
  tokenFile?: string
  as?: string
  "as-uid"?: string
  "as-groups"?: readonly string[]
  "as-user-extra"?: Readonly<Record<string, readonly string[]>>
  username?: string
  password?: string
  exec?: ExecConfig
  [field: string]: unknown
}

export interface ContextEntry {
  cluster: string
  user: string
  namespace?: string
  [field: string]: unknown
}

export interface Kubeconfig {
  clusters: { name: string; cluster: ClusterEntry }[]
  users: { name: string; user: UserEntry }[]
  contexts: { name: string; context: ContextEntry }[]
  "current-context": string
  /** Which file an entry came from: "contexts/dev" → path. */
  readonly origins: ReadonlyMap<string, string>
  /** The files that were read, in order. */
  readonly files: readonly string[]
  preferences?: { colors?: boolean }
}

/** Who a user acts as. */
export interface Impersonation {
  readonly user: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

export interface Connection {
  server: string
  namespace: string
  clientCertificate?: string
  /** PEM of what the server's certificate must come from. */
  authority?: string
  insecure: boolean
  token?: string
  username?: string
  password?: string
  /** A program to ask for credentials, when there are no others. */
  exec?: ExecConfig
  impersonation?: Impersonation
  /** The name that the server's certificate must have, if it is not the server's. */
  tlsServerName?: string
  /** Nothing says who the user is: kubectl asks. */
  anonymous?: boolean
}

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"

export const homeConfig = (process: Process): string => `${process.env.get("HOME") ?? "/root"}/.kube/config`

export const kubeconfigPaths = (process: Process, given?: string): string[] => {
  if (given) return [given]
  const listed = (process.env.get("KUBECONFIG") ?? "").split(":").filter(Boolean)
  return listed.length > 0 ? listed : [homeConfig(process)]
}

/** The last kubeconfigs, understood, as JSON: the next kubectl most likely reads the same text. */
const understood = new Map<string, string>()
const REMEMBERED = 8

const LISTS = ["clusters", "users", "contexts"] as const
const TYPES: Readonly<Record<(typeof LISTS)[number], string>> = {
  clusters: "NamedCluster",
  users: "NamedAuthInfo",
  contexts: "NamedContext",
}

const readFile = (process: Process, path: string): Partial<Kubeconfig> => {
  const fault = (text: string) => new KubectlError(`error loading config file ${JSON.stringify(path)}: ${text}`)
  let text: string
  try {
    text = process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw fault(`${error.code === "EISDIR" ? "read" : "open"} ${path}: ${error.message.toLowerCase()}`)
  }
  let json = understood.get(text)
  if (json === undefined) {
    let value: unknown
    try {
      ;[value = {}] = readYaml(text, { lastWins: true })
    } catch (error) {
      if (error instanceof YamlError) throw fault(error.message)
      throw error
    }
    const kind = goKind(value)
    if (kind !== "object")
      throw fault(
        `json: cannot unmarshal ${kind} into Go value of type struct { ApiVersion string "json:"apiVersion,omitempty""; Kind string "json:"kind,omitempty"" }`,
      )
    for (const list of LISTS) {
      const found = goKind((value as Record<string, unknown>)[list] ?? [])
      if (found !== "array") throw fault(`json: cannot unmarshal ${found} into Go struct field Config.${list} of type []v1.${TYPES[list]}`)
    }
    json = JSON.stringify(value)
    if (understood.size >= REMEMBERED) understood.clear()
    understood.set(text, json)
  }
  return JSON.parse(json) as Partial<Kubeconfig>
}

/** What encoding/json calls a value. */
const goKind = (value: unknown): string => (Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value)

/** `lenient`: a named file that is not there is an empty one. */
export const readKubeconfig = (process: Process, given?: string, lenient = false): Kubeconfig => {
  const origins = new Map<string, string>()
  const files: string[] = []
  const merged: Kubeconfig = { clusters: [], users: [], contexts: [], "current-context": "", origins, files }
  for (const file of kubeconfigPaths(process, given)) {
    if (!process.files.exists(file)) {
      if (given && !lenient) throw new KubectlError(`stat ${given}: no such file or directory`)
      continue
    }
    if (file === "/dev/null") continue
    const found = readFile(process, file)
    files.push(file)
    for (const list of LISTS)
      for (const item of found[list] ?? [])
        if (!merged[list].some(({ name }) => name === item.name)) {
          ;(merged[list] as { name: string }[]).push(item)
          origins.set(`${list}/${item.name}`, file)
        }
    if (found.preferences?.colors) merged.preferences = found.preferences
    if (!merged["current-context"] && found["current-context"]) {
      merged["current-context"] = found["current-context"]
      origins.set("current-context", file)
    }
  }
  return merged
}

type Named = { name: string }

/**
 * Writes what changed since the files were read, each entry where it came from and new ones into the first file; other files stay as they are.
 * As clientcmd.ModifyConfig.
 */
export const writeKubeconfig = (process: Process, config: Kubeconfig, given?: string): void => {
  const before = readKubeconfig(process, given, true)
  const paths = kubeconfigPaths(process, given)
  const first = paths.find((path) => process.files.exists(path)) ?? paths[paths.length - 1]
  const opened = new Map<string, Partial<Kubeconfig>>()
  const open = (path: string): Partial<Kubeconfig> => {
    const known = opened.get(path)
    if (known) return known
    const file = process.files.exists(path) ? readFile(process, path) : {}
    opened.set(path, file)
    return file
  }
  for (const list of LISTS) {
    const [old, now] = [before[list] as Named[], config[list] as Named[]]
    for (const item of now) {
      const known = old.find(({ name }) => name === item.name)
      if (known && JSON.stringify(known) === JSON.stringify(item)) continue
      const file = open(config.origins.get(`${list}/${item.name}`) ?? first)
      const kept = ((file[list] ?? []) as Named[]).filter(({ name }) => name !== item.name)
      Object.assign(file, { [list]: [...kept, item] })
    }
    for (const { name } of old)
      if (!now.some((item) => item.name === name)) {
        const file = open(before.origins.get(`${list}/${name}`) ?? first)
        Object.assign(file, { [list]: ((file[list] ?? []) as Named[]).filter((item) => item.name !== name) })
      }
  }
  if (config["current-context"] !== before["current-context"])
    if (config["current-context"]) open(first)["current-context"] = config["current-context"]
    else {
      // The first file that says one says none from now on; the next one's may show.
      const found = paths.find((path) => process.files.exists(path) && (opened.get(path) ?? readFile(process, path))["current-context"])
      if (found !== undefined) open(found)["current-context"] = ""
    }
  if (JSON.stringify(config.preferences) !== JSON.stringify(before.preferences)) {
    const { preferences } = config
    if (preferences?.colors) open(first).preferences = preferences
    else delete open(first).preferences
  }
  for (const [path, file] of opened) {
    const text = toYaml({
      apiVersion: "v1",
      kind: "Config",
      clusters: nullIfNone((file.clusters ?? []) as Named[]),
      contexts: nullIfNone((file.contexts ?? []) as Named[]),
      users: nullIfNone((file.users ?? []) as Named[]),
      "current-context": file["current-context"] ?? "",
      ...(file.preferences?.colors && { preferences: file.preferences }),
    })
    const directory = path.slice(0, path.lastIndexOf("/"))
    if (directory && !process.files.exists(directory)) process.files.mkdir(directory, { parents: true })
    process.files.write(path, text, { mode: 0o600 })
  }
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)
export const nullIfNone = <Item extends { name: string }>(items: readonly Item[]): Item[] | null =>
  items.length > 0 ? [...items].sort(byName) : null

/** What to talk to, as whom. `lenient`: for commands that need no server, contradictions are no errors. */
export const connect = (process: Process, config: Kubeconfig, input: Input, lenient = false): Connection => {
  const name = input.given("context") ?? config["current-context"]
  const context = config.contexts.find((one) => one.name === name)?.context
  if (input.has("context") && !context && !lenient)
    throw new KubectlError(`Error in configuration: context was not found for specified context: ${name}`, { raw: true })
  const clusterName = input.given("cluster") ?? context?.cluster
  const userName = input.given("user") ?? context?.user
  const cluster = config.clusters.find((one) => one.name === clusterName)?.cluster
  const user = config.users.find((one) => one.name === userName)?.user
  const origins = { cluster: config.origins.get(`clusters/${clusterName}`), user: config.origins.get(`users/${userName}`) }
  if (!input.given("as") && !lenient && ["as-group", "as-uid", "as-user-extra"].some((flag) => input.has(flag)))
    throw new KubectlError(`requesting uid, groups or user-extra for ${userName ?? ""} without impersonating a user`)
  if (
    input.has("request-timeout") &&
    !/^\d+$/.test(input.text("request-timeout")) &&
    parseDuration(input.text("request-timeout")) === undefined
  )
    throw new KubectlError(
      "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)",
    )
  if (input.has("cluster") && !cluster && !lenient) throw new KubectlError(`no server found for cluster ${JSON.stringify(clusterName)}`)
  if (input.has("user") && !user && !lenient) throw new KubectlError(`auth info ${JSON.stringify(userName)} does not exist`)
  const given = (flag: string) => (lenient ? undefined : input.given(flag))
  if (!lenient) {
    const [certificate, key, authority] = [given("client-certificate"), given("client-key"), given("certificate-authority")]
    const { "client-certificate-data": _, "client-key-data": __, ...files } = user ?? {}
    confirmUsable(
      process,
      {
        entry: {
          ...(certificate || key ? { ...files, ...(!key && { "client-key-data": user?.["client-key-data"] ?? "" }) } : user),
          ...(certificate && { "client-certificate": certificate }),
          ...(key && { "client-key": key }),
          ...(given("token") && { token: given("token") ?? "", tokenFile: "" }),
          ...(given("username") && { username: given("username") ?? "" }),
        },
        name: userName ?? "",
        origin: certificate || key ? "" : origins.user,
      },
      {
        entry: cluster && {
          ...cluster,
          ...(authority && { "certificate-authority": authority, "certificate-authority-data": "" }),
          ...(given("server") && { server: given("server") ?? "" }),
        },
        name: clusterName ?? "",
        origin: authority ? "" : origins.cluster,
      },
    )
  }
  if (
    !lenient &&
    user?.exec &&
    !["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"].includes(user.exec.apiVersion ?? "")
  )
    throw new KubectlError(`exec plugin: invalid apiVersion ${JSON.stringify(user.exec.apiVersion ?? "")}`)
  const read = (path: string | undefined, origin?: string): string | undefined => {
    if (!path) return undefined
    const place = besideConfig(process, path, origin)
    try {
      return process.files.readText(place)
    } catch (error) {
      if (lenient) return undefined
      if (!(error instanceof SystemError)) throw error
      throw new KubectlError(`open ${place}: ${error.message.toLowerCase()}`)
    }
  }
  const host = process.env.get("KUBERNETES_SERVICE_HOST")
  if (!context && !input.has("server") && host && process.files.exists(`${ACCOUNT}/token`))
    return {
      server: `https://${host}:${process.env.get("KUBERNETES_SERVICE_PORT") ?? "443"}`,
      namespace: input.given("namespace") ?? process.files.readText(`${ACCOUNT}/namespace`),
      token: input.given("token") ?? process.files.readText(`${ACCOUNT}/token`),
      authority: process.files.readText(`${ACCOUNT}/ca.crt`),
      insecure: input.bool("insecure-skip-tls-verify"),
    }
  const data = user?.["client-certificate-data"]
  const token = input.given("token") ?? (user?.token || read(user?.tokenFile, origins.user)?.trim())
  const authorityData = cluster?.["certificate-authority-data"]
  const certificate =
    read(input.given("client-certificate"), "") ??
    (data === undefined ? read(user?.["client-certificate"], origins.user) : decodeBase64Text(data))
  const authority =
    read(input.given("certificate-authority"), "") ??
    (authorityData === undefined ? read(cluster?.["certificate-authority"], origins.cluster) : decodeBase64Text(authorityData))
  const insecure = input.bool("insecure-skip-tls-verify") || (cluster?.["insecure-skip-tls-verify"] ?? false)
  const server = input.given("server") ?? cluster?.server ?? "http://localhost:8080"
  if (!lenient && /^https:/.test(server)) {
    if (insecure && authority !== undefined && !input.bool("insecure-skip-tls-verify"))
      throw new KubectlError("specifying a root certificates file with the insecure flag is not allowed")
    if (insecure && input.has("certificate-authority"))
      throw new KubectlError("specifying a root certificates file with the insecure flag is not allowed")
    const fault = authority === undefined || insecure ? undefined : certificateFault(authority)
    if (fault)
      throw new KubectlError(
        `unable to load root certificates: ${fault === "none" ? "unable to parse bytes as PEM block" : "failed to parse certificate: x509: malformed certificate"}`,
      )
    const mine = certificate === undefined || input.has("token") ? undefined : certificateFault(certificate)
    if (mine)
      throw new KubectlError(mine === "none" ? "tls: failed to find any PEM data in certificate input" : "x509: malformed certificate")
  }
  const username = input.given("username") ?? user?.username
  const password = input.given("password") ?? user?.password
  return {
    server,
    namespace: input.given("namespace") || context?.namespace || "default",
    insecure,
    // A token given on the command line outranks the kubeconfig's certificate.
    ...(certificate !== undefined && !input.has("token") && { clientCertificate: certificate }),
    ...(authority !== undefined && { authority }),
    ...(token !== undefined && { token }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(user?.exec &&
      token === undefined &&
      certificate === undefined && {
        exec: {
          ...user.exec,
          cluster: {
            server,
            ...(cluster?.["tls-server-name"] && { "tls-server-name": cluster["tls-server-name"] }),
            ...(insecure && { "insecure-skip-tls-verify": true }),
            ...(authority !== undefined && !insecure && { "certificate-authority-data": encodeBase64(authority) }),
            config: null,
          },
        },
      }),
    ...(user?.as && {
      impersonation: {
        user: user.as,
        ...(user["as-uid"] && { uid: user["as-uid"] }),
        groups: user["as-groups"] ?? [],
        extra: user["as-user-extra"] ?? {},
      },
    }),
    ...(cluster?.["tls-server-name"] && { tlsServerName: cluster["tls-server-name"] }),
    ...(/^https:/.test(server) &&
      token === undefined &&
      certificate === undefined &&
      username === undefined &&
      !user?.exec &&
      !user?.["auth-provider"] && { anonymous: true }),
  }
}
