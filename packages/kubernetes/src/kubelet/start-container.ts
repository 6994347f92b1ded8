/** Creating and starting one container. As pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer. */
import { formatTime } from "../apimachinery/object.ts"
import type { ContainerConfig } from "../ports/container-runtime.ts"
import { containerConfig } from "./container-config.ts"
import type { ContainerRecord } from "./container-record.ts"
import { ConfigError } from "./environment.ts"
import { runHook } from "./lifecycle-hooks.ts"
import { podLabel, type PodScope } from "./pod-scope.ts"
import { startProbes } from "./probes.ts"
import { probed, stopContainer } from "./stop-container.ts"

/** What failed is tried again after so long, ms: a look-up, a configuration. */
const LOOKUP_RETRY = 2_000
const CONFIG_RETRY = 10_000

export const startContainer = (scope: PodScope, record: ContainerRecord): void => {
  const { runtime, sim } = scope.context
  const { container } = record
  let config: ContainerConfig
  try {
    config = containerConfig(scope, record)
  } catch (error) {
    if (!(error instanceof ConfigError)) return scope.later(sim.now() + LOOKUP_RETRY)
    record.state = { waiting: { reason: "CreateContainerConfigError", message: error.message } }
    scope.event("Warning", "Failed", `Error: ${error.message}`, record)
    return scope.later(sim.now() + CONFIG_RETRY)
  }
  scope.trace("containerd", "create", container.name)
  const created = runtime.createContainer(config)
  if ("error" in created) {
    record.state = { waiting: { reason: "CreateContainerError", message: created.error } }
    scope.event("Warning", "Failed", `Error: ${created.error}`, record)
    return scope.later(sim.now() + CONFIG_RETRY)
  }
  record.id = created.id
  record.restarts = config.attempt
  scope.event("Normal", "Created", `Container created`, record)
  scope.trace("containerd", "start", container.name)
  const started = runtime.startContainer(created.id)
  const time = formatTime(sim.now())
  record.startedAt = sim.now()
  if (started.error) {
    scope.event("Warning", "Failed", `Error: ${started.error}`, record)
    record.state = {
      terminated: {
        exitCode: 128,
        reason: "StartError",
        message: started.error,
        startedAt: formatTime(0),
        finishedAt: time,
        containerID: `${runtime.name}://${created.id}`,
      },
    }
    record.ready = record.started = false
    return scope.later(sim.now() + 1_000)
  }
  scope.event("Normal", "Started", `Container started`, record)
  scope.trace("container", "started", container.name, "containerd")
  const { postStart } = container.lifecycle ?? {}
  if (!postStart) return running(scope, record, time)
  record.hooked = true
  runHook(scope, record, postStart, (error) => {
    if (!record.hooked || record.id !== created.id) return
    record.hooked = false
    running(scope, record, time)
    if (error !== undefined) {
      scope.event("Warning", "FailedPostStartHook", `PostStartHook failed`, record)
      scope.event("Normal", "Killing", `FailedPostStartHook`, record)
      stopContainer(scope, record, (scope.pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000)
    }
    scope.report()
  })
}

const running = (scope: PodScope, record: ContainerRecord, startedAt: string): void => {
  const { container } = record
  record.state = { running: { startedAt } }
  const { probing: watched } = scope.context
  record.started = !(watched && container.startupProbe)
  record.ready = record.started && !(watched && container.readinessProbe)
  watchHealth(scope, record)
  if (record.kind === "init") scope.later(scope.context.sim.now())
}

/** Starts the probes of a running container. */
export const watchHealth = (scope: PodScope, record: ContainerRecord): void => {
  const { container, id } = record
  if (!id || !scope.context.probing || !(container.startupProbe || container.livenessProbe || container.readinessProbe)) return
  const { sim, prober, runtime } = scope.context
  const told = new Map<string, boolean>()
  record.stopProbes = startProbes({
    sim,
    prober,
    runtime,
    container,
    containerId: id,
    podIp: scope.ip,
    onFailure: (kind, what) => scope.event("Warning", "Unhealthy", `${kind[0].toUpperCase()}${kind.slice(1)} probe ${what}`, record),
    onResult: (kind, healthy, output) => {
      if (told.get(kind) !== healthy) {
        told.set(kind, healthy)
        scope.caused(() => scope.trace("container", "probe", `${kind} of ${container.name}: ${healthy ? "ok" : output}`))
      }
      probed(scope, record, kind, healthy)
    },
  })
}

export const backOffText = (scope: PodScope, record: ContainerRecord): string =>
  `restarting failed container ${record.container.name} in pod ${podLabel(scope)}`
