/** What an update would change in a Pod's spec, as the API server shows it: a unified diff of the spec as Go writes its internal type in JSON. As k8s.io/apimachinery/pkg/util/diff. */
import { isObject, type Json } from "../../apimachinery/frozen.ts"
import { unifiedDiff } from "../../apimachinery/unified-diff.ts"
import table from "../schema/go-fields.json" with { type: "json" }

type Field = readonly [name: string, json: string, type: string]

/** Fields as [Go name, JSON name ("" for what is embedded), type]; for named types the type they are. */
const types = table as unknown as Readonly<Record<string, readonly Field[] | string>>

const order = (all: readonly Field[], names: readonly string[]): readonly Field[] =>
  names.flatMap((name) => all.filter(([own]) => own === name))

const fieldsOf = (type: string): readonly Field[] | undefined => {
  const found = types[type]
  return typeof found === "object" ? found : undefined
}

/** Where the internal type (pkg/apis/core/types.go) has its fields in another order, or other ones, than v1. */
const POD_SPEC: readonly Field[] = order(
  (fieldsOf("v1.PodSpec") ?? []).map(
    ([name, json, type]): Field => [name, json, name === "SecurityContext" ? "*internal.PodSecurityContext" : type],
  ),
  [
    "Volumes",
    "InitContainers",
    "Containers",
    "EphemeralContainers",
    "RestartPolicy",
    "TerminationGracePeriodSeconds",
    "ActiveDeadlineSeconds",
    "DNSPolicy",
    "NodeSelector",
    "ServiceAccountName",
    "AutomountServiceAccountToken",
    "NodeName",
    "SecurityContext",
    "ImagePullSecrets",
    "Hostname",
    "Subdomain",
    "SetHostnameAsFQDN",
    "Affinity",
    "SchedulerName",
    "Tolerations",
    "HostAliases",
    "PriorityClassName",
    "Priority",
    "PreemptionPolicy",
    "DNSConfig",
    "ReadinessGates",
    "RuntimeClassName",
    "Overhead",
    "EnableServiceLinks",
    "TopologySpreadConstraints",
    "OS",
    "SchedulingGates",
    "ResourceClaims",
    "Resources",
    "HostnameOverride",
    "WorkloadRef",
  ],
)

/** Sharing with the host is part of the internal security context. */
const SECURITY_CONTEXT: readonly Field[] = [
  ["HostNetwork", "hostNetwork", "bool"],
  ["HostPID", "hostPID", "bool"],
  ["HostIPC", "hostIPC", "bool"],
  ["ShareProcessNamespace", "shareProcessNamespace", "*bool"],
  ["HostUsers", "hostUsers", "*bool"],
  ...order(fieldsOf("v1.PodSecurityContext") ?? [], [
    "SELinuxOptions",
    "WindowsOptions",
    "RunAsUser",
    "RunAsGroup",
    "RunAsNonRoot",
    "SupplementalGroups",
    "SupplementalGroupsPolicy",
    "FSGroup",
    "FSGroupChangePolicy",
    "Sysctls",
    "SeccompProfile",
    "AppArmorProfile",
    "SELinuxChangePolicy",
  ]),
]

/** The zero value of a plain type. */
const zero = (type: string): unknown => (type === "bool" ? false : /^u?int|^float/.test(type) ? 0 : "")

const struct = (fields: readonly Field[], value: Json): Json => {
  const result: Json = {}
  // What is embedded is written among the fields of what it is embedded in.
  for (const [name, json, type] of fields)
    if (json === "") Object.assign(result, struct(fieldsOf(type.replace(/^\*/, "")) ?? [], value))
    else result[name] = internal(value[json], type)
  return result
}

const internal = (value: unknown, type: string): unknown => {
  if (type.startsWith("*")) return value === undefined || value === null ? null : internal(value, type.slice(1))
  if (type.startsWith("[]")) return Array.isArray(value) ? value.map((item) => internal(item, type.slice(2))) : null
  if (type.startsWith("map[")) {
    if (!isObject(value)) return null
    const of = type.slice(type.indexOf("]") + 1)
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [key, internal(value[key], of)]),
    )
  }
  const known = type === "internal.PodSecurityContext" ? SECURITY_CONTEXT : types[type]
  if (typeof known === "string") return internal(value, known)
  // Quantities and ports are texts and numbers.
  if (known === undefined || META.has(type)) return value ?? (/^[a-z]\w*$/.test(type) ? zero(type) : null)
  return struct(known, isObject(value) ? value : {})
}

/** Types of meta.v1 are written as in v1. */
const META = new Set(["v1.LabelSelector", "v1.LabelSelectorRequirement", "v1.Time"])

/** The host's part moves into the security context before the type is walked. */
const asInternal = (spec: Json): Json => {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers, securityContext } = spec
  const own = isObject(securityContext) ? securityContext : {}
  return struct(POD_SPEC, { ...spec, securityContext: { ...own, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } })
}

const lines = (spec: object): string[] => JSON.stringify(asInternal(spec as Json), null, 1).split("\n")

export const podSpecDiff = (before: object, after: object): string => unifiedDiff(lines(before), lines(after))
