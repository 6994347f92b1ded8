/** kubectl config set, unset, set-cluster, set-context, set-credentials */
import { type Process, SystemError } from "@drydock/machine"
import { decodeBase64 } from "@drydock/kubernetes/apimachinery"
import { corruptAt, encodeBase64Bytes } from "../../bytes.ts"
import { defineSubcommand, type Subcommand } from "../../define-subcommand.ts"
import { HelpfulError, KubectlError } from "../../errors.ts"
import type { Input } from "../../flags.ts"
import { type Kubeconfig, kubeconfigPaths, writeKubeconfig } from "../../kubeconfig.ts"

type Entry = Record<string, unknown>
type List = "clusters" | "contexts" | "users"

const SINGULAR: Readonly<Record<List, "cluster" | "context" | "user">> = { clusters: "cluster", contexts: "context", users: "user" }

/** The fields that each list's entries have; data fields are base64. */
const FIELDS: Readonly<Record<List, readonly string[]>> = {
  clusters: [
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority",
    "certificate-authority-data",
    "proxy-url",
    "disable-compression",
  ],
  contexts: ["cluster", "user", "namespace"],
  users: [
    "client-certificate",
    "client-certificate-data",
    "client-key",
    "client-key-data",
    "token",
    "tokenFile",
    "username",
    "password",
    "as",
    "as-uid",
  ],
}

const entryOf = (config: Kubeconfig, list: List, name: string): Entry | undefined => {
  const found = (config[list] as { name: string }[]).find((one) => one.name === name)
  return found && ((found as unknown as Record<string, Entry>)[SINGULAR[list]] ??= {})
}

const addEntry = (config: Kubeconfig, list: List, name: string): Entry => {
  const entry: Entry = list === "contexts" ? { cluster: "", user: "" } : {}
  ;(config[list] as unknown[]).push({ name, [SINGULAR[list]]: entry })
  return entry
}

interface Place {
  readonly list: List
  readonly name: string
  readonly field: string | undefined
}

/** "clusters.my.cluster.server": the entry's name may hold dots. As navigation_step_parser.go. */
const navigate = (path: string): Place | "current-context" | "nothing" | "colors" => {
  if (path === "current-context") return path
  if (path === "preferences.colors") return "colors"
  if (path === "kind" || path === "apiVersion" || path === "preferences") return "nothing"
  const [list, ...rest] = path.split(".")
  if (list !== "clusters" && list !== "contexts" && list !== "users")
    throw new KubectlError(`unable to parse ${path} after [] at api.Config`)
  const field = FIELDS[list].find((one) => rest.length > 1 && path.endsWith(`.${one}`))
  const name = field ? path.slice(list.length + 1, -(field.length + 1)) : rest.join(".")
  return { list, name, field }
}

const truth = (text: string): boolean => {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false
  throw new KubectlError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
}

const set = defineSubcommand({
  path: ["config", "set"],
  summary: "Set an individual value in a kubeconfig file",
  description: "PROPERTY_NAME is a path with dots, e.g. clusters.my-cluster.server. Certificates and keys are given in base64.",
  usage: "PROPERTY_NAME PROPERTY_VALUE",
  examples: [["A cluster's server", "kubectl config set clusters.my-cluster.server https://1.2.3.4"]],
  flags: { "set-raw-bytes": { type: "bool", help: "The value of a data field is not in base64." } },
  offline: true,
  *run(input, { process, config }) {
    if (input.words.length !== 2) throw new HelpfulError("config set", `Unexpected args: [${input.words.join(" ")}]`)
    const [path, value] = input.words
    if (value === "") throw new KubectlError("you cannot use set to unset a property")
    if (path === "") throw new KubectlError("you must specify a property")
    const place = navigate(path)
    if (place === "current-context") config["current-context"] = value
    else if (place === "colors") config.preferences = { colors: truth(value) }
    else if (place !== "nothing") {
      if (!place.field && /\.exec\./.test(path)) throw new KubectlError(`unable to parse one or more field values of ${path}`)
      // Go prints the map with where its values lie.
      if (!place.field)
        throw new KubectlError(
          `can't set a map to a value: map[${(config[place.list] as { name: string }[])
            .map(({ name }, at) => `${name}:0x${(0xc000100000 + at * 128).toString(16)}`)
            .sort()
            .join(" ")}]`,
        )
      const entry = entryOf(config, place.list, place.name) ?? addEntry(config, place.list, place.name)
      if (place.field.endsWith("-data")) {
        if (!input.bool("set-raw-bytes") && decodeBase64(value) === undefined)
          throw new KubectlError(`error decoding input value: illegal base64 data at input byte ${corruptAt(value)}`)
        entry[place.field] = input.bool("set-raw-bytes") ? encodeBase64Bytes(new TextEncoder().encode(value)) : value
      } else entry[place.field] = place.field === "insecure-skip-tls-verify" || place.field === "disable-compression" ? truth(value) : value
    }
    writeKubeconfig(process, config, input.given("kubeconfig"))
    yield* process.print(`Property ${JSON.stringify(path)} set.\n`)
    return 0
  },
})

