/** horizontal-pod-autoscaler-controller: as many replicas as the load asks for. As pkg/controller/podautoscaler/horizontal.go. */
import { type HorizontalPodAutoscaler, horizontalPodAutoscaler, kinds, type Pod, pod } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { formatQuantity, milliValue, parseQuantity, quantityValue } from "../../apimachinery/quantity.ts"
import { matches, parseSelector } from "../../apimachinery/selectors.ts"
import { editable } from "../../client/client.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"
import { CalculationError, type PodMetric, proposeReplicas } from "../replica-calculator.ts"
import { normalize, type ScalingMemory } from "../scaling-behavior.ts"

/** --horizontal-pod-autoscaler-sync-period, ms. */
const SYNC_PERIOD = 15_000

type Metric = NonNullable<HorizontalPodAutoscaler["spec"]["metrics"]>[number]

interface Condition {
  type: string
  status: string
  lastTransitionTime: string
  reason: string
  message: string
}

interface Scale {
  metadata: { name: string; namespace: string }
  spec: { replicas?: number }
  status: { replicas: number; selector?: string }
}

/** A problem with its reason for the condition and the event. */
class MetricError extends CalculationError {
  readonly reason: string
  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}

/** What an error about a metric names. As computeStatusFor…Metric. */
const subjectOf = ({ type, resource, containerResource, external }: Metric): string => {
  if (resource) return `${resource.name} resource`
  if (containerResource) return `${containerResource.name} container`
  if (external) return `${external.metric.name} external`
  return type === "Pods" ? "pods" : "object"
}

interface PodMetricsList {
  items?: readonly {
    metadata: { name: string }
    timestamp: string
    window: string
    containers: readonly { name: string; usage: Record<string, string> }[]
  }[]
}

const seconds = (text: string): number => {
  const match = /^(?:(\d+)m)?([\d.]+)s$/.exec(text)
  return match ? (Number(match[1] ?? 0) * 60 + Number(match[2])) * 1_000 : 30_000
}

class Sync {
  readonly hpa: HorizontalPodAutoscaler
  readonly context: ReconcileContext
  readonly path: string
  conditions: Condition[]
  currentMetrics: unknown[] | undefined

  constructor(hpa: HorizontalPodAutoscaler, context: ReconcileContext) {
    this.hpa = hpa
    this.context = context
    this.conditions = [...((hpa.status.conditions ?? []) as unknown as Condition[])]
    const { apiVersion = "", kind, name } = hpa.spec.scaleTargetRef
    const found = kinds.find((one) => one.kind === kind && one.apiVersion === apiVersion && one.scale)
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const plural = found?.plural ?? `${kind.toLowerCase()}s`
    this.path = `${root}/namespaces/${hpa.metadata.namespace}/${plural}/${name}/scale`
  }

  set(type: string, ok: boolean, reason: string, message: string): void {
    const status = ok ? "True" : "False"
    const old = this.conditions.find((condition) => condition.type === type)
    const next = {
      type,
      status,
      lastTransitionTime: old?.status === status ? old.lastTransitionTime : formatTime(this.context.now()),
      reason,
      message,
    }
    this.conditions = old ? this.conditions.map((condition) => (condition === old ? next : condition)) : [...this.conditions, next]
  }

  warn(reason: string, message: string): void {
    this.context.events.event(this.hpa as never, "Warning", reason, message)
  }

  /** Metrics of the target's Pods out of the resource metrics API. */
  metrics(resource: string, container: string | undefined, selector: string): PodMetric[] {
    const query = selector === "" ? "" : `?labelSelector=${encodeURIComponent(selector)}`
    const answer = this.context.client.raw("GET", `/apis/metrics.k8s.io/v1beta1/namespaces/${this.hpa.metadata.namespace}/pods${query}`)
    if (answer.status !== 200) {
      const said =
        answer.status === 404
          ? "the server could not find the requested resource (get pods.metrics.k8s.io)"
          : ((answer.body as { message?: string } | undefined)?.message ??
            "the server is currently unable to handle the request (get pods.metrics.k8s.io)")
      throw new CalculationError(
        `unable to get metrics for resource ${resource}: unable to fetch metrics from resource metrics API: ${said}`,
      )
    }
    const items = (answer.body as PodMetricsList).items ?? []
    if (items.length === 0)
      throw new CalculationError(`unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`)
    return items.flatMap(({ metadata, timestamp, window, containers }) => {
      const own = containers.filter(({ name }) => container === undefined || name === container)
      if (own.some(({ usage }) => usage[resource] === undefined)) return []
      const value = own.reduce(
        (sum, { usage }) => sum + (resource === "cpu" ? milliValue(usage[resource]) : quantityValue(usage[resource]) * 1_000),
        0,
      )
      return [{ pod: metadata.name, value, at: Date.parse(timestamp), window: seconds(window) }]
    })
  }

