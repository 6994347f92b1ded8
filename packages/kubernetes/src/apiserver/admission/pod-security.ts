/** PodSecurity: the levels that a namespace's labels ask for. As k8s.io/pod-security-admission/policy. */
import { isObject, type Json } from "../../apimachinery/frozen.ts"
import { forbidden } from "../../apimachinery/status.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import type { AdmissionPlugin, AdmissionRequest } from "../context.ts"

type AdmissionServer = Parameters<AdmissionPlugin["admit"]>[1]

type Level = "privileged" | "baseline" | "restricted"

interface Violation {
  reason: string
  detail: string
}

interface Container {
  name: string
  ports?: { hostPort?: number }[]
  securityContext?: {
    privileged?: boolean
    allowPrivilegeEscalation?: boolean
    runAsNonRoot?: boolean
    runAsUser?: number
    capabilities?: { add?: string[]; drop?: string[] }
    seccompProfile?: { type?: string }
    procMount?: string
  }
}

const BASELINE_CAPABILITIES = new Set([
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
])
const SYSCTLS = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
])
const RESTRICTED_VOLUMES = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
])

const names = (list: readonly string[]): string => list.map((one) => JSON.stringify(one)).join(", ")
const container = (list: readonly Container[]): string => `container${list.length === 1 ? "" : "s"} ${names(list.map(({ name }) => name))}`

