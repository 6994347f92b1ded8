/** Checks of HorizontalPodAutoscalers. As pkg/apis/autoscaling/validation/validation.go. */
import { parseQuantity } from "../../apimachinery/quantity.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { forbidden, invalidValue, pathSegmentErrors, required } from "../core/common-validation.ts"
import { oneOf } from "../core/validation-texts.ts"

interface Reference {
  apiVersion?: string
  kind?: string
  name?: string
}

interface Target {
  type?: string
  value?: string
  averageValue?: string
  averageUtilization?: number
}

interface Source {
  describedObject?: Reference
  metric?: { name?: string; selector?: unknown }
  name?: string
  container?: string
  target?: Target
}

export interface Metric {
  type?: string
  object?: Source
  external?: Source
  pods?: Source
  resource?: Source
  containerResource?: Source
}

interface Rules {
  stabilizationWindowSeconds?: number
  selectPolicy?: string
  tolerance?: string
  policies?: readonly { type?: string; value?: number; periodSeconds?: number }[]
}

export interface AutoscalerSpec {
  minReplicas?: number
  maxReplicas?: number
  scaleTargetRef?: Reference
  metrics?: readonly Metric[]
  behavior?: { scaleUp?: Rules; scaleDown?: Rules }
}

const isPositive = (quantity: string): boolean => parseQuantity(quantity) > 0n

const referenceErrors = (reference: Reference | undefined, at: string): FieldError[] => [
  ...(reference?.kind ? pathSegmentErrors(`${at}.kind`, reference.kind) : [required(`${at}.kind`)]),
  ...(reference?.name ? pathSegmentErrors(`${at}.name`, reference.name) : [required(`${at}.name`)]),
]

const targetErrors = (target: Target | undefined, at: string): FieldError[] => {
  const { type = "", value, averageValue, averageUtilization } = target ?? {}
  const errors: FieldError[] = []
  if (type === "") errors.push(required(`${at}.type`, "must specify a metric target type"))
  if (!["Utilization", "Value", "AverageValue"].includes(type))
    errors.push(invalidValue(`${at}.type`, type, "must be either Utilization, Value, or AverageValue"))
  if (value !== undefined && !isPositive(value)) errors.push(invalidValue(`${at}.value`, value, "must be positive"))
  if (averageValue !== undefined && !isPositive(averageValue))
    errors.push(invalidValue(`${at}.averageValue`, averageValue, "must be positive"))
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalidValue(`${at}.averageUtilization`, averageUtilization, "must be greater than 0"))
  return errors
}

const metricErrors = (metric: Source["metric"], at: string): FieldError[] =>
  metric?.name ? pathSegmentErrors(`${at}.name`, metric.name) : [required(`${at}.name`, "must specify a metric name")]

const EITHER = "must set either a target value for metric or a per-pod target"

const resourceErrors = (source: Source, at: string): FieldError[] => {
  const { averageUtilization, averageValue } = source.target ?? {}
  return [
    ...(source.name ? [] : [required(`${at}.name`, "must specify a resource name")]),
    ...targetErrors(source.target, `${at}.target`),
    ...(averageUtilization === undefined && averageValue === undefined
      ? [required(`${at}.target.averageUtilization`, "must set either a target raw value or a target utilization")]
      : []),
    ...(averageUtilization !== undefined && averageValue !== undefined
      ? [forbidden(`${at}.target.averageValue`, "may not set both a target raw value and a target utilization")]
      : []),
  ]
}

const SOURCES: Readonly<Record<string, (source: Source, at: string) => FieldError[]>> = {
  object: (source, at) => [
    ...referenceErrors(source.describedObject, `${at}.describedObject`),
    ...metricErrors(source.metric, `${at}.metric`),
    ...targetErrors(source.target, `${at}.target`),
    ...(source.target?.value === undefined && source.target?.averageValue === undefined
      ? [required(`${at}.target.averageValue`, EITHER)]
      : []),
  ],
  external: (source, at) => [
    ...metricErrors(source.metric, `${at}.metric`),
    ...targetErrors(source.target, `${at}.target`),
    ...(source.target?.value === undefined && source.target?.averageValue === undefined
      ? [required(`${at}.target.averageValue`, EITHER)]
      : []),
    ...(source.target?.value !== undefined && source.target.averageValue !== undefined
      ? [forbidden(`${at}.target.value`, "may not set both a target value for metric and a per-pod target")]
      : []),
  ],
  pods: (source, at) => [
    ...metricErrors(source.metric, `${at}.metric`),
    ...targetErrors(source.target, `${at}.target`),
    ...(source.target?.averageValue === undefined || !isPositive(source.target.averageValue)
      ? [required(`${at}.target.averageValue`, "must specify a positive target averageValue")]
      : []),
  ],
  resource: resourceErrors,
  containerResource: (source, at) => [
    ...(source.container ? [] : [required(`${at}.container`, "must specify a container")]),
    ...resourceErrors(source, at),
  ],
}