  /** One metric's proposal, its status, and its name in words. */
  propose(metric: Metric, pods: readonly Pod[], selector: string, replicas: number): { replicas: number; status: unknown; name: string } {
    const source = metric.resource ?? metric.containerResource
    if (!source) {
      const reason = `FailedGet${metric.type}Metric`
      const name = metric.pods?.metric.name ?? metric.object?.metric.name ?? metric.external?.metric.name ?? ""
      const api = metric.type === "External" ? "external" : "custom"
      throw new MetricError(
        reason,
        `unable to get metric ${name}: unable to fetch metrics from ${api} metrics API: no ${api} metrics API (${api}.metrics.k8s.io) registered`,
      )
    }
    const { name, target } = source
    const container = metric.containerResource?.container
    const reason = container === undefined ? "FailedGetResourceMetric" : "FailedGetContainerResourceMetric"
    const average = target.averageValue
    const byUtilization = average === undefined
    if (byUtilization && target.averageUtilization === undefined)
      throw new MetricError(
        reason,
        "invalid resource metric source: neither an average utilization target nor an average value (usage) target was set",
      )
    try {
      const found = proposeReplicas({
        pods,
        metrics: this.metrics(name, container, selector),
        resource: name,
        ...(container !== undefined && { container }),
        current: replicas,
        target: byUtilization
          ? { utilization: target.averageUtilization as number }
          : { averageMilli: Number(parseQuantity(average as string) / 1_000_000n) },
        now: this.context.now(),
      })
      const current = {
        ...(found.utilization !== undefined && { averageUtilization: found.utilization }),
        averageValue: formatQuantity(BigInt(Math.round(found.average)) * 1_000_000n, name === "cpu" ? "decimal" : "binary"),
      }
      return {
        replicas: found.replicas,
        status:
          container === undefined
            ? { type: "Resource", resource: { name, current } }
            : { type: "ContainerResource", containerResource: { name, container, current } },
        name: byUtilization
          ? `${name} ${container === undefined ? "" : "container "}resource utilization (percentage of request)`
          : `${name} ${container === undefined ? "" : "container "}resource`,
      }
    } catch (error) {
      if (!(error instanceof CalculationError)) throw error
      throw new MetricError(reason, `failed to get ${name} ${byUtilization ? "utilization" : "usage"}: ${error.message}`)
    }
  }

  /** The largest proposal; some metrics may fail when the others ask for more. */
  proposeAll(pods: readonly Pod[], selector: string, current: number): { replicas: number; name: string } {
    let best: { replicas: number; name: string } | undefined
    let first: MetricError | undefined
    let subject = ""
    let failed = 0
    const statuses: unknown[] = []
    const metrics = this.hpa.spec.metrics ?? []
    for (const metric of metrics)
      try {
        const found = this.propose(metric, pods, selector, current)
        statuses.push(found.status)
        if (!best || found.replicas > best.replicas) best = found
      } catch (error) {
        if (!(error instanceof MetricError)) throw error
        this.warn(error.reason, error.message)
        if (!first) subject = subjectOf(metric)
        first ??= error
        failed++
        statuses.push({ type: "" })
      }
    if (first && (!best || best.replicas < current)) {
      this.currentMetrics = metrics.map((_, index) => statuses[index] ?? { type: "" })
      this.set("ScalingActive", false, first.reason, `the HPA was unable to compute the replica count: ${first.message}`)
      const told = `failed to get ${subject} metric value: ${first.message}`
      throw new CalculationError(`invalid metrics (${failed} invalid out of ${metrics.length}), first error is: ${told}`)
    }
    this.currentMetrics = statuses
    const { replicas, name } = best as { replicas: number; name: string }
    this.set("ScalingActive", true, "ValidMetricFound", `the HPA was able to successfully calculate a replica count from ${name}`)
    return { replicas, name }
  }