const baseline = (spec: Json, containers: readonly Container[]): Violation[] => {
  const found: Violation[] = []
  const host = ["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true).map((field) => `${field}=true`)
  if (host.length > 0) found.push({ reason: "host namespaces", detail: host.join(", ") })
  const unconfined = containers.filter(({ securityContext }) => securityContext?.seccompProfile?.type === "Unconfined")
  const pod = isObject(spec.securityContext) ? spec.securityContext : {}
  const podUnconfined = isObject(pod.seccompProfile) && pod.seccompProfile.type === "Unconfined"
  const sysctls = (Array.isArray(pod.sysctls) ? pod.sysctls : []).flatMap((one) =>
    isObject(one) && !SYSCTLS.has(String(one.name)) ? [String(one.name)] : [],
  )
  const proc = containers.filter(({ securityContext }) => (securityContext?.procMount ?? "Default") !== "Default")
  const privileged = containers.filter(({ securityContext }) => securityContext?.privileged)
  if (privileged.length > 0)
    found.push({ reason: "privileged", detail: `${container(privileged)} must not set securityContext.privileged=true` })
  const adding = containers.filter(({ securityContext }) =>
    (securityContext?.capabilities?.add ?? []).some((one) => !BASELINE_CAPABILITIES.has(one)),
  )
  if (adding.length > 0) {
    const added = [
      ...new Set(
        adding.flatMap(({ securityContext }) =>
          (securityContext?.capabilities?.add ?? []).filter((one) => !BASELINE_CAPABILITIES.has(one)),
        ),
      ),
    ].sort()
    found.push({
      reason: "non-default capabilities",
      detail: `${container(adding)} must not include ${names(added)} in securityContext.capabilities.add`,
    })
  }
  const volumes = ((spec.volumes ?? []) as Json[]).filter((volume) => isObject(volume.hostPath)).map((volume) => String(volume.name))
  if (volumes.length > 0) found.push({ reason: "hostPath volumes", detail: `volume${volumes.length === 1 ? "" : "s"} ${names(volumes)}` })
  const ports = containers.filter((one) => (one.ports ?? []).some(({ hostPort }) => hostPort))
  if (ports.length > 0) {
    const numbers = [...new Set(ports.flatMap((one) => (one.ports ?? []).map(({ hostPort }) => hostPort).filter(Boolean)))]
    found.push({
      reason: "hostPort",
      detail: `${container(ports)} use${ports.length === 1 ? "s" : ""} hostPort${numbers.length === 1 ? "" : "s"} ${numbers.join(", ")}`,
    })
  }
  if (proc.length > 0)
    found.push({
      reason: "procMount",
      detail: `${container(proc)} must not set securityContext.procMount to ${names([...new Set(proc.map(({ securityContext }) => securityContext?.procMount ?? ""))])}`,
    })
  if (podUnconfined || unconfined.length > 0)
    found.push({
      reason: "seccompProfile",
      detail: `${[...(podUnconfined ? ["pod"] : []), ...(unconfined.length > 0 ? [container(unconfined)] : [])].join(" and ")} must not set securityContext.seccompProfile.type to "Unconfined"`,
    })
  if (sysctls.length > 0) found.push({ reason: "forbidden sysctls", detail: sysctls.join(", ") })
  return found
}

const restricted = (spec: Json, containers: readonly Container[]): Violation[] => {
  const found = baseline(spec, containers)
  const pod = isObject(spec.securityContext) ? (spec.securityContext as Container["securityContext"]) : undefined
  const escalating = containers.filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (escalating.length > 0)
    found.push({
      reason: "allowPrivilegeEscalation != false",
      detail: `${container(escalating)} must set securityContext.allowPrivilegeEscalation=false`,
    })
  const keeping = containers.filter(({ securityContext }) => !securityContext?.capabilities?.drop?.includes("ALL"))
  const adding = containers.filter(({ securityContext }) =>
    (securityContext?.capabilities?.add ?? []).some((one) => one !== "NET_BIND_SERVICE"),
  )
  if (keeping.length > 0 || adding.length > 0) {
    const parts = [
      ...(keeping.length > 0 ? [`${container(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
      ...(adding.length > 0
        ? [
            `${container(adding)} must not include ${names([...new Set(adding.flatMap(({ securityContext }) => (securityContext?.capabilities?.add ?? []).filter((one) => one !== "NET_BIND_SERVICE")))].sort())} in securityContext.capabilities.add`,
          ]
        : []),
    ]
    found.push({ reason: "unrestricted capabilities", detail: parts.join("; ") })
  }
  const volumes = ((spec.volumes ?? []) as Json[]).filter((volume) =>
    Object.keys(volume).some((field) => field !== "name" && !RESTRICTED_VOLUMES.has(field)),
  )
  if (volumes.length > 0) {
    const kinds = [
      ...new Set(volumes.flatMap((volume) => Object.keys(volume).filter((field) => field !== "name" && !RESTRICTED_VOLUMES.has(field)))),
    ].sort()
    found.push({
      reason: "restricted volume types",
      detail: `volume${volumes.length === 1 ? "" : "s"} ${names(volumes.map((volume) => String(volume.name)))} use${volumes.length === 1 ? "s" : ""} restricted volume type${kinds.length === 1 ? "" : "s"} ${names(kinds)}`,
    })
  }
  const rooted = containers.filter(
    ({ securityContext }) =>
      securityContext?.runAsNonRoot === false || (securityContext?.runAsNonRoot === undefined && pod?.runAsNonRoot !== true),
  )
  if (pod?.runAsNonRoot === false || rooted.length > 0)
    found.push({
      reason: "runAsNonRoot != true",
      detail:
        rooted.length === containers.length
          ? `pod or ${container(rooted)} must set securityContext.runAsNonRoot=true`
          : `${container(rooted)} must not set securityContext.runAsNonRoot=false`,
    })
  const zero = containers.filter(({ securityContext }) => securityContext?.runAsUser === 0)
  if (pod?.runAsUser === 0 || zero.length > 0)
    found.push({
      reason: "runAsUser=0",
      detail: `${[...(pod?.runAsUser === 0 ? ["pod"] : []), ...(zero.length > 0 ? [container(zero)] : [])].join(" and ")} must not set runAsUser=0`,
    })
  const allowed = (type: string | undefined) => type === "RuntimeDefault" || type === "Localhost"
  const profiled = containers.filter(({ securityContext }) => !allowed(securityContext?.seccompProfile?.type ?? pod?.seccompProfile?.type))
  if (profiled.length > 0)
    found.push({
      reason: "seccompProfile",
      detail: `pod or ${container(profiled)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
    })
  return found
}

const evaluate = (level: Level, spec: Json): Violation[] => {
  const containers = [
    ...((spec.initContainers ?? []) as Container[]),
    ...((spec.containers ?? []) as Container[]),
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ]
  return level === "privileged" ? [] : level === "baseline" ? baseline(spec, containers) : restricted(spec, containers)
}

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
    const reasons = (spec ? evaluate(level, spec) : []).map(({ reason }) => reason).join(", ")
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
      const violations = evaluate(enforce.level, spec)
      if (violations.length > 0)
        throw forbidden(kind, object.metadata.name || object.metadata.generateName || "", text(enforce.level, enforce.version, violations))
    }
    const told = mode("warn")
    const violations = evaluate(told.level, spec)
    if (violations.length > 0) warn(`would ${text(told.level, told.version, violations).replace(/^violates/, "violate")}`)
  },
}
