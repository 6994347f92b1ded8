/** What may change of a Pod that is there. As ValidatePodUpdate in pkg/apis/core/validation/validation.go. */
import type { IPod } from "kubernetes-models/v1/Pod"
import { deepEqual } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { forbidden, invalidValue } from "./common-validation.ts"
import { podSpecDiff } from "./pod-spec-diff.ts"

export type Spec = NonNullable<IPod["spec"]>

const IMMUTABLE =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n"

/** Containers are neither added nor taken away. */
const countErrors = (next: Spec, before: Spec): FieldError[] =>
  (["containers", "initContainers"] as const)
    .filter((field) => (next[field] ?? []).length !== (before[field] ?? []).length)
    .map((field) => ({ type: "Forbidden", field: `spec.${field}`, detail: "pod updates may not add or remove containers" }))

/** A deadline may be set, and brought nearer. */
const deadlineErrors = ({ activeDeadlineSeconds: next }: Spec, { activeDeadlineSeconds: before }: Spec): FieldError[] => {
  const field = "spec.activeDeadlineSeconds"
  if (before === undefined || next === before) return []
  if (next === undefined) return [{ type: "Invalid", field, value: null, detail: "must not update from a positive integer to nil value" }]
  return next > before ? [{ type: "Invalid", field, value: next, detail: "must be less than or equal to previous value" }] : []
}

/** Tolerations may be added; of those that are there only the seconds may change. */
const tolerationErrors = (next: NonNullable<Spec["tolerations"]>, before: NonNullable<Spec["tolerations"]>): FieldError[] => {
  const bare = ({ tolerationSeconds: _, ...rest }: (typeof next)[number]) => rest
  return before.every((one) => next.some((other) => deepEqual(bare(one), bare(other))))
    ? []
    : [{ type: "Forbidden", field: "spec.tolerations", detail: "existing toleration can not be modified except its tolerationSeconds" }]
}

/** Gates are taken away, never added. */
const gateErrors = (next: NonNullable<Spec["schedulingGates"]>, before: NonNullable<Spec["schedulingGates"]>): FieldError[] =>
  next.flatMap(({ name }, index) =>
    before.some((one) => one.name === name)
      ? []
      : [forbidden(`spec.schedulingGates[${index}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)],
  )

type Terms = readonly { matchExpressions?: readonly unknown[]; matchFields?: readonly unknown[] }[]

const REQUIRED_NOW = "requiredDuringSchedulingIgnoredDuringExecution"

const requiredTerms = ({ affinity }: Spec): Terms | undefined =>
  affinity?.nodeAffinity?.[REQUIRED_NOW]?.nodeSelectorTerms as unknown as Terms | undefined

/** As validateNodeSelectorTermHasOnlyAdditions. */
const onlyAdds = (next: Terms[number], before: Terms[number]): boolean => {
  const [expressions, fields] = [before.matchExpressions ?? [], before.matchFields ?? []]
  if (expressions.length === 0 && fields.length === 0) return !next.matchExpressions?.length && !next.matchFields?.length
  return (
    deepEqual((next.matchExpressions ?? []).slice(0, expressions.length), expressions) &&
    deepEqual((next.matchFields ?? []).slice(0, fields.length), fields)
  )
}

/** As validateNodeSelectorMutation and validateNodeAffinityMutation: a Pod that is held back may be given narrower places. */
const narrowedErrors = (next: Spec, before: Spec): FieldError[] => {
  const errors: FieldError[] = []
  const [selector, old] = [next.nodeSelector ?? {}, before.nodeSelector ?? {}] as Record<string, unknown>[]
  if (Object.keys(old).some((key) => selector[key] !== old[key]))
    errors.push(invalidValue("spec.nodeSelector", selector, "only additions to spec.nodeSelector are allowed (no mutations or deletions)"))
  const terms = requiredTerms(before)
  if (!terms?.length) return errors
  const field = `spec.affinity.nodeAffinity.${REQUIRED_NOW}.nodeSelectorTerms`
  const wanted = requiredTerms(next) ?? []
  if (wanted.length !== terms.length)
    return [...errors, invalidValue(field, wanted, "no additions/deletions to non-empty NodeSelectorTerms list are allowed")]
  for (const [index, term] of terms.entries())
    if (!onlyAdds(wanted[index], term))
      errors.push(invalidValue(`${field}[${index}]`, wanted[index], "only additions are allowed (no mutations or deletions)"))
  return errors
}

/** The affinity to compare: that of nodes has been judged. */
const withNodeAffinityOf = (next: Spec, before: Spec): Spec["affinity"] => {
  const { nodeAffinity: _, ...others } = next.affinity ?? {}
  const { nodeAffinity } = before.affinity ?? {}
  return !before.affinity && Object.keys(others).length === 0 ? undefined : { ...others, ...(nodeAffinity && { nodeAffinity }) }
}

/** What may change is put back as it was, and nothing else may differ. */
export const podUpdateErrors = (next: Spec, before: Spec): FieldError[] => {
  const errors = countErrors(next, before)
  if (errors.length > 0) return errors
  for (const field of ["containers", "initContainers"] as const)
    for (const [index, container] of (next[field] ?? []).entries())
      if (!container.image) errors.push({ type: "Required", field: `spec.${field}[${index}].image` })
  errors.push(...deadlineErrors(next, before), ...tolerationErrors(next.tolerations ?? [], before.tolerations ?? []))
  errors.push(...gateErrors(next.schedulingGates ?? [], before.schedulingGates ?? []))
  const isHeldBack = (before.schedulingGates?.length ?? 0) > 0
  if (isHeldBack) errors.push(...narrowedErrors(next, before))
  const restored = {
    ...next,
    containers: next.containers?.map((container, index) => ({ ...container, image: before.containers?.[index].image })),
    ...(next.initContainers && {
      initContainers: next.initContainers.map((container, index) => ({ ...container, image: before.initContainers?.[index].image })),
    }),
    activeDeadlineSeconds: before.activeDeadlineSeconds,
    tolerations: before.tolerations,
    schedulingGates: before.schedulingGates,
    ...((before.terminationGracePeriodSeconds ?? 0) < 0 &&
      next.terminationGracePeriodSeconds === 1 && { terminationGracePeriodSeconds: before.terminationGracePeriodSeconds }),
    ...(isHeldBack && { nodeSelector: before.nodeSelector, affinity: withNodeAffinityOf(next, before) }),
  }
  if (!deepEqual(restored, before)) errors.push(forbidden("spec", `${IMMUTABLE}${podSpecDiff(before, restored)}`))
  return errors
}