const TYPES = ["ContainerResource", "External", "Object", "Pods", "Resource"]

const metricSpecErrors = (metric: Metric, at: string): FieldError[] => {
  const { type = "" } = metric
  const errors: FieldError[] = []
  if (type === "") errors.push(required(`${at}.type`, "must specify a metric source type"))
  errors.push(...oneOf(`${at}.type`, type, TYPES))
  const present = Object.keys(SOURCES).filter((name) => metric[name as keyof Metric] !== undefined)
  if (present.length > 0) errors.push(...SOURCES[present[0]](metric[present[0] as keyof Metric] as Source, `${at}.${present[0]}`))
  const expected = type.charAt(0).toLowerCase() + type.slice(1)
  if (!present.includes(expected)) errors.push(required(`${at}.${expected}`, "must populate information for the given metric source"))
  if (present.length !== 1)
    for (const name of present) if (name !== expected) errors.push(forbidden(`${at}.${name}`, "must populate the given metric source only"))
  return errors
}

const LONGEST_PERIOD = 1_800
const LONGEST_WINDOW = 3_600

const rulesErrors = (rules: Rules | undefined, at: string): FieldError[] => {
  if (!rules) return []
  const { stabilizationWindowSeconds: window, selectPolicy, tolerance, policies = [] } = rules
  const errors: FieldError[] = []
  if (window !== undefined && window < 0)
    errors.push(invalidValue(`${at}.stabilizationWindowSeconds`, window, "must be greater than or equal to zero"))
  if (window !== undefined && window > LONGEST_WINDOW)
    errors.push(invalidValue(`${at}.stabilizationWindowSeconds`, window, `must be less than or equal to ${LONGEST_WINDOW}`))
  if (selectPolicy !== undefined) errors.push(...oneOf(`${at}.selectPolicy`, selectPolicy, ["Disabled", "Max", "Min"]))
  if (policies.length === 0) errors.push(required(`${at}.policies`, "must specify at least one Policy"))
  for (const [index, { type = "", value = 0, periodSeconds = 0 }] of policies.entries()) {
    const where = `${at}.policies[${index}]`
    errors.push(...oneOf(`${where}.type`, type, ["Percent", "Pods"]))
    if (value <= 0) errors.push(invalidValue(`${where}.value`, value, "must be greater than zero"))
    if (periodSeconds <= 0) errors.push(invalidValue(`${where}.periodSeconds`, periodSeconds, "must be greater than zero"))
    if (periodSeconds > LONGEST_PERIOD)
      errors.push(invalidValue(`${where}.periodSeconds`, periodSeconds, `must be less than or equal to ${LONGEST_PERIOD}`))
  }
  if (tolerance !== undefined && parseQuantity(tolerance) < 0n)
    errors.push(invalidValue(`${at}.tolerance`, tolerance, "must be greater than or equal to zero"))
  return errors
}

export const autoscalerErrors = (spec: AutoscalerSpec): FieldError[] => {
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef, metrics = [], behavior } = spec
  const errors: FieldError[] = []
  if (minReplicas < 1) errors.push(invalidValue("spec.minReplicas", minReplicas, "must be greater than or equal to 1"))
  if (maxReplicas < 1) errors.push(invalidValue("spec.maxReplicas", maxReplicas, "must be greater than 0"))
  if (maxReplicas < minReplicas)
    errors.push(invalidValue("spec.maxReplicas", maxReplicas, "must be greater than or equal to `minReplicas`"))
  errors.push(...referenceErrors(scaleTargetRef, "spec.scaleTargetRef"))
  if (!scaleTargetRef?.apiVersion?.includes("/") && scaleTargetRef?.kind !== "ReplicationController")
    errors.push(invalidValue("spec.scaleTargetRef.apiVersion", scaleTargetRef?.apiVersion ?? "", "apiVersion must specify API group"))
  for (const [index, metric] of metrics.entries()) errors.push(...metricSpecErrors(metric, `spec.metrics[${index}]`))
  errors.push(...rulesErrors(behavior?.scaleUp, "spec.behavior.scaleUp"), ...rulesErrors(behavior?.scaleDown, "spec.behavior.scaleDown"))
  return errors
}

/** What a behavior leaves open. As GenerateHPAScaleUpRules and GenerateHPAScaleDownRules in pkg/apis/autoscaling/v2/defaults.go. */
export const defaultBehavior = (behavior: NonNullable<AutoscalerSpec["behavior"]>): void => {
  behavior.scaleUp = {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
    ...behavior.scaleUp,
  }
  behavior.scaleDown = { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }], ...behavior.scaleDown }
}
