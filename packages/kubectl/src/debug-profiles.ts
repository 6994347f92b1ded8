/** What a debugging container may do. As kubectl/pkg/cmd/debug/profiles.go. */
import type { Container } from "./pod-specs.ts"
import type { PodObject } from "./pods.ts"

export type ProfileTarget = "node" | "copy" | "ephemeral"

interface Profile {
  /** Onto a node: with the host's namespaces. */
  readonly hostNamespaces?: boolean
  readonly rootPartition?: boolean
  readonly securityContext: (target: ProfileTarget) => object | undefined
}

const trace = { capabilities: { add: ["SYS_PTRACE"] } }
const locked = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
}

const profiles: Readonly<Record<string, Profile>> = {
  legacy: { hostNamespaces: true, rootPartition: true, securityContext: () => undefined },
  general: { hostNamespaces: true, rootPartition: true, securityContext: (target) => (target === "node" ? undefined : trace) },
  baseline: { securityContext: () => undefined },
  restricted: { securityContext: () => locked },
  netadmin: { hostNamespaces: true, securityContext: () => ({ capabilities: { add: ["NET_ADMIN", "NET_RAW"] } }) },
  sysadmin: { hostNamespaces: true, rootPartition: true, securityContext: () => ({ privileged: true }) },
}

export const PROFILES: readonly string[] = Object.keys(profiles)

/** The container with its profile; on a node the pod is changed too. */
export const applyProfile = (name: string, pod: PodObject, container: Container, target: ProfileTarget): Container => {
  const { hostNamespaces, rootPartition, securityContext } = profiles[name]
  const allowed = securityContext(target)
  const own = { ...container, ...(allowed && { securityContext: allowed }) }
  if (target !== "node") return own
  if (hostNamespaces) Object.assign(pod.spec, { hostNetwork: true, hostPID: true, hostIPC: true })
  if (!rootPartition) return own
  pod.spec.volumes = [{ name: "host-root", hostPath: { path: "/" } }]
  return { ...own, volumeMounts: [{ name: "host-root", mountPath: "/host" }] }
}
