/** Cordoning nodes and moving their pods away. As kubectl/pkg/drain. */
import type { Steps } from "@drydock/machine"
import type { KubeObject } from "./api.ts"
import { find, type Info, query } from "./builder.ts"
import type { Context } from "./define-subcommand.ts"
import { isReason, KubectlError, ServerError, throwAll } from "./errors.ts"
import type { DryRun } from "./flag-groups.ts"
import type { Input } from "./flags.ts"
import { sendPatch } from "./patching/send-patch.ts"

interface Owner {
  apiVersion: string
  kind: string
  name: string
  controller?: boolean
}

type Verdict = { readonly remove: boolean; readonly warning?: string; readonly error?: string }

const GO: Verdict = { remove: true }

/** The nodes that the words or the selector mean. */
export function* findNodes(context: Context, input: Input, usage: string): Steps<Info[]> {
  if (input.words.length === 0 && !input.has("selector"))
    throw new KubectlError(`error: USAGE: ${usage} [flags]\nSee 'kubectl ${context.command} -h' for help and examples`, { raw: true })
  if (input.words.length > 0 && input.has("selector"))
    throw new KubectlError(
      `error: cannot specify both a node name and a --selector option\nSee 'kubectl ${context.command} -h' for help and examples`,
      { raw: true },
    )
  const words = input.words.some((word) => word.includes("/")) ? input.words : ["nodes", ...input.words]
  const infos = yield* find(context, input, {}, words)
  for (const { resource } of infos)
    if (resource.kind !== "Node")
      throw new KubectlError(
        `error: expected resource of type node, got ${JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.plural}`)}`,
      )
  return infos
}

/** Marks nodes; says what came of it. */
export function* cordonNodes(context: Context, nodes: readonly Info[], wanted: boolean, dry: DryRun): Steps<void> {
  const verb = wanted ? "cordon" : "uncordon"
  const suffix = dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : ""
  for (const node of nodes) {
    const already = ((node.object.spec as { unschedulable?: boolean } | undefined)?.unschedulable ?? false) === wanted
    try {
      if (!already && dry !== "client")
        yield* sendPatch(context, node, { spec: { unschedulable: wanted || null } }, { type: "strategic", dry })
      yield* context.process.print(`node/${node.name} ${already ? "already " : ""}${verb}ed${suffix}\n`)
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error
      yield* context.process.error(`error: unable to ${verb} node ${JSON.stringify(node.name)}: ${error.message}\n`)
    }
  }
}

const podName = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`

function* judge({ api, process }: Context, input: Input, pod: KubeObject): Steps<Verdict> {
  const { phase } = pod.status as { phase?: string }
  const done = phase === "Succeeded" || phase === "Failed"
  const skip = input.int("skip-wait-for-delete-timeout")
  if (skip > 0 && pod.metadata.deletionTimestamp && process.now() - Date.parse(pod.metadata.deletionTimestamp as string) > skip * 1_000)
    return { remove: false }
  const owner = ((pod.metadata.ownerReferences as Owner[] | undefined) ?? []).find(({ controller }) => controller)
  let verdict = GO
  if (owner?.kind === "DaemonSet" && owner.apiVersion === "apps/v1" && !done) {
    try {
      yield* api.get(`/apis/apps/v1/namespaces/${pod.metadata.namespace}/daemonsets/${owner.name}`)
      verdict = input.bool("ignore-daemonsets")
        ? { remove: false, warning: "ignoring DaemonSet-managed Pods" }
        : { remove: false, error: "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)" }
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      verdict =
        error.reason === "NotFound" && input.bool("force")
          ? { remove: true, warning: error.message }
          : { remove: false, error: error.message }
    }
    if (!verdict.remove) return verdict
  }
  if (pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined) return { remove: false }
  const volumes = (pod.spec as { volumes?: { emptyDir?: unknown }[] }).volumes ?? []
  if (!done && volumes.some(({ emptyDir }) => emptyDir !== undefined)) {
    if (!input.bool("delete-emptydir-data"))
      return { remove: false, error: "Pods with local storage (use --delete-emptydir-data to override)" }
    // Upstream has a warning for them, which the next filter's verdict always hides.
    verdict = GO
  }
  if (!done && !owner) {
    if (!input.bool("force")) return { remove: false, error: "cannot delete Pods that declare no controller (use --force to override)" }
    verdict = { remove: true, warning: "deleting Pods that declare no controller" }
  }
  return verdict
}

interface Plan {
  readonly pods: KubeObject[]
  readonly warning: string
  readonly errors: KubectlError[]
}

const grouped = (entries: readonly (readonly [string, string])[]): [string, string[]][] => {
  const groups = new Map<string, string[]>()
  for (const [text, name] of entries) groups.set(text, [...(groups.get(text) ?? []), name])
  return [...groups]
}

