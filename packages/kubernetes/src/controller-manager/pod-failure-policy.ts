/** What a Job makes of a failed Pod. As pkg/controller/job/pod_failure_policy.go. */
import type { Job, Pod } from "../api/index.ts"

type Rule = NonNullable<NonNullable<Job["spec"]["podFailurePolicy"]>["rules"]>[number]

export interface FailureVerdict {
  action: "FailJob" | "FailIndex" | "Ignore" | "Count"
  /** Why, for FailJob. */
  message?: string
}

const exitCodeRule = (rule: Rule, index: number, pod: Pod): FailureVerdict | undefined => {
  const wanted = rule.onExitCodes
  if (!wanted) return undefined
  for (const status of [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])]) {
    const code = status.state?.terminated?.exitCode
    if (code === undefined || code === 0 || (wanted.containerName !== undefined && status.name !== wanted.containerName)) continue
    const listed = (wanted.values as number[]).includes(code)
    if (wanted.operator === "In" ? !listed : listed) continue
    const { namespace, name } = pod.metadata
    return {
      action: rule.action as FailureVerdict["action"],
      message: `Container ${status.name} for pod ${namespace}/${name} failed with exit code ${code} matching ${rule.action} rule at index ${index}`,
    }
  }
  return undefined
}

const conditionRule = (rule: Rule, index: number, pod: Pod): FailureVerdict | undefined => {
  const found = (rule.onPodConditions ?? []).find(({ type, status = "True" }) =>
    pod.status.conditions?.some((condition) => condition.type === type && condition.status === status),
  )
  if (!found) return undefined
  const { namespace, name } = pod.metadata
  return {
    action: rule.action as FailureVerdict["action"],
    message: `Pod ${namespace}/${name} has condition ${found.type} matching ${rule.action} rule at index ${index}`,
  }
}

/** The first rule that fits decides; without one the failure counts. */
export const judgeFailure = (job: Job, pod: Pod): FailureVerdict => {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const verdict = exitCodeRule(rule, index, pod) ?? conditionRule(rule, index, pod)
    if (verdict) return verdict
  }
  return { action: "Count" }
}
