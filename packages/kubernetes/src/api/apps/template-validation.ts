/** Checks of workloads' templates and selectors. As pkg/apis/apps/validation. */
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { validatePodSpec } from "../core/pod-validation.ts"
import { nonNegative } from "../core/validation-texts.ts"

interface Workload {
  replicas?: number
  minReadySeconds?: number
  selector?: unknown
  template?: { metadata?: { labels?: unknown }; spec?: PodSpec }
}

const selectorErrors = (selector: unknown, kind: string): FieldError[] => {
  if (!selector) return [{ type: "Required", field: "spec.selector" }]
  const { matchLabels, matchExpressions } = selector as {
    matchLabels?: object
    matchExpressions?: { key?: string; operator?: string; values?: unknown[] }[]
  }
  const errors: FieldError[] = []
  for (const [index, one] of (matchExpressions ?? []).entries()) {
    const at = `spec.selector.matchExpressions[${index}]`
    if ((one.operator === "In" || one.operator === "NotIn") && !one.values?.length)
      errors.push({ type: "Required", field: `${at}.values`, detail: "must be specified when `operator` is 'In' or 'NotIn'" })
    else if ((one.operator === "Exists" || one.operator === "DoesNotExist") && one.values?.length)
      errors.push({
        type: "Forbidden",
        field: `${at}.values`,
        detail: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      })
    else if (!["In", "NotIn", "Exists", "DoesNotExist"].includes(one.operator ?? ""))
      errors.push({ type: "Invalid", field: `${at}.operator`, value: one.operator ?? "", detail: "not a valid selector operator" })
  }
  if (Object.keys(matchLabels ?? {}).length === 0 && !matchExpressions?.length)
    errors.push({ type: "Invalid", field: "spec.selector", value: selector, detail: `empty selector is invalid for ${kind}` })
  return errors
}

/** Replicas, selector and template, in upstream's order. */
export const workloadErrors = (
  spec: Workload | undefined,
  kind: "deployment" | "statefulset" | "daemonset" | "replicaset",
): FieldError[] => {
  const errors: FieldError[] = kind === "daemonset" ? [] : nonNegative("spec.replicas", spec?.replicas)
  errors.push(...selectorErrors(spec?.selector, kind))
  let matches = false
  try {
    matches = spec?.selector !== undefined && selectorMatches(spec.selector as never, spec.template?.metadata?.labels as never)
  } catch {
    // A selector that is none; said above.
    matches = true
  }
  if (!matches)
    errors.push({
      type: "Invalid",
      field: "spec.template.metadata.labels",
      value: spec?.template?.metadata?.labels ?? null,
      detail: "`selector` does not match template `labels`",
    })
  const template = spec?.template?.spec
  // As ValidatePodTemplateSpecForStatefulSet: its mounts may name claims that each Pod gets, so the Pod's own validation judges them.
  if (kind !== "statefulset") errors.push(...validatePodSpec(template, "spec.template.spec"))
  if (template?.restartPolicy && template.restartPolicy !== "Always" && ["OnFailure", "Never"].includes(template.restartPolicy))
    errors.push({
      type: "NotSupported",
      field: "spec.template.spec.restartPolicy",
      value: template.restartPolicy,
      detail: 'supported values: "Always"',
    })
  if (template?.activeDeadlineSeconds !== undefined)
    errors.push({
      type: "Forbidden",
      field: "spec.template.spec.activeDeadlineSeconds",
      detail: `activeDeadlineSeconds in ${kind === "daemonset" ? "DaemonSet" : kind === "statefulset" ? "StatefulSet" : "ReplicaSet"} is not Supported`,
    })
  errors.push(...nonNegative("spec.minReadySeconds", spec?.minReadySeconds))
  return errors
}
