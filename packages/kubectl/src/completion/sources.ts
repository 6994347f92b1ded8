/** What words and flags' values can be, for completion: from the API, the kubeconfig, and lists. As kubectl/pkg/util/completion. */
import type { Process, Steps } from "@drydock/machine"
import type { Api, KubeObject } from "../api.ts"
import type { Subcommand } from "../define-subcommand.ts"
import { pathOf, qualifiedName } from "../discovery.ts"
import { KubectlError } from "../errors.ts"
import type { Kubeconfig } from "../kubeconfig.ts"

/** How the shell is to go on: cobra's bits. */
export const DEFAULT = 0
export const NO_SPACE = 2
export const NO_FILES = 4
export const FILE_EXTENSIONS = 8

/** Candidates, each with its description behind a tab where it has one. */
export interface Answer {
  readonly candidates: readonly string[]
  readonly directive: number
  /** What is said on standard error first. */
  readonly said?: string
}

export interface Asked {
  readonly command: Subcommand | undefined
  readonly words: readonly string[]
  readonly current: string
  readonly config: Kubeconfig
  readonly api: Api
  readonly namespace: string
  readonly process: Process
}

type Source = (asked: Asked) => Steps<Answer>

export const plain = (candidates: readonly string[], directive = NO_FILES): Answer => ({ candidates, directive })
export const starting = (list: readonly string[], current: string): string[] => list.filter((one) => one.startsWith(current))

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
export const WORDS: Readonly<Record<string, Source>> = {
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
export const VALUES: Readonly<Record<string, Source>> = {
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