function* planDrain(context: Context, input: Input, node: string): Steps<Plan> {
  const items: KubeObject[] = []
  let next: string | undefined
  do {
    const page: { items: KubeObject[]; metadata?: { continue?: string } } = yield* context.api.get(
      `/api/v1/pods${query({ fieldSelector: `spec.nodeName=${node}`, labelSelector: input.text("pod-selector"), limit: input.text("chunk-size"), continue: next })}`,
    )
    items.push(...page.items)
    next = page.metadata?.continue
  } while (next)
  const pods: KubeObject[] = []
  const warnings: [string, string][] = []
  const errors: [string, string][] = []
  for (const pod of items) {
    const { remove, warning, error } = yield* judge(context, input, pod)
    if (remove) pods.push(pod)
    if (warning) warnings.push([warning, podName(pod)])
    if (error) errors.push([error, podName(pod)])
  }
  return {
    pods,
    warning: grouped(warnings)
      .map(([text, names]) => `${text}: ${names.join(", ")}`)
      .join("; "),
    errors: grouped(errors).map(([text, names]) => new KubectlError(`cannot delete ${text}: ${names.join(", ")}`)),
  }
}

const WAIT_TO_EVICT = 5_000
const WAIT_FOR_END = 1_000

function* removePods(context: Context, input: Input, pods: readonly KubeObject[], dry: DryRun): Steps<void> {
  const { api, process } = context
  const timeout = input.duration("timeout")
  const deadline = timeout > 0 ? process.now() + timeout : Number.POSITIVE_INFINITY
  const grace = input.int("grace-period")
  const evict = !input.bool("disable-eviction")
  const options = { ...(grace >= 0 && { gracePeriodSeconds: grace }) }
  const path = ({ metadata }: KubeObject) => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`
  let pending = [...pods]
  if (evict) for (const pod of pods) yield* process.print(`evicting pod ${podName(pod)}${dry === "server" ? " (server dry run)" : ""}\n`)
  const going: KubeObject[] = []
  while (pending.length > 0) {
    const refused: KubeObject[] = []
    for (const pod of pending)
      try {
        if (evict)
          yield* api.json("POST", `${path(pod)}/eviction`, {
            body: {
              apiVersion: "policy/v1",
              kind: "Eviction",
              metadata: { name: pod.metadata.name, namespace: pod.metadata.namespace },
              deleteOptions: { ...options, ...(dry === "server" && { dryRun: ["All"] }) },
            },
          })
        else
          yield* api.json("DELETE", path(pod) + query({ dryRun: dry === "server" ? "All" : undefined }), {
            body: { apiVersion: "v1", kind: "DeleteOptions", ...options },
          })
        going.push(pod)
      } catch (error) {
        if (isReason(error, "NotFound")) continue
        if (isReason(error, "TooManyRequests")) {
          yield* process.error(
            `error when evicting pods/${JSON.stringify(pod.metadata.name)} -n ${JSON.stringify(pod.metadata.namespace)} (will retry after 5s): ${(error as ServerError).message}\n`,
          )
          refused.push(pod)
          continue
        }
        if (error instanceof ServerError)
          throw new KubectlError(
            `error when evicting pods/${JSON.stringify(pod.metadata.name)} -n ${JSON.stringify(pod.metadata.namespace)}: ${error.message}`,
          )
        throw error
      }
    pending = refused
    yield* ended(context, going, deadline, dry, evict)
    if (pending.length === 0) break
    if (process.now() + WAIT_TO_EVICT > deadline) throw new KubectlError(`global timeout reached: ${input.text("timeout")}`)
    yield* process.sleep(WAIT_TO_EVICT)
    for (const pod of pending) yield* process.print(`evicting pod ${podName(pod)}\n`)
  }
}

/** Says of each pod when it is gone, and forgets it. */
function* ended({ api, process }: Context, going: KubeObject[], deadline: number, dry: DryRun, evict: boolean): Steps<void> {
  while (dry === "none" && going.length > 0) {
    for (const pod of [...going])
      try {
        const live = yield* api.get(`/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`)
        if (live.metadata.uid !== pod.metadata.uid) throw new ServerError({ reason: "NotFound" })
      } catch (error) {
        if (!isReason(error, "NotFound")) throw error
        going.splice(going.indexOf(pod), 1)
        yield* process.print(`pod/${pod.metadata.name} ${evict ? "evicted" : "deleted"}\n`)
      }
    if (going.length === 0) return
    if (process.now() >= deadline) throw new KubectlError("context deadline exceeded")
    yield* process.sleep(WAIT_FOR_END)
  }
  going.length = 0
}

/** Empties one node. Throws with all that is in the way. */
export function* drainNode(context: Context, input: Input, node: string, dry: DryRun): Steps<void> {
  const { process } = context
  const { pods, warning, errors } = yield* planDrain(context, input, node)
  throwAll(errors)
  if (warning) yield* process.error(`Warning: ${warning}\n`)
  if (dry === "client") {
    for (const pod of pods) yield* process.print(`evicting pod ${podName(pod)} (dry run)\n`)
    return
  }
  try {
    yield* removePods(context, input, pods, dry)
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    const left = yield* planDrain(context, input, node)
    if (left.pods.length > 0)
      yield* process.error(
        `There are pending pods in node ${JSON.stringify(node)} when an error occurred: ${error.message}\n${left.pods.map(({ metadata }) => `pod/${metadata.name}\n`).join("")}`,
      )
    throw error
  }
}