const unset = defineSubcommand({
  path: ["config", "unset"],
  summary: "Unset an individual value in a kubeconfig file",
  usage: "PROPERTY_NAME",
  examples: [["The current context", "kubectl config unset current-context"]],
  flags: {},
  offline: true,
  *run(input, { process, config }) {
    if (input.words.length !== 1) throw new HelpfulError("config unset", `Unexpected args: [${input.words.join(" ")}]`)
    const [path] = input.words
    const place = navigate(path)
    if (place === "current-context") config["current-context"] = ""
    else if (place === "colors" || place === "nothing") delete config.preferences
    else if (place.name === "") (config[place.list] as unknown[]).length = 0
    else {
      const entry = entryOf(config, place.list, place.name)
      if (!entry) {
        if (place.field) throw new KubectlError(`current map key \`${place.name}\` is invalid`)
      } else if (place.field) delete entry[place.field]
      else {
        const list = config[place.list] as { name: string }[]
        list.splice(
          list.findIndex(({ name }) => name === place.name),
          1,
        )
      }
    }
    writeKubeconfig(process, config, input.given("kubeconfig"))
    yield* process.print(`Property ${JSON.stringify(path)} unset.\n`)
    return 0
  },
})

const embedded = (process: Process, path: string, flag: string): string => {
  try {
    return encodeBase64Bytes(process.files.readBytes(path))
  } catch (error) {
    if (error instanceof SystemError)
      throw new KubectlError(`could not stat ${flag} file ${path}: stat ${path}: ${error.message.toLowerCase()}`)
    throw error
  }
}

/** What lies beside or below the kubeconfig is named from there. As clientcmd.RelativizePathWithNoBacksteps. */
const relativeTo = (directory: string, path: string): string => {
  if (path === directory) return "."
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
}

/** Takes what flags were given; a file is embedded or named. */
const fill = (process: Process, input: Input, entry: Entry, flags: readonly string[], embed: boolean, file: string): void => {
  for (const flag of flags) {
    if (!input.has(flag)) continue
    const value = input.text(flag)
    if (flag === "insecure-skip-tls-verify") {
      if (input.bool(flag)) {
        entry[flag] = true
        delete entry["certificate-authority"]
        delete entry["certificate-authority-data"]
      } else delete entry[flag]
    } else if (["certificate-authority", "client-certificate", "client-key"].includes(flag)) {
      delete entry[flag]
      delete entry[`${flag}-data`]
      if (embed) entry[`${flag}-data`] = embedded(process, value, flag)
      else
        entry[flag] = relativeTo(
          process.files.resolve(file.includes("/") ? file.slice(0, file.lastIndexOf("/")) || "/" : "."),
          process.files.resolve(value),
        )
    } else if (value === "") delete entry[flag]
    else entry[flag] = value
  }
}