  run(memory: ScalingMemory): void {
    const { hpa, context } = this
    const answer = context.client.raw("GET", this.path)
    if (answer.status !== 200) {
      const message = (answer.body as { message?: string } | undefined)?.message ?? "the server could not find the requested resource"
      this.warn("FailedGetScale", message)
      this.set("AbleToScale", false, "FailedGetScale", `the HPA controller was unable to get the target's current scale: ${message}`)
      return this.write(undefined, undefined, false)
    }
    const scale = answer.body as Scale
    this.set("AbleToScale", true, "SucceededGetScale", "the HPA controller was able to get the target's current scale")
    const current = scale.spec.replicas ?? 0
    if (memory.recommendations.length === 0) memory.recommendations.push({ at: context.now(), replicas: current })
    const minimum = hpa.spec.minReplicas ?? 1
    let desired = current
    let reason = ""
    if (current === 0 && minimum !== 0)
      this.set("ScalingActive", false, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero")
    else if (current > hpa.spec.maxReplicas) {
      desired = hpa.spec.maxReplicas
      reason = "Current number of replicas above Spec.MaxReplicas"
    } else if (current < minimum) {
      desired = minimum
      reason = "Current number of replicas below Spec.MinReplicas"
    } else {
      const selector = scale.status.selector ?? ""
      const requirements = parseSelector(selector)
      const pods = context.informers
        .for(pod)
        .list({ namespace: hpa.metadata.namespace as string, selector: (labels) => matches(requirements, labels) })
      try {
        const proposal = this.proposeAll(pods, selector, current)
        const { replicas, able, limited } = normalize({ hpa, memory, current, desired: proposal.replicas, now: context.now() })
        this.set("AbleToScale", true, able.reason, able.message)
        this.set("ScalingLimited", limited.status, limited.reason, limited.message)
        reason = proposal.replicas > current ? `${proposal.name} above target` : "All metrics below target"
        desired = replicas
      } catch (error) {
        if (!(error instanceof CalculationError)) throw error
        this.write(current, hpa.status.desiredReplicas, false)
        this.warn("FailedComputeMetricsReplicas", error.message)
        return
      }
    }
    if (desired !== current) {
      const updated = context.client.raw("PUT", this.path, { ...scale, spec: { ...scale.spec, replicas: desired } })
      if (updated.status >= 300) {
        const message = (updated.body as { message?: string } | undefined)?.message ?? ""
        this.warn("FailedRescale", `New size: ${desired}; reason: ${reason}; error: ${message}`)
        this.set("AbleToScale", false, "FailedUpdateScale", `the HPA controller was unable to update the target scale: ${message}`)
        return this.write(current, hpa.status.desiredReplicas, false)
      }
      this.set("AbleToScale", true, "SucceededRescale", `the HPA controller was able to update the target scale to ${desired}`)
      context.events.event(hpa as never, "Normal", "SuccessfulRescale", `New size: ${desired}; reason: ${reason}`)
      memory.events = [
        ...memory.events.filter(({ at }) => at > context.now() - 1_800_000),
        { at: context.now(), change: desired - current },
      ]
    }
    this.write(current, desired, desired !== current)
  }

  write(current: number | undefined, desired: number | undefined, scaled: boolean): void {
    const { hpa, context } = this
    const next = editable(hpa)
    const metrics = this.currentMetrics ?? (hpa.status.currentMetrics as unknown[] | null | undefined)
    next.status = {
      ...(current !== undefined
        ? { currentReplicas: current }
        : hpa.status.currentReplicas !== undefined && { currentReplicas: hpa.status.currentReplicas }),
      desiredReplicas: desired ?? hpa.status.desiredReplicas ?? 0,
      currentMetrics: metrics?.length ? metrics : null,
      conditions: this.conditions,
      ...(scaled ? { lastScaleTime: formatTime(context.now()) } : hpa.status.lastScaleTime && { lastScaleTime: hpa.status.lastScaleTime }),
    } as never
    if (!deepEqual(next.status, hpa.status)) context.client.updateStatus(horizontalPodAutoscaler, next)
  }
}

export const horizontalPodAutoscalerController = defineController({
  name: "horizontal-pod-autoscaler-controller",
  component: "horizontal-pod-autoscaler",
  for: horizontalPodAutoscaler,
  // Its own status tells it nothing new: only the poll and changes of the spec do.
  when: ({ type, object, old }) => type !== "modified" || !deepEqual(old?.spec, object.spec),
  reconcile(object, context, { namespace, name }) {
    const key = `${namespace}/${name}`
    if (!object || object.metadata.deletionTimestamp) {
      context.memory.delete(key)
      context.memory.delete(`${key} due`)
      return
    }
    // Its queue lets each one through every sync period: the first time after one.
    const due = `${key} due`
    const at = (context.memory.get(due) as number | undefined) ?? context.now() + SYNC_PERIOD
    context.memory.set(due, at)
    if (context.now() < at) return { requeueAfter: at - context.now(), background: true }
    context.memory.set(due, context.now() + SYNC_PERIOD)
    const memory = (context.memory.get(key) as ScalingMemory | undefined) ?? { recommendations: [], events: [] }
    context.memory.set(key, memory)
    const fresh = context.client.find(horizontalPodAutoscaler, { namespace: namespace as string, name })
    if (fresh) new Sync(fresh, context).run(memory)
    return { requeueAfter: SYNC_PERIOD, background: true }
  },
})
