/** What can follow on a kubectl command line: from the subcommands and their flags, the kubeconfig, and the API. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { Api, type KubeObject, type Resource } from "./api.ts"
import { childrenOf, findCommand } from "./command-tree.ts"
import type { Complete, Subcommand } from "./define-subcommand.ts"
import { pathOf, qualifiedName } from "./discovery.ts"
import { KubectlError } from "./errors.ts"
import { FORMATS, GET_FORMATS } from "./flag-groups.ts"
import { type Flag, type Flags, GLOBAL, type Input, parseFlags, withoutFlags } from "./flags.ts"
import { connect, type Kubeconfig, readKubeconfig } from "./kubeconfig.ts"
import { subcommands } from "./subcommands/index.ts"

/** What has been typed, understood as far as it goes. */
interface Typed {
  readonly command: Subcommand | undefined
  readonly flags: Flags
  readonly words: readonly string[]
  readonly config: Kubeconfig
  readonly api: Api
  readonly namespace: string
}

type Source = (typed: Typed) => Steps<readonly string[]>

function* namesOf({ api, namespace }: Typed, type: string): Steps<string[]> {
  const resource = yield* api.resource(type)
  const list = yield* api.get<{ items: KubeObject[] | null }>(`${pathOf(resource, resource.namespaced ? namespace : undefined)}?limit=500`)
  return (list.items ?? []).map(({ metadata }) => metadata.name)
}

function* types({ api }: Typed): Steps<Resource[]> {
  return (yield* api.resources()).filter(({ preferred, verbs }) => preferred && verbs.includes("list"))
}

const names =
  (type: string): Source =>
  (typed) =>
    namesOf(typed, type)

/** `type/` and the names of that type. */
function* slashed(typed: Typed, type: string): Steps<string[]> {
  return (yield* namesOf(typed, type)).map((name) => `${type}/${name}`)
}

const listed = (list: "contexts" | "clusters" | "users"): Source =>
  function* ({ config }) {
    return config[list].map(({ name }) => name)
  }

