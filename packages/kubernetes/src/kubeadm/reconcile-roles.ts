/** Default roles at a start of the API server: what is missing of them is put back. As pkg/registry/rbac/rest and component-helpers/auth/rbac/reconciliation. */
import type { AnyStored, KubernetesObject } from "../apimachinery/object.ts"
import { bootstrapRoles } from "./bootstrap-roles.ts"
import type { BootstrapObject } from "./bootstrap-object.ts"

const AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate"

interface Rule {
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
  verbs: readonly string[]
}

interface Subject {
  kind: string
  name: string
  namespace?: string
}

type Role = (BootstrapObject | AnyStored) & {
  rules?: readonly Rule[]
  aggregationRule?: unknown
  subjects?: readonly Subject[]
  roleRef?: Subject
}

/** One verb on one resource or path. As BreakdownRule. */
const brokenDown = (rule: Rule): Rule[] => [
  ...(rule.resources ?? []).flatMap((resource) =>
    (rule.apiGroups ?? []).flatMap((group) =>
      rule.verbs.flatMap((verb) =>
        (rule.resourceNames?.length ? rule.resourceNames : [undefined]).map((name) => ({
          apiGroups: [group],
          resources: [resource],
          ...(name !== undefined && { resourceNames: [name] }),
          verbs: [verb],
        })),
      ),
    ),
  ),
  ...(rule.nonResourceURLs ?? []).flatMap((url) => rule.verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] }))),
]

const has = (list: readonly string[] | undefined, value: string | undefined): boolean =>
  value !== undefined && (list ?? []).some((one) => one === "*" || one === value)

/** Whether `owner` allows the one thing that `rule` is about. As ruleCovers. */
const covers = (owner: Rule, rule: Rule): boolean => {
  if (!has(owner.verbs, rule.verbs[0])) return false
  const [url] = rule.nonResourceURLs ?? []
  if (url !== undefined)
    return (owner.nonResourceURLs ?? []).some(
      (one) => one === "*" || one === url || (one.endsWith("*") && url.startsWith(one.slice(0, -1))),
    )
  const [resource = ""] = rule.resources ?? []
  const sub = resource.split("/")[1]
  return (
    has(owner.apiGroups, rule.apiGroups?.[0]) &&
    (has(owner.resources, resource) || (sub !== undefined && (owner.resources ?? []).includes(`*/${sub}`))) &&
    (!owner.resourceNames?.length || owner.resourceNames.includes(rule.resourceNames?.[0] ?? ""))
  )
}

const missingRules = (existing: readonly Rule[], expected: readonly Rule[]): Rule[] =>
  expected.flatMap(brokenDown).filter((one) => !existing.some((owner) => covers(owner, one)))

const missingSubjects = (existing: readonly Subject[], expected: readonly Subject[]): Subject[] =>
  expected.filter(
    ({ kind, name, namespace }) =>
      !existing.some((one) => one.kind === kind && one.name === name && (one.namespace ?? "") === (namespace ?? "")),
  )

export interface RoleStore {
  find(apiVersion: string, kind: string, name: string, namespace: string | undefined): AnyStored | undefined
  create(object: BootstrapObject): void
  replace(object: KubernetesObject & { metadata: AnyStored["metadata"] }): void
  remove(object: AnyStored): void
}

/** Roles and bindings that are gone are made; others get what they lack, unless they are annotated to be left alone. */
export const reconcileRoles = (store: RoleStore): void => {
  for (const expected of bootstrapRoles() as readonly Role[]) {
    const { name = "", namespace } = expected.metadata ?? {}
    const existing = store.find(expected.apiVersion, expected.kind, name, namespace) as (AnyStored & Role) | undefined
    if (!existing) {
      store.create(expected as BootstrapObject)
      continue
    }
    if ((existing.metadata.annotations as Record<string, string> | undefined)?.[AUTOUPDATE] === "false") continue
    if (expected.roleRef && JSON.stringify(existing.roleRef) !== JSON.stringify({ ...existing.roleRef, ...expected.roleRef })) {
      // A binding's role never changes: another one takes its place.
      store.remove(existing)
      store.create({
        ...(expected as BootstrapObject),
        subjects: [...(existing.subjects ?? []), ...missingSubjects(existing.subjects ?? [], expected.subjects ?? [])],
      })
      continue
    }
    const rules = expected.aggregationRule ? [] : missingRules(existing.rules ?? [], expected.rules ?? [])
    const subjects = missingSubjects(existing.subjects ?? [], expected.subjects ?? [])
    const given = (part: "labels" | "annotations") => (existing.metadata[part] ?? {}) as Record<string, string>
    const wanted = (part: "labels" | "annotations") => (expected.metadata?.[part] ?? {}) as Record<string, string>
    const lacks = (part: "labels" | "annotations") => Object.keys(wanted(part)).some((key) => given(part)[key] === undefined)
    if (rules.length === 0 && subjects.length === 0 && !lacks("labels") && !lacks("annotations")) continue
    store.replace({
      ...existing,
      metadata: {
        ...existing.metadata,
        labels: { ...wanted("labels"), ...given("labels") } as never,
        annotations: { ...wanted("annotations"), ...given("annotations") } as never,
      },
      ...(rules.length > 0 && { rules: [...(existing.rules ?? []), ...rules] }),
      ...(subjects.length > 0 && { subjects: [...(existing.subjects ?? []), ...subjects] }),
    } as never)
  }
}
