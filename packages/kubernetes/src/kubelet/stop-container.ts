/** Ending a container: preStop hook, signal, grace period; and what a failed probe brings about. As kuberuntime killContainer. */
import type { ContainerRecord } from "./container-record.ts"
import { runHook } from "./lifecycle-hooks.ts"
import type { PodScope } from "./pod-scope.ts"

/** What a hook leaves of the grace period is at least this, ms (minimumGracePeriodInSeconds). */
const MINIMUM_GRACE = 2_000

export const stopContainer = (scope: PodScope, record: ContainerRecord, grace: number): void => {
  const { id, container } = record
  if (record.stopping || !id) return
  record.stopping = true
  record.stopProbes?.()
  record.stopProbes = undefined
  const { runtime, sim } = scope.context
  let told = false
  const stop = (left: number) => {
    if (told) return
    told = true
    sim.cancel(limit)
    scope.trace("containerd", "stop", `${container.name} within ${Math.round(left / 1_000)}s`)
    runtime.stopContainer(id, left, () => {})
  }
  const { preStop } = container.lifecycle ?? {}
  const limit = preStop && grace > 0 ? sim.schedule(grace, () => stop(MINIMUM_GRACE)) : undefined
  if (!preStop || grace <= 0) return stop(grace)
  const begun = sim.now()
  runHook(scope, record, preStop, (error) => {
    if (error !== undefined && record.state.running) scope.event("Warning", "FailedPreStopHook", `PreStopHook failed`, record)
    stop(Math.max(MINIMUM_GRACE, grace - (sim.now() - begun)))
  })
}

/** A probe has decided. */
export const probed = (scope: PodScope, record: ContainerRecord, kind: "startup" | "liveness" | "readiness", healthy: boolean): void => {
  const { container } = record
  if (kind === "readiness") record.ready = healthy && record.started
  else if (kind === "startup" && healthy) {
    record.started = true
    if (!container.readinessProbe) record.ready = true
  } else if (!healthy && record.state.running && record.id) {
    scope.event("Normal", "Killing", `Container ${container.name} failed ${kind} probe, will be restarted`, record)
    record.probedOut = true
    const probe = kind === "startup" ? container.startupProbe : container.livenessProbe
    stopContainer(
      scope,
      record,
      ((probe?.terminationGracePeriodSeconds ?? scope.pod.spec.terminationGracePeriodSeconds ?? 30) as number) * 1_000,
    )
  }
  if (kind === "startup" && healthy && record.kind === "init") scope.sync()
  scope.report()
}
