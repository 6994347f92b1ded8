/** `kubectl __complete`: what the shells' completion scripts ask for. As spf13/cobra/completions.go and kubectl/pkg/util/completion. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { Api, type KubeObject } from "./api.ts"
import { childrenOf, findCommand } from "./command-tree.ts"
import type { Subcommand } from "./define-subcommand.ts"
import { pathOf, qualifiedName } from "./discovery.ts"
import { KubectlError } from "./errors.ts"
import { type Flags, GLOBAL, type Input, parseFlags, withoutFlags } from "./flags.ts"
import { connect, type Kubeconfig, readKubeconfig } from "./kubeconfig.ts"
import { pluginCommands, pluginFiles } from "./plugins.ts"
import { subcommands } from "./subcommands/index.ts"

/** How the shell is to go on: cobra's bits. */
const DEFAULT = 0
const NO_SPACE = 2
const NO_FILES = 4
const FILE_EXTENSIONS = 8

const DIRECTIVES = [
  [1, "ShellCompDirectiveError"],
  [NO_SPACE, "ShellCompDirectiveNoSpace"],
  [NO_FILES, "ShellCompDirectiveNoFileComp"],
  [FILE_EXTENSIONS, "ShellCompDirectiveFilterFileExt"],
] as const

/** Candidates, each with its description behind a tab where it has one. */
interface Answer {
  readonly candidates: readonly string[]
  readonly directive: number
  /** What is said on standard error first. */
  readonly said?: string
}

interface Asked {
  readonly command: Subcommand | undefined
  readonly words: readonly string[]
  readonly current: string
  readonly config: Kubeconfig
  readonly api: Api
  readonly namespace: string
  readonly process: Process
}

type Source = (asked: Asked) => Steps<Answer>

const plain = (candidates: readonly string[], directive = NO_FILES): Answer => ({ candidates, directive })
const starting = (list: readonly string[], current: string): string[] => list.filter((one) => one.startsWith(current))

function* namesOf({ api, namespace }: Asked, type: string, current: string): Steps<string[]> {
  try {
    const resource = yield* api.resource(type)
    const list = yield* api.get<{ items: KubeObject[] | null }>(
      `${pathOf(resource, resource.namespaced ? namespace : undefined)}?limit=500`,
    )
    return starting(
      (list.items ?? []).map(({ metadata }) => metadata.name),
      current,
    )
  } catch (error) {
    if (error instanceof KubectlError) return []
    throw error
  }
}

/** As CompGetResourceList: what api-resources -o name says, behind the types that stand before a comma. */
function* typeNames({ api, current }: Asked): Steps<string[]> {
  const comma = current.lastIndexOf(",") + 1
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  const all = (yield* api.resources({ attempts: 1 })).filter(({ preferred, verbs }) => preferred && verbs.includes("get"))
  all.sort((a, b) => order(a.group, b.group) || order(a.plural, b.plural))
  return starting(all.map(qualifiedName), current.slice(comma)).map((name) => current.slice(0, comma) + name)
}

function* slashed(asked: Asked, slash: number): Steps<string[]> {
  const type = asked.current.slice(0, slash)
  return (yield* namesOf(asked, type, asked.current.slice(slash + 1))).map((name) => `${type}/${name}`)
}

/** A type of these (or of all), then names of it. `once`: a single one. */
const typesAndNames = (allowed?: readonly string[], once = false): Source =>
  function* (asked) {
    const { words, current } = asked
    if (words.length === 0) {
      const slash = current.indexOf("/")
      if (slash >= 0) return plain(yield* slashed(asked, slash))
      return plain(allowed ? starting(allowed, current) : yield* typeNames(asked))
    }
    if (once && words.length > 1) return plain([])
    return plain((yield* namesOf(asked, words[0], current)).filter((name) => !words.includes(name, 1)))
  }

/** One name of a type. */
const name = (type: string): Source =>
  function* (asked) {
    return plain(asked.words.length === 0 ? yield* namesOf(asked, type, asked.current) : [])
  }

const listed = (list: "contexts" | "clusters" | "users", once: boolean): Source =>
  function* ({ config, current, words }) {
    return plain(
      once && words.length > 0
        ? []
        : starting(
            config[list].map((one) => one.name),
            current,
          ),
    )
  }

const PODS_AND_TYPES = "daemonsets/ deployments/ pods/ jobs/ replicasets/ replicationcontrollers/ services/ statefulsets/".split(" ")

