/** kubectl config and its subcommands that look at or choose. */
import { type Process, SystemError } from "@drydock/machine"
import { encodeBase64Bytes } from "../../bytes.ts"
import { defineSubcommand, type Subcommand } from "../../define-subcommand.ts"
import { HelpfulError, KubectlError, throwAll, UsageError } from "../../errors.ts"
import { FORMATS, PRINT } from "../../flag-groups.ts"
import { type Kubeconfig, kubeconfigPaths, nullIfNone, writeKubeconfig } from "../../kubeconfig.ts"
import type { Input } from "../../flags.ts"
import { asBuilt, objectPrinter, printObject } from "../../printing/objects.ts"
import { columns } from "../../printing/tabwriter.ts"
import { typedEntry } from "./typed.ts"

const family = defineSubcommand({
  path: ["config"],
  group: "Other Commands",
  summary: 'Modify kubeconfig files using subcommands like "kubectl config set current-context my-context"',
  description:
    "Which file is meant:\n\n1. --kubeconfig, if it is given: that file alone.\n2. $KUBECONFIG: its files, merged. A change goes to the file that has the entry, a new entry to the first that exists.\n3. Otherwise ${HOME}/.kube/config.",
  usage: "SUBCOMMAND",
  flags: {},
  offline: true,
})

/** Only what the current context needs. As clientcmdapi.MinifyConfig. */
const minified = (config: Kubeconfig, input: Input): Kubeconfig => {
  const name = input.given("context") ?? config["current-context"]
  const found = config.contexts.find((one) => one.name === name)
  if (!name) throw new KubectlError("current-context must exist in order to minify")
  if (!found) throw new KubectlError(`cannot locate context ${name}`)
  const { cluster, user } = found.context
  if (user && !config.users.some((one) => one.name === user)) throw new KubectlError(`cannot locate user ${user}`)
  if (cluster && !config.clusters.some((one) => one.name === cluster)) throw new KubectlError(`cannot locate cluster ${cluster}`)
  return {
    ...config,
    "current-context": name,
    contexts: [found],
    clusters: config.clusters.filter((one) => one.name === found.context.cluster),
    users: config.users.filter((one) => one.name === found.context.user),
  }
}

const FILES_OF = { cluster: ["certificate-authority"], user: ["client-certificate", "client-key"] } as const

/** The contents of the files that entries name, in their place. As clientcmdapi.FlattenConfig. */
const flattened = (process: Process, config: Kubeconfig): Kubeconfig => {
  const within = <Entry extends Record<string, unknown>>(entry: Entry, fields: readonly string[], origin: string | undefined): Entry => {
    const whole: Record<string, unknown> = { ...entry }
    for (const field of fields) {
      const path = whole[field]
      if (typeof path !== "string" || path === "") continue
      const base = (origin ?? "").slice(0, (origin ?? "").lastIndexOf("/") + 1)
      try {
        whole[`${field}-data`] ??= encodeBase64Bytes(process.files.readBytes(path.startsWith("/") ? path : base + path))
      } catch (error) {
        if (error instanceof SystemError)
          throw new KubectlError(`open ${process.files.resolve(base + path)}: ${error.message.toLowerCase()}`)
        throw error
      }
      delete whole[field]
    }
    return whole as Entry
  }
  return {
    ...config,
    clusters: config.clusters.map(({ name, cluster }) => ({
      name,
      cluster: within(cluster, FILES_OF.cluster, config.origins.get(`clusters/${name}`)),
    })),
    users: config.users.map(({ name, user }) => ({ name, user: within(user, FILES_OF.user, config.origins.get(`users/${name}`)) })),
  }
}

const SECRETS = new Set(["client-certificate-data", "client-key-data", "certificate-authority-data", "token", "password"])

const redacted = <Entry extends Record<string, unknown>>(entry: Entry): Entry =>
  Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key, SECRETS.has(key) ? (key.endsWith("-data") ? "DATA+OMITTED" : "REDACTED") : value]),
  ) as Entry

