/** A Pod's phase and conditions out of its containers' states. As pkg/kubelet/kubelet_pods.go and status/generate.go. */
import type { Pod } from "../api/index.ts"

export interface ContainerState {
  waiting?: { reason: string; message?: string }
  running?: { startedAt: string }
  terminated?: {
    exitCode: number
    reason: string
    message?: string
    startedAt: string
    finishedAt: string
    containerID: string
    signal?: number
  }
}

export interface ContainerStatus {
  name: string
  state: ContainerState
  lastState: ContainerState
  ready: boolean
  restartCount: number
  image: string
  imageID: string
  containerID?: string
  started?: boolean
  [field: string]: unknown
}

interface Condition {
  type: string
  status: "True" | "False"
  reason?: string
  message?: string
  lastProbeTime: null
  lastTransitionTime: string
  observedGeneration?: number
}

export const phaseOf = (pod: Pod, init: readonly ContainerStatus[], main: readonly ContainerStatus[]): string => {
  const policy = pod.spec.restartPolicy ?? "Always"
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name),
  )
  for (const status of init) {
    if (sidecars.has(status.name)) continue
    const ended = status.state.terminated ?? status.lastState.terminated
    if (status.state.terminated?.exitCode === 0) continue
    if (ended && ended.exitCode !== 0 && policy === "Never") return "Failed"
    return "Pending"
  }
  let [running, waiting, stopped, succeeded, unknown] = [0, 0, 0, 0, 0]
  for (const { state, lastState } of main) {
    if (state.running) running++
    else if (state.terminated) {
      stopped++
      if (state.terminated.exitCode === 0) succeeded++
    } else if (state.waiting) {
      if (lastState.terminated) stopped++
      else waiting++
    } else unknown++
  }
  if (waiting > 0) return "Pending"
  if (running > 0 && unknown === 0) return "Running"
  if (running === 0 && stopped > 0 && unknown === 0) {
    if (policy === "Always") return "Running"
    if (stopped === succeeded) return "Succeeded"
    return policy === "Never" ? "Failed" : "Running"
  }
  return "Pending"
}

/** Conditions that the kubelet alone sets, anew each time; others are kept as they are. */
const OWN: ReadonlySet<string> = new Set([
  "PodReadyToStartContainers",
  "Initialized",
  "Ready",
  "ContainersReady",
  "PodScheduled",
  "PodResizePending",
  "PodResizeInProgress",
])

export const conditionsOf = (
  pod: Pod,
  options: { init: readonly ContainerStatus[]; main: readonly ContainerStatus[]; phase: string; sandboxReady: boolean; now: string },
): Condition[] => {
  const { init, main, phase, sandboxReady, now } = options
  const previous = (pod.status.conditions ?? []) as unknown as Condition[]
  const make = (type: string, ok: boolean, reason?: string, message?: string): Condition => {
    const status = ok ? "True" : "False"
    const old = previous.find((condition) => condition.type === type)
    return {
      type,
      status,
      lastProbeTime: null,
      lastTransitionTime: old?.status === status ? old.lastTransitionTime : now,
      ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
      ...(!ok && reason && { reason }),
      ...(!ok && message && { message }),
    }
  }
  const completed = phase === "Succeeded" ? "PodCompleted" : phase === "Failed" ? "PodFailed" : undefined
  const unready = main.filter(({ ready }) => !ready).map(({ name }) => name)
  const uninitialized = init
    .filter(
      ({ state, started, name }) =>
        !(
          state.terminated?.exitCode === 0 ||
          (started && pod.spec.initContainers?.find((one) => one.name === name)?.restartPolicy === "Always")
        ),
    )
    .map(({ name }) => name)
  const initialized = uninitialized.length === 0 || phase === "Succeeded"
  const allReady = unready.length === 0 && main.length > 0 && initialized && !completed
  const why = completed ?? "ContainersNotReady"
  const what = completed ? undefined : `containers with unready status: [${unready.join(" ")}]`
  const gates = (pod.spec.readinessGates ?? []).every(({ conditionType }) =>
    previous.some(({ type, status }) => type === conditionType && status === "True"),
  )
  return [
    make("PodReadyToStartContainers", sandboxReady),
    make("Initialized", initialized, "ContainersNotInitialized", `containers with incomplete status: [${uninitialized.join(" ")}]`),
    make("Ready", allReady && gates, allReady ? "ReadinessGatesNotReady" : why, allReady ? undefined : what),
    make("ContainersReady", allReady, why, what),
    make("PodScheduled", true),
    ...previous.filter(({ type }) => !OWN.has(type)),
  ]
}
