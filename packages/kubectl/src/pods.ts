/** Which pod and container a command line means. As kubectl/pkg/polymorphichelpers and cmd/util/podcmd. */
import { formatSelector } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import type { KubeObject, Resource } from "./api.ts"
import { find, type Info, query } from "./builder.ts"
import type { Context } from "./define-subcommand.ts"
import { KubectlError } from "./errors.ts"
import type { Input } from "./flags.ts"
import type { Container, PodSpec } from "./pod-specs.ts"

export interface PodObject extends KubeObject {
  spec: PodSpec
  status: {
    phase?: string
    conditions?: { type: string; status: string }[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
    ephemeralContainerStatuses?: ContainerStatus[]
  }
}

export interface ContainerStatus {
  name: string
  ready?: boolean
  restartCount?: number
  state?: {
    running?: object
    waiting?: { reason?: string; message?: string }
    terminated?: { exitCode: number; reason?: string; message?: string }
  }
}

export const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"

/** "a, b (ephem), c (init)" */
export const containerNames = ({ spec }: PodObject): string =>
  [
    ...spec.containers.map(({ name }) => name),
    ...(spec.ephemeralContainers ?? []).map(({ name }) => `${name} (ephem)`),
    ...(spec.initContainers ?? []).map(({ name }) => `${name} (init)`),
  ].join(", ")

export const findContainer = ({ spec }: PodObject, name: string): Container | undefined =>
  [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].find((container) => container.name === name)

/** The container that is named, annotated as the default, or the first, which is then said. */
export function* chooseContainer({ process }: Context, pod: PodObject, name: string, quiet = false): Steps<Container> {
  const wanted = name || pod.metadata.annotations?.[DEFAULT_CONTAINER] || ""
  if (wanted) {
    const found = findContainer(pod, wanted)
    if (!found) throw new KubectlError(`container ${wanted} not found in pod ${pod.metadata.name}`)
    return found
  }
  const { containers, initContainers = [], ephemeralContainers = [] } = pod.spec
  if (!quiet && containers.length + initContainers.length + ephemeralContainers.length > 1)
    yield* process.error(`Defaulted container ${JSON.stringify(containers[0].name)} out of: ${containerNames(pod)}\n`)
  return containers[0]
}

interface Selectable {
  selector?: Record<string, string> & Parameters<typeof formatSelector>[0]
}

/** The selector of the pods that an object stands for. */
export const podSelectorOf = ({ kind }: Resource, { metadata, spec }: KubeObject, what: string): string => {
  const { selector } = (spec ?? {}) as Selectable
  const type = `*v1.${kind}`
  if (kind === "Service" || kind === "ReplicationController") {
    if (!selector || Object.keys(selector).length === 0)
      throw new KubectlError(`cannot ${what} ${type}: invalid service '${metadata.name}': Service is defined without a selector`)
    return formatSelector({ matchLabels: selector })
  }
  if (["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"].includes(kind)) return formatSelector(selector)
  throw new KubectlError(`cannot ${what} ${type}: selector for ${type} not implemented`)
}

const ready = ({ status }: PodObject): boolean =>
  (status.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True")
const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }
const restarts = ({ status }: PodObject): number =>
  Math.max(0, ...(status.containerStatuses ?? []).map(({ restartCount = 0 }) => restartCount))

/** As podutils.ActivePods reversed: those that run well and longest come first. */
const byActivity = (a: PodObject, b: PodObject): number =>
  Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName)) ||
  (phaseOrder[b.status.phase ?? ""] ?? 0) - (phaseOrder[a.status.phase ?? ""] ?? 0) ||
  Number(ready(b)) - Number(ready(a)) ||
  restarts(a) - restarts(b) ||
  Date.parse(a.metadata.creationTimestamp as string) - Date.parse(b.metadata.creationTimestamp as string)

/** All pods that an object stands for, best first. Waits up to `timeout` ms for the first. */
export function* podsBehind(
  { api, process }: Context,
  { resource, object, namespace }: Info,
  what: string,
  timeout: number,
): Steps<PodObject[]> {
  const labelSelector = podSelectorOf(resource, object, what)
  const deadline = process.now() + timeout
  for (;;) {
    const { items } = yield* api.get<{ items: PodObject[] }>(`/api/v1/namespaces/${namespace}/pods${query({ labelSelector })}`)
    if (items.length > 0) return items.sort(byActivity)
    if (process.now() >= deadline) throw new KubectlError("timed out waiting for the condition")
    yield* process.sleep(1_000)
  }
}

/** "web", "pod/web", "deploy/web", "deploy web": what is named, by default a pod. */
export function* named(context: Context, input: Input, words: readonly string[]): Steps<Info> {
  const [info] = yield* find(context, input, { typed: true }, words.length === 1 && !words[0].includes("/") ? ["pods", words[0]] : words)
  return info
}

/** The pod to attach to. */
export function* attachablePod(context: Context, info: Info, timeout: number): Steps<PodObject> {
  if (info.resource.kind === "Pod") return info.object as PodObject
  const [pod] = yield* podsBehind(context, info, "attach to", timeout)
  return pod
}