function* containers({ api, namespace, words }: Typed): Steps<readonly string[]> {
  const [pod] = words
  if (!pod || (pod.includes("/") && !/^(po|pods?)\//.test(pod))) return []
  const { spec } = yield* api.get<KubeObject & { spec: Readonly<Record<string, readonly { name: string }[] | undefined>> }>(
    `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod.slice(pod.indexOf("/") + 1))}`,
  )
  return [spec.containers, spec.initContainers, spec.ephemeralContainers].flatMap((some) => (some ?? []).map(({ name }) => name))
}

const words = (...list: readonly string[]): Source =>
  function* () {
    return list
  }

/** What flags can be set to. */
const VALUES: Readonly<Record<string, Source>> = {
  namespace: names("namespaces"),
  context: listed("contexts"),
  cluster: listed("clusters"),
  user: listed("users"),
  container: containers,
  output: function* ({ command }) {
    return command?.flags["server-print"] ? GET_FORMATS : FORMATS
  },
  "dry-run": words("client", "none", "server"),
  cascade: words("background", "foreground", "orphan"),
  restart: words("Always", "Never", "OnFailure"),
  "image-pull-policy": words("Always", "IfNotPresent", "Never"),
  validate: words("ignore", "strict", "warn"),
  subresource: words("resize", "scale", "status"),
  serviceaccount: names("serviceaccounts"),
}

/** What words can be, by what the subcommand says of them. */
const WORDS: Readonly<Record<Exclude<Complete, readonly string[]>, (typed: Typed, current: string) => Steps<readonly string[]>>> = {
  *resources(typed, current) {
    const slash = current.indexOf("/")
    if (slash >= 0) return yield* slashed(typed, current.slice(0, slash))
    const [type] = typed.words
    if (type?.includes("/")) return []
    if (type !== undefined) return (yield* namesOf(typed, type)).filter((name) => !typed.words.includes(name, 1))
    const comma = current.lastIndexOf(",") + 1
    return (yield* types(typed)).map((one) => current.slice(0, comma) + qualifiedName(one))
  },
  *pods(typed) {
    return typed.words.length === 0 ? yield* namesOf(typed, "pods") : []
  },
  *"pods-and-types"(typed, current) {
    if (typed.words.length > 0) return typed.flags.container && typed.command?.stopAtWord === undefined ? yield* containers(typed) : []
    const slash = current.indexOf("/")
    return slash >= 0 ? yield* slashed(typed, current.slice(0, slash)) : yield* namesOf(typed, "pods")
  },
  *nodes(typed) {
    const [first, ...rest] = typed.words
    const given = /^nodes?$/.test(first ?? "") ? rest : typed.words
    return given.length === 0 ? yield* namesOf(typed, "nodes") : []
  },
  *types(typed) {
    return (yield* types(typed)).map(qualifiedName)
  },
  *contexts(typed) {
    return typed.words.length === 0 ? yield* listed("contexts")(typed) : []
  },
  *clusters(typed) {
    return typed.words.length === 0 ? yield* listed("clusters")(typed) : []
  },
  *users(typed) {
    return typed.words.length === 0 ? yield* listed("users")(typed) : []
  },
  *namespaces(typed) {
    return yield* namesOf(typed, "namespaces")
  },
  *none() {
    return []
  },
}

const wantsValue = ({ type, bare }: Flag): boolean => type !== "bool" && bare === undefined

/** The flag that `word` is, if its value is the next word. */
const awaiting = (flags: Flags, word: string | undefined): string | undefined => {
  if (!word?.startsWith("-") || word.includes("=")) return undefined
  const name = word.startsWith("--") ? word.slice(2) : Object.keys(flags).find((one) => word.length === 2 && flags[one].short === word[1])
  return name !== undefined && Object.hasOwn(flags, name) && wantsValue(flags[name]) ? name : undefined
}

const flagWords = (flags: Flags): string[] =>
  Object.entries(flags)
    .filter(([, { hidden }]) => !hidden)
    .map(([name, flag]) => (wantsValue(flag) ? `--${name}=` : `--${name}`))
    .concat("--help")
    .sort()

function* candidates(typed: Typed, waiting: string | undefined, current: string): Steps<readonly string[]> {
  const { command, flags } = typed
  if (waiting !== undefined) return VALUES[waiting] ? yield* VALUES[waiting](typed) : []
  if (current.startsWith("-")) {
    const equals = current.indexOf("=")
    const source = VALUES[current.slice(2, equals)]
    if (equals < 0) return flagWords(flags)
    return source ? (yield* source(typed)).map((value) => current.slice(0, equals + 1) + value) : []
  }
  const path = command?.path ?? []
  const below = typed.words.length === 0 ? childrenOf(subcommands, path).map((one) => one.path[path.length]) : []
  const { complete = "none" } = command ?? {}
  if (typeof complete !== "string") return [...below, ...(typed.words.length === 0 ? complete : [])]
  return [...below, ...(yield* WORDS[complete](typed, current))]
}

const LIMIT = "--request-timeout=5s"

/** What `words` (from "kubectl" on) can be followed by in place of `current`. Says nothing, and knows nothing where it would have to complain. */
export function* completeKubectl(given: readonly string[], current: string, process: Process): Steps<readonly string[]> {
  const args = given.slice(1).filter((word, at) => at > 0 || word !== "help")
  if (args.includes("--")) return []
  const waitingGlobal = awaiting(GLOBAL, args.at(-1))
  const found = findCommand(subcommands, waitingGlobal === undefined ? args : args.slice(0, -1))
  const { command } = found
  const flags: Flags = { ...GLOBAL, ...command?.flags }
  const waiting = awaiting(flags, args.at(-1))
  const rest = waiting === undefined || waitingGlobal !== undefined ? found.args : found.args.slice(0, -1)
  try {
    const input: Input = parseFlags([...rest, LIMIT], command?.flags ?? {}, "")
    const globals = withoutFlags(input, command?.flags ?? {})
    const config = readKubeconfig(process, globals.given("kubeconfig"), true)
    const connection = connect(process, config, globals, true)
    const api = new Api(process, connection, globals, { silent: true })
    return yield* candidates({ command, flags, words: input.words, config, api, namespace: connection.namespace }, waiting, current)
  } catch (error) {
    if (error instanceof KubectlError || error instanceof SystemError) return []
    throw error
  }
}
