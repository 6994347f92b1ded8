/** Checks of RBAC rules. As ValidatePolicyRule in pkg/apis/rbac/validation. */
import type { FieldError } from "../../apimachinery/status.ts"

interface Rule {
  verbs?: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  nonResourceURLs?: readonly string[]
}

export const ruleErrors = (rules: readonly Rule[] | null | undefined, namespaced: boolean): FieldError[] =>
  (rules ?? []).flatMap((rule, index): FieldError[] => {
    const at = `rules[${index}]`
    const errors: FieldError[] = []
    if (!rule.verbs?.length) errors.push({ type: "Required", field: `${at}.verbs`, detail: "verbs must contain at least one value" })
    if (rule.nonResourceURLs?.length) {
      if (namespaced)
        errors.push({
          type: "Invalid",
          field: `${at}.nonResourceURLs`,
          value: rule.nonResourceURLs,
          detail: "namespaced rules cannot apply to non-resource URLs",
        })
      if (rule.apiGroups?.length || rule.resources?.length)
        errors.push({
          type: "Invalid",
          field: `${at}.nonResourceURLs`,
          value: rule.nonResourceURLs,
          detail: "rules cannot apply to both regular resources and non-resource URLs",
        })
      return errors
    }
    if (!rule.apiGroups?.length)
      errors.push({ type: "Required", field: `${at}.apiGroups`, detail: "resource rules must supply at least one api group" })
    if (!rule.resources?.length)
      errors.push({ type: "Required", field: `${at}.resources`, detail: "resource rules must supply at least one resource" })
    return errors
  })

interface Binding {
  roleRef?: { apiGroup?: string; kind?: string; name?: string }
  subjects?: readonly { kind?: string; name?: string; namespace?: string; apiGroup?: string }[] | null
}

export const bindingErrors = ({ roleRef, subjects }: Binding, kinds: readonly string[]): FieldError[] => {
  const errors: FieldError[] = []
  const group = roleRef?.apiGroup ?? ""
  if (group !== "rbac.authorization.k8s.io")
    errors.push({ type: "NotSupported", field: "roleRef.apiGroup", value: group, detail: 'supported values: "rbac.authorization.k8s.io"' })
  if (!kinds.includes(roleRef?.kind ?? ""))
    errors.push({
      type: "NotSupported",
      field: "roleRef.kind",
      value: roleRef?.kind ?? "",
      detail: `supported values: ${kinds.map((kind) => JSON.stringify(kind)).join(", ")}`,
    })
  if (!roleRef?.name) errors.push({ type: "Required", field: "roleRef.name" })
  for (const [index, subject] of (subjects ?? []).entries()) {
    const at = `subjects[${index}]`
    if (!subject.name) errors.push({ type: "Required", field: `${at}.name` })
    if (subject.kind === "ServiceAccount") {
      if (!subject.namespace) errors.push({ type: "Required", field: `${at}.namespace` })
    } else if (subject.kind !== "User" && subject.kind !== "Group")
      errors.push({
        type: "NotSupported",
        field: `${at}.kind`,
        value: subject.kind ?? "",
        detail: 'supported values: "Group", "ServiceAccount", "User"',
      })
  }
  return errors
}

/** What was referred to stays: named as Go names the fields. */
export const roleRefError = (reference: Binding["roleRef"]): FieldError => ({
  type: "Invalid",
  field: "roleRef",
  value: { APIGroup: reference?.apiGroup ?? "", Kind: reference?.kind ?? "", Name: reference?.name ?? "" },
  detail: "cannot change roleRef",
})
