/** …/eviction: a Pod goes if its disruption budget lets it. As pkg/registry/core/pod/storage/eviction.go. */
import { deepCopy, isObject } from "../../apimachinery/frozen.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { badRequest, StatusError } from "../../apimachinery/status.ts"
import type { Server, SubresourceCall } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { JSON_TYPE } from "../negotiation.ts"
import { writeOptions } from "../options.ts"

interface Budget {
  spec: { selector?: unknown; unhealthyPodEvictionPolicy?: string }
  status: {
    disruptionsAllowed?: number
    currentHealthy?: number
    desiredHealthy?: number
    observedGeneration?: number
    disruptedPods?: Record<string, string>
  }
}

interface PodLike {
  status?: { phase?: string; conditions?: { type: string; status: string }[] }
  metadata: { labels?: Record<string, string> }
}

const tooMany = (message: string, cause: string, retry = false): StatusError =>
  new StatusError(429, "TooManyRequests", message, {
    causes: [{ reason: "DisruptionBudget", message: cause }],
    ...(retry && { retryAfterSeconds: 10 }),
  })

export const eviction = ({ kind, object, body, write, user, context }: SubresourceCall, server: Server): ApiResponse => {
  if (!isObject(body)) throw badRequest("the object provided is unrecognized (must be of type Eviction)")
  const metadata = isObject(body.metadata) ? body.metadata : {}
  if (metadata.name && metadata.name !== object.metadata.name) throw badRequest("name in URL does not match name in Eviction object")
  const options = isObject(body.deleteOptions) ? body.deleteOptions : {}
  const dryRun = writeOptions(context.query, "CreateOptions").dryRun || (Array.isArray(options.dryRun) && options.dryRun.includes("All"))
  const { status, metadata: own } = object as unknown as PodLike
  const running = !["Succeeded", "Failed", "Pending"].includes(status?.phase ?? "") && !object.metadata.deletionTimestamp
  const budgets = server.kind("policy", "v1", "poddisruptionbudgets")
  const matching =
    running && budgets
      ? server.etcd
          .range<AnyStored>(server.registry.prefix(budgets, object.metadata.namespace))
          .items.map(({ value }) => value)
          .filter((one) => {
            const { selector } = (one as unknown as Budget).spec
            return selector !== undefined && selectorMatches(selector as never, own.labels as never)
          })
      : []
  if (matching.length > 1)
    throw new StatusError(
      500,
      "InternalError",
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
      {},
    )
  const [budget] = matching
  if (budget && budgets) {
    const { spec, status: state } = budget as unknown as Budget
    const ready = (status?.conditions ?? []).some((one) => one.type === "Ready" && one.status === "True")
    const free =
      !ready &&
      (spec.unhealthyPodEvictionPolicy === "AlwaysAllow" ||
        ((state.currentHealthy ?? 0) >= (state.desiredHealthy ?? 0) && (state.desiredHealthy ?? 0) > 0))
    if (!free) {
      const { name } = budget.metadata
      if ((state.observedGeneration ?? 0) < (budget.metadata.generation ?? 0))
        throw tooMany(
          "Cannot evict pod as it would violate the pod's disruption budget.",
          `The disruption budget ${name} is still being processed by the server.`,
          true,
        )
      if ((state.disruptionsAllowed ?? 0) <= 0)
        throw tooMany(
          "Cannot evict pod as it would violate the pod's disruption budget.",
          `The disruption budget ${name} needs ${state.desiredHealthy ?? 0} healthy pods and has ${state.currentHealthy ?? 0} currently`,
        )
      if (!dryRun)
        server.registry.update(
          budgets,
          budget.metadata.namespace,
          name,
          "status",
          (current) => {
            const next = deepCopy(current) as unknown as Budget
            next.status.disruptionsAllowed = (next.status.disruptionsAllowed ?? 1) - 1
            next.status.disruptedPods = { ...next.status.disruptedPods, [object.metadata.name]: formatTime(server.sim.now()) }
            return next as never
          },
          server.writeContext(budgets, context, "update", "status"),
        )
    }
  }
  write.dryRun ||= dryRun
  server.deleteObject(
    kind,
    object.metadata.namespace,
    object.metadata.name,
    { propagation: "Background", gracePeriodSeconds: options.gracePeriodSeconds as number | undefined },
    write,
    user,
  )
  return { status: 201, headers: JSON_TYPE, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" } }
}
