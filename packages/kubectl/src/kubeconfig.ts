/** The kubeconfig: KUBECONFIG's files merged, or ~/.kube/config, or a Pod's own account. As client-go/tools/clientcmd. */
import { decodeBase64Text } from "@drydock/kubernetes/apimachinery"
import { type Process, SystemError } from "@drydock/machine"
import { parse } from "yaml"
import { KubectlError } from "./errors.ts"
import type { Input } from "./flags.ts"
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
  username?: string
  password?: string
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

const readFile = (process: Process, path: string): Partial<Kubeconfig> => {
  let text: string
  try {
    text = process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new KubectlError(`error loading config file ${JSON.stringify(path)}: open ${path}: ${error.message.toLowerCase()}`)
  }
  try {
    let json = understood.get(text)
    if (json === undefined) {
      json = JSON.stringify(parse(text) ?? {})
      if (understood.size >= REMEMBERED) understood.clear()
      understood.set(text, json)
    }
    return JSON.parse(json) as Partial<Kubeconfig>
  } catch (error) {
    const [first] = (error as Error).message.split("\n")
    throw new KubectlError(`error loading config file ${JSON.stringify(path)}: yaml: ${first.replace(/ at line (\d+).*$/, "")}`)
  }
}

/** `lenient`: a named file that is not there is an empty one. */
export const readKubeconfig = (process: Process, given?: string, lenient = false): Kubeconfig => {
  const origins = new Map<string, string>()
  const merged: Kubeconfig = { clusters: [], users: [], contexts: [], "current-context": "", origins }
  for (const file of kubeconfigPaths(process, given)) {
    if (!process.files.exists(file)) {
      if (given && !lenient) throw new KubectlError(`stat ${given}: no such file or directory`)
      continue
    }
    if (file === "/dev/null") continue
    const found = readFile(process, file)
    for (const list of ["clusters", "users", "contexts"] as const)
      for (const item of found[list] ?? [])
        if (!merged[list].some(({ name }) => name === item.name)) {
          ;(merged[list] as { name: string }[]).push(item)
          origins.set(`${list}/${item.name}`, file)
        }
    if (!merged["current-context"] && found["current-context"]) {
      merged["current-context"] = found["current-context"]
      origins.set("current-context", file)
    }
  }
  return merged
}

/** Writes back what belongs to `path`; new entries go there too. */
export const writeKubeconfig = (process: Process, config: Kubeconfig, given?: string): void => {
  const paths = kubeconfigPaths(process, given)
  const first = paths.find((path) => process.files.exists(path)) ?? paths[paths.length - 1]
  const home = (key: string) => config.origins.get(key) ?? first
  for (const path of new Set([first, ...config.origins.values()])) {
    const mine = <Item extends { name: string }>(list: string, items: readonly Item[]) =>
      items.filter(({ name }) => home(`${list}/${name}`) === path)
    const text = toYaml({
      apiVersion: "v1",
      kind: "Config",
      clusters: nullIfNone(mine("clusters", config.clusters)),
      contexts: nullIfNone(mine("contexts", config.contexts)),
      users: nullIfNone(mine("users", config.users)),
      "current-context": home("current-context") === path ? config["current-context"] : "",
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
  if (input.has("cluster") && !cluster && !lenient) throw new KubectlError(`cluster ${JSON.stringify(clusterName)} does not exist`)
  if (input.has("user") && !user && !lenient) throw new KubectlError(`auth info ${JSON.stringify(userName)} does not exist`)
  const read = (path: string | undefined): string | undefined => {
    if (!path) return undefined
    try {
      return process.files.readText(path)
    } catch (error) {
      if (lenient) return undefined
      if (!(error instanceof SystemError)) throw error
      throw new KubectlError(
        `Error in configuration: unable to read client-cert ${path} for ${userName ?? ""} due to open ${path}: ${error.message.toLowerCase()}`,
        { raw: true },
      )
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
  const token = input.given("token") ?? user?.token ?? read(user?.tokenFile)?.trim()
  const authorityData = cluster?.["certificate-authority-data"]
  const certificate =
    read(input.given("client-certificate")) ?? (data === undefined ? read(user?.["client-certificate"]) : decodeBase64Text(data))
  const authority =
    read(input.given("certificate-authority")) ??
    (authorityData === undefined ? read(cluster?.["certificate-authority"]) : decodeBase64Text(authorityData))
  const username = input.given("username") ?? user?.username
  const password = input.given("password") ?? user?.password
  return {
    server: input.given("server") ?? cluster?.server ?? "http://localhost:8080",
    namespace: input.given("namespace") || context?.namespace || "default",
    insecure: input.bool("insecure-skip-tls-verify") || (cluster?.["insecure-skip-tls-verify"] ?? false),
    // A token given on the command line outranks the kubeconfig's certificate.
    ...(certificate !== undefined && !input.has("token") && { clientCertificate: certificate }),
    ...(authority !== undefined && { authority }),
    ...(token !== undefined && { token }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  }
}
