/** HorizontalPodAutoscalers. */
import { defineDescriber } from "./define-describer.ts"
import type { ConditionShape } from "./shapes.ts"
import { rfc1123, type Writer } from "./writer.ts"

interface Amount {
  type?: string
  value?: string
  averageValue?: string
  averageUtilization?: number
}

interface Source {
  name?: string
  container?: string
  metric?: { name: string }
  describedObject?: { kind: string; name: string }
  target?: Amount
  current?: Amount
}

interface Metric {
  type: string
  resource?: Source
  containerResource?: Source
  pods?: Source
  object?: Source
  external?: Source
}

interface Rules {
  stabilizationWindowSeconds?: number
  selectPolicy?: string
  policies?: { type: string; value: number; periodSeconds: number }[]
}

interface AutoscalerSpec {
  scaleTargetRef: { kind: string; name: string }
  metrics?: Metric[]
  minReplicas?: number
  maxReplicas?: number
  behavior?: { scaleUp?: Rules; scaleDown?: Rules }
}

interface AutoscalerStatus {
  currentMetrics?: Metric[]
  currentReplicas?: number
  desiredReplicas?: number
  conditions?: ConditionShape[]
}

const UNKNOWN = "<unknown>"

const keys: Readonly<Record<string, Exclude<keyof Metric, "type">>> = {
  Resource: "resource",
  ContainerResource: "containerResource",
  Pods: "pods",
  Object: "object",
  External: "external",
}

/** What is measured, then what it is and what it should be. */
const metricText = (metric: Metric, status: Metric | undefined): string => {
  const key = keys[metric.type]
  const source = key && metric[key]
  if (!source) return `<unknown metric type ${JSON.stringify(metric.type)}>`
  const { target = {} } = source
  const current = status?.[key]?.current
  const average = `${current?.averageValue ?? UNKNOWN} / ${target.averageValue}`
  const value = `${current?.value ?? UNKNOWN} / ${target.value}`
  const name = JSON.stringify(source.metric?.name ?? "")
  switch (key) {
    case "pods":
      return `${name} on pods:\t${average}`
    case "external":
      return target.averageValue === undefined ? `${name} (target value):\t${value}` : `${name} (target average value):\t${average}`
    case "object": {
      const on = `${name} on ${source.describedObject?.kind}/${source.describedObject?.name} `
      return target.type === "AverageValue" ? `${on}(target average value):\t${average}` : `${on}(target value):\t${value}`
    }
    default: {
      const of = key === "containerResource" ? ` of container ${JSON.stringify(source.container)}` : ""
      const what = `resource ${source.name}${of} on pods`
      if (target.averageValue !== undefined) return `${what}:\t${average}`
      const percent = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}% (${current.averageValue})`
      return `${what}  (as a percentage of request):\t${percent} / ${target.averageUtilization === undefined ? "<auto>" : `${target.averageUtilization}%`}`
    }
  }
}

const writeRules = (w: Writer, direction: string, rules: Rules | undefined): void => {
  if (!rules) return
  w.line(1, `${direction}:`)
  if (rules.stabilizationWindowSeconds !== undefined) w.line(2, `Stabilization Window: ${rules.stabilizationWindowSeconds} seconds`)
  if (!rules.policies?.length) return
  w.line(2, `Select Policy: ${rules.selectPolicy ?? "Max"}`).line(2, "Policies:")
  for (const { type, value, periodSeconds } of rules.policies)
    w.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`)
}

export const autoscaler = defineDescriber<AutoscalerSpec, AutoscalerStatus>("autoscaling", "HorizontalPodAutoscaler", {
  *describe(w, { metadata, spec, status }) {
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "CreationTimestamp", rfc1123(metadata.creationTimestamp)).field(
      0,
      "Reference",
      `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    )
    w.field(0, "Metrics", "( current / target )")
    for (const [at, metric] of (spec.metrics ?? []).entries()) w.line(1, metricText(metric, status.currentMetrics?.[at]))
    w.field(0, "Min replicas", spec.minReplicas ?? "<unset>").field(0, "Max replicas", spec.maxReplicas ?? 0)
    if (spec.behavior) {
      w.line(0, "Behavior:")
      writeRules(w, "Scale Up", spec.behavior.scaleUp)
      writeRules(w, "Scale Down", spec.behavior.scaleDown)
    }
    w.field(0, `${spec.scaleTargetRef.kind} pods`, `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`)
    if (!status.conditions?.length) return
    w.line(0, "Conditions:").cells(1, "Type", "Status", "Reason", "Message").cells(1, "----", "------", "------", "-------")
    for (const { type, status: value, reason = "", message = "" } of status.conditions) w.cells(1, type, value, reason, message)
  },
})
