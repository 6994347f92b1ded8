/** What the levels of the Pod Security Standards forbid: one check each. As k8s.io/pod-security-admission/policy. */
import { isObject, type Json } from "../../apimachinery/frozen.ts"

export type Level = "privileged" | "baseline" | "restricted"

/** Why a Pod is not allowed: the reason alone for a list of Pods, with its detail for one. */
export interface Violation {
  reason: string
  detail: string
}

interface SecurityContext {
  privileged?: boolean
  allowPrivilegeEscalation?: boolean
  runAsNonRoot?: boolean
  runAsUser?: number
  capabilities?: { add?: string[]; drop?: string[] }
  seccompProfile?: { type?: string }
  appArmorProfile?: { type?: string }
  seLinuxOptions?: { type?: string; user?: string; role?: string }
  procMount?: string
  sysctls?: { name?: string }[]
  windowsOptions?: { hostProcess?: boolean }
}

interface Container {
  name: string
  ports?: { hostPort?: number }[]
  securityContext?: SecurityContext
}

interface Subject {
  spec: Json
  pod: SecurityContext
  containers: readonly Container[]
}

type Check = (subject: Subject) => Violation | undefined

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
const SELINUX_TYPES = new Set(["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"])

const names = (list: readonly string[]): string => list.map((one) => JSON.stringify(one)).join(", ")
const ending = (list: readonly unknown[]): string => (list.length === 1 ? "" : "s")
const named = (list: readonly Container[]): string => `container${ending(list)} ${names(list.map(({ name }) => name))}`
const sorted = (list: readonly string[]): string[] => [...new Set(list)].sort()

/** "pod", 'container "a"' or both, of those whose security context is `bad`. */
const setters = ({ pod, containers }: Subject, bad: (context: SecurityContext) => boolean): string => {
  const found = containers.filter(({ securityContext }) => bad(securityContext ?? {}))
  return [...(bad(pod) ? ["pod"] : []), ...(found.length > 0 ? [named(found)] : [])].join(" and ")
}

const volumesOf = ({ spec }: Subject): Json[] => (spec.volumes ?? []) as Json[]
const added = ({ securityContext }: Container, allowed: (capability: string) => boolean): string[] =>
  (securityContext?.capabilities?.add ?? []).filter((one) => !allowed(one))

const capabilitiesBaseline: Check = ({ containers }) => {
  const extra = (one: Container) => added(one, (capability) => BASELINE_CAPABILITIES.has(capability))
  const found = containers.filter((one) => extra(one).length > 0)
  if (found.length === 0) return undefined
  return {
    reason: "non-default capabilities",
    detail: `${named(found)} must not include ${names(sorted(found.flatMap(extra)))} in securityContext.capabilities.add`,
  }
}

const appArmorProfile: Check = (subject) => {
  const bad = ({ appArmorProfile }: SecurityContext) => appArmorProfile?.type === "Unconfined"
  const who = setters(subject, bad)
  if (who === "") return undefined
  return { reason: "forbidden AppArmor profile", detail: `${who} must not set AppArmor profile type to "Unconfined"` }
}

const hostNamespaces: Check = ({ spec }) => {
  const found = ["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true).map((field) => `${field}=true`)
  return found.length === 0 ? undefined : { reason: "host namespaces", detail: found.join(", ") }
}

const hostPathVolumes: Check = (subject) => {
  const found = volumesOf(subject)
    .filter((volume) => isObject(volume.hostPath))
    .map(({ name }) => String(name))
  return found.length === 0 ? undefined : { reason: "hostPath volumes", detail: `volume${ending(found)} ${names(found)}` }
}

const hostPorts: Check = ({ containers }) => {
  const portsOf = ({ ports }: Container) => (ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))
  const found = containers.filter((one) => portsOf(one).length > 0)
  if (found.length === 0) return undefined
  const numbers = sorted(found.flatMap(portsOf))
  return {
    reason: "hostPort",
    detail: `${named(found)} use${found.length === 1 ? "s" : ""} hostPort${ending(numbers)} ${numbers.join(", ")}`,
  }
}

const privileged: Check = ({ containers }) => {
  const found = containers.filter(({ securityContext }) => securityContext?.privileged)
  return found.length === 0 ? undefined : { reason: "privileged", detail: `${named(found)} must not set securityContext.privileged=true` }
}

const procMount: Check = ({ containers, spec }) => {
  // A Pod in a user namespace of its own may.
  if (spec.hostUsers === false) return undefined
  const found = containers.filter(({ securityContext }) => (securityContext?.procMount ?? "Default") !== "Default")
  if (found.length === 0) return undefined
  return {
    reason: "procMount",
    detail: `${named(found)} must not set securityContext.procMount to ${names(sorted(found.map((one) => one.securityContext?.procMount ?? "")))}`,
  }
}

const seLinuxOptions: Check = (subject) => {
  const all = [subject.pod, ...subject.containers.map(({ securityContext }) => securityContext ?? {})].map(
    ({ seLinuxOptions: given }) => given ?? {},
  )
  const types = sorted(all.flatMap(({ type = "" }) => (SELINUX_TYPES.has(type) ? [] : [type])))
  const parts = [
    ...(types.length > 0 ? [`type${ending(types)} ${names(types)}`] : []),
    ...(all.some(({ user }) => user) ? ["user may not be set"] : []),
    ...(all.some(({ role }) => role) ? ["role may not be set"] : []),
  ]
  if (parts.length === 0) return undefined
  const who = setters(subject, ({ seLinuxOptions: { type = "", user, role } = {} }) => !SELINUX_TYPES.has(type) || !!user || !!role)
  return { reason: "seLinuxOptions", detail: `${who} set forbidden securityContext.seLinuxOptions: ${parts.join("; ")}` }
}

