/** PodSecurity: the levels that a namespace's labels ask for. As k8s.io/pod-security-admission/admission. */
import { isObject, type Json } from "../../apimachinery/frozen.ts"
import { forbidden } from "../../apimachinery/status.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import type { AdmissionPlugin, AdmissionRequest } from "../context.ts"
import { evaluatePod, type Level, type Violation } from "./pod-security-checks.ts"

type AdmissionServer = Parameters<AdmissionPlugin["admit"]>[1]

const text = (level: Level, version: string, violations: readonly Violation[]): string =>
  `violates PodSecurity "${level}:${version}": ${violations.map(({ reason, detail }) => `${reason} (${detail})`).join(", ")}`

const WORKLOADS = new Set([
  "Deployment",
  "ReplicaSet",
  "DaemonSet",
  "StatefulSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "PodTemplate",
])

const podSpecOf = (kind: string, object: Json): Json | undefined => {
  const at = (value: unknown, ...path: string[]): unknown =>
    path.reduce<unknown>((one, key) => (isObject(one) ? one[key] : undefined), value)
  const spec =
    kind === "Pod"
      ? object.spec
      : kind === "CronJob"
        ? at(object, "spec", "jobTemplate", "spec", "template", "spec")
        : kind === "PodTemplate"
          ? at(object, "template", "spec")
          : at(object, "spec", "template", "spec")
  return isObject(spec) ? spec : undefined
}

const ENFORCE = "pod-security.kubernetes.io/enforce"
const LEVELS: readonly string[] = ["privileged", "baseline", "restricted"]
/** So many Pods of a namespace are looked at. */
const MOST_PODS = 3_000

/** What a namespace that asks for more of its Pods is told of those it has. As pod-security-admission/admission EvaluatePodsInNamespace. */
const warnOfPods = ({ object, old, warn }: Pick<AdmissionRequest, "object" | "old" | "warn">, server: AdmissionServer): void => {
  const wanted = object.metadata.labels as Record<string, string> | undefined
  const had = old?.metadata.labels as Record<string, string> | undefined
  const level = wanted?.[ENFORCE] ?? "privileged"
  const version = wanted?.[`${ENFORCE}-version`] ?? "latest"
  if (level !== "baseline" && level !== "restricted") return
  if (LEVELS.indexOf(had?.[ENFORCE] ?? "privileged") >= LEVELS.indexOf(level) && version === (had?.[`${ENFORCE}-version`] ?? "latest"))
    return
  const pods = server.kind("", "v1", "pods")
  if (!pods) return
  const counted = new Map<string, { first: string; count: number }>()
  for (const { value } of server.etcd.range<AnyStored>(server.registry.prefix(pods, object.metadata.name)).items.slice(0, MOST_PODS)) {
    const spec = podSpecOf("Pod", value as unknown as Json)
    const reasons = (spec ? evaluatePod(level, spec) : []).map(({ reason }) => reason).join(", ")
    if (reasons === "") continue
    const known = counted.get(reasons)
    if (known) known.count++
    else counted.set(reasons, { first: value.metadata.name, count: 1 })
  }
  if (counted.size === 0) return
  warn(`existing pods in namespace ${JSON.stringify(object.metadata.name)} violate the new PodSecurity enforce level "${level}:${version}"`)
  const more = (count: number) => (count === 1 ? "" : count === 2 ? " (and 1 other pod)" : ` (and ${count - 1} other pods)`)
  for (const [reasons, { first, count }] of counted) warn(`${first}${more(count)}: ${reasons}`)
}

export const podSecurity: AdmissionPlugin = {
  name: "PodSecurity",
  concerns: ({ kind }) => kind === "Pod" || kind === "Namespace" || WORKLOADS.has(kind),
  validating: true,
  admit({ operation, kind, namespace, object, subresource, old, warn }, server) {
    if (kind.kind === "Namespace") {
      if (operation === "update" && !subresource) warnOfPods({ object, old, warn }, server)
      return
    }
    if (operation === "delete" || !namespace || (subresource && subresource !== "ephemeralcontainers")) return
    if (kind.kind !== "Pod" && !WORKLOADS.has(kind.kind)) return
    const namespaces = server.kind("", "v1", "namespaces")
    const labels = (namespaces && server.registry.find(namespaces, undefined, namespace)?.metadata.labels) as
      | Record<string, string>
      | undefined
    const mode = (name: string): { level: Level; version: string } => {
      const level = labels?.[`pod-security.kubernetes.io/${name}`]
      return {
        level: level === "baseline" || level === "restricted" ? level : "privileged",
        version: labels?.[`pod-security.kubernetes.io/${name}-version`] ?? "latest",
      }
    }
    if (!labels || !Object.keys(labels).some((key) => key.startsWith("pod-security.kubernetes.io/"))) return
    const spec = podSpecOf(kind.kind, object)
    if (!spec) return
    const enforce = mode("enforce")
    if (kind.kind === "Pod" && !(operation === "update" && old)) {
      const violations = evaluatePod(enforce.level, spec)
      if (violations.length > 0)
        throw forbidden(kind, object.metadata.name || object.metadata.generateName || "", text(enforce.level, enforce.version, violations))
    }
    const told = mode("warn")
    const violations = evaluatePod(told.level, spec)
    if (violations.length > 0) warn(`would ${text(told.level, told.version, violations).replace(/^violates/, "violate")}`)
  },
}
