/** Nobody gives others what they may not do themselves. As the policybased storages of pkg/registry/rbac and pkg/registry/rbac/validation/rule.go. */
import type { AnyStored } from "../apimachinery/object.ts"
import { forbidden, notFound } from "../apimachinery/status.ts"
import type { AnyKind, Context, Server } from "./context.ts"
import type { RequestInfo } from "./request-info.ts"

const GROUP = "rbac.authorization.k8s.io"

interface Rule {
  verbs: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
}

/** A rule about one verb and one thing. */
interface Single {
  verb: string
  group?: string
  resource?: string
  name?: string | undefined
  url?: string
}

/** More parts of what is asked for are not looked at one by one. */
const MOST_PARTS = 100_000

/** As BreakdownRule. */
function* partsOf(rules: readonly Rule[]): Generator<Single> {
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } of rules) {
    for (const group of apiGroups)
      for (const resource of resources)
        for (const verb of verbs)
          if (resourceNames.length === 0) yield { verb, group, resource }
          else for (const name of resourceNames) yield { verb, group, resource, name }
    for (const url of nonResourceURLs) for (const verb of verbs) yield { verb, url }
  }
}

const has = (list: readonly string[] | undefined, value: string): boolean => list?.includes("*") === true || list?.includes(value) === true

/** As ruleCovers. */
const covers = (rule: Rule, { verb, group, resource, name, url }: Single): boolean => {
  if (!has(rule.verbs, verb)) return false
  if (url !== undefined)
    return (rule.nonResourceURLs ?? []).some((own) => own === url || (own.endsWith("*") && url.startsWith(own.slice(0, -1))))
  const [, below] = (resource ?? "").split("/")
  const isMeant = has(rule.resources, resource ?? "") || (below !== undefined && rule.resources?.includes(`*/${below}`) === true)
  const isNamed = !rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name))
  return has(rule.apiGroups, group ?? "") && isMeant && isNamed
}

/** %q of a list in Go. */
const quoted = (list: readonly string[]): string => `[${list.map((one) => JSON.stringify(one)).join(" ")}]`

/** As CompactRules and CompactString: verbs of one resource together, the texts in order. */
const described = (missing: readonly Single[]): string[] => {
  const simple = new Map<string, { part: Single; verbs: string[] }>()
  for (const part of missing) {
    const key = JSON.stringify(part.url === undefined ? [part.group, part.resource, part.name ?? null] : [part.url, part.verb])
    const known = simple.get(key)
    if (known) known.verbs.push(part.verb)
    else simple.set(key, { part, verbs: [part.verb] })
  }
  return [...simple.values()]
    .map(({ part: { group, resource, name, url }, verbs }) => {
      const texts = [
        ...(group === undefined ? [] : [`APIGroups:${quoted([group])}`]),
        ...(resource === undefined ? [] : [`Resources:${quoted([resource])}`]),
        ...(url === undefined ? [] : [`NonResourceURLs:${quoted([url])}`]),
        ...(name === undefined ? [] : [`ResourceNames:${quoted([name])}`]),
        `Verbs:${quoted(verbs)}`,
      ]
      return `{${texts.join(", ")}}`
    })
    .sort()
}

/** As ConfirmNoEscalation: what is wrong with giving `rules`; undefined: nothing. */
const escalation = (server: Server, { user, info }: Context, rules: readonly Rule[]): string | undefined => {
  const own = server.rulesFor(user, info.namespace)
  const missing: Single[] = []
  let count = 0
  for (const part of partsOf(rules)) {
    if (++count > MOST_PARTS) break
    if (!own.some((rule) => covers(rule, part))) missing.push(part)
  }
  if (missing.length === 0) return undefined
  return `user ${JSON.stringify(user.name)} (groups=${quoted(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${described(missing).join("\n")}`
}

const EVERYTHING: readonly Rule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
]

interface RoleObject {
  rules?: readonly Rule[]
  aggregationRule?: unknown
}

interface BindingObject {
  roleRef?: { kind?: string; name?: string }
}

const may = (server: Server, { user, info }: Context, more: Partial<RequestInfo>): boolean =>
  server.allowed(user, { ...info, isResource: true, group: GROUP, subresource: "", rest: "", ...more })

/**
 * Throws StatusError 403 where whoever writes a role, or binds one, has not all that it gives, nor the right to "escalate" or "bind"; 404 where
 * the role is none.
 */
export const confirmNoEscalation = (server: Server, kind: AnyKind, context: Context, object: AnyStored): void => {
  if (kind.group !== GROUP || !context.external || context.user.groups.includes("system:masters")) return
  const { name } = object.metadata
  if (kind.plural === "roles" || kind.plural === "clusterroles") {
    if (may(server, context, { verb: "escalate", resource: kind.plural, name })) return
    const { rules, aggregationRule } = object as unknown as RoleObject
    const problem = aggregationRule ? escalation(server, context, EVERYTHING) : undefined
    if (problem) throw forbidden(kind, name, `must have cluster-admin privileges to use the aggregationRule: ${problem}`)
    const own = escalation(server, context, rules ?? [])
    if (own) throw forbidden(kind, name, own)
    return
  }
  const { roleRef } = object as unknown as BindingObject
  const plural = roleRef?.kind === "ClusterRole" ? "clusterroles" : "roles"
  const role = roleRef?.name ?? ""
  // Validation says what is wrong with a reference to nothing.
  if (role === "" || may(server, context, { verb: "bind", resource: plural, name: role })) return
  const found = plural === "clusterroles" ? server.roles.clusterRole(role) : server.roles.role(context.info.namespace ?? "", role)
  if (!found) throw notFound({ group: GROUP, plural }, role)
  const problem = escalation(server, context, (found.rules ?? []) as readonly Rule[])
  if (problem) throw forbidden(kind, name, problem)
}