const setCluster = defineSubcommand({
  path: ["config", "set-cluster"],
  summary: "Set a cluster entry in kubeconfig",
  description: "Of an entry that is there, only what is given changes.",
  usage:
    "NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]",
  examples: [["Its server", "kubectl config set-cluster e2e --server=https://1.2.3.4"]],
  flags: {
    "certificate-authority": { type: "string", help: "File with the certificate of the authority that the server's must come from" },
    "embed-certs": { type: "bool", help: "Put the certificate itself into the file" },
    "insecure-skip-tls-verify": { type: "bool", help: "Believe any server certificate" },
    server: { type: "string", help: "Address of the server" },
    "tls-server-name": { type: "string", help: "Name that the server's certificate is checked against" },
    "proxy-url": { type: "string", help: "A proxy on the way to the server" },
  },
  offline: true,
  *run(input, { process, config }) {
    if (input.words.length !== 1) throw new HelpfulError("config set-cluster", `Unexpected args: [${input.words.join(" ")}]`)
    const [name] = input.words
    if (input.bool("insecure-skip-tls-verify") && input.text("certificate-authority"))
      throw new KubectlError("you cannot specify a certificate authority and insecure mode at the same time")
    if (input.bool("embed-certs") && !input.text("certificate-authority"))
      throw new KubectlError("you must specify a --certificate-authority to embed")
    const entry = entryOf(config, "clusters", name) ?? addEntry(config, "clusters", name)
    fill(
      process,
      input,
      entry,
      ["server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority", "proxy-url"],
      input.bool("embed-certs"),
      config.origins.get(`clusters/${name}`) ?? kubeconfigPaths(process, input.given("kubeconfig"))[0],
    )
    if (input.has("certificate-authority")) delete entry["insecure-skip-tls-verify"]
    writeKubeconfig(process, config, input.given("kubeconfig"))
    yield* process.print(`Cluster ${JSON.stringify(name)} set.\n`)
    return 0
  },
})

const setContext = defineSubcommand({
  path: ["config", "set-context"],
  summary: "Set a context entry in kubeconfig",
  description: "Of an entry that is there, only what is given changes.",
  usage: "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]",
  examples: [["The namespace that is used when none is named", "kubectl config set-context --current --namespace=ggckad-s2"]],
  flags: {
    cluster: { type: "string", help: "Its cluster" },
    current: { type: "bool", help: "The current context" },
    namespace: { short: "n", type: "string", help: "The namespace that is used when none is named" },
    user: { type: "string", help: "Its user" },
  },
  offline: true,
  *run(input, { process, config }) {
    if (input.words.length > 1) throw new HelpfulError("config set-context", `Unexpected args: [${input.words.join(" ")}]`)
    const current = input.bool("current")
    if (input.words.length === 0 && !current) throw new KubectlError("you must specify a non-empty context name or --current")
    if (input.words.length === 1 && current) throw new KubectlError("you cannot specify both a context name and --current")
    const name = current ? config["current-context"] : input.words[0]
    if (!name) throw new KubectlError("no current context is set")
    const existing = entryOf(config, "contexts", name)
    const entry = existing ?? addEntry(config, "contexts", name)
    fill(process, input, entry, ["cluster", "user", "namespace"], false, "")
    writeKubeconfig(process, config, input.given("kubeconfig"))
    yield* process.print(`Context ${JSON.stringify(name)} ${existing ? "modified" : "created"}.\n`)
    return 0
  },
})

/** key=value pairs laid over what there is; key- takes one away. */
const changedPairs = (pairs: readonly string[], flag: string, before: Readonly<Record<string, string>>): Record<string, string> => {
  const values = { ...before }
  for (const pair of pairs) {
    const equals = pair.indexOf("=")
    if (equals > 0) values[pair.slice(0, equals)] = pair.slice(equals + 1)
    else if (pair.endsWith("-")) delete values[pair.slice(0, -1)]
    else throw new KubectlError(`Error: invalid ${flag} ${pair}`)
  }
  return values
}

interface ExecEntry {
  command?: string
  args?: readonly string[] | null
  env?: readonly { name: string; value: string }[] | null
  apiVersion?: string
  [field: string]: unknown
}