function* podsOrTypes(asked: Asked): Steps<Answer> {
  const { current } = asked
  const slash = current.indexOf("/")
  if (slash >= 0) return plain(yield* slashed(asked, slash))
  const types = starting(PODS_AND_TYPES, current)
  const names = yield* namesOf(asked, "pods", current)
  return plain([...names, ...types], names.length === 0 && types.length > 0 ? NO_FILES | NO_SPACE : NO_FILES)
}

function* containers({ api, namespace, words, current }: Asked): Steps<string[]> {
  const [pod = ""] = words
  if (pod === "" || pod.includes("/")) return []
  try {
    const { spec } = yield* api.get<KubeObject & { spec: Readonly<Record<string, readonly { name: string }[] | undefined>> }>(
      `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}`,
    )
    const all = [spec.initContainers, spec.containers, spec.ephemeralContainers].flatMap((some) => (some ?? []).map((one) => one.name))
    return starting(all, current)
  } catch (error) {
    if (error instanceof KubectlError) return []
    throw error
  }
}

const pod: Source = function* (asked) {
  return asked.words.length === 0 ? yield* podsOrTypes(asked) : plain([])
}

const podThenContainer: Source = function* (asked) {
  if (asked.words.length === 0) return yield* podsOrTypes(asked)
  return plain(asked.words.length === 1 ? yield* containers(asked) : [])
}

/** "pod:", "namespace/", "namespace/pod:", or a path. As cp.copyCompletion. */
const copied: Source = function* (asked) {
  const { words, current, process } = asked
  if (words.length > 1) return plain([])
  if (current.startsWith("/") || current.includes(":") || current.startsWith("."))
    return plain([], current.includes(":") ? NO_SPACE : NO_SPACE)
  const slash = current.indexOf("/")
  if (slash >= 0) {
    const namespace = current.slice(0, slash)
    const names = yield* namesOf({ ...asked, namespace }, "pods", current.slice(slash + 1))
    return plain(
      names.map((one) => `${namespace}/${one}:`),
      NO_SPACE,
    )
  }
  const spaces = (yield* namesOf(asked, "namespaces", current)).map((one) => `${one}/`)
  const pods = (yield* namesOf(asked, "pods", current)).map((one) => `${one}:`)
  if (current === "") return plain([...spaces, ...pods, "./", "/"], NO_SPACE)
  const files = process.files
    .list(".")
    .filter((one) => one.name.startsWith(current))
    .map((one) => (one.type === "directory" ? `${one.name}/` : one.name))
  return plain([...spaces, ...pods, ...files.sort()], NO_SPACE)
}

const ROLLED = ["deployment", "daemonset", "statefulset"]
const SCALED = ["deployment", "replicaset", "replicationcontroller", "statefulset"]

/** What words can be, by command. */
const WORDS: Readonly<Record<string, Source>> = {
  ...Object.fromEntries(
    ["get", "describe", "delete", "label", "annotate", "edit", "patch", "debug", "apply view-last-applied", "apply edit-last-applied"].map(
      (path) => [path, typesAndNames()],
    ),
  ),
  ...Object.fromEntries(["status", "history", "undo", "restart"].map((one) => [`rollout ${one}`, typesAndNames(ROLLED)])),
  "rollout pause": typesAndNames(["deployment"]),
  "rollout resume": typesAndNames(["deployment"]),
  scale: typesAndNames(SCALED),
  autoscale: typesAndNames(SCALED, true),
  expose: typesAndNames(["pod", "service", "replicationcontroller", "deployment", "replicaset"], true),
  taint: typesAndNames(["node"]),
  "set image": typesAndNames(["daemonsets", "deployments", "pods", "cronjobs", "replicasets", "replicationcontrollers", "statefulsets"]),
  cordon: name("nodes"),
  uncordon: name("nodes"),
  drain: name("nodes"),
  "top node": name("nodes"),
  "top pod": name("pods"),
  "create token": name("serviceaccounts"),
  logs: podThenContainer,
  exec: pod,
  attach: pod,
  "port-forward": pod,
  cp: copied,
  "config use-context": listed("contexts", true),
  "config delete-context": listed("contexts", true),
  "config rename-context": listed("contexts", true),
  "config set-context": listed("contexts", true),
  "config delete-cluster": listed("clusters", true),
  "config delete-user": listed("users", true),
}

/** In the order in which the printers' flags name them. */
const FORMATS = "json yaml kyaml name go-template go-template-file template templatefile jsonpath jsonpath-as-json jsonpath-file".split(" ")
const GET_FORMATS = [...FORMATS, "custom-columns", "custom-columns-file", "wide"]

const values = (list: readonly string[]): Source =>
  function* ({ current }) {
    return plain(starting(list, current))
  }

