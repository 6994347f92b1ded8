/** Policy rules broken up, merged and sorted, as describe and can-i show them. As k8s.io/component-helpers/auth/rbac/validation. */

export interface Rule {
  verbs?: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
}

/** One resource, one verb, one name each. */
const breakDown = ({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): Rule[] => {
  const rules: Rule[] = []
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs)
        if (resourceNames.length > 0)
          for (const name of resourceNames) rules.push({ apiGroups: [group], resources: [resource], verbs: [verb], resourceNames: [name] })
        else rules.push({ apiGroups: [group], resources: [resource], verbs: [verb] })
  for (const url of nonResourceURLs) for (const verb of verbs) rules.push({ nonResourceURLs: [url], verbs: [verb] })
  return rules
}

const within = (all: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean =>
  (all ?? []).includes("*") || (wanted ?? []).every((one) => (all ?? []).includes(one))

/** The parts of `wanted` that no rule of `granted` allows. As validation.Covers. */
export const uncovered = (wanted: readonly Rule[], granted: readonly Rule[]): Rule[] => {
  if (granted.length === 0) return [...wanted]
  return wanted
    .flatMap(breakDown)
    .filter(
      (one) =>
        !granted.some(
          (rule) =>
            within(rule.verbs, one.verbs) &&
            within(rule.apiGroups, one.apiGroups) &&
            within(rule.resources, one.resources) &&
            within(rule.nonResourceURLs, one.nonResourceURLs) &&
            (!rule.resourceNames?.length || (one.resourceNames?.length && within(rule.resourceNames, one.resourceNames))),
        ),
    )
}

/** How a Go struct prints with %v: the order rules are sorted by. */
const key = ({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Rule): string =>
  [verbs, apiGroups, resources, resourceNames, nonResourceURLs].map((list) => `[${list.join(" ")}]`).join(" ")

/** The rules in their shortest form, sorted. */
export const compactRules = (rules: readonly Rule[]): Rule[] => {
  const merged = new Map<string, { rule: Rule; verbs: string[] }>()
  const rest: Rule[] = []
  for (const one of rules.flatMap(breakDown)) {
    const id = JSON.stringify([one.apiGroups, one.resources, one.resourceNames, one.nonResourceURLs])
    if (!one.resources) {
      rest.push(one)
      continue
    }
    const found = merged.get(id)
    if (!found) merged.set(id, { rule: one, verbs: [...(one.verbs ?? [])] })
    else for (const verb of one.verbs ?? []) if (!found.verbs.includes(verb)) found.verbs.push(verb)
  }
  const all = [...merged.values()]
    .map(({ rule, verbs }) => ({ ...rule, verbs }))
    .concat(rest.map((rule) => ({ ...rule, verbs: [...(rule.verbs ?? [])] })))
  return all.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

const list = (values: readonly string[] = []): string => `[${values.join(" ")}]`

/** "pods/log", "deployments.apps" */
const resourceText = ({ resources = [], apiGroups = [] }: Rule): string => {
  if (resources.length === 0) return ""
  const [name, ...sub] = resources[0].split("/")
  return `${name}${apiGroups[0] ? `.${apiGroups[0]}` : ""}${sub.length > 0 ? `/${sub.join("/")}` : ""}`
}

/** Resources, URLs, names, verbs. */
export const ruleCells = (rule: Rule): [string, string, string, string] => [
  resourceText(rule),
  list(rule.nonResourceURLs),
  list(rule.resourceNames),
  list(rule.verbs),
]