/** What --auth-provider and --exec-command and their companions say. */
const fillPlugins = (input: Input, entry: Entry): void => {
  const provider = entry["auth-provider"] as { name?: string; config?: Record<string, string> } | undefined
  if (input.has("auth-provider")) {
    if (input.text("auth-provider"))
      entry["auth-provider"] = {
        config: null,
        ...(provider?.name === input.text("auth-provider") && provider),
        name: input.text("auth-provider"),
      }
    else delete entry["auth-provider"]
  }
  const chosen = entry["auth-provider"] as { config?: Record<string, string> | null } | undefined
  if (chosen && input.has("auth-provider-arg"))
    chosen.config = changedPairs(input.list("auth-provider-arg"), "auth-provider-arg", chosen.config ?? {})
  const before = entry.exec as ExecEntry | undefined
  if (!input.has("exec-command") && !before) return
  const exec: ExecEntry = before ?? { args: null, command: "", env: null, provideClusterInfo: false }
  if (input.has("exec-command")) exec.command = input.text("exec-command")
  if (input.has("exec-arg")) exec.args = input.list("exec-arg")
  if (input.has("exec-api-version")) exec.apiVersion = input.text("exec-api-version")
  if (input.has("exec-interactive-mode")) exec.interactiveMode = input.text("exec-interactive-mode")
  if (input.has("exec-provide-cluster-info")) exec.provideClusterInfo = input.bool("exec-provide-cluster-info")
  if (input.has("exec-env")) {
    const known = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]))
    exec.env = Object.entries(changedPairs(input.list("exec-env"), "exec-env", known)).map(([name, value]) => ({ name, value }))
  }
  entry.exec = exec
}

const setCredentials = defineSubcommand({
  path: ["config", "set-credentials"],
  summary: "Set a user entry in kubeconfig",
  description: "Of an entry that is there, only what is given changes. A certificate with its key, a token, or a name and password.",
  usage:
    "NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]",
  examples: [
    [
      "A certificate and its key",
      "kubectl config set-credentials cluster-admin --client-certificate=~/.kube/admin.crt --client-key=~/.kube/admin.key --embed-certs=true",
    ],
  ],
  flags: {
    "client-certificate": { type: "string", help: "File with the client's certificate" },
    "client-key": { type: "string", help: "File with its key" },
    password: { type: "string", help: "Password for basic authentication" },
    token: { type: "string", help: "Bearer token" },
    username: { type: "string", help: "User name for basic authentication" },
    "auth-provider": { type: "string", help: "Name of an authentication provider" },
    "auth-provider-arg": { type: "list", help: "Its settings as key=value; key- removes one" },
    "embed-certs": { type: "bool", help: "Put certificate and key themselves into the file" },
    "exec-api-version": { type: "string", help: "Version of the API that the credential plugin speaks" },
    "exec-arg": { type: "list", help: "Its arguments" },
    "exec-command": { type: "string", help: "A program that says who the user is: a credential plugin" },
    "exec-env": { type: "array", help: "Its variables as key=value; key- removes one" },
    "exec-interactive-mode": { type: "string", help: "Whether it gets standard input: IfAvailable, Always or Never" },
    "exec-provide-cluster-info": { type: "bool", help: "Whether it is told about the cluster" },
  },
  offline: true,
  *run(input, { process, config }) {
    if (input.words.length !== 1) throw new HelpfulError("config set-credentials", `unexpected args: [${input.words.join(" ")}]`)
    const [name] = input.words
    const methods = [
      ...(input.text("token") ? ["--token"] : []),
      ...(input.text("username") || input.text("password") ? ["--username/--password"] : []),
    ]
    if (methods.length > 1)
      throw new KubectlError(`you cannot specify more than one authentication method at the same time: ${methods.join(", ")}`)
    if (input.bool("embed-certs") && !input.text("client-certificate") && !input.text("client-key"))
      throw new KubectlError("you must specify a --client-certificate or --client-key to embed")
    const entry = entryOf(config, "users", name) ?? addEntry(config, "users", name)
    const mode = input.given("exec-interactive-mode")
    if (mode && !["IfAvailable", "Never", "Always"].includes(mode))
      throw new KubectlError("invalid interactive mode type, can be only IfAvailable, Never, Always")
    for (const pair of input.list("exec-env"))
      if (!/^[^=]+=/.test(pair) && !pair.endsWith("-")) throw new HelpfulError("config set-credentials", `invalid exec-env format: ${pair}`)
    const file = config.origins.get(`users/${name}`) ?? kubeconfigPaths(process, input.given("kubeconfig"))[0]
    fill(process, input, entry, ["client-certificate", "client-key", "token", "username", "password"], input.bool("embed-certs"), file)
    fillPlugins(input, entry)
    if (input.text("token")) {
      delete entry.username
      delete entry.password
    } else if (input.text("username")) delete entry.token
    writeKubeconfig(process, config, input.given("kubeconfig"))
    yield* process.print(`User ${JSON.stringify(name)} set.\n`)
    return 0
  },
})

export const configSetters: readonly Subcommand[] = [set, unset, setCluster, setContext, setCredentials]
