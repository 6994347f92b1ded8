/** How fast an autoscaler may move. As pkg/controller/podautoscaler/horizontal.go normalizeDesiredReplicasWithBehaviors. */
import type { HorizontalPodAutoscaler } from "../api/index.ts"

/** --horizontal-pod-autoscaler-downscale-stabilization, ms. */
const DOWNSCALE_WINDOW = 300_000

interface Rules {
  stabilizationWindowSeconds?: number
  selectPolicy?: string
  policies?: readonly { type: string; value: number; periodSeconds: number }[]
}

/** What one autoscaler remembers: recommendations, and how it scaled. */
export interface ScalingMemory {
  recommendations: { at: number; replicas: number }[]
  events: { at: number; change: number }[]
}

const DEFAULT_UP: Rules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ],
}
const DEFAULT_DOWN: Rules = { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] }

/** The number after stabilization and rate limits, with the conditions that tell of them. */
export const normalize = (options: {
  hpa: HorizontalPodAutoscaler
  memory: ScalingMemory
  current: number
  desired: number
  now: number
}): { replicas: number; able: { reason: string; message: string }; limited: { status: boolean; reason: string; message: string } } => {
  const { hpa, memory, current, desired, now } = options
  const { minReplicas: minimum = 1, maxReplicas: maximum } = hpa.spec
  const up: Rules = { ...DEFAULT_UP, ...(hpa.spec.behavior?.scaleUp as Rules | undefined) }
  const down: Rules = { ...DEFAULT_DOWN, ...(hpa.spec.behavior?.scaleDown as Rules | undefined) }
  const upWindow = (up.stabilizationWindowSeconds ?? 0) * 1_000
  const downWindow = down.stabilizationWindowSeconds === undefined ? DOWNSCALE_WINDOW : down.stabilizationWindowSeconds * 1_000
  const since = (window: number) => memory.recommendations.filter(({ at }) => at > now - window).map(({ replicas }) => replicas)
  const lowest = Math.min(desired, ...since(upWindow))
  const highest = Math.max(desired, ...since(downWindow))
  const longest = Math.max(upWindow, downWindow)
  memory.recommendations = [...memory.recommendations.filter(({ at }) => at > now - longest), { at: now, replicas: desired }]
  const stabilized = current < lowest ? lowest : current > highest ? highest : current
  const able =
    stabilized === desired
      ? { reason: "ReadyForNewScale", message: "recommended size matches current size" }
      : desired >= current
        ? {
            reason: "ScaleUpStabilized",
            message: "recent recommendations were lower than current one, applying the lowest recent recommendation",
          }
        : {
            reason: "ScaleDownStabilized",
            message: "recent recommendations were higher than current one, applying the highest recent recommendation",
          }
  const changed = (seconds: number, sign: 1 | -1) =>
    memory.events
      .filter(({ at, change }) => at > now - seconds * 1_000 && Math.sign(change) === sign)
      .reduce((sum, { change }) => sum + change, 0)
  const limit = (rules: Rules, sign: 1 | -1): number => {
    if (rules.selectPolicy === "Disabled") return current
    const limits = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
      const start = current - changed(periodSeconds, sign)
      return type === "Pods"
        ? start + sign * value
        : sign > 0
          ? Math.ceil(start * (1 + value / 100))
          : Math.floor(start * (1 - value / 100))
    })
    if (limits.length === 0) return sign > 0 ? maximum : minimum
    const loosest = sign > 0 ? Math.max(...limits) : Math.min(...limits)
    const tightest = sign > 0 ? Math.min(...limits) : Math.max(...limits)
    return rules.selectPolicy === "Min" ? tightest : loosest
  }
  const within = { status: false, reason: "DesiredWithinRange", message: "the desired count is within the acceptable range" }
  const limited = (replicas: number, reason: string, message: string) =>
    replicas === stabilized ? { replicas, able, limited: within } : { replicas, able, limited: { status: true, reason, message } }
  if (stabilized > current) {
    const rate = Math.max(current, limit(up, 1))
    const allowed = Math.min(maximum, rate)
    if (stabilized > allowed)
      return rate < maximum
        ? limited(allowed, "ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
        : limited(allowed, "TooManyReplicas", "the desired replica count is more than the maximum replica count")
  } else if (stabilized < current) {
    const rate = Math.min(current, limit(down, -1))
    const allowed = Math.max(minimum, rate)
    if (stabilized < allowed)
      return rate > minimum
        ? limited(allowed, "ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate")
        : limited(
            allowed,
            "TooFewReplicas",
            minimum === 0 ? "the desired replica count is zero" : "the desired replica count is less than the minimum replica count",
          )
  }
  if (stabilized > maximum) return limited(maximum, "TooManyReplicas", "the desired replica count is more than the maximum replica count")
  if (stabilized < minimum) return limited(minimum, "TooFewReplicas", "the desired replica count is less than the minimum replica count")
  return { replicas: stabilized, able, limited: within }
}
