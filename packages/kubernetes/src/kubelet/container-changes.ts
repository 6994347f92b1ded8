/** Containers that are changed while they run: another image, other resources. As pkg/kubelet/allocation and kuberuntime doPodResizeAction. */
import { limitsOf } from "./container-config.ts"
import type { Container, ContainerRecord } from "./container-record.ts"
import { type PendingResize, resizeDetails } from "./pod-resize.ts"
import type { PodScope } from "./pod-scope.ts"
import { stopContainer } from "./stop-container.ts"

/** Until the PLEG sees what the runtime made of it, ms. */
const SEEN = 1_000

const amounts = ({ resources }: Container, name: string): string =>
  `${(resources?.limits as Record<string, string> | undefined)?.[name]} ${(resources?.requests as Record<string, string> | undefined)?.[name]}`

const amountsChanged = (before: Container, now: Container): string[] =>
  before.resources === now.resources ? [] : ["cpu", "memory"].filter((name) => amounts(now, name) !== amounts(before, name))

export class ContainerChanges {
  readonly #scope: PodScope
  /** Resources that were asked for and are not given yet. */
  pending: PendingResize | undefined
  /** Resources that are being given: of which generation of the Pod, and since when, ms. */
  applying: { generation: number | undefined; since: number } | undefined

  constructor(scope: PodScope) {
    this.#scope = scope
  }

  /** @param wanted the Pod's containers as they should be now */
  take(wanted: readonly Container[]): void {
    const { records, context, pod } = this.#scope
    const pairs = records.flatMap((record) => {
      const now = wanted.find(({ name }) => name === record.container.name)
      return now && now !== record.container ? [{ record, now }] : []
    })
    const resized = pairs.some(({ record, now }) => record.state.running && amountsChanged(record.container, now).length > 0)
    const problem = resized ? context.resizeProblem(pod) : undefined
    if (resized) this.#tell(problem)
    else this.pending = undefined
    for (const { record, now } of pairs)
      this.#change(record, problem ? ({ ...now, resources: record.container.resources } as typeof now) : now)
  }

  #tell(problem: PendingResize | undefined): void {
    const scope = this.#scope
    const { pod, context } = scope
    const before = this.pending
    this.pending = problem
    if (!problem) {
      const { generation } = pod.metadata
      this.applying = { generation, since: context.sim.now() }
      scope.event("Normal", "ResizeStarted", `Pod resize started: ${resizeDetails(pod)}`)
      context.sim.schedule(SEEN, () => this.#look(generation))
      return
    }
    if (before?.message === problem.message) return
    scope.event("Warning", `Resize${problem.reason}`, `Pod resize ${problem.told}: ${resizeDetails(pod, problem.message)}`)
  }

  /** Whether every container has by now what it was given. */
  #look(generation: number | undefined): void {
    const scope = this.#scope
    if (scope.terminating || this.applying?.generation !== generation) return
    if (scope.records.some(({ kind, stopping, state }) => kind === "main" && (stopping || !state.running)))
      return void scope.context.sim.schedule(SEEN, () => this.#look(generation))
    this.applying = undefined
    scope.event("Normal", "ResizeCompleted", `Pod resize completed: ${resizeDetails(scope.pod)}`)
    scope.report()
  }

  /** A changed image restarts a container; changed resources are applied to it as it runs, unless its resizePolicy says otherwise. */
  #change(record: ContainerRecord, now: Container): void {
    const scope = this.#scope
    const before = record.container
    record.container = now
    if (!record.state.running || !record.id) return
    const grace = (scope.pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000
    if (now.image !== before.image) {
      scope.event("Normal", "Killing", `Container ${now.name} definition changed, will be restarted`, record)
      return stopContainer(scope, record, grace)
    }
    const changed = amountsChanged(before, now)
    if (changed.length === 0) return
    const policies = now.resizePolicy ?? []
    if (policies.some(({ resourceName, restartPolicy }) => changed.includes(resourceName) && restartPolicy === "RestartContainer")) {
      scope.event("Normal", "Killing", `Container ${now.name} resize requires restart`, record)
      return stopContainer(scope, record, grace)
    }
    scope.context.runtime.updateContainerResources?.(record.id, limitsOf(scope, record))
  }
}