const seccompBaseline: Check = (subject) => {
  const who = setters(subject, ({ seccompProfile }) => seccompProfile?.type === "Unconfined")
  return who === ""
    ? undefined
    : { reason: "seccompProfile", detail: `${who} must not set securityContext.seccompProfile.type to "Unconfined"` }
}

const sysctls: Check = ({ pod }) => {
  const found = (pod.sysctls ?? []).map(({ name }) => String(name)).filter((name) => !SYSCTLS.has(name))
  return found.length === 0 ? undefined : { reason: "forbidden sysctls", detail: found.join(", ") }
}

const windowsHostProcess: Check = (subject) => {
  const who = setters(subject, ({ windowsOptions }) => windowsOptions?.hostProcess === true)
  return who === "" ? undefined : { reason: "hostProcess", detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
}

const allowPrivilegeEscalation: Check = ({ containers }) => {
  const found = containers.filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (found.length === 0) return undefined
  return {
    reason: "allowPrivilegeEscalation != false",
    detail: `${named(found)} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

const capabilitiesRestricted: Check = ({ containers }) => {
  const extra = (one: Container) => added(one, (capability) => capability === "NET_BIND_SERVICE")
  const keeping = containers.filter(({ securityContext }) => !securityContext?.capabilities?.drop?.includes("ALL"))
  const adding = containers.filter((one) => extra(one).length > 0)
  const parts = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [`${named(adding)} must not include ${names(sorted(adding.flatMap(extra)))} in securityContext.capabilities.add`]
      : []),
  ]
  return parts.length === 0 ? undefined : { reason: "unrestricted capabilities", detail: parts.join("; ") }
}

const restrictedVolumes: Check = (subject) => {
  const kindsOf = (volume: Json) => Object.keys(volume).filter((field) => field !== "name" && !RESTRICTED_VOLUMES.has(field))
  const found = volumesOf(subject).filter((volume) => kindsOf(volume).length > 0)
  if (found.length === 0) return undefined
  const kinds = sorted(found.flatMap(kindsOf))
  return {
    reason: "restricted volume types",
    detail: `volume${ending(found)} ${names(found.map(({ name }) => String(name)))} use${found.length === 1 ? "s" : ""} restricted volume type${ending(kinds)} ${names(kinds)}`,
  }
}

const runAsNonRoot: Check = (subject) => {
  const who = setters(subject, ({ runAsNonRoot: given }) => given === false)
  if (who !== "") return { reason: "runAsNonRoot != true", detail: `${who} must not set securityContext.runAsNonRoot=false` }
  const silent = subject.containers.filter(
    ({ securityContext }) => securityContext?.runAsNonRoot === undefined && subject.pod.runAsNonRoot !== true,
  )
  return silent.length === 0
    ? undefined
    : { reason: "runAsNonRoot != true", detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` }
}

const runAsUser: Check = (subject) => {
  const who = setters(subject, ({ runAsUser: given }) => given === 0)
  return who === "" ? undefined : { reason: "runAsUser=0", detail: `${who} must not set runAsUser=0` }
}

const seccompRestricted: Check = (subject) => {
  const confined = ({ seccompProfile }: SecurityContext) =>
    seccompProfile?.type === "RuntimeDefault" || seccompProfile?.type === "Localhost"
  const who = setters(subject, (context) => context.seccompProfile?.type !== undefined && !confined(context))
  // What says "Unconfined" is named by the baseline's check too, and by this one instead of those who say nothing.
  if (who !== "") return { reason: "seccompProfile", detail: `${who} must not set securityContext.seccompProfile.type to "Unconfined"` }
  const silent = subject.containers.filter(({ securityContext }) => !securityContext?.seccompProfile?.type && !confined(subject.pod))
  if (silent.length === 0) return undefined
  return {
    reason: "seccompProfile",
    detail: `pod or ${named(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  }
}

/** Sorted by their ids upstream, the baseline's before the restricted level's: the order in which reasons are told. */
const BASELINE: readonly Check[] = [
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  seccompBaseline,
  sysctls,
  windowsHostProcess,
]
const RESTRICTED: readonly Check[] = [
  ...BASELINE.filter((check) => check !== seccompBaseline),
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
]

/** What a level says against a Pod's spec; empty: nothing. */
export const evaluatePod = (level: Level, spec: Json): Violation[] => {
  if (level === "privileged") return []
  const subject: Subject = {
    spec,
    pod: isObject(spec.securityContext) ? (spec.securityContext as SecurityContext) : {},
    containers: [
      ...((spec.initContainers ?? []) as Container[]),
      ...((spec.containers ?? []) as Container[]),
      ...((spec.ephemeralContainers ?? []) as Container[]),
    ],
  }
  return (level === "baseline" ? BASELINE : RESTRICTED).flatMap((check) => check(subject) ?? [])
}