/** What flags can be set to: those of all commands, and "<command> --<flag>". */
const VALUES: Readonly<Record<string, Source>> = {
  namespace: function* (asked) {
    return plain(yield* namesOf(asked, "namespaces", asked.current))
  },
  context: listed("contexts", false),
  cluster: listed("clusters", false),
  user: listed("users", false),
  "exec --container": function* (asked) {
    return plain(yield* containers(asked))
  },
  "get --output": values(GET_FORMATS),
  "get --subresource": values(["status", "scale", "resize"]),
  "create clusterrolebinding --clusterrole": function* (asked) {
    return plain(yield* namesOf(asked, "clusterroles", asked.current))
  },
}

const withSummary = ({ path, summary }: Subcommand): string => `${path[path.length - 1]}\t${summary}`

const lastName = ({ path }: Subcommand): string => path[path.length - 1]

const HELP: Subcommand = { path: ["help"], summary: "Help about any command", flags: {} }

const childNames = (path: readonly string[], extra: readonly string[], current: string): string[] => {
  const children = [...childrenOf(subcommands, path).filter(({ hidden }) => !hidden), ...(path.length === 0 ? [HELP] : [])]
  const all = [
    ...children.map((one) => ({ name: lastName(one), text: withSummary(one) })),
    ...extra.map((one) => ({ name: one, text: `${one}\tThe command ${one} is a plugin installed by the user` })),
  ]
  return all
    .filter((one) => one.name.startsWith(current))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ text }) => text)
}

const takesValue = (flags: Flags, flag: string): boolean => flags[flag].type !== "bool" && flags[flag].bare === undefined

const flagNamed = (flags: Flags, word: string): string | undefined => {
  if (word.startsWith("--")) return Object.hasOwn(flags, word.slice(2)) ? word.slice(2) : undefined
  return Object.keys(flags).find((one) => flags[one].short === word.at(-1))
}

const flagNames = (own: Flags, root: boolean, given: ReadonlySet<string>, current: string): string[] => {
  const shown = (flags: Flags) =>
    Object.entries(flags)
      .filter(([key, { hidden, deprecated, type }]) => !hidden && !deprecated && (!given.has(key) || type === "list" || type === "array"))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, { short, help = "" }]) => [`--${key}\t${help}`, ...(short ? [`-${short}\t${help}`] : [])])
      .filter((one) => one.startsWith(current))
  const help: Flags = { help: { short: "h", type: "bool", help: "help for kubectl" } }
  const others = Object.fromEntries(Object.entries(GLOBAL).filter(([key]) => !Object.hasOwn(own, key)))
  return root ? shown({ ...GLOBAL, ...help }) : [...shown(others), ...shown({ ...own, ...help })]
}

const debug = (text: string): string => `[Debug] ${text}\n`

