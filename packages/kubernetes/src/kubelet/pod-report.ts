/** A Pod's status out of what its worker knows. As pkg/kubelet/kubelet_pods.go generateAPIPodStatus. */
import { sharedText } from "@drydock/sim"
import { formatTime } from "../apimachinery/object.ts"
import { type ContainerRecord, isSidecar } from "./container-record.ts"
import { conditionsOf, type ContainerStatus, phaseOf } from "./pod-status.ts"
import type { PodScope } from "./pod-scope.ts"

/** Why the kubelet gave the Pod up: its phase is Failed then. */
export interface GivenUp {
  reason: string
  message: string
  /** A condition that says so too (DisruptionTarget). */
  condition?: { type: string; reason: string; message: string }
}

type Resources = NonNullable<ContainerRecord["container"]["resources"]>

/** The fake runtime knows of no memory, and says so wherever amounts are given. */
const withFakeMemory = ({ limits, requests, ...rest }: Resources): Resources => {
  const filled = (amounts: typeof limits) => (amounts ? { memory: "0", ...(amounts as object) } : undefined)
  return { ...rest, ...(limits && { limits: filled(limits) as never }), ...(requests && { requests: filled(requests) as never }) }
}

/** What could not be started and will be tried again waits. As convertToAPIContainerStatuses and its reason cache. */
const stateOf = ({ pod }: PodScope, record: ContainerRecord): Pick<ContainerStatus, "state" | "lastState"> => {
  const { state, lastState, kind, container } = record
  const { terminated } = state
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? "Always"
  if (terminated?.reason !== "StartError" || policy === "Never" || kind === "ephemeral") return { state, lastState }
  return { state: { waiting: { reason: "RunContainerError", message: terminated.message ?? "" } }, lastState: { terminated } }
}

const statusOf = (scope: PodScope, record: ContainerRecord): ContainerStatus => {
  const { container, kind } = record
  const { imageName, imageDigest, probing, runtime } = scope.context
  const once = kind === "init" && !isSidecar(record)
  const resources = probing ? (container.resources ?? {}) : withFakeMemory(container.resources ?? {})
  return {
    name: container.name,
    ...stateOf(scope, record),
    ready: once
      ? record.state.terminated?.exitCode === 0
      : kind === "ephemeral"
        ? false
        : kind === "main" && !probing
          ? true
          : record.ready,
    restartCount: record.restarts,
    image: sharedText(imageName(container.image ?? "")),
    imageID: record.imageId ? sharedText(imageDigest(container.image ?? "", record.imageId)) : "",
    ...(record.id && { containerID: `${runtime.name}://${record.id}` }),
    ...(kind !== "ephemeral" && (probing || kind === "init") && { started: once ? false : record.started }),
    ...(container.resources?.requests && { allocatedResources: container.resources.requests }),
    ...(kind !== "ephemeral" && { resources }),
    ...(container.volumeMounts?.length && {
      volumeMounts: container.volumeMounts.map(({ name, mountPath, readOnly }) => ({
        mountPath,
        name,
        ...(readOnly && { readOnly, recursiveReadOnly: "Disabled" }),
      })),
    }),
  }
}

const statuses = (scope: PodScope, kind: ContainerRecord["kind"]): ContainerStatus[] =>
  scope.records.filter((record) => record.kind === kind).map((record) => statusOf(scope, record))

/** That resources are asked for, or on their way. */
const resizeConditions = ({ changes: { pending, applying }, pod }: PodScope, now: string): ReturnType<typeof conditionsOf> => {
  const since = (type: string) => String(pod.status.conditions?.find((one) => one.type === type)?.lastTransitionTime ?? now)
  const made = (type: string, generation: number | undefined, more: object) =>
    ({
      type,
      status: "True",
      ...more,
      lastProbeTime: null,
      lastTransitionTime: since(type),
      ...(generation !== undefined && { observedGeneration: generation }),
    }) as ReturnType<typeof conditionsOf>[number]
  return [
    ...(pending ? [made("PodResizePending", pod.metadata.generation, { reason: pending.reason, message: pending.message })] : []),
    ...(applying ? [made("PodResizeInProgress", applying.generation, {})] : []),
  ]
}

export const podStatus = (scope: PodScope, given: GivenUp | undefined): { phase: string } & Record<string, unknown> => {
  const { pod, context, ip, terminating } = scope
  const init = statuses(scope, "init")
  const main = statuses(scope, "main").sort((a, b) => (a.name < b.name ? -1 : 1))
  const ephemeral = statuses(scope, "ephemeral")
  const now = formatTime(context.sim.now())
  // Terminal only once nothing runs any more.
  const over = given !== undefined && !scope.records.some(({ state }) => state.running)
  let phase = over ? "Failed" : phaseOf(pod, init, main)
  if (terminating && main.every(({ state }) => state.terminated) && phase === "Running")
    phase = main.some(({ state }) => state.terminated?.exitCode !== 0) ? "Failed" : "Succeeded"
  const conditions = conditionsOf(pod, { init, main, phase, sandboxReady: scope.sandboxId !== undefined, now })
  conditions.push(...resizeConditions(scope, now))
  if (given?.condition) {
    const { type } = given.condition
    const own = { ...given.condition, status: "True" as const, lastProbeTime: null, lastTransitionTime: now }
    conditions.splice(0, conditions.length, ...conditions.filter((condition) => condition.type !== type), own)
  }
  return {
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase,
    ...(over && { reason: given.reason, message: given.message }),
    conditions,
    hostIP: context.host.address,
    hostIPs: [{ ip: context.host.address }],
    ...(ip && { podIP: ip, podIPs: [{ ip }] }),
    startTime: pod.status.startTime ?? now,
    ...(init.length > 0 && { initContainerStatuses: init }),
    containerStatuses: main,
    ...(ephemeral.length > 0 && { ephemeralContainerStatuses: ephemeral }),
    qosClass: pod.status.qosClass ?? "BestEffort",
  }
}