const view = defineSubcommand({
  path: ["config", "view"],
  summary: "Display merged kubeconfig settings or a specified kubeconfig file",
  usage: "[flags]",
  examples: [
    ["Without secrets", "kubectl config view"],
    ["With them", "kubectl config view --raw"],
  ],
  flags: {
    ...PRINT,
    output: { short: "o", type: "string", default: "yaml", help: PRINT.output.help ?? "" },
    flatten: { type: "bool", help: "Put the contents of files in the place of their names" },
    merge: { type: "bool", default: "true", help: "Merge all kubeconfig files" },
    minify: { type: "bool", help: "Only what the current context needs" },
    raw: { type: "bool", help: "With all secrets" },
  },
  offline: true,
  *run(input, { process, config: whole }) {
    if (input.words.length > 0) throw new UsageError("config view", `unexpected arguments: [${input.words.join(" ")}]`)
    if (!input.bool("merge") && !input.given("kubeconfig")) throw new KubectlError("if merge==false a precise file must be specified")
    const config = input.bool("flatten") ? flattened(process, whole) : whole
    const shown = input.bool("minify") ? minified(config, input) : config
    const raw = input.bool("raw") || input.bool("flatten")
    const value = asBuilt({
      kind: "Config",
      apiVersion: "v1",
      clusters: nullIfNone(
        shown.clusters.map(({ name, cluster }) => ({ name, cluster: typedEntry("cluster", raw ? cluster : redacted(cluster)) })),
      ),
      users: nullIfNone(shown.users.map(({ name, user }) => ({ name, user: typedEntry("user", raw ? user : redacted(user)) }))),
      contexts: nullIfNone(shown.contexts.map(({ name, context }) => ({ name, context: typedEntry("context", context) }))),
      "current-context": shown["current-context"],
      ...(shown.preferences?.colors && { preferences: shown.preferences }),
    })
    const printer = objectPrinter(process, input, FORMATS, { wide: false })
    if (printer) yield* printObject(process, printer, value)
    return 0
  },
})

const getContexts = defineSubcommand({
  path: ["config", "get-contexts"],
  summary: "Describe one or many contexts",
  usage: "[(-o|--output=)name)]",
  examples: [["All of them", "kubectl config get-contexts"]],
  flags: { "no-headers": { type: "bool", help: "Without the line of column names" }, output: { short: "o", type: "string", help: "name" } },
  offline: true,
  *run(input, { process, config }) {
    const output = input.text("output")
    if (output && output !== "name")
      throw new KubectlError(`--output ${output} is not available in kubectl config get-contexts; resetting to default output format`)
    const all = new Map(config.contexts.map(({ name, context }) => [name, context]))
    const errors = input.words.filter((name) => !all.has(name)).map((name) => new KubectlError(`context ${name} not found`))
    const rows: string[][] = []
    for (const name of (input.words.length > 0 ? [...input.words] : [...all.keys()]).sort()) {
      const found = all.get(name)
      if (!found) continue
      const { cluster, user, namespace = "" } = found
      rows.push(output === "name" ? [name] : [name === config["current-context"] ? "*" : "", name, cluster ?? "", user ?? "", namespace])
    }
    const head = ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]
    yield* process.print(columns(output === "name" || input.bool("no-headers") ? rows : [head, ...rows]))
    throwAll(errors)
    return 0
  },
})

const currentContext = defineSubcommand({
  path: ["config", "current-context"],
  summary: "Display the current-context",
  usage: "[flags]",
  examples: [["Its name", "kubectl config current-context"]],
  flags: {},
  offline: true,
  *run(_, { process, config }) {
    if (!config["current-context"]) throw new KubectlError("current-context is not set")
    yield* process.print(`${config["current-context"]}\n`)
    return 0
  },
})