function* answer(process: Process, words: readonly string[], current: string): Steps<Answer> {
  const helping = words[0] === "help"
  const found = findCommand(subcommands, helping ? words.slice(1) : words)
  const { command } = found
  const own = command?.flags ?? {}
  const flags: Flags = { ...GLOBAL, ...own }
  let args = found.args
  let flag: string | undefined
  let value = current
  // A flag's value, in the same word or in the next.
  const dashed = args.includes("--")
  if (!dashed && current.startsWith("-") && current.includes("=")) {
    const word = current.slice(0, current.indexOf("="))
    flag = flagNamed(flags, word)
    value = current.slice(current.indexOf("=") + 1)
    if (flag === undefined)
      return {
        ...plain([], DEFAULT),
        said: debug(`[Error] Subcommand '${command ? lastName(command) : "kubectl"}' does not support flag '${word.replace(/^-+/, "")}'`),
      }
  } else if (!dashed && !current.startsWith("-")) {
    const last = args.at(-1) ?? ""
    const before = last.startsWith("-") && !last.includes("=") ? flagNamed(flags, last) : undefined
    if (before !== undefined && takesValue(flags, before)) {
      flag = before
      args = args.slice(0, -1)
    }
  }
  let input: Input
  try {
    input = parseFlags(args, own, "", command?.stopAtWord)
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    const [text] = error.message.replace(/^error: /, "").split("\n")
    return { ...plain([], DEFAULT), said: debug(`[Error] Error while parsing flags from args [${args.join(" ")}]: ${text}`) }
  }
  if (flag === undefined && !dashed && current.startsWith("-")) {
    const given = new Set(input.order.map(([key]) => key))
    const required = Object.entries(own)
      .filter(([key, one]) => one.required && !given.has(key) && `--${key}`.startsWith(current))
      .map(([key, { help = "" }]) => `--${key}\t${help}`)
    return plain(required.length > 0 ? required : flagNames(own, command === undefined, given, current))
  }
  const globals = withoutFlags(input, own)
  // `config` has a flag of its own for the file, which completion does not look at.
  const config = readKubeconfig(process, command?.path[0] === "config" ? undefined : globals.given("kubeconfig"), true)
  const connection = connect(process, config, globals, true)
  const asked: Asked = {
    command,
    words: input.words,
    current: value,
    config,
    api: new Api(process, connection, globals),
    namespace: connection.namespace,
    process,
  }
  const path = command?.path.join(" ") ?? ""
  if (flag !== undefined) {
    if (flag === "filename") return plain(["json", "yaml", "yml"], FILE_EXTENSIONS)
    const source = Object.hasOwn(GLOBAL, flag) && !Object.hasOwn(own, flag) ? VALUES[flag] : VALUES[`${path} --${flag}`]
    return source ? yield* source(asked) : plain([], DEFAULT)
  }
  const candidates: string[] = []
  let directive = DEFAULT
  if (input.words.length === 0 && (helping || !input.order.some(([key]) => Object.hasOwn(own, key)))) {
    const plugins = command === undefined && words.length === 0 ? pluginCommands(process) : []
    const children = childNames(command?.path ?? [], plugins, current)
    candidates.push(...children)
    if (command === undefined || childrenOf(subcommands, command.path).length > 0) directive = NO_FILES
  }
  if (helping) return plain(candidates)
  if (command === undefined && input.words.length > 0) return pluginAnswer(process, words)
  const given = new Set(input.order.map(([key]) => key))
  for (const [key, one] of Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (one.required && !given.has(key) && `--${key}`.startsWith(current)) candidates.push(`--${key}\t${one.help ?? ""}`)
  if (path === "completion") return plain(input.words.length === 0 ? starting(["bash", "zsh", "fish", "powershell"], current) : [])
  const source = WORDS[path]
  if (!source) return plain(candidates, directive)
  const rest = yield* source(asked)
  return plain([...candidates, ...rest.candidates], rest.directive)
}

/** A plugin completes for itself, by a program of its own; else what follows its name are plugins with longer names. */
const pluginAnswer = (process: Process, words: readonly string[]): Answer => {
  const cleared = debug("Cleared global flags for plugin completion")
  const [first] = words
  const files = pluginFiles(process).filter(({ executable }) => executable)
  const names = files.map(({ path }) => path.slice(path.lastIndexOf("/kubectl-") + 9))
  if (!names.includes(first.replaceAll("-", "_")))
    return { ...plain([], DEFAULT), said: `${cleared}${debug(`[Error] unable to find a command for arguments: [${words.join(" ")}]`)}` }
  const next = names
    .filter((one) => one.startsWith(`${first}-`))
    .map((one) => {
      const word = one.slice(first.length + 1).split("-")[0]
      return `${word}\tThe command ${word} is a plugin installed by the user`
    })
  return {
    ...plain([...new Set(next)], DEFAULT),
    said: `${cleared}${debug(`About to look for: kubectl_complete-${first}`)}${debug(`Plugin kubectl-${first} does not provide a matching completion executable`)}`,
  }
}

export const COMPLETE = ["__complete", "__completeNoDesc"]

/** `args`: kubectl's, one of them COMPLETE. */
export function* complete(process: Process, args: readonly string[]): Steps<number> {
  const at = args.findIndex((word) => COMPLETE.includes(word))
  const asked = args.slice(at + 1)
  if (asked.length === 0) throw new KubectlError("requires at least 1 arg(s), only received 0")
  const words = [...asked.slice(0, -1)]
  let given: Answer
  try {
    given = yield* answer(process, words, asked[asked.length - 1])
  } catch (error) {
    if (!(error instanceof KubectlError || error instanceof SystemError)) throw error
    given = plain([])
  }
  const described = args[at] === "__complete"
  const lines = given.candidates.map((one) => (described ? one : one.split("\t")[0]).split("\n")[0].trimEnd())
  yield* process.print(`${lines.map((line) => `${line}\n`).join("")}:${given.directive}\n`)
  const ended = DIRECTIVES.filter(([bit]) => given.directive & bit).map(([, text]) => text)
  const text = `Completion ended with directive: ${ended.join(", ") || "ShellCompDirectiveDefault"}\n`
  // `options` writes all that it says to standard output.
  yield* words[0] === "options" ? process.print(text) : process.error((given.said ?? "") + text)
  return 0
}