const useContext = defineSubcommand({
  path: ["config", "use-context"],
  aliases: ["use"],
  summary: "Set the current-context in a kubeconfig file",
  usage: "CONTEXT_NAME",
  examples: [["Another cluster", "kubectl config use-context minikube"]],
  flags: {},
  offline: true,
  *run(input, { process, config }) {
    if (input.words.length !== 1) throw new HelpfulError("config use-context", `Unexpected args: [${input.words.join(" ")}]`)
    const [name] = input.words
    if (!config.contexts.some((one) => one.name === name))
      throw new KubectlError(`no context exists with the name: ${JSON.stringify(name)}`)
    config["current-context"] = name
    writeKubeconfig(process, config, input.given("kubeconfig"))
    yield* process.print(`Switched to context ${JSON.stringify(name)}.\n`)
    return 0
  },
})

const names = (path: "get-clusters" | "get-users", list: "clusters" | "users"): Subcommand =>
  defineSubcommand({
    path: ["config", path],
    summary: `Display ${list} defined in the kubeconfig`,
    usage: "[flags]",
    examples: [["All of them", `kubectl config ${path}`]],
    flags: {},
    offline: true,
    *run(_, { process, config }) {
      const found = config[list].map(({ name }) => name).sort()
      yield* process.print(["NAME", ...found].map((name) => `${name}\n`).join(""))
      return 0
    },
  })

const remove = (what: "context" | "cluster" | "user"): Subcommand =>
  defineSubcommand({
    path: ["config", `delete-${what}`],
    summary: `Delete the specified ${what} from the kubeconfig`,
    usage: "NAME",
    examples: [["By name", `kubectl config delete-${what} minikube`]],
    flags: {},
    offline: true,
    *run(input, { process, config }) {
      if (input.words.length !== 1) {
        if (what === "user") throw new UsageError("config delete-user", "user to delete is required")
        throw new HelpfulError(`config delete-${what}`, "", 0)
      }
      const [name] = input.words
      const [file] = kubeconfigPaths(process, input.given("kubeconfig"))
      const list: { name: string }[] = config[`${what}s`]
      const at = list.findIndex((one) => one.name === name)
      if (at < 0) throw new KubectlError(`cannot delete ${what} ${name}, not in ${file}`)
      list.splice(at, 1)
      if (what === "context" && config["current-context"] === name)
        yield* process.error(`warning: this removed your active context, use "kubectl config use-context" to select a different one\n`)
      writeKubeconfig(process, config, input.given("kubeconfig"))
      yield* process.print(`deleted ${what} ${name} from ${file}\n`)
      return 0
    },
  })

/** What is renamed stays in its file. */
const moved = ({ origins }: Kubeconfig, from: string, to: string): void => {
  const file = origins.get(from)
  if (file !== undefined) (origins as Map<string, string>).set(to, file)
}

const renameContext = defineSubcommand({
  path: ["config", "rename-context"],
  summary: "Rename a context from the kubeconfig file",
  usage: "CONTEXT_NAME NEW_NAME",
  examples: [["Another name", "kubectl config rename-context old-name new-name"]],
  flags: {},
  offline: true,
  *run(input, { process, config }) {
    if (input.words.length !== 2) throw new HelpfulError("config rename-context", `Unexpected args: [${input.words.join(" ")}]`)
    const [from, to] = input.words
    const [file] = kubeconfigPaths(process, input.given("kubeconfig"))
    const found = config.contexts.find((one) => one.name === from)
    if (!found) throw new KubectlError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${file}`)
    if (config.contexts.some((one) => one.name === to))
      throw new KubectlError(
        `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${file}`,
      )
    if (to === "") throw new KubectlError("You must specify a new non-empty context name")
    found.name = to
    moved(config, `contexts/${from}`, `contexts/${to}`)
    if (config["current-context"] === from) config["current-context"] = to
    writeKubeconfig(process, config, input.given("kubeconfig"))
    yield* process.print(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`)
    return 0
  },
})

export const configCommands: readonly Subcommand[] = [
  family,
  view,
  getContexts,
  currentContext,
  useContext,
  names("get-clusters", "clusters"),
  names("get-users", "users"),
  remove("context"),
  remove("cluster"),
  remove("user"),
  renameContext,
]
